"""The kinds of value a scenario field can hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from twin import units
from twin.state import Label as _Label
from twin.transforms import Matrix, transform, wxyz_from_rpy
from twin.units import Confidence, Dimension, Quantity, read_quantity

_T = TypeVar("_T")

_CONFIDENCES = get_args(Confidence)

MOST = 1_000_000_000
"""Largest count: it fits the 32-bit integers of a compiled plant."""


class Model(BaseModel):
    """A strict, frozen part of a scenario: unknown keys are errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False
    )


def _with_source(value: JsonSchemaValue) -> JsonSchemaValue:
    """Return the schema of a value that says where it comes from."""
    return {
        "type": "object",
        "properties": {
            "value": value,
            "source": {"type": "string", "pattern": r"\S"},
            "confidence": {"enum": list(_CONFIDENCES)},
        },
        "required": ["value", "source", "confidence"],
        "additionalProperties": False,
    }


def _provenance(given: object) -> tuple[object, str, str]:
    """Return the value, source and confidence of what a quantity field holds."""
    if not isinstance(given, dict):
        return given, "", ""
    if set(given) != {"value", "source", "confidence"}:
        raise ValueError(
            f"got keys {', '.join(map(str, given))}; give value, source and confidence"
        )
    source, confidence = given["source"], given["confidence"]
    if not isinstance(source, str) or not source.strip():
        raise ValueError(f"source: got {source!r}; say where the value comes from")
    if confidence not in _CONFIDENCES:
        raise ValueError(
            f"confidence: got {confidence!r}; give A (published), "
            "B (derived) or C (assumed)"
        )
    return given["value"], source, str(confidence)


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
            "pattern": units.QUANTITY_PATTERN,
            "description": f"{self.dimension.name}, such as {self.dimension.example}",
        }
        zero_fits = self.above < 0.0 and self.at_least <= 0.0 <= self.at_most
        bare: list[JsonSchemaValue] = [{"const": 0}] if zero_fits else []
        return {"anyOf": [text, *bare, _with_source({"anyOf": [text, *bare]})]}

    def _read(self, given: object) -> Quantity:
        if isinstance(given, Quantity):
            return given
        text, source, confidence = _provenance(given)
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
class OrWord:
    """Says that a field may hold one word instead of what it otherwise holds."""

    word: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            self._read, self._other(source, handler)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"const": self.word}]}

    def _other(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler(source)

    def _read(self, given: object, other: ValidatorFunctionWrapHandler) -> object:
        if isinstance(given, str) and given == self.word:
            return given
        try:
            return other(given)
        except ValidationError as error:
            found = self._found(given, error)
            raise ValueError(f"{found}, or {self.word}") from error

    def _found(self, given: object, error: ValidationError) -> str:
        return error.errors()[0]["msg"].removeprefix("Value error, ")


@dataclass(frozen=True, slots=True)
class WholeOrWord(OrWord):
    """Says that a field is a whole number from ``at_least`` on, or one word."""

    at_least: int = 0

    def _other(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.int_schema(ge=self.at_least, le=MOST, strict=True)

    def _found(self, given: object, error: ValidationError) -> str:
        return f"got {given!r}; give a whole number from {self.at_least} on"


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
        return {"anyOf": [number, _with_source(number)]}

    def _read(self, given: object) -> Quantity:
        if isinstance(given, Quantity):
            return given
        number, source, confidence = _provenance(given)
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise ValueError(f"got {number!r}; give a number without a unit")
        if not self.at_least <= number <= self.at_most:
            raise ValueError(
                f"got {number}; give a number from {self.at_least:g} "
                f"to {self.at_most:g}"
            )
        return Quantity(float(number), "", source, confidence)


# The upper bounds catch slips of the pen and keep arithmetic finite: they lie far
# beyond any plant (100 km, 100 years, 10,000 t).
Seconds = Annotated[Quantity, Of(units.TIME, at_least=0.0, at_most=3.2e9)]
PositiveSeconds = Annotated[Quantity, Of(units.TIME, above=0.0, at_most=3.2e9)]
Metres = Annotated[Quantity, Of(units.LENGTH, at_least=-1e5, at_most=1e5)]
PositiveMetres = Annotated[Quantity, Of(units.LENGTH, above=0.0, at_most=1e5)]
NonNegativeMetres = Annotated[Quantity, Of(units.LENGTH, at_least=0.0, at_most=1e5)]
Radians = Annotated[Quantity, Of(units.ANGLE, at_least=-100.0, at_most=100.0)]
PositiveRadians = Annotated[Quantity, Of(units.ANGLE, above=0.0, at_most=100.0)]
NonNegativeRadians = Annotated[Quantity, Of(units.ANGLE, at_least=0.0, at_most=100.0)]
Speed = Annotated[Quantity, Of(units.SPEED, above=0.0, at_most=1e3)]
Acceleration = Annotated[Quantity, Of(units.ACCELERATION, above=0.0, at_most=1e4)]
Jerk = Annotated[Quantity, Of(units.JERK, above=0.0, at_most=1e6)]
AngularSpeed = Annotated[Quantity, Of(units.ANGULAR_SPEED, above=0.0, at_most=1e4)]
AngularAcceleration = Annotated[
    Quantity, Of(units.ANGULAR_ACCELERATION, above=0.0, at_most=1e5)
]
AngularJerk = Annotated[Quantity, Of(units.ANGULAR_JERK, above=0.0, at_most=1e7)]
Kilograms = Annotated[Quantity, Of(units.MASS, above=0.0, at_most=1e7)]
NonNegativeKilograms = Annotated[Quantity, Of(units.MASS, at_least=0.0, at_most=1e7)]
MassFlow = Annotated[Quantity, Of(units.MASS_FLOW, above=0.0, at_most=1e4)]
VolumeFlow = Annotated[Quantity, Of(units.VOLUME_FLOW, above=0.0, at_most=1e2)]
Newtons = Annotated[Quantity, Of(units.FORCE, above=0.0, at_most=1e9)]
NewtonMetres = Annotated[Quantity, Of(units.TORQUE, above=0.0, at_most=1e9)]
Pascals = Annotated[Quantity, Of(units.PRESSURE, above=0.0, at_most=1e9)]
Hertz = Annotated[Quantity, Of(units.FREQUENCY, above=0.0, at_most=1e4)]
StepRate = Annotated[Quantity, Of(units.FREQUENCY, at_least=30.0, at_most=1e4)]
Friction = Annotated[Quantity, Share(0.0, 2.0)]
Reserve = Annotated[Quantity, Share(1.0, 20.0)]
Turns = Annotated[Quantity, Share(0.1, 200.0)]
Factor = Annotated[Quantity, Share(1.0, 100.0)]
Probability = Annotated[Quantity, Share()]
Shape = Annotated[Quantity, Share(0.05, 1000.0)]
Count = Annotated[int, Field(ge=1, le=MOST)]
Whole = Annotated[int, Field(ge=0, le=MOST)]
Room = Annotated[int | Literal["unlimited"], WholeOrWord("unlimited")]
SecondsOrAuto = Annotated[
    Quantity | Literal["auto"],
    Of(units.TIME, at_least=0.0, at_most=3.2e9),
    OrWord("auto"),
]


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


class Stance(Point):
    """A place and how it is turned: about X, then Y, then Z of the frame it is in.

    Attributes:
        roll: About X.
        pitch: About Y.
        yaw: About Z.
    """

    roll: Radians = Quantity(0.0, "rad")
    pitch: Radians = Quantity(0.0, "rad")
    yaw: Radians = Quantity(0.0, "rad")

    def matrix(self) -> Matrix:
        """Return its 4x4 transform."""
        angles = (float(self.roll), float(self.pitch), float(self.yaw))
        return transform(self.as_tuple(), wxyz_from_rpy(*angles))


ORIGIN = Place(x=Quantity(0.0, "m"), y=Quantity(0.0, "m"))


def given(value: _T | None, name: str) -> _T:
    """Return what an optional field holds.

    Raises:
        ValueError: If it holds nothing.
    """
    if value is None:
        raise ValueError(f"{name}: missing; add it")
    return value


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
