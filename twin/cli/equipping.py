"""``flins equipment``: a page of every asset, with a picture of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.errors import TwinError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from twin.layout.assets import Asset

_PICTURE_PX = (480, 320)
_PICTURE_BYTES = 40_000


def equipment(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Draw only these; the page is of all in any case."),
    ] = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The page, a .md file.")
    ] = Path("docs/equipment.md"),
) -> None:
    """Write the page of the equipment library, and the pictures beside it."""
    from twin.cli.equipment_page import (
        equipment_page,
        look_file,
        looks_shown,
        pictures_folder,
    )
    from twin.layout.assets import asset_names, load_asset
    from twin.layout.looks import dressed

    if output.suffix != ".md":
        raise TwinError(f"-o: got {output.name!r}; name a .md file")
    known = asset_names()
    for name in names or ():
        if name not in known:
            raise TwinError(f"equipment: no asset {name!r}; known: {', '.join(known)}")
    assets = {name: load_asset(name) for name in known}
    folder = pictures_folder(output)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {name: assets[name] for name in names or known}
    for name, state, paint in looks_shown():
        if name in wanted:
            dress = dressed(assets[name], state, paint)
            wanted[look_file(name, state, paint)] = dress
    _draw(wanted, folder)
    output.write_text(equipment_page(assets), "utf-8", newline="\n")
    typer.echo(str(output))


def _draw(assets: dict[str, Asset], folder: Path) -> None:
    from twin.cli.equipment_picture import picture_stage
    from viewer.render import Studio

    stages = {name: picture_stage(asset) for name, asset in assets.items()}
    if not stages:
        return
    first = next(iter(stages.values()))
    with Studio(first.scene, first.meshes) as studio:
        for name, stage in stages.items():
            studio.set_scene(stage.scene, stage.meshes)
            picture = studio.picture(stage.frame, "", _PICTURE_PX, labels=False)
            _write_webp(folder / f"{name}.webp", picture)


def _write_webp(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a picture at the best quality that keeps it small."""
    import io

    from PIL import Image

    image = Image.fromarray(picture)
    qualities: Sequence[int] = (88, 80, 70, 55, 40)
    for quality in qualities:
        buffer = io.BytesIO()
        image.save(buffer, format="WEBP", quality=quality, method=6)
        if buffer.tell() <= _PICTURE_BYTES:
            break
    path.write_bytes(buffer.getvalue())
