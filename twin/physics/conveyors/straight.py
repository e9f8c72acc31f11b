"""Straight conveyors: belts, level or inclined, driven rollers, and two strands."""

from __future__ import annotations

from twin.errors import PhysicsError
from twin.physics.conveyors.conveyor import Conveyor
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.surface import Surface, add_slab
from twin.physics.world import World
from twin.transforms import Matrix, transform, wxyz_about


class StraightConveyor(Conveyor):
    """A surface that moves along +x of its track."""

    def before_step(self) -> None:
        """Pin the surface and give it its speed; call before each step."""
        self.drive.before_step()
        dx, dy, dz = self._direction
        speed = self.drive.speed_mps
        self._surface.move((dx * speed, dy * speed, dz * speed))

    def _put(self, world_from_track: Matrix) -> None:
        super()._put(world_from_track)
        self._direction = world_from_track[:3, 0].tolist()


class BeltConveyor(StraightConveyor):
    """A flat belt, level or inclined.

    Modelled: speed, ramps, Coulomb friction with what lies on it. Not modelled: the
    belt's stretch and slip on its pulleys, the noses at both ends, side guides,
    tracking.

    Args:
        world: Where it stands.
        name: What events call it.
        world_from_entry: 4x4; the middle of the entry edge, with x the way level.
        length_m: Along the belt.
        width_m: Of the belt.
        drive: Its own.
        friction: Between belt and part.
        angle_rad: How steeply it climbs; below 0 it descends.
    """

    def __init__(
        self,
        world: World,
        name: str,
        world_from_entry: Matrix,
        length_m: float,
        width_m: float,
        drive: Drive,
        friction: float,
        angle_rad: float = 0.0,
    ) -> None:
        # Climbing is a turn about -y: it lifts +x.
        climb = transform(wxyz=wxyz_about((0.0, 1.0, 0.0), -angle_rad))
        world_from_track = world_from_entry @ climb
        body = add_slab(world, name, world_from_track, (length_m, width_m), friction)
        surface = Surface([body])
        super().__init__(name, world_from_track, length_m, width_m, drive, surface)


# A part tips between rollers unless three are below it at all times: a rule of the
# trade, which every maker's handbook gives.
_ROLLERS_BELOW_A_PART = 3


class RollerConveyor(StraightConveyor):
    """Driven rollers, as one plane at the speed of their tops.

    A plane and not cylinders that spin: those were tried (tests/physics/conveyors/
    test_rollers.py). They carry at the same speed, but a part rattles by a tenth
    of the speed and bobs by a millimetre as its front meets each, at five times the
    cost. What a plane cannot show, that a
    short part falls between rollers, is refused by ``check_part`` instead.

    Modelled and not modelled: as for ``BeltConveyor``. Rollers that turn by hand,
    with nothing to drive them, are no ``RollerConveyor``.

    Args:
        world: Where it stands.
        name: What events call it.
        world_from_track: 4x4; the middle of the entry edge, on top of the rollers.
        length_m: From the first roller to the last.
        width_m: Of the rollers.
        pitch_m: From roller to roller.
        drive: Its own; the speed is that of the rollers' circumference.
        friction: Between roller and part.
    """

    def __init__(
        self,
        world: World,
        name: str,
        world_from_track: Matrix,
        length_m: float,
        width_m: float,
        pitch_m: float,
        drive: Drive,
        friction: float,
    ) -> None:
        body = add_slab(world, name, world_from_track, (length_m, width_m), friction)
        surface = Surface([body])
        super().__init__(name, world_from_track, length_m, width_m, drive, surface)
        self.pitch_m = pitch_m

    def check_part(self, length_m: float) -> None:
        """Check that a part is long enough to ride on the rollers.

        Raises:
            PhysicsError: If fewer than three rollers could be below it.
        """
        least_m = _ROLLERS_BELOW_A_PART * self.pitch_m
        if length_m < least_m - 1e-9:  # three times 0.1 is above 0.3
            raise PhysicsError(
                f"equipment.{self.name}.pitch: a part of {length_m:.3f} m on rollers "
                f"{self.pitch_m:.3f} m apart has fewer than {_ROLLERS_BELOW_A_PART} "
                f"below it; take rollers at most {length_m / 3:.3f} m apart"
            )


class StrandConveyor(StraightConveyor):
    """Two narrow belts or chains of one drive, with nothing in between.

    Both strands move as one, so a part across them keeps its heading. Modelled and
    not modelled: as for ``BeltConveyor``; a chain's links are not told apart.

    Args:
        world: Where it stands.
        name: What events call it.
        world_from_track: 4x4; the middle between the strands, at their entry ends.
        length_m: Of the strands.
        gauge_m: From the middle of one strand to that of the other.
        strand_width_m: Of each.
        drive: Of both.
        friction: Between strand and part.

    Raises:
        PhysicsError: If the strands would overlap.
    """

    def __init__(
        self,
        world: World,
        name: str,
        world_from_track: Matrix,
        length_m: float,
        gauge_m: float,
        strand_width_m: float,
        drive: Drive,
        friction: float,
    ) -> None:
        if not gauge_m > strand_width_m:
            raise PhysicsError(
                f"equipment.{name}.gauge: {gauge_m:g} m between strands of "
                f"{strand_width_m:g} m; give a gauge above the strands' width"
            )
        body = add_slab(
            world,
            name,
            world_from_track,
            (length_m, strand_width_m),
            friction,
            across_m=(-gauge_m / 2, gauge_m / 2),
        )
        width_m = gauge_m + strand_width_m
        surface = Surface([body])
        super().__init__(name, world_from_track, length_m, width_m, drive, surface)
