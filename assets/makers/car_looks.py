"""How a car looks in each state: a rule in its body's extras, not a file a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assets.makers.floor import extent_m, standing
from assets.makers.node import Asset, Json

# Muted, so that state colours and marks stand out in a hall full of cars.
PAINTS: Mapping[str, str] = {
    "white": "#F1F2F0",
    "silver": "#B7BEC4",
    "blue": "#3E5A73",
    "red": "#8C2F2B",
    "ochre": "#D9A441",
    "green": "#4E6B4A",
}
_DUST = "#8B8273"
_RUST = "#6F5A4C"
_DEPOLLUTED = {
    "battery_12v", "refrigerant_line", "fuel_tank", "catalyst", "washer_tank",
    "brake_reservoir", "battery_pack", "service_plug",
    "hv_connector_plus", "hv_connector_minus",
}  # fmt: skip
_STRIPPED_KINDS = {
    "door", "bonnet", "tailgate", "bumper", "glass", "wheel", "seat", "engine",
    "gearbox", "motor", "exhaust", "radiator", "steering_wheel",
}  # fmt: skip
# Sides a car has to itself while its doors are open.
_CLEAR_M = {"+x": 0.5, "-x": 0.9, "+y": 0.9, "-y": 0.9}


def with_looks(car: Asset, paint_srgb: str) -> Asset:
    """Return a car that says how it looks in each state, and what floor it takes.

    Args:
        car: Its body is its first node.
        paint_srgb: The colour that another paint replaces.
    """
    body, *rest = car.nodes
    depolluted = sorted(
        node.name
        for node in car.walk()
        if node.name in _DEPOLLUTED or node.notes.get("pyrotechnic")
    )
    stripped = sorted(
        {node.name for node in rest if node.kind in _STRIPPED_KINDS} | {*depolluted}
    )
    low, high = extent_m(car)
    states: dict[str, Json] = {
        "dirty": {"veil_srgb": _DUST, "veil_share": 0.5},
        "damaged": {
            "hidden": ["bumper_front"],
            "veil_srgb": _DUST,
            "veil_share": 0.25,
            "dents": [
                _dent((high[0] - 0.1, 0.45, 0.65), (-1.0, -0.35, 0.05), 0.95, 0.34),
                _dent((-0.5, -high[1], 0.62), (0.1, 1.0, 0.0), 0.60, 0.07),
                _dent((low[0] + 0.1, -0.5, 0.75), (1.0, 0.3, 0.0), 0.55, 0.12),
            ],
        },
        "depolluted": {
            "hidden": _names(depolluted),
            "veil_srgb": _DUST,
            "veil_share": 0.3,
        },
        "stripped": {"hidden": _names(stripped), "veil_srgb": _RUST, "veil_share": 0.4},
        "pressed": {"asset": "pressed_hulk"},
    }
    looks: dict[str, Json] = {
        "paint_srgb": paint_srgb,
        "paints": dict(PAINTS),
        "states": states,
    }
    said = replace(body, notes={**body.notes, "looks": looks})
    return standing(
        Asset(car.name, [said, *rest]),
        _CLEAR_M,
        "assumed: doors ajar on both sides, the tailgate's swing behind",
    )


def _names(names: Sequence[str]) -> list[Json]:
    return list(names)


def _dent(
    at_m: tuple[float, float, float],
    push: tuple[float, float, float],
    radius_m: float,
    depth_m: float,
) -> Json:
    at: list[Json] = [round(float(value), 3) for value in at_m]
    return {"at_m": at, "push": list(push), "radius_m": radius_m, "depth_m": depth_m}
