"""Laws of the batch: every triangle once, in its slot, in its place."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from small_plant import Plant, box, joined

from twin.errors import CodecError
from twin.state import Entity, Label, MeshArrays, Provenance, Quality, Scene
from twin.transforms import multiply_wxyz, transform, transform_points, wxyz_about
from viewer.batch import (
    SLOTS_PER_ROW,
    TEXELS_PER_SLOT,
    build_batch,
    decoded_ids,
    pose_texels,
)
from viewer.creases import crease_edges, outward_triangles
from viewer.display import PREDICTED_OPACITY, STALE_DESATURATION


def test_every_triangle_is_drawn_once(plant: Plant) -> None:
    scene, meshes, _ = plant
    batch = build_batch(scene, meshes)
    due = sum(len(meshes[entity.mesh].triangles) for entity in scene.entities
              if entity.mesh)  # fmt: skip
    drawn = np.concatenate((batch.closed, batch.open, batch.see_through))
    assert len(drawn) == due
    assert len(np.unique(np.sort(drawn, axis=1), axis=0)) == due
    assert drawn.max() < len(batch.vertices)


def test_triangles_of_entities_partition_the_batch(plant: Plant) -> None:
    scene, meshes, _ = plant
    batch = build_batch(scene, meshes)
    counts = [
        len(batch.triangles_of(np.array([index])))
        for index in range(len(scene.entities))
    ]
    due = [
        len(meshes[entity.mesh].triangles) if entity.mesh else 0
        for entity in scene.entities
    ]
    assert counts == due


def test_carried_things_are_baked_into_their_carriers_slot() -> None:
    shape = box((1.0, 0.5, 0.25), (1, 2, 3))
    sha256 = shape.sha256()
    name = Label("", "")
    turn = wxyz_about((0, 0, 1), 0.7)
    scene = Scene(
        "s",
        1,
        0.01,
        (
            Entity("a", name, "car", mover=0),
            Entity("a/b", name, "part", carrier="a", pose=(1, 2, 3, *turn)),
            Entity(
                "a/b/c",
                name,
                "part",
                carrier="a/b",
                mesh=sha256,
                pose=(0.5, 0, 0, *turn),
            ),
        ),
        movers=("a",),
    )
    batch = build_batch(scene, {sha256: shape})
    assert (batch.vertices["a_slot"] == 1).all()
    expected = transform_points(
        transform((1, 2, 3), turn) @ transform((0.5, 0, 0), turn), shape.positions_m
    )
    assert batch.vertices["a_position"] == pytest.approx(expected, abs=1e-6)
    turned = transform((0, 0, 0), multiply_wxyz(turn, turn))
    normals = transform_points(turned, shape.normals)
    assert batch.vertices["a_normal"] == pytest.approx(normals, abs=1e-6)


def test_a_carrier_must_come_first() -> None:
    name = Label("", "")
    scene = Scene("s", 1, 0.01, (Entity("b", name, "part", carrier="a"),))
    with pytest.raises(CodecError, match="put carriers first"):
        build_batch(scene, {})


def test_statics_come_before_movers(plant: Plant) -> None:
    scene, meshes, _ = plant
    slots = build_batch(scene, meshes).vertices["a_slot"]
    first_mover = int(np.argmax(slots > 0))
    assert (slots[:first_mover] == 0).all()
    assert (slots[first_mover:] > 0).all()


def test_halls_throw_no_shadow_and_glass_neither(plant: Plant) -> None:
    scene, meshes, _ = plant
    batch = build_batch(scene, meshes)
    owners = set(batch.vertices["a_entity"][batch.casters[:, 0]].astype(int) - 1)
    ids = {scene.entities[index].id for index in owners}
    assert "hall" not in ids
    assert "car/glass" not in ids
    assert {"car", "pack", "cell/robot"} <= ids


def test_texels_hold_each_movers_pose(plant: Plant) -> None:
    frame = replace(
        plant[2],
        visible=np.array([True, True, False]),
        mover_provenance=Provenance(
            np.array([Quality.PREDICTED, Quality.STALE, Quality.GOOD], np.uint8),
            np.zeros(3),
        ),
    )
    texels = pose_texels(frame, 4).reshape(-1, TEXELS_PER_SLOT, 4)
    assert texels[0, 0].tolist() == [0, 0, 0, 1]
    assert texels[0, 1].tolist() == [0, 0, 0, 1]
    assert texels[1:4, 0, :3] == pytest.approx(frame.position_in_world_m)
    wxyz = texels[1:4, 1][:, [3, 0, 1, 2]]
    assert wxyz == pytest.approx(frame.orientation_wxyz)
    assert texels[1:4, 0, 3] == pytest.approx([PREDICTED_OPACITY, 1.0, 0.0])
    assert texels[1:4, 2, 0] == pytest.approx([0.0, STALE_DESATURATION, 0.0])


def test_texels_wrap_into_rows_and_hide_what_the_frame_lacks(plant: Plant) -> None:
    n_slots = SLOTS_PER_ROW + 2
    texels = pose_texels(plant[2], n_slots)
    assert texels.shape == (2, SLOTS_PER_ROW * TEXELS_PER_SLOT, 4)
    opacity = texels.reshape(-1, TEXELS_PER_SLOT, 4)[:, 0, 3]
    assert opacity.sum() == 4  # the world and three movers


def test_ids_decode_three_bytes() -> None:
    rgba = np.array([[0, 0, 0, 0], [1, 0, 0, 255], [0, 1, 0, 255], [0, 0, 2, 255]])
    assert decoded_ids(rgba.astype(np.uint8)).tolist() == [-1, 0, 255, 131071]


def test_a_boxs_creases_are_its_twelve_edges() -> None:
    shape = box((1.0, 2.0, 3.0), (9, 9, 9))
    edges = crease_edges(shape)
    lengths = np.linalg.norm(
        shape.positions_m[edges[:, 0]] - shape.positions_m[edges[:, 1]], axis=1
    )
    assert sorted(lengths.round(3).tolist()) == [1.0] * 4 + [2.0] * 4 + [3.0] * 4


def test_a_smooth_tube_shows_only_its_rims() -> None:
    edges = crease_edges(tube(24))
    assert len(edges) == 48


def test_a_box_is_closed_and_wound_outward_whichever_way_it_came() -> None:
    shape = box((1.0, 2.0, 3.0), (9, 9, 9), (5.0, 0.0, 0.0))
    inside_out = MeshArrays(
        shape.positions_m.copy(),
        shape.normals.copy(),
        shape.colours.copy(),
        shape.triangles[:, ::-1].copy(),
    )
    for given in (shape, inside_out):
        closed, open_ = outward_triangles(given)
        assert len(closed) == 12
        assert len(open_) == 0
        corners = given.positions_m[closed]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        outward = corners.mean(axis=1) - (5.0, 0.0, 0.0)
        assert (np.einsum("ij,ij->i", across, outward) > 0).all()


def test_open_and_closed_parts_of_one_mesh_are_told_apart() -> None:
    closed, open_ = outward_triangles(
        joined(box((1, 1, 1), (9, 9, 9), (4, 0, 0)), tube(8))
    )
    assert (len(closed), len(open_)) == (12, 16)


def test_a_mesh_without_triangles_has_nothing() -> None:
    empty = MeshArrays(
        np.zeros((0, 3), np.float32),
        np.zeros((0, 3), np.float32),
        np.zeros((0, 4), np.uint8),
        np.zeros((0, 3), np.uint32),
    )
    assert len(crease_edges(empty)) == 0
    assert [len(part) for part in outward_triangles(empty)] == [0, 0]


def test_a_scene_without_meshes_makes_an_empty_batch(plant: Plant) -> None:
    scene = msgspec.structs.replace(plant[0])
    batch = build_batch(scene, {})
    assert len(batch.vertices) == 0
    assert batch.boxes == {}


def tube(n_sides: int) -> MeshArrays:
    """Return an open tube with one normal a corner."""
    angles = np.linspace(0.0, 2.0 * np.pi, n_sides, endpoint=False)
    ring = np.stack((np.cos(angles), np.sin(angles), np.zeros(n_sides)), axis=1)
    low = np.arange(n_sides)
    following = np.roll(low, -1)
    triangles = np.concatenate(
        (
            np.stack((low, following, low + n_sides), axis=1),
            np.stack((following, following + n_sides, low + n_sides), axis=1),
        )
    )
    return MeshArrays(
        np.concatenate((ring, np.add(ring, (0, 0, 1)))).astype(np.float32),
        np.concatenate((ring, ring)).astype(np.float32),
        np.full((2 * n_sides, 4), 255, np.uint8),
        triangles.astype(np.uint32),
    )
