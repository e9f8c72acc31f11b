"""What cars, packs and equipment promise besides their shape: parts, grips, ports."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from assets.makers.all import build_assets
from assets.makers.dimensions import THERMAL_CAR_MASS_KG
from assets.makers.node import Asset as MadeAsset
from assets.makers.node import turned
from assets.makers.pack import PACK_MATERIALS_KG
from assets.makers.pack_module import N_MODULES
from assets.makers.shading import welded
from assets.makers.shape import open_box
from twin.layout.assets import Asset, AssetNode, Box, load_asset
from twin.layout.plan import asset_from_nodes
from twin.transforms import rotation_from_wxyz, transform, transform_points, wxyz_about

CARS = ("estate", "hatchback", "hatchback_ev")
CONVEYORS = (
    "accumulation_conveyor", "belt_conveyor", "conveyor_curve", "conveyor_transfer",
    "conveyor_transfer_600", "conveyor_turntable", "roller_conveyor",
    "roller_conveyor_600",
)  # fmt: skip
TOOLS = (
    "hydraulic_shear", "jaw_gripper", "nutrunner", "tool_changer_master",
    "tool_changer_plate", "vacuum_gripper",
)  # fmt: skip
STANDING = (
    "atex_zone", "depollution_rig", "door_rack", "e_stop_post", "fuel_drain_unit",
    "lift_cross", "lift_four_post", "lift_level", "light_curtain", "pallet_box",
    "stillage", "test_bays", "tilter", "tool_stand", "wheel_trolley",
)  # fmt: skip
EQUIPMENT = (*CONVEYORS, *(set(TOOLS) - {"nutrunner"}), *STANDING)
NAMES = sorted({*CARS, "battery_pack", *EQUIPMENT})


@pytest.fixture(scope="module")
def made() -> dict[str, MadeAsset]:
    return build_assets()


@pytest.fixture(scope="module")
def loaded() -> dict[str, Asset]:
    return {name: load_asset(name) for name in {*NAMES, *TOOLS}}


def named(asset: Asset, name: str) -> AssetNode:
    return next(node for node in asset.nodes if node.name == name)


def points_m(
    node: AssetNode, asset_from_node: NDArray[np.float64]
) -> NDArray[np.float64]:
    assert node.mesh is not None
    return transform_points(asset_from_node, node.mesh.positions_m)


def bounds_m(asset: Asset) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    poses = asset_from_nodes(asset)
    points = np.vstack(
        [points_m(node, poses[node.name]) for node in asset.nodes if node.mesh]
    )
    return points.min(axis=0), points.max(axis=0)


def corners_m(piece: object) -> NDArray[np.float64]:
    """Return the corners of a box, or of the box round a cylinder, node frame."""
    if isinstance(piece, Box):
        half = np.array(piece.size_m) / 2.0
    else:
        half = np.array([piece.radius_m, piece.length_m / 2.0, piece.radius_m])
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return transform_points(transform(piece.position_m, piece.wxyz), signs * half)


def nearest(
    node: AssetNode, point_m: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Return how far a point is from a node's surface, and the normal there."""
    assert node.mesh is not None
    triangles = node.mesh.positions_m.astype(np.float64)[node.mesh.triangles]
    spots = trimesh.triangles.closest_point(
        triangles, np.tile(point_m, (len(triangles), 1))
    )
    away_m = np.linalg.norm(spots - point_m, axis=1)
    best = int(np.argmin(away_m))
    a, b, c = triangles[best]
    normal = np.cross(b - a, c - a)
    return float(away_m[best]), normal / np.linalg.norm(normal)


def ports(asset: Asset) -> Iterator[tuple[AssetNode, str, str]]:
    for node in asset.nodes:
        for port in node.ports:
            yield node, port.name, port.kind


@pytest.mark.parametrize("name", sorted({*EQUIPMENT, "battery_pack"}))
def test_surfaces_face_outward(name: str, made: dict[str, MadeAsset]) -> None:
    """Each closed surface encloses a positive volume."""
    for node in made[name].walk():
        for piece in node.pieces:
            points, triangles = welded(piece.shape)
            a, b, c = points[triangles].transpose(1, 0, 2)
            volume_m3 = float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)
            assert volume_m3 > 0.0, (node.name, piece.paint.name)


@pytest.mark.parametrize("name", sorted(EQUIPMENT))
def test_equipment_is_drawn_with_few_triangles(
    name: str, made: dict[str, MadeAsset]
) -> None:
    count = sum(
        len(welded(piece.shape)[1])
        for node in made[name].walk()
        for piece in node.pieces
    )
    assert count <= 6_000


@pytest.mark.parametrize("name", NAMES)
def test_what_is_touched_lies_within_what_is_seen(
    name: str, loaded: dict[str, Asset]
) -> None:
    asset = loaded[name]
    low, high = bounds_m(asset)
    poses = asset_from_nodes(asset)
    for node in asset.nodes:
        for piece in node.collision:
            corners = transform_points(poses[node.name], corners_m(piece))
            assert (corners >= low - 0.02).all(), (node.name, piece)
            assert (corners <= high + 0.02).all(), (node.name, piece)
        if not node.loose_collision or node.mesh is None:
            continue  # what only holds others together is boxed round them
        own = points_m(node, np.eye(4))
        for piece in node.loose_collision:
            corners = corners_m(piece)
            assert (corners >= own.min(axis=0) - 0.03).all(), (node.name, piece)
            assert (corners <= own.max(axis=0) + 0.03).all(), (node.name, piece)


@pytest.mark.parametrize("name", NAMES)
def test_what_moves_can_be_touched(name: str, loaded: dict[str, Asset]) -> None:
    for node in loaded[name].nodes:
        if node.joint is not None:
            assert node.collision or node.loose_collision, node.name


@pytest.mark.parametrize("name", NAMES)
def test_ports_lie_at_what_is_seen(name: str, loaded: dict[str, Asset]) -> None:
    """Within a hand of a node; a vacuum grip on its own skin and facing off it."""
    asset = loaded[name]
    poses = asset_from_nodes(asset)
    for node in asset.nodes:
        for grip in node.grips:
            away_m, normal = nearest(node, grip.node_from_grip[:3, 3])
            out = grip.node_from_grip[:3, 0]
            if grip.kind == "vacuum_grip" and node.kind != "tool":
                assert away_m < 0.004, (node.name, grip.name)
                assert float(out @ normal) > 0.95, (node.name, grip.name)
                assert grip.flat_within_m < 0.012
                assert min(grip.size_m) >= 0.05
    # A place that is open all round, such as a box's mouth, has no surface near.
    open_kinds = {"car", "door", "fork", "module", "parts"}
    for node in asset.nodes:
        for port in node.ports:
            if port.kind in open_kinds:
                continue
            place = (poses[node.name] @ (*port.pose[:3], 1.0))[:3]
            away_m = min(
                nearest(other, (np.linalg.inv(poses[other.name]) @ (*place, 1.0))[:3])[
                    0
                ]
                for other in asset.nodes
                if other.mesh is not None
            )
            assert away_m < 0.12, (node.name, port.name, away_m)


@pytest.mark.parametrize("name", [*CARS, "battery_pack"])
def test_fasteners_are_nodes_on_what_they_hold(
    name: str, loaded: dict[str, Asset]
) -> None:
    asset = loaded[name]
    nodes = {node.name: node for node in asset.nodes}
    listed: Counter[str] = Counter()
    for node in asset.nodes:
        for fastener in node.fasteners:
            listed[fastener.name] += 1
            own = nodes[fastener.name]
            assert (own.parent, own.kind) == (node.name, "fastener")
            assert own.mass_kg == fastener.mass_kg
            placed = transform(fastener.position_m, fastener.wxyz)
            np.testing.assert_allclose(own.parent_from_node, placed, atol=1e-6)
            # What is seen of it lies beyond the face that the tool meets.
            assert own.mesh is not None
            assert own.mesh.positions_m[:, 2].min() == pytest.approx(0.0, abs=1e-6)
    assert set(listed.values()) == {1}
    assert set(listed) == {n.name for n in asset.nodes if n.kind == "fastener"}


def test_masses_of_the_thermal_car_and_the_pack(loaded: dict[str, Asset]) -> None:
    car_kg = math.fsum(node.mass_kg for node in loaded["hatchback"].nodes)
    assert car_kg == pytest.approx(THERMAL_CAR_MASS_KG, abs=1e-6)
    by_material: Counter[str] = Counter()
    for node in loaded["battery_pack"].nodes:
        by_material.update(node.materials_kg)
    assert by_material == pytest.approx(PACK_MATERIALS_KG, abs=1e-6)
    assert sum(by_material.values()) == pytest.approx(326.0, abs=1e-6)


def test_pack_has_twelve_equal_modules_that_do_not_touch(
    loaded: dict[str, Asset],
) -> None:
    pack = loaded["battery_pack"]
    modules = [node for node in pack.nodes if node.kind == "module"]
    assert len(modules) == N_MODULES
    assert len({node.mass_kg for node in modules}) == 1
    spans = []
    for module in modules:
        (piece,) = module.collision
        corners = transform_points(module.parent_from_node, corners_m(piece))
        spans.append((corners.min(axis=0), corners.max(axis=0)))
    for n, (low, high) in enumerate(spans):
        for other_low, other_high in spans[:n]:
            assert ((low > other_high) | (other_low > high)).any()
    # All of it hides under the lid.
    (lid_box,) = named(pack, "lid").collision
    assert max(high[2] for _, high in spans) < 0.12 + lid_box.size_m[2]


@pytest.mark.parametrize("name", CARS)
def test_doors_and_flaps_open_outward(name: str, loaded: dict[str, Asset]) -> None:
    asset = loaded[name]
    for part, axis, side in (
        ("door_fl", 1, 1.0), ("door_fr", 1, -1.0), ("door_rl", 1, 1.0),
        ("door_rr", 1, -1.0), ("bonnet", 2, 1.0), ("tailgate", 2, 1.0),
    ):  # fmt: skip
        node = named(asset, part)
        assert node.joint is not None
        open_pose = node.parent_from_node @ transform(
            wxyz=wxyz_about(node.joint.axis, node.joint.upper)
        )
        shut = points_m(node, node.parent_from_node).mean(axis=0)
        opened = points_m(node, open_pose).mean(axis=0)
        assert side * (opened[axis] - shut[axis]) > 0.15, part
        assert len(node.fasteners) == 4
        assert {grip.kind for grip in node.grips} == {"vacuum_grip", "jaw_grip"}


@pytest.mark.parametrize("name", CARS)
def test_hinge_screws_are_met_from_where_a_tool_can_come(
    name: str, loaded: dict[str, Asset]
) -> None:
    """Doors from the front once open, flaps from below, wheels from outside."""
    asset = loaded[name]
    for part, push in (
        ("door_fl", (-1.0, 0.0, 0.0)),
        ("door_rr", (-1.0, 0.0, 0.0)),
        ("bonnet", (0.0, 0.0, 1.0)),
        ("tailgate", (0.0, 0.0, 1.0)),
        ("wheel_fl", (0.0, -1.0, 0.0)),
        ("wheel_rr", (0.0, 1.0, 0.0)),
    ):
        for fastener in named(asset, part).fasteners:
            way = rotation_from_wxyz(fastener.wxyz)[:, 2]
            np.testing.assert_allclose(way, push, atol=1e-8)


def test_every_fluid_of_the_cars_has_a_tank_and_only_one(
    loaded: dict[str, Asset],
) -> None:
    rig = [
        (n.name, k) for n, _, k in ports(loaded["depollution_rig"]) if n.kind == "tank"
    ]
    kinds = Counter(kind for _, kind in rig)
    assert set(kinds.values()) == {1}
    hoses = {
        kind
        for node, _, kind in ports(loaded["depollution_rig"])
        if node.kind == "hose"
    }
    assert hoses == set(kinds)
    for node in loaded["depollution_rig"].nodes:
        if node.kind == "tank":
            assert node.holds is not None
            assert set(node.holds.fluids) == {port.kind for port in node.ports}
    drains = {
        name: {k for _, p, k in ports(loaded[name]) if p in {"drain", "service"}}
        for name in CARS
    }
    assert drains["hatchback"] == {
        "fuel", "engine_oil", "gearbox_oil", "coolant", "brake_fluid", "screenwash",
        "refrigerant_r134a",
    }  # fmt: skip
    assert drains["hatchback_ev"] == {
        "coolant", "brake_fluid", "screenwash", "refrigerant_r1234yf"
    }  # fmt: skip
    assert drains["hatchback"] | drains["hatchback_ev"] == set(kinds)


@pytest.mark.parametrize("name", CARS)
def test_pyrotechnics_are_parts(name: str, loaded: dict[str, Asset]) -> None:
    loads = [
        n for n in loaded[name].nodes if n.materials_kg.get("propellant", 0.0) > 0.0
    ]
    assert {node.kind for node in loads} == {"airbag"}
    assert len(loads) == 4
    assert [node.name for node in loaded[name].nodes if node.pyrotechnic] == [
        node.name for node in loads
    ]


def test_high_voltage_parts_belong_to_the_car_not_to_its_pack(
    loaded: dict[str, Asset],
) -> None:
    """They come off before the pack does, so they must not hang on it."""
    for part in ("service_plug", "hv_connector_plus", "hv_connector_minus"):
        assert named(loaded["hatchback_ev"], part).parent == ""
    assert named(loaded["hatchback_ev"], "service_plug").isolates == "high_voltage"


@pytest.mark.parametrize("name", CONVEYORS)
def test_conveyors_join_end_to_end(name: str, loaded: dict[str, Asset]) -> None:
    """Ports of one width are of one kind, level with what carries, facing away."""
    asset = loaded[name]
    poses = asset_from_nodes(asset)
    tops = {
        round(float(points_m(node, poses[node.name])[:, 2].max()), 2)
        for node in asset.nodes
        if node.name in {"rollers", "belt"}
    }
    middle = np.mean(bounds_m(asset), axis=0)
    found = 0
    for node in asset.nodes:
        for port in node.ports:
            pose = poses[node.name] @ transform(port.pose[:3], port.pose[3:])
            assert port.kind in {"conveyor_600", "conveyor_1200"}
            assert round(float(pose[2, 3]), 2) in tops
            # Off the curve's ends means off along the tangent, hence the slack.
            assert float(pose[:2, 0] @ (pose[:2, 3] - middle[:2])) > 0.0
            found += 1
    assert found >= 2


@pytest.mark.parametrize("name", sorted(CONVEYORS))
def test_a_belt_is_one_shape_that_carries(name: str, loaded: dict[str, Asset]) -> None:
    carrying = [n for n in loaded[name].nodes if n.name in {"rollers", "belt"}]
    (node,) = carrying
    tops = [corners_m(piece)[:, 2].max() for piece in node.collision]
    assert tops == pytest.approx([0.0] * len(tops), abs=1e-9)
    assert len(node.collision) == (12 if name == "conveyor_curve" else 1)


def test_curve_ends_a_quarter_turn_on(loaded: dict[str, Asset]) -> None:
    frame = named(loaded["conveyor_curve"], "frame")
    by_name = {port.name: port for port in frame.ports}
    middle_radius_m = 0.80 + 0.30
    assert by_name["in"].pose[:3] == pytest.approx((0.0, 0.0, 0.70), abs=1e-6)
    assert by_name["out"].pose[:3] == pytest.approx(
        (middle_radius_m, middle_radius_m, 0.70), abs=1e-6
    )


@pytest.mark.parametrize("name", TOOLS)
def test_tools_end_where_they_say(name: str, loaded: dict[str, Asset]) -> None:
    _, high = bounds_m(loaded[name])
    (tip,) = [n.tip_position_m for n in loaded[name].nodes if n.tip_position_m]
    # The shear's tips stand wide while it is open.
    slack_m = 0.03 if name == "hydraulic_shear" else 2e-3
    assert float(high[2]) == pytest.approx(tip[2], abs=slack_m)


@pytest.mark.parametrize("name", ["jaw_gripper", "hydraulic_shear", "tilter"])
def test_nodes_that_move_together_move_alike(
    name: str, loaded: dict[str, Asset]
) -> None:
    by_joint: dict[str, set[tuple[float, float]]] = {}
    for node in loaded[name].nodes:
        if node.joint is not None:
            limits = (node.joint.lower, node.joint.upper)
            by_joint.setdefault(node.joint.name, set()).add(limits)
    assert all(len(limits) == 1 for limits in by_joint.values())


def test_jaws_meet_and_do_not_cross(loaded: dict[str, Asset]) -> None:
    asset = loaded["jaw_gripper"]
    faces = {}
    for side in ("left", "right"):
        node = named(asset, f"finger_{side}")
        assert node.joint is not None
        shift = np.array(node.joint.axis) * node.joint.upper
        moved = points_m(node, node.parent_from_node @ transform(shift))
        faces[side] = moved[:, 1]
    gap_m = float(faces["left"].min() - faces["right"].max())
    assert 0.0 <= gap_m < 0.005


def test_tilter_lays_a_car_on_its_side_above_the_floor(
    loaded: dict[str, Asset],
) -> None:
    cradle = named(loaded["tilter"], "cradle")
    assert cradle.joint is not None
    turned_pose = cradle.parent_from_node @ transform(
        wxyz=wxyz_about(cradle.joint.axis, cradle.joint.upper)
    )
    assert points_m(cradle, turned_pose)[:, 2].min() > 0.0
    # The car's underside looks to the side that people work from.
    underside = turned_pose[:3, :3] @ np.array([0.0, 0.0, -1.0])
    np.testing.assert_allclose(underside, (0.0, -1.0, 0.0), atol=1e-6)
    # Origin of a car whose sills lie on the cradle; its far side is the highest.
    car_y_m, car_z_m = -1.22, 0.60 - 0.17 - 0.42
    for half_width_m in (-0.8935, 0.8935):
        side = turned_pose @ (0.0, car_y_m + half_width_m, car_z_m, 1.0)
        assert float(side[2]) > 0.2


def test_a_tilter_takes_a_car_from_above_strands_and_between_a_lifts_beams(
    loaded: dict[str, Asset],
) -> None:
    tilter, strands = loaded["tilter"], load_asset("wheel_conveyor")
    cradle, carriage = named(tilter, "cradle"), named(tilter, "carriage")
    assert carriage.joint is not None
    assert carriage.joint.axis == pytest.approx((0.0, -1.0, 0.0))
    top_m = float(named(strands, "strand_left").parent_from_node[2, 3])
    outside_m = float(bounds_m(strands)[1][1])
    beams = [
        corners_m(piece) for piece in named(loaded["lift_cross"], "carriage").collision
    ]
    beams_from_x_m = min(float(np.abs(corners[:, 0]).min()) for corners in beams)
    spans = [
        corners_m(piece) + cradle.parent_from_node[:3, 3] for piece in cradle.collision
    ]
    tines = [corners for corners in spans if corners[:, 1].min() < 0.0]
    assert len(tines) == 2
    for corners in tines:
        assert corners[:, 2].min() > top_m  # they pass over the strands
        assert np.abs(corners[:, 0]).max() < beams_from_x_m
        assert corners[:, 1].min() < -0.72  # and reach the farther sill
    # The rest stays on its side of the conveyor, as far in as it goes.
    frame = [corners_m(piece) for piece in carriage.collision]
    rest = [corners for corners in spans if corners[:, 1].min() >= 0.0]
    for corners in (*frame, *rest):
        assert corners[:, 1].min() > outside_m


def test_a_cross_lift_comes_up_between_the_strands(loaded: dict[str, Asset]) -> None:
    lift, strands = loaded["lift_cross"], load_asset("wheel_conveyor")
    strand = named(strands, "strand_left")
    inside_m = float(strand.parent_from_node[1, 3]) - strand.collision[0].size_m[1] / 2
    spans = [corners_m(piece) for piece in named(lift, "carriage").collision]
    assert max(float(np.abs(corners[:, 1]).max()) for corners in spans) < inside_m
    assert max(float(corners[:, 2].max()) for corners in spans) < 0.2


def test_a_light_sensor_stands_on_one_side() -> None:
    low, high = bounds_m(load_asset("light_sensor"))
    assert high[1] < -1.0
    np.testing.assert_allclose(low, bounds_m(load_asset("light_barrier"))[0])


def test_level_lift_takes_the_sills_between_the_wheels(
    loaded: dict[str, Asset],
) -> None:
    carriage = named(loaded["lift_level"], "carriage")
    spans = [corners_m(piece) for piece in carriage.collision]
    assert max(corners[:, 2].max() for corners in spans) == pytest.approx(0.12)
    # Below the sill of a car on its wheels, and clear of the tyres.
    assert max(np.abs(corners[:, 0]).max() for corners in spans) < 1.294 - 0.31
    pads = [c for c in spans if c[:, 2].max() > 0.119]
    for corners in pads:
        middle = corners.mean(axis=0)
        assert np.abs(middle[:2]) == pytest.approx((0.80, 0.72), abs=1e-9)


@pytest.mark.parametrize("name", sorted({*CONVEYORS, *STANDING, "battery_pack"}))
def test_footprint_holds_what_stands(name: str, loaded: dict[str, Asset]) -> None:
    asset = loaded[name]
    (node,) = [node for node in asset.nodes if node.footprint is not None]
    footprint = node.footprint
    assert footprint is not None
    low, high = bounds_m(asset)
    slack_m = 0.30 if name in {"lift_four_post", "tilter"} else 0.06
    assert (np.array(footprint.low_m) <= low[:2] + slack_m).all()
    assert (np.array(footprint.high_m) >= high[:2] - slack_m).all()
    assert set(footprint.clear_m) == {"+x", "-x", "+y", "-y"}


def test_turned_points_x_out_and_y_across() -> None:
    rotation = rotation_from_wxyz(turned((0.0, 0.0, -2.0), (1.0, 0.0, 5.0)))
    np.testing.assert_allclose(rotation[:, 0], (0.0, 0.0, -1.0), atol=1e-12)
    np.testing.assert_allclose(rotation[:, 1], (1.0, 0.0, 0.0), atol=1e-12)
    assert float(np.linalg.det(rotation)) == pytest.approx(1.0)


def test_open_box_holds_what_it_says() -> None:
    points, triangles = welded(open_box((1.0, 0.8, 0.5), 0.02, 0.03))
    solid = trimesh.Trimesh(points, triangles, process=False)
    assert solid.is_watertight
    outer_m3, inner_m3 = 1.0 * 0.8 * 0.5, 0.96 * 0.76 * 0.48
    assert solid.volume == pytest.approx(outer_m3 - inner_m3, rel=0.01)


def test_every_asset_is_told(made: dict[str, MadeAsset], root_folder: Path) -> None:
    page = (root_folder / "docs" / "assets.md").read_text("utf-8")
    assert {name for name in made if f"`{name}`" not in page} == set()
