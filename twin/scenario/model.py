"""A whole scenario, and the checks that need all of it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema, field_validator

from twin.scenario.calendars import Calendar
from twin.scenario.equipment import Equipment
from twin.scenario.fields import (
    Count,
    Hertz,
    Model,
    Point,
    PositiveSeconds,
    Probability,
    SecondsOrAuto,
    StepRate,
    Text,
    quantities,
)
from twin.scenario.fluids import Tank
from twin.scenario.nodes import Belt, Buffer, Node, Sink, Store
from twin.scenario.people import Crew, Tool
from twin.scenario.products import Line, Product
from twin.scenario.programme import Programme
from twin.scenario.safeguards import Safeguard, Zone
from twin.scenario.sources import Source
from twin.scenario.station import Fault, Station
from twin.scenario.transport import Aisles, Fleet, Loop
from twin.units import Quantity

# The schema's own "date-time" would ask for an offset, which timezone says here.
LocalTime = Annotated[
    datetime,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$",
            "description": "local time, such as 2026-01-05T06:00:00",
        }
    ),
]


class Physics(Model):
    """How the rigid-body engine steps.

    Attributes:
        rate: Steps a simulated second.
        frame_rate: State frames a simulated second; divides ``rate``.
    """

    rate: StepRate = Quantity(240.0, "1/s")
    frame_rate: Hertz = Quantity(30.0, "1/s")


class View(Model):
    """A saved camera, world frame."""

    label: Text
    eye: Point
    target: Point
    field_of_view_deg: float = Field(default=40.0, gt=5.0, lt=120.0, strict=False)


class Run(Model):
    """How long and how often flow runs unless the command line says otherwise.

    Attributes:
        until: Simulated time.
        warm_up: Left out of results at the start; found from the run if "auto".
        replications: Runs with other draws.
        half_width: Goes on until results are known to this share of themselves.
    """

    until: PositiveSeconds | None = None
    warm_up: SecondsOrAuto = Quantity(0.0, "s")
    replications: Count = 1
    half_width: Probability | None = None


class Scenario(Model):
    """Everything the user says of a plant.

    Attributes:
        name: Its name in files and results.
        title: Its name for people.
        engine: What runs it unless the command line says otherwise.
        timezone: IANA name.
        start: Local time at simulated time 0.
        seed: Of the run unless the command line says otherwise.
        notes: Sentences every viewer must show.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)
    title: Text
    engine: Literal["flow", "physics"] = "flow"
    timezone: str = "Europe/Paris"
    start: LocalTime = Field(strict=False)
    seed: int = Field(default=1, ge=0, lt=2**32)
    notes: tuple[Text, ...] = Field(default=(), strict=False)
    physics: Physics = Physics()
    products: dict[str, Product] = {}
    equipment: dict[str, Equipment] = {}
    programmes: dict[str, Programme] = {}
    sources: dict[str, Source] = {}
    stations: dict[str, Station] = {}
    buffers: dict[str, Buffer] = {}
    conveyors: dict[str, Belt] = {}
    stores: dict[str, Store] = {}
    sinks: dict[str, Sink] = {}
    tanks: dict[str, Tank] = {}
    safeguards: dict[str, Safeguard] = {}
    zones: dict[str, Zone] = {}
    tools: dict[str, Tool] = {}
    crews: dict[str, Crew] = {}
    calendars: dict[str, Calendar] = {}
    fleets: dict[str, Fleet] = {}
    aisles: Aisles | None = None
    loops: dict[str, Loop] = {}
    run: Run = Run()
    line: Line | None = None
    cameras: dict[str, View] = {}
    faults: tuple[Fault, ...] = Field(default=(), strict=False)

    @field_validator("start", mode="before")
    @classmethod
    def _local_time(cls, given: object) -> object:
        start = given
        if isinstance(given, str):
            try:
                start = datetime.fromisoformat(given)
            except ValueError:
                start = None
        if isinstance(start, datetime) and start.tzinfo is not None:
            raise ValueError(
                "got an offset from UTC; leave it out, since timezone says it"
            )
        if not isinstance(start, date) or not 1970 <= start.year <= 2199:
            raise ValueError(
                f"got {str(given)!r}; give a local time from 1970 to 2199, such as "
                "2026-01-05T06:00:00"
            )
        return start

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(
                f"got {name!r}; give an IANA name such as 'Europe/Paris'"
            ) from error
        return name

    def node_sections(self) -> dict[str, Mapping[str, Node]]:
        """Return the sections that hold nodes, by name, as the page lists them."""
        return {
            "sources": self.sources,
            "stations": self.stations,
            "buffers": self.buffers,
            "conveyors": self.conveyors,
            "stores": self.stores,
            "sinks": self.sinks,
        }

    def nodes(self) -> dict[str, Node]:
        """Return every node by id, section after section."""
        return {
            node_id: node
            for nodes in self.node_sections().values()
            for node_id, node in nodes.items()
        }

    def local_start(self) -> datetime:
        """Return the start with its offset from UTC."""
        return self.start.replace(tzinfo=zoneinfo.ZoneInfo(self.timezone))

    def provenance(self) -> list[tuple[str, Quantity]]:
        """Return every quantity that states a confidence, with its path."""
        return [(path, q) for path, q in quantities(self) if q.confidence]
