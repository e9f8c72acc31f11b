"""What a station does, as data: operations, their order, and what each needs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from twin.scenario.fields import (
    Count,
    Model,
    Point,
    PositiveSeconds,
    Room,
    Seconds,
    Text,
    Whole,
)
from twin.scenario.fluids import FluidKind
from twin.scenario.laws import Law
from twin.scenario.machines import Batch, Failure, Maintenance, Setup
from twin.scenario.nodes import Passed, Patience
from twin.scenario.tasks import OperationBase, Task
from twin.signals import FaultKind


class DeviceOperationBase(OperationBase):
    """What every operation of a device has.

    Attributes:
        label: Name for people.
        by: Id of the equipment that does it.
    """

    label: Text
    by: str


class ConveyIn(DeviceOperationBase):
    """Carry the car in until the barrier sees it.

    Attributes:
        barrier: Id of the light barrier.
        mark: Where its origin should come to stand, world frame.
    """

    do: Literal["convey_in"]
    barrier: str
    mark: Point


class ConveyOut(DeviceOperationBase):
    """Carry the car out: past the exit line, or onto the truck that waits there.

    Attributes:
        clear_time: From the exit line until it is clear and the next may come; at once
            where absent. Physics finds out by itself.
    """

    do: Literal["convey_out"]
    clear_time: Law | None = None


class ConveyPack(DeviceOperationBase):
    """Carry the pack from the table into the rack."""

    do: Literal["convey_pack"]
    rack: str


class WorkStep(Model):
    """One thing a person does at a place, for a time.

    Attributes:
        label: Name for people.
        at: Place of the person.
        time: How long at least.
        drains: Fluids of the operation that run while it lasts, until they are out.
    """

    label: Text
    at: str
    time: Seconds
    drains: tuple[FluidKind, ...] = Field(default=(), strict=False)


class Work(DeviceOperationBase):
    """Work of a person: steps in order, walking between their places.

    Attributes:
        steps: What is done where, in order.
        unfastens: Parts of the product whose fasteners are out when it ends; each
            stays in its latch until somebody takes it.
        into: Container that what it removes is put into; it leaves the cell with the
            person where absent.
    """

    do: Literal["work"]
    steps: tuple[WorkStep, ...] = Field(strict=False, min_length=1)
    unfastens: tuple[str, ...] = Field(default=(), strict=False)
    into: str | None = None


class RunProgramme(DeviceOperationBase):
    """Run a programme of a manipulator on the car at its mark.

    Attributes:
        programme: Its id; its robot is ``by``.
        puts: When each part that test bays get is on its conveyor, from the start;
            evenly spread where absent. Physics finds out by itself.
    """

    do: Literal["programme"]
    programme: str
    puts: dict[str, PositiveSeconds] = {}


class SwingArms(DeviceOperationBase):
    """Swing the lift's arms under the car, or away from it."""

    do: Literal["swing_in", "swing_out"]


class RaiseCar(DeviceOperationBase):
    """Raise the car and latch, or lower it onto what is below it."""

    do: Literal["raise_car", "lower_car"]


class UseTilter(DeviceOperationBase):
    """Drive the tilter in under a raised car, clamp it, drive out, tilt, tilt back."""

    do: Literal["drive_in", "clamp", "drive_out", "tilt", "tilt_back"]


class Unclamp(DeviceOperationBase):
    """Open the jaws that hold the product where a conveyor has stopped it."""

    do: Literal["unclamp"]


class DrainCar(DeviceOperationBase):
    """Let fluids run into their tanks; it lasts as they run, side by side."""

    do: Literal["drain"]


class TableUp(DeviceOperationBase):
    """Raise the table until its load cell feels the pack."""

    do: Literal["table_up"]


class TableDown(DeviceOperationBase):
    """Lower the table with the pack onto the belts."""

    do: Literal["table_down"]


class Measure(DeviceOperationBase):
    """Measure the pose of the pack."""

    do: Literal["measure"]


class Unscrew(DeviceOperationBase):
    """Turn out every fastener of the pack.

    Attributes:
        order: Names of fasteners; all of the pack's if empty.
    """

    do: Literal["unscrew"]
    order: tuple[str, ...] = Field(default=(), strict=False)


class CheckFree(DeviceOperationBase):
    """Lower the table a little; the load must follow, else something holds it."""

    do: Literal["check_free"]


DeviceOperation = (
    ConveyIn
    | ConveyOut
    | ConveyPack
    | Work
    | SwingArms
    | RaiseCar
    | UseTilter
    | Unclamp
    | DrainCar
    | TableUp
    | TableDown
    | Measure
    | Unscrew
    | CheckFree
    | RunProgramme
)
"""What physics does; a station for it has no other."""

Operation = Annotated[
    ConveyIn
    | ConveyOut
    | ConveyPack
    | Work
    | SwingArms
    | RaiseCar
    | UseTilter
    | Unclamp
    | DrainCar
    | TableUp
    | TableDown
    | Measure
    | Unscrew
    | CheckFree
    | RunProgramme
    | Task,
    Field(discriminator="do"),
]


class Station(Passed):
    """A place of work.

    Attributes:
        product: What it takes; physics needs it.
        operations: By id, in the order people read them.
        time: Of the one operation of a station that has no ``operations``.
        time_by_product: The same for those products instead.
        people: How many of which skill that one operation takes.
        servers: How many jobs at once.
        queue: Most parts that wait, besides those at work.
        discipline: Which of them comes first.
        preemptive: Whether a part of higher priority interrupts the job.
        calendar: When it is open; always where absent.
        batch: Parts worked on together; one by one where absent.
        assembly: How many of which product go into one.
        makes: The product that an assembly makes.
        becomes: The product that the part is afterwards; the same where absent.
        consumed: Whether the part ends here and all it held is in ``yields``.
        setup: None where absent.
        release: Whether the part and what came off it leave together.
        failures: By id.
        maintenance: By id.
        patience: When waiting parts give up; never where absent.
        scrap: Node for parts that a failure spoils.
        initial: How many of which product wait at the start.
        cycle_time: Planned, for one part.
    """

    product: str | None = None
    operations: dict[str, Operation] = {}
    time: Law | None = None
    time_by_product: dict[str, Law] = {}
    people: dict[str, Count] = {}
    servers: Count = 1
    queue: Room = "unlimited"
    discipline: Literal["fifo", "priority", "shortest"] = "fifo"
    preemptive: bool = False
    calendar: str | None = None
    batch: Batch | None = None
    assembly: dict[str, Count] = {}
    makes: str | None = None
    becomes: str | None = None
    consumed: bool = False
    setup: Setup | None = None
    release: Literal["each", "together"] = "each"
    failures: dict[str, Failure] = {}
    maintenance: dict[str, Maintenance] = {}
    patience: Patience | None = None
    scrap: str | None = None
    initial: dict[str, Whole] = {}
    cycle_time: PositiveSeconds | None = None

    @field_validator("operations", mode="before")
    @classmethod
    def _name_tasks(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {
            name: {"label": {"en": str(name), "fr": str(name)}, **task}
            if isinstance(task, dict) and task.get("do") == "task"
            else task
            for name, task in given.items()
        }

    def work(self) -> dict[str, Operation]:
        """Return its operations by id; a time alone is one operation, "work"."""
        if self.operations or (self.time is None and not self.time_by_product):
            return self.operations
        task = Task(
            do="task",
            label=Text(en="work", fr="work"),
            time=self.time,
            time_by_product=self.time_by_product,
            people=self.people,
        )
        return {"work": task}

    def device_operations(self) -> dict[str, DeviceOperation]:
        """Return its operations where devices do all of them.

        Raises:
            ValueError: If one is a task, of which physics knows nothing.
        """
        found: dict[str, DeviceOperation] = {}
        for name, operation in self.operations.items():
            if isinstance(operation, Task):
                raise ValueError(
                    f"operations.{name}: do: task is for flow; name what a device does"
                )
            found[name] = operation
        return found


class SkipOperation(Model):
    """Somebody leaves an operation out; what it grants is not granted.

    Attributes:
        kind: Of fault.
        operation: The one left out.
        car: Which car, from 1.
    """

    kind: Literal["skip_operation"]
    operation: str
    car: int = Field(default=1, ge=1)


class SkipFastener(Model):
    """The robot leaves a fastener in.

    Attributes:
        kind: Of fault.
        fastener: The one left in.
        car: Which car, from 1.
    """

    kind: Literal["skip_fastener"]
    fastener: str
    car: int = Field(default=1, ge=1)


class TimedFault(Model):
    """Something breaks at a time, and may be mended at another.

    Attributes:
        kind: Of fault.
        device: Id of the equipment, or of the station for what concerns all of it.
        target: What of it, such as a fastener; what there is, the device says.
        at: Simulated time at which it breaks.
        until: When it is mended, with all that goes with that; never if absent.
    """

    kind: FaultKind
    device: str
    target: str = ""
    at: Seconds
    until: PositiveSeconds | None = None


Fault = Annotated[
    SkipOperation | SkipFastener | TimedFault, Field(discriminator="kind")
]
