"""One rigid-body world: bodies in, steps, and nothing shared with another world."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from twin.errors import PhysicsError
from twin.physics.bullet import load_bullet, quiet_stdout
from twin.transforms import (
    Matrix,
    Vector,
    pose_of,
    rotation_from_wxyz,
    wxyz_from_xyzw,
    xyzw_from_wxyz,
)

# Source: standard acceleration of free fall, CGPM 1901.
STANDARD_GRAVITY_MPS2 = 9.80665

# Above any hall and any beam: what rests is never met there.
_ASIDE_M = 300.0
# What rests falls a little until it is laid back; in so many steps, a hand's breadth.
_LAY_STEPS = 48

Position = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
JointType = Literal["fixed", "revolute", "prismatic"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A convex collision shape in its link's frame.

    Attributes:
        kind: "box", "cylinder" (axis along the link's z), "sphere" or "hull".
        size_m: Box: full edges; cylinder: radius, length, unused; sphere: radius.
        position_m: Of its centre.
        wxyz: Its orientation.
        hull_m: Vertices of a hull, (n, 3) float64, link frame.
    """

    kind: Literal["box", "cylinder", "sphere", "hull"]
    size_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    position_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    wxyz: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    hull_m: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A rigid piece of a body.

    Attributes:
        name: Unique in the body.
        mass_kg: 0 only for a base that does not move.
        shapes: What touches; may be empty.
        parent: Name of the link it hangs on; "" for the base.
        parent_from_link: Its pose at joint value 0, 4x4.
        joint: How it moves against its parent.
        axis: Of the joint, link frame.
        centre_of_mass_m: Link frame.
        inertia_kgm2: Diagonal about the centre of mass, along the link's axes;
            None takes a solid box of the shapes' extents.
        friction: Coulomb coefficient of all its shapes; Bullet multiplies the two
            of a contact.
        grips: Whether all its shapes hold their place on what they touch. Bullet's
            friction acts on speed alone, so a car on four pads wanders by a
            millimetre a second; an anchor in either of the two holds it. What
            carries at rest grips, such as pads. Belts must not, nor what rides on
            them: either would brake.
    """

    name: str
    mass_kg: float
    shapes: tuple[Shape, ...] = ()
    parent: str = ""
    parent_from_link: Matrix | None = None
    joint: JointType = "fixed"
    axis: tuple[float, float, float] = (0.0, 0.0, 1.0)
    centre_of_mass_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    inertia_kgm2: tuple[float, float, float] | None = None
    friction: float = 1.0
    grips: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Two bodies pressing on each other in one step."""

    other: int
    link: int
    other_link: int
    force_n: float


@dataclass(frozen=True, slots=True)
class Weld:
    """What made a constraint, so that it can be made again.

    Attributes:
        parent: Body id.
        child: Body id.
        point_in_parent_m: Of the joint, from the parent's centre of mass.
        point_in_child_m: Of the joint, from the child's centre of mass.
        child_from_joint_xyzw: How the child stands in the joint.
        strength_n: The most it holds.
        parent_link: Of the parent, by number; -1 is its base.
        parent_from_joint_xyzw: How the joint stands in the parent.
    """

    parent: int
    child: int
    point_in_parent_m: Sequence[float]
    point_in_child_m: Sequence[float]
    child_from_joint_xyzw: Sequence[float]
    strength_n: float
    parent_link: int = -1
    parent_from_joint_xyzw: Sequence[float] = (0.0, 0.0, 0.0, 1.0)


class Commanded(Protocol):
    """Motors, whose last command Bullet does not keep in a saved state."""

    def memory(self) -> Any:
        """Return the last command and the last reading, as plain data."""

    def recall(self, memory: Any) -> None:
        """Command the same once more, and read the same until the next step."""


class Body:
    """A body of a world, addressed by the names of its links."""

    def __init__(
        self,
        world: World,
        body_id: int,
        name: str,
        link_index: Mapping[str, int],
        centre_of_mass_m: tuple[float, float, float],
    ) -> None:
        self.world = world
        self.body_id = body_id
        self.name = name
        self.link_index = link_index
        self.bolted = False
        self.links: tuple[Link, ...] = ()
        self.base_link = next(link for link, at in link_index.items() if at < 0)
        x, y, z = map(float, centre_of_mass_m)
        self._com_in_base_m = (x, y, z)
        self.changed_mass_kg: dict[str, tuple[float, tuple[float, ...]]] = {}
        self._built_mass_kg: dict[str, tuple[float, tuple[float, ...]]] = {}
        self._read_pose = world.bound("getBasePositionAndOrientation")

    @property
    def centre_of_mass_m(self) -> tuple[float, float, float]:
        """The base's, in its own frame."""
        return self._com_in_base_m

    def pose(self) -> tuple[Vector, Vector]:
        """Return the base frame's position (3,) m and wxyz (4,), world frame."""
        position, wxyz = self.plain_pose()
        return np.array(position), np.array(wxyz)

    def plain_pose(self) -> tuple[Position, Quaternion]:
        """Return the same as ``pose`` without arrays: for every frame.

        Arrays of three cost ten times the arithmetic that they hold.
        """
        (px, py, pz), (x, y, z, w) = self._read_pose(
            self.body_id, physicsClientId=self.world.client
        )
        cx, cy, cz = self._com_in_base_m
        # p - q c q*, with t = 2 q_vec x c: c + w t + q_vec x t is c turned.
        tx, ty, tz = 2 * (y * cz - z * cy), 2 * (z * cx - x * cz), 2 * (x * cy - y * cx)
        return (
            (
                px - (cx + w * tx + y * tz - z * ty),
                py - (cy + w * ty + z * tx - x * tz),
                pz - (cz + w * tz + x * ty - y * tx),
            ),
            (w, x, y, z),
        )

    def set_pose(self, world_from_base: Matrix) -> None:
        """Put the base frame somewhere at once; speeds are lost."""
        position, wxyz = pose_of(world_from_base)
        position = position + world_from_base[:3, :3] @ np.array(self._com_in_base_m)
        self.world.call(
            "resetBasePositionAndOrientation",
            self.body_id,
            position.tolist(),
            xyzw_from_wxyz(wxyz),
        )

    def link_pose(self, link: str) -> tuple[Vector, Vector]:
        """Return a link frame's position (3,) m and wxyz (4,), world frame."""
        index = self.link_index[link]
        if index < 0:
            return self.pose()
        state = self.world.call("getLinkState", self.body_id, index)
        return np.asarray(state[4]), np.array(wxyz_from_xyzw(state[5]))

    def reset_joint(self, link: str, value: float) -> None:
        """Put a link's joint at a value at once, rad or m; its speed is lost."""
        self.world.call("resetJointState", self.body_id, self.link_index[link], value)

    def velocity_mps(self) -> Vector:
        """Return the velocity of the base's centre of mass, world frame."""
        linear, _ = self.world.call("getBaseVelocity", self.body_id)
        return np.asarray(linear)

    def mass_kg(self) -> float:
        """Return the mass of all links that can move."""
        indices = sorted(self.link_index.values())
        return sum(
            float(self.world.call("getDynamicsInfo", self.body_id, index)[0])
            for index in indices
        )

    def add_mass(self, link: str, change_kg: float) -> None:
        """Change a link's mass and keep its inertia: for bolts, not for halves."""
        mass_kg, _, inertia, *_ = self.world.call(
            "getDynamicsInfo", self.body_id, self.link_index[link]
        )
        self.set_mass(link, mass_kg + change_kg, inertia)

    def set_mass(
        self, link: str, mass_kg: float, inertia_kgm2: Sequence[float]
    ) -> None:
        """Set a link's mass and diagonal inertia; the world's memory notes it."""
        index = self.link_index[link]
        if link not in self._built_mass_kg:
            built_kg, _, built_kgm2, *_ = self.world.call(
                "getDynamicsInfo", self.body_id, index
            )
            self._built_mass_kg[link] = (built_kg, tuple(built_kgm2))
        self.changed_mass_kg[link] = (mass_kg, tuple(inertia_kgm2))
        self.world.call(
            "changeDynamics",
            self.body_id,
            index,
            mass=mass_kg,
            localInertiaDiagonal=list(inertia_kgm2),
        )

    def reset_masses(self) -> None:
        """Give every link the mass back that it was built with."""
        for link in sorted(self.changed_mass_kg):
            self.set_mass(link, *self._built_mass_kg[link])
        self.changed_mass_kg.clear()

    def set_velocity(
        self, linear_mps: Sequence[float], angular_radps: Sequence[float] = (0, 0, 0)
    ) -> None:
        """Give the base a velocity, world frame."""
        self.world.call(
            "resetBaseVelocity", self.body_id, list(linear_mps), list(angular_radps)
        )


class World:
    """One physics world. Two worlds never share anything.

    Bodies never sleep and pairs are kept in order, so that the same calls give
    the same bytes.

    Args:
        dt_s: Length of a step.
        bullet: The pybullet module, or something that stands for it: the bench
            records calls through this seam.

    Raises:
        MissingPartError: If pybullet is not installed.
    """

    def __init__(self, dt_s: float, bullet: Any | None = None) -> None:
        self.dt_s = dt_s
        self.bullet = load_bullet() if bullet is None else bullet
        with quiet_stdout():
            self.client = int(self.bullet.connect(self.bullet.DIRECT))
        if self.client < 0:
            raise PhysicsError("physics: no free pybullet world; close another one")
        self._closed = False
        self.n_steps = 0
        self.bodies: dict[int, Body] = {}
        self.motors: list[Commanded] = []
        self.resting: dict[int, float] = {}
        # In the order that Bullet keeps them: the solver's results depend on it.
        self._welds: list[int] = []
        self._weld_made: dict[int, Weld] = {}
        self.call("setGravity", 0.0, 0.0, -STANDARD_GRAVITY_MPS2)
        self.call("setTimeStep", dt_s)
        self.call("setPhysicsEngineParameter", deterministicOverlappingPairs=1)
        # By default Bullet stops iterating once a pass changes little, and takes slow
        # convergence for the end of it: a wrist that carries a door was 15 mrad off.
        self.call("setPhysicsEngineParameter", solverResidualThreshold=0.0)

    def call(self, name: str, *arguments: Any, **named: Any) -> Any:
        """Call pybullet for this world: nobody else passes a client number."""
        return getattr(self.bullet, name)(
            *arguments, physicsClientId=self.client, **named
        )

    def bound(self, name: str) -> Callable[..., Any]:
        """Return a pybullet function for calls in every step.

        The caller passes ``physicsClientId=world.client``; looking the function
        up once saves a third of a short call's time.
        """
        function: Callable[..., Any] = getattr(self.bullet, name)
        return function

    def step(self) -> None:
        """Advance by one step."""
        self.n_steps += 1
        if self.n_steps % _LAY_STEPS == 0:
            for body_id, away_m in self.resting.items():
                self._lay(self.bodies[body_id], away_m)
        self.bullet.stepSimulation(physicsClientId=self.client)

    def add(
        self,
        name: str,
        links: Sequence[Link],
        world_from_base: Matrix,
        *,
        fixed: bool = False,
    ) -> Body:
        """Add a body of links, base first.

        Each shape beyond a link's first becomes a rigidly attached link of its
        own, because Bullet's compound shapes spoil exact save and restore.

        Args:
            name: What events call it.
            links: Base first, then every link after its parent.
            world_from_base: Where the base frame stands, 4x4.
            fixed: Whether the base is bolted to the world.

        Returns:
            The body.

        Raises:
            PhysicsError: If a part that moves has no mass.
        """
        base = links[0]
        if not fixed and not base.mass_kg > 0.0:
            raise PhysicsError(f"{name}.{base.name}: mass 0; give a mass above 0 kg")
        expanded, index = _expand(name, links)
        position, wxyz = pose_of(world_from_base)
        with quiet_stdout():
            body_id = int(self._create(base, expanded, position, wxyz, fixed))
        if body_id < 0:
            raise PhysicsError(f"{name}: Bullet refused the body; check its shapes")
        body = Body(self, body_id, name, index, base.centre_of_mass_m)
        body.bolted = fixed
        body.links = tuple(links)
        self.bodies[body_id] = body
        self._finish(body_id, base, expanded, fixed)
        return body

    def _create(
        self,
        base: Link,
        expanded: Sequence[Link],
        position: Vector,
        wxyz: Vector,
        fixed: bool,
    ) -> int:
        names = [base.name, *(link.name for link in expanded)]
        fixed_type = self.bullet.JOINT_FIXED
        types = {
            "fixed": fixed_type,
            "revolute": self.bullet.JOINT_REVOLUTE,
            "prismatic": self.bullet.JOINT_PRISMATIC,
        }
        poses = [
            pose_of(
                np.eye(4) if link.parent_from_link is None else link.parent_from_link
            )
            for link in expanded
        ]
        body: int = self.call(
            "createMultiBody",
            baseMass=0.0 if fixed else _own_mass_kg(base),
            baseCollisionShapeIndex=self._shape(base),
            basePosition=position.tolist(),
            baseOrientation=xyzw_from_wxyz(wxyz),
            baseInertialFramePosition=list(base.centre_of_mass_m),
            linkMasses=[_own_mass_kg(link) for link in expanded],
            linkCollisionShapeIndices=[self._shape(link) for link in expanded],
            linkVisualShapeIndices=[-1] * len(expanded),
            linkPositions=[p.tolist() for p, _ in poses],
            linkOrientations=[xyzw_from_wxyz(q) for _, q in poses],
            linkInertialFramePositions=[
                list(link.centre_of_mass_m) for link in expanded
            ],
            linkInertialFrameOrientations=[[0, 0, 0, 1]] * len(expanded),
            linkParentIndices=[
                names.index(link.parent or base.name) for link in expanded
            ],
            linkJointTypes=[types[link.joint] for link in expanded],
            linkJointAxis=[list(link.axis) for link in expanded],
        )
        return body

    def _shape(self, link: Link) -> int:
        if not link.shapes:
            return -1
        shape = link.shapes[0]
        placed = {
            "collisionFramePosition": list(shape.position_m),
            "collisionFrameOrientation": xyzw_from_wxyz(shape.wxyz),
        }
        if shape.kind == "box":
            half = [edge / 2 for edge in shape.size_m]
            made: int = self.call(
                "createCollisionShape",
                self.bullet.GEOM_BOX,
                halfExtents=half,
                **placed,
            )
        elif shape.kind == "cylinder":
            made = self.call(
                "createCollisionShape",
                self.bullet.GEOM_CYLINDER,
                radius=shape.size_m[0],
                height=shape.size_m[1],
                **placed,
            )
        elif shape.kind == "sphere":
            made = self.call(
                "createCollisionShape",
                self.bullet.GEOM_SPHERE,
                radius=shape.size_m[0],
                **placed,
            )
        else:
            assert shape.hull_m is not None  # a hull is its vertices
            made = self.call(
                "createCollisionShape",
                self.bullet.GEOM_MESH,
                vertices=shape.hull_m.tolist(),
                **placed,
            )
        return made

    def _finish(
        self, body_id: int, base: Link, expanded: Sequence[Link], fixed: bool
    ) -> None:
        # Bullet sends all of a call that names one of these to the base, whatever
        # link it names: so they come alone.
        self.call(
            "changeDynamics",
            body_id,
            -1,
            linearDamping=0.0,
            angularDamping=0.0,
            activationState=self.bullet.ACTIVATION_STATE_DISABLE_SLEEPING,
        )
        for index, link in enumerate((base, *expanded), start=-1):
            self.call(
                "changeDynamics",
                body_id,
                index,
                lateralFriction=link.friction,
                frictionAnchor=int(link.grips),
                jointDamping=0.0,
            )
            inertia = link.inertia_kgm2
            if link.mass_kg > 0.0 and inertia is None:
                inertia = box_inertia_kgm2(link)
            if inertia is not None and not (fixed and index < 0):
                self.call(
                    "changeDynamics",
                    body_id,
                    index,
                    localInertiaDiagonal=list(inertia),
                )
            if link.joint != "fixed":
                # Bullet brakes every joint by default.
                self.call(
                    "setJointMotorControl2",
                    body_id,
                    index,
                    self.bullet.VELOCITY_CONTROL,
                    force=0.0,
                )

    def add_fixture(
        self,
        name: str,
        shapes: Sequence[Shape],
        world_from_fixture: Matrix,
        friction: float = 1.0,
    ) -> Body:
        """Add boxes that never move, as one body.

        One compound shape and not a link each: links of a body that nothing moves
        would still cost every step.

        Raises:
            PhysicsError: If a shape is no box.
        """
        if any(shape.kind != "box" for shape in shapes):
            raise PhysicsError(f"{name}: fixtures are made of boxes; give boxes")
        position, wxyz = pose_of(world_from_fixture)
        shape = self.call(
            "createCollisionShapeArray",
            shapeTypes=[self.bullet.GEOM_BOX] * len(shapes),
            halfExtents=[[edge / 2 for edge in shape.size_m] for shape in shapes],
            collisionFramePositions=[list(shape.position_m) for shape in shapes],
            collisionFrameOrientations=[xyzw_from_wxyz(shape.wxyz) for shape in shapes],
        )
        body_id = int(
            self.call(
                "createMultiBody",
                0.0,
                shape,
                -1,
                position.tolist(),
                xyzw_from_wxyz(wxyz),
            )
        )
        self.call("changeDynamics", body_id, -1, lateralFriction=friction)
        body = Body(self, body_id, name, {"body": -1}, (0.0, 0.0, 0.0))
        self.bodies[body_id] = body
        return body

    def add_floor(self, friction: float = 0.8) -> Body:
        """Add the ground, a plane at z = 0 that never moves."""
        shape = self.call("createCollisionShape", self.bullet.GEOM_PLANE)
        body_id = int(self.call("createMultiBody", 0.0, shape))
        self.call("changeDynamics", body_id, -1, lateralFriction=friction)
        body = Body(self, body_id, "floor", {"floor": -1}, (0.0, 0.0, 0.0))
        self.bodies[body_id] = body
        return body

    def ignore(self, one: Body, other: Body) -> None:
        """Let two bodies pass through each other, such as a pack and its recess."""
        self._ignore(one, other, one.link_index.values())

    def meet(self, one: Body, other: Body) -> None:
        """Let two bodies that passed through each other touch again."""
        self._ignore(one, other, one.link_index.values(), collides=1)

    def ignore_base(self, one: Body, other: Body) -> None:
        """Let a body's base pass through another: it is bolted to it."""
        self._ignore(one, other, (-1,))

    def _ignore(
        self, one: Body, other: Body, links: Iterable[int], collides: int = 0
    ) -> None:
        for link in links:
            for other_link in other.link_index.values():
                self.call(
                    "setCollisionFilterPair",
                    one.body_id,
                    other.body_id,
                    link,
                    other_link,
                    collides,
                )

    def weld(
        self,
        parent: Body,
        child: Body,
        point_in_parent_m: Sequence[float],
        point_in_child_m: Sequence[float],
        strength_n: float,
    ) -> int:
        """Join two bases rigidly at a point until ``unweld``.

        Points are base-frame coordinates; frames are taken as parallel at that
        moment. A fixed joint and not a ball joint: ball joints creep and tear
        at this mass ratio.
        """
        _, parent_wxyz = parent.pose()
        _, child_wxyz = child.pose()
        relative = rotation_from_wxyz(child_wxyz).T @ rotation_from_wxyz(parent_wxyz)
        child_frame = np.eye(4)
        child_frame[:3, :3] = relative
        _, child_from_joint = pose_of(child_frame)
        return self.make_weld(
            Weld(
                parent.body_id,
                child.body_id,
                (np.asarray(point_in_parent_m) - parent._com_in_base_m).tolist(),
                (np.asarray(point_in_child_m) - child._com_in_base_m).tolist(),
                xyzw_from_wxyz(child_from_joint),
                strength_n,
            )
        )

    def make_weld(self, weld: Weld) -> int:
        """Join a link and a base as a weld says; return the constraint's number."""
        constraint = int(
            self.call(
                "createConstraint",
                weld.parent,
                weld.parent_link,
                weld.child,
                -1,
                self.bullet.JOINT_FIXED,
                [0, 0, 0],
                weld.point_in_parent_m,
                weld.point_in_child_m,
                weld.parent_from_joint_xyzw,
                weld.child_from_joint_xyzw,
            )
        )
        self.call("changeConstraint", constraint, maxForce=weld.strength_n)
        self._welds.append(constraint)
        self._weld_made[constraint] = weld
        return constraint

    def tie(self, bodies: Sequence[Body]) -> None:
        """Have bodies solved together for ever, by ties that bear no force.

        Bullet sorts what it solves by groups of bodies whose boxes overlap, boxes
        with a margin that depends on how they came there. So the order, and with it
        the last bits, would depend on what a saved state does not say. One group
        that never changes has one order. Tie before the first weld.
        """
        for one, other in itertools.pairwise(bodies):
            constraint = self.call(
                "createConstraint",
                one.body_id,
                _moving_link(one),
                other.body_id,
                _moving_link(other),
                self.bullet.JOINT_POINT2POINT,
                [0, 0, 0],
                [0, 0, 0],
                [0, 0, 0],
            )
            self.call("changeConstraint", constraint, maxForce=0.0)

    def unweld(self, constraint: int) -> None:
        """Open a joint made by ``weld``."""
        self.call("removeConstraint", constraint)
        del self._weld_made[constraint]
        # Bullet puts the last of its list where one is taken out.
        at, last = self._welds.index(constraint), self._welds.pop()
        if last != constraint:
            self._welds[at] = last

    def welds(self) -> list[tuple[int, Weld]]:
        """Return the welds that hold, in the order in which Bullet has them."""
        return [(number, self._weld_made[number]) for number in self._welds]

    def rest(self, body: Body, away_m: float) -> None:
        """Lay a body aside, out of everything's way.

        A body that is removed and made anew is another one to Bullet, and no
        saved state fits any more; one that rests is the same when it is woken. It
        is not put to sleep: whether a body sleeps is in no saved state either.

        Args:
            body: With no joints; its welds must be open.
            away_m: Where along x, far outside; each resting body needs its own.
        """
        self.resting[body.body_id] = away_m
        self._lay(body, away_m)

    def wake(self, body: Body, world_from_base: Matrix) -> None:
        """Take a resting body back and put it somewhere."""
        del self.resting[body.body_id]
        body.set_pose(world_from_base)

    def _lay(self, body: Body, away_m: float) -> None:
        away = np.eye(4)
        away[:3, 3] = (away_m, 0.0, _ASIDE_M)
        body.set_pose(away)

    def remove(self, body: Body) -> None:
        """Take a body out of the world."""
        del self.bodies[body.body_id]
        self.call("removeBody", body.body_id)

    def contacts(self, body: Body) -> list[Contact]:
        """Return what touches a body with force in the last step."""
        found = []
        for point in self.call("getContactPoints", body.body_id):
            if point[9] > 0.0:
                other_first = point[1] != body.body_id
                found.append(
                    Contact(
                        other=point[1] if other_first else point[2],
                        link=point[4] if other_first else point[3],
                        other_link=point[3] if other_first else point[4],
                        force_n=point[9],
                    )
                )
        return found

    def gap_m(self, one: Body, other: Body, reach_m: float) -> float:
        """Return the least distance of two bodies, or ``reach_m`` if farther."""
        points = self.call("getClosestPoints", one.body_id, other.body_id, reach_m)
        return min((float(point[8]) for point in points), default=reach_m)

    def close(self) -> None:
        """Free the world; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self.bullet.disconnect(physicsClientId=self.client)

    def __enter__(self) -> Self:
        """Return the world; it is closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the world."""
        self.close()


def _moving_link(body: Body) -> int:
    """Return a link that can move: the base, or the first on a base bolted down."""
    return 0 if body.bolted else -1


def _expand(name: str, links: Sequence[Link]) -> tuple[list[Link], dict[str, int]]:
    """Return the links below the base, one shape each, and the index of names.

    Bullet numbers links depth first, whatever order they are given in; so they
    are given depth first.
    """
    base, *rest = links
    children: dict[str, list[Link]] = {link.name: [] for link in links}
    for link in links:
        for number, shape in enumerate(link.shapes[1:], start=1):
            extra = _extra(link, shape, number)
            children[extra.name] = []
            children[link.name].append(extra)
    for link in rest:
        if not link.mass_kg > 0.0:
            raise PhysicsError(f"{name}.{link.name}: mass 0; give a mass above 0 kg")
        parent = link.parent or base.name
        if parent not in children:
            raise PhysicsError(
                f"{name}.{link.name}: hangs on {parent!r}, no link; name a link"
            )
        children[parent].append(link)
    expanded: list[Link] = []
    waiting = list(reversed(children[base.name]))
    while waiting:
        link = waiting.pop()
        expanded.append(link)
        waiting.extend(reversed(children[link.name]))
    if len(expanded) != len(children) - 1:
        raise PhysicsError(f"{name}: links hang on each other in a circle; mend it")
    index = {link.name: place for place, link in enumerate(expanded)}
    return expanded, {base.name: -1, **index}


# A rigidly attached extra shape needs some mass of its own in Bullet: a gram,
# taken from the link that it belongs to.
_EXTRA_SHAPE_MASS_KG = 1e-3


def _own_mass_kg(link: Link) -> float:
    """Return what is left for a link itself beside its extra shapes."""
    return link.mass_kg - _EXTRA_SHAPE_MASS_KG * max(0, len(link.shapes) - 1)


def _extra(link: Link, shape: Shape, number: int) -> Link:
    return Link(
        name=f"{link.name}#{number}",
        mass_kg=_EXTRA_SHAPE_MASS_KG,
        shapes=(shape,),
        parent=link.name,
        friction=link.friction,
        grips=link.grips,
        centre_of_mass_m=shape.position_m,
        inertia_kgm2=(1e-6, 1e-6, 1e-6),
    )


def box_inertia_kgm2(link: Link) -> tuple[float, float, float]:
    """Return the inertia of a solid box with the extents of a link's shapes.

    Source:
        Solid cuboid, m/12 (b^2 + c^2); any mechanics text.
    """
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for shape in link.shapes:
        corners = _corners(shape)
        low, high = np.minimum(low, corners.min(0)), np.maximum(high, corners.max(0))
    edges = high - low if link.shapes else np.full(3, 0.1)
    x, y, z = (edges**2 * link.mass_kg / 12.0).tolist()
    return (y + z, x + z, x + y)


def lowest_m(link: Link) -> float:
    """Return how high the lowest corner of a link's shapes is, link frame."""
    return min(float(_corners(shape)[:, 2].min()) for shape in link.shapes)


def _corners(shape: Shape) -> NDArray[np.float64]:
    if shape.hull_m is not None:
        points = shape.hull_m
    else:
        half = np.asarray(shape.size_m) / 2
        if shape.kind == "cylinder":
            radius, length = shape.size_m[0], shape.size_m[1]
            half = np.array([radius, radius, length / 2])
        elif shape.kind == "sphere":
            half = np.full(3, shape.size_m[0])
        signs = np.array([[i, j, k] for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)])
        points = signs * half
    corners: NDArray[np.float64] = points @ rotation_from_wxyz(
        shape.wxyz
    ).T + np.asarray(shape.position_m)
    return corners
