"""The kinds of value a scenario field can hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from twin import units
from twin.state import Label as _Label
from twin.transforms import Matrix, transform, wxyz_from_rpy
from twin.units import Confidence, Dimension, Quantity, read_quantity

_CONFIDENCES = get_args(Confidence)


class Model(BaseModel):
    """A strict, frozen part of a scenario: unknown keys are errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False
    )


@dataclass(frozen=True, slots=True)
class Of:
    """Says which dimension a quantity field has and which values it may take.

    A quantity is a text with a unit, or a mapping of ``value``, ``source`` and
    ``confidence``.
    """

    dimension: Dimension
    above: float = -math.inf
    at_least: float = -math.inf
    at_most: float = math.inf

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        text: JsonSchemaValue = {
            "type": "string",
            "description": f"{self.dimension.name}, such as {self.dimension.example}",
        }
        return {
            "anyOf": [
                text,
                {"const": 0},
                {
                    "type": "object",
                    "properties": {
                        "value": text,
                        "source": {"type": "string"},
                        "confidence": {"enum": list(_CONFIDENCES)},
                    },
                    "required": ["value", "source", "confidence"],
                    "additionalProperties": False,
                },
            ]
        }

    def _read(self, given: object) -> Quantity:
        if isinstance(given, Quantity):
            return given
        source, confidence, text = "", "", given
        if isinstance(given, dict):
            unknown = sorted(set(given) - {"value", "source", "confidence"}, key=str)
            missing = sorted({"value", "source", "confidence"} - set(given))
            if unknown or missing:
                raise ValueError(
                    f"got keys {', '.join(map(str, given))}; "
                    "give value, source and confidence"
                )
            text = given["value"]
            source, confidence = str(given["source"]), str(given["confidence"])
            if confidence not in _CONFIDENCES:
                raise ValueError(
                    f"confidence: got {confidence!r}; give A (published), "
                    "B (derived) or C (assumed)"
                )
        value = read_quantity(text, self.dimension)
        si = self.dimension.si
        if not value > self.above:
            raise ValueError(f"got {text}; give a value above {self.above:g} {si}")
        if value < self.at_least:
            raise ValueError(f"got {text}; give at least {self.at_least:g} {si}")
        if value > self.at_most:
            raise ValueError(f"got {text}; give at most {self.at_most:g} {si}")
        return Quantity(value, si, source, confidence)


@dataclass(frozen=True, slots=True)
class Share:
    """Says that a field is a pure number within bounds, provenance as above."""

    at_least: float = 0.0
    at_most: float = 1.0

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        number: JsonSchemaValue = {
            "type": "number",
            "minimum": self.at_least,
            "maximum": self.at_most,
        }
        return {
            "anyOf": [
                number,
                {
                    "type": "object",
                    "properties": {
                        "value": number,
                        "source": {"type": "string"},
                        "confidence": {"enum": list(_CONFIDENCES)},
                    },
                    "required": ["value", "source", "confidence"],
                    "additionalProperties": False,
                },
            ]
        }

    def _read(self, given: object) -> Quantity:
        if isinstance(given, Quantity):
            return given
        source, confidence, number = "", "", given
        if isinstance(given, dict):
            if set(given) != {"value", "source", "confidence"}:
                raise ValueError(
                    f"got keys {', '.join(map(str, given))}; "
                    "give value, source and confidence"
                )
            number = given["value"]
            source, confidence = str(given["source"]), str(given["confidence"])
            if confidence not in _CONFIDENCES:
                raise ValueError(
                    f"confidence: got {confidence!r}; give A (published), "
                    "B (derived) or C (assumed)"
                )
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise ValueError(f"got {number!r}; give a number without a unit")
        if not self.at_least <= number <= self.at_most:
            raise ValueError(
                f"got {number}; give a number from {self.at_least:g} "
                f"to {self.at_most:g}"
            )
        return Quantity(float(number), "", source, confidence)


Seconds = Annotated[Quantity, Of(units.TIME, at_least=0.0)]
Metres = Annotated[Quantity, Of(units.LENGTH)]
PositiveMetres = Annotated[Quantity, Of(units.LENGTH, above=0.0)]
Radians = Annotated[Quantity, Of(units.ANGLE)]
PositiveRadians = Annotated[Quantity, Of(units.ANGLE, above=0.0)]
Speed = Annotated[Quantity, Of(units.SPEED, above=0.0)]
Acceleration = Annotated[Quantity, Of(units.ACCELERATION, above=0.0)]
Jerk = Annotated[Quantity, Of(units.JERK, above=0.0)]
AngularSpeed = Annotated[Quantity, Of(units.ANGULAR_SPEED, above=0.0)]
AngularAcceleration = Annotated[Quantity, Of(units.ANGULAR_ACCELERATION, above=0.0)]
AngularJerk = Annotated[Quantity, Of(units.ANGULAR_JERK, above=0.0)]
Kilograms = Annotated[Quantity, Of(units.MASS, above=0.0)]
Newtons = Annotated[Quantity, Of(units.FORCE, above=0.0)]
NewtonMetres = Annotated[Quantity, Of(units.TORQUE, above=0.0)]
Hertz = Annotated[Quantity, Of(units.FREQUENCY, above=0.0)]
Friction = Annotated[Quantity, Share(0.0, 2.0)]
Turns = Annotated[Quantity, Share(0.1, 200.0)]


class Text(Model):
    """A name or sentence in both languages."""

    en: str
    fr: str

    def label(self) -> _Label:
        """Return it as a viewer gets it."""
        return _Label(en=self.en, fr=self.fr)


class Point(Model):
    """A point of the world frame, m."""

    x: Metres
    y: Metres
    z: Metres = Quantity(0.0, "m")

    def as_tuple(self) -> tuple[float, float, float]:
        """Return x, y, z in m."""
        return (float(self.x), float(self.y), float(self.z))


class Place(Point):
    """Where something stands: its origin, and its turn about +Z, world frame."""

    yaw: Radians = Quantity(0.0, "rad")

    def world_from_local(self) -> Matrix:
        """Return the 4x4 transform from the thing's frame to the world."""
        return transform(self.as_tuple(), wxyz_from_rpy(0.0, 0.0, float(self.yaw)))


ORIGIN = Place(x=Quantity(0.0, "m"), y=Quantity(0.0, "m"))


def quantities(model: BaseModel, path: str = "") -> list[tuple[str, Quantity]]:
    """Return every quantity of a model with its path, depth first."""
    found: list[tuple[str, Quantity]] = []

    def visit(value: Any, at: str) -> None:
        if isinstance(value, Quantity):
            found.append((at, value))
        elif isinstance(value, BaseModel):
            for name in type(value).model_fields:
                visit(getattr(value, name), f"{at}.{name}" if at else name)
        elif isinstance(value, dict):
            for name, entry in value.items():
                visit(entry, f"{at}.{name}" if at else str(name))
        elif isinstance(value, (list, tuple)):
            for index, entry in enumerate(value):
                visit(entry, f"{at}[{index}]")

    visit(model, path)
    return found
