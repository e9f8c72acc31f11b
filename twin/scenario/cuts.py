"""Where the text of a YAML document is cut so that it holds other values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from twin.scenario.emit import flow_text, indented_text

_COLON = re.compile(r"\s*:")
_ALIAS = re.compile(r"\s*:\s*(\*[^\s,\[\]{}]+)")
_NEXT_ALIAS = re.compile(r"[^*]*\*\S+")


class UnplacedError(Exception):
    """A value that has to change has no place of its own in the text."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node where it is written.

    Attributes:
        node: As composed; an alias stands for the node of its anchor.
        key_end: Index behind its key, None at the top and in lists.
        indent: Column of the key, if block entries may stand there; else None.
    """

    node: Node
    key_end: int | None = None
    indent: int | None = None


class Cuts:
    """Collects what to cut from a text, and what to write there."""

    def __init__(self, text: str, newline: str) -> None:
        self._text = text
        self._newline = newline
        self._cuts: list[tuple[int, int, int, str]] = []
        # What each node stands for afterwards; one seen before is met by an alias.
        self._targets: dict[int, object] = {}

    def applied(self) -> str:
        """Return the text with everything cut and written.

        Raises:
            UnplacedError: If cuts overlap.
        """
        pieces: list[str] = []
        at = 0
        for begin, end, _, written in sorted(self._cuts):
            if begin < at:
                raise UnplacedError
            pieces += (self._text[at:begin], written)
            at = end
        return "".join([*pieces, self._text[at:]])

    def reconcile(self, place: Place, before: object, after: object) -> None:
        """Make the text at a place hold ``after`` where it holds ``before``."""
        node = place.node
        if id(node) in self._targets:
            if self._targets[id(node)] != after:
                self._replace(place, after)
            return
        self._targets[id(node)] = after
        if (
            isinstance(node, MappingNode)
            and isinstance(before, dict)
            and isinstance(after, dict)
        ):
            self._reconcile_mapping(node, place, before, after)
        elif isinstance(node, SequenceNode) and isinstance(before, list):
            self._reconcile_list(place, before, after)
        elif before != after:
            self._replace(place, after)

    def _reconcile_mapping(
        self,
        node: MappingNode,
        place: Place,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        entries = [
            (key, value) for key, value in node.value if not key.tag.endswith(":merge")
        ]
        gone = [key for key, _ in entries if key.value not in after]
        if (gone and (node.flow_style or len(gone) == len(entries))) or not node.value:
            if before != after:
                self._forget(node)
                self._replace(place, after)
            return
        for key, value in entries:
            if key.value in after:
                indent = None if node.flow_style else key.start_mark.column
                inner = Place(value, key.end_mark.index, indent)
                self.reconcile(inner, before[key.value], after[key.value])
            else:
                self._remove(key, value)
        merged = self._merged(node)
        if any(key not in after for key in merged):
            raise UnplacedError
        own = {key.value for key, _ in entries}
        added = {
            key: value
            for key, value in after.items()
            if key not in own and (key not in merged or merged[key] != value)
        }
        if added:
            self._insert(node, added)

    def _reconcile_list(self, place: Place, before: list[Any], after: object) -> None:
        if isinstance(after, list) and len(after) == len(before):
            n_cuts = len(self._cuts)
            try:
                for node, old, new in zip(place.node.value, before, after, strict=True):
                    self.reconcile(Place(node), old, new)
                return
            except UnplacedError:
                del self._cuts[n_cuts:]
        self._replace(place, after)

    def _merged(self, node: Node) -> dict[str, object]:
        """Return what merge keys bring once everything is changed."""
        found: dict[str, object] = {}
        for key, value in node.value:
            if key.tag.endswith(":merge"):
                bases = value.value if isinstance(value, SequenceNode) else [value]
                for base in bases:
                    target = self._targets.get(id(base))
                    if isinstance(target, dict):
                        found = {**target, **found}
        return found

    def _forget(self, node: Node) -> None:
        """Leave out what was to be cut inside a node."""
        begin, end = node.start_mark.index, node.end_mark.index
        self._cuts = [cut for cut in self._cuts if not begin <= cut[0] < end]

    def _cut(self, begin: int, end: int, written: str) -> None:
        self._cuts.append((begin, end, len(self._cuts), written))

    def _replace(self, place: Place, value: object) -> None:
        node, key_end = place.node, place.key_end
        if key_end is None:
            # In a list; whoever holds the list writes all of it.
            raise UnplacedError
        begin, end = self._span(key_end, node)
        aliased = node.start_mark.index < key_end
        anchor = f"&{node.anchor} " if node.anchor and not aliased else ""
        if place.indent is not None and isinstance(value, dict):
            written = indented_text(value, place.indent, self._newline)
            gap = "" if written[0] in "\r\n" else " "
            colon = self._colon_end(key_end)
            self._cut(colon, end, f" {anchor}".rstrip() + gap + written)
        elif isinstance(node, MappingNode | SequenceNode) and not node.flow_style:
            colon = self._colon_end(key_end)
            self._cut(colon, end, f" {anchor}{flow_text(value)}")
        else:
            gap = "" if begin > self._colon_end(key_end) else " "
            self._cut(begin, end, gap + anchor + flow_text(value))

    def _remove(self, key: Node, value: Node) -> None:
        begin = self._text.rfind("\n", 0, key.start_mark.index) + 1
        if self._text[begin : key.start_mark.index].strip():
            raise UnplacedError
        self._cut(begin, self._line_after(self._end(key, value)), "")

    def _insert(self, node: MappingNode, added: dict[str, object]) -> None:
        key, value = node.value[-1]
        end = self._end(key, value)
        if node.flow_style:
            written = flow_text(added)[1:-1]
            self._cut(end, end, f", {written}")
            return
        column = node.value[0][0].start_mark.column
        at = self._line_after(end)
        for name, entry in added.items():
            body = indented_text(entry, column, self._newline)
            gap = "" if body[0] in "\r\n" else " "
            line = f"{' ' * column}{flow_text(name)}:{gap}{body}{self._newline}"
            self._cut(at, at, line)

    def _line_after(self, index: int) -> int:
        return self._text.index("\n", index) + 1

    def _colon_end(self, key_end: int) -> int:
        match = _COLON.match(self._text, key_end)
        if match is None:
            raise UnplacedError
        return match.end()

    def _span(self, key_end: int, node: Node) -> tuple[int, int]:
        """Return where a value is written, its anchor included."""
        begin = node.start_mark.index
        if begin < key_end:
            match = _ALIAS.match(self._text, key_end)
            if match is None:
                raise UnplacedError
            return match.span(1)
        end = self._node_end(node)
        if begin >= end:  # nothing is written
            colon = self._colon_end(key_end)
            return colon, colon
        return begin, end

    def _end(self, key: Node, value: Node) -> int:
        return self._span(key.end_mark.index, value)[1]

    def _node_end(self, node: Node) -> int:
        """Return the index behind a node's last character."""
        if isinstance(node, MappingNode) and not node.flow_style:
            return self._end(*node.value[-1])
        if isinstance(node, SequenceNode) and not node.flow_style:
            last = node.value[-1]
            if last.start_mark.index >= node.start_mark.index:
                return self._node_end(last)
            before = node.value[-2] if len(node.value) > 1 else None
            if before is not None and before.start_mark.index < node.start_mark.index:
                raise UnplacedError
            at = self._node_end(before) if before else node.start_mark.index
            match = _NEXT_ALIAS.match(self._text, at)
            if match is None:
                raise UnplacedError
            return match.end()
        begin: int = node.start_mark.index
        return begin + len(self._text[begin : node.end_mark.index].rstrip())
