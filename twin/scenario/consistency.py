"""Whether what a scenario says in one place fits what it says in another."""

from __future__ import annotations

from datetime import UTC

from twin.scenario.cell_consistency import check_cell
from twin.scenario.conveyor_consistency import check_conveyors
from twin.scenario.dismantling_consistency import check_dismantling
from twin.scenario.findings import InconsistencyError, check_known
from twin.scenario.flow_consistency import check_ids, check_parts, flows
from twin.scenario.flow_limits import check_limits
from twin.scenario.flow_names import check_names
from twin.scenario.model import Scenario
from twin.scenario.operation_consistency import check_operations
from twin.scenario.order_proof import check_orders
from twin.scenario.part_consistency import check_trees
from twin.scenario.programme_consistency import check_programmes
from twin.scenario.route_consistency import check_routes


def check_consistency(scenario: Scenario) -> None:
    """Check that names lead somewhere, orders have no circle, and times exist.

    Raises:
        InconsistencyError: At the first place that disagrees with another.
    """
    _check_start(scenario)
    _check_rates(scenario)
    check_ids(scenario)
    for source_id, source in scenario.sources.items():
        if source.product is not None:
            check_known(
                ("sources", source_id, "product"),
                source.product,
                scenario.products,
                "product",
            )
    check_trees(scenario)
    check_operations(scenario)
    check_dismantling(scenario)
    check_cell(scenario)
    check_conveyors(scenario)
    check_programmes(scenario)
    check_names(scenario)
    check_parts(scenario)
    check_limits(scenario)
    if flows(scenario):
        check_routes(scenario)
        check_orders(scenario)
    for camera_id, view in scenario.cameras.items():
        if view.eye.as_tuple() == view.target.as_tuple():
            raise InconsistencyError(
                ("cameras", camera_id, "target"),
                "is where the eye is; move either",
            )


def _check_start(scenario: Scenario) -> None:
    """Refuse a local time that clocks skip or show twice."""
    early = scenario.local_start()
    late = early.replace(fold=1)
    back = early.astimezone(UTC).astimezone(early.tzinfo)
    if back.replace(tzinfo=None) != scenario.start:
        raise InconsistencyError(
            ("start",),
            f"{scenario.start} does not exist in {scenario.timezone}, where clocks "
            f"skip it; give {back.replace(tzinfo=None)} or another time",
        )
    if early.utcoffset() != late.utcoffset():
        raise InconsistencyError(
            ("start",),
            f"{scenario.start} comes twice in {scenario.timezone}, when clocks are "
            "set back; give a time before or after that hour",
        )


def _check_rates(scenario: Scenario) -> None:
    physics = scenario.physics
    ratio = physics.rate / physics.frame_rate
    if abs(ratio - round(ratio)) > 1e-9 or ratio < 1:
        raise InconsistencyError(
            ("physics", "frame_rate"),
            f"{physics.frame_rate:g} Hz does not divide the rate of "
            f"{physics.rate:g} Hz; choose a divisor",
        )
