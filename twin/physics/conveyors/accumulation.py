"""Accumulating conveyors: zones without pressure, or one row against a stop."""

from __future__ import annotations

from twin.errors import PhysicsError
from twin.physics.conveyors.conveyor import stopping_m
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.eye import PhotoEye, beam_across
from twin.physics.conveyors.straight import BeltConveyor
from twin.physics.conveyors.zones import Release, ZoneLogic
from twin.physics.world import World
from twin.transforms import Matrix, transform

EYE_HEIGHT_M = 0.05
"""Of beams above the carrying surface: lower than a low part's top."""

# Between where a part's front comes to rest and the end of its zone: it must not
# reach the next zone's surface, which may run.
_MARGIN_M = 0.02


class AccumulationConveyor:
    """Zones in a row, each with its own drive and an eye: zero-pressure.

    Each zone is a plane, as ``RollerConveyor``. An eye stands as far before its
    zone's end as the stop ramp takes, with 20 mm to spare. A *plain* accumulating
    conveyor, on which parts slip against a stop and press on each other, is any
    conveyor with a ``StopBlade`` at its end.

    Modelled: ramps, friction, eyes that stick, drives that fail. Not modelled: the
    response times of eyes and valves.

    Attributes:
        name: What events call it.
        zones: First to last.
        eyes: One a zone.
        logic: Which zones run.
        exit_free: Whether what comes after takes a part; the caller says so.
        length_m: Of all zones.
        width_m: Across the way.

    Args:
        world: Where it stands.
        name: As above.
        world_from_track: 4x4; the middle of the entry edge.
        n_zones: How many.
        zone_m: Length of each.
        width_m: Across the way.
        speed_mps: Of a zone that runs.
        acceleration_mps2: Of its start ramp.
        friction: Between surface and part.
        release: How waiting parts set out.
        deceleration_mps2: Of the stop ramp; the start ramp's where absent.

    Raises:
        PhysicsError: If a zone is too short to stop in.
    """

    def __init__(
        self,
        world: World,
        name: str,
        world_from_track: Matrix,
        n_zones: int,
        zone_m: float,
        width_m: float,
        speed_mps: float,
        acceleration_mps2: float,
        friction: float,
        release: Release = "single",
        deceleration_mps2: float | None = None,
    ) -> None:
        self.name = name
        self.length_m = n_zones * zone_m
        self.width_m = width_m
        self.logic = ZoneLogic(n_zones, release)
        self.exit_free = True
        self._running = False
        self._zone_m = zone_m
        slower_mps2 = deceleration_mps2 or acceleration_mps2
        stop_m = stopping_m(speed_mps, slower_mps2, friction)
        self._eye_m = zone_m - stop_m - _MARGIN_M
        if not self._eye_m > 0.0:
            raise PhysicsError(
                f"equipment.{name}.zone_length: {zone_m:g} m, but a part takes "
                f"{stop_m:.3f} m to stop; make zones longer or run slower"
            )
        zones, eyes = [], []
        for number in range(n_zones):
            world_from_zone = world_from_track @ transform((number * zone_m, 0.0, 0.0))
            called = f"{name}/zone_{number + 1}"
            drive = Drive(world.dt_s, speed_mps, acceleration_mps2, slower_mps2)
            zones.append(
                BeltConveyor(
                    world, called, world_from_zone, zone_m, width_m, drive, friction
                )
            )
            beam = beam_across(world_from_zone, self._eye_m, width_m, EYE_HEIGHT_M)
            eyes.append(PhotoEye(world, f"{called}/eye", *beam))
        self.zones = tuple(zones)
        self.eyes = tuple(eyes)

    def check_part(self, length_m: float) -> None:
        """Check that a part fits a zone with the one behind it.

        Raises:
            PhysicsError: If parts that wait would touch.
        """
        if length_m >= self._zone_m:
            raise PhysicsError(
                f"equipment.{self.name}.zone_length: {self._zone_m:g} m for a part of "
                f"{length_m:.3f} m; parts would push each other, so make zones longer"
            )

    def world_from_way(self, along_m: float) -> Matrix:
        """Return a frame on the middle of the way, x along it and z up, 4x4."""
        return self.zones[0].world_from_way(along_m)

    def run(self) -> None:
        """Let the zones run by their logic."""
        self._running = True

    def stop(self) -> None:
        """Ramp all zones down."""
        self._running = False

    def before_step(self, *, first_stands: bool = False) -> None:
        """Read the eyes, command the zones, move them; call before each step.

        Args:
            first_stands: Whether the first zone stands whatever its eye says, since
                something is put down on it.
        """
        broken = [eye.broken() for eye in self.eyes]
        runs = self.logic.commands(broken, exit_free=self.exit_free)
        stands = self.zones[0] if first_stands else None
        for zone, on in zip(self.zones, runs, strict=True):
            if on and self._running and zone is not stands:
                zone.run()
            else:
                zone.stop()
            zone.before_step()
