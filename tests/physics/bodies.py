"""Small bodies and worlds that the physics tests put together."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from twin.physics.conveyors.belt import Belt
from twin.physics.motor import Motor
from twin.physics.world import Body, Link, Shape, World
from twin.transforms import Matrix, transform

DT_S = 1 / 240
G_MPS2 = 9.80665
UP = (0.0, 0.0, 1.0)


def box(
    mass_kg: float,
    size_m: tuple[float, float, float],
    *,
    friction: float = 1.0,
    name: str = "box",
) -> Link:
    """A solid box about its link's origin."""
    return Link(name, mass_kg, (Shape("box", size_m),), friction=friction)


def put_box(
    world: World,
    mass_kg: float,
    size_m: tuple[float, float, float],
    position_m: tuple[float, float, float],
    *,
    friction: float = 1.0,
    name: str = "box",
) -> Body:
    """Put a free box into a world, its middle at a position."""
    link = box(mass_kg, size_m, friction=friction, name=name)
    return world.add(name, [link], transform(position_m))


def put_belt(
    world: World,
    *,
    speed_mps: float = 0.5,
    acceleration_mps2: float = 1e6,
    friction: float = 1.0,
    length_m: float = 40.0,
    width_m: float = 1.0,
    world_from_belt: Matrix | None = None,
) -> tuple[Belt, Body]:
    """Put a belt along x into a world, its top at z = 0."""
    slab = Shape("box", (length_m, width_m, 0.1), (0.0, 0.0, -0.05))
    link = Link("belt", 0.0, (slab,), friction=friction)
    pose = np.eye(4) if world_from_belt is None else world_from_belt
    body = world.add("belt", [link], pose, fixed=True)
    direction = pose[:3, 0].copy()
    return Belt(world, [body], direction, speed_mps, acceleration_mps2), body


class Stepped(Protocol):
    """What does something before each step."""

    def before_step(self) -> None:
        """Do it."""


def run(world: World, seconds: float, *devices: Stepped) -> None:
    """Let a world move, its devices with it."""
    for _ in range(round(seconds / world.dt_s)):
        for device in devices:
            device.before_step()
        world.step()


def motor_state(motor: Motor) -> tuple[float, float, float]:
    """Return position, speed and motor force of a motor's only joint."""
    ((position, speed, _, force),) = motor.rows()
    return position, speed, force
