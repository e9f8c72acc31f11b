"""Taking packs out: where a pack will hang, and the robot's tours below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from twin.errors import KinematicsError, PhysicsError, ScenarioError
from twin.physics.arm import ArmDrive
from twin.physics.build import Devices
from twin.physics.car import Car, CarDesign
from twin.physics.clearance import Clearance
from twin.physics.lift import LiftDrive
from twin.physics.pack_line import PackLine
from twin.physics.table import TableDrive
from twin.physics.tour import Tour
from twin.physics.world import World
from twin.scenario import Scenario
from twin.scenario.findings import Path as Keys
from twin.scenario.station import DeviceOperation
from twin.transforms import Matrix, transform


def expected_pack(devices: Devices, design: CarDesign) -> Matrix:
    """Return where the pack would hang, were the car exactly on its mark."""
    assert devices.lift is not None  # build_devices has seen to it
    mark, lift = devices.mark, devices.lift.lift
    rise_m = float(lift.height) - float(lift.slack)
    world_from_car = transform((mark[0], mark[1], mark[2] + rise_m))
    pose: Matrix = world_from_car @ design.pack.car_from_part
    return pose


class PackWork:
    """The devices that take a pack out, and the plans of their robot.

    Args:
        devices: Of the cell.
        apart: A world of its own; this object closes it.
        devices_apart: The same equipment in it.
        design: The car.

    Attributes:
        lift: Raises the car.
        table: Takes the pack.
        arm: Unscrews it.
        line: Carries it away.
        clearance: Of the arm.
        expected: Where the pack would hang, were the car exactly on its mark.

    Raises:
        PhysicsError: If the pack will hang where the table does not come.
    """

    def __init__(
        self,
        devices: Devices,
        apart: World,
        devices_apart: Devices,
        design: CarDesign,
    ) -> None:
        assert devices.lift is not None  # build_devices has seen to all four
        assert devices.table is not None
        assert devices.arm is not None
        assert devices.pack_line is not None
        self.lift: LiftDrive = devices.lift
        self.table: TableDrive = devices.table
        self.arm: ArmDrive = devices.arm
        self.line: PackLine = devices.pack_line
        self._arm_id = devices.ids["arm"]
        self._design = design
        self.expected = expected_pack(devices, design)
        self.clearance = Clearance(apart, devices_apart, design)
        self.table.check_stroke(float(self.expected[2, 3]))
        self._planner = self.arm.tour_planner(self.clearance.gap_m)
        self.arm.fastener_names = tuple(f.name for f in design.pack.fasteners)

    def plan(
        self,
        scenario: Scenario,
        station_id: str,
        operations: Mapping[str, DeviceOperation],
        locate: Callable[[Keys], str],
    ) -> None:
        """Plan for a car exactly on its mark.

        Args:
            scenario: What may be left out.
            station_id: Whose operations these are.
            operations: By id.
            locate: Tells where in the scenario something stands, as errors write it.

        Raises:
            ScenarioError: If a fastener is out of reach, or not there.
            PhysicsError: If no operation unscrews.
        """
        self._tour = self._first_tour(scenario, station_id, operations, locate)
        self.arm.plan = self._plan_tour

    def _first_tour(
        self,
        scenario: Scenario,
        station_id: str,
        operations: Mapping[str, DeviceOperation],
        locate: Callable[[Keys], str],
    ) -> Tour:
        """Plan for a car exactly on its mark: what can't be reached is said now."""
        known = {fastener.name for fastener in self._design.pack.fasteners}
        for name, operation in operations.items():
            if operation.do != "unscrew":
                continue
            order = operation.order or [f.name for f in self._design.pack.fasteners]
            at: Keys = ("stations", station_id, "operations", name)
            unknown = [fastener for fastener in order if fastener not in known]
            if unknown:
                raise ScenarioError(
                    locate((*at, "order")),
                    f"no fastener {unknown[0]!r}; known: {', '.join(sorted(known))}",
                )
            for index, fault in enumerate(scenario.faults):
                if fault.kind == "skip_fastener" and fault.fastener not in known:
                    raise ScenarioError(
                        locate(("faults", index, "fastener")),
                        f"no fastener {fault.fastener!r}; "
                        f"known: {', '.join(sorted(known))}",
                    )
            self.clearance.hang(self.expected)
            try:
                return self._planner.plan(self._aims(self.expected, order))
            except KinematicsError as error:
                raise ScenarioError(
                    locate(at), f"{error} (robot {self._arm_id!r})"
                ) from error
        raise PhysicsError(f"stations.{station_id}: no operation unscrews; add one")

    def _aims(self, world_from_pack: Matrix, names: Sequence[str]) -> dict[str, Matrix]:
        return {
            name: world_from_pack @ self._design.fastener(name).part_from_fastener
            for name in names
        }

    def _plan_tour(self, car: Car) -> Tour:
        """Plan for where the camera saw the pack, like the first tour."""
        seen = car.measured if car.measured is not None else car.expected
        names = [
            stop.name
            for stop in self._tour.stops
            if stop.name in car.welds and stop.name not in car.skip_fasteners
        ]
        kept = [stop for stop in self._tour.stops if stop.name in names]
        self.clearance.hang(seen)
        like = Tour(tuple(kept), self._tour.home_way_rad)
        return self._planner.plan(self._aims(seen, names), like)

    def close(self) -> None:
        """Free where it plans."""
        self.clearance.close()
