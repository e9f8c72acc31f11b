"""An accumulating conveyor of a cell, with the parts that robots put on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from twin.errors import PhysicsError
from twin.physics.car import Car
from twin.physics.conveyors.accumulation import AccumulationConveyor
from twin.physics.conveyors.conveyor import Conveyor, Spot
from twin.physics.conveyors.drive import DriveMemory
from twin.physics.conveyors.eye import EyeFault
from twin.physics.device import Outcome, Told
from twin.physics.halts import Halts
from twin.physics.world import Body
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer
from twin.state import Severity

Piece = tuple[int, str]
"""A part: number of its car, and its node."""

# A part that could go on and has not moved for so long is jammed; so far is moving.
_JAM_S, _JAM_WAY_M = 5.0, 0.01
_LOOK_S = 0.05


class StandingMemory(msgspec.Struct, frozen=True):
    """Where a part was when it last moved, since when, and whether that was told."""

    along_m: float
    since_tick: int
    told: bool


class StopMemory(msgspec.Struct, frozen=True):
    """What the stop at a line's end is at.

    Attributes:
        stuck: Whether it stays up when it should let a part off.
        asked_tick: Since when a part has been asked for in vain, -1 where none is.
        told: Whether that was told.
    """

    stuck: bool = False
    asked_tick: int = -1
    told: bool = False


class LineMemory(msgspec.Struct, frozen=True):
    """What a line carries, and what its drives, eyes and stop are at."""

    parts: tuple[tuple[int, str], ...]
    standing: tuple[StandingMemory, ...]
    awaits: bool
    halts: tuple[str, ...]
    drives: tuple[DriveMemory, ...]
    eyes: tuple[EyeFault, ...]
    stop: StopMemory


class ModuleLine:
    """Carries parts from where a robot puts them to where they are taken off.

    Its first zone stands still while a robot comes down on it. A part is jammed that
    does not move though the zone ahead is empty, or that its stop does not let off
    though somebody would take it.

    Attributes:
        memory_type: Of its memory.
        name: Its id.
        parts: What is on it, in the order in which it was put down.

    Args:
        zones: The conveyor, as it was built.
        dt_s: Length of a tick.
    """

    memory_type: ClassVar[type[msgspec.Struct]] = LineMemory

    def __init__(self, zones: AccumulationConveyor, dt_s: float) -> None:
        self.name = zones.name
        self.parts: list[Piece] = []
        self._zones = zones
        self._zones.exit_free = False  # what is at its end is taken off
        self._zones.run()
        self._zone_m = zones.length_m / len(zones.zones)
        self._dt_s = dt_s
        self._standing: list[StandingMemory] = []
        self._awaits = False
        self._stop = StopMemory()
        self._halts = Halts()

    def start(self, operation: Operation, car: Car) -> None:
        """Raise: it runs by itself, and no operation is its own."""
        raise PhysicsError(f"{self.name}: cannot {operation.do}; it runs by itself")

    def before_step(self, tick: int) -> Outcome | None:
        """Read the eyes and move the zones."""
        del tick
        self._zones.before_step(first_stands=self._awaits)
        return None

    # What is on it ----------------------------------------------------------

    def conveyors(self) -> tuple[Conveyor, ...]:
        """Return the zones, first to last."""
        return self._zones.zones

    @property
    def moving(self) -> bool:
        """Whether any zone runs."""
        return any(zone.drive.moving for zone in self._zones.zones)

    def spot(self, body: Body) -> Spot:
        """Return where a part's origin is on the whole way."""
        return self._zones.zones[0].spot(body.plain_pose()[0])

    def has_room(self, bodies: Mapping[Piece, Body]) -> bool:
        """Return whether nothing reaches into the first zone."""
        return not any(
            self._back_m(bodies[piece]) < self._zone_m for piece in self.parts
        )

    def _back_m(self, body: Body) -> float:
        low, high = body.world.call("getAABB", body.body_id, -1)
        track = self._zones.zones[0].world_from_track
        half = sum(
            abs(track[axis, 0]) * (high[axis] - low[axis]) / 2 for axis in range(3)
        )
        return self.spot(body).along_m - float(half)

    def await_part(self) -> None:
        """Let the first zone stand: a robot comes down on it."""
        self._awaits = True

    def put(self, piece: Piece, tick: int) -> None:
        """Note a part that has been put down."""
        self._awaits = False
        self.parts.append(piece)
        self._standing.append(StandingMemory(-1.0, tick, told=False))

    def take_off(self, piece: Piece) -> None:
        """Note that a part has been taken off."""
        place = self.parts.index(piece)
        del self.parts[place], self._standing[place]
        self._stop = StopMemory(stuck=self._stop.stuck)

    @property
    def held_up(self) -> bool:
        """Whether its stop keeps a part that somebody would take."""
        return self._stop.asked_tick >= 0

    def ready(self, tick: int, bodies: Mapping[Piece, Body]) -> Piece | None:
        """Let the part that stands at the end off, if there is one; return it."""
        piece = self._at_end(bodies)
        if piece is None or not self._stop.stuck:
            return piece
        if not self.held_up:
            self._stop = StopMemory(stuck=True, asked_tick=tick)
        return None

    def _at_end(self, bodies: Mapping[Piece, Body]) -> Piece | None:
        last = self._zones.zones[-1]
        if not self.parts or last.drive.moving or not self._zones.eyes[-1].broken():
            return None
        first = self.parts[0]
        return first if last.has(last.spot(bodies[first].plain_pose()[0])) else None

    def look(self, tick: int, bodies: Mapping[Piece, Body]) -> list[Told]:
        """Return what is new of the parts: what jams, goes on again, or has fallen."""
        if tick % max(1, round(_LOOK_S / self._dt_s)):
            return []
        told = self._look_at_stop(tick)
        spots = [self.spot(bodies[piece]) for piece in self.parts]
        taken = {int(spot.along_m // self._zone_m) for spot in spots}
        for place, (spot, before) in enumerate(zip(spots, self._standing, strict=True)):
            ahead = int(spot.along_m // self._zone_m) + 1
            free = ahead < len(self._zones.zones) and ahead not in taken
            moved = abs(spot.along_m - before.along_m) > _JAM_WAY_M
            late = (tick - before.since_tick) * self._dt_s >= _JAM_S
            if moved or ((not free or self._halts.by_emergency) and not before.told):
                self._standing[place] = StandingMemory(spot.along_m, tick, told=False)
                if before.told:
                    told.append(
                        self._tell("PartFreed", "event.part_freed", place, spot)
                    )
            elif late and not before.told:
                self._standing[place] = StandingMemory(
                    before.along_m, before.since_tick, told=True
                )
                told.append(self._tell("PartJammed", "alarm.part_jammed", place, spot))
        return told

    def _look_at_stop(self, tick: int) -> list[Told]:
        """Return that its stop keeps a part, once it has for long enough."""
        stop = self._stop
        late = (tick - stop.asked_tick) * self._dt_s >= _JAM_S
        if not self.held_up or stop.told or not late:
            return []
        self._stop = msgspec.structs.replace(stop, told=True)
        number, part = self.parts[0]
        arguments: dict[str, str | float] = {
            "part": f"{part}_{number}",
            "conveyor": self.name,
            "waited_s": _JAM_S,
        }
        return [Told("PartJammed", "alarm.stop_stuck", arguments, Severity.ALARM)]

    def _tell(self, kind: str, text: str, place: int, spot: Spot) -> Told:
        number, part = self.parts[place]
        arguments: dict[str, str | float] = {
            "part": f"{part}_{number}",
            "conveyor": self.name,
            "along_m": round(spot.along_m, 3),
        }
        severity = Severity.ALARM if kind == "PartJammed" else Severity.INFO
        return Told(kind, text, arguments, severity)

    # Stopping and breaking --------------------------------------------------

    def halt(self, why: str) -> None:
        """Ramp all zones down and keep them there."""
        if self._halts.add(why):
            for zone in self._zones.zones:
                zone.drive.halt()

    def resume(self, why: str) -> None:
        """Go on, if nothing else keeps it."""
        if self._halts.drop(why):
            for zone in self._zones.zones:
                zone.drive.resume()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: drives, the eye of each zone, the stop at the end."""
        eyes = tuple(
            f"zone_{number}_{says}"
            for number in range(1, len(self._zones.eyes) + 1)
            for says in ("clear", "blocked")
        )
        return (
            FaultOffer(self.name, "drive_stop"),
            FaultOffer(self.name, "sensor_stuck", eyes),
            FaultOffer(self.name, "stuck_stop"),
        )

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the drives, keep the stop up, or have an eye say one thing for ever."""
        if kind == "drive_stop":
            self.halt(kind)
            return
        if kind == "stuck_stop":
            self._stop = StopMemory(stuck=True)
            return
        _, number, says = target.split("_")
        stuck: EyeFault = "stuck_on" if says == "blocked" else "stuck_off"
        self._zones.eyes[int(number) - 1].fault = stuck

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have the drives run, the stop open, or an eye see, again."""
        if kind == "drive_stop":
            self.resume(kind)
        elif kind == "stuck_stop":
            self._stop = StopMemory()
        else:
            self._zones.eyes[int(target.split("_")[1]) - 1].fault = ""

    # Remembering ------------------------------------------------------------

    def memory(self) -> LineMemory:
        """Return what it carries, and what its drives and eyes are at."""
        return LineMemory(
            tuple(self.parts),
            tuple(self._standing),
            self._awaits,
            self._halts.memory(),
            tuple(zone.drive.memory() for zone in self._zones.zones),
            tuple(eye.fault for eye in self._zones.eyes),
            self._stop,
        )

    def recall(self, memory: LineMemory, cars: Mapping[int, Car]) -> None:
        """Carry the same again, and be at the same."""
        self.parts = list(memory.parts)
        self._standing = list(memory.standing)
        self._awaits = memory.awaits
        self._stop = memory.stop
        self._halts.recall(memory.halts)
        for zone, drive in zip(self._zones.zones, memory.drives, strict=True):
            zone.drive.recall(drive)
        for eye, fault in zip(self._zones.eyes, memory.eyes, strict=True):
            eye.fault = fault
