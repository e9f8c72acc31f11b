"""Transfer, turntable and lift among bodies: one part from one belt to the next."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, put_box, run

from twin.errors import PhysicsError
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.shifting import ShiftingConveyor
from twin.physics.conveyors.straight import BeltConveyor
from twin.physics.conveyors.transfer import RightAngleTransfer
from twin.physics.conveyors.turntable import Turntable, slip_radius_m
from twin.physics.conveyors.vertical_lift import VerticalLift
from twin.physics.world import Body, Link, Shape, World
from twin.transforms import Matrix, transform, wxyz_about

SPEED_MPS, MU = 0.4, 0.5
LEVEL_M = 2.0


def drive() -> Drive:
    return Drive(DT_S, SPEED_MPS, 1.0)


def belt_at(world: World, name: str, pose: Matrix, width_m: float) -> BeltConveyor:
    """Put a running belt of 3 m into a world."""
    belt = BeltConveyor(world, name, pose, 3.0, width_m, drive(), MU)
    belt.run()
    return belt


def yaw_rad(body: Body) -> float:
    _, (w, _, _, z) = body.plain_pose()
    return math.remainder(2 * math.atan2(z, w), 2 * math.pi)


class Crossing:
    """A device between two belts, and a part that comes in."""

    def __init__(
        self, world: World, device: ShiftingConveyor, exit_pose: Matrix, level_m: float
    ) -> None:
        self.world = world
        self.device = device
        entry = transform((-3.0, 0.0, level_m))
        self.into = belt_at(world, "into", entry, 0.6)
        self.away = belt_at(world, "away", exit_pose, 0.8)
        self.part = put_box(world, 10.0, (0.4, 0.4, 0.2), (-1.5, 0.0, level_m + 0.1))
        device.run()

    def move(self, seconds: float) -> None:
        run(self.world, seconds, self.into, self.device, self.away)

    def until(self, phase: str) -> None:
        """Go on until the sequence is at a phase."""
        for _ in range(round(30.0 / DT_S)):
            if self.device.logic.phase == phase:
                return
            self.move(DT_S)
        raise AssertionError(f"never {phase}, but {self.device.logic.phase}")


def transfer(world: World, side: str) -> Crossing:
    left = 1.0 if side == "left" else -1.0
    device = RightAngleTransfer(
        world,
        "transfer",
        np.eye(4),
        length_m=1.0,
        width_m=0.8,
        drive=drive(),
        strands=drive(),
        side="left" if side == "left" else "right",
        gauge_m=0.3,
        strand_width_m=0.06,
        middle_m=0.5,
        rise_m=0.02,
        rise_time_s=0.4,
        friction=MU,
        stop_m=0.7,
    )
    turn = wxyz_about((0, 0, 1), left * math.pi / 2)
    return Crossing(world, device, transform((0.5, left * 0.4, 0.02), turn), 0.0)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_transfer_changes_the_way_and_keeps_the_heading(side: str) -> None:
    left = 1.0 if side == "left" else -1.0
    with World(DT_S) as world:
        line = transfer(world, side)
        line.until("returning")
        line.move(2.0)
        assert line.device.logic.n_given == 1
        x_m, y_m, z_m = line.part.plain_pose()[0]
        assert left * y_m > 0.8
        assert x_m == pytest.approx(0.5, abs=5e-3)
        assert z_m == pytest.approx(0.12, abs=1e-3)
        assert yaw_rad(line.part) == pytest.approx(0.0, abs=math.radians(0.1))
        along = [0.0, left * SPEED_MPS, 0.0]
        assert line.part.velocity_mps() == pytest.approx(along, abs=2e-3)


def test_a_transfer_lets_parts_pass_straight() -> None:
    with World(DT_S) as world:
        line = transfer(world, "left")
        assert isinstance(line.device, RightAngleTransfer)
        line.device.straight = True
        line.move(7.0)
        x_m, y_m, _ = line.part.plain_pose()[0]
        assert x_m > 1.0
        assert y_m == pytest.approx(0.0, abs=5e-3)


def test_a_transfer_keeps_its_part_while_the_exit_is_taken() -> None:
    with World(DT_S) as world:
        line = transfer(world, "left")
        line.device.exit_free = False
        line.until("shifting")
        line.move(3.0)
        assert line.part.plain_pose()[0][1] == pytest.approx(0.0, abs=2e-3)
        assert line.part.plain_pose()[0][2] == pytest.approx(0.12, abs=1e-3)
        line.device.exit_free = True
        line.until("returning")


def turntable(world: World, angle_rad: float = math.pi / 2) -> Crossing:
    device = Turntable(
        world,
        "turntable",
        np.eye(4),
        length_m=1.0,
        width_m=0.6,
        drive=drive(),
        friction=MU,
        angle_rad=angle_rad,
        turn_speed_radps=0.8,
        turn_acceleration_radps2=0.8,
        stop_m=0.7,
    )
    turn = transform(wxyz=wxyz_about((0, 0, 1), angle_rad))
    exit_pose = transform((0.5, 0.0, 0.0)) @ turn @ transform((0.5, 0.0, 0.0))
    return Crossing(world, device, exit_pose, 0.0)


@pytest.mark.parametrize("angle_rad", [math.pi / 2, -math.pi / 2, math.radians(40.0)])
def test_a_turntable_turns_way_and_heading(angle_rad: float) -> None:
    with World(DT_S) as world:
        line = turntable(world, angle_rad)
        line.until("giving")
        assert yaw_rad(line.part) == pytest.approx(angle_rad, abs=math.radians(0.2))
        middle = np.array([0.5, 0.0, 0.1])
        # It stopped 2 mm before the middle, and turned about that.
        assert line.part.pose()[0] == pytest.approx(middle, abs=3e-3)
        line.until("returning")
        line.move(2.0)
        along = SPEED_MPS * np.array([math.cos(angle_rad), math.sin(angle_rad), 0.0])
        assert line.part.velocity_mps() == pytest.approx(along, abs=2e-3)
        line.until("taking")
        assert line.device.axis.position == 0.0


def _slips(mu: float, turn_radps: float, radius_m: float, heading_rad: float) -> bool:
    """Return whether a small part on a turning table leaves its place in a second.

    It begins with the table's speed at its place, so that no ramp is in the way.
    """
    place = (
        radius_m * math.cos(heading_rad) + 4.0,
        radius_m * math.sin(heading_rad),
        0.01,
    )
    with World(DT_S) as world:
        table = Turntable(
            world, "t", np.eye(4), 8.0, 8.0, drive(), mu, 1.0, turn_radps, 1e6, 4.0
        )
        link = Link("part", 1.0, (Shape("box", (0.1, 0.1, 0.02)),))
        part = world.add("part", [link], transform(place))
        run(world, 0.2, table)
        table.turn_to(1000.0)
        table.before_step()
        spin = np.array([0.0, 0.0, turn_radps])
        arm = part.pose()[0] - [4.0, 0.0, 0.0]
        part.set_velocity(np.cross(spin, arm).tolist(), spin.tolist())
        world.step()
        n = 240
        run(world, n * DT_S, table)
        arm = part.pose()[0] - [4.0, 0.0, 0.0]
        # What it gained beyond the integrator's own sum is slip.
        sum_of_ticks = (1 + (turn_radps * DT_S) ** 2) ** (n / 2)
        gained_m = math.hypot(arm[0], arm[1]) / sum_of_ticks - radius_m
        return gained_m > 0.01 * radius_m


@pytest.mark.parametrize(("mu", "turn_radps"), [(0.2, 1.0), (0.3, 1.4)])
@pytest.mark.parametrize("heading_deg", [0.0, 20.0, 45.0, 90.0])
def test_a_part_slips_beyond_mu_g_over_omega_squared(
    mu: float, turn_radps: float, heading_deg: float
) -> None:
    """Friction in Bullet has corners: 10 % short across, exact along an axis."""
    law_m = slip_radius_m(turn_radps, mu, G_MPS2)
    heading_rad = math.radians(heading_deg)
    assert not _slips(mu, turn_radps, 0.88 * law_m, heading_rad)
    assert _slips(mu, turn_radps, 1.08 * law_m, heading_rad)


def test_a_table_at_rest_has_no_slip_radius() -> None:
    assert slip_radius_m(0.0, 0.5, G_MPS2) == math.inf


def lift(world: World, rise_m: float) -> Crossing:
    device = VerticalLift(
        world,
        "lift",
        transform((0.0, 0.0, LEVEL_M)),
        length_m=1.0,
        width_m=0.6,
        drive=drive(),
        friction=MU,
        rise_m=rise_m,
        lift_speed_mps=0.3,
        lift_acceleration_mps2=0.5,
        stop_m=0.7,
    )
    exit_pose = transform((1.0, 0.0, LEVEL_M + rise_m))
    return Crossing(world, device, exit_pose, LEVEL_M)


@pytest.mark.parametrize("rise_m", [1.0, -1.0])
def test_a_lift_carries_at_its_speed_and_gives_away_at_its_level(
    rise_m: float,
) -> None:
    with World(DT_S) as world:
        line = lift(world, rise_m)
        line.until("shifting")
        line.move(1.5)
        going = math.copysign(0.3, rise_m)
        assert line.part.velocity_mps() == pytest.approx([0.0, 0.0, going], abs=1e-4)
        # It rides a tick's way ahead of where the platform is read.
        above_m = line.part.pose()[0][2] - line.device.axis.position - LEVEL_M
        assert above_m == pytest.approx(0.1 + going * DT_S, abs=2e-4)
        line.until("giving")
        level_m = LEVEL_M + rise_m + 0.1
        assert line.part.pose()[0][2] == pytest.approx(level_m, abs=2e-4)
        line.until("returning")
        line.move(2.0)
        x_m, y_m, z_m = line.part.plain_pose()[0]
        assert x_m > 1.2
        assert (y_m, z_m) == pytest.approx((0.0, level_m), abs=2e-3)


def test_a_lift_that_would_leave_its_part_behind_is_refused() -> None:
    with World(DT_S) as world:
        found = r"^equipment\.lift\.lift_acceleration: 12 m/s\^2 is no less than g"
        with pytest.raises(PhysicsError, match=found):
            VerticalLift(
                world, "lift", np.eye(4), 1.0, 0.6, drive(), MU, 1.0, 0.3, 12.0, 0.7
            )


def test_what_cannot_stop_on_it_is_refused() -> None:
    with World(DT_S) as world:
        found = r"^equipment\.lift\.stop_at: 0\.05 m on 1 m, and a part takes 0\.080 m"
        with pytest.raises(PhysicsError, match=found):
            VerticalLift(
                world, "lift", np.eye(4), 1.0, 0.6, drive(), MU, 1.0, 0.3, 1.0, 0.05
            )


def test_a_seized_axis_holds_the_sequence() -> None:
    with World(DT_S) as world:
        line = lift(world, 1.0)
        line.until("shifting")
        line.move(1.0)
        line.device.axis.seize()
        line.move(5.0)
        assert line.device.logic.phase == "shifting"
        risen_m = line.device.axis.position
        assert 0.0 < risen_m < 1.0
        assert line.part.pose()[0][2] == pytest.approx(
            LEVEL_M + risen_m + 0.1, abs=1e-3
        )
