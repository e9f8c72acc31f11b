"""The bottleneck found is the one of the definition, moment by moment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from twin.flow.bottleneck import Bottlenecks, find_bottlenecks

N_MACHINES = 4
HORIZON_S = 30

Row = tuple[int, int, int]
"""Machine, start, end; whole seconds, so that a second can be judged as a whole."""


@st.composite
def plants(draw: st.DrawFn) -> list[Row]:
    """Periods of four machines in any order, touching ones among them."""
    rows: list[Row] = []
    for machine in range(N_MACHINES):
        times = sorted(draw(st.lists(st.integers(0, HORIZON_S), max_size=10)))
        # Pairs of sorted times touch or lie apart; some last no time.
        rows += [
            (machine, start, end)
            for start, end in zip(times[0::2], times[1::2], strict=False)
        ]
    return draw(st.permutations(rows))


windows = st.tuples(st.integers(-5, HORIZON_S - 1), st.integers(1, HORIZON_S)).map(
    lambda pair: (float(pair[0]), float(pair[0] + pair[1]))
)


def found(rows: list[Row], window_s: tuple[float, float]) -> Bottlenecks:
    return find_bottlenecks(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        n_machines=N_MACHINES,
        window_s=window_s,
    )


def joined(rows: list[Row]) -> list[Row]:
    """Touching periods of a machine as one, by the seconds it is active."""
    periods: list[Row] = []
    for machine in range(N_MACHINES):
        active = {
            second
            for which, start, end in rows
            if which == machine
            for second in range(start, end)
        }
        for second in sorted(active):
            if second - 1 in active:
                _, start, _ = periods.pop()
                periods.append((machine, start, second + 1))
            else:
                periods.append((machine, second, second + 1))
    return periods


def longest_first(row: Row) -> tuple[int, int, int]:
    machine, start, end = row
    return start - end, start, machine


def by_definition(
    rows: list[Row], window_s: tuple[float, float]
) -> tuple[list[Row | None], list[list[Row]]]:
    """Judge each second of the window apart.

    Returns:
        The momentary bottleneck's period, and all periods active that are the
        bottleneck at some moment or other; both per second.
    """
    periods = joined(rows)

    def longest(second: int) -> Row | None:
        active = [row for row in periods if row[1] <= second < row[2]]
        return min(active, key=longest_first, default=None)

    ever = {longest(second) for second in range(HORIZON_S)}
    seconds = range(int(window_s[0]), int(window_s[1]))
    momentary = [longest(second) for second in seconds]
    involved = [
        [row for row in ever if row is not None and row[1] <= second < row[2]]
        for second in seconds
    ]
    return momentary, involved


def share_of(machines: list[int], window_s: tuple[float, float]) -> NDArray[np.float64]:
    counts = np.bincount(np.array(machines, dtype=int), minlength=N_MACHINES)
    return counts / (window_s[1] - window_s[0])


@given(plants(), windows)
def test_shares_are_those_of_the_definition(
    rows: list[Row], window_s: tuple[float, float]
) -> None:
    momentary, involved = by_definition(rows, window_s)
    result = found(rows, window_s)
    assert_allclose(
        result.momentary_share,
        share_of([row[0] for row in momentary if row is not None], window_s),
        atol=1e-12,
    )
    assert_allclose(
        result.sole_share,
        share_of([some[0][0] for some in involved if len(some) == 1], window_s),
        atol=1e-12,
    )
    shifting = [some for some in involved if len(some) > 1]
    assert_allclose(
        result.shifting_share,
        share_of([row[0] for some in shifting for row in some], window_s),
        atol=1e-12,
    )
    assert result.shifting_time_share == pytest.approx(
        len(shifting) / (window_s[1] - window_s[0]), abs=1e-12
    )


@given(plants(), windows)
def test_the_momentary_bottleneck_is_told_second_by_second(
    rows: list[Row], window_s: tuple[float, float]
) -> None:
    momentary, _ = by_definition(rows, window_s)
    told: list[int | None] = [None] * len(momentary)
    for machine, start_s, end_s in found(rows, window_s).momentary.tolist():
        for second in range(int(start_s), int(end_s)):
            told[second - int(window_s[0])] = machine
    assert told == [None if row is None else row[0] for row in momentary]


@given(plants(), windows)
def test_shares_are_parts_of_the_window(
    rows: list[Row], window_s: tuple[float, float]
) -> None:
    result = found(rows, window_s)
    some_active = result.momentary_share.sum()
    assert some_active <= 1 + 1e-12
    # Whenever somebody is active the bottleneck is either sole or shifting.
    assert result.sole_share.sum() + result.shifting_time_share == pytest.approx(
        some_active, abs=1e-12
    )
    assert (result.sole_share + result.shifting_share <= 1 + 1e-12).all()
    assert (result.sole_share <= result.momentary_share + 1e-12).all()
    assert (
        result.momentary_share <= result.sole_share + result.shifting_share + 1e-12
    ).all()


@given(plants(), windows)
def test_intervals_are_disjoint_in_order_and_inside_the_window(
    rows: list[Row], window_s: tuple[float, float]
) -> None:
    result = found(rows, window_s)
    for periods in (result.momentary, result.sole):
        edges_s = np.column_stack((periods["start_s"], periods["end_s"])).ravel()
        assert_array_equal(edges_s, np.sort(edges_s))
        assert (periods["end_s"] > periods["start_s"]).all()
        assert (edges_s >= window_s[0]).all()
        assert (edges_s <= window_s[1]).all()


@given(plants(), st.integers(1, HORIZON_S - 1))
def test_two_halves_make_the_whole(rows: list[Row], cut_s: int) -> None:
    whole = found(rows, (0.0, HORIZON_S))
    early, late = found(rows, (0.0, cut_s)), found(rows, (cut_s, HORIZON_S))
    for name in ("momentary_share", "sole_share", "shifting_share"):
        parts = cut_s * getattr(early, name) + (HORIZON_S - cut_s) * getattr(late, name)
        assert_allclose(parts, HORIZON_S * getattr(whole, name), atol=1e-9)


@given(plants())
def test_the_unit_of_time_does_not_matter(rows: list[Row]) -> None:
    """Quarters of seconds, too: no step relies on whole numbers."""
    whole = found(rows, (0.0, HORIZON_S))
    quarters = find_bottlenecks(
        [row[0] for row in rows],
        [row[1] / 4 for row in rows],
        [row[2] / 4 for row in rows],
        n_machines=N_MACHINES,
        window_s=(0.0, HORIZON_S / 4),
    )
    for name in ("momentary", "sole", "shifts"):
        for edge in ("start_s", "end_s"):
            assert_array_equal(
                4 * getattr(quarters, name)[edge], getattr(whole, name)[edge]
            )
    assert_allclose(quarters.sole_share, whole.sole_share, atol=1e-12)


def test_an_example_by_hand() -> None:
    """Machine 0 works 0-10 and 12-14, machine 1 8-25 and 30-40, machine 2 20-26.

    At 8 machine 1 starts the longer period and takes over: 8-10 shifts. Its 17 s
    outlast machine 2's 6 s until 25, so 20-25 shifts to machine 2, which is alone
    for one second. Machine 0's second period lies inside machine 1's and never
    counts. 26-30 and 40-50 nobody is active.
    """
    result = find_bottlenecks(
        [0, 1, 0, 2, 1],
        [0.0, 8.0, 12.0, 20.0, 30.0],
        [10.0, 25.0, 14.0, 26.0, 40.0],
        n_machines=3,
        window_s=(0.0, 50.0),
    )
    assert result.momentary.tolist() == [
        (0, 0, 8),
        (1, 8, 25),
        (2, 25, 26),
        (1, 30, 40),
    ]
    assert result.sole.tolist() == [(0, 0, 8), (1, 10, 20), (2, 25, 26), (1, 30, 40)]
    assert result.shifts.tolist() == [(0, 1, 8, 10), (1, 2, 20, 25)]
    assert_allclose(result.momentary_share, [0.16, 0.54, 0.02])
    assert_allclose(result.sole_share, [0.16, 0.40, 0.02])
    assert_allclose(result.shifting_share, [0.04, 0.14, 0.10])
    assert result.shifting_time_share == pytest.approx(0.14)


def test_parts_in_a_row_make_one_active_period() -> None:
    """Ten parts of 1 s without a pause outlast one part of 9 s beside them."""
    starts_s = [*range(10), 0.5]
    ends_s = [*range(1, 11), 9.5]
    result = find_bottlenecks(
        [0] * 10 + [1], starts_s, ends_s, n_machines=2, window_s=(0.0, 10.0)
    )
    assert result.momentary.tolist() == [(0, 0, 10)]
    assert_array_equal(result.sole_share, [1.0, 0.0])


def test_a_period_counts_with_its_length_outside_the_window() -> None:
    """Seen from 9 s on machine 0 has 1 s left, of a period longer than the other."""
    result = find_bottlenecks(
        [0, 1], [0.0, 8.0], [10.0, 15.0], n_machines=2, window_s=(9.0, 15.0)
    )
    assert result.momentary.tolist() == [(0, 9, 10), (1, 10, 15)]


def test_equal_lengths_go_to_the_earlier_start_then_to_the_lower_index() -> None:
    result = find_bottlenecks(
        [2, 1, 0], [3.0, 0.0, 3.0], [7.0, 4.0, 7.0], n_machines=3, window_s=(0.0, 7.0)
    )
    assert result.momentary.tolist() == [(1, 0, 4), (0, 4, 7)]
    assert result.sole_share[2] == result.shifting_share[2] == 0.0


def test_nobody_active_is_nobodys_bottleneck() -> None:
    result = find_bottlenecks([], [], [], n_machines=3, window_s=(0.0, 10.0))
    assert result.momentary.size == result.sole.size == result.shifts.size == 0
    assert_array_equal(result.momentary_share, np.zeros(3))
    assert result.shifting_time_share == 0.0


def test_the_slowest_of_three_machines_is_named() -> None:
    """Machine 1 works all the time; the others pause for each of its parts."""
    starts_s = np.arange(0.0, 100.0, 10.0)
    machine = np.repeat([0, 1, 2], 10)
    result = find_bottlenecks(
        machine,
        np.tile(starts_s, 3),
        np.concatenate((starts_s + 6.0, starts_s + 10.0, starts_s + 9.0)),
        n_machines=3,
        window_s=(0.0, 100.0),
    )
    assert_array_equal(result.sole_share, [0.0, 1.0, 0.0])


@pytest.mark.parametrize(
    ("machine", "start_s", "end_s", "window_s", "message"),
    [
        (
            [0, 0],
            [0.0, 1.0],
            [2.0, 3.0],
            (0.0, 9.0),
            "machine 0: active twice at 1.0 s",
        ),
        ([0], [2.0], [1.0], (0.0, 9.0), r"end_s\[0\]: 1.0 is before its start"),
        ([2], [0.0], [1.0], (0.0, 9.0), "machine: got 2 to 2; give 0 to 1"),
        ([-1], [0.0], [1.0], (0.0, 9.0), "machine: got -1 to -1"),
        ([0], [0.0], [np.inf], (0.0, 9.0), "close open periods"),
        ([0], [0.0, 1.0], [1.0], (0.0, 9.0), r"expected \(n,\) each"),
        ([0], [0.0], [1.0], (9.0, 9.0), "window_s"),
        ([0], [0.0], [1.0], (0.0, np.nan), "window_s"),
    ],
)
def test_misuse_is_refused(
    machine: list[int],
    start_s: list[float],
    end_s: list[float],
    window_s: tuple[float, float],
    message: str,
) -> None:
    with pytest.raises(ValueError, match=message):
        find_bottlenecks(machine, start_s, end_s, n_machines=2, window_s=window_s)
