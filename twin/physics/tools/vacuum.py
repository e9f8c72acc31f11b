"""Suction cups: a hold with a limit."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np

from twin.errors import PhysicsError
from twin.kinematics.programme import Stop
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.tools.memories import AnyToolMemory, VacuumMemory
from twin.physics.tools.tool import LIP_M, ToolDrive, world_from_link
from twin.physics.tools.workplace import Workplace
from twin.physics.world import Body, Shape, Weld, World
from twin.scenario.end_tools import VacuumGripper
from twin.transforms import (
    inverse,
    pose_of,
    transform,
    xyzw_from_wxyz,
)

SEAL_M = 2.0 * LIP_M
"""Lips reach a part this far from the rigid end of the tool, no farther."""

BREAK_S = 0.025
"""How long a load has to last to break a vacuum: assumed."""

# The constraint itself never gives: the limit is looked at, so that a drop is told.
_STIFF_N = 1e7


def holding_force_n(spec: VacuumGripper) -> float:
    """Return what the cups hold along their axis.

    Source:
        Force of a vacuum on an area, divided by the safety factor; any maker's
        design guide.
    """
    area_m2 = math.pi / 4 * float(spec.cup_diameter) ** 2
    return int(spec.cups) * area_m2 * float(spec.vacuum) / float(spec.safety)


class VacuumDrive(ToolDrive):
    """A vacuum gripper.

    A part is held by a fixed constraint. What it pulls is read after every step:
    ``pull + across / friction`` beyond the holding force opens the constraint.
    Across is what acts along the lips; a push on the cups does not count. The load
    is the mean over ``BREAK_S``: lips give, so a vacuum outlasts a shorter jolt.

    Attributes:
        limit_n: Holding force.
        load_n: What counts against it now.
        peak_load_n: The most so far.
    """

    def __init__(
        self, name: str, spec: VacuumGripper, shapes: Sequence[Shape] = ()
    ) -> None:
        super().__init__(name, spec, shapes)
        self.limit_n = holding_force_n(spec)
        self.load_n = 0.0
        self.peak_load_n = 0.0
        self._friction = max(float(spec.friction), 1e-6)
        self._grip_s, self._release_s = float(spec.grip_time), float(spec.release_time)
        self._stop: Stop | None = None
        self._work: Workplace | None = None
        self._ticks = 0
        self._constraint = -1
        self._fresh = False
        self._dropped = ""
        self._recalled_n: tuple[float, float, float] | None = None
        self._loads_n: deque[float] = deque(maxlen=1)

    def begin(self, stop: Stop, work: Workplace) -> None:
        """Begin to evacuate, or to blow off."""
        self._stop, self._work = stop, work
        seconds = {"pick": self._grip_s, "place": self._release_s}.get(
            stop.do, stop.seconds
        )
        self._ticks = round(seconds / self.world.dt_s)

    def before_step(self) -> Outcome | None:
        """Wait until the vacuum is there, or gone."""
        if self._ticks > 0:
            self._ticks -= 1
            return None
        assert self._stop is not None  # begin() has set both
        assert self._work is not None
        if self._stop.do == "pick":
            return self._grip(self._stop.target, self._work.part(self._stop.target))
        if self._stop.do == "place":
            self.release()
        return Done()

    def _grip(self, part: str, body: Body) -> Outcome:
        points = self.world.call(
            "getClosestPoints",
            self.body.body_id,
            body.body_id,
            10.0 * SEAL_M,
            linkIndexA=self.link_index,
        )
        gap_m = min((float(point[8]) for point in points), default=math.inf)
        if gap_m > SEAL_M:
            gap_mm = round(1e3 * gap_m, 1) if math.isfinite(gap_m) else 50.0
            return Failed(
                "alarm.no_vacuum", {"tool": self.name, "part": part, "gap_mm": gap_mm}
            )
        self._constraint = attach(self.world, self.body, self.carrier, body)
        self.held, self._held_body = part, body
        self._fresh = True
        n_ticks = max(1, round(BREAK_S / self.world.dt_s))
        self._loads_n = deque([0.0] * n_ticks, maxlen=n_ticks)
        return Done()

    def release(self) -> None:
        """Let go of what is held."""
        if self._constraint >= 0:
            self.world.unweld(self._constraint)
        self._constraint = -1
        self.held, self._held_body = "", None
        self.load_n = 0.0

    def watch(self) -> Told | None:
        """Read the constraint; drop the part if it pulls too hard."""
        if self._dropped:
            part, self._dropped = self._dropped, ""
            told = {"tool": self.name, "part": part}
            return Told("PartDropped", "alarm.part_lost", told, severity=2)
        if self._constraint < 0:
            return None
        if self._fresh:  # no step has acted on the constraint yet
            self._fresh = False
            return None
        force_n = np.array(self._force_n())
        self._recalled_n = None
        axis = self.world_from_tool()[:3, 2]
        # Bullet gives the force on the arm in the world's axes: a part that hangs
        # below pulls along the direction that the cups look.
        pull_n = float(force_n @ axis)
        across_n = float(np.linalg.norm(force_n - axis * (force_n @ axis)))
        self._loads_n.append(max(pull_n, 0.0) + across_n / self._friction)
        self.load_n = sum(self._loads_n) / len(self._loads_n)
        self.peak_load_n = max(self.peak_load_n, self.load_n)
        if self.load_n <= self.limit_n:
            return None
        part, load_n = self.held, self.load_n
        self.release()
        return Told(
            "PartDropped",
            "alarm.part_dropped",
            {
                "tool": self.name,
                "part": part,
                "force_n": round(load_n, 1),
                "limit_n": round(self.limit_n, 1),
            },
            severity=2,
        )

    def _force_n(self) -> tuple[float, float, float]:
        """Return the force of the hold in the last step.

        Bullet does not keep it in a saved state.
        """
        if self._recalled_n is not None:
            return self._recalled_n
        x, y, z = self.world.call("getConstraintState", self._constraint)[:3]
        return x, y, z

    def lose(self) -> None:
        """Lose the vacuum: the part falls."""
        self._dropped = self.held
        self.release()

    def memory(self) -> VacuumMemory:
        """Return what it does and holds, and what pulls at it."""
        return VacuumMemory(
            held=self.held,
            magazine_kg=self.magazine_kg,
            ticks=self._ticks,
            dropped=self._dropped,
            fresh=self._fresh,
            force_n=self._force_n() if self._constraint >= 0 else (0.0, 0.0, 0.0),
            loads_n=tuple(self._loads_n),
            load_n=self.load_n,
            peak_load_n=self.peak_load_n,
        )

    def recall(self, memory: AnyToolMemory, stop: Stop | None, work: Workplace) -> None:
        """Do and hold the same again; the weld itself is the world's to remember."""
        self._recall_hold(memory, VacuumMemory, work)
        assert isinstance(memory, VacuumMemory)  # _recall_hold has seen to it
        self._stop, self._work = stop, work
        self._ticks, self._fresh = memory.ticks, memory.fresh
        self._dropped = memory.dropped
        self._constraint = -1
        if self._held_body is not None:
            ends = (self.body.body_id, self._held_body.body_id)
            found = (
                number
                for number, weld in self.world.welds()
                if (weld.parent, weld.child) == ends
            )
            self._constraint = next(found, -1)
            if self._constraint < 0:
                raise PhysicsError(
                    f"snapshot: tool {self.name!r} holds {self.held!r} by no weld; it "
                    "is damaged, take another"
                )
        self._recalled_n = memory.force_n if self._constraint >= 0 else None
        self._loads_n = deque(memory.loads_n, maxlen=max(1, len(memory.loads_n)))
        self.load_n, self.peak_load_n = memory.load_n, memory.peak_load_n


def attach(world: World, parent: Body, link: str, child: Body) -> int:
    """Join a free body rigidly to a link of another as they stand now.

    The link must be one that a joint moves. On a link that is fixed to it Bullet
    solves the constraint a step late: it sags by a millimetre and rings.

    Returns:
        The constraint, for ``World.unweld``.
    """
    index = parent.link_index[link]
    com = world.call("getDynamicsInfo", parent.body_id, index)[3]
    link_from_com = transform(com)
    world_from_child = transform(*child.pose())
    child_com = transform(child.centre_of_mass_m)
    com_from_child_com = (
        inverse(world_from_link(parent, link) @ link_from_com)
        @ world_from_child
        @ child_com
    )
    position, wxyz = pose_of(com_from_child_com)
    return world.make_weld(
        Weld(
            parent.body_id,
            child.body_id,
            position.tolist(),
            (0.0, 0.0, 0.0),
            (0.0, 0.0, 0.0, 1.0),
            _STIFF_N,
            index,
            xyzw_from_wxyz(wxyz),
        )
    )
