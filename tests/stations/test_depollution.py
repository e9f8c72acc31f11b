"""Fluids run out by their law, all but the residue, and take the time that says so."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.scenario.fluids import DENSITY_KGPM3, Drain
from twin.scenario.parts import Part
from twin.stations.depollution import Charge, charges, drain_time_s, drained_kg

PUMP = Drain.model_validate({"to": "t", "rate": "3 kg/min"})
GRAVITY = Drain.model_validate({"to": "t", "rate": "3 kg/min", "runs": "slower"})
TIMED = Drain.model_validate({"to": "t"})


def test_a_pump_draws_evenly() -> None:
    assert drain_time_s("coolant", PUMP, Charge(4.0, 1.0)) == pytest.approx(60.0)
    assert drained_kg("coolant", PUMP, Charge(4.0, 1.0), 20.0, 60.0) == pytest.approx(1)


def test_litres_are_kilograms_by_the_fluids_density() -> None:
    drain = Drain.model_validate({"to": "t", "flow": "6 l/min"})
    rate_kgps = 0.006 / 60 * DENSITY_KGPM3["fuel"]
    assert drain.rate_kgps("fuel") == pytest.approx(rate_kgps)
    assert drain_time_s("fuel", drain, Charge(7.8, 0.0)) == pytest.approx(100.0)


@given(full=st.floats(0.1, 100), share=st.floats(0.001, 0.9))
def test_by_gravity_the_rate_falls_with_what_is_left(full: float, share: float) -> None:
    charge = Charge(full, full * share)
    lasts_s = drain_time_s("engine_oil", GRAVITY, charge)
    assert lasts_s == pytest.approx(full / 0.05 * math.log(1 / share))
    # Against the equation itself, dm/dt = -rate m / full, in small steps.
    times_s = np.linspace(0.0, lasts_s, 2001)
    out_kg = np.array(
        [drained_kg("engine_oil", GRAVITY, charge, t, lasts_s) for t in times_s]
    )
    left_kg = full - out_kg
    slope = np.gradient(left_kg, times_s)[1:-1]
    assert slope == pytest.approx(-0.05 * left_kg[1:-1] / full, rel=1e-3)
    assert out_kg[-1] == pytest.approx(charge.free_kg)


@given(
    drain=st.sampled_from([PUMP, GRAVITY, TIMED]),
    elapsed_s=st.floats(0, 1e5),
    more_s=st.floats(0, 1e5),
)
def test_it_only_ever_runs_out_and_never_more_than_can(
    drain: Drain, elapsed_s: float, more_s: float
) -> None:
    charge = Charge(5.0, 0.5)
    first = drained_kg("coolant", drain, charge, elapsed_s, 600.0)
    later = drained_kg("coolant", drain, charge, elapsed_s + more_s, 600.0)
    assert 0.0 <= first <= later <= charge.free_kg


def test_what_never_ends_or_says_no_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="never ends without a residue"):
        drain_time_s("fuel", GRAVITY, Charge(1.0, 0.0))
    with pytest.raises(ValueError, match="no rate"):
        drain_time_s("fuel", TIMED, Charge(1.0, 0.0))


def test_a_fluid_in_several_parts_is_one_charge() -> None:
    def part(kg: float, residue_kg: float) -> Part:
        return Part.model_validate(
            {
                "mass": f"{kg + 1} kg",
                "material": "steel",
                "fluids": {
                    "coolant": {"mass": f"{kg} kg", "residue": f"{residue_kg} kg"}
                },
            }
        )

    held = charges({"engine": part(3.0, 0.2), "radiator": part(2.0, 0.1)})
    assert held["coolant"].full_kg == 5.0
    assert held["coolant"].residue_kg == pytest.approx(0.3)
