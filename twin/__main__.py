"""``python -m twin`` is ``flins``."""

from twin.cli import main

main()
