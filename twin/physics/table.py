"""The lift table: up until it feels the pack, a check that it is free, and down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec
import numpy as np

from twin.errors import PhysicsError
from twin.kinematics.motion import Limits, plan_joint_path
from twin.layout.plan import Placed, asset_from_nodes, names_below
from twin.physics.car import Car, shapes_of
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.halts import Halts
from twin.physics.motor import (
    Motor,
    Playback,
    PlaybackMemory,
    axis_limits,
    moving_node,
)
from twin.physics.world import STANDARD_GRAVITY_MPS2, Link, World
from twin.scenario.equipment import LiftTable
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer

# The load must stand above the threshold this long before it counts: a knock
# while the table stops is not a pack.
_FELT_S = 0.05
# Rising less than a millimetre in two seconds is not rising.
_RISING_M = 1e-3
_STALL_S = 2.0
# After the check drop the load settles this long before it is read.
_SETTLE_S = 0.5


class TableMemory(msgspec.Struct, frozen=True):
    """What a table was doing, what it had felt, and what is broken."""

    phase: str
    car: int
    height_m: float
    playback: PlaybackMemory | None
    ticks: int
    expected_n: float
    highest_m: float
    still_ticks: int
    peak_load_n: float
    halts: tuple[str, ...]
    deaf: bool


class TableDrive:
    """Drives a lift table and reads its load cell."""

    memory_type: ClassVar[type[msgspec.Struct]] = TableMemory

    def __init__(self, world: World, table: LiftTable, placed: Placed) -> None:
        self._id = placed.id
        self._halts = Halts()
        self._deaf = False
        self.table = table
        poses = asset_from_nodes(placed.asset)
        top = moving_node(placed, "prismatic")
        assert top.joint is not None  # chosen for having one
        moving = names_below(placed.asset, top.name)
        top_from_asset = np.linalg.inv(poses[top.name])
        shapes = tuple(
            shape
            for node in placed.asset.nodes
            if node.name in moving
            for shape in shapes_of(node, top_from_asset @ poses[node.name])
        )
        self.body = world.add(
            placed.id,
            [
                Link("pit", 0.0),
                Link(
                    top.name,
                    float(table.moving_mass),
                    shapes,
                    parent_from_link=poses[top.name],
                    joint="prismatic",
                    axis=top.joint.axis,
                    friction=float(table.friction),
                    grips=True,
                ),
            ],
            placed.world_from_asset,
            fixed=True,
        )
        self.link = top.name
        self.top_at_zero_m = float(
            (placed.world_from_asset @ poses[top.name])[2, 3]
        ) + max(shape.position_m[2] + shape.size_m[2] / 2 for shape in shapes)
        self._stroke_m = top.joint.upper
        self._tare_n = float(table.moving_mass) * STANDARD_GRAVITY_MPS2
        self._hold_n = self._tare_n + float(table.rated_force)
        self._motor = Motor(self.body, [top.name], [self._hold_n])
        self._dt_s = world.dt_s
        self.height_m = 0.0
        self._motor.hold([0.0])
        self.peak_load_n = 0.0
        self._playback: Playback | None = None
        self._phase = "idle"
        self._ticks = 0
        self._expected_n = 0.0
        self._highest_m = 0.0
        self._still_ticks = 0
        self._car: Car | None = None

    def load_n(self) -> float:
        """Return what the load cell reads: the drive's force less its own weight."""
        return self.reading()[1]

    def reading(self) -> tuple[float, float]:
        """Return the height above rest, m, and what the load cell reads, N."""
        height_m, _, _, force_n = self._motor.rows()[0]
        return height_m, 0.0 if self._deaf else force_n - self._tare_n

    def measure(self) -> None:
        """Keep the largest reading; the cell's own rhythm, whoever else reads."""
        self.peak_load_n = max(self.peak_load_n, self.load_n())

    def check_stroke(self, pack_z_m: float) -> None:
        """Check that a pack at a height, world frame, is within the stroke.

        Raises:
            PhysicsError: If it is not.
        """
        touch_m = pack_z_m - self.top_at_zero_m
        if not 0.0 <= touch_m <= self._stroke_m:
            raise PhysicsError(
                f"equipment.{self.body.name}: the pack will hang {touch_m:.3f} m above "
                f"it, beyond its stroke of {self._stroke_m:g} m; change the lift's "
                "height"
            )

    def put_up(self, top_z_m: float) -> None:
        """Put the table at once with its top at a height, world frame."""
        self.body.reset_joint(self.link, top_z_m - self.top_at_zero_m)

    def start(self, operation: Operation, car: Car) -> None:
        """Begin to rise, to check or to go down."""
        self._car = car
        self.height_m = self.reading()[0]
        if operation.do == "table_up":
            position, _ = car.pack_here().pose()
            touch_m = float(position[2]) - self.top_at_zero_m
            if not 0.0 <= touch_m <= self._stroke_m:
                # A car that was never lifted: said when the work begins.
                self._phase = "refusing"
                return
            self._plan(touch_m - float(self.table.seek_distance))
            self._phase = "rising"
        elif operation.do == "check_free":
            pack_kg = car.design.product.pack_mass
            assert pack_kg is not None  # read with what is done to packs
            out_kg = car.run_out_kg(car.design.product.pack_node)
            self._expected_n = (float(pack_kg) - out_kg) * STANDARD_GRAVITY_MPS2
            self._plan(self.height_m - float(self.table.check_drop))
            self._phase = "dropping"
        elif operation.do == "table_down":
            self._plan(0.0)
            self._phase = "lowering"
        else:
            raise PhysicsError(f"table: cannot {operation.do}; use a table verb")

    def _plan(self, goal_m: float) -> None:
        trajectory = plan_joint_path(
            np.array([[self.height_m], [goal_m]]), self._limits()
        )
        self._playback = Playback(self._motor, trajectory, self._dt_s, self._limits())
        if self._halts:
            self._playback.halt()

    def _limits(self) -> Limits:
        return axis_limits(1, float(self.table.speed), float(self.table.acceleration))

    def before_step(self, tick: int) -> Outcome | None:
        """Follow the profile, feel for the load, or weigh it."""
        if self._playback is not None:
            if not self._playback.step():
                self._playback = None
            return None
        if self._halts:
            return None
        if self._phase == "refusing":
            self._phase = "idle"
            return Failed("alarm.no_load_felt")
        if self._phase == "rising":
            self._motor.push(
                [float(self.table.seek_speed)],
                [self._tare_n + float(self.table.press_force)],
            )
            self._phase, self._ticks = "seeking", 0
            self._highest_m, self._still_ticks = self.reading()[0], 0
        elif self._phase == "seeking":
            return self._seek()
        elif self._phase == "dropping":
            self._hold()
            self._phase, self._ticks = "weighing", round(_SETTLE_S / self._dt_s)
        elif self._phase == "weighing":
            self._ticks -= 1
            if self._ticks <= 0:
                self._phase = "idle"
                return self._weigh()
        elif self._phase == "lowering":
            self._hold()
            self._phase = "idle"
            return Done()
        elif self._phase == "felt":
            self._phase = "idle"
            return Done()
        return None

    def _seek(self) -> Outcome | None:
        height_m, load_n = self.reading()
        self._ticks = self._ticks + 1 if load_n >= float(self.table.touch_force) else 0
        if self._ticks * self._dt_s >= _FELT_S:
            self._hold()
            self._phase = "felt"
            return Told("LoadFelt", "event.load_felt", {"load_n": round(load_n, 1)})
        if height_m >= self._stroke_m or self._stalled(height_m):
            self._hold()
            self._phase = "idle"
            return Failed("alarm.no_load_felt")
        return None

    def _stalled(self, height_m: float) -> bool:
        """Tell whether the table has stopped rising without a load to feel."""
        if height_m > self._highest_m + _RISING_M:
            self._highest_m, self._still_ticks = height_m, 0
        self._still_ticks += 1
        return self._still_ticks * self._dt_s > _STALL_S

    def _hold(self) -> None:
        self.height_m = self.reading()[0]
        self._motor.hold([self.height_m])

    def _weigh(self) -> Outcome:
        load_n = self.load_n()
        if abs(load_n - self._expected_n) > (
            float(self.table.load_tolerance) * self._expected_n
        ):
            return Failed(
                "alarm.pack_held",
                {
                    "load_n": round(load_n, 1),
                    "expected_n": round(self._expected_n, 1),
                },
            )
        return Done()

    def halt(self, why: str) -> None:
        """Stop on the way; the drive holds its height."""
        if not self._halts.add(why):
            return
        if self._playback is not None:
            self._playback.halt()
        elif self._phase == "seeking":
            self._hold()
            # To be told to seek once more when it goes on.
            self._phase = "rising"

    def resume(self, why: str) -> None:
        """Go on, if nothing else keeps it."""
        if self._halts.drop(why) and self._playback is not None:
            self._playback.resume()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: the drive, and the load cell."""
        return (
            FaultOffer(self._id, "drive_stop"),
            FaultOffer(self._id, "sensor_stuck", ("zero",)),
        )

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the drive, or have the load cell read nothing."""
        if kind == "drive_stop":
            self.halt(kind)
        else:
            self._deaf = True

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have the drive run, or the load cell read, again."""
        if kind == "drive_stop":
            self.resume(kind)
        else:
            self._deaf = False

    def memory(self) -> TableMemory:
        """Return what it does and knows."""
        playback = self._playback
        return TableMemory(
            self._phase,
            self._car.number if self._car is not None else 0,
            self.height_m,
            playback.memory() if playback is not None else None,
            self._ticks,
            self._expected_n,
            self._highest_m,
            self._still_ticks,
            self.peak_load_n,
            self._halts.memory(),
            self._deaf,
        )

    def recall(self, memory: TableMemory, cars: Mapping[int, Car]) -> None:
        """Do and know the same again."""
        self._phase = memory.phase
        self._car = cars.get(memory.car)
        self.height_m = memory.height_m
        self._playback = None
        if memory.playback is not None:
            self._playback = Playback.recalled(
                memory.playback, self._motor, self._dt_s, self._limits()
            )
        self._ticks = memory.ticks
        self._expected_n = memory.expected_n
        self._highest_m, self._still_ticks = memory.highest_m, memory.still_ticks
        self.peak_load_n = memory.peak_load_n
        self._halts.recall(memory.halts)
        self._deaf = memory.deaf
