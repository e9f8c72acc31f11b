"""Work as flow sees it: how long, by whom, with what, and what comes off."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from twin.scenario.fields import Count, Model, Probability, Text
from twin.scenario.fluids import Drain, FluidKind
from twin.scenario.laws import Law
from twin.scenario.routes import Route
from twin.units import Quantity


class OperationBase(Model):
    """What every operation has.

    Attributes:
        after: Operations of this station that must be done first.
        needs: Conditions the part must meet, such as "hv_isolated".
        grants: Conditions it meets from then on.
        time: How long it takes; physics finds out by itself.
        removes: Parts of the product that it takes off.
        fires: Pyrotechnic parts that it sets off where they are.
        drains: Fluids that it lets out, and where to.
        tilts: Whether it turns the car on its side.
        ignites: Whether it makes sparks or heat: burning, grinding, welding.
    """

    after: tuple[str, ...] = Field(default=(), strict=False)
    needs: tuple[str, ...] = Field(default=(), strict=False)
    grants: tuple[str, ...] = Field(default=(), strict=False)
    time: Law | None = None
    removes: tuple[str, ...] = Field(default=(), strict=False)
    fires: tuple[str, ...] = Field(default=(), strict=False)
    drains: dict[FluidKind, Drain] = {}
    tilts: bool = False
    ignites: bool = False

    def lasts_as_it_drains(self) -> bool:
        """Return whether it has no time but that in which its fluids run out."""
        rates = [drain.rate_kgps(fluid) for fluid, drain in self.drains.items()]
        return self.time is None and bool(rates) and None not in rates


class Yield(Model):
    """What an operation takes off the part, or makes of it.

    Attributes:
        present: Probability that it is there.
        to: Where it goes.
        count: How many.
    """

    present: Probability = Quantity(1.0)
    to: Route
    count: Count = 1


class Seized(Model):
    """Something stuck, and the destructive way out.

    Attributes:
        probability: Of its being stuck.
        time: What the operation takes instead.
        yields: Whether what it yields is kept, or lost.
    """

    probability: Probability
    time: Law
    yields: Literal["keep", "lose"]


class Task(OperationBase):
    """Work that takes a time: of people, of tools, or of the station alone.

    Attributes:
        label: Name for people; the id where absent.
        time_by_product: How long it takes for those products instead.
        people: How many of which skill it takes.
        uses: How many of which tool.
        after_any: Operations of which one must be done first.
        takes: How many it takes from which store.
        yields: What comes off, by product.
        present: Probability that what it works on is there; else it is skipped.
        seized: Never where absent.
        only: Products it is done on; all where empty.
        at_shift_end: What becomes of it when its people go, or the station closes.
        on_failure: What becomes of it once the machine is repaired.
    """

    do: Literal["task"]
    label: Text = Field(default_factory=lambda: Text(en="", fr=""))
    time_by_product: dict[str, Law] = {}
    people: dict[str, Count] = {}
    uses: dict[str, Count] = {}
    after_any: tuple[str, ...] = Field(default=(), strict=False)
    takes: dict[str, Count] = {}
    yields: dict[str, Yield] = {}
    present: Probability = Quantity(1.0)
    seized: Seized | None = None
    only: tuple[str, ...] = Field(default=(), strict=False)
    at_shift_end: Literal["finish", "pause", "hand_over"] = "finish"
    on_failure: Literal["resume", "restart", "scrap"] = "resume"
