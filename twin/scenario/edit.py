"""Change values in a scenario file and leave every other character as it is.

A document is composed once more, this time for where each value stands; what has to
change is cut out of the text and written anew. So comments, quotes, anchors and the
order of things stay.
"""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.composer import Composer

from twin.errors import ScenarioError
from twin.scenario.cuts import Cuts, Place, UnplacedError
from twin.scenario.document import load_document
from twin.scenario.model import Scenario
from twin.scenario.read import load_scenario, read_scenario

Keys = tuple[str, ...]
"""Way to a value: the keys of the mappings that lead there."""

Changes = Mapping[Keys, object]
"""New values, as YAML would hold them, by their way; None takes a value out."""


def edit_scenario(path: str | Path, changes: Changes) -> Scenario:
    """Change a scenario file; it stays as it was if the result cannot be run.

    Returns:
        The changed scenario.

    Raises:
        ScenarioError: If the file cannot be read or written, or would be wrong.
    """
    path = Path(path).resolve()
    load_scenario(path)  # says what is wrong with the file before anything is changed
    text = path.read_bytes().decode("utf-8")
    edited = edit_text(text, changes, str(path))
    scenario = read_scenario(edited, str(path))
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        draft.write_bytes(edited.encode("utf-8"))
        shutil.copymode(path, draft)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ScenarioError(
            str(path), f"cannot be written ({error.strerror}); check its folder"
        ) from error
    return scenario


def edit_text(text: str, changes: Changes, name: str) -> str:
    """Return a scenario's text with values changed.

    What an anchor names and aliases repeat is changed once if all of it changes the
    same way; else the place that differs gets a value of its own.

    Args:
        text: A YAML document whose top is a mapping.
        changes: New values; missing mappings on the way to one are made.
        name: What errors call the document.

    Raises:
        ScenarioError: If a way leads through something that is no mapping, or the
            document is written in a manner that cannot be changed in place.
    """
    before = plain(text, name)
    after = _changed(before, changes, name)
    if after == before:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    ended = text if text.endswith("\n") else text + newline
    cuts = Cuts(ended, newline)
    yaml = YAML(typ="rt", pure=True)
    yaml.Composer = _Composer
    try:
        cuts.reconcile(Place(yaml.compose(ended)), before, after)
        edited = cuts.applied()
        same = plain(edited, name) == after
    except (UnplacedError, ScenarioError):
        same = False
    if not same:
        ways = ", ".join(".".join(keys) for keys in list(changes)[:3])
        raise ScenarioError(
            name,
            f"{ways} cannot be changed in place: an anchor, a merge or the way it is "
            "written stands against it; write the values out, or change them by hand",
        )
    return edited if text.endswith("\n") else edited.removesuffix(newline)


def plain(text: str, name: str) -> dict[str, Any]:
    """Return what a YAML text holds as dicts, lists and values, merges included.

    Raises:
        ScenarioError: If it is no YAML, or its top is no mapping.
    """
    document = load_document(text, name)
    if not isinstance(document, CommentedMap):
        raise ScenarioError(
            name, "holds no mapping; begin with name:, title: and start:"
        )
    return {str(key): _plain(value) for key, value in document.items()}


def _plain(value: object) -> object:
    if isinstance(value, CommentedMap):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, CommentedSeq):
        return [_plain(entry) for entry in value]
    return value


def _changed(before: dict[str, Any], changes: Changes, name: str) -> dict[str, Any]:
    after = copy.deepcopy(before)
    for keys, value in changes.items():
        if not keys:
            raise ValueError("edit: a change needs a way of at least one key")
        holder: Any = after
        for depth, key in enumerate(keys[:-1], start=1):
            holder = (
                holder.setdefault(key, {}) if value is not None else holder.get(key)
            )
            if value is None and holder is None:
                break
            if not isinstance(holder, dict):
                raise ScenarioError(
                    f"{name}: {'.'.join(keys[:depth])}",
                    f"is no mapping; make it one to set {'.'.join(keys[depth:])}",
                )
        if value is not None:
            holder[keys[-1]] = copy.deepcopy(value)
        elif holder is not None:
            holder.pop(keys[-1], None)
    return after


class _Composer(Composer):
    """Lets a later anchor hide an earlier one of the same name, as YAML does."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader=loader)
        self.warn_double_anchors = False
