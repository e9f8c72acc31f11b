"""A YAML document, read within bounds; errors say the line."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.composer import Composer, ComposerError, MaxDepthExceededError
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from twin.errors import ScenarioError

DEEPEST = 40
"""Levels of nesting; the format itself needs ten."""

MOST_NODES = 200_000
"""Values, keys included and aliases written out; a whole site has some 40,000."""

_LONGEST_SHOWN = 300


def load_document(text: str, name: str) -> object:
    """Return what a YAML text holds, with the places where it stands.

    Args:
        text: One YAML document.
        name: What errors call it.

    Raises:
        ScenarioError: If it is no YAML, or holds too much.
    """
    yaml = YAML(typ="rt", pure=True)
    yaml.Composer = _BoundedComposer
    yaml.Constructor = _MarkingConstructor
    yaml.max_depth = DEEPEST
    try:
        document: object = yaml.load(text)
    except MaxDepthExceededError as error:
        raise ScenarioError(
            f"{name}{_line_of(error)}",
            f"nested deeper than {DEEPEST} levels; flatten it",
        ) from error
    except MarkedYAMLError as error:
        problem = brief(str(error.problem or "no YAML"))
        raise ScenarioError(
            f"{name}{_line_of(error)}", f"{problem}; mend the YAML"
        ) from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ScenarioError(
            f"{name}:{line}",
            f"character U+{ord(text[error.position]):04X} has no place in YAML; "
            "remove it",
        ) from error
    except (YAMLError, ValueError, RecursionError) as error:
        problem = brief(str(error) or type(error).__name__)
        raise ScenarioError(name, f"{problem}; mend the YAML") from error
    return document


def _line_of(error: MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return "" if mark is None else f":{mark.line + 1}"


def brief(text: str) -> str:
    """Return a text on one line, of bearable length, that no terminal obeys."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    if len(shown) <= _LONGEST_SHOWN:
        return shown
    return f"{shown[: _LONGEST_SHOWN - 60]} … {shown[-57:]}"


def entry_line(node: object, key: str | int) -> int | None:
    """Return the 1-based line of an entry, or None where the text has it not.

    An entry that a merge key brings stands elsewhere.
    """
    places = node.lc.data if isinstance(node, CommentedMap | CommentedSeq) else None
    if places is None or key not in places:
        return None
    return int(places[key][0]) + 1


class _BoundedComposer(Composer):
    """Counts what a document holds once each alias is written out.

    An alias costs a reader nothing and whoever walks the document all that it
    stands for: nine lines of nine aliases each make 10^8 values.
    """

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader=loader)
        # YAML lets a later anchor hide an earlier one of the same name.
        self.warn_double_anchors = False
        self._sizes: dict[int, int] = {}
        self._n_composed = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        node = super().compose_node(parent, index)
        size = self._sizes.get(id(node))
        if size is None:
            self._n_composed += 1
            size = 1 + sum(self._sizes[id(child)] for child in _children(node))
            self._sizes[id(node)] = size
        if max(size, self._n_composed) > MOST_NODES:
            raise ComposerError(
                None,
                None,
                f"found more than {MOST_NODES} values, aliases written out",
                node.start_mark,
            )
        return node

    def return_alias(self, a: Any) -> Any:
        if id(a) not in self._sizes:
            raise ComposerError(
                None, None, "found an alias inside what it stands for", a.start_mark
            )
        return a


def _children(node: Any) -> list[Any]:
    if isinstance(node.value, str):
        return []
    return [
        child
        for entry in node.value
        for child in (entry if isinstance(entry, tuple) else (entry,))
    ]


class _MarkingConstructor(RoundTripConstructor):
    """Says where a value stands that looks like a date or a number and is none."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, OverflowError) as error:
            shown = str(node.value)[:40]
            raise ConstructorError(
                None, None, f"cannot read {shown!r} ({error})", node.start_mark
            ) from error
