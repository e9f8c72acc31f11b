"""One clock over a scenario's engine: open it, advance it, read its state."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from twin.errors import ScenarioError
from twin.layout.plan import Layout, build_layout
from twin.layout.scene import build_scene
from twin.physics.build import CAR_SLOTS
from twin.physics.cell import Cell
from twin.physics.frames import FrameComposer, cell_scalars
from twin.physics.snapshot import stored_snapshot
from twin.physics.snapshots import Kept, Snapshots
from twin.scenario import Scenario, load_scenario
from twin.scenario.findings import Path as Keys
from twin.scenario.flow_consistency import flows
from twin.scenario.read import locate_in, written
from twin.signals import FaultOffer, Injected, SnapshotNote
from twin.state import Event, MeshArrays, Scene, StateFrame

if TYPE_CHECKING:
    from twin.flow.pictures import FlowEngine

EngineName = Literal["flow", "physics"]


class PhysicsEngine:
    """Runs a scenario's cell as rigid bodies.

    Attributes:
        scene: What a viewer needs once.
        meshes: Every mesh the scene names, by sha256.
        cell: The model itself.
        seed: Of all draws.
    """

    name: EngineName = "physics"

    def __init__(
        self,
        scenario: Scenario,
        layout: Layout,
        seed: int,
        bullet: Any | None = None,
        locate: Callable[[Keys], str] = written,
    ) -> None:
        self._scenario = scenario
        self._layout = layout
        self.seed = seed
        self._bullet = bullet
        self.scene: Scene
        self.meshes: Mapping[str, MeshArrays]
        with contextlib.ExitStack() as on_failure:
            self.cell = Cell(scenario, layout, seed, bullet, locate)
            on_failure.callback(self.cell.close)
            self.scene, self.meshes = build_scene(
                scenario,
                layout,
                n_car_slots=CAR_SLOTS,
                scalars=cell_scalars(self.cell),
            )
            self._composer = FrameComposer(self.cell, self.scene)
            self._snapshots = self._no_snapshots()
            self._kept_frame: StateFrame | None = None
            on_failure.pop_all()

    @property
    def dt_s(self) -> float:
        """Length of a tick, s."""
        return self.cell.dt_s

    @property
    def tick(self) -> int:
        """Ticks since the start."""
        return self.cell.tick

    @property
    def frame_ticks(self) -> int:
        """Ticks from one recorded frame to the next."""
        return self.cell.frame_ticks

    @property
    def ended(self) -> bool:
        """Never: physics goes on as long as it is asked to."""
        return False

    def advance(self, ticks: int) -> None:
        """Run on by ``ticks``."""
        self._kept_frame = None
        step = self.cell.step
        for _ in range(ticks):
            step()

    def advance_framed(self, until_tick: int) -> list[StateFrame]:
        """Run on to a tick and return the frames on the way, oldest first.

        A frame is taken every ``frame_ticks`` from now, and one at the end. They
        are read one by one and composed together: see ``FrameComposer.read``.
        """
        readings = []
        while self.tick < until_tick:
            self.advance(min(self.frame_ticks, until_tick - self.tick))
            readings.append(self._composer.read())
        return [self._composer.compose(reading) for reading in readings]

    def frame(self) -> StateFrame:
        """Return the state now."""
        if self._kept_frame is not None:
            return self._kept_frame
        return self._composer.frame()

    def take_events(self) -> list[Event]:
        """Return the events since the last call."""
        events, self.cell.events = self.cell.events, []
        return events

    def reset(self) -> None:
        """Go back to the start: the world is built anew, its snapshots are gone."""
        fresh = Cell(self._scenario, self._layout, self.seed, self._bullet)
        self.cell.close()
        self.cell = fresh
        self._composer = FrameComposer(self.cell, self.scene)
        self._snapshots, self._kept_frame = self._no_snapshots(), None

    # For who teaches with it ------------------------------------------------

    def _no_snapshots(self) -> Snapshots:
        cell = self.cell
        return Snapshots(cell.dt_s, lambda kept: cell.forget(kept.cell))

    def keep_snapshot(self, name: str = "") -> tuple[str, list[str]]:
        """Keep the state now, under a name or a number.

        Returns:
            Its name, and the names of older ones that were dropped for it.

        Raises:
            PhysicsError: If the name is too long, or the cell cannot be put back.
        """
        frame = self.frame()
        return self._snapshots.keep(Kept(self.cell.save(), frame), name)

    def go_back(self, name: str = "") -> SnapshotNote:
        """Go back to a snapshot, the newest if "", and on from there.

        Raises:
            PhysicsError: If none has that name.
        """
        name, kept = self._snapshots.find(name)
        self.cell.restore(kept.cell)
        self._kept_frame = kept.frame
        return SnapshotNote(name, kept.tick, kept.tick * self.dt_s, kept.cell.serial)

    def store(self) -> bytes:
        """Return the state as plain data, for ``go_on_from`` in another process.

        Raises:
            PhysicsError: If the cell cannot be put back.
        """
        snapshot = self.cell.save()
        self.cell.forget(snapshot)
        return snapshot.data

    def go_on_from(self, stored: bytes) -> None:
        """Go on from what ``store`` gave, here or in another process.

        Bodies, joints, fasteners and devices are as they were. Contacts start
        afresh, so the run is close to the one that was stored, not equal.

        Raises:
            PhysicsError: If it is damaged, or of another scenario or seed.
        """
        self.cell.restore(stored_snapshot(stored, self.cell.scenario_sha256))
        self._kept_frame = None

    def snapshot_notes(self) -> tuple[SnapshotNote, ...]:
        """Return the snapshots that are kept, oldest first."""
        return self._snapshots.notes()

    def faults_offered(self) -> tuple[FaultOffer, ...]:
        """Return what can be broken."""
        return self.cell.faults_offered()

    def faults_injected(self) -> tuple[Injected, ...]:
        """Return what is broken now."""
        return tuple(self.cell.faults.injected)

    def inject_fault(self, source: str, kind: str, target: str = "") -> None:
        """Break something.

        Raises:
            PhysicsError: If nothing here can be broken like that.
        """
        self.cell.inject_fault(source, kind, target)

    def clear_fault(self, source: str = "", kind: str = "", target: str = "") -> int:
        """Mend what fits, all by default, and let the station go on.

        Returns:
            How many faults were mended.
        """
        return self.cell.clear_fault(source, kind, target)

    def close(self) -> None:
        """Free the world."""
        self.cell.close()

    def kpi(self) -> dict[str, Any]:
        """Return the run's figures so far, with units in their names."""
        cell = self.cell
        last = cell.cycles[-1] if cell.cycles else None
        dt_s = cell.dt_s
        arms = cell.devices.manipulators.values()
        packs = cell.pack_work
        steps = (
            {name: ticks * dt_s for name, ticks in last.step_ticks.items()}
            if last
            else {}
        )
        of_packs: dict[str, Any] = {}
        if packs is not None:
            of_packs = {
                "batteries_out": cell.batteries_out,
                "peak_tracking_error_rad": packs.arm.peak_tracking_error_rad,
                "peak_torque_over_limit": packs.arm.peak_torque_share,
                "peak_table_force_n": packs.table.peak_load_n,
            }
        of_parts: dict[str, Any] = {}
        if arms:
            of_parts = {
                "parts_out": cell.parts_out,
                "peak_joint_error": max(
                    float(arm.peak_position_error.max()) for arm in arms
                ),
                "peak_effort_over_limit": max(
                    float(arm.peak_effort_share.max()) for arm in arms
                ),
            }
        tanks = cell.draining.content_kg()
        of_tanks: dict[str, Any] = {}
        if tanks:
            of_tanks = {
                "tanks_kg": {name: sum(held.values()) for name, held in tanks.items()}
            }
        return {
            "cars_in": cell.cars_in,
            "cars_out": cell.cars_out,
            **of_packs,
            **of_parts,
            **of_tanks,
            "cycle_time_s": (last.exit_tick - last.entry_tick) * dt_s if last else None,
            "cycle_steps": steps,
            "alarms": cell.n_alarms,
            "mass_balance_error": cell.mass_balance_error(),
        }


def open_scenario(path: str | Path) -> tuple[Scenario, Path]:
    """Return a scenario and the folder that its own files lie in.

    Raises:
        ScenarioError: If the file is missing or wrong.
    """
    path = Path(path)
    return load_scenario(path), path.parent


@overload
def open_engine(
    scenario_path: str | Path,
    *,
    seed: int | None = None,
    engine: Literal["physics"],
    bullet: Any | None = None,
) -> PhysicsEngine: ...
@overload
def open_engine(
    scenario_path: str | Path,
    *,
    seed: int | None = None,
    engine: EngineName | None = None,
    bullet: Any | None = None,
) -> PhysicsEngine | FlowEngine: ...
def open_engine(
    scenario_path: str | Path,
    *,
    seed: int | None = None,
    engine: EngineName | None = None,
    bullet: Any | None = None,
) -> PhysicsEngine | FlowEngine:
    """Return a scenario's engine, ready at time 0.

    Args:
        scenario_path: The scenario file.
        seed: Of the run; the scenario's own where None.
        engine: What runs it; the scenario's own where None.
        bullet: Stands for pybullet in the bench.

    Raises:
        ScenarioError: If the scenario is wrong or its engine is not there.
        LayoutError: If a mesh is unusable.
        PhysicsError: If the cell cannot be built.
        MissingPartError: If pybullet is not installed.
    """
    scenario, folder = open_scenario(scenario_path)
    chosen = engine or scenario.engine
    if chosen == "flow":
        if not flows(scenario):
            raise ScenarioError(
                str(scenario_path),
                "engine flow: shows no cell; use --engine physics to look at it",
            )
        from twin.flow.pictures import FlowEngine

        return FlowEngine(scenario, folder, seed)
    locate = locate_in(folder / Path(scenario_path).name)
    return build_engine(scenario, folder, seed=seed, bullet=bullet, locate=locate)


def build_engine(
    scenario: Scenario,
    folder: Path,
    *,
    seed: int | None = None,
    bullet: Any | None = None,
    locate: Callable[[Keys], str] = written,
) -> PhysicsEngine:
    """Return the physics engine of a scenario that is read already.

    Args:
        scenario: With a cell in it.
        folder: That its own files lie in.
        seed: Of the run; the scenario's own where None.
        bullet: Stands for pybullet in the bench.
        locate: Tells where in the scenario something stands, as errors write it.

    Raises:
        ScenarioError, LayoutError, PhysicsError, MissingPartError: As of
            ``open_engine``; ScenarioError, too, where bodies overlap.
    """
    layout = build_layout(scenario, folder, locate)
    return PhysicsEngine(
        scenario, layout, scenario.seed if seed is None else seed, bullet, locate
    )
