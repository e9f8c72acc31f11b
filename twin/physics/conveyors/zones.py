"""Which zones of an accumulating conveyor run: pure, from eyes to commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Release = Literal["single", "train"]


class ZoneLogic:
    """Zero-pressure accumulation: a zone stops when the next one is taken.

    Each zone has an eye at its end. A part at a zone's eye waits while the next
    zone's eye is broken; the last zone's part waits while the exit is not free. So
    parts close up to one a zone, and none pushes another.

    ``single``: a part sets out once the one ahead has cleared its eye, and so keeps
    a zone's distance. ``train``: all set out as soon as the first does.

    Args:
        n_zones: How many.
        release: How those that wait set out.
    """

    def __init__(self, n_zones: int, release: Release = "single") -> None:
        if n_zones < 1:
            raise ValueError(f"n_zones: got {n_zones}; give at least 1")
        self.n_zones = n_zones
        self.release: Release = release

    def commands(self, broken: Sequence[bool], *, exit_free: bool) -> tuple[bool, ...]:
        """Return which zones run, first to last.

        Args:
            broken: What each zone's eye says, first to last.
            exit_free: Whether what comes after the last zone takes a part.
        """
        if len(broken) != self.n_zones:
            raise ValueError(
                f"broken: got {len(broken)} eyes for {self.n_zones} zones; give one "
                "each"
            )
        running: list[bool] = []
        takes = exit_free
        for eye in reversed(broken):
            runs = takes or not eye
            running.append(runs)
            takes = runs if self.release == "train" else not eye
        return tuple(reversed(running))


def headway_s(
    speed_mps: float,
    acceleration_mps2: float,
    zone_m: float,
    part_m: float,
    release: Release,
) -> float:
    """Return the time from part to part that leaves a full row of zones.

    Single: the one behind sets out from rest when the one ahead has cleared the eye,
    a part's length after it had set out itself, and has a zone's length to go. What
    flow calls a pitch is this time at full speed.

    Train: one zone's length at full speed.

    Args:
        speed_mps: Of the zones.
        acceleration_mps2: Of their ramps, which friction must be able to follow.
        zone_m: From eye to eye.
        part_m: Length of a part.
        release: As in ``ZoneLogic``.
    """
    if release == "train":
        return zone_m / speed_mps
    # From rest over a way that is longer than the ramp: way / v + v / (2 a).
    late_s = speed_mps / (2 * acceleration_mps2)
    return part_m / speed_mps + zone_m / speed_mps + late_s
