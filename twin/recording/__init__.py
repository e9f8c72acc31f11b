"""Recordings of runs: MCAP files that replay here and open in Foxglove."""

from twin.recording.reader import Recording
from twin.recording.recorder import Recorder

__all__ = ["Recorder", "Recording"]
