"""``flins view`` and ``flins render``: a window, and pictures without one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.options import (
    EngineOption,
    LanguageChoice,
    LanguageOption,
    ScenarioArgument,
    SeedOption,
    ThemeChoice,
    ThemeOption,
    read_duration_s,
    read_size_px,
)
from twin.cli.running import advance_recorded, opened, progress_bar, whole_ticks
from twin.errors import TwinError

if TYPE_CHECKING:
    from twin.state import Event
    from viewer.render import Picture

# A caption shows the newest few events; what was before is for recordings.
_N_EVENTS = 3


def view(
    source: Annotated[
        str,
        typer.Argument(metavar="SCENARIO|ws://…|FILE.mcap", help="What to look at."),
    ],
    seed: SeedOption = None,
    engine: EngineOption = None,
    lang: LanguageOption = LanguageChoice.EN,
    theme: ThemeOption = ThemeChoice.DAY,
) -> int:
    """Look at a scenario, a server or a recording in a window."""
    from viewer.app import run

    if source.startswith(("ws://", "wss://")):
        return run(source, language=lang.value, theme=theme.value)
    from server.app import in_background, open_service

    service = open_service(
        source, port=0, seed=seed, engine=engine.value if engine else None
    )
    with in_background(service) as url:
        return run(url, language=lang.value, theme=theme.value)


def render(
    scenario: ScenarioArgument,
    output: Annotated[Path, typer.Option("-o", help="A .png, or an .mp4 with --for.")],
    at: Annotated[str, typer.Option(help="Simulated time, such as 00:01:30.")] = "0 s",
    camera: Annotated[str, typer.Option(help="A camera of the scenario.")] = "",
    size: Annotated[str, typer.Option(help="Pixels, such as 1280x720.")] = "1280x720",
    length: Annotated[
        str | None, typer.Option("--for", help="Length of a film, such as 30s.")
    ] = None,
    fps: Annotated[int, typer.Option(min=1, max=60, help="Of a film.")] = 30,
    seed: SeedOption = None,
    engine: EngineOption = None,
    lang: LanguageOption = LanguageChoice.EN,
    theme: ThemeOption = ThemeChoice.DAY,
    labels: Annotated[bool, typer.Option(help="Draw names and states.")] = True,
) -> None:
    """Draw a scenario at a time, or film it from then on; needs no screen."""
    at_s = read_duration_s(at, "--at")
    size_px = read_size_px(size)
    wanted = ".png" if length is None else ".mp4"
    if output.suffix.lower() != wanted:
        raise TwinError(
            f"-o: got {output.name!r}; name a {wanted} file"
            + (" or add --for 30s" if length is None else "")
        )
    if length is not None and (size_px[0] % 2 or size_px[1] % 2):
        raise TwinError(
            f"--size: got {size}; a film needs even numbers of pixels each way"
        )
    length_s = 0.0 if length is None else read_duration_s(length, "--for")
    from viewer.render import Studio, write_film, write_png

    with (
        opened(scenario, seed, engine) as running,
        progress_bar(True) as progress,
        Studio(
            running.scene, running.meshes, language=lang.value, theme=theme.value
        ) as studio,
    ):
        names = [saved.name for saved in running.scene.cameras]
        if camera and camera not in names:
            raise TwinError(
                f"--camera: no camera {camera!r}; known: {', '.join(names) or 'none'}"
            )
        task = progress.add_task(
            running.scene.name, total=whole_ticks(at_s + length_s, running.dt_s)
        )
        newest: deque[Event] = deque(maxlen=_N_EVENTS)
        at_tick = whole_ticks(at_s, running.dt_s)
        advance_recorded(running, at_tick, None, progress, task, newest)
        output.parent.mkdir(parents=True, exist_ok=True)

        def picture() -> Picture:
            return studio.picture(
                running.frame(), camera, size_px, labels=labels, events=tuple(newest)
            )

        if length is None:
            write_png(output, picture())
            return

        def pictures() -> Iterator[Picture]:
            for number in range(max(1, round(length_s * fps))):
                tick = whole_ticks(at_s + number / fps, running.dt_s)
                advance_recorded(running, tick, None, progress, task, newest)
                yield picture()

        write_film(output, pictures(), fps)
