"""The shipped cell with edits, and what a test wants to know of a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from twin.engine import PhysicsEngine
from twin.layout.plan import build_layout
from twin.scenario import read_scenario
from twin.state import Event, MachineState, Reason, StateFrame

SHIPPED = Path(__file__).resolve().parents[2] / "scenarios" / "battery_cell.yaml"
STATION = "battery_removal"

# Distances, times and speeds that make a cycle short. Poses, masses, forces,
# tolerances, order and interlocks stay as shipped.
_HURRIED = (
    ("place: {x: -4.6 m, y: 0 m, z: 0.6 m}", "place: {x: -0.6 m, y: 0 m, z: 0.6 m}"),
    ("entry: {x: -4.5 m}", "entry: {x: -0.55 m}"),
    ("walking_speed: {value: 1.4 m/s", "walking_speed: {value: 9 m/s"),
    ("time: {value: 4 s", "time: {value: 0.1 s"),
    ("time: {value: 6 s", "time: {value: 0.1 s"),
    ("time: {value: 2 s", "time: {value: 0.1 s"),
    ("{at: bin, time: {value: 1 s", "{at: bin, time: {value: 0.1 s"),
    ("rate: {value: 0.45 kg/s", "rate: {value: 9 kg/s"),
    (
        'speed: {value: 0.1 m/s, source: "assumed; workshop',
        'speed: {value: 0.4 m/s, source: "assumed; workshop',
    ),
    ("acceleration: {value: 0.15 m/s^2", "acceleration: {value: 0.6 m/s^2"),
    ("speed: {value: 0.2 m/s", "speed: {value: 0.6 m/s"),
    ("acceleration: {value: 0.25 m/s^2", "acceleration: {value: 1 m/s^2"),
    ("turns: {value: 10", "turns: {value: 2"),
)


def edited(text: str, *edits: tuple[str, str]) -> str:
    """Return a text with replacements, each of which must find its place."""
    for before, after in edits:
        assert before in text, f"{before!r} is not in the scenario"
        text = text.replace(before, after)
    return text


def shipped(*edits: tuple[str, str]) -> str:
    """Return the shipped scenario's text with edits."""
    return edited(SHIPPED.read_text("utf-8"), *edits)


def hurried(*edits: tuple[str, str]) -> str:
    """Return the shipped scenario's text, its cycle shortened, with edits."""
    return edited(shipped(*_HURRIED), *edits)


def with_fault(text: str, fault: str) -> str:
    """Return a scenario's text with a fault, such as "kind: skip_fastener, ..."."""
    return f"{text}\nfaults:\n  - {{{fault}}}\n"


def open_text(text: str, seed: int = 1) -> PhysicsEngine:
    """Return the engine of a scenario's text."""
    scenario = read_scenario(text)
    return PhysicsEngine(scenario, build_layout(scenario, SHIPPED.parent), seed)


def run_until(
    engine: PhysicsEngine, over: Callable[[Event], bool], limit_s: float
) -> list[Event]:
    """Run until an event; return all events so far, that one among the last."""
    events: list[Event] = []
    while engine.tick * engine.dt_s < limit_s:
        engine.advance(24)
        new = engine.take_events()
        events += new
        if any(over(event) for event in new):
            return events
    told = ", ".join(f"{e.kind} {e.arguments}" for e in events[-5:])
    raise AssertionError(f"{limit_s:g} s passed without it; last: {told}")


def is_alarm(event: Event) -> bool:
    """Tell whether an event is an alarm."""
    return event.kind == "AlarmRaised"


def finished(step: str) -> Callable[[Event], bool]:
    """Return what recognises the end of an operation."""
    return lambda event: (
        event.kind == "OperationFinished" and event.arguments["step"] == step
    )


def scalar(engine: PhysicsEngine, frame: StateFrame, name: str) -> float:
    """Return one of a frame's numbers by name."""
    names = [each.id.rpartition("/")[2] for each in engine.scene.scalars]
    return float(frame.scalar[names.index(name)])


def joints(
    engine: PhysicsEngine, frame: StateFrame, links: Sequence[str]
) -> list[float]:
    """Return a frame's joint values of some links, rad or m."""
    names = [name.rpartition("/")[2] for name in engine.scene.joints]
    return [float(frame.joint_position[names.index(link)]) for link in links]


def machine(
    engine: PhysicsEngine, frame: StateFrame, name: str
) -> tuple[MachineState, Reason]:
    """Return the state of one of a frame's machines by name."""
    at = engine.scene.machines.index(name)
    return MachineState(frame.machine_state[at]), Reason(frame.machine_reason[at])


def order(text: str) -> list[str]:
    """Return the fasteners of a scenario's order."""
    listed = re.search(r"order: \[(.*?)\]", text, re.S)
    assert listed is not None
    return re.findall(r"bolt_\d+", listed[1])
