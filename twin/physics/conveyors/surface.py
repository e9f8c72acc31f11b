"""A carrying surface: bodies put back in their place before each step, with a speed."""

from __future__ import annotations

from collections.abc import Sequence

from twin.physics.world import Body
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
        pins = []
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
