"""A car with its pack as bodies, and the fasteners between them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from twin.errors import PhysicsError
from twin.layout.assets import Asset, AssetNode, Box
from twin.layout.plan import asset_from_nodes
from twin.physics.world import Body, Link, Shape, World
from twin.scenario.products import Vehicle
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
    """A fastener of a pack.

    Attributes:
        name: As in the asset.
        pack_from_fastener: 4x4; origin at the head's face, +Z where a tool pushes.
        mass_kg: Its own.
    """

    name: str
    pack_from_fastener: Matrix
    mass_kg: float


@dataclass(frozen=True, slots=True)
class CarDesign:
    """What all cars of a product have in common, ready to become bodies.

    Attributes:
        product: As in the scenario.
        body_links: The car without its pack and fasteners.
        pack_links: The pack.
        car_from_pack: 4x4.
        fasteners: In the asset's order.
    """

    product: Vehicle
    body_links: tuple[Link, ...]
    pack_links: tuple[Link, ...]
    car_from_pack: Matrix
    fasteners: tuple[FastenerPlace, ...]

    def fastener(self, name: str) -> FastenerPlace:
        """Return a fastener by name."""
        return next(place for place in self.fasteners if place.name == name)


def design_car(product: Vehicle, asset: Asset) -> CarDesign:
    """Return a product's bodies from its asset.

    Raises:
        PhysicsError: If the asset has no pack or the pack no fasteners.
    """
    poses = asset_from_nodes(asset)
    packs = [node for node in asset.nodes if node.name == product.pack_node]
    if not packs:
        raise PhysicsError(
            f"asset {asset.name!r}: no node {product.pack_node!r}; set pack_node"
        )
    pack = packs[0]
    fasteners = tuple(
        FastenerPlace(f.name, transform(f.position_m, f.wxyz), f.mass_kg)
        for f in pack.fasteners
    )
    if not fasteners:
        raise PhysicsError(
            f"asset {asset.name!r}: {pack.name!r} has no fasteners; add them"
        )
    own = {pack.name, *(fastener.name for fastener in fasteners)}
    rest = [n for n in asset.nodes if n.name not in own and n.mass_kg > 0.0]
    fastened_kg = sum(fastener.mass_kg for fastener in fasteners)
    centre, inertia, mass = _lumped(rest, poses)
    # Fasteners count with the car until a tool has them.
    mass += fastened_kg
    body = Link(
        name="body",
        mass_kg=mass,
        shapes=shapes_of_asset(asset, but=frozenset({pack.name})),
        centre_of_mass_m=centre,
        inertia_kgm2=inertia,
    )
    low, high = _extent(pack)
    pack_link = Link(
        name="pack",
        mass_kg=pack.mass_kg,
        shapes=shapes_of(pack),
        centre_of_mass_m=_three((low + high) / 2),
    )
    return CarDesign(product, (body,), (pack_link,), poses[pack.name], fasteners)


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


@dataclass(slots=True)
class Car:
    """One car in the cell, and what has happened to it.

    Attributes:
        number: From 1, in order of arrival.
        slot: Which of the scene's car places it uses.
        design: Its product.
        body: The car without its pack; None once it has left.
        pack: Its pack; None once collected.
        welds: Constraint by fastener name, for those still in.
        stop_error_m: How far from its mark it will be seen to stop.
        skip_fasteners: Fasteners that somebody leaves in.
        expected: Where its pack would hang if the car stood exactly on its mark.
        measured: Pose of the pack as the camera saw it, or None.
        entry_tick: When it crossed the entry line, or None.
        exit_tick: When it crossed the exit line, or None.
    """

    number: int
    slot: int
    design: CarDesign
    body: Body | None
    pack: Body | None
    welds: dict[str, int]
    expected: Matrix
    stop_error_m: float = 0.0
    skip_fasteners: frozenset[str] = frozenset()
    measured: Matrix | None = None
    entry_tick: int | None = None
    exit_tick: int | None = None
    removed: list[str] = field(default_factory=list)

    @property
    def fasteners_in(self) -> int:
        """Number of fasteners that still hold the pack."""
        return len(self.welds)

    def x_m(self) -> float:
        """Return how far along the line its origin is, world frame."""
        return self.body_here().plain_pose()[0][0]

    def body_here(self) -> Body:
        """Return the car's body, which is still in the cell."""
        if self.body is None:
            raise PhysicsError(f"car {self.number}: has left the cell")
        return self.body

    def pack_here(self) -> Body:
        """Return the pack, which is still in the cell."""
        if self.pack is None:
            raise PhysicsError(f"car {self.number}: its pack has left the cell")
        return self.pack

    def let_go(self) -> None:
        """Open every fastener at once; what is left of them stays with the car."""
        body = self.body_here()
        for name in list(self.welds):
            body.world.unweld(self.welds.pop(name))

    def take_out(self, fastener: FastenerPlace) -> None:
        """Remove a fastener: the constraint that it is goes, and its mass."""
        body = self.body_here()
        body.world.unweld(self.welds.pop(fastener.name))
        self.removed.append(fastener.name)
        body.add_mass(body.base_link, -fastener.mass_kg)


Stocked = tuple[Body, Body]
"""A car's body and its pack, laid aside until a car comes and when it is gone."""

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
    pack = world.add(f"pack_in_slot_{slot + 1}", design.pack_links, at_origin)
    _fit(world, body, pack)
    lay_aside(world, body, slot)
    lay_aside(world, pack, slot)
    return body, pack


def lay_aside(world: World, body: Body, slot: int) -> None:
    """Put a body of a slot out of the way; no two lie at one place."""
    is_pack = body.base_link == "pack"
    world.rest(body, _FIRST_AT_M + _APART_M * (2 * slot + is_pack))


def _fit(world: World, body: Body, pack: Body) -> None:
    # The pack sits in its recess without play; contacts there would only fight
    # the fasteners.
    world.ignore(body, pack)


def build_car(
    world: World,
    design: CarDesign,
    number: int,
    slot: int,
    world_from_car: Matrix,
    expected: Matrix,
    stocked: Stocked | None = None,
) -> Car:
    """Put a car with its fastened pack into the world, from stock if there is one."""
    world_from_pack = world_from_car @ design.car_from_pack
    if stocked is None:
        body = world.add(f"car_{number}", design.body_links, world_from_car)
        pack = world.add(f"pack_{number}", design.pack_links, world_from_pack)
        _fit(world, body, pack)
    else:
        body, pack = stocked
        for each, pose in ((body, world_from_car), (pack, world_from_pack)):
            each.reset_masses()
            world.wake(each, pose)
        body.name, pack.name = f"car_{number}", f"pack_{number}"
    welds = {}
    for fastener in design.fasteners:
        in_pack = fastener.pack_from_fastener[:3, 3]
        in_car = transform_points(design.car_from_pack, in_pack[None])[0]
        welds[fastener.name] = world.weld(
            body,
            pack,
            in_car.tolist(),
            in_pack.tolist(),
            float(design.product.fastener.strength),
        )
    return Car(number, slot, design, body, pack, welds, expected)
