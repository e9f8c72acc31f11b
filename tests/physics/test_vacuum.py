"""Suction cups hold up to their force and not beyond it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from bodies import DT_S, G_MPS2
from robots import DOWN, Bench, put_block, put_part, stop

from twin.physics.device import Done, Failed, Told
from twin.physics.motor import Motor
from twin.physics.tools.vacuum import VacuumDrive, holding_force_n
from twin.physics.world import Body, Link, World
from twin.scenario.end_tools import VacuumGripper
from twin.transforms import Matrix, transform, wxyz_about

PART_KG = 10.0
LENGTH_M = 0.2
RAMP_S = 0.2
PROP_M = 2.0 - LENGTH_M - 0.1 - 0.05
"""Middle of what the box lies on."""


def cups(force_n: float, friction: float = 0.5) -> VacuumGripper:
    """One cup whose vacuum gives a force."""
    area_m2 = math.pi / 4 * 0.1**2
    return VacuumGripper.model_validate(
        {
            "kind": "vacuum",
            "mass": "2 kg",
            "length": "200 mm",
            "cups": 1,
            "cup_diameter": "100 mm",
            "vacuum": f"{2.0 * force_n / area_m2:.9f} Pa",
            "safety": 2.0,
            "friction": friction,
            "grip_time": "0.1 s",
        }
    )


class Rig:
    """Cups that look down from a slide, and a box below them."""

    def __init__(
        self, world: World, spec: VacuumGripper, axis: tuple[float, float, float]
    ) -> None:
        self.world = world
        self.tool = VacuumDrive("cups", spec)
        slide = Link(
            "slide",
            20.0,
            parent="base",
            parent_from_link=transform((0.0, 0.0, 2.0)),
            joint="prismatic",
            axis=axis,
            inertia_kgm2=(1.0, 1.0, 1.0),
        )
        links = self.tool.links("slide", transform(wxyz=DOWN))
        self.body = world.add(
            "rig", [Link("base", 1.0), slide, *links], np.eye(4), fixed=True
        )
        self.tool.settle(world, self.body, links, "slide")
        self.tool.couple()
        self.motor = Motor(self.body, ["slide"], [1e5])
        self.motor.hold([0.0])
        self.part = put_part(
            world, "box", (0.3, 0.3, 0.1), (0.0, 0.0, 2.0 - LENGTH_M - 0.05), PART_KG
        )
        self.bench = Bench()
        self.bench.parts["box"] = self.part
        self.prop = put_block(world, "prop", (0.1, 0.1, 0.1), (0.0, 0.0, PROP_M))
        self.at_m, self.speed_mps = 0.0, 0.0

    def grip(self) -> Done | Failed | Told | None:
        """Grip the part where it lies on its prop, then lower the prop slowly."""
        self.tool.begin(stop("pick", "box", np.eye(4), LENGTH_M), self.bench)
        while (outcome := self.tool.before_step()) is None:
            self.world.step()
        for tick in range(240):
            self.prop.set_pose(transform((0.0, 0.0, PROP_M - tick * 2e-5)))
            self.world.step()
            told = self.tool.watch()
            if told is not None:
                return told
        self.world.remove(self.prop)
        return outcome

    def accelerate(self, mps2: float, seconds: float) -> Told | None:
        """Move so for a time, softly begun; return what the tool told first."""
        wanted_mps2 = mps2
        for tick in range(round(seconds / DT_S)):
            mps2 = wanted_mps2 * min(1.0, tick * DT_S / RAMP_S)
            speed = self.speed_mps + mps2 * DT_S
            self.motor.follow([self.at_m], [speed])
            self.at_m, self.speed_mps = self.at_m + speed * DT_S, speed
            self.world.step()
            told = self.tool.watch()
            if told is not None:
                return told
        return None


@pytest.fixture
def world() -> Iterator[World]:
    with World(DT_S) as made:
        yield made


UP = (0.0, 0.0, 1.0)
ACROSS = (1.0, 0.0, 0.0)


def test_force_is_area_times_vacuum_over_safety() -> None:
    assert holding_force_n(cups(150.0)) == pytest.approx(150.0, rel=1e-9)


@pytest.mark.parametrize("mps2", [-2.0, 0.0, 3.0])
def test_it_holds_just_below_m_times_g_plus_a(world: World, mps2: float) -> None:
    rig = Rig(world, cups(1.002 * PART_KG * (G_MPS2 + max(mps2, 0.0))), UP)
    assert isinstance(rig.grip(), Done)
    assert rig.accelerate(0.0, 0.5) is None
    assert rig.accelerate(mps2, 0.5) is None
    assert rig.tool.load_n == pytest.approx(PART_KG * (G_MPS2 + mps2), rel=1e-3)
    assert rig.tool.held == "box"


@pytest.mark.parametrize("mps2", [0.5, 3.0])
def test_it_drops_just_above(world: World, mps2: float) -> None:
    limit_n = 0.998 * PART_KG * (G_MPS2 + mps2)
    rig = Rig(world, cups(limit_n), UP)
    rig.grip()
    assert rig.accelerate(0.0, 0.5) is None
    told = rig.accelerate(mps2, 0.3)
    assert told is not None
    assert (told.kind, told.text) == ("PartDropped", "alarm.part_dropped")
    assert told.arguments["part"] == "box"
    assert told.arguments["limit_n"] == pytest.approx(limit_n, abs=0.1)
    before = rig.part.pose()[0][2]
    rig.accelerate(0.0, 0.3)
    assert rig.part.pose()[0][2] < before - 0.3  # it falls as anything falls


def test_across_the_lips_friction_counts(world: World) -> None:
    """M g + m a / mu against the limit."""
    mps2, friction = 2.0, 0.4
    load_n = PART_KG * (G_MPS2 + mps2 / friction)
    for share, falls in ((1.002, False), (0.998, True)):
        with World(DT_S) as apart:
            rig = Rig(apart, cups(share * load_n, friction), ACROSS)
            rig.grip()
            assert rig.accelerate(0.0, 0.5) is None
            assert (rig.accelerate(mps2, 0.3) is not None) == falls


def test_no_vacuum_on_what_is_too_far(world: World) -> None:
    rig = Rig(world, cups(500.0), UP)
    lower_m = 0.02
    rig.prop.set_pose(transform((0.0, 0.0, PROP_M - lower_m)))
    rig.part.set_pose(transform((0.0, 0.0, 2.0 - LENGTH_M - 0.05 - lower_m)))
    rig.tool.begin(stop("pick", "box", np.eye(4), LENGTH_M), rig.bench)
    while (outcome := rig.tool.before_step()) is None:
        world.step()
    assert isinstance(outcome, Failed)
    assert outcome.text == "alarm.no_vacuum"
    assert outcome.arguments["gap_mm"] == pytest.approx(25.0, abs=1.0)


def test_a_turned_part_is_held_as_it_lies(world: World) -> None:
    rig = Rig(world, cups(500.0), UP)
    turned: Matrix = transform((0.05, 0.02, 1.75), wxyz_about((0, 0, 1), 0.6))
    rig.part.set_pose(turned)
    rig.grip()
    rig.accelerate(0.0, 1.0)
    assert transform(*rig.part.pose()) == pytest.approx(turned, abs=3e-4)


def test_without_air_it_falls(world: World) -> None:
    rig = Rig(world, cups(500.0), UP)
    rig.grip()
    rig.tool.lose()
    told = rig.tool.watch()
    assert told is not None
    assert (told.kind, told.arguments["part"]) == ("PartDropped", "box")
    rig.accelerate(0.0, 0.3)
    assert rig.part.pose()[0][2] < 1.4
    assert rig.tool.held == ""


def test_released_it_is_free(world: World) -> None:
    rig = Rig(world, cups(500.0), UP)
    rig.grip()
    rig.tool.begin(stop("place", "box", np.eye(4), LENGTH_M), rig.bench)
    while rig.tool.before_step() is None:
        world.step()
    rig.accelerate(0.0, 0.3)
    assert rig.part.pose()[0][2] < 1.4


def weight_at_slide_n(rig: Rig) -> float:
    """What the slide's motor carries."""
    ((_, _, _, force_n),) = rig.motor.rows()
    return float(force_n)


def test_a_tool_in_its_stand_weighs_nothing(world: World) -> None:
    rig = Rig(world, cups(500.0), UP)
    body: Body = rig.body
    rig.part.set_pose(transform((5.0, 0.0, 0.0)))
    rig.accelerate(0.0, 0.3)
    assert weight_at_slide_n(rig) == pytest.approx(22.0 * G_MPS2, rel=1e-3)
    rig.tool.uncouple()
    rig.accelerate(0.0, 0.3)
    assert weight_at_slide_n(rig) == pytest.approx(20.0 * G_MPS2, rel=1e-3)
    assert body.mass_kg() == pytest.approx(20.0, abs=0.01)
