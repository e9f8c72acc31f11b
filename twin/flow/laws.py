"""The laws of a plant as arrays that compiled code draws from, and their moments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.errors import FlowError
from twin.flow.kernel.draws import LAW, STREAM, draw, stream_key, uniform
from twin.flow.law_forms import bounds_s, form_of, normal_form, observed_s
from twin.scenario.laws import (
    Beta,
    Constant,
    Discrete,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    HyperExponential,
    Law,
    LogNormal,
    Normal,
    Triangular,
    Uniform,
    Weibull,
)

_HERE = Path()
_N_REPLICATIONS = 2**32


class LawArrays(NamedTuple):
    """What compiled code draws from; keep it alive as long as addresses are used.

    Attributes:
        laws: (n,) ``LAW``, by the rows that ``LawTable.add`` gave.
        numbers: (m,) float64, the laws' tables, m >= 1.
        streams: (k,) ``STREAM``; the one array that draws change.
    """

    laws: NDArray[np.void]
    numbers: NDArray[np.float64]
    streams: NDArray[np.void]

    @property
    def addresses(self) -> tuple[int, int, int]:
        """Where the three lie, in the order in which ``draw`` takes them."""
        return (
            self.laws.ctypes.data,
            self.numbers.ctypes.data,
            self.streams.ctypes.data,
        )


class LawTable:
    """Gathers the laws and streams of a plant, each under the name of its purpose."""

    def __init__(self) -> None:
        self._laws: list[tuple[Any, ...]] = []
        self._streams: dict[str, int] = {}
        self._tables: dict[bytes, int] = {}
        self._numbers: list[float] = []

    def add(self, law: Law, stream_name: str, folder: Path) -> int:
        """Return the row of a law that draws for one purpose.

        Args:
            law: As the scenario has it.
            stream_name: The purpose, such as "press/work"; no other has it.
            folder: Where the scenario's files are.

        Raises:
            FlowError: If the name has been given already.
            ScenarioError: If the file of an empirical law cannot be used.
        """
        form = form_of(law, folder)
        stream = self.add_stream(stream_name)
        offset = self._offset(form.table)
        self._laws.append((form.kind, stream, *form.parameters, offset, form.length))
        return len(self._laws) - 1

    def add_stream(self, name: str) -> int:
        """Return the row of a stream that serves ``uniform`` for one purpose.

        Raises:
            FlowError: If the name has been given already.
        """
        if name in self._streams:
            raise FlowError(
                f"stream {name!r}: has two purposes; give each a name of its own"
            )
        self._streams[name] = len(self._streams)
        return self._streams[name]

    def shared_stream(self, name: str) -> int:
        """Return the row of a stream from which several places draw in turn."""
        if name not in self._streams:
            self.add_stream(name)
        return self._streams[name]

    def stream_of(self, law: int) -> int:
        """Return the row of the stream that a law draws from; 0 for no law."""
        return int(self._laws[law][1]) if law >= 0 else 0

    def finish(self, seed: int) -> LawArrays:
        """Return the arrays, with all streams at their beginning.

        Args:
            seed: Of the run; the streams serve any replication of it.

        Raises:
            FlowError: If two streams have one key by chance.
        """
        owners: dict[int, str] = {}
        for name in self._streams:
            other = owners.setdefault(stream_key(seed, name), name)
            if other != name:
                raise FlowError(
                    f"seed {seed}: streams {other!r} and {name!r} would draw the same "
                    "numbers; take another seed"
                )
        streams = np.zeros(len(owners), STREAM)
        streams["key"] = list(owners)
        return LawArrays(
            np.array(self._laws, LAW), np.array([*self._numbers, 0.0]), streams
        )

    def _offset(self, table: Sequence[float]) -> int:
        """Return the row at which a table begins; equal tables are kept once."""
        content = np.array(table, np.float64).tobytes()
        if content not in self._tables:
            self._tables[content] = len(self._numbers)
            self._numbers.extend(table)
        return self._tables[content]


class Draws:
    """The variates of one law, the very numbers that compiled code would draw.

    Args:
        law: As the scenario has it.
        seed: Of the run.
        stream_name: The purpose, such as "press/work".
        replication: Its number, in [0, 2^32).
        folder: Where the scenario's files are.
    """

    def __init__(
        self,
        law: Law,
        seed: int,
        stream_name: str,
        replication: int = 0,
        folder: Path = _HERE,
    ) -> None:
        table = LawTable()
        table.add(law, stream_name, folder)
        self._arrays = table.finish(seed)
        self._replication = _checked(replication)

    def next(self) -> float:
        """Return the next variate, s."""
        return draw(*self._arrays.addresses, self._replication, 0)


class Uniforms:
    """The uniforms on (0, 1) of one stream, as compiled code would draw them.

    Args:
        seed: Of the run.
        stream_name: The purpose, such as "inspection/route".
        replication: Its number, in [0, 2^32).
    """

    def __init__(self, seed: int, stream_name: str, replication: int = 0) -> None:
        table = LawTable()
        table.add_stream(stream_name)
        self._streams = table.finish(seed).streams
        self._replication = _checked(replication)

    def next(self) -> float:
        """Return the next uniform."""
        return uniform(self._streams.ctypes.data, self._replication, 0)


def _checked(replication: int) -> int:
    if not 0 <= replication < _N_REPLICATIONS:
        raise ValueError(f"replication: got {replication}; give 0 to 2^32 - 1")
    return replication


def mean_s(law: Law, folder: Path = _HERE) -> float:
    """Return the mean of a law, s.

    Args:
        law: As the scenario has it.
        folder: Where the scenario's files are.

    Raises:
        ScenarioError: If the file of an empirical law cannot be used.
    """
    return _moments(law, folder)[0]


def variance_s2(law: Law, folder: Path = _HERE) -> float:
    """Return the variance of a law, s^2; see ``mean_s``."""
    return _moments(law, folder)[1]


def _moments(law: Law, folder: Path) -> tuple[float, float]:
    """Return mean, s, and variance, s^2.

    Source:
        Law and Kelton, Simulation Modeling and Analysis, section 6.2; the truncated
        normal: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions
        vol. 1, section 13.10.1.
    """
    match law:
        case Constant():
            return float(law.value), 0.0
        case Exponential():
            return float(law.mean), law.mean**2
        case Uniform():
            return 0.5 * (law.low + law.high), (law.high - law.low) ** 2 / 12.0
        case Triangular():
            a, b, c = law.low, law.mode, law.high
            spread = (b - a) ** 2 + (c - b) ** 2 + (c - a) ** 2
            return (a + b + c) / 3.0, spread / 36.0
        case Normal():
            return _normal_moments(law)
        case LogNormal() | Gamma():
            return float(law.mean), law.sd**2
        case Erlang():
            return float(law.mean), law.mean**2 / law.shape
        case Weibull():
            once = math.gamma(1.0 + 1.0 / law.shape)
            twice = math.gamma(1.0 + 2.0 / law.shape)
            return law.scale * once, law.scale**2 * (twice - once**2)
        case Beta():
            width, total = law.high - law.low, law.alpha + law.beta
            share = law.alpha / total
            spread = share * (1.0 - share) / (total + 1.0)
            return law.low + width * share, width**2 * spread
        case HyperExponential():
            mean = math.fsum(np.multiply(law.means, law.probabilities))
            square = math.fsum(np.multiply(np.square(law.means), law.probabilities))
            return mean, 2.0 * square - mean**2
        case Discrete():
            mean = math.fsum(np.multiply(law.values, law.probabilities))
            squares = np.square(np.subtract(law.values, mean))
            return mean, math.fsum(squares * law.probabilities)
        case Empirical():
            times_s = observed_s(law, folder)
            return float(times_s.mean()), float(times_s.var())


def _normal_moments(law: Normal) -> tuple[float, float]:
    form = normal_form(law)
    from_, to = ((bound - law.mean) / form.b for bound in bounds_s(law))
    if abs(to - from_) < 1.0:
        shift, square = _narrow_moments(from_, to)
    else:
        mass = form.d - form.c
        density_from, density_to = _normal_density(from_), _normal_density(to)
        shift = (density_from - density_to) / mass
        slope = (_times(from_, density_from) - _times(to, density_to)) / mass
        square = 1.0 + slope - shift**2
    return law.mean + form.b * shift, law.sd**2 * square


def _narrow_moments(from_: float, to: float) -> tuple[float, float]:
    """Return mean and variance of the standard normal between bounds less than 1 apart.

    By Gauss's rule, since the closed form is a difference of nearly equal numbers
    there; twenty nodes leave nothing that a float could show.
    """
    nodes, weights = np.polynomial.legendre.leggauss(20)
    middle = 0.5 * (from_ + to)
    offsets = 0.5 * (to - from_) * nodes
    weights = weights * np.exp(-offsets * (middle + 0.5 * offsets))
    offset = np.average(offsets, weights=weights)
    square = np.average((offsets - offset) ** 2, weights=weights)
    return middle + float(offset), float(square)


def _normal_density(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


def _times(z: float, density: float) -> float:
    """Return the product, 0 where the density vanishes at infinity."""
    return 0.0 if math.isinf(z) else z * density
