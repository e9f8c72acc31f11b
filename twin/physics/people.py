"""People at work and cameras at measure: devices without bodies."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
import numpy as np

from twin.errors import PhysicsError
from twin.physics.car import Car
from twin.physics.device import Done, Outcome, Told
from twin.scenario.equipment import MeasuringCamera, Worker
from twin.scenario.fields import Place
from twin.scenario.fluids import FluidKind
from twin.scenario.station import Operation, Work, WorkStep
from twin.signals import FaultKind, FaultOffer
from twin.transforms import (
    multiply_wxyz,
    transform,
    wxyz_about,
)


class PersonMemory(msgspec.Struct, frozen=True):
    """Where a person was, in which operation, and how far in it."""

    x_m: float
    y_m: float
    yaw_rad: float
    operation: str
    n_left: int
    ticks: int
    walking: bool
    car: int
    slowness: float


class PersonWork:
    """A person who walks between places and works there for a time.

    Args:
        worker: As in the scenario.
        dt_s: Length of a tick.
        operations: Those of the station, by name: what a memory refers to.
    """

    memory_type: ClassVar[type[msgspec.Struct]] = PersonMemory

    def __init__(
        self,
        worker: Worker,
        dt_s: float,
        operations: Mapping[str, Operation] | None = None,
    ) -> None:
        self._operations = operations or {}
        self._operation = ""
        self._worker = worker
        self._dt_s = dt_s
        self.x_m, self.y_m, self.yaw_rad = _spot(worker.place)
        self._steps: list[WorkStep] = []
        self._ticks = 0
        self._walking = False
        self._car: Car | None = None
        self._slowness = 1.0
        self.spills = 0.0

    def start(self, operation: Operation, car: Car) -> None:
        """Begin the steps of a work operation."""
        if operation.do != "work":
            raise PhysicsError(f"person: cannot {operation.do}; give 'do: work'")
        self._steps = list(operation.steps)
        self._car = car
        self._operation = next(
            (name for name, each in self._operations.items() if each is operation), ""
        )
        self._slowness = 1.0
        self._begin_step()

    def hamper(self, time_factor: float, lasts_s: float | None) -> None:
        """Have each step of what was just begun take longer; walking stays as it is.

        Args:
            time_factor: By which rust makes the steps longer.
            lasts_s: Of all, walking included, where something comes off by force.
        """
        self._slowness = time_factor
        if lasts_s is not None:
            steps_s = sum(float(step.time) for step in self._steps)
            left_s = max(0.0, lasts_s - self._walking_s())
            self._slowness = left_s / steps_s if steps_s else 1.0
        self._begin_step()

    def _walking_s(self) -> float:
        """Return how long the ways to the places of the steps take."""
        spots = [(self.x_m, self.y_m)]
        spots += [_spot(self._worker.spot(step.at))[:2] for step in self._steps]
        ways_m = (math.dist(one, other) for one, other in itertools.pairwise(spots))
        return sum(ways_m) / float(self._worker.walking_speed)

    def _begin_step(self) -> None:
        self._walking = True
        self._ticks = round(float(self._steps[0].time) * self._slowness / self._dt_s)

    def before_step(self, tick: int) -> Outcome | None:
        """Walk on, or work on."""
        step = self._steps[0]
        x_m, y_m, yaw_rad = _spot(self._worker.spot(step.at))
        if self._walking:
            away_m = math.hypot(x_m - self.x_m, y_m - self.y_m)
            stride_m = float(self._worker.walking_speed) * self._dt_s
            if away_m > stride_m:
                self.yaw_rad = math.atan2(y_m - self.y_m, x_m - self.x_m)
                self.x_m += stride_m * (x_m - self.x_m) / away_m
                self.y_m += stride_m * (y_m - self.y_m) / away_m
                return None
            self.x_m, self.y_m, self.yaw_rad = x_m, y_m, yaw_rad
            self._walking = False
        if self._ticks > 0:
            self._ticks -= 1
            return None
        if not self._is_dry(step):
            return None
        self._steps.pop(0)
        if not self._steps:
            return Done()
        self._begin_step()
        return Told(
            "WorkStepFinished",
            "event.work_step",
            {"step_en": step.label.en, "step_fr": step.label.fr},
        )

    def _is_dry(self, step: WorkStep) -> bool:
        """Return whether all that a step lets out has run out."""
        if not step.drains:
            return True
        car = self._car
        assert car is not None  # start() has set it
        return all(f in car.outflows and car.outflows[f].dry for f in step.drains)

    def lets_out(self) -> tuple[FluidKind, ...]:
        """Return the fluids of the step at hand, once at its place."""
        return self._steps[0].drains if self._steps and not self._walking else ()

    def memory(self) -> PersonMemory:
        """Return where the person is, and how far with what."""
        return PersonMemory(
            self.x_m,
            self.y_m,
            self.yaw_rad,
            self._operation,
            len(self._steps),
            self._ticks,
            self._walking,
            self._car.number if self._car is not None else 0,
            self._slowness,
        )

    def recall(self, memory: PersonMemory, cars: Mapping[int, Car]) -> None:
        """Stand there again, as far with the same."""
        self.x_m, self.y_m, self.yaw_rad = memory.x_m, memory.y_m, memory.yaw_rad
        self._operation = memory.operation
        self._steps = []
        operation = self._operations.get(memory.operation)
        if memory.n_left and isinstance(operation, Work):
            self._steps = list(operation.steps)[-memory.n_left :]
        self._ticks, self._walking = memory.ticks, memory.walking
        self._car = cars.get(memory.car)
        self._slowness = memory.slowness


def _spot(place: Place) -> tuple[float, float, float]:
    return float(place.x), float(place.y), float(place.yaw)


class CameraMemory(msgspec.Struct, frozen=True):
    """What a camera waited for, and where its noise stood.

    Attributes:
        ticks: Until the result.
        car: That it measures, 0 if none.
        noise: The generator's state; its large numbers in hexadecimal.
        stuck: Whether it sees everything where it should be.
    """

    ticks: int
    car: int
    noise: dict[str, Any]
    stuck: bool


class CameraMeasure:
    """A camera that sees the pose of the pack, or the car, with Gaussian noise."""

    memory_type: ClassVar[type[msgspec.Struct]] = CameraMemory

    def __init__(
        self,
        camera: MeasuringCamera,
        dt_s: float,
        rng: np.random.Generator,
        name: str = "camera",
    ) -> None:
        self._id = name
        self._stuck = False
        self._camera = camera
        self._dt_s = dt_s
        self._rng = rng
        self._ticks = 0
        self._car: Car | None = None

    def start(self, operation: Operation, car: Car) -> None:
        """Trigger a measurement."""
        if operation.do != "measure":
            raise PhysicsError(f"camera: cannot {operation.do}; give 'do: measure'")
        self._car = car
        self._ticks = round(float(self._camera.time) / self._dt_s)

    def before_step(self, tick: int) -> Outcome | None:
        """Wait for the result, then note it on the car."""
        self._ticks -= 1
        if self._ticks > 0:
            return None
        car = self._car
        assert car is not None  # start() has set it
        position, wxyz = car.measured_body().pose()
        shift = self._rng.normal(0.0, float(self._camera.position_noise), 3)
        for axis, angle in zip(
            np.eye(3),
            self._rng.normal(0.0, float(self._camera.angle_noise), 3),
            strict=True,
        ):
            wxyz = multiply_wxyz(wxyz_about(axis, float(angle)), wxyz)
        car.measured = transform(position + shift, wxyz)
        if self._stuck:
            car.measured = car.expected.copy()
        return Done()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: it sees every pack where it should be."""
        return (FaultOffer(self._id, "sensor_stuck", ("nominal",)),)

    def inject(self, kind: FaultKind, target: str) -> None:
        """Have it see what it expects."""
        self._stuck = True

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have it see what is there."""
        self._stuck = False

    def memory(self) -> CameraMemory:
        """Return what it waits for, and where its noise stands."""
        return CameraMemory(
            self._ticks,
            self._car.number if self._car is not None else 0,
            _hexed(self._rng.bit_generator.state),
            self._stuck,
        )

    def recall(self, memory: CameraMemory, cars: Mapping[int, Car]) -> None:
        """Wait for the same, with the same noise to come."""
        self._ticks, self._car = memory.ticks, cars.get(memory.car)
        self._rng.bit_generator.state = _unhexed(memory.noise)
        self._stuck = memory.stuck


def _hexed(state: Any) -> Any:
    """Return a generator's state with its 128-bit numbers as text."""
    if isinstance(state, Mapping):
        return {name: _hexed(value) for name, value in state.items()}
    return hex(state) if isinstance(state, int) else state


def _unhexed(state: Any) -> Any:
    if isinstance(state, Mapping):
        return {name: _unhexed(value) for name, value in state.items()}
    if isinstance(state, str) and state.startswith("0x"):
        return int(state, 16)
    return state
