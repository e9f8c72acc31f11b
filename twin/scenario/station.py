"""What a station does, as data: operations, their order, and what each needs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.scenario.fields import Model, Point, Seconds, Text


class OperationBase(Model):
    """What every operation has.

    Attributes:
        label: Name for people.
        by: Id of the equipment that does it.
        after: Operations of this station that must be done first.
        needs: Conditions the car must meet, such as "hv_isolated".
        grants: Conditions it meets from then on.
    """

    label: Text
    by: str
    after: tuple[str, ...] = Field(default=(), strict=False)
    needs: tuple[str, ...] = Field(default=(), strict=False)
    grants: tuple[str, ...] = Field(default=(), strict=False)


class ConveyIn(OperationBase):
    """Carry the car in until the barrier sees it.

    Attributes:
        barrier: Id of the light barrier.
        mark: Where its origin should come to stand, world frame.
    """

    do: Literal["convey_in"]
    barrier: str
    mark: Point


class ConveyOut(OperationBase):
    """Carry the car out, past the exit line."""

    do: Literal["convey_out"]


class ConveyPack(OperationBase):
    """Carry the pack from the table into the rack."""

    do: Literal["convey_pack"]
    rack: str


class WorkStep(Model):
    """One thing a person does at a place, for a time."""

    label: Text
    at: str
    time: Seconds


class Work(OperationBase):
    """Work of a person: steps in order, walking between their places."""

    do: Literal["work"]
    steps: tuple[WorkStep, ...] = Field(strict=False, min_length=1)


class SwingArms(OperationBase):
    """Swing the lift's arms under the car, or away from it."""

    do: Literal["swing_in", "swing_out"]


class RaiseCar(OperationBase):
    """Raise the car and latch, or lower it onto the strands."""

    do: Literal["raise_car", "lower_car"]


class TableUp(OperationBase):
    """Raise the table until its load cell feels the pack."""

    do: Literal["table_up"]


class TableDown(OperationBase):
    """Lower the table with the pack onto the belts."""

    do: Literal["table_down"]


class Measure(OperationBase):
    """Measure the pose of the pack."""

    do: Literal["measure"]


class Unscrew(OperationBase):
    """Turn out every fastener of the pack.

    Attributes:
        order: Names of fasteners; all of the pack's if empty.
    """

    do: Literal["unscrew"]
    order: tuple[str, ...] = Field(default=(), strict=False)


class CheckFree(OperationBase):
    """Lower the table a little; the load must follow, else something holds it."""

    do: Literal["check_free"]


Operation = Annotated[
    ConveyIn
    | ConveyOut
    | ConveyPack
    | Work
    | SwingArms
    | RaiseCar
    | TableUp
    | TableDown
    | Measure
    | Unscrew
    | CheckFree,
    Field(discriminator="do"),
]


class Station(Model):
    """A place of work for one car at a time.

    Attributes:
        label: Name for people.
        product: What it takes.
        operations: By id, in the order people read them.
    """

    label: Text
    product: str
    operations: dict[str, Operation] = Field(min_length=1)


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


Fault = Annotated[SkipOperation | SkipFastener, Field(discriminator="kind")]
