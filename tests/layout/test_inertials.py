"""What links weigh: as stated, as the file says, or a stated estimate."""

from __future__ import annotations

import dataclasses
import logging
import math

import numpy as np
import pytest

from twin.errors import LayoutError
from twin.layout.hulls import MOST_VERTICES, Hull, coarser, solid_of
from twin.layout.inertials import HULL_DENSITY_KGPM3, settle_inertials
from twin.layout.robots import RobotModel, load_robot
from twin.layout.solids import outward_hull, solid_triangles
from twin.layout.urdf_parts import Inertial, UrdfSolid


def box_hull(edges_m: tuple[float, float, float], at_m: tuple[float, ...]) -> Hull:
    vertices, triangles = solid_triangles(
        UrdfSolid("box", edges_m, np.eye(4), (0,) * 4)
    )
    return Hull(vertices + np.array(at_m), triangles)


def test_a_box_weighs_and_turns_as_a_box() -> None:
    """m/12 (b2 + c2) about its middle, wherever it is."""
    solid = solid_of([box_hull((2.0, 1.0, 0.5), (3.0, -1.0, 4.0))])
    assert solid.volume_m3 == pytest.approx(1.0)
    np.testing.assert_allclose(solid.centroid_m, [3.0, -1.0, 4.0], atol=1e-12)
    expected = np.diag([1.0 + 0.25, 4.0 + 0.25, 4.0 + 1.0]) / 12.0
    np.testing.assert_allclose(solid.inertia_m5, expected, atol=1e-12)


def test_two_halves_are_a_whole() -> None:
    halves = [box_hull((1.0, 1.0, 0.5), (x, 0.0, 0.0)) for x in (0.5, 1.5)]
    whole = solid_of([box_hull((2.0, 1.0, 0.5), (1.0, 0.0, 0.0))])
    both = solid_of(halves)
    assert both.volume_m3 == pytest.approx(whole.volume_m3)
    np.testing.assert_allclose(both.inertia_m5, whole.inertia_m5, atol=1e-12)


def test_round_solids_are_drawn_around_what_they_are() -> None:
    ball = UrdfSolid("sphere", (0.5, 0.0, 0.0), np.eye(4), (0,) * 4)
    rod = UrdfSolid("cylinder", (0.5, 2.0, 0.0), np.eye(4), (0,) * 4)
    for solid, true_m3 in (
        (ball, 4 / 3 * math.pi * 0.125),
        (rod, math.pi * 0.25 * 2.0),
    ):
        volume_m3 = solid_of([Hull(*solid_triangles(solid))]).volume_m3
        assert true_m3 < volume_m3 < 1.03 * true_m3


def test_a_coarser_hull_contains_the_finer_one() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(4_000, 3))
    points *= np.array([1.0, 0.5, 0.3]) / np.linalg.norm(points, axis=1)[:, None]
    fine = Hull(*outward_hull(points))
    assert len(fine.vertices_m) > MOST_VERTICES
    coarse = coarser(fine)
    assert len(coarse.vertices_m) <= MOST_VERTICES
    a, b, c = (coarse.vertices_m[coarse.triangles[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    beyond = fine.vertices_m @ normals.T - np.einsum("ij,ij->i", a, normals)
    assert beyond.max() < 1e-9
    assert solid_of([coarse]).volume_m3 < 1.05 * solid_of([fine]).volume_m3


@pytest.mark.parametrize(
    ("name", "total_kg", "said"),
    [
        ("kuka_kr210_l150", 1267.0, "multiplied by 0.260"),
        ("kuka_kr120_r2500", 1049.0, "no usable mass for base_link, link_1"),
        ("kuka_kr16_2", 235.0, "no usable mass for base_link"),
        ("lbr_iiwa_14_r820", 29.9, "no usable mass for base_link"),
    ],
)
def test_a_total_is_met_and_estimates_are_told(
    name: str, total_kg: float, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        settled = settle_inertials(load_robot(name))
    assert sum(one.mass_kg for one in settled.by_link.values()) == pytest.approx(
        total_kg
    )
    assert said in caplog.text
    assert name in caplog.text


def test_without_a_total_the_density_is_the_stated_one() -> None:
    arm = dataclasses.replace(load_robot("kuka_kr16_2"), total_kg=None)
    settled = settle_inertials(arm)
    for link in arm.links:
        if link.collision:
            expected = HULL_DENSITY_KGPM3 * solid_of(link.collision).volume_m3
            assert settled.by_link[link.name].mass_kg == pytest.approx(expected)


def test_the_scenario_wins() -> None:
    settled = settle_inertials(load_robot("kuka_kr16_2"), {"link_2": 60.0}, 200.0)
    masses = {name: one.mass_kg for name, one in settled.by_link.items()}
    assert masses["link_2"] == pytest.approx(60.0)
    assert sum(masses.values()) == pytest.approx(200.0)
    assert "link_2" not in settled.estimated


def test_a_panda_keeps_its_masses_but_not_impossible_moments() -> None:
    """0.1 kg m2 for a finger of 0.1 kg would be a finger of a metre."""
    settled = settle_inertials(load_robot("franka_panda"))
    assert settled.estimated == ()
    assert "panda_leftfinger" in settled.reshaped
    assert settled.by_link["panda_link1"].mass_kg == 2.7
    finger = settled.by_link["panda_leftfinger"]
    assert finger.mass_kg == pytest.approx(0.1)
    assert np.linalg.eigvalsh(finger.inertia_kgm2).max() < 1e-3


def test_a_total_below_what_is_stated_is_refused() -> None:
    with pytest.raises(LayoutError, match="raise the total"):
        settle_inertials(load_robot("kuka_kr16_2"), {"link_2": 60.0}, 50.0)


def test_a_link_that_is_not_there_is_named() -> None:
    with pytest.raises(LayoutError, match="no link 'link_9'; known: base_link"):
        settle_inertials(load_robot("kuka_kr16_2"), {"link_9": 60.0})


def with_inertia(model: RobotModel, inertial: Inertial) -> RobotModel:
    links = tuple(
        dataclasses.replace(link, inertial=inertial) if link.name == "link_2" else link
        for link in model.links
    )
    return dataclasses.replace(model, links=links)


def test_moments_that_no_body_has_are_replaced() -> None:
    model = dataclasses.replace(load_robot("lbr_iiwa_14_r820"), total_kg=None)
    flat = Inertial(3.0, np.zeros(3), np.diag([0.01, 0.01, 0.05]))
    settled = settle_inertials(with_inertia(model, flat))
    assert settled.reshaped == ("link_2",)
    assert settled.by_link["link_2"].mass_kg == 3.0
