"""The lock pins what the project asks for, by hash and without addresses."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


@pytest.fixture
def lock(root_folder: Path) -> str:
    return (root_folder / "requirements.lock").read_text("utf-8")


def test_every_requirement_is_pinned_within_its_bounds(
    root_folder: Path, lock: str
) -> None:
    project = tomllib.loads((root_folder / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    pinned = {
        canonicalize_name(name): Version(version)
        for name, version in ENTRY.findall(lock)
    }
    asked = [
        *project["project"]["dependencies"],
        *chain.from_iterable(extras.values()),
        *project["build-system"]["requires"],
    ]
    for requirement in map(Requirement, asked):
        # One extra may ask for another of the same project, which is looked at too.
        if requirement.name == project["project"]["name"]:
            assert requirement.extras <= set(
                project["project"]["optional-dependencies"]
            )
            continue
        version = pinned[canonicalize_name(requirement.name)]
        assert version in requirement.specifier, requirement


def test_every_pin_has_a_hash(lock: str) -> None:
    entries = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)
    pins = [entry for entry in entries if ENTRY.match(entry)]
    assert len(pins) == len(ENTRY.findall(lock)) > 0
    for pin in pins:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", pin), pin.splitlines()[0]


def test_the_lock_names_no_address(lock: str) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links", lock)
