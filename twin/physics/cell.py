"""A cell: devices in one world, cars through it, and the station that decides."""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from twin.errors import PhysicsError
from twin.layout.plan import Layout
from twin.physics.arm import ArmDrive
from twin.physics.books import FLOOR, Books, robot_place
from twin.physics.build import CAR_SLOTS, Devices, build_devices, takes_packs_out
from twin.physics.car import Car, build_car, design_car, lay_aside, stock_car
from twin.physics.clearance import front_m
from twin.physics.container import ContainerHold
from twin.physics.cycle import Cycle, critical_path
from twin.physics.device import (
    Breakable,
    Device,
    Done,
    Failed,
    Haltable,
    Outcome,
    Remembering,
    Told,
)
from twin.physics.draining import Draining, LetsOut
from twin.physics.faults import Due, Faults
from twin.physics.fluids import fill, fluids_of
from twin.physics.guarding import Guarding
from twin.physics.halts import E_STOP
from twin.physics.hand_work import hamper, settle_work
from twin.physics.handling import Handling
from twin.physics.manipulator import ManipulatorDrive
from twin.physics.memory import drop_state, hold_state
from twin.physics.naming import labels_of, named_in, words_of
from twin.physics.overlaps import refuse_overlaps
from twin.physics.pack_line import PackLine
from twin.physics.pack_work import PackWork
from twin.physics.programme_work import ProgrammeWork, Stage, gone_before
from twin.physics.recollection import recollect, remember
from twin.physics.snapshot import CellSnapshot, decode_memory, encode_memory
from twin.physics.stowing import Stowing
from twin.physics.world import Body, World
from twin.rng import stream
from twin.scenario import Scenario
from twin.scenario.equipment import Container
from twin.scenario.fields import Text
from twin.scenario.findings import Path as Keys
from twin.scenario.loose import loose_nodes
from twin.scenario.read import written
from twin.scenario.safety import subject_of
from twin.scenario.station import DeviceOperation, RunProgramme, TimedFault, Work
from twin.signals import FaultKind, FaultOffer, Injected
from twin.state import Event, MachineState, Reason, Severity
from twin.stations.condition import condition_of
from twin.stations.events import SkipOperation
from twin.stations.ledger import car_place, container_place
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
        locate: Tells where in the scenario something stands, as errors write it.

    Raises:
        PhysicsError: If the scenario is no cell, or something is out of reach.
        ScenarioError: If bodies overlap.
        MissingPartError: If pybullet is not installed.
    """

    def __init__(
        self,
        scenario: Scenario,
        layout: Layout,
        seed: int,
        bullet: Any | None = None,
        locate: Callable[[Keys], str] = written,
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
        asset = layout.products[self.source.product]
        self.design = design_car(
            vehicle, asset, loose_nodes(scenario, self.source.product)
        )
        self.held = fluids_of(
            scenario.products[self.source.product], asset, tuple(self.design.parts)
        )
        self.books = Books(asset, self.station_id, self.held)
        self.draining = Draining(self.held, scenario.tanks, self.books, self.dt_s)
        self.pack_work: PackWork | None = None
        self.programmes: dict[str, ProgrammeWork] = {}
        self.containers = {
            name: ContainerHold(equipment, self.dt_s)
            for name, equipment in scenario.equipment.items()
            if isinstance(equipment, Container)
        }
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
                    *self.devices.movers(),
                    *(body for stocked in self.stock for body in stocked.bodies()),
                ]
            )
            refuse_overlaps(self, locate)
            self.stowing = Stowing(self.world, layout)
            self.handling = Handling(self)
            self.expected = self._mark()
            self._plan_packs(layout, bullet, on_failure, locate)
            self._plan_programmes(layout, bullet, on_failure, locate)
            if self.pack_work is None:
                self._aim_strands_apart(bullet)
            on_failure.pop_all()
        self.cars: dict[int, Car] = {}
        self.cycles: deque[Cycle] = deque(maxlen=_CYCLES_KEPT)
        self.cars_in = 0
        self.cars_out = 0
        self.batteries_out = 0
        self.events: list[Event] = []
        self.n_alarms = 0
        self.parts_out = 0
        self.serial = 0
        product = scenario.products[self.source.product]
        self._labels = labels_of(scenario, product)
        self._product_words = words_of("product", product.label)
        self.finished: dict[str, int] = {}
        self.running: list[tuple[str, DeviceOperation, Device]] = []
        self.leaving: Car | None = None
        self.next_car_tick: int | None = round(float(self.source.first_at) / self.dt_s)
        self.quiet_until: dict[tuple[str, int], int] = {}
        self._belts = list(self.devices.belts.values())
        self.dropped: set[int] = set()
        breakable = [d for d in self.devices.by_id.values() if isinstance(d, Breakable)]
        self.guarding = Guarding(self, self._decide, self.tell)
        self.faults = Faults([*breakable, _Whole(self), self.guarding])
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
            name, operation, device = entry
            outcome = device.before_step(tick)
            if isinstance(device, LetsOut):
                at_work = self.cars[self.state.car]
                self.draining.run(name, operation, at_work, device)
            if outcome is not None:
                self._hear(entry, outcome)
        for belt in self._belts:
            if belt.moving:
                belt.before_step()
        self.handling.before_step()
        self.world.step()
        self.tick = tick + 1
        in_rhythm = self.tick % self.frame_ticks == 0
        # At rest, or after it gave up, somebody may still run into an arm.
        if self.pack_work is not None:
            if self.pack_work.arm.moving or in_rhythm:
                self._watch_arm(self.pack_work.arm, self.devices.ids["arm"])
            if in_rhythm:
                self.pack_work.table.measure()
        if in_rhythm:
            for name, arm in self.devices.manipulators.items():
                self._watch_arm(arm, name)
            self._watch_parts()
        self.guarding.after_step()
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
            self._book(entry, outcome)
            self.tell(
                outcome.kind,
                operation.by,
                outcome.text,
                outcome.arguments,
                outcome.severity,
            )

    def _book(self, entry: tuple[str, DeviceOperation, Device], told: Told) -> None:
        """Note where what a tool took, put down or dropped is now."""
        name, operation, _ = entry
        car = self.cars.get(self.state.car)
        if car is None:
            return
        on_car, in_robot = car_place(car.number), robot_place(operation.by)
        if told.kind == "FastenerOut":
            fastener = str(told.arguments["fastener"])
            self.books.move(name, car.number, fastener, on_car, in_robot)
            return
        part = str(told.arguments.get("part", ""))
        if part not in self.design.parts:
            return
        if told.kind == "PartPicked":
            car.unlatch(part)
            if not car.holds(part):
                self.books.move(name, car.number, part, on_car, in_robot)
        elif told.kind == "PartPlaced" and isinstance(operation, RunProgramme):
            programme = self.scenario.programmes[operation.programme]
            container = programme.put_downs()[part]
            if container in self.handling.lines:
                self.handling.put(container, car.number, part)
            else:
                self.containers[container].put(car.number, part, self.tick)
            self.books.move(
                name, car.number, part, in_robot, container_place(container)
            )
            self.parts_out += 1
        elif told.kind == "PartDropped":
            self.books.move(name, car.number, part, in_robot, FLOOR)

    def _settle_operation(self, name: str, operation: DeviceOperation) -> None:
        car = self.cars[self.state.car]
        if isinstance(operation, Work):
            for told in settle_work(self, name, operation, car):
                self.tell(
                    told.kind, operation.by, told.text, told.arguments, told.severity
                )
        elif operation.do == "convey_pack":
            self.batteries_out += 1
            self.books.move(
                name,
                car.number,
                self.design.pack.name,
                car_place(car.number),
                container_place(operation.rack),
            )
        elif operation.do == "convey_out":
            self.leaving = car
            assert car.entry_tick is not None  # a car leaves after it came
            assert car.exit_tick is not None
            steps = critical_path(
                self.operations, self.finished, car.entry_tick, car.exit_tick
            )
            self.cycles.append(Cycle(car.number, car.entry_tick, car.exit_tick, steps))
            self.cars_out += 1

    def take_away(self, car: Car, part: str) -> None:
        """Lay a part aside that has left the cell."""
        stocked = self.stock[car.slot]
        lay_aside(self.world, stocked, car.parts.pop(part), car.slot)

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
            hamper(device, command)
            self.running.append((name, operation, device))
        elif isinstance(command, RaiseAlarm):
            operation = self.operations[command.operation]
            self.tell(
                "AlarmRaised",
                operation.by,
                command.text,
                command.arguments,
                Severity.ALARM,
            )
        elif isinstance(command, SkipOperation):
            name = command.operation
            self._tell_step(
                "OperationSkipped", "event.skipped", name, self.operations[name]
            )
        elif isinstance(command, CallNextCar):
            self.next_car_tick = max(self.tick + 1, self._due_tick())
        else:
            self.guarding.carry_out(command)

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
            self.expected,
            self.stock[min(free)],
        )
        fill(car, self.held)
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
        self.books.come(number)
        self.finished = {}
        self.tell("CarEntered", self.station_id, "event.car_in", {"car": number})
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

    # Planning --------------------------------------------------------------

    def _mark(self) -> Matrix:
        """Return where a car should stop, until a pack says where it should hang."""
        pose: Matrix = transform(self.devices.mark)
        return pose

    def _off_mark_m(self) -> float:
        """Return how far off its mark any of a car may be, by the source's errors."""
        source = self.source
        ends_m = [
            abs(shape.position_m[0]) + shape.size_m[0] / 2
            for link in self.design.body_links
            for shape in link.shapes
            if shape.kind == "box"
        ]
        across_m = float(source.lateral_error) + float(source.yaw_error) * max(
            ends_m, default=0.0
        )
        return math.hypot(float(source.stop_error), across_m)

    def _apart(
        self, layout: Layout, bullet: Any | None, on_failure: contextlib.ExitStack
    ) -> tuple[World, Devices]:
        """Return the same equipment in a world of its own, where plans are made."""
        apart = World(self.dt_s, bullet)
        on_failure.callback(apart.close)
        return apart, build_devices(
            apart,
            self.scenario,
            layout,
            self.station,
            self.seed,
            like=self.devices.manipulators,
        )

    def _plan_packs(
        self,
        layout: Layout,
        bullet: Any | None,
        on_failure: contextlib.ExitStack,
        locate: Callable[[Keys], str],
    ) -> None:
        """Plan how packs come out, if they do."""
        if not takes_packs_out(self.station):
            return
        apart, devices = self._apart(layout, bullet, on_failure)
        self.pack_work = PackWork(
            self.devices,
            apart,
            devices,
            self.design,
        )
        self.expected = self.pack_work.expected
        self._aim_strands(apart, self.pack_work.clearance.car)
        self.pack_work.plan(self.scenario, self.station_id, self.operations, locate)

    def _plan_programmes(
        self,
        layout: Layout,
        bullet: Any | None,
        on_failure: contextlib.ExitStack,
        locate: Callable[[Keys], str],
    ) -> None:
        """Plan the programmes that operations run, for a car on its mark."""
        wanted = [
            operation
            for operation in self.operations.values()
            if isinstance(operation, RunProgramme)
        ]
        for name, drive in self.devices.manipulators.items():
            mine = {
                each.programme: self.scenario.programmes[each.programme]
                for each in wanted
                if each.by == name
            }
            if not mine:
                continue
            apart, devices = self._apart(layout, bullet, on_failure)
            stage = Stage(
                apart,
                devices.manipulators[name],
                self.design,
                tuple(ground.name for ground in devices.grounds),
            )
            work = ProgrammeWork(
                drive,
                stage,
                layout,
                self.source.product,
                mine,
                self._mark(),
                gone_before(self.scenario, self.station, mine),
                self.devices.lines,
                off_mark_m=self._off_mark_m(),
                dt_s=self.dt_s,
                locate=locate,
            )
            self.programmes[name] = self.devices.by_id[name] = work

    def _aim_strands_apart(self, bullet: Any | None) -> None:
        with World(self.dt_s, bullet) as apart:
            links = self.design.body_links
            self._aim_strands(apart, apart.add("car", links, self._mark(), fixed=True))

    def _aim_strands(self, apart: World, car: Body) -> None:
        """Tell the strands how far a car runs on after it breaks the beam."""
        mark = self.devices.mark
        beam_z_m = self.devices.strands.beam_z_m
        self.devices.strands.aim(
            front_m(apart, car, beam_z_m - mark[2]),
            mark[0],
            float(self.source.stop_error),
        )

    # Leaving ---------------------------------------------------------------

    def _see_off(self, car: Car) -> None:
        if not self.devices.way_out.cleared(car):
            return
        self.leaving = None
        riding = [name for name in car.parts if car.holds(name)]
        car.let_go()
        for name in riding:
            self.take_away(car, name)
        lay_aside(self.world, self.stock[car.slot], car.body_here(), car.slot)
        car.body = None
        self.books.leave(car_place(car.number))
        self.devices.way_out.stop()
        self.tell("CarLeft", self.station_id, "event.car_out", {"car": car.number})
        self.forget_car(car)
        self._decide(CarLeft(car.number))

    def _collect(self) -> None:
        """Have trucks take away what has stood in rack and containers long enough."""
        if self.pack_work is not None:
            car = self.pack_work.line.collected(self.tick)
            if car is not None:
                self._collect_pack(car)
        self.handling.collect()
        for name, hold in self.containers.items():
            gone = hold.collected(self.tick)
            if not gone:
                continue
            self.books.leave(container_place(name))
            self.tell(
                "PartsCollected", name, "event.parts_collected", {"parts": len(gone)}
            )
            for number, part in gone:
                owner = self.cars[number]
                self.take_away(owner, part)
                self.forget_car(owner)

    def _collect_pack(self, car: Car) -> None:
        rack = self.devices.ids["rack"]
        pack = self.design.pack.name
        self.books.collect(car.number, pack, container_place(rack))
        self.take_away(car, pack)
        self.tell("PackCollected", rack, "event.collected", {"car": car.number})
        self.forget_car(car)

    def forget_car(self, car: Car) -> None:
        """Free the place of a car of which nothing is left."""
        if car.body is None and not car.parts:
            self.cars.pop(car.number, None)

    # The arm ---------------------------------------------------------------

    def _watch_arm(self, arm: ArmDrive | ManipulatorDrive, name: str) -> None:
        """Tell what an arm runs into."""
        if isinstance(arm, ArmDrive):
            arm.measure()
        for touch in arm.touches():
            link = arm.link_name(touch.link)
            key = (f"{name}/{link}", touch.other)
            if self.tick < self.quiet_until.get(key, 0):
                continue
            self.quiet_until[key] = self.tick + round(_TOUCH_SILENCE_S / self.dt_s)
            other = self.world.bodies[touch.other]
            self.tell(
                "RobotTouched",
                name,
                "alarm.robot_touched",
                {
                    "link": link,
                    "body": other.name,
                    "force_n": round(touch.force_n, 1),
                },
                Severity.ALARM,
            )

    def _watch_parts(self) -> None:
        """See a part fall: nothing may go on below it."""
        for car in self.cars.values():
            if car.number in self.dropped:
                continue
            for name, body in car.parts.items():
                if float(body.velocity_mps()[2]) > -_FALLING_MPS:
                    continue
                if self._is_gripped(body):  # robots move faster than packs do
                    continue
                self.dropped.add(car.number)
                is_pack = body is car.pack
                self.tell(
                    "PartDropped",
                    self.station_id,
                    "alarm.pack_dropped" if is_pack else "alarm.loose_part_fell",
                    {"car": car.number} | ({} if is_pack else {"part": name}),
                    Severity.ALARM,
                )
                self.halt_all()
                break

    def _is_gripped(self, body: Body) -> bool:
        return any(
            tool.held_body() is body
            for arm in self.devices.manipulators.values()
            for tool in arm.tools.values()
        )

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
        if not stopped:
            self.guarding.reset()
        if halted and not stopped:
            self._resume_all()
            self.tell("StationAcknowledged", self.station_id, "event.acknowledged", {})
            self._decide(Acknowledged())
        return len(mended)

    def _tell_fault(self, kind: str, text: str, fault: Injected) -> None:
        self.tell(
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
        self.tell(
            kind,
            operation.by,
            text,
            {"step": name, "step_en": label.en, "step_fr": label.fr},
        )

    def tell(
        self,
        kind: str,
        source: str,
        text: str,
        arguments: Mapping[str, str | float],
        severity: int = Severity.INFO,
    ) -> None:
        """Add an event; ``text`` is a catalogue key."""
        self.serial += 1
        if "car" in arguments:
            arguments = {**self._product_words, **arguments}
        arguments = {**named_in(arguments, self._labels), **arguments}
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
                if isinstance(device, PackLine | ProgrammeWork) and device.blocked
                else (MachineState.EXECUTE, Reason.NONE)
            )
            for _, operation, device in self.running
        } | self.handling.machines()
        now[self.station_id] = (
            (MachineState.SUSPENDED, Reason.STARVED)
            if station.car == 0 and self.cars_in
            else (station.machine, station.reason)
        )
        found = [now.get(name, rest) for name in names]
        return [int(state) for state, _ in found], [int(reason) for _, reason in found]

    def weighed_kg(self) -> dict[str, float]:
        """Return what each place of the ledger weighs, by its bodies."""
        found = self.draining.weighed_kg()

        def add(place: str, kg: float) -> None:
            found[place] = found.get(place, 0.0) + kg

        stored = {
            (number, part): container_place(name)
            for name, hold in self.containers.items()
            for number, part in hold.parts
        } | self.handling.places()
        gripped = {
            tool.held_body(): robot_place(name)
            for name, arm in self.devices.manipulators.items()
            for tool in arm.tools.values()
        }
        letting_go = {
            arm.puts_down: robot_place(name)
            for name, arm in self.devices.manipulators.items()
        }
        for car in self.cars.values():
            on_car = car_place(car.number)
            if car.body is not None:
                add(on_car, car.body.mass_kg())
            for name, body in car.parts.items():
                place = stored.get((car.number, name), on_car)
                if place == on_car and not car.holds(name):
                    place = gripped.get(body) or letting_go.get(name, on_car)
                add(place, body.mass_kg())
        if self.pack_work is not None and self.pack_work.arm.magazine_kg:
            add(robot_place(self.devices.ids["arm"]), self.pack_work.arm.magazine_kg)
        for name, arm in self.devices.manipulators.items():
            for tool in arm.tools.values():
                if tool.magazine_kg:
                    add(robot_place(name), tool.magazine_kg)
        return found

    def mass_balance_error(self) -> float:
        """Return |in - out - held| / in; what is held is weighed; 0 when empty."""
        return self.books.error(self.weighed_kg().values())

    def close(self) -> None:
        """Free the worlds."""
        if self.pack_work is not None:
            self.pack_work.close()
        for work in self.programmes.values():
            work.close()
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
            FaultOffer(station, "fallen_part", tuple(self._parts())),
        )

    def _parts(self) -> dict[str, str]:
        """Return the nodes of what can fall, by what a fault calls it."""
        pack = self._cell.design.product.pack_node
        return {
            "pack" if name == pack else name: name for name in self._cell.design.parts
        }

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop everything, or have what holds a part let go."""
        if kind == E_STOP:
            self._cell.halt_all()
            return
        car = self._cell.cars.get(self._cell.state.car)
        if car is not None:
            car.let_go_of(self._parts()[target])

    def mend(self, kind: FaultKind, target: str) -> None:
        """Release the button; what fell stays where it lies."""
