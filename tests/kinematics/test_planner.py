"""Programmes: postures over the whole, ways, and what an arm cannot do."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from fleet import model, posture
from numpy.typing import NDArray

from twin.errors import KinematicsError
from twin.kinematics.arm import Arm
from twin.kinematics.choice import line_is_clear
from twin.kinematics.motion import Limits, LineLimits
from twin.kinematics.planner import Planner
from twin.kinematics.programme import Act, Blocker, Move, Situation, Stop
from twin.kinematics.search import STEP
from twin.transforms import Matrix, transform, wxyz_about

DOWN = wxyz_about((1.0, 0.0, 0.0), np.pi)
TIP = transform((0.0, 0.0, 0.2))


def free(q: NDArray[np.float64], situation: Situation) -> str:
    return ""


def planner(name: str = "kuka_kr16_2", blocker: Blocker = free) -> Planner:
    arm = Arm(model(name), np.eye(4), TIP)
    n = arm.n_joints
    home = posture(arm, [0.5, 0.4, 0.6, 0.5, 0.6, 0.5, 0.5, 0.5])
    return Planner(
        arm=arm,
        limits=Limits(arm.velocity, np.full(n, 6.0), np.full(n, 60.0)),
        line=LineLimits(0.25, 1.0, 10.0),
        home=home,
        vias=(),
        blocker=blocker,
        seed=1,
    )


def stop(name: str, at_m: tuple[float, float, float], **more: object) -> Stop:
    said = {
        "do": "hold",
        "target": "",
        "approach_m": 0.1,
        "retreat_m": 0.1,
        "flange_from_tip": TIP,
        "mounted": "tool",
        "mounted_after": "tool",
        "world_from_aim": transform(at_m, DOWN),
    }
    return Stop(name, **(said | more))  # type: ignore[arg-type]  # as tests need


HOME = stop("home", (0, 0, 0), do="home")


@pytest.mark.parametrize("name", ["kuka_kr16_2", "kuka_kr120_r2500", "franka_panda"])
def test_segments_join_and_keep_the_limits(name: str) -> None:
    out_m = 1.4 if name == "kuka_kr120_r2500" else 0.5
    planned = planner(name).plan(
        [stop("a", (out_m, 0.3, 0.3)), stop("b", (out_m, -0.3, 0.3)), HOME], "tool"
    )
    arm = planner(name).arm
    here = planned.start
    kinds = []
    for segment in planned.segments:
        if isinstance(segment, Act):
            kinds.append("act")
            continue
        kinds.append(segment.kind)
        np.testing.assert_allclose(segment.trajectory.start, here, atol=1e-9)
        q, qd, qdd = segment.trajectory.sampled(1.0 / 240.0)
        assert all(arm.within_limits(row) for row in q)
        assert (np.abs(qd) <= arm.velocity * (1 + 1e-6)).all()
        assert (np.abs(qdd) <= 6.0 * (1 + 1e-6)).all()
        here = segment.trajectory.end
    assert kinds == ["travel", "approach", "act", "retreat"] * 2 + ["travel"]
    np.testing.assert_allclose(here, planner(name).home)
    assert planned.motion_s == pytest.approx(
        sum(
            segment.trajectory.duration_s
            for segment in planned.segments
            if isinstance(segment, Move)
        )
    )


def test_the_tool_is_at_the_aim_when_it_acts() -> None:
    made = planner()
    aim = (0.9, 0.2, 0.4)
    planned = made.plan([stop("a", aim)], "tool")
    before = [s for s in planned.segments if isinstance(s, Move)][1]
    pose: Matrix = made.arm.forward(before.trajectory.end)
    np.testing.assert_allclose(pose, transform(aim, DOWN), atol=5e-6)


def test_too_far_is_refused_with_task_and_reason() -> None:
    with pytest.raises(
        KinematicsError, match=r"task 2 \(pick door\): target: no IK branch"
    ):
        planner().plan(
            [stop("a", (0.9, 0, 0.4)), stop("task 2 (pick door)", (9, 0, 0))]
        )


def test_a_limit_is_refused_with_its_joint() -> None:
    made = planner("gantry")
    arm = made.arm
    q = posture(arm, [0.5, 0.5, 0.5, 0.5, 0.5])
    q[0] = 4.4
    aim = arm.forward(q)
    with pytest.raises(
        KinematicsError, match=r"task 1: target: limit of joint 1 passed by 400 mm"
    ):
        made.plan([stop("task 1", (0, 0, 0), world_from_aim=aim)])


def test_a_collision_is_refused_with_what_it_meets() -> None:
    def fence(q: NDArray[np.float64], situation: Situation) -> str:
        return "fence" if situation.near else ""

    with pytest.raises(
        KinematicsError, match=r"task 1: target: collision with fence; move"
    ):
        planner(blocker=fence).plan([stop("task 1", (0.9, 0, 0.4), near=("part",))])


class Wall:
    """Between two stops axis 1 may not pass the middle unless the arm leans back."""

    def __init__(self) -> None:
        self.asked: list[NDArray[np.float64]] = []

    def __call__(self, q: NDArray[np.float64], situation: Situation) -> str:
        self.asked.append(q)
        return "wall" if abs(float(q[0])) < 0.2 and float(q[1]) > -1.9 else ""


def test_a_wall_between_two_stops_is_gone_around() -> None:
    wall = Wall()
    made = planner(blocker=wall)
    home = made.home.copy()
    home[0] = 0.9
    made = Planner(made.arm, made.limits, made.line, home, (), wall, made.seed)
    stops = [stop("a", (0.7, -0.6, 0.4)), stop("b", (0.7, 0.6, 0.4))]
    first, second = made.plan(stops, "tool"), made.plan(stops, "tool")
    travels = [s for s in first.segments if isinstance(s, Move) and s.kind == "travel"]
    crossing = travels[1].waypoints
    assert len(crossing) > 2
    clear = line_is_clear(lambda q: not wall(q, Situation()), STEP)
    for travel in travels:
        assert all(clear(a, b) for a, b in itertools.pairwise(travel.waypoints))
    for one, two in zip(first.segments, second.segments, strict=True):
        if isinstance(one, Move) and isinstance(two, Move):
            np.testing.assert_array_equal(one.waypoints, two.waypoints)


class WidePost(Wall):
    """The same wall, thicker by what is kept beyond the clearance."""

    def __call__(self, q: NDArray[np.float64], situation: Situation) -> str:
        wide = 2.0 * situation.margin_m
        met = abs(float(q[0])) < 0.2 + wide and float(q[1]) > -1.9 - wide
        return "wall" if met else ""


def test_a_way_with_a_margin_serves_stops_that_moved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = planner(blocker=WidePost())
    home = made.home.copy()
    home[0] = 0.9
    made = Planner(made.arm, made.limits, made.line, home, (), made.blocker, made.seed)
    known = made.plan(
        [stop("a", (0.7, -0.6, 0.4)), stop("b", (0.7, 0.6, 0.4))],
        "tool",
        margin_m=0.02,
    )
    kept = line_is_clear(lambda q: not made.blocker(q, Situation(margin_m=0.02)), STEP)
    for each in known.segments:
        if isinstance(each, Move) and each.kind == "travel":
            assert all(kept(a, b) for a, b in itertools.pairwise(each.waypoints))

    def refused(*asked: object) -> NDArray[np.float64]:
        raise AssertionError("a way was searched anew")

    monkeypatch.setattr("twin.kinematics.planner.search_way", refused)
    for off_m in (-0.012, 0.012):
        moved = [
            stop("a", (0.7 + off_m, -0.6, 0.4)),
            stop("b", (0.7, 0.6 + off_m, 0.4)),
        ]
        again = made.plan_like(known, moved, "tool")
        assert abs(again.motion_s - known.motion_s) < 0.1
        for place, corners in known.ways().items():
            np.testing.assert_array_equal(again.ways()[place], corners)


def test_known_corners_that_collide_are_not_taken() -> None:
    wall = Wall()
    made = planner(blocker=wall)
    home = made.home.copy()
    home[0] = 0.9
    made = Planner(made.arm, made.limits, made.line, home, (), wall, made.seed)
    stops = [stop("a", (0.7, -0.6, 0.4)), stop("b", (0.7, 0.6, 0.4))]
    through = {place: np.zeros((1, 6)) for place in range(2)}
    honest = made.plan(stops, "tool")
    misled = made.plan(stops, "tool", ways=through)
    for place, corners in honest.ways().items():
        np.testing.assert_array_equal(misled.ways()[place], corners)


def test_without_a_way_it_says_what_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.kinematics.search.MOST_ROUNDS", 200)

    def wall(q: NDArray[np.float64], situation: Situation) -> str:
        return "wall" if abs(float(q[0])) < 0.2 else ""

    made = planner(blocker=wall)
    home = made.home.copy()
    home[0] = 0.9
    made = Planner(made.arm, made.limits, made.line, home, (), wall, made.seed)
    with pytest.raises(
        KinematicsError,
        match=r"b: way: collision with wall, and no clear way after 200",
    ):
        made.plan([stop("a", (0.7, -0.6, 0.4)), stop("b", (0.7, 0.6, 0.4))])


def test_situations_follow_what_is_held_and_moved() -> None:
    seen: dict[str, set[str]] = {}

    def note(q: NDArray[np.float64], situation: Situation) -> str:
        seen.setdefault(situation.holding, set()).update(situation.moved)
        return ""

    take = stop(
        "a", (0.8, 0.3, 0.4), do="pick", target="box", world_from_part=np.eye(4)
    )
    planner(blocker=note).plan([take, stop("b", (0.8, -0.3, 0.4), do="place"), HOME])
    assert seen == {"": {"box"}, "box": set()}
