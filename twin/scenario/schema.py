"""The scenario format as JSON Schema, so that editors complete and check."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from twin.scenario.model import Scenario
from twin.units import Quantity


class _AsWritten(GenerateJsonSchema):
    """Writes defaults as a user would, and refuses keys that match no pattern."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Quantity):
            return f"{float(dft):g} {dft.unit}" if dft else 0
        return super().encode_default(dft)

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        written = super().dict_schema(schema)
        if "patternProperties" in written:
            written["additionalProperties"] = False
        return written


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario file."""
    schema = Scenario.model_json_schema(schema_generator=_AsWritten)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Flins Twin scenario",
    }
