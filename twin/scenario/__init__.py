"""Scenario files: read, check, and hold frozen, in SI units."""

from twin.scenario.laws import Law
from twin.scenario.model import Scenario
from twin.scenario.read import load_scenario, read_scenario
from twin.scenario.routes import RouteTable
from twin.scenario.schema import json_schema

__all__ = [
    "Law",
    "RouteTable",
    "Scenario",
    "json_schema",
    "load_scenario",
    "read_scenario",
]
