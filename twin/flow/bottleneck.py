"""Which machine holds the plant up, and when: the active-period method."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

PERIOD = np.dtype(
    [("machine", np.int64), ("start_s", np.float64), ("end_s", np.float64)]
)
SHIFT = np.dtype(
    [
        ("from_machine", np.int64),
        ("to_machine", np.int64),
        ("start_s", np.float64),
        ("end_s", np.float64),
    ]
)

Periods = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Bottlenecks:
    """The bottleneck over a window of time.

    Shares are of the window's length, one per machine, (n_machines,) float64. The
    sole shares of all machines and ``shifting_time_share`` sum to at most 1, the rest
    being time when nobody is active; while the bottleneck shifts, every machine
    that takes part counts the time, so the shifting shares of all may sum to more.

    Args:
        momentary: The bottleneck over time, rows of PERIOD: disjoint, in order.
        sole: The bits of it when it is beyond doubt, rows of PERIOD: disjoint, in
            order.
        shifts: Overlaps of one bottleneck with the next, rows of SHIFT, in order;
            two may overlap when three machines are involved.
        momentary_share: Time as momentary bottleneck.
        sole_share: Time as sole bottleneck.
        shifting_share: Time in a shift, either way.
        shifting_time_share: Time in which any shift was going on.
    """

    momentary: Periods
    sole: Periods
    shifts: Periods
    momentary_share: NDArray[np.float64]
    sole_share: NDArray[np.float64]
    shifting_share: NDArray[np.float64]
    shifting_time_share: float


def find_bottlenecks(
    machine: ArrayLike,
    start_s: ArrayLike,
    end_s: ArrayLike,
    *,
    n_machines: int,
    window_s: tuple[float, float],
) -> Bottlenecks:
    """Return the momentary, sole and shifting bottlenecks.

    A machine is active while it does anything but wait: works, is set up, is down
    or under repair; not while starved or blocked. Of the machines active at a
    moment the one whose active period is longest, from its start to its end, is the
    bottleneck of that moment. While the periods of one bottleneck and of the next
    overlap, the bottleneck shifts; otherwise it is the sole one. With equal lengths
    the earlier start counts, then the lower index.

    Periods of one machine that touch are one. A period that reaches out of the
    window counts with its whole length, and gives its share inside.

    Args:
        machine: Index of each period's machine, (n,) int, in [0, n_machines); each
            server of a station is a machine of its own.
        start_s: Start of each period, (n,) float, any order.
        end_s: End of each period, (n,) float, not before its start.
        n_machines: How many machines there are.
        window_s: From when to when to judge.

    Raises:
        ValueError: If lengths differ, a number is out of range or not finite, or two
            periods of one machine overlap.

    Source:
        C. Roser, M. Nakano and M. Tanaka, "Shifting bottleneck detection", Winter
        Simulation Conference 2002, and "Comparison of bottleneck detection methods
        for AGV systems", Winter Simulation Conference 2003.
    """
    from_s, to_s = window_s
    if not (np.isfinite([from_s, to_s]).all() and from_s < to_s):
        raise ValueError(f"window_s: got {window_s!r}; give a start before its end")
    # Of all periods, not only those that reach the window: one that ends before it
    # may be what keeps another from ever being a bottleneck.
    chain, switch_s = _chain(_joined(_checked(machine, start_s, end_s, n_machines)))

    momentary = _clipped(
        chain["machine"], switch_s[:, 0], switch_s[:, 1], window_s=window_s
    )
    # Starts and ends both rise along the chain, since none holds another: only the
    # neighbours bound the time when a bottleneck stands alone.
    sole_start_s, sole_end_s = chain["start_s"].copy(), chain["end_s"].copy()
    sole_start_s[1:] = np.maximum(sole_start_s[1:], chain["end_s"][:-1])
    sole_end_s[:-1] = np.minimum(sole_end_s[:-1], chain["start_s"][1:])
    sole = _clipped(chain["machine"], sole_start_s, sole_end_s, window_s=window_s)
    whole = _clipped(
        chain["machine"], chain["start_s"], chain["end_s"], window_s=window_s
    )
    shifts = _shifts(chain, window_s)

    length_s = to_s - from_s
    sole_share = _time_s(sole, n_machines) / length_s
    return Bottlenecks(
        momentary=momentary,
        sole=sole,
        shifts=shifts,
        momentary_share=_time_s(momentary, n_machines) / length_s,
        sole_share=sole_share,
        # What rounding leaves below 0 is nothing.
        shifting_share=np.maximum(
            _time_s(whole, n_machines) / length_s - sole_share, 0
        ),
        shifting_time_share=_covered_s(shifts) / length_s,
    )


def _checked(
    machine: ArrayLike, start_s: ArrayLike, end_s: ArrayLike, n_machines: int
) -> Periods:
    """Return the periods longer than nothing as rows, by machine, then by start."""
    machines = np.asarray(machine, dtype=np.int64)
    starts_s = np.asarray(start_s, dtype=np.float64)
    ends_s = np.asarray(end_s, dtype=np.float64)
    if not (machines.ndim == 1 and machines.shape == starts_s.shape == ends_s.shape):
        raise ValueError(
            "machine, start_s, end_s: expected (n,) each, got "
            f"{machines.shape}, {starts_s.shape}, {ends_s.shape}"
        )
    if machines.size and not 0 <= machines.min() <= machines.max() < n_machines:
        raise ValueError(
            f"machine: got {machines.min()} to {machines.max()}; "
            f"give 0 to {n_machines - 1}"
        )
    if not (np.isfinite(starts_s).all() and np.isfinite(ends_s).all()):
        raise ValueError("start_s, end_s: not all are finite; close open periods")
    if (ends_s < starts_s).any():
        row = int(np.argmax(ends_s < starts_s))
        raise ValueError(f"end_s[{row}]: {ends_s[row]} is before its start")
    lasting = ends_s > starts_s
    rows = _rows(machines[lasting], starts_s[lasting], ends_s[lasting])
    return rows[np.lexsort((rows["start_s"], rows["machine"]))]


def _rows(
    machine: NDArray[np.int64],
    start_s: NDArray[np.float64],
    end_s: NDArray[np.float64],
) -> Periods:
    rows = np.zeros(len(machine), dtype=PERIOD)
    rows["machine"], rows["start_s"], rows["end_s"] = machine, start_s, end_s
    return rows


def _joined(rows: Periods) -> Periods:
    """Return the periods with those of a machine that touch made one."""
    if not rows.size:
        return rows
    same = rows["machine"][1:] == rows["machine"][:-1]
    gap_s = rows["start_s"][1:] - rows["end_s"][:-1]
    if (same & (gap_s < 0)).any():
        row = rows[1:][int(np.argmax(same & (gap_s < 0)))]
        raise ValueError(
            f"machine {row['machine']}: active twice at {row['start_s']} s; "
            "give each server its own index"
        )
    first = np.append(True, ~(same & (gap_s == 0)))
    last = np.append(first[1:], True)
    return _rows(rows["machine"][first], rows["start_s"][first], rows["end_s"][last])


def _chain(active: Periods) -> tuple[Periods, NDArray[np.float64]]:
    """Return the periods that are ever the bottleneck, and from when to when.

    Returns:
        Rows of ``active`` in order of time, (n,), and when each is the momentary
        bottleneck, (n, 2) float64, s. Each is so once, without interruption: one
        that takes over is longer, and does not end inside the one it took from.
    """
    active = active[
        np.lexsort((active["machine"], -active["end_s"], active["start_s"]))
    ]
    # One that lies inside another is never the longest; with many machines that
    # leaves few to walk.
    latest_end_s = np.maximum.accumulate(active["end_s"])
    active = active[
        np.append(True, active["end_s"][1:] > latest_end_s[:-1])[: active.size]
    ]
    machines = active["machine"].tolist()
    starts_s, ends_s = active["start_s"].tolist(), active["end_s"].tolist()
    chosen: list[int] = []
    switch_s: list[list[float]] = []
    waiting: list[tuple[float, float, int, int]] = []
    now_s, row = 0.0, 0
    while row < len(starts_s) or waiting:
        if not waiting:
            now_s = starts_s[row]
        while row < len(starts_s) and starts_s[row] <= now_s:
            length_s = ends_s[row] - starts_s[row]
            heapq.heappush(waiting, (-length_s, starts_s[row], machines[row], row))
            row += 1
        longest = waiting[0][3]
        if ends_s[longest] <= now_s:
            heapq.heappop(waiting)
            continue
        until_s = ends_s[longest]
        if row < len(starts_s):
            until_s = min(until_s, starts_s[row])
        if chosen and chosen[-1] == longest:
            switch_s[-1][1] = until_s
        else:
            chosen.append(longest)
            switch_s.append([now_s, until_s])
        now_s = until_s
    return active[chosen], np.array(switch_s, dtype=np.float64).reshape(-1, 2)


def _shifts(chain: Periods, window_s: tuple[float, float]) -> Periods:
    """Return the overlaps of each bottleneck's period with the next one's."""
    start_s = np.maximum(chain["start_s"][1:], window_s[0])
    end_s = np.minimum(chain["end_s"][:-1], window_s[1])
    rows = np.zeros(len(start_s), dtype=SHIFT)
    rows["from_machine"], rows["to_machine"] = (
        chain["machine"][:-1],
        chain["machine"][1:],
    )
    rows["start_s"], rows["end_s"] = start_s, end_s
    inside: Periods = rows[end_s > start_s]
    return inside


def _clipped(
    machine: NDArray[np.int64],
    start_s: NDArray[np.float64],
    end_s: NDArray[np.float64],
    *,
    window_s: tuple[float, float],
) -> Periods:
    """Return what of the periods lies in the window, nothing-long ones left out."""
    rows = _rows(
        machine, np.maximum(start_s, window_s[0]), np.minimum(end_s, window_s[1])
    )
    inside: Periods = rows[rows["end_s"] > rows["start_s"]]
    return inside


def _time_s(rows: Periods, n_machines: int) -> NDArray[np.float64]:
    """Return each machine's time in the periods, (n_machines,) float64, s."""
    time_s = np.zeros(n_machines, dtype=np.float64)
    np.add.at(time_s, rows["machine"], rows["end_s"] - rows["start_s"])
    return time_s


def _covered_s(rows: Periods) -> float:
    """Return how long at least one of the periods lasts; they are in order."""
    if not rows.size:
        return 0.0
    # Ends rise along the rows, so only the row before can reach into one.
    start_s = np.append(
        rows["start_s"][0], np.maximum(rows["start_s"][1:], rows["end_s"][:-1])
    )
    return float(np.sum(rows["end_s"] - start_s))
