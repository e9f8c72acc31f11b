"""``flins view`` of the real cell: its own process, a lost server, long hours."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from flins_process import Flins, wait_until_gone
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.app import Window
from viewer.client import Client

pytestmark = [
    pytest.mark.slow,
    # VisPy 0.17 asks Qt 6 for positions by their Qt 5 names.
    pytest.mark.filterwarnings(
        "ignore:Function. 'Q(Mouse|Wheel)Event:DeprecationWarning"
    ),
]

SCENARIO = Path("scenarios") / "battery_cell.yaml"
PATIENCE_MS = 60_000


def screen() -> np.ndarray:
    """Return what the whole screen shows, (h, w, 3)."""
    image = QGuiApplication.primaryScreen().grabWindow(0).toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8)
    rows = rows.reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def orange_share(picture: np.ndarray) -> float:
    """Return how much of a picture has the robot's colour."""
    red, green, blue = (picture[..., band] for band in range(3))
    return float(((red > 190) & (green > 40) & (green < 130) & (blue < 60)).mean())


@contextmanager
def serving(root_folder: Path, port: int = 0) -> Iterator[tuple[Flins, str]]:
    with Flins(
        "serve", str(SCENARIO), "--port", str(port), "--speed", "2",
        folder=root_folder,
    ) as served:  # fmt: skip
        yield served, served.line()


def test_view_opens_a_window_on_a_scenario_and_leaves_nothing(
    qtbot: QtBot, root_folder: Path
) -> None:
    empty = screen()
    with Flins("view", str(SCENARIO), folder=root_folder) as viewing:
        qtbot.waitUntil(lambda: orange_share(screen()) > 0.01, timeout=PATIENCE_MS)
        shown = screen()
        assert (shown != empty).any(axis=2).mean() > 0.3
        # Time runs: the clock and the car move.
        qtbot.waitUntil(
            lambda: (screen() != shown).any(axis=2).mean() > 1e-3,
            timeout=PATIENCE_MS,
        )
        started = viewing.offspring()
        assert viewing.engine_pid() in started
        viewing.signal(signal.SIGINT)
        assert viewing.wait() == 0
        assert wait_until_gone(started) == set()
        assert "Traceback" not in viewing.errors()
    assert orange_share(screen()) < 0.001


def test_a_window_outlives_its_server_and_finds_the_next(
    qtbot: QtBot, root_folder: Path
) -> None:
    with serving(root_folder) as (first, url):
        window = Window(Client(url, "tester"))
        window.show()
        try:
            qtbot.waitUntil(lambda: window.canvas.n_drawn > 3, timeout=PATIENCE_MS)
            assert not window._stale.isVisible()
            started = first.offspring()
            first.signal(signal.SIGKILL)
            first.wait()
            qtbot.waitUntil(
                lambda: (
                    window.controls.link.text() == "reconnecting…"
                    and window._stale.isVisible()
                ),
                timeout=PATIENCE_MS,
            )
            assert window.client.url in window._stale.text()
            assert wait_until_gone(started) == set()
            assert window.frame is not None
            left_at = window.frame.tick
            with serving(root_folder, int(url.rpartition(":")[2])) as (_, again):
                assert again == url
                qtbot.waitUntil(
                    lambda: window.controls.link.text() == "connected",
                    timeout=PATIENCE_MS,
                )
                qtbot.waitUntil(
                    lambda: not window._stale.isVisible(), timeout=PATIENCE_MS
                )
                # The next run began anew, and this window shows that run.
                qtbot.waitUntil(
                    lambda: window.frame is not None and window.frame.tick > 0,
                    timeout=PATIENCE_MS,
                )
                n_drawn, tick = window.canvas.n_drawn, window.frame.tick
                assert tick < left_at + 10_000
                qtbot.waitUntil(
                    lambda: (
                        window.canvas.n_drawn > n_drawn
                        and window.frame is not None
                        and window.frame.tick != tick
                    ),
                    timeout=PATIENCE_MS,
                )
        finally:
            window.close()


def test_a_dead_engine_is_said_in_the_window(qtbot: QtBot, root_folder: Path) -> None:
    with serving(root_folder) as (served, url):
        window = Window(Client(url))
        window.show()
        try:
            qtbot.waitUntil(lambda: window.canvas.n_drawn > 0, timeout=PATIENCE_MS)
            os.kill(served.engine_pid(), signal.SIGKILL)
            qtbot.waitUntil(
                lambda: window.controls.state.text() == "failed", timeout=PATIENCE_MS
            )
            assert "The engine stopped: " in window._note_label.text()
            assert window._stale.isVisible()
            assert window._stale.text().startswith("The engine has stopped")
        finally:
            window.close()


def test_a_window_that_runs_on_does_not_grow(qtbot: QtBot, root_folder: Path) -> None:
    """Objects of Python and of the graphics card, counted over many pictures."""
    with serving(root_folder) as (_, url):
        window = Window(Client(url))
        window.resize(640, 420)
        window.show()

        def counts() -> tuple[int, int]:
            QApplication.processEvents()
            gc.collect()
            on_card = window.canvas.context.shared.parser._objects
            return len(gc.get_objects()), len(on_card)

        def draw(n_pictures: int) -> None:
            until = window.canvas.n_drawn + n_pictures
            qtbot.waitUntil(lambda: window.canvas.n_drawn >= until, timeout=PATIENCE_MS)

        try:
            draw(12)
            n_objects, n_on_card = counts()
            n_events = window.events.count()
            draw(40)
            n_objects_later, n_on_card_later = counts()
            # An event is a line in the list, of which there are at most 500.
            n_lines = window.events.count() - n_events
            assert n_objects_later - n_objects < 60 + 10 * n_lines
            assert n_on_card_later == n_on_card
        finally:
            window.close()
