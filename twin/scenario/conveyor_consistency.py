"""Whether conveyors, and what stands on them, can be as they are said to be."""

from __future__ import annotations

import math

from twin.scenario.equipment import (
    Conveyor,
    CurveConveyor,
    Lift,
    LiftTable,
    Manipulator,
    OnConveyor,
    ParametricConveyor,
    Robot,
    StrandConveyor,
    Transfer,
    Turntable,
    VerticalLift,
)
from twin.scenario.findings import InconsistencyError, Path, names
from twin.scenario.model import Scenario

# Most that anything may move in a step: a stop blade's thickness, through which a part
# would otherwise pass unseen, and a fifth of a carrying surface's.
_MOST_STEP_M = 0.02


def check_conveyors(scenario: Scenario) -> None:
    """Check conveyors that are given by their dimensions, and what moves in a line.

    Raises:
        InconsistencyError: At the first place that disagrees with another.
    """
    for name, equipment in scenario.equipment.items():
        at: Path = ("equipment", name)
        if isinstance(equipment, ParametricConveyor):
            _check_steps(scenario, equipment, at)
            _check_shape(equipment, at)
        elif isinstance(equipment, OnConveyor):
            _check_on(scenario, equipment, at)
        elif isinstance(equipment, Conveyor | Lift | LiftTable):
            _check_step(scenario, "speed", float(equipment.speed), at)
        elif isinstance(equipment, Robot | Manipulator):
            _check_step(scenario, "line_speed", float(equipment.line_speed), at)


def _check_steps(scenario: Scenario, conveyor: ParametricConveyor, at: Path) -> None:
    """Check that nothing moves too far in a step."""
    speeds = {"speed": float(conveyor.speed)}
    if isinstance(conveyor, VerticalLift):
        speeds["lift_speed"] = float(conveyor.lift_speed)
    elif isinstance(conveyor, Turntable):
        corner_m = math.hypot(float(conveyor.length), float(conveyor.width)) / 2
        speeds["turn_speed"] = float(conveyor.turn_speed) * corner_m
    for field, speed_mps in speeds.items():
        _check_step(scenario, field, speed_mps, at)


def _check_step(scenario: Scenario, field: str, speed_mps: float, at: Path) -> None:
    """Check that what moves at a speed moves no farther in a step than it may."""
    rate = float(scenario.physics.rate)
    if speed_mps > _MOST_STEP_M * rate:
        needed = math.ceil(speed_mps / _MOST_STEP_M)
        raise InconsistencyError(
            (*at, field),
            f"{speed_mps:g} m/s moves parts {1e3 * speed_mps / rate:.3g} mm in a "
            f"step of physics.rate {rate:g} Hz, so that they pass through a stop; "
            f"take {needed} Hz or less speed",
        )


def _check_shape(conveyor: ParametricConveyor, at: Path) -> None:
    if isinstance(conveyor, CurveConveyor):
        if not conveyor.radius > conveyor.width / 2:
            raise InconsistencyError(
                (*at, "radius"),
                f"{conveyor.radius:g} m leaves no inner edge to a way of "
                f"{conveyor.width:g} m; give more than half the width",
            )
        if not 0.0 < abs(conveyor.angle) < 2 * math.pi:
            raise InconsistencyError(
                (*at, "angle"),
                f"{math.degrees(conveyor.angle):g} deg; give less than a whole turn, "
                "and not 0",
            )
    if (
        isinstance(conveyor, StrandConveyor | Transfer)
        and not conveyor.gauge > conveyor.strand_width
    ):
        raise InconsistencyError(
            (*at, "gauge"),
            f"{conveyor.gauge:g} m is no more than the strand_width of "
            f"{conveyor.strand_width:g} m; give more",
        )
    if (
        isinstance(conveyor, Transfer | Turntable | VerticalLift)
        and conveyor.stop_at > conveyor.length
    ):
        raise InconsistencyError(
            (*at, "stop_at"),
            f"{conveyor.stop_at:g} m is beyond the length of {conveyor.length:g} m; "
            "stop parts before",
        )


def _check_on(scenario: Scenario, equipment: OnConveyor, at: Path) -> None:
    """Check that what stands on a conveyor stands on its way."""
    conveyors = {
        name: each
        for name, each in scenario.equipment.items()
        if isinstance(each, ParametricConveyor)
    }
    carrier = conveyors.get(equipment.on)
    if carrier is None:
        raise InconsistencyError(
            (*at, "on"),
            f"no conveyor {equipment.on!r} that is given by its dimensions; "
            f"known: {names(conveyors)}",
        )
    length_m = carrier.way_m()
    if equipment.at > length_m:
        raise InconsistencyError(
            (*at, "at"),
            f"{equipment.at:g} m is beyond the {length_m:g} m of {equipment.on!r}; "
            "move it onto its way",
        )
