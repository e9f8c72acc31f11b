"""The world: bodies by name, masses as given, nothing shared, closed once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, box, put_box, run

from twin.errors import PhysicsError
from twin.physics.world import Link, Shape, World, box_inertia_kgm2
from twin.transforms import Matrix, pose_of, transform, wxyz_about

# Bullet numbers links depth first; these are given breadth first, and the trunk
# and a twig have several shapes, each a link of its own inside.
_AXES = {
    "left": (0.0, 0.0, 1.0),
    "right": (0.0, 1.0, 0.0),
    "left_twig": (1.0, 0.0, 0.0),
    "right_twig": (0.0, 0.0, 1.0),
    "leaf": (0.0, 1.0, 0.0),
}
_PARENTS = {
    "left": "",
    "right": "trunk",
    "left_twig": "left",
    "right_twig": "right",
    "leaf": "left_twig",
}


def _cubes(count: int) -> tuple[Shape, ...]:
    return tuple(
        Shape("box", (0.1, 0.1, 0.1), (0.2 * number, 0.0, 0.0))
        for number in range(count)
    )


def _tree() -> list[Link]:
    links = [Link("trunk", 0.0, _cubes(3))]
    for number, (name, parent) in enumerate(_PARENTS.items()):
        links.append(
            Link(
                name,
                2.0 + number,
                _cubes(1 + number % 3),
                parent=parent,
                parent_from_link=_parent_from_link(number),
                joint="prismatic" if name == "right_twig" else "revolute",
                axis=_AXES[name],
                centre_of_mass_m=(0.01, 0.02, 0.03),
            )
        )
    return links


def _parent_from_link(number: int) -> Matrix:
    return transform(
        (0.3, 0.1 * number, -0.2), wxyz_about((0.0, 1.0, 0.0), 0.3 * number)
    )


def _expected(world_from_base: Matrix, values: dict[str, float]) -> dict[str, Matrix]:
    poses = {"": world_from_base, "trunk": world_from_base}
    for number, (name, parent) in enumerate(_PARENTS.items()):
        axis = _AXES[name]
        if name == "right_twig":
            moved = transform(tuple(part * values[name] for part in axis))
        else:
            moved = transform(wxyz=wxyz_about(axis, values[name]))
        poses[name] = poses[parent] @ _parent_from_link(number) @ moved
    return poses


def test_names_mean_the_links_they_name_whatever_the_order_given() -> None:
    rng = np.random.default_rng(5)
    world_from_base = transform((1.0, 2.0, 3.0), wxyz_about((0.0, 0.0, 1.0), 0.7))
    with World(DT_S) as world:
        body = world.add("tree", _tree(), world_from_base, fixed=True)
        for _ in range(50):
            values = {name: float(rng.uniform(-2.0, 2.0)) for name in _AXES}
            for name, value in values.items():
                body.reset_joint(name, value)
            for name, pose in _expected(world_from_base, values).items():
                if not name:
                    continue
                position, wxyz = body.link_pose(name)
                should, should_wxyz = pose_of(pose)
                assert position == pytest.approx(should, abs=1e-6), name
                assert abs(float(wxyz @ should_wxyz)) == pytest.approx(1.0, abs=1e-6)


def test_a_link_hangs_on_the_link_that_was_given() -> None:
    with World(DT_S) as world:
        body = world.add("tree", _tree(), np.eye(4), fixed=True)
        parents = {"trunk#1": "trunk", "trunk#2": "trunk", "right#1": "right"}
        parents |= {name: parent or "trunk" for name, parent in _PARENTS.items()}
        for name, parent in parents.items():
            index = body.link_index[name]
            stated = world.call("getJointInfo", body.body_id, index)[16]
            assert stated == body.link_index[parent], name


def test_a_body_weighs_what_was_given_however_many_shapes_it_has() -> None:
    with World(DT_S) as world:
        trunk, *branches = _tree()
        tree = world.add(
            "tree", [Link("trunk", 7.0, trunk.shapes), *branches], np.eye(4)
        )
        assert tree.mass_kg() == pytest.approx(7 + 2 + 3 + 4 + 5 + 6, rel=1e-12)
        free = world.add(
            "car", [Link("body", 1176.0, _cubes(12))], transform((0.0, 5.0, 1.0))
        )
        assert free.mass_kg() == pytest.approx(1176.0, rel=1e-12)


def test_what_is_given_as_mass_is_what_a_floor_carries() -> None:
    with World(DT_S) as world:
        floor = world.add_floor()
        shapes = tuple(
            Shape("box", (0.1, 0.1, 0.2), (x, y, 0.0))
            for x in (-0.5, 0.5)
            for y in (-0.4, 0.4)
        )
        world.add("stool", [Link("stool", 80.0, shapes)], transform((0, 0, 0.1)))
        run(world, 2.0)
        pressed_n = sum(contact.force_n for contact in world.contacts(floor))
        assert pressed_n == pytest.approx(80.0 * G_MPS2, rel=1e-3)


def test_mass_is_taken_from_a_link_without_touching_its_inertia() -> None:
    with World(DT_S) as world:
        body = put_box(world, 10.0, (0.2, 0.4, 0.6), (0.0, 0.0, 1.0))
        body.add_mass("box", -0.05)
        assert body.mass_kg() == pytest.approx(9.95, rel=1e-12)
        inertia = world.call("getDynamicsInfo", body.body_id, -1)[2]
        assert inertia == pytest.approx(box_inertia_kgm2(box(10.0, (0.2, 0.4, 0.6))))


def test_a_box_has_the_inertia_of_a_solid_box() -> None:
    link = box(12.0, (1.0, 2.0, 3.0))
    assert box_inertia_kgm2(link) == pytest.approx((13.0, 10.0, 5.0))
    rod = Link("rod", 12.0, (Shape("cylinder", (0.5, 3.0, 0.0)),))
    assert box_inertia_kgm2(rod) == pytest.approx((10.0, 10.0, 2.0))


def test_a_base_frame_is_where_it_was_put_not_its_centre_of_mass() -> None:
    pose = transform((1.0, 2.0, 9.0), wxyz_about((0.0, 1.0, 0.0), 0.4))
    link = Link("lump", 5.0, _cubes(2), centre_of_mass_m=(0.3, -0.2, 0.1))
    with World(DT_S) as world:
        body = world.add("lump", [link], pose)
        should, should_wxyz = pose_of(pose)
        for moved in (0.0, 1.5):
            position, wxyz = body.pose()
            assert position == pytest.approx(
                should + np.array([moved, 0.0, 0.0]), abs=1e-9
            )
            assert wxyz == pytest.approx(should_wxyz, abs=1e-9)
            pose[0, 3] += 1.5
            body.set_pose(pose)


def test_two_worlds_share_nothing() -> None:
    with World(DT_S) as one, World(DT_S) as other:
        falling = put_box(one, 1.0, (0.1, 0.1, 0.1), (0.0, 0.0, 5.0))
        still = put_box(other, 1.0, (0.1, 0.1, 0.1), (0.0, 0.0, 5.0))
        other.call("setGravity", 0.0, 0.0, 0.0)
        other_floor = other.add_floor()
        assert one.client != other.client
        run(one, 1.0)
        assert falling.pose()[0][2] < 1.0  # no floor here, and gravity as ever
        assert still.pose()[0].tolist() == [0.0, 0.0, 5.0]
        run(other, 1.0)
        assert still.pose()[0].tolist() == [0.0, 0.0, 5.0]
        assert list(one.bodies) == [falling.body_id]
        assert list(other.bodies) == [still.body_id, other_floor.body_id]
        one.close()
        run(other, 0.1)
        assert still.pose()[0].tolist() == [0.0, 0.0, 5.0]


def test_equal_worlds_move_equally_to_the_last_bit() -> None:
    ends = []
    for _ in range(2):
        with World(DT_S) as world:
            world.add_floor()
            boxes = [
                put_box(world, 1.0 + n, (0.2, 0.2, 0.2), (0.05 * n, 0.0, 0.3 + 0.3 * n))
                for n in range(6)
            ]
            run(world, 3.0)
            ends.append([[*body.pose()[0], *body.pose()[1]] for body in boxes])
    assert ends[0] == ends[1]
    assert math.hypot(*ends[0][-1][:2]) > 0.01  # they did fall over each other


def test_closing_twice_is_no_error() -> None:
    world = World(DT_S)
    world.close()
    world.close()


def test_a_failure_inside_the_block_still_closes_the_world() -> None:
    with pytest.raises(ZeroDivisionError), World(DT_S) as world:
        raise ZeroDivisionError
    connected = world.bullet.getConnectionInfo(physicsClientId=world.client)
    assert connected["isConnected"] == 0


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ([box(0.0, (1, 1, 1))], "thing.box: mass 0; give a mass above 0 kg"),
        ([box(math.nan, (1, 1, 1))], "thing.box: mass 0; give a mass above 0 kg"),
        (
            [box(1.0, (1, 1, 1)), Link("arm", 0.0)],
            "thing.arm: mass 0; give a mass above 0 kg",
        ),
        (
            [box(1.0, (1, 1, 1)), Link("arm", 1.0, parent="leg")],
            "thing.arm: hangs on 'leg', no link; name a link",
        ),
        (
            [
                box(1.0, (1, 1, 1)),
                Link("arm", 1.0, parent="hand"),
                Link("hand", 1.0, parent="arm"),
            ],
            "thing: links hang on each other in a circle; mend it",
        ),
    ],
)
def test_a_body_that_cannot_be_is_refused(links: list[Link], found: str) -> None:
    with World(DT_S) as world:
        with pytest.raises(PhysicsError) as caught:
            world.add("thing", links, np.eye(4))
        assert str(caught.value) == found
        assert world.bodies == {}


def test_fixtures_are_boxes() -> None:
    with World(DT_S) as world, pytest.raises(PhysicsError, match="fixtures are made"):
        world.add_fixture("post", [Shape("sphere", (0.1, 0.0, 0.0))], np.eye(4))


def test_gaps_are_measured_up_to_a_reach() -> None:
    with World(DT_S) as world:
        one = put_box(world, 1.0, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
        other = put_box(world, 1.0, (1.0, 1.0, 1.0), (1.25, 0.0, 0.0))
        assert world.gap_m(one, other, 1.0) == pytest.approx(0.25, abs=1e-6)
        assert world.gap_m(one, other, 0.1) == 0.1
        other.set_pose(transform((0.9, 0.0, 0.0)))
        assert world.gap_m(one, other, 1.0) == pytest.approx(-0.1, abs=1e-6)


def test_bodies_told_to_ignore_each_other_do() -> None:
    with World(DT_S) as world:
        floor = world.add_floor()
        falls = put_box(world, 1.0, (0.2, 0.2, 0.2), (0.0, 0.0, 0.2), name="falls")
        rests = put_box(world, 1.0, (0.2, 0.2, 0.2), (1.0, 0.0, 0.2), name="rests")
        world.ignore(falls, floor)
        run(world, 1.0)
        assert falls.pose()[0][2] < -2.0
        assert rests.pose()[0][2] == pytest.approx(0.1, abs=1e-3)
        assert [world.bodies[c.other].name for c in world.contacts(rests)] == [
            "floor"
        ] * len(world.contacts(rests))
        assert world.contacts(rests)
        assert world.contacts(falls) == []
