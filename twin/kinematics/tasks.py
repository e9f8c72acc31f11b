"""From a scenario's tasks to the stops of a programme."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from twin.kinematics.programme import Stop
from twin.scenario.end_tools import EndTool
from twin.scenario.equipment import Manipulator
from twin.scenario.programme import (
    Cut,
    Hold,
    Home,
    Pick,
    Programme,
    PutDown,
    Target,
    Unscrew,
)
from twin.transforms import Matrix, transform

_NUTRUNNER_SPINS = 8
"""A nutrunner is the same all around: eighth turns of it reach what one would."""


class Places(Protocol):
    """Knows where what a programme names is now, or will be."""

    def aim(self, target: Target) -> Matrix:
        """Return ``world_from_aim``, (4, 4), its offset counted in."""

    def fastener(self, of: str, name: str) -> Matrix:
        """Return ``world_from_head``, (4, 4), +Z where a tool pushes."""

    def part(self, name: str) -> Matrix:
        """Return ``world_from_part``, (4, 4)."""

    def bodies(self, of: str) -> tuple[str, ...]:
        """Return the names of the bodies that a product or equipment is made of."""


def tip_of(tool: EndTool) -> Matrix:
    """Return ``flange_from_tip``, (4, 4): tools are straight."""
    return transform((0.0, 0.0, float(tool.length)))


def stops_of(programme: Programme, robot: Manipulator, places: Places) -> list[Stop]:
    """Return the stops of a programme, changes of tools among them.

    Args:
        programme: What is to be done; its names have been checked.
        robot: Who does it.
        places: Where everything is.
    """
    stops: list[Stop] = []
    mounted = robot.mounted or ""
    for number, task in enumerate(programme.tasks, start=1):
        name = f"task {number} ({task.task})"
        if isinstance(task, Home):
            stops.append(
                Stop(
                    name,
                    "home",
                    "",
                    np.eye(4),
                    0.0,
                    0.0,
                    np.eye(4),
                    1,
                    mounted,
                    mounted,
                )
            )
            continue
        tool = task.tool or mounted
        if tool != mounted:
            stops += _change(robot, mounted, tool, name)
            mounted = tool
        approach_m = float(task.approach)
        retreat_m = approach_m if task.retreat is None else float(task.retreat)
        tip = tip_of(robot.tools[tool])
        if isinstance(task, Unscrew):
            stops += [
                Stop(
                    f"task {number} (unscrew {fastener})",
                    "unscrew",
                    fastener,
                    places.fastener(task.of, fastener),
                    approach_m,
                    retreat_m,
                    tip,
                    _NUTRUNNER_SPINS,
                    tool,
                    tool,
                    near=places.bodies(task.of),
                )
                for fastener in task.fasteners
            ]
            continue
        near = places.bodies(task.target.of) if task.target.of else ()
        aim = places.aim(task.target)
        if isinstance(task, Pick):
            stops.append(
                Stop(
                    f"task {number} (pick {task.part})",
                    "pick",
                    task.part,
                    aim,
                    approach_m,
                    retreat_m,
                    tip,
                    1,
                    tool,
                    tool,
                    world_from_part=places.part(task.part),
                    near=(*near, task.part),
                )
            )
        elif isinstance(task, PutDown):
            stops.append(
                Stop(
                    name,
                    "place",
                    _held(stops),
                    aim,
                    approach_m,
                    retreat_m,
                    tip,
                    1,
                    tool,
                    tool,
                    near=(*near, _held(stops)),
                )
            )
        elif isinstance(task, Cut):
            stops.append(
                Stop(
                    f"task {number} (cut {task.joint})",
                    "cut",
                    task.joint,
                    aim,
                    approach_m,
                    retreat_m,
                    tip,
                    1,
                    tool,
                    tool,
                    near=near,
                )
            )
        else:
            assert isinstance(task, Hold)  # nothing else is left
            stops.append(
                Stop(
                    f"{name} at {task.target.named()}",
                    "hold",
                    "",
                    aim,
                    approach_m,
                    retreat_m,
                    tip,
                    1,
                    tool,
                    tool,
                    near=near,
                    seconds=float(task.time),
                )
            )
    return stops


def _held(stops: list[Stop]) -> str:
    """Return the part that the last pick took."""
    return next(stop.target for stop in reversed(stops) if stop.do == "pick")


def _change(robot: Manipulator, mounted: str, tool: str, name: str) -> list[Stop]:
    """Return the stops that put one tool into its stand and take another."""
    assert robot.changer is not None  # checked on reading
    changer = robot.changer
    back_m, seconds = float(changer.approach), float(changer.time)
    stops = []
    if mounted:
        stops.append(
            Stop(
                f"{name}: put {mounted} into its stand",
                "uncouple",
                mounted,
                changer.places[mounted].matrix(),
                back_m,
                back_m,
                np.eye(4),
                1,
                mounted,
                "",
                seconds=seconds,
            )
        )
    stops.append(
        Stop(
            f"{name}: take {tool} from its stand",
            "couple",
            tool,
            changer.places[tool].matrix(),
            back_m,
            back_m,
            np.eye(4),
            1,
            "",
            tool,
            seconds=seconds,
        )
    )
    return stops
