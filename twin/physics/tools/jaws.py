"""Two fingers that hold by friction: no constraint, so what slips, slips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from twin.kinematics.programme import Stop
from twin.layout.manipulators import FINGER_M
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.motor import Motor
from twin.physics.tools.memories import AnyToolMemory, JawMemory
from twin.physics.tools.tool import LIP_M, ToolDrive
from twin.physics.tools.workplace import Workplace
from twin.physics.world import Body, Link, Shape, World
from twin.scenario.end_tools import JawGripper
from twin.transforms import Matrix, inverse, transform

_STALLED_MPS = 2e-3
_STALLED_S = 0.05
_SETTLED_S = 0.1
_LONGEST_S = 5.0

# Rubber pads: hard fingers would touch at whichever corners stand out, and what
# they hold would turn about those. Two millimetres under the grip's force, and what
# swings in them dies away within hundredths of a second; both assumed.
_PAD_GIVES_M = 2e-3
_PAD_DAMPING_S = 0.01

# Asked for its closing speed, a finger that stands presses with what the solver's
# passes add up to, a fifth of 1.2 kN; asked for more than its force can give, with
# that force.
_PRESS_MPS = 1.0

# A finger whose drive is locked is held by this many times the grip's force.
_LOCKED = 20.0


class JawDrive(ToolDrive):
    """A parallel gripper.

    Both fingers close with the force that the scenario says. Once both are
    stopped by the part one is locked where it is, as by the gear that joins the
    fingers of a real gripper, and the other presses on: both press the part with
    that force, and it cannot float sideways between two equal pushes.

    Attributes:
        slip_m: How far the part has moved in the grip.
    """

    def __init__(
        self, name: str, spec: JawGripper, shapes: Sequence[Shape] = ()
    ) -> None:
        super().__init__(name, spec, shapes)
        self._spec = spec
        self._fingers = (f"{name}/left", f"{name}/right")
        self._force_n, self._speed_mps = float(spec.force), float(spec.speed)
        self._open_m = float(spec.opening) / 2
        self._stop: Stop | None = None
        self._work: Workplace | None = None
        self._ticks = 0
        self._still_ticks = 0
        self._phase = "open"
        self._driven_by: Literal["lock", "motor", "lock_one"] = "lock"
        self._tool_from_part: Matrix | None = None
        self._told_slip = False
        self._away_ticks = 0
        self.slip_m = 0.0

    # Building ---------------------------------------------------------------

    def _palm_kg(self) -> float:
        return self.mass_kg - 2.0 * float(self._spec.finger_mass)

    def links(self, flange_link: str, link_from_flange: Matrix) -> list[Link]:
        """Return palm and fingers; a finger's value is its distance from the middle."""
        spec = self._spec
        palm_m = self.length_m - float(spec.finger_length)
        palm = Link(
            self.name,
            self._palm_kg(),
            self._shapes or (self._plain(palm_m - LIP_M),),
            parent=flange_link,
            parent_from_link=link_from_flange,
            centre_of_mass_m=(0.0, 0.0, palm_m / 2),
        )
        size = (FINGER_M, float(spec.finger_width), float(spec.finger_length))
        fingers = []
        for name, side in zip(self._fingers, (-1.0, 1.0), strict=True):
            centre = (side * FINGER_M / 2, 0.0, self.length_m - size[2] / 2)
            fingers.append(
                Link(
                    name,
                    float(spec.finger_mass),
                    (Shape("box", size, centre),),
                    parent=self.name,
                    parent_from_link=np.eye(4),
                    joint="prismatic",
                    axis=(side, 0.0, 0.0),
                    centre_of_mass_m=centre,
                    friction=float(spec.friction),
                    grips=True,
                )
            )
        return [palm, *fingers]

    def settle(
        self, world: World, body: Body, links: Sequence[Link], carrier: str
    ) -> None:
        """Take over its links in the arm's body, uncoupled and open."""
        super().settle(world, body, links, carrier)
        locked_n = _LOCKED * self._force_n
        self._motor = Motor(body, self._fingers, [self._force_n] * 2)
        self._lock = Motor(body, self._fingers, [locked_n] * 2)
        self._lock_one = Motor(body, self._fingers[1:], [locked_n])
        for finger in self._fingers:
            body.reset_joint(finger, self._open_m)
        self._lock.hold([self._open_m] * 2)
        self._finger_ids = [body.link_index[finger] for finger in self._fingers]
        # Turning in a grip is resisted over the pad's area: a disc pressed evenly
        # resists with 2/3 mu F r (Coulomb; any mechanics text).
        pad_m = float(self._spec.finger_width) / 2
        pad_npm = self._force_n / _PAD_GIVES_M
        for index in self._finger_ids:
            world.call(
                "changeDynamics",
                body.body_id,
                index,
                contactStiffness=pad_npm,
                contactDamping=_PAD_DAMPING_S * pad_npm,
                spinningFriction=2.0 / 3.0 * float(self._spec.friction) * pad_m,
            )

    # Working ----------------------------------------------------------------

    def begin(self, stop: Stop, work: Workplace) -> None:
        """Begin to close, to open, or to wait."""
        self._stop, self._work = stop, work
        self._ticks, self._still_ticks = 0, 0
        if stop.do == "pick":
            self._phase = "closing"
            self._driven_by = "motor"
            self._motor.push([-self._speed_mps] * 2, [self._force_n] * 2)
        elif stop.do == "place":
            self._open()
        else:
            self._phase = "waiting"
            self._ticks = round(stop.seconds / self.world.dt_s)

    def _open(self) -> None:
        """Drive both fingers outward."""
        self._phase = "opening"
        self.held, self._held_body, self._tool_from_part = "", None, None
        self._driven_by = "motor"
        self._motor.push([self._speed_mps] * 2, [self._force_n] * 2)

    def before_step(self) -> Outcome | None:
        """Look at the fingers and decide."""
        dt_s = self.world.dt_s
        if self._phase == "waiting":
            self._ticks -= 1
            return None if self._ticks > 0 else Done()
        self._ticks += 1
        rows = self._motor.rows()
        if self._phase == "opening":
            if min(row[0] for row in rows) >= self._open_m:
                self._driven_by = "lock"
                self._lock.hold([self._open_m] * 2)
                self._phase = "open"
                return Done()
            return None
        if self._phase == "settling":
            self._still_ticks += 1
            return Done() if self._still_ticks * dt_s >= _SETTLED_S else None
        assert self._stop is not None  # begin() has set both
        assert self._work is not None
        part = self._stop.target
        if max(row[0] for row in rows) <= 0.0 or self._ticks * dt_s > _LONGEST_S:
            self._driven_by = "lock"
            self._lock.hold([max(row[0], 0.0) for row in rows])
            return Failed("alarm.nothing_gripped", {"tool": self.name, "part": part})
        # Between two equal pushes what is gripped may still float sideways; what has
        # come to an end is the closing.
        stalled = abs(rows[0][1] + rows[1][1]) < _STALLED_MPS
        self._still_ticks = self._still_ticks + 1 if stalled else 0
        if self._still_ticks * dt_s < _STALLED_S:
            return None
        body = self._work.part(part)
        if not self._touching(body):
            return Failed("alarm.nothing_gripped", {"tool": self.name, "part": part})
        self._driven_by = "lock_one"
        self._motor.push([-_PRESS_MPS] * 2, [self._force_n] * 2)
        self._lock_one.hold([rows[1][0]])
        self.held, self._held_body = part, body
        self._tool_from_part = self._seen(body)
        self._told_slip, self._away_ticks, self.slip_m = False, 0, 0.0
        self._phase, self._still_ticks = "settling", 0
        return None

    def _touching(self, body: Body) -> bool:
        """Tell whether a finger presses on a body."""
        points = self.world.call("getContactPoints", self.body.body_id, body.body_id)
        return any(point[3] in self._finger_ids for point in points)

    def _seen(self, body: Body) -> Matrix:
        seen: Matrix = inverse(self.world_from_tool()) @ transform(*body.pose())
        return seen

    def watch(self) -> Told | None:
        """Measure how far the part has moved in the grip; tell once if it slips."""
        if self._tool_from_part is None or self._held_body is None:
            return None
        moved = self._seen(self._held_body)[:3, 3] - self._tool_from_part[:3, 3]
        self.slip_m = float(np.linalg.norm(moved))
        away = not self._touching(self._held_body)
        self._away_ticks = self._away_ticks + 1 if away else 0
        part = self.held
        if self._away_ticks * self.world.dt_s > _STALLED_S:
            self.held, self._held_body, self._tool_from_part = "", None, None
            return Told(
                "PartDropped",
                "alarm.part_lost",
                {"tool": self.name, "part": part},
                severity=2,
            )
        if self.slip_m > float(self._spec.slip) and not self._told_slip:
            self._told_slip = True
            return Told(
                "PartSlipped",
                "alarm.part_slipped",
                {
                    "tool": self.name,
                    "part": part,
                    "slip_mm": round(1e3 * self.slip_m, 1),
                },
                severity=2,
            )
        return None

    def lose(self) -> None:
        """Lose the force: fingers are pushed open, and what they held falls."""
        held, body, seen = self.held, self._held_body, self._tool_from_part
        self._open()
        # What was held is watched on, so that the drop is told.
        self.held, self._held_body, self._tool_from_part = held, body, seen

    def memory(self) -> JawMemory:
        """Return what the fingers do and hold."""
        seen = self._tool_from_part
        return JawMemory(
            held=self.held,
            magazine_kg=self.magazine_kg,
            ticks=self._ticks,
            phase=self._phase,
            driven_by=self._driven_by,
            still_ticks=self._still_ticks,
            away_ticks=self._away_ticks,
            tool_from_part=None if seen is None else seen.tolist(),
            told_slip=self._told_slip,
            slip_m=self.slip_m,
        )

    def recall(self, memory: AnyToolMemory, stop: Stop | None, work: Workplace) -> None:
        """Do and hold the same again.

        The world has told every motor its last command once more; of those on the
        same joints the one that was last must be so again.
        """
        self._recall_hold(memory, JawMemory, work)
        assert isinstance(memory, JawMemory)  # _recall_hold has seen to it
        self._stop, self._work = stop, work
        self._ticks, self._phase = memory.ticks, memory.phase
        self._still_ticks, self._away_ticks = memory.still_ticks, memory.away_ticks
        seen = memory.tool_from_part
        self._tool_from_part = None if seen is None else np.array(seen)
        self._told_slip, self.slip_m = memory.told_slip, memory.slip_m
        self._driven_by = memory.driven_by
        if memory.driven_by == "lock":
            self._lock.again()
            return
        self._motor.again()
        if memory.driven_by == "lock_one":
            self._lock_one.again()
