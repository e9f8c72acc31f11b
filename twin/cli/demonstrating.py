"""What ``flins demo`` makes: one cycle run, recorded, photographed and filmed."""

from __future__ import annotations

import contextlib
import json
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.cli.running import (
    labels_of,
    metadata_of,
    result_of,
    write_whole,
)
from twin.errors import TwinError
from twin.share import share_folder
from twin.text import Language

if TYPE_CHECKING:
    from rich.progress import Progress

    from twin.engine import PhysicsEngine
    from twin.recording import Recorder
    from twin.state import Event, Label, StateFrame
    from viewer.render import Picture

SCENARIO = "scenarios/battery_cell.yaml"
PICTURE_AT_S = 120.0
_LONGEST_S = 480.0
_FILM_SIZE_PX = (960, 540)
_FILM_FPS = 16.0
# Seconds of film for each kind of operation: work is shown, travel is hurried.
_FILM_S = {
    "convey_in": 2.0,
    "work": 1.5,
    "swing_in": 0.5,
    "raise_car": 1.5,
    "table_up": 1.5,
    "measure": 0.5,
    "unscrew": 7.0,
    "check_free": 0.5,
    "table_down": 1.5,
    "lower_car": 1.5,
    "swing_out": 0.5,
    "convey_out": 1.5,
}
# The whole cell while the car moves, the fasteners while they are turned out.
_CAMERA = {
    "convey_in": "cell",
    "work": "cell",
    "swing_in": "cell",
    "raise_car": "cell",
    "unscrew": "bolts",
    "lower_car": "cell",
    "swing_out": "cell",
    "convey_out": "cell",
}


@dataclass(slots=True)
class _Run:
    """What pictures are made from.

    Attributes:
        frames: Every state, in order.
        events: All that happened, in order.
        marks: At which frame each operation began, by its id.
    """

    frames: list[StateFrame] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    marks: list[tuple[int, str]] = field(default_factory=list)

    def newest_events(self, tick: int) -> list[Event]:
        """Return what a picture of a tick says."""
        end = bisect_right(self.events, tick, key=lambda event: event.tick)
        return self.events[max(0, end - 3) : end]


def demonstrate(
    out: Path, language: Language, progress: Progress
) -> tuple[dict[str, Any], dict[str, Label]]:
    """Run one cycle of the shipped cell and write its results.

    Returns:
        The run's figures, and the operations' names for people.

    Raises:
        TwinError: If the cycle does not end within eight minutes.
    """
    from twin.engine import open_engine
    from twin.recording import Recorder
    from viewer.render import Studio, write_film, write_png

    out.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(
        open_engine(share_folder() / SCENARIO, engine="physics")
    ) as engine:
        began = time.perf_counter()
        with Recorder(
            out / "run.mcap",
            engine.scene,
            engine.meshes,
            metadata=metadata_of(engine),
        ) as recorder:
            run = _cycle(engine, recorder, progress)
        wall_s = time.perf_counter() - began
        result = result_of(engine, wall_s)
        labels = labels_of(engine)
        shots = _shots(engine, run)
        at_tick = round(PICTURE_AT_S / engine.dt_s)
        still = min(run.frames, key=lambda frame: abs(frame.tick - at_tick))
        with Studio(engine.scene, engine.meshes, language=language) as studio:
            picture = studio.picture(
                still, "overview", (1280, 720), events=run.newest_events(still.tick)
            )
            write_png(out / "cell.png", picture)
            task = progress.add_task("film", total=len(shots))

            def pictures() -> Iterator[Picture]:
                for done, (index, camera) in enumerate(shots):
                    frame = run.frames[index]
                    yield studio.picture(
                        frame,
                        camera,
                        _FILM_SIZE_PX,
                        events=run.newest_events(frame.tick),
                        fast=True,
                    )
                    progress.update(task, completed=done + 1)

            write_film(out / "film.mp4", pictures(), _FILM_FPS)
    write_whole(out / "kpi.json", json.dumps(result, indent=2) + "\n")
    return result, labels


def _cycle(engine: PhysicsEngine, recorder: Recorder, progress: Progress) -> _Run:
    """Return the first cycle, from the start until the car has left."""
    task = progress.add_task("physics", total=_LONGEST_S)
    cell = engine.cell
    run = _Run([engine.frame()])
    recorder.add_frame(run.frames[0])
    while not cell.cars_out:
        # One frame at a time: past its end the next car would come into the film.
        frames = engine.advance_framed(engine.tick + engine.frame_ticks)
        events = engine.take_events()
        run.marks.extend(
            (event.tick // engine.frame_ticks, str(event.arguments["step"]))
            for event in events
            if event.kind == "OperationStarted"
        )
        run.events.extend(events)
        run.frames.extend(frames)
        recorder.add_events(events)
        for frame in frames:
            recorder.add_frame(frame)
        if run.frames[-1].sim_time_s > _LONGEST_S:
            raise TwinError(
                f"demo: no complete cycle of {len(cell.station.operations)} operations "
                f"within {_LONGEST_S:g} s; look at the alarms of flins run {SCENARIO}"
            )
        progress.update(task, completed=run.frames[-1].sim_time_s)
    progress.update(task, completed=_LONGEST_S)
    return run


def _shots(engine: PhysicsEngine, run: _Run) -> list[tuple[int, str]]:
    """Return frame index and camera of each picture of the film."""
    operations = engine.cell.station.operations
    shots: list[tuple[int, str]] = []
    for place, (begin, step) in enumerate(run.marks):
        do = operations[step].do
        if do not in _FILM_S:
            continue
        end = next(
            (b for b, s in run.marks[place + 1 :] if operations[s].do in _FILM_S),
            len(run.frames),
        )
        n_pictures = max(1, round(_FILM_S[do] * _FILM_FPS))
        camera = _CAMERA.get(do, "overview")
        shots.extend(
            (begin + (end - begin) * number // n_pictures, camera)
            for number in range(n_pictures)
        )
    return shots
