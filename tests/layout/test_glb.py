"""GLB files: what is sound comes through exactly, all else is one line."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from box_files import CORNERS_M, FACES, Json, box_gltf, glb
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import LayoutError
from twin.layout.glb import read_glb, srgb_bytes_from_linear


def test_positions_colours_and_outward_normals_come_through() -> None:
    (node,) = read_glb("box.glb", glb(*box_gltf()))
    assert node.name == "box"
    assert node.parent == -1
    mesh = node.mesh
    assert mesh is not None
    assert {tuple(row) for row in mesh.positions_m.tolist()} == {
        tuple(row) for row in CORNERS_M.tolist()
    }
    assert len(mesh.triangles) == len(FACES)
    corners = mesh.positions_m[mesh.triangles]
    outward = corners.mean(axis=1) - CORNERS_M.mean(axis=0)
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("ij,ij->i", face, outward) > 0.0).all()
    # Six hard faces: every corner's normal is its face's.
    face /= np.linalg.norm(face, axis=1, keepdims=True)
    np.testing.assert_allclose(
        mesh.normals[mesh.triangles], np.repeat(face[:, None], 3, axis=1), atol=1e-6
    )
    # Alpha counts only where the material blends.
    assert {tuple(row) for row in mesh.colours.tolist()} == {(188, 0, 255, 255)}


def test_srgb_of_linear_light() -> None:
    light = np.array([0.0, 0.0031308, 0.214041])
    assert srgb_bytes_from_linear(light) == (0, 10, 127)


def test_blend_takes_alpha() -> None:
    gltf, binary = box_gltf()
    gltf["materials"][0]["alphaMode"] = "BLEND"
    (node,) = read_glb("box.glb", glb(gltf, binary))
    assert node.mesh is not None
    assert set(node.mesh.colours[:, 3].tolist()) == {64}


@pytest.mark.parametrize("mode", [5, 6])
def test_strips_and_fans_are_triangles(mode: int) -> None:
    gltf, binary = box_gltf()
    gltf["meshes"][0]["primitives"][0]["mode"] = mode
    gltf["accessors"][1]["count"] = 4
    (node,) = read_glb("box.glb", glb(gltf, binary))
    assert node.mesh is not None
    a, b, c, d = FACES.reshape(-1)[:4].tolist()
    expected = [(a, b, c), (c, b, d)] if mode == 5 else [(a, b, c), (a, c, d)]
    found = node.mesh.positions_m[node.mesh.triangles]
    kept = [t for t in expected if len(set(t)) == 3]
    np.testing.assert_allclose(found, CORNERS_M[np.array(kept)])


def test_pose_of_a_node_is_read_as_parent_from_node() -> None:
    gltf, binary = box_gltf()
    half = math.sqrt(0.5)
    gltf["nodes"] = [
        {"name": "top", "children": [1], "translation": [1.0, 2.0, 3.0]},
        {"name": "box", "mesh": 0, "rotation": [0.0, 0.0, half, half]},
    ]
    top, box = read_glb("box.glb", glb(gltf, binary))
    assert top.parent_from_node[:3, 3].tolist() == [1.0, 2.0, 3.0]
    assert box.parent == 0
    turned = box.parent_from_node @ np.array([1.0, 0.0, 0.0, 1.0])
    np.testing.assert_allclose(turned, [0.0, 1.0, 0.0, 1.0], atol=1e-12)


def _sparse(gltf: Json) -> None:
    gltf["accessors"][0]["sparse"] = {"count": 1}


def _quantised(gltf: Json) -> None:
    gltf["accessors"][0] |= {"componentType": 5123, "normalized": True}


def _draco(gltf: Json) -> None:
    gltf["extensionsRequired"] = ["KHR_draco_mesh_compression"]


def _too_many(gltf: Json) -> None:
    gltf["accessors"][0]["count"] = 9000


def _no_such_view(gltf: Json) -> None:
    gltf["accessors"][0]["bufferView"] = 7


def _long_view(gltf: Json) -> None:
    gltf["bufferViews"][1]["byteLength"] = 10_000


def _negative_offset(gltf: Json) -> None:
    gltf["bufferViews"][0]["byteOffset"] = -4


def _cycle(gltf: Json) -> None:
    gltf["nodes"][0]["children"] = [0]


def _two_parents(gltf: Json) -> None:
    gltf["nodes"] = [
        {"children": [1, 2]},
        {"children": [2]},
        {"mesh": 0},
    ]


def _outside_file(gltf: Json) -> None:
    gltf["buffers"][0]["uri"] = "box.bin"


def _no_such_mesh(gltf: Json) -> None:
    gltf["nodes"][0]["mesh"] = 3


def _no_rotation(gltf: Json) -> None:
    gltf["nodes"][0]["rotation"] = [0.0, 0.0, 0.0, 0.0]


def _text_for_number(gltf: Json) -> None:
    gltf["accessors"][0]["count"] = "8"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_sparse, "sparse"),
        (_quantised, "quantised"),
        (_draco, "KHR_draco_mesh_compression"),
        (_too_many, "9000 items need 108000 bytes"),
        (_no_such_view, "buffer view 7"),
        (_long_view, "10000"),
        (_negative_offset, "below 0"),
        (_cycle, "two parents or is its own"),
        (_two_parents, "two parents"),
        (_outside_file, "one GLB"),
        (_no_such_mesh, "mesh 3 of 1"),
        (_no_rotation, "rotation of no length"),
        (_text_for_number, "glTF text"),
    ],
)
def test_a_spoilt_table_is_one_line(spoil: Callable[[Json], None], said: str) -> None:
    gltf, binary = box_gltf()
    spoil(gltf)
    with pytest.raises(LayoutError) as caught:
        read_glb("box.glb", glb(gltf, binary))
    assert str(caught.value).startswith("box.glb: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_vertex_must_be_finite(value: float) -> None:
    gltf, binary = box_gltf()
    spoilt = bytearray(binary)
    spoilt[12:16] = np.float32(value).tobytes()
    with pytest.raises(LayoutError, match="vertex 1 is not a finite number"):
        read_glb("box.glb", glb(gltf, bytes(spoilt)))


def test_an_index_must_exist() -> None:
    gltf, binary = box_gltf()
    spoilt = bytearray(binary)
    spoilt[96:98] = np.uint16(8).tobytes()
    with pytest.raises(LayoutError, match="names vertex 8 of 8"):
        read_glb("box.glb", glb(gltf, bytes(spoilt)))


def test_a_vertex_must_be_near() -> None:
    gltf, binary = box_gltf()
    spoilt = bytearray(binary)
    spoilt[12:16] = np.float32(1e30).tobytes()
    with pytest.raises(LayoutError, match="a vertex at 1e\\+30"):
        read_glb("box.glb", glb(gltf, bytes(spoilt)))


def test_a_web_page_is_called_one() -> None:
    with pytest.raises(LayoutError, match="a web page"):
        read_glb("box.glb", b"<!DOCTYPE html><html>not found</html>")


def test_every_truncation_is_refused() -> None:
    whole = glb(*box_gltf())
    for length in range(len(whole)):
        with pytest.raises(LayoutError):
            read_glb("box.glb", whole[:length])


@given(st.binary(max_size=200))
def test_noise_after_a_sound_header_is_refused(noise: bytes) -> None:
    header = b"glTF" + np.array([2, 12 + len(noise)], "<u4").tobytes()
    with pytest.raises(LayoutError):
        read_glb("box.glb", header + noise)


@settings(max_examples=400)
@given(
    place=st.integers(min_value=0, max_value=800),
    value=st.integers(min_value=0, max_value=255),
)
def test_a_wrong_byte_is_refused_or_harmless(place: int, value: int) -> None:
    spoilt = bytearray(glb(*box_gltf()))
    spoilt[place % len(spoilt)] = value
    try:
        nodes = read_glb("box.glb", bytes(spoilt))
    except LayoutError:
        return  # refused as it should be; any other error fails the test
    for node in nodes:
        if node.mesh is not None and len(node.mesh.triangles):
            assert np.isfinite(node.mesh.positions_m).all()
            assert int(node.mesh.triangles.max()) < len(node.mesh.positions_m)
