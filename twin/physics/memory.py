"""What a world remembers of itself: enough to be put back, here or elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from twin.errors import PhysicsError
from twin.physics.motor import MotorMemory
from twin.physics.world import Body, Weld, World


class WeldMemory(msgspec.Struct, frozen=True):
    """A weld that held, by the number it had."""

    number: int
    parent: int
    child: int
    point_in_parent_m: tuple[float, float, float]
    point_in_child_m: tuple[float, float, float]
    child_from_joint_xyzw: tuple[float, float, float, float]
    strength_n: float
    parent_link: int
    parent_from_joint_xyzw: tuple[float, float, float, float]


class MassMemory(msgspec.Struct, frozen=True):
    """A link's mass and inertia, where they are not those it was built with."""

    body: int
    link: str
    mass_kg: float
    inertia_kgm2: tuple[float, float, float]


class BodyMemory(msgspec.Struct, frozen=True):
    """Where a body was and how it moved.

    Attributes:
        body: Its number.
        position_m: Of the base's centre of mass, world frame.
        xyzw: Its orientation.
        velocity_mps: Of the centre of mass.
        spin_radps: World frame.
        joints: Position and speed of each joint, in Bullet's order.
    """

    body: int
    position_m: tuple[float, float, float]
    xyzw: tuple[float, float, float, float]
    velocity_mps: tuple[float, float, float]
    spin_radps: tuple[float, float, float]
    joints: tuple[tuple[float, float], ...]


class WorldMemory(msgspec.Struct, frozen=True):
    """A world as plain data.

    Attributes:
        links: How many links each body has, by its number: the world's make.
        n_steps: Since the world was made.
        resting: Bodies laid aside, and where.
        bodies: Where all of them were.
        masses: What was changed.
        welds: In the order in which Bullet had them.
        motors: Their last commands, in the order in which they were made.
    """

    links: dict[int, int]
    n_steps: int
    resting: dict[int, float]
    bodies: tuple[BodyMemory, ...]
    masses: tuple[MassMemory, ...]
    welds: tuple[WeldMemory, ...]
    motors: tuple[MotorMemory, ...]


@dataclass(frozen=True, slots=True)
class HeldState:
    """A state that Bullet holds for its world, contacts included."""

    number: int


def hold_state(world: World) -> HeldState:
    """Have Bullet hold the state of a world; ``drop_state`` frees it."""
    return HeldState(int(world.call("saveState")))


def drop_state(world: World, state: HeldState) -> None:
    """Free what ``hold_state`` holds."""
    world.call("removeState", state.number)


def world_memory(world: World) -> WorldMemory:
    """Return a world as plain data."""
    return WorldMemory(
        links=_make(world),
        n_steps=world.n_steps,
        resting=dict(world.resting),
        bodies=tuple(_body_memory(world, body) for body in world.bodies.values()),
        masses=tuple(
            MassMemory(body.body_id, link, mass_kg, _three(inertia))
            for body in world.bodies.values()
            for link, (mass_kg, inertia) in sorted(body.changed_mass_kg.items())
        ),
        welds=tuple(
            WeldMemory(
                number,
                weld.parent,
                weld.child,
                _three(weld.point_in_parent_m),
                _three(weld.point_in_child_m),
                _four(weld.child_from_joint_xyzw),
                weld.strength_n,
                weld.parent_link,
                _four(weld.parent_from_joint_xyzw),
            )
            for number, weld in world.welds()
        ),
        motors=tuple(motor.memory() for motor in world.motors),
    )


def recall_world(
    world: World, memory: WorldMemory, held: HeldState | None = None
) -> Mapping[int, int]:
    """Put a world back.

    Args:
        world: Of the same make: the same bodies, made in the same order.
        memory: What to put back.
        held: Bullet's own state of that moment, if this is the world that holds
            it: with it the world goes on to the last bit, without it close by,
            since contacts start afresh.

    Returns:
        The number that each weld of the memory has now.

    Raises:
        PhysicsError: If the world is of another make.
    """
    if _make(world) != memory.links or len(world.motors) != len(memory.motors):
        raise PhysicsError(
            f"snapshot: of a world of {len(memory.links)} bodies, but this one has "
            f"{len(world.bodies)}, or others; take it back to the scenario it is of"
        )
    numbers = _recall_welds(world, memory)
    for body in world.bodies.values():
        body.reset_masses()
    for mass in memory.masses:
        world.bodies[mass.body].set_mass(mass.link, mass.mass_kg, mass.inertia_kgm2)
    world.n_steps, world.resting = memory.n_steps, dict(memory.resting)
    _put_back(world, memory, held)
    for motor, told in zip(world.motors, memory.motors, strict=True):
        motor.recall(told)
    return numbers


def _put_back(world: World, memory: WorldMemory, held: HeldState | None) -> None:
    if held is not None:
        world.call("restoreState", held.number)
    else:
        _place(world, memory)
    for body in world.bodies.values():
        if len(body.link_index) > 1:  # what links' poses are read from is a cache
            world.call("getLinkState", body.body_id, 0, computeForwardKinematics=1)


def _place(world: World, memory: WorldMemory) -> None:
    for body in memory.bodies:
        world.call(
            "resetBasePositionAndOrientation", body.body, body.position_m, body.xyzw
        )
        world.call("resetBaseVelocity", body.body, body.velocity_mps, body.spin_radps)
        for joint, (position, speed) in enumerate(body.joints):
            world.call("resetJointState", body.body, joint, position, speed)


def _recall_welds(world: World, memory: WorldMemory) -> dict[int, int]:
    wanted = [
        Weld(
            weld.parent,
            weld.child,
            weld.point_in_parent_m,
            weld.point_in_child_m,
            weld.child_from_joint_xyzw,
            weld.strength_n,
            weld.parent_link,
            weld.parent_from_joint_xyzw,
        )
        for weld in memory.welds
    ]
    there = [number for number, _ in world.welds()]
    if there == [weld.number for weld in memory.welds]:
        return {number: number for number in there}
    # From the back, so that none changes its place; then all in the order of old.
    for number in reversed(there):
        world.unweld(number)
    return {
        old.number: world.make_weld(weld)
        for old, weld in zip(memory.welds, wanted, strict=True)
    }


def _make(world: World) -> dict[int, int]:
    return {body.body_id: len(body.link_index) for body in world.bodies.values()}


def _body_memory(world: World, body: Body) -> BodyMemory:
    position, xyzw = world.call("getBasePositionAndOrientation", body.body_id)
    velocity, spin = world.call("getBaseVelocity", body.body_id)
    n_joints = len(body.link_index) - 1
    states = world.call("getJointStates", body.body_id, list(range(n_joints)))
    return BodyMemory(
        body.body_id,
        position,
        xyzw,
        velocity,
        spin,
        tuple((state[0], state[1]) for state in states) if n_joints else (),
    )


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    x, y, z = values
    return float(x), float(y), float(z)


def _four(values: Sequence[float]) -> tuple[float, float, float, float]:
    x, y, z, w = values
    return float(x), float(y), float(z), float(w)


def matrix_rows(rows: Any) -> list[list[float]] | None:
    """Return a matrix as plain rows; None stays None."""
    return None if rows is None else [list(map(float, row)) for row in rows]
