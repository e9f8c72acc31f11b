"""What ``flins demo`` makes: one cycle run, recorded, photographed and filmed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.cli.running import opened, result_of, write_whole
from twin.errors import TwinError
from twin.share import share_folder
from twin.text import Language

if TYPE_CHECKING:
    from rich.progress import Progress

    from twin.engine import PhysicsEngine
    from twin.state import StateFrame

SCENARIO = "scenarios/battery_cell.yaml"
PICTURE_AT_S = 90.0
_LONGEST_S = 480.0
_FILM_SIZE_PX = (960, 540)
_FILM_FPS = 20.0
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
_CLOSE_UP = "unscrew"


def demonstrate(out: Path, language: Language, progress: Progress) -> dict[str, Any]:
    """Run one cycle of the shipped cell and write its results.

    Returns:
        The run's figures.

    Raises:
        TwinError: If the cycle does not end within eight minutes.
    """
    from twin.recording import Recorder
    from viewer.render import Studio, write_film, write_png

    out.mkdir(parents=True, exist_ok=True)
    with opened(share_folder() / SCENARIO, None, None) as engine:
        began = time.perf_counter()
        with Recorder(out / "run.mcap", engine.scene, engine.meshes) as recorder:
            frames, shots = _cycle(engine, recorder, progress)
        wall_s = time.perf_counter() - began
        result = result_of(engine, wall_s)
        at_tick = round(PICTURE_AT_S / engine.dt_s)
        still = min(frames, key=lambda frame: abs(frame.tick - at_tick))
        with Studio(engine.scene, engine.meshes, language=language) as studio:
            picture = studio.picture(still, "overview", size_px=(1280, 720))
            write_png(out / "cell.png", picture)
            task = progress.add_task("film", total=len(shots))

            def pictures() -> Any:
                for done, (index, camera) in enumerate(shots):
                    yield studio.picture(
                        frames[index], camera, size_px=_FILM_SIZE_PX, fast=True
                    )
                    progress.update(task, completed=done + 1)

            write_film(out / "film.mp4", pictures(), _FILM_FPS)
    write_whole(out / "kpi.json", json.dumps(result, indent=2) + "\n")
    return result


def _cycle(
    engine: PhysicsEngine, recorder: Any, progress: Progress
) -> tuple[list[StateFrame], list[tuple[int, str]]]:
    """Return every frame of the first cycle, and which of them to film from where."""
    task = progress.add_task("physics", total=_LONGEST_S)
    frames = [engine.frame()]
    recorder.add_frame(frames[0])
    cell = engine.cell
    marks: list[tuple[int, str]] = []
    known = len(cell.station.operations)
    while not cell.cycles or len(cell.cars) > 1:
        engine.advance(engine.frame_ticks)
        events = engine.take_events()
        marks.extend(
            (len(frames), str(event.arguments["step"]))
            for event in events
            if event.kind == "OperationStarted"
        )
        frames.append(engine.frame())
        recorder.add_events(events)
        recorder.add_frame(frames[-1])
        if frames[-1].sim_time_s > _LONGEST_S:
            raise TwinError(
                f"demo: no complete cycle of {known} operations within "
                f"{_LONGEST_S:g} s; look at the alarms of flins run {SCENARIO}"
            )
        progress.update(task, completed=frames[-1].sim_time_s)
        if cell.cars_out:
            break
    progress.update(task, completed=_LONGEST_S)
    return frames, _shots(engine, marks, len(frames))


def _shots(
    engine: PhysicsEngine, marks: list[tuple[int, str]], n_frames: int
) -> list[tuple[int, str]]:
    """Return frame index and camera of each picture of the film."""
    operations = engine.cell.station.operations
    shots: list[tuple[int, str]] = []
    for place, (begin, step) in enumerate(marks):
        do = operations[step].do
        if do not in _FILM_S:
            continue
        end = next(
            (b for b, s in marks[place + 1 :] if operations[s].do in _FILM_S), n_frames
        )
        n_pictures = max(1, round(_FILM_S[do] * _FILM_FPS))
        camera = "bolts" if do == _CLOSE_UP else "overview"
        shots.extend(
            (begin + (end - begin) * number // n_pictures, camera)
            for number in range(n_pictures)
        )
    return shots
