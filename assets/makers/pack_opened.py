"""The battery pack as the pack line takes it apart: lid, links, modules, tray."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.car_part import screw_pieces, screws
from assets.makers.dimensions import PACK_MASS_KG, PACK_SIZE_M
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Node,
    Piece,
    Port,
    Vector3,
    around,
    between,
    floor_space,
    turned,
)
from assets.makers.pack import PACK_MATERIALS_KG, pack_flange, pack_ribs
from assets.makers.pack_module import (
    ASSUMED,
    FLOOR_Z_M,
    FROM_ABOVE,
    MODULE_M,
    N_MODULES,
    POLES_X_M,
    build_module,
    module_place_m,
)
from assets.makers.shape import Shape, box, cylinder, joined, open_box, rounded_box

_LID_SCREW_KG = 0.012
_SEAM_Z_M = 0.12
_LID_TOP_Z_M = 0.218
_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))


def build_opened_pack() -> Asset:
    """Return the pack, 326 kg; frame as in the car: centre of its underside."""
    parts = [
        _lid(),
        *(build_module(number) for number in range(1, N_MODULES + 1)),
        _busbars(),
        _junction_box(),
        _battery_management(),
        _cooling_plate(),
    ]
    return Asset("battery_pack", [_tray(parts), *parts])


def _tray(parts: list[Node]) -> Node:
    """Return the tray, which weighs what the rest leaves of each material."""
    left = dict(PACK_MATERIALS_KG)
    for node in Asset("parts", parts).walk():
        for material, kg in node.materials_kg.items():
            left[material] -= kg
    left = {m: round(kg, 6) for m, kg in left.items() if round(kg, 6) > 0.0}
    tray = open_box((1.46, 0.86, 0.104), 0.006, 0.03).moved((0.0, 0.0, 0.014))
    seal = [
        box((1.44, 0.012, 0.003), (0.0, side * 0.4225, 0.1195)) for side in (-1.0, 1.0)
    ] + [
        box((0.012, 0.83, 0.003), (side * 0.7225, 0.0, 0.1195)) for side in (-1.0, 1.0)
    ]
    sockets = [
        rounded_box((0.05, 0.09, 0.06), (0.745, y, 0.085), 0.012, 1)
        for y in (-0.16, 0.16)
    ] + [cylinder(0.026, 0.04, (0.785, y, 0.085), "x", 16) for y in (-0.16, 0.16)]
    pipes = [cylinder(0.012, 0.07, (0.76, y, 0.06), "x", 12) for y in (-0.05, 0.05)]
    half_x, half_y, _ = (side / 2.0 for side in PACK_SIZE_M)
    walls = [
        between((-0.73, -0.43, 0.0), (-0.70, 0.43, _SEAM_Z_M)),
        between((0.70, -0.43, 0.0), (0.73, 0.43, _SEAM_Z_M)),
        between((-0.73, -0.43, 0.0), (0.73, -0.41, _SEAM_Z_M)),
        between((-0.73, 0.41, 0.0), (0.73, 0.43, _SEAM_Z_M)),
    ]
    ports = [
        Port(
            f"fork_{name}",
            "fork",
            "both",
            (0.0, side * half_y, 0.01),
            turned((0.0, side, 0.0), (1.0, 0.0, 0.0)),
        )
        for name, side in (("left", 1.0), ("right", -1.0))
    ]
    return Node(
        "tray",
        "pack",
        "pack_tray",
        left,
        [
            Piece(paint.ALUMINIUM, joined([pack_flange(), tray])),
            Piece(paint.ALUMINIUM_DARK, pack_ribs()),
            Piece(paint.RUBBER, joined(seal)),
            Piece(paint.HV_ORANGE, joined(sockets), SMOOTH_CREASE_DEG),
            Piece(paint.PLASTIC_BLACK, joined(pipes)),
        ],
        collision=[
            between((-half_x, -half_y, 0.0), (half_x, half_y, 0.02)),
            *walls,
        ],
        ports=ports,
        notes={
            **ASSUMED,
            **floor_space((-half_x, -half_y), (half_x, half_y), {}),
            "total_kg": PACK_MASS_KG,
        },
    )


def _lid() -> Node:
    """Return the lid on its 28 screws; its frame lies in the seam."""
    height = _LID_TOP_Z_M - _SEAM_Z_M
    shell = open_box((1.42, 0.82, height), 0.0025, 0.04, 3).upside_down()
    shell = shell.moved((0.0, 0.0, height))
    rim = [
        box((1.47, 0.03, 0.004), (0.0, side * 0.42, 0.003)) for side in (-1.0, 1.0)
    ] + [box((0.03, 0.81, 0.004), (side * 0.72, 0.0, 0.003)) for side in (-1.0, 1.0)]
    swages = [
        rounded_box((0.05, 0.60, 0.006), (x, 0.0, height), 0.0025, 1)
        for x in (-0.54, -0.36, 0.54)
    ]
    sticker = box((0.34, 0.22, 0.0012), (0.25, 0.22, height + 0.0006))
    heads: list[Vector3] = []
    for n in range(9):
        heads += [(-0.68 + 0.17 * n, y, 0.0115) for y in (-0.4225, 0.4225)]
    for n in range(5):
        heads += [(x, -0.32 + 0.16 * n, 0.0115) for x in (-0.7225, 0.7225)]
    held_by = screws(
        "lid",
        heads,
        FROM_ABOVE,
        thread="M6",
        mass_kg=_LID_SCREW_KG,
        pieces=screw_pieces(0.8),
    )
    return Node(
        "lid",
        "lid",
        "pack_lid",
        {"steel": 5.5, "plastic": 3.0},
        [
            Piece(paint.MACHINE_GREY, joined([shell, *rim]), SMOOTH_CREASE_DEG),
            Piece(paint.MACHINE_GREY, joined(swages)),
            Piece(paint.STICKER, sticker),
        ],
        position_m=(0.0, 0.0, _SEAM_Z_M),
        children=held_by[1],
        collision=[between((-0.735, -0.435, 0.001), (0.735, 0.435, height))],
        fasteners=held_by[0],
        ports=[
            Port(
                "grip",
                "vacuum_grip",
                "both",
                (0.0, 0.0, height),
                _UP,
                (0.50, 0.60),
                0.0,
            )
        ],
        notes=ASSUMED,
    )


def _links() -> list[Node]:
    """Return the busbars from module to module and to the junction box."""
    top = FLOOR_Z_M + MODULE_M[2] + 0.011
    made = []
    for number in range(1, N_MODULES):
        (x1, y1, _), (x2, y2, _) = module_place_m(number), module_place_m(number + 1)
        across = number == N_MODULES // 2
        if across:
            size, x = (0.03, abs(y1 - y2) + 0.03, 0.006), x1 + POLES_X_M[0]
        else:
            size, x = (abs(x1 - x2) - 0.11, 0.028, 0.006), (x1 + x2) / 2.0
        made.append(
            _link(f"busbar_{number:02d}", size, (x, (y1 + y2) / 2.0, top), number)
        )
    for name, y in (("hv_link_plus", 0.20), ("hv_link_minus", -0.20)):
        start = module_place_m(1)[0] + POLES_X_M[1]
        made.append(
            _link(name, (0.63 - start, 0.028, 0.006), ((0.63 + start) / 2, y, top), 0)
        )
    return made


def _busbars() -> Node:
    """Return all links as one set, as they are lifted off together in a frame."""
    bars = _links()
    top = FLOOR_Z_M + MODULE_M[2] + 0.006
    return Node(
        "busbars",
        "busbar",
        "pack_busbars",
        {},
        children=bars,
        loose_collision=[between((-0.71, -0.22, top), (0.63, 0.22, top + 0.01))],
        notes=ASSUMED,
    )


def _link(name: str, size_m: Vector3, centre_m: Vector3, number: int) -> Node:
    bar = box(size_m)
    sleeve = rounded_box(
        (
            size_m[0] - (0.032 if size_m[0] > size_m[1] else -0.004),
            size_m[1] - (0.032 if size_m[1] > size_m[0] else -0.004),
            0.010,
        ),
        radius_m=0.002,
        steps=1,
    )
    pieces = [Piece(paint.COPPER, bar), Piece(paint.HV_ORANGE, sleeve)]
    return Node(
        name,
        "busbar",
        "pack_busbar" if number else f"pack_{name}",
        {"copper": 0.4 if number else 1.2},
        pieces,
        position_m=centre_m,
        collision=[around(pieces)],
        notes=ASSUMED,
        label_values={"number": number} if number else {},
    )


def _junction_box() -> Node:
    case = rounded_box((0.13, 0.46, 0.09), (0.0, 0.0, 0.045), 0.008, 1)
    cover = rounded_box((0.12, 0.45, 0.014), (0.0, 0.0, 0.094), 0.004, 1)
    fuses = [
        cylinder(0.014, 0.09, (0.0, y, 0.108), "x", 12) for y in (-0.06, 0.0, 0.06)
    ]
    relays = [box((0.05, 0.05, 0.02), (0.0, y, 0.108)) for y in (-0.15, 0.15)]
    pieces = [
        Piece(paint.PLASTIC_GREY, case),
        Piece(paint.HV_ORANGE, cover, SMOOTH_CREASE_DEG),
        Piece(paint.STEEL_LIGHT, joined(fuses)),
        Piece(paint.FRAME_DARK, joined(relays)),
    ]
    grip = Port("grip", "vacuum_grip", "both", (0.0, -0.205, 0.101), _UP, (0.1, 0.05))
    return Node(
        "junction_box",
        "junction_box",
        "pack_junction_box",
        {"copper": 4.0, "plastic": 1.8, "steel": 0.4},
        pieces,
        position_m=(0.632, -0.06, FLOOR_Z_M),
        collision=[around(pieces)],
        ports=[grip],
        notes=ASSUMED,
    )


def _battery_management() -> Node:
    case = rounded_box((0.12, 0.15, 0.045), (0.0, 0.0, 0.0225), 0.006, 1)
    sockets: list[Shape] = [
        box((0.02, 0.04, 0.02), (-0.065, y, 0.022)) for y in (-0.04, 0.04)
    ]
    chip = box((0.07, 0.07, 0.002), (0.0, 0.0, 0.046))
    pieces = [
        Piece(paint.ALUMINIUM_DARK, case),
        Piece(paint.PLASTIC_BLACK, joined(sockets)),
        Piece(paint.FLUID_GREEN, chip),
    ]
    grip = Port("grip", "vacuum_grip", "both", (0.0, 0.0, 0.047), _UP, (0.07, 0.07))
    return Node(
        "battery_management",
        "bms",
        "pack_battery_management",
        {"plastic": 0.4, "copper": 0.4, "aluminium": 0.3},
        pieces,
        position_m=(0.632, 0.28, FLOOR_Z_M),
        collision=[around(pieces)],
        ports=[grip],
        notes=ASSUMED,
    )


def _cooling_plate() -> Node:
    plate = box((1.27, 0.80, 0.010), (-0.095, 0.0, 0.026))
    channels = [
        rounded_box((1.22, 0.05, 0.004), (-0.095, y, 0.0315), 0.0015, 1)
        for y in (-0.32, -0.20, -0.08, 0.08, 0.20, 0.32)
    ]
    manifolds = [
        rounded_box((0.03, 0.7, 0.012), (x, 0.0, 0.030), 0.004, 1)
        for x in (-0.715, 0.545)
    ]
    pipes = [cylinder(0.01, 0.14, (0.62, y, 0.027), "x", 10) for y in (-0.05, 0.05)]
    return Node(
        "cooling_plate",
        "cooling_plate",
        "pack_cooling_plate",
        {"aluminium": 18.0, "battery_coolant": 3.0, "plastic": 0.7},
        [
            Piece(paint.ALUMINIUM, plate),
            Piece(paint.ALUMINIUM_DARK, joined([*channels, *manifolds])),
            Piece(paint.PLASTIC_BLACK, joined(pipes)),
        ],
        collision=[between((-0.73, -0.40, 0.021), (0.56, 0.40, FLOOR_Z_M))],
        notes=ASSUMED,
    )
