"""Test bays for modules: benches with rollers, testers with screens, in a row."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.conveyor_parts import end_port, roller_positions_m, rollers
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Node,
    Piece,
    Port,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import box, cylinder, joined, rounded_box, sweep

BAY_PITCH_M = 1.40
_BENCH_TOP_M = 0.70
_BENCH_HALF_Y_M = 0.45
_WIDTH_M = 0.60


def build_test_bays(name: str = "test_bays", n_bays: int = 3) -> Asset:
    """Return bays in a row along x, loaded from -y; the origin in the row's middle.

    Args:
        name: Of the asset.
        n_bays: How many.
    """
    first_x = -(n_bays - 1) * BAY_PITCH_M / 2.0
    return Asset(
        name, [_bay(n + 1, first_x + n * BAY_PITCH_M, n_bays) for n in range(n_bays)]
    )


def _bay(number: int, x_m: float, n_bays: int) -> Node:
    """Return a bay; its frame on the floor under the bench's middle."""
    top = _BENCH_TOP_M
    legs = [
        box((0.05, 0.05, top - 0.10), (x, y, (top - 0.10) / 2.0))
        for x in (-0.32, 0.32)
        for y in (-0.40, 0.40)
    ]
    frame = [box((0.04, 0.90, 0.10), (s * 0.32, 0.0, top - 0.05)) for s in (-1.0, 1.0)]
    shelf = box((0.64, 0.84, 0.02), (0.0, 0.0, 0.25))
    bed = rollers(roller_positions_m(0.88, 0.075), _WIDTH_M)
    # Made along x; here loads come along y.
    bed = bed.moved((0.0, 0.0, top), (0.707106781, 0.0, 0.0, 0.707106781))
    cabinet = rounded_box((0.70, 0.50, 1.90), (0.0, 0.78, 0.98), 0.015, 1)
    plinth = box((0.66, 0.46, 0.06), (0.0, 0.78, 0.03))
    face = box((0.56, 0.006, 1.0), (0.0, 0.528, 1.35))
    screen = box((0.40, 0.012, 0.26), (0.0, 0.522, 1.55))
    graph = sweep(
        [
            (-0.16, 0.514, 1.48),
            (-0.06, 0.514, 1.53),
            (0.02, 0.514, 1.51),
            (0.16, 0.514, 1.62),
        ],
        0.006,
        4,
    )
    vents = [
        box((0.40, 0.006, 0.012), (0.0, 0.524, 1.00 + 0.035 * n)) for n in range(5)
    ]
    stop = cylinder(0.022, 0.03, (0.24, 0.515, 1.30), "y", 14)
    mast = cylinder(0.012, 0.16, (0.26, 0.80, 2.01), sides=10)
    lamps = [
        (paint.SAFETY_RED, 2.20),
        (paint.LAMP_AMBER, 2.15),
        (paint.GREEN_LIGHT, 2.10),
    ]
    leads = [
        sweep(
            [(x, 0.53, 1.15), (x, 0.42, 1.22), (x, 0.20, 1.10), (0.8 * x, 0.10, 0.90)],
            0.014,
            8,
        )
        for x in (-0.12, 0.12)
    ]
    clips = [cylinder(0.02, 0.06, (x, 0.10, 0.875), sides=10) for x in (-0.096, 0.096)]
    half = n_bays * BAY_PITCH_M / 2.0
    return Node(
        f"bay_{number}",
        "test_bay",
        "test_bay",
        {"steel": 168.0, "copper": 46.0, "aluminium": 30.0, "plastic": 16.0},
        [
            Piece(paint.MACHINE_BLUE, joined([*legs, *frame])),
            Piece(paint.STEEL_DARK, joined([shelf, plinth])),
            Piece(paint.STEEL_LIGHT, bed, 40.0),
            Piece(paint.WALL, cabinet),
            Piece(paint.MACHINE_GREY, joined([face, *vents])),
            Piece(paint.SCREEN, screen),
            Piece(paint.GREEN_LIGHT, graph),
            Piece(paint.SAFETY_RED, stop),
            Piece(paint.STEEL, mast),
            *(
                Piece(colour, cylinder(0.03, 0.045, (0.26, 0.80, z), sides=14))
                for colour, z in lamps
            ),
            Piece(paint.HV_ORANGE, joined(leads), SMOOTH_CREASE_DEG),
            Piece(paint.PLASTIC_BLACK, joined(clips)),
        ],
        position_m=(x_m, 0.0, 0.0),
        collision=[
            between((-0.34, -_BENCH_HALF_Y_M, 0.0), (0.34, _BENCH_HALF_Y_M, top)),
            between((-0.35, 0.53, 0.0), (0.35, 1.03, 1.93)),
        ],
        ports=[
            end_port(
                "in",
                "both",
                (0.0, -_BENCH_HALF_Y_M, top),
                (0.0, -1.0, 0.0),
                _WIDTH_M,
            ),
            Port(
                "place",
                "module",
                "both",
                (0.0, 0.0, top),
                turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            ),
        ],
        notes=floor_space((-half, -0.45), (half, 1.04), {"-y": 1.0, "+y": 0.6})
        if number == 1
        else {},
        label_values={"number": number},
    )
