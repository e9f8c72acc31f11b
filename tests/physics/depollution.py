"""The depollution cell with edits, its cycle shortened."""

from __future__ import annotations

from pathlib import Path

from cells import edited

from twin.engine import PhysicsEngine
from twin.layout.plan import build_layout
from twin.physics.tilter import TilterDrive
from twin.scenario import read_scenario

FILE = Path(__file__).resolve().parents[2] / "scenarios" / "cells" / "depollution.yaml"
STATION = "depollution"

# Short ways and times; poses, masses, forces, order and interlocks stay as shipped.
_HURRIED = (
    ("place: {x: -4.6 m, y: 0 m, z: 0.6 m}", "place: {x: -0.6 m, y: 0 m, z: 0.6 m}"),
    ("entry: {x: -4.5 m}", "entry: {x: -0.55 m}"),
    ("walking_speed: {value: 1.4 m/s", "walking_speed: {value: 20 m/s"),
    *((f"time: {{value: {s} s", "time: {value: 0.1 s") for s in (1, 3, 4, 5, 6, 12)),
    ("handover_time: {value: 8 s", "handover_time: {value: 1 s"),
    ("speed: {value: 0.1 m/s", "speed: {value: 0.3 m/s"),
    ("acceleration: {value: 0.15 m/s^2", "acceleration: {value: 0.6 m/s^2"),
    ("travel_speed: {value: 0.3 m/s", "travel_speed: {value: 0.7 m/s"),
    (
        "travel_acceleration: {value: 0.2 m/s^2",
        "travel_acceleration: {value: 0.6 m/s^2",
    ),
    ("tilt_speed: {value: 6 deg/s", "tilt_speed: {value: 18 deg/s"),
    ("tilt_acceleration: {value: 4 deg/s^2", "tilt_acceleration: {value: 12 deg/s^2"),
    ("rate: {value: 0.05 kg/s", "rate: {value: 0.25 kg/s"),
    ("rate: {value: 0.28 kg/s", "rate: {value: 2.8 kg/s"),
    ("rate: {value: 0.2 kg/s", "rate: {value: 2 kg/s"),
    ("rate: {value: 0.15 kg/s", "rate: {value: 1.5 kg/s"),
    ("rate: {value: 0.12 kg/s", "rate: {value: 1.2 kg/s"),
    ("rate: {value: 0.012 kg/s", "rate: {value: 0.12 kg/s"),
    ("rate: {value: 0.06 kg/s", "rate: {value: 0.6 kg/s"),
)

LIMIT_S = 90.0
"""No hurried visit takes as long."""


def text(*edits: tuple[str, str]) -> str:
    """Return the shipped scenario's text, its cycle shortened, with edits."""
    return edited(FILE.read_text("utf-8"), *_HURRIED, *edits)


def opened(said: str, seed: int = 1) -> PhysicsEngine:
    """Return the engine of a scenario's text."""
    scenario = read_scenario(said)
    return PhysicsEngine(scenario, build_layout(scenario, FILE.parent), seed)


def tilter_of(engine: PhysicsEngine) -> TilterDrive:
    """Return the tilter of a cell."""
    tilter = engine.cell.devices.jointed["tilter"]
    assert isinstance(tilter, TilterDrive)
    return tilter
