"""When it is open: one row a calendar and its days.

What stands in the column ``days`` says what ``hours`` means: days of the week with
their hours; ``breaks`` with theirs; ``holidays`` with "france" or dates; ``closed``
with dates such as "2026-08-03 to 2026-08-21"; or one date, with the hours of that day.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from twin.flow.tables.sheets import Change, Entry, Table, Value
from twin.scenario import Scenario
from twin.scenario.calendars import Calendar, Hours, weekdays
from twin.scenario.edit import Keys

COLUMNS = ("calendar", "days", "hours")

_BETWEEN = re.compile(r"\s*[,;]\s*")
_UNTIL = re.compile(r"\s+to\s+")
_FIELDS = ("week", "breaks", "holidays", "closed", "open")


def rows(scenario: Scenario) -> list[dict[str, Value]]:
    """Return the rows of a scenario's calendars, in its order."""
    return [
        {"calendar": calendar_id, "days": days or None, "hours": hours or None}
        for calendar_id, calendar in scenario.calendars.items()
        for days, hours in _lines(calendar)
    ]


def changes(scenario: Scenario, table: Table) -> dict[Keys, Change]:
    """Return what a table changes of a scenario's calendars; new ids are new ones.

    Raises:
        ScenarioError: At the first cell that has no meaning.
    """
    groups: dict[str, list[Entry]] = {}
    for entry in table.entries:
        calendar_id = entry.name("calendar", "the calendar's id")
        groups.setdefault(calendar_id, []).append(entry)
    found: dict[Keys, Change] = {}
    for calendar_id, entries in groups.items():
        said = _said(entries)
        after = Calendar.model_validate(said)
        before = scenario.calendars.get(calendar_id)
        where = entries[0].cells["days"].where
        if before is None:
            raw = {name: value for name, value in said.items() if value}
            found["calendars", calendar_id] = Change({"week": {}, **raw}, where)
            continue
        for name in _FIELDS:
            if _comparable(before, name) != _comparable(after, name):
                value: object = said[name]
                if not value and name != "week":
                    value = None
                found["calendars", calendar_id, name] = Change(value, where)
    for calendar_id in scenario.calendars:
        if calendar_id not in groups:
            found["calendars", calendar_id] = Change(None, table.where)
    return found


def _lines(calendar: Calendar) -> list[tuple[str, str]]:
    lines = [(days, _listed(spans)) for days, spans in calendar.week.items()]
    if calendar.breaks:
        lines.append(("breaks", _listed(calendar.breaks)))
    if calendar.holidays:
        dates = calendar.holidays
        lines.append(("holidays", dates if isinstance(dates, str) else _listed(dates)))
    if calendar.closed:
        spans = [
            str(closure.from_)
            if closure.from_ == closure.to
            else f"{closure.from_} to {closure.to}"
            for closure in calendar.closed
        ]
        lines.append(("closed", _listed(spans)))
    lines += [(str(day.date), _listed(day.hours)) for day in calendar.open]
    return lines or [("", "")]


def _listed(entries: Iterable[str | Hours | datetime.date]) -> str:
    return ", ".join(str(entry) for entry in entries)


def _comparable(calendar: Calendar, name: str) -> object:
    """Return a field so that it is equal if it means the same."""
    value: object = getattr(calendar, name)
    if name == "open":
        return sorted((day.date, day.hours) for day in calendar.open)
    return value


def _said(entries: list[Entry]) -> dict[str, Any]:
    """Return a calendar's rows as YAML would hold it."""
    said: dict[str, Any] = {name: [] for name in _FIELDS} | {"week": {}}
    seen: set[str] = set()
    for entry in entries:
        days = entry.text("days").lower()
        listed = [text for text in _BETWEEN.split(entry.text("hours")) if text]
        if days in seen:
            raise entry.error("days", f"gives {days!r} again; write it in one row")
        seen.add(days)
        if not days:
            if listed or len(entries) > 1:
                raise entry.error(
                    "days", "is empty; give days such as mon-fri, or delete the row"
                )
        elif days == "holidays":
            france = [text.lower() for text in listed] == ["france"]
            said[days] = "france" if france else [_date(entry, t) for t in listed]
        elif days == "closed":
            said[days] = [_closure(entry, text) for text in listed]
        elif days == "breaks":
            said[days] = _checked(entry, listed)
        elif weekdays(days):
            taken = {day for name in said["week"] for day in weekdays(name)}
            if taken.intersection(weekdays(days)):
                raise entry.error(
                    "days", f"{days!r} holds a day of another row; give each day once"
                )
            said["week"][days] = _checked(entry, listed)
        else:
            day = _as_date(days)
            if day is None:
                raise entry.error(
                    "days",
                    f"got {days!r}; give days such as mon-fri, a date such as "
                    "2026-08-15, breaks, holidays or closed",
                )
            said["open"].append({"date": day, "hours": _checked(entry, listed)})
    return said


def _checked(entry: Entry, listed: list[str]) -> list[str]:
    """Return hours if a calendar takes them."""
    try:
        Calendar.model_validate({"week": {}, "breaks": listed})
    except ValidationError as error:
        message = error.errors(include_url=False)[0]["msg"]
        raise entry.error("hours", message.removeprefix("Value error, ")) from error
    return listed


def _closure(entry: Entry, text: str) -> dict[str, datetime.date]:
    first, *last = _UNTIL.split(text)
    begin = _date(entry, first)
    end = _date(entry, last[0]) if last else begin
    if end < begin or len(last) > 1:
        raise entry.error(
            "hours", f"got {text!r}; give dates such as 2026-08-03 to 2026-08-21"
        )
    return {"from": begin, "to": end}


def _date(entry: Entry, text: str) -> datetime.date:
    day = _as_date(text)
    if day is None:
        raise entry.error("hours", f"got {text!r}; give a date such as 2026-08-15")
    return day


def _as_date(text: str) -> datetime.date | None:
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        return None
