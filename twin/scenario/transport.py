"""What carries parts from node to node, and on which ways."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from twin.scenario.fields import (
    Count,
    Metres,
    Model,
    Place,
    PositiveMetres,
    PositiveSeconds,
    Probability,
    Speed,
    Text,
)
from twin.scenario.laws import NO_TIME, Law
from twin.units import Quantity


class Battery(Model):
    """What a vehicle runs on, and where it is charged.

    Attributes:
        range: Way on a full battery.
        recharge_at: Charge below which it goes to a charger when it is free.
        charge_time: From empty to full; less in proportion.
        chargers: How many can charge at once.
        at: Node where they are.
    """

    range: PositiveMetres
    recharge_at: Probability = Quantity(0.2)
    charge_time: PositiveSeconds
    chargers: Count = 1
    at: str


def _form(given: object) -> str | None:
    if isinstance(given, str):
        return "node"
    return "place" if isinstance(given, dict | Place) else None


Home = Annotated[
    Annotated[str, Tag("node")] | Annotated[Place, Tag("place")],
    Discriminator(
        _form,
        custom_error_type="form",
        custom_error_message="is no place; give a node, or x and y",
    ),
]


class Fleet(Model):
    """Vehicles that carry parts: AGVs, trucks, people who drive cars across.

    Attributes:
        label: Name for people; the id where absent.
        count: How many.
        speed: With a load.
        empty_speed: Without one; the same where absent.
        load: Time to take a part.
        unload: Time to put it down.
        dispatch: Which waiting part a free vehicle takes.
        home: Where it begins: a node's id or a place.
        calendar: When it runs; always where absent.
        battery: None runs out where absent.
    """

    label: Text | None = None
    count: Count
    speed: Speed
    empty_speed: Speed | None = None
    load: Law = NO_TIME
    unload: Law = NO_TIME
    dispatch: Literal["nearest", "oldest"] = "nearest"
    home: Home | None = None
    calendar: str | None = None
    battery: Battery | None = None


class FloorPoint(Model):
    """A point of the floor, world frame."""

    x: Metres
    y: Metres


Link = Annotated[tuple[str, str], Field(strict=False)]


class Aisles(Model):
    """The ways of a plant: straight links between points of the floor.

    Attributes:
        points: By id.
        links: Pairs of points; both ways.
        one_way: Pairs of points; from the first to the second only.
    """

    points: dict[str, FloorPoint] = Field(min_length=1)
    links: tuple[Link, ...] = Field(default=(), strict=False)
    one_way: tuple[Link, ...] = Field(default=(), strict=False)


class Loop(Model):
    """A fixed number of tokens: pallets, or the cards of a CONWIP line.

    Attributes:
        label: Name for people; the id where absent.
        count: How many.
        enter: Node that a part enters only with a token.
        leave: Node where it gives the token back as it leaves.
    """

    label: Text | None = None
    count: Count
    enter: str
    leave: str
