"""Laws of random times: a quantity alone is a constant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import (
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from twin import units
from twin.scenario.fields import (
    Of,
    PositiveSeconds,
    Probability,
    Seconds,
    Shape,
)
from twin.scenario.law_base import LawBase, above, one_each
from twin.units import TIME, Quantity

_LEAST_MASS = 1e-6
"""Least part of a normal law that bounds may leave: below it nothing is drawn."""


class Constant(LawBase):
    """Always the same time."""

    law: Literal["constant"] = "constant"
    value: Seconds


class Exponential(LawBase):
    """Without memory: what has passed says nothing of what is left."""

    law: Literal["exponential"]
    mean: PositiveSeconds


class Uniform(LawBase):
    """Anything between two bounds, all alike."""

    law: Literal["uniform"]
    low: Seconds
    high: Seconds

    @field_validator("high")
    @classmethod
    def _above_low(cls, high: Quantity, info: ValidationInfo) -> Quantity:
        return above(high, info, "low")


class Triangular(LawBase):
    """Between two bounds, most often near a third value."""

    law: Literal["triangular"]
    low: Seconds
    mode: Seconds
    high: Seconds

    @field_validator("mode")
    @classmethod
    def _not_below_low(cls, mode: Quantity, info: ValidationInfo) -> Quantity:
        return above(mode, info, "low", or_equal=True)

    @field_validator("high")
    @classmethod
    def _above_the_others(cls, high: Quantity, info: ValidationInfo) -> Quantity:
        return above(above(high, info, "low"), info, "mode", or_equal=True)


class Normal(LawBase):
    """The bell curve, drawn again while it falls outside its bounds.

    Attributes:
        mean: Before bounding.
        sd: Standard deviation before bounding.
        low: Lower bound.
        high: Upper bound, none if absent.
    """

    law: Literal["normal"]
    mean: Seconds
    sd: PositiveSeconds
    low: Seconds = Quantity(0.0, "s")
    high: Seconds | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Normal:
        def below(bound_s: float) -> float:
            scaled = (bound_s - self.mean) / self.sd
            return 0.5 * math.erfc(-scaled / math.sqrt(2.0))

        if (
            below(math.inf if self.high is None else self.high) - below(self.low)
            < _LEAST_MASS
        ):
            raise ValueError(
                f"mean {self.mean:g} s and sd {self.sd:g} s hardly ever fall between "
                "its bounds; move low or high"
            )
        return self


class LogNormal(LawBase):
    """Skewed to the right: the logarithm is normal.

    Attributes:
        mean: Of the time itself.
        sd: Of the time itself.
    """

    law: Literal["lognormal"]
    mean: PositiveSeconds
    sd: PositiveSeconds


class Gamma(LawBase):
    """Skewed to the right, with a lighter tail than the lognormal."""

    law: Literal["gamma"]
    mean: PositiveSeconds
    sd: PositiveSeconds


class Erlang(LawBase):
    """The sum of ``shape`` equal exponential times.

    Attributes:
        mean: Of the sum.
        shape: How many.
    """

    law: Literal["erlang"]
    mean: PositiveSeconds
    shape: Annotated[int, Field(ge=1, le=1000)]


class Weibull(LawBase):
    """Lives of things that wear.

    Attributes:
        shape: Below 1 they fail early, above 1 they wear out.
        scale: Time by which 63.2 % are over.
    """

    law: Literal["weibull"]
    shape: Shape
    scale: PositiveSeconds


class Beta(LawBase):
    """Between two bounds, with a peak that two exponents shape.

    Attributes:
        low: Lower bound.
        high: Upper bound.
        alpha: Exponent at the lower bound.
        beta: Exponent at the upper bound.
    """

    law: Literal["beta"]
    low: Seconds
    high: Seconds
    alpha: Shape
    beta: Shape

    @field_validator("high")
    @classmethod
    def _above_low(cls, high: Quantity, info: ValidationInfo) -> Quantity:
        return above(high, info, "low")


class HyperExponential(LawBase):
    """One of several exponential times, drawn by probability.

    Attributes:
        means: Of each.
        probabilities: Of each; they sum to 1.
    """

    law: Literal["hyperexponential"]
    means: tuple[PositiveSeconds, ...] = Field(strict=False, min_length=1)
    probabilities: tuple[Probability, ...] = Field(strict=False)

    @field_validator("probabilities")
    @classmethod
    def _fit(cls, given: Sequence[Quantity], info: ValidationInfo) -> object:
        return one_each(given, info, "means")


class Discrete(LawBase):
    """One of several times, drawn by probability.

    Attributes:
        values: The times.
        probabilities: Of each; they sum to 1.
    """

    law: Literal["discrete"]
    values: tuple[Seconds, ...] = Field(strict=False, min_length=1)
    probabilities: tuple[Probability, ...] = Field(strict=False)

    @field_validator("probabilities")
    @classmethod
    def _fit(cls, given: Sequence[Quantity], info: ValidationInfo) -> object:
        return one_each(given, info, "values")


class Empirical(LawBase):
    """Measured times, drawn with replacement.

    Attributes:
        file: CSV file beside the scenario.
        column: Its name in the first line; the first column if absent.
        unit: Of the numbers in the file.
    """

    law: Literal["empirical"]
    file: str = Field(min_length=1)
    column: str | None = None
    unit: str

    @field_validator("unit")
    @classmethod
    def _of_time(cls, unit: str) -> str:
        units.read_quantity(f"1 {unit}", TIME)
        return unit

    @property
    def seconds_per_unit(self) -> float:
        """How many seconds one unit of the file is."""
        return units.read_quantity(f"1 {self.unit}", TIME)


_AnyLaw = Annotated[
    Constant
    | Exponential
    | Uniform
    | Triangular
    | Normal
    | LogNormal
    | Gamma
    | Erlang
    | Weibull
    | Beta
    | HyperExponential
    | Discrete
    | Empirical,
    Field(discriminator="law"),
]


@dataclass(frozen=True, slots=True)
class OrQuantity:
    """Says that a quantity alone stands for a constant law."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            self._written_out, handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        quantity = Of(TIME, at_least=0.0).__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [*quantity["anyOf"], handler(schema)]}

    @staticmethod
    def _written_out(given: object) -> object:
        if isinstance(given, LawBase):
            return given
        if isinstance(given, dict) and ("law" in given or "value" not in given):
            return given
        return {"law": "constant", "value": given}


Law = Annotated[_AnyLaw, OrQuantity()]
"""A time that may be random; every number of it in seconds."""

NO_TIME = Constant(value=Quantity(0.0, "s"))
