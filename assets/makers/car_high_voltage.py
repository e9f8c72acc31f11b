"""What of the electric hatchback must be undone before its pack: plugs, coupling."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.car_part import part
from assets.makers.node import SMOOTH_CREASE_DEG, Node, Piece, Port, turned
from assets.makers.shape import box, cylinder, joined, rounded_box, sweep

_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
_BACK = turned((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
_CONNECTOR_Y_M = 0.16


def high_voltage_parts() -> list[Node]:
    """Return service plug, both connectors and the coolant coupling.

    They are the car's, not the pack's: each comes off before the pack does.
    """
    return [
        _service_plug(),
        *(
            _connector(name, y)
            for name, y in (
                ("hv_connector_plus", _CONNECTOR_Y_M),
                ("hv_connector_minus", -_CONNECTOR_Y_M),
            )
        ),
        _coolant_coupling(),
    ]


def _service_plug() -> Node:
    """Return the plug that parts the pack in two, reached through the cabin floor."""
    base = rounded_box((0.11, 0.08, 0.022), (0.0, 0.0, 0.011), 0.008, 1)
    handle = joined(
        [box((0.014, 0.012, 0.04), (0.0, y, 0.04)) for y in (-0.028, 0.028)]
        + [rounded_box((0.018, 0.07, 0.014), (0.0, 0.0, 0.065), 0.005, 1)]
    )
    contacts = [box((0.012, 0.03, 0.03), (x, 0.0, -0.015)) for x in (-0.03, 0.03)]
    grip = Port(
        "grip_jaw",
        "jaw_grip",
        "both",
        (0.0, 0.0, 0.072),
        turned((0.0, 0.0, 1.0), (1.0, 0.0, 0.0)),
        (0.018, 0.07),
    )
    return part(
        "service_plug",
        "plug",
        {"plastic": 0.28, "copper": 0.17},
        [
            Piece(paint.HV_ORANGE, joined([base, handle]), SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_BRIGHT, joined(contacts)),
        ],
        (-0.45, 0.0, 0.45),
        ports=[grip, Port("lock_out", "padlock", "both", (0.0, 0.0, 0.04), _UP)],
        notes={"isolates": "high_voltage"},
    )


def _connector(name: str, y_m: float) -> Node:
    """Return a cable's connector; its frame where it meets the pack, +x off it."""
    shell = rounded_box((0.06, 0.075, 0.07), (0.03, 0.0, 0.0), 0.012, 1)
    lever = box((0.035, 0.085, 0.008), (0.03, 0.0, 0.04))
    # Rises between the recess's wall and the motor.
    cable = sweep(
        [(0.05, 0.0, 0.0), (0.09, 0.0, 0.02), (0.11, 0.0, 0.06), (0.12, 0.0, 0.12)],
        0.014,
        8,
    )
    return part(
        name,
        "plug",
        {"plastic": 0.3, "copper": 0.7},
        [
            Piece(paint.HV_ORANGE, joined([shell, cable]), SMOOTH_CREASE_DEG),
            Piece(paint.PLASTIC_BLACK, lever),
        ],
        (0.83, y_m, 0.315),
        ports=[
            Port(
                "grip_jaw",
                "jaw_grip",
                "both",
                (0.06, 0.0, 0.0),
                turned((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
                (0.075, 0.07),
            )
        ],
    )


def _coolant_coupling() -> Node:
    """Return the quick coupling of the pack's coolant hoses."""
    nuts = [cylinder(0.02, 0.035, (0.018, y, 0.0), "x", 12) for y in (-0.05, 0.05)]
    hoses = [
        sweep([(0.03, y, 0.0), (0.07, y, 0.01), (0.09, y, 0.06)], 0.013, 8)
        for y in (-0.05, 0.05)
    ]
    return part(
        "coolant_coupling",
        "coupling",
        {"plastic": 0.15, "rubber": 0.25},
        [
            Piece(paint.MACHINE_BLUE, joined(nuts)),
            Piece(paint.RUBBER, joined(hoses), SMOOTH_CREASE_DEG),
        ],
        (0.81, 0.0, 0.30),
        ports=[Port("drain", "coolant", "out", (0.0, 0.0, 0.0), _BACK)],
    )
