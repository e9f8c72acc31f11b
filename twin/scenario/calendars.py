"""When it is open: weeks of local hours, breaks, holidays, closures."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import (
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
    field_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from twin.scenario.fields import Model

DAY_S = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ``datetime.date.weekday``."""

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
_SPAN = rf"(?P<begin>{_CLOCK})\s*-\s*(?P<end>{_CLOCK}|24:00)"
_DAY = "|".join(WEEKDAYS)
_DAYS = rf"(?:{_DAY})(?:\s*-\s*(?:{_DAY}))?"
_INDEX = MappingProxyType({day: index for index, day in enumerate(WEEKDAYS)})


def _clock_s(text: str) -> int:
    hours, minutes, *seconds = (int(number) for number in text.split(":"))
    return hours * 3600 + minutes * 60 + sum(seconds)


def _clock_text(clock_s: int) -> str:
    minutes, seconds = divmod(clock_s, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


@dataclass(frozen=True, slots=True, order=True)
class ClockTime:
    """A local time of day.

    Attributes:
        clock_s: What clocks show, in seconds from midnight.
    """

    clock_s: int

    def __str__(self) -> str:
        return _clock_text(self.clock_s)


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A span of local time of day; it may pass midnight.

    Attributes:
        begin_s: What clocks show at its begin, in seconds from midnight.
        end_s: The same at its end; a day more where it passes midnight.
    """

    begin_s: int
    end_s: int

    def __str__(self) -> str:
        end_s = self.end_s if self.end_s <= DAY_S else self.end_s - DAY_S
        return f"{_clock_text(self.begin_s)}-{_clock_text(end_s)}"


@dataclass(frozen=True, slots=True)
class _Written:
    """Says how the text of a field looks, and how it is read.

    Attributes:
        pattern: Of the text, for editors.
        read: From what the file holds to the value; ValueError where it is none.
    """

    pattern: str
    read: Callable[[object], object]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": self.pattern}


def _clock_time(given: object) -> ClockTime:
    if isinstance(given, ClockTime):
        return given
    if not isinstance(given, str) or re.fullmatch(_CLOCK, given) is None:
        raise ValueError(f"got {given!r}; give a local time such as '08:00'")
    return ClockTime(_clock_s(given))


def _hours(given: object) -> Hours:
    if isinstance(given, Hours):
        return given
    match = re.fullmatch(_SPAN, given) if isinstance(given, str) else None
    if match is None:
        raise ValueError(f"got {given!r}; give hours such as '06:00-13:30'")
    begin_s, end_s = _clock_s(match["begin"]), _clock_s(match["end"])
    if begin_s == end_s:
        raise ValueError(f"got {given!r}, which lasts no time; move either end")
    return Hours(begin_s, end_s if end_s > begin_s else end_s + DAY_S)


def _date(given: object) -> datetime.date:
    date = given
    if isinstance(given, str):
        try:
            date = datetime.datetime.strptime(given, "%Y-%m-%d").date()
        except ValueError:
            date = None
    if not isinstance(date, datetime.date) or isinstance(date, datetime.datetime):
        raise ValueError(f"got {str(given)!r}; give a date such as 2026-08-03")
    return date


def _days(given: object) -> str:
    if not isinstance(given, str) or not weekdays(given):
        raise ValueError(
            f"got {given!r}; give days such as mon-fri, sat, or 'mon, wed'"
        )
    return given


def weekdays(days: str) -> tuple[int, ...]:
    """Return the days that a text such as "mon-fri" or "sat, sun" names.

    Returns:
        Each from 0 for Monday to 6 for Sunday, in order; empty if it names none.
    """
    found: set[int] = set()
    for piece in days.split(","):
        if re.fullmatch(_DAYS, piece.strip()) is None:
            return ()
        first, *last = (_INDEX[day.strip()] for day in piece.split("-"))
        length = (last[0] - first) % 7 if last else 0
        found.update((first + ahead) % 7 for ahead in range(length + 1))
    return tuple(sorted(found))


TimeOfDay = Annotated[ClockTime, _Written(rf"^{_CLOCK}$", _clock_time)]
Span = Annotated[Hours, _Written(rf"^{_CLOCK}\s*-\s*(?:{_CLOCK}|24:00)$", _hours)]
Spans = Annotated[tuple[Span, ...], Field(strict=False)]
Date = Annotated[datetime.date, _Written(r"^\d{4}-\d{2}-\d{2}$", _date)]
Days = Annotated[str, _Written(rf"^{_DAYS}(?:\s*,\s*{_DAYS})*$", _days)]


def _form(given: object) -> str | None:
    if isinstance(given, list | tuple):
        return "[]"
    return "name" if given == "france" else None


class Closure(Model):
    """Days on which it stays closed, from the first to the last.

    Attributes:
        from_: The first day.
        to: The last day.
    """

    from_: Date = Field(alias="from")
    to: Date


class Opening(Model):
    """A day with hours of its own, whatever week, holidays and closures say.

    Attributes:
        date: The day.
        hours: When it is open; empty for not at all.
    """

    date: Date
    hours: Spans


class Calendar(Model):
    """When work goes on, in local time of the scenario's timezone.

    Attributes:
        week: Hours by days; a span belongs to the day on which it begins.
        breaks: Taken off every day.
        holidays: Days on which no span begins.
        closed: Longer times on which none begins.
        open: Days with hours of their own.
    """

    week: dict[Days, Spans]
    breaks: Spans = ()
    holidays: Annotated[
        Annotated[Literal["france"], Tag("name")]
        | Annotated[tuple[Date, ...], Field(strict=False), Tag("[]")],
        Discriminator(
            _form,
            custom_error_type="form",
            custom_error_message="is not known; give france, or a list of dates",
        ),
    ] = ()
    closed: tuple[Closure, ...] = Field(default=(), strict=False)
    open: tuple[Opening, ...] = Field(default=(), strict=False)

    @field_validator("week")
    @classmethod
    def _each_day_once(cls, week: dict[str, tuple[Hours, ...]]) -> object:
        seen: set[int] = set()
        for days in week:
            again = seen.intersection(weekdays(days))
            if again:
                raise ValueError(
                    f"{WEEKDAYS[min(again)]} comes twice; give each day once"
                )
            seen.update(weekdays(days))
        return week

    def hours_of(self, weekday: int) -> tuple[Hours, ...]:
        """Return the hours of a weekday, 0 for Monday, in the order of the file."""
        for days, spans in self.week.items():
            if weekday in weekdays(days):
                return spans
        return ()
