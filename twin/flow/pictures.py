"""A run of flow as a viewer sees it: a frame is read off the state, nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from twin.flow.aisles import places
from twin.flow.digest import state_sha256
from twin.flow.kernel import records as r
from twin.flow.plant import Table
from twin.flow.run import open_run
from twin.layout.hall import DT_S, build_hall
from twin.scenario import Scenario
from twin.state import Event, MachineState, Reason, Scene, StateFrame

_DEFAULT_UNTIL_S = 30 * 86400.0

_SHOWN: Mapping[int, tuple[MachineState, Reason]] = {
    r.IDLE: (MachineState.SUSPENDED, Reason.STARVED),
    r.EXECUTE: (MachineState.EXECUTE, Reason.NONE),
    r.SET_UP: (MachineState.RESETTING, Reason.NONE),
    r.BLOCKED: (MachineState.SUSPENDED, Reason.BLOCKED),
    r.FAILED: (MachineState.ABORTED, Reason.FAULT),
    r.MAINTAINED: (MachineState.STOPPED, Reason.NONE),
    r.NO_OPERATOR: (MachineState.HELD, Reason.OPERATOR_MISSING),
    r.NO_MATERIAL: (MachineState.HELD, Reason.OWN_MATERIAL_MISSING),
    r.OFF_SHIFT: (MachineState.STOPPED, Reason.OFF_SHIFT),
}

# Of several servers the one that most deserves a look stands for the station.
_FIRST_SHOWN = (
    r.FAILED,
    r.EXECUTE,
    r.SET_UP,
    r.NO_OPERATOR,
    r.NO_MATERIAL,
    r.BLOCKED,
    r.MAINTAINED,
    r.IDLE,
    r.OFF_SHIFT,
)


class FlowEngine:
    """Runs a scenario as discrete events and shows where everything is.

    A frame is a function of the flow state at that time, so watching changes nothing
    and a run that began anew shows the same at the same time. Who walks or drives is
    shown where he is going.

    Args:
        scenario: With flow in it.
        folder: Where the files that it names are.
        seed: Of all draws; the scenario's own where absent.

    Attributes:
        scene: What a viewer needs once.
        meshes: Every mesh the scene names, by sha256.
        seed: Of all draws.

    Raises:
        ScenarioError, LayoutError: If the scenario or a shape is unusable.
    """

    name: Literal["flow"] = "flow"
    dt_s = DT_S
    frame_ticks = 10

    def __init__(
        self, scenario: Scenario, folder: Path, seed: int | None = None
    ) -> None:
        until = scenario.run.until
        self.duration_s = _DEFAULT_UNTIL_S if until is None else float(until)
        self.seed = scenario.seed if seed is None else seed
        self._hall = build_hall(scenario, folder)
        self.scene: Scene = self._hall.scene
        self.meshes = self._hall.meshes
        self._scenario = scenario
        self._run = open_run(scenario, folder, self.duration_s, self.seed)
        self._begin = self._run.fork()
        self._tick = 0
        self._floor = _floor_positions(scenario)
        has_asset = [
            scenario.products[name].asset is not None
            for name in self._run.plant.names.products
        ]
        self._is_car = np.array(has_asset, dtype=np.bool_)
        entities = {entity.id: entity for entity in self.scene.entities}
        poses = np.array([entities[name].pose for name in self.scene.movers], float)
        self._poses = poses.reshape(-1, 7)

    @property
    def tick(self) -> int:
        """Ticks since the start."""
        return self._tick

    @property
    def ended(self) -> bool:
        """True once calendars are not laid out any further."""
        return self._tick >= round(self.duration_s / DT_S)

    def advance(self, ticks: int) -> None:
        """Run on by ``ticks``, at most to the end.

        Raises:
            FlowError: If nothing can go on.
        """
        self._tick = min(self._tick + ticks, round(self.duration_s / DT_S))
        self._run.advance(min(self._tick * DT_S, self.duration_s))

    def advance_framed(self, until_tick: int) -> list[StateFrame]:
        """Run on to a tick and return the frames on the way, oldest first."""
        frames = []
        while self._tick < until_tick and not self.ended:
            self.advance(min(self.frame_ticks, until_tick - self._tick))
            frames.append(self.frame())
        return frames

    def take_events(self) -> list[Event]:
        """Return the events since the last call; flow tells none yet."""
        return []

    def reset(self) -> None:
        """Go back to the start."""
        self._run, self._tick = self._begin.fork(), 0

    def close(self) -> None:
        """Free nothing: a run is arrays."""

    def flow_sha256(self) -> str:
        """Return the checksum of the flow state."""
        return state_sha256(self._run.state)

    def frame(self) -> StateFrame:
        """Return the state now."""
        poses = self._poses.copy()
        visible = np.zeros(len(poses), np.bool_)
        self._show_parts(visible)
        self._show_people(poses, visible)
        self._show_vehicles(poses, visible)
        state, reason = self._machines()
        products = self._run.state.tables["products"]
        return StateFrame(
            tick=self._tick,
            sim_time_s=self._tick * DT_S,
            scene_revision=self.scene.revision,
            position_in_world_m=poses[:, :3].copy(),
            orientation_wxyz=poses[:, 3:].copy(),
            visible=visible,
            joint_position=np.zeros(0),
            machine_state=state,
            machine_reason=reason,
            scalar=np.array(
                [float(products["wip"].sum()), float(products["out"].sum())]
            ),
        )

    def _show_parts(self, visible: NDArray[np.bool_]) -> None:
        """Fill each node's slots with the parts in it, oldest first."""
        run = self._run
        parts = run.state.tables["parts"][: run.state.count("parts_used")]
        there = (parts["where"] != r.NOWHERE) & (parts["where"] != r.CARRIED)
        is_car = self._is_car[np.clip(parts["product"], 0, None)]
        for row, name in enumerate(run.plant.names.nodes):
            here = there & (parts["node"] == row)
            for slots, fits in (
                (self._hall.cars[name], is_car),
                (self._hall.small[name], ~is_car),
            ):
                n_here = int((here & fits).sum())
                visible[list(slots[:n_here])] = True
        stores = run.state.tables["stores"]
        for row, name in enumerate(run.plant.names.stores):
            n_stock = int(stores["stock"][row])
            visible[list(self._hall.small[name][:n_stock])] = True

    def _show_people(self, poses: Table, visible: NDArray[np.bool_]) -> None:
        """Put people at the place of their work, or where their crew waits."""
        persons = self._run.state.tables["persons"]
        crowd: dict[int, int] = {}
        first = 0
        for name in self._run.plant.names.crews:
            for mover in self._hall.people[name]:
                person = persons[first]
                first += 1
                place = int(person["place"])
                if person["state"] == r.OFF or not 0 <= place < len(self._floor):
                    continue
                beside = crowd.get(place, 0)
                crowd[place] = beside + 1
                spot = self._floor[place]
                # Left and right of a car in turn, not in it.
                side = 1.5 if beside % 2 == 0 else -1.5
                poses[mover, :3] = (spot[0] + side, spot[1] + 0.8 * (beside // 2), 0.0)
                visible[mover] = True

    def _show_vehicles(self, poses: Table, visible: NDArray[np.bool_]) -> None:
        """Put vehicles at the end of the way that they are on."""
        vehicles = self._run.state.tables["vehicles"]
        parts = self._run.state.tables["parts"]
        row = 0
        for name in self._run.plant.names.fleets:
            for mover, load in self._hall.vehicles[name]:
                vehicle = vehicles[row]
                row += 1
                place = int(vehicle["place"])
                if not 0 <= place < len(self._floor):
                    continue
                spot = self._floor[place]
                poses[mover, :3] = (spot[0], spot[1] - 5.0, 0.0)
                visible[mover] = True
                loaded = vehicle["state"] in (r.CARRYING, r.UNLOADING)
                if loaded and self._is_car[parts["product"][int(vehicle["part"])]]:
                    poses[load, :3] = (spot[0] + 1.2, spot[1] - 5.0, 0.3)
                    visible[load] = True

    def _machines(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return the PackML state and the reason of each station."""
        jobs = self._run.state.tables["jobs"]
        rows = {name: row for row, name in enumerate(self._run.plant.names.nodes)}
        shown = []
        for name in self.scene.machines:
            states = set(jobs["state"][jobs["node"] == rows[name]].tolist())
            code = next((code for code in _FIRST_SHOWN if code in states), r.IDLE)
            shown.append(_SHOWN[code])
        pairs = np.array(shown, np.uint8).reshape(-1, 2)
        return pairs[:, 0].copy(), pairs[:, 1].copy()

    def kpi(self) -> dict[str, Any]:
        """Return the run's figures so far."""
        products = self._run.state.tables["products"]
        return {
            "parts_inside": int(products["wip"].sum()),
            "parts_gone": int(products["out"].sum()),
            "flow_sha256": self.flow_sha256(),
        }


def _floor_positions(scenario: Scenario) -> NDArray[np.float64]:
    """Return x and y of each row of places, (n, 2), m."""
    pairs = [(float(p.x), float(p.y)) for p in places(scenario).values()]
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)
