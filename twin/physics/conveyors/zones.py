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


def pitch_m(zone_m: float, part_m: float, release: Release) -> float:
    """Return what flow calls the pitch of such a conveyor: way from part to part.

    Single: a part sets out when the one ahead has cleared the eye. Both had stopped
    a stop ramp beyond their eyes, so the one ahead has gone its length less that
    ramp, and was late by the start ramp: with equal ramps these cancel, and the
    headway is that of a part and a zone at full speed. Train: that of a zone.

    Args:
        zone_m: From eye to eye.
        part_m: Length of a part.
        release: As in ``ZoneLogic``.
    """
    return zone_m if release == "train" else zone_m + part_m
