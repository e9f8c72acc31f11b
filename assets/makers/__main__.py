"""``python -m assets.makers [--check]``: make the assets, or compare them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from assets.makers.all import build_assets
from assets.makers.manifest import build_files
from twin.text import say

FOLDER = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Write the assets; with ``--check`` only compare, 1 if any differs."""
    parser = argparse.ArgumentParser(
        prog="python -m assets.makers", description=say("asset.command.describe")
    )
    parser.add_argument("--check", action="store_true", help=say("asset.command.check"))
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help=say("asset.command.folder")
    )
    options = parser.parse_args(arguments)
    files = build_files(build_assets())
    folder: Path = options.folder
    stored = {path.relative_to(folder).as_posix() for path in folder.glob("glb/*.glb")}
    differing = sorted(stored - set(files))
    for name, content in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            differing.append(name)
    if options.check:
        for name in differing:
            sys.stderr.write(say("asset.command.differs", file=name) + "\n")
        return 1 if differing else 0
    for name in differing:
        path = folder / name
        if name not in files:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: a reader never sees half a file.
        partial = path.with_name(path.name + ".partial")
        partial.write_bytes(files[name])
        partial.replace(path)
    made = say("asset.command.made", count=len(files), changed=len(differing))
    sys.stdout.write(made + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
