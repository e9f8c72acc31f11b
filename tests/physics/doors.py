"""The shipped doors cell with edits: short ways and times."""

from __future__ import annotations

from pathlib import Path

from cells import edited

from twin.engine import PhysicsEngine
from twin.layout.plan import build_layout
from twin.scenario import read_scenario

FILE = Path(__file__).resolve().parents[2] / "scenarios" / "cells" / "doors.yaml"

# Short ways and times; poses, masses, holds and programmes stay as shipped.
_HURRIED = (
    ("place: {x: -4.6 m, y: 0 m, z: 0.6 m}", "place: {x: -0.6 m, y: 0 m, z: 0.6 m}"),
    ("entry: {x: -4.5 m}", "entry: {x: -0.55 m}"),
    ("exit: {x: 4.5 m}", "exit: {x: 0.6 m}"),
    ("clear_of: {x: 4.7 m}", "clear_of: {x: 0.8 m}"),
    ("walking_speed: {value: 1.4 m/s", "walking_speed: {value: 9 m/s"),
    ("time: {value: 4 s", "time: {value: 0.2 s"),
    ("collected_after: {value: 30 s", "collected_after: {value: 2 s"),
)


def text(*edits: tuple[str, str]) -> str:
    """Return the shipped scenario's text, its cycle shortened, with edits."""
    return edited(FILE.read_text("utf-8"), *_HURRIED, *edits)


def opened(*edits: tuple[str, str]) -> PhysicsEngine:
    """Return the engine of that text."""
    scenario = read_scenario(text(*edits))
    return PhysicsEngine(scenario, build_layout(scenario, FILE.parent), 1)
