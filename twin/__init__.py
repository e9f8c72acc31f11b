"""The model of the Refactory: scenario, layout, motion, engines, state, records."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("flins-twin")
except PackageNotFoundError:  # imported from a source tree that nobody installed
    __version__ = "0+unknown"
