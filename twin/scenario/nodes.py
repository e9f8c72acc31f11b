"""Nodes that parts pass and that do no work on them."""

from __future__ import annotations

from typing import Literal

from twin.scenario.fields import (
    Count,
    Model,
    Place,
    PositiveMetres,
    Room,
    Speed,
    Text,
    Whole,
)
from twin.scenario.laws import Law
from twin.scenario.machines import Failure
from twin.scenario.routes import Route, RouteTable


class Size(Model):
    """The floor that a node takes, for drawing.

    Attributes:
        x: Along its own +X.
        y: Along its own +Y.
    """

    x: PositiveMetres
    y: PositiveMetres


class Node(Model):
    """What every node has.

    Attributes:
        label: Name for people; the id where absent.
        place: Where its middle is, world frame.
        size: Of its footprint.
        look: State in which cars are drawn here.
    """

    label: Text | None = None
    place: Place | None = None
    size: Size | None = None
    look: Literal["dirty", "damaged", "depolluted", "stripped"] | None = None


class Passed(Node):
    """What every node that parts leave has.

    Attributes:
        next: Where they go.
        next_by_product: Where those products go instead.
        moved_by: Fleet that carries them there; at once where absent.
    """

    next: Route | None = None
    next_by_product: dict[str, Route] = {}
    moved_by: str | None = None

    def routes(self) -> list[tuple[tuple[str, ...], RouteTable]]:
        """Return its ways out, each with the keys under which it stands."""
        found: list[tuple[tuple[str, ...], RouteTable]] = []
        if self.next is not None:
            found.append((("next",), self.next))
        for product, route in self.next_by_product.items():
            found.append((("next_by_product", product), route))
        return found

    def route_of(self, product: str) -> RouteTable | None:
        """Return the way out of a product, None if there is none."""
        return self.next_by_product.get(product, self.next)


class Patience(Model):
    """How long a part waits before it gives up.

    Attributes:
        time: From the moment it begins to wait.
        to: Node where it goes then.
    """

    time: Law
    to: str


class Buffer(Passed):
    """A place to wait: parking, a rack, an oven rack where glue cures.

    Attributes:
        capacity: Most parts inside.
        discipline: Which leaves first.
        stay: Least time inside.
        patience: When they give up waiting for what comes next.
        initial: How many of which product are inside at the start.
    """

    capacity: Room = "unlimited"
    discipline: Literal["fifo", "priority"] = "fifo"
    stay: Law | None = None
    patience: Patience | None = None
    initial: dict[str, Whole] = {}


class Belt(Passed):
    """A conveyor: parts keep their order and their distance.

    Attributes:
        length: From where they come on to where they leave.
        speed: Of the belt when it runs.
        pitch: Least distance from part to part.
        accumulating: Whether parts close up behind one that cannot leave; else
            the belt stands.
        failures: By id.
    """

    length: PositiveMetres
    speed: Speed
    pitch: PositiveMetres
    accumulating: bool = True
    failures: dict[str, Failure] = {}


class Reorder(Model):
    """When a store orders more.

    Attributes:
        at: Orders when stock and what is on order fall to this.
        quantity: How many.
        lead_time: From the order to the delivery.
    """

    at: Whole
    quantity: Count
    lead_time: Law


class Store(Node):
    """Stock of one product, counted rather than told apart.

    Attributes:
        product: What it holds.
        stock: How many at the start.
        capacity: Most it holds.
        reorder: Never where absent.
    """

    product: str
    stock: Whole = 0
    capacity: Room = "unlimited"
    reorder: Reorder | None = None


class Sink(Node):
    """Where parts leave the plant."""
