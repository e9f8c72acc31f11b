"""A stop blade: a plate that comes up in the way of parts."""

from __future__ import annotations

from twin.physics.conveyors.axis import Axis
from twin.physics.conveyors.surface import Surface
from twin.physics.world import Body, Link, Position, Shape, World
from twin.transforms import Matrix

# Below the carrying surface when it is down; and how far it reaches below it when up.
_HIDDEN_M = 0.005
_ROOT_M = 0.05
THICKNESS_M = 0.02
"""Of a blade. A part that moves farther than this in a tick would pass through it."""

FACE_FRICTION = 0.1
"""Of a blade's face, which is smooth plastic or a roller; assumed."""

# A blade's ramps take this share of its time each; assumed, as a cylinder with
# dampers moves.
_RAMP_SHARE = 0.25


class StopBlade:
    """A plate that rises between rollers and holds parts by their fronts.

    Its face stands in the plane x = 0 of its frame, against the way of parts. It is
    where its profile says, whatever presses on it, and it lifts what stands over it.
    Modelled: its place, its time, that it sticks. Not modelled: dampers, bending.

    Attributes:
        name: What events call it.
        body: What parts touch.
        foot_in_world_m: The middle of its face at the carrying surface.
        axis: Of its top's height above the surface, m; ``axis.seize()`` sticks it.

    Args:
        world: Where it stands.
        name: As above.
        world_from_face: 4x4; the middle of its face at the carrying surface, with x
            the way of parts and z up.
        width_m: Across the way.
        height_m: Above the surface when it is up.
        time_s: To come up, and to go down.
        raised: Whether it begins up.
        friction: Between its face and a part. What presses on a rough face hangs on
            it with part of its weight, and presses less.
    """

    def __init__(
        self,
        world: World,
        name: str,
        world_from_face: Matrix,
        width_m: float,
        height_m: float,
        time_s: float,
        *,
        raised: bool = True,
        friction: float = FACE_FRICTION,
    ) -> None:
        self.name = name
        self._up_m, self._down_m = height_m, -_HIDDEN_M
        stroke_m = height_m + _HIDDEN_M
        # From rest to rest with ramps of that share: v (1 - share) time = stroke.
        speed_mps = stroke_m / ((1.0 - _RAMP_SHARE) * time_s)
        start_m = self._up_m if raised else self._down_m
        ramp_mps2 = speed_mps / (_RAMP_SHARE * time_s)
        self.axis = Axis(world.dt_s, speed_mps, ramp_mps2, start_m)
        reach_m = height_m + _ROOT_M
        plate = Shape(
            "box",
            (THICKNESS_M, width_m, reach_m),
            (THICKNESS_M / 2, 0.0, -reach_m / 2),
        )
        link = Link("blade", 0.0, (plate,), friction=friction)
        self.body: Body = world.add(name, [link], world_from_face, fixed=True)
        self._surface = Surface([self.body])
        x_m, y_m, z_m = world_from_face[:3, 3].tolist()
        self.foot_in_world_m: Position = (x_m, y_m, z_m)
        self._up = tuple(world_from_face[:3, 2].tolist())
        self._way = tuple(world_from_face[:3, 0].tolist())

    @property
    def raised(self) -> bool:
        """Whether it is up, at rest."""
        return self.axis.speed == 0.0 and self.axis.position == self._up_m

    @property
    def lowered(self) -> bool:
        """Whether it is down, at rest."""
        return self.axis.speed == 0.0 and self.axis.position == self._down_m

    def move(self, *, up: bool) -> None:
        """Tell it to come up or to go down."""
        self.axis.move_to(self._up_m if up else self._down_m)

    def push_n(self) -> float:
        """Return how hard parts pressed on its face in the last step, N."""
        world, wx, wy, wz = self.body.world, *self._way
        total_n = 0.0
        for point in world.call("getContactPoints", self.body.body_id):
            nx, ny, nz = point[7]  # from the second body towards the first
            sign = 1.0 if point[1] == self.body.body_id else -1.0
            total_n += sign * point[9] * (nx * wx + ny * wy + nz * wz)
        return total_n

    def before_step(self) -> None:
        """Move and pin the blade; call before each step."""
        self.axis.before_step()
        height_m, speed = self.axis.position, self.axis.speed
        (fx, fy, fz), (ux, uy, uz) = self.foot_in_world_m, self._up
        place = (fx + ux * height_m, fy + uy * height_m, fz + uz * height_m)
        self._surface.shift((place,))
        self._surface.move((ux * speed, uy * speed, uz * speed))
