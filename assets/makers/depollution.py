"""Depollution rig with a tank and a hose for each fluid."""

from __future__ import annotations

from collections.abc import Mapping

from assets.makers import paint
from assets.makers.guard import warning_sign
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Box,
    Json,
    Node,
    Piece,
    Port,
    Vector3,
    around,
    between,
    floor_space,
    turned,
)
from assets.makers.paint import Paint
from assets.makers.shape import (
    Shape,
    box,
    cylinder,
    joined,
    revolve,
    ring,
    rounded_box,
    sweep,
)

_FRONT_Y_M = -0.42
_HOSE_REEL_Z_M = 2.05
# Place along x, volume, what may be coupled to it, colour. Cylinders are upright
# gas bottles; the other tanks are boxes over a common drip tray.
_TANKS: Mapping[str, tuple[float, float, tuple[str, ...], Paint]] = {
    "fuel": (-1.30, 0.200, ("fuel",), paint.SAFETY_RED),
    "engine_oil": (-0.80, 0.200, ("engine_oil", "gearbox_oil"), paint.HAZARD_BLACK),
    "coolant": (-0.30, 0.200, ("coolant",), paint.FLUID_GREEN),
    "brake_fluid": (0.15, 0.060, ("brake_fluid",), paint.FLUID_AMBER),
    "screenwash": (0.55, 0.100, ("screenwash",), paint.CYLINDER_BLUE),
    "r134a": (0.98, 0.027, ("refrigerant_r134a",), paint.CYLINDER_BLUE),
    "r1234yf": (1.30, 0.027, ("refrigerant_r1234yf",), paint.STICKER),
}
_GASES = ("r134a", "r1234yf")
_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))


def build_depollution_rig(name: str = "depollution_rig") -> Asset:
    """Return the rig: origin on the floor in its middle, hoses towards -y."""
    return Asset(name, [_frame(), *(_tank(fluid) for fluid in _TANKS), *_hoses()])


def _frame() -> Node:
    posts = [
        box((0.06, 0.06, 2.2), (x, y, 1.1))
        for x in (-1.62, 1.62)
        for y in (-0.36, 0.36)
    ]
    rails = [
        box((3.24, 0.05, 0.08), (0.0, y, z))
        for y in (-0.36, 0.36)
        for z in (1.18, 2.17)
    ]
    rails += [
        box((0.05, 0.72, 0.08), (x, 0.0, z))
        for x in (-1.62, 1.62)
        for z in (1.18, 2.17)
    ]
    tray_floor = box((3.3, 0.86, 0.02), (0.0, 0.0, 0.05))
    tray_walls = [box((3.3, 0.02, 0.10), (0.0, s * 0.42, 0.09)) for s in (-1.0, 1.0)]
    tray_walls += [box((0.02, 0.86, 0.10), (s * 1.64, 0.0, 0.09)) for s in (-1.0, 1.0)]
    back = box((3.2, 0.01, 0.95), (0.0, 0.36, 1.68))
    pumps: list[Shape] = []
    gauges: list[Shape] = []
    faces: list[Shape] = []
    for x, _, _, _ in _TANKS.values():
        pumps.append(rounded_box((0.22, 0.20, 0.24), (x, 0.22, 1.36), 0.02, 1))
        gauges.append(cylinder(0.045, 0.03, (x, 0.105, 1.42), "y", 16))
        faces.append(cylinder(0.038, 0.004, (x, 0.089, 1.42), "y", 16))
    panel = rounded_box((0.40, 0.10, 0.30), (0.0, 0.29, 1.85), 0.015, 1)
    screen = box((0.34, 0.004, 0.22), (0.0, 0.239, 1.86))
    warning = warning_sign(0.10).moved((-1.30, 0.352, 1.75))
    return Node(
        "frame",
        "depollution_rig",
        "depollution_rig",
        {"steel": 390.0, "aluminium": 40.0, "copper": 12.0, "plastic": 22.0},
        [
            Piece(paint.MACHINE_BLUE, joined([*posts, *rails])),
            Piece(paint.STEEL_DARK, joined([tray_floor, *tray_walls])),
            Piece(paint.STEEL_LIGHT, back),
            Piece(paint.MACHINE_GREY, joined([*pumps, panel])),
            Piece(paint.FRAME_DARK, joined(gauges)),
            Piece(paint.STICKER, joined(faces)),
            Piece(paint.SCREEN, screen),
            Piece(paint.HAZARD_YELLOW, warning),
        ],
        collision=[between((-1.65, -0.47, 0.0), (1.65, 0.43, 2.21))],
        notes={
            **floor_space((-1.65, -0.47), (1.65, 0.43), {"-y": 1.0, "+y": 0.6}),
            "zone": "explosive_atmosphere",
        },
    )


def _tank(fluid: str) -> Node:
    """Return a tank in the frame of its underside's middle."""
    x, volume, kinds, colour = _TANKS[fluid]
    if fluid in _GASES:
        pieces, top = _bottle(colour), 0.78
        materials = {"steel": 12.5}
        touched = Box((0.24, 0.24, top), (0.0, 0.0, top / 2.0))
    else:
        side = 0.32 if volume < 0.15 else 0.42
        pieces, top = _drum(side, volume, colour)
        materials = {"plastic": round(4.0 + 45.0 * volume, 2), "steel": 1.5}
        touched = around(pieces)
    holds: dict[str, Json] = {"fluids": list(kinds), "volume_m3": volume}
    return Node(
        f"tank_{fluid}",
        "tank",
        f"tank_{fluid}",
        materials,
        pieces,
        position_m=(x, -0.08, 0.06),
        collision=[touched],
        ports=[
            Port(f"inlet_{kind}", kind, "in", (0.04 * n, 0.0, top), _UP)
            for n, kind in enumerate(kinds)
        ],
        notes={"holds": holds, "source": "assumed", "confidence": "C"},
    )


def _bottle(colour: Paint) -> list[Piece]:
    shell = revolve(
        [
            (0.0, 0.0),
            (0.10, 0.0),
            (0.115, 0.02),
            (0.115, 0.55),
            (0.09, 0.63),
            (0.04, 0.67),
            (0.03, 0.70),
            (0.0, 0.70),
        ],
        20,
    )
    valve = [
        cylinder(0.018, 0.08, (0.0, 0.0, 0.74), sides=10),
        cylinder(0.04, 0.016, (0.0, 0.0, 0.772), sides=14),
    ]
    band = ring(0.117, 0.10, 0.05, 20).moved((0.0, 0.0, 0.50))
    return [
        Piece(colour, shell, SMOOTH_CREASE_DEG),
        Piece(paint.STEEL_DARK, joined(valve)),
        Piece(paint.SAFETY_RED, band),
    ]


def _drum(side_m: float, volume_m3: float, colour: Paint) -> tuple[list[Piece], float]:
    height = volume_m3 / side_m**2 / 0.94
    body = rounded_box((side_m, side_m, height), (0.0, 0.0, height / 2.0), 0.03, 2)
    cap = cylinder(0.05, 0.03, (0.0, 0.0, height + 0.01), sides=16)
    stem = cylinder(0.018, 0.10, (0.0, 0.0, height + 0.05), sides=10)
    level = box(
        (0.03, 0.004, 0.7 * height),
        (0.30 * side_m, -side_m / 2.0 - 0.001, height / 2.0),
    )
    label = box(
        (0.5 * side_m, 0.004, 0.12),
        (-0.1 * side_m, -side_m / 2.0 - 0.001, 0.62 * height),
    )
    return (
        [
            Piece(colour, body, SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_DARK, joined([cap, stem])),
            Piece(paint.DAYLIGHT, level),
            Piece(paint.STICKER, label),
        ],
        height + 0.10,
    )


def _hoses() -> list[Node]:
    """Return a reel over each tank; its coupling hangs in front."""
    made = []
    for fluid, (x, _, kinds, colour) in _TANKS.items():
        reel = cylinder(0.13, 0.07, (0.0, 0.0, 0.0), "x", 16)
        cheeks = [
            cylinder(0.15, 0.008, (s * 0.039, 0.0, 0.0), "x", 16) for s in (-1.0, 1.0)
        ]
        hose = sweep(
            [
                (0.0, -0.13, 0.0),
                (0.0, -0.15, -0.20),
                (0.0, -0.155, -0.50),
                (0.0, -0.15, -0.72),
            ],
            0.014,
            8,
        )
        nozzle = cylinder(0.022, 0.14, (0.0, -0.15, -0.79), sides=12)
        pieces = [
            Piece(paint.RUBBER, joined([reel, hose]), 40.0),
            Piece(colour, joined([*cheeks, nozzle])),
        ]
        tip: Vector3 = (0.0, -0.15, -0.86)
        made.append(
            Node(
                f"hose_{fluid}",
                "hose",
                "hose",
                {"steel": 4.0, "rubber": 6.0},
                pieces,
                position_m=(x, _FRONT_Y_M + 0.12, _HOSE_REEL_Z_M - 0.05),
                ports=[
                    Port(
                        f"coupling_{kind}",
                        kind,
                        "in",
                        tip,
                        turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
                    )
                    for kind in kinds
                ],
                notes={"length_m": 8.0, "feeds": f"tank_{fluid}"},
            )
        )
    return made
