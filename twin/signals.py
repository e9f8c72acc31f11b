"""Commands people send to a run, and who sent them when."""

from __future__ import annotations

from typing import Literal

import msgspec

Verb = Literal["pause", "resume", "speed", "step", "reset"]


class RunCommand(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something a person asks of a running engine.

    Attributes:
        verb: What to do.
        value: Speed factor for "speed", ticks for "step"; unused otherwise.
        who: Name of the person or client.
        number: The client's own number for it, to match the answer.
    """

    verb: Verb
    value: float = 0.0
    who: str = ""
    number: int = 0
