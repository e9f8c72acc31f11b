"""Compile a scenario into the tables of a plant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import ScenarioError
from twin.flow.aisles import distances
from twin.flow.calendars import open_intervals, timetable_times
from twin.flow.conditions import drain_law, has_none_of, part_draw, slowed
from twin.flow.kernel import records as r
from twin.flow.laws import LawTable
from twin.flow.plant import Names, Plant, Table
from twin.flow.rows import Rows
from twin.scenario import Scenario
from twin.scenario.laws import Law
from twin.scenario.machines import Failure, Maintenance
from twin.scenario.nodes import Belt, Buffer, Node, Passed, Sink, Store
from twin.scenario.routes import RouteTable
from twin.scenario.sources import Source
from twin.scenario.station import Operation, Station
from twin.scenario.tasks import Task

_MOST_OPERATIONS = 62
"""Operations of one station: each is a bit of a signed 64-bit mask."""

_RULES = {
    "probability": r.BY_SHARE,
    "first_with_room": r.FIRST_WITH_ROOM,
    "shortest_queue": r.SHORTEST_QUEUE,
    "round_robin": r.ROUND_ROBIN,
}
_DISCIPLINES = {"fifo": r.FIFO, "priority": r.PRIORITY, "shortest": r.SHORTEST}
_SHIFT_ENDS = {"finish": r.FINISH, "pause": r.PAUSE, "hand_over": r.HAND_OVER}
_FAILURES = {"resume": r.RESUME, "restart": r.RESTART, "scrap": r.SCRAP}

_REPAIRS_FIRST = 1001
"""Priority of repairs where people are short: above any part's."""


def compile_plant(
    scenario: Scenario, folder: Path, seed: int, horizon_s: float
) -> Plant:
    """Return the plant of a scenario.

    Args:
        scenario: With flow in it.
        folder: Where the files that it names are.
        seed: Of all draws.
        horizon_s: How far calendars and timetables are laid out, s.

    Raises:
        ScenarioError: If something that the scenario names cannot be used.
        FlowError: If two streams would draw the same numbers.
    """
    return _Compiler(scenario, folder, horizon_s).plant(seed)


def _room(given: int | str) -> int:
    return r.UNLIMITED if isinstance(given, str) else given


class _Compiler:
    """Gathers rows table by table; names become row numbers."""

    def __init__(self, scenario: Scenario, folder: Path, horizon_s: float) -> None:
        self._scenario = scenario
        self._folder = folder
        self._horizon_s = horizon_s
        self._laws = LawTable()
        self._nodes = scenario.nodes()
        self._node_row = {name: i for i, name in enumerate(self._nodes)}
        self._product_row = {name: i for i, name in enumerate(scenario.products)}
        self._crew_row = {name: i for i, name in enumerate(scenario.crews)}
        self._calendar_row = {name: i for i, name in enumerate(scenario.calendars)}
        self._fleet_row = {name: i for i, name in enumerate(scenario.fleets)}
        self._tool_row = {name: i for i, name in enumerate(scenario.tools)}
        self._store_row = {name: i for i, name in enumerate(scenario.stores)}
        skills = dict.fromkeys(
            skill for crew in scenario.crews.values() for skill in crew.skills
        )
        self._skill_row = {name: i for i, name in enumerate(skills)}
        self._rows: dict[str, Rows] = {
            name: Rows(name, layout)
            for name, layout in r.PLANT_TABLES.items()
            if layout.names is not None and name != "laws"
        }
        self._first: dict[str, Rows] = {
            name: Rows(name, r.STATE_TABLES[name])
            for name in (
                "nodes",
                "jobs",
                "tasks",
                "modes",
                "persons",
                "vehicles",
                "fleets",
                "stores",
                "inputs",
                "tools",
                "loops",
                "calendars",
                "routes",
                "skills",
                "products",
            )
        }
        self._repairs: list[tuple[int, int]] = []
        self._times: list[float] = []
        self._counts: list[int] = []
        self._op_times: list[list[int]] = []
        self._setups: list[int] = []
        n_products = len(self._product_row)
        self._route_of = np.full((len(self._nodes), n_products), -1, np.int64)
        self._flexes: dict[int, list[int]] = {i: [] for i in range(len(self._nodes))}
        self._calendar_nodes: dict[str, list[int]] = {}
        self._operations: list[tuple[str, ...]] = []
        self._jobs: list[tuple[str, int]] = []
        self._modes: list[tuple[str, int, str]] = []
        self._most_new = 1
        place_ids, self._distances = distances(scenario)
        self._place_row = {name: i for i, name in enumerate(place_ids)}

    def plant(self, seed: int) -> Plant:
        for name in self._scenario.products:
            product = self._scenario.products[name]
            self._rows["products"].add(priority=product.priority)
            self._first["products"].add()
        for name, node in self._nodes.items():
            self._add_node(name, node)
        self._add_repair_tasks()
        self._add_people()
        self._add_fleets()
        self._add_calendars()
        self._add_loops()
        self._link_flexes()
        self._mark_plain()
        self._point_ahead()
        return self._finished(seed)

    def _law(self, law: Law | None, purpose: str) -> int:
        return -1 if law is None else self._laws.add(law, purpose, self._folder)

    def _slot(self, kind: int, row: int) -> int:
        return self._rows["slots"].add(kind=kind, row=row, job=-1)

    def _add_node(self, name: str, node: Node) -> None:
        row = self._node_row[name]
        plan: dict[str, Any] = {
            "place": self._place_row.get(name, -1),
            "room": r.UNLIMITED,
            "most": r.UNLIMITED,
            "first_job": len(self._first["jobs"]),
            "first_op": len(self._rows["ops"]),
            "first_input": len(self._rows["inputs"]),
            "batch_least": 1,
            "batch_most": 1,
        }
        for key in ("calendar", "batch_wait", "makes", "becomes", "setup"):
            plan[key] = -1
        for key in ("setup_table", "patience", "patience_to", "scrap_to", "fleet"):
            plan[key] = -1
        for key in ("stay", "clock", "entry_clock", "every", "first_at", "store"):
            plan[key] = -1
        plan["mix_stream"] = -1
        operations: tuple[str, ...] = ()
        if isinstance(node, Passed):
            self._add_routes(name, row, node)
            if node.moved_by is not None:
                plan["fleet"] = self._fleet_row[node.moved_by]
        calendar = getattr(node, "calendar", None)
        if calendar is not None:
            self._calendar_nodes.setdefault(calendar, []).append(row)
            plan["calendar"] = self._calendar_row[calendar]
        if isinstance(node, Source):
            plan |= self._source(name, row, node)
        elif isinstance(node, Station):
            plan |= self._station(name, row, node)
            operations = tuple(node.work())
        elif isinstance(node, Buffer):
            plan |= self._buffer(name, node)
        elif isinstance(node, Belt):
            plan |= self._belt(name, row, node)
        elif isinstance(node, Store):
            plan |= self._store(name, row, node)
        elif isinstance(node, Sink):
            plan["kind"] = r.SINK
        if isinstance(node, (Station, Buffer)):
            for product, count in node.initial.items():
                self._rows["initials"].add(
                    node=row, product=self._product_row[product], count=count
                )
        self._operations.append(operations)
        self._rows["nodes"].add(**plan)
        self._first["nodes"].add(
            queue_first=-1,
            queue_last=-1,
            wait_first=-1,
            wait_last=-1,
            open=1,
            idle=plan.get("servers", 0),
            left_s=-1.0,
            last_entry_s=-1e18,
            ready_at_s=-1e18,
        )

    def _add_routes(self, name: str, row: int, node: Passed) -> None:
        if node.next is not None:
            self._route_of[row, :] = self._route(node.next, f"{name}/next")
        for product, route in node.next_by_product.items():
            self._route_of[row, self._product_row[product]] = self._route(
                route, f"{name}/next/{product}"
            )

    def _route(self, route: RouteTable, purpose: str) -> int:
        rule = _RULES[route.choose]
        first = len(self._rows["route_rows"])
        up_to = 0.0
        shares = route.shares or tuple(0.0 for _ in route.targets)
        for target, share in zip(route.targets, shares, strict=True):
            up_to += share
            self._rows["route_rows"].add(to=self._node_row[target], up_to=up_to)
        stream = -1
        if rule == r.BY_SHARE and len(route.targets) > 1:
            stream = self._laws.add_stream(purpose)
        row = self._rows["routes"].add(
            rule=rule, first_row=first, n_rows=len(route.targets), stream=stream
        )
        self._first["routes"].add(wait_first=-1, wait_last=-1)
        if rule in (r.FIRST_WITH_ROOM, r.SHORTEST_QUEUE) and len(route.targets) > 1:
            for target in route.targets:
                self._flexes[self._node_row[target]].append(row)
        return row

    def _source(self, name: str, row: int, source: Source) -> dict[str, Any]:
        mix = source.products()
        first_mix = len(self._rows["mixes"])
        up_to = 0.0
        for product, share in mix.items():
            up_to += share
            self._rows["mixes"].add(to=self._product_row[product], up_to=up_to)
        first_time = len(self._times)
        n_times = 0
        if source.timetable:
            times_s, counts = timetable_times(
                source.timetable,
                self._scenario.timezone,
                self._scenario.start,
                0.0,
                self._horizon_s,
            )
            if source.calendar is not None:
                times_s, counts = self._while_open(source.calendar, times_s, counts)
            n_times = len(times_s)
            self._times.extend(times_s.tolist())
            self._counts.extend(counts.tolist())
            self._most_new = max(self._most_new, *counts.tolist(), 1)
        self._most_new = max(self._most_new, source.batch)
        return {
            "kind": r.SOURCE,
            "clock": self._slot(r.SOURCE_CLOCK, row),
            "every": self._law(source.every, f"{name}/every"),
            "first_at": self._law(source.first_at, f"{name}/first_at"),
            "reject": int(source.when_full == "reject"),
            "batch": source.batch,
            "most": source.most or r.UNLIMITED,
            "first_mix": first_mix,
            "n_mix": len(mix),
            "mix_stream": self._laws.add_stream(f"{name}/mix") if len(mix) > 1 else -1,
            "first_time": first_time,
            "n_times": n_times,
            # A timetable with nothing in it up to the horizon is still no law.
            "timed": int(bool(source.timetable)),
        }

    def _while_open(self, calendar_id: str, times_s: Table, counts: Table) -> Any:
        """Return the arrivals of a timetable that come while a calendar is open."""
        spans_s = open_intervals(
            self._scenario.calendars[calendar_id],
            self._scenario.timezone,
            self._scenario.start,
            0.0,
            self._horizon_s,
        )
        span = np.searchsorted(spans_s[:, 0], times_s, side="right") - 1
        there = np.zeros(len(times_s), bool)
        within = span >= 0
        there[within] = times_s[within] <= spans_s[span[within], 1]
        return times_s[there], counts[there]

    def _station(self, name: str, row: int, station: Station) -> dict[str, Any]:
        work = station.work()
        if len(work) > _MOST_OPERATIONS:
            raise ScenarioError(
                f"stations.{name}.operations",
                f"{len(work)} operations; give at most {_MOST_OPERATIONS}, or split it",
            )
        bits = {operation: i for i, operation in enumerate(work)}
        for operation_id, operation in work.items():
            self._add_operation(name, station, operation_id, operation, bits)
        batch = station.batch
        plan: dict[str, Any] = {
            "kind": r.STATION,
            "servers": station.servers,
            "n_ops": len(work),
            "discipline": _DISCIPLINES[station.discipline],
            "preemptive": int(station.preemptive),
            "consumed": int(station.consumed),
            "together": int(station.release == "together"),
        }
        most = 1
        if batch is not None:
            most = batch.most
            plan["batch_least"], plan["batch_most"] = batch.least, batch.most
            plan["batch_wait"] = self._law(batch.wait, f"{name}/batch_wait")
            plan["clock"] = self._slot(r.NODE_CLOCK, row)
        queue = _room(station.queue)
        plan["room"] = min(r.UNLIMITED, queue + station.servers * most)
        if station.assembly:
            plan["room"] = r.UNLIMITED
            plan["makes"] = self._product_row[str(station.makes)]
            plan["n_inputs"] = len(station.assembly)
            for product, count in station.assembly.items():
                self._rows["inputs"].add(
                    product=self._product_row[product],
                    count=count,
                    room=max(queue, count),
                )
                self._first["inputs"].add(queue_first=-1, queue_last=-1)
        if station.becomes is not None:
            plan["becomes"] = self._product_row[station.becomes]
        if station.setup is not None:
            plan["setup"] = self._law(station.setup.time, f"{name}/setup")
            if station.setup.from_to:
                plan["setup_table"] = len(self._setups)
                self._add_setups(name, station, plan["setup"])
        if station.patience is not None:
            plan["patience"] = self._law(station.patience.time, f"{name}/patience")
            plan["patience_to"] = self._node_row[station.patience.to]
        if station.scrap is not None:
            plan["scrap_to"] = self._node_row[station.scrap]
        plan["n_modes"] = self._add_servers(
            name, row, station.servers, work, station.failures, station.maintenance
        )
        return plan

    def _add_setups(self, name: str, station: Station, otherwise: int) -> None:
        assert station.setup is not None
        for before in self._product_row:
            laws = station.setup.from_to.get(before, {})
            for after in self._product_row:
                law = laws.get(after)
                self._setups.append(
                    otherwise
                    if law is None
                    else self._law(law, f"{name}/setup/{before}/{after}")
                )

    def _add_operation(
        self,
        name: str,
        station: Station,
        operation_id: str,
        operation: Operation,
        bits: Mapping[str, int],
    ) -> None:
        purpose = f"{name}/{operation_id}"
        plan: dict[str, Any] = {
            "after": sum(1 << bits[other] for other in operation.after),
            "present": 1.0,
            "first_need": len(self._rows["needs"]),
            "first_use": len(self._rows["uses"]),
            "first_take": len(self._rows["takes"]),
            "first_yield": len(self._rows["yields"]),
        }
        own = self._law(operation.time, f"{purpose}/time")
        times = [own] * len(self._product_row)
        if isinstance(operation, Task):
            for product, law in operation.time_by_product.items():
                times[self._product_row[product]] = self._law(
                    law, f"{purpose}/time/{product}"
                )
            if operation.only:
                wanted = {self._product_row[product] for product in operation.only}
                times = [law if i in wanted else -1 for i, law in enumerate(times)]
            plan |= self._task(purpose, operation, bits)
        for product, i in self._product_row.items():
            if operation.lasts_as_it_drains():
                law = drain_law(self._scenario, product, operation)
                times[i] = self._law(law, f"{purpose}/time/{product}")
            if has_none_of(self._scenario, product, operation):
                times[i] = -1
        plan |= self._part_draw(purpose, operation)
        self._rows["ops"].add(**plan)
        self._op_times.append(times)

    def _task(
        self, purpose: str, task: Task, bits: Mapping[str, int]
    ) -> dict[str, Any]:
        self._add_needs(task.people)
        for tool, count in task.uses.items():
            self._rows["uses"].add(what=self._tool_row[tool], count=count)
        for store, count in task.takes.items():
            self._rows["takes"].add(what=self._store_row[store], count=count)
        n_new = 0
        for product, found in task.yields.items():
            where = f"{purpose}/{product}"
            stream = -1
            if found.present < 1.0:
                stream = self._laws.add_stream(f"{where}/present")
            self._rows["yields"].add(
                product=self._product_row[product],
                stream=stream,
                route=self._route(found.to, f"{where}/to"),
                count=found.count,
                present=float(found.present),
            )
            n_new += found.count
        self._most_new = max(self._most_new, n_new)
        plan: dict[str, Any] = {
            "after_any": sum(1 << bits[other] for other in task.after_any),
            "n_needs": len(task.people),
            "n_uses": len(task.uses),
            "n_takes": len(task.takes),
            "n_yields": len(task.yields),
            "shift_end": _SHIFT_ENDS[task.at_shift_end],
            "failure": _FAILURES[task.on_failure],
            "present": float(task.present),
        }
        if task.present < 1.0:
            plan["present_stream"] = self._laws.add_stream(f"{purpose}/present")
        if task.seized is not None:
            plan["seized"] = float(task.seized.probability)
            plan["seized_stream"] = self._laws.add_stream(f"{purpose}/seized")
            plan["seized_time"] = self._law(task.seized.time, f"{purpose}/seized/time")
            plan["seized_keeps"] = int(task.seized.yields == "keep")
        return plan

    def _part_draw(self, purpose: str, operation: Operation) -> dict[str, Any]:
        """Return what is drawn for the part that an operation takes off.

        Stations that take off the same part draw from one stream: on a line of cars
        in their order, variate n of it is car n's, as ``condition_of`` has it.
        """
        draw = part_draw(self._scenario, operation)
        if draw is None:
            return {}
        plan: dict[str, Any] = {}
        part = draw.part
        if part.missing:
            plan["present"] = 1.0 - part.missing
            plan["present_stream"] = self._laws.shared_stream(draw.purpose("missing"))
        if part.seized is not None:
            plan["seized"] = float(part.seized.probability)
            plan["seized_stream"] = self._laws.shared_stream(draw.purpose("seized"))
            plan["seized_time"] = self._law(part.seized.time, f"{purpose}/seized/time")
            plan["seized_keeps"] = int(part.seized.yields == "keep")
        elif part.corroded is not None and operation.time is not None:
            slow = slowed(operation.time, float(part.corroded.time_factor))
            plan["seized"] = float(part.corroded.probability)
            plan["seized_stream"] = self._laws.shared_stream(draw.purpose("corroded"))
            plan["seized_time"] = self._law(slow, f"{purpose}/corroded/time")
            plan["seized_keeps"] = 1
        return plan

    def _add_needs(self, people: Mapping[str, int]) -> None:
        # Who is rarest first: fewer of the chosen then miss where they are needed.
        for skill in sorted(people, key=lambda s: (self._skilled(s), s)):
            self._rows["needs"].add(what=self._skill_row[skill], count=people[skill])

    def _skilled(self, skill: str) -> int:
        crews = self._scenario.crews.values()
        return sum(crew.count for crew in crews if skill in crew.skills)

    def _add_servers(
        self,
        name: str,
        row: int,
        servers: int,
        work: Mapping[str, Operation],
        failures: Mapping[str, Failure],
        maintenance: Mapping[str, Maintenance],
    ) -> int:
        """Add the servers of a node; return how many ways each has to stand still."""
        first_plan = len(self._rows["mode_plans"])
        for mode_id, failure in failures.items():
            self._rows["mode_plans"].add(
                every=self._law(failure.every, f"{name}/{mode_id}/every"),
                takes=self._law(failure.repair, f"{name}/{mode_id}/repair"),
                busy=int(failure.clock == "busy"),
                first_need=len(self._rows["needs"]),
                n_needs=len(failure.people),
            )
            self._add_needs(failure.people)
        for mode_id, upkeep in maintenance.items():
            self._rows["mode_plans"].add(
                every=self._law(upkeep.every, f"{name}/{mode_id}/every"),
                takes=self._law(upkeep.takes, f"{name}/{mode_id}/takes"),
                waits=1,
                first_need=len(self._rows["needs"]),
                n_needs=len(upkeep.people),
            )
            self._add_needs(upkeep.people)
        mode_ids = [*failures, *maintenance]
        for server in range(servers):
            job = len(self._first["jobs"])
            self._first["jobs"].add(
                node=row,
                server=server,
                part=-1,
                queue_first=-1,
                queue_last=-1,
                last_product=-1,
                clock=self._slot(r.JOB_CLOCK, job),
                setup_left_s=-1.0,
                first_mode=len(self._first["modes"]),
                first_task=len(self._first["tasks"]),
            )
            self._jobs.append((name, server))
            first_op = len(self._rows["ops"]) - len(work)
            for o in range(len(work)):
                op = self._rows["ops"].row(first_op + o)
                skill = -1
                if op["n_needs"] > 0:
                    skill = self._rows["needs"].row(op["first_need"])["what"]
                task = len(self._first["tasks"])
                self._add_task(task, job=job, op=o, mode=-1, skill=skill, priority=0)
            for i, mode_id in enumerate(mode_ids):
                mode = len(self._first["modes"])
                self._first["modes"].add(
                    job=job,
                    plan=first_plan + i,
                    clock=self._slot(r.MODE_CLOCK, mode),
                    task=-1,
                )
                self._modes.append((name, server, mode_id))
        return len(mode_ids)

    def _add_task(self, task: int, **fields: int) -> None:
        self._first["tasks"].add(
            person=-1,
            next=-1,
            prev=-1,
            pause_calendar=-1,
            left_s=-1.0,
            clock=self._slot(r.TASK_CLOCK, task),
            **fields,
        )

    def _add_repair_tasks(self) -> None:
        """Add the repairs behind all operations, where the kernel looks for them."""
        self._n_op_tasks = len(self._first["tasks"])
        for mode in range(len(self._first["modes"])):
            task = len(self._first["tasks"])
            self._first["modes"].change(mode, task=task)
            plan = self._rows["mode_plans"].row(self._first["modes"].row(mode)["plan"])
            skill = -1
            if plan["n_needs"] > 0:
                skill = self._rows["needs"].row(plan["first_need"])["what"]
            self._add_task(
                task, job=-1, op=-1, mode=mode, skill=skill, priority=_REPAIRS_FIRST
            )

    def _buffer(self, name: str, buffer: Buffer) -> dict[str, Any]:
        return {
            "kind": r.BUFFER,
            "room": _room(buffer.capacity),
            "discipline": _DISCIPLINES[buffer.discipline],
            "stay": self._law(buffer.stay, f"{name}/stay"),
            "patience": -1
            if buffer.patience is None
            else self._law(buffer.patience.time, f"{name}/patience"),
            "patience_to": -1
            if buffer.patience is None
            else self._node_row[buffer.patience.to],
        }

    def _belt(self, name: str, row: int, belt: Belt) -> dict[str, Any]:
        return {
            "kind": r.CONVEYOR,
            "servers": 1,
            "room": int(belt.length / belt.pitch + 1e-9),
            "length_s": belt.length / belt.speed,
            "pitch_s": belt.pitch / belt.speed,
            "accumulating": int(belt.accumulating),
            "clock": self._slot(r.BELT_END_CLOCK, row),
            "entry_clock": self._slot(r.BELT_START_CLOCK, row),
            "n_modes": self._add_servers(name, row, 1, {}, belt.failures, {}),
        }

    def _store(self, name: str, row: int, store: Store) -> dict[str, Any]:
        number = self._store_row[name]
        plan: dict[str, Any] = {
            "product": self._product_row[store.product],
            "node": row,
            "lead": -1,
            "clock": self._slot(r.STORE_CLOCK, number),
            "room": _room(store.capacity),
        }
        if store.reorder is not None:
            plan["lead"] = self._law(store.reorder.lead_time, f"{name}/lead_time")
            plan["reorder_at"] = store.reorder.at
            plan["quantity"] = store.reorder.quantity
        self._rows["stores"].add(**plan)
        self._first["stores"].add(stock=store.stock)
        return {"kind": r.STORE, "store": number}

    def _add_people(self) -> None:
        for crew_id, crew in self._scenario.crews.items():
            place = self._place_row.get(f"crews.{crew_id}", -1)
            row = self._rows["crews"].add(
                calendar=self._calendar_row.get(crew.calendar or "", -1),
                place=place,
                first_person=len(self._first["persons"]),
                n_persons=crew.count,
                speed_mps=float(crew.walking_speed or 0.0),
                skills=sum(1 << self._skill_row[skill] for skill in crew.skills),
            )
            for _ in range(crew.count):
                self._first["persons"].add(crew=row, task=-1, next=-1, place=place)
        self._skill_crews: list[int] = []
        for skill in self._skill_row:
            able = [
                (len(crew.skills), self._crew_row[crew_id])
                for crew_id, crew in self._scenario.crews.items()
                if skill in crew.skills
            ]
            self._rows["skill_rows"].add(what=len(self._skill_crews), count=len(able))
            self._skill_crews += [row for _, row in sorted(able)]
            self._first["skills"].add(on_shift=self._skilled(skill))
        for tool in self._scenario.tools.values():
            self._first["tools"].add(free=tool.count, count=tool.count)

    def _add_fleets(self) -> None:
        for fleet_id, fleet in self._scenario.fleets.items():
            home = self._place_row.get(f"fleets.{fleet_id}", -1)
            battery = fleet.battery
            plan: dict[str, Any] = {
                "first_vehicle": len(self._first["vehicles"]),
                "n_vehicles": fleet.count,
                "load": self._law(fleet.load, f"{fleet_id}/load"),
                "unload": self._law(fleet.unload, f"{fleet_id}/unload"),
                "nearest": int(fleet.dispatch == "nearest"),
                "home": home,
                "calendar": self._calendar_row.get(fleet.calendar or "", -1),
                "charger": -1,
                "speed_mps": float(fleet.speed),
                "empty_speed_mps": float(fleet.empty_speed or fleet.speed),
            }
            if battery is not None:
                plan |= {
                    "has_battery": 1,
                    "chargers": battery.chargers,
                    "charger": self._place_row.get(battery.at, -1),
                    "range_m": float(battery.range),
                    "recharge_m": float(battery.range * battery.recharge_at),
                    "charge_s": float(battery.charge_time),
                }
            row = self._rows["fleets"].add(**plan)
            self._first["fleets"].add(wait_first=-1, wait_last=-1, open=1)
            for _ in range(fleet.count):
                vehicle = len(self._first["vehicles"])
                self._first["vehicles"].add(
                    fleet=row,
                    place=home,
                    part=-1,
                    to=-1,
                    clock=self._slot(r.VEHICLE_CLOCK, vehicle),
                    left_m=plan.get("range_m", 0.0),
                )

    def _add_calendars(self) -> None:
        self._followers: tuple[list[int], list[int]] = ([], [])
        for calendar_id, calendar in self._scenario.calendars.items():
            spans_s = open_intervals(
                calendar,
                self._scenario.timezone,
                self._scenario.start,
                0.0,
                self._horizon_s,
            )
            turns_s = spans_s.ravel()
            is_open = len(turns_s) > 0 and turns_s[0] <= 0.0
            turns_s = turns_s[turns_s > 0.0]
            # The horizon cuts the last shift short: that is no closing.
            turns_s = turns_s[turns_s < self._horizon_s]
            nodes = self._calendar_nodes.get(calendar_id, [])
            crews = [
                self._crew_row[crew_id]
                for crew_id, crew in self._scenario.crews.items()
                if crew.calendar == calendar_id
            ]
            row = self._calendar_row[calendar_id]
            self._rows["calendars"].add(
                clock=self._slot(r.CALENDAR_CLOCK, row),
                first_time=len(self._times),
                n_times=len(turns_s),
                first_node=len(self._followers[0]),
                n_nodes=len(nodes),
                first_crew=len(self._followers[1]),
                n_crews=len(crews),
            )
            self._followers[0].extend(nodes)
            self._followers[1].extend(crews)
            self._times.extend(turns_s.tolist())
            self._counts.extend([0] * len(turns_s))
            self._first["calendars"].add(open=int(is_open))
            if not is_open:
                self._begin_closed(calendar_id, nodes, crews)

    def _begin_closed(
        self, calendar_id: str, nodes: list[int], crews: list[int]
    ) -> None:
        for node in nodes:
            self._first["nodes"].change(node, open=0, idle=0)
        for i, (name, _) in enumerate(self._jobs):
            if self._node_row[name] in nodes:
                self._first["jobs"].change(i, state=r.OFF_SHIFT)
        for crew in crews:
            plan = self._rows["crews"].row(crew)
            for i in range(plan["n_persons"]):
                self._first["persons"].change(plan["first_person"] + i, state=r.OFF)
            for skill in range(len(self._skill_row)):
                if plan["skills"] >> skill & 1:
                    there = self._first["skills"].row(skill)["on_shift"]
                    self._first["skills"].change(
                        skill, on_shift=there - plan["n_persons"]
                    )
        for i, fleet in enumerate(self._scenario.fleets.values()):
            if fleet.calendar == calendar_id:
                self._first["fleets"].change(i, open=0)

    def _add_loops(self) -> None:
        for i, loop in enumerate(self._scenario.loops.values()):
            enter = self._node_row[loop.enter]
            leave = self._node_row[loop.leave]
            self._rows["loops"].add(enter=enter, count=loop.count)
            self._first["loops"].add(free=loop.count)
            for row, key in ((enter, "enter_loops"), (leave, "leave_loops")):
                mask = self._rows["nodes"].row(row)[key] | 1 << i
                self._rows["nodes"].change(row, **{key: mask})

    def _link_flexes(self) -> None:
        self._flex_rows: list[int] = []
        for row, routes in self._flexes.items():
            self._rows["nodes"].change(
                row, first_flex=len(self._flex_rows), n_flex=len(routes)
            )
            self._flex_rows.extend(routes)

    def _finished(self, seed: int) -> Plant:
        laws = self._laws.finish(seed)
        integers = {
            "route_of": self._route_of.ravel(),
            "way_of": self._ways(),
            "op_times": np.array(self._op_times, np.int64).ravel(),
            "setups": np.array(self._setups, np.int64),
            "skill_crews": np.array(self._skill_crews, np.int64),
            "calendar_nodes": np.array(self._followers[0], np.int64),
            "calendar_crews": np.array(self._followers[1], np.int64),
            "flexes": np.array(self._flex_rows, np.int64),
            "counts": np.array(self._counts, np.int64),
        }
        tables: dict[str, Table] = {
            **{name: rows.array() for name, rows in self._rows.items()},
            **{name: np.ascontiguousarray(table) for name, table in integers.items()},
            "times": np.array(self._times, np.float64),
            "distances": np.ascontiguousarray(self._distances).ravel(),
            "laws": laws.laws,
            "numbers": laws.numbers,
        }
        first = {name: rows.array() for name, rows in self._first.items()}
        n_jobs, n_nodes = len(first["jobs"]), len(first["nodes"])
        counts = {
            "n_nodes": n_nodes,
            "n_jobs": n_jobs,
            "n_products": len(first["products"]),
            "n_skills": len(first["skills"]),
            "n_crews": len(self._rows["crews"]),
            "n_persons": len(first["persons"]),
            "n_fleets": len(first["fleets"]),
            "n_vehicles": len(first["vehicles"]),
            "n_stores": len(first["stores"]),
            "n_tools": len(first["tools"]),
            "n_loops": len(first["loops"]),
            "n_calendars": len(first["calendars"]),
            "n_modes": len(first["modes"]),
            "n_slots": len(self._rows["slots"]),
            "n_places": len(self._place_row),
            "n_op_tasks": self._n_op_tasks,
            "n_routes": len(first["routes"]),
            "n_initials": len(self._rows["initials"]),
            "most_new": self._most_new,
            "log_margin": 1024 + 16 * (n_nodes + n_jobs + self._most_new),
        }
        return Plant(
            name=self._scenario.name,
            seed=seed,
            horizon_s=self._horizon_s,
            tables=tables,
            counts=counts,
            streams=laws.streams,
            names=self._names(),
            first=first,
        )

    def _ways(self) -> Table:
        """Return where each product goes from each node, -1 where it has a choice."""
        ways = np.full(self._route_of.size, -1, np.int64)
        for place, route in enumerate(self._route_of.ravel()):
            row = self._rows["routes"].row(int(route)) if route >= 0 else None
            if row is not None and row["n_rows"] == 1:
                ways[place] = self._rows["route_rows"].row(row["first_row"])["to"]
        return ways

    def _point_ahead(self) -> None:
        """Say of each operation's clock which rows its event will touch."""
        ways = self._ways().reshape(self._route_of.shape)
        for task in range(self._n_op_tasks):
            fields = self._first["tasks"].row(task)
            node = self._first["jobs"].row(fields["job"])["node"]
            known = ways[node][ways[node] >= 0]
            first_op = self._rows["nodes"].row(node)["first_op"]
            law = max(self._op_times[first_op + fields["op"]])
            self._rows["slots"].change(
                fields["clock"],
                job=fields["job"],
                node=node,
                op=first_op + fields["op"],
                next_node=int(known[0]) if len(known) else -1,
                law=law,
                stream=self._laws.stream_of(law),
            )

    def _mark_plain(self) -> None:
        """Mark what needs nothing but time, and nodes that ask for nothing but room."""
        for row in range(len(self._rows["ops"])):
            op = self._rows["ops"].row(row)
            asks = op["n_needs"] + op["n_uses"] + op["n_takes"]
            always = op["present"] >= 1.0 and min(self._op_times[row], default=-1) >= 0
            plain = 0 if asks else 1 + int(always)
            self._rows["ops"].change(row, plain=plain)
        for row in range(len(self._rows["nodes"])):
            node = self._rows["nodes"].row(row)
            bounded = node["kind"] in (r.STATION, r.BUFFER, r.SINK)
            plain = bounded and node["n_inputs"] == 0 and node["enter_loops"] == 0
            changes = node["n_inputs"] + node["consumed"] + node["together"]
            as_it_came = changes == 0 and node["becomes"] < 0
            self._rows["nodes"].change(
                row, plain_room=int(plain), plain_end=int(as_it_came)
            )

    def _names(self) -> Names:
        scenario = self._scenario
        return Names(
            nodes=tuple(self._nodes),
            products=tuple(self._product_row),
            operations=tuple(self._operations),
            jobs=tuple(self._jobs),
            modes=tuple(self._modes),
            skills=tuple(self._skill_row),
            crews=tuple(scenario.crews),
            fleets=tuple(scenario.fleets),
            stores=tuple(scenario.stores),
            tools=tuple(scenario.tools),
            loops=tuple(scenario.loops),
            calendars=tuple(scenario.calendars),
        )
