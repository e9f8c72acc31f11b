"""What the channels of a recording are called and hold.

```
 topic          encoding   schema                     at
 /flins/frame   flins      flins.ExactFrame (text)    each frame given
 /flins/scene   flins      flins.Scene (text)         start, and when it changes
 /events        json       flins.Event (jsonschema)   each event's own time
 /tf            protobuf   foxglove.FrameTransforms   ten times a simulated second
 /scene         protobuf   foxglove.SceneUpdate       start, and when it changes
 attachments    application/x-flins-mesh, named by sha256: exact mesh messages
 metadata       "run": what the recorder was told
```
Log times are nanoseconds of simulated time.
"""

from __future__ import annotations

from typing import Final

import msgspec

from twin.state import Event

PROFILE: Final = "flins-twin"
FRAME_TOPIC: Final = "/flins/frame"
SCENE_TOPIC: Final = "/flins/scene"
EVENT_TOPIC: Final = "/events"
MESH_MEDIA_TYPE: Final = "application/x-flins-mesh"

FRAME_SCHEMA: Final = b"""A message of twin.codec, kind 13; little endian.
header  4s FLTW, u8 version 1, u8 kind 13, u16 0, u32 body bytes, u64 0, f64 0
head    u32 0, u64 tick, f64 sim_time_s, u32 scene_revision,
        u32 movers, u32 joints, u32 machines, u32 scalars, u8 provenance bits
mover   3 f64 position_in_world_m, 4 f64 orientation_wxyz, u8 visible
joint   f64 rad or m
machine u8 PackML state, u8 reason
scalar  f64
If provenance bit 0 (movers), 1 (machines) or 2 (scalars) is set, each row of that
table ends in u8 quality (good, predicted, stale, bad), f64 source_time_s.
Names in the order of the rows stand in the scene.
"""
SCENE_SCHEMA: Final = b"""A message of twin.codec, kind 2; little endian.
header  4s FLTW, u8 version 1, u8 kind 2, u16 0, u32 body bytes, u64 0, f64 0
body    msgpack map: name, revision, dt_s, entities, movers, machines, joints,
        scalars, cameras, notes, start, timezone
"""
EVENT_SCHEMA: Final = msgspec.json.encode(
    msgspec.json.schema(Event, ref_template="#/$defs/{name}")["$defs"]["Event"]
)


def nanoseconds(sim_time_s: float) -> int:
    """Return the log time of a simulated time, ns."""
    return round(sim_time_s * 1e9)
