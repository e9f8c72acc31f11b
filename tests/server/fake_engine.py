"""An engine small enough to know by heart, for tests of what carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from server.engine_process import Engine
from twin.errors import ScenarioError
from twin.state import Entity, Event, Label, MeshArrays, Scene, StateFrame

DT_S = 1 / 240


def triangle() -> MeshArrays:
    return MeshArrays(
        np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32),
        np.array([[0, 0, 1]] * 3, np.float32),
        np.full((3, 4), 200, np.uint8),
        np.array([[0, 1, 2]], np.uint32),
    )


class FakeEngine:
    """One part that moves 1 mm along x each tick."""

    def __init__(
        self, crash_at: int, events_per_tick: int, new_scene_at: int, event_bytes: int
    ) -> None:
        self.dt_s = DT_S
        self.tick = 0
        self._crash_at = crash_at
        self._events_per_tick = events_per_tick
        self._new_scene_at = new_scene_at
        self._padding = "x" * event_bytes
        self._events: list[Event] = []
        self._mesh = triangle()
        self._serial = 0

    @property
    def scene(self) -> Scene:
        sha256 = self._mesh.sha256()
        label = Label("part", "pièce")
        names = ("part", "later") if 0 < self._new_scene_at <= self.tick else ("part",)
        return Scene(
            name="fake",
            revision=len(names),
            dt_s=self.dt_s,
            entities=tuple(
                Entity(name, label, "part", mesh=sha256, mover=number)
                for number, name in enumerate(names)
            ),
            movers=names,
        )

    @property
    def meshes(self) -> Mapping[str, MeshArrays]:
        return {self._mesh.sha256(): self._mesh}

    def advance(self, ticks: int) -> None:
        for _ in range(ticks):
            self.tick += 1
            if self.tick == self._crash_at:
                raise ZeroDivisionError("a part of no mass")
            for _ in range(self._events_per_tick):
                self._serial += 1
                self._events.append(
                    Event(
                        serial=self._serial,
                        tick=self.tick,
                        sim_time_s=self.tick * self.dt_s,
                        kind="PartMoved",
                        source="part",
                        text="state.idle",
                        arguments={"padding": self._padding},
                    )
                )

    def frame(self) -> StateFrame:
        n_movers = len(self.scene.movers)
        position_m = np.zeros((n_movers, 3))
        position_m[:, 0] = self.tick * 1e-3
        return StateFrame(
            tick=self.tick,
            sim_time_s=self.tick * self.dt_s,
            scene_revision=self.scene.revision,
            position_in_world_m=position_m,
            orientation_wxyz=np.tile([1.0, 0.0, 0.0, 0.0], (n_movers, 1)),
            visible=np.ones(n_movers, np.bool_),
            joint_position=np.zeros(0),
            machine_state=np.zeros(0, np.uint8),
            machine_reason=np.zeros(0, np.uint8),
            scalar=np.zeros(0),
        )

    def take_events(self) -> list[Event]:
        taken, self._events = self._events, []
        return taken

    def reset(self) -> None:
        self.tick = 0
        self._events = []
        self._serial = 0

    def close(self) -> None:
        self._events = []


@dataclass(frozen=True)
class OpenFake:
    """Opens a fake engine, or fails to."""

    crash_at: int = -1
    events_per_tick: int = 0
    new_scene_at: int = 0
    event_bytes: int = 0
    unopenable: bool = False

    def __call__(self) -> Engine:
        if self.unopenable:
            raise ScenarioError("cell.yaml:3", "no such robot 'x'; name one")
        return FakeEngine(
            self.crash_at, self.events_per_tick, self.new_scene_at, self.event_bytes
        )
