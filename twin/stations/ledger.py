"""The mass ledger: every kilogram is somewhere that has a name.

What leaves a place and what comes to one are two entries. They belong together by
station, operation, car and thing, and what does not cancel there is a leak with a
name. There is no account for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MICROGRAMS_PER_KG = 1_000_000_000
"""Books are kept in whole micrograms: integers add up exactly, in any order."""


def car_place(car: int) -> str:
    """Return the name of a car as a place."""
    return f"cars/{car}"


def tank_place(tank_id: str) -> str:
    """Return the name of a tank as a place."""
    return f"tanks/{tank_id}"


def container_place(container_id: str) -> str:
    """Return the name of where parts of a kind are gathered."""
    return f"containers/{container_id}"


@dataclass(frozen=True, slots=True)
class Lot:
    """Some of one substance in one thing.

    Attributes:
        item: Part or fluid, by its id.
        substance: ``material/steel`` or ``fluid/fuel``.
    """

    item: str
    substance: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What moved a mass: an operation of a station on a car."""

    station: str
    operation: str
    car: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """A mass that changes its place."""

    cause: Cause
    lot: Lot
    from_place: str
    to_place: str
    kg: float


@dataclass(frozen=True, slots=True)
class Leak:
    """A mass that left one place and came to none, or came from none.

    Attributes:
        cause: Which operation, where, on which car.
        lot: Which part or fluid, and of what.
        kg: How much is lost; below 0 if it came from nowhere.
    """

    cause: Cause
    lot: Lot
    kg: float

    def __str__(self) -> str:
        """Return it as an error tells it."""
        what = "lost" if self.kg > 0.0 else "from nowhere"
        return (
            f"{self.lot.item} ({self.lot.substance}) of car {self.cause.car}: "
            f"{abs(self.kg):g} kg {what} at {self.cause.station}, "
            f"{self.cause.operation}"
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """A place that does not weigh what the books say."""

    place: str
    booked_kg: float
    measured_kg: float


@dataclass(frozen=True, slots=True)
class LedgerState:
    """Books as plain data, in whole micrograms.

    Attributes:
        held: Place, item, substance and amount.
        came: By substance.
        began: The same.
        went: The same.
        open: Station, operation, car, item, substance and what is open of it.
    """

    held: tuple[tuple[str, str, str, int], ...]
    came: dict[str, int]
    began: dict[str, int]
    went: dict[str, int]
    open: tuple[tuple[str, str, int, str, str, int], ...]


class MassLedger:
    """The books of one plant; what it keeps grows with what is in it, not with time."""

    def __init__(self) -> None:
        self._held: dict[str, dict[Lot, int]] = {}
        self._came: dict[str, int] = {}
        self._began: dict[str, int] = {}
        self._went: dict[str, int] = {}
        self._open: dict[tuple[Cause, Lot], int] = {}

    def begin_with(self, place: str, lots: Mapping[Lot, float]) -> None:
        """Note what a place holds at the start."""
        self._add_all(place, lots, self._began)

    def come_in(self, place: str, lots: Mapping[Lot, float]) -> None:
        """Note what comes into the plant, and where."""
        self._add_all(place, lots, self._came)

    def go_out(self, place: str) -> float:
        """Note that all of a place leaves the plant; return how much, kg."""
        lots = self._held.pop(place, {})
        for lot, amount in lots.items():
            self._went[lot.substance] = self._went.get(lot.substance, 0) + amount
        return sum(lots.values()) / MICROGRAMS_PER_KG

    def take(self, cause: Cause, lot: Lot, place: str, kg: float) -> None:
        """Note that a mass leaves a place.

        Raises:
            ValueError: If the place does not hold as much.
        """
        amount, held = _whole(kg), self._held.get(place, {})
        if held.get(lot, 0) < amount:
            raise ValueError(
                f"{place}: {kg:g} kg of {lot.item} ({lot.substance}), but it holds "
                f"{held.get(lot, 0) / MICROGRAMS_PER_KG:g} kg"
            )
        held[lot] -= amount
        if not held[lot]:
            del held[lot]
        self._note(cause, lot, amount)

    def put(self, cause: Cause, lot: Lot, place: str, kg: float) -> None:
        """Note that a mass comes to a place."""
        amount = _whole(kg)
        self._add(place, lot, amount)
        self._note(cause, lot, -amount)

    def move(self, transfers: Iterable[Transfer]) -> None:
        """Note both sides of some transfers."""
        for one in transfers:
            self.take(one.cause, one.lot, one.from_place, one.kg)
            self.put(one.cause, one.lot, one.to_place, one.kg)

    def lots(self, place: str) -> dict[Lot, float]:
        """Return what a place holds, kg."""
        held = self._held.get(place, {})
        return {lot: amount / MICROGRAMS_PER_KG for lot, amount in held.items()}

    def places(self) -> dict[str, float]:
        """Return how much each place holds, kg."""
        return {
            place: sum(lots.values()) / MICROGRAMS_PER_KG
            for place, lots in sorted(self._held.items())
            if lots
        }

    def by_substance(self) -> dict[str, dict[str, float]]:
        """Return what came, began, went and is held of each substance, kg."""
        held: dict[str, int] = {}
        for lots in self._held.values():
            for lot, amount in lots.items():
                held[lot.substance] = held.get(lot.substance, 0) + amount
        books = {
            "in": self._came,
            "initial": self._began,
            "out": self._went,
            "held": held,
        }
        substances = sorted({name for book in books.values() for name in book})
        return {
            substance: {
                name: book.get(substance, 0) / MICROGRAMS_PER_KG
                for name, book in books.items()
            }
            for substance in substances
        }

    def mass_balance_error(self, held_kg: float | None = None) -> float:
        """Return |in + initial - out - held| / (in + initial), 0 when empty.

        Args:
            held_kg: What is really held, where somebody weighs it; what the books
                say where absent.
        """
        total = sum(self._came.values()) + sum(self._began.values())
        if not total:
            return 0.0
        held = sum(amount for lots in self._held.values() for amount in lots.values())
        if held_kg is not None:
            held = _whole(held_kg)
        return abs(total - sum(self._went.values()) - held) / total

    def leaks(self) -> list[Leak]:
        """Return every mass that left one place and came to none, largest first."""
        found = [
            Leak(cause, lot, amount / MICROGRAMS_PER_KG)
            for (cause, lot), amount in self._open.items()
        ]
        return sorted(found, key=lambda leak: (-abs(leak.kg), str(leak)))

    def differences(
        self, measured_kg: Mapping[str, float], tolerance_kg: float
    ) -> list[Difference]:
        """Return the places that do not weigh what the books say.

        Args:
            measured_kg: By place, as weighed, such as by bodies in physics; a place
                that is booked and not weighed is not compared.
            tolerance_kg: Most that scales may be off by.
        """
        booked = self.places()
        return [
            Difference(place, booked.get(place, 0.0), kg)
            for place, kg in sorted(measured_kg.items())
            if abs(kg - booked.get(place, 0.0)) > tolerance_kg
        ]

    def copy(self) -> MassLedger:
        """Return books that go on by themselves."""
        other = MassLedger()
        other._held = {place: dict(lots) for place, lots in self._held.items()}
        other._came, other._began = dict(self._came), dict(self._began)
        other._went, other._open = dict(self._went), dict(self._open)
        return other

    def state(self) -> LedgerState:
        """Return the books as plain data."""
        return LedgerState(
            tuple(
                (place, lot.item, lot.substance, amount)
                for place, lots in self._held.items()
                for lot, amount in lots.items()
            ),
            dict(self._came),
            dict(self._began),
            dict(self._went),
            tuple(
                (cause.station, cause.operation, cause.car, lot.item, lot.substance, kg)
                for (cause, lot), kg in self._open.items()
            ),
        )

    def recall(self, state: LedgerState) -> None:
        """Have these books."""
        self._held = {}
        for place, item, substance, amount in state.held:
            self._held.setdefault(place, {})[Lot(item, substance)] = amount
        self._came, self._began = dict(state.came), dict(state.began)
        self._went = dict(state.went)
        self._open = {
            (Cause(station, operation, car), Lot(item, substance)): amount
            for station, operation, car, item, substance, amount in state.open
        }

    def _add_all(
        self, place: str, lots: Mapping[Lot, float], book: dict[str, int]
    ) -> None:
        for lot, kg in lots.items():
            amount = _whole(kg)
            self._add(place, lot, amount)
            book[lot.substance] = book.get(lot.substance, 0) + amount

    def _add(self, place: str, lot: Lot, amount: int) -> None:
        held = self._held.setdefault(place, {})
        held[lot] = held.get(lot, 0) + amount

    def _note(self, cause: Cause, lot: Lot, amount: int) -> None:
        """Keep what is open of a cause; what has cancelled is forgotten."""
        open_ = self._open.pop((cause, lot), 0) + amount
        if open_:
            self._open[cause, lot] = open_


def _whole(kg: float) -> int:
    if not kg >= 0.0:
        raise ValueError(f"kg: got {kg}; give 0 or more")
    return round(kg * MICROGRAMS_PER_KG)
