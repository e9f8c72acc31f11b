"""Every text exists in both languages, and texts and code name each other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from twin.state import MachineState
from twin.text import LANGUAGES, catalogue, number, say

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")


def placeholders(text: str, language: str) -> list[str]:
    """Return the names to fill in; a name may end in its own language, as step_fr."""
    names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    return sorted(name.removesuffix(f"_{language}") for name in names)


def literals(root_folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield the file, the text and whether it is only a beginning, of each string."""
    for package in ("twin", "server", "viewer", "assets"):
        for file in sorted((root_folder / package).rglob("*.py")):
            where = file.relative_to(root_folder).as_posix()
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    first = node.values[0] if node.values else None
                    if isinstance(first, ast.Constant):
                        yield where, str(first.value), True
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield where, node.value, False


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_both_languages_say_it_with_the_same_places(key: str) -> None:
    texts = catalogue()[key]
    assert placeholders(texts["en"], "en") == placeholders(texts["fr"], "fr")
    assert bool(texts["en"]) == bool(texts["fr"])
    for language in LANGUAGES:
        assert texts[language] == texts[language].strip(), language


def test_the_code_names_only_texts_that_exist(root_folder: Path) -> None:
    areas = {key.partition(".")[0] for key in catalogue()}
    dangling = {
        (where, text)
        for where, text, beginning in literals(root_folder)
        if not beginning and KEY.fullmatch(text) and text.partition(".")[0] in areas
        if text not in catalogue()
        if not (root_folder / text.replace(".", "/")).with_suffix(".py").exists()
    }
    assert dangling == set()


def test_every_text_is_named_by_the_code(root_folder: Path) -> None:
    whole = {text for _, text, beginning in literals(root_folder) if not beginning}
    beginnings = tuple(
        text
        for _, text, beginning in literals(root_folder)
        if beginning and re.match(r"[a-z][a-z0-9_]*\.", text)
    )
    unused = {
        key
        for key in catalogue()
        if key not in whole and not key.startswith(beginnings)
    }
    assert unused == set()


@pytest.mark.parametrize("state", MachineState)
def test_every_machine_state_has_a_name(state: MachineState) -> None:
    names = [say(f"state.{state.name.lower()}", language) for language in LANGUAGES]
    assert all(names)


def test_numbers_are_written_as_people_write_them() -> None:
    assert number(12345.678, 1, "en") == "12\u202f345.7"
    assert number(12345.678, 1, "fr") == "12\u202f345,7"
    assert number(-0.5, 2, "fr") == "-0,50"
