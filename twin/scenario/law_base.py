"""What all laws of random times share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pydantic import Field, ValidationInfo, model_validator

from twin.scenario.fields import Model
from twin.units import Confidence, Quantity

_TOLERANCE = 1e-9
"""Most that probabilities may miss 1 by; ten tenths of a float sum miss by less."""


class LawBase(Model):
    """What every law has: where all of its numbers come from.

    Attributes:
        source: Of the numbers that state none of their own.
        confidence: Of the same.
    """

    law: str
    source: str | None = Field(default=None, pattern=r"\S")
    confidence: Confidence | None = None

    @model_validator(mode="before")
    @classmethod
    def _hand_down(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        stated = {k: given[k] for k in ("source", "confidence") if k in given}
        if not stated:
            return given
        if len(stated) == 1:
            raise ValueError(
                f"got {next(iter(stated))} alone; give source and confidence"
            )
        if not all(isinstance(value, str) for value in stated.values()):
            return given

        def with_source(value: Any) -> Any:
            if isinstance(value, list):
                return [with_source(entry) for entry in value]
            return value if isinstance(value, dict) else {"value": value, **stated}

        return {
            name: with_source(value) if name in cls._sourced() else value
            for name, value in given.items()
        }

    @classmethod
    def _sourced(cls) -> set[str]:
        """Return the names of the fields that hold quantities."""
        plain = {"law", "source", "confidence", "file", "column", "unit"}
        return {
            name
            for name, field in cls.model_fields.items()
            if name not in plain and field.annotation is not int
        }


def sums_to_one(probabilities: Sequence[float]) -> bool:
    """Return whether probabilities sum to 1, but for rounding."""
    return abs(math.fsum(probabilities) - 1.0) <= _TOLERANCE


def above(
    bound: Quantity, info: ValidationInfo, other: str, *, or_equal: bool = False
) -> Quantity:
    """Return a bound if it is above an earlier one, or if that one is wrong itself."""
    least = info.data.get(other)
    if least is not None and (bound < least or (bound == least and not or_equal)):
        wanted = "at least" if or_equal else "more than"
        raise ValueError(f"got {bound:g} s; give {wanted} the {other} of {least:g} s")
    return bound


def one_each(
    probabilities: Sequence[Quantity], info: ValidationInfo, others: str
) -> Sequence[Quantity]:
    """Return probabilities if they sum to 1 and there is one for each of others."""
    wanted = info.data.get(others)
    if wanted is not None and len(wanted) != len(probabilities):
        raise ValueError(
            f"got {len(probabilities)} for {len(wanted)} {others}; give one each"
        )
    if not sums_to_one(probabilities):
        raise ValueError(f"sum to {math.fsum(probabilities):.10g}; make them sum to 1")
    return probabilities
