"""What a viewer needs once: a layout's things as a Scene, with their meshes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from twin.layout.assets import Asset, AssetNode
from twin.layout.conveyors import transfer_car
from twin.layout.draft import (
    SceneDraft,
    as_pose,
    asset_meshes,
    label_of,
    saved_cameras,
)
from twin.layout.manipulators import tool_meshes
from twin.layout.meshes import moved
from twin.layout.plan import Layout, Placed, asset_from_nodes, names_below
from twin.layout.robots import RobotModel
from twin.scenario import Scenario
from twin.scenario.equipment import (
    Equipment,
    Fixture,
    LightBarrier,
    Manipulator,
    ModuleBays,
    Robot,
    Worker,
)
from twin.scenario.fields import quantities
from twin.scenario.loose import loose_nodes
from twin.state import (
    IDENTITY_POSE,
    Entity,
    Label,
    MeshArrays,
    Port,
    Pose,
    Scalar,
    Scene,
)
from twin.transforms import Matrix, transform


def build_scene(
    scenario: Scenario,
    layout: Layout,
    *,
    n_car_slots: int = 0,
    scalars: Sequence[Scalar] = (),
) -> tuple[Scene, dict[str, MeshArrays]]:
    """Return the scene of a scenario and its meshes by sha256.

    Args:
        scenario: Names, labels, cameras.
        layout: Places and shapes.
        n_car_slots: How many cars can be shown at once; those not there are
            hidden in the frames.
        scalars: Numbers that the engine's frames will carry.
    """
    draft = SceneDraft()
    for station_id, station in scenario.stations.items():
        draft.entities.append(
            Entity(
                id=station_id,
                label=label_of(station.label, station_id),
                kind="station",
                machine=draft.machine(station_id),
            )
        )
    parent = next(iter(scenario.stations), "")
    for name, equipment in scenario.equipment.items():
        _add_equipment(draft, equipment, layout.placed[name], parent)
    for source in scenario.sources.values():
        asset = layout.products.get(source.product or "")
        if source.product is None or asset is None:
            continue
        product = scenario.products[source.product]
        called = label_of(product.label, source.product)
        loose = loose_nodes(scenario, source.product)
        for slot in range(n_car_slots):
            label = Label(en=f"{called.en} {slot + 1}", fr=f"{called.fr} {slot + 1}")
            _add_car(draft, asset, loose, slot, label)
    scene = Scene(
        name=scenario.name,
        revision=1,
        dt_s=1.0 / float(scenario.physics.rate),
        entities=tuple(draft.entities),
        movers=tuple(draft.movers),
        machines=tuple(draft.machines),
        joints=tuple(draft.joints),
        scalars=tuple(scalars),
        cameras=saved_cameras(scenario),
        notes=tuple(note.label() for note in scenario.notes),
        start=scenario.local_start().isoformat(),
        timezone=scenario.timezone,
        title=scenario.title.label(),
    )
    return scene, draft.meshes


def _add_equipment(
    draft: SceneDraft, equipment: Equipment, placed: Placed, parent: str
) -> None:
    name = placed.id
    poses = asset_from_nodes(placed.asset)
    noun = equipment.noun if isinstance(equipment, Fixture) else equipment.kind
    label = label_of(equipment.label, name)
    works = not isinstance(equipment, Fixture | LightBarrier)
    joints = _joint_names(placed)
    if isinstance(equipment, Robot):
        still: list[MeshArrays] = []
    elif isinstance(equipment, Worker):
        still = asset_meshes(placed.asset)
    else:
        still = [
            moved(node.mesh, poses[node.name])
            for node in placed.asset.nodes
            if node.mesh is not None and not _carrying_joint(placed.asset, node)
        ]
    draft.entities.append(
        Entity(
            id=name,
            label=label,
            kind=noun,
            parent="" if noun == "hall" else parent,
            mesh=draft.mesh(still),
            mover=draft.mover(name) if isinstance(equipment, Worker) else -1,
            pose=as_pose(placed.world_from_asset),
            machine=draft.machine(name) if works else -1,
            joints=joints,
            ports=_ports(placed.asset, poses, ""),
            properties=_properties(equipment),
        )
    )
    draft.joints.extend(joints)
    if placed.robot is not None:
        _add_links(draft, placed, placed.robot)
        if isinstance(equipment, Manipulator):
            _add_tools(draft, placed, equipment)
        else:
            _add_nutrunner(draft, placed)
        return
    if isinstance(equipment, ModuleBays):
        _add_transfer_car(draft, placed)
    if isinstance(equipment, Worker):
        return
    for node in placed.asset.nodes:
        if node.joint is None:
            continue
        held = [
            moved(other.mesh, np.linalg.inv(poses[node.name]) @ poses[other.name])
            for other in placed.asset.nodes
            if other.mesh is not None
            and _carrying_joint(placed.asset, other) == node.name
        ]
        moving = f"{name}/{node.name}"
        draft.entities.append(
            Entity(
                id=moving,
                label=node.label,
                kind=noun,
                parent=name,
                mesh=draft.mesh(held),
                mover=draft.mover(moving),
                pose=as_pose(placed.world_from_asset @ poses[node.name]),
                ports=_ports(placed.asset, poses, node.name),
            )
        )


def _add_transfer_car(draft: SceneDraft, placed: Placed) -> None:
    """Add the car that runs before test bays: physics says where it is."""
    name = f"{placed.id}/car"
    draft.entities.append(
        Entity(
            id=name,
            label=Label(en="Transfer car", fr="Chariot de transfert"),
            kind="test_bays",
            parent=placed.id,
            mesh=draft.mesh([transfer_car()]),
            mover=draft.mover(name),
            pose=as_pose(placed.world_from_asset),
        )
    )


def _joint_names(placed: Placed) -> tuple[str, ...]:
    if placed.robot is not None:
        return tuple(f"{placed.id}/{j.child}" for j in placed.robot.arm_joints)
    return tuple(
        f"{placed.id}/{node.name}"
        for node in placed.asset.nodes
        if node.joint is not None
    )


def _carrying_joint(asset: Asset, node: AssetNode) -> str:
    """Return the name of the nearest moving node at or above a node, or ""."""
    by_name = {each.name: each for each in asset.nodes}
    while True:
        if node.joint is not None:
            return node.name
        if not node.parent:
            return ""
        node = by_name[node.parent]


def _ports(
    asset: Asset, poses: Mapping[str, Matrix], carrying: str
) -> tuple[Port, ...]:
    """Return the ports that a moving node carries, in its frame.

    Args:
        asset: Nodes with their ports.
        poses: ``asset_from_node`` by name.
        carrying: Name of the moving node; "" for what never moves, in the asset's
            frame.
    """
    carrier_from_asset = np.linalg.inv(poses[carrying]) if carrying else np.eye(4)
    return tuple(
        msgspec.structs.replace(
            port,
            pose=as_pose(
                carrier_from_asset
                @ poses[node.name]
                @ transform(port.pose[:3], port.pose[3:])
            ),
        )
        for node in asset.nodes
        if node.ports and _carrying_joint(asset, node) == carrying
        for port in node.ports
    )


def _add_links(draft: SceneDraft, placed: Placed, robot: RobotModel) -> None:
    for number, link in enumerate(robot.links):
        if link.visual is None:
            continue
        name = f"{placed.id}/{link.name}"
        draft.entities.append(
            Entity(
                id=name,
                label=Label(en=f"Link {number}", fr=f"Segment {number}"),
                kind="robot",
                parent=placed.id,
                mesh=draft.mesh([link.visual]),
                mover=draft.mover(name),
                pose=as_pose(placed.world_from_asset),
            )
        )


def _add_tools(draft: SceneDraft, placed: Placed, equipment: Manipulator) -> None:
    """Add every tool that a manipulator can take, each finger a mover of its own."""
    for tool, spec in equipment.tools.items():
        asset = placed.tools.get(tool)
        poses = {} if asset is None else asset_from_nodes(asset)
        for piece, mesh in tool_meshes(spec, asset, poses).items():
            name = f"{placed.id}/{tool}/{piece}" if piece else f"{placed.id}/{tool}"
            draft.entities.append(
                Entity(
                    id=name,
                    label=Label(en=tool, fr=tool),
                    kind="tool",
                    parent=placed.id,
                    mesh=draft.mesh([mesh]),
                    mover=draft.mover(name),
                    pose=as_pose(placed.world_from_asset),
                )
            )


def _add_nutrunner(draft: SceneDraft, placed: Placed) -> None:
    name = f"{placed.id}/tool"
    draft.entities.append(
        Entity(
            id=name,
            label=Label(en="Nutrunner", fr="Visseuse"),
            kind="tool",
            parent=placed.id,
            mesh=draft.mesh(asset_meshes(placed.asset)),
            mover=draft.mover(name),
            pose=as_pose(placed.world_from_asset),
        )
    )


def _add_car(
    draft: SceneDraft, asset: Asset, loose: Sequence[str], slot: int, label: Label
) -> None:
    car = f"car_{slot + 1}"
    poses = asset_from_nodes(asset)
    draft.entities.append(
        Entity(id=car, label=label, kind="car", mover=draft.mover(car))
    )
    off = {name: names_below(asset, name) for name in loose}
    for node in asset.nodes:
        if node.mesh is not None and not any(
            node.name in each for each in off.values()
        ):
            _add_fixed(draft, car, node, as_pose(poses[node.name]), car)
    for name, below in off.items():
        _add_loose(draft, asset, car, name, below)


def _add_fixed(
    draft: SceneDraft, car: str, node: AssetNode, pose: Pose, carrier: str
) -> None:
    """Add a piece that never leaves what carries it."""
    draft.entities.append(
        Entity(
            id=f"{car}/{node.name}",
            label=node.label,
            kind="part",
            parent=carrier,
            carrier=carrier,
            mesh=draft.mesh([node.mesh] if node.mesh is not None else []),
            pose=pose,
            ports=node.ports,
            properties={"mass_kg": node.mass_kg} if node.mass_kg else {},
        )
    )


def _add_loose(
    draft: SceneDraft, asset: Asset, car: str, part: str, below: set[str]
) -> None:
    """Add something that comes off: a mover, and one for each of its fasteners."""
    poses = asset_from_nodes(asset)
    whole = next(node for node in asset.nodes if node.name == part)
    bolted = {fastener.name for fastener in whole.fasteners}
    for node in asset.nodes:
        if node.name not in below:
            continue
        name = f"{car}/{node.name}"
        is_whole = node is whole
        if not is_whole and node.name not in bolted:
            pose = as_pose(np.linalg.inv(poses[part]) @ poses[node.name])
            _add_fixed(draft, car, node, pose, f"{car}/{part}")
            continue
        draft.entities.append(
            Entity(
                id=name,
                label=node.label,
                kind=(whole.kind or "part") if is_whole else "fastener",
                parent=car if is_whole else f"{car}/{part}",
                mesh=draft.mesh([node.mesh] if node.mesh is not None else []),
                mover=draft.mover(name),
                pose=IDENTITY_POSE,
                ports=node.ports,
                properties={"mass_kg": node.mass_kg} if node.mass_kg else {},
            )
        )


def _properties(equipment: Equipment) -> dict[str, str | float]:
    shown: dict[str, str | float] = {"asset": equipment.asset}
    for path, quantity in quantities(equipment):
        if path.startswith(("place", "places")):
            continue
        unit = quantity.unit.replace("/", "p").replace("^", "").replace("*", "")
        name = f"{path}_{unit}" if unit else path
        shown[name] = float(quantity)
        if quantity.confidence:
            shown[f"{name}.source"] = f"{quantity.confidence}: {quantity.source}"
    return shown
