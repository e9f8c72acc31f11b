"""A part's node is in the product's asset, or the file and line say that it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.engine import open_scenario
from twin.errors import LayoutError
from twin.layout.plan import build_layout
from twin.scenario.read import locate_in


def written(root_folder: Path, folder: Path, node: str) -> Path:
    """Write the shipped cell, its pack said to be some node; return its file."""
    text = (root_folder / "scenarios" / "battery_cell.yaml").read_text("utf-8")
    rest, pack = "      rest:\n", "        node: battery_pack\n"
    assert text.count(rest) == text.count(pack) == 1
    text = text.replace(rest, f"{rest}        node: body\n")
    file = folder / "cell.yaml"
    file.write_text(text.replace(pack, f"        node: {node}\n"), "utf-8")
    return file


def line_of(file: Path, words: str) -> int:
    return file.read_text("utf-8").split(words, 1)[0].count("\n") + 1


def test_nodes_that_exist_are_found(root_folder: Path, tmp_path: Path) -> None:
    file = written(root_folder, tmp_path, "battery_pack")
    scenario, folder = open_scenario(file)
    assert "hatchback_ev" in build_layout(scenario, folder, locate_in(file)).products


@pytest.mark.parametrize(
    ("node", "part", "found"),
    [
        (
            "batery_pack",
            "battery_pack",
            "no node 'batery_pack' in 'hatchback_ev'; known: ",
        ),
        ("body", "rest", "'body' is the node of 'battery_pack' already; name another"),
    ],
)
def test_an_unknown_node_is_named_with_its_line(
    root_folder: Path, tmp_path: Path, node: str, part: str, found: str
) -> None:
    file = written(root_folder, tmp_path, node)
    scenario, folder = open_scenario(file)
    with pytest.raises(LayoutError) as caught:
        build_layout(scenario, folder, locate_in(file))
    after = "      rest:\n" if part == "rest" else "      battery_pack:\n"
    line = line_of(file, after) + after.count("\n")
    line += file.read_text("utf-8").split(after, 1)[1].split("node:")[0].count("\n")
    where = f"{file}:{line}: products.hatchback_ev.parts.{part}.node: "
    assert str(caught.value).startswith(where + found)
    # Who reads no file is told where in the scenario.
    with pytest.raises(
        LayoutError, match=rf"^products\.hatchback_ev\.parts\.{part}\.node: "
    ):
        build_layout(scenario, folder)
