"""What holds a product where a conveyor has stopped it."""

from __future__ import annotations

from typing import Literal

from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import Acceleration, Friction, Newtons, Speed


class SideClamp(Placed):
    """Two jaws, one on each side, that close on what has stopped between them.

    Each comes as far as it takes to meet its side, so that a product is held where it
    stands and not pushed to the middle; then both lock.

    Attributes:
        asset: With a sliding node for each jaw, open where it rests.
        speed: Of a jaw.
        acceleration: Of the same.
        force: Of each jaw; less than what moves the product on its conveyor.
        friction: Between jaw and product. What they hold is the friction of both.
    """

    kind: Literal["side_clamp"]
    speed: Speed
    acceleration: Acceleration
    force: Newtons
    friction: Friction
