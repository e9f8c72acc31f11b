"""What a posture would come too near to: asked in a world apart."""

from __future__ import annotations

from collections.abc import Collection

from twin.kinematics.programme import Situation
from twin.physics.manipulator import ManipulatorDrive
from twin.physics.world import Body, World
from twin.transforms import Matrix, Vector

TOUCH_M = 2e-3
"""At work a tool and what it holds may press this deep into what they work on."""

_APART = 2
"""Links with fewer joints between them cannot be told from touching by their hulls."""


class Surroundings:
    """Tells what is in an arm's way, in a world that never steps.

    The world is built like the cell's, arm included; asking the cell's own would
    mean moving its arm.

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
        self._reset = world.bound("resetJointState")
        self._closest = world.bound("getClosestPoints")
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
        self._bodies = {each.name: each for each in world.bodies.values()}
        self._own_pairs = self._pairs_of_own()

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
        body, client = self._drive.body.body_id, self._world.client
        for joint, value in zip(self._joints, q.tolist(), strict=True):
            self._reset(body, joint, value, physicsClientId=client)

    def __call__(self, q: Vector, situation: Situation) -> str:
        """Return the name of what a posture comes too near to, "" if nothing."""
        self._arrange(situation)
        self._pose(q)
        held = self._bodies.get(situation.holding) if situation.holding else None
        if held is not None:
            held.set_pose(self._drive.arm.flange(q) @ situation.flange_from_part)
        what = self._arm_meets(situation, held)
        if not what and held is not None:
            what = self._part_meets(held, situation)
        return what or self._own_meets()

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
        for part, pose in {**self._put, **situation.moved}.items():
            self._bodies[part].set_pose(pose)
        self._situation = situation

    def _arm_meets(self, situation: Situation, held: Body | None) -> str:
        arm, client = self._drive.body.body_id, self._world.client
        working = self._tool_links.get(situation.mounted, frozenset())
        stowed = frozenset(
            index
            for tool, links in self._tool_links.items()
            if tool != situation.mounted
            for index in links
        )
        for body in self._bodies.values():
            if body.body_id == arm or body is held:
                continue
            near = body.name in situation.near
            for point in self._closest(
                arm, body.body_id, self._clearance_m, physicsClientId=client
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
        reach_m = self._clearance_m if not situation.near else 0.0
        for body in self._bodies.values():
            if body is held or body.body_id == self._drive.body.body_id:
                continue
            seated_m = self._seated_m.get((held.name, body.name), 0.0)
            for point in self._closest(
                held.body_id, body.body_id, reach_m, physicsClientId=client
            ):
                if not situation.near or point[8] < seated_m - TOUCH_M:
                    return body.name
        return ""

    def _own_meets(self) -> str:
        for one, other in self._own_pairs:
            if self._near(one, other, 0.0):
                name = self._drive.link_name
                return f"itself ({name(one)} and {name(other)})"
        return ""

    def close(self) -> None:
        """Free the world."""
        self._world.close()


def nothing_around(q: Vector, situation: Situation) -> str:
    """Stand for surroundings where there are none."""
    del q, situation
    return ""
