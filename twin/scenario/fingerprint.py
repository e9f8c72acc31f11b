"""A digest of what a scenario says, whatever way it is written.

Times that were measured under one scenario belong to no other. The digest covers what
may change them: numbers in SI, names, order. Comments, labels, sources of numbers,
cameras and the run's own settings change none, and stay out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from pydantic import BaseModel

from twin.scenario.model import Scenario

_SAYS_NOTHING_OF_TIMES = frozenset(
    {"label", "title", "notes", "cameras", "seed", "run", "faults", "engine"}
)


def scenario_sha256(scenario: Scenario) -> str:
    """Return the digest, 64 hexadecimal digits.

    Only what the scenario states counts: a key that a later version adds changes
    nothing for who does not use it. The meshes that it names are not looked at.
    """
    text = json.dumps(_plain(scenario), sort_keys=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {
            name: _plain(getattr(value, name))
            for name in sorted(value.model_fields_set - _SAYS_NOTHING_OF_TIMES)
            if name not in ("source", "confidence")
        }
    if isinstance(value, Mapping):
        return {str(name): _plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return float(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return repr(value)
