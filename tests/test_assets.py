"""The stored meshes: what they promise to layout, physics and the eye."""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from assets.makers import shape as shapes
from assets.makers.__main__ import main
from assets.makers.all import build_assets
from assets.makers.dimensions import LIFT_STROKE_M, PACK_SIZE_M, TABLE_STROKE_M
from assets.makers.node import Asset
from assets.makers.shading import shaded, welded
from assets.makers.sheet import Sheet, cut
from twin.transforms import (
    inverse,
    transform,
    transform_points,
    wxyz_about,
)

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "assets"
MANIFEST: dict[str, dict[str, Any]] = json.loads(
    (FOLDER / "manifest.json").read_text("utf-8")
)
NAMES = sorted(MANIFEST)
CARS = {"estate", "hatchback", "hatchback_ev", "van"}
FLOAT, UINT32 = 5126, 5125
Y_UP_FROM_Z_UP = transform(wxyz=wxyz_about((1.0, 0.0, 0.0), -math.pi / 2.0))


@dataclass(frozen=True)
class Primitive:
    positions_m: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.uint32]
    material: dict[str, Any]


@dataclass
class PlacedNode:
    name: str
    extras: dict[str, Any]
    asset_from_node: NDArray[np.float64]
    parent_from_node: NDArray[np.float64]
    parent: str
    primitives: list[Primitive] = field(default_factory=list)

    def points_in_asset_m(self) -> NDArray[np.float64]:
        return np.vstack(
            [
                transform_points(self.asset_from_node, part.positions_m)
                for part in self.primitives
            ]
        )


class Glb:
    """A binary glTF, read strictly: anything a reader must refuse fails here."""

    def __init__(self, content: bytes) -> None:
        magic, version, length = struct.unpack_from("<4sII", content)
        assert (magic, version, length) == (b"glTF", 2, len(content))
        json_length, json_kind = struct.unpack_from("<I4s", content, 12)
        assert json_kind == b"JSON"
        assert json_length % 4 == 0
        self.document: dict[str, Any] = json.loads(content[20 : 20 + json_length])
        bin_length, bin_kind = struct.unpack_from("<I4s", content, 20 + json_length)
        assert bin_kind == b"BIN\0"
        assert bin_length % 4 == 0
        self.binary = content[28 + json_length :]
        assert len(self.binary) == bin_length
        assert self.document["buffers"] == [{"byteLength": bin_length}]
        self.nodes: dict[str, PlacedNode] = {}
        (root,) = self.document["scenes"][0]["nodes"]
        self.root: dict[str, Any] = self.document["nodes"][root]
        for child in self.root["children"]:
            self._place(child, np.eye(4), "")

    def _place(self, index: int, above: NDArray[np.float64], parent: str) -> None:
        entry = self.document["nodes"][index]
        x, y, z, w = entry.get("rotation", (0.0, 0.0, 0.0, 1.0))
        local = transform(entry.get("translation", (0.0, 0.0, 0.0)), (w, x, y, z))
        node = PlacedNode(entry["name"], entry["extras"], above @ local, local, parent)
        assert node.name not in self.nodes
        self.nodes[node.name] = node
        if "mesh" in entry:
            for primitive in self.document["meshes"][entry["mesh"]]["primitives"]:
                attributes = primitive["attributes"]
                node.primitives.append(
                    Primitive(
                        self.array(attributes["POSITION"]),
                        self.array(attributes["NORMAL"]),
                        self.array(primitive["indices"]).reshape(-1, 3),
                        self.document["materials"][primitive["material"]],
                    )
                )
        for child in entry.get("children", ()):
            self._place(child, node.asset_from_node, node.name)

    def array(self, index: int) -> NDArray[Any]:
        accessor = self.document["accessors"][index]
        view = self.document["bufferViews"][accessor["bufferView"]]
        dtype = {FLOAT: "<f4", UINT32: "<u4"}[accessor["componentType"]]
        width = {"SCALAR": 1, "VEC3": 3}[accessor["type"]]
        assert view["byteOffset"] % 4 == 0
        assert accessor["count"] * width * 4 == view["byteLength"]
        assert view["byteOffset"] + view["byteLength"] <= len(self.binary)
        raw = self.binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        array = np.frombuffer(raw, dtype).reshape(accessor["count"], width)
        if "min" in accessor:
            assert accessor["min"] == array.min(axis=0).tolist()
            assert accessor["max"] == array.max(axis=0).tolist()
        return array


def read(name: str) -> Glb:
    return Glb((FOLDER / MANIFEST[name]["file"]).read_bytes())


@pytest.fixture(scope="module")
def made() -> dict[str, Asset]:
    return build_assets()


@pytest.fixture(scope="module")
def glbs() -> dict[str, Glb]:
    return {name: read(name) for name in NAMES}


def boxes_in_asset(
    node: PlacedNode,
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the low and high corners of boxes that lie along the axes."""
    found = []
    for entry in node.extras["collision"]:
        half = np.array(entry["size_m"]) / 2.0
        corners = np.array(list(product((-1.0, 1.0), repeat=3))) * half
        placed = node.asset_from_node @ transform(entry["position_m"], entry["wxyz"])
        points = transform_points(placed, corners)
        found.append((points.min(axis=0), points.max(axis=0)))
    return found


def test_manifest_names_all_files_and_nothing_else() -> None:
    assert set(NAMES) == set(build_assets())
    assert list(MANIFEST) == NAMES
    stored = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("glb/*")}
    assert stored == {entry["file"] for entry in MANIFEST.values()}


@pytest.mark.parametrize("name", NAMES)
def test_manifest_tells_the_truth(name: str, glbs: dict[str, Glb]) -> None:
    entry, glb = MANIFEST[name], glbs[name]
    content = (FOLDER / entry["file"]).read_bytes()
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert (entry["unit"], entry["up"]) == ("m", "y")
    n_triangles = sum(
        len(part.triangles) for node in glb.nodes.values() for part in node.primitives
    )
    assert entry["triangles"] == n_triangles
    assert entry["nodes"] == len(glb.nodes)
    seen = [n.points_in_asset_m() for n in glb.nodes.values() if n.primitives]
    points = np.vstack(seen)
    extents_m = points.max(axis=0) - points.min(axis=0)
    assert entry["extents_m"] == pytest.approx(extents_m.tolist(), abs=2e-4)


def test_two_processes_make_the_stored_bytes(tmp_path: Path) -> None:
    """Neither the hash seed nor the run changes a byte."""
    running = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        command = [sys.executable, "-m", "assets.makers", "--folder", str(folder)]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        running.append(
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
            )
        )
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    files = ["manifest.json", *(MANIFEST[name]["file"] for name in NAMES)]
    for file in files:
        stored = (FOLDER / file).read_bytes()
        assert (tmp_path / "1" / file).read_bytes() == stored
        assert (tmp_path / "2" / file).read_bytes() == stored


def test_check_finds_a_changed_a_missing_and_a_foreign_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = ["--folder", str(tmp_path)]
    assert main(target) == 0
    assert main([*target, "--check"]) == 0
    changed = tmp_path / "glb" / "bolt.glb"
    content = bytearray(changed.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(bytes(content))
    (tmp_path / "glb" / "fence.glb").unlink()
    (tmp_path / "glb" / "foreign.glb").write_bytes(b"")
    capsys.readouterr()
    assert main([*target, "--check"]) == 1
    named = capsys.readouterr().err
    assert len(named.splitlines()) == 3
    assert all(f"glb/{name}.glb" in named for name in ("bolt", "fence", "foreign"))
    assert main(target) == 0
    assert main([*target, "--check"]) == 0
    assert not list(tmp_path.rglob("*.partial"))


@pytest.mark.parametrize("name", NAMES)
def test_root_turns_z_up_into_y_up_once(name: str, glbs: dict[str, Glb]) -> None:
    root = glbs[name].root
    x, y, z, w = root["rotation"]
    np.testing.assert_allclose(transform(wxyz=(w, x, y, z)), Y_UP_FROM_Z_UP, atol=1e-12)
    assert root["name"] == name
    assert set(root) == {"name", "rotation", "children"}


@pytest.mark.parametrize("name", NAMES)
def test_a_foreign_reader_sees_the_same(name: str) -> None:
    scene = trimesh.load_scene(FOLDER / MANIFEST[name]["file"])
    n_triangles = sum(
        len(scene.geometry[scene.graph[node][1]].faces)
        for node in scene.graph.nodes_geometry
    )
    assert n_triangles == MANIFEST[name]["triangles"]
    x, y, z = MANIFEST[name]["extents_m"]
    assert scene.extents.tolist() == pytest.approx([x, z, y], abs=2e-4)


@pytest.mark.parametrize("name", NAMES)
def test_triangles_can_be_drawn(name: str, glbs: dict[str, Glb]) -> None:
    """Indices in range, finite, unit normals on the outer side, no slivers."""
    for node in glbs[name].nodes.values():
        for part in node.primitives:
            assert int(part.triangles.max()) < len(part.positions_m)
            assert len(part.normals) == len(part.positions_m)
            assert np.isfinite(part.positions_m).all()
            lengths = np.linalg.norm(part.normals.astype(np.float64), axis=1)
            np.testing.assert_allclose(lengths, 1.0, atol=1e-6)
            corners = part.positions_m.astype(np.float64)[part.triangles]
            doubled = np.cross(
                corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
            )
            areas_m2 = np.linalg.norm(doubled, axis=1) / 2.0
            assert areas_m2.min() > 5e-10
            mean_normals = part.normals[part.triangles].mean(axis=1)
            outward = np.einsum("ij,ij->i", doubled, mean_normals) > 0.0
            assert areas_m2[~outward].sum() < 1e-3 * areas_m2.sum(), node.name


@pytest.mark.parametrize("name", NAMES)
def test_size_is_within_its_budget(name: str) -> None:
    n_triangles = MANIFEST[name]["triangles"]
    low, high = (15_000, 40_000) if name in CARS else (1, 20_000)
    assert low <= n_triangles <= high


@pytest.mark.parametrize("name", sorted(set(NAMES) - CARS))
def test_solids_are_watertight(name: str, made: dict[str, Asset]) -> None:
    """Each edge is walked as often one way as the other."""
    for node in made[name].walk():
        for piece in node.pieces:
            assert _is_closed(piece.shape), (node.name, piece.paint.name)


@pytest.mark.parametrize("name", sorted(CARS))
def test_what_moves_of_a_car_and_is_solid_is_watertight(
    name: str, made: dict[str, Asset]
) -> None:
    """All but the skin: body, what hangs on hinges, bumpers and glass."""
    skin = {"car", "door", "bonnet", "tailgate", "bumper", "glass"}
    nodes = list(made[name].walk())
    solid = [node for node in nodes if node.kind not in skin]
    assert len(nodes) - len(solid) == 1 + 4 + 2 + 2 + 2
    for node in solid:
        for piece in node.pieces:
            assert _is_closed(piece.shape), (node.name, piece.paint.name)


def _is_closed(shape: shapes.Shape) -> bool:
    _, triangles = welded(shape)
    walked: Counter[tuple[int, int]] = Counter()
    for a, b, c in triangles.tolist():
        walked.update(((a, b), (b, c), (c, a)))
    return all(walked[b, a] == count for (a, b), count in walked.items())


@pytest.mark.parametrize(
    ("shape", "volume_m3"),
    [
        (shapes.box((1.0, 2.0, 3.0)), 6.0),
        (shapes.span((-1.0, 0.0, 2.0), (1.0, 1.0, 2.5)), 1.0),
        (shapes.cylinder(0.5, 2.0, sides=64), math.pi * 0.5),
        (shapes.cylinder(0.5, 2.0, axis="x", sides=64), math.pi * 0.5),
        (shapes.ring(0.5, 0.25, 1.0, 64), math.pi * (0.25 - 0.0625)),
        (shapes.prism([(0, 0), (2, 0), (2, 1), (0, 1)], 0.5), 1.0),
        (shapes.sweep([(0, 0, 0), (0, 0, 1), (0, 0, 2)], 0.1, 64), math.pi * 0.02),
        (shapes.rounded_box((1.0, 1.0, 1.0), radius_m=1e-3), 1.0),
        (shapes.cylinder(0.5, 2.0, sides=64).mirrored_y(), math.pi * 0.5),
        (shapes.cylinder(0.5, 2.0, sides=64).mirrored_x(), math.pi * 0.5),
    ],
)
def test_solid_encloses_its_volume(shape: shapes.Shape, volume_m3: float) -> None:
    points, triangles = welded(shape)
    solid = trimesh.Trimesh(points, triangles, process=False)
    assert solid.is_watertight
    assert solid.volume == pytest.approx(volume_m3, rel=3e-3)


def test_shading_keeps_a_cubes_edges_hard_and_a_cylinders_side_smooth() -> None:
    cube = shaded(shapes.box((1.0, 1.0, 1.0)), 30.0)
    assert len(cube.positions_m) == 24
    assert np.sort(np.abs(cube.normals), axis=1).tolist() == [[0.0, 0.0, 1.0]] * 24
    pipe = shaded(shapes.cylinder(1.0, 1.0, sides=32), 30.0)
    side = np.abs(pipe.normals[:, 2]) < 0.5
    radial = pipe.positions_m[side, :2]
    radial /= np.linalg.norm(radial, axis=1, keepdims=True)
    np.testing.assert_allclose(pipe.normals[side, :2], radial, atol=2e-4)


def test_cut_divides_a_sheet_along_the_curve_and_loses_nothing() -> None:
    grid = shapes.loft(
        np.array(
            [
                [(x, y, 0.0) for y in np.linspace(-1, 1, 21)]
                for x in np.linspace(-1, 1, 21)
            ]
        ),
        closed=False,
    )
    extra = np.tile([0.0, 0.0, 0.0, 1.0], (len(grid.positions_m), 1))
    sheet = Sheet(np.hstack([grid.positions_m, extra]), grid.triangles)
    inside, outside = cut(sheet, lambda s: np.hypot(s.x, s.y) - 0.6)

    def area_m2(part: Sheet) -> float:
        corners = part.points[part.triangles][:, :, :3]
        doubled = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        return float(np.abs(doubled[:, 2]).sum() / 2.0)

    assert area_m2(inside) == pytest.approx(math.pi * 0.36, rel=5e-3)
    assert area_m2(inside) + area_m2(outside) == pytest.approx(4.0, rel=1e-9)
    used = inside.points[np.unique(inside.triangles)]
    assert np.hypot(used[:, 0], used[:, 1]).max() < 0.6 + 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_every_node_says_what_it_is(name: str, glbs: dict[str, Glb]) -> None:
    for node in glbs[name].nodes.values():
        extras = node.extras
        assert extras["kind"]
        assert extras["label"].keys() == {"en", "fr"}
        assert all(extras["label"].values())
        total_kg = math.fsum(extras["materials_kg"].values())
        assert total_kg == pytest.approx(extras["mass_kg"], abs=1e-9)
        # What only holds others together weighs nothing itself.
        assert min(extras["materials_kg"].values(), default=1.0) > 0.0
        for entry in extras.get("collision", ()):
            assert np.linalg.norm(entry["wxyz"]) == pytest.approx(1.0, abs=1e-8)
            assert min(entry.get("size_m", [1.0])) > 0.0
        joint = extras.get("joint")
        if joint is not None:
            assert joint["type"] in {"prismatic", "revolute"}
            assert np.linalg.norm(joint["axis"]) == pytest.approx(1.0, abs=1e-12)
            assert joint["lower"] <= 0.0 <= joint["upper"]
            assert joint["lower"] < joint["upper"]
        for port in extras.get("ports", ()):
            assert port["direction"] in {"in", "out", "both"}


def test_car_has_the_published_size_and_mass(glbs: dict[str, Glb]) -> None:
    car = glbs["hatchback_ev"]
    assert math.fsum(n.extras["mass_kg"] for n in car.nodes.values()) == pytest.approx(
        1502.0, abs=1e-9
    )
    assert car.nodes["battery_pack"].extras["mass_kg"] == 326.0
    points = np.vstack(
        [node.points_in_asset_m() for node in car.nodes.values() if node.primitives]
    )
    assert points[:, 0].min() == pytest.approx(-1.951, abs=1e-3)
    assert points[:, 0].max() == pytest.approx(2.133, abs=1e-3)
    assert points[:, 2].min() == pytest.approx(0.0, abs=1e-4)
    assert points[:, 2].max() == pytest.approx(1.562, abs=1e-3)
    # The published width is without mirrors, which sit on the front doors.
    body = car.nodes["body"].points_in_asset_m()
    rear_doors = [car.nodes[n].points_in_asset_m() for n in ("door_rl", "door_rr")]
    widest_m = np.abs(np.vstack([body, *rear_doors])[:, 1]).max()
    assert widest_m == pytest.approx(1.787 / 2.0, abs=0.004)
    assert {
        node.name for node in car.nodes.values() if node.parent == ""
    } == {
        "body", "door_fl", "door_fr", "door_rl", "door_rr", "bonnet", "tailgate",
        "wheel_fl", "wheel_fr", "wheel_rl", "wheel_rr", "seat_front_left",
        "seat_front_right", "seat_rear", "motor", "battery_pack",
        "bumper_front", "bumper_rear", "windscreen", "steering_wheel",
        "airbag_passenger", "belt_tensioner_left", "belt_tensioner_right",
        "battery_12v", "radiator", "washer_tank", "brake_reservoir",
        "refrigerant_line", "service_plug", "hv_connector_plus",
        "hv_connector_minus", "coolant_coupling",
    }  # fmt: skip


def test_car_is_symmetric(glbs: dict[str, Glb]) -> None:
    car = glbs["hatchback_ev"].nodes
    pairs = [("door_fl", "door_fr"), ("door_rl", "door_rr"), ("wheel_fl", "wheel_fr")]
    for left, right in pairs:
        a = car[left].points_in_asset_m() * (1.0, -1.0, 1.0)
        b = car[right].points_in_asset_m()
        np.testing.assert_allclose(a.min(axis=0), b.min(axis=0), atol=2e-5)
        np.testing.assert_allclose(a.max(axis=0), b.max(axis=0), atol=2e-5)
        assert car[left].extras["mass_kg"] == car[right].extras["mass_kg"]


def test_wheels_stand_on_the_ground_at_the_published_places(
    glbs: dict[str, Glb],
) -> None:
    for name, x, y in (
        ("wheel_fl", 1.294, 0.755),
        ("wheel_fr", 1.294, -0.755),
        ("wheel_rl", -1.294, 0.755),
        ("wheel_rr", -1.294, -0.755),
    ):
        node = glbs["hatchback_ev"].nodes[name]
        np.testing.assert_allclose(node.asset_from_node[:3, 3], (x, y, 0.31), atol=1e-9)
        (tyre,) = node.extras["collision"]
        assert len(node.extras["fasteners"]) == 5
        assert (tyre["radius_m"], tyre["length_m"]) == (0.31, 0.195)
        assert node.points_in_asset_m()[:, 2].min() == pytest.approx(0.0, abs=1e-4)


def test_the_16_fasteners_are_where_the_drawing_says(glbs: dict[str, Glb]) -> None:
    nodes = glbs["hatchback_ev"].nodes
    pack = nodes["battery_pack"]
    np.testing.assert_allclose(
        pack.asset_from_node, transform((0.0, 0.0, 0.15)), atol=1e-12
    )
    expected = [
        (-0.72 + 0.288 * i, y, -0.012) for y in (-0.46, 0.46) for i in range(6)
    ] + [(x, y, -0.012) for x in (-0.765, 0.765) for y in (-0.34, 0.34)]
    entries = pack.extras["fasteners"]
    assert [entry["name"] for entry in entries] == [
        f"bolt_{n:02d}" for n in range(1, 17)
    ]
    for entry, position_m in zip(entries, expected, strict=True):
        assert entry["position_m"] == pytest.approx(position_m, abs=1e-9)
        assert entry["wxyz"] == [1.0, 0.0, 0.0, 0.0]
        assert entry["thread"] == "M12"
        bolt = nodes[entry["name"]]
        assert bolt.parent == "battery_pack"
        assert bolt.extras["mass_kg"] == entry["mass_kg"]
        np.testing.assert_allclose(
            bolt.parent_from_node, transform(position_m), atol=1e-9
        )
        # The head hangs below the pack, its face at the frame's origin.
        own = transform_points(inverse(bolt.asset_from_node), bolt.points_in_asset_m())
        assert own[:, 2].min() == pytest.approx(0.0, abs=1e-6)


def test_pack_is_a_box_that_leaves_the_car_straight_down(
    glbs: dict[str, Glb],
) -> None:
    nodes = glbs["hatchback_ev"].nodes
    pack = nodes["battery_pack"].points_in_asset_m()
    size_m = pack.max(axis=0) - pack.min(axis=0)
    assert size_m.tolist() == pytest.approx(list(PACK_SIZE_M), abs=0.02)
    # Only the rings that mark the screws may stand out, by a millimetre.
    assert pack[:, 2].min() >= 0.15 - 0.0011
    low, high = pack.min(axis=0), pack.max(axis=0)
    for box_low, box_high in boxes_in_asset(nodes["body"]):
        beside = (box_low[:2] >= high[:2]).any() or (box_high[:2] <= low[:2]).any()
        assert beside or box_low[2] >= high[2] - 1e-9
    # The same of what is seen: no vertex of the body hangs below the pack's roof.
    body = nodes["body"].points_in_asset_m()
    over = (np.abs(body[:, 0]) < 0.82) & (np.abs(body[:, 1]) < 0.52)
    assert body[over, 2].min() >= 0.39 - 1e-6


def test_sills_and_jack_points_are_where_the_lift_takes_them(
    glbs: dict[str, Glb],
) -> None:
    boxes = boxes_in_asset(glbs["hatchback_ev"].nodes["body"])
    for x, y in product((-0.80, 0.80), (-0.72, 0.72)):
        under = [
            low[2]
            for low, high in boxes
            if low[0] <= x - 0.055
            and high[0] >= x + 0.055
            and low[1] <= y - 0.055
            and high[1] >= y + 0.055
        ]
        assert min(under) == pytest.approx(0.17, abs=1e-9)
    lowest_m = min(low[2] for low, _ in boxes)
    assert lowest_m == pytest.approx(0.17, abs=1e-9)


def test_pack_passes_between_the_strands_with_100_mm_to_spare(
    glbs: dict[str, Glb],
) -> None:
    nodes = glbs["wheel_conveyor"].nodes
    inner = []
    for name in ("strand_left", "strand_right"):
        ((low, high),) = boxes_in_asset(nodes[name])
        assert high[2] == pytest.approx(0.60, abs=1e-9)
        inner.append(float(np.abs([low[1], high[1]]).min()))
        assert low[1] + high[1] == pytest.approx(2 * 0.755 * np.sign(low[1]), abs=1e-9)
    assert sum(inner) >= PACK_SIZE_M[1] + 0.1
    # And nothing else of the conveyor stands in the way of table and pack.
    points = np.vstack([n.points_in_asset_m() for n in nodes.values() if n.primitives])
    assert points[:, 2].max() <= 0.60 + 1e-6
    near = np.abs(points[:, 0]) < 1.299
    assert np.abs(points[near, 1]).min() >= 0.605
    under_beams = near & (points[:, 2] < 0.435)
    assert not under_beams.any()


def test_lowered_pack_passes_under_the_strands(glbs: dict[str, Glb]) -> None:
    strand = boxes_in_asset(glbs["wheel_conveyor"].nodes["strand_left"])[0]
    belt_tops = []
    for name, x in (("belt_front", 0.35), ("belt_rear", -0.35)):
        ((low, high),) = boxes_in_asset(glbs["pack_belt"].nodes[name])
        belt_tops.append(high[2])
        assert (low[0] + high[0]) / 2.0 == pytest.approx(x, abs=1e-9)
        assert high[0] - low[0] == pytest.approx(0.30, abs=1e-9)
        assert (low[1], high[1]) == pytest.approx((-0.45, 6.4), abs=1e-9)
    assert belt_tops == pytest.approx([0.16, 0.16], abs=1e-9)
    assert strand[0][2] - (0.16 + PACK_SIZE_M[2]) >= 0.05


def test_table_heads_clear_bolts_belts_and_body(glbs: dict[str, Glb]) -> None:
    heads = glbs["lift_table"].nodes["heads"]
    boxes = boxes_in_asset(heads)
    plates = [(low, high) for low, high in boxes if high[2] == pytest.approx(0.10)]
    assert len(plates) == 2
    bolts = glbs["hatchback_ev"].nodes["battery_pack"].extras["fasteners"]
    body = boxes_in_asset(glbs["hatchback_ev"].nodes["body"])
    for low, high in plates:
        # Both carry the pack: they reach at least 150 mm below it.
        assert min(abs(low[0]), abs(high[0])) <= PACK_SIZE_M[0] / 2.0 - 0.15
        assert min(abs(low[0]), abs(high[0])) >= 0.6
        for bolt in bolts:
            x, y, _ = bolt["position_m"]
            beyond = np.maximum(low[:2] - (x, y), (x, y) - high[:2])
            assert float(np.linalg.norm(np.maximum(beyond, 0.0))) > 0.10
        for name in ("belt_front", "belt_rear"):
            ((belt_low, belt_high),) = boxes_in_asset(glbs["pack_belt"].nodes[name])
            assert low[0] > belt_high[0] or high[0] < belt_low[0]
        # With the head at the pack, z = 0.15 in the car, no body box is lower.
        for body_low, body_high in body:
            beside = (body_low[:2] >= high[:2]).any() or (
                body_high[:2] <= low[:2]
            ).any()
            assert beside or body_low[2] > 0.15 + 0.04
    joint = heads.extras["joint"]
    assert (joint["type"], joint["lower"], joint["upper"]) == (
        "prismatic",
        0.0,
        TABLE_STROKE_M,
    )
    # At full height the yoke that couples the rams is still below the floor.
    yoke_top_m = max(
        part.positions_m[:, 2].max()
        for part in heads.primitives
        if part.positions_m[:, 2].max() < 0.0
    )
    assert yoke_top_m + joint["upper"] < -0.05


def _swung_arm(
    node: PlacedNode, share: float
) -> list[tuple[NDArray[np.float64], float, float]]:
    """Return an arm's boxes as outline in plan (4, 2), low z and high z."""
    joint = node.extras["joint"]
    turned = node.asset_from_node @ transform(
        wxyz=wxyz_about(joint["axis"], share * joint["upper"])
    )
    found = []
    for entry in node.extras["collision"]:
        sx, sy, sz = np.array(entry["size_m"]) / 2.0
        x, y, z = entry["position_m"]
        outline = [
            (x - sx, y - sy, z), (x + sx, y - sy, z), (x + sx, y + sy, z),
            (x - sx, y + sy, z),
        ]  # fmt: skip
        level = turned[2, 3]
        plan = transform_points(turned, outline)[:, :2]
        found.append((plan, level + z - sz, level + z + sz))
    return found


def _gap_m(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the distance between convex outlines along their best axis."""
    gaps = []
    for outline in (a, b):
        for edge in np.roll(outline, -1, axis=0) - outline:
            axis = np.array([edge[1], -edge[0]]) / np.linalg.norm(edge)
            one, other = a @ axis, b @ axis
            gaps.append(max(other.min() - one.max(), one.min() - other.max()))
    return float(max(gaps))


ARMS = ("arm_front_left", "arm_front_right", "arm_rear_left", "arm_rear_right")


def test_arms_swing_in_under_the_jack_points(glbs: dict[str, Glb]) -> None:
    nodes = glbs["lift_two_post"].nodes
    for name in ARMS:
        node = nodes[name]
        joint = node.extras["joint"]
        assert (joint["type"], joint["lower"]) == ("revolute", 0.0)
        turned = node.asset_from_node @ transform(
            wxyz=wxyz_about(joint["axis"], joint["upper"])
        )
        pad = transform_points(turned, [node.extras["pad_position_m"]])[0]
        x = 0.80 if "front" in name else -0.80
        y = 0.72 if "left" in name else -0.72
        np.testing.assert_allclose(pad, (x, y, 0.755), atol=1e-6)


def test_arms_touch_nothing_on_their_way(glbs: dict[str, Glb]) -> None:
    """Parked, swinging and swung in: strands, tyres, the car, each other, posts."""
    lift = glbs["lift_two_post"].nodes
    strand_top_m, car_on_strand_m = 0.60, 0.60
    tyres = []
    for name in ("wheel_fl", "wheel_fr", "wheel_rl", "wheel_rr"):
        place = glbs["hatchback_ev"].nodes[name].asset_from_node[:3, 3]
        tyres.append(place)
    sill_m = car_on_strand_m + 0.17
    shares = np.linspace(0.0, 1.0, 9)
    for share in shares:
        for name in ARMS:
            for plan, low_z, high_z in _swung_arm(lift[name], float(share)):
                assert low_z >= strand_top_m + 0.03
                assert high_z <= sill_m - 0.01
                if share == 0.0:
                    assert np.abs(plan[:, 1]).min() > 1.05
                for x, y, z in tyres:
                    # Half the chord of the tyre at the height of the arm's top.
                    above = high_z - (car_on_strand_m + z - 0.31)
                    half = math.sqrt(max(0.31**2 - (0.31 - above) ** 2, 0.0))
                    tyre = np.array(
                        [
                            (x - half, y - 0.0975), (x + half, y - 0.0975),
                            (x + half, y + 0.0975), (x - half, y + 0.0975),
                        ]
                    )  # fmt: skip
                    assert _gap_m(plan, tyre) > 0.03, (name, share)
                for post_name in ("post_left", "post_right"):
                    low, high = boxes_in_asset(lift[post_name])[0]
                    post = np.array(
                        [low[:2], (high[0], low[1]), high[:2], (low[0], high[1])]
                    )
                    assert _gap_m(plan, post) > 0.0, (name, share)
    for one, other in product(shares, shares):
        front = _swung_arm(lift["arm_front_left"], float(one))
        rear = _swung_arm(lift["arm_rear_left"], float(other))
        for (a, *_), (b, *_) in product(front, rear):
            assert _gap_m(a, b) > 0.01, (one, other)


def test_lift_and_car_clear_the_rising_carriage(glbs: dict[str, Glb]) -> None:
    carriage = glbs["lift_two_post"].nodes["carriage"]
    joint = carriage.extras["joint"]
    assert (joint["type"], joint["lower"], joint["upper"]) == (
        "prismatic",
        0.0,
        LIFT_STROKE_M,
    )
    (_, post_high), _ = boxes_in_asset(glbs["lift_two_post"].nodes["post_left"])
    post_top_m = post_high[2]
    for low, high in boxes_in_asset(carriage):
        assert min(abs(low[1]), abs(high[1])) > 1.05
        assert high[2] + joint["upper"] < post_top_m


def test_socket_opens_at_the_stated_tip(glbs: dict[str, Glb]) -> None:
    nodes = glbs["nutrunner"].nodes
    assert nodes["body"].extras["tip_position_m"] == [0.0, 0.0, 0.55]
    tip = nodes["socket"]
    np.testing.assert_allclose(
        tip.asset_from_node, transform((0.0, 0.0, 0.55)), atol=1e-12
    )
    points = tip.points_in_asset_m()
    assert points[:, 2].max() == pytest.approx(0.55, abs=1e-6)
    # The socket takes an M12 head (18 mm across flats) and is slim.
    opening = points[points[:, 2] > 0.549]
    radii = np.hypot(opening[:, 0], opening[:, 1])
    assert radii.min() > 0.009
    assert np.hypot(points[:, 0], points[:, 1]).max() < 0.018


def test_worker_is_175_cm_and_rack_and_fence_have_their_heights(
    glbs: dict[str, Glb],
) -> None:
    heights = {"worker": 1.75, "fence": 2.0, "pack_rack": 2.6}
    for name, height_m in heights.items():
        seen = [n.points_in_asset_m() for n in glbs[name].nodes.values()]
        points = np.vstack(seen)
        assert points[:, 2].max() == pytest.approx(height_m, abs=1e-3)
        assert points[:, 2].min() == pytest.approx(0.0, abs=1e-3)
