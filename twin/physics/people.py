"""People at work and cameras at measure: devices without bodies."""

from __future__ import annotations

import math

import numpy as np

from twin.errors import PhysicsError
from twin.physics.car import Car
from twin.physics.device import Done, Outcome, Told
from twin.scenario.equipment import MeasuringCamera, Worker
from twin.scenario.fields import Place
from twin.scenario.station import Operation, WorkStep
from twin.transforms import (
    multiply_wxyz,
    transform,
    wxyz_about,
)


class PersonWork:
    """A person who walks between places and works there for a time."""

    def __init__(self, worker: Worker, dt_s: float) -> None:
        self._worker = worker
        self._dt_s = dt_s
        self.x_m, self.y_m, self.yaw_rad = _spot(worker.place)
        self._steps: list[WorkStep] = []
        self._ticks = 0
        self._walking = False

    def start(self, operation: Operation, car: Car) -> None:
        """Begin the steps of a work operation."""
        if operation.do != "work":
            raise PhysicsError(f"person: cannot {operation.do}; give 'do: work'")
        self._steps = list(operation.steps)
        self._begin_step()

    def _begin_step(self) -> None:
        self._walking = True
        self._ticks = round(float(self._steps[0].time) / self._dt_s)

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
        self._steps.pop(0)
        if not self._steps:
            return Done()
        self._begin_step()
        return Told(
            "WorkStepFinished",
            "event.work_step",
            {"step_en": step.label.en, "step_fr": step.label.fr},
        )


def _spot(place: Place) -> tuple[float, float, float]:
    return float(place.x), float(place.y), float(place.yaw)


class CameraMeasure:
    """A camera that sees the pack's pose with Gaussian noise."""

    def __init__(
        self, camera: MeasuringCamera, dt_s: float, rng: np.random.Generator
    ) -> None:
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
        position, wxyz = car.pack_here().pose()
        shift = self._rng.normal(0.0, float(self._camera.position_noise), 3)
        for axis, angle in zip(
            np.eye(3),
            self._rng.normal(0.0, float(self._camera.angle_noise), 3),
            strict=True,
        ):
            wxyz = multiply_wxyz(wxyz_about(axis, float(angle)), wxyz)
        car.measured = transform(position + shift, wxyz)
        return Done()
