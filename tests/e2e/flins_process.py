"""``flins`` as the programs that people start, watched from outside."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE_S = 30.0
"""How long something may take on a busy machine before it counts as hung."""


def children(pid: int) -> dict[int, str]:
    """Return the living children of a process: id to command line."""
    found: dict[int, str] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            words = (status.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it ended while we looked
        if parent == pid:
            found[int(status.parent.name)] = b" ".join(words).decode()
    return found


def alive(pid: int) -> bool:
    """Return whether a process exists and is not merely unburied."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def wait_until_gone(pids: set[int]) -> set[int]:
    """Return those of the processes that live on past all patience."""
    until_s = time.monotonic() + PATIENCE_S
    while (left := {pid for pid in pids if alive(pid)}) and time.monotonic() < until_s:
        time.sleep(0.05)
    return left


class Flins:
    """One ``flins`` command while it runs; whatever it started ends with the block.

    Args:
        arguments: Of the command.
        folder: Where the command is given.
    """

    def __init__(self, *arguments: str, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "twin", *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read_lines),
            threading.Thread(target=self._read_errors),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        offspring = self.offspring()
        self._process.kill()
        self._process.wait()
        left = wait_until_gone(offspring)
        for reader in self._readers:
            reader.join()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()
        assert not left, f"processes {left} outlived flins"

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def offspring(self) -> set[int]:
        """Return the processes that it started and that live."""
        return set(children(self.pid))

    def engine_pid(self) -> int:
        """Return the process in which physics runs."""
        (found,) = (
            pid for pid, words in children(self.pid).items() if "spawn_main" in words
        )
        return found

    def line(self) -> str:
        """Return the next line it prints."""
        try:
            return self._lines.get(timeout=PATIENCE_S).rstrip("\n")
        except queue.Empty:
            raise AssertionError(f"flins said nothing: {self.errors()!r}") from None

    def errors(self) -> str:
        """Return what it wrote to stderr so far."""
        return "".join(self._errors)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, as Ctrl-C does."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Return its exit code once it has ended and said all."""
        code = self._process.wait(PATIENCE_S)
        for reader in self._readers:
            reader.join(PATIENCE_S)
        return code

    def _read_lines(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._errors.append(line)
