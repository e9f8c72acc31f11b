"""A cell: devices in one world, cars through it, and the station that decides."""

from __future__ import annotations

import contextlib
import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from twin.errors import KinematicsError, PhysicsError
from twin.layout.plan import Layout
from twin.physics.build import CAR_SLOTS, Devices, build_devices
from twin.physics.car import Car, build_car, design_car, lay_aside, stock_car
from twin.physics.clearance import Clearance
from twin.physics.cycle import Cycle, critical_path
from twin.physics.device import (
    Breakable,
    Device,
    Done,
    Failed,
    Haltable,
    Outcome,
    Remembering,
)
from twin.physics.faults import Due, Faults
from twin.physics.halts import E_STOP
from twin.physics.memory import drop_state, hold_state
from twin.physics.recollection import recollect, remember
from twin.physics.snapshot import CellSnapshot, decode_memory, encode_memory
from twin.physics.tour import Tour
from twin.physics.world import World
from twin.rng import stream
from twin.scenario import Scenario
from twin.scenario.fields import Text
from twin.scenario.safety import subject_of
from twin.scenario.station import DeviceOperation, TimedFault
from twin.signals import FaultKind, FaultOffer, Injected
from twin.state import Event, MachineState, Reason, Severity
from twin.stations.condition import condition_of
from twin.stations.logic import (
    Acknowledged,
    CallNextCar,
    CarArrived,
    CarLeft,
    Halted,
    OperationFailed,
    OperationFinished,
    RaiseAlarm,
    StartOperation,
    StationCommand,
    StationEvent,
    StationState,
    react,
)
from twin.text import Language, catalogue, say
from twin.transforms import Matrix, transform, wxyz_about

_CYCLES_KEPT = 1000

# A touch that goes on is told once a second, not 240 times.
_TOUCH_SILENCE_S = 1.0

# Nothing that drives a pack moves it down faster; free fall is past this after 5 cm.
_FALLING_MPS = 1.0


class Cell:
    """The rigid-body model of one station with its equipment.

    Args:
        scenario: What to build.
        layout: Where it stands.
        seed: Of all random streams.
        bullet: Stands for pybullet in the bench; None takes the real one.

    Raises:
        PhysicsError: If the scenario is no cell, or something is out of reach.
        MissingPartError: If pybullet is not installed.
    """

    def __init__(
        self, scenario: Scenario, layout: Layout, seed: int, bullet: Any | None = None
    ) -> None:
        if len(scenario.stations) != 1 or len(scenario.sources) != 1:
            raise PhysicsError(
                f"{scenario.name}: {len(scenario.stations)} stations and "
                f"{len(scenario.sources)} sources; a physics cell has one of each"
            )
        if scenario.line is None:
            raise PhysicsError(f"{scenario.name}: no line; give entry, exit, clear_of")
        self.scenario = scenario
        self.seed = seed
        self.dt_s = 1.0 / float(scenario.physics.rate)
        self.frame_ticks = round(
            float(scenario.physics.rate) / float(scenario.physics.frame_rate)
        )
        self.tick = 0
        self.line = scenario.line
        (self.station_id, self.station), *_ = scenario.stations.items()
        (_, source), *_ = scenario.sources.items()
        try:
            self.operations = self.station.device_operations()
            self.source = source.entry()
            vehicle = scenario.products[self.source.product].vehicle()
        except ValueError as error:
            raise PhysicsError(f"{scenario.name}: {error}") from error
        self.state = StationState()
        self.design = design_car(vehicle, layout.products[self.source.product])
        with contextlib.ExitStack() as on_failure:
            self.world = World(self.dt_s, bullet)
            on_failure.callback(self.world.close)
            self.devices: Devices = build_devices(
                self.world, scenario, layout, self.station, seed
            )
            self.stock = [
                stock_car(self.world, self.design, slot) for slot in range(CAR_SLOTS)
            ]
            self.world.tie(
                [
                    self.devices.lift.body,
                    self.devices.table.body,
                    self.devices.arm.body,
                    *(body for stocked in self.stock for body in stocked),
                ]
            )
            self.expected_pack = self._expected_pack()
            apart = World(self.dt_s, bullet)
            on_failure.callback(apart.close)
            self._clearance = Clearance(
                apart,
                build_devices(apart, scenario, layout, self.station, seed),
                self.design,
            )
            self._aim_strands()
            self.devices.table.check_stroke(float(self.expected_pack[2, 3]))
            self._planner = self.devices.arm.tour_planner(self._clearance.gap_m)
            self._tour = self._first_tour()
            on_failure.pop_all()
        self.devices.arm.plan = self._plan_tour
        self.cars: dict[int, Car] = {}
        self.cycles: deque[Cycle] = deque(maxlen=_CYCLES_KEPT)
        self.cars_in = 0
        self.cars_out = 0
        self.batteries_out = 0
        self.events: list[Event] = []
        self.n_alarms = 0
        self.mass_out_kg = 0.0
        self.serial = 0
        self.finished: dict[str, int] = {}
        self.running: list[tuple[str, DeviceOperation, Device]] = []
        self.leaving: Car | None = None
        self.next_car_tick: int | None = round(float(self.source.first_at) / self.dt_s)
        self.quiet_until: dict[tuple[str, int], int] = {}
        self._belts = list(self.devices.belts.values())
        self.dropped: set[int] = set()
        self.devices.arm.fastener_names = tuple(f.name for f in self.design.fasteners)
        breakable = [d for d in self.devices.by_id.values() if isinstance(d, Breakable)]
        self.faults = Faults([*breakable, _Whole(self)])
        self.due = self._due_faults()
        self.n_due = 0
        # A scenario's text would do, but not the overlays that made it.
        self.scenario_sha256 = hashlib.sha256(
            f"{scenario!r} seed {seed}".encode()
        ).hexdigest()

    # What happens in a tick ------------------------------------------------

    def step(self) -> None:
        """Advance by one tick: decide, command, let the world move."""
        tick = self.tick
        while self.n_due < len(self.due) and self.due[self.n_due].tick <= tick:
            self._bring_about(self.due[self.n_due])
            self.n_due += 1
        if self.next_car_tick is not None and tick >= self.next_car_tick:
            self._let_in()
        for entry in tuple(self.running):
            outcome = entry[2].before_step(tick)
            if outcome is not None:
                self._hear(entry, outcome)
        for belt in self._belts:
            if belt.moving:
                belt.before_step()
        self.world.step()
        self.tick = tick + 1
        in_rhythm = self.tick % self.frame_ticks == 0
        # At rest, or after it gave up, somebody may still run into the arm.
        if self.devices.arm.moving or in_rhythm:
            self._watch_arm()
        if in_rhythm:
            self.devices.table.measure()
            self._watch_packs()
        if self.leaving is not None:
            self._see_off(self.leaving)
        self._collect()

    def _hear(
        self, entry: tuple[str, DeviceOperation, Device], outcome: Outcome
    ) -> None:
        name, operation, _ = entry
        if isinstance(outcome, Done):
            self.running.remove(entry)
            self.finished[name] = self.tick
            self._settle_operation(name, operation)
            self._tell_step("OperationFinished", "event.done", name, operation)
            self._decide(OperationFinished(name))
        elif isinstance(outcome, Failed):
            self.running.remove(entry)
            self._decide(OperationFailed(name, outcome.text, outcome.arguments))
        else:
            self._tell(
                outcome.kind,
                operation.by,
                outcome.text,
                outcome.arguments,
                outcome.severity,
            )

    def _settle_operation(self, name: str, operation: DeviceOperation) -> None:
        car = self.cars[self.state.car]
        if operation.do == "convey_pack":
            self.batteries_out += 1
        elif operation.do == "convey_out":
            self.leaving = car
            assert car.entry_tick is not None  # a car leaves after it came
            assert car.exit_tick is not None
            steps = critical_path(
                self.operations, self.finished, car.entry_tick, car.exit_tick
            )
            self.cycles.append(Cycle(car.number, car.entry_tick, car.exit_tick, steps))
            self.cars_out += 1

    def _decide(self, event: StationEvent) -> None:
        self.state, commands = react(self.station, self.state, event)
        for command in commands:
            self._carry_out(command)

    def _carry_out(self, command: StationCommand) -> None:
        if isinstance(command, StartOperation):
            name = command.operation
            operation = self.operations[name]
            device = self.devices.by_id[operation.by]
            self._tell_step("OperationStarted", "event.begun", name, operation)
            device.start(operation, self.cars[self.state.car])
            self.running.append((name, operation, device))
        elif isinstance(command, RaiseAlarm):
            operation = self.operations[command.operation]
            self._tell(
                "AlarmRaised",
                operation.by,
                command.text,
                command.arguments,
                Severity.ALARM,
            )
        elif isinstance(command, CallNextCar):
            self.next_car_tick = max(self.tick + 1, self._due_tick())

    # Cars ------------------------------------------------------------------

    def _let_in(self) -> None:
        most = self.source.most
        self.next_car_tick = None
        if most and self.cars_in >= most:
            return
        free = set(range(CAR_SLOTS)) - {car.slot for car in self.cars.values()}
        stopped = self.state.machine is MachineState.ABORTED
        if stopped or not free:  # packs that nobody collected take the room
            self.next_car_tick = self.tick + self.frame_ticks
            return
        number = self.cars_in + 1
        rng = stream(self.seed, f"{self.station_id}/arrival/{number}")
        lateral, yaw, stop = rng.uniform(-1.0, 1.0, 3).tolist()
        place = self.source.place
        world_from_car: Matrix = transform(
            (
                float(place.x),
                float(place.y) + lateral * float(self.source.lateral_error),
                float(place.z),
            ),
            wxyz_about(
                (0.0, 0.0, 1.0),
                float(place.yaw) + yaw * float(self.source.yaw_error),
            ),
        )
        car = build_car(
            self.world,
            self.design,
            number,
            min(free),
            world_from_car,
            self.expected_pack,
            self.stock[min(free)],
        )
        car.stop_error_m = stop * float(self.source.stop_error)
        faults = [
            fault
            for fault in self.scenario.faults
            if not isinstance(fault, TimedFault) and fault.car == number
        ]
        car.skip_fasteners = frozenset(
            fault.fastener for fault in faults if fault.kind == "skip_fastener"
        )
        self.cars[number] = car
        self.cars_in = number
        self.finished = {}
        self._tell("CarEntered", self.station_id, "event.car_in", {"car": number})
        product = self.scenario.products[self.source.product]
        self._decide(
            CarArrived(
                number,
                self.design.product.high_voltage,
                frozenset(
                    fault.operation
                    for fault in faults
                    if fault.kind == "skip_operation"
                ),
                product=self.source.product,
                subject=subject_of(product),
                condition=condition_of(self.source.product, product, number, self.seed),
            )
        )

    def _due_tick(self) -> int:
        """Return when the next car is there, whoever calls it earlier."""
        due_s = float(self.source.first_at) + self.cars_in * self.source.every_s
        return round(due_s / self.dt_s)

    def _aim_strands(self) -> None:
        """Tell the strands how far a car runs on after it breaks the beam."""
        mark = self.devices.mark
        beam_z_m = self.devices.strands.beam_z_m
        self.devices.strands.aim(
            self._clearance.front_m(beam_z_m - mark[2]),
            mark[0],
            float(self.source.stop_error),
        )

    def _expected_pack(self) -> Matrix:
        """Return where the pack would hang, were the car exactly on its mark."""
        mark = self.devices.mark
        lift = self.devices.lift.lift
        rise_m = float(lift.height) - float(lift.slack)
        world_from_car = transform((mark[0], mark[1], mark[2] + rise_m))
        return world_from_car @ self.design.car_from_pack

    def _first_tour(self) -> Tour:
        """Plan for a car exactly on its mark: what can't be reached is said now."""
        for name, operation in self.operations.items():
            if operation.do != "unscrew":
                continue
            order = operation.order or [f.name for f in self.design.fasteners]
            where = f"stations.{self.station_id}.operations.{name}"
            known = {fastener.name for fastener in self.design.fasteners}
            unknown = [fastener for fastener in order if fastener not in known]
            if unknown:
                raise PhysicsError(
                    f"{where}.order: no fastener {unknown[0]!r}; "
                    f"known: {', '.join(sorted(known))}"
                )
            for index, fault in enumerate(self.scenario.faults):
                if fault.kind == "skip_fastener" and fault.fastener not in known:
                    raise PhysicsError(
                        f"faults[{index}].fastener: no fastener {fault.fastener!r}; "
                        f"known: {', '.join(sorted(known))}"
                    )
            self._clearance.hang(self.expected_pack)
            try:
                return self._planner.plan(self._aims(self.expected_pack, order))
            except KinematicsError as error:
                raise PhysicsError(
                    f"{where}: {error} (robot {self.devices.arm_id!r})"
                ) from error
        raise PhysicsError(
            f"stations.{self.station_id}: no operation unscrews; add one"
        )

    def _aims(self, world_from_pack: Matrix, names: Sequence[str]) -> dict[str, Matrix]:
        return {
            name: world_from_pack @ self.design.fastener(name).pack_from_fastener
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
        self._clearance.hang(seen)
        like = Tour(tuple(kept), self._tour.home_way_rad)
        return self._planner.plan(self._aims(seen, names), like)

    def _see_off(self, car: Car) -> None:
        if car.x_m() < self.line.clear_of.x:
            return
        self.leaving = None
        self.mass_out_kg += car.body_here().mass_kg()
        car.let_go()
        lay_aside(self.world, car.body_here(), car.slot)
        car.body = None
        self.devices.strands.stop()
        self._tell("CarLeft", self.station_id, "event.car_out", {"car": car.number})
        self._forget(car)
        self._decide(CarLeft(car.number))

    def _collect(self) -> None:
        car = self.devices.pack_line.collected(self.tick)
        if car is None:
            return
        self.mass_out_kg += car.pack_here().mass_kg()
        lay_aside(self.world, car.pack_here(), car.slot)
        car.pack = None
        self._tell(
            "PackCollected",
            self.devices.rack_id,
            "event.collected",
            {"car": car.number},
        )
        self._forget(car)

    def _forget(self, car: Car) -> None:
        if car.body is None and car.pack is None:
            del self.cars[car.number]

    # The arm ---------------------------------------------------------------

    def _watch_arm(self) -> None:
        arm = self.devices.arm
        arm.measure()
        for touch in arm.touches():
            link = arm.link_name(touch.link)
            key = (link, touch.other)
            if self.tick < self.quiet_until.get(key, 0):
                continue
            self.quiet_until[key] = self.tick + round(_TOUCH_SILENCE_S / self.dt_s)
            other = self.world.bodies[touch.other]
            self._tell(
                "RobotTouched",
                self.devices.arm_id,
                "alarm.robot_touched",
                {
                    "link": link,
                    "body": other.name,
                    "force_n": round(touch.force_n, 1),
                },
                Severity.ALARM,
            )

    def _watch_packs(self) -> None:
        """See a pack fall: nothing may go on below it."""
        for car in self.cars.values():
            if car.pack is None or car.number in self.dropped:
                continue
            if float(car.pack.velocity_mps()[2]) > -_FALLING_MPS:
                continue
            self.dropped.add(car.number)
            self._tell(
                "PartDropped",
                self.station_id,
                "alarm.pack_dropped",
                {"car": car.number},
                Severity.ALARM,
            )
            self.halt_all()

    # Faults ----------------------------------------------------------------

    def faults_offered(self) -> tuple[FaultOffer, ...]:
        """Return what can be injected now."""
        return self.faults.offers()

    def inject_fault(self, source: str, kind: str, target: str = "") -> None:
        """Break something that ``faults_offered`` names; twice is once.

        Raises:
            PhysicsError: If nothing here can be broken like that.
        """
        fault = self.faults.inject(source, kind, target, self.tick)
        if fault is not None:
            self._tell_fault("FaultInjected", "event.fault_in", fault)

    def clear_fault(self, source: str = "", kind: str = "", target: str = "") -> int:
        """Mend what fits, all of it by default, and let the station go on.

        Returns:
            How many faults were mended.
        """
        mended = self.faults.mend(source, kind, target)
        for fault in mended:
            self._tell_fault("FaultCleared", "event.fault_out", fault)
        halted = self.state.machine in (MachineState.ABORTED, MachineState.HELD)
        stopped = any(fault.kind == E_STOP for fault in self.faults.injected)
        if halted and not stopped:
            self._resume_all()
            self._tell("StationAcknowledged", self.station_id, "event.acknowledged", {})
            self._decide(Acknowledged())
        return len(mended)

    def _tell_fault(self, kind: str, text: str, fault: Injected) -> None:
        self._tell(
            kind,
            fault.source,
            text,
            self._fault_words(fault),
            Severity.WARNING,
        )

    def _fault_words(self, fault: Injected) -> dict[str, str | float]:
        scenario = self.scenario
        thing = scenario.equipment.get(fault.source, self.station)
        # What has no name of its own goes by its id.
        label = thing.label or Text(en=fault.source, fr=fault.source)
        target: dict[Language, str] = {"en": "", "fr": ""}
        if fault.target:
            key = f"fault.target.{fault.target}"
            for language in target:
                words = say(key, language) if key in catalogue() else fault.target
                target[language] = f", {words}"
        return {
            "fault": fault.kind,
            "fault_en": say(f"fault.{fault.kind}", "en"),
            "fault_fr": say(f"fault.{fault.kind}", "fr"),
            "of_en": label.en,
            "of_fr": label.fr,
            "target_en": target["en"],
            "target_fr": target["fr"],
        }

    def halt_all(self) -> None:
        """Stop everything that moves, until somebody acknowledges."""
        for device in self.devices.by_id.values():
            if isinstance(device, Haltable):
                device.halt(E_STOP)
        self._decide(Halted())

    def _resume_all(self) -> None:
        for device in self.devices.by_id.values():
            if isinstance(device, Haltable):
                device.resume(E_STOP)

    def _due_faults(self) -> list[Due]:
        """Return the scenario's timed faults in the order in which they come."""
        due = []
        for index, fault in enumerate(self.scenario.faults):
            if not isinstance(fault, TimedFault):
                continue
            try:
                self.faults.check(fault.device, fault.kind, fault.target)
            except PhysicsError as error:
                raise PhysicsError(f"faults[{index}]: {error}") from error
            injected = Injected(fault.device, fault.kind, fault.target)
            due.append(Due(round(float(fault.at) / self.dt_s), injected, mends=False))
            if fault.until is not None:
                tick = round(float(fault.until) / self.dt_s)
                due.append(Due(tick, injected, mends=True))
        return sorted(due, key=lambda each: each.tick)

    def _bring_about(self, due: Due) -> None:
        fault = due.fault
        if due.mends:
            self.clear_fault(fault.source, fault.kind, fault.target)
        else:
            self.inject_fault(fault.source, fault.kind, fault.target)

    # Remembering -----------------------------------------------------------

    def save(self) -> CellSnapshot:
        """Return the state now; the run goes on as if nobody had looked.

        Free what it holds with ``forget``.

        Raises:
            PhysicsError: If a device here cannot be put back.
        """
        data = encode_memory(remember(self))
        return CellSnapshot(self.tick, self.serial, data, hold_state(self.world))

    def restore(self, snapshot: CellSnapshot) -> None:
        """Go back to a state, or on from one of another process.

        Events keep their numbering: what happens now is new, even if it happened
        before.

        Raises:
            PhysicsError: If the snapshot is damaged or of another scenario.
        """
        memory = decode_memory(snapshot.data, self.scenario_sha256)
        recollect(self, memory, snapshot.held)

    def forget(self, snapshot: CellSnapshot) -> None:
        """Free what a snapshot holds; it can then only start afresh elsewhere."""
        if snapshot.held is not None:
            drop_state(self.world, snapshot.held)

    def remembering(self) -> dict[str, Remembering]:
        """Return the devices by id, all of which can be put back.

        Raises:
            PhysicsError: If one cannot.
        """
        found: dict[str, Remembering] = {}
        for name, device in self.devices.by_id.items():
            if not isinstance(device, Remembering):
                raise PhysicsError(
                    f"snapshot: equipment.{name} cannot be put back; "
                    "give it memory() and recall()"
                )
            found[name] = device
        return found

    # Telling ---------------------------------------------------------------

    def _tell_step(
        self, kind: str, text: str, name: str, operation: DeviceOperation
    ) -> None:
        label = operation.label
        self._tell(
            kind,
            operation.by,
            text,
            {"step": name, "step_en": label.en, "step_fr": label.fr},
        )

    def _tell(
        self,
        kind: str,
        source: str,
        text: str,
        arguments: Mapping[str, str | float],
        severity: int = Severity.INFO,
    ) -> None:
        self.serial += 1
        self.n_alarms += severity == Severity.ALARM
        self.events.append(
            Event(
                serial=self.serial,
                tick=self.tick,
                sim_time_s=self.tick * self.dt_s,
                kind=kind,
                source=source,
                text=text,
                severity=int(severity),
                arguments=dict(arguments),
            )
        )

    def machines(self, names: Sequence[str]) -> tuple[list[int], list[int]]:
        """Return states and reasons of station and equipment, by what they do now."""
        station = self.state
        rest = (MachineState.IDLE, Reason.NONE)
        if station.machine in (MachineState.ABORTED, MachineState.HELD):
            rest = (station.machine, station.reason)
        now = {
            operation.by: (
                (MachineState.SUSPENDED, Reason.BLOCKED)
                if device is self.devices.pack_line and self.devices.pack_line.blocked
                else (MachineState.EXECUTE, Reason.NONE)
            )
            for _, operation, device in self.running
        }
        now[self.station_id] = (
            (MachineState.SUSPENDED, Reason.STARVED)
            if station.car == 0 and self.cars_in
            else (station.machine, station.reason)
        )
        found = [now.get(name, rest) for name in names]
        return [int(state) for state, _ in found], [int(reason) for _, reason in found]

    def mass_balance_error(self) -> float:
        """Return |in - out - held| / in, summed over the bodies; 0 when empty."""
        if not self.cars_in:
            return 0.0
        bodies = [
            body
            for car in self.cars.values()
            for body in (car.body, car.pack)
            if body is not None
        ]
        held_kg = sum(body.mass_kg() for body in bodies)
        held_kg += self.devices.arm.magazine_kg
        in_kg = self.cars_in * float(self.design.product.mass)
        return abs(in_kg - self.mass_out_kg - held_kg) / in_kg

    def close(self) -> None:
        """Free the worlds."""
        self._clearance.close()
        self.world.close()


class _Whole:
    """The cell as something to break: what concerns all of it."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can happen to the cell as a whole."""
        station = self._cell.station_id
        return (
            FaultOffer(station, "e_stop"),
            FaultOffer(station, "fallen_part", ("pack",)),
        )

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop everything, or have the pack's fasteners let go."""
        if kind == E_STOP:
            self._cell.halt_all()
            return
        car = self._cell.cars.get(self._cell.state.car)
        if car is not None:
            car.let_go()

    def mend(self, kind: FaultKind, target: str) -> None:
        """Release the button; what fell stays where it lies."""
