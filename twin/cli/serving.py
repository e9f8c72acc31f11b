"""``flins serve`` and ``flins replay``: a run that others look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli.options import EngineOption, ScenarioArgument, SeedOption

PortOption = Annotated[
    int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")
]
HostOption = Annotated[str, typer.Option(help="Loopback address to listen at.")]
SpeedOption = Annotated[
    float, typer.Option(min=0.01, max=1000.0, help="Simulated seconds a second.")
]


def serve(
    scenario: ScenarioArgument,
    port: PortOption = 8765,
    host: HostOption = "127.0.0.1",
    speed: SpeedOption = 1.0,
    seed: SeedOption = None,
    engine: EngineOption = None,
) -> None:
    """Run a scenario and serve it to viewers until interrupted."""
    from server.app import serve as serve_source

    serve_source(
        scenario,
        host=host,
        port=port,
        seed=seed,
        engine=engine.value if engine else None,
        speed=speed,
        on_ready=_say_where,
    )


def replay(
    recording: Annotated[
        Path, typer.Argument(metavar="FILE.mcap", help="A recording.")
    ],
    port: PortOption = 8765,
    host: HostOption = "127.0.0.1",
    speed: SpeedOption = 1.0,
) -> None:
    """Play a recording to viewers until interrupted."""
    from server.app import serve as serve_source
    from twin.errors import RecordingError

    if recording.suffix != ".mcap":
        raise RecordingError(f"{recording}: not an .mcap file; give a recording")
    serve_source(recording, host=host, port=port, speed=speed, on_ready=_say_where)


def _say_where(url: str) -> None:
    typer.echo(url)
