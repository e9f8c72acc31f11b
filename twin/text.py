"""Every text a person reads, in French and English, from one catalogue.

The catalogue is the TOML files in ``twin/catalogue``: one table a text, with
``en`` and ``fr``; ``{name}`` marks what the caller fills in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal, get_args

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return all texts: key such as ``viewer.pause`` to language to text.

    Raises:
        ValueError: If a text lacks a language or a key stands twice.
    """
    texts: dict[str, Mapping[str, str]] = {}
    folder = resources.files("twin") / "catalogue"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        for key, entry in _leaves("", tomllib.loads(file.read_text("utf-8"))):
            if set(entry) != set(LANGUAGES):
                raise ValueError(f"{file.name}: {key}: give exactly en and fr")
            if key in texts:
                raise ValueError(f"{file.name}: {key}: stands twice; keep one")
            texts[key] = MappingProxyType(entry)
    return MappingProxyType(texts)


def _leaves(prefix: str, table: dict[str, object]) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    for name, value in table.items():
        key = f"{prefix}.{name}" if prefix else name
        if not isinstance(value, dict):
            raise ValueError(f"catalogue: {key}: got {value!r}; give a table en, fr")
        if all(isinstance(text, str) for text in value.values()):
            found.append((key, value))
        else:
            found.extend(_leaves(key, value))
    return found


def say(key: str, language: Language = "en", /, **filled_in: object) -> str:
    """Return the text under ``key`` with its places filled in.

    Raises:
        KeyError: If the catalogue has no such text; a test finds these.
    """
    return catalogue()[key][language].format(**filled_in)


def number(value: float, digits: int, language: Language) -> str:
    """Return a number as people of the language write it.

    French: decimal comma, narrow no-break space between thousands; English:
    decimal point, the same space (as in ISO 80000-1).
    """
    written = f"{value:,.{digits}f}".replace(",", "\u202f")
    return written.replace(".", ",") if language == "fr" else written
