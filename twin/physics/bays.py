"""Test bays of a cell: a car that takes parts from a conveyor's end, and the tests."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import ClassVar

import msgspec
import numpy as np

from twin.errors import PhysicsError
from twin.layout.plan import Placed, asset_from_nodes
from twin.physics.car import Car
from twin.physics.device import Outcome
from twin.physics.halts import Halts
from twin.physics.module_line import Piece
from twin.physics.world import Body
from twin.scenario.equipment import ModuleBays
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer
from twin.transforms import Matrix, Vector, inverse, transform

# Before the benches' fronts: the middle of the track on which the car runs.
_LANE_M = 0.4


class Carried(msgspec.Struct, frozen=True):
    """A part on the car, or the car on its way back without one.

    Attributes:
        car: Number of the part's car.
        part: Its node.
        bay: Where it goes, from 0.
        start: Where it stood, 4x4 by rows.
        ticks: For which the car has gone.
        back: Whether the part is in its bay and the car comes back.
    """

    car: int
    part: str
    bay: int
    start: tuple[tuple[float, ...], ...]
    ticks: int
    back: bool


class Tested(msgspec.Struct, frozen=True):
    """A part in a bay, and when it is collected."""

    car: int
    part: str
    due_tick: int


class BaysMemory(msgspec.Struct, frozen=True):
    """What is on the car, what is in the bays, why it stands."""

    carried: Carried | None
    tested: tuple[Tested | None, ...]
    halts: tuple[str, ...]


class BaysDrive:
    """Takes parts one at a time from a conveyor's end into the first free bay.

    The car has no body: what it carries is where its way says, at the height of
    conveyor and benches, and lies free in its bay afterwards.

    Attributes:
        memory_type: Of its memory.
        name: Its id.
        tested: What is in each bay.

    Args:
        name: As above.
        equipment: What the scenario says.
        placed: Where it stands.
        dt_s: Length of a tick.

    Raises:
        PhysicsError: If the asset has another number of bays.
    """

    memory_type: ClassVar[type[msgspec.Struct]] = BaysMemory

    def __init__(
        self, name: str, equipment: ModuleBays, placed: Placed, dt_s: float
    ) -> None:
        self.name = name
        self._transfer_ticks = max(1, round(float(equipment.transfer_time) / dt_s))
        self._test_ticks = round(float(equipment.test_time) / dt_s)
        self._world_from_asset = placed.world_from_asset
        poses = asset_from_nodes(placed.asset)
        ports = {
            (node.name, port.name): poses[node.name] @ transform(port.pose[:3])
            for node in placed.asset.nodes
            for port in node.ports
        }
        self._places_m = [
            pose[:3, 3] for (_, port), pose in ports.items() if port == "place"
        ]
        fronts = [pose[1, 3] for (_, port), pose in ports.items() if port == "in"]
        if len(self._places_m) != equipment.bays or not fronts:
            raise PhysicsError(
                f"equipment.{name}.bays: {equipment.bays}, but asset "
                f"{placed.asset.name!r} has {len(self._places_m)} ports 'place'; "
                "make them agree"
            )
        self._lane_m = float(min(fronts)) - _LANE_M
        self._carried: Carried | None = None
        self.tested: list[Tested | None] = [None] * len(self._places_m)
        self._halts = Halts()

    def start(self, operation: Operation, car: Car) -> None:
        """Raise: it works by itself, and no operation is its own."""
        raise PhysicsError(f"{self.name}: cannot {operation.do}; it works by itself")

    @property
    def testing(self) -> bool:
        """Whether any bay is taken."""
        return any(each is not None for each in self.tested)

    def free_bay(self) -> int | None:
        """Return the first free bay, None if the car is under way or none is free."""
        if self._carried is not None or self._halts or None not in self.tested:
            return None
        return self.tested.index(None)

    def take(self, piece: Piece, body: Body, bay: int) -> None:
        """Take a part onto the car, for a bay."""
        start = transform(*body.pose())
        rows = tuple(tuple(map(float, row)) for row in start)
        self._carried = Carried(*piece, bay, rows, 0, back=False)

    def holds(self) -> list[Piece]:
        """Return the parts on the car and in the bays."""
        on_car = self._carried
        moving = [] if on_car is None or on_car.back else [(on_car.car, on_car.part)]
        return moving + [(each.car, each.part) for each in self.tested if each]

    def before_step(self, tick: int) -> Outcome | None:
        """Do nothing: ``drive`` does, which knows the bodies."""
        return None

    def drive(self, tick: int, bodies: Mapping[Piece, Body]) -> Piece | None:
        """Move the car by a tick; return the part that has come into its bay."""
        moving = self._carried
        if moving is None:
            return None
        ticks = moving.ticks + (0 if self._halts else 1)
        self._carried = msgspec.structs.replace(moving, ticks=ticks)
        if moving.back:
            if ticks >= self._transfer_ticks:
                self._carried = None
            return None
        piece = (moving.car, moving.part)
        bodies[piece].set_pose(self._part_pose(self._carried))
        if ticks < self._transfer_ticks:
            return None
        self.tested[moving.bay] = Tested(*piece, tick + self._test_ticks)
        self._carried = msgspec.structs.replace(moving, ticks=0, back=True)
        return piece

    def collected(self, tick: int) -> list[Piece]:
        """Return what a truck takes now; its bays are free then."""
        gone = []
        for bay, each in enumerate(self.tested):
            if each is not None and tick >= each.due_tick:
                gone.append((each.car, each.part))
                self.tested[bay] = None
        return gone

    # The way ----------------------------------------------------------------

    def _way_m(self, carried: Carried) -> list[Vector]:
        """Return the corners of a part's way, in the asset's frame."""
        start = (inverse(self._world_from_asset) @ np.array(carried.start))[:3, 3]
        end = self._places_m[carried.bay]
        lane = np.array([start[0], self._lane_m, start[2]])
        before = np.array([end[0], self._lane_m, start[2]])
        return [start, lane, before, end]

    def _along(self, carried: Carried, share: float) -> Vector:
        """Return the point that is a share of the way along, asset frame."""
        corners = self._way_m(carried)
        lengths = [float(np.linalg.norm(b - a)) for a, b in itertools.pairwise(corners)]
        left_m = share * sum(lengths)
        for (a, b), length_m in zip(itertools.pairwise(corners), lengths, strict=True):
            if left_m <= length_m and length_m > 0.0:
                point: Vector = a + (b - a) * (left_m / length_m)
                return point
            left_m -= length_m
        return corners[-1]

    def _part_pose(self, carried: Carried) -> Matrix:
        share = carried.ticks / self._transfer_ticks
        pose: Matrix = np.array(carried.start)
        point = np.append(self._along(carried, share), 1.0)
        pose[:3, 3] = (self._world_from_asset @ point)[:3]
        return pose

    def car_pose(self) -> Matrix:
        """Return where the middle of the car's top is, world frame, 4x4."""
        carried = self._carried
        point = np.array([0.0, self._lane_m, self._places_m[0][2]])
        if carried is not None:
            share = carried.ticks / self._transfer_ticks
            if carried.back:
                share = 1.0 - share
            point[0] = self._along(carried, share)[0]
        pose: Matrix = self._world_from_asset @ transform(point)
        return pose

    # Stopping, breaking, remembering -----------------------------------------

    def halt(self, why: str) -> None:
        """Stop the car where it is."""
        self._halts.add(why)

    def resume(self, why: str) -> None:
        """Let the car go on, if nothing else keeps it."""
        self._halts.drop(why)

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: the car's drive."""
        return (FaultOffer(self.name, "drive_stop"),)

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the car."""
        self.halt(kind)

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have the car run again."""
        self.resume(kind)

    def memory(self) -> BaysMemory:
        """Return what is where."""
        return BaysMemory(self._carried, tuple(self.tested), self._halts.memory())

    def recall(self, memory: BaysMemory, cars: Mapping[int, Car]) -> None:
        """Have the same in the same places again."""
        self._carried = memory.carried
        self.tested = list(memory.tested)
        self._halts.recall(memory.halts)
