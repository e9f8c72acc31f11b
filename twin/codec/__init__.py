"""Messages on the wire and in recordings: binary, versioned, limited in size.

Little endian throughout. A message is a header of 28 bytes (magic ``FLTW``, version,
kind, reserved, body length, sequence number, wall time) and a body. Sequence number
and wall time are the server's stamp. No message is compressed by itself.

```
 no kind         from    body                                          body limit
  1 hello        server  msgpack Hello                                      4 KiB
  2 scene        server  msgpack Scene                                     16 MiB
  3 mesh         server  sha256 name, sha256 of the rest, head, arrays     64 MiB
  4 keyframe     server  head, then four tables in full                    16 MiB
  5 delta        server  head naming its keyframe, then changed rows       16 MiB
  6 events       server  msgpack Events                                     1 MiB
  7 status       server  msgpack RunStatus                                  4 KiB
  8 command      client  msgpack RunCommand                                 4 KiB
  9 answer       server  msgpack CommandAnswer                              4 KiB
 10 notice       server  msgpack Notice                                    16 KiB
 11 resync       client  msgpack Resync                                     1 KiB
 12 want_mesh    client  msgpack WantMesh                                   1 KiB
 13 exact_frame  file    head, then four tables in full, float64           64 MiB
 14 want_lesson  client  msgpack WantLesson                                 1 KiB
 15 lesson       server  msgpack Lesson, only to who asked                256 KiB

 client connects   server: hello, scene, status, keyframe, newest delta
 client wants      want_mesh for each sha256 it lacks; the answer is mesh or notice
 then              deltas to the newest keyframe; a keyframe every 60 frames
 status teaches    client: want_lesson; server: lesson, now and whenever it changes
 scene changes     server: scene, then a keyframe
 client is behind  client: resync; server: scene, status, keyframe, newest delta

 frame head  u32 keyframe · u64 tick · f64 sim_time_s · u32 scene_revision ·
             u32 movers, joints, machines, scalars · u8 provenance bits
 mover row   3 x i32 position, 0.1 mm · 4 x i16 quaternion wxyz / 32767 · u8 visible
 joint row   f32 rad or m           scalar row  f64, NaN where unknown
 machine row u8 state · u8 reason   provenance (if its bit is set) appends to each row
                                    of the table u8 quality · f64 source time s
 delta       for each table: u32 n · n x u32 row number, rising · n x row
```
"""

from twin.codec.decoder import (
    FROM_CLIENT,
    Content,
    Decoder,
    KeyframeMissing,
    Received,
    decode_exact,
)
from twin.codec.digest import state_sha256
from twin.codec.envelope import LIMIT_BYTES, VERSION, Envelope, Kind, kind_of, stamp
from twin.codec.frames import FrameEncoder, encode_exact
from twin.codec.meshes import Mesh, decode_mesh, encode_mesh
from twin.codec.messages import (
    CommandAnswer,
    Events,
    Hello,
    Lesson,
    Notice,
    Resync,
    RunState,
    RunStatus,
    Structured,
    WantLesson,
    WantMesh,
    encode,
)

__all__ = [
    "FROM_CLIENT",
    "LIMIT_BYTES",
    "VERSION",
    "CommandAnswer",
    "Content",
    "Decoder",
    "Envelope",
    "Events",
    "FrameEncoder",
    "Hello",
    "KeyframeMissing",
    "Kind",
    "Lesson",
    "Mesh",
    "Notice",
    "Received",
    "Resync",
    "RunState",
    "RunStatus",
    "Structured",
    "WantLesson",
    "WantMesh",
    "decode_exact",
    "decode_mesh",
    "encode",
    "encode_exact",
    "encode_mesh",
    "kind_of",
    "stamp",
    "state_sha256",
]
