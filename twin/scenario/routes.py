"""Where a part goes next: one node, or a choice among several."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import (
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from twin.scenario.fields import Model, Probability
from twin.scenario.law_base import sums_to_one
from twin.units import Quantity

Choice = Literal["probability", "first_with_room", "shortest_queue", "round_robin"]


def _form(given: object) -> str | None:
    # A tag becomes part of the place that errors name, so no node may have its name.
    if isinstance(given, dict):
        return "{}"
    return "[]" if isinstance(given, list | tuple) else None


Ways = Annotated[
    Annotated[dict[str, Probability], Tag("{}")]
    | Annotated[tuple[str, ...], Field(strict=False), Tag("[]")],
    Discriminator(
        _form,
        custom_error_type="form",
        custom_error_message=(
            "is no choice; give nodes with their probabilities, or a list of nodes"
        ),
    ),
]


class RouteTable(Model):
    """A choice among nodes.

    Attributes:
        among: Nodes with their probabilities, or a list of nodes.
        choose: How; by probability, or else in the order of the list the first with
            room, the one with the shortest queue, or each in turn.
    """

    among: Ways
    choose: Choice = "probability"

    @model_validator(mode="after")
    def _complete(self) -> RouteTable:
        if not self.among:
            raise ValueError("leads to no node; name one")
        if isinstance(self.among, dict):
            if self.choose != "probability":
                raise ValueError(
                    f"choose: {self.choose} asks for no probabilities; give a list"
                )
            if not sums_to_one(list(self.among.values())):
                raise ValueError(
                    f"probabilities sum to {math.fsum(self.among.values()):.10g}; "
                    "make them sum to 1"
                )
        elif self.choose == "probability":
            raise ValueError(
                "a list of nodes says not how to choose; give probabilities, or "
                "choose: first_with_room, shortest_queue or round_robin"
            )
        elif len(set(self.among)) < len(self.among):
            raise ValueError("names a node twice; name each once")
        return self

    @property
    def targets(self) -> tuple[str, ...]:
        """Ids of the nodes it may lead to, in the order of the file."""
        return tuple(self.among)

    @property
    def shares(self) -> tuple[float, ...]:
        """Probability of each target; empty where another rule chooses."""
        if isinstance(self.among, dict):
            return tuple(float(share) for share in self.among.values())
        return ()


@dataclass(frozen=True, slots=True)
class _OrNode:
    """Says that a node's id alone stands for the way to it."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            self._written_out, handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(schema)]}

    @staticmethod
    def _written_out(given: object) -> object:
        if isinstance(given, str):
            return RouteTable(among={given: Quantity(1.0)})
        if isinstance(given, dict | RouteTable):
            return given
        raise ValueError(f"got {given!r}; give a node, or among: with several")


Route = Annotated[RouteTable, _OrNode()]
"""Where a part goes: a node's id, or a choice."""
