"""Lines with blocking against published numbers and limits."""

from __future__ import annotations

import pytest

from twin.verify.lines import assembly, tandem_line, unreliable_line
from twin.verify.networks import open_network
from twin.verify.queues import mmck


@pytest.mark.parametrize(
    ("stations", "throughput"),
    [(2, 0.6667), (3, 0.5641), (4, 0.5148), (5, 0.4858)],
)
def test_balanced_lines_without_buffers(stations: int, throughput: float) -> None:
    """Hunt (1956) and Hillier, Boling (1967): the first stations' known values."""
    line = tandem_line([1.0] * stations, [0] * (stations - 1))
    assert line.throughput_per_s == pytest.approx(throughput, abs=5e-5)


@pytest.mark.parametrize("queue", [0, 1, 4])
def test_two_equal_stations_make_places_plus_two_over_places_plus_three(
    queue: int,
) -> None:
    """Hunt (1956): (q + 2) / (q + 3) with q places between two equal stations."""
    line = tandem_line([2.0, 2.0], [queue])
    assert line.throughput_per_s == pytest.approx((queue + 2) / (queue + 3) / 2.0)


def test_a_poisson_source_that_waits_is_mm1k_with_its_own_place() -> None:
    line = tandem_line([1.0, 0.8], [3])
    queue = mmck(1.0, 0.8, 1, 5)
    assert line.throughput_per_s == pytest.approx(queue.throughput_per_s, rel=1e-12)
    assert line.starved[1] == pytest.approx(1.0 - queue.utilisation, rel=1e-12)


def test_a_line_reads_the_same_backwards() -> None:
    """Reversibility (Muth 1979): the reversed line makes as much."""
    forwards = tandem_line([1.0, 1.6, 0.7, 1.2], [2, 0, 1]).throughput_per_s
    backwards = tandem_line([1.2, 0.7, 1.6, 1.0], [1, 0, 2]).throughput_per_s
    assert forwards == pytest.approx(backwards, rel=1e-9)


def test_much_room_leaves_what_the_first_station_makes() -> None:
    line = tandem_line([1.0, 0.5, 0.4], [40, 40])
    assert line.throughput_per_s == pytest.approx(1.0, rel=1e-6)
    network = open_network([1.0, 0.0], [0.5, 0.4], [1, 1], [[0.0, 1.0], [0.0, 0.0]])
    expected = [station.inside_mean for station in network.stations]
    assert line.inside_means == pytest.approx(expected, rel=1e-6)


def test_what_enters_a_station_leaves_it() -> None:
    line = tandem_line([1.0, 1.3, 0.9], [1, 2])
    made = [
        share / mean
        for share, mean in zip(line.executing, [1.0, 1.3, 0.9], strict=True)
    ]
    assert made == pytest.approx([line.throughput_per_s] * 3, rel=1e-9)
    assert line.starved[0] == pytest.approx(0.0, abs=1e-12)


def test_machines_that_never_fail_make_a_plain_line() -> None:
    line = unreliable_line((1.0, 1.2), (1e9, 1e9), (1.0, 1.0), 2)
    plain = tandem_line([1.0, 1.2], [2])
    assert line.throughput_per_s == pytest.approx(plain.throughput_per_s, rel=1e-6)
    assert line.blocked[0] == pytest.approx(plain.blocked[0], rel=1e-6)


def test_much_room_leaves_the_slower_unreliable_machine() -> None:
    line = unreliable_line((1.0, 2.0), (50.0, 40.0), (5.0, 10.0), 400)
    assert line.throughput_per_s == pytest.approx(0.5 * 0.8, rel=1e-3)


def test_repairs_take_their_share_of_working_time() -> None:
    line = unreliable_line((1.0, 0.9), (20.0, 30.0), (4.0, 6.0), 3)
    assert line.failed[0] == pytest.approx(line.executing[0] * 4.0 / 20.0, rel=1e-9)
    assert line.failed[1] == pytest.approx(line.executing[1] * 6.0 / 30.0, rel=1e-9)
    assert line.executing[0] == pytest.approx(line.throughput_per_s * 1.0, rel=1e-9)
    for station in (0, 1):
        shares = (line.executing, line.blocked, line.starved, line.failed)
        assert sum(each[station] for each in shares) == pytest.approx(1.0, rel=1e-9)


def test_a_sure_component_leaves_one_queue() -> None:
    """With one component always there, the other sees M/M/1 with a waiting source."""
    joined = assembly((1.0, 1e-6), (3, 3), 0.8)
    queue = mmck(1.0, 0.8, 1, 5)
    assert joined.throughput_per_s == pytest.approx(queue.throughput_per_s, rel=1e-5)


def test_fast_assembly_without_queues_waits_for_the_later_part() -> None:
    """Each source holds one part; the cycle is the longer of two equal intervals."""
    joined = assembly((1.0, 1.0), (0, 0), 1e-9)
    assert joined.throughput_per_s == pytest.approx(1.0 / 1.5, rel=1e-6)
