"""Arrays of triangles: shading, welding, joining, simplifying, placing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from box_files import CORNERS_M, FACES
from numpy.typing import NDArray

from twin.errors import LayoutError
from twin.layout.meshes import (
    Surface,
    checked_surface,
    joined_by_colour,
    merged,
    moved,
    one_sided,
    placed,
    shaded,
    simplified,
    welded,
)
from twin.state import MeshArrays
from twin.transforms import transform, wxyz_about

GREY = (128, 128, 128, 255)


def box() -> Surface:
    return Surface(CORNERS_M.astype(np.float64), FACES.astype(np.int64), GREY)


def tube(sides: int) -> Surface:
    """An open cylinder of 1 m radius and length along z."""
    angles = np.linspace(0.0, 2.0 * math.pi, sides, endpoint=False)
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    low = np.column_stack([ring, np.zeros(sides)])
    high = np.column_stack([ring, np.ones(sides)])
    here = np.arange(sides)
    after = (here + 1) % sides
    triangles = np.concatenate(
        [
            np.column_stack([here, after, after + sides]),
            np.column_stack([here, after + sides, here + sides]),
        ]
    )
    return Surface(np.concatenate([low, high]), triangles, GREY)


def ball(rings: int) -> Surface:
    """A ball of 1 m radius, poles along z."""
    polar, around = np.meshgrid(
        np.linspace(0.0, math.pi, rings + 1),
        np.linspace(0.0, 2.0 * math.pi, 2 * rings, endpoint=False),
        indexing="ij",
    )
    points = np.stack(
        [np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar)],
        axis=-1,
    ).reshape(-1, 3)
    row, column = np.meshgrid(np.arange(rings), np.arange(2 * rings), indexing="ij")
    here = (row * 2 * rings + column).reshape(-1)
    after = (row * 2 * rings + (column + 1) % (2 * rings)).reshape(-1)
    below = 2 * rings
    triangles = np.concatenate(
        [
            np.column_stack([here, here + below, after + below]),
            np.column_stack([here, after + below, after]),
        ]
    )
    return welded(Surface(points, triangles, GREY))


def volume_m3(mesh: MeshArrays) -> float:
    a, b, c = (mesh.positions_m[mesh.triangles[:, k]].astype(float) for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c))) / 6.0


def along_normals(mesh: MeshArrays) -> NDArray[np.float64]:
    corners = mesh.positions_m[mesh.triangles].astype(float)
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.einsum("ij,ikj->ik", face, mesh.normals[mesh.triangles])


def test_a_box_keeps_hard_edges() -> None:
    mesh = shaded(box())
    assert len(mesh.positions_m) == 24
    assert volume_m3(mesh) == pytest.approx(1.0)
    assert set(np.abs(mesh.normals).sum(axis=1).tolist()) == {1.0}


def test_a_fine_tube_is_smooth() -> None:
    mesh = shaded(tube(24))
    assert len(mesh.positions_m) == 48
    radial = mesh.positions_m.copy()
    radial[:, 2] = 0.0
    np.testing.assert_allclose(mesh.normals, radial, atol=2e-3)


def test_a_coarse_tube_is_faceted() -> None:
    assert len(shaded(tube(6)).positions_m) == 24


def test_shading_is_the_same_bytes_each_time() -> None:
    assert shaded(tube(24)).sha256() == shaded(tube(24)).sha256()


def test_welding_joins_equal_vertices_and_drops_slivers() -> None:
    corners = box().vertices_m[box().triangles].reshape(-1, 3)
    loose = Surface(corners, np.arange(36).reshape(-1, 3), GREY)
    sliver = np.concatenate([loose.triangles, [[0, 0, 1]]])
    joined = welded(Surface(loose.vertices_m, sliver, GREY))
    assert len(joined.vertices_m) == 8
    assert len(joined.triangles) == 12


def test_faces_written_twice_count_once() -> None:
    back = Surface(
        CORNERS_M.astype(float), FACES[:, ::-1].astype(np.int64), (9, 9, 9, 9)
    )
    assert [len(s.triangles) for s in one_sided([box(), back])] == [12]
    assert one_sided([box(), back])[0].rgba == GREY
    both = Surface(
        box().vertices_m,
        np.concatenate([box().triangles, box().triangles[:, ::-1]]),
        GREY,
    )
    (kept,) = one_sided([both])
    np.testing.assert_array_equal(kept.triangles, box().triangles)


def test_one_surface_a_colour() -> None:
    red = Surface(box().vertices_m + 5.0, box().triangles, (255, 0, 0, 255))
    joined = joined_by_colour([box(), red, box()])
    assert [(s.rgba, len(s.triangles)) for s in joined] == [
        (GREY, 24),
        ((255, 0, 0, 255), 12),
    ]
    checked_surface("joined", joined[0])


def test_simplifying_keeps_the_shape() -> None:
    fine = ball(60)
    coarse = simplified(fine, 400)
    assert 300 <= len(coarse.triangles) <= 420
    np.testing.assert_allclose(
        np.linalg.norm(coarse.vertices_m, axis=1), 1.0, atol=0.02
    )
    assert volume_m3(shaded(coarse)) == pytest.approx(4.0 / 3.0 * math.pi, rel=0.03)
    assert len(simplified(tube(8), 100).triangles) == 16


def test_merged_meshes_keep_their_triangles() -> None:
    mesh = shaded(box())
    other = moved(mesh, transform((10.0, 0.0, 0.0)))
    both = merged([mesh, other])
    assert volume_m3(both) == pytest.approx(2.0)
    assert float(both.positions_m[:, 0].max()) == 12.0


def test_moving_turns_normals_too() -> None:
    turned = moved(shaded(box()), transform((0, 0, 3), wxyz_about((0, 0, 1), 1.0)))
    assert (along_normals(turned) > 0.0).all()
    assert volume_m3(turned) == pytest.approx(1.0, rel=1e-5)


def test_a_mirror_keeps_the_outside_out() -> None:
    mirrored = placed(shaded(box()), np.diag([-2.0, 1.0, 1.0, 1.0]))
    assert (along_normals(mirrored) > 0.0).all()
    assert volume_m3(mirrored) == pytest.approx(2.0)


def test_no_triangles_is_no_mesh() -> None:
    nothing = Surface(np.zeros((3, 3)), np.zeros((0, 3), np.int64), GREY)
    with pytest.raises(LayoutError, match="no triangles"):
        checked_surface("x", nothing)
