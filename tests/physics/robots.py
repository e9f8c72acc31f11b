"""Robots, tools and things to handle that the tests put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from bodies import DT_S

from twin.kinematics.programme import PlannedProgramme, Stop
from twin.layout.robots import load_robot
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.manipulator import ManipulatorDrive
from twin.physics.surroundings import Surroundings
from twin.physics.tools.workplace import Head
from twin.physics.world import Body, Link, Shape, World
from twin.scenario.equipment import Manipulator
from twin.transforms import Matrix, transform, wxyz_about

DOWN = wxyz_about((1.0, 0.0, 0.0), np.pi)

VACUUM = {
    "kind": "vacuum",
    "mass": "3 kg",
    "length": "200 mm",
    "cups": 4,
    "cup_diameter": "50 mm",
    "vacuum": "60 kPa",
}
JAWS = {
    "kind": "jaws",
    "mass": "4 kg",
    "length": "250 mm",
    "opening": "120 mm",
    "finger_length": "80 mm",
    "force": "200 N",
    "friction": 0.5,
}
NUTRUNNER = {
    "kind": "nutrunner",
    "mass": "6 kg",
    "length": "300 mm",
    "speed": "250 rpm",
    "torque": "120 N m",
    "lateral_tolerance": "4 mm",
    "tilt_tolerance": "2 deg",
}
SHEAR = {
    "kind": "shear",
    "mass": "8 kg",
    "length": "300 mm",
    "force": "40 kN",
    "time": "1.5 s",
}


def spec(asset: str, **said: Any) -> Manipulator:
    """A manipulator as a scenario says it."""
    return Manipulator.model_validate(
        {"kind": "manipulator", "asset": asset, "payload": "16 kg"} | said
    )


def drive_of(
    world: World, said: Manipulator, base: Matrix | None = None
) -> ManipulatorDrive:
    """Build a robot into a world."""
    pose = np.eye(4) if base is None else base
    return ManipulatorDrive(world, "robot", said, load_robot(said.asset), pose)


class Bench:
    """A robot, boxes, fasteners and joints: what its tools act on."""

    def __init__(self) -> None:
        self.parts: dict[str, Body] = {}
        self.heads: dict[str, Head] = {}
        self.out: list[str] = []
        self.joints: dict[str, tuple[float, Callable[[], None]]] = {}

    def part(self, name: str) -> Body:
        return self.parts[name]

    def head(self, fastener: str) -> Head:
        return self.heads[fastener]

    def take_out(self, fastener: str) -> float:
        self.out.append(fastener)
        return 0.1

    def shear_n(self, joint: str) -> float:
        return self.joints[joint][0]

    def cut(self, joint: str) -> None:
        self.joints[joint][1]()


def put_part(
    world: World,
    name: str,
    size_m: tuple[float, float, float],
    at_m: tuple[float, float, float],
    mass_kg: float = 5.0,
) -> Body:
    """Put a free box into a world, its middle at a place."""
    link = Link(name, mass_kg, (Shape("box", size_m),))
    return world.add(name, [link], transform(at_m))


def put_block(
    world: World,
    name: str,
    size_m: tuple[float, float, float],
    at_m: tuple[float, float, float],
) -> Body:
    """Put a box that never moves into a world, its middle at a place."""
    return world.add_fixture(name, [Shape("box", size_m)], transform(at_m))


def stop(do: str, target: str, aim: Matrix, length_m: float, **more: Any) -> Stop:
    """A stop 0.1 m above its aim, with a straight tool."""
    said = {"approach_m": 0.1, "retreat_m": 0.1} | more
    return Stop(
        name=f"{do} {target}",
        do=do,  # type: ignore[arg-type]  # the tests write what it may be
        target=target,
        world_from_aim=aim,
        flange_from_tip=transform((0.0, 0.0, length_m)),
        **said,
    )


def run(
    world: World,
    drive: ManipulatorDrive,
    programme: PlannedProgramme,
    work: Bench,
    most_s: float = 60.0,
    each_tick: Callable[[int], None] = lambda tick: None,
) -> list[Outcome]:
    """Run a programme to its end; return all that was said."""
    drive.start(programme, work)
    said: list[Outcome] = []
    for tick in range(round(most_s / DT_S)):
        outcome = drive.before_step(tick)
        if outcome is not None:
            said.append(outcome)
        if isinstance(outcome, Done | Failed):
            return said
        world.step()
        each_tick(tick)
    raise AssertionError(f"not done after {most_s} s: {said}")


def texts(said: list[Outcome]) -> list[str]:
    """Return the catalogue keys of what was said."""
    return [one.text if isinstance(one, Told | Failed) else "done" for one in said]


def surroundings(
    build: Callable[[World], ManipulatorDrive], clearance_m: float = 0.02
) -> Surroundings:
    """Build the same world apart, to ask."""
    world = World(DT_S)
    return Surroundings(world, build(world), clearance_m, beneath=("floor", "plinth"))
