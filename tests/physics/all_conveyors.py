"""One line of every kind of conveyor, for tests that want all of them at once."""

from __future__ import annotations

import hashlib
import math

import numpy as np
from bodies import DT_S, put_box

from twin.physics.conveyors.accumulation import AccumulationConveyor
from twin.physics.conveyors.curve import CurveConveyor
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.straight import (
    BeltConveyor,
    RollerConveyor,
    StrandConveyor,
)
from twin.physics.conveyors.transfer import RightAngleTransfer
from twin.physics.conveyors.turntable import Turntable
from twin.physics.conveyors.vertical_lift import VerticalLift
from twin.physics.world import Body, World
from twin.transforms import Matrix, transform, wxyz_about

SPEED_MPS, MU = 0.5, 0.5


def turned(x_m: float, y_m: float, z_m: float, yaw_deg: float) -> Matrix:
    return transform((x_m, y_m, z_m), wxyz_about((0, 0, 1), math.radians(yaw_deg)))


class Loop:
    """Belt, curve, rollers, transfer, strands, turntable, zones, lift, incline.

    In the order of the way, from the origin along +x, then +y, then back along -x.

    Args:
        world: Where it is built.
        n_parts: How many come, each 3.5 s after the one before.
    """

    def __init__(self, world: World, n_parts: int = 4) -> None:
        self.world = world
        belt = BeltConveyor(world, "belt", turned(0, 0, 2, 0), 2, 0.6, drive(), MU)
        curve = CurveConveyor(
            world, "curve", turned(2, 0, 2, 0), 1.0, math.pi / 2, 0.6, drive(), MU
        )
        rollers = RollerConveyor(
            world, "rollers", turned(3, 1, 2, 90), 1.0, 0.6, 0.1, drive(), MU
        )
        self.transfer = RightAngleTransfer(
            world,
            "transfer",
            turned(3, 2, 2, 90),
            length_m=1.0,
            width_m=0.8,
            drive=drive(),
            strands=drive(),
            side="left",
            gauge_m=0.3,
            strand_width_m=0.06,
            middle_m=0.5,
            rise_m=0.02,
            rise_time_s=0.4,
            friction=MU,
            stop_m=0.65,
        )
        strands = StrandConveyor(
            world, "strands", turned(2.6, 2.5, 2.02, 180), 1.0, 0.2, 0.06, drive(), MU
        )
        self.turntable = Turntable(
            world,
            "turntable",
            turned(1.6, 2.5, 2.02, 180),
            length_m=1.0,
            width_m=0.6,
            drive=drive(),
            friction=MU,
            angle_rad=-math.pi / 2,
            turn_speed_radps=1.0,
            turn_acceleration_radps2=1.0,
            stop_m=0.65,
        )
        zones = AccumulationConveyor(
            world, "zones", turned(1.1, 3.0, 2.02, 90), 3, 0.6, 0.6, SPEED_MPS, 1.0, MU
        )
        self.lift = VerticalLift(
            world,
            "lift",
            turned(1.1, 4.8, 2.02, 90),
            length_m=1.0,
            width_m=0.6,
            drive=drive(),
            friction=MU,
            rise_m=-0.5,
            lift_speed_mps=0.4,
            lift_acceleration_mps2=1.0,
            stop_m=0.65,
        )
        incline = BeltConveyor(
            world, "incline", turned(1.1, 5.8, 1.52, 90), 4, 0.6, drive(), MU, 0.1
        )
        self.zones = zones
        self.devices = (
            *(belt, curve, rollers, self.transfer, strands, self.turntable),
            *(zones, self.lift, incline),
        )
        for device in self.devices:
            device.run()
        self._n_parts = n_parts
        self.parts: list[Body] = []
        self.tick = 0

    def move(self, seconds: float) -> None:
        """Go on, with parts that come in at the start of the belt."""
        for _ in range(round(seconds / DT_S)):
            every = round(7.0 / DT_S)
            if self.tick % every == 0 and len(self.parts) < self._n_parts:
                name = f"part_{len(self.parts)}"
                self.parts.append(
                    put_box(self.world, 5.0, (0.3, 0.3, 0.2), (0.2, 0, 2.1), name=name)
                )
            # What comes next is empty, as far as its own sequence knows.
            self.transfer.exit_free = self.turntable.logic.accepts
            self.turntable.exit_free = not self.zones.eyes[0].broken()
            self.zones.exit_free = self.lift.logic.accepts and not (
                self.lift.arrived.broken()
            )
            for device in self.devices:
                device.before_step()
            self.world.step()
            self.tick += 1

    def sha256(self) -> str:
        """Return a digest of all poses and speeds, to the last bit."""
        rows = []
        for body in self.world.bodies.values():
            position, wxyz = body.plain_pose()
            rows += [*position, *wxyz, *body.velocity_mps()]
        return hashlib.sha256(np.array(rows).tobytes()).hexdigest()


def drive() -> Drive:
    return Drive(DT_S, SPEED_MPS, 1.0)


def digest_after(seconds: float) -> str:
    """Return the digest of a fresh loop after a while."""
    with World(DT_S) as world:
        loop = Loop(world)
        loop.move(seconds)
        return loop.sha256()
