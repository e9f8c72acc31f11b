"""A box on a belt in MuJoCo, whose surfaces have a speed of their own."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

G_MPS2 = 9.80665


@dataclass(frozen=True)
class BoxOnBelt:
    """One box on one long belt along x, its top at z = 0.

    Attributes:
        mass_kg: Of the box.
        size_m: Its edges.
        friction: Of the pair.
        belt_mps: Speed of the belt, from the first step on.
        box_mps: Speed of the box at the start.
        climb_rad: How steeply the belt climbs.
    """

    mass_kg: float = 10.0
    size_m: tuple[float, float, float] = (0.4, 0.4, 0.2)
    friction: float = 0.4
    belt_mps: float = 0.0
    box_mps: float = 0.0
    climb_rad: float = 0.0


def speeds_mps(cell: BoxOnBelt, dt_s: float, n_ticks: int) -> NDArray[np.float64]:
    """Return the box's speed along the belt after each tick.

    MuJoCo takes the greater friction of two surfaces, so both have that of the pair.
    Its contacts are soft: stiff ones are asked for, of two ticks, and cones that are
    round. Gravity is tilted in place of the belt, which is the same.
    """
    half = " ".join(str(edge / 2) for edge in cell.size_m)
    down, back = np.cos(cell.climb_rad) * G_MPS2, np.sin(cell.climb_rad) * G_MPS2
    friction = f'friction="{cell.friction} 0 0" solref="{2 * dt_s} 1"'
    model = mujoco.MjModel.from_xml_string(
        f"""
        <mujoco>
          <option timestep="{dt_s}" gravity="{-back} 0 {-down}" cone="elliptic"
                  impratio="100" integrator="implicitfast" iterations="100"/>
          <worldbody>
            <geom type="box" size="40 1 0.05" pos="0 0 -0.05" {friction}
                  surfacevel="{cell.belt_mps} 0 0"/>
            <body pos="0 0 {cell.size_m[2] / 2}">
              <freejoint/>
              <geom type="box" size="{half}" mass="{cell.mass_kg}" {friction}/>
            </body>
          </worldbody>
        </mujoco>
        """
    )
    state = mujoco.MjData(model)
    state.qvel[0] = cell.box_mps
    speeds = np.zeros(n_ticks)
    for tick in range(n_ticks):
        mujoco.mj_step(model, state)
        speeds[tick] = state.qvel[0]
    return speeds
