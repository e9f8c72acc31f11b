"""Where parts go: one row a target of each node, product and yield."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from twin.flow.tables.sheets import Change, Entry, Table, Value, removed, rounded
from twin.scenario import Scenario
from twin.scenario.edit import Keys
from twin.scenario.nodes import Passed
from twin.scenario.routes import Choice, Route, RouteTable
from twin.scenario.tasks import Task

COLUMNS = ("node", "operation", "product", "to", "share", "order", "choose")

_CHOICES = get_args(Choice)
_BY_SHARE = "probability"
_SECTIONS = ("sources", "stations", "buffers", "conveyors", "stores", "sinks")
_ROUTE: TypeAdapter[RouteTable] = TypeAdapter(Route)

_Key = tuple[str, str, str]
"""Node, operation whose yield it is or "", product or ""."""


def rows(scenario: Scenario) -> list[dict[str, Value]]:
    """Return the rows of a scenario's routes, in its order.

    A target has a share if chance chooses, else its place in the order.
    """
    found: list[dict[str, Value]] = []
    for (node, operation, product), (_, route) in _routes(scenario).items():
        for index, target in enumerate(route.targets):
            row: dict[str, Value] = {
                "node": node,
                "operation": operation or None,
                "product": product or None,
                "to": target,
            }
            if route.choose == _BY_SHARE:
                row["share"] = rounded(route.shares[index])
            else:
                row |= {"order": index + 1, "choose": route.choose}
            found.append(row)
    return found


def changes(
    scenario: Scenario, document: dict[str, Any], table: Table
) -> dict[Keys, Change]:
    """Return what a table changes of a scenario's routes.

    Rows may come in any order: shares and order numbers say what matters.

    Args:
        scenario: As it is.
        document: The same as plain YAML values.
        table: Of these columns.

    Raises:
        ScenarioError: At the first cell that has no meaning.
    """
    current = _routes(scenario)
    groups: dict[_Key, list[Entry]] = {}
    for entry in table.entries:
        key = (
            entry.name("node", "a node's id"),
            entry.text("operation"),
            entry.text("product"),
        )
        groups.setdefault(key, []).append(entry)
    found: dict[Keys, Change] = {}
    kept: list[Keys] = []
    for key, entries in groups.items():
        keys = _keys(scenario, key, entries[0])
        kept.append(keys)
        said = _said(entries)
        try:
            route = _ROUTE.validate_python(said)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            message = first["msg"].removeprefix("Value error, ")
            raise entries[0].error("share", message) from error
        before = current.get(key)
        if before is None or _comparable(before[1]) != _comparable(route):
            raw = _sourced(said, document, keys)
            found[keys] = Change(raw, entries[0].cells["to"].where)
    by_keys = dict(current.values())
    return found | removed(by_keys, kept, table)


def _comparable(route: RouteTable) -> object:
    """Return what is equal if routes are, to the digits that a table keeps."""
    if route.choose != _BY_SHARE:
        return route.choose, route.targets
    shares = map(rounded, route.shares)
    return dict(zip(route.targets, shares, strict=True))


def _routes(scenario: Scenario) -> dict[_Key, tuple[Keys, RouteTable]]:
    found: dict[_Key, tuple[Keys, RouteTable]] = {}
    for section in _SECTIONS:
        for node_id, node in getattr(scenario, section).items():
            way: Keys = (section, node_id)
            if not isinstance(node, Passed):
                continue
            if node.next is not None:
                found[node_id, "", ""] = ((*way, "next"), node.next)
            for product, route in node.next_by_product.items():
                found[node_id, "", product] = (
                    (*way, "next_by_product", product),
                    route,
                )
    for station_id, station in scenario.stations.items():
        for operation_id, operation in station.operations.items():
            if isinstance(operation, Task):
                for product, part in operation.yields.items():
                    key = (station_id, operation_id, product)
                    found[key] = (_yield_keys(*key), part.to)
    return found


def _yield_keys(station: str, operation: str, product: str) -> Keys:
    return ("stations", station, "operations", operation, "yields", product, "to")


def _keys(scenario: Scenario, key: _Key, entry: Entry) -> Keys:
    """Return where a route is written, if its node can have one."""
    node_id, operation_id, product = key
    if operation_id:
        station = scenario.stations.get(node_id)
        operation = None if station is None else station.operations.get(operation_id)
        if operation is None:
            raise entry.error(
                "operation",
                f"node {node_id!r} has no operation {operation_id!r}; check the "
                "spelling, or clear the cell",
            )
        if not isinstance(operation, Task) or product not in operation.yields:
            raise entry.error(
                "product",
                f"operation {operation_id!r} yields no {product!r}; add it to the "
                "scenario first",
            )
        return _yield_keys(node_id, operation_id, product)
    node = scenario.nodes().get(node_id)
    if node is None:
        raise entry.error(
            "node",
            f"unknown node {node_id!r}; add it to the scenario first, or check the "
            "spelling",
        )
    if not isinstance(node, Passed):
        raise entry.error("node", f"no part leaves {node_id!r}; delete the row")
    section = next(name for name in _SECTIONS if node_id in getattr(scenario, name))
    way = (section, node_id)
    return (*way, "next_by_product", product) if product else (*way, "next")


def _said(entries: list[Entry]) -> object:
    """Return the route of a node's rows as YAML would hold it."""
    choices = [entry.text("choose").lower() or _BY_SHARE for entry in entries]
    for entry, choice in zip(entries, choices, strict=True):
        if choice not in _CHOICES:
            raise entry.error(
                "choose", f"got {choice!r}; give one of {', '.join(_CHOICES)}"
            )
        if choice != choices[0]:
            raise entry.error(
                "choose", f"got {choice!r} after {choices[0]!r}; give the same in each"
            )
    by_share = choices[0] == _BY_SHARE
    targets: dict[str, float | None] = {}
    unused = "order" if by_share else "share"
    for entry in entries:
        target = entry.name("to", "the node where the part goes")
        if target in targets:
            raise entry.error("to", f"names {target!r} again; name each node once")
        if entry.number(unused) is not None:
            raise entry.error(
                unused, f"has no meaning if {choices[0]} chooses; clear the cell"
            )
        targets[target] = entry.number("share" if by_share else "order")
    if not by_share:
        places = list(targets)
        # Rows without a number come where they stand, after those with one.
        order = sorted(
            range(len(places)),
            key=lambda n: (
                (number is None, number or 0.0, n)
                if (number := targets[places[n]]) is not None
                else (True, 0.0, n)
            ),
        )
        return {"among": [places[n] for n in order], "choose": choices[0]}
    if len(targets) == 1 and next(iter(targets.values())) in (None, 1.0):
        return next(iter(targets))
    for entry, share in zip(entries, targets.values(), strict=True):
        if share is None:
            raise entry.error("share", "is empty; give the probability of this way")
    return {"among": dict(targets)}


def _sourced(said: object, document: dict[str, Any], keys: Keys) -> object:
    """Return a route that keeps the sources of those shares it had before."""
    raw: object = document
    for key in keys:
        raw = raw.get(key) if isinstance(raw, dict) else None
    before = raw.get("among") if isinstance(raw, dict) else None
    if not isinstance(said, dict) or not isinstance(said["among"], dict):
        return said
    if not isinstance(before, dict):
        return said
    return {**said, "among": sourced_shares(said["among"], before)}


def sourced_shares(shares: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return shares in the order that they had, each as it was written if it is equal.

    A share that had a source keeps it, with its new number.
    """
    found: dict[str, Any] = {}
    for name in (*(n for n in before if n in shares), *shares):
        old, new = before.get(name), shares[name]
        found[name] = {**old, "value": new} if isinstance(old, dict) else new
    return found
