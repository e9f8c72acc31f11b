"""What everything that stands somewhere has."""

from __future__ import annotations

from twin.scenario.fields import (
    ORIGIN,
    Model,
    Place,
    Text,
)


class Placed(Model):
    """What everything that stands somewhere has.

    Attributes:
        label: Name for people; the id where absent.
        place: Pose of its origin, world frame.
        asset: Name in the asset manifest, or a mesh file beside the scenario.
    """

    label: Text | None = None
    place: Place = ORIGIN
    asset: str
