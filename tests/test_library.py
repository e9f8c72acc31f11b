"""What every asset of the library promises to whoever places it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from twin.cli.equipment_page import (
    equipment_page,
    footprint_of,
    look_file,
    looks_shown,
)
from twin.cli.equipment_picture import asset_mesh, bounds_m, picture_stage
from twin.cli.equipping import equipment
from twin.errors import TwinError
from twin.layout.assets import Asset, Box, asset_names, load_asset
from twin.layout.plan import asset_from_nodes
from twin.transforms import transform, transform_points

NAMES = asset_names()
CARS = {"estate", "hatchback", "hatchback_ev", "van"}
# Held by a robot, or a screw: they stand on no floor.
CARRIED = {
    "bolt", "camera_unit", "hydraulic_shear", "jaw_gripper",
    "nutrunner", "tool_changer_master", "tool_changer_plate", "vacuum_gripper",
}  # fmt: skip
# Nothing enters or leaves them, and nothing takes hold of them.
WITHOUT_PORTS = {
    "atex_zone", "bolt", "camera_unit", "controller_cabinet", "danger_mark",
    "e_stop_post", "fence", "hall_bay", "light_barrier", "light_curtain",
    "light_sensor", "nutrunner", "side_clamp", "worker",
}  # fmt: skip
# Paint on the floor and what hangs above it stop nobody.
UNTOUCHED = {"bolt", "danger_mark", "floor_mark"}
# A car comes to a lift from a metre and a half before its posts.
_REACH_M = 1.5
MUST_BE_THERE = {
    "agv", "engine_crane", "estate", "fence_gate", "floor_mark", "forklift",
    "hall_column", "hall_gate", "hall_roof", "hall_wall", "incline_conveyor",
    "paint_booth", "parking_row", "parts_shelf", "press", "pressed_hulk",
    "pyrotechnics_booth", "quarantine_container", "refrigerant_unit",
    "tool_trolley", "tug", "tug_trailer", "van", "wash_tunnel", "workbench",
}  # fmt: skip


@pytest.fixture(scope="module")
def library() -> dict[str, Asset]:
    return {name: load_asset(name) for name in NAMES}


def test_what_scenarios_may_name_is_there() -> None:
    assert set(NAMES) >= MUST_BE_THERE


@pytest.mark.parametrize("name", NAMES)
def test_every_node_has_names_mass_and_source(
    name: str, library: dict[str, Asset]
) -> None:
    asset = library[name]
    for node in asset.nodes:
        assert node.label.en.strip(), node.name
        assert node.label.fr.strip(), node.name
        assert node.kind, node.name
        assert node.source, node.name
        assert node.confidence in {"A", "B", "C"}, node.name
        assert node.mass_kg >= 0.0, node.name
    assert sum(node.mass_kg for node in asset.nodes) > 0.0


@pytest.mark.parametrize("name", sorted(set(NAMES) - CARRIED))
def test_what_is_seen_lies_on_the_floor_it_takes(
    name: str, library: dict[str, Asset]
) -> None:
    asset = library[name]
    assert len([n for n in asset.nodes if n.footprint is not None]) == 1
    footprint = footprint_of(asset)
    assert footprint is not None
    low, high = bounds_m(asset_mesh(asset))
    assert (low[:2] >= np.array(footprint.low_m) - 0.005).all(), low
    assert (high[:2] <= np.array(footprint.high_m) + 0.005).all(), high
    # Nor is much more floor taken than what is seen.
    assert (low[:2] <= np.array(footprint.low_m) + 1.3).all(), low
    assert (high[:2] >= np.array(footprint.high_m) - 1.3).all(), high
    assert set(footprint.clear_m) == {"+x", "-x", "+y", "-y"}
    assert all(0.0 <= metres <= 8.0 for metres in footprint.clear_m.values())


@pytest.mark.parametrize("name", sorted(CARRIED))
def test_what_is_carried_takes_no_floor(name: str, library: dict[str, Asset]) -> None:
    assert footprint_of(library[name]) is None


@pytest.mark.parametrize("name", NAMES)
def test_ports_are_at_the_asset_and_named_once(
    name: str, library: dict[str, Asset]
) -> None:
    asset = library[name]
    poses = asset_from_nodes(asset)
    low, high = bounds_m(asset_mesh(asset))
    n_ports = 0
    for node in asset.nodes:
        named = [port.name for port in node.ports]
        assert len(set(named)) == len(named), node.name
        for port in node.ports:
            n_ports += 1
            assert port.direction in {"in", "out", "both"}
            assert port.kind
            assert np.linalg.norm(port.pose[3:]) == pytest.approx(1.0, abs=1e-6)
            place = (poses[node.name] @ (*port.pose[:3], 1.0))[:3]
            assert (place >= low - _REACH_M).all(), (node.name, port.name)
            assert (place <= high + _REACH_M).all(), (node.name, port.name)
    assert (n_ports == 0) == (name in WITHOUT_PORTS)


@pytest.mark.parametrize("name", sorted({*NAMES} - {"hall_bay"}))
def test_what_is_touched_is_where_something_is_seen(
    name: str, library: dict[str, Asset]
) -> None:
    asset = library[name]
    poses = asset_from_nodes(asset)
    low, high = bounds_m(asset_mesh(asset))
    shapes = [
        (poses[node.name] @ transform(piece.position_m, piece.wxyz), piece)
        for node in asset.nodes
        for piece in (*node.collision, *node.loose_collision)
    ]
    assert bool(shapes) == (name not in UNTOUCHED)
    for pose, piece in shapes:
        if isinstance(piece, Box):
            half = np.array(piece.size_m) / 2.0
        else:
            half = np.array([piece.radius_m, piece.length_m / 2.0, piece.radius_m])
        assert (half > 0.0).all()
        signs = np.array(list(itertools.product((-1.0, 1.0), repeat=3)))
        corners = transform_points(pose, signs * half)
        assert (corners >= low - 0.05).all(), piece
        assert (corners <= high + 0.05).all(), piece


@pytest.mark.parametrize("name", NAMES)
def test_joints_are_named_after_what_moves_and_start_in_range(
    name: str, library: dict[str, Asset]
) -> None:
    for node in library[name].nodes:
        if node.joint is None:
            continue
        assert node.joint.lower <= 0.0 <= node.joint.upper, node.name
        assert np.linalg.norm(node.joint.axis) == pytest.approx(1.0)


@pytest.mark.parametrize("name", sorted(CARS))
def test_cars_have_wheels_that_turn_and_doors_that_open(
    name: str, library: dict[str, Asset]
) -> None:
    kinds = [node.kind for node in library[name].nodes if node.joint is not None]
    assert kinds.count("wheel") == 4
    assert kinds.count("door") == 4
    assert kinds.count("bonnet") == kinds.count("tailgate") == 1
    low, high = bounds_m(asset_mesh(library[name]))
    length, width, height = (high - low).tolist()
    assert 4.0 < length < 4.7
    assert 1.7 < width < 2.1
    assert 1.5 < height < 2.0
    assert low[2] == pytest.approx(0.0, abs=0.005)


def test_the_estate_is_longer_and_the_van_higher(library: dict[str, Asset]) -> None:
    size_m = {}
    for name in CARS:
        low, high = bounds_m(asset_mesh(library[name]))
        size_m[name] = high - low
    assert size_m["estate"][0] > size_m["hatchback"][0] + 0.3
    assert size_m["van"][2] > size_m["hatchback"][2] + 0.25
    for other in ("estate", "van"):
        # Part for part the same car: only the sizes differ.
        names = [node.name for node in library[other].nodes]
        assert names == [node.name for node in library["hatchback"].nodes]


def test_the_library_stays_small(root_folder: Path) -> None:
    files = (root_folder / "assets" / "glb").glob("*.glb")
    assert sum(file.stat().st_size for file in files) < 25_000_000
    manifest = json.loads((root_folder / "assets" / "manifest.json").read_text("utf-8"))
    assert sum(entry["triangles"] for entry in manifest.values()) < 500_000


def test_the_page_is_what_the_command_writes(
    root_folder: Path, library: dict[str, Asset]
) -> None:
    stored = (root_folder / "docs" / "equipment.md").read_text("utf-8")
    assert stored == equipment_page(library), "run flins equipment"


def test_every_asset_and_every_look_has_a_small_picture(root_folder: Path) -> None:
    folder = root_folder / "docs" / "pictures" / "equipment"
    wanted = {*NAMES, *(look_file(*look) for look in looks_shown())}
    assert {path.stem for path in folder.iterdir()} == wanted
    for path in folder.iterdir():
        assert path.stat().st_size <= 40_000, path.name


@pytest.mark.parametrize("name", ["worker", "bolt", "hall_roof", "press"])
def test_a_picture_holds_all_of_the_asset(name: str, library: dict[str, Asset]) -> None:
    """Every point of it projects into the frame of 3 to 2, and fills most of it."""
    stage = picture_stage(library[name])
    camera = stage.scene.cameras[0]
    eye, target = (
        np.array(point) for point in (camera.eye_in_world_m, camera.target_in_world_m)
    )
    back = (eye - target) / np.linalg.norm(eye - target)
    right = np.cross((0.0, 0.0, 1.0), back)
    right /= np.linalg.norm(right)
    up = np.cross(back, right)
    away = asset_mesh(library[name]).positions_m.astype(np.float64) - eye
    depth = -(away @ back)
    assert depth.min() > 0.0
    tangent = np.tan(np.radians(camera.field_of_view_deg / 2.0))
    x, y = away @ right / depth / (1.5 * tangent), away @ up / depth / tangent
    assert max(np.abs(x).max(), np.abs(y).max()) <= 1.0
    assert max(np.ptp(x), np.ptp(y)) > 0.7


def test_the_command_refuses_what_it_cannot_draw(tmp_path: Path) -> None:
    with pytest.raises(TwinError, match=r"no asset 'rocket'; known: accumulation"):
        equipment(["rocket"], tmp_path / "page.md")
    with pytest.raises(TwinError, match=r"got 'page.html'; name a .md file"):
        equipment(None, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_command_draws_what_is_asked_and_writes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    equipment(["bolt"], page)
    (picture,) = (tmp_path / "pictures" / "equipment").iterdir()
    assert picture.name == "bolt.webp"
    drawn = np.asarray(Image.open(picture).convert("RGB"))
    assert drawn.shape == (320, 480, 3)
    # More than the floor alone is seen.
    assert np.ptp(drawn.reshape(-1, 3), axis=0).min() > 100
    assert "## worker" in page.read_text("utf-8")
