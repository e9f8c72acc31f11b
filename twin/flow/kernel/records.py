"""The layout of plant and state: one row a thing, one accessor a kind of row.

The plant is what never changes in a run; the state is all that does. Both are a head,
a single row, with the addresses of the tables. -1 stands for "none" wherever a row of
another table is named.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from twin.flow.kernel.draws import LAW, STREAM
from twin.flow.kernel.pointers import fetch_of, number_of, pointer_to, row_of

Layout = np.dtype[Any]

UNLIMITED: Final = 2**40
NEVER: Final = np.inf

# What a node is.
SOURCE: Final = 0
STATION: Final = 1
BUFFER: Final = 2
CONVEYOR: Final = 3
STORE: Final = 4
SINK: Final = 5

# How a queue is served.
FIFO: Final = 0
PRIORITY: Final = 1
SHORTEST: Final = 2

# How a route chooses among several ways.
BY_SHARE: Final = 0
FIRST_WITH_ROOM: Final = 1
SHORTEST_QUEUE: Final = 2
ROUND_ROBIN: Final = 3

# What a server does with its time. The order is that of the columns of results.
IDLE: Final = 0
EXECUTE: Final = 1
SET_UP: Final = 2
BLOCKED: Final = 3
FAILED: Final = 4
MAINTAINED: Final = 5
NO_OPERATOR: Final = 6
NO_MATERIAL: Final = 7
OFF_SHIFT: Final = 8
N_JOB_STATES: Final = 9

# What a part spends its time on.
IN_WORK: Final = 0
IN_QUEUE: Final = 1
IN_TRANSPORT: Final = 2
CURING: Final = 3
WAITS_PARTS: Final = 4
WAITS_PEOPLE: Final = 5
CLOSED: Final = 6
IS_BLOCKED: Final = 7
IN_FAILURE: Final = 8
N_SPENT: Final = 9

# Where a part is.
NOWHERE: Final = 0
AT_SOURCE: Final = 1
QUEUED: Final = 2
IN_JOB: Final = 3
JOB_OUT: Final = 4
IN_BUFFER: Final = 5
ON_BELT: Final = 6
CARRIED: Final = 7
LEAVING: Final = 8

# Where a task of a job, or a repair, stands.
NOT_BEGUN: Final = 0
WAITING: Final = 1
WALKING: Final = 2
RUNNING: Final = 3
STOPPED: Final = 4

# What an operation or a part does when its shift ends, or its machine fails.
FINISH: Final = 0
PAUSE: Final = 1
HAND_OVER: Final = 2
RESUME: Final = 0
RESTART: Final = 1
SCRAP: Final = 2

# What a failure mode is at.
COUNTING: Final = 0
DUE: Final = 1
DOWN: Final = 2

# What a vehicle does.
PARKED: Final = 0
TO_PART: Final = 1
LOADING: Final = 2
CARRYING: Final = 3
UNLOADING: Final = 4
TO_CHARGER: Final = 5
CHARGING: Final = 6
AWAITS_CHARGER: Final = 7
VEHICLE_OFF: Final = 8
N_VEHICLE_STATES: Final = 9

# What a person does.
FREE: Final = 0
BUSY: Final = 1
WALKS: Final = 2
OFF: Final = 3
N_PERSON_STATES: Final = 4

# Whose clock has rung. Equal times are taken in this order: what ends makes room
# before what begins asks for it.
TASK_CLOCK: Final = 0
JOB_CLOCK: Final = 1
BELT_END_CLOCK: Final = 2
BELT_START_CLOCK: Final = 3
VEHICLE_CLOCK: Final = 4
PART_CLOCK: Final = 5
STORE_CLOCK: Final = 6
NODE_CLOCK: Final = 7
MODE_CLOCK: Final = 8
CALENDAR_CLOCK: Final = 9
SOURCE_CLOCK: Final = 10

# Why the kernel returns.
REACHED: Final = 0
PARTS_FULL: Final = 1
AGENDA_FULL: Final = 2
TRACE_FULL: Final = 3
PERIODS_FULL: Final = 4
CALENDAR_ENDED: Final = 5
NOTHING_LEFT: Final = 6
EVENTS_DONE: Final = 7
BROKEN: Final = 8

# What a row of the trace says.
T_CREATED: Final = 0
T_ENTERED: Final = 1
T_STARTED: Final = 2
T_FINISHED: Final = 3
T_LEFT: Final = 4
T_OUT: Final = 5
T_REJECTED: Final = 6
T_SCRAPPED: Final = 7
T_RENEGED: Final = 8
T_FAILED: Final = 9
T_REPAIRED: Final = 10
T_YIELDED: Final = 11
T_ABSENT: Final = 12
T_LOADED: Final = 13
T_OPENED: Final = 14
T_CLOSED: Final = 15
T_BLOCKED: Final = 16
T_PAUSED: Final = 17


def _layout(
    integers: str,
    numbers: str = "",
    longs: str = "",
    rows: tuple[tuple[str, int], ...] = (),
    first: str = "",
) -> Layout:
    """Return an aligned layout of f8 and i8.

    All integers have one width: of two, each function would be compiled for both.
    """
    fields: list[Any] = [(name, "f8") for name in numbers.split()]
    fields += [(name, "f8", (length,)) for name, length in rows]
    fields += [(name, "i8") for name in longs.split()]
    fields += [(name, "i8") for name in integers.split()]
    # What every event touches lies together, in few lines of the processor's caches:
    # a plant of ten thousand stations does not fit into them.
    rank = {name: place for place, name in enumerate(first.split())}
    fields.sort(key=lambda field: rank.get(field[0], len(rank)))
    return np.dtype(fields, align=True)


NODE_PLAN = _layout(
    "kind servers first_job discipline preemptive calendar first_op n_ops first_task "
    "batch_least batch_most batch_wait first_input n_inputs makes becomes consumed "
    "together setup setup_table n_modes patience patience_to scrap_to fleet place "
    "stay accumulating clock entry_clock every reject batch first_mix n_mix "
    "mix_stream store first_time n_times first_flex n_flex first_at timed "
    "plain_room plain_end",
    "length_s pitch_s",
    "room enter_loops leave_loops most",
    first="kind plain_room room first_job servers n_modes n_flex fleet leave_loops "
    "enter_loops plain_end n_ops first_op n_inputs calendar discipline patience "
    "preemptive batch_least batch_most batch_wait together setup setup_table",
)
OP = _layout(
    "first_need n_needs first_use n_uses first_take n_takes first_yield n_yields "
    "present_stream seized_stream seized_time seized_keeps shift_end failure plain",
    "present seized",
    "after after_any",
    first="plain n_yields n_uses seized",
)
YIELD = _layout("product stream route count", "present")
NEED = _layout("what count")
MODE_PLAN = _layout("every takes busy waits first_need n_needs")
ROUTE = _layout("rule first_row n_rows stream")
ROUTE_ROW = _layout("to", "up_to")
CREW = _layout("calendar place first_person n_persons", "speed_mps", "skills")
FLEET = _layout(
    "first_vehicle n_vehicles load unload nearest home calendar chargers charger "
    "has_battery",
    "speed_mps empty_speed_mps range_m recharge_m charge_s",
)
STORE_PLAN = _layout("product lead reorder_at quantity clock node", "", "room")
INPUT_PLAN = _layout("product count", "", "room")
INITIAL = _layout("node product count")
SLOT = _layout("kind row job node op next_node law stream")
CALENDAR_PLAN = _layout(
    "clock first_time n_times first_node n_nodes first_crew n_crews"
)
LOOP_PLAN = _layout("enter", "", "count")
PRODUCT_PLAN = _layout("priority")

NODE = _layout(
    "inside reserved queue queue_first queue_last wait_first wait_last open pending "
    "queue_peak cursor running head_waits idle",
    "queue_area inside_area area_since wait_sum closed_s closed_since left_s belt_s "
    "belt_since last_entry_s ready_at_s",
    "entered left rejected reneged created starts finished",
    first="area_since inside_area queue_area inside queue queue_first queue_last "
    "reserved open pending idle wait_first entered left starts wait_sum finished "
    "queue_peak",
)
JOB = _layout(
    "node state part n_parts queue_first queue_last queue n_left n_running n_waiting "
    "last_product down places clock busy setting group first_mode server material "
    "first_task",
    "since setup_left_s setup_ends_s active_since",
    "done begun",
    (("time_in", N_JOB_STATES),),
    first="node state since part n_parts busy queue down n_running n_left done begun "
    "places group last_product first_task queue_first queue_last time_in",
)
TASK = _layout(
    "job op mode state person next prev seized material pause_calendar priority skill "
    "supplied clock tools",
    "left_s ends_s since_s duration_s",
    "done waited",
    first="job op mode state person left_s duration_s ends_s seized clock done tools",
)
PART = _layout(
    "product node job where next prev wait_next wait_prev waits_at route dest "
    "category priority clock_use vehicle",
    "born_s since_s left_s queued_s wait_since_s closed_at_s ready_s",
    "tokens held serial wait_serial",
    (("spent", N_SPENT),),
    first="product node job where next prev dest route category since_s queued_s "
    "left_s tokens waits_at vehicle clock_use spent",
)
MODE = _layout("job plan state clock task", "left_s since_s")
PERSON = _layout(
    "crew task place next state leaving",
    "since walked_m",
    "mark",
    (("time_in", N_PERSON_STATES),),
)
VEHICLE = _layout(
    "fleet state place part to clock",
    "since left_m loaded_m empty_m leg_m",
    "trips",
    (("time_in", N_VEHICLE_STATES),),
)
FLEET_NOW = _layout(
    "wait_first wait_last n_waiting charging open", "wait_sum_s", "served"
)
STORE_NOW = _layout("ordered", "area since empty_s", "stock reserved orders taken")
INPUT = _layout("queue_first queue_last", "", "queue reserved")
TOOL = _layout("free", "area since", "count")
LOOP = _layout("", "area since", "free")
CALENDAR = _layout("open cursor", "open_s since")
ROUTE_NOW = _layout("wait_first wait_last turn")
SKILL = _layout("on_shift")
PRODUCT = _layout(
    "",
    "area since lead_sum lead_sq lead_max stay_sum",
    "wip created out rejected reneged scrapped absorbed stored gained lost",
    (("spent", N_SPENT),),
)
# What decides between equal times is one number: the kind of clock, then the serial
# number of its setting.
AFTER_SERIAL: Final = 58
ENTRY = np.dtype([("time", "f8"), ("tie", "i8"), ("slot", "i8")], align=True)
_ORDER = np.dtype([("time", "i8"), ("tie", "i8"), ("slot", "i8")], align=True)
TRACE = np.dtype(
    [
        ("time_s", "f8"),
        ("part", "i8"),
        ("kind", "i4"),
        ("node", "i4"),
        ("product", "i4"),
        ("detail", "i4"),
    ],
    align=True,
)
PERIOD = np.dtype([("start_s", "f8"), ("end_s", "f8"), ("job", "i8")], align=True)

PLANT_TABLES: Final[dict[str, Layout]] = {
    "nodes": NODE_PLAN,
    "ops": OP,
    "yields": YIELD,
    "needs": NEED,
    "uses": NEED,
    "takes": NEED,
    "mode_plans": MODE_PLAN,
    "routes": ROUTE,
    "route_rows": ROUTE_ROW,
    "route_of": np.dtype("i8"),
    "way_of": np.dtype("i8"),
    "op_times": np.dtype("i8"),
    "setups": np.dtype("i8"),
    "mixes": ROUTE_ROW,
    "crews": CREW,
    "skill_rows": NEED,
    "skill_crews": np.dtype("i8"),
    "fleets": FLEET,
    "stores": STORE_PLAN,
    "inputs": INPUT_PLAN,
    "initials": INITIAL,
    "slots": SLOT,
    "calendars": CALENDAR_PLAN,
    "calendar_nodes": np.dtype("i8"),
    "calendar_crews": np.dtype("i8"),
    "loops": LOOP_PLAN,
    "products": PRODUCT_PLAN,
    "flexes": np.dtype("i8"),
    "times": np.dtype("f8"),
    "counts": np.dtype("i8"),
    "distances": np.dtype("f8"),
    "laws": LAW,
    "numbers": np.dtype("f8"),
}
PLANT_COUNTS: Final = (
    "n_nodes",
    "n_jobs",
    "n_products",
    "n_skills",
    "n_crews",
    "n_persons",
    "n_fleets",
    "n_vehicles",
    "n_stores",
    "n_tools",
    "n_loops",
    "n_calendars",
    "n_modes",
    "n_slots",
    "n_places",
    "n_op_tasks",
    "n_routes",
    "n_initials",
    "most_new",
    "log_margin",
)
STATE_TABLES: Final[dict[str, Layout]] = {
    "nodes": NODE,
    "jobs": JOB,
    "tasks": TASK,
    "parts": PART,
    "modes": MODE,
    "persons": PERSON,
    "vehicles": VEHICLE,
    "fleets": FLEET_NOW,
    "stores": STORE_NOW,
    "inputs": INPUT,
    "tools": TOOL,
    "loops": LOOP,
    "calendars": CALENDAR,
    "routes": ROUTE_NOW,
    "skills": SKILL,
    "products": PRODUCT,
    "agenda": ENTRY,
    "ring": np.dtype("i8"),
    "placed": np.dtype("i8"),
    "streams": STREAM,
    "histogram": np.dtype("i8"),
}
LOG_TABLES: Final[dict[str, Layout]] = {"trace": TRACE, "periods": PERIOD}
STATE_NUMBERS: Final = ("now", "stats_since", "lead_sum", "lead_sq")
STATE_COUNTS: Final = (
    "begun",
    "serial",
    "part_serial",
    "mark",
    "parts_room",
    "parts_used",
    "n_parts",
    "free_part",
    "agenda_room",
    "n_agenda",
    "hole",
    "last_settled",
    "ring_first",
    "n_ring",
    "wait_first",
    "wait_last",
    "n_waiting",
    "freed",
    "called",
    "replication",
    "n_events",
    "n_finished",
    "n_out",
    "trace_on",
    "trace_room",
    "n_trace",
    "periods_on",
    "periods_room",
    "n_periods",
    "broken",
    "broken_row",
)

PLANT = np.dtype(
    [(name, "i8") for name in PLANT_TABLES] + [(name, "i8") for name in PLANT_COUNTS]
)
STATE = np.dtype(
    [(name, "i8") for name in STATE_TABLES]
    + [(name, "i8") for name in LOG_TABLES]
    + [(name, "f8") for name in STATE_NUMBERS]
    + [(name, "i8") for name in STATE_COUNTS]
)

plant_at = pointer_to(PLANT)
state_at = pointer_to(STATE)

# One for each table, named after a row: `node_of(s, 3)` is row 3 of the state's nodes.
node_plan = row_of(PLANT, "nodes", NODE_PLAN)
op_plan = row_of(PLANT, "ops", OP)
yield_plan = row_of(PLANT, "yields", YIELD)
need = row_of(PLANT, "needs", NEED)
use = row_of(PLANT, "uses", NEED)
take = row_of(PLANT, "takes", NEED)
mode_plan = row_of(PLANT, "mode_plans", MODE_PLAN)
route_plan = row_of(PLANT, "routes", ROUTE)
route_row = row_of(PLANT, "route_rows", ROUTE_ROW)
route_of = number_of(PLANT, "route_of", np.int64)
way_of = number_of(PLANT, "way_of", np.int64)
op_time = number_of(PLANT, "op_times", np.int64)
setup_law = number_of(PLANT, "setups", np.int64)
mix_row = row_of(PLANT, "mixes", ROUTE_ROW)
crew_plan = row_of(PLANT, "crews", CREW)
skill_row = row_of(PLANT, "skill_rows", NEED)
skill_crew = number_of(PLANT, "skill_crews", np.int64)
fleet_plan = row_of(PLANT, "fleets", FLEET)
store_plan = row_of(PLANT, "stores", STORE_PLAN)
input_plan = row_of(PLANT, "inputs", INPUT_PLAN)
initial = row_of(PLANT, "initials", INITIAL)
slot_of = row_of(PLANT, "slots", SLOT)
calendar_plan = row_of(PLANT, "calendars", CALENDAR_PLAN)
calendar_node = number_of(PLANT, "calendar_nodes", np.int64)
calendar_crew = number_of(PLANT, "calendar_crews", np.int64)
loop_plan = row_of(PLANT, "loops", LOOP_PLAN)
product_plan = row_of(PLANT, "products", PRODUCT_PLAN)
flex = number_of(PLANT, "flexes", np.int64)
time_at = number_of(PLANT, "times", np.float64)
count_at = number_of(PLANT, "counts", np.int64)
law_of = row_of(PLANT, "laws", LAW)
distance_at = number_of(PLANT, "distances", np.float64)
node_of = row_of(STATE, "nodes", NODE)
job_of = row_of(STATE, "jobs", JOB)
task_of = row_of(STATE, "tasks", TASK)
part_of = row_of(STATE, "parts", PART)
mode_of = row_of(STATE, "modes", MODE)
person_of = row_of(STATE, "persons", PERSON)
vehicle_of = row_of(STATE, "vehicles", VEHICLE)
fleet_of = row_of(STATE, "fleets", FLEET_NOW)
store_of = row_of(STATE, "stores", STORE_NOW)
input_of = row_of(STATE, "inputs", INPUT)
tool_of = row_of(STATE, "tools", TOOL)
loop_of = row_of(STATE, "loops", LOOP)
calendar_of = row_of(STATE, "calendars", CALENDAR)
route_now = row_of(STATE, "routes", ROUTE_NOW)
skill_of = row_of(STATE, "skills", SKILL)
product_of = row_of(STATE, "products", PRODUCT)
entry_of = row_of(STATE, "agenda", ENTRY)
# The same, its time as the bits that it is made of.
order_of = row_of(STATE, "agenda", _ORDER)
ring_at = number_of(STATE, "ring", np.int64)
placed_at = number_of(STATE, "placed", np.int64)
bin_at = number_of(STATE, "histogram", np.int64)
trace_of = row_of(STATE, "trace", TRACE)
period_of = row_of(STATE, "periods", PERIOD)

# To have the rows of the next event on their way while this one is finished.
fetch_slot = fetch_of(PLANT, "slots", SLOT, 64)
fetch_law = fetch_of(PLANT, "laws", LAW, 64)
fetch_stream = fetch_of(STATE, "streams", STREAM, 152)
fetch_plan = fetch_of(PLANT, "nodes", NODE_PLAN, 192)
fetch_op = fetch_of(PLANT, "ops", OP, 64)
fetch_node = fetch_of(STATE, "nodes", NODE, 192)
fetch_job = fetch_of(STATE, "jobs", JOB, 256)
fetch_task = fetch_of(STATE, "tasks", TASK, 128)
fetch_part = fetch_of(STATE, "parts", PART, 192)
