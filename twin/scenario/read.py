"""Read a scenario file; say where in it something is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarfloat import ScalarFloat
from ruamel.yaml.timestamp import TimeStamp

from twin.errors import ScenarioError
from twin.scenario.model import DanglingNameError, Scenario, check_names

_LARGEST_BYTES = 16 * 1024 * 1024
_DEEPEST = 40


def load_scenario(path: str | Path) -> Scenario:
    """Return the scenario of a YAML file.

    Raises:
        ScenarioError: With file, line, what was found and what to do.
    """
    path = Path(path)
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ScenarioError(
                str(path),
                f"file of {path.stat().st_size} bytes exceeds the limit of "
                f"{_LARGEST_BYTES}; is this a scenario?",
            )
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise ScenarioError(
            str(path), "no such file; give the path of a scenario"
        ) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(
            str(path), f"not UTF-8 text (byte {error.start}); is this a scenario?"
        ) from error
    except OSError as error:
        raise ScenarioError(
            str(path), f"cannot be read ({error.strerror}); check the path"
        ) from error
    return read_scenario(text, name=str(path))


def read_scenario(text: str, name: str = "scenario") -> Scenario:
    """Return the scenario that a YAML text describes.

    Args:
        text: The YAML document.
        name: What errors call it, usually its path.

    Raises:
        ScenarioError: With file, line, what was found and what to do.
    """
    yaml = YAML(typ="rt", pure=True)
    try:
        document = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = f":{mark.line + 1}" if mark is not None else ""
        problem = str(error.problem or "no YAML").splitlines()[0]
        raise ScenarioError(f"{name}{line}", f"{problem}; mend the YAML") from error
    except (YAMLError, ValueError, RecursionError) as error:
        first = (str(error) or type(error).__name__).splitlines()[0]
        raise ScenarioError(name, f"{first}; mend the YAML") from error
    if not isinstance(document, CommentedMap):
        raise ScenarioError(
            name, "holds no mapping; begin with name:, title: and start:"
        )
    try:
        scenario = Scenario.model_validate(_plain(document, 0))
        check_names(scenario)
    except ValidationError as error:
        raise _located(error, document, name) from error
    except DanglingNameError as error:
        raise ScenarioError(
            f"{name}:{_line(document, error.path)}: {_written(error.path)}",
            error.found,
        ) from error
    except RecursionError as error:
        raise ScenarioError(name, f"nested deeper than {_DEEPEST} levels") from error
    return scenario


def _plain(value: Any, depth: int) -> Any:
    """Return YAML's round-trip types as the plain ones that strict models take."""
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, CommentedMap):
        return {str(key): _plain(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, CommentedSeq):
        return [_plain(entry, depth + 1) for entry in value]
    if isinstance(value, TimeStamp):
        return datetime(
            value.year, value.month, value.day, value.hour, value.minute, value.second
        )
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
        found = f"unknown key {path[-1]!r}; remove it or check the spelling"
    elif kind == "missing":
        found = f"key {str(first['loc'][-1])!r} is missing; add it"
    elif kind == "value_error":
        found = message.removeprefix("Value error, ")
    elif kind == "union_tag_invalid":
        context: Mapping[str, Any] = first.get("ctx", {})
        found = (
            f"{str(context.get('discriminator', 'kind')).strip(chr(39))}: got "
            f"{context.get('tag')!r}; give one of {context.get('expected_tags')}"
        )
    elif kind == "union_tag_not_found":
        found = "key 'kind' (or 'do') is missing; add it"
    else:
        shown = repr(first["input"])
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        found = f"got {shown}; {message[0].lower()}{message[1:]}"
    if len(problems) > 1:
        found += f" (and {len(problems) - 1} more)"
    return ScenarioError(
        f"{name}:{_line(document, path)}: {_written(path) or 'top level'}", found
    )


def _real_path(
    document: CommentedMap, location: Sequence[str | int]
) -> tuple[str | int, ...]:
    """Return the location without the union tags that pydantic puts into it."""
    path: list[str | int] = []
    node: Any = document
    for key in location:
        if isinstance(node, CommentedMap) and key in node:
            path.append(key)
            node = node[key]
        elif isinstance(node, CommentedSeq) and isinstance(key, int):
            path.append(key)
            node = node[key] if key < len(node) else None
    return tuple(path)


def _line(document: CommentedMap, path: Sequence[str | int]) -> int:
    """Return the 1-based line where the value at ``path`` stands."""
    node: Any = document
    line = 0
    for key in path:
        if isinstance(node, CommentedMap) and key in node:
            line = node.lc.key(key)[0]
            node = node[key]
        elif (
            isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node)
        ):
            line = node.lc.item(key)[0]
            node = node[key]
        else:
            break
    return int(line) + 1


def _written(path: Sequence[str | int]) -> str:
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text
