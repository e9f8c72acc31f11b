"""Each slip in the shipped cell is named with its line, its path and the way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from twin.errors import ScenarioError
from twin.scenario import read_scenario

Refuse = Callable[[str, str, str], tuple[str, str]]

UNSCREW = "stations.battery_removal.operations.unscrew"
RECEIVE = "stations.battery_removal.operations.receive"
POWER_OFF = "stations.battery_removal.operations.twelve_volt_off"
COOLANT = "stations.battery_removal.operations.coolant_out"
FAULT = "faults:\n  - {kind: %s}\n"


@dataclass(frozen=True)
class Slip:
    """A change to the shipped text; "|" in ``new`` begins the line to be named."""

    old: str
    new: str
    path: str
    found: str


SLIPS = [
    # Keys
    Slip("  rate: 240 Hz", "|  rat: 240 Hz", "physics.rat", "unknown key 'rat'; "),
    Slip("seed: 1\n", "|sead: 1\n", "sead", "unknown key 'sead'; remove it or check "),
    Slip(
        "      thread: M12\n",
        "      thread: M12\n|      colour: red\n",
        "products.hatchback_ev.fastener.colour",
        "unknown key 'colour'; remove it or check the spelling",
    ),
    Slip(
        "      thread: M12\n",
        "",
        "products.hatchback_ev.fastener",
        "key 'thread' is missing; add it",
    ),
    Slip(
        "    kind: rack\n",
        "",
        "equipment.rack",
        "key 'kind' is missing; add it",
    ),
    Slip(
        "  rack:\n    kind: rack\n",
        "|  rack:\n    kind: shelf\n",
        "equipment.rack",
        "kind: got 'shelf'; give one of 'fixture', 'container', ",
    ),
    Slip(
        "        do: convey_in\n",
        "",
        RECEIVE,
        "key 'do' is missing; add it",
    ),
    Slip(
        "      receive:\n        do: convey_in\n",
        "|      receive:\n        do: teleport\n",
        RECEIVE,
        "do: got 'teleport'; give one of 'convey_in', 'convey_out', ",
    ),
    Slip("engine: physics", "|engine: magic", "engine", "got 'magic'; give 'flow' or"),
    Slip("name: battery_cell", "|name: Cell 1", "name", "got 'Cell 1'; give a lower-"),
    Slip("seed: 1\n", "|seed: -1\n", "seed", "got -1; give at least 0"),
    Slip("seed: 1\n", "|seed: 1.5\n", "seed", "got 1.5; give a whole number"),
    # Quantities
    Slip(
        "    slack: 15 mm", "|    slack: 15", "equipment.lift.slack", "got 15 without"
    ),
    Slip(
        "    slack: 15 mm",
        "|    slack: 15 s",
        "equipment.lift.slack",
        "'s' is no unit of length; write such as '250 mm'",
    ),
    Slip(
        "    slack: 15 mm",
        "|    slack: -15 mm",
        "equipment.lift.slack",
        "got -15 mm; give a value above 0 m",
    ),
    Slip(
        "    slack: 15 mm",
        "|    slack: 9**9**9 m",
        "equipment.lift.slack",
        "got '9**9**9 m'; give length with its unit, such as '250 mm'",
    ),
    Slip(
        "    slack: 15 mm",
        "|    slack: .nan",
        "equipment.lift.slack",
        "got nan without a unit; write such as '250 mm'",
    ),
    Slip(
        "    slack: 15 mm",
        "|    slack: 1e99 m",
        "equipment.lift.slack",
        "got 1e99 m; give at most 100000 m",
    ),
    Slip(
        "    slack: 15 mm",
        "|    slack: {value: 15 mm, source: ruler, confidence: D}",
        "equipment.lift.slack",
        "confidence: got 'D'; give A (published), B (derived) or C (assumed)",
    ),
    Slip(
        "    slack: 15 mm",
        "|    slack: {value: 15 mm, source: '', confidence: C}",
        "equipment.lift.slack",
        "source: got ''; say where the value comes from",
    ),
    Slip(
        "    slack: 15 mm",
        "|    slack: {value: 15 mm, confidence: C}",
        "equipment.lift.slack",
        "got keys value, confidence; give value, source and confidence",
    ),
    Slip(
        "      turns: {value: 10,",
        "|      turns: {value: 10 s,",
        "products.hatchback_ev.fastener.turns",
        "got '10 s'; give a number without a unit",
    ),
    Slip(
        "      turns: {value: 10,",
        "|      turns: {value: .nan,",
        "products.hatchback_ev.fastener.turns",
        "got nan; give a number from 0.1 to 200",
    ),
    Slip(
        "value: 326 kg",
        "|value: 1600 kg",
        "products.hatchback_ev.pack_mass",
        "1600 kg is not less than the whole's 1502 kg; mend either",
    ),
    # Time
    Slip(
        "timezone: Europe/Paris",
        "|timezone: Europe/Flins",
        "timezone",
        "got 'Europe/Flins'; give an IANA name such as 'Europe/Paris'",
    ),
    Slip(
        "timezone: Europe/Paris",
        "|timezone: ../../etc/passwd",
        "timezone",
        "got '../../etc/passwd'; give an IANA name",
    ),
    Slip("timezone: Europe/Paris", "|timezone: Europe", "timezone", "got 'Europe'; "),
    Slip(
        "start: 2026-01-05T06:00:00",
        "|start: 2026-03-29T02:30:00",
        "start",
        "2026-03-29 02:30:00 does not exist in Europe/Paris, where clocks skip it; "
        "give 2026-03-29 03:30:00 or another time",
    ),
    Slip(
        "start: 2026-01-05T06:00:00",
        "|start: 2026-10-25T02:30:00",
        "start",
        "2026-10-25 02:30:00 comes twice in Europe/Paris, when clocks are set back; "
        "give a time before or after that hour",
    ),
    Slip(
        "start: 2026-01-05T06:00:00",
        "|start: 2026-01-05T06:00:00+01:00",
        "start",
        "got an offset from UTC; leave it out, since timezone says it",
    ),
    Slip(
        "start: 2026-01-05T06:00:00", "|start: 12", "start", "got '12'; give a local "
    ),
    Slip("start: 2026-01-05T06:00:00", "|start: soon", "start", "got 'soon'; give a "),
    Slip(
        "  frame_rate: 20 Hz",
        "|  frame_rate: 50 Hz",
        "physics.frame_rate",
        "50 Hz does not divide the rate of 240 Hz; choose a divisor",
    ),
    Slip(
        "  frame_rate: 20 Hz",
        "|  frame_rate: 480 Hz",
        "physics.frame_rate",
        "480 Hz does not divide the rate of 240 Hz; choose a divisor",
    ),
    Slip(
        "  rate: 240 Hz", "|  rate: 1 Hz", "physics.rate", "got 1 Hz; give at least 30"
    ),
    # Names that lead nowhere, or to the wrong thing
    Slip(
        "    product: hatchback_ev\n    place",
        "|    product: truck\n    place",
        "sources.cars.product",
        "no product 'truck'; known: hatchback_ev",
    ),
    Slip(
        "    product: hatchback_ev\n    operations",
        "|    product: truck\n    operations",
        "stations.battery_removal.product",
        "no product 'truck'; known: hatchback_ev",
    ),
    Slip(
        "        by: strands\n        barrier",
        "|        by: strand\n        barrier",
        f"{RECEIVE}.by",
        "no equipment 'strand'; known: cabinet, camera, ",
    ),
    Slip(
        "        by: strands\n        barrier",
        "|        by: lift\n        barrier",
        f"{RECEIVE}.by",
        "'lift' is a lift; name a conveyor",
    ),
    Slip(
        "barrier: entry_barrier",
        "|barrier: gate",
        f"{RECEIVE}.barrier",
        "no equipment 'gate'; known: cabinet, ",
    ),
    Slip(
        "barrier: entry_barrier",
        "|barrier: rack",
        f"{RECEIVE}.barrier",
        "'rack' is a rack; name a light_barrier",
    ),
    Slip(
        "rack: rack",
        "|rack: robot",
        "stations.battery_removal.operations.pack_out.rack",
        "'robot' is a robot; name a rack",
    ),
    Slip(
        "{at: bonnet",
        "|{at: roof",
        f"{POWER_OFF}.steps[0].at",
        "'electrician' has no place 'roof'; known: bin, bonnet, cabin, home, ",
    ),
    Slip(
        "after: [receive]",
        "|after: [recieve]",
        f"{POWER_OFF}.after[0]",
        "no operation 'recieve'; known: arms_in, arms_out, ",
    ),
    Slip(
        "needs: [hv_isolated]\n        removes",
        "|needs: [hv_isolated, hv_isolatd]\n        removes",
        f"{UNSCREW}.needs[1]",
        "no operation grants 'hv_isolatd'; granted: coolant_out, hv_isolated, ",
    ),
    Slip(
        "drains: [battery_coolant], label",
        "label",
        f"{COOLANT}.drains.battery_coolant",
        "runs in no step; name it in the drains of one",
    ),
    Slip(
        "drains: [battery_coolant], label",
        "|drains: [fuel], label",
        f"{COOLANT}.steps[0].drains",
        "no fluid in drains 'fuel'; known: battery_coolant",
    ),
    Slip(
        "            rate: {value: 0.45 kg/s, ",
        "            runs: evenly  # {value: 0.45 kg/s, ",
        f"{COOLANT}.drains.battery_coolant",
        "says not how fast it runs; physics needs rate or flow",
    ),
    Slip(
        "        into: plug_bin\n        grants",
        "|        into: rack\n        grants",
        "stations.battery_removal.operations.plug_out.into",
        "'rack' is a rack; name a container",
    ),
    Slip(
        "    speed: {value: 0.3 m/s, source",
        "|    speed: {value: 6 m/s, source",
        "equipment.strands.speed",
        "6 m/s moves parts 25 mm in a step of physics.rate 240 Hz, so that they pass "
        "through a stop; take 300 Hz or less speed",
    ),
    Slip(
        "    line_speed: {value: 0.1 m/s, source",
        "|    line_speed: {value: 6 m/s, source",
        "equipment.robot.line_speed",
        "6 m/s moves parts 25 mm in a step",
    ),
    Slip(
        "order: [bolt_15, bolt_06,",
        "|order: [bolt_15, bolt_15,",
        f"{UNSCREW}.order[1]",
        "'bolt_15' stands there before; name each fastener once",
    ),
    Slip(
        "after: [unscrew]",
        "|after: [unscrew, table_down]",
        "stations.battery_removal.operations.check_free.after",
        "check_free, table_down, pack_out, lower_car, arms_out, leave wait for each "
        "other; break the circle",
    ),
    Slip(
        "after: [receive]",
        "|after: [hv_isolated]",
        f"{POWER_OFF}.after",
        "twelve_volt_off, plug_out, hv_isolated, ",
    ),
    Slip(
        "        do: raise_car\n        by: lift\n        after: [arms_in]",
        "        do: raise_car\n|        by: lift\n        after: [hv_isolated]",
        "stations.battery_removal.operations.raise_car.by",
        "'lift' could be told arms_in and raise_car at once; let one come after",
    ),
    # What physics cannot do without
    Slip(
        "    asset: hatchback_ev\n",
        "",
        "products.hatchback_ev",
        "key 'asset' is missing; physics needs it",
    ),
    Slip(
        '    mass: {value: 1502 kg, source: "kerb mass published for the Zoe R135", '
        "confidence: A}\n",
        "",
        "products.hatchback_ev",
        "key 'mass' is missing; give what its parts sum to",
    ),
    Slip(
        "    place: {x: -4.6 m, y: 0 m, z: 0.6 m}\n",
        "",
        "sources.cars",
        "key 'place' is missing; physics needs it",
    ),
    Slip(
        "    first_at: 0.5 s\n",
        "|    first_at: {law: exponential, mean: 1 s}\n",
        "sources.cars.first_at",
        "is a law; physics needs one time, such as '5 s'",
    ),
    Slip(
        "    product: hatchback_ev\n    operations",
        "    operations",
        "stations.battery_removal",
        "key 'product' is missing; physics needs it",
    ),
    Slip(
        "        do: measure\n        by: camera\n",
        "|        do: task\n        time: 2 s\n",
        "stations.battery_removal.operations.measure.do",
        "physics does no task; name what a device does, or set engine: flow",
    ),
    # Places that disagree
    Slip(
        "  entry: {x: -4.5 m}\n",
        "  entry: {x: 5 m}\n|",
        "line.exit",
        "at 4.5 m is not beyond the entry at 5 m; cars travel along +x",
    ),
    Slip(
        "  clear_of: {x: 4.7 m}",
        "|  clear_of: {x: 4.4 m}",
        "line.clear_of",
        "at 4.4 m is before the exit at 4.5 m; move it there or beyond",
    ),
    Slip(
        "    first_at: 0.5 s\n",
        "    first_at: 0.5 s\n|    most: -1\n",
        "sources.cars.most",
        "got -1; give at least 0",
    ),
    # Faults
    Slip(
        "\ncameras:",
        f"\n{FAULT % '|skip_operation, operation: nap'}cameras:",
        "faults[0].operation",
        "no operation 'nap'; known: arms_in, ",
    ),
    Slip(
        "\ncameras:",
        f"\n{FAULT % '|skip_fastener, fastener: bolt_99'}cameras:",
        "faults[0].fastener",
        "nothing unscrews 'bolt_99'; known: bolt_01, bolt_02, ",
    ),
    Slip(
        "\ncameras:",
        f"\n{FAULT % '|skip_fastener, fastener: bolt_01, car: 0'}cameras:",
        "faults[0].car",
        "got 0; give at least 1",
    ),
    Slip(
        "\ncameras:",
        f"\n{FAULT % '|gremlin'}cameras:",
        "faults[0]",
        "kind: got 'gremlin'; give one of 'skip_operation', 'skip_fastener', ",
    ),
    Slip(
        "\ncameras:",
        f"\n{FAULT % '|e_stop, device: toaster, at: 3 s'}cameras:",
        "faults[0].device",
        "no equipment or station 'toaster'; known: battery_removal, ",
    ),
    Slip(
        "\ncameras:",
        f"\n{FAULT % '|drive_stop, device: lift, at: 3 s, until: 2 s'}cameras:",
        "faults[0].until",
        "got 2 s, not after at = 3 s; give a later time, or none",
    ),
    Slip(
        "\ncameras:", "\n|faults: {a: 1}\ncameras:", "faults", "got {'a': 1}; give a "
    ),
]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.path)
def test_a_slip_is_named_where_it_stands(
    shipped_text: str, refuse: Refuse, slip: Slip
) -> None:
    path, found = refuse(shipped_text, slip.old, slip.new)
    assert path == slip.path
    assert found.startswith(slip.found)


def test_the_first_slip_is_named_and_the_others_are_counted(shipped_text: str) -> None:
    text = shipped_text.replace("slack: 15 mm", "slack: 15").replace(
        "seed: 1", "sed: 1"
    )
    with pytest.raises(ScenarioError, match=r"lift\.slack: got 15 .* \(and 1 more\)$"):
        read_scenario(text)


def test_a_physics_cell_needs_its_line(shipped_text: str) -> None:
    begin, end = shipped_text.index("\nline:"), shipped_text.index("\nstations:")
    without = shipped_text[:begin] + shipped_text[end:]
    with pytest.raises(ScenarioError, match=r"line: missing; give the entry, exit and"):
        read_scenario(without)
    assert (
        read_scenario(without.replace("engine: physics", "engine: flow")).line is None
    )


def test_a_fault_may_name_any_fastener_where_no_order_does(shipped_text: str) -> None:
    begin = shipped_text.index("        order: [")
    end = shipped_text.index("]", begin) + 2
    free = shipped_text[:begin] + shipped_text[end:]
    fault = "faults: [{kind: skip_fastener, fastener: bolt_77}]\n"
    assert read_scenario(free + fault).faults[0].kind == "skip_fastener"
