"""A run: one plant, one state, and time going on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twin.errors import FlowError
from twin.flow.compile import compile_plant
from twin.flow.deadlock import explain_standstill, find_deadlock
from twin.flow.kernel import records as r
from twin.flow.kernel.advance import advance
from twin.flow.plant import Plant, Table
from twin.flow.state import FlowState
from twin.scenario import Scenario

_EVENTS_A_CALL = 2_000_000
"""So that a person who interrupts waits well under a second."""

_LOG_ROOM = 262_144

TakeRows = Callable[[Table], None]
