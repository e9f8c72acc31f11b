"""The scenario format as JSON Schema, so that editors complete and check."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from twin.scenario.model import Scenario
from twin.units import Quantity


class _WithQuantities(GenerateJsonSchema):
    """Writes a quantity's default as the text a user would write."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Quantity):
            return f"{float(dft):g} {dft.unit}" if dft else 0
        return super().encode_default(dft)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario file."""
    schema = Scenario.model_json_schema(schema_generator=_WithQuantities)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Flins Twin scenario",
    }
