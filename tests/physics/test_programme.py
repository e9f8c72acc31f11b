"""From a scenario file to a robot that has done its tasks, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bodies import DT_S
from robots import Bench, put_block, put_part, run, texts

from twin.errors import KinematicsError, LayoutError, ScenarioError
from twin.kinematics.places import LayoutPlaces
from twin.kinematics.programme import PlannedProgramme, Situation
from twin.kinematics.tasks import stops_of
from twin.layout.plan import Layout, build_layout
from twin.layout.scene import build_scene
from twin.physics.manipulator import ManipulatorDrive
from twin.physics.surroundings import Surroundings
from twin.physics.world import World
from twin.scenario import Scenario, read_scenario
from twin.scenario.equipment import Manipulator
from twin.transforms import Matrix, transform

FILE = Path(__file__).with_name("handling.yaml").read_text("utf-8")

PARTS: dict[
    str, tuple[tuple[float, float, float], tuple[float, float, float], float]
] = {
    "box": ((0.3, 0.2, 0.1), (1.1, 0.3, 0.55), 5.0),
    "peg": ((0.06, 0.06, 0.1), (0.8, 0.3, 0.55), 2.0),
}


class Cell:
    """The scenario's robot between two tables, in a world and in one apart."""

    def __init__(self, text: str) -> None:
        self.scenario: Scenario = read_scenario(text)
        self.layout: Layout = build_layout(self.scenario, Path())
        robot = self.scenario.equipment["robot"]
        assert isinstance(robot, Manipulator)
        self.robot = robot
        self.world = World(DT_S)
        self.drive = self.build(self.world)
        apart = World(DT_S)
        self.around = Surroundings(apart, self.build(apart), 0.02, ("plinth",))
        for name, (_, at_m, _) in PARTS.items():
            self.around.put(name, transform(at_m))
        self.bench = Bench()
        self.bench.parts = {body.name: body for body in self.world.bodies.values()}

    def build(self, world: World) -> ManipulatorDrive:
        world.add_floor()
        put_block(world, "plinth", (0.4, 0.4, 0.4), (0.0, 0.0, 0.2))
        put_block(world, "table", (0.7, 0.6, 0.5), (1.05, 0.4, 0.25))
        put_block(world, "table_2", (0.7, 0.6, 0.5), (1.05, -0.6, 0.25))
        for name, (size_m, at_m, mass_kg) in PARTS.items():
            put_part(world, name, size_m, at_m, mass_kg)
        placed = self.layout.placed["robot"]
        assert placed.robot is not None
        return ManipulatorDrive(
            world, "robot", self.robot, placed.robot, placed.world_from_asset
        )

    def plan(self) -> PlannedProgramme:
        places = LayoutPlaces(
            self.layout,
            {},
            parts={name: transform(at) for name, (_, at, _) in PARTS.items()},
        )
        programme = self.scenario.programmes["sort"]
        stops = stops_of(programme, self.robot, places)
        return self.drive.planner(self.around).plan(stops, self.drive.mounted)

    def close(self) -> None:
        self.around.close()
        self.world.close()


@pytest.mark.slow
def test_a_file_becomes_a_robot_that_has_sorted() -> None:
    cell = Cell(FILE)
    planned = cell.plan()
    said = run(cell.world, cell.drive, planned, cell.bench, most_s=120.0)
    assert texts(said) == [
        "event.part_picked",
        "event.part_placed",
        "event.tool_uncoupled",
        "event.tool_coupled",
        "event.part_picked",
        "event.part_placed",
        "done",
    ]
    box, peg = (cell.bench.parts[name].pose()[0] for name in PARTS)
    assert box == pytest.approx((1.1, -0.6, 0.55), abs=3e-3)
    assert peg == pytest.approx((0.8, -0.6, 0.55), abs=5e-3)
    assert cell.drive.peak_position_error.max() < 1e-3
    assert cell.drive.peak_effort_share.max() < 1.0
    np.testing.assert_allclose(cell.drive.positions(), cell.drive.home, atol=1e-4)
    cell.close()


def refused(text: str) -> str:
    cell = Cell(text)
    try:
        with pytest.raises(KinematicsError) as caught:
            cell.plan()
    finally:
        cell.close()
    return str(caught.value)


def test_an_unreachable_pick_names_task_and_reason() -> None:
    text = FILE.replace("x: 1.1 m, y: 0.3 m, z: 0.6 m", "x: 3.1 m, y: 0.3 m, z: 0.6 m")
    said = refused(text)
    assert said.startswith("task 1 (pick box): target: no IK branch reaches this pose")


def test_a_pick_below_a_table_collides_with_it() -> None:
    text = FILE.replace("y: 0.3 m, z: 0.6 m, roll", "y: 0.3 m, z: 0.4 m, roll")
    said = refused(text)
    assert "task 1 (pick box)" in said
    assert "collision with" in said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "      - {task: place, target: {offset: {x: 0.8 m",
            "      - {task: hold, time: 1 s, target: {offset: {x: 0.8 m",
            r"handling:\d+: programmes.sort.tasks\[2\]: leaves 'peg' in mid-air",
        ),
        ("part: peg, tool: jaws", "part: peg, tool: claw", "no tool 'claw'; known"),
        ("robot: robot", "robot: camera", "no manipulator 'camera'"),
        (
            "task: pick, part: peg, tool: jaws",
            "task: cut, joint: peg, tool: jaws",
            "'jaws' is a jaws; to cut takes one of: shear",
        ),
        (
            "{task: home}",
            "{task: place, target: {offset: {x: 1 m, y: 0 m, z: 1 m}}}",
            "nothing is held",
        ),
        ("mounted: cups", "mounted: claw", "no tool 'claw'"),
        (
            "        jaws: {x: 0.2 m, y: 0.9 m, z: 0.7 m, roll: 180 deg}\n",
            "",
            "'jaws' has no place in the changer",
        ),
        (
            "part: peg, tool: jaws, target: {offset",
            "part: peg, tool: jaws, target: {node: x, offset",
            "'of' goes with a node",
        ),
        ("vacuum: 60 kPa", "vacuum: 60 N", "pressure"),
    ],
)
def test_what_cannot_be_is_said_on_reading(before: str, after: str, said: str) -> None:
    assert before in FILE
    with pytest.raises(ScenarioError, match=said) as caught:
        read_scenario(FILE.replace(before, after), "handling")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("joint_a1: {home", "joint_b1: {home", "no such joint in 'kuka_kr16_2'"),
        ("joint_a1: {home: 20 deg}", "joint_a1: {home: 200 deg}", "is outside"),
    ],
)
def test_what_does_not_fit_the_urdf_is_said(before: str, after: str, said: str) -> None:
    with pytest.raises(LayoutError, match=said):
        build_layout(read_scenario(FILE.replace(before, after)), Path())


def test_every_tool_and_finger_is_in_the_scene() -> None:
    scenario = read_scenario(FILE)
    scene, _ = build_scene(scenario, build_layout(scenario, Path()))
    ids = {entity.id for entity in scene.entities}
    assert {"robot/cups", "robot/jaws", "robot/jaws/left", "robot/jaws/right"} <= ids
    assert "robot/link_3" in ids


def test_surroundings_name_what_is_near() -> None:
    cell = Cell(FILE)
    pose: Matrix = transform((1.1, 0.3, 0.56), (0.0, 1.0, 0.0, 0.0))
    arm = cell.drive.arm
    arm.carry(cell.drive.tools["cups"].flange_from_tip)
    mounted = Situation(mounted="cups")
    met = {cell.around(q, mounted) for q in arm.branches(pose)}
    assert met <= {"table", "box", "floor", "plinth"} | {
        name for name in met if name.startswith("itself")
    }
    assert met & {"table", "box"}
    assert cell.around(cell.drive.home, mounted) == ""
    cell.close()
