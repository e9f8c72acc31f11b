"""A curve: a surface that turns about the point about which the way bends."""

from __future__ import annotations

import math

from twin.errors import PhysicsError
from twin.physics.conveyors.conveyor import Conveyor, Spot
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.surface import SLAB_THICKNESS_M, Surface, add_surface
from twin.physics.world import Position, Shape, World
from twin.transforms import Matrix, transform, wxyz_about

# Most that one piece of a curve may turn. Its edges are straight and touch the arcs:
# corners stand out by at most r (1/cos 7.5 deg - 1), which is 0.9 % of the radius.
# Boxes, because Bullet finds all contacts of two boxes at once and exactly; on hulls
# parts sank by millimetres and turned by degrees in the bend.
_PIECE_RAD = math.radians(15.0)


class CurveConveyor(Conveyor):
    """A belt or tapered rollers round a bend.

    The surface turns as a rigid disc about the bend's centre: at radius r it moves
    at r times the angular speed, so a part turns with the way. A part's speed is
    set along the tangent and its place moves by it, hence in each tick it gains
    radius by a factor of sqrt(1 + (angular speed x tick)^2): 0.16 % over a quarter
    turn at 0.5 m/s on 1 m, at 240 Hz. Not modelled: guides, and the cone of a
    tapered roller.

    Args:
        world: Where it stands.
        name: What events call it.
        world_from_track: 4x4; the middle of the entry edge.
        radius_m: Of the middle of the way.
        angle_rad: How far it bends; above 0 to the left.
        width_m: Across the way.
        drive: Its own; the speed is that of the middle of the way.
        friction: Between surface and part.

    Raises:
        PhysicsError: If the way has no inner edge, or bends more than once round.
    """

    def __init__(
        self,
        world: World,
        name: str,
        world_from_track: Matrix,
        radius_m: float,
        angle_rad: float,
        width_m: float,
        drive: Drive,
        friction: float,
    ) -> None:
        if not radius_m > width_m / 2:
            raise PhysicsError(
                f"equipment.{name}.radius: {radius_m:g} m to the middle of a way of "
                f"{width_m:g} m leaves no inner edge; give more than half the width"
            )
        if not 0.0 < abs(angle_rad) < 2 * math.pi:
            raise PhysicsError(
                f"equipment.{name}.angle: {math.degrees(angle_rad):g} deg; give less "
                "than a whole turn, and not 0"
            )
        self.radius_m = radius_m
        self.angle_rad = angle_rad
        self._left = math.copysign(1.0, angle_rad)
        world_from_centre = world_from_track @ transform(
            (0.0, self._left * radius_m, 0.0)
        )
        pieces = _pieces(radius_m, self._left, abs(angle_rad), width_m)
        body = add_surface(world, name, world_from_centre, pieces, friction)
        length_m = radius_m * abs(angle_rad)
        surface = Surface([body])
        super().__init__(name, world_from_track, length_m, width_m, drive, surface)
        turn_axis = self._left * world_from_track[:3, 2]
        self._turn_per_mps = (turn_axis / radius_m).tolist()

    def spot(self, point_in_world_m: Position) -> Spot:
        """Return where a point is on the way; before the entry edge is below 0."""
        x, y, z = self.in_track_m(point_in_world_m)
        inwards = self.radius_m - self._left * y
        angle_rad = math.atan2(x, inwards)
        if angle_rad < 0.0 and abs(self.angle_rad) > math.pi / 2:
            # Behind the entry edge, or far round the bend: the nearer of the two.
            beyond = 2 * math.pi + angle_rad - abs(self.angle_rad)
            if beyond < -angle_rad:
                angle_rad += 2 * math.pi
        outwards = math.hypot(x, inwards) - self.radius_m
        return Spot(self.radius_m * angle_rad, -self._left * outwards, z)

    def world_from_way(self, along_m: float) -> Matrix:
        """Return a frame on the middle of the way, x along it and z up, 4x4."""
        centre = transform((0.0, self._left * self.radius_m, 0.0))
        turned_rad = self._left * along_m / self.radius_m
        turn = transform(wxyz=wxyz_about((0.0, 0.0, 1.0), turned_rad))
        out = transform((0.0, -self._left * self.radius_m, 0.0))
        return self.world_from_track @ centre @ turn @ out

    def before_step(self) -> None:
        """Pin the surface and give it its turn; call before each step."""
        self.drive.before_step()
        wx, wy, wz = self._turn_per_mps
        speed = self.drive.speed_mps
        self._surface.move((0.0, 0.0, 0.0), (wx * speed, wy * speed, wz * speed))


def _pieces(
    radius_m: float, left: float, angle_rad: float, width_m: float
) -> tuple[Shape, ...]:
    """Return the bend as boxes about its centre, which overlap towards it."""
    n_pieces = math.ceil(angle_rad / _PIECE_RAD)
    half_rad = angle_rad / n_pieces / 2
    length_m = 2 * (radius_m + width_m / 2) * math.tan(half_rad)
    pieces = []
    for number in range(n_pieces):
        middle_rad = left * (2 * number + 1) * half_rad
        turn = wxyz_about((0.0, 0.0, 1.0), middle_rad)
        place = transform(wxyz=turn) @ transform(
            (0.0, -left * radius_m, -SLAB_THICKNESS_M / 2)
        )
        x, y, z = place[:3, 3].tolist()
        w, i, j, k = turn.tolist()
        size_m = (length_m, width_m, SLAB_THICKNESS_M)
        pieces.append(Shape("box", size_m, (x, y, z), (w, i, j, k)))
    return tuple(pieces)
