"""Speed measured beside a reference in the same run, as ratios with their spread."""

from twin.bench.bodies import bodies
from twin.bench.cells import cell_paths
from twin.bench.flow import bench_flow
from twin.bench.lines import lines
from twin.bench.machine import machine, peak_memory_mb
from twin.bench.physics import BareCalls, NotingBullet, bench_physics

__all__ = [
    "BareCalls",
    "NotingBullet",
    "bench_flow",
    "bench_physics",
    "bodies",
    "cell_paths",
    "lines",
    "machine",
    "peak_memory_mb",
]
