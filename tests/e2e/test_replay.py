"""``flins run --record``, ``flins replay``, and the file in the hands of others."""

from __future__ import annotations

import io
import json
import signal
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh
from flins_process import Flins
from mcap.reader import make_reader
from watcher import Watcher

from twin.codec import Kind, state_sha256
from twin.recording import Recording
from twin.state import StateFrame

pytestmark = pytest.mark.slow

SCENARIO = Path("scenarios") / "battery_cell.yaml"
UNTIL_S = 6.0


@pytest.fixture(scope="module")
def recorded(
    root_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, object]]:
    """A recording made by the command line, and what it printed."""
    path = tmp_path_factory.mktemp("recorded") / "run.mcap"
    with Flins(
        "run", str(SCENARIO), "--until", f"{UNTIL_S:g} s", "--seed", "1", "--json",
        "--record", str(path), folder=root_folder,
    ) as running:  # fmt: skip
        said = json.loads(running.line())
        assert running.wait() == 0
    return path, said


def test_the_recording_ends_in_the_state_that_the_run_printed(
    recorded: tuple[Path, dict[str, object]],
) -> None:
    path, said = recorded
    with Recording(path) as recording:
        *_, last = recording.frames()
        assert last.tick == said["tick"] == round(UNTIL_S * 240)
        assert state_sha256(recording.scene, last) == said["state_sha256"]


def held_to(kept: StateFrame, seen: StateFrame) -> None:
    """Hold a state that came over the wire to the one in the file."""
    assert seen.tick == kept.tick
    np.testing.assert_allclose(
        seen.position_in_world_m, kept.position_in_world_m, rtol=0.0, atol=5.1e-5
    )
    np.testing.assert_array_equal(seen.visible, kept.visible)
    np.testing.assert_array_equal(seen.machine_state, kept.machine_state)
    np.testing.assert_array_equal(seen.scalar, kept.scalar)


def test_replay_plays_to_the_end_what_was_recorded(
    recorded: tuple[Path, dict[str, object]], root_folder: Path
) -> None:
    path, _ = recorded
    with (
        Recording(path) as recording,
        Flins(
            "replay", str(path), "--port", "0", "--speed", "5", folder=root_folder
        ) as replayed,
    ):
        frames = {frame.tick: frame for frame in recording.frames()}
        with Watcher(replayed.line()) as watcher:
            last = max(frames)
            watcher.hear_until(
                lambda: watcher.run_state() == "ended" and watcher.now().tick == last
            )
            held_to(frames[last], watcher.now())
            assert watcher.ask("pause").accepted
            assert watcher.ask("reset").accepted
            held_to(frames[0], watcher.now())
            # A tenth of a second at a time, so that no state is left out.
            for tick in range(24, last + 1, 24):
                assert watcher.ask("step", 24).accepted
                held_to(frames[tick], watcher.now())
            # Every state on the wire is one that was recorded, none made up.
            assert set(watcher.ticks) <= set(frames)
            assert watcher.hello is not None
            assert not watcher.hello.live
            assert watcher.hello.source == path.name
            assert Kind.DELTA in watcher.kinds
        replayed.signal(signal.SIGINT)
        assert replayed.wait() == 0


Fields = dict[int, list[bytes | float | int]]


def fields(message: bytes) -> Fields:
    """Return a protobuf message's values by field number, in order.

    Source:
        Protocol Buffers encoding: varint, 64-bit, length-delimited, 32-bit.
    """
    found: Fields = {}
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        number, wire = divmod(varint(), 8)
        value: bytes | float | int
        if wire == 0:
            value = varint()
        elif wire == 1:
            (value,) = struct.unpack_from("<d", message, at)
            at += 8
        elif wire == 5:
            (value,) = struct.unpack_from("<I", message, at)
            at += 4
        else:
            assert wire == 2, f"wire type {wire} of field {number}"
            length = varint()
            value = message[at : at + length]
            at += length
        found.setdefault(number, []).append(value)
    assert at == len(message)
    return found


def part(message: Fields, number: int) -> bytes:
    (value,) = message[number]
    assert isinstance(value, bytes)
    return value


def parts(message: Fields, number: int) -> Iterator[Fields]:
    for value in message.get(number, []):
        assert isinstance(value, bytes)
        yield fields(value)


def read(path: Path, topic: str) -> list[tuple[str, str, int, bytes]]:
    """Return schema, encoding, log time and content of a topic's messages."""
    with path.open("rb") as stream:
        return [
            (
                "" if schema is None else schema.name,
                channel.message_encoding,
                message.log_time,
                message.data,
            )
            for schema, channel, message in make_reader(stream).iter_messages([topic])
        ]


def test_transforms_tell_where_everything_is(
    recorded: tuple[Path, dict[str, object]],
) -> None:
    """Field numbers of foxglove/FrameTransforms.proto, FrameTransform.proto."""
    path, _ = recorded
    with Recording(path) as recording:
        scene = recording.scene
        messages = read(path, "/tf")
        assert {row[:2] for row in messages} == {
            ("foxglove.FrameTransforms", "protobuf")
        }
        assert len(messages) == pytest.approx(UNTIL_S * 10, abs=2)
        for _, _, at_ns, content in messages[:: len(messages) // 6]:
            frame = recording.frame_at(at_ns / 1e9)
            transforms = list(parts(fields(content), 1))
            names = [part(row, 3).decode() for row in transforms]
            assert names == list(scene.movers)
            assert {part(row, 2) for row in transforms} == {b"world"}
            for row, position, visible in zip(
                transforms, frame.position_in_world_m, frame.visible, strict=True
            ):
                xyz = fields(part(row, 4))
                told = [xyz[axis][0] for axis in (1, 2, 3)]
                if visible:
                    np.testing.assert_array_equal(told, position)
                else:
                    assert told[2] == -10_000.0


def test_shapes_are_models_that_a_stranger_can_load(
    recorded: tuple[Path, dict[str, object]],
) -> None:
    """Field numbers of foxglove/SceneUpdate.proto, SceneEntity, ModelPrimitive."""
    path, _ = recorded
    with Recording(path) as recording:
        scene, meshes = recording.scene, recording.meshes
    ((name, encoding, at_ns, content),) = read(path, "/scene")
    assert (name, encoding, at_ns) == ("foxglove.SceneUpdate", "protobuf", 0)
    entities = list(parts(fields(content), 2))
    by_id = {part(row, 3).decode(): row for row in entities}
    wanted = {entity.id: entity for entity in scene.entities if entity.mesh}
    assert set(by_id) == set(wanted)
    frames = {"world", *scene.movers}
    loaded: dict[str, int] = {}
    for entity_id, row in by_id.items():
        assert part(row, 2).decode() in frames
        mesh = wanted[entity_id].mesh
        for model in parts(row, 14):
            if mesh in loaded:
                continue
            glb = part(model, 7)
            assert part(model, 6) == b"model/gltf-binary"
            shape = trimesh.load_mesh(io.BytesIO(glb), file_type="glb")
            loaded[mesh] = len(shape.faces)
    assert loaded == {sha256: len(shape.triangles) for sha256, shape in meshes.items()}


def test_events_are_json_with_a_schema(
    recorded: tuple[Path, dict[str, object]],
) -> None:
    path, _ = recorded
    with Recording(path) as recording:
        wanted = list(recording.events())
    rows = read(path, "/events")
    assert len(rows) == len(wanted) > 0
    for (schema, encoding, at_ns, content), event in zip(rows, wanted, strict=True):
        assert (schema, encoding) == ("flins.Event", "json")
        told = json.loads(content)
        assert told["kind"] == event.kind
        assert told["serial"] == event.serial
        assert at_ns == round(event.sim_time_s * 1e9)
