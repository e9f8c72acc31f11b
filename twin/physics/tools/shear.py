"""Blades that cut a joint."""

from __future__ import annotations

from collections.abc import Sequence

from twin.kinematics.programme import Stop
from twin.physics.device import Done, Failed, Outcome
from twin.physics.tools.memories import AnyToolMemory, ShearMemory
from twin.physics.tools.tool import ToolDrive
from twin.physics.tools.workplace import Workplace
from twin.physics.world import Shape
from twin.scenario.end_tools import Shear


class ShearDrive(ToolDrive):
    """A shear: takes its time, and cuts what its force suffices for.

    The blades push against each other, so the arm feels nothing of the cut.
    """

    def __init__(self, name: str, spec: Shear, shapes: Sequence[Shape] = ()) -> None:
        super().__init__(name, spec, shapes)
        self._force_n, self._time_s = float(spec.force), float(spec.time)
        self._stop: Stop | None = None
        self._work: Workplace | None = None
        self._ticks = 0

    def begin(self, stop: Stop, work: Workplace) -> None:
        """Begin to close, or to wait."""
        self._stop, self._work = stop, work
        seconds = self._time_s if stop.do == "cut" else stop.seconds
        self._ticks = round(seconds / self.world.dt_s)

    def before_step(self) -> Outcome | None:
        """Close for a tick; at the end the joint is cut, or too strong."""
        if self._ticks > 0:
            self._ticks -= 1
            return None
        assert self._stop is not None  # begin() has set both
        assert self._work is not None
        if self._stop.do != "cut":
            return Done()
        joint = self._stop.target
        needed_n = self._work.shear_n(joint)
        if needed_n > self._force_n:
            return Failed(
                "alarm.shear_too_weak",
                {
                    "tool": self.name,
                    "joint": joint,
                    "needed_n": round(needed_n),
                    "force_n": round(self._force_n),
                },
            )
        self._work.cut(joint)
        return Done()

    def memory(self) -> ShearMemory:
        """Return how long the blades still close."""
        return ShearMemory(
            held=self.held, magazine_kg=self.magazine_kg, ticks=self._ticks
        )

    def recall(self, memory: AnyToolMemory, stop: Stop | None, work: Workplace) -> None:
        """Be as far with the same joint."""
        self._recall_hold(memory, ShearMemory, work)
        self._stop, self._work, self._ticks = stop, work, memory.ticks
