"""Read a scenario file; say where in it something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarfloat import ScalarFloat
from ruamel.yaml.timestamp import TimeStamp

from twin.errors import ScenarioError
from twin.scenario.consistency import check_consistency
from twin.scenario.document import DEEPEST, brief, entry_line, load_document
from twin.scenario.findings import InconsistencyError
from twin.scenario.findings import Path as Keys
from twin.scenario.model import Scenario

_Read = TypeVar("_Read", bound=BaseModel)

_LARGEST_BYTES = 16 * 1024 * 1024

# pydantic speaks of Python's types; who writes a scenario knows YAML's.
_WANTED: Mapping[str, str] = MappingProxyType(
    {
        "dict_type": "give a mapping",
        "model_type": "give a mapping",
        "model_attributes_type": "give a mapping",
        "tuple_type": "give a list",
        "string_type": "give a text, in quotes if it looks like something else",
        "string_too_long": "give at most {max_length} characters",
        "string_pattern_mismatch": (
            "give a lower-case letter, then letters, digits and _"
        ),
        "bool_type": "give true or false",
        "int_type": "give a whole number",
        "float_type": "give a number",
        "finite_number": "give a finite number",
        "greater_than": "give a number above {gt}",
        "greater_than_equal": "give at least {ge}",
        "less_than": "give a number below {lt}",
        "literal_error": "give {expected}",
        "too_short": "give at least {min_length} of them",
    }
)


_TAGS = ("kind", "do", "law", "task")
"""Keys that tell which of several models a mapping is."""


class _NotTextError(ValueError):
    """A key that is no text: 1 and "1" would be the same name."""

    def __init__(self, line: int, found: str) -> None:
        super().__init__(found)
        self.line = line


def load_scenario(path: str | Path) -> Scenario:
    """Return the scenario of a YAML file.

    Raises:
        ScenarioError: With file, line, what was found and what to do.
    """
    path = Path(path)
    return read_scenario(read_text(path), name=str(path))


def read_text(path: Path, what: str = "a scenario") -> str:
    """Return the text of a file that should be ``what``.

    Raises:
        ScenarioError: If it is not there, too large, or no text.
    """
    try:
        # A device tells no size and may never end: the bound is on what is read.
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
        if len(content) > _LARGEST_BYTES:
            raise ScenarioError(
                str(path),
                f"exceeds the limit of {_LARGEST_BYTES} bytes; is this {what}?",
            )
        return content.decode("utf-8")
    except FileNotFoundError as error:
        raise ScenarioError(
            str(path), f"no such file; give the path of {what}"
        ) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(
            str(path), f"not UTF-8 text (byte {error.start}); is this {what}?"
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ScenarioError(
            str(path), f"cannot be read ({reason}); check the path"
        ) from error


def locate_in(file: Path) -> Callable[[Keys], str]:
    """Return what tells where in a file something of its scenario stands.

    For what only shows once the scenario is read, such as in its meshes. The file is
    read again when somebody asks, which is when something is wrong.
    """

    def located(path: Keys) -> str:
        try:
            document = load_document(file.read_text("utf-8"), str(file))
        except (OSError, ValueError, ScenarioError):
            return f"{file}: {written(path)}"
        assert isinstance(document, CommentedMap)  # it was a scenario a moment ago
        return f"{file}:{_line(document, path)}: {written(path)}"

    return located


def read_scenario(text: str, name: str = "scenario") -> Scenario:
    """Return the scenario that a YAML text describes.

    Args:
        text: The YAML document.
        name: What errors call it, usually its path.

    Raises:
        ScenarioError: With file, line, what was found and what to do.
    """
    document = load_document(text, name)
    scenario = read_model(
        Scenario, document, name, "begin with name:, title: and start:"
    )
    assert isinstance(document, CommentedMap)  # read_model has seen to it
    try:
        check_consistency(scenario)
    except InconsistencyError as error:
        raise ScenarioError(
            f"{name}:{_line(document, error.path)}: {written(error.path)}",
            brief(error.found),
        ) from error
    return scenario


def read_model(
    model: type[_Read], document: object, name: str, begin_with: str
) -> _Read:
    """Return what a YAML document holds, as a strict model.

    Args:
        model: What it should be.
        document: From ``load_document``.
        name: What errors call it, usually its path.
        begin_with: What to do where it holds no mapping at all.

    Raises:
        ScenarioError: With file, line, what was found and what to do.
    """
    if not isinstance(document, CommentedMap):
        raise ScenarioError(name, f"holds no mapping; {begin_with}")
    try:
        return model.model_validate(_plain(document, 0))
    except _NotTextError as error:
        raise ScenarioError(f"{name}:{error.line}", brief(str(error))) from error
    except ValidationError as error:
        raise _located(error, document, name) from error
    except RecursionError as error:
        raise ScenarioError(
            name, f"nested deeper than {DEEPEST} levels; flatten it"
        ) from error


def _plain(value: Any, depth: int) -> Any:
    """Return YAML's round-trip types as the plain ones that strict models take."""
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, CommentedMap):
        for key in value:
            if not isinstance(key, str):
                line = entry_line(value, key) or value.lc.line + 1
                raise _NotTextError(line, f"key {key!r} is no text; put it in quotes")
        return {str(key): _plain(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, CommentedSeq):
        return [_plain(entry, depth + 1) for entry in value]
    if isinstance(value, TimeStamp):
        # The parser has turned a time with an offset into UTC and noted the offset
        # apart; the start's check wants to see that there was one.
        plain = datetime.fromisoformat(value.isoformat())
        return plain.replace(tzinfo=UTC) if value._yaml["tz"] else plain
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, ScalarFloat):
        return float(value)
    if isinstance(value, int):
        return int(value)
    return str(value) if isinstance(value, str) else value


def _located(
    error: ValidationError, document: CommentedMap, name: str
) -> ScenarioError:
    problems = error.errors(include_url=False)
    first = problems[0]
    path = _real_path(document, first["loc"])
    kind, message = first["type"], first["msg"]
    if kind == "extra_forbidden":
        found = f"unknown key {first['loc'][-1]!r}; remove it or check the spelling"
    elif kind == "missing":
        found = f"key {str(first['loc'][-1])!r} is missing; add it"
    elif kind in ("value_error", "form"):
        found = message.removeprefix("Value error, ")
    elif kind == "union_tag_invalid":
        context: Mapping[str, Any] = first.get("ctx", {})
        found = (
            f"{str(context.get('discriminator', 'kind')).strip(chr(39))}: got "
            f"{context.get('tag')!r}; give one of {context.get('expected_tags')}"
        )
    elif kind == "union_tag_not_found":
        context = first.get("ctx", {})
        tag = str(context.get("discriminator", "kind")).strip("'")
        found = f"key {tag!r} is missing; add it"
    else:
        shown = repr(first["input"])
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        wanted = _WANTED.get(kind, message.replace("Input should be", "give"))
        found = f"got {shown}; {wanted.format_map(first.get('ctx', {}))}"
    if len(problems) > 1:
        found += f" (and {len(problems) - 1} more)"
    return ScenarioError(
        f"{name}:{_line(document, path)}: {written(path) or 'top level'}",
        brief(found),
    )


def _real_path(
    document: CommentedMap, location: Sequence[str | int]
) -> tuple[str | int, ...]:
    """Return the location without the union tags that pydantic puts into it."""
    path: list[str | int] = []
    node: Any = document
    tagged = False
    for key in location:
        # A law's tag may be the name of one of its own keys: beta has a beta.
        if isinstance(node, CommentedMap) and not tagged:
            tagged = True
            if key in [node.get(tag) for tag in _TAGS]:
                continue
        if (isinstance(node, CommentedMap) and key in node) or (
            isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node)
        ):
            path.append(key)
            node = node[key]
            tagged = False
    return tuple(path)


def _line(document: CommentedMap, path: Sequence[str | int]) -> int:
    """Return the 1-based line where the value at ``path`` stands, or what holds it."""
    node: Any = document
    line = 1
    for key in path:
        line = entry_line(node, key) or line
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            break
    return line


def written(path: Sequence[str | int]) -> str:
    """Return a path in a scenario as errors write it."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return brief(text)
