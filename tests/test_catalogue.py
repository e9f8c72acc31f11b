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

FILE_ENDINGS = (".json", ".mcap", ".png", ".toml", ".yaml")
KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")


def placeholders(text: str, language: str) -> list[str]:
    """Return the names to fill in; a name may end in its own language, as step_fr."""
    names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    return sorted(name.removesuffix(f"_{language}") for name in names)


def strings(root_folder: Path) -> Iterator[tuple[str, ast.Constant | ast.JoinedStr]]:
    """Yield the file and the node of each string in the code."""
    for package in ("twin", "server", "viewer", "assets"):
        for file in sorted((root_folder / package).rglob("*.py")):
            where = file.relative_to(root_folder).as_posix()
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.JoinedStr | ast.Constant):
                    yield where, node


def literals(root_folder: Path) -> set[tuple[str, str]]:
    """Return the files and the texts of all plain strings."""
    return {
        (where, node.value)
        for where, node in strings(root_folder)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def patterns(root_folder: Path) -> set[re.Pattern[str]]:
    """Return what keys put together in the code look like, such as state.(.+)."""
    found = set()
    for _, node in strings(root_folder):
        if isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)"
                for part in node.values
            ]
            if re.match(r"[a-z0-9_]+\\\.|\(\.\+\)_[a-z]+$", "".join(parts)):
                found.add(re.compile("".join(parts)))
    return found


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
        for where, text in literals(root_folder)
        if KEY.fullmatch(text) and text.partition(".")[0] in areas
        if text not in catalogue() and not text.endswith(FILE_ENDINGS)
        if not (root_folder / text.replace(".", "/")).with_suffix(".py").exists()
    }
    assert dangling == set()


def test_every_text_is_named_by_the_code(root_folder: Path) -> None:
    named = {text for _, text in literals(root_folder)}
    put_together = patterns(root_folder)

    def is_named(key: str) -> bool:
        if key in named:
            return True
        matches = (pattern.fullmatch(key) for pattern in put_together)
        # What a pattern begins with, if that varies, must be a key that is named.
        return any(
            match is not None and (match.start(1) > 0 or match[1] in named)
            for match in matches
        )

    assert {key for key in catalogue() if not is_named(key)} == set()


@pytest.mark.parametrize("state", MachineState)
def test_every_machine_state_has_a_name(state: MachineState) -> None:
    names = [say(f"state.{state.name.lower()}", language) for language in LANGUAGES]
    assert all(names)


def test_numbers_are_written_as_people_write_them() -> None:
    assert number(12345.678, 1, "en") == "12\u202f345.7"
    assert number(12345.678, 1, "fr") == "12\u202f345,7"
    assert number(-0.5, 2, "fr") == "-0,50"
