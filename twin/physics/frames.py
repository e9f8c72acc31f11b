"""The cell's state as StateFrames, in the order of its scene."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.physics.build import CAR_SLOTS
from twin.physics.cell import Cell
from twin.physics.drain_rig import RigDrive
from twin.physics.manipulator import ManipulatorDrive
from twin.physics.tilter import TilterDrive
from twin.physics.tools.vacuum import VacuumDrive
from twin.physics.world import Body, Position, Quaternion
from twin.state import IDENTITY_POSE, Label, Scalar, Scene, StateFrame
from twin.text import say
from twin.transforms import pose_of

Read = Callable[[], float]


def cell_scalars(cell: Cell) -> tuple[Scalar, ...]:
    """Return the numbers that a cell's frames carry, in order."""
    return tuple(scalar for scalar, _ in _scalars(cell))


def _scalars(cell: Cell) -> list[tuple[Scalar, Read]]:
    """Return the numbers that frames carry, and what reads each."""
    devices, ids = cell.devices, cell.devices.ids
    found: list[tuple[Scalar, Read]] = []

    def add(name: str, unit: str, entity: str, digits: int, read: Read) -> None:
        label = Label(en=say(f"scalar.{name}"), fr=say(f"scalar.{name}", "fr"))
        found.append((Scalar(f"{entity}/{name}", label, unit, entity, digits), read))

    table, arm = devices.table, devices.arm
    if table is not None:
        add("table_load", "N", ids["table"], 0, lambda: table.reading()[1])
    if arm is not None:
        add(
            "tracking_error",
            "mrad",
            ids["arm"],
            3,
            lambda: 1e3 * arm.tracking_error_rad,
        )
        add("torque_share", "", ids["arm"], 2, lambda: arm.peak_torque_share)
    for name, drive in devices.manipulators.items():
        _add_manipulator(add, name, drive)
    for name, device in devices.jointed.items():
        if isinstance(device, TilterDrive):
            add("cradle_torque", "kN*m", name, 2, _torque_of(device))
    for name, rig in devices.rigs.items():
        add("tanks_content", "kg", name, 2, _content_of(cell, rig))
    strands = devices.belts[ids["strands"]]
    add("strand_speed", "m/s", ids["strands"], 2, lambda: strands.speed_mps)
    if "pack_line" in ids:
        belt = devices.belts[ids["pack_line"]]
        add("pack_belt_speed", "m/s", ids["pack_line"], 2, lambda: belt.speed_mps)

    def fasteners_in() -> float:
        at_work = cell.cars.get(cell.state.car)
        return float(len(at_work.welds)) if at_work is not None else math.nan

    add("fasteners_in", "", cell.station_id, 0, fasteners_in)
    add("cars_out", "", cell.station_id, 0, lambda: float(cell.cars_out))
    if cell.pack_work is not None:
        add("batteries_out", "", cell.station_id, 0, lambda: float(cell.batteries_out))
    if cell.programmes:
        add("parts_out", "", cell.station_id, 0, lambda: float(cell.parts_out))
    return found


def _torque_of(tilter: TilterDrive) -> Read:
    return lambda: tilter.torque_nm() / 1e3


def _content_of(cell: Cell, rig: RigDrive) -> Read:
    def content_kg() -> float:
        held = cell.draining.content_kg()
        return sum(sum(held[tank].values()) for tank in rig.tanks)

    return content_kg


def _add_manipulator(
    add: Callable[[str, str, str, int, Read], None], name: str, drive: ManipulatorDrive
) -> None:
    add(
        "tracking_error",
        "mrad",
        name,
        3,
        lambda: 1e3 * float(drive.position_error.max()),
    )
    add("torque_share", "", name, 2, lambda: float(drive.peak_effort_share.max()))
    cups = [tool for tool in drive.tools.values() if isinstance(tool, VacuumDrive)]
    if cups:
        add(
            "grip_load",
            "",
            name,
            2,
            lambda: max(tool.load_n / tool.limit_n for tool in cups),
        )


@dataclass(frozen=True, slots=True)
class PartRows:
    """Which movers a part has, and where its fasteners are in it."""

    part: int
    fasteners: slice
    names: tuple[str, ...]
    in_part_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CarRows:
    """Which movers a car's place in the scene has."""

    car: int
    parts: dict[str, PartRows]


Placed = tuple[Position, Quaternion]


@dataclass(frozen=True, slots=True)
class CarReading:
    """Where a car and what comes off it were.

    Attributes:
        slot: Its place in the scene.
        body: Pose of what is left of it, None once it has left.
        parts: Poses by node, of those in the cell.
        fasteners: Those still in.
    """

    slot: int
    body: Placed | None
    parts: dict[str, Placed]
    fasteners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell's bodies and devices said at one tick.

    Attributes:
        tick: When.
        links: Link states of what moves on joints, as pybullet gives them.
        cars: Those in the cell.
        people: Place, m, and heading, rad.
        machines: States and reasons.
        joints: Joint positions, device after device.
        scalars: In the scene's order.
    """

    tick: int
    links: list[Any]
    cars: list[CarReading]
    people: list[tuple[float, float, float]]
    machines: tuple[list[int], list[int]]
    joints: list[float]
    scalars: tuple[float, ...]


class FrameComposer:
    """Reads a cell's bodies into frames.

    Args:
        cell: What to read.
        scene: Whose order the frames follow.
    """

    def __init__(self, cell: Cell, scene: Scene) -> None:
        self._cell = cell
        self._scene = scene
        self._row = {name: row for row, name in enumerate(scene.movers)}
        self._read_links = cell.world.bound("getLinkStates")
        self._still: list[tuple[int, Position, Quaternion]] = []
        self._links: list[tuple[int, list[int], NDArray[np.int64]]] = []
        self._joints: list[Callable[[], list[float]]] = []
        self._scalars = [read for _, read in _scalars(cell)]
        named = self._add_jointed()
        self._joint_places = [named.index(name) for name in scene.joints]
        self._people_rows = [self._row[name] for name in cell.devices.people]
        self._car_rows = [self._rows_of(f"car_{s + 1}") for s in range(CAR_SLOTS)]
        self._tools = [
            (self._row[f"{name}/{piece}"], tool)
            for name, drive in cell.devices.manipulators.items()
            for tool in drive.tools.values()
            for piece in (link for link in drive.body.link_index)
            if piece.partition("/")[0] == tool.name and f"{name}/{piece}" in self._row
        ]
        self._cars = [
            (self._row[f"{name}/car"], bays) for name, bays in cell.devices.bays.items()
        ]
        n_movers = len(scene.movers)
        # Position and quaternion side by side: one assignment a mover, since small
        # assignments into arrays are what a frame costs.
        self._pose = np.tile((0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0), (n_movers, 1))
        self._visible = np.ones(n_movers, dtype=np.bool_)
        for rows in self._car_rows:
            self._hide(rows)
        for row, position, wxyz in self._still:
            self._pose[row] = (*position, *wxyz)

    def _add_jointed(self) -> list[str]:
        """Note how what moves on joints is read; return the joints' names in order."""
        devices, ids = self._cell.devices, self._cell.devices.ids
        named: list[str] = []
        lift, table, arm = devices.lift, devices.table, devices.arm
        if lift is not None:
            named += [f"{ids['lift']}/{link}" for link in lift.links]
            self._joints.append(lift.joint_positions)
            self._add_links(ids["lift"], lift.body)
        if table is not None:
            named.append(f"{ids['table']}/{table.link}")
            self._joints.append(lambda: [table.reading()[0]])
            self._add_links(ids["table"], table.body)
        if arm is not None:
            named += [f"{ids['arm']}/{link}" for link in arm.joint_links]
            self._joints.append(arm.joint_positions)
            self._add_links(ids["arm"], arm.body)
        for name, device in devices.jointed.items():
            named += [f"{name}/{link}" for link in device.links]
            self._joints.append(device.joint_positions)
            self._add_links(name, device.body)
        for name, drive in devices.manipulators.items():
            named += [f"{name}/{link}" for link in drive.joint_links]
            self._joints.append(drive.positions)
            self._add_links(name, drive.body)
        return named

    def _rows_of(self, car: str) -> CarRows:
        parts = {}
        for name, design in self._cell.design.parts.items():
            names = tuple(fastener.name for fastener in design.fasteners)
            first = self._row[f"{car}/{names[0]}"] if names else 0
            parts[name] = PartRows(
                self._row[f"{car}/{name}"],
                slice(first, first + len(names)),
                names,
                np.array([f.part_from_fastener[:3, 3] for f in design.fasteners]),
            )
        return CarRows(self._row[car], parts)

    def _add_links(self, equipment: str, body: Body) -> None:
        indices, rows = [], []
        for link, index in body.link_index.items():
            row = self._row.get(f"{equipment}/{link}")
            if row is None:
                continue
            if index < 0:  # a base that is bolted down: once is enough
                self._still.append((row, *body.plain_pose()))
                continue
            indices.append(index)
            rows.append(row)
        self._links.append((body.body_id, indices, np.array(rows)))

    def frame(self) -> StateFrame:
        """Return the state now."""
        return self.compose(self.read())

    def read(self) -> Reading:
        """Return what the bodies and devices say now, as they say it.

        Reading belongs between two steps; making arrays of it does not, and is
        far quicker done for many readings at once than for each in between, when
        the step has driven everything else out of the processor's caches.
        """
        cell = self._cell
        client, read_links = cell.world.client, self._read_links
        for row, tool in self._tools:
            self._visible[row] = tool.coupled
        for row, bays in self._cars:
            position, wxyz = pose_of(bays.car_pose())
            self._pose[row] = (*position.tolist(), *wxyz.tolist())
        return Reading(
            tick=cell.tick,
            links=[
                read_links(body_id, indices, physicsClientId=client)
                for body_id, indices, _ in self._links
            ],
            cars=[
                CarReading(
                    car.slot,
                    None if car.body is None else car.body.plain_pose(),
                    {name: part.plain_pose() for name, part in car.parts.items()},
                    tuple(car.welds),
                )
                for car in cell.cars.values()
            ],
            people=[(p.x_m, p.y_m, p.yaw_rad) for p in cell.devices.people.values()],
            machines=cell.machines(self._scene.machines),
            joints=[value for read in self._joints for value in read()],
            scalars=tuple(read() for read in self._scalars),
        )

    def compose(self, reading: Reading) -> StateFrame:
        """Return the frame of a reading."""
        pose = self._pose
        for (_, _, link_rows), states in zip(self._links, reading.links, strict=True):
            pose[link_rows] = [(*at, w, x, y, z) for *_, at, (x, y, z, w) in states]
        for rows in self._car_rows:
            self._hide(rows)
        for car in reading.cars:
            self._show(self._car_rows[car.slot], car)
        for row, (x_m, y_m, yaw_rad) in zip(
            self._people_rows, reading.people, strict=True
        ):
            half_rad = yaw_rad / 2
            turn = (math.cos(half_rad), 0.0, 0.0, math.sin(half_rad))
            pose[row] = (x_m, y_m, 0.0, *turn)
        machines, reasons = reading.machines
        return StateFrame(
            tick=reading.tick,
            sim_time_s=reading.tick * self._cell.dt_s,
            scene_revision=self._scene.revision,
            position_in_world_m=pose[:, :3].copy(),
            orientation_wxyz=pose[:, 3:].copy(),
            visible=self._visible.copy(),
            joint_position=np.array(
                [reading.joints[place] for place in self._joint_places],
                dtype=np.float64,
            ),
            machine_state=np.array(machines, dtype=np.uint8),
            machine_reason=np.array(reasons, dtype=np.uint8),
            scalar=np.array(reading.scalars, dtype=np.float64),
        )

    def _show(self, rows: CarRows, car: CarReading) -> None:
        """Put a car, its parts and the fasteners still in them where they are."""
        pose, visible = self._pose, self._visible
        if car.body is not None:
            visible[rows.car] = True
            pose[rows.car] = (*car.body[0], *car.body[1])
        for name, (position, (w, x, y, z)) in car.parts.items():
            part = rows.parts[name]
            visible[part.part] = True
            pose[part.part] = (*position, w, x, y, z)
            # Rows of the rotation's transpose, written out: see rotation_from_wxyz.
            turned = np.array(
                (
                    (1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)),
                    (2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)),
                    (2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)),
                )
            )
            if not part.names:
                continue
            pose[part.fasteners, :3] = position + part.in_part_m @ turned
            pose[part.fasteners, 3:] = (w, x, y, z)
            visible[part.fasteners] = [each in car.fasteners for each in part.names]

    def _hide(self, rows: CarRows) -> None:
        # To the origin: where something was last seen is no part of the state.
        self._pose[rows.car] = IDENTITY_POSE
        self._visible[rows.car] = False
        for part in rows.parts.values():
            for row in (part.part, part.fasteners):
                self._pose[row] = IDENTITY_POSE
            self._visible[part.part] = False
            self._visible[part.fasteners] = False
