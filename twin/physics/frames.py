"""The cell's state as StateFrames, in the order of its scene."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twin.physics.build import CAR_SLOTS
from twin.physics.cell import Cell
from twin.physics.world import Body
from twin.state import Label, Scalar, Scene, StateFrame
from twin.text import say
from twin.transforms import rotation_from_wxyz


def cell_scalars(cell: Cell) -> tuple[Scalar, ...]:
    """Return the numbers that a cell's frames carry, in order."""
    ids = cell.devices.ids

    def scalar(name: str, unit: str, entity: str, digits: int) -> Scalar:
        label = Label(en=say(f"scalar.{name}"), fr=say(f"scalar.{name}", "fr"))
        return Scalar(f"{entity}/{name}", label, unit, entity, digits)

    return (
        scalar("table_load", "N", ids["table"], 0),
        scalar("tracking_error", "rad", ids["arm"], 5),
        scalar("torque_share", "", ids["arm"], 2),
        scalar("strand_speed", "m/s", ids["strands"], 2),
        scalar("pack_belt_speed", "m/s", ids["pack_line"], 2),
        scalar("fasteners_in", "", cell.station_id, 0),
        scalar("cars_out", "", cell.station_id, 0),
        scalar("batteries_out", "", cell.station_id, 0),
    )


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
        self._joint_links = [name.rpartition("/")[2] for name in scene.joints]
        self._links: list[tuple[Body, list[int], list[int]]] = []
        self._add_links(ids["lift"], devices.lift.body)
        self._add_links(ids["table"], devices.table.body)
        self._add_links(ids["arm"], devices.arm.body)
        self._fastener_names = [f.name for f in cell.design.fasteners]
        in_pack = np.array([f.pack_from_fastener[:3, 3] for f in cell.design.fasteners])
        self._fasteners_in_pack_m: NDArray[np.float64] = in_pack
        self._car_rows = []
        for slot in range(CAR_SLOTS):
            car = f"car_{slot + 1}"
            pack = cell.design.product.pack_node
            rows = [self._row[f"{car}/{name}"] for name in self._fastener_names]
            self._car_rows.append(
                (self._row[car], self._row[f"{car}/{pack}"], np.array(rows))
            )
        n_movers = len(scene.movers)
        self._position = np.zeros((n_movers, 3))
        self._wxyz = np.tile((1.0, 0.0, 0.0, 0.0), (n_movers, 1))
        self._visible = np.ones(n_movers, dtype=np.bool_)

    def _add_links(self, equipment: str, body: Body) -> None:
        indices, rows = [], []
        for link, index in body.link_index.items():
            row = self._row.get(f"{equipment}/{link}")
            if row is None:
                continue
            if index < 0:
                position, wxyz = body.pose()  # a fixed base: once is enough
                self._still = (row, position, wxyz)
                continue
            indices.append(index)
            rows.append(row)
        self._links.append((body, indices, rows))

    def frame(self) -> StateFrame:
        """Return the state now."""
        cell, devices = self._cell, self._cell.devices
        position, wxyz, visible = self._position, self._wxyz, self._visible
        row, base_position, base_wxyz = self._still
        position[row], wxyz[row] = base_position, base_wxyz
        for body, indices, rows in self._links:
            states = cell.world.call("getLinkStates", body.body_id, indices)
            for row, state in zip(rows, states, strict=True):
                position[row] = state[4]
                x, y, z, w = state[5]
                wxyz[row] = (w, x, y, z)
        for car_row, pack_row, bolt_rows in self._car_rows:
            visible[car_row] = visible[pack_row] = False
            visible[bolt_rows] = False
        for car in cell.cars.values():
            car_row, pack_row, bolt_rows = self._car_rows[car.slot]
            if car.body is not None:
                position[car_row], wxyz[car_row] = car.body.plain_pose()
                visible[car_row] = True
            if car.pack is not None:
                origin, turn = car.pack.plain_pose()
                position[pack_row], wxyz[pack_row] = origin, turn
                visible[pack_row] = True
                rotation = rotation_from_wxyz(turn)
                position[bolt_rows] = origin + self._fasteners_in_pack_m @ rotation.T
                wxyz[bolt_rows] = turn
                visible[bolt_rows] = [n in car.welds for n in self._fastener_names]
        for name, person in devices.people.items():
            row = self._row[name]
            position[row] = (person.x_m, person.y_m, 0.0)
            half_rad = person.yaw_rad / 2
            wxyz[row] = (math.cos(half_rad), 0.0, 0.0, math.sin(half_rad))
        states, reasons = cell.machines(self._scene.machines)
        height_m, load_n = devices.table.reading()
        return StateFrame(
            tick=cell.tick,
            sim_time_s=cell.tick * cell.dt_s,
            scene_revision=self._scene.revision,
            position_in_world_m=position.copy(),
            orientation_wxyz=wxyz.copy(),
            visible=visible.copy(),
            joint_position=np.array(self._joints(height_m), dtype=np.float64),
            machine_state=np.array(states, dtype=np.uint8),
            machine_reason=np.array(reasons, dtype=np.uint8),
            scalar=np.array(self._scalars(load_n), dtype=np.float64),
        )

    def _joints(self, table_height_m: float) -> list[float]:
        devices = self._cell.devices
        values = {
            **devices.lift.joint_positions(),
            **devices.arm.joint_positions(),
            devices.table.link: table_height_m,
        }
        return [values.get(link, 0.0) for link in self._joint_links]

    def _scalars(self, table_load_n: float) -> list[float]:
        cell, devices = self._cell, self._cell.devices
        at_work = cell.cars.get(cell.state.car)
        return [
            table_load_n,
            devices.arm.tracking_error_rad,
            devices.arm.peak_torque_share,
            devices.belts[devices.ids["strands"]].speed_mps,
            devices.belts[devices.ids["pack_line"]].speed_mps,
            float(len(at_work.welds)) if at_work is not None else math.nan,
            float(cell.cars_out),
            float(cell.batteries_out),
        ]
