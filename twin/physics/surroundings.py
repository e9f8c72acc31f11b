"""What a posture would come too near to: asked in a world apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.kinematics.programme import Situation
from twin.physics.manipulator import ManipulatorDrive
from twin.physics.world import Body, World
from twin.transforms import Matrix, Vector, transform

TOUCH_M = 2e-3
"""At work a tool and what it holds may press this deep into what they work on."""

AWAY = transform((0.0, 0.0, -100.0))
"""Where what is not there any more is put: far below all that arms reach."""

_APART = 2
"""Links with fewer joints between them cannot be told from touching by their hulls."""


class Surroundings:
    """Tells what is in an arm's way, in a world that never steps.

    The world is built like the cell's, arm included; asking the cell's own would
    mean moving its arm.

    Attributes:
        rides_off: Parts that a conveyor takes away once they are put down.

    Args:
        world: A world of its own; this object closes it.
        drive: The arm in that world.
        clearance_m: What is nearer than this is in the way.
        beneath: Bodies that the base is bolted to.
    """

    def __init__(
        self,
        world: World,
        drive: ManipulatorDrive,
        clearance_m: float,
        beneath: Collection[str] = (),
    ) -> None:
        self._world = world
        self._drive = drive
        self._clearance_m = clearance_m
        self._beneath = frozenset(beneath)
        self._reset = world.bound("resetJointStatesMultiDof")
        self._closest = world.bound("getClosestPoints")
        self._extent = world.bound("getAABB")
        body = drive.body
        self._joints = [body.link_index[link] for link in drive.joint_links]
        self._tool_links = {
            tool: frozenset(
                index
                for name, index in body.link_index.items()
                if name.partition("#")[0].partition("/")[0] == tool
            )
            for tool in drive.tools
        }
        self._situation: Situation | None = None
        self._put: dict[str, Matrix] = {}
        self._seated_m: dict[tuple[str, str], float] = {}
        self.rides_off: frozenset[str] = frozenset()
        self._bodies = {each.name: each for each in world.bodies.values()}
        self._boxes: NDArray[np.float64] = np.zeros((0, 2, 3))
        self._own_pairs = self._pairs_of_own()
        self._own_places = np.array(self._own_pairs, dtype=int).reshape(-1, 2).T + 1

    def asked(self) -> list[object]:
        """Return what decides, besides the world's bodies, what is in the way."""
        put = [(part, self._put[part]) for part in sorted(self._put)]
        return [
            self._drive.name,
            self._clearance_m,
            sorted(self._beneath),
            sorted(self.rides_off),
            put,
            sorted(self._seated_m.items()),
        ]

    def put(self, part: str, world_from_part: Matrix) -> None:
        """Say where a part is before the programme begins."""
        self._put[part] = world_from_part
        self._situation = None

    def seat(self, *bodies: str) -> None:
        """Say that some bodies overlap where they were put, as a door and its frame.

        One that is held may then be as deep in another, while it is taken out, as
        it was in its seat; what it is deep in otherwise is in the way.
        """
        for part, pose in self._put.items():
            self._bodies[part].set_pose(pose)
        self._situation, self._seated_m = None, {}
        for one in bodies:
            for other in bodies:
                points = self._closest(
                    self._bodies[one].body_id,
                    self._bodies[other].body_id,
                    0.0,
                    physicsClientId=self._world.client,
                )
                depth_m = min((point[8] for point in points), default=0.0)
                if one != other:
                    self._seated_m[one, other] = depth_m

    def rests(self, part: str, situation: Situation, drop_m: float) -> bool:
        """Return whether a part that is let go of falls on something within a drop.

        Args:
            part: What was just put down in the situation.
            situation: After that.
            drop_m: How far it may fall.
        """
        self._arrange(replace(situation, moved=dict(situation.moved)))
        body = self._bodies[part]
        body.set_pose(transform((0.0, 0.0, -drop_m)) @ situation.moved[part])
        arm = self._drive.body
        met = any(
            self._closest(
                body.body_id, each.body_id, 0.0, physicsClientId=self._world.client
            )
            for each in self._bodies.values()
            if each is not body and each is not arm
        )
        self._situation = None
        return met

    def _pairs_of_own(self) -> list[tuple[int, int]]:
        """Return pairs of the arm's own links that could hit each other.

        Those that overlap at home as hulls would always do; they are left out.
        """
        drive = self._drive
        depth: dict[str, int] = {drive.model.base_link: 0}
        for joint in drive.model.joints:
            depth[joint.child] = depth[joint.parent] + (joint.type != "fixed")
        shaped = [link.name for link in drive.model.links if link.collision]
        index = drive.body.link_index
        self._pose(drive.home)
        pairs = []
        for place, one in enumerate(shaped):
            for other in shaped[place + 1 :]:
                if abs(depth[one] - depth[other]) <= _APART:
                    continue
                if not self._near(index[one], index[other], 0.0):
                    pairs.append((index[one], index[other]))
        return pairs

    def _near(self, one: int, other: int, reach_m: float) -> bool:
        body = self._drive.body.body_id
        return bool(
            self._closest(
                body,
                body,
                reach_m,
                linkIndexA=one,
                linkIndexB=other,
                physicsClientId=self._world.client,
            )
        )

    def _pose(self, q: Vector) -> None:
        # All at once, since Bullet moves the links anew after each call.
        self._reset(
            self._drive.body.body_id,
            self._joints,
            q[:, None].tolist(),
            physicsClientId=self._world.client,
        )

    def __call__(self, q: Vector, situation: Situation) -> str:
        """Return the name of what a posture comes too near to, "" if nothing."""
        self._arrange(situation)
        self._pose(q)
        held = self._bodies.get(situation.holding) if situation.holding else None
        if held is not None:
            held.set_pose(self._drive.arm.flange(q) @ situation.flange_from_part)
        links = self._links_box(self._drive.body)
        what = self._arm_meets(situation, held, links)
        if not what and held is not None:
            what = self._part_meets(held, situation)
        return what or self._own_meets(links)

    def _arrange(self, situation: Situation) -> None:
        """Put parts where they are and the right tool on, if that has changed."""
        before = self._situation
        if (
            before is not None
            and before.mounted == situation.mounted
            and before.holding == situation.holding
            and before.moved is situation.moved
        ):
            return
        for name, tool in self._drive.tools.items():
            if tool.coupled != (name == situation.mounted):
                if tool.coupled:
                    tool.uncouple()
                else:
                    tool.couple()
        moved = {
            part: AWAY if part in self.rides_off else pose
            for part, pose in situation.moved.items()
        }
        for part, pose in {**self._put, **moved}.items():
            self._bodies[part].set_pose(pose)
        self._boxes = np.array([_hull(self._links_box(b)) for b in self._others()])
        self._situation = situation

    def _others(self) -> list[Body]:
        arm = self._drive.body
        return [body for body in self._bodies.values() if body is not arm]

    def _links_box(self, body: Body) -> NDArray[np.float64]:
        """Return low and high corner of a body's links, world frame, m, (n, 2, 3)."""
        extent, client = self._extent, self._world.client
        links = range(-1, len(body.link_index) - 1)
        return np.array(
            [extent(body.body_id, link, physicsClientId=client) for link in links]
        )

    def _near_boxes(self, boxes: NDArray[np.float64], reach_m: float) -> list[Body]:
        """Return what has its box near some links': to ask of all costs more."""
        low, high = boxes[:, None, 0] - reach_m, boxes[:, None, 1] + reach_m
        meet = (low <= self._boxes[:, 1]) & (high >= self._boxes[:, 0])
        places = np.flatnonzero(meet.all(axis=2).any(axis=0)).tolist()
        others = self._others()
        return [others[place] for place in places]

    def _arm_meets(
        self, situation: Situation, held: Body | None, links: NDArray[np.float64]
    ) -> str:
        arm, client = self._drive.body.body_id, self._world.client
        working = self._tool_links.get(situation.mounted, frozenset())
        stowed = frozenset(
            index
            for tool, indices in self._tool_links.items()
            if tool != situation.mounted
            for index in indices
        )
        reach_m = self._clearance_m + situation.margin_m
        for body in self._near_boxes(links, reach_m):
            if body is held:
                continue
            near = body.name in situation.near
            for point in self._closest(
                arm, body.body_id, reach_m, physicsClientId=client
            ):
                link = point[3]
                if link in stowed or (link < 0 and body.name in self._beneath):
                    continue
                if near and link in working and point[8] > -TOUCH_M:
                    continue
                return body.name
        return ""

    def _part_meets(self, held: Body, situation: Situation) -> str:
        client = self._world.client
        reach_m = 0.0
        if not situation.near:
            reach_m = self._clearance_m + situation.margin_m
        for body in self._near_boxes(self._links_box(held), reach_m):
            if body is held:
                continue
            seated_m = self._seated_m.get((held.name, body.name), 0.0)
            for point in self._closest(
                held.body_id, body.body_id, reach_m, physicsClientId=client
            ):
                if not situation.near or point[8] < seated_m - TOUCH_M:
                    return body.name
        return ""

    def _own_meets(self, links: NDArray[np.float64]) -> str:
        # The base is the first of the boxes and has the index -1.
        first, second = links[self._own_places[0]], links[self._own_places[1]]
        meet = (first[:, 0] <= second[:, 1]) & (first[:, 1] >= second[:, 0])
        for place in np.flatnonzero(meet.all(axis=1)).tolist():
            one, other = self._own_pairs[place]
            if self._near(one, other, 0.0):
                name = self._drive.link_name
                return f"itself ({name(one)} and {name(other)})"
        return ""

    def close(self) -> None:
        """Free the world."""
        self._world.close()


def _hull(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)])


def nothing_around(q: Vector, situation: Situation) -> str:
    """Stand for surroundings where there are none."""
    del q, situation
    return ""
