"""Shipped files are found from a checkout and from an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin import share
from twin.errors import TwinError
from twin.share import share_folder


def test_a_checkout_keeps_them_at_its_root(root_folder: Path) -> None:
    assert share_folder() == root_folder


def test_an_installed_package_carries_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "twin"
    for folder in ("assets", "scenarios"):
        (package / "share_files" / folder).mkdir(parents=True)
    monkeypatch.setattr(share, "__file__", str(package / "share.py"))
    assert share_folder() == package / "share_files"


def test_without_them_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(share, "__file__", str(tmp_path / "twin" / "share.py"))
    with pytest.raises(TwinError, match="install flins-twin again"):
        share_folder()
