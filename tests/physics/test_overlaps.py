"""Bodies that would start inside each other are refused, with names, depth and line."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from bodies import DT_S, box
from cells import SHIPPED, edited
from hypothesis import given
from hypothesis import strategies as st

from twin.engine import open_engine
from twin.errors import ScenarioError
from twin.physics.overlaps import MOST_DEPTH_M, overlap
from twin.physics.world import Link, World
from twin.transforms import transform

CELLS = [SHIPPED, *sorted((SHIPPED.parent / "cells").glob("*.yaml"))]
BATTERY = SHIPPED.read_text("utf-8")


def cube(edge_m: float) -> Link:
    return box(1.0, (edge_m, edge_m, edge_m))


@pytest.mark.slow
@pytest.mark.parametrize("path", CELLS, ids=lambda path: path.stem)
def test_nothing_in_the_shipped_cells_overlaps(path: Path) -> None:
    open_engine(path, engine="physics").close()


@pytest.mark.parametrize(
    ("edit", "names", "where"),
    [
        (  # a robot where the cabinet stands
            (
                "place: {x: 0.2 m, y: -2.4 m, yaw: 90 deg}",
                "place: {x: -3.4 m, y: -3.7 m, yaw: 90 deg}",
            ),
            {"robot", "cabinet"},
            "equipment.robot.place",
        ),
        (  # a bin under the lift's post
            (
                "place: {x: 3.1 m, y: 2.1 m, z: 0 m}",
                "place: {x: 0 m, y: 1.6 m, z: 0 m}",
            ),
            {"lift", "plug_bin"},
            "equipment.plug_bin.place",
        ),
        (  # a camera in the strands
            (
                "place: {x: 0 m, y: -0.58 m, z: 0.6 m}",
                "place: {x: 0 m, y: -0.7 m, z: 0.6 m}",
            ),
            {"strands", "camera"},
            "equipment.camera.place",
        ),
        (  # a car that comes in too low, with its wheels in the belts
            (
                "place: {x: -4.6 m, y: 0 m, z: 0.6 m}",
                "place: {x: -4.6 m, y: 0 m, z: 0.5 m}",
            ),
            {"strands", "cars"},
            "sources.cars.place",
        ),
    ],
    ids=["robot", "bin", "camera", "car"],
)
def test_what_overlaps_is_named(
    edit: tuple[str, str], names: set[str], where: str, tmp_path: Path
) -> None:
    path = tmp_path / "cell.yaml"
    path.write_text(edited(BATTERY, edit), "utf-8")
    with pytest.raises(ScenarioError) as refused:
        open_engine(path, engine="physics").close()
    told = str(refused.value)
    line = next(
        number
        for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if edit[1] in text
    )
    assert told.startswith(f"{path}:{line}: {where}: ")
    assert all(repr(name) in told for name in names)
    assert " mm at the start, near x " in told
    assert told.endswith("; move one")
    assert "\n" not in told


@given(
    depth_m=st.floats(MOST_DEPTH_M + 1e-3, 0.3),
    axis=st.integers(0, 2),
    edge_m=st.floats(0.7, 2.0),
)
def test_the_depth_is_that_of_the_drawing(
    depth_m: float, axis: int, edge_m: float
) -> None:
    with contextlib.closing(World(DT_S)) as world:
        here = np.array([0.0, 0.0, 3.0])
        away = here.copy()
        away[axis] += edge_m - depth_m
        one, other = (
            world.add(name, [cube(edge_m)], transform(at), fixed=True)
            for name, at in (("one", here), ("other", away))
        )
        found = overlap(world, one, other)
        assert found is not None
        assert found[0] == pytest.approx(depth_m, abs=1e-4)


@pytest.mark.parametrize("gap_m", [0.0, 1e-3, -0.9 * MOST_DEPTH_M])
def test_what_touches_does_not_overlap(gap_m: float) -> None:
    with contextlib.closing(World(DT_S)) as world:
        one = world.add("one", [cube(1.0)], transform((0.0, 0.0, 3.0)), fixed=True)
        other = world.add(
            "other", [cube(1.0)], transform((1.0 + gap_m, 0.0, 3.0)), fixed=True
        )
        assert overlap(world, one, other) is None


def test_what_goes_into_the_floor_is_no_overlap() -> None:
    with contextlib.closing(World(DT_S)) as world:
        slab = world.add("slab", [cube(1.0)], transform((0.0, 0.0, -0.5)), fixed=True)
        post = world.add("post", [cube(0.4)], transform((0.0, 0.0, 0.0)), fixed=True)
        assert overlap(world, slab, post) is None
