"""The console command ``flins``: one verb each, errors in one line."""

from twin.cli.main import main

__all__ = ["main"]
