"""What machines are built of: profiles, beams, castors, panels, stripes, hoses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from assets.makers import paint
from assets.makers.node import (
    HARD_CREASE_DEG,
    SMOOTH_CREASE_DEG,
    Piece,
    Vector3,
)
from assets.makers.paint import Paint
from assets.makers.shape import (
    Shape,
    along,
    box,
    cylinder,
    joined,
    prism,
    rounded_box,
    sweep,
)
from twin.transforms import wxyz_about


class Parts:
    """Shapes collected by surface, so that a maker reads as a list of what is there."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[Paint, float], list[Shape]] = {}

    def add(
        self, surface: Paint, *shapes: Shape, crease_deg: float = HARD_CREASE_DEG
    ) -> None:
        """Add shapes whose edges above ``crease_deg`` stay hard."""
        self._shapes.setdefault((surface, crease_deg), []).extend(shapes)

    def smooth(self, surface: Paint, *shapes: Shape) -> None:
        """Add shapes that are rounded: sheet metal, castings, tyres."""
        self.add(surface, *shapes, crease_deg=SMOOTH_CREASE_DEG)

    def extend(self, pieces: Iterable[Piece]) -> None:
        """Add what another maker made."""
        for piece in pieces:
            self.add(piece.paint, piece.shape, crease_deg=piece.crease_deg)

    def pieces(self) -> list[Piece]:
        """Return one piece for each surface and crease."""
        return [
            Piece(surface, joined(shapes), crease)
            for (surface, crease), shapes in self._shapes.items()
        ]


def profile_y(
    outline_xz_m: Sequence[tuple[float, float]], width_m: float, centre_y_m: float = 0.0
) -> Shape:
    """Return a plate or hull of a given side view, ``width_m`` wide across y.

    Args:
        outline_xz_m: Star-shaped outline, either way round.
        width_m: Along y.
        centre_y_m: Of its middle.
    """
    outline = _counter_clockwise([(z, x) for x, z in outline_xz_m])
    return along(prism(outline, width_m), "y").moved((0.0, centre_y_m, 0.0))


def profile_x(
    outline_yz_m: Sequence[tuple[float, float]],
    length_m: float,
    centre_x_m: float = 0.0,
) -> Shape:
    """Return a plate or hull of a given front view, ``length_m`` long along x.

    Args:
        outline_yz_m: Star-shaped outline, either way round.
        length_m: Along x.
        centre_x_m: Of its middle.
    """
    outline = _counter_clockwise(list(outline_yz_m))
    return along(prism(outline, length_m), "x").moved((centre_x_m, 0.0, 0.0))


def _counter_clockwise(
    outline: list[tuple[float, float]],
) -> list[tuple[float, float]]:
    points = np.array(outline)
    ahead = np.roll(points, -1, axis=0)
    doubled = float((points[:, 0] * ahead[:, 1] - points[:, 1] * ahead[:, 0]).sum())
    return outline if doubled > 0.0 else outline[::-1]


def facing_out(solid: Shape) -> Shape:
    """Return a closed solid whose triangles face outward, whichever way they did."""
    corners = solid.positions_m[solid.triangles]
    volumes = np.einsum(
        "ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])
    )
    if float(volumes.sum()) > 0.0:
        return solid
    return Shape(solid.positions_m, solid.triangles[:, ::-1])


def i_beam(length_m: float, height_m: float, width_m: float) -> Shape:
    """Return a rolled section along x, its middle at the origin, flanges level."""
    flange, web = 0.08 * height_m, 0.05 * height_m
    at = (height_m - flange) / 2.0
    return joined(
        [
            box((length_m, width_m, flange), (0.0, 0.0, at)),
            box((length_m, width_m, flange), (0.0, 0.0, -at)),
            box((length_m, web, height_m - 2.0 * flange)),
        ]
    )


def on_both_sides(*shapes: Shape) -> list[Shape]:
    """Return shapes made for +y and their mirror images."""
    return [each for shape in shapes for each in (shape, shape.mirrored_y())]


def at_four_corners(*shapes: Shape) -> list[Shape]:
    """Return shapes made for +x +y and their images in the other quadrants."""
    pairs = on_both_sides(*shapes)
    return [each for shape in pairs for each in (shape, shape.mirrored_x())]


def stripes(
    parts: Parts,
    length_m: float,
    height_m: float,
    centre_m: Vector3,
    yaw_rad: float = 0.0,
    pitch_rad: float = 0.0,
) -> None:
    """Add a plate striped yellow and black; it lies along x and faces -y.

    Args:
        parts: To add to.
        length_m: Along x, before it is turned.
        height_m: Along z, before it is turned.
        centre_m: Of its middle.
        yaw_rad: Turn about z.
        pitch_rad: Turn about x before that: -pi/2 faces up.
    """
    plate = box((length_m, 0.004, height_m))
    step = 2.0 * height_m
    count = max(1, int((length_m - height_m) / step))
    first = -step * (count - 1) / 2.0
    h, w = height_m / 2.0, height_m / 2.0
    bars = [
        profile_y(
            [(c - w, -h), (c + w * 0.2, -h), (c + w, h), (c - w * 0.2, h)],
            0.003,
            -0.0025,
        )
        for c in (first + step * n for n in range(count))
    ]
    for surface, shapes in (
        (paint.HAZARD_YELLOW, [plate]),
        (paint.HAZARD_BLACK, bars),
    ):
        for shape in shapes:
            tilted = shape.moved(wxyz=wxyz_about((1.0, 0.0, 0.0), pitch_rad))
            turned = tilted.moved(centre_m, wxyz_about((0.0, 0.0, 1.0), yaw_rad))
            parts.add(surface, turned)


def castor(
    parts: Parts, x_m: float, y_m: float, radius_m: float, trail_m: float = 0.03
) -> None:
    """Add a swivel castor whose plate's top lies at 2.7 radii; 0 trail is a fixed one.

    Args:
        parts: To add to.
        x_m: Of its plate's middle.
        y_m: Of its plate's middle.
        radius_m: Of its wheel.
        trail_m: How far the wheel lags behind, along -x.
    """
    r, x = radius_m, x_m - trail_m
    top = 2.7 * r
    parts.smooth(
        paint.RUBBER,
        cylinder(r, 0.55 * r, (x, y_m, r), "y", 18),
    )
    parts.add(paint.STEEL_LIGHT, cylinder(0.55 * r, 0.58 * r, (x, y_m, r), "y", 12))
    cheek = profile_y(
        [
            (x - 0.3 * r, 0.8 * r),
            (x + 0.3 * r, 0.8 * r),
            (x_m + 0.6 * r, top - 0.2 * r),
            (x_m - 0.6 * r, top - 0.2 * r),
        ],
        0.08 * r,
    )
    parts.add(
        paint.STEEL,
        cheek.moved((0.0, y_m + 0.36 * r, 0.0)),
        cheek.moved((0.0, y_m - 0.36 * r, 0.0)),
        box((1.3 * r, 0.85 * r, 0.1 * r), (x_m, y_m, top - 0.15 * r)),
        box((1.6 * r, 1.5 * r, 0.1 * r), (x_m, y_m, top - 0.05 * r)),
    )


def control_panel(parts: Parts, at_m: Vector3, yaw_rad: float = 0.0) -> None:
    """Add a case of 0.3 x 0.4 m with screen, buttons and stop; it faces -y.

    Args:
        parts: To add to.
        at_m: Middle of the case.
        yaw_rad: Turn about z.
    """
    turn = wxyz_about((0.0, 0.0, 1.0), yaw_rad)

    def placed(shape: Shape) -> Shape:
        return shape.moved(at_m, turn)

    case = rounded_box((0.30, 0.14, 0.40), radius_m=0.015)
    parts.smooth(paint.STEEL_LIGHT, placed(case))
    parts.add(paint.SCREEN, placed(box((0.20, 0.006, 0.13), (0.0, -0.072, 0.09))))
    parts.add(
        paint.PLASTIC_BLACK,
        placed(box((0.23, 0.004, 0.16), (0.0, -0.071, 0.09))),
    )
    colours = (paint.GREEN_LIGHT, paint.CYLINDER_BLUE, paint.STICKER)
    for n, colour in enumerate(colours):
        button = cylinder(0.012, 0.014, (-0.09 + 0.05 * n, -0.075, -0.06), "y", 14)
        parts.add(colour, placed(button))
    collar = cylinder(0.032, 0.008, (0.08, -0.072, -0.11), "y", 18)
    parts.add(paint.HAZARD_YELLOW, placed(collar))
    mushroom = cylinder(0.022, 0.03, (0.08, -0.088, -0.11), "y", 18)
    parts.add(paint.SAFETY_RED, placed(mushroom))


def signal_tower(parts: Parts, foot_m: Vector3) -> None:
    """Add a stack of lamps, red over amber over green, 0.42 m high."""
    x, y, z = foot_m
    parts.add(paint.STEEL_LIGHT, cylinder(0.011, 0.20, (x, y, z + 0.10), sides=10))
    for n, colour in enumerate((paint.GREEN_LIGHT, paint.LAMP_AMBER, paint.LAMP_RED)):
        at = z + 0.23 + 0.062 * n
        parts.smooth(colour, cylinder(0.029, 0.054, (x, y, at), sides=18))
        ring = cylinder(0.031, 0.008, (x, y, at + 0.031), sides=18)
        parts.add(paint.PLASTIC_BLACK, ring)


def motor(parts: Parts, at_m: Vector3, radius_m: float, length_m: float) -> None:
    """Add an electric motor along x, its shaft's end at +x; ``at_m`` its middle."""
    x, y, z = at_m
    r, n_fins = radius_m, max(4, round(length_m / 0.03))
    body = cylinder(0.92 * r, length_m, at_m, "x", 22)
    pitch = 0.62 * length_m / n_fins
    fins = [
        cylinder(
            r,
            0.4 * pitch,
            (x - 0.12 * length_m + (n - n_fins / 2) * pitch + pitch / 2, y, z),
            "x",
            22,
        )
        for n in range(n_fins)
    ]
    parts.add(paint.MACHINE_BLUE, body, *fins)
    cowl = cylinder(r, 0.12 * length_m, (x - 0.47 * length_m, y, z), "x", 22)
    lid = rounded_box(
        (0.5 * r + 0.06, r, 0.4 * r), (x + 0.1 * length_m, y, z + r), 0.1 * r
    )
    parts.add(paint.FRAME_DARK, cowl)
    parts.smooth(paint.FRAME_DARK, lid)


def hose(path_m: Sequence[Vector3], radius_m: float, sides: int = 8) -> Shape:
    """Return a hose through points, its bends rounded (Chaikin's corner cutting)."""
    path = np.array(path_m)
    for _ in range(2):
        cut = np.stack(
            [0.75 * path[:-1] + 0.25 * path[1:], 0.25 * path[:-1] + 0.75 * path[1:]], 1
        ).reshape(-1, 3)
        path = np.vstack([path[:1], cut, path[-1:]])
    return sweep(path, radius_m, sides)


def bolts(places_m: Iterable[Vector3], radius_m: float, axis: str = "z") -> list[Shape]:
    """Return hexagon heads."""
    return [cylinder(radius_m, radius_m, at, axis, 6) for at in places_m]
