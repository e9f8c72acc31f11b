"""Draining: how fluids leave a car, how long it takes, and what stays in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from twin.scenario.fluids import Drain
from twin.scenario.parts import Part
from twin.scenario.station import Operation


@dataclass(frozen=True, slots=True)
class Charge:
    """How much of a fluid a car holds.

    Attributes:
        full_kg: When it comes.
        residue_kg: Of it, what stays in the car for good.
    """

    full_kg: float
    residue_kg: float

    @property
    def free_kg(self) -> float:
        """What can be drained."""
        return self.full_kg - self.residue_kg


def charges(parts: Mapping[str, Part]) -> dict[str, Charge]:
    """Return how much of each fluid some parts hold together."""
    full: dict[str, list[float]] = {}
    residue: dict[str, list[float]] = {}
    for part in parts.values():
        for fluid, filling in part.fluids.items():
            full.setdefault(fluid, []).append(float(filling.mass))
            residue.setdefault(fluid, []).append(float(filling.residue))
    return {
        fluid: Charge(math.fsum(masses), math.fsum(residue[fluid]))
        for fluid, masses in full.items()
    }


def drain_time_s(fluid: str, drain: Drain, charge: Charge) -> float:
    """Return how long a fluid runs until no more than its residue is left.

    Evenly: what can be drained over the rate. Slower and slower: the rate falls with
    what is left, so that what is left falls exponentially from the full charge, as
    from a vessel through a narrow pipe (Torricelli's law made linear).

    Args:
        fluid: Which.
        drain: How it leaves, with a rate.
        charge: How much there is.

    Raises:
        ValueError: If the drain states no rate, or would never end.
    """
    rate_kgps = drain.rate_kgps(fluid)
    if rate_kgps is None:
        raise ValueError(f"{fluid}: no rate; the operation's time says how long")
    if drain.runs == "evenly":
        return charge.free_kg / rate_kgps
    if charge.residue_kg <= 0.0:
        raise ValueError(f"{fluid}: ever slower never ends without a residue")
    slowness_s = charge.full_kg / rate_kgps
    return slowness_s * math.log(charge.full_kg / charge.residue_kg)


def drained_kg(
    fluid: str, drain: Drain, charge: Charge, elapsed_s: float, lasts_s: float
) -> float:
    """Return how much has left the car by a time.

    Args:
        fluid: Which.
        drain: How it leaves.
        charge: How much there was.
        elapsed_s: Since the operation began.
        lasts_s: How long the operation takes in all; without a rate the fluid runs
            evenly through that time.
    """
    rate_kgps = drain.rate_kgps(fluid)
    if rate_kgps is None:
        share = min(1.0, elapsed_s / lasts_s) if lasts_s > 0.0 else 1.0
        return charge.free_kg * share
    if drain.runs == "evenly":
        return min(charge.free_kg, rate_kgps * elapsed_s)
    left = math.exp(-elapsed_s * rate_kgps / charge.full_kg)
    return min(charge.free_kg, charge.full_kg * (1.0 - left))


def operation_time_s(operation: Operation, parts: Mapping[str, Part]) -> float:
    """Return how long an operation takes that lasts as long as its fluids run.

    Fluids run side by side; one that the car does not hold takes no time.
    """
    held = charges(parts)
    times_s = [
        drain_time_s(fluid, drain, held[fluid])
        for fluid, drain in operation.drains.items()
        if fluid in held
    ]
    return max(times_s, default=0.0)
