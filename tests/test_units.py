"""Texts with units become SI numbers, or say in one line what is wrong."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import units
from twin.units import Dimension, Quantity, read_quantity

DIMENSIONS = [value for value in vars(units).values() if isinstance(value, Dimension)]

# What each unit is in SI, from the SI brochure (BIPM, 9th edition).
KNOWN = {
    units.TIME: {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "day": 86400.0},
    units.LENGTH: {"m": 1.0, "mm": 1e-3, "cm": 1e-2, "km": 1e3, "µm": 1e-6},
    units.SPEED: {"m/s": 1.0, "km/h": 1 / 3.6, "mm / s": 1e-3, "m/min": 1 / 60},
    units.ACCELERATION: {"m/s^2": 1.0, "m/s**2": 1.0, "m/s²": 1.0, "m/s/s": 1.0},
    units.JERK: {"m/s^3": 1.0, "m/s³": 1.0},
    units.ANGLE: {"rad": 1.0, "deg": math.pi / 180, "°": math.pi / 180, "mrad": 1e-3},
    units.ANGULAR_SPEED: {"deg/s": math.pi / 180, "rpm": math.tau / 60, "rad/s": 1.0},
    units.ANGULAR_ACCELERATION: {"deg/s^2": math.pi / 180},
    units.ANGULAR_JERK: {"deg/s^3": math.pi / 180},
    units.MASS: {"kg": 1.0, "g": 1e-3, "t": 1e3},
    units.FORCE: {"N": 1.0, "kN": 1e3, "kg m/s^2": 1.0},
    units.TORQUE: {"N m": 1.0, "N*m": 1.0, "N·m": 1.0, "kN m": 1e3},
    units.PRESSURE: {"Pa": 1.0, "kPa": 1e3, "bar": 1e5, "mbar": 1e2},
    units.RATE: {"/ day": 1 / 86400, "/h": 1 / 3600, "/ s": 1.0, "Hz": 1.0},
    units.FREQUENCY: {"Hz": 1.0, "kHz": 1e3},
    units.MASS_FLOW: {"kg/s": 1.0, "kg/min": 1 / 60, "g/s": 1e-3, "t/h": 1 / 3.6},
    units.VOLUME_FLOW: {"l/min": 1e-3 / 60, "m^3/s": 1.0, "l/s": 1e-3},
}
SPELLINGS = [(d, unit, si) for d, known in KNOWN.items() for unit, si in known.items()]


def test_every_dimension_is_tried() -> None:
    assert set(DIMENSIONS) == set(KNOWN)


@pytest.mark.parametrize("dimension", DIMENSIONS, ids=lambda d: d.name)
def test_the_example_that_errors_show_is_right(dimension: Dimension) -> None:
    assert read_quantity(dimension.example, dimension) > 0.0


@given(
    spelling=st.sampled_from(SPELLINGS),
    value=st.floats(-1e9, 1e9, allow_nan=False),
    blanks=st.tuples(*(st.sampled_from(["", " ", "  "]) for _ in range(3))),
)
def test_a_number_with_a_unit_is_that_many_of_it(
    spelling: tuple[Dimension, str, float], value: float, blanks: tuple[str, str, str]
) -> None:
    dimension, unit, si = spelling
    before, between, after = blanks
    number = f"{value:.9f}"
    read = read_quantity(f"{before}{number}{between}{unit}{after}", dimension)
    assert read == pytest.approx(float(number) * si, rel=1e-12, abs=1e-300)


@given(spelling=st.sampled_from(SPELLINGS), other=st.sampled_from(DIMENSIONS))
def test_a_unit_of_something_else_is_refused(
    spelling: tuple[Dimension, str, float], other: Dimension
) -> None:
    dimension, unit, _ = spelling
    if dimension.si == other.si:
        return
    with pytest.raises(ValueError, match=r"is no unit of .*; write such as"):
        read_quantity(f"1 {unit}", other)


ALPHABET = "0123456789.eE+-*/^()[]{}<>=!,;:_'\"\\ \t\nsmkgNradehdyinfuloµ°%²³·"


@given(
    text=st.one_of(
        st.text(max_size=60),
        st.text(ALPHABET, max_size=48),
        st.text(ALPHABET, max_size=40).map(lambda tail: f"1 s{tail}"),
        st.text("aeims */^23", max_size=40).map(lambda tail: f"2 m{tail}"),
    ),
    dimension=st.sampled_from(DIMENSIONS),
)
def test_any_text_is_a_finite_number_or_a_value_error(
    text: str, dimension: Dimension
) -> None:
    """Nothing hangs, nothing else is raised, nothing infinite comes out."""
    try:
        outcome: float | str = read_quantity(text, dimension)
    except ValueError as error:
        outcome = str(error)
    if isinstance(outcome, str):
        assert dimension.example in outcome or "not finite" in outcome
    else:
        assert math.isfinite(outcome)


@pytest.mark.parametrize(
    "text",
    [
        *("9**9**9 s", "1 s**3**3**3**3**3", "1 s^3^3^3^3", "2 s**9", "1 s**"),
        *("1 s + 1 s", "1 s - 1 s", "(1 s)", "2*3 s", "1/2 s", "1 2 s", "1 s 2"),
        *("nan s", "inf s", "-inf s", "1e400 s", "1e999999 s", "5 nan s", "5 inf s"),
        *("", " ", "s", "5", "0", "1,5 s", ".5 s", "5. s", "1e s", "0x10 s", "1_0 s"),
        *(
            "\u0661 s",
            "1 s\0",
            "1 s; import os",
            "1 __import__",
            "5 lambda",
            "5 s if s",
        ),
        "1 " + "a" * 44 + "!",
        "1 s" + " s" * 40,
        "20 C",
        "20 degC",
        "3 dB",
    ],
)
def test_what_is_no_quantity_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="40 min"):
        read_quantity(text, units.TIME)


@pytest.mark.parametrize("bare", [1, -1, 0.5, 10**400, math.inf, math.nan, True, False])
def test_a_bare_number_is_refused(bare: float) -> None:
    with pytest.raises(ValueError, match="without a unit; write such as '40 min'"):
        read_quantity(bare, units.TIME)


@pytest.mark.parametrize("other", [None, [], {}, b"1 s", ["1 s"], object()])
def test_what_is_no_text_is_refused(other: object) -> None:
    with pytest.raises(ValueError, match="give time with its unit, such as '40 min'"):
        read_quantity(other, units.TIME)


@pytest.mark.parametrize("zero", [0, 0.0, -0.0])
def test_zero_of_anything_is_zero(zero: float) -> None:
    for dimension in DIMENSIONS:
        read = read_quantity(zero, dimension)
        assert (read, math.copysign(1.0, read)) == (0.0, 1.0)


def test_angles_are_no_bare_numbers() -> None:
    with pytest.raises(ValueError, match="'Hz' is no unit of angular speed"):
        read_quantity("5 Hz", units.ANGULAR_SPEED)
    with pytest.raises(ValueError, match="'rpm' is no unit of frequency"):
        read_quantity("5 rpm", units.FREQUENCY)
    with pytest.raises(ValueError, match="'sr' is no unit of angle"):
        read_quantity("5 sr", units.ANGLE)
    with pytest.raises(ValueError, match=r"'deg\*deg' is no unit of angle"):
        read_quantity("5 deg*deg", units.ANGLE)


def test_a_product_beyond_floats_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite; give a smaller number"):
        read_quantity("9e99 Qm^3 Qm^3 Qm^3 / m^3 / m^3 / m^2", units.LENGTH)


def test_a_quantity_is_a_number_that_keeps_its_source_across_processes() -> None:
    mass = Quantity(326.0, "kg", "published", "A")
    sent = pickle.loads(pickle.dumps(mass))
    assert sent == mass == 326.0
    assert (sent.unit, sent.source, sent.confidence) == ("kg", "published", "A")
    assert type(mass * 2) is float


def test_usual_units_are_worth_what_the_unit_library_says() -> None:
    dimensions = {
        each.si: each
        for each in vars(units).values()
        if isinstance(each, units.Dimension)
    }
    assert len(units._USUAL) > 10
    for (unit, si), factor in units._USUAL.items():
        assert units._pint_factor(unit, dimensions[si]) == factor, unit


def test_a_scenario_of_usual_units_does_without_the_unit_library(
    root_folder: Path,
) -> None:
    code = (
        "import sys; from twin.scenario import load_scenario;"
        "load_scenario('scenarios/textbook/mm1.yaml'); print('pint' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root_folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "False\n"
