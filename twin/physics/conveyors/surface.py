"""A carrying surface: bodies put back in their place before each step, with a speed."""

from __future__ import annotations

from collections.abc import Sequence

from twin.physics.world import Body, Link, Shape, World
from twin.transforms import Matrix, pose_of, xyzw_from_wxyz

_STILL = (0.0, 0.0, 0.0)

Triple = tuple[float, float, float]


class Surface:
    """Massless bodies that are where they are told, at the velocity they are told.

    Bullet has no surface speed. A massless body that is put in its place and then
    given a velocity before each step acts like one: contacts see the velocity, and
    the place is mended before it can drift. The velocity is that of a rigid motion
    about each body's own origin, so a belt has a linear one, a curve turns about
    its centre, and a belt on a rising platform has that of both.

    Args:
        bodies: Fixed bodies of one world that move as one, at least one.
    """

    def __init__(self, bodies: Sequence[Body]) -> None:
        world = bodies[0].world
        self.bodies = tuple(bodies)
        self._client = world.client
        self._pin = world.bound("resetBasePositionAndOrientation")
        self._push = world.bound("resetBaseVelocity")
        self._pins: list[tuple[int, list[float], Sequence[float]]] = []
        for body in bodies:
            position, wxyz = body.pose()
            self._pins.append((body.body_id, position.tolist(), xyzw_from_wxyz(wxyz)))

    def place(self, *world_from_body: Matrix) -> None:
        """Move the places at which the bodies are pinned, one pose a body."""
        pins: list[tuple[int, list[float], Sequence[float]]] = []
        for (body_id, _, _), pose in zip(self._pins, world_from_body, strict=True):
            position, wxyz = pose_of(pose)
            pins.append((body_id, position.tolist(), xyzw_from_wxyz(wxyz)))
        self._pins = pins

    def shift(self, places_in_world_m: Sequence[Triple]) -> None:
        """Move the places at which the bodies are pinned, and leave their turns."""
        self._pins = [
            (body_id, list(place), xyzw)
            for (body_id, _, xyzw), place in zip(
                self._pins, places_in_world_m, strict=True
            )
        ]

    def move(
        self, linear_mps: Sequence[float], angular_radps: Sequence[float] = _STILL
    ) -> None:
        """Pin the bodies and give them a velocity, world frame; before each step."""
        client = self._client
        for body_id, position, xyzw in self._pins:
            self._pin(body_id, position, xyzw, physicsClientId=client)
            self._push(body_id, linear_mps, angular_radps, physicsClientId=client)


# Thick enough that nothing dropped from a metre passes through in one step of 1/240 s
# (4.4 m/s make 18 mm), thin enough to leave room below.
SLAB_THICKNESS_M = 0.1


def add_slab(
    world: World,
    name: str,
    world_from_body: Matrix,
    size_m: tuple[float, float],
    friction: float,
    across_m: Sequence[float] = (0.0,),
    start_m: float = 0.0,
) -> Body:
    """Add slabs side by side as one body, their tops in the plane of its frame.

    The other side of a contact keeps a friction of 1, since Bullet multiplies the
    two: so the friction given is that of the pair.

    Args:
        world: Where it stands.
        name: Of the body.
        world_from_body: 4x4; the slabs go along its +x.
        size_m: Length and width of each.
        friction: Between a slab and what lies on it.
        across_m: The y of each slab's middle.
        start_m: The x at which they begin.
    """
    length_m, width_m = size_m
    slabs = tuple(
        Shape(
            "box",
            (length_m, width_m, SLAB_THICKNESS_M),
            (start_m + length_m / 2, y_m, -SLAB_THICKNESS_M / 2),
        )
        for y_m in across_m
    )
    return add_surface(world, name, world_from_body, slabs, friction)


def add_surface(
    world: World,
    name: str,
    world_from_body: Matrix,
    shapes: Sequence[Shape],
    friction: float,
) -> Body:
    """Add one body of shapes that all have the friction of the pair.

    Args:
        world: Where it stands.
        name: Of the body.
        world_from_body: 4x4.
        shapes: What carries.
        friction: Between any of them and what lies on it.
    """
    link = Link("surface", 0.0, tuple(shapes), friction=friction)
    return world.add(name, [link], world_from_body, fixed=True)
