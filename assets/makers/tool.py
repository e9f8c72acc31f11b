"""What the robot carries: nutrunner and camera."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.node import Asset, Box, Joint, Node, Piece
from assets.makers.shape import (
    box,
    cylinder,
    joined,
    loft,
    revolve,
    ring,
    rounded_box,
    sweep,
)

SOCKET_TIP_M = 0.55
_SOCKET_LENGTH_M = 0.10


def build_nutrunner() -> Asset:
    """Return the straight nutrunner in the flange's frame, +Z out of the flange.

    The socket's opening is centred on (0, 0, 0.55); slim towards the tip, so
    that it passes between lift table, strands and pack.
    """
    adapter = revolve(
        [(0.0, 0.0), (0.085, 0.0), (0.085, 0.018), (0.06, 0.03), (0.0, 0.03)], 32
    )
    screws = joined(
        [
            cylinder(
                0.007,
                0.01,
                (
                    0.0725 * math.cos(n * math.pi / 3.0),
                    0.0725 * math.sin(n * math.pi / 3.0),
                    0.021,
                ),
                sides=6,
            )
            for n in range(6)
        ]
    )
    motor = revolve(
        [
            (0.0, 0.03),
            (0.054, 0.03),
            (0.058, 0.036),
            (0.058, 0.20),
            (0.052, 0.212),
            (0.0, 0.212),
        ],
        32,
    )
    fins = joined(
        [
            ring(0.0605, 0.057, 0.006, 32).moved((0.0, 0.0, 0.05 + 0.012 * n))
            for n in range(8)
        ]
    )
    gear = revolve(
        [
            (0.0, 0.212),
            (0.045, 0.212),
            (0.047, 0.22),
            (0.047, 0.285),
            (0.036, 0.31),
            (0.036, 0.335),
            (0.0, 0.335),
        ],
        32,
    )
    transducer = revolve(
        [(0.0, 0.335), (0.033, 0.335), (0.033, 0.375), (0.024, 0.39), (0.0, 0.39)], 32
    )
    spindle = cylinder(0.014, 0.07, (0.0, 0.0, 0.42), sides=20)
    connector = rounded_box((0.05, 0.06, 0.07), (-0.07, 0.0, 0.09), 0.01)
    cable = sweep(
        [
            (-0.09, 0.0, 0.07),
            (-0.105, 0.0, 0.04),
            (-0.10, 0.0, 0.0),
            (-0.085, 0.0, -0.03),
        ],
        0.011,
        10,
    )
    stripe = ring(0.0592, 0.05, 0.03, 32).moved((0.0, 0.0, 0.175))
    body = Node(
        "body",
        "tool",
        "nutrunner",
        {"steel": 8.6, "aluminium": 4.9, "copper": 2.1},
        pieces=[
            Piece(paint.STEEL, adapter),
            Piece(paint.STEEL_BRIGHT, joined([screws, spindle])),
            Piece(paint.FRAME_DARK, joined([motor, fins])),
            Piece(paint.HV_ORANGE, stripe),
            Piece(paint.ALUMINIUM, gear),
            Piece(paint.MACHINE_BLUE, transducer),
            Piece(paint.PLASTIC_BLACK, joined([connector, cable]), 50.0),
        ],
        children=[_socket()],
        collision=[
            Box((0.17, 0.17, 0.03), (0.0, 0.0, 0.015)),
            Box((0.124, 0.124, 0.19), (0.0, 0.0, 0.125)),
            Box((0.094, 0.094, 0.17), (0.0, 0.0, 0.305)),
            Box((0.036, 0.036, 0.15), (0.0, 0.0, 0.465)),
        ],
        notes={"tip_position_m": [0.0, 0.0, SOCKET_TIP_M]},
    )
    return Asset("nutrunner", [body])


def _socket() -> Node:
    """Return the socket; its frame lies in its opening and turns about z."""
    sides = 36
    angles = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)
    hexagon = 0.0094 / np.cos((angles + np.pi / 6.0) % (np.pi / 3.0) - np.pi / 6.0)
    bottom, top, floor = -_SOCKET_LENGTH_M, 0.0, -0.012

    def rim(
        radii_m: np.ndarray[tuple[int], np.dtype[np.float64]], z: float
    ) -> list[list[float]]:
        return [
            [float(r * np.cos(a)), float(r * np.sin(a)), z]
            for r, a in zip(radii_m, angles, strict=True)
        ]

    def circle(radius_m: float, z: float) -> list[list[float]]:
        return rim(np.full(sides, radius_m), z)

    skin = loft(
        np.array(
            [
                circle(0.0, bottom),
                circle(0.014, bottom),
                circle(0.016, bottom + 0.004),
                circle(0.016, top - 0.03),
                circle(0.0165, top - 0.026),
                circle(0.0165, top - 0.002),
                circle(0.0155, top),
                rim(hexagon + 0.0008, top),
                rim(hexagon, top - 0.0015),
                rim(hexagon, floor),
                circle(0.0, floor),
            ]
        )
    )
    return Node(
        "socket",
        "tool",
        "nutrunner_socket",
        {"steel": 0.4},
        pieces=[Piece(paint.STEEL_DARK, skin)],
        position_m=(0.0, 0.0, SOCKET_TIP_M),
        joint=Joint("socket", "revolute", (0.0, 0.0, 1.0), -1.0e6, 1.0e6),
    )


def build_camera() -> Asset:
    """Return a camera between two lights: origin at the lens, +Z where it looks."""
    case = rounded_box((0.064, 0.05, 0.10), (0.0, 0.0, -0.085), 0.008)
    lens = joined(
        [
            cylinder(0.023, 0.036, (0.0, 0.0, -0.018), sides=28),
            ring(0.025, 0.02, 0.008, 28).moved((0.0, 0.0, -0.004)),
        ]
    )
    glass = cylinder(0.019, 0.002, (0.0, 0.0, -0.001), sides=24)
    lights, faces = (
        joined([rounded_box(size_m, (x_m, 0.0, z_m), 0.002) for x_m in (-0.043, 0.043)])
        for size_m, z_m in (
            ((0.024, 0.05, 0.016), -0.02),
            ((0.018, 0.044, 0.003), -0.011),
        )
    )
    bracket = box((0.05, 0.01, 0.16), (0.0, 0.03, -0.09))
    node = Node(
        "camera",
        "sensor",
        "camera_unit",
        {"aluminium": 0.9, "glass": 0.2, "plastic": 0.2},
        pieces=[
            Piece(paint.MACHINE_GREY, case, 50.0),
            Piece(paint.PLASTIC_BLACK, joined([lens, lights])),
            Piece(paint.GLASS, glass),
            Piece(paint.LAMP_CLEAR, faces),
            Piece(paint.STEEL, bracket),
        ],
        # Slim across, since it stands beside a belt.
        collision=[Box((0.11, 0.06, 0.14), (0.0, 0.005, -0.07))],
    )
    return Asset("camera_unit", [node])
