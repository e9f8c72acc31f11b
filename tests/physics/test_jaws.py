"""Jaws hold by friction alone: 2 mu F against m g."""

from __future__ import annotations

import numpy as np
import pytest
from bodies import DT_S, G_MPS2
from robots import DOWN, JAWS, Bench, put_part, stop

from twin.physics.device import Done, Failed, Told
from twin.physics.tools.jaws import JawDrive
from twin.physics.world import Link, Shape, World
from twin.scenario.end_tools import JawGripper
from twin.transforms import transform

HEIGHT_M = 1.0
LENGTH_M = 0.25
PART_KG = 10.0
FRICTION = 0.5


class Rig:
    """Jaws that look down, and a box between them on a prop."""

    def __init__(
        self,
        world: World,
        force_n: float,
        edge_m: float = 0.06,
        friction: float = FRICTION,
    ) -> None:
        said = JAWS | {"force": f"{force_n:.6f} N", "friction": friction}
        self.world = world
        self.tool = JawDrive("jaws", JawGripper.model_validate(said))
        links = self.tool.links("base", transform((0.0, 0.0, HEIGHT_M), DOWN))
        base = Link("base", 1.0)
        body = world.add("rig", [base, *links], np.eye(4), fixed=True)
        self.tool.settle(world, body, links, "base")
        self.tool.couple()
        middle_m = (0.0, 0.0, HEIGHT_M - LENGTH_M + 0.02)
        self.part = put_part(world, "box", (edge_m, 0.06, 0.1), middle_m, PART_KG)
        prop = Link("prop", 0.0, put_prop(middle_m[2] - 0.05))
        self.prop = world.add("prop", [prop], np.eye(4), fixed=True)
        self.bench = Bench()
        self.bench.parts["box"] = self.part

    def grip(self) -> Done | Failed | Told:
        self.tool.begin(stop("pick", "box", np.eye(4), LENGTH_M), self.bench)
        while (outcome := self.tool.before_step()) is None:
            self.world.step()
        return outcome

    def wait(self, seconds: float) -> list[str]:
        """Let the world move; return the kinds of what the tool told."""
        told = []
        for _ in range(round(seconds / DT_S)):
            self.world.step()
            said = self.tool.watch()
            if said is not None:
                told.append(said.kind)
        return told


def put_prop(top_m: float) -> tuple[Shape, ...]:
    return (Shape("box", (0.02, 0.2, 0.1), (0.0, 0.0, top_m - 0.05)),)


def pressed(
    force_n: float, seconds: float, friction: float = FRICTION
) -> tuple[Rig, list[str], float]:
    """Grip, take the prop away, wait; return rig, what was told, and the drop."""
    world = World(DT_S)
    rig = Rig(world, force_n, friction=friction)
    assert isinstance(rig.grip(), Done)
    rig.world.remove(rig.prop)
    before_m = rig.part.pose()[0][2]
    told = rig.wait(seconds)
    return rig, told, float(before_m - rig.part.pose()[0][2])


def needed_n(friction: float) -> float:
    """Return the least force that holds the part: 2 mu F = m g."""
    return PART_KG * G_MPS2 / (2.0 * friction)


NEEDED_N = needed_n(FRICTION)
FRICTIONS = pytest.mark.parametrize("friction", [0.3, FRICTION, 0.8])


def test_both_fingers_press_with_the_force() -> None:
    rig, _, _ = pressed(2.0 * NEEDED_N, 0.5)
    forces = [touch.force_n for touch in rig.world.contacts(rig.part)]
    sides = {touch.other_link for touch in rig.world.contacts(rig.part)}
    assert len(sides) == 2
    assert sum(forces) == pytest.approx(2 * 2.0 * NEEDED_N, rel=0.02)
    rig.world.close()


@FRICTIONS
def test_above_two_mu_f_it_holds(friction: float) -> None:
    rig, told, drop_m = pressed(1.05 * needed_n(friction), 3.0, friction)
    assert told == []
    assert abs(drop_m) < 1e-3
    assert rig.tool.held == "box"
    rig.world.close()


@FRICTIONS
def test_below_it_slips_and_is_told(friction: float) -> None:
    rig, told, drop_m = pressed(0.95 * needed_n(friction), 3.0, friction)
    assert told == ["PartSlipped", "PartDropped"]
    assert drop_m > 0.1
    assert rig.tool.held == ""
    rig.world.close()


def test_the_part_does_not_float_between_equal_pushes() -> None:
    rig, _, _ = pressed(3.0 * NEEDED_N, 2.0)
    assert abs(float(rig.part.pose()[0][0])) < 2e-3
    rig.world.close()


def test_closing_on_nothing_is_told() -> None:
    with World(DT_S) as world:
        rig = Rig(world, 200.0)
        rig.part.set_pose(transform((1.0, 0.0, 0.5)))
        outcome = rig.grip()
        assert isinstance(outcome, Failed)
        assert outcome.text == "alarm.nothing_gripped"


def test_a_lost_force_lets_it_fall() -> None:
    rig, told, _ = pressed(2.0 * NEEDED_N, 0.5)
    assert told == []
    rig.tool.lose()
    assert "PartDropped" in rig.wait(1.0)
    assert rig.part.pose()[0][2] < HEIGHT_M - LENGTH_M - 0.1
    rig.world.close()


def test_opened_it_lets_go() -> None:
    rig, _, _ = pressed(2.0 * NEEDED_N, 0.2)
    rig.tool.begin(stop("place", "box", np.eye(4), LENGTH_M), rig.bench)
    while rig.tool.before_step() is None:
        rig.world.step()
    assert rig.tool.held == ""
    rig.wait(0.3)
    assert rig.part.pose()[0][2] < HEIGHT_M - LENGTH_M - 0.1
    rig.world.close()
