"""Robots of every kind at work: picking, placing, cutting, changing tools."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from bodies import DT_S, G_MPS2
from fleet import NAMES, model, posture
from robots import (
    DOWN,
    JAWS,
    NUTRUNNER,
    SHEAR,
    VACUUM,
    Bench,
    drive_of,
    put_block,
    put_part,
    run,
    spec,
    stop,
    surroundings,
    texts,
)

from twin.kinematics.motion import plan_joint_path
from twin.kinematics.programme import Move, PlannedProgramme, Stop
from twin.kinematics.statics import holding_efforts
from twin.physics.device import Failed
from twin.physics.manipulator import ManipulatorDrive
from twin.physics.surroundings import nothing_around
from twin.physics.tools.vacuum import VacuumDrive
from twin.physics.tools.workplace import Head
from twin.physics.world import World
from twin.transforms import inverse, pose_of, transform

BOX_M = (0.3, 0.2, 0.1)
FROM_M = (1.1, 0.5, 0.55)
TO_M = (1.1, -0.6, 0.55)


@pytest.fixture
def world() -> Iterator[World]:
    with World(DT_S) as made:
        yield made


def bare(world: World, name: str) -> ManipulatorDrive:
    """A robot without a tool, of any kind."""
    said = spec(name, payload="5 kg")
    return ManipulatorDrive(world, "robot", said, model(name), np.eye(4))


@pytest.mark.parametrize("name", NAMES)
def test_every_link_is_where_the_kinematics_say(world: World, name: str) -> None:
    drive = bare(world, name)
    rng = np.random.default_rng(3)
    for shares in rng.uniform(0.0, 1.0, (20, 8)):
        q = posture(drive.arm, shares.tolist())
        for link, value in zip(drive.joint_links, q.tolist(), strict=True):
            drive.body.reset_joint(link, value)
        for link, world_from_link in drive.arm.link_poses(q).items():
            if link == drive.model.base_link or "finger" in link:
                continue
            position, wxyz = drive.body.link_pose(link)
            should, should_wxyz = pose_of(world_from_link)
            assert position == pytest.approx(should, abs=1e-5), link
            assert abs(float(wxyz @ should_wxyz)) == pytest.approx(1.0, abs=1e-6), link


@pytest.mark.parametrize("name", NAMES)
def test_motors_at_rest_give_what_virtual_work_says(world: World, name: str) -> None:
    """Measured on the motors after a second, against the pure formula."""
    drive = bare(world, name)
    q = posture(drive.arm, [0.55, 0.4, 0.6, 0.35, 0.6, 0.4, 0.5, 0.5])
    for link, value in zip(drive.joint_links, q.tolist(), strict=True):
        drive.body.reset_joint(link, value)
    drive._motor.hold(q.tolist())
    for _ in range(240):
        world.step()
    measured = drive.held_efforts()
    expected = holding_efforts(drive.arm, drive.inertials, np.array(drive.positions()))
    # Frames that weigh a gram in Bullet, and a step's rounding.
    assert measured == pytest.approx(expected, rel=5e-3, abs=0.1)
    assert np.abs(np.array(drive.positions()) - q).max() < 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_a_joint_path_is_followed(world: World, name: str) -> None:
    """To 1 mrad or 1 mm, within the efforts that were estimated."""
    drive = bare(world, name)
    goal = posture(drive.arm, [0.6, 0.45, 0.55, 0.4, 0.6, 0.4, 0.55, 0.5])
    way = plan_joint_path(np.vstack([drive.home, goal]), drive.drives.limits)
    home = Stop("home", "home", "", np.eye(4), 0.0, 0.0, np.eye(4))
    move = Move(0, "travel", way, np.vstack([drive.home, goal]))
    programme = PlannedProgramme((home,), (move,), drive.home, way.duration_s)
    said = run(world, drive, programme, Bench())
    assert texts(said) == ["done"]
    assert drive.peak_position_error.max() < 1e-3
    assert drive.peak_effort_share.max() < 1.0
    assert drive.positions() == pytest.approx(goal, abs=1e-3)


def small_cell(world: World) -> ManipulatorDrive:
    """A KR 16 on a plinth between two tables, a box on one of them."""
    world.add_floor()
    put_block(world, "plinth", (0.5, 0.5, 0.4), (0.0, 0.0, 0.2))
    put_block(world, "table", (0.6, 0.8, 0.5), (1.1, 0.5, 0.25))
    put_block(world, "table_2", (0.6, 0.8, 0.5), (1.1, -0.6, 0.25))
    put_part(world, "box", BOX_M, FROM_M)
    said = spec("kuka_kr16_2", tools={"cups": VACUUM}, mounted="cups")
    return drive_of(world, said, transform((0.0, 0.0, 0.4)))


def pick_and_place(length_m: float, tool: str, grip_m: float = 0.05) -> list[Stop]:
    both = {"mounted": tool, "mounted_after": tool}
    up = np.array([0.0, 0.0, grip_m])
    take, put = (transform(np.array(at) + up, DOWN) for at in (FROM_M, TO_M))
    return [
        stop(
            "pick",
            "box",
            take,
            length_m,
            near=("box", "table"),
            world_from_part=transform(FROM_M),
            **both,
        ),
        stop("place", "box", put, length_m, near=("box", "table_2"), **both),
        Stop("home", "home", "", np.eye(4), 0.0, 0.0, np.eye(4), 1, tool, tool),
    ]


def moved() -> tuple[ManipulatorDrive, World, list[str], np.ndarray]:
    """Run the small cell once."""
    world = World(DT_S)
    drive = small_cell(world)
    around = surroundings(small_cell)
    programme = drive.planner(around).plan(pick_and_place(0.2, "cups"), "cups")
    around.close()
    bench = Bench()
    bench.parts = {body.name: body for body in world.bodies.values()}
    said = run(world, drive, programme, bench)
    return drive, world, texts(said), bench.parts["box"].pose()[0]


def test_a_box_is_picked_and_placed() -> None:
    drive, world, said, where_m = moved()
    assert said == ["event.part_picked", "event.part_placed", "done"]
    assert where_m == pytest.approx(TO_M, abs=1e-3)
    cups = drive.tools["cups"]
    assert isinstance(cups, VacuumDrive)
    assert 5.0 * G_MPS2 < cups.peak_load_n < cups.limit_n
    assert drive.peak_position_error.max() < 1e-3
    assert not drive.moving
    world.close()


def test_the_same_in_another_process() -> None:
    """Joint values and box after the run, to the last bit."""
    drive, world, _, where_m = moved()
    here = [float(value).hex() for value in [*drive.positions(), *where_m]]
    world.close()
    code = (
        "from test_manipulator import moved\n"
        "drive, world, _, where_m = moved()\n"
        "print(*[float(v).hex() for v in [*drive.positions(), *where_m]])"
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert there.stdout.split() == here


def test_a_lost_grip_is_a_drop_and_ends_the_programme(world: World) -> None:
    drive = small_cell(world)
    programme = drive.planner(nothing_around).plan(pick_and_place(0.2, "cups"), "cups")
    bench = Bench()
    bench.parts = {body.name: body for body in world.bodies.values()}

    def fail_while_held(tick: int) -> None:
        if drive.tools["cups"].held and bench.parts["box"].pose()[0][2] > 0.64:
            drive.lose_grip()

    said = run(world, drive, programme, bench, each_tick=fail_while_held)
    assert texts(said) == [
        "event.part_picked",
        "alarm.part_lost",
        "alarm.gripper_lost",
    ]
    for _ in range(240):
        world.step()
    assert bench.parts["box"].pose()[0][2] < 0.56


def test_too_heavy_a_box_is_dropped_and_told(world: World) -> None:
    """A limit of 235 N does not lift 30 kg."""
    drive = small_cell(world)
    bench = Bench()
    bench.parts = {body.name: body for body in world.bodies.values()}
    bench.parts["box"].add_mass("box", 25.0)
    programme = drive.planner(nothing_around).plan(pick_and_place(0.2, "cups"), "cups")
    said = run(world, drive, programme, bench)
    assert texts(said) == [
        "event.part_picked",
        "alarm.part_dropped",
        "alarm.gripper_lost",
    ]


def test_jaws_carry_a_box_by_friction(world: World) -> None:
    world.add_floor()
    put_block(world, "table", (0.6, 0.8, 0.5), (1.1, 0.5, 0.25))
    put_block(world, "table_2", (0.6, 0.8, 0.5), (1.1, -0.6, 0.25))
    box = put_part(world, "box", (0.06, 0.06, 0.1), FROM_M, 3.0)
    said = spec("kuka_kr16_2", tools={"jaws": JAWS}, mounted="jaws")
    drive = drive_of(world, said, transform((0.0, 0.0, 0.4)))
    programme = drive.planner(nothing_around).plan(
        pick_and_place(0.25, "jaws", grip_m=-0.02), "jaws"
    )
    bench = Bench()
    bench.parts["box"] = box
    assert texts(run(world, drive, programme, bench)) == [
        "event.part_picked",
        "event.part_placed",
        "done",
    ]
    assert box.pose()[0] == pytest.approx(TO_M, abs=5e-3)


def test_an_arm_that_meets_something_says_which_joint(world: World) -> None:
    drive = bare(world, "kuka_kr16_2")
    put_block(world, "wall", (0.2, 3.0, 3.0), (1.3, 1.6, 1.5))
    goal = drive.home.copy()
    goal[0] = -1.2
    way = plan_joint_path(np.vstack([drive.home, goal]), drive.drives.limits)
    home = Stop("home", "home", "", np.eye(4), 0.0, 0.0, np.eye(4))
    move = Move(0, "travel", way, np.vstack([drive.home, goal]))
    programme = PlannedProgramme((home,), (move,), drive.home, way.duration_s)
    touched: list[str] = []

    def watch(tick: int) -> None:
        touched.extend(world.bodies[touch.other].name for touch in drive.touches())

    said = run(world, drive, programme, Bench(), each_tick=watch)
    assert isinstance(said[-1], Failed)
    assert said[-1].text == "alarm.arm_blocked"
    assert said[-1].arguments["joint"] == 1
    assert set(touched) == {"wall"}


def test_tools_are_changed_and_weigh_where_they_are(world: World) -> None:
    places = {
        "cups": {"x": "0.9 m", "y": "0.6 m", "z": "0.6 m", "roll": "180 deg"},
        "shear": {"x": "0.9 m", "y": "-0.6 m", "z": "0.6 m", "roll": "180 deg"},
    }
    said = spec(
        "kuka_kr16_2",
        tools={"cups": VACUUM, "shear": SHEAR},
        mounted="cups",
        changer={"time": "2 s", "places": places},
    )
    drive = drive_of(world, said, transform((0.0, 0.0, 0.4)))
    assert drive.body.mass_kg() == pytest.approx(moving_kg(drive) + 3.0, abs=0.02)
    bare_flange = {"approach_m": 0.15, "retreat_m": 0.15, "seconds": 2.0}
    at = {
        name: transform((0.9, y, 0.6), DOWN)
        for name, y in (("cups", 0.6), ("shear", -0.6))
    }
    cut: list[str] = []
    bench = Bench()
    bench.joints["strut"] = (30e3, lambda: cut.append("strut"))
    stops = [
        stop("uncouple", "cups", at["cups"], 0.0, mounted="cups", **bare_flange),
        stop("couple", "shear", at["shear"], 0.0, mounted_after="shear", **bare_flange),
        stop(
            "cut",
            "strut",
            transform((1.1, 0.0, 0.5), DOWN),
            0.3,
            mounted="shear",
            mounted_after="shear",
        ),
    ]
    programme = drive.planner(nothing_around).plan(stops, "cups")
    said_then = run(world, drive, programme, bench)
    assert texts(said_then) == [
        "event.tool_uncoupled",
        "event.tool_coupled",
        "event.joint_cut",
        "done",
    ]
    assert cut == ["strut"]
    assert drive.mounted == "shear"
    assert drive.body.mass_kg() == pytest.approx(moving_kg(drive) + 8.0, abs=0.02)
    tip = drive.world_from_tip()
    flange = drive.arm.flange(np.array(drive.positions()))
    assert inverse(flange) @ tip == pytest.approx(transform((0, 0, 0.3)), abs=1e-4)


def moving_kg(drive: ManipulatorDrive) -> float:
    base = drive.model.base_link
    return sum(one.mass_kg for name, one in drive.inertials.items() if name != base)


def test_a_shear_too_weak_says_so(world: World) -> None:
    said = spec("kuka_kr16_2", tools={"shear": SHEAR}, mounted="shear")
    drive = drive_of(world, said, transform((0.0, 0.0, 0.4)))
    bench = Bench()
    bench.joints["beam"] = (90e3, lambda: None)
    aim = transform((1.1, 0.0, 0.5), DOWN)
    stops = [stop("cut", "beam", aim, 0.3, mounted="shear", mounted_after="shear")]
    said_then = run(
        world, drive, drive.planner(nothing_around).plan(stops, "shear"), bench
    )
    assert texts(said_then) == ["alarm.shear_too_weak"]


@pytest.mark.parametrize(
    ("off_m", "torque_nm", "text"),
    [
        (0.0, 40.0, "event.fastener_out"),
        (0.006, 40.0, "alarm.not_engaged"),
        (0.0, 150.0, "alarm.torque_too_small"),
    ],
)
def test_fasteners_come_out_or_say_why(
    world: World, off_m: float, torque_nm: float, text: str
) -> None:
    said = spec("kuka_kr16_2", tools={"nut": NUTRUNNER}, mounted="nut")
    drive = drive_of(world, said, transform((0.0, 0.0, 0.4)))
    block = put_part(world, "block", (0.3, 0.3, 0.2), (1.1, 0.0, 0.4), 200.0)
    put_block(world, "table", (0.6, 0.8, 0.3), (1.1, 0.0, 0.15))
    aim = transform((1.1, 0.0, 0.5), DOWN)
    bench = Bench()
    bench.heads["bolt"] = Head(
        aim @ transform((off_m, 0.0, 0.0)), block, torque_nm, 0.4, 10.0, 8.0
    )
    both = {"mounted": "nut", "mounted_after": "nut"}
    stops = [stop("unscrew", "bolt", aim, 0.3, spins=8, **both)]
    said_then = run(
        world, drive, drive.planner(nothing_around).plan(stops, "nut"), bench
    )
    assert texts(said_then)[0] == text
    assert bench.out == (["bolt"] if text == "event.fastener_out" else [])
