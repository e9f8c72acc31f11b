"""A driven socket that turns fasteners out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from twin.kinematics.programme import Stop
from twin.physics.device import Done, Failed, Outcome
from twin.physics.tools.memories import AnyToolMemory, NutrunnerMemory
from twin.physics.tools.tool import ToolDrive
from twin.physics.tools.workplace import Workplace
from twin.physics.world import Shape
from twin.scenario.end_tools import FixtureNutrunner


class NutrunnerDrive(ToolDrive):
    """A nutrunner: engages, loosens, runs out; arm and part feel its torque."""

    def __init__(
        self, name: str, spec: FixtureNutrunner, shapes: Sequence[Shape] = ()
    ) -> None:
        super().__init__(name, spec, shapes)
        self._spec = spec
        self._stop: Stop | None = None
        self._work: Workplace | None = None
        self._ticks = -1
        self._loose_below = 0
        self._part_id = -1
        self._loosening_nm = [0.0, 0.0, 0.0]
        self._running_nm = [0.0, 0.0, 0.0]

    def begin(self, stop: Stop, work: Workplace) -> None:
        """Begin to put the socket on, or to wait."""
        self._stop, self._work = stop, work
        self._ticks = (
            -1 if stop.do == "unscrew" else round(stop.seconds / self.world.dt_s)
        )

    def before_step(self) -> Outcome | None:
        """Turn for a tick; both sides feel the torque."""
        assert self._stop is not None  # begin() has set it
        if self._ticks < 0:
            return self._engage(self._stop.target)
        if self._ticks > 0:
            self._ticks -= 1
            if self._stop.do == "unscrew":
                self._twist()
            return None
        if self._stop.do != "unscrew":
            return Done()
        return self._finish(self._stop.target)

    def _engage(self, fastener: str) -> Outcome | None:
        assert self._work is not None  # begin() has set it
        head = self._work.head(fastener)
        spec = self._spec
        tip, axis = self.tip()
        along = head.world_from_head[:3, 2]
        apart = tip - head.world_from_head[:3, 3]
        lateral_m = float(np.linalg.norm(apart - along * (apart @ along)))
        tilt_rad = math.acos(min(1.0, float(axis @ along)))
        if lateral_m > spec.lateral_tolerance or tilt_rad > spec.tilt_tolerance:
            return Failed(
                "alarm.not_engaged",
                {
                    "fastener": fastener,
                    "lateral_mm": round(1e3 * lateral_m, 1),
                    "tilt_deg": round(math.degrees(tilt_rad), 2),
                },
            )
        if head.break_away_nm > spec.torque:
            return Failed(
                "alarm.torque_too_small",
                {
                    "tool": self.name,
                    "fastener": fastener,
                    "needed_nm": round(head.break_away_nm, 1),
                    "torque_nm": round(float(spec.torque), 1),
                },
            )
        spin_s = head.turns * 2 * math.pi / float(spec.speed)
        self._loose_below = round(spin_s / self.world.dt_s)
        # Loosening turns the head anticlockwise seen from the tool: the part is
        # dragged along, the tool is pushed the other way.
        self._loosening_nm = (along * head.break_away_nm).tolist()
        self._running_nm = (along * head.running_nm).tolist()
        self._part_id = head.body.body_id
        self._ticks = round(head.break_away_s / self.world.dt_s) + self._loose_below
        return None

    def _twist(self) -> None:
        loosening = self._ticks >= self._loose_below
        x, y, z = self._loosening_nm if loosening else self._running_nm
        frame = self.world.bullet.WORLD_FRAME
        self.world.call("applyExternalTorque", self._part_id, -1, [-x, -y, -z], frame)
        self.world.call(
            "applyExternalTorque", self.body.body_id, self.link_index, [x, y, z], frame
        )

    def _finish(self, fastener: str) -> Outcome:
        assert self._work is not None  # begin() has set it
        self.magazine_kg += self._work.take_out(fastener)
        return Done()

    def memory(self) -> NutrunnerMemory:
        """Return how far it has turned what."""
        return NutrunnerMemory(
            held=self.held,
            magazine_kg=self.magazine_kg,
            ticks=self._ticks,
            loose_below=self._loose_below,
            part_id=self._part_id,
            loosening_nm=_three(self._loosening_nm),
            running_nm=_three(self._running_nm),
        )

    def recall(self, memory: AnyToolMemory, stop: Stop | None, work: Workplace) -> None:
        """Be as far with the same fastener."""
        self._recall_hold(memory, NutrunnerMemory, work)
        assert isinstance(memory, NutrunnerMemory)  # _recall_hold has seen to it
        self._stop, self._work = stop, work
        self._ticks, self._loose_below = memory.ticks, memory.loose_below
        self._part_id = memory.part_id
        self._loosening_nm = list(memory.loosening_nm)
        self._running_nm = list(memory.running_nm)


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    x, y, z = values
    return x, y, z
