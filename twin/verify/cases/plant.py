"""Cases of belts, vehicles, stock, people with several skills, and dismantling."""

from __future__ import annotations

from twin.verify.cases.case import MINUTE_S, Case, build_case, exponential
from twin.verify.jobs import Step, job_time_mean_s, uncertain_time_mean_s
from twin.verify.supply import (
    belt,
    loop_throughput_per_s,
    reordered_store,
    shared_specialist,
    shuttle,
)


def plant_cases() -> list[Case]:
    """Return the cases."""
    return [*_carrying(), *_supplied(), *_dismantling()]


def _carrying() -> list[Case]:
    crowded = belt(0.4, 2.0, 0.5, 1.0)
    loop = loop_throughput_per_s(2, 100.0, 1.0, 20.0, 10.0)
    rate = 0.6 * loop_throughput_per_s(1, 100.0, 1.0, 20.0, 10.0)
    alone = shuttle(rate, 100.0, 1.0, 20.0, 10.0)
    aisle = """
    fleets:
      agv: {count: COUNT, speed: 1 m/s, load: 20 s, unload: 10 s}
    aisles:
      points: {a: {x: 0 m, y: 0 m}, b: {x: 0 m, y: 40 m}, c: {x: 60 m, y: 40 m}}
      links: [[a, b], [b, c]]
    products: {part: {}}
    sources: {arrivals: {product: part, every: EVERY, next: pick}}
    buffers:
      pick: {CAPACITYplace: {x: 0 m, y: 0 m}, moved_by: agv, next: drop}
    sinks: {drop: {place: {x: 60 m, y: 40 m}}}
    """
    return [
        build_case(
            "belt_rate",
            ("A full belt: speed over pitch", "Convoyeur plein : vitesse sur pas"),
            "throughput_per_s",
            0.5 / 0.8,
            "Kinematics: one part a pitch",
            """
            products: {part: {}}
            sources: {arrivals: {product: part, every: 0 s, next: line}}
            conveyors:
              line: {length: 8 m, speed: 0.5 m/s, pitch: 0.8 m, next: done}
            sinks: {done: {}}
            """,
            rate_per_s=0.5 / 0.8,
            parts=3e5,
            slack=2e-4,
        ),
        build_case(
            "belt_entry",
            ("Poisson arrivals onto a belt: M/D/1, then ride", "Entrée de convoyeur"),
            "lead_time_mean_s",
            crowded.lead_time_mean_s,
            "Gross et al. (2008), 5.1 and 2.7",
            f"""
            products: {{part: {{}}}}
            sources:
              arrivals: {{product: part, every: {_seconds(2.5)}, next: infeed}}
            buffers: {{infeed: {{next: line}}}}
            conveyors:
              line: {{length: 2 m, speed: 0.5 m/s, pitch: 1 m, next: done}}
            sinks: {{done: {{}}}}
            """,
            rate_per_s=0.4,
            parts=9.7e6,
        ),
        build_case(
            "agv_loop",
            ("Two vehicles that always have work", "Deux chariots toujours occupés"),
            "throughput_per_s",
            loop,
            "Constant cycle; Tompkins et al. (2010), Facilities Planning",
            aisle.replace("COUNT", "2")
            .replace("EVERY", "0 s")
            .replace("CAPACITY", "capacity: 5, "),
            rate_per_s=loop,
            parts=3e5,
            slack=2e-4,
        ),
        build_case(
            "agv_shuttle",
            ("One vehicle, called by Poisson parts: M/D/1", "Un chariot à la demande"),
            "lead_time_mean_s",
            alone.lead_time_mean_s,
            "Pollaczek-Khinchine; Gross et al. (2008), 5.1",
            aisle.replace("COUNT", "1")
            .replace("EVERY", _seconds(1.0 / rate))
            .replace("CAPACITY", ""),
            rate_per_s=rate,
            parts=2.1e6,
        ),
    ]


def _seconds(mean_s: float) -> str:
    return f"{{law: exponential, mean: {mean_s:.12g} s}}"


def _supplied() -> list[Case]:
    rate = 1.0 / MINUTE_S
    store = reordered_store(rate, 2, 4, 2.0 * MINUTE_S)
    shared = shared_specialist(MINUTE_S, 1.6 * MINUTE_S)
    return [
        build_case(
            "reorder",
            ("Reordered stock: kits there", "Stock réapprovisionné : kits présents"),
            "store.kits.stock_mean",
            store.stock_mean,
            "Hadley, Whitin (1963), Analysis of Inventory Systems, 4; Markov chain",
            f"""
            products: {{part: {{}}, kit: {{}}}}
            sources:
              arrivals: {{product: part, every: {exponential(MINUTE_S)}, next: fit}}
            stores:
              kits:
                product: kit
                stock: 6
                reorder: {{at: 2, quantity: 4, lead_time: {exponential(120.0)}}}
            stations:
              fit:
                operations: {{fit: {{do: task, time: 0 s, takes: {{kits: 1}}}}}}
                next: done
            sinks: {{done: {{}}}}
            """,
            rate_per_s=rate,
            parts=4e6,
        ),
        build_case(
            "two_skills",
            ("A specialist who also helps out", "Un spécialiste qui aide aussi"),
            "product.special.throughput_per_s",
            shared[1],
            "Alternating renewal process; Ross (2014), Introduction to Probability "
            "Models, 7.5",
            f"""
            products: {{common: {{}}, special: {{}}}}
            crews:
              helpers: {{count: 1, skills: [fit]}}
              experts: {{count: 1, skills: [fit, tune]}}
            sources:
              common_1: {{product: common, every: 0 s, next: fit_1}}
              common_2: {{product: common, every: 0 s, next: fit_2}}
              specials: {{product: special, every: 0 s, next: tune_1}}
            stations:
              fit_1:
                {{queue: 0, time: {exponential(60.0)}, people: {{fit: 1}}, next: done}}
              fit_2:
                {{queue: 0, time: {exponential(60.0)}, people: {{fit: 1}}, next: done}}
              tune_1:
                {{queue: 0, time: {exponential(96.0)}, people: {{tune: 1}}, next: done}}
            sinks: {{done: {{}}}}
            """,
            rate_per_s=sum(shared),
            parts=4e6,
        ),
    ]


def _dismantled(operations: str, station: str = "", rest: str = "") -> str:
    """Return a dismantling station that never lacks cars."""
    return f"""
    products: {{car: {{}}, engine: {{}}, door: {{}}}}
    sources: {{arrivals: {{product: car, every: 0 s, next: lift}}}}
    stations:
      lift: {{queue: 0, {station}operations: {{{operations}}}}}
    sinks: {{shelf: {{}}, done: {{}}}}
    {rest}
    """


def _task(mean_s: float, more: str = "") -> str:
    return f"{{do: task, time: {exponential(mean_s)}{more}}}"


def _dismantling() -> list[Case]:
    in_order = {
        "drain": Step(2.0 * MINUTE_S),
        "doors": Step(3.0 * MINUTE_S, frozenset({"drain"})),
        "engine": Step(4.0 * MINUTE_S, frozenset({"drain"})),
        "press": Step(MINUTE_S, frozenset({"doors", "engine"})),
    }
    either = {
        "left": Step(2.0 * MINUTE_S),
        "right": Step(3.0 * MINUTE_S),
        "engine": Step(4.0 * MINUTE_S, after_any=frozenset({"left", "right"})),
    }
    many = {f"task_{n}": Step(2.0 * MINUTE_S) for n in range(1, 6)}
    order_rate = 1.0 / job_time_mean_s(in_order)
    either_rate = 1.0 / job_time_mean_s(either)
    crew_rate = 1.0 / job_time_mean_s(many, people=2)
    work_s = uncertain_time_mean_s(0.8, 5.0 * MINUTE_S, 0.25, 8.0 * MINUTE_S)
    car_rate = 1.0 / (MINUTE_S + work_s)
    graph = "Kulkarni, Adlakha (1986), Markov and Markov-regenerative PERT networks"
    main = "next: done, "
    return [
        build_case(
            "dismantling_and",
            ("Dismantling: two branches that both must end", "Démontage : ET"),
            "throughput_per_s",
            order_rate,
            graph,
            _dismantled(
                f"drain: {_task(120.0)}, doors: {_task(180.0, ', after: [drain]')}, "
                f"engine: {_task(240.0, ', after: [drain]')}, "
                f"press: {_task(60.0, ', after: [doors, engine]')}",
                main,
            ),
            rate_per_s=order_rate,
            parts=4e5,
        ),
        build_case(
            "dismantling_or",
            ("Dismantling: either side opens the way", "Démontage : OU"),
            "throughput_per_s",
            either_rate,
            graph,
            _dismantled(
                f"left: {_task(120.0)}, right: {_task(180.0)}, "
                f"engine: {_task(240.0, ', after_any: [left, right]')}",
                main,
            ),
            rate_per_s=either_rate,
            parts=4e5,
        ),
        build_case(
            "dismantling_crew",
            (
                "Dismantling: five tasks for two people",
                "Démontage : cinq tâches à deux",
            ),
            "throughput_per_s",
            crew_rate,
            graph,
            _dismantled(
                ", ".join(
                    f"{name}: {_task(120.0, ', people: {strip: 1}')}" for name in many
                ),
                main,
                "crews: {team: {count: 2, skills: [strip]}}",
            ),
            rate_per_s=crew_rate,
            parts=4e5,
        ),
        build_case(
            "dismantling_yield",
            ("Dismantling: missing and seized engines", "Démontage : absents, grippés"),
            "product.engine.throughput_per_s",
            car_rate * 0.8 * 0.75,
            "Renewal reward; law of total expectation",
            _dismantled(
                f"drain: {_task(60.0)}, "
                f"engine: {{do: task, time: {exponential(300.0)}, after: [drain], "
                "present: 0.8, seized: {probability: 0.25, "
                f"time: {exponential(480.0)}, yields: lose}}, "
                "yields: {engine: {to: shelf}}}",
                main,
            ),
            rate_per_s=car_rate,
            parts=1.1e6,
        ),
        build_case(
            "dismantling_doors",
            ("Dismantling: doors of cars that are consumed", "Démontage : portes"),
            "product.door.throughput_per_s",
            4.0 * 0.9 / (2.0 * MINUTE_S),
            "Renewal reward; law of total expectation",
            _dismantled(
                f"doors: {_task(120.0, ', yields: {door: DOOR}')}".replace(
                    "DOOR", "{present: 0.9, count: 4, to: shelf}"
                ),
                "consumed: true, ",
            ),
            rate_per_s=1.0 / (2.0 * MINUTE_S),
            parts=6.6e5,
        ),
    ]
