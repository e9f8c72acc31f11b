"""A line: conveyors that follow each other, and what becomes of the parts on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twin.physics.conveyors.blade import StopBlade
from twin.physics.conveyors.conveyor import Conveyor, Spot
from twin.physics.conveyors.watch import LineWatch, Watched
from twin.physics.device import Told
from twin.physics.world import Body, Position

# A part's origin may be this far above the surface that carries it, and a little
# below it for a part whose origin is at its underside.
_REACH_M, _SINK_M = 2.0, 0.02


class Line:
    """Conveyors, the stops on them, and a watch over what they carry.

    Attributes:
        name: What events call it.
        conveyors: In the order of the way; zones of an accumulating one each.
        watch: What is jammed now, and how many have fallen.

    Args:
        name: As above.
        conveyors: As above.
        watch: As above.
        stops: By name of the conveyor they stand on.
    """

    def __init__(
        self,
        name: str,
        conveyors: Sequence[Conveyor],
        watch: LineWatch,
        stops: Mapping[str, Sequence[StopBlade]] | None = None,
    ) -> None:
        self.name = name
        self.conveyors = tuple(conveyors)
        self.watch = watch
        self._stops = {
            conveyor.name: [
                (blade, conveyor.spot(blade.foot_in_world_m).along_m)
                for blade in (stops or {}).get(conveyor.name, ())
            ]
            for conveyor in self.conveyors
        }
        self._last: dict[int, Conveyor] = {}

    def conveyor_of(self, point_in_world_m: Position) -> tuple[Conveyor, Spot] | None:
        """Return the conveyor that carries a point, and where; None if none does."""
        for conveyor in self.conveyors:
            spot = conveyor.spot(point_in_world_m)
            if -_SINK_M <= spot.above_m <= _REACH_M and conveyor.has(spot):
                return conveyor, spot
        return None

    def look(self, tick: int, parts: Sequence[Body]) -> list[Told]:
        """Look at parts after a step; return what is new of them and of the line.

        Args:
            tick: Of this look.
            parts: All that may be on the line; a few looks a second are enough.
        """
        seen = []
        last: dict[int, Conveyor] = {}
        for part in parts:
            point, _ = part.plain_pose()
            found = self.conveyor_of(point)
            if found is not None:
                last[part.body_id] = found[0]
                seen.append(self._watched(part, *found, on=True))
            elif part.body_id in self._last:
                conveyor = self._last[part.body_id]
                spot = conveyor.spot(point)
                if spot.above_m >= -_SINK_M:
                    last[part.body_id] = conveyor  # in the air: it may fall yet
                seen.append(self._watched(part, conveyor, spot, on=False))
        self._last = last
        running = any(conveyor.drive.moving for conveyor in self.conveyors)
        return self.watch.look(tick, seen, running=running)

    def _watched(
        self, part: Body, conveyor: Conveyor, spot: Spot, *, on: bool
    ) -> Watched:
        held = any(
            not blade.lowered and spot.along_m <= along_m
            for blade, along_m in self._stops[conveyor.name]
        )
        running = conveyor.drive.moving
        return Watched(part.name, conveyor.name, spot, on, running, held)
