"""Measures that several assets must agree on, metres, each in a stated frame."""

from __future__ import annotations

from assets.makers.node import Vector3

# Car: origin on the ground midway between the axles, x forward, z up.
CAR_FRONT_X_M = 2.133
CAR_REAR_X_M = -1.951
CAR_HALF_WIDTH_M = 0.8935
CAR_HEIGHT_M = 1.562
AXLE_X_M = 1.294
WHEEL_Y_M = 0.755
TYRE_RADIUS_M = 0.31
TYRE_WIDTH_M = 0.195
JACK_X_M = 0.80
JACK_Y_M = 0.72
JACK_Z_M = 0.17
RECESS_HALF_X_M = 0.83
RECESS_HALF_Y_M = 0.53
RECESS_ROOF_Z_M = 0.39
CAR_MASS_KG = 1502.0
# Without the fluids that depollution drains, about 25 kg.
THERMAL_CAR_MASS_KG = 1225.0

# Pack: origin at the centre of its underside, x forward, z up.
PACK_SIZE_M: Vector3 = (1.60, 1.00, 0.22)
PACK_IN_CAR_M: Vector3 = (0.0, 0.0, 0.15)
PACK_MASS_KG = 326.0
BOLT_HEAD_HEIGHT_M = 0.012
BOLT_MASS_KG = 0.075

# Cell: origin on the floor on the car line, x the way cars travel, y left.
STRAND_TOP_Z_M = 0.60
STRAND_Y_M = 0.755
STRAND_WIDTH_M = 0.29
STRAND_DEPTH_M = 0.16
STRAND_HALF_LENGTH_M = 7.0
STRAND_LEGS_FROM_X_M = 1.3
BELT_TOP_Z_M = 0.16
BELT_X_M = 0.35
BELT_WIDTH_M = 0.30
BELT_DEPTH_M = 0.06
BELT_FROM_Y_M = -0.45
BELT_TO_Y_M = 6.4
RACK_FROM_Y_M = 4.6
RACK_TO_Y_M = 6.4
RACK_HALF_X_M = 1.0
RACK_HEIGHT_M = 2.6
POST_X_M = -1.15
POST_Y_M = 1.45
LIFT_STROKE_M = 1.40
TABLE_STROKE_M = 2.10


def bolt_positions_m() -> list[Vector3]:
    """Return the 16 head-face centres in the pack frame, bolt_01 first."""
    z = -BOLT_HEAD_HEIGHT_M
    along = [round(-0.72 + 0.288 * i, 6) for i in range(6)]
    sides = [(x, y, z) for y in (-0.46, 0.46) for x in along]
    ends = [(x, y, z) for x in (-0.765, 0.765) for y in (-0.34, 0.34)]
    return sides + ends
