"""What can go wrong, as a tree that callers catch by the narrowest branch.

```
TwinError               one line: "where: what was found; what to do"
├── ScenarioError       the user's file; carries where in it
├── LayoutError         meshes, placement, measures
├── KinematicsError     reach, limits, motion
├── PhysicsError        rigid bodies
├── FlowError           discrete events
├── CodecError          bytes on the wire or in a file
├── RecordingError      recordings
├── ServiceError        server and client: ports, connections
└── MissingPartError    an optional part is not installed (exit code 3)
```
"""

from __future__ import annotations


class TwinError(Exception):
    """Anything the user can read and act on, in one line."""

    exit_code = 2


class ScenarioError(TwinError):
    """The scenario file says something that cannot be run.

    Args:
        where: File, line and path inside the file, as far as known.
        found: What was found and what to do about it.
    """

    def __init__(self, where: str, found: str) -> None:
        super().__init__(f"{where}: {found}")
        self.where = where
        self.found = found


class LayoutError(TwinError):
    """A mesh, a placement or a measure is unusable."""


class KinematicsError(TwinError):
    """A pose cannot be reached or a motion cannot be made."""


class PhysicsError(TwinError):
    """The rigid-body world cannot do what was asked."""


class FlowError(TwinError):
    """The discrete-event model cannot do what was asked."""


class CodecError(TwinError):
    """Bytes that are not a message of ours, or one over its limit."""


class RecordingError(TwinError):
    """A recording cannot be written or read."""


class ServiceError(TwinError):
    """A server or a connection cannot be had."""


class MissingPartError(TwinError):
    """An optional part is not installed; the message says how to get it."""

    exit_code = 3
