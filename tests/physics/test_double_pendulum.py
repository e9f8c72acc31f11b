"""Two rods that swing freely: nothing but gravity works on them."""

from __future__ import annotations

import math

import numpy as np
from bodies import G_MPS2
from numpy.typing import NDArray

from twin.physics.world import Link, Shape, World
from twin.transforms import transform

ROD_M = 0.5
ROD_KG = 2.0
WIDE_M = 0.04
INERTIA = ROD_KG / 12.0 * (ROD_M**2 + WIDE_M**2)
"""Of a rod about its middle, across it."""

RODS = ("upper", "lower")


def rods() -> list[Link]:
    shape = Shape("box", (WIDE_M, WIDE_M, ROD_M), (0.0, 0.0, -ROD_M / 2))
    chain = [Link("base", 1.0)]
    for name, parent, below_m in (("upper", "base", 0.0), ("lower", "upper", ROD_M)):
        chain.append(
            Link(
                name,
                ROD_KG,
                (shape,),
                parent=parent,
                parent_from_link=transform((0.0, 0.0, -below_m)),
                joint="revolute",
                axis=(0.0, 1.0, 0.0),
                centre_of_mass_m=(0.0, 0.0, -ROD_M / 2),
            )
        )
    return chain


def energy_j(q_rad: NDArray[np.float64], qd_radps: NDArray[np.float64]) -> float:
    """Kinetic and potential energy above hanging straight down."""
    energy = 2.0 * ROD_KG * G_MPS2 * ROD_M
    end_m, end_mps = np.zeros(2), np.zeros(2)
    for angle, rate in zip(np.cumsum(q_rad), np.cumsum(qd_radps), strict=True):
        half_m = -ROD_M / 2 * np.array([math.sin(angle), math.cos(angle)])
        half_mps = ROD_M / 2 * rate * np.array([-math.cos(angle), math.sin(angle)])
        middle_mps = end_mps + half_mps
        energy += 0.5 * ROD_KG * float(middle_mps @ middle_mps)
        energy += 0.5 * INERTIA * float(rate) ** 2
        energy += ROD_KG * G_MPS2 * float((end_m + half_m)[1])
        end_m, end_mps = end_m + 2 * half_m, end_mps + 2 * half_mps
    return energy


def spread(angles_deg: tuple[float, float], rate_hz: float, seconds: float) -> float:
    """Return by what share of itself the energy differs over a swing.

    Speeds are those between two places, hence their mean.
    """
    with World(1.0 / rate_hz) as world:
        body = world.add("rods", rods(), transform((0.0, 0.0, 2.0)), fixed=True)
        indices = [body.link_index[rod] for rod in RODS]
        for rod, degrees in zip(RODS, angles_deg, strict=True):
            body.reset_joint(rod, math.radians(degrees))

        def read() -> NDArray[np.float64]:
            states = world.call("getJointStates", body.body_id, indices)
            return np.array([state[:2] for state in states])

        before = read()
        energies_j = []
        for _ in range(round(seconds * rate_hz)):
            world.step()
            after = read()
            speed = (before[:, 1] + after[:, 1]) / 2
            energies_j.append(energy_j(before[:, 0], speed))
            before = after
    return float(np.ptp(energies_j)) / energies_j[0]


def test_a_gentle_double_pendulum_keeps_its_energy() -> None:
    assert spread((30.0, 10.0), 240.0, 10.0) < 0.02


def test_a_wild_one_keeps_it_to_the_order_of_a_step() -> None:
    """3 % in two seconds at 240 Hz, and half of it with half the step."""
    at_240, at_480 = spread((60.0, 20.0), 240.0, 2.0), spread((60.0, 20.0), 480.0, 2.0)
    assert at_240 < 0.035
    assert 0.45 < at_480 / at_240 < 0.55
