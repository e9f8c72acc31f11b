"""Which parts programmes put on conveyors, and which bays those feed."""

from __future__ import annotations

from twin.scenario.equipment import ModuleBays
from twin.scenario.model import Scenario


def parts_to_bays(scenario: Scenario, programme_id: str) -> dict[str, str]:
    """Return the test bays that each part of a programme comes to, by part, in order.

    Parts that go elsewhere are left out.
    """
    fed = {
        equipment.takes_from: name
        for name, equipment in scenario.equipment.items()
        if isinstance(equipment, ModuleBays)
    }
    put_downs = scenario.programmes[programme_id].put_downs()
    return {part: fed[of] for part, of in put_downs.items() if of in fed}
