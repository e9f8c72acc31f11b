"""Test bays: where parts that come on a conveyor are tested, each for a time."""

from __future__ import annotations

from typing import Literal

from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import Count, PositiveSeconds


class ModuleBays(Placed):
    """Bays that parts are put into from the end of a conveyor, first come first served.

    A transfer car takes one part at a time to the first free bay. When it has been
    tested, a truck that is not modelled collects it.

    Attributes:
        asset: With a port "place" on a node for each bay, and a port "in" before it.
        bays: How many.
        takes_from: Id of an accumulating conveyor.
        transfer_time: Of the car from the conveyor into a bay, and back.
        test_time: From when a part is in its bay until it is collected.
    """

    kind: Literal["test_bays"]
    bays: Count
    takes_from: str
    transfer_time: PositiveSeconds
    test_time: PositiveSeconds
