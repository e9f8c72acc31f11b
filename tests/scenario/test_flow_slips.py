"""Each slip in what flows is named with its line, its path and the way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from twin.scenario import read_scenario

Refuse = Callable[[str, str, str], tuple[str, str]]

PLANT = """\
name: plant
title: {en: Plant, fr: Usine}
start: 2026-01-05T06:00:00
products:
  car: {priority: 1}
  van: {}
  door: {}
  kit: {}
sources:
  gate:
    mix: {car: 0.75, van: 0.25}
    every: {law: exponential, mean: 10 min}
    calendar: day
    next: lot
  yard:
    product: kit
    timetable: [{at: "08:00", count: 5, days: mon-fri}]
    next: kits
buffers:
  lot: {capacity: 20, discipline: priority, initial: {car: 2}, next: strip}
stations:
  strip:
    queue: 4
    calendar: day
    scrap: heap
    failures:
      jam:
        every: {law: weibull, shape: 2, scale: 9 h}
        clock: busy
        repair: 1 h
        people: {fitter: 1}
    next: {among: {fit: 0.9, strip: 0.1}}
    operations:
      open:
        do: task
        time: {law: triangular, low: 1 min, mode: 2 min, high: 4 min}
        people: {fitter: 2}
      door:
        do: task
        time_by_product: {car: 3 min, van: 5 min}
        after: [open]
        uses: {crane: 1}
        takes: {kits: 1}
        on_failure: scrap
        yields: {door: {to: belt, count: 4, present: 0.9}}
      glass:
        do: task
        time: {law: discrete, values: [1 min, 9 min], probabilities: [0.8, 0.2]}
        after_any: [open, door]
        seized: {probability: 0.1, time: 8 min, yields: lose}
        only: [van]
  fit:
    queue: 6
    discipline: priority
    preemptive: true
    time: 2 min
    becomes: van
    patience: {time: 2 h, to: heap}
    setup: {time: 1 min, from_to: {car: {van: 3 min}}}
    moved_by: carts
    place: {x: 0 m, y: 0 m}
    next: out
  pair:
    assembly: {door: 2, kit: 1}
    makes: kit
    time: 4 min
    next: heap
conveyors:
  belt: {length: 10 m, speed: 0.2 m/s, pitch: 1 m, next: pair}
stores:
  kits:
    product: kit
    capacity: 50
    stock: 9
    reorder: {at: 2, quantity: 10, lead_time: 2 h}
sinks:
  out: {place: {x: 9 m, y: 0 m}}
  heap: {}
  # Somebody carries kits by hand.
tools:
  crane: {count: 1}
crews:
  early: {count: 2, skills: [fitter], calendar: day}
  late: {count: 1, skills: [fitter, driver], calendar: day}
calendars:
  day:
    week: {mon-fri: ["06:00-13:30"], sat: ["06:00-12:00"]}
    breaks: ["09:00-09:15"]
    holidays: france
    closed: [{from: 2026-08-03, to: 2026-08-23}]
    open: [{date: 2026-05-01, hours: ["06:00-12:00"]}]
fleets:
  carts:
    count: 2
    speed: 1 m/s
    home: out
    battery: {range: 5 km, charge_time: 1 h, at: out}
aisles:
  points: {a: {x: 0 m, y: 0 m}, b: {x: 9 m, y: 0 m}}
  links: [[a, b]]
loops:
  pallets: {count: 8, enter: strip, leave: fit}
run: {until: 1000 h, warm_up: 10 h, half_width: 0.01}
"""
# The yard's kits go to the store, and on foot to where pairs are made.
PLANT = PLANT.replace("next: kits\n", "next: {among: {kits: 0.5, pair: 0.5}}\n", 1)

STRIP = "stations.strip"
DOOR = f"{STRIP}.operations.door"
OPEN = f"{STRIP}.operations.open"
GLASS = f"{STRIP}.operations.glass"
WEEK = 'week: {mon-fri: ["06:00-13:30"], sat: ["06:00-12:00"]}'


@dataclass(frozen=True)
class Slip:
    """A change to the plant; "|" in ``new`` begins the line to be named."""

    old: str
    new: str
    path: str
    found: str


LAWS = [
    ("9", "", "got 9 without a unit; write such as '40 min'"),
    ("-2 min", "", "got -2 min; give at least 0 s"),
    ("3 m", "", "'m' is no unit of time; write such as '40 min'"),
    ("[2 min]", "", "got \"['2 min']\"; give time with its unit"),
    ("{mean: 2 min}", "", "key 'law' is missing; add it"),
    ("{law: gauss, mean: 2 min}", "", "law: got 'gauss'; give one of 'constant', "),
    ("{law: beta, low: 0 s, high: 9 s, alpha: 2}", "", "key 'beta' is missing; add"),
    ("{law: exponential, mean: 2 s, sd: 1 s}", ".sd", "unknown key 'sd'; remove it"),
    ("{law: exponential, mean: 2 s, source: me}", "", "got source alone; give source"),
    ("{law: empirical, file: a.csv}", "", "key 'unit' is missing; add it"),
    ("{law: normal, mean: 1 s, sd: 1 s, low: 2 h}", "", "mean 1 s and sd 1 s hardly"),
    ("{value: 2 min, source: me}", ".value", "got keys value, source; give value, "),
    ("{law: beta, low: 0 s, high: 9 s, alpha: 2, beta: x}", ".beta", "got 'x'; give a"),
    ("{law: exponential, mean: 0 s}", ".mean", "got 0 s; give a value above 0 s"),
    ("{law: uniform, low: 3 s, high: 3 s}", ".high", "got 3 s; give more than the low"),
    ("{law: triangular, low: 3 s, mode: 2 s, high: 9 s}", ".mode", "got 2 s; give at "),
    ("{law: triangular, low: 3 s, mode: 8 s, high: 7 s}", ".high", "got 7 s; give at "),
    ("{law: beta, low: 9 s, high: 8 s, alpha: 1, beta: 1}", ".high", "got 8 s; give "),
    ("{law: erlang, mean: 3 s, shape: 1.5}", ".shape", "got 1.5; give a whole number"),
    (
        "{law: weibull, scale: 3 s, shape: 0}",
        ".shape",
        "got 0; give a number from 0.05",
    ),
    ("{law: empirical, file: a.csv, unit: m}", ".unit", "'m' is no unit of time; "),
    (
        "{law: discrete, values: [1 s, 2 s], probabilities: [0.5, 0.6]}",
        ".probabilities",
        "sum to 1.1; make them sum to 1",
    ),
    (
        "{law: discrete, values: [1 s, 2 s], probabilities: [0.5, 0.5000000011]}",
        ".probabilities",
        "sum to 1.000000001; make them sum to 1",
    ),
    (
        "{law: hyperexponential, means: [1 s, 2 s], probabilities: [1]}",
        ".probabilities",
        "got 1 for 2 means; give one each",
    ),
    (
        "{law: discrete, values: [1 s, -2 s], probabilities: [0.5, 0.5]}",
        ".values[1]",
        "got -2 s; give at least 0 s",
    ),
]

SLIPS = [
    # Ways
    Slip("next: lot", "|next: loft", "sources.gate.next", "no node 'loft'; known: bel"),
    Slip(
        "next: lot", "|next: yard", "sources.gate.next", "'yard' is a source, which n"
    ),
    Slip(
        "next: lot", "|next: [lot]", "sources.gate.next", "got ['lot']; give a node, "
    ),
    Slip("    next: lot\n", "", "sources.gate", "leads nowhere: key 'next' is missing"),
    Slip(", next: strip}", "|}", "buffers.lot", "leads nowhere: key 'next' is missing"),
    Slip(
        "{among: {fit: 0.9, strip: 0.1}}",
        "|{among: {fit: 0.9, strip: 0.2}}",
        f"{STRIP}.next",
        "probabilities sum to 1.1; make them sum to 1",
    ),
    Slip(
        "{among: {fit: 0.9, strip: 0.1}}",
        "|{among: {fit: 0.9, strop: 0.1}}",
        f"{STRIP}.next.among.strop",
        "no node 'strop'; known: ",
    ),
    Slip(
        "{among: {fit: 0.9, strip: 0.1}}",
        "|{among: {fit: 1.9, strip: 0.1}}",
        f"{STRIP}.next.among.fit",
        "got 1.9; give a number from 0 to 1",
    ),
    Slip(
        "{among: {fit: 0.9, strip: 0.1}}",
        "|{among: [fit, strip]}",
        f"{STRIP}.next",
        "a list of nodes says not how to choose; give probabilities, or choose: ",
    ),
    Slip(
        "{among: {fit: 0.9, strip: 0.1}}",
        "|{among: [fit, fit], choose: round_robin}",
        f"{STRIP}.next",
        "names a node twice; name each once",
    ),
    Slip(
        "{among: {fit: 0.9, strip: 0.1}}",
        "|{among: {}}",
        f"{STRIP}.next",
        "leads to no node; name one",
    ),
    Slip(
        "{among: {fit: 0.9, strip: 0.1}}",
        "|{among: {fit: 0.9, strip: 0.1}, choose: round_robin}",
        f"{STRIP}.next",
        "choose: round_robin asks for no probabilities; give a list",
    ),
    Slip(
        "{among: {fit: 0.9, strip: 0.1}}",
        "|{among: fit}",
        f"{STRIP}.next.among",
        "is no choice; give nodes with their probabilities, or a list of nodes",
    ),
    Slip(
        "next: {among: {fit: 0.9, strip: 0.1}}",
        "|next: strip",
        f"{STRIP}.next",
        "from 'strip' no way leads to a sink or a store; add one",
    ),
    Slip(
        "next: {among: {fit: 0.9, strip: 0.1}}",
        "|next: {among: {fit: 0, strip: 1}}",
        f"{STRIP}.next",
        "from 'strip' no way leads to a sink or a store; add one",
    ),
    Slip(
        "next: {among: {fit: 0.9, strip: 0.1}}",
        "next_by_product: {van: fit}",
        f"{STRIP}.next_by_product",
        "no way for 'car', which comes here; add it, or next",
    ),
    Slip(
        "next: {among: {fit: 0.9, strip: 0.1}}",
        "next: fit\n|    next_by_product: {bus: fit}",
        f"{STRIP}.next_by_product.bus",
        "no product 'bus'; known: car, door, kit, van",
    ),
    Slip("moved_by: carts", "|moved_by: agvs", "stations.fit.moved_by", "no fleet 'ag"),
    Slip(
        "  out: {place: {x: 9 m, y: 0 m}}",
        "  out: {}",
        "stations.fit.next",
        "'out' has no place, so the way has no length; give it one",
    ),
    # Nodes
    Slip(
        "  belt: {len", "|  fit: {len", "conveyors.fit", "stations has 'fit' too; cho"
    ),
    Slip("  heap: {}", "|  Heap: {}", "sinks.Heap", "'Heap' is no id; give a lower-ca"),
    Slip(
        "pitch: 1 m", "|pitch: 11 m", "conveyors.belt.pitch", "of 11 m leaves no room"
    ),
    Slip("length: 10 m, ", "", "conveyors.belt", "key 'length' is missing; add it"),
    Slip(
        "capacity: 20", "|capacity: many", "buffers.lot.capacity", "got 'many'; give "
    ),
    Slip(
        "capacity: 20", "|capacity: -1", "buffers.lot.capacity", "got -1; give a whol"
    ),
    Slip("{car: 2}", "|{bus: 2}", "buffers.lot.initial.bus", "no product 'bus'; known"),
    Slip(
        "product: kit\n    cap",
        "|product: nut\n    cap",
        "stores.kits.product",
        "no product 'n",
    ),
    Slip(
        "product: kit\n    cap",
        "|product: van\n    cap",
        "stores.kits.product",
        "is 'van', but 'kit' comes here; mend the way",
    ),
    # Sources
    Slip(
        "car: 0.75", "|car: 0.8", "sources.gate.mix", "shares sum to 1.05; make them "
    ),
    Slip(
        "{car: 0.75", "|{bus: 0.75", "sources.gate.mix.bus", "no product 'bus'; known"
    ),
    Slip(
        "    mix: {car: 0.75, van: 0.25}\n",
        "    product: car\n|    mix: {car: 0.75, van: 0.25}\n",
        "sources.gate.mix",
        "stands beside product; give one of them",
    ),
    Slip(
        "    mix: {car: 0.75, van: 0.25}\n",
        "",
        "sources.gate",
        "key 'product' or 'mix' is missing; add it",
    ),
    Slip(
        "    every: {law: exponential, mean: 10 min}\n",
        "",
        "sources.gate",
        "key 'every' or 'timetable' is missing; say when parts come",
    ),
    Slip(
        "    product: kit\n",
        "    product: kit\n    every: 1 h\n|",
        "sources.yard.timetable",
        "stands beside every; give one of them",
    ),
    Slip('"08:00"', '|"8h"', "sources.yard.timetable[0].at", "got '8h'; give a local "),
    Slip(
        "days: mon-fri", "|days: weekdays", "sources.yard.timetable[0].days", "got 'we"
    ),
    Slip(
        "every: {law: exponential, mean: 10 min}",
        "|every: 0 s\n    when_full: reject",
        "sources.gate.every",
        "is 0 s, so that parts come without end at one time; set when_full: wait, or ",
    ),
    Slip(
        "    every: {law: exponential, mean: 10 min}\n    calendar: day\n    next: lot",
        "|    every: 0 s\n    next: out",
        "sources.gate.every",
        "is 0 s, so that parts come without end at one time; limit the room of 'out'",
    ),
    # Stations
    Slip(
        "    time: 2 min\n", "", "stations.fit", "key 'time' or 'operations' is missi"
    ),
    Slip(
        "    scrap: heap\n",
        "    scrap: heap\n|    time: 2 min\n",
        f"{STRIP}.time",
        "is for a station without operations; move it into one of them",
    ),
    Slip(
        "    scrap: heap\n", "    scrap: hoop\n", f"{STRIP}.scrap", "no node 'hoop'; "
    ),
    Slip(
        "    scrap: heap\n",
        "",
        f"{DOOR}.on_failure",
        "scraps parts, and the station says not where to; give scrap: a node",
    ),
    Slip(
        "discipline: priority\n    preemptive",
        "discipline: fifo\n|    preemptive",
        "stations.fit.preemptive",
        "goes by priority; set discipline: priority",
    ),
    Slip(
        "    scrap: heap\n",
        "    scrap: heap\n    discipline: priority\n|    preemptive: true\n",
        f"{STRIP}.preemptive",
        "3 operations; only one can be interrupted",
    ),
    Slip(
        "becomes: van", "|becomes: bus", "stations.fit.becomes", "no product 'bus'; k"
    ),
    Slip(
        "becomes: van", "|makes: van", "stations.fit.makes", "needs assembly beside it"
    ),
    Slip(
        "    becomes: van\n",
        "    consumed: true\n",
        "stations.fit.next",
        "is of a part that leaves; here it is consumed: drop either",
    ),
    Slip(
        "    makes: kit\n", "", "stations.pair.assembly", "needs makes beside it; add "
    ),
    Slip(
        "{door: 2,", "|{doors: 2,", "stations.pair.assembly.doors", "no product 'door"
    ),
    Slip(
        "{door: 2, kit: 1}",
        "{door: 2, kit: 1, car: 1}",
        "stations.pair.assembly.car",
        "no 'car' ever comes here, and the others wait for it; lead some here",
    ),
    Slip(
        "{door: 2, kit: 1}",
        "{door: 2}",
        "stations.pair.assembly",
        "takes no 'kit', which comes here; takes: door",
    ),
    Slip(
        "time: 2 min\n    becomes",
        "time: 2 min\n|    batch: {least: 5, most: 4}\n    becomes",
        "stations.fit.batch.least",
        "of 5 never comes together; give at most 4, which is most",
    ),
    Slip(
        "to: heap}\n",
        "|to: hoop}\n",
        "stations.fit.patience.to",
        "no node 'hoop'; known: ",
    ),
    Slip(
        "{car: {van: 3 min}}",
        "|{car: {bus: 3 min}}",
        "stations.fit.setup.from_to.car.bus",
        "no product 'bus'; known: ",
    ),
    Slip(
        "time: 2 min\n    becomes",
        "time: 2 min\n|    product: car\n    becomes",
        "stations.fit.product",
        "is 'car', but 'van' comes here; mend the way",
    ),
    Slip(
        "clock: busy", "|clock: stopped", f"{STRIP}.failures.jam.clock", "got 'stopped"
    ),
    Slip(
        "every: {law: weibull, shape: 2, scale: 9 h}",
        "|every: 0 s",
        f"{STRIP}.failures.jam.every",
        "is 0 s, so that it never ends; give a time",
    ),
    Slip(
        "pitch: 1 m,",
        "pitch: 1 m, failures: {tear: {every: 1 h, clock: busy, repair: 1 h}},",
        "conveyors.belt.failures.tear.clock",
        "busy is for stations; a conveyor fails by calendar",
    ),
    # Operations
    Slip(
        "{car: 3 min, van: 5 min}",
        "|{car: 3 min}",
        f"{DOOR}.time_by_product",
        "no time for 'van', which comes here; add it, or time",
    ),
    Slip(
        "        time_by_product: {car: 3 min, van: 5 min}\n",
        "",
        DOOR,
        "key 'time' is missing; flow needs it",
    ),
    Slip(
        "after: [open]", "|after: [opn]", f"{DOOR}.after[0]", "no operation 'opn'; kn"
    ),
    Slip(
        "after_any: [open, door]",
        "|after_any: [open, dor]",
        f"{GLASS}.after_any[1]",
        "no operation 'dor'; known: door, glass, open",
    ),
    Slip(
        "after_any: [open, door]",
        "|after_any: [glass]",
        f"{GLASS}.after_any",
        "glass wait for each other; break the circle",
    ),
    Slip(
        "        people: {fitter: 2}\n",
        "        people: {fitter: 2}\n|        after_any: [door, glass]\n",
        f"{OPEN}.after_any",
        "open, door, glass wait for each other; break the circle",
    ),
    Slip(
        "only: [van]", "|only: [bus]", f"{GLASS}.only[0]", "no product 'bus'; known: "
    ),
    Slip(
        "yields: lose", "|yields: burn", f"{GLASS}.seized.yields", "got 'burn'; give "
    ),
    Slip(
        "probability: 0.1", "|probability: 2", f"{GLASS}.seized.probability", "got 2; "
    ),
    Slip(
        "{door: {to: belt", "|{lid: {to: belt", f"{DOOR}.yields.lid", "no product 'li"
    ),
    Slip("to: belt", "|to: bolt", f"{DOOR}.yields.door.to", "no node 'bolt'; known: "),
    Slip("{to: belt, ", "|{", f"{DOOR}.yields.door", "key 'to' is missing; add it"),
    Slip(
        "present: 0.9", "|present: 9", f"{DOOR}.yields.door.present", "got 9; give a n"
    ),
    Slip(
        "count: 4", "|count: 0", f"{DOOR}.yields.door.count", "got 0; give at least 1"
    ),
    Slip("{kits: 1}", "|{kit: 1}", f"{DOOR}.takes.kit", "no store 'kit'; known: kits"),
    Slip(
        "{kits: 1}",
        "|{kits: 51}",
        f"{DOOR}.takes.kits",
        "51 at once, but 'kits' holds 50; take fewer, or hold more",
    ),
    Slip(
        "uses: {crane: 1}", "|uses: {hoist: 1}", f"{DOOR}.uses.hoist", "no tool 'hois"
    ),
    Slip(
        "uses: {crane: 1}",
        "|uses: {crane: 2}",
        f"{DOOR}.uses.crane",
        "2 of 'crane', but there are 1; ask for fewer, or have more",
    ),
    # People
    Slip(
        "people: {fitter: 2}",
        "|people: {welder: 2}",
        f"{OPEN}.people.welder",
        "no crew with the skill 'welder'; known: driver, fitter",
    ),
    Slip(
        "people: {fitter: 2}",
        "|people: {fitter: 4}",
        f"{OPEN}.people.fitter",
        "4 with 'fitter', but the crews have 3; ask for fewer, or have more",
    ),
    Slip(
        "people: {fitter: 2}",
        "|people: {fitter: 3, driver: 1}",
        f"{OPEN}.people.fitter",
        "4 with 'fitter' or 'driver', but the crews have 3; ask for fewer, or have",
    ),
    Slip(
        "people: {fitter: 1}",
        "|people: {fitter: 4}",
        f"{STRIP}.failures.jam.people.fitter",
        "4 with 'fitter', but the crews have 3",
    ),
    Slip(
        "skills: [fitter],", "|skills: [],", "crews.early.skills", "got []; give at l"
    ),
    Slip(
        "count: 2, skills", "|count: 0, skills", "crews.early.count", "got 0; give at "
    ),
    Slip(
        "skills: [fitter], calendar: day",
        "|skills: [fitter], calendar: night",
        "crews.early.calendar",
        "no calendar 'night'; known: day",
    ),
    Slip(
        "    queue: 4\n    calendar: day",
        "    queue: 4\n|    calendar: night",
        f"{STRIP}.calendar",
        "no calendar 'night'; known: day",
    ),
    # Calendars
    Slip(
        WEEK,
        "|week: {mon-fry: []}",
        "calendars.day.week.mon-fry",
        "got 'mon-fry'; give days such as mon-fri, sat, or 'mon, wed'",
    ),
    Slip(
        WEEK,
        '|week: {mon-fri: ["06:00-13:30"], fri: []}',
        "calendars.day.week",
        "fri comes twice; give each day once",
    ),
    Slip(
        WEEK,
        "|week: {mon: [6-13]}",
        "calendars.day.week.mon[0]",
        "got '6-13'; give hours such as '06:00-13:30'",
    ),
    Slip(
        WEEK,
        '|week: {mon: ["06:00-25:00"]}',
        "calendars.day.week.mon[0]",
        "got '06:00-25:00'; give hours such as '06:00-13:30'",
    ),
    Slip(
        WEEK,
        '|week: {mon: ["06:00-06:00"]}',
        "calendars.day.week.mon[0]",
        "got '06:00-06:00', which lasts no time; move either end",
    ),
    Slip(
        "holidays: france",
        "|holidays: germany",
        "calendars.day.holidays",
        "is not known; give france, or a list of dates",
    ),
    Slip(
        "holidays: france",
        "|holidays: ['2026-13-01']",
        "calendars.day.holidays[0]",
        "got '2026-13-01'; give a date such as 2026-08-03",
    ),
    Slip(
        "to: 2026-08-23",
        "|to: 2026-08-02",
        "calendars.day.closed[0].to",
        "2026-08-02 is before from, 2026-08-03; swap them",
    ),
    Slip(
        "{from: 2026-08-03, ", "|{", "calendars.day.closed[0]", "key 'from' is missing"
    ),
    Slip(
        '[{date: 2026-05-01, hours: ["06:00-12:00"]}]',
        "|[{date: 2026-05-01, hours: []}, {date: 2026-05-01, hours: []}]",
        "calendars.day.open[1].date",
        "2026-05-01 comes twice; give it once",
    ),
    Slip(
        f'    {WEEK}\n    breaks: ["09:00-09:15"]\n    holidays: france\n'
        "    closed: [{from: 2026-08-03, to: 2026-08-23}]\n"
        '    open: [{date: 2026-05-01, hours: ["06:00-12:00"]}]\n',
        "|    week: {mon-sun: []}\n    open: [{date: 2026-05-01, hours: []}]\n",
        "calendars.day.week",
        "is never open; give hours",
    ),
    # Fleets, aisles, loops, run
    Slip(
        "home: out", "|home: shed", "fleets.carts.home", "no node 'shed'; known: belt"
    ),
    Slip(
        "home: out", "|home: heap", "fleets.carts.home", "'heap' has no place, so the"
    ),
    Slip(
        "home: out", "|home: 3", "fleets.carts.home", "is no place; give a node, or x"
    ),
    Slip(
        "at: out}", "|at: heap}", "fleets.carts.battery.at", "'heap' has no place, so"
    ),
    Slip(
        "charge_time: 1 h,",
        "|charge_time: 1 h, recharge_at: 1,",
        "fleets.carts.battery.recharge_at",
        "of 1 means charging for ever; give less",
    ),
    Slip("[[a, b]]", "|[[a, c]]", "aisles.links[0][1]", "no point 'c'; known: a, b"),
    Slip(
        "[[a, b]]", "|[[a, a]]", "aisles.links[0]", "leads from 'a' to itself; drop it"
    ),
    Slip(
        "enter: strip", "|enter: strop", "loops.pallets.enter", "no node 'strop'; kno"
    ),
    Slip("enter: strip", "|enter: gate", "loops.pallets.enter", "'gate' is a source, "),
    Slip(
        "leave: fit",
        "|leave: lot",
        "loops.pallets.leave",
        "no way leads from 'strip' to 'lot', so tokens never come back; mend either",
    ),
    Slip(
        "warm_up: 10 h", "|warm_up: soon", "run.warm_up", "got 'soon'; give time with "
    ),
    Slip(
        "warm_up: 10 h", "|warm_up: 1000 h", "run.warm_up", "of 3.6e+06 s leaves noth"
    ),
    Slip(
        "until: 1000 h", "|until: 0 s", "run.until", "got 0 s; give a value above 0 s"
    ),
    Slip(
        "half_width: 0.01", "|half_width: 0", "run.half_width", "of 0 is never reached"
    ),
]


def test_the_plant_is_sound() -> None:
    scenario = read_scenario(PLANT)
    assert len(scenario.nodes()) == 10


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.path)
def test_a_slip_is_named_where_it_stands(refuse: Refuse, slip: Slip) -> None:
    path, found = refuse(PLANT, slip.old, slip.new)
    assert path == slip.path
    assert found.startswith(slip.found)


@pytest.mark.parametrize(("law", "key", "wanted"), LAWS)
def test_a_slip_in_a_law_is_named_by_its_key(
    refuse: Refuse, law: str, key: str, wanted: str
) -> None:
    path, found = refuse(PLANT, "    time: 2 min\n", f"|    time: {law}\n")
    assert path == f"stations.fit.time{key}"
    assert found.startswith(wanted)


def test_what_waits_for_an_empty_store_is_refused(refuse: Refuse) -> None:
    """A store that nothing fills starves the operation that takes from it."""
    text = PLANT.replace("{among: {kits: 0.5, pair: 0.5}}", "pair").replace(
        "    reorder: {at: 2, quantity: 10, lead_time: 2 h}\n", ""
    )
    assert read_scenario(text).stores["kits"].stock == 9
    path, found = refuse(text, "    stock: 9\n", "")
    assert path == f"{DOOR}.takes.kits"
    assert found.startswith("'kits' is empty and nothing fills it; give it stock, ")


def test_parts_of_a_closed_network_may_go_round_for_ever() -> None:
    head, _, rest = PLANT.partition("sources:")
    assert rest
    ring = (
        "stations:\n"
        "  a: {time: 1 min, initial: {car: 3}, next: b}\n"
        "  b: {time: 1 min, next: a}\n"
    )
    assert set(read_scenario(head + ring).nodes()) == {"a", "b"}
