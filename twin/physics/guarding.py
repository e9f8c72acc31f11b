"""Robots and people: who stops for whom, how long it takes, and how they go on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from twin.physics.arm import ArmDrive
from twin.physics.device import Haltable
from twin.physics.programme_work import ProgrammeWork
from twin.scenario.safeguards import Safeguard
from twin.signals import FaultKind, FaultOffer
from twin.state import Severity
from twin.stations.events import (
    PauseOperation,
    PersonEntered,
    ProtectiveStop,
    ResumeOperation,
    SpaceReset,
    StationCommand,
    StationEvent,
)
from twin.stations.separation import measured_stop, separation_of

if TYPE_CHECKING:
    from twin.physics.cell import Cell

PAUSED: Final = "paused"
PROTECTIVE_STOP: Final = "protective_stop"
PERSON_INSIDE: Final = "person_inside"

# A tool stands that has been slower than this for so long; motors that hold a
# posture settle within micrometres. Assumed.
_STILL_MPS = 2e-3
_STILL_S = 0.1
# No drive takes so long to stop: what still shakes then is not measured.
_LONGEST_S = 30.0


class StopMemory(msgspec.Struct, frozen=True):
    """A stop that is being measured.

    Attributes:
        tick: At which it was commanded.
        tool_in_world_m: Where the tool was then and after each tick since, (n, 3).
    """

    tick: int
    tool_in_world_m: list[tuple[float, float, float]]


class Guarding:
    """Stops robots for people, measures the stops, and lets robots go on.

    A robot's safeguarded space is the circle about its base that it reaches, and as
    much around it as its safeguard stands away. A robot without a safeguard in the
    scenario stands behind a fence: nobody comes near it but by an injected fault.

    Args:
        cell: Whose robots and people they are.
        decide: Has the station react to an event.
        tell: Tells people, as ``Cell`` does.

    Source: ISO 10218-1, protective stop; IEC 60204-1, 9.2, stop category 1.
    """

    def __init__(
        self,
        cell: Cell,
        decide: Callable[[StationEvent], None],
        tell: Callable[[str, str, str, Mapping[str, str | float], int], None],
    ) -> None:
        self._cell, self._decide, self._tell = cell, decide, tell
        self._robots: dict[str, ArmDrive | ProgrammeWork] = {
            name: device
            for name, device in cell.devices.by_id.items()
            if isinstance(device, ArmDrive | ProgrammeWork)
        }
        self._safeguards: dict[str, list[Safeguard]] = {
            name: [
                each
                for each in cell.scenario.safeguards.values()
                if each.robot == name and each.mode == "separated"
            ]
            for name in self._robots
        }
        self._stops: dict[str, StopMemory] = {}
        # Robots stand where they stand: asked once, and not in every step.
        self._circles = {name: self._circle(name) for name in self._robots}

    # Each tick --------------------------------------------------------------

    def after_step(self) -> None:
        """See who has come in; measure the stops that go on."""
        for robot in self._robots:
            free = robot not in self._cell.state.guarded
            if free and self._moves(robot) and self._somebody_in(robot):
                self._decide(PersonEntered(robot))
        for robot in tuple(self._stops):
            self._measure(robot)

    def _moves(self, robot: str) -> bool:
        device = self._robots[robot]
        return device.moving if isinstance(device, ArmDrive) else device.drive.moving

    def _somebody_in(self, robot: str) -> bool:
        """Tell whether anybody is in the space: seen there, or by a fault."""
        if any(
            (fault.source, fault.kind) == (robot, PERSON_INSIDE)
            for fault in self._cell.faults.injected
        ):
            return True
        x_m, y_m, reach_m = self._circles[robot]
        return any(
            math.hypot(person.x_m - x_m, person.y_m - y_m)
            < reach_m + float(safeguard.distance)
            for safeguard in self._safeguards[robot]
            for person in self._cell.devices.people.values()
        )

    def _circle(self, robot: str) -> tuple[float, float, float]:
        """Return the middle of what a robot reaches, and how far at most."""
        device = self._robots[robot]
        arm = device.arm if isinstance(device, ArmDrive) else device.drive.arm
        x_m, y_m = arm.world_from_base[:2, 3].tolist()
        at_zero = np.zeros(arm.n_joints)
        poses = arm.link_poses(at_zero)
        places_m = [
            arm.world_from_base[:3, 3],
            *(poses[joint.child][:3, 3] for joint in arm.robot.arm_joints),
            arm.forward(at_zero)[:3, 3],
        ]
        # Stretched out, its pieces lie in a line.
        pieces_m = np.linalg.norm(np.diff(places_m, axis=0), axis=1)
        return x_m, y_m, float(pieces_m.sum())

    def _tool_m(self, robot: str) -> tuple[float, float, float]:
        device = self._robots[robot]
        if isinstance(device, ArmDrive):
            x, y, z = device.tip()[0].tolist()
        else:
            x, y, z = device.drive.world_from_tip()[:3, 3].tolist()
        return x, y, z

    # Commands of the station ------------------------------------------------

    def carry_out(self, command: StationCommand) -> None:
        """Have devices stop, or go on, as the station asks."""
        cell = self._cell
        if isinstance(command, ProtectiveStop):
            device = cell.devices.by_id[command.robot]
            assert isinstance(device, Haltable)  # it is a robot
            device.halt(PROTECTIVE_STOP)
            self._stops[command.robot] = StopMemory(
                cell.tick, [self._tool_m(command.robot)]
            )
        elif isinstance(command, PauseOperation | ResumeOperation):
            device = cell.devices.by_id[cell.operations[command.operation].by]
            if not isinstance(device, Haltable):
                return  # people finish what they are at
            if isinstance(command, PauseOperation):
                device.halt(PAUSED)
            else:
                device.resume(PAUSED)

    def reset(self) -> None:
        """Let robots go on whose space is empty: by hand, from outside.

        Source: ISO 13849-1, manual reset.
        """
        for robot in sorted(self._cell.state.guarded):
            if self._somebody_in(robot):
                continue
            device = self._cell.devices.by_id[robot]
            assert isinstance(device, Haltable)  # it is a robot
            device.resume(PROTECTIVE_STOP)
            self._stops.pop(robot, None)
            self._tell("SpaceReset", robot, "event.space_reset", {}, Severity.INFO)
            self._decide(SpaceReset(robot))

    # Measuring --------------------------------------------------------------

    def _measure(self, robot: str) -> None:
        """Note where the tool is; tell of the stop once it stands."""
        stop = self._stops[robot]
        if self._cell.tick > stop.tick:
            stop.tool_in_world_m.append(self._tool_m(robot))
        n_still = round(_STILL_S / self._cell.dt_s)
        places_m = np.array(stop.tool_in_world_m)
        if len(places_m) * self._cell.dt_s > _LONGEST_S:
            del self._stops[robot]
            return
        steps_m = np.linalg.norm(np.diff(places_m[-n_still - 1 :], axis=0), axis=1)
        if len(steps_m) < n_still or steps_m.max() > _STILL_MPS * self._cell.dt_s:
            return
        del self._stops[robot]
        times_s = self._cell.dt_s * np.arange(len(places_m), dtype=np.float64)
        measured = measured_stop(times_s, places_m, 0.0, _STILL_MPS)
        numbers = {
            "time_s": round(measured.time_s, 3),
            "distance_mm": round(1e3 * measured.distance_m, 1),
        }
        self._tell(
            "ProtectiveStop", robot, "event.protective_stop", numbers, Severity.WARNING
        )
        for safeguard in self._safeguards[robot]:
            separation = separation_of(safeguard, measured)
            self._tell(
                "SeparationMeasured",
                robot,
                "event.separation",
                {
                    "needed_mm": round(1e3 * separation.needed_m),
                    "given_mm": round(1e3 * separation.given_m),
                },
                Severity.INFO if separation.suffices else Severity.WARNING,
            )

    # Breaking ---------------------------------------------------------------

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can be injected: somebody in the space of each robot."""
        return tuple(FaultOffer(robot, PERSON_INSIDE) for robot in self._robots)

    def inject(self, kind: FaultKind, target: str) -> None:
        """Do nothing: who is inside is looked for in each tick."""

    def mend(self, kind: FaultKind, target: str) -> None:
        """Do nothing: a robot goes on only by ``reset``."""

    # Remembering ------------------------------------------------------------

    def memory(self) -> dict[str, StopMemory]:
        """Return the stops that are being measured, by robot."""
        return {
            robot: StopMemory(stop.tick, list(stop.tool_in_world_m))
            for robot, stop in self._stops.items()
        }

    def recall(self, memory: dict[str, StopMemory]) -> None:
        """Measure the same stops on."""
        self._stops = {
            robot: StopMemory(stop.tick, list(stop.tool_in_world_m))
            for robot, stop in memory.items()
        }
