"""Texts are found, filled in, and refused when something is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.text import LANGUAGES, Language, catalogue, number, say

NARROW_SPACE = "\u202f"


def test_english_is_spoken_unless_asked_otherwise() -> None:
    for key, texts in catalogue().items():
        if "{" not in texts["en"] and "}" not in texts["en"]:
            assert say(key) == texts["en"] == say(key, "en")
            assert say(key, "fr") == texts["fr"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_are_filled_in(language: Language) -> None:
    assert "42" in say("event.collected", language, car=42)


def test_a_place_left_empty_is_an_error() -> None:
    with pytest.raises(KeyError, match="car"):
        say("event.collected")


def test_a_text_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"no\.such_text"):
        say("no.such_text")


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    assert "{step} {0} {key}" in say("event.begun", step_en="{step} {0} {key}")


def test_nobody_can_change_the_catalogue() -> None:
    texts = catalogue()
    with pytest.raises(TypeError):
        texts["event.car_in"] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        texts["event.car_in"]["en"] = ""  # type: ignore[index]


@given(st.floats(-1e12, 1e12, allow_nan=False), st.integers(0, 6))
def test_a_number_reads_back_as_it_was_rounded(value: float, digits: int) -> None:
    english = number(value, digits, "en")
    french = number(value, digits, "fr")
    assert float(english.replace(NARROW_SPACE, "")) == float(f"{value:.{digits}f}")
    assert french == english.replace(".", ",")
    whole = english.lstrip("-").partition(".")[0]
    first, *groups = whole.split(NARROW_SPACE)
    assert 1 <= len(first) <= 3
    assert all(len(group) == 3 for group in groups)
