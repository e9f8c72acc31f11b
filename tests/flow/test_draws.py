"""Streams in compiled code: the generator, its addresses, and what a copy keeps."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from twin.flow.kernel import draws
from twin.flow.kernel.draws import LAW, STREAM
from twin.flow.kernel.pointers import compiled

Floats = NDArray[np.float64]

seeds = st.integers(0, 2**64)
names = st.text(min_size=1, max_size=30)
replications = st.integers(0, 2**32 - 1)
kinds = st.sampled_from([draws.EXPONENTIAL, draws.GAMMA, draws.BETA])


@compiled
def _uniforms(streams: int, replication: int, drawn: Floats) -> None:
    for i in range(drawn.size):
        drawn[i] = draws.uniform(streams, replication, 0)


@compiled
def _variates(
    laws: int, numbers: int, streams: int, replication: int, law: int, drawn: Floats
) -> None:
    for i in range(drawn.size):
        drawn[i] = draws.draw(laws, numbers, streams, replication, law)


def _stream(seed: int = 1, name: str = "press/work") -> NDArray[np.void]:
    stream = np.zeros(1, STREAM)
    stream["key"] = draws.stream_key(seed, name)
    return stream


def uniforms(stream: NDArray[np.void], n: int, replication: int = 0) -> Floats:
    """Return the stream's next n uniforms, (n,)."""
    drawn = np.zeros(n)
    _uniforms(stream.ctypes.data, replication, drawn)
    return drawn


# One law of each way of drawing; all three have a stream of their own at row 0.
_LAWS = np.zeros(12, LAW)
_LAWS["kind"] = np.arange(12)
_LAWS["a"][[draws.EXPONENTIAL, draws.GAMMA]] = (60.0, 0.7)
_LAWS["b"][[draws.GAMMA, draws.BETA]] = (20.0, 1.0)
_LAWS[["c", "d"]][draws.BETA] = (0.8, 3.0)
_NUMBERS = np.zeros(1)


def variates(
    kind: int, stream: NDArray[np.void], n: int, replication: int = 0
) -> Floats:
    """Return the next n variates of a law of the kind, (n,)."""
    drawn = np.zeros(n)
    _variates(
        _LAWS.ctypes.data,
        _NUMBERS.ctypes.data,
        stream.ctypes.data,
        replication,
        kind,
        drawn,
    )
    return drawn


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ([0, 0, 0, 0], 0, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        (
            [0xFFFFFFFF] * 4,
            0xFFFFFFFF_FFFFFFFF,
            [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD],
        ),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            0x299F31D0_A4093822,
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
    ids=["zeros", "ones", "digits of pi"],
)
def test_philox_gives_the_published_answers(
    counter: list[int], key: int, expected: list[int]
) -> None:
    """The file kat_vectors of Random123, lines philox4x32 with 10 rounds."""
    c0, c1, c2, c3 = (np.uint64(word) for word in counter)
    assert list(draws.philox(c0, c1, c2, c3, np.uint64(key))) == expected


@pytest.mark.parametrize(
    ("word", "expected"), [(0, 2.0**-53), (0xFFFFFFFF, 1.0 - 2.0**-53)]
)
def test_a_uniform_is_neither_0_nor_1(word: int, expected: float) -> None:
    assert draws.unit(np.uint64(word), np.uint64(word)) == expected


def test_a_uniform_has_53_bits() -> None:
    one_more = draws.unit(np.uint64(1 << 11), np.uint64(1 << 31))
    assert one_more - draws.unit(np.uint64(0), np.uint64(1 << 31)) == 2.0**-53
    assert draws.unit(np.uint64(0), np.uint64(1 << 31)) == 0.5


def test_uniforms_are_uniform_and_free_of_serial_correlation() -> None:
    n = 100_000
    drawn = uniforms(_stream(), n)
    assert scipy.stats.kstest(drawn, "uniform").pvalue > 1e-4
    # Pairs of one block and pairs of two blocks; 4 standard errors.
    for lag in (1, 2, 3):
        earlier, later = drawn[:-lag] - 0.5, drawn[lag:] - 0.5
        assert abs(np.mean(earlier * later)) * 12.0 < 4.0 / np.sqrt(n)


def test_draws_are_the_same_in_every_version() -> None:
    """A recorded run is repeated next year: these numbers must not move."""
    assert draws.stream_key(1, "press/work") == 18323820681404464872
    assert uniforms(_stream(), 3, replication=2).tolist() == [
        0.6876743705609746,
        0.6485627162029792,
        0.23630684852096362,
    ]
    # A library's logarithm may differ in the last place from one machine to another.
    assert variates(draws.GAMMA, _stream(), 3) == pytest.approx(
        [41.960835784504326, 20.8225399898659, 46.371775855741596], rel=1e-13
    )
    assert variates(draws.BETA, _stream(), 3) == pytest.approx(
        [0.3861854781150228, 0.13748695497199828, 0.36712242695902503], rel=1e-13
    )


@given(seeds, names, names)
def test_other_names_draw_otherwise(seed: int, one: str, two: str) -> None:
    same = np.array_equal(
        uniforms(_stream(seed, one), 8), uniforms(_stream(seed, two), 8)
    )
    assert same == (one == two)


@given(seeds, seeds)
def test_other_seeds_draw_otherwise(one: int, two: int) -> None:
    same = np.array_equal(uniforms(_stream(one), 8), uniforms(_stream(two), 8))
    assert same == (one == two)


@given(kinds, replications, replications)
def test_other_replications_draw_otherwise(kind: int, one: int, two: int) -> None:
    same = np.array_equal(
        variates(kind, _stream(), 8, one), variates(kind, _stream(), 8, two)
    )
    assert same == (one == two)


def test_streams_and_replications_are_uncorrelated() -> None:
    n = 50_000
    drawn = [
        uniforms(_stream(name="a"), n),
        uniforms(_stream(name="b"), n),
        uniforms(_stream(seed=2, name="a"), n),
        uniforms(_stream(name="a"), n, replication=1),
        variates(draws.GAMMA, _stream(name="a"), n),
        variates(draws.GAMMA, _stream(name="a"), n, replication=1),
    ]
    correlations = np.triu(np.corrcoef(np.array(drawn)), 1)
    assert np.abs(correlations).max() < 4.0 / np.sqrt(n)


@given(kinds, st.integers(0, 20), replications)
def test_a_copied_record_continues_bit_for_bit(
    kind: int, n_before: int, replication: int
) -> None:
    stream = _stream()
    variates(kind, stream, n_before, replication)
    copy = stream.copy()
    expected = variates(kind, stream, 10, replication)
    assert_array_equal(variates(kind, copy, 10, replication), expected)
    assert copy == stream


@settings(max_examples=30)
@given(st.lists(kinds, min_size=1, max_size=12))
def test_the_nth_variate_depends_on_no_other(order: list[int]) -> None:
    """Whatever was drawn before, by inversion or by rejection."""
    stream = _stream()
    for n, kind in enumerate(order):
        fresh = _stream()
        fresh["n_drawn"] = n
        assert variates(kind, stream, 1)[0] == variates(kind, fresh, 1)[0]
    assert stream["n_drawn"][0] == len(order)


def test_more_than_2_to_the_32_draws_repeat_nothing() -> None:
    far = _stream()
    far["n_drawn"] = 2**33
    assert np.intersect1d(uniforms(far, 1000), uniforms(_stream(), 1000)).size == 0
    far["n_drawn"] = 2**32
    gammas = variates(draws.GAMMA, far, 1000)
    assert np.intersect1d(gammas, variates(draws.GAMMA, _stream(), 1000)).size == 0


def test_a_constant_takes_nothing_from_its_stream() -> None:
    stream = _stream()
    assert_array_equal(variates(draws.CONSTANT, stream, 5), np.zeros(5))
    assert stream["n_drawn"][0] == 0


def test_the_normal_quantile_is_that_of_scipy() -> None:
    """Centre, shoulders and tails, the smallest normal float included."""
    p = np.concatenate(
        [np.linspace(1e-6, 1.0 - 1e-6, 20_001), np.logspace(-307.0, -1.0, 2_000)]
    )
    quantiles = np.array([draws.normal_quantile(float(each)) for each in p])
    np.testing.assert_allclose(quantiles, scipy.special.ndtri(p), rtol=2e-15)


def test_the_normal_quantile_is_odd() -> None:
    for p in (0.25, 0.0625, 2.0**-30):
        assert draws.normal_quantile(p) == -draws.normal_quantile(1.0 - p)
    assert draws.normal_quantile(0.5) == 0.0
