"""Faults of a cell: what can be injected, what is in, and what is due when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twin.errors import PhysicsError
from twin.physics.device import Breakable
from twin.signals import FaultKind, FaultOffer, Injected

MAX_INJECTED = 64
"""Most faults that are in at once."""


@dataclass(frozen=True, slots=True)
class Due:
    """A fault that the scenario injects or mends at a tick."""

    tick: int
    fault: Injected
    mends: bool


class Faults:
    """Who can suffer what, and who does.

    A device joins by offering faults (``Breakable``); nothing here knows what a
    fault does to it.

    Args:
        devices: Whoever can be broken.
    """

    def __init__(self, devices: Iterable[Breakable]) -> None:
        self._offers: dict[tuple[str, FaultKind], tuple[FaultOffer, Breakable]] = {}
        for device in devices:
            for offer in device.faults():
                self._offers[offer.source, offer.kind] = (offer, device)
        self.injected: list[Injected] = []

    def offers(self) -> tuple[FaultOffer, ...]:
        """Return what can be injected, in a fixed order."""
        return tuple(offer for offer, _ in self._offers.values())

    def check(self, source: str, kind: str, target: str) -> FaultOffer:
        """Return the offer that a wish fits.

        Raises:
            PhysicsError: If there is none; the message says what there is.
        """
        for (named, offered), (offer, _) in self._offers.items():
            if named != source or offered != kind:
                continue
            if (target or offer.targets) and target not in offer.targets:
                raise PhysicsError(
                    f"fault {source}/{kind}: no target {target!r}; "
                    f"known: {', '.join(offer.targets) or 'none, leave it out'}"
                )
            return offer
        known = sorted(f"{named}/{offered}" for named, offered in self._offers)
        raise PhysicsError(
            f"fault {source}/{kind}: nothing here can have it; "
            f"known: {', '.join(known)}"
        )

    def inject(self, source: str, kind: str, target: str, tick: int) -> Injected | None:
        """Break something; None if it is broken like that already.

        Raises:
            PhysicsError: If it can't be broken like that, or too much is.
        """
        offer = self.check(source, kind, target)
        fault = Injected(source, offer.kind, target, tick)
        if any(_same(fault, other) for other in self.injected):
            return None
        if len(self.injected) >= MAX_INJECTED:
            raise PhysicsError(
                f"fault {source}/{kind}: {MAX_INJECTED} faults are in; clear some"
            )
        self._offers[source, offer.kind][1].inject(offer.kind, target)
        self.injected.append(fault)
        return fault

    def mend(self, source: str, kind: str, target: str) -> list[Injected]:
        """Mend what fits a wish, "" fitting all; return what was mended."""
        mended = [
            fault
            for fault in self.injected
            if source in ("", fault.source)
            and kind in ("", fault.kind)
            and target in ("", fault.target)
        ]
        for fault in mended:
            self.injected.remove(fault)
            self._offers[fault.source, fault.kind][1].mend(fault.kind, fault.target)
        return mended

    def recall(self, injected: Sequence[Injected]) -> None:
        """Have these in; the devices remember by themselves that they are."""
        self.injected = list(injected)


def _same(one: Injected, other: Injected) -> bool:
    return (one.source, one.kind, one.target) == (
        other.source,
        other.kind,
        other.target,
    )
