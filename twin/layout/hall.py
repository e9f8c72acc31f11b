"""A scene of a flow scenario: footprints, parking slots, people and vehicles.

What moves is a bounded set of slots: a part that waits is the slot that it fills, so
no picture depends on how the run was watched.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.layout.assets import load_asset
from twin.layout.draft import (
    SceneDraft,
    as_pose,
    asset_meshes,
    label_of,
    saved_cameras,
)
from twin.layout.looks import dressed, looks_of
from twin.layout.meshes import box_mesh
from twin.layout.plan import asset_beside
from twin.scenario import Scenario
from twin.scenario.equipment import Fixture
from twin.scenario.fields import Place
from twin.scenario.nodes import Buffer, Node, Sink, Store
from twin.scenario.sources import Source
from twin.scenario.station import Station
from twin.state import (
    IDENTITY_POSE,
    Camera,
    Entity,
    Label,
    MeshArrays,
    Pose,
    Scalar,
    Scene,
)
from twin.text import say
from twin.transforms import transform, wxyz_about

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


def build_hall(scenario: Scenario, folder: Path) -> Hall:
    """Return the scene of a flow scenario.

    Nodes without a place stand in a row, in the order of the file.

    Args:
        scenario: With flow in it.
        folder: Where its own mesh files are looked for.

    Raises:
        LayoutError: If a product's asset is unusable.
    """
    draft = SceneDraft()
    spots = _spots(scenario)
    _add_floor(draft, scenario, spots)
    _add_fixtures(draft, scenario, folder)
    garage = _Garage(draft, scenario, folder)
    small = draft.mesh([box_mesh((0.7, 0.7, 0.6), (0.0, 0.0, 0.3), _BOX)])
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


def _add_floor(
    draft: SceneDraft, scenario: Scenario, spots: Mapping[str, Place]
) -> None:
    """Add a floor under everything, and the aisles as lanes on it."""
    xs = [float(spot.x) for spot in spots.values()]
    ys = [float(spot.y) for spot in spots.values()]
    parts = []
    if xs:
        size_m = (max(xs) - min(xs) + 120.0, max(ys) - min(ys) + 140.0, 0.1)
        middle_m = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2, -0.06)
        parts.append(box_mesh(size_m, middle_m, _FLOOR))
    points = {} if scenario.aisles is None else scenario.aisles.points
    links = () if scenario.aisles is None else scenario.aisles.links
    for a, b in links:
        x_m, y_m = float(points[a].x), float(points[a].y)
        dx_m, dy_m = float(points[b].x) - x_m, float(points[b].y) - y_m
        way = transform(
            (x_m + dx_m / 2, y_m + dy_m / 2, 0.0),
            wxyz_about((0.0, 0.0, 1.0), math.atan2(dy_m, dx_m)),
        )
        size_m = (math.hypot(dx_m, dy_m) + 2.4, 2.4, 0.01)
        parts.append(box_mesh(size_m, (0.0, 0.0, 0.0), _LANE, way))
    if parts:
        title = scenario.title.label()
        draft.entities.append(Entity("floor", title, "hall", mesh=draft.mesh(parts)))


def _add_pad(draft: SceneDraft, name: str, node: Node, spot: Place) -> None:
    """Add the marked footprint that stands for a node."""
    (width_m, depth_m), kind = _size_m(node), _kind(node)
    pad = box_mesh((width_m, depth_m, 0.03), (0.0, 0.0, 0.015), _PAD[kind])
    draft.entities.append(
        Entity(
            id=name,
            label=label_of(node.label, name),
            kind=kind,
            mesh=draft.mesh([pad]),
            pose=as_pose(spot.world_from_local()),
            machine=draft.machine(name) if isinstance(node, Station) else -1,
        )
    )


def _add_slots(
    draft: SceneDraft,
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
    turn = wxyz_about((0.0, 0.0, 1.0), math.pi / 2 if is_car else 0.0)
    floor_from_spot = spot.world_from_local()
    floor_from_spot[2, 3] = 0.0
    title = label_of(node.label, name)
    found = []
    for k in range(n_slots):
        row, column = divmod(k, n_across)
        x_m = (column - (n_across - 1) / 2) * across_m
        y_m = ((n_rows - 1) / 2 - row) * along_m
        pose = as_pose(floor_from_spot @ transform((x_m, y_m, 0.03), turn))
        label = Label(f"{title.en} {k + 1}", f"{title.fr} {k + 1}")
        mesh = meshes[(first + k) % len(meshes)]
        slot = f"{name}/{kind}_{k + 1}"
        found.append(_add_mover(draft, slot, label, "part", name, mesh, pose))
    return tuple(found)


def _add_mover(
    draft: SceneDraft,
    name: str,
    label: Label,
    kind: str,
    parent: str,
    mesh: str,
    pose: Pose = IDENTITY_POSE,
) -> int:
    number = draft.mover(name)
    draft.entities.append(
        Entity(name, label, kind, parent, mesh, mover=number, pose=pose)
    )
    return number


class _Garage:
    """Meshes of the cars that a scenario's products name, in several paints.

    Attributes:
        far: A car of few triangles, for a full yard.
    """

    def __init__(self, draft: SceneDraft, scenario: Scenario, folder: Path) -> None:
        self._draft = draft
        self.far = draft.mesh(
            [
                box_mesh((4.0, 1.7, 0.65), (0.0, 0.0, 0.55), _PAINT),
                box_mesh((2.1, 1.45, 0.55), (-0.2, 0.0, 1.15), _GLASS),
            ]
        )
        named = next((p.asset for p in scenario.products.values() if p.asset), None)
        self._asset = None if named is None else asset_beside(named, folder)
        self._known: dict[str, list[str]] = {}

    def near(self, state: str) -> list[str]:
        """Return a car's meshes in a state, one a paint."""
        if self._asset is None:
            return [self.far]
        looks = looks_of(self._asset)
        if looks is None:
            return [self._draft.mesh(asset_meshes(self._asset))]
        if state not in self._known:
            paints = list(looks.paints)[:_PAINTS]
            self._known[state] = [
                self._draft.mesh(asset_meshes(dressed(self._asset, state, paint)))
                for paint in paints
            ]
        return self._known[state]


def _add_fixtures(draft: SceneDraft, scenario: Scenario, folder: Path) -> None:
    """Add what only stands there: walls, machines, shelves."""
    known: dict[str, str] = {}
    for name, each in scenario.equipment.items():
        if not isinstance(each, Fixture) or each.asset is None:
            continue
        if each.asset not in known:
            known[each.asset] = draft.mesh(
                asset_meshes(asset_beside(each.asset, folder))
            )
        draft.entities.append(
            Entity(
                id=f"equipment.{name}",
                label=label_of(each.label, name),
                kind=each.noun,
                parent="floor",
                mesh=known[each.asset],
                pose=as_pose(each.place.world_from_local()),
            )
        )


def _add_people(draft: SceneDraft, scenario: Scenario) -> dict[str, tuple[int, ...]]:
    body = draft.mesh(asset_meshes(load_asset("worker")))
    found = {}
    for crew_id, crew in scenario.crews.items():
        title = label_of(crew.label, crew_id)
        found[crew_id] = tuple(
            _add_mover(
                draft,
                f"crews.{crew_id}/{k + 1}",
                Label(f"{title.en} {k + 1}", f"{title.fr} {k + 1}"),
                "person",
                "",
                body,
            )
            for k in range(int(crew.count))
        )
    return found


def _add_vehicles(
    draft: SceneDraft, scenario: Scenario, car: str
) -> dict[str, tuple[tuple[int, int], ...]]:
    truck = draft.mesh(asset_meshes(load_asset("forklift")))
    found = {}
    for fleet_id, fleet in scenario.fleets.items():
        title = label_of(fleet.label, fleet_id)
        pairs = []
        for k in range(int(fleet.count)):
            name = f"fleets.{fleet_id}/{k + 1}"
            label = Label(f"{title.en} {k + 1}", f"{title.fr} {k + 1}")
            vehicle = _add_mover(draft, name, label, "vehicle", "", truck)
            load = _add_mover(draft, f"{name}/load", label, "car", name, car)
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
    return saved_cameras(scenario)
