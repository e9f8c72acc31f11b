"""A scenario's things at their places, with their shapes: the layout."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from twin.errors import LayoutError
from twin.layout.assets import Asset, load_asset
from twin.layout.conveyors import drawn, way_width_m, world_from_way
from twin.layout.manipulators import load_manipulator
from twin.layout.robots import RobotModel, load_robot
from twin.scenario import Scenario
from twin.scenario.equipment import (
    AnyConveyor,
    AnyOnConveyor,
    Manipulator,
    OnConveyor,
    ParametricConveyor,
    Robot,
)
from twin.scenario.findings import Path as Keys
from twin.scenario.parts import part_tree, walk_parts
from twin.scenario.products import Product
from twin.scenario.read import written
from twin.transforms import Matrix, transform_points


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece of equipment in the world.

    Attributes:
        id: As in the scenario.
        asset: Its shapes; a robot's tool for a robot.
        world_from_asset: 4x4.
        robot: The arm, if it is one.
        tools: Shapes of a manipulator's tools, by tool, where they have an asset.
    """

    id: str
    asset: Asset
    world_from_asset: Matrix
    robot: RobotModel | None = None
    tools: Mapping[str, Asset] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything placed; nothing moves yet.

    Attributes:
        placed: By id of the scenario.
        products: Assets of the products, by product id.
    """

    placed: Mapping[str, Placed]
    products: Mapping[str, Asset]


def build_layout(
    scenario: Scenario, folder: Path, locate: Callable[[Keys], str] = written
) -> Layout:
    """Place a scenario's equipment.

    Args:
        scenario: What stands where.
        folder: Where its own mesh files are looked for.
        locate: Tells where in the scenario something stands, as errors write it.

    Raises:
        LayoutError: If a mesh is unusable or does not fit what the scenario says.
    """
    placed: dict[str, Placed] = {}
    for name, equipment in scenario.equipment.items():
        if isinstance(equipment, Manipulator):
            arm, tools = load_manipulator(
                name, equipment, partial(_found, folder=folder)
            )
            placed[name] = Placed(
                id=name,
                asset=Asset(equipment.asset, (), ""),
                world_from_asset=equipment.place.world_from_local(),
                robot=arm,
                tools=tools,
            )
            continue
        robot = None
        asset_name = equipment.asset
        if isinstance(equipment, Robot):
            robot = load_robot(_found(equipment.asset, folder))
            asset_name = equipment.tool.asset
            n_joints = len(robot.arm_joints)
            if n_joints != len(equipment.joints):
                raise LayoutError(
                    f"equipment.{name}.joints: {len(equipment.joints)} entries, but "
                    f"{equipment.asset!r} has {n_joints} moving joints; give one each"
                )
            for place, via in enumerate(equipment.vias):
                if len(via) != n_joints:
                    raise LayoutError(
                        f"equipment.{name}.vias[{place}]: {len(via)} angles, but "
                        f"{equipment.asset!r} has {n_joints} moving joints; give one "
                        "each"
                    )
        world_from_asset = equipment.place.world_from_local()
        if isinstance(equipment, OnConveyor):
            carrier = _carrier(scenario, equipment)
            world_from_asset = world_from_way(carrier, float(equipment.at))
        placed[name] = Placed(
            id=name,
            asset=_asset(scenario, name, asset_name, folder),
            world_from_asset=world_from_asset,
            robot=robot,
        )
        if isinstance(equipment, Robot):
            _check_tool(name, placed[name].asset, float(equipment.tool.length))
    products: dict[str, Asset] = {}
    for name, product in scenario.products.items():
        if product.asset is None:
            continue
        asset = asset_beside(product.asset, folder)
        products[name] = asset
        # First: what a node holds can be asked of one that exists.
        _check_part_nodes(name, product, asset, locate)
        _check_product(name, asset, product)
    return Layout(placed=placed, products=products)


def _carrier(scenario: Scenario, equipment: AnyOnConveyor) -> AnyConveyor:
    """Return the conveyor that something stands on."""
    carrier = scenario.equipment[equipment.on]
    assert isinstance(carrier, ParametricConveyor)  # names are checked on reading
    return carrier


def _asset(scenario: Scenario, name: str, asset_name: str, folder: Path) -> Asset:
    """Return what a piece of equipment looks like, drawn if it has no mesh."""
    equipment = scenario.equipment[name]
    if asset_name or not isinstance(equipment, ParametricConveyor | OnConveyor):
        return asset_beside(asset_name, folder)
    if isinstance(equipment, OnConveyor):
        width_m = way_width_m(_carrier(scenario, equipment))
    else:
        width_m = way_width_m(equipment)
    return drawn(name, equipment, width_m)


def asset_beside(name: str, folder: Path) -> Asset:
    """Return a shipped asset by its name, or a file's by its path below the scenario.

    Raises:
        LayoutError: If there is none, or the path leads out of the folder.
    """
    return load_asset(_found(name, folder))


def _found(asset: str, folder: Path) -> str:
    """Return a shipped asset's name as it is, a file's path below the scenario."""
    if "." in asset or "/" in asset or "\\" in asset:
        path = (folder / asset).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise LayoutError(
                f"{asset}: lies outside {folder}; put it beside the scenario"
            )
        return str(path)
    return asset


# Masses of assets are written with a milligram's rounding.
_MASS_TOLERANCE_KG = 1e-3


# A socket's mouth may stand this far from where the scenario says.
_TIP_TOLERANCE_M = 2e-3


def _check_tool(name: str, tool: Asset, length_m: float) -> None:
    """Check that a tool ends where the scenario says: there it meets fasteners."""
    poses = asset_from_nodes(tool)
    tops_m = [
        float(transform_points(poses[node.name], node.mesh.positions_m)[:, 2].max())
        for node in tool.nodes
        if node.mesh is not None
    ]
    if not tops_m or abs(max(tops_m) - length_m) > _TIP_TOLERANCE_M:
        found = f"{max(tops_m):.3f} m" if tops_m else "no shape"
        raise LayoutError(
            f"equipment.{name}.tool.length: {length_m:g} m, but {tool.name!r} ends at "
            f"{found}; make them agree"
        )


def _fluids_on_top_kg(asset: Asset, product: Product) -> float:
    """Return what a product holds of fluids that its asset weighs nothing of."""
    counted = {node.name: node.materials_kg for node in asset.nodes}
    return math.fsum(
        float(filling.mass)
        for entry in walk_parts(product.parts)
        for kind, filling in entry.part.fluids.items()
        if kind not in counted.get(entry.part.node or "", {})
    )


def _check_product(
    name: str,
    asset: Asset,
    product: Product,
) -> None:
    """Check that an asset weighs what the scenario says, where it says it."""
    mass_kg, pack_mass_kg = product.mass, product.pack_mass
    fluids_kg = _fluids_on_top_kg(asset, product)
    total = sum(node.mass_kg for node in asset.nodes)
    if mass_kg is not None and abs(total + fluids_kg - mass_kg) > _MASS_TOLERANCE_KG:
        with_fluids = f" and its fluids to {fluids_kg:g} kg" if fluids_kg else ""
        raise LayoutError(
            f"products.{name}.mass: {mass_kg:g} kg, but the parts of {asset.name!r} "
            f"sum to {total:g} kg{with_fluids}; make them agree"
        )
    packs = [node.mass_kg for node in asset.nodes if node.name == product.pack_node]
    if pack_mass_kg is None or not packs:
        return
    if abs(sum(packs) - pack_mass_kg) > _MASS_TOLERANCE_KG:
        raise LayoutError(
            f"products.{name}.pack_mass: {pack_mass_kg:g} kg, but {asset.name!r} has "
            f"a pack of {sum(packs):g} kg; make them agree"
        )


def _check_part_nodes(
    name: str, product: Product, asset: Asset, locate: Callable[[Keys], str]
) -> None:
    """Check that nodes which parts name are in the asset, each for one part."""
    known = {node.name for node in asset.nodes}
    owners: dict[str, str] = {}
    for entry in part_tree(product.parts).values():
        node = entry.part.node
        if node is None:
            continue
        path = ("products", name, *entry.path, "node")
        if node not in known:
            raise LayoutError(
                f"{locate(path)}: no node {node!r} in {asset.name!r}; "
                f"known: {', '.join(sorted(known))}"
            )
        if node in owners:
            raise LayoutError(
                f"{locate(path)}: {node!r} is the node of {owners[node]!r} already; "
                "name another"
            )
        owners[node] = entry.id


def names_below(asset: Asset, top: str) -> set[str]:
    """Return the names of a node and of all that hangs on it."""
    names = {top}
    for node in asset.nodes:
        if node.parent in names:
            names.add(node.name)
    return names


def asset_from_nodes(asset: Asset) -> dict[str, Matrix]:
    """Return each node's pose in its asset at joint values 0, 4x4 by name."""
    poses: dict[str, Matrix] = {}
    for node in asset.nodes:
        parent = poses[node.parent] if node.parent else np.eye(4)
        poses[node.name] = parent @ node.parent_from_node
    return poses
