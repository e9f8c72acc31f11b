"""The wheel conveyor that carries cars, and the belts that carry packs away."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.dimensions import (
    BELT_DEPTH_M,
    BELT_FROM_Y_M,
    BELT_TO_Y_M,
    BELT_TOP_Z_M,
    BELT_WIDTH_M,
    BELT_X_M,
    STRAND_DEPTH_M,
    STRAND_HALF_LENGTH_M,
    STRAND_LEGS_FROM_X_M,
    STRAND_TOP_Z_M,
    STRAND_WIDTH_M,
    STRAND_Y_M,
)
from assets.makers.node import Asset, Box, Node, Piece, Port, between
from assets.makers.shape import Shape, box, cylinder, joined, rounded_box, span
from twin.transforms import wxyz_about

_SLAT_PITCH_M = 0.14
_HALF = STRAND_WIDTH_M / 2.0
_BOTTOM_Z_M = STRAND_TOP_Z_M - STRAND_DEPTH_M
_TURN_LEFT = (0.707106781, 0.0, 0.0, 0.707106781)
_TURN_BACK = (0.0, 0.0, 0.0, 1.0)


def build_wheel_conveyor() -> Asset:
    """Return two strands along x that carry a car by its wheels."""
    frame = Node(
        "frame",
        "conveyor",
        "wheel_conveyor",
        {"steel": 1450.0},
        pieces=_frame_pieces(),
        collision=[
            Box((0.12, 0.12, _BOTTOM_Z_M), (x, y, _BOTTOM_Z_M / 2.0))
            for x in _leg_positions_x_m()
            for y in (-STRAND_Y_M, STRAND_Y_M)
        ],
        ports=[
            Port(
                "car_in",
                "car",
                "in",
                (-STRAND_HALF_LENGTH_M, 0.0, STRAND_TOP_Z_M),
                _TURN_BACK,
            ),
            Port("car_out", "car", "out", (STRAND_HALF_LENGTH_M, 0.0, STRAND_TOP_Z_M)),
        ],
    )
    strands = [
        _strand(f"strand_{side}", y)
        for side, y in (("left", STRAND_Y_M), ("right", -STRAND_Y_M))
    ]
    return Asset("wheel_conveyor", [frame, *strands, _drive()])


def _leg_positions_x_m() -> list[float]:
    xs = [STRAND_LEGS_FROM_X_M + 0.1, 3.2, 5.0, STRAND_HALF_LENGTH_M - 0.25]
    return [-x for x in reversed(xs)] + xs


def _strand(name: str, y_m: float) -> Node:
    """Return one strand; its frame lies in the middle of its top face."""
    n_slats = int(2.0 * STRAND_HALF_LENGTH_M / _SLAT_PITCH_M)
    slats = [
        box(
            (_SLAT_PITCH_M - 0.012, STRAND_WIDTH_M - 0.06, 0.02),
            (-STRAND_HALF_LENGTH_M + (n + 0.5) * _SLAT_PITCH_M, 0.0, -0.01),
        )
        for n in range(n_slats)
    ]
    bed = box(
        (2.0 * STRAND_HALF_LENGTH_M, STRAND_WIDTH_M - 0.05, 0.09), (0.0, 0.0, -0.075)
    )
    ends = [
        cylinder(0.07, STRAND_WIDTH_M - 0.07, (x, 0.0, -0.085), "y", 16)
        for x in (-STRAND_HALF_LENGTH_M + 0.02, STRAND_HALF_LENGTH_M - 0.02)
    ]
    return Node(
        name,
        "conveyor",
        name,
        {"steel": 780.0},
        pieces=[
            Piece(paint.STEEL, joined(slats)),
            Piece(paint.RUBBER, bed),
            Piece(paint.STEEL_DARK, joined(ends)),
        ],
        position_m=(0.0, y_m, STRAND_TOP_Z_M),
        collision=[
            Box(
                (2.0 * STRAND_HALF_LENGTH_M, STRAND_WIDTH_M, STRAND_DEPTH_M),
                (0.0, 0.0, -STRAND_DEPTH_M / 2.0),
            )
        ],
        notes={"surface": {"direction": [1.0, 0.0, 0.0], "top_z_m": 0.0}},
    )


def _frame_pieces() -> list[Piece]:
    length = 2.0 * STRAND_HALF_LENGTH_M
    beams: list[Shape] = []
    rails: list[Shape] = []
    legs: list[Shape] = []
    feet: list[Shape] = []
    for y in (-STRAND_Y_M, STRAND_Y_M):
        for side in (-1.0, 1.0):
            web_y = y + side * (_HALF - 0.008)
            height = STRAND_DEPTH_M - 0.012
            beams.append(
                box((length, 0.016, height), (0.0, web_y, _BOTTOM_Z_M + height / 2.0))
            )
            flange_y = y + side * (_HALF - 0.035)
            beams.append(
                box((length, 0.05, 0.012), (0.0, flange_y, _BOTTOM_Z_M + 0.006))
            )
            rails.append(
                box((length, 0.018, 0.03), (0.0, web_y, STRAND_TOP_Z_M - 0.035))
            )
        for x in _leg_positions_x_m():
            legs.append(
                span((x - 0.05, y - 0.05, 0.02), (x + 0.05, y + 0.05, _BOTTOM_Z_M))
            )
            feet.append(box((0.2, 0.2, 0.02), (x, y, 0.01)))
            feet.extend(
                cylinder(0.012, 0.02, (x + dx, y + dy, 0.03), sides=6)
                for dx in (-0.075, 0.075)
                for dy in (-0.075, 0.075)
            )
    for x in _leg_positions_x_m():
        if abs(x) > 2.0:
            legs.append(box((0.06, 2.0 * STRAND_Y_M - 0.1, 0.06), (x, 0.0, 0.2)))
    return [
        Piece(paint.MACHINE_BLUE, joined(beams)),
        Piece(paint.STEEL_LIGHT, joined(rails)),
        Piece(paint.MACHINE_BLUE, joined(legs)),
        Piece(paint.STEEL_DARK, joined(feet)),
    ]


def _drive() -> Node:
    """Return the geared motor and the shaft that couples both strands."""
    x = -STRAND_HALF_LENGTH_M + 0.4
    z = _BOTTOM_Z_M - 0.07
    shaft = cylinder(0.025, 2.0 * STRAND_Y_M + 0.1, (x, 0.0, z), "y", 14)
    bearings = joined(
        [
            box((0.1, 0.05, 0.14), (x, side * (STRAND_Y_M - 0.1), z))
            for side in (-1.0, 1.0)
        ]
    )
    gearbox = rounded_box((0.22, 0.2, 0.24), (x, -1.02, z), 0.03)
    motor = cylinder(0.085, 0.34, (x, -1.29, z), "y", 24)
    fins = joined(
        [cylinder(0.095, 0.012, (x, -1.18 - 0.03 * n, z), "y", 24) for n in range(8)]
    )
    terminal_box = rounded_box((0.1, 0.12, 0.07), (x, -1.3, z + 0.11), 0.01)
    return Node(
        "drive",
        "drive",
        "conveyor_drive",
        {"steel": 62.0, "copper": 9.0, "aluminium": 14.0},
        pieces=[
            Piece(paint.STEEL_BRIGHT, shaft),
            Piece(paint.STEEL_DARK, bearings),
            Piece(paint.MACHINE_GREY, gearbox, 50.0),
            Piece(paint.MACHINE_BLUE, joined([motor, fins])),
            Piece(paint.FRAME_DARK, terminal_box, 50.0),
        ],
        collision=[between((x - 0.12, -1.47, z - 0.13), (x + 0.12, -0.92, z + 0.15))],
    )


def build_pack_belt() -> Asset:
    """Return the two belts along y that take a pack to the rack."""
    length = BELT_TO_Y_M - BELT_FROM_Y_M
    middle_y = (BELT_TO_Y_M + BELT_FROM_Y_M) / 2.0
    belts = [
        _belt(f"belt_{side}", x, middle_y, length)
        for side, x in (("front", BELT_X_M), ("rear", -BELT_X_M))
    ]
    supports: list[Shape] = []
    motors: list[Shape] = []
    bottom = BELT_TOP_Z_M - BELT_DEPTH_M
    for x in (-BELT_X_M, BELT_X_M):
        for n in range(8):
            y = BELT_FROM_Y_M + 0.25 + n * (length - 0.5) / 7.0
            supports.append(box((0.22, 0.08, bottom), (x, y, bottom / 2.0)))
            supports.append(box((0.3, 0.14, 0.012), (x, y, 0.006)))
    motors.append(cylinder(0.055, 0.3, (0.0, BELT_TO_Y_M - 0.2, 0.09), "x", 20))
    motors.append(box((0.1, 0.12, 0.1), (0.12, BELT_TO_Y_M - 0.2, 0.09)))
    stop = span((-0.55, BELT_TO_Y_M, 0.0), (0.55, BELT_TO_Y_M + 0.03, 0.30))
    frame = Node(
        "frame",
        "conveyor",
        "pack_belt",
        {"steel": 310.0},
        pieces=[
            Piece(paint.MACHINE_BLUE, joined(supports)),
            Piece(paint.MACHINE_GREY, joined(motors)),
            Piece(paint.HAZARD_YELLOW, stop),
        ],
        collision=[between((-0.55, BELT_TO_Y_M, 0.0), (0.55, BELT_TO_Y_M + 0.03, 0.3))],
        ports=[
            Port(
                "pack_in",
                "pack",
                "in",
                (0.0, 0.0, BELT_TOP_Z_M),
                _quaternion(-90.0),
            ),
            Port("pack_out", "pack", "out", (0.0, 5.5, BELT_TOP_Z_M), _TURN_LEFT),
        ],
    )
    return Asset("pack_belt", [frame, *belts])


def _quaternion(yaw_deg: float) -> tuple[float, float, float, float]:
    w, x, y, z = wxyz_about((0.0, 0.0, 1.0), yaw_deg * 3.141592653589793 / 180.0)
    return (float(w), float(x), float(y), float(z))


def _belt(name: str, x_m: float, middle_y_m: float, length_m: float) -> Node:
    """Return one belt; its frame lies in the middle of its top face."""
    half = BELT_DEPTH_M / 2.0
    width = BELT_WIDTH_M
    band = rounded_box(
        (width - 0.03, length_m, BELT_DEPTH_M - 0.002),
        (0.0, 0.0, -half - 0.001 + 0.001),
        0.012,
    )
    cheeks = [
        box(
            (0.012, length_m - 0.08, BELT_DEPTH_M - 0.012),
            (side * (width / 2.0 - 0.006), 0.0, -half),
        )
        for side in (-1.0, 1.0)
    ]
    # Joints across the band: the eye needs something to see it is a belt.
    ribs = [
        box(
            (width - 0.05, 0.012, 0.002), (0.0, -length_m / 2.0 + 0.1 + n * 0.1, -0.001)
        )
        for n in range(int(length_m / 0.1) - 1)
    ]
    return Node(
        name,
        "conveyor",
        name,
        {"steel": 95.0, "rubber": 22.0},
        pieces=[
            Piece(paint.BELT, band, 50.0),
            Piece(paint.PLASTIC_GREY, joined(ribs)),
            Piece(paint.STEEL_LIGHT, joined(cheeks)),
        ],
        position_m=(x_m, middle_y_m, BELT_TOP_Z_M),
        collision=[Box((width, length_m, BELT_DEPTH_M), (0.0, 0.0, -half))],
        notes={"surface": {"direction": [0.0, 1.0, 0.0], "top_z_m": 0.0}},
    )
