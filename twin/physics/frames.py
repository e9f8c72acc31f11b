"""The cell's state as StateFrames, in the order of its scene."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.physics.build import CAR_SLOTS
from twin.physics.cell import Cell
from twin.physics.world import Body, Position, Quaternion
from twin.state import IDENTITY_POSE, Label, Scalar, Scene, StateFrame
from twin.text import say


def cell_scalars(cell: Cell) -> tuple[Scalar, ...]:
    """Return the numbers that a cell's frames carry, in order."""
    ids = cell.devices.ids

    def scalar(name: str, unit: str, entity: str, digits: int) -> Scalar:
        label = Label(en=say(f"scalar.{name}"), fr=say(f"scalar.{name}", "fr"))
        return Scalar(f"{entity}/{name}", label, unit, entity, digits)

    return (
        scalar("table_load", "N", ids["table"], 0),
        scalar("tracking_error", "mrad", ids["arm"], 3),
        scalar("torque_share", "", ids["arm"], 2),
        scalar("strand_speed", "m/s", ids["strands"], 2),
        scalar("pack_belt_speed", "m/s", ids["pack_line"], 2),
        scalar("fasteners_in", "", cell.station_id, 0),
        scalar("cars_out", "", cell.station_id, 0),
        scalar("batteries_out", "", cell.station_id, 0),
    )


@dataclass(frozen=True, slots=True)
class CarRows:
    """Which movers a car's place in the scene has."""

    car: int
    pack: int
    fasteners: slice


Placed = tuple[Position, Quaternion]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell's bodies and devices said at one tick.

    Attributes:
        tick: When.
        links: Link states of lift, table and arm, as pybullet gives them.
        cars: Slot, pose of the car, pose of its pack, fasteners still in.
        people: Place, m, and heading, rad.
        machines: States and reasons.
        lift: Joint positions.
        table: Height, m, and load, N.
        arm: Joint positions.
        scalars: All but the table's load.
    """

    tick: int
    links: list[Any]
    cars: list[tuple[int, Placed | None, Placed | None, tuple[str, ...]]]
    people: list[tuple[float, float, float]]
    machines: tuple[list[int], list[int]]
    lift: list[float]
    table: tuple[float, float]
    arm: list[float]
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
        devices = cell.devices
        ids = devices.ids
        read_in_order = [
            *(f"{ids['lift']}/{link}" for link in devices.lift.links),
            f"{ids['table']}/{devices.table.link}",
            *(f"{ids['arm']}/{link}" for link in devices.arm.joint_links),
        ]
        self._joint_places = [read_in_order.index(name) for name in scene.joints]
        self._read_links = cell.world.bound("getLinkStates")
        self._still: list[tuple[int, Position, Quaternion]] = []
        self._links: list[tuple[int, list[int], NDArray[np.int64]]] = []
        self._add_links(ids["lift"], devices.lift.body)
        self._add_links(ids["table"], devices.table.body)
        self._add_links(ids["arm"], devices.arm.body)
        self._fasteners = [fastener.name for fastener in cell.design.fasteners]
        self._fasteners_in_pack_m: NDArray[np.float64] = np.array(
            [f.pack_from_fastener[:3, 3] for f in cell.design.fasteners]
        )
        self._people_rows = [self._row[name] for name in devices.people]
        self._car_rows = []
        for slot in range(CAR_SLOTS):
            car = f"car_{slot + 1}"
            pack = cell.design.product.pack_node
            first = self._row[f"{car}/{self._fasteners[0]}"]
            self._car_rows.append(
                CarRows(
                    self._row[car],
                    self._row[f"{car}/{pack}"],
                    slice(first, first + len(self._fasteners)),
                )
            )
        n_movers = len(scene.movers)
        # Position and quaternion side by side: one assignment a mover, since small
        # assignments into arrays are what a frame costs.
        self._pose = np.tile((0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0), (n_movers, 1))
        self._visible = np.ones(n_movers, dtype=np.bool_)
        for rows in self._car_rows:
            self._hide(rows)
        for row, position, wxyz in self._still:
            self._pose[row] = (*position, *wxyz)

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
        cell, devices = self._cell, self._cell.devices
        client, read_links = cell.world.client, self._read_links
        cars = []
        for car in cell.cars.values():
            body, pack = car.body, car.pack
            cars.append(
                (
                    car.slot,
                    None if body is None else body.plain_pose(),
                    None if pack is None else pack.plain_pose(),
                    tuple(car.welds),
                )
            )
        arm = devices.arm
        at_work = cell.cars.get(cell.state.car)
        return Reading(
            tick=cell.tick,
            links=[
                read_links(body_id, indices, physicsClientId=client)
                for body_id, indices, _ in self._links
            ],
            cars=cars,
            people=[(p.x_m, p.y_m, p.yaw_rad) for p in devices.people.values()],
            machines=cell.machines(self._scene.machines),
            lift=devices.lift.joint_positions(),
            table=devices.table.reading(),
            arm=arm.joint_positions(),
            scalars=(
                1e3 * arm.tracking_error_rad,
                arm.peak_torque_share,
                devices.belts[devices.ids["strands"]].speed_mps,
                devices.belts[devices.ids["pack_line"]].speed_mps,
                float(len(at_work.welds)) if at_work is not None else math.nan,
                float(cell.cars_out),
                float(cell.batteries_out),
            ),
        )

    def compose(self, reading: Reading) -> StateFrame:
        """Return the frame of a reading."""
        pose = self._pose
        for (_, _, link_rows), states in zip(self._links, reading.links, strict=True):
            pose[link_rows] = [(*at, w, x, y, z) for *_, at, (x, y, z, w) in states]
        for rows in self._car_rows:
            self._hide(rows)
        for slot, body, pack, fasteners in reading.cars:
            self._show(self._car_rows[slot], body, pack, fasteners)
        for row, (x_m, y_m, yaw_rad) in zip(
            self._people_rows, reading.people, strict=True
        ):
            half_rad = yaw_rad / 2
            turn = (math.cos(half_rad), 0.0, 0.0, math.sin(half_rad))
            pose[row] = (x_m, y_m, 0.0, *turn)
        machines, reasons = reading.machines
        height_m, load_n = reading.table
        joints = [*reading.lift, height_m, *reading.arm]
        return StateFrame(
            tick=reading.tick,
            sim_time_s=reading.tick * self._cell.dt_s,
            scene_revision=self._scene.revision,
            position_in_world_m=pose[:, :3].copy(),
            orientation_wxyz=pose[:, 3:].copy(),
            visible=self._visible.copy(),
            joint_position=np.array(
                [joints[place] for place in self._joint_places], dtype=np.float64
            ),
            machine_state=np.array(machines, dtype=np.uint8),
            machine_reason=np.array(reasons, dtype=np.uint8),
            scalar=np.array((load_n, *reading.scalars), dtype=np.float64),
        )

    def _show(
        self,
        rows: CarRows,
        body: Placed | None,
        pack: Placed | None,
        fasteners: tuple[str, ...],
    ) -> None:
        """Put a car, its pack and the fasteners still in it where they are."""
        pose, visible = self._pose, self._visible
        if body is not None:
            visible[rows.car] = True
            pose[rows.car] = (*body[0], *body[1])
        if pack is None:
            return
        position, (w, x, y, z) = pack
        visible[rows.pack] = True
        pose[rows.pack] = (*position, w, x, y, z)
        # Rows of the rotation's transpose, written out: see rotation_from_wxyz.
        turned = np.array(
            (
                (1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)),
                (2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)),
                (2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)),
            )
        )
        pose[rows.fasteners, :3] = position + self._fasteners_in_pack_m @ turned
        pose[rows.fasteners, 3:] = (w, x, y, z)
        visible[rows.fasteners] = [name in fasteners for name in self._fasteners]

    def _hide(self, rows: CarRows) -> None:
        # To the origin: where something was last seen is no part of the state.
        for row in (rows.car, rows.pack, rows.fasteners):
            self._pose[row] = IDENTITY_POSE
        self._visible[rows.car] = self._visible[rows.pack] = False
        self._visible[rows.fasteners] = False
