"""An escapement: two blades that let parts through one at a time."""

from __future__ import annotations

from twin.physics.conveyors.accumulation import EYE_HEIGHT_M
from twin.physics.conveyors.blade import THICKNESS_M, StopBlade
from twin.physics.conveyors.escapement_logic import EscapementLogic, EscapementSensors
from twin.physics.conveyors.eye import PhotoEye, beam_across
from twin.physics.world import World
from twin.transforms import Matrix, transform

# The beams stand this far before and beyond the front blade.
_BESIDE_M = 0.01


class Escapement:
    """Two stop blades and three eyes on a conveyor that goes on running.

    The rear blade needs a gap to rise into: parts with room between them, or
    carriers whose feet are shorter than their decks. It waits for the gap, and an
    escapement that finds none says that it is stuck. The blades must be lower than
    the decks of such carriers, and the beams are half as high as the blades.

    Modelled and not modelled: as for ``StopBlade``.

    Attributes:
        name: What events call it.
        front: The blade that holds the first part.
        rear: The blade that holds the second.
        logic: What the blades do, and how far they are.

    Args:
        world: Where it stands.
        name: As above.
        world_from_face: 4x4; the middle of the front blade's face at the carrying
            surface, with x the way of parts.
        rear_m: How far before it the rear blade's face stands.
        width_m: Of the blades, and of the way that the eyes look across.
        height_m: Of the blades above the surface when they are up.
        time_s: For a blade to come up or go down.
        most_time_s: How long any phase may last before it counts as stuck.
    """

    def __init__(
        self,
        world: World,
        name: str,
        world_from_face: Matrix,
        rear_m: float,
        width_m: float,
        height_m: float,
        time_s: float,
        most_time_s: float = 10.0,
    ) -> None:
        self.name = name
        world_from_rear = world_from_face @ transform((-rear_m, 0.0, 0.0))
        size = (width_m, height_m, time_s)
        self.front = StopBlade(world, f"{name}/front", world_from_face, *size)
        self.rear = StopBlade(
            world, f"{name}/rear", world_from_rear, *size, raised=False
        )
        self.logic = EscapementLogic(round(most_time_s / world.dt_s))
        beam_m = min(EYE_HEIGHT_M, height_m / 2)

        def eye(called: str, along_m: float) -> PhotoEye:
            ends = beam_across(world_from_face, along_m, width_m, beam_m)
            return PhotoEye(world, f"{name}/{called}", *ends)

        self.waiting = eye("waiting", -_BESIDE_M)
        self.leaving = eye("leaving", THICKNESS_M + _BESIDE_M)
        # Before the rear blade's face: what stands there would be lifted by it.
        self.gap = eye("gap", -rear_m - _BESIDE_M / 2)
        self.over = eye("over", -rear_m + THICKNESS_M + _BESIDE_M / 2)

    def release(self) -> None:
        """Ask for one part to be let through."""
        self.logic.release()

    def before_step(self) -> None:
        """Read the eyes, command and move the blades; call before each step."""
        rear_down = self.rear.lowered
        commands = self.logic.step(
            EscapementSensors(
                waiting=self.waiting.broken(),
                leaving=self.leaving.broken(),
                gap=not (self.gap.broken() or self.over.broken()),
                front_raised=self.front.raised,
                front_lowered=self.front.lowered,
                rear_raised=self.rear.raised,
                rear_lowered=rear_down,
            )
        )
        self.front.move(up=commands.front_up)
        self.rear.move(up=commands.rear_up)
        self.front.before_step()
        self.rear.before_step()
