"""Variates of every law, drawn from named counter-based streams by compiled code.

Variate n of a stream is a function of seed, name, replication and n alone: each is
computed from its number, not from the one before. A copied record therefore goes on
as the original would, and no stream can disturb another.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

from twin.flow.kernel.pointers import (
    bits_of,
    compiled,
    inlined,
    number_from_bits,
    number_pointer,
    pointer_to,
    put_number,
)

STREAM = np.dtype(
    [
        ("key", "u8"),  # of seed and name, see stream_key
        ("n_drawn", "i8"),  # number of the next variate
        ("filled", "i8"),  # number of the block below, from 1; 0 if there is none
        ("block", "f8", (8,)),  # uniforms of eight variates in a row
        ("waits", "f8", (8,)),  # -log(1 - u) of each: exponential times of mean 1
    ],
    align=True,
)
"""A stream, for one replication: a record that has drawn never changes to another."""

LAW = np.dtype(
    [
        ("kind", "i8"),
        ("stream", "i8"),  # row in the array of streams
        ("a", "f8"),
        ("b", "f8"),
        ("c", "f8"),
        ("d", "f8"),
        ("offset", "i8"),  # first row in the array of numbers
        ("length", "i8"),  # entries of the table that begins there
    ],
    align=True,
)
"""A law; what its parameters mean stands beside each kind."""

CONSTANT = 0  # a: value
EXPONENTIAL = 1  # a: mean
UNIFORM = 2  # a: low, b: high - low
TRIANGULAR = 3  # a: low, b: mode, c: high, d: probability of at most the mode
NORMAL = 4  # a: mean, b: sd, c and d: Phi at the ends; table: low, high
LOGNORMAL = 5  # a, b: mean and sd of the logarithm
GAMMA = 6  # a: shape, b: scale
WEIBULL = 7  # a: scale, b: 1 / shape
BETA = 8  # a: low, b: high - low, c: alpha, d: beta
HYPEREXPONENTIAL = 9  # table: cumulative probabilities, then means
DISCRETE = 10  # table: cumulative probabilities, then values
EMPIRICAL = 11  # table: the observations, ascending

_law_at = pointer_to(LAW)
_stream_at = pointer_to(STREAM)
_number_at = number_pointer(np.float64)

# Numba makes a float of a signed and an unsigned integer, so these are all unsigned.
_LOW_HALF = np.uint64(0xFFFFFFFF)
_HALF_WORD = np.uint64(32)
_TO_53_BITS = np.uint64(11)
_ONE = np.uint64(1)
_NO_DOMAIN = np.uint64(0)
_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)

_SPACING = 2.0**-53
_BELOW_ONE = 1.0 - _SPACING


def stream_key(seed: int, name: str) -> int:
    """Return the 64-bit key of the stream that belongs to a name.

    Two names of a scenario share a key by chance once in 4e11 scenarios of 10,000
    names; ``twin.flow.laws`` refuses them.
    """
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


@inlined
def _round(
    c0: np.uint64,
    c1: np.uint64,
    c2: np.uint64,
    c3: np.uint64,
    k0: np.uint64,
    k1: np.uint64,
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return a counter's four words after one round."""
    product_0 = _MULTIPLIER_0 * c0
    product_1 = _MULTIPLIER_1 * c2
    return (
        (product_1 >> _HALF_WORD) ^ c1 ^ k0,
        product_1 & _LOW_HALF,
        (product_0 >> _HALF_WORD) ^ c3 ^ k1,
        product_0 & _LOW_HALF,
    )


@inlined
def _two_rounds(
    c0: np.uint64,
    c1: np.uint64,
    c2: np.uint64,
    c3: np.uint64,
    k0: np.uint64,
    k1: np.uint64,
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return a counter's four words and the key's two after two rounds."""
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _WEYL_0) & _LOW_HALF, (k1 + _WEYL_1) & _LOW_HALF
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    return c0, c1, c2, c3, (k0 + _WEYL_0) & _LOW_HALF, (k1 + _WEYL_1) & _LOW_HALF


@compiled
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, key: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return the four random words of a counter, Philox4x32-10.

    Args:
        c0: First of the counter's four words, each < 2^32.
        c1: Second word.
        c2: Third word.
        c3: Fourth word.
        key: Both words of the key, the first in the low half.

    Source:
        Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
        3", SC'11, section 3.3, doi:10.1145/2063384.2063405.
    """
    k0 = key & _LOW_HALF
    k1 = key >> _HALF_WORD
    c0, c1, c2, c3, k0, k1 = _two_rounds(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _two_rounds(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _two_rounds(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _two_rounds(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _two_rounds(c0, c1, c2, c3, k0, k1)
    return c0, c1, c2, c3


# Floats whose last bit counts 1 and 2^32: an integer below that, put into their low
# bits, is added to them. So an integer becomes a float, several at a time.
_FROM_2_52 = np.uint64(0x4330000000000000)
_FROM_2_84 = np.uint64(0x4530000000000000)
_BOTH_OFFSETS = 2.0**84 + 2.0**52


@inlined
def unit(low: np.uint64, high: np.uint64) -> float:
    """Return two random words as a number in (0, 1), a multiple of 2^-53.

    Zero is drawn as 2^-53: a shift of 1e-32 in the mean, and no logarithm of zero.
    Neither is 1 - u ever rounded.
    """
    bits = max(((high << _HALF_WORD) | low) >> _TO_53_BITS, _ONE)
    above = number_from_bits((bits >> _HALF_WORD) | _FROM_2_84)
    below = number_from_bits((bits & _LOW_HALF) | _FROM_2_52)
    return ((above - _BOTH_OFFSETS) + below) * _SPACING


_MANTISSA = np.uint64(2**52 - 1)
_TO_EXPONENT = np.uint64(52)
_BITS_OF_ROOT_HALF = np.uint64(0x3FE6A09E667F3BCD)
# Added, it carries into the exponent from sqrt(1/2) on instead of from 1 on.
_UP_TO_ONE = np.uint64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)
_OF_ONE = 1023.0
# ln 2 in two parts; the first has zeros for the exponent's digits at its end.
_LN2_HIGH = float.fromhex("0x1.62e42feep-1")
_LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
_C1, _C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10 = (
    2.0 / (2 * n + 1) for n in range(1, 11)
)


@inlined
def minus_log(x: float) -> float:
    """Return -ln x for x in (0, 1], to within a unit of the last place.

    The same on every machine, and without a branch: the compiler works out several
    at a time, which the library's function does not allow.

    Source:
        x = 2^k m with m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh s with
        s = (m - 1) / (m + 1), by its power series, whose eleventh term is below
        1e-17 here. The sum's order follows from m - 1 being exact: Muller,
        "Elementary Functions" (2016), section 11.4.
    """
    carried = np.uint64(bits_of(x)) + _UP_TO_ONE
    m = number_from_bits((carried & _MANTISSA) + _BITS_OF_ROOT_HALF)
    k = number_from_bits((carried >> _TO_EXPONENT) | _FROM_2_52) - (2.0**52 + _OF_ONE)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    r = _C10
    r = r * z + _C9
    r = r * z + _C8
    r = r * z + _C7
    r = r * z + _C6
    r = r * z + _C5
    r = r * z + _C4
    r = r * z + _C3
    r = r * z + _C2
    r = r * z + _C1
    half = 0.5 * f * f
    return ((half - (s * (half + z * r) + k * _LN2_LOW)) - f) - k * _LN2_HIGH


@compiled
def pair(
    key: np.uint64, replication: int, number: int, domain: np.uint64
) -> tuple[float, float]:
    """Return the two uniforms at a place of a stream.

    Args:
        key: Of the stream.
        replication: In [0, 2^32).
        number: Of the variate, or of the pair of variates in domain 0.
        domain: 0 for laws by inversion; by rejection, which trial of the variate.
    """
    place = np.uint64(number)
    w0, w1, w2, w3 = philox(
        place & _LOW_HALF,
        place >> _HALF_WORD,
        np.uint64(replication) & _LOW_HALF,
        domain,
        key,
    )
    return unit(w0, w1), unit(w2, w3)


_STREAM_BYTES = STREAM.itemsize
_BLOCK = int(STREAM.fields["block"][1]) if STREAM.fields else 0
_N_BLOCK = 8
_COUNTERS = 4


@compiled
def _fill(place: int, replication: int) -> None:
    """Compute the block of eight variates that a stream's next one lies in.

    Four counters, each of two uniforms, and no branch in the loop over them: the
    compiler makes one vector of the four.

    Args:
        place: Address of the stream.
        replication: In [0, 2^32).
    """
    state = _stream_at(place, 0)
    eighth = state.n_drawn >> 3
    state.filled = eighth + 1
    first = np.uint64(eighth) * np.uint64(_COUNTERS)
    low, high = first & _LOW_HALF, first >> _HALF_WORD
    third = np.uint64(replication) & _LOW_HALF
    key = state.key
    block = place + _BLOCK
    for i in range(_COUNTERS):
        # A block's four counters differ in their last two bits: nothing carries.
        # The rounds stand here once more: behind a call they are not made a vector.
        a, b, c, d = low + np.uint64(i), high, third, _NO_DOMAIN
        k0, k1 = key & _LOW_HALF, key >> _HALF_WORD
        a, b, c, d, k0, k1 = _two_rounds(a, b, c, d, k0, k1)
        a, b, c, d, k0, k1 = _two_rounds(a, b, c, d, k0, k1)
        a, b, c, d, k0, k1 = _two_rounds(a, b, c, d, k0, k1)
        a, b, c, d, k0, k1 = _two_rounds(a, b, c, d, k0, k1)
        a, b, c, d, k0, k1 = _two_rounds(a, b, c, d, k0, k1)
        u, v = unit(a, b), unit(c, d)
        put_number(block, 2 * i, u)
        put_number(block, 2 * i + 1, v)
        put_number(block, _N_BLOCK + 2 * i, minus_log(1.0 - u))
        put_number(block, _N_BLOCK + 2 * i + 1, minus_log(1.0 - v))


@inlined
def _move_on(streams: int, replication: int, stream: int) -> int:
    """Go on to a stream's next variate; return its place in the block."""
    state = _stream_at(streams, stream)
    number = state.n_drawn
    if state.filled != (number >> 3) + 1:
        _fill(streams + stream * _STREAM_BYTES, replication)
    state.n_drawn = number + 1
    return number & 7


@inlined
def uniform(streams: int, replication: int, stream: int) -> float:
    """Return a stream's next uniform on (0, 1).

    Args:
        streams: Address of an array of ``STREAM``.
        replication: In [0, 2^32).
        stream: Row in that array.
    """
    place = _move_on(streams, replication, stream)
    return _stream_at(streams, stream).block[place]


@inlined
def unit_wait(streams: int, replication: int, stream: int) -> float:
    """Return -log(1 - u) of a stream's next uniform: exponential, of mean 1.

    Args:
        streams: Address of an array of ``STREAM``.
        replication: In [0, 2^32).
        stream: Row in that array.
    """
    place = _move_on(streams, replication, stream)
    return _stream_at(streams, stream).waits[place]


@compiled
def normal_quantile(p: float) -> float:
    """Return the standard normal deviate with probability p in (0, 1) below it.

    Relative error about 1e-16.

    Source:
        Wichura, "Algorithm AS 241: the percentage points of the normal
        distribution", Applied Statistics 37 (1988) 477-484, PPND16.
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        above = 2.5090809287301226727e3
        above = above * r + 3.3430575583588128105e4
        above = above * r + 6.7265770927008700853e4
        above = above * r + 4.5921953931549871457e4
        above = above * r + 1.3731693765509461125e4
        above = above * r + 1.9715909503065514427e3
        above = above * r + 1.3314166789178437745e2
        above = above * r + 3.3871328727963666080
        below = 5.2264952788528545610e3
        below = below * r + 2.8729085735721942674e4
        below = below * r + 3.9307895800092710610e4
        below = below * r + 2.1213794301586595867e4
        below = below * r + 5.3941960214247511077e3
        below = below * r + 6.8718700749205790830e2
        below = below * r + 4.2313330701600911252e1
        return q * above / (below * r + 1.0)
    r = math.sqrt(-math.log(min(p, 1.0 - p)))
    if r <= 5.0:
        r -= 1.6
        above = 7.74545014278341407640e-4
        above = above * r + 2.27238449892691845833e-2
        above = above * r + 2.41780725177450611770e-1
        above = above * r + 1.27045825245236838258
        above = above * r + 3.64784832476320460504
        above = above * r + 5.76949722146069140550
        above = above * r + 4.63033784615654529590
        above = above * r + 1.42343711074968357734
        below = 1.05075007164441684324e-9
        below = below * r + 5.47593808499534494600e-4
        below = below * r + 1.51986665636164571966e-2
        below = below * r + 1.48103976427480074590e-1
        below = below * r + 6.89767334985100004550e-1
        below = below * r + 1.67638483018380384940
        below = below * r + 2.05319162663775882187
    else:
        r -= 5.0
        above = 2.01033439929228813265e-7
        above = above * r + 2.71155556874348757815e-5
        above = above * r + 1.24266094738807843860e-3
        above = above * r + 2.65321895265761230930e-2
        above = above * r + 2.96560571828504891230e-1
        above = above * r + 1.78482653991729133580
        above = above * r + 5.46378491116411436990
        above = above * r + 6.65790464350110377720
        below = 2.04426310338993978564e-15
        below = below * r + 1.42151175831644588870e-7
        below = below * r + 1.84631831751005468180e-5
        below = below * r + 7.86869131145613259100e-4
        below = below * r + 1.48753612908506148525e-2
        below = below * r + 1.36929880922735805310e-1
        below = below * r + 5.99832206555887937690e-1
    z = above / (below * r + 1.0)
    return -z if q < 0.0 else z


@compiled
def _gamma_at_least_one(
    key: np.uint64, replication: int, number: int, first_trial: int, shape: float
) -> float:
    """Return a gamma variate of scale 1 and a shape of 1 or more.

    One trial in twenty at most is rejected; each takes one counter.

    Args:
        key: Of the stream.
        replication: In [0, 2^32).
        number: Of the variate.
        first_trial: Domain of the first trial; the next ones follow it.
        shape: >= 1.

    Source:
        Marsaglia and Tsang, "A simple method for generating gamma variables", ACM
        TOMS 26 (2000) 363-372, section 3.
    """
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    trial = np.uint64(first_trial)
    while True:
        u, v = pair(key, replication, number, trial)
        trial += _ONE
        x = normal_quantile(u)
        root = 1.0 + c * x
        if root > 0.0:
            cube = root * root * root
            square = x * x
            if v < 1.0 - 0.0331 * square * square:
                return d * cube
            if math.log(v) < 0.5 * square + d * (1.0 - cube + math.log(cube)):
                return d * cube


@compiled
def _log_shrink(
    key: np.uint64, replication: int, number: int, domain: int, shape: float
) -> float:
    """Return the log of what takes a gamma variate of shape + 1 to one of shape.

    The logarithm, because at small shapes the factor is often below the smallest
    float, and a beta variate is a ratio of two.

    Source:
        Marsaglia and Tsang 2000, section 6.
    """
    u, _ = pair(key, replication, number, np.uint64(domain))
    return math.log(u) / shape


# Domains of a variate's draws by rejection: the shrinking of its first gamma, then
# that gamma's trials, and the same for its second.
_FIRST = 1
_SECOND = 1 << 16


@compiled
def _by_rejection(kind: int, law: int, laws: int, streams: int, run: int) -> float:
    rule = _law_at(laws, law)
    state = _stream_at(streams, rule.stream)
    key, number = state.key, state.n_drawn
    state.n_drawn = number + 1
    alpha: float = rule.a if kind == GAMMA else rule.c
    scale: float = rule.b
    log_shrink = 0.0
    if alpha < 1.0:
        log_shrink = _log_shrink(key, run, number, _FIRST, alpha)
        alpha += 1.0
    x = _gamma_at_least_one(key, run, number, _FIRST + 1, alpha)
    if kind == GAMMA:
        return scale * x * math.exp(log_shrink)
    low: float = rule.a
    beta: float = rule.d
    if beta < 1.0:
        log_shrink -= _log_shrink(key, run, number, _SECOND, beta)
        beta += 1.0
    y = _gamma_at_least_one(key, run, number, _SECOND + 1, beta)
    return low + scale / (1.0 + y / x * math.exp(-log_shrink))


@compiled
def _entry(numbers: int, row: int) -> float:
    value: float = _number_at(numbers, row).value
    return value


@compiled
def _first_above(numbers: int, offset: int, length: int, u: float) -> int:
    """Return which of the cumulative probabilities is the first above u."""
    low, high = 0, length - 1
    while low < high:
        middle = (low + high) >> 1
        if u < _entry(numbers, offset + middle):
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def _from_table(kind: int, law: int, laws: int, numbers: int, u: float) -> float:
    rule = _law_at(laws, law)
    offset: int = rule.offset
    length: int = rule.length
    if kind == EMPIRICAL:
        # At the largest u, 1 - 2^-53, the product still rounds to below the length.
        return _entry(numbers, offset + int(u * length))
    row = _first_above(numbers, offset, length, u)
    value = _entry(numbers, offset + length + row)
    if kind == DISCRETE:
        return value
    # Within its share of (0, 1) u is uniform again, so it serves once more.
    start = 0.0 if row == 0 else _entry(numbers, offset + row - 1)
    share = _entry(numbers, offset + row) - start
    return -value * math.log1p(-min((u - start) / share, _BELOW_ONE))


@compiled
def _by_inversion(kind: int, law: int, laws: int, numbers: int, u: float) -> float:
    rule = _law_at(laws, law)
    a: float = rule.a
    b: float = rule.b
    c: float = rule.c
    d: float = rule.d
    if kind == UNIFORM:
        return a + b * u
    if kind == TRIANGULAR:
        if u < d:
            return a + math.sqrt(u * (c - a) * (b - a))
        return c - math.sqrt((1.0 - u) * (c - a) * (c - b))
    if kind == NORMAL:
        x = a + b * normal_quantile(min(c + (d - c) * u, _BELOW_ONE))
        low = _entry(numbers, rule.offset)
        high = _entry(numbers, rule.offset + 1)
        return min(max(x, low), high)
    if kind == LOGNORMAL:
        return math.exp(a + b * normal_quantile(u))
    return a * math.pow(-math.log(1.0 - u), b)


@compiled
def draw(laws: int, numbers: int, streams: int, replication: int, law: int) -> float:
    """Return the next variate of a law.

    Laws by inversion increase with their uniform, so that variants of a scenario
    that share streams stay close to each other.

    Args:
        laws: Address of an array of ``LAW``.
        numbers: Address of an array of float64, the laws' tables.
        streams: Address of an array of ``STREAM``; the law's own one moves on.
        replication: In [0, 2^32).
        law: Row in the array of laws.
    """
    rule = _law_at(laws, law)
    kind: int = rule.kind
    a: float = rule.a
    if kind == CONSTANT:
        return a
    if kind in (GAMMA, BETA):
        return _by_rejection(kind, law, laws, streams, replication)
    if kind == EXPONENTIAL:
        return a * unit_wait(streams, replication, rule.stream)
    u = uniform(streams, replication, rule.stream)
    if kind >= HYPEREXPONENTIAL:
        return _from_table(kind, law, laws, numbers, u)
    return _by_inversion(kind, law, laws, numbers, u)
