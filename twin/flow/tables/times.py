"""How long operations take: one row a station, operation and product."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from twin.flow.tables.sheets import Change, Entry, Table, Value, removed, rounded
from twin.scenario import Scenario
from twin.scenario.edit import Keys
from twin.scenario.emit import number_text
from twin.scenario.fields import quantities
from twin.scenario.law_base import LawBase
from twin.scenario.laws import Constant, Empirical, Law
from twin.scenario.tasks import Task
from twin.units import TIME, Confidence, Quantity, read_quantity

_NUMBERS = ("shape", "alpha", "beta", "probabilities")
_TEXTS = ("file", "column")
_PARAMETERS = (
    *("value", "mean", "sd", "low", "mode", "high", "shape", "scale", "alpha", "beta"),
    *("values", "means", "probabilities", "file", "column"),
)
COLUMNS = (
    *("station", "operation", "product", "law"),
    *_PARAMETERS,
    *("unit", "source", "confidence"),
)

_LAWS: Mapping[str, type[LawBase]] = MappingProxyType(
    {
        get_args(law.model_fields["law"].annotation)[0]: law
        for law in LawBase.__subclasses__()
    }
)
_LAW: TypeAdapter[LawBase] = TypeAdapter(Law)

_Key = tuple[str, str, str]
"""Station, operation or "", product or ""."""


def rows(scenario: Scenario) -> list[dict[str, Value]]:
    """Return the rows of a scenario's times, in its order."""
    return [
        {
            "station": station or None,
            "operation": operation or None,
            "product": product or None,
            **_law_row(law),
        }
        for (station, operation, product), law in _times(scenario).items()
    ]


def changes(
    scenario: Scenario, document: dict[str, Any], table: Table
) -> dict[Keys, Change]:
    """Return what a table changes of a scenario's times.

    A number alone leaves the rest of a law as it is written, its sources included;
    another source or law writes the law anew.

    Args:
        scenario: As it is.
        document: The same as plain YAML values.
        table: Of these columns.

    Raises:
        ScenarioError: At the first cell that has no meaning.
    """
    current = _times(scenario)
    seen: set[_Key] = set()
    found: dict[Keys, Change] = {}
    for entry in table.entries:
        key = _key(scenario, entry)
        if key in seen:
            raise entry.error("station", "this time is given twice; delete a row")
        seen.add(key)
        said = _said(entry)
        law = _read(said, entry)
        if key not in current or _law_row(law) != _law_row(current[key]):
            raw = _written(said, law, _at(document, _keys(key)), current.get(key))
            found[_keys(key)] = Change(raw, entry.cells["law"].where)
    by_keys = {_keys(key): law for key, law in current.items()}
    return found | removed(by_keys, map(_keys, seen), table)


def _times(scenario: Scenario) -> dict[_Key, LawBase]:
    found: dict[_Key, LawBase] = {}
    for station_id, station in scenario.stations.items():
        if station.time is not None:
            found[station_id, "", ""] = station.time
        for product, law in station.time_by_product.items():
            found[station_id, "", product] = law
        for operation_id, operation in station.operations.items():
            if operation.time is not None:
                found[station_id, operation_id, ""] = operation.time
            if isinstance(operation, Task):
                for product, law in operation.time_by_product.items():
                    found[station_id, operation_id, product] = law
    return found


def _keys(key: _Key) -> Keys:
    station, operation, product = key
    way: Keys = ("stations", station)
    if operation:
        way = (*way, "operations", operation)
    return (*way, "time_by_product", product) if product else (*way, "time")


def _key(scenario: Scenario, entry: Entry) -> _Key:
    station_id = entry.name("station", "a station's id")
    station = scenario.stations.get(station_id)
    if station is None:
        raise entry.error(
            "station",
            f"unknown station {station_id!r}; add it to the scenario first, or check "
            "the spelling",
        )
    operation = entry.text("operation")
    if operation and operation not in station.operations:
        known = ", ".join(station.operations) or "none; clear the cell"
        raise entry.error(
            "operation",
            f"station {station_id!r} has no operation {operation!r}; it has {known}",
        )
    return station_id, operation, entry.text("product")


def _law_row(law: LawBase) -> dict[str, Value]:
    times = [float(q) for _, q in quantities(law) if q.unit == TIME.si]
    exact = all(rounded(time_s / 60.0) * 60.0 == time_s for time_s in times)
    unit = "min" if exact else "s"
    row: dict[str, Value] = {"law": law.law}
    for name in _PARAMETERS:
        value = getattr(law, name, None)
        if isinstance(value, tuple):
            row[name] = "; ".join(number_text(_shown(entry, unit)) for entry in value)
        elif isinstance(value, Quantity):
            row[name] = _shown(value, unit)
        else:
            row[name] = value
    row["unit"] = law.unit if isinstance(law, Empirical) else unit
    stated = [q for _, q in quantities(law) if q.source]
    sources = dict.fromkeys(q.source for q in stated)
    row["source"] = " | ".join(sources) or law.source
    # The chain is as strong as its weakest link.
    row["confidence"] = max((q.confidence for q in stated), default=law.confidence)
    return row


def _shown(quantity: Quantity, unit: str) -> float:
    in_minutes = quantity.unit == TIME.si and unit == "min"
    return rounded(quantity / 60.0 if in_minutes else quantity)


def _said(entry: Entry) -> dict[str, Any]:
    """Return a row's law as YAML would hold it, every number with its unit."""
    law = entry.text("law").lower() or "constant"
    if law not in _LAWS:
        raise entry.error("law", f"unknown law {law!r}; give one of {', '.join(_LAWS)}")
    unit = entry.text("unit") or "min"
    try:
        read_quantity(f"1 {unit}", TIME)
    except ValueError as error:
        raise entry.error("unit", str(error)) from error
    said: dict[str, Any] = {"law": law}
    fields = _LAWS[law].model_fields
    for name in _PARAMETERS:
        text = entry.text(name)
        if not text:
            needed = name in fields and fields[name].is_required()
            if needed:
                raise entry.error(name, f"is empty; law {law} needs its {name}")
        elif name not in fields:
            raise entry.error(name, f"got {text!r}; law {law} has none: clear the cell")
        elif name in _TEXTS:
            said[name] = text
        elif name in ("values", "means", "probabilities"):
            pieces = [piece.strip() for piece in text.split(";")]
            said[name] = [_quantity(entry, name, piece, unit) for piece in pieces]
        else:
            said[name] = _quantity(entry, name, text, unit)
    if law == "empirical":
        said["unit"] = unit
    source, confidence = entry.text("source"), entry.text("confidence").upper()
    if source and not confidence:
        raise entry.error("confidence", "is empty beside a source; give A, B or C")
    if confidence and not source:
        raise entry.error(
            "source", "is empty beside a confidence; say where the numbers come from"
        )
    if confidence and confidence not in get_args(Confidence):
        raise entry.error("confidence", f"got {confidence!r}; give A, B or C")
    if source:
        said |= {"source": source, "confidence": confidence}
    return said


def _quantity(entry: Entry, name: str, text: str, unit: str) -> object:
    number = entry.as_number(text)
    if name in _NUMBERS:
        if number is None:
            raise entry.error(name, f"got {text!r}; give a number")
        return int(number) if number.is_integer() else number
    if number is not None:
        return f"{number_text(number)} {unit}"
    try:
        read_quantity(text, TIME)
    except ValueError as error:
        raise entry.error(
            name, f"got {text!r}; give a number, in the row's unit of {unit}"
        ) from error
    return text


def _read(said: dict[str, Any], entry: Entry) -> LawBase:
    try:
        return _LAW.validate_python(said)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        places = [place for place in first["loc"] if place in entry.cells]
        message = first["msg"].removeprefix("Value error, ")
        column = str(places[-1]) if places else "law"
        raise entry.error(column, message.replace("Input should be", "give")) from error


def _at(document: dict[str, Any], keys: Keys) -> object:
    value: object = document
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _written(
    said: dict[str, Any], law: LawBase, raw: object, current: LawBase | None
) -> object:
    """Return a law for the scenario, written as near as may be to how it was."""
    kept = current is not None and _same(law, current, "law", "source", "confidence")
    if current is not None and kept and isinstance(raw, dict):
        if "law" in raw:
            return _renumbered(raw, said, law, current)
        named: dict[str, Any] = raw  # value, source and confidence
        return {**named, "value": said["value"]}
    if isinstance(law, Constant):
        plain = {name: value for name, value in said.items() if name != "law"}
        return plain if "source" in plain else plain["value"]
    return said


def _same(law: LawBase, current: LawBase, *columns: str) -> bool:
    one, other = _law_row(law), _law_row(current)
    return all(one[name] == other[name] for name in columns)


def _renumbered(
    raw: dict[str, Any], said: dict[str, Any], law: LawBase, current: LawBase
) -> dict[str, Any]:
    """Return a written law with only those numbers new that differ."""
    written = dict(raw)
    for name in (*_PARAMETERS, "unit"):
        if getattr(law, name, None) == getattr(current, name, None):
            continue
        if name not in said:
            written.pop(name, None)
        elif isinstance(raw.get(name), dict):
            written[name] = {**raw[name], "value": said[name]}
        else:
            written[name] = said[name]
    return written
