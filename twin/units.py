"""Quantities with a unit: text in, SI out, with where the number comes from."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pint

Confidence = Literal["A", "B", "C"]
"""A = published, B = derived from published, C = assumed."""

# Number, then a unit of letters, signs and the powers 2 and 3. Pint would also
# evaluate sums and towers of powers ("9**9**9 m" never returns), so the form
# is checked before it sees the text.
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?"
_FACTOR = r"(?:[A-Za-zµμ]+|°|%)(?:(?:\^|\*\*)[23]|[²³])?"
_UNIT = rf"(?:/\s*)?{_FACTOR}(?:\s*[·*/]\s*{_FACTOR}|\s+{_FACTOR})*"
_QUANTITY = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})\s*")
QUANTITY_PATTERN = rf"^\s*{_NUMBER}\s*[A-Za-zµμ°%/][^\n]*$"
"""What each quantity matches, for a JSON Schema; not every match is one."""

_LONGEST_TEXT = 48
_PLAIN_SIGNS = str.maketrans(
    {"·": "*", "°": "deg", "²": "^2", "³": "^3", "\N{GREEK SMALL LETTER MU}": "µ"}
)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A kind of quantity: its SI unit, and an example to put into errors."""

    name: str
    si: str
    example: str


TIME = Dimension("time", "s", "40 min")
LENGTH = Dimension("length", "m", "250 mm")
SPEED = Dimension("speed", "m/s", "0.3 m/s")
ACCELERATION = Dimension("acceleration", "m/s^2", "0.5 m/s^2")
JERK = Dimension("jerk", "m/s^3", "5 m/s^3")
ANGLE = Dimension("angle", "rad", "90 deg")
ANGULAR_SPEED = Dimension("angular speed", "rad/s", "123 deg/s")
ANGULAR_ACCELERATION = Dimension("angular acceleration", "rad/s^2", "150 deg/s^2")
ANGULAR_JERK = Dimension("angular jerk", "rad/s^3", "600 deg/s^3")
MASS = Dimension("mass", "kg", "326 kg")
FORCE = Dimension("force", "N", "600 N")
TORQUE = Dimension("torque", "N*m", "110 N m")
PRESSURE = Dimension("pressure", "Pa", "60 kPa")
RATE = Dimension("rate", "1/s", "90 / day")
FREQUENCY = Dimension("frequency", "1/s", "240 Hz")
MASS_FLOW = Dimension("mass flow", "kg/s", "2 kg/min")
VOLUME_FLOW = Dimension("volume flow", "m^3/s", "6 l/min")


class Quantity(float):
    """A number in SI units that remembers its source.

    It is a float, so the model computes with it as with any number; a report
    asks it where it comes from.

    Attributes:
        unit: The SI unit as text.
        source: Where the number was read, or "".
        confidence: A published, B derived, C assumed; "" if the scenario is silent.
    """

    __slots__ = ("confidence", "source", "unit")
    unit: str
    source: str
    confidence: str

    def __new__(
        cls, value: float, unit: str = "", source: str = "", confidence: str = ""
    ) -> Quantity:
        """Make a quantity of an SI number."""
        made = super().__new__(cls, value)
        made.unit = unit
        made.source = source
        made.confidence = confidence
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the provenance when sent to another process."""
        return (
            Quantity,
            (float(self), self.unit, self.source, self.confidence),
        )


@cache
def _registry() -> pint.UnitRegistry[float]:
    import pint  # 0.7 s with its registry: only when a scenario is read

    return pint.UnitRegistry(cache_folder=None)


# Most units of most files: a scenario that has no others does without pint, which
# takes as long to begin as a small plant does to run. A test compares them with it.
_USUAL: Mapping[tuple[str, str], float] = MappingProxyType(
    {
        ("s", "s"): 1.0,
        ("ms", "s"): 0.001,
        ("min", "s"): 60.0,
        ("h", "s"): 3600.0,
        ("d", "s"): 86400.0,
        ("day", "s"): 86400.0,
        ("days", "s"): 86400.0,
        ("m", "m"): 1.0,
        ("mm", "m"): 0.001,
        ("km", "m"): 1000.0,
        ("m/s", "m/s"): 1.0,
        ("kg", "kg"): 1.0,
        ("N", "N"): 1.0,
        ("Hz", "1/s"): 1.0,
    }
)


def _si_factor(unit: str, dimension: Dimension) -> float:
    usual = _USUAL.get((unit, dimension.si))
    return _pint_factor(unit, dimension) if usual is None else usual


@lru_cache(maxsize=1024)
def _pint_factor(unit: str, dimension: Dimension) -> float:
    import pint

    spelled = unit.translate(_PLAIN_SIGNS)
    if spelled.startswith("/"):
        spelled = f"1{spelled}"
    # Root units keep the radian, which pint else takes for a bare 1: an angular
    # speed is no rate, and a solid angle no angle.
    try:
        one = _registry().Quantity(1.0, spelled).to_root_units()
        si = _registry().Quantity(1.0, dimension.si).to_root_units()
        fits = one.units == si.units
    except (
        pint.PintError,
        ArithmeticError,
        AttributeError,
        SyntaxError,
        TypeError,
        ValueError,
    ) as error:
        raise ValueError(_no_unit(unit, dimension)) from error
    if not fits:
        raise ValueError(_no_unit(unit, dimension))
    return float(one.magnitude / si.magnitude)


def _no_unit(unit: str, dimension: Dimension) -> str:
    return (
        f"{unit!r} is no unit of {dimension.name}; write such as {dimension.example!r}"
    )


def read_quantity(text: object, dimension: Dimension) -> float:
    """Return the SI value of a text such as "40 min".

    Args:
        text: Number and unit. A bare 0 passes, since zero of anything is zero.
        dimension: What is due.

    Returns:
        The value in ``dimension.si``.

    Raises:
        ValueError: If it is no number with a fitting unit, or not finite.
    """
    if isinstance(text, (int, float)) and not isinstance(text, bool) and text == 0:
        return 0.0
    if isinstance(text, (int, float)):
        raise ValueError(
            f"got {text!r} without a unit; write such as {dimension.example!r}"
        )
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        raise ValueError(
            f"got {str(text)[:_LONGEST_TEXT]!r}; give {dimension.name} with its "
            f"unit, such as {dimension.example!r}"
        )
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(
            f"got {text!r}; give {dimension.name} with its unit, such as "
            f"{dimension.example!r}"
        )
    value = float(match["number"]) * _si_factor(match["unit"], dimension)
    if not math.isfinite(value):
        raise ValueError(f"got {text!r}, which is not finite; give a smaller number")
    return value
