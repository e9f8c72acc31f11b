"""Values change in a scenario's text, and nothing beside them."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import ScenarioError
from twin.scenario.edit import Keys, edit_scenario, edit_text, plain
from twin.scenario.emit import flow_text, indented_text

TEXT = """\
# head
a: 1   # one
b:
  c: {x: "1", y: [2, 3]}  # flow
  # about d
  d: &shared
    k: v
    l: >
      folded
      text

  # about e
  e: *shared
f:
  <<: *shared
  m: [*shared, 2]
g:
h: 'q'  # last
"""


def changed_lines(changes: dict[Keys, object], text: str = TEXT) -> list[str]:
    """Return the lines that are gone and those that came, in the order of a diff."""
    before, after = text.splitlines(), edit_text(text, changes, "test").splitlines()
    gone = [f"- {line}" for line in before if line not in after]
    return gone + [f"+ {line}" for line in after if line not in before]


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({("a",): 2}, ["- a: 1   # one", "+ a: 2   # one"]),
        ({("a",): 1}, []),
        ({("h",): "q"}, []),
        ({("h",): "8:00"}, ["- h: 'q'  # last", '+ h: "8:00"  # last']),
        ({("g",): "new"}, ["- g:", "+ g: new"]),
        (
            {("b", "c", "x"): 2, ("b", "c", "z"): "a b"},
            [
                '-   c: {x: "1", y: [2, 3]}  # flow',
                "+   c: {x: 2, y: [2, 3], z: a b}  # flow",
            ],
        ),
        (
            {("b", "c", "x"): None},
            [
                '-   c: {x: "1", y: [2, 3]}  # flow',
                "+   c: {y: [2, 3]}  # flow",
            ],
        ),
        ({("a",): None}, ["- a: 1   # one"]),
        ({("f", "n", "o"): 1.5}, ["+   n: {o: 1.5}"]),
        ({("i",): {"j": {"k": "v" * 50}, "l": {"m": "w" * 50}}},
         ["+ i:", f"+   j: {{k: {'v' * 50}}}", f"+   l: {{m: {'w' * 50}}}"]),
        ({("h",): None, ("i",): 1}, ["- h: 'q'  # last", "+ i: 1"]),
        ({("z",): None, ("y", "z"): None}, []),
    ],
)  # fmt: skip
def test_only_the_value_changes(changes: dict[Keys, object], lines: list[str]) -> None:
    assert changed_lines(changes) == lines


def test_what_is_shared_changes_once_if_all_of_it_changes() -> None:
    everywhere: dict[Keys, object] = {
        ("b", "d", "k"): "w",
        ("b", "e", "k"): "w",
        ("f", "k"): "w",
        ("f", "m"): [{"k": "w", "l": "folded text\n"}, 2],
    }
    assert changed_lines(everywhere) == ["-     k: v", "+     k: w"]


def test_what_is_shared_parts_where_one_place_changes() -> None:
    lines = changed_lines({("b", "e", "k"): "w"})
    assert lines == ["-   e: *shared", '+   e: {k: w, l: "folded text\\x0a"}']
    lines = changed_lines({("f", "k"): "w"})
    assert lines == ["+   k: w"]
    edited = edit_text(TEXT, {("b", "d", "k"): "w"}, "test")
    assert plain(edited, "test")["b"]["d"]["k"] == "w"
    assert plain(edited, "test")["b"]["e"]["k"] == "v"
    assert plain(edited, "test")["f"]["k"] == "v"
    assert plain(edited, "test")["f"]["m"][0]["k"] == "v"


def test_an_anchor_outlives_its_value() -> None:
    text = "a: &x {k: 1}\nb: *x\n"
    assert edit_text(text, {("a",): 5, ("b",): 5}, "t") == "a: &x 5\nb: *x\n"


def test_what_a_merge_brings_cannot_be_taken_out() -> None:
    with pytest.raises(ScenarioError, match=r"test: f\.k cannot be changed in place"):
        edit_text(TEXT, {("f", "k"): None}, "test")


def test_a_way_through_a_value_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"test: a: is no mapping; make it one to"):
        edit_text(TEXT, {("a", "b"): 1}, "test")
    with pytest.raises(ScenarioError, match=r"test: b\.c\.y: is no mapping"):
        edit_text(TEXT, {("b", "c", "y", "z"): 1}, "test")


def test_windows_lines_and_a_missing_last_one_stay() -> None:
    text = "a: 1\r\nb:\r\n  c: 2"
    assert edit_text(text, {("b", "d"): 3}, "t") == "a: 1\r\nb:\r\n  c: 2\r\n  d: 3"
    assert edit_text(text, {("a",): 2}, "t") == "a: 2\r\nb:\r\n  c: 2"


def test_a_byte_order_mark_and_document_markers_stay() -> None:
    text = "\ufeff# c\n---\na: 1\nb: {x: 1}\n...\n"
    edited = edit_text(text, {("a",): 2, ("c",): 3}, "t")
    assert edited == "\ufeff# c\n---\na: 2\nb: {x: 1}\nc: 3\n...\n"


def test_a_file_is_written_only_if_it_can_be_run(tmp_path: Path) -> None:
    text = (
        "name: small  # mine\n"
        "title: {en: Small, fr: Petit}\n"
        "start: 2026-01-05T06:00:00\n"
    )
    file = tmp_path / "small.yaml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o640)
    with pytest.raises(ScenarioError, match=r"small\.yaml:1: name: got 'Big'"):
        edit_scenario(file, {("name",): "Big"})
    assert file.read_text(encoding="utf-8") == text
    assert edit_scenario(file, {("name",): "big", ("seed",): 7}).seed == 7
    assert file.read_text("utf-8") == text.replace("small", "big") + "seed: 7\n"
    assert os.listdir(tmp_path) == ["small.yaml"]
    assert file.stat().st_mode & 0o777 == 0o640
    with pytest.raises(ScenarioError, match="no such file"):
        edit_scenario(tmp_path / "none.yaml", {})


texts = st.text(max_size=12) | st.sampled_from(
    ["40 min", "null", "yes", "1e3", "0x1", "~", "- a", "a: b", "#c", "08:00", "é", ""]
)
scalars = (
    texts
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.dates(datetime.date(1970, 1, 1), datetime.date(2199, 1, 1))
)
names = st.text("abcé _-1:#", min_size=1, max_size=5) | st.sampled_from(
    ["on", "<", "="]
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3)
    ),
    max_leaves=12,
)
documents = st.dictionaries(names, values, min_size=1, max_size=4)


@given(documents)
def test_values_read_back_as_they_were_written(document: dict[str, Any]) -> None:
    assert plain(flow_text(document), "flow") == document
    body = indented_text(document, -2, "\n")
    if body.startswith("\n"):
        assert plain(body, "block") == document


@given(documents, documents, st.data())
def test_any_change_is_made_and_comments_stay(
    document: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    lines = [
        f"{flow_text(key)}:{gap}{body}\n# comment {index}\n"
        for index, (key, value) in enumerate(document.items())
        for body in [indented_text(value, 0, "\n")]
        for gap in ["" if body[:1] == "\n" else " "]
    ]
    text = "".join(lines)
    taken = data.draw(
        st.lists(
            st.sampled_from(sorted(document)), unique=True, max_size=len(document) - 1
        )
    )
    changes: dict[Keys, object] = {(key,): None for key in taken}
    changes |= {(key,): value for key, value in other.items()}
    for key, value in document.items():
        if key not in taken and key not in other and isinstance(value, dict):
            changes |= {(key, name): entry for name, entry in other.items()}
    wanted = {key: value for key, value in document.items() if key not in taken}
    wanted |= other
    for keys, value in changes.items():
        if len(keys) == 2:
            wanted[keys[0]] = {**wanted[keys[0]], keys[1]: value}
    edited = edit_text(text, changes, "test")
    assert plain(edited, "test") == wanted
    for index in range(len(document)):
        assert f"# comment {index}\n" in edited
