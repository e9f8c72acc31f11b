"""Names in a programme lead to places, and tasks to stops."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from twin.errors import KinematicsError
from twin.kinematics.places import LayoutPlaces
from twin.kinematics.tasks import stops_of
from twin.layout.plan import Layout, build_layout
from twin.scenario import load_scenario
from twin.scenario.equipment import Manipulator
from twin.scenario.programme import Programme, Target
from twin.transforms import transform

SCENARIO = Path(__file__).parents[2] / "scenarios" / "battery_cell.yaml"
AT = transform((0.0, 0.0, 1.5))


@cache
def layout() -> Layout:
    return build_layout(load_scenario(SCENARIO), SCENARIO.parent)


def places() -> LayoutPlaces:
    return LayoutPlaces(
        layout(), {"hatchback_ev": AT}, {"hatchback_ev": ("car_1", "pack_1")}
    )


def robot() -> Manipulator:
    tools = {
        "nut": {
            "kind": "nutrunner",
            "mass": "6 kg",
            "length": "300 mm",
            "speed": "250 rpm",
            "torque": "120 N m",
            "lateral_tolerance": "4 mm",
            "tilt_tolerance": "2 deg",
        },
        "shear": {
            "kind": "shear",
            "mass": "8 kg",
            "length": "350 mm",
            "force": "40 kN",
            "time": "1.5 s",
        },
    }
    stand = {"x": "1 m", "y": "1 m", "z": "1 m", "roll": "180 deg"}
    return Manipulator.model_validate(
        {
            "kind": "manipulator",
            "asset": "kuka_kr16_2",
            "payload": "10 kg",
            "tools": tools,
            "mounted": "nut",
            "changer": {"time": "3 s", "places": {"nut": stand, "shear": stand}},
        }
    )


def test_a_fastener_stands_where_its_product_does() -> None:
    head = places().fastener("hatchback_ev", "bolt_01")
    lower = LayoutPlaces(layout(), {"hatchback_ev": np.eye(4)}).fastener(
        "hatchback_ev", "bolt_01"
    )
    np.testing.assert_allclose(head, AT @ lower)
    # Turned out from below: the tool pushes up.
    np.testing.assert_allclose(head[:3, 2], [0.0, 0.0, 1.0], atol=1e-9)


def test_an_offset_is_in_the_named_frame() -> None:
    target = {"of": "hatchback_ev", "node": "battery_pack"}
    plain = places().aim(Target.model_validate(target))
    offset = {"x": "0.1 m", "y": "0 m", "z": "-0.2 m", "roll": "180 deg"}
    moved = places().aim(Target.model_validate(target | {"offset": offset}))
    expected = plain @ transform((0.1, 0.0, -0.2), (0.0, 1.0, 0.0, 0.0))
    np.testing.assert_allclose(moved, expected, atol=1e-12)
    np.testing.assert_allclose(places().part("battery_pack"), plain)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"of": "hatchback", "node": "battery_pack"}, "target of 'hatchback': nothing"),
        ({"of": "hatchback_ev", "node": "roof_"}, "has no node 'roof_'; known: "),
        ({"of": "hatchback_ev", "fastener": "bolt_99"}, "has no fastener 'bolt_99'"),
        ({"of": "lift", "port": "none"}, "'lift' has no port 'none'"),
    ],
)
def test_a_name_that_leads_nowhere_lists_what_there_is(
    target: dict[str, str], said: str
) -> None:
    with pytest.raises(KinematicsError, match=said):
        places().aim(Target.model_validate(target))


def test_a_part_nobody_has_is_named() -> None:
    with pytest.raises(KinematicsError, match="part 'wing': no product has it"):
        places().part("wing")


def test_tasks_become_stops_with_changes_of_tools() -> None:
    programme = Programme.model_validate(
        {
            "robot": "robot",
            "tasks": [
                {
                    "task": "unscrew",
                    "of": "hatchback_ev",
                    "fasteners": ["bolt_01", "bolt_02"],
                },
                {
                    "task": "cut",
                    "tool": "shear",
                    "joint": "strut",
                    "target": {"of": "hatchback_ev", "node": "battery_pack"},
                    "retreat": "0.2 m",
                },
                {"task": "home"},
            ],
        }
    )
    stops = stops_of(programme, robot(), places())
    assert [(stop.do, stop.target) for stop in stops] == [
        ("unscrew", "bolt_01"),
        ("unscrew", "bolt_02"),
        ("uncouple", "nut"),
        ("couple", "shear"),
        ("cut", "strut"),
        ("home", ""),
    ]
    first, _, away, take, cut, home = stops
    assert first.near == ("car_1", "pack_1")
    assert first.spins > 1
    assert (away.mounted, away.mounted_after) == ("nut", "")
    assert (take.mounted, take.mounted_after, take.seconds) == ("", "shear", 3.0)
    assert (cut.approach_m, cut.retreat_m) == (0.1, 0.2)
    assert cut.flange_from_tip[2, 3] == pytest.approx(0.35)
    assert home.mounted == "shear"
