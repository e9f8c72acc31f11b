"""The hatchbacks as trees of parts: the electric one and the thermal one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from assets.makers import paint
from assets.makers.car_bay import (
    radiator,
    refrigerant_line,
    reservoirs,
    starter_battery,
)
from assets.makers.car_cabin import cabin_pieces, motor_pieces
from assets.makers.car_closure import bonnet, both_sides, door, tailgate
from assets.makers.car_engine import drive_train
from assets.makers.car_exhaust import exhaust_parts
from assets.makers.car_exterior import bumpers, wheels, windscreen
from assets.makers.car_forms import ESTATE, VAN, reformed
from assets.makers.car_high_voltage import high_voltage_parts
from assets.makers.car_interior import restraints, seats, steering_wheel
from assets.makers.car_looks import with_looks
from assets.makers.car_panels import build_panels
from assets.makers.car_part import SPLIT, part
from assets.makers.car_underbody import body_collision, underbody_pieces
from assets.makers.dimensions import (
    AXLE_X_M,
    CAR_MASS_KG,
    THERMAL_CAR_MASS_KG,
)
from assets.makers.node import Asset, Json, Node, Piece
from assets.makers.pack import build_pack_node
from assets.makers.paint import Paint
from assets.makers.shape import Shape, joined, loft, sweep

Panels = Mapping[str, Mapping[Paint, Shape]]

_ELECTRIC: Mapping[str, Json] = {
    "source": "assumed split of the published kerb mass of 1,502 kg "
    "(Renault Zoe R110 ZE 50)",
    "confidence": "C",
}
_THERMAL: Mapping[str, Json] = {
    "source": "assumed: a small hatchback of about 1,250 kg, here without the fluids "
    "that are drained",
    "confidence": "C",
}
# What of the body is not steel.
_ELECTRIC_BODY_KG = {
    "aluminium": 43.0,
    "glass": 12.5,
    "plastic": 110.0,
    "copper": 20.0,
    "textile": 32.0,
    "rubber": 14.0,
    "fluids": 12.0,
}
_THERMAL_BODY_KG = {
    "aluminium": 24.0,
    "glass": 12.5,
    "plastic": 96.0,
    "copper": 17.0,
    "textile": 30.0,
    "rubber": 16.0,
}


def build_cars() -> list[Asset]:
    """Return both cars; they share their skin, which takes a second to cut."""
    panels = build_panels()
    shell = _shell(panels)
    return [
        with_looks(_electric_car(panels, shell), paint.CAR_PAINT.srgb),
        with_looks(_thermal_car(panels, shell), paint.CAR_PAINT_RED.srgb),
    ]


def build_reformed_cars() -> list[Asset]:
    """Return estate and van: the thermal car in other forms."""
    estate = build_panels(quarter_light=True)
    van = build_panels(panelled=True)
    return [
        with_looks(
            reformed(_thermal_car(panels, _shell(panels)), form), form.paint.srgb
        )
        for panels, form in ((estate, ESTATE), (van, VAN))
    ]


def _electric_car(panels: Panels, shell: Sequence[Node]) -> Asset:
    """Return the electric car, pack and fasteners included; 1,502 kg in all."""
    motor = part(
        "motor",
        "motor",
        {"aluminium": 72.0, "copper": 31.0, "steel": 42.0},
        motor_pieces(),
        (AXLE_X_M, 0.0, 0.41),
    )
    parts = [
        *shell,
        starter_battery(9.0),
        radiator((0.60, 0.30), 4.4),
        refrigerant_line("refrigerant_r1234yf"),
        motor,
        *high_voltage_parts(),
        build_pack_node(),
    ]
    body = _body(panels, parts, CAR_MASS_KG, _ELECTRIC_BODY_KG, electric=True)
    sourced = [_sourced(each, _ELECTRIC) for each in (body, *parts)]
    return Asset("hatchback_ev", sourced)


def _thermal_car(panels: Panels, shell: Sequence[Node]) -> Asset:
    """Return the car with an engine, dry: what depollution drains is not counted."""
    parts = [
        *shell,
        starter_battery(9.6),
        radiator((0.62, 0.34), 5.4),
        refrigerant_line("refrigerant_r134a"),
        *drive_train(),
        *exhaust_parts(),
    ]
    body = _body(panels, parts, THERMAL_CAR_MASS_KG, _THERMAL_BODY_KG, electric=False)
    painted = [
        _painted(_sourced(each, _THERMAL), paint.CAR_PAINT_RED)
        for each in (body, *parts)
    ]
    return Asset("hatchback", painted)


def _shell(panels: Panels) -> list[Node]:
    """Return what both cars share: all but body and drive."""
    return [
        *(
            door(panels[f"door_{end}"], end, left)
            for end in ("front", "rear")
            for left in (True, False)
        ),
        bonnet(panels["bonnet"]),
        tailgate(panels["tailgate"], panels["rear_window"]),
        *bumpers(panels),
        windscreen(panels["windscreen"]),
        *wheels(),
        *seats(),
        steering_wheel(),
        *restraints(),
        *reservoirs(),
    ]


def _body(
    panels: Panels,
    rest: Sequence[Node],
    car_kg: float,
    others_kg: Mapping[str, float],
    *,
    electric: bool,
) -> Node:
    """Return the body, as heavy as the car's mass leaves it."""
    rest_kg = sum(node.mass_kg for node in Asset("rest", rest).walk())
    steel_kg = round(car_kg - rest_kg - sum(others_kg.values()), 6)
    return Node(
        "body",
        "car",
        "car_body",
        {**others_kg, "steel": steel_kg},
        both_sides(panels["body"])
        + cabin_pieces()
        + underbody_pieces(covered=electric)
        + _body_details(),
        collision=body_collision(),
        notes=SPLIT,
    )


def _body_details() -> list[Piece]:
    wipers = [
        sweep(
            [(1.03, y, 1.032), (0.93, y + 0.30, 1.075), (0.90, y + 0.42, 1.07)],
            0.007,
            6,
        )
        for y in (-0.34, 0.12)
    ]
    # Aerial: stays below the published height.
    foot = [(-1.32, 1.475), (-1.12, 1.50)]
    tip = [(-1.325, 1.547), (-1.25, 1.55)]
    fin = loft(
        np.array(
            [
                [(x, -w, z) for x, z in line] + [(x, w, z) for x, z in reversed(line)]
                for line, w in ((foot, 0.022), (tip, 0.006))
            ]
        ),
        capped=True,
    )
    return [
        Piece(paint.CAR_GAP, joined([*wipers, fin])),
    ]


def _sourced(node: Node, source: Mapping[str, Json]) -> Node:
    """Return a part that says which car's mass was split."""
    notes = dict(node.notes)
    if notes.get("source") == SPLIT["source"]:
        notes |= source
    children = [_sourced(child, source) for child in node.children]
    return replace(node, notes=notes, children=children)


def _painted(node: Node, colour: Paint) -> Node:
    """Return a part in another colour of the car."""
    pieces = [
        replace(piece, paint=colour) if piece.paint is paint.CAR_PAINT else piece
        for piece in node.pieces
    ]
    children = [_painted(child, colour) for child in node.children]
    return replace(node, pieces=pieces, children=children)
