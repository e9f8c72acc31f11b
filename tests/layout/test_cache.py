"""The mesh cache: quick when it can be, never wrong, never in the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from box_files import CORNERS_M, FACES

from twin.layout import cache
from twin.layout.cache import cache_folder, cooked_meshes
from twin.layout.meshes import Surface, shaded
from twin.state import MeshArrays

KEY = "ab" * 32


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLINS_CACHE", str(tmp_path / "cooked"))
    return tmp_path / "cooked"


class Kitchen:
    """Cooks two boxes and counts how often."""

    def __init__(self) -> None:
        self.meals = 0

    def cook(self) -> dict[str, MeshArrays]:
        self.meals += 1
        box = Surface(CORNERS_M.astype(float), FACES.astype(np.int64), (1, 2, 3, 4))
        big = Surface(CORNERS_M.astype(float) * 3, FACES.astype(np.int64), (9, 9, 9, 9))
        return {"box": shaded(box), "big box": shaded(big)}


def digests(meshes: dict[str, MeshArrays]) -> dict[str, str]:
    return {name: mesh.sha256() for name, mesh in meshes.items()}


def test_the_second_time_nothing_is_cooked(folder: Path) -> None:
    kitchen = Kitchen()
    first = cooked_meshes(KEY, kitchen.cook)
    second = cooked_meshes(KEY, kitchen.cook)
    assert kitchen.meals == 1
    assert digests(first) == digests(second)
    assert list(second) == ["box", "big box"]
    assert [file.name for file in folder.iterdir()] == [f"{KEY}.meshes"]


@pytest.mark.parametrize("kept", [0, 10, 400, 900])
def test_a_spoilt_file_is_cooked_again(folder: Path, kept: int) -> None:
    kitchen = Kitchen()
    first = cooked_meshes(KEY, kitchen.cook)
    file = folder / f"{KEY}.meshes"
    file.write_bytes(file.read_bytes()[:kept])
    assert digests(cooked_meshes(KEY, kitchen.cook)) == digests(first)
    assert kitchen.meals == 2
    cooked_meshes(KEY, kitchen.cook)
    assert kitchen.meals == 2


def test_every_flipped_byte_is_cooked_again_or_harmless(folder: Path) -> None:
    kitchen = Kitchen()
    first = digests(cooked_meshes(KEY, kitchen.cook))
    file = folder / f"{KEY}.meshes"
    whole = file.read_bytes()
    for place in range(0, len(whole), 7):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0xFF
        file.write_bytes(spoilt)
        assert digests(cooked_meshes(KEY, kitchen.cook)) == first, place


def test_a_folder_that_cannot_be_written_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    monkeypatch.setenv("FLINS_CACHE", str(tmp_path / "file"))
    kitchen = Kitchen()
    assert set(cooked_meshes(KEY, kitchen.cook)) == {"box", "big box"}
    assert set(cooked_meshes(KEY, kitchen.cook)) == {"box", "big box"}
    assert kitchen.meals == 2


def test_the_oldest_go_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kitchen = Kitchen()
    cooked_meshes("0" * 64, kitchen.cook)
    size = (folder / f"{'0' * 64}.meshes").stat().st_size
    monkeypatch.setattr(cache, "MAX_BYTES", 2 * size)
    for digit in "123":
        cooked_meshes(digit * 64, kitchen.cook)
    left = sorted(file.name[0] for file in folder.iterdir())
    assert left == ["2", "3"]


def test_the_user_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLINS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("FLINS_CACHE")
    assert cache_folder().name == "flins-twin"
