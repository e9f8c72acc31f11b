"""A run's figures as people read them."""

from __future__ import annotations

from twin.cli.figures import rows
from twin.state import Label
from twin.text import Language

RESULT = {
    "sim_time_s": 218.1666,
    "cars_in": 1,
    "cars_out": 1,
    "batteries_out": 1,
    "cycle_time_s": 217.04,
    "cycle_steps": {"receive": 15.25, "leave": 201.79},
    "peak_tracking_error_rad": 6.2e-6,
    "peak_torque_over_limit": 0.53,
    "peak_table_force_n": 3643.0,
    "alarms": 0,
    "mass_balance_error": 0.0,
    "realtime_factor": 11.6,
    "state_sha256": "a" * 64,
}
LABELS = {
    "receive": Label("Car in", "Entrée du véhicule"),
    "leave": Label("Car out", "Sortie du véhicule"),
}


def shown(language: Language) -> dict[str, tuple[str, str]]:
    return {name: (value, unit) for name, value, unit in rows(RESULT, LABELS, language)}


def test_steps_go_by_their_names_below_the_cycle_time() -> None:
    english, french = list(shown("en").items()), list(shown("fr").items())
    place = [name for name, _ in english].index("Cycle time of the last car")
    assert english[place + 1 : place + 3] == [
        ("  Car in", ("15.2", "s")),
        ("  Car out", ("201.8", "s")),
    ]
    assert french[place + 1 : place + 3] == [
        ("  Entrée du véhicule", ("15,2", "s")),
        ("  Sortie du véhicule", ("201,8", "s")),
    ]


def test_units_are_such_that_a_figure_says_something() -> None:
    found = shown("en")
    assert found["Largest joint tracking error"] == ("0.006", "mrad")
    assert found["Highest torque over limit"] == ("53", "%")


def test_what_is_not_known_yet_is_a_dash() -> None:
    before = {**RESULT, "cycle_time_s": None, "cycle_steps": {}}
    names = {name: value for name, value, _ in rows(before, LABELS, "en")}
    assert names["Cycle time of the last car"] == "–"
