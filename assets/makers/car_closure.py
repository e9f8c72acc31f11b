"""Doors, bonnet and tailgate of the hatchbacks: hinged, screwed on, with grips."""

from __future__ import annotations

from collections.abc import Mapping

from assets.makers import paint
from assets.makers.car_form import rear_x_m, side_y_m, top_z_m
from assets.makers.car_lining import (
    DOOR_DEPTH_M,
    bonnet_frame,
    door_card,
    flat_within_m,
    normal,
    tailgate_card,
)
from assets.makers.car_panels import mirrored
from assets.makers.car_part import minus, moved, on_the_right, part, screws
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Box,
    Joint,
    Node,
    Piece,
    Port,
    Vector3,
    between,
    turned,
)
from assets.makers.paint import Paint
from assets.makers.shape import Shape, cylinder, joined, rounded_box, sweep
from twin.transforms import wxyz_about

# Hinges, car frame. Front edge of the doors, upper edge of the flaps.
_DOOR_HINGE_M: Mapping[str, Vector3] = {
    "front": (0.885, 0.84, 0.55),
    "rear": (-0.145, 0.85, 0.55),
}
_BONNET_HINGE_M: Vector3 = (1.09, 0.0, 0.97)
_TAILGATE_HINGE_M: Vector3 = (-1.50, 0.0, 1.45)
_DOOR_KG = {
    "front": {"steel": 15.92, "glass": 4.0, "plastic": 4.0},
    "rear": {"steel": 12.92, "glass": 3.5, "plastic": 3.5},
}
# Where cups find the flattest skin, car frame: middle (x, z) of the doors.
_DOOR_PATCH_M = {"front": (0.36, 0.66), "rear": (-0.52, 0.68)}
_DOOR_PATCH_SIZE_M = (0.40, 0.22)
# Door hinge screws: seen from the front once the door is open, pushed along -x.
_PUSH_BACK = (0.707106781, 0.0, -0.707106781, 0.0)
_DOOR_EDGE_X_M = {"front": -0.13, "rear": -1.115}
_BONNET_PATCH_M = (1.52, 0.0)
_FLAP_PATCH_SIZE_M = (0.40, 0.40)
_TAILGATE_PATCH_M = (0.0, 0.86)
_TAILGATE_PATCH_SIZE_M = (0.40, 0.16)
_WINDOW_PATCH_M = (0.0, 1.20)
_WINDOW_PATCH_SIZE_M = (0.40, 0.16)


def door(panel: Mapping[Paint, Shape], end: str, left: bool) -> Node:
    """Return a door in its hinge's frame.

    Args:
        panel: Its skin on the left side, car frame.
        end: "front" or "rear".
        left: Which side.
    """
    side, letter = (1.0, "l") if left else (-1.0, "r")
    x, y, z = _DOOR_HINGE_M[end]
    hinge = (x, side * y, z)
    name = f"door_{end[0]}{letter}"
    pieces = [Piece(surface, shape) for surface, shape in panel.items()]
    pieces += [*_door_details(end), Piece(paint.CAR_LINING, door_card(end))]
    own = moved(pieces if left else on_the_right(pieces), minus(hinge))
    heads: list[Vector3] = [
        (-0.016, -side * 0.04, dz) for dz in (-0.17, -0.13, 0.13, 0.17)
    ]
    return part(
        name,
        "door",
        _DOOR_KG[end],
        own,
        hinge,
        held_by=screws(name, heads, _PUSH_BACK),
        ports=_door_grips(end, side, hinge),
        joint=Joint(name, "revolute", (0.0, 0.0, -side), 0.0, 1.15),
        loose=_door_boxes(end, side, hinge),
    )


def _door_boxes(end: str, side: float, hinge_m: Vector3) -> list[Box]:
    """Return the door below its window as one box, the window's frame as another."""
    front, rear = (0.865, -0.13) if end == "front" else (-0.16, -1.115)
    inner, outer = 0.76, 0.893
    boxes = []
    for low_y, high_y, low_z, high_z, front_x in (
        (inner, outer, 0.25, 0.93, front),
        (0.60, 0.84, 0.93, 1.42, min(front, 0.35)),
    ):
        low_y, high_y = sorted((side * low_y, side * high_y))
        box = between((rear, low_y, low_z), (front_x, high_y, high_z))
        px, py, pz = box.position_m
        boxes.append(
            Box(box.size_m, (px - hinge_m[0], py - hinge_m[1], pz - hinge_m[2]))
        )
    return boxes


def _door_grips(end: str, side: float, hinge_m: Vector3) -> list[Port]:
    def skin(x: float, z: float) -> Vector3:
        return (x, side_y_m(x, z), z)

    x, z = _DOOR_PATCH_M[end]
    edge_x = _DOOR_EDGE_X_M[end]
    edge_z = 0.80
    edge_y = side_y_m(edge_x, edge_z) - 0.5 * DOOR_DEPTH_M
    out_x, out_y, out_z = normal(skin, (x, z))
    sign = side if out_y > 0.0 else -side
    out = (side * sign * out_x, sign * out_y, side * sign * out_z)
    return [
        Port(
            "grip",
            "vacuum_grip",
            "both",
            _from((x, side * side_y_m(x, z), z), hinge_m),
            turned(out, (1.0, 0.0, 0.0)),
            _DOOR_PATCH_SIZE_M,
            flat_within_m(skin, (x, z), _DOOR_PATCH_SIZE_M),
        ),
        Port(
            "grip_jaw",
            "jaw_grip",
            "both",
            _from((edge_x, side * edge_y, edge_z), hinge_m),
            turned((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
            (DOOR_DEPTH_M, 0.12),
        ),
    ]


def _from(point_in_car_m: Vector3, hinge_m: Vector3) -> Vector3:
    return (
        point_in_car_m[0] - hinge_m[0],
        point_in_car_m[1] - hinge_m[1],
        point_in_car_m[2] - hinge_m[2],
    )


def _door_details(end: str) -> list[Piece]:
    """Return handle and mirror of a left door, car frame."""
    x = 0.03 if end == "front" else -0.98
    z = 0.855 if end == "front" else 0.885
    y = side_y_m(x, z)
    grip = rounded_box((0.19, 0.022, 0.028), (x, y + 0.001, z), 0.01, 2)
    well = rounded_box((0.15, 0.004, 0.05), (x, y + 0.0005, z), 0.0019, 1)
    details = [
        Piece(paint.CAR_PAINT, grip, SMOOTH_CREASE_DEG),
        Piece(paint.CAR_GAP, well, SMOOTH_CREASE_DEG),
    ]
    if end == "front":
        shell = rounded_box((0.13, 0.17, 0.13), (0.0, 0.0, 0.0), 0.055, 3)
        shell = shell.moved((0.70, 0.888, 1.0), wxyz_about((0, 0, 1), 0.16))
        pane = rounded_box((0.004, 0.14, 0.095), (0.0, 0.0, 0.0), 0.0019, 1)
        pane = pane.moved((0.634, 0.878, 1.0), wxyz_about((0, 0, 1), 0.16))
        foot = sweep([(0.73, 0.77, 0.955), (0.71, 0.85, 0.975)], 0.03, 10, 0.5)
        details += [
            Piece(paint.CAR_PAINT, shell, SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_BRIGHT, pane),
            Piece(paint.CAR_TRIM, foot, SMOOTH_CREASE_DEG),
        ]
    return details


def both_sides(panel: Mapping[Paint, Shape]) -> list[Piece]:
    """Return a panel given by its left half, whole."""
    right = mirrored(panel)
    return [
        Piece(surface, joined([shape, right[surface]]))
        for surface, shape in panel.items()
    ]


def bonnet(panel: Mapping[Paint, Shape]) -> Node:
    """Return the bonnet in its hinges' frame."""

    def skin(x: float, y: float) -> Vector3:
        return (x, y, top_z_m(x, y))

    pieces = [*both_sides(panel), Piece(paint.CAR_LINING, bonnet_frame())]
    middle = skin(*_BONNET_PATCH_M)
    edge = (2.015, 0.0, top_z_m(2.015, 0.0) - 0.018)
    ports = [
        Port(
            "grip",
            "vacuum_grip",
            "both",
            _from(middle, _BONNET_HINGE_M),
            turned(_upward(normal(skin, _BONNET_PATCH_M)), (0.0, 1.0, 0.0)),
            _FLAP_PATCH_SIZE_M,
            flat_within_m(skin, _BONNET_PATCH_M, _FLAP_PATCH_SIZE_M),
        ),
        Port(
            "grip_jaw",
            "jaw_grip",
            "both",
            _from(edge, _BONNET_HINGE_M),
            turned((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
            (0.05, 0.12),
        ),
    ]
    heads: list[Vector3] = [
        (dx, y, top_z_m(1.09 + dx, y) - 0.97 - 0.043)
        for y in (-0.5, 0.5)
        for dx in (0.05, 0.10)
    ]
    return part(
        "bonnet",
        "bonnet",
        {"steel": 11.92, "plastic": 1.0},
        moved(pieces, minus(_BONNET_HINGE_M)),
        _BONNET_HINGE_M,
        held_by=screws("bonnet", heads),
        ports=ports,
        joint=Joint("bonnet", "revolute", (0.0, -1.0, 0.0), 0.0, 1.0),
    )


def _upward(direction: Vector3) -> Vector3:
    x, y, z = direction
    return direction if z > 0.0 else (-x, -y, -z)


def _rearward(direction: Vector3) -> Vector3:
    x, y, z = direction
    return direction if x < 0.0 else (-x, -y, -z)


def tailgate(panel: Mapping[Paint, Shape], window: Mapping[Paint, Shape]) -> Node:
    """Return the tailgate in its hinges' frame, carrying its window."""

    def skin(y: float, z: float) -> Vector3:
        return (rear_x_m(abs(y), z), y, z)

    def patch(at: tuple[float, float], size_m: tuple[float, float]) -> Port:
        return Port(
            "grip",
            "vacuum_grip",
            "both",
            _from(skin(*at), _TAILGATE_HINGE_M),
            turned(_rearward(normal(skin, at)), (0.0, 1.0, 0.0)),
            size_m,
            flat_within_m(skin, at, size_m),
        )

    pane = part(
        "rear_window",
        "glass",
        {"glass": 6.0},
        moved(both_sides(window), minus(_TAILGATE_HINGE_M)),
        ports=[patch(_WINDOW_PATCH_M, _WINDOW_PATCH_SIZE_M)],
    )
    edge = (rear_x_m(0.0, 0.66) + 0.03, 0.0, 0.665)
    jaw = Port(
        "grip_jaw",
        "jaw_grip",
        "both",
        _from(edge, _TAILGATE_HINGE_M),
        turned((0.0, 0.0, -1.0), (1.0, 0.0, 0.0)),
        (0.08, 0.12),
    )
    heads: list[Vector3] = [
        (-dx, y, top_z_m(-1.5 - dx, y) - 1.45 - 0.03)
        for y in (-0.38, 0.38)
        for dx in (0.03, 0.07)
    ]
    pieces = [
        *both_sides(panel),
        *_tailgate_details(),
        Piece(paint.CAR_LINING, tailgate_card()),
    ]
    return part(
        "tailgate",
        "tailgate",
        {"steel": 11.92, "plastic": 4.0},
        moved(pieces, minus(_TAILGATE_HINGE_M)),
        _TAILGATE_HINGE_M,
        held_by=screws("tailgate", heads),
        ports=[patch(_TAILGATE_PATCH_M, _TAILGATE_PATCH_SIZE_M), jaw],
        joint=Joint("tailgate", "revolute", (0.0, 1.0, 0.0), 0.0, 1.3),
        children=[pane],
    )


def _tailgate_details() -> list[Piece]:
    wiper = sweep([(-1.80, 0.0, 1.075), (-1.745, 0.2, 1.175)], 0.007, 6)
    knob = cylinder(0.02, 0.02, (-1.80, 0.0, 1.07), "x", 12)
    lip = rounded_box((0.012, 0.5, 0.035), (rear_x_m(0.0, 0.80), 0.0, 0.80), 0.005)
    return [Piece(paint.CAR_TRIM, joined([wiper, knob, lip]))]
