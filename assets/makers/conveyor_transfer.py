"""Right-angle transfer: chains rise between rollers and carry loads off sideways."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.conveyor_parts import (
    PROFILE_DEPTH_M,
    PROFILE_M,
    bed,
    end_port,
    legs,
    rollers,
)
from assets.makers.node import (
    Asset,
    Joint,
    Node,
    Piece,
    between,
    floor_space,
)
from assets.makers.shape import box, cylinder, joined, span

TRANSFER_STROKE_M = 0.03
# Folded, the chains lie this far below the rollers' tops.
_CHAINS_BELOW_M = 0.012


def build_transfer(
    name: str = "conveyor_transfer", width_m: float = 1.20, top_m: float = 0.70
) -> Asset:
    """Return a square transfer: in along x, out along x, +y or -y.

    Args:
        name: Of the asset.
        width_m: Side of the square between the profiles.
        top_m: Height of the rollers' tops.
    """
    half = width_m / 2.0
    n_strands = 3
    chain_x = [(n - 1) * 0.30 * width_m for n in range(n_strands)]
    # Rollers stand where no chain does.
    xs = [-half + 0.06 + n * (width_m - 0.12) / 10.0 for n in range(11)]
    xs = [x for x in xs if min(abs(x - at) for at in chain_x) > 0.055]
    corners = [
        span(
            (sx * half - 0.03, sy * (half + PROFILE_M / 2.0) - 0.02, 0.0),
            (sx * half + 0.03, sy * (half + PROFILE_M / 2.0) + 0.02, top_m - 0.02),
        )
        for sx in (-0.95, 0.95)
        for sy in (-1.0, 1.0)
    ]
    rails = [
        span(
            (
                -half,
                side * half + (0.0 if side > 0 else -PROFILE_M),
                top_m - PROFILE_DEPTH_M,
            ),
            (half, side * half + (PROFILE_M if side > 0 else 0.0), top_m - 0.018),
        )
        for side in (-1.0, 1.0)
    ]
    belly = box((width_m - 0.12, width_m - 0.10, 0.10), (0.0, 0.0, top_m - 0.20))
    out = half + PROFILE_M
    frame = Node(
        "frame",
        "conveyor",
        "conveyor_transfer",
        {"steel": round(70.0 * width_m, 1), "copper": 5.0},
        [
            Piece(paint.MACHINE_BLUE, joined([*corners, *rails])),
            *legs([0.0], width_m, top_m),
            Piece(paint.MACHINE_GREY, belly),
        ],
        collision=[
            between(
                (-half, side * out - 0.02, 0.0), (half, side * out + 0.0, top_m - 0.02)
            )
            if side > 0
            else between((-half, -out, 0.0), (half, -out + 0.02, top_m - 0.02))
            for side in (-1.0, 1.0)
        ],
        ports=[
            end_port("in", "in", (-half, 0.0, top_m), (-1.0, 0.0, 0.0), width_m),
            end_port("out", "out", (half, 0.0, top_m), (1.0, 0.0, 0.0), width_m),
            end_port("out_left", "both", (0.0, out, top_m), (0.0, 1.0, 0.0), width_m),
            end_port(
                "out_right", "both", (0.0, -out, top_m), (0.0, -1.0, 0.0), width_m
            ),
        ],
        notes=floor_space((-half, -out), (half, out), {"+y": 0.0, "-y": 0.8}),
    )
    carrying = bed(
        "rollers",
        "rollers",
        [Piece(paint.STEEL_LIGHT, rollers(xs, width_m), 40.0)],
        (width_m, width_m - 0.01),
        top_m,
        round(24.0 * width_m, 1),
    )
    chains = Node(
        "chains",
        "conveyor",
        "transfer_chains",
        {"steel": round(30.0 * width_m, 1), "plastic": 4.0},
        _chain_pieces(chain_x, width_m),
        position_m=(0.0, 0.0, top_m - _CHAINS_BELOW_M),
        collision=[
            between((x - 0.02, -half - 0.02, -0.05), (x + 0.02, half + 0.02, 0.0))
            for x in chain_x
        ],
        joint=Joint("lift", "prismatic", (0.0, 0.0, 1.0), 0.0, TRANSFER_STROKE_M),
        notes={"surface": {"direction": [0.0, 1.0, 0.0], "top_z_m": 0.0}},
    )
    return Asset(name, [frame, carrying, chains])


def _chain_pieces(xs_m: list[float], width_m: float) -> list[Piece]:
    half = width_m / 2.0
    beams = [
        span((x - 0.012, -half + 0.02, -0.06), (x + 0.012, half - 0.02, -0.012))
        for x in xs_m
    ]
    links = [
        box((0.032, 0.042, 0.016), (x, -half + 0.01 + n * 0.05, -0.008))
        for x in xs_m
        for n in range(int(width_m / 0.05))
    ]
    wheels = [
        cylinder(0.03, 0.02, (x, side * (half - 0.02), -0.036), "x", 12)
        for x in xs_m
        for side in (-1.0, 1.0)
    ]
    return [
        Piece(paint.STEEL_DARK, joined(beams)),
        Piece(paint.PLASTIC_BLACK, joined(links)),
        Piece(paint.STEEL, joined(wheels)),
    ]
