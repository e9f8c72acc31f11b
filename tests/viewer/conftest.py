"""Golden pictures, and the plant of boxes they show."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from small_plant import Compare, Plant, small_plant

from viewer.canvas import choose_headless
from viewer.render import Studio, write_png

# Pictures without a screen and windows live in one process here: both through EGL,
# since one thread cannot change between EGL and GLX.
os.environ.setdefault("QT_XCB_GL_INTEGRATION", "xcb_egl")
choose_headless()

STEP = 6
"""A channel may differ by this much: drivers round differently."""
SHARE = 0.004
"""So many pixels may differ by more: borders fall on other pixels."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden-approve",
        action="store_true",
        help="take the pictures as drawn now for the golden ones",
    )


@pytest.fixture(scope="session")
def plant() -> Plant:
    return small_plant()


@pytest.fixture(scope="session")
def studio(plant: Plant) -> Iterator[Studio]:
    scene, meshes, _ = plant
    with Studio(scene, meshes) as opened:
        yield opened


@pytest.fixture
def golden(
    request: pytest.FixtureRequest, root_folder: Path, tmp_path: Path
) -> Compare:
    """Compare a picture with the golden one of its name; show where they differ."""
    approving = bool(request.config.getoption("--golden-approve", default=False))

    def compare(name: str, picture: NDArray[np.uint8]) -> None:
        path = root_folder / "tests" / "golden" / f"{name}.png"
        if approving:
            write_png(path, picture)
            return
        assert path.exists(), f"no golden {path.name}; run make golden and look at it"
        wanted = np.asarray(Image.open(path).convert("RGB"))
        assert wanted.shape == picture.shape
        off = np.abs(wanted.astype(int) - picture.astype(int)).max(axis=2)
        share = float((off > STEP).mean())
        if share > SHARE:
            write_png(tmp_path / f"{name}.png", picture)
            shown = np.where(off > STEP, 255, off * 8).clip(0, 255).astype(np.uint8)
            difference = np.repeat(shown[..., None], 3, axis=2)
            write_png(tmp_path / f"{name}.difference.png", difference)
        assert share <= SHARE, f"{share:.2%} of {name} differ; see {tmp_path}"

    return compare
