"""Writes a run to an MCAP file that appears whole or not at all."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import msgspec
from foxglove.messages import FrameTransforms, SceneUpdate
from mcap.writer import CompressionType, Writer

from twin import codec
from twin.errors import CodecError, RecordingError
from twin.recording.channels import (
    EVENT_SCHEMA,
    EVENT_TOPIC,
    FRAME_SCHEMA,
    FRAME_TOPIC,
    MESH_MEDIA_TYPE,
    PROFILE,
    SCENE_SCHEMA,
    SCENE_TOPIC,
    nanoseconds,
)
from twin.recording.foxglove import TransformsEncoder, scene_message
from twin.state import Event, MeshArrays, Scene, StateFrame

_TRANSFORMS_EVERY_S: Final = 0.1
"""Players interpolate between transforms; ten a second look smooth."""
_CHUNK_BYTES: Final = 1024 * 1024


class Recorder:
    """Records one run: scene, meshes, every frame it is given, events.

    The file is written beside its place and moved there by ``close``. It holds no
    wall time: the same run gives the same bytes. After an error inside a ``with``
    block nothing is left behind.

    Args:
        path: Where the recording shall appear.
        scene: What the frames' order follows.
        meshes: Every mesh the scene names, by sha256.
        metadata: What else to keep: seed, version, engine.

    Raises:
        RecordingError: If the file cannot be written or a mesh is missing.
    """

    def __init__(
        self,
        path: Path,
        scene: Scene,
        meshes: Mapping[str, MeshArrays],
        *,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
        try:
            self._stream: BinaryIO = self._partial.open("wb")
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._writer = Writer(
                self._stream,
                chunk_size=_CHUNK_BYTES,
                compression=CompressionType.LZ4,
                enable_data_crcs=True,
            )
            self._writer.start(profile=PROFILE, library="flins-twin")
            self._writer.add_metadata("run", dict(metadata or {}))
            self._open_channels()
            self._log_time_ns = 0
            self._stored: set[str] = set()
            self.add_scene(scene, meshes)
        except BaseException:
            self.abandon()
            raise

    def _open_channels(self) -> None:
        writer = self._writer
        frame_schema = writer.register_schema("flins.ExactFrame", "text", FRAME_SCHEMA)
        scene_schema = writer.register_schema("flins.Scene", "text", SCENE_SCHEMA)
        event_schema = writer.register_schema("flins.Event", "jsonschema", EVENT_SCHEMA)
        self._frame_channel = writer.register_channel(
            FRAME_TOPIC, "flins", frame_schema
        )
        self._scene_channel = writer.register_channel(
            SCENE_TOPIC, "flins", scene_schema
        )
        self._event_channel = writer.register_channel(EVENT_TOPIC, "json", event_schema)
        channels: list[int] = []
        for topic, schema in (
            ("/tf", FrameTransforms.get_schema()),
            ("/scene", SceneUpdate.get_schema()),
        ):
            schema_id = writer.register_schema(
                schema.name, schema.encoding, schema.data
            )
            channels.append(writer.register_channel(topic, "protobuf", schema_id))
        self._transforms_channel, self._models_channel = channels

    def add_scene(
        self, scene: Scene, meshes: Mapping[str, MeshArrays] | None = None
    ) -> None:
        """Record a scene that holds from the newest frame's time on.

        Args:
            scene: The scene; frames after it must carry its revision.
            meshes: Every mesh it names, by sha256.

        Raises:
            RecordingError: If a mesh is missing, or the scene does not fit together.
        """
        named = {entity.mesh for entity in scene.entities if entity.mesh}
        given = meshes or {}
        models = scene_message(scene, given, self._log_time_ns)
        try:
            for sha256 in sorted(named - self._stored):
                message = codec.encode_mesh(given[sha256], exact=True)
                self._attach(sha256, message)
            packed = codec.encode(scene)
        except CodecError as error:
            raise RecordingError(f"recording: {error}") from error
        self._scene = scene
        self._transforms = TransformsEncoder(scene.movers)
        self._transforms_due_ns = self._log_time_ns
        self._write(self._scene_channel, packed)
        self._write(self._models_channel, models)

    def _attach(self, sha256: str, message: bytes) -> None:
        try:
            self._writer.add_attachment(
                self._log_time_ns, 0, sha256, MESH_MEDIA_TYPE, message
            )
        except OSError as error:
            raise self._unwritable(error) from error
        self._stored.add(sha256)

    def add_frame(self, frame: StateFrame) -> None:
        """Record a frame, every bit of it.

        Raises:
            RecordingError: If it lies before the newest one, follows another scene,
                or holds a pose that is not finite.
        """
        if frame.scene_revision != self._scene.revision:
            raise RecordingError(
                f"recording: frame of scene revision {frame.scene_revision} where "
                f"{self._scene.revision} is recorded; add the scene first"
            )
        log_time_ns = nanoseconds(frame.sim_time_s)
        if log_time_ns < self._log_time_ns:
            raise RecordingError(
                f"recording: frame at {frame.sim_time_s} s after one at "
                f"{self._log_time_ns / 1e9} s; start a new recording after a reset"
            )
        try:
            message = codec.encode_exact(frame)
        except CodecError as error:
            raise RecordingError(f"recording: {error}") from error
        self._log_time_ns = log_time_ns
        self._write(self._frame_channel, message)
        if log_time_ns >= self._transforms_due_ns:
            self._transforms_due_ns = log_time_ns + nanoseconds(_TRANSFORMS_EVERY_S)
            self._write(
                self._transforms_channel,
                self._transforms.encode(frame, log_time_ns),
            )

    def add_events(self, events: Sequence[Event]) -> None:
        """Record events at their own times.

        Raises:
            RecordingError: If an argument is a number that JSON cannot hold.
        """
        for event in events:
            for name, value in event.arguments.items():
                if isinstance(value, float) and not math.isfinite(value):
                    raise RecordingError(
                        f"recording: event {event.serial} {event.kind}: {name} is "
                        f"{value!r}; give a finite number"
                    )
            self._write(
                self._event_channel,
                msgspec.json.encode(event),
                nanoseconds(event.sim_time_s),
            )

    def close(self) -> None:
        """Finish the file and move it to its place.

        Raises:
            RecordingError: If the disk does not take it.
        """
        if self._stream.closed:
            return
        try:
            self._writer.finish()  # type: ignore[no-untyped-call]  # mcap leaves it so
            self._stream.close()
            os.replace(self._partial, self._path)
        except OSError as error:
            self.abandon()
            raise self._unwritable(error) from error

    def abandon(self) -> None:
        """Leave no file behind."""
        self._stream.close()
        self._partial.unlink(missing_ok=True)

    def _write(
        self, channel_id: int, message: bytes, log_time_ns: int | None = None
    ) -> None:
        at = self._log_time_ns if log_time_ns is None else log_time_ns
        try:
            self._writer.add_message(channel_id, at, message, at)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> RecordingError:
        reason = error.strerror or str(error)
        return RecordingError(
            f"{self._path}: cannot be written: {reason}; choose another place"
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, or abandon if the block failed."""
        if kind is None:
            self.close()
        else:
            self.abandon()
