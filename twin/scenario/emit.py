"""Values as YAML text, as one would write them by hand."""

from __future__ import annotations

import datetime
import math
import re

_PLAIN = re.compile(
    r"[A-Za-z_](?:[\w .+/-]*[\w/])?"  # a word or several
    r"|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)? [A-Za-zµ°%/][\w ./^*²³°%-]*(?<! )",  # 40 min
    re.ASCII,
)
_NOT_TEXT = frozenset(["null", "true", "false", "yes", "no", "on", "off"])
_WIDTH = 88


def flow_text(value: object) -> str:
    """Return a value as YAML on one line.

    Args:
        value: Text, number, truth, date, None, or dicts and lists of them.

    Raises:
        TypeError: If it is anything else, or not finite.
    """
    if isinstance(value, dict):
        entries = (f"{flow_text(key)}: {flow_text(v)}" for key, v in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(flow_text(entry) for entry in value)}]"
    if isinstance(value, str):
        return _text(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float) and math.isfinite(value):
        return number_text(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"emit: got {value!r}; give what YAML holds")


def indented_text(value: object, indent: int, newline: str) -> str:
    """Return a value as it follows "key:": on that line, or on lines of its own.

    Args:
        value: As of `flow_text`.
        indent: Column of the key.
        newline: Between lines.
    """
    line = flow_text(value)
    if not isinstance(value, dict) or not value:
        return line
    nested = any(isinstance(entry, dict) for entry in value.values())
    if not nested or indent + len(line) < _WIDTH:
        return line
    inner = indent + 2
    lines = []
    for key, entry in value.items():
        body = indented_text(entry, inner, newline)
        gap = "" if body[0] in "\r\n" else " "
        lines.append(f"{newline}{' ' * inner}{flow_text(key)}:{gap}{body}")
    return "".join(lines)


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the number: 40, 0.1, 1e-05."""
    return repr(float(value)).removesuffix(".0")


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    quoted = "".join(_quoted(character) for character in text)
    return f'"{quoted}"'


def _quoted(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
