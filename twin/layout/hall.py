"""A scene of a flow scenario: footprints, parking slots, people and vehicles.

What moves is a bounded set of slots: a part that waits is the slot that it fills, so
no picture depends on how the run was watched.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from twin.layout.assets import load_asset
from twin.layout.looks import dressed, looks_of
from twin.layout.meshes import Surface, merged, moved, shaded
from twin.layout.nodes import Asset
from twin.layout.plan import asset_from_nodes
from twin.layout.solids import outward_hull
from twin.scenario import Scenario
from twin.scenario.equipment import Fixture
from twin.scenario.fields import Place, Text
from twin.scenario.nodes import Buffer, Node, Sink, Store
from twin.scenario.sources import Source
from twin.scenario.station import Station
from twin.state import Camera, Entity, Label, MeshArrays, Pose, Scalar, Scene
from twin.text import say

DT_S = 0.1
"""A tick of flow in pictures: a walk of 1.2 m/s takes 0.12 m of it."""

MOST_SLOTS = 768
"""Parts of one node that can be seen at once; a yard of 700 cars fits."""

_MOST_SMALL = 12
_UNLIMITED = 40
_CAR_PITCH_M = (2.5, 5.2)
_SMALL_PITCH_M = (0.9, 0.9)
_DEFAULT_SIZE_M = (3.0, 3.0)
_SCHEMATIC_PITCH_M = 8.0
_FAR_SLOTS = 40
_PAINTS = 4
"""Of so many each car costs memory of its own."""

_LANE = (176, 181, 185, 255)
_FLOOR = (200, 203, 205, 255)
_PAD: Mapping[str, tuple[int, int, int, int]] = {
    "station": (150, 158, 165, 255),
    "buffer": (172, 182, 190, 255),
    "store": (160, 176, 160, 255),
    "sink": (182, 172, 160, 255),
    "source": (182, 182, 172, 255),
}
_BOX = (217, 164, 65, 255)
_PAINT = (183, 190, 196, 255)
_GLASS = (90, 110, 120, 255)


@dataclass(frozen=True, slots=True)
class Hall:
    """A scene of flow, and which mover stands for what.

    Attributes:
        scene: What a viewer needs once.
        meshes: Every mesh the scene names, by sha256.
        cars: Movers of a node's slots for products with an asset, by node.
        small: Movers of its slots for other products, by node.
        people: Movers of each crew, one a person, by crew.
        vehicles: Mover of each vehicle and of the car on it, by fleet.
        spots: Where each node is, by id.
    """

    scene: Scene
    meshes: Mapping[str, MeshArrays]
    cars: Mapping[str, tuple[int, ...]]
    small: Mapping[str, tuple[int, ...]]
    people: Mapping[str, tuple[int, ...]]
    vehicles: Mapping[str, tuple[tuple[int, int], ...]]
    spots: Mapping[str, Place]


@dataclass(slots=True)
class _Draft:
    entities: list[Entity] = field(default_factory=list)
    meshes: dict[str, MeshArrays] = field(default_factory=dict)
    movers: list[str] = field(default_factory=list)
    machines: list[str] = field(default_factory=list)

    def mesh(self, mesh: MeshArrays) -> str:
        name = mesh.sha256()
        self.meshes[name] = mesh
        return name

    def add_mover(
        self, name: str, label: Label, kind: str, parent: str, mesh: str, pose: Pose
    ) -> int:
        self.movers.append(name)
        number = len(self.movers) - 1
        self.entities.append(
            Entity(name, label, kind, parent, mesh, mover=number, pose=pose)
        )
        return number


def build_hall(scenario: Scenario, folder: Path) -> Hall:
    """Return the scene of a flow scenario.

    Nodes without a place stand in a row, in the order of the file.

    Args:
        scenario: With flow in it.
        folder: Where its own mesh files are looked for.

    Raises:
        LayoutError: If a product's asset is unusable.
    """
    draft = _Draft()
    spots = _spots(scenario)
    _add_floor(draft, scenario, spots)
    _add_fixtures(draft, scenario, folder)
    garage = _Garage(draft, scenario, folder)
    small = draft.mesh(_box((0.7, 0.7, 0.6), _BOX))
    cars: dict[str, tuple[int, ...]] = {}
    boxes: dict[str, tuple[int, ...]] = {}
    for name, node in scenario.nodes().items():
        _add_pad(draft, name, node, spots[name])
        n_slots = _n_slots(node)
        is_far = n_slots > _FAR_SLOTS
        shapes = [garage.far] if is_far else garage.near(node.look or "")
        cars[name] = _add_slots(draft, name, node, spots[name], n_slots, shapes, True)
        n_small = min(n_slots, _MOST_SMALL)
        boxes[name] = _add_slots(
            draft, name, node, spots[name], n_small, [small], False
        )
    people = _add_people(draft, scenario)
    vehicles = _add_vehicles(draft, scenario, garage.near("")[0])
    scene = Scene(
        name=scenario.name,
        revision=1,
        dt_s=DT_S,
        entities=tuple(draft.entities),
        movers=tuple(draft.movers),
        machines=tuple(draft.machines),
        scalars=tuple(
            Scalar(name, Label(say(f"scalar.{name}"), say(f"scalar.{name}", "fr")), "")
            for name in ("parts_inside", "parts_gone")
        ),
        cameras=_cameras(scenario, spots),
        notes=tuple(note.label() for note in scenario.notes),
        start=scenario.local_start().isoformat(),
        timezone=scenario.timezone,
        title=scenario.title.label(),
    )
    return Hall(scene, draft.meshes, cars, boxes, people, vehicles, spots)


def _spots(scenario: Scenario) -> dict[str, Place]:
    row = [name for name, node in scenario.nodes().items() if node.place is None]
    return {
        name: node.place
        or Place.model_validate(
            {"x": f"{row.index(name) * _SCHEMATIC_PITCH_M} m", "y": "0 m"}
        )
        for name, node in scenario.nodes().items()
    }


def _n_slots(node: Node) -> int:
    if isinstance(node, Station):
        waiting = _UNLIMITED if node.queue == "unlimited" else int(node.queue)
        return min(MOST_SLOTS, waiting + 2 * int(node.servers))
    if isinstance(node, Buffer):
        room = node.capacity
        return min(MOST_SLOTS, _UNLIMITED if room == "unlimited" else int(room))
    return 0 if isinstance(node, Source | Sink) else _MOST_SMALL


def _kind(node: Node) -> str:
    for kind, of in (
        ("station", Station),
        ("store", Store),
        ("sink", Sink),
        ("source", Source),
    ):
        if isinstance(node, of):
            return kind
    return "buffer"


def _size_m(node: Node) -> tuple[float, float]:
    if node.size is None:
        return _DEFAULT_SIZE_M
    return (float(node.size.x), float(node.size.y))


def _label(text: Text | None, name: str) -> Label:
    return Label(en=name, fr=name) if text is None else text.label()


def _box(
    size_m: tuple[float, float, float],
    rgba: tuple[int, int, int, int],
    middle_m: tuple[float, float, float] | None = None,
) -> MeshArrays:
    """Return a box that stands on z = 0, or about a middle."""
    corners = np.array(
        [[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
    )
    vertices, triangles = outward_hull(corners * np.array(size_m))
    offset = (0.0, 0.0, size_m[2] / 2) if middle_m is None else middle_m
    return shaded(Surface(vertices + np.array(offset), triangles, rgba))


def _pose(x_m: float, y_m: float, z_m: float = 0.0, yaw_rad: float = 0.0) -> Pose:
    half = yaw_rad / 2
    return (x_m, y_m, z_m, math.cos(half), 0.0, 0.0, math.sin(half))


def _add_floor(draft: _Draft, scenario: Scenario, spots: Mapping[str, Place]) -> None:
    """Add a floor under everything, and the aisles as lanes on it."""
    xs = [float(spot.x) for spot in spots.values()]
    ys = [float(spot.y) for spot in spots.values()]
    parts = []
    if xs:
        size_m = (max(xs) - min(xs) + 120.0, max(ys) - min(ys) + 140.0, 0.1)
        middle_m = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2, -0.06)
        parts.append(_box(size_m, _FLOOR, middle_m))
    points = {} if scenario.aisles is None else scenario.aisles.points
    links = () if scenario.aisles is None else scenario.aisles.links
    for a, b in links:
        x_m, y_m = float(points[a].x), float(points[a].y)
        dx_m, dy_m = float(points[b].x) - x_m, float(points[b].y) - y_m
        lane = _box((math.hypot(dx_m, dy_m) + 2.4, 2.4, 0.01), _LANE, (0.0, 0.0, 0.0))
        turn = np.eye(4)
        yaw_rad = math.atan2(dy_m, dx_m)
        turn[:2, :2] = [
            [math.cos(yaw_rad), -math.sin(yaw_rad)],
            [math.sin(yaw_rad), math.cos(yaw_rad)],
        ]
        turn[:3, 3] = (x_m + dx_m / 2, y_m + dy_m / 2, 0.0)
        parts.append(moved(lane, turn))
    if parts:
        title = scenario.title.label()
        draft.entities.append(
            Entity("floor", title, "hall", mesh=draft.mesh(merged(parts)))
        )


def _add_pad(draft: _Draft, name: str, node: Node, spot: Place) -> None:
    """Add the marked footprint that stands for a node."""
    size = _size_m(node)
    machine = -1
    if isinstance(node, Station):
        draft.machines.append(name)
        machine = len(draft.machines) - 1
    draft.entities.append(
        Entity(
            id=name,
            label=_label(node.label, name),
            kind=_kind(node),
            mesh=draft.mesh(_box((size[0], size[1], 0.03), _PAD[_kind(node)])),
            pose=_pose(float(spot.x), float(spot.y), float(spot.z), float(spot.yaw)),
            machine=machine,
        )
    )


def _add_slots(
    draft: _Draft,
    name: str,
    node: Node,
    spot: Place,
    n_slots: int,
    meshes: Sequence[str],
    is_car: bool,
) -> tuple[int, ...]:
    """Add the places of a node's parts, row behind row on its footprint.

    Their shapes take turns, begun elsewhere at each node, so that no two lines of cars
    have the same colours.
    """
    first = len(draft.machines)
    width_m, depth_m = _size_m(node)
    across_m, along_m = _CAR_PITCH_M if is_car else _SMALL_PITCH_M
    n_across = max(1, int(width_m / across_m + 1e-9))
    n_rows = max(1, min(-(-n_slots // n_across), int(depth_m / along_m + 1e-9)))
    kind = "car" if is_car else "part"
    found = []
    for k in range(n_slots):
        row, column = divmod(k, n_across)
        x_m = (column - (n_across - 1) / 2) * across_m
        y_m = ((n_rows - 1) / 2 - row) * along_m
        cos, sin = math.cos(float(spot.yaw)), math.sin(float(spot.yaw))
        pose = _pose(
            float(spot.x) + cos * x_m - sin * y_m,
            float(spot.y) + sin * x_m + cos * y_m,
            0.03,
            float(spot.yaw) + (math.pi / 2 if is_car else 0.0),
        )
        slot = f"{name}/{kind}_{k + 1}"
        title = _label(node.label, name)
        label = Label(f"{title.en} {k + 1}", f"{title.fr} {k + 1}")
        mesh = meshes[(first + k) % len(meshes)]
        found.append(draft.add_mover(slot, label, "part", name, mesh, pose))
    return tuple(found)


class _Garage:
    """Meshes of the cars that a scenario's products name, in several paints.

    Attributes:
        far: A car of few triangles, for a full yard.
    """

    def __init__(self, draft: _Draft, scenario: Scenario, folder: Path) -> None:
        self._draft = draft
        self.far = draft.mesh(
            merged(
                [
                    _box((4.0, 1.7, 0.65), _PAINT, (0.0, 0.0, 0.55)),
                    _box((2.1, 1.45, 0.55), _GLASS, (-0.2, 0.0, 1.15)),
                ]
            )
        )
        named = next((p.asset for p in scenario.products.values() if p.asset), None)
        self._asset = None if named is None else _asset(named, folder)
        self._known: dict[str, list[str]] = {}

    def near(self, state: str) -> list[str]:
        """Return a car's meshes in a state, one a paint."""
        if self._asset is None:
            return [self.far]
        looks = looks_of(self._asset)
        if looks is None:
            return [self._draft.mesh(_whole(self._asset))]
        if state not in self._known:
            paints = list(looks.paints)[:_PAINTS]
            self._known[state] = [
                self._draft.mesh(_whole(dressed(self._asset, state, paint)))
                for paint in paints
            ]
        return self._known[state]


def _asset(name: str, folder: Path) -> Asset:
    own = folder / name
    return load_asset(str(own) if own.is_file() else name)


def _whole(asset: Asset) -> MeshArrays:
    """Return an asset as one mesh, joints at 0."""
    poses = asset_from_nodes(asset)
    return merged(
        [moved(n.mesh, poses[n.name]) for n in asset.nodes if n.mesh is not None]
    )


def _add_fixtures(draft: _Draft, scenario: Scenario, folder: Path) -> None:
    """Add what only stands there: walls, machines, shelves."""
    known: dict[str, str] = {}
    for name, each in scenario.equipment.items():
        if not isinstance(each, Fixture) or each.asset is None:
            continue
        if each.asset not in known:
            known[each.asset] = draft.mesh(_whole(_asset(each.asset, folder)))
        place = each.place
        draft.entities.append(
            Entity(
                id=f"equipment.{name}",
                label=_label(each.label, name),
                kind=each.noun,
                parent="floor",
                mesh=known[each.asset],
                pose=_pose(
                    float(place.x), float(place.y), float(place.z), float(place.yaw)
                ),
            )
        )


def _add_people(draft: _Draft, scenario: Scenario) -> dict[str, tuple[int, ...]]:
    body = draft.mesh(_whole(load_asset("worker")))
    found = {}
    for crew_id, crew in scenario.crews.items():
        title = _label(crew.label, crew_id)
        found[crew_id] = tuple(
            draft.add_mover(
                f"crews.{crew_id}/{k + 1}",
                Label(f"{title.en} {k + 1}", f"{title.fr} {k + 1}"),
                "person",
                "",
                body,
                _pose(0.0, 0.0),
            )
            for k in range(int(crew.count))
        )
    return found


def _add_vehicles(
    draft: _Draft, scenario: Scenario, car: str
) -> dict[str, tuple[tuple[int, int], ...]]:
    truck = draft.mesh(_whole(load_asset("forklift")))
    found = {}
    for fleet_id, fleet in scenario.fleets.items():
        title = _label(fleet.label, fleet_id)
        pairs = []
        for k in range(int(fleet.count)):
            name = f"fleets.{fleet_id}/{k + 1}"
            label = Label(f"{title.en} {k + 1}", f"{title.fr} {k + 1}")
            pose = _pose(0.0, 0.0)
            vehicle = draft.add_mover(name, label, "vehicle", "", truck, pose)
            load = draft.add_mover(f"{name}/load", label, "car", name, car, pose)
            pairs.append((vehicle, load))
        found[fleet_id] = tuple(pairs)
    return found


def _cameras(scenario: Scenario, spots: Mapping[str, Place]) -> tuple[Camera, ...]:
    """Return the saved views; one that shows everything where there is none."""
    if not scenario.cameras:
        xs = [float(spot.x) for spot in spots.values()] or [0.0]
        middle_m, span_m = (min(xs) + max(xs)) / 2, max(xs) - min(xs) + 20.0
        label = Label(say("flow_scene.overview"), say("flow_scene.overview", "fr"))
        eye_m = (middle_m, -0.8 * span_m, 0.5 * span_m)
        return (Camera("overview", label, eye_m, (middle_m, 0.0, 0.0)),)
    return tuple(
        Camera(
            name=name,
            label=view.label.label(),
            eye_in_world_m=view.eye.as_tuple(),
            target_in_world_m=view.target.as_tuple(),
            field_of_view_deg=view.field_of_view_deg,
        )
        for name, view in scenario.cameras.items()
    )
