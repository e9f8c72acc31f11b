"""Small plants that the tests of replications, results, snapshots and traces run."""

from __future__ import annotations

from pathlib import Path

from twin.flow.compile import compile_plant
from twin.flow.plant import Plant
from twin.scenario import read_scenario

HEAD = """
name: {name}
title: {{en: Small, fr: Petit}}
start: 2026-01-05T06:00:00
products:
  part: {{}}
"""

QUEUE = """
sources:
  arrivals: {{product: part, every: {{law: exponential, mean: 5 min}}, next: server}}
stations:
  server: {{time: {{law: exponential, mean: {mean}}}, {more}next: out}}
sinks:
  out: {{}}
"""

REWORK = """
sources:
  arrivals: {product: part, every: 1 min, next: cut}
stations:
  cut: {time: 1 min, queue: 1, next: check}
  check: {time: 1 min, queue: 1, next: {among: {cut: 0.5, out: 0.5}}}
sinks:
  out: {}
"""
"""Cut and check fill up, and wait for room in each other."""

LINE = """
sources:
  arrivals: {product: part, every: {law: exponential, mean: 6 min}, next: saw}
stations:
  saw: {time: {law: exponential, mean: 3 min}, queue: 4, next: mill}
  mill: {time: {law: exponential, mean: 5 min}, queue: 4, cycle_time: 4 min, next: wash}
  wash: {time: {law: exponential, mean: 2 min}, queue: 4, next: out}
sinks:
  out: {}
"""


def plant_of(body: str, until_s: float, name: str = "small", seed: int = 1) -> Plant:
    """Return the plant of a scenario's sections below the products."""
    scenario = read_scenario(HEAD.format(name=name) + body)
    return compile_plant(scenario, Path(), seed, until_s)


def queue(until_s: float, mean: str = "4 min", more: str = "", seed: int = 1) -> Plant:
    """Return a queue with one server; parts come every 5 min on average."""
    return plant_of(QUEUE.format(mean=mean, more=more), until_s, "queue", seed)
