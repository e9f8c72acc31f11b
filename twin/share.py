"""Where the files that ship with the twin are: scenarios and assets."""

from __future__ import annotations

from pathlib import Path

from twin.errors import TwinError


def share_folder() -> Path:
    """Return the folder that holds ``scenarios`` and ``assets``.

    A source checkout keeps them at its root; an installed wheel carries them
    inside the package, as ``twin/share_files``.

    Raises:
        TwinError: If neither place has them.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "share_files", package.parent):
        if (folder / "assets").is_dir() and (folder / "scenarios").is_dir():
            return folder
    raise TwinError(
        f"{package}: no scenarios and assets beside or inside the package; "
        "install flins-twin again"
    )
