"""Over the whole cycle nothing that moves overlaps what it must stay clear of."""

from __future__ import annotations

import pytest
from watched import WatchedCycle

pytestmark = pytest.mark.slow


def test_strands_lift_table_and_robot_never_overlap(cycle: WatchedCycle) -> None:
    """Every part of each, lift posts, carriage and arms included."""
    told = ", ".join(
        f"{one}-{other} {1e3 * gap_m:.0f} mm at {time_s:.2f} s"
        for (one, other), (gap_m, time_s) in sorted(cycle.least_gap_m.items())
    )
    assert set(cycle.groups) == {"strands", "lift", "table", "robot"}
    assert all(cycle.groups.values())
    # They work close to each other: if nothing ever came near, nothing was measured.
    assert {
        ("strands", "lift"),
        ("lift", "robot"),
        ("table", "robot"),
    } <= set(cycle.least_gap_m), told
    assert min(gap for gap, _ in cycle.least_gap_m.values()) > 0.0, told
    # The arm was planned with 30 mm to everything; its tracking costs next to none.
    for pair, (gap_m, _) in cycle.least_gap_m.items():
        if "robot" in pair:
            assert gap_m > 0.029, told


def test_the_pack_comes_down_between_the_strands(cycle: WatchedCycle) -> None:
    told = ", ".join(
        f"pack-{name} {1e3 * gap_m:.0f} mm at {time_s:.2f} s"
        for name, (gap_m, time_s) in sorted(cycle.pack_gap_m.items())
    )
    assert "strands" in cycle.pack_gap_m, told
    assert min(gap for gap, _ in cycle.pack_gap_m.values()) > 0.0, told
    assert 0.01 < cycle.pack_gap_m["camera"][0] < 0.05, told


def test_the_sweep_is_fine_enough(cycle: WatchedCycle) -> None:
    """Between two looks nothing moves by more than it stays apart."""
    tips = [sample.tip_m for sample in cycle.samples]
    times = [sample.frame.sim_time_s for sample in cycle.samples]
    assert times[1] - times[0] == 0.25
    assert len(tips) > 800
    assert times == sorted(times)
