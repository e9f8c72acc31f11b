"""What becomes of parts that robots put on conveyors: booked on, tested, collected."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from twin.physics.bays import BaysDrive
from twin.physics.device import Told
from twin.physics.module_line import ModuleLine, Piece
from twin.physics.world import Body
from twin.scenario.equipment import ModuleBays
from twin.state import MachineState, Reason
from twin.stations.ledger import container_place

if TYPE_CHECKING:
    from twin.physics.cell import Cell

# What the books call the way from a line into a bay.
_TEST = "test"


class Handling:
    """Moves a cell's lines and bays, and books what they carry.

    Args:
        cell: Whose; it has its devices.
    """

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        devices = cell.devices
        self.lines: dict[str, ModuleLine] = devices.lines
        self.bays: dict[str, BaysDrive] = devices.bays
        self._feeds = {
            name: equipment.takes_from
            for name, equipment in cell.scenario.equipment.items()
            if isinstance(equipment, ModuleBays)
        }
        self._goes_to = {
            part: of
            for programme in cell.scenario.programmes.values()
            for part, of in programme.put_downs().items()
        }
        for drive in devices.manipulators.values():
            drive.may_place = self._may_place

    def _may_place(self, part: str) -> bool:
        line = self.lines.get(self._goes_to.get(part, ""))
        if line is None:
            return True
        if not line.has_room(self._bodies()):
            return False
        line.await_part()
        return True

    def _bodies(self) -> dict[Piece, Body]:
        """Return the bodies of the parts on lines and in bays."""
        cars = self._cell.cars
        pieces = [piece for line in self.lines.values() for piece in line.parts]
        pieces += [piece for bays in self.bays.values() for piece in bays.holds()]
        return {(car, part): cars[car].parts[part] for car, part in pieces}

    def put(self, line: str, car: int, part: str) -> None:
        """Note a part that a robot has put on a line."""
        self.lines[line].put((car, part), self._cell.tick)
        self.let_meet()

    def let_meet(self) -> None:
        """Have parts of one car touch each other once they are out of it."""
        for one, other in itertools.combinations(self._bodies().values(), 2):
            self._cell.world.meet(one, other)

    def before_step(self) -> None:
        """Move lines and bays by a tick; hand parts on."""
        cell = self._cell
        bodies = self._bodies()
        for line in self.lines.values():
            line.before_step(cell.tick)
            for told in line.look(cell.tick, bodies):
                self._tell(line.name, told)
        for name, bays in self.bays.items():
            line = self.lines[self._feeds[name]]
            bay = bays.free_bay()
            piece = None if bay is None else line.ready(cell.tick, bodies)
            if bay is not None and piece is not None:
                line.take_off(piece)
                self._move(piece, line.name, name)
                bays.take(piece, bodies[piece], bay)
            came = bays.drive(cell.tick, bodies)
            if came is not None:
                self._tell_part("PartInBay", "event.part_in_bay", name, came)

    def collect(self) -> None:
        """Have trucks take what has been tested."""
        cell = self._cell
        for name, bays in self.bays.items():
            for piece in bays.collected(cell.tick):
                number, part = piece
                owner = cell.cars[number]
                cell.books.collect(number, part, container_place(name))
                self._let_pass(owner.parts[part], piece)
                cell.take_away(owner, part)
                self._tell_part("PartTested", "event.part_tested", name, piece)
                cell.forget_car(owner)

    def _let_pass(self, body: Body, piece: Piece) -> None:
        """Have a part that is laid aside pass through those of its car again."""
        for other in self._cell.stock[self._cell.cars[piece[0]].slot].bodies():
            if other is not body:
                self._cell.world.ignore(body, other)

    def _move(self, piece: Piece, from_: str, to: str) -> None:
        number, part = piece
        books = self._cell.books
        books.move(_TEST, number, part, container_place(from_), container_place(to))

    def _tell(self, name: str, told: Told) -> None:
        self._cell.tell(told.kind, name, told.text, told.arguments, told.severity)

    def _tell_part(self, kind: str, text: str, name: str, piece: Piece) -> None:
        number, part = piece
        self._cell.tell(kind, name, text, {"part": part, "car": number})

    def places(self) -> dict[Piece, str]:
        """Return the place in the books of each part on lines and in bays."""
        found = {
            piece: container_place(name)
            for name, line in self.lines.items()
            for piece in line.parts
        }
        for name, bays in self.bays.items():
            found |= {piece: container_place(name) for piece in bays.holds()}
        return found

    def machines(self) -> dict[str, tuple[MachineState, Reason]]:
        """Return what lines and bays do now, of those that do something."""
        executes = (MachineState.EXECUTE, Reason.NONE)
        starved = (MachineState.SUSPENDED, Reason.STARVED)
        waiting = [name for name in self.bays if self.lines[self._feeds[name]].held_up]
        busy = [name for name, line in self.lines.items() if line.parts]
        busy += [name for name, bays in self.bays.items() if bays.testing]
        return dict.fromkeys(waiting, starved) | dict.fromkeys(busy, executes)
