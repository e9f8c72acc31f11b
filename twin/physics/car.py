"""A car and what comes off it as bodies, and the fasteners between them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np

from twin.errors import PhysicsError
from twin.layout.assets import Asset, AssetNode, Box, Cylinder
from twin.layout.hulls import Hull, coarser
from twin.layout.plan import asset_from_nodes, names_below
from twin.layout.solids import outward_hull
from twin.physics.world import Body, Link, Shape, World
from twin.scenario.products import Vehicle
from twin.stations.ledger import MICROGRAMS_PER_KG
from twin.transforms import (
    Matrix,
    Vector,
    multiply_wxyz,
    pose_of,
    transform,
    transform_points,
    wxyz_about,
)

_ALONG_Y = wxyz_about((1.0, 0.0, 0.0), np.pi / 2)
"""Turns Bullet's cylinder, which stands along z, into a wheel along y."""


def _three(values: Vector) -> tuple[float, float, float]:
    x, y, z = values.tolist()
    return (x, y, z)


def _four(values: Vector) -> tuple[float, float, float, float]:
    w, x, y, z = values.tolist()
    return (w, x, y, z)


def shapes_of(
    node: AssetNode, frame_from_node: Matrix | None = None
) -> tuple[Shape, ...]:
    """Return a node's collision shapes in the node's frame or another."""
    made = []
    for piece in node.collision:
        matrix = transform(piece.position_m, piece.wxyz)
        if frame_from_node is not None:
            matrix = frame_from_node @ matrix
        position, wxyz = pose_of(matrix)
        if isinstance(piece, Box):
            made.append(Shape("box", piece.size_m, _three(position), _four(wxyz)))
        else:
            size = (piece.radius_m, piece.length_m, 0.0)
            along_y = _four(multiply_wxyz(wxyz, _ALONG_Y))
            made.append(Shape("cylinder", size, _three(position), along_y))
    return tuple(made)


def shapes_of_asset(
    asset: Asset, but: frozenset[str] = frozenset()
) -> tuple[Shape, ...]:
    """Return the shapes of all nodes but some, in the asset's frame, at rest."""
    poses = asset_from_nodes(asset)
    return tuple(
        shape
        for node in asset.nodes
        if node.name not in but
        for shape in shapes_of(node, poses[node.name])
    )


@dataclass(frozen=True, slots=True)
class FastenerPlace:
    """A fastener of a part.

    Attributes:
        name: As in the asset.
        part_from_fastener: 4x4; origin at the head's face, +Z where a tool pushes.
        mass_kg: Its own.
    """

    name: str
    part_from_fastener: Matrix
    mass_kg: float


@dataclass(frozen=True, slots=True)
class PartDesign:
    """Something that comes off a car, ready to become a body.

    Attributes:
        name: Of its node in the asset.
        links: One.
        car_from_part: 4x4, as it is fastened.
        fasteners: In the asset's order.
    """

    name: str
    links: tuple[Link, ...]
    car_from_part: Matrix
    fasteners: tuple[FastenerPlace, ...]


@dataclass(frozen=True, slots=True)
class CarDesign:
    """What all cars of a product have in common, ready to become bodies.

    Attributes:
        product: As in the scenario.
        body_links: The car without what comes off it, and without fasteners.
        parts: What comes off it, by node.
    """

    product: Vehicle
    body_links: tuple[Link, ...]
    parts: Mapping[str, PartDesign]

    @property
    def pack(self) -> PartDesign:
        """The battery pack.

        Raises:
            PhysicsError: If none comes off.
        """
        node = self.product.pack_node
        if node not in self.parts:
            raise PhysicsError(
                f"asset {self.product.asset!r}: no pack {node!r} comes off; "
                "set pack_node"
            )
        return self.parts[node]

    @property
    def fasteners(self) -> tuple[FastenerPlace, ...]:
        """All that hold a part, part after part."""
        return tuple(f for part in self.parts.values() for f in part.fasteners)

    def fastener(self, name: str) -> FastenerPlace:
        """Return a fastener by name."""
        return next(place for place in self.fasteners if place.name == name)

    def part_of(self, fastener: str) -> PartDesign:
        """Return the part that a fastener holds."""
        return next(
            part
            for part in self.parts.values()
            if any(place.name == fastener for place in part.fasteners)
        )


def design_car(
    product: Vehicle, asset: Asset, loose: Sequence[str] | None = None
) -> CarDesign:
    """Return a product's bodies from its asset.

    Args:
        product: As in the scenario.
        asset: Its shapes and masses.
        loose: Nodes that come off, with all that hangs on them; the pack where None.

    Raises:
        PhysicsError: If the asset has no such node, or nothing holds the pack.
    """
    poses = asset_from_nodes(asset)
    known = {node.name: node for node in asset.nodes}
    parts: dict[str, PartDesign] = {}
    own: set[str] = set()
    fastened_kg = 0.0
    for name in (product.pack_node,) if loose is None else loose:
        if name not in known:
            hint = "set pack_node" if name == product.pack_node else "mend its part"
            raise PhysicsError(f"asset {asset.name!r}: no node {name!r}; {hint}")
        part = _design_part(asset, known[name], poses)
        parts[name] = part
        own |= names_below(asset, name)
        if name == product.pack_node and not part.fasteners:
            raise PhysicsError(
                f"asset {asset.name!r}: {name!r} has no fasteners; add them"
            )
        fastened_kg += sum(fastener.mass_kg for fastener in part.fasteners)
    rest = [n for n in asset.nodes if n.name not in own and n.mass_kg > 0.0]
    centre, inertia, mass = _lumped(rest, poses)
    # Fasteners count with the car until a tool has them.
    mass += fastened_kg
    body = Link(
        name="body",
        mass_kg=mass,
        shapes=shapes_of_asset(asset, but=frozenset(own)),
        centre_of_mass_m=centre,
        inertia_kgm2=inertia,
    )
    return CarDesign(product, (body,), parts)


def _design_part(
    asset: Asset, node: AssetNode, poses: Mapping[str, Matrix]
) -> PartDesign:
    fasteners = tuple(
        FastenerPlace(f.name, transform(f.position_m, f.wxyz), f.mass_kg)
        for f in node.fasteners
    )
    bolted = {fastener.name for fastener in fasteners}
    below = names_below(asset, node.name) - bolted
    pieces = [n for n in asset.nodes if n.name in below and n.mass_kg > 0.0]
    low, high = _extent(node)
    link = Link(
        # A pack is called that in whatever car it is.
        name=node.kind or "part",
        mass_kg=sum(piece.mass_kg for piece in pieces),
        shapes=_loose_shapes(node),
        centre_of_mass_m=_three((low + high) / 2),
    )
    return PartDesign(node.name, (link,), poses[node.name], fasteners)


_STANDS_OFF_M = 5e-3
"""Boxes farther off a skin than this keep cups from it."""


def _loose_shapes(node: AssetNode) -> tuple[Shape, ...]:
    """Return what of a part can be touched once it is off.

    Boxes do, unless they stand off the skin where cups take hold, or there are none:
    then the hull of the skin itself.
    """
    pieces = node.loose_collision or node.collision
    shapes = shapes_of(replace(node, collision=pieces))
    grips = [grip for grip in node.grips if grip.kind == "vacuum_grip"]
    if not pieces and node.mesh is not None:
        return (_hull_of(node),)
    flush = all(
        abs(_above_boxes(pieces, grip.node_from_grip)) < _STANDS_OFF_M for grip in grips
    )
    if flush or node.mesh is None:
        return shapes
    return (_hull_of(node),)


def _hull_of(node: AssetNode) -> Shape:
    """Return the convex hull of what is seen of a node."""
    assert node.mesh is not None  # callers have looked
    corners = np.unique(node.mesh.positions_m.astype(np.float64), axis=0)
    hull = coarser(Hull(*outward_hull(corners)))
    return Shape("hull", hull_m=hull.vertices_m)


def _above_boxes(pieces: Sequence[Box | Cylinder], node_from_grip: Matrix) -> float:
    """Return how far boxes reach out along a grip's +X beyond its origin, m."""
    inward = -node_from_grip[:3, 0]
    reach = -np.inf
    for piece in pieces:
        if not isinstance(piece, Box):
            continue
        box = transform(piece.position_m, piece.wxyz)
        start = box[:3, :3].T @ (node_from_grip[:3, 3] - box[:3, 3])
        along = box[:3, :3].T @ inward
        half = np.array(piece.size_m) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            walls = np.stack([(-half - start) / along, (half - start) / along])
        enter, leave = walls.min(axis=0).max(), walls.max(axis=0).min()
        if enter <= leave:
            reach = max(reach, -float(enter))
    return reach


def _extent(node: AssetNode) -> tuple[Vector, Vector]:
    return _extent_in(node, np.eye(4))


def _extent_in(node: AssetNode, frame_from_node: Matrix) -> tuple[Vector, Vector]:
    if node.mesh is None:
        origin = frame_from_node[:3, 3]
        return origin, origin
    points = transform_points(frame_from_node, node.mesh.positions_m)
    return points.min(axis=0), points.max(axis=0)


def _lumped(
    nodes: list[AssetNode], poses: dict[str, Matrix]
) -> tuple[tuple[float, float, float], tuple[float, float, float], float]:
    """Return centre of mass, diagonal inertia and mass of parts taken as boxes.

    Products of inertia are dropped: a car is nearly symmetric about its middle
    plane, and pitch against yaw does not matter while it rides and hangs.
    """
    masses = np.array([node.mass_kg for node in nodes])
    extents = [_extent_in(node, poses[node.name]) for node in nodes]
    centres = np.array([(low + high) / 2 for low, high in extents])
    edges = np.array([high - low for low, high in extents])
    total = float(masses.sum())
    centre = (masses[:, None] * centres).sum(axis=0) / total
    arms = centres - centre
    own = (edges**2 / 12.0 + arms**2) * masses[:, None]
    x, y, z = own.sum(axis=0).tolist()
    return (
        _three(centre),
        (y + z, x + z, x + y),
        total,
    )


class Outflow(msgspec.Struct, frozen=True):
    """How far a fluid has run out of a car.

    Attributes:
        ticks: For which it has run.
        micrograms: That have left each piece, by its node.
        spilt: Micrograms of them all that came into no tank.
        dry: Whether no more than its residue is left.
    """

    ticks: int
    micrograms: dict[str, int]
    spilt: int
    dry: bool


@dataclass(slots=True)
class Car:
    """One car in the cell, and what has happened to it.

    Attributes:
        number: From 1, in order of arrival.
        slot: Which of the scene's car places it uses.
        design: Its product.
        body: The car without what comes off; None once it has left.
        parts: What comes off it, by node, as long as it is in the cell.
        welds: Constraint by fastener name, for those still in.
        expected: Where its pack would hang if the car stood exactly on its mark;
            its body, where no pack comes off.
        latches: Constraint by part, where something else than fasteners holds it.
        clamps: Constraint by clamp, where a tilter holds the car.
        stop_error_m: How far from its mark it will be seen to stop.
        skip_fasteners: Fasteners that somebody leaves in.
        measured: Pose of the same as the camera saw it, or None.
        entry_tick: When it crossed the entry line, or None.
        exit_tick: When it crossed the exit line, or None.
        removed: Fasteners taken out, in order.
        outflows: What has run out of it, by fluid.
    """

    number: int
    slot: int
    design: CarDesign
    body: Body | None
    parts: dict[str, Body]
    welds: dict[str, int]
    expected: Matrix
    latches: dict[str, int] = field(default_factory=dict)
    clamps: dict[str, int] = field(default_factory=dict)
    stop_error_m: float = 0.0
    skip_fasteners: frozenset[str] = frozenset()
    measured: Matrix | None = None
    entry_tick: int | None = None
    exit_tick: int | None = None
    removed: list[str] = field(default_factory=list)
    outflows: dict[str, Outflow] = field(default_factory=dict)

    @property
    def fasteners_in(self) -> int:
        """Number of fasteners that still hold something."""
        return len(self.welds)

    @property
    def pack(self) -> Body | None:
        """Its pack; None once collected, or if none comes off."""
        return self.parts.get(self.design.product.pack_node)

    def x_m(self) -> float:
        """Return how far along the line its origin is, world frame."""
        return self.body_here().plain_pose()[0][0]

    def body_here(self) -> Body:
        """Return the car's body, which is still in the cell."""
        if self.body is None:
            raise PhysicsError(f"car {self.number}: has left the cell")
        return self.body

    def part_here(self, name: str) -> Body:
        """Return a part by its node, which is still in the cell."""
        if name not in self.parts:
            raise PhysicsError(f"car {self.number}: its {name} has left the cell")
        return self.parts[name]

    def pack_here(self) -> Body:
        """Return the pack, which is still in the cell."""
        if self.pack is None:
            raise PhysicsError(f"car {self.number}: its pack has left the cell")
        return self.pack

    def measured_body(self) -> Body:
        """Return what a camera measures: the pack, or the car where none comes off."""
        return self.body_here() if self.pack is None else self.pack

    def let_go(self) -> None:
        """Open every fastener at once; what is left of them stays with the car."""
        for held in (self.welds, self.latches, self.clamps):
            for name in list(held):
                self._open(held, name)

    def let_go_of(self, part: str) -> None:
        """Open what holds one part; what is left of it stays with the car."""
        self.unlatch(part)
        for place in self.design.parts[part].fasteners:
            if place.name in self.welds:
                self._open(self.welds, place.name)

    def _open(self, held: dict[str, int], name: str) -> None:
        """Open a constraint, unless others of its part hold by it too."""
        number = held.pop(name)
        if number not in held.values():
            self.body_here().world.unweld(number)

    def holds(self, part: str) -> bool:
        """Return whether a part is still joined to the car."""
        design = self.design.parts[part]
        return part in self.latches or any(
            place.name in self.welds for place in design.fasteners
        )

    def run_out_kg(self, piece: str) -> float:
        """Return how much of all fluids has run out of a piece, by its node."""
        return sum(
            flow.micrograms.get(piece, 0) / MICROGRAMS_PER_KG
            for flow in self.outflows.values()
        )

    def take_out(self, fastener: FastenerPlace) -> None:
        """Remove a fastener: the constraint that it is goes, and its mass."""
        body = self.body_here()
        self._open(self.welds, fastener.name)
        self.removed.append(fastener.name)
        body.add_mass(body.base_link, -fastener.mass_kg)

    def unfasten(self, part: str) -> None:
        """Take a part's fasteners out by hand; its latch holds it from then on.

        The fasteners stay with the part, in a bag.
        """
        design, body = self.design.parts[part], self.part_here(part)
        self.latch(part)
        for place in design.fasteners:
            if place.name in self.welds:
                self.take_out(place)
                body.add_mass(body.base_link, place.mass_kg)

    def latch(self, part: str) -> None:
        """Have a part held by something else than fasteners, if it is not yet."""
        if part not in self.latches:
            design, body = self.design.parts[part], self.part_here(part)
            self.latches[part] = _join(
                self.body_here(), body, design, np.zeros(3), self
            )

    def unlatch(self, part: str) -> None:
        """Open a part's latch: somebody has it."""
        if part in self.latches:
            self.body_here().world.unweld(self.latches.pop(part))


def _join(
    body: Body,
    part: Body,
    design: PartDesign,
    in_part_m: Vector,
    car: Car,
) -> int:
    in_car = transform_points(design.car_from_part, in_part_m[None])[0]
    strength_n = float(car.design.product.fastener.strength)
    return body.world.weld(body, part, in_car.tolist(), in_part_m.tolist(), strength_n)


@dataclass(frozen=True, slots=True)
class Stocked:
    """A car's bodies, laid aside until a car comes and when it is gone.

    Attributes:
        body: Of the car without what comes off.
        parts: What comes off, by node.
    """

    body: Body
    parts: Mapping[str, Body]

    def bodies(self) -> tuple[Body, ...]:
        """Return all of them, the car's first."""
        return (self.body, *self.parts.values())


# With more fasteners than this, those of a part hold by one constraint: each takes
# its time in every step.
_MOST_WELDS = 40

# Cars laid aside lie this far apart, and far from any cell.
_APART_M = 20.0
_FIRST_AT_M = 1000.0


def stock_car(world: World, design: CarDesign, slot: int) -> Stocked:
    """Build a car's bodies and lay them aside.

    A body that is made or removed later is one that a saved state does not know;
    so those of all cars that may be there at once are there from the start.
    """
    at_origin = np.eye(4)
    body = world.add(f"car_in_slot_{slot + 1}", design.body_links, at_origin)
    parts = {
        name: world.add(
            f"{_called(design, name)}_in_slot_{slot + 1}", part.links, at_origin
        )
        for name, part in design.parts.items()
    }
    stocked = Stocked(body, parts)
    _fit(world, stocked)
    for each in stocked.bodies():
        lay_aside(world, stocked, each, slot)
    return stocked


def lay_aside(world: World, stocked: Stocked, body: Body, slot: int) -> None:
    """Put a body of a slot out of the way; no two lie at one place."""
    bodies = stocked.bodies()
    world.rest(body, _FIRST_AT_M + _APART_M * (len(bodies) * slot + bodies.index(body)))


def _called(design: CarDesign, part: str) -> str:
    """Return what events call a part."""
    return "pack" if part == design.product.pack_node else part


def _fit(world: World, stocked: Stocked) -> None:
    # What is fastened sits in its recess without play; contacts there, and between
    # neighbours, would only fight the fasteners.
    for one, other in itertools.combinations(stocked.bodies(), 2):
        world.ignore(one, other)


def name_bodies(stocked: Stocked, design: CarDesign, number: int) -> None:
    """Give bodies the names that events call them by."""
    stocked.body.name = f"car_{number}"
    for name, part in stocked.parts.items():
        part.name = f"{_called(design, name)}_{number}"


def build_car(
    world: World,
    design: CarDesign,
    number: int,
    slot: int,
    world_from_car: Matrix,
    expected: Matrix,
    stocked: Stocked | None = None,
) -> Car:
    """Put a car with its fastened parts into the world, from stock if there is one."""
    if stocked is None:
        stocked = Stocked(
            world.add(f"car_{number}", design.body_links, world_from_car),
            {
                name: world.add(
                    f"{_called(design, name)}_{number}",
                    part.links,
                    world_from_car @ part.car_from_part,
                )
                for name, part in design.parts.items()
            },
        )
        _fit(world, stocked)
    else:
        poses = [np.eye(4), *(part.car_from_part for part in design.parts.values())]
        for each, car_from_body in zip(stocked.bodies(), poses, strict=True):
            each.reset_masses()
            world.wake(each, world_from_car @ car_from_body)
        name_bodies(stocked, design, number)
    car = Car(number, slot, design, stocked.body, dict(stocked.parts), {}, expected)
    together = len(design.fasteners) > _MOST_WELDS
    for name, part in design.parts.items():
        if together and part.fasteners:
            number = _join(stocked.body, car.parts[name], part, np.zeros(3), car)
            car.welds |= {fastener.name: number for fastener in part.fasteners}
            continue
        for fastener in part.fasteners:
            in_part_m = fastener.part_from_fastener[:3, 3]
            car.welds[fastener.name] = _join(
                stocked.body, car.parts[name], part, in_part_m, car
            )
        if not part.fasteners:  # a plug sits in its socket, a coupling on its pipe
            car.latch(name)
    return car
