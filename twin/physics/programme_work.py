"""A manipulator at work in a cell: its programmes on the car that stands there."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import msgspec
import numpy as np

from twin.errors import KinematicsError, PhysicsError, ScenarioError
from twin.kinematics.places import LayoutPlaces
from twin.kinematics.planner import Planner, situations_of
from twin.kinematics.programme import PlannedProgramme, Stop
from twin.kinematics.tasks import stops_of
from twin.layout.plan import Layout
from twin.physics.car import Car, CarDesign
from twin.physics.device import Failed, Outcome
from twin.physics.halts import Halts
from twin.physics.kept_ways import plan_with_kept_ways
from twin.physics.manipulator import ManipulatorDrive, ManipulatorMemory
from twin.physics.memory import matrix_rows
from twin.physics.surroundings import AWAY, Surroundings
from twin.physics.tools.workplace import EmptyWorkplace, Head
from twin.physics.world import Body, World
from twin.scenario import Scenario
from twin.scenario.equipment import Manipulator
from twin.scenario.findings import Path as Keys
from twin.scenario.parts import part_tree
from twin.scenario.programme import Programme
from twin.scenario.station import Operation, RunProgramme, Station
from twin.signals import FaultKind, FaultOffer
from twin.transforms import Matrix, transform

MOST_STEP_M = 0.04
"""Flanges are some 0.15 m wide: one that moves farther in a step may pass through
something thin unseen."""

MOST_DROP_M = 0.1
"""What falls farther as it is let go of was not put down."""

CAR = "car"
"""What a car without its loose parts is called where a programme is planned."""


class Stage:
    """A cell apart, with a car on its mark, where programmes are planned.

    Args:
        world: With the cell's equipment in it; this object closes it.
        drive: The arm in that world.
        design: The car.
        grounds: What the arm's base may stand on.

    Attributes:
        planner: Of the arm, among what stands here.
        parts: Nodes that come off the car.
    """

    def __init__(
        self,
        world: World,
        drive: ManipulatorDrive,
        design: CarDesign,
        grounds: tuple[str, ...],
    ) -> None:
        self._design = design
        self._world = world
        self.parts = tuple(design.parts)
        at_origin = np.eye(4)
        self._car = world.add(CAR, design.body_links, at_origin, fixed=True)
        for name, part in design.parts.items():
            world.add(name, part.links, at_origin, fixed=True)
        self._around = Surroundings(world, drive, float(drive.spec.clearance), grounds)
        self.planner: Planner = drive.planner(self._around)

    def stand(
        self,
        world_from_car: Matrix,
        gone: frozenset[str],
        rides_off: frozenset[str],
    ) -> None:
        """Put the car somewhere, with all its parts on it but those that are gone.

        What rides off is gone once a programme has put it down.
        """
        self._car.set_pose(world_from_car)
        for name, part in self._design.parts.items():
            pose = AWAY if name in gone else world_from_car
            self._around.put(name, pose @ part.car_from_part)
        self._around.rides_off = rides_off
        self._around.seat(CAR, *(name for name in self.parts if name not in gone))

    def plan(
        self, stops: Sequence[Stop], mounted: str, margin_m: float
    ) -> PlannedProgramme:
        """Return what the arm does for a car that stands as it was put.

        Args:
            stops: Of the programme.
            mounted: Tool at the flange before the first.
            margin_m: How much more than the clearance ways keep where they can.

        Raises:
            KinematicsError: If it cannot.
        """
        return plan_with_kept_ways(
            self.planner, self._world, self._around.asked(), stops, mounted, margin_m
        )

    def refuse_drops(self, stops: Sequence[Stop], mounted: str) -> None:
        """Refuse a programme that lets go of a part with nothing close below it.

        Raises:
            KinematicsError: At the first such stop.
        """
        for stop, (before, after) in zip(
            stops, situations_of(stops, mounted), strict=True
        ):
            if stop.do == "place" and not self._around.rests(
                before.holding, after, MOST_DROP_M
            ):
                raise KinematicsError(
                    f"{stop.name}: leaves {before.holding!r} in mid-air, with nothing "
                    f"{1e3 * MOST_DROP_M:.0f} mm below it; lower the target, or put "
                    "something there"
                )

    def bodies_of(self, equipment: str) -> tuple[str, ...]:
        """Return the names of the bodies that a piece of equipment has here."""
        return tuple(
            each.name
            for each in self._world.bodies.values()
            if each.name.partition("/")[0] == equipment
        )

    def close(self) -> None:
        """Free the world."""
        self._around.close()


@dataclass(frozen=True, slots=True)
class CarWork:
    """A car as tools meet it."""

    car: Car

    def part(self, name: str) -> Body:
        """Return the body that a part is."""
        return self.car.part_here(name)

    def head(self, fastener: str) -> Head:
        """Return a fastener that is still in."""
        car, kind = self.car, self.car.design.product.fastener
        body = car.part_here(car.design.part_of(fastener).name)
        place = car.design.fastener(fastener)
        return Head(
            transform(*body.pose()) @ place.part_from_fastener,
            body,
            float(kind.break_away_torque),
            float(kind.break_away_time),
            float(kind.running_torque),
            float(kind.turns),
        )

    def take_out(self, fastener: str) -> float:
        """Let a fastener hold nothing any more; return its mass, kg."""
        place = self.car.design.fastener(fastener)
        self.car.take_out(place)
        return place.mass_kg

    def shear_n(self, joint: str) -> float:
        """Raise: no joint of a car is known."""
        raise PhysicsError(f"joint {joint!r}: no product says what cuts it")

    def cut(self, joint: str) -> None:
        """Raise: no joint of a car is known."""
        raise PhysicsError(f"joint {joint!r}: no product says what cuts it")


class ProgrammeMemory(msgspec.Struct, frozen=True):
    """Which programme runs on which car, and how far the arm is.

    Attributes:
        programme: Its id, "" before the first.
        car: Number of the car.
        planned_for: Where the car was seen, 4x4 by rows; None where it was taken to
            stand on its mark.
        refused: Why no plan was found, "" if one was.
        halts: What keeps the arm.
        arm: How far it is.
    """

    programme: str
    car: int
    planned_for: list[list[float]] | None
    refused: str
    halts: tuple[str, ...]
    arm: ManipulatorMemory


_KEPT_PLANS = 16
"""Programmes that are kept planned, for snapshots that go back to them."""


class ProgrammeWork:
    """Runs programmes of one manipulator on cars, planned for where each one stands.

    Attributes:
        planned: Its programmes for a car on its mark, by id.
        mark: Where a car should stand, (4, 4).

    Args:
        drive: The manipulator in the cell's world.
        stage: Where its programmes are planned.
        layout: Where containers and tool stands are.
        product: Id of the product that comes.
        programmes: Those of this manipulator, by id.
        mark: Where a car should stand, (4, 4).
        gone: Nodes that are off before a programme begins, by programme.
        conveyors: Equipment that carries away what is put on it.
        off_mark_m: How far off its mark any of a car may be.
        dt_s: Length of a step.
        locate: Tells where in the scenario something stands, as errors write it.

    Raises:
        ScenarioError: If one cannot be done on a car that stands on its mark, leaves a
            part in mid-air, or is too fast for the step.
    """

    memory_type: ClassVar[type[msgspec.Struct]] = ProgrammeMemory

    def __init__(
        self,
        drive: ManipulatorDrive,
        stage: Stage,
        layout: Layout,
        product: str,
        programmes: Mapping[str, Programme],
        mark: Matrix,
        gone: Mapping[str, frozenset[str]],
        conveyors: Collection[str] = (),
        *,
        off_mark_m: float,
        dt_s: float,
        locate: Callable[[Keys], str],
    ) -> None:
        self.drive = drive
        self._stage = stage
        self._layout = layout
        self._product = product
        self._programmes = dict(programmes)
        self.mark = mark
        self._gone = dict(gone)
        self._conveyors = frozenset(conveyors)
        self._refused = ""
        self._halts = Halts()
        self._programme = ""
        self._car: Car | None = None
        self._planned_for: Matrix | None = None
        self._kept: dict[tuple[str, bytes], PlannedProgramme] = {}
        self.planned: dict[str, PlannedProgramme] = {}
        for name in self._programmes:
            try:
                stops, mounted = self._stops(name, mark)
                self.planned[name] = stage.plan(stops, mounted, off_mark_m)
                stage.refuse_drops(stops, mounted)
            except KinematicsError as error:
                raise ScenarioError(
                    locate(_written_at(name, str(error))),
                    f"{error} (robot {drive.name!r})",
                ) from error
            step_m = self.planned[name].largest_step_m(drive.arm, dt_s)
            if step_m > MOST_STEP_M:
                raise ScenarioError(
                    locate(("physics", "rate")),
                    f"the flange of {drive.name!r} moves {1e3 * step_m:.0f} mm in a "
                    f"step, by programme {name!r}; give at least "
                    f"{math.ceil(step_m / MOST_STEP_M / dt_s)} Hz",
                )

    def plan_for(self, name: str, seen: Matrix | None) -> PlannedProgramme:
        """Return a programme for where a car was seen, or for its mark if None."""
        if seen is None:
            return self.planned[name]
        key = (name, seen.tobytes())
        if key not in self._kept:
            while len(self._kept) >= _KEPT_PLANS:
                del self._kept[next(iter(self._kept))]
            stops, mounted = self._stops(name, seen)
            planner = self._stage.planner
            self._kept[key] = planner.plan_like(self.planned[name], stops, mounted)
        return self._kept[key]

    def _stops(self, name: str, world_from_car: Matrix) -> tuple[list[Stop], str]:
        """Stand a car there; return a programme's stops, and what it begins with."""
        put_downs = self._programmes[name].put_downs()
        rides_off = frozenset(
            part for part, of in put_downs.items() if of in self._conveyors
        )
        self._stage.stand(world_from_car, self._gone[name], rides_off)
        places = LayoutPlaces(
            self._layout,
            {self._product: world_from_car},
            {
                self._product: (CAR, *self._stage.parts),
                **{each: self._stage.bodies_of(each) for each in put_downs.values()},
            },
        )
        spec: Manipulator = self.drive.spec
        return stops_of(self._programmes[name], spec, places), spec.mounted or ""

    @property
    def blocked(self) -> bool:
        """Whether it waits for room to put a part down."""
        return self.drive.waits

    def start(self, operation: Operation, car: Car) -> None:
        """Begin a programme, planned anew where a camera saw the car."""
        if operation.do != "programme":
            raise PhysicsError(
                f"{self.drive.name}: cannot {operation.do}; give 'do: programme'"
            )
        self._refused = ""
        self._programme, self._car = operation.programme, car
        self._planned_for = car.measured
        try:
            planned = self.plan_for(operation.programme, car.measured)
        except KinematicsError as error:
            self._refused = str(error)
            return
        self.drive.start(planned, CarWork(car))

    def before_step(self, tick: int) -> Outcome | None:
        """Work for a tick."""
        if self._refused:
            return Failed(
                "alarm.no_plan", {"robot": self.drive.name, "why": self._refused}
            )
        return self.drive.before_step(tick)

    def halt(self, why: str) -> None:
        """Stop the arm on its way and keep it there; what it holds it holds."""
        if self._halts.add(why):
            self.drive.halt()

    def resume(self, why: str) -> None:
        """Go on, if nothing else keeps the arm."""
        if self._halts.drop(why):
            self.drive.resume()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: the hold of its gripper."""
        return (FaultOffer(self.drive.name, "gripper_loss"),)

    def inject(self, kind: FaultKind, target: str) -> None:
        """Lose the hold."""
        self.drive.lose_grip()

    def mend(self, kind: FaultKind, target: str) -> None:
        """Do nothing: what fell stays where it lies."""

    def memory(self) -> ProgrammeMemory:
        """Return what runs, for which car, and how far it is."""
        return ProgrammeMemory(
            self._programme,
            0 if self._car is None else self._car.number,
            matrix_rows(self._planned_for),
            self._refused,
            self._halts.memory(),
            self.drive.memory(),
        )

    def recall(self, memory: ProgrammeMemory, cars: Mapping[int, Car]) -> None:
        """Be as far; plans are made again where none is kept, and come out the same."""
        self._programme, self._refused = memory.programme, memory.refused
        self._car = cars.get(memory.car)
        seen = memory.planned_for
        self._planned_for = None if seen is None else np.array(seen)
        self._halts.recall(memory.halts)
        planned = None
        if memory.arm.moving:
            planned = self.plan_for(memory.programme, self._planned_for)
        work = EmptyWorkplace() if self._car is None else CarWork(self._car)
        self.drive.recall(memory.arm, planned, work)

    def close(self) -> None:
        """Free where it plans."""
        self._stage.close()


def _written_at(programme: str, error: str) -> Keys:
    """Return what an error about "task 3 (...)" is about."""
    found = re.match(r"task (\d+) ", error)
    if found is None:
        return ("programmes", programme)
    return ("programmes", programme, "tasks", int(found[1]) - 1)


def gone_before(
    scenario: Scenario, station: Station, programmes: Collection[str]
) -> dict[str, frozenset[str]]:
    """Return the nodes that are off before each programme begins, by programme.

    Those are what the operations take off that must be done before the one that runs
    it.
    """
    found = dict.fromkeys(programmes, frozenset[str]())
    tree = part_tree(scenario.products[station.product or ""].parts)
    for operation in station.operations.values():
        if not isinstance(operation, RunProgramme):
            continue
        earlier, open_ = set[str](), list(operation.after)
        while open_:
            name = open_.pop()
            if name not in earlier:
                earlier.add(name)
                open_ += station.operations[name].after
        off = {
            tree[part].part.node
            for name in earlier
            for part in station.operations[name].removes
            if part in tree
        }
        found[operation.programme] = frozenset(node for node in off if node)
    return found
