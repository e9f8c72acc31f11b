"""What a manipulator is told to do: tasks at named places, not joint values."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.scenario.fields import Model, PositiveMetres, Seconds, Stance
from twin.units import Quantity


class Target(Model):
    """Where a tool's tip goes: one of a node, a fastener, a port, or the world.

    The tool works along the +Z of what is named; ``offset`` turns or shifts it.

    Attributes:
        of: Product or equipment that has the node, fastener or port.
        node: A node of its asset.
        fastener: One of its fasteners.
        port: One of its ports; "node/port" where several have its name.
        offset: Of the tip in the named frame; in the world's if nothing is named.
    """

    of: str | None = None
    node: str | None = None
    fastener: str | None = None
    port: str | None = None
    offset: Stance | None = None

    @model_validator(mode="after")
    def _names_one_place(self) -> Target:
        named = [
            name
            for name in ("node", "fastener", "port")
            if getattr(self, name) is not None
        ]
        if len(named) > 1:
            raise ValueError(f"names {' and '.join(named)}; name one")
        if bool(named) != (self.of is not None):
            raise ValueError("'of' goes with a node, a fastener or a port; give both")
        if not named and self.offset is None:
            raise ValueError("names no place; give 'of' with a node, or an offset")
        return self

    def named(self) -> str:
        """Return what it names, as a person knows it."""
        name = self.node or self.fastener or self.port
        return f"{self.of}/{name}" if name else "a place"


class TaskBase(Model):
    """What every task of a programme has.

    Attributes:
        tool: What it is done with; the one at the flange where absent.
        approach: From this far back the tool moves straight to the target.
        retreat: So far back it moves straight afterwards; as ``approach`` where
            absent.
    """

    tool: str | None = None
    approach: PositiveMetres = Quantity(0.1, "m")
    retreat: PositiveMetres | None = None


class Pick(TaskBase):
    """Take a part.

    Attributes:
        part: Which.
        target: Where the tool takes it.
    """

    task: Literal["pick"]
    part: str
    target: Target


class PutDown(TaskBase):
    """Put down the part that is held.

    Attributes:
        target: Where the tool's tip is when it lets go.
    """

    task: Literal["place"]
    target: Target


class Unscrew(TaskBase):
    """Turn fasteners out.

    Attributes:
        of: The product that has them.
        fasteners: Which, in order.
    """

    task: Literal["unscrew"]
    of: str
    fasteners: tuple[str, ...] = Field(strict=False, min_length=1)


class Cut(TaskBase):
    """Cut a joint.

    Attributes:
        joint: Which.
        target: Where the blades close.
    """

    task: Literal["cut"]
    joint: str
    target: Target


class Hold(TaskBase):
    """Stay at a place for a time.

    Attributes:
        target: Where.
        time: How long.
    """

    task: Literal["hold"]
    target: Target
    time: Seconds


class Home(Model):
    """Go to where the arm rests."""

    task: Literal["home"]


ProgrammeTask = Annotated[
    Pick | PutDown | Unscrew | Cut | Hold | Home, Field(discriminator="task")
]


class Programme(Model):
    """Tasks of one manipulator, in order.

    Attributes:
        robot: The manipulator.
        tasks: What it does.
    """

    robot: str
    tasks: tuple[ProgrammeTask, ...] = Field(strict=False, min_length=1)

    def put_downs(self) -> dict[str, str]:
        """Return the equipment that each part is put down on, by part, in order.

        A part that is put down in free space, on nothing, is left out.
        """
        found: dict[str, str] = {}
        held = ""
        for task in self.tasks:
            if isinstance(task, Pick):
                held = task.part
            elif isinstance(task, PutDown) and task.target.of is not None:
                found[held] = task.target.of
        return found
