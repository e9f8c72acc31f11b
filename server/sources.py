"""What a session can run: told as data, opened in the engine's own process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from server.engine_process import Engine
from server.replay import RecordedEngine
from twin.recording import Recording


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """Opens a recording as an engine."""

    path: Path

    def __call__(self) -> Engine:
        """Return the engine.

        Raises:
            RecordingError: If it cannot be read.
        """
        return RecordedEngine(Recording(self.path))


@dataclass(frozen=True, slots=True)
class OpenScenario:
    """Opens a scenario's engine; imported where it runs, not in the server.

    Attributes:
        path: The scenario file.
        seed: Seed of the draws, or None for the scenario's.
        engine: "flow" or "physics", or None for the scenario's.
    """

    path: Path
    seed: int | None = None
    engine: Literal["flow", "physics"] | None = None

    def __call__(self) -> Engine:
        """Return the engine.

        Raises:
            TwinError: If the scenario cannot be run.
        """
        from twin.engine import open_engine

        return open_engine(str(self.path), seed=self.seed, engine=self.engine)
