"""Assets: shipped ones by name and digest, foreign ones with stated unit and axis."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from box_files import CORNERS_M, FACES, Json, box_gltf, glb, stl

from twin.errors import LayoutError
from twin.layout import assets
from twin.layout.assets import AssetNode, Box, Cylinder, load_asset
from twin.share import share_folder

SHIPPED = sorted(
    json.loads((share_folder() / "assets/manifest.json").read_text("utf-8"))
)


def extents_m(node: AssetNode) -> list[list[float]]:
    assert node.mesh is not None
    points = node.mesh.positions_m.astype(float)
    return [points.min(axis=0).tolist(), points.max(axis=0).tolist()]


def write_glb(folder: Path, gltf: Json, binary: bytes) -> str:
    path = folder / "box.glb"
    path.write_bytes(glb(gltf, binary))
    return str(path)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_asset_hangs_together(name: str) -> None:
    asset = load_asset(name)
    assert asset.name == name
    seen: set[str] = set()
    for node in asset.nodes:
        assert node.name not in seen
        assert node.parent == "" or node.parent in seen
        seen.add(node.name)
        assert node.kind
        assert node.label.en
        assert node.label.fr
        rotation = node.parent_from_node[:3, :3]
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
        assert sum(node.materials_kg.values()) == pytest.approx(node.mass_kg, abs=1e-3)
        if node.mesh is not None:
            lengths = np.linalg.norm(node.mesh.normals, axis=1)
            np.testing.assert_allclose(lengths, 1.0, atol=1e-5)


def test_the_car_stands_upright_with_its_pack_where_the_cell_expects_it() -> None:
    car = load_asset("hatchback_ev")
    pack = next(node for node in car.nodes if node.kind == "pack")
    assert pack.parent_from_node.tolist() == [
        [1.0, 0.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.15],
        [0.0, 0.0, 0.0, 1.0],
    ]
    assert len(pack.fasteners) == 16
    wheel = next(node for node in car.nodes if node.name == "wheel_fl")
    assert wheel.joint is not None
    assert wheel.joint.axis == (0.0, 1.0, 0.0)
    assert any(isinstance(shape, Cylinder) for shape in wheel.collision)
    body = next(node for node in car.nodes if node.name == "body")
    assert all(isinstance(shape, Box) for shape in body.collision)


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(
        LayoutError,
        match="'spaceship': unknown; available: accumulation_conveyor,",
    ):
        load_asset("spaceship")


def test_a_changed_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(share_folder() / "assets/glb", tmp_path / "assets/glb")
    shutil.copy(share_folder() / "assets/manifest.json", tmp_path / "assets")
    monkeypatch.setattr(assets, "share_folder", lambda: tmp_path)
    assert load_asset("bolt").nodes
    path = tmp_path / "assets/glb/bolt.glb"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(
        LayoutError, match=r"bolt\.glb: sha256 .* is not the manifest's"
    ):
        load_asset("bolt")
    path.unlink()
    with pytest.raises(LayoutError, match="run make assets"):
        load_asset("bolt")


def test_a_foreign_glb_is_turned_upright(tmp_path: Path) -> None:
    asset = load_asset(write_glb(tmp_path, *box_gltf()))
    (node,) = asset.nodes
    # glTF's +Y up, +Z forward: y becomes z, z becomes -y.
    up = node.parent_from_node @ np.array([0.0, 1.0, 0.0, 0.0])
    assert up.tolist() == [0.0, 0.0, 1.0, 0.0]
    assert extents_m(node) == [[0.0, 0.0, 0.0], [2.0, 1.0, 0.5]]


def test_a_stated_unit_scales_shapes_and_places(tmp_path: Path) -> None:
    gltf, binary = box_gltf()
    gltf["nodes"][0]["translation"] = [1000.0, 0.0, 0.0]
    asset = load_asset(write_glb(tmp_path, gltf, binary), unit="mm", up="z")
    (node,) = asset.nodes
    np.testing.assert_allclose(node.parent_from_node[:3, 3], [1.0, 0.0, 0.0])
    np.testing.assert_allclose(extents_m(node)[1], [0.002, 0.001, 0.0005])


def test_scaled_nodes_are_baked(tmp_path: Path) -> None:
    gltf, binary = box_gltf()
    gltf["nodes"] = [
        {"name": "top", "children": [1], "scale": [2.0, 2.0, 2.0]},
        {"name": "box", "mesh": 0, "translation": [1.0, 0.0, 0.0]},
    ]
    asset = load_asset(write_glb(tmp_path, gltf, binary), up="z")
    box = asset.nodes[-1]
    assert box.parent_from_node.tolist() == np.eye(4).tolist()
    assert extents_m(box) == [[2.0, 0.0, 0.0], [6.0, 2.0, 1.0]]


def test_extras_say_what_a_node_is(tmp_path: Path) -> None:
    gltf, binary = box_gltf()
    half = math.sqrt(0.5)
    gltf["nodes"] = [
        {"name": "asset", "children": [1], "rotation": [-half, 0.0, 0.0, half]},
        {
            "name": "arm",
            "mesh": 0,
            "translation": [0.0, 0.0, 1.0],
            "extras": {
                "kind": "lift",
                "label": {"en": "Arm", "fr": "Bras"},
                "mass_kg": 12.0,
                "materials_kg": {"steel": 11.5, "rubber": 0.5},
                "joint": {
                    "name": "arm",
                    "type": "revolute",
                    "axis": [0, 0, 1],
                    "lower": 0,
                    "upper": 1.5,
                },
                "collision": [
                    {"size_m": [1, 2, 3], "position_m": [0, 0, 1]},
                    {"radius_m": 0.3, "length_m": 0.2},
                ],
                "fasteners": [
                    {
                        "name": "bolt_01",
                        "thread": "M12",
                        "position_m": [0.1, 0.2, 0.3],
                        "mass_kg": 0.1,
                    }
                ],
                "ports": [{"name": "out", "kind": "pack", "direction": "out"}],
                "made_by": "somebody",
            },
        },
    ]
    (arm,) = load_asset(write_glb(tmp_path, gltf, binary)).nodes
    assert (arm.name, arm.parent, arm.kind) == ("arm", "", "lift")
    assert arm.parent_from_node[:3, 3].tolist() == [0.0, 0.0, 1.0]
    assert arm.parent_from_node[:3, :3].tolist() == np.eye(3).tolist()
    assert arm.joint is not None
    assert (arm.joint.type, arm.joint.upper) == ("revolute", 1.5)
    assert arm.collision == (
        Box((1.0, 2.0, 3.0), (0.0, 0.0, 1.0)),
        Cylinder(0.3, 0.2, (0.0, 0.0, 0.0)),
    )
    assert arm.fasteners[0].position_m == (0.1, 0.2, 0.3)
    assert (arm.ports[0].name, arm.ports[0].direction) == ("out", "out")
    assert arm.label.fr == "Bras"


@pytest.mark.parametrize(
    ("extras", "said"),
    [
        ({"kind": "x", "mass_kg": 1.0, "materials_kg": {"steel": 2.0}}, "sum to 2 kg"),
        ({"kind": "x", "mass_kg": -1.0}, "below 0"),
        ({"kind": "x", "mass_kg": "heavy"}, "mass_kg"),
        ({"kind": "x", "collision": [{"position_m": [0, 0, 0]}]}, "without size"),
        ({"kind": "x", "collision": [{"size_m": [1, 0, 1]}]}, "without size"),
        (
            {
                "kind": "x",
                "joint": {
                    "name": "j",
                    "type": "prismatic",
                    "axis": [0, 0, 2],
                    "lower": 0,
                    "upper": 1,
                },
            },
            "axis of length 2",
        ),
        (
            {"kind": "x", "loose_collision": [{"position_m": [0, 0, 0]}]},
            "a collision shape without size",
        ),
        (
            {"kind": "x", "footprint": {"low_m": [0, 0], "high_m": [1, 0]}},
            "give low < high",
        ),
        (
            {"kind": "x", "holds": {"fluids": ["fuel"], "volume_m3": 0}},
            "give a volume above 0",
        ),
    ],
)
def test_wrong_extras_name_the_node(tmp_path: Path, extras: Json, said: str) -> None:
    gltf, binary = box_gltf()
    gltf["nodes"][0]["extras"] = extras
    with pytest.raises(LayoutError, match="node 'box'") as caught:
        load_asset(write_glb(tmp_path, gltf, binary))
    assert said in str(caught.value)


def test_nameless_and_equal_names_become_unique(tmp_path: Path) -> None:
    gltf, binary = box_gltf()
    gltf["nodes"] = [{"mesh": 0}, {"name": "a", "mesh": 0}, {"name": "a", "mesh": 0}]
    gltf["scenes"][0]["nodes"] = [0, 1, 2]
    asset = load_asset(write_glb(tmp_path, gltf, binary))
    assert [node.name for node in asset.nodes] == ["node_0", "a", "a_2"]


def test_an_stl_needs_unit_and_axis(tmp_path: Path) -> None:
    path = tmp_path / "box.stl"
    path.write_bytes(stl(CORNERS_M[FACES] * 1000.0))
    with pytest.raises(LayoutError, match="unit ''; state one of m, cm, mm"):
        load_asset(str(path))
    with pytest.raises(LayoutError, match="up axis ''"):
        load_asset(str(path), unit="mm")
    (node,) = load_asset(str(path), unit="mm", up="y").nodes
    low, high = extents_m(node)
    np.testing.assert_allclose(low, [0.0, -0.5, 0.0], atol=1e-6)
    np.testing.assert_allclose(high, [2.0, 0.0, 1.0], atol=1e-6)
    (node,) = load_asset(str(path), unit="in", up="x").nodes
    low, high = extents_m(node)
    # x goes up, and the frame stays right-handed: y to -x, z to -y.
    np.testing.assert_allclose(low, [-25.4, -12.7, 0.0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(high, [0.0, 0.0, 50.8], rtol=1e-5, atol=1e-6)


def test_text_stl_and_obj_agree_with_binary_stl(tmp_path: Path) -> None:
    rows = ["solid box"]
    for triangle in CORNERS_M[FACES].tolist():
        rows.append("facet normal 0 0 0\nouter loop")
        rows.extend("vertex " + " ".join(map(str, corner)) for corner in triangle)
        rows.append("endloop\nendfacet")
    rows.append("endsolid box")
    (tmp_path / "text.stl").write_text("\n".join(rows), "utf-8")
    (tmp_path / "binary.stl").write_bytes(stl(CORNERS_M[FACES]))
    lines = [f"v {x} {y} {z}" for x, y, z in CORNERS_M.tolist()]
    lines += [f"f {a + 1}/1/1 {b + 1} {c - 8}" for a, b, c in FACES.tolist()]
    (tmp_path / "box.obj").write_text("\n".join(lines), "utf-8")
    found = {
        node.mesh.sha256()
        for name in ("text.stl", "binary.stl", "box.obj")
        for node in load_asset(str(tmp_path / name), unit="m", up="z").nodes
        if node.mesh is not None
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.stl", stl(CORNERS_M[FACES])[:-7], "cut short"),
        ("a.stl", b"solid box\nfacet" + b" " * 80, "no endsolid"),
        ("a.stl", b"solid b\nvertex 1 2 x\nendsolid b" + b" " * 60, "no number"),
        ("a.stl", b"short", "5 bytes is no STL"),
        ("a.stl", stl(np.full((1, 3, 3), np.nan)), "not a finite number"),
        ("a.stl", b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        ("a.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", "names vertex 8 of 3"),
        ("a.obj", b"v 0 0 zero\n", "a.obj:1"),
        ("a.obj", b"v 0 0 0\n", "no faces"),
        ("a.dae", b"<COLLADA>", "not COLLADA"),
        ("a.fbx", b"Kaydara", "kind '.fbx'"),
        ("a.glb", b"", "no GLB"),
    ],
)
def test_a_bad_file_is_one_line(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    stated = {} if name.endswith((".dae", ".glb")) else {"unit": "m", "up": "z"}
    with pytest.raises(LayoutError) as caught:
        load_asset(str(path), **stated)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"nothing\.glb: cannot be read"):
        load_asset(str(tmp_path / "nothing.glb"))


def test_collada_states_its_own_unit(tmp_path: Path) -> None:
    path = tmp_path / "a.dae"
    path.write_bytes(b"<COLLADA/>")
    with pytest.raises(LayoutError, match="states its own unit"):
        load_asset(str(path), unit="mm")
