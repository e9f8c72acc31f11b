"""Reads what a recorder wrote, from any point in time."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec
import zstandard
from mcap.exceptions import McapError
from mcap.reader import SeekingReader

from twin import codec
from twin.errors import CodecError, RecordingError
from twin.recording.channels import (
    EVENT_TOPIC,
    FRAME_TOPIC,
    MESH_MEDIA_TYPE,
    SCENE_TOPIC,
    nanoseconds,
)
from twin.state import Event, MeshArrays, Scene, StateFrame

_RECORD_LIMIT_BYTES: Final = 1024**3
_DAMAGE: Final = (
    McapError,
    CodecError,
    msgspec.MsgspecError,
    zstandard.ZstdError,
    struct.error,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    OverflowError,
    MemoryError,
    StopIteration,
    # A generator of the reader that runs dry early turns StopIteration into this.
    RuntimeError,
)
"""What the MCAP reader and ours raise when bytes are missing or changed."""


class Recording:
    """A recorded run, opened for reading.

    Args:
        path: An MCAP file that a Recorder closed.

    Raises:
        RecordingError: If there is no such file, or it isn't a whole recording.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._stream = path.open("rb")
        except OSError as error:
            raise RecordingError(
                f"{path}: cannot be read: {error.strerror or error}; check the path"
            ) from error
        try:
            self._open()
        except RecordingError:
            self._stream.close()
            raise
        except _DAMAGE as error:
            self._stream.close()
            raise self._damaged(error) from error

    def _open(self) -> None:
        self._reader = SeekingReader(
            self._stream, validate_crcs=True, record_size_limit=_RECORD_LIMIT_BYTES
        )
        self._reader.get_header()
        summary = self._reader.get_summary()
        if summary is None or summary.statistics is None:
            raise McapError("it has no summary")
        counts = summary.statistics.channel_message_counts
        topics = {
            channel.topic: counts.get(channel.id, 0)
            for channel in summary.channels.values()
        }
        if SCENE_TOPIC not in topics:
            raise RecordingError(
                f"{self.path}: has no channel {SCENE_TOPIC}; "
                "give a recording made by this program"
            )
        self.n_frames = topics.get(FRAME_TOPIC, 0)
        self.metadata: Mapping[str, str] = {
            name: value
            for record in self._reader.iter_metadata()
            if record.name == "run"
            for name, value in record.metadata.items()
        }
        self.scenes: tuple[Scene, ...] = tuple(
            self._scene_in(data) for _, data in self._messages(SCENE_TOPIC)
        )
        if not self.scenes:
            raise McapError("it has no scene")
        first = next(iter(self._messages(FRAME_TOPIC)), None)
        last = next(iter(self._messages(FRAME_TOPIC, reverse=True)), None)
        self.start_s = first[0] / 1e9 if first else 0.0
        self.end_s = last[0] / 1e9 if last else 0.0

    @property
    def scene(self) -> Scene:
        """The scene at the start."""
        return self.scenes[0]

    @property
    def duration_s(self) -> float:
        """Simulated time from the first frame to the last, s."""
        return self.end_s - self.start_s

    @cached_property
    def meshes(self) -> Mapping[str, MeshArrays]:
        """Every mesh that the scenes name, by sha256.

        Raises:
            RecordingError: If one is damaged.
        """
        decoder = codec.Decoder((codec.Kind.MESH,))
        found: dict[str, MeshArrays] = {}
        try:
            for attachment in self._reader.iter_attachments():
                if attachment.media_type != MESH_MEDIA_TYPE:
                    continue
                for received in decoder.feed(attachment.data):
                    if isinstance(received.content, codec.Mesh):
                        found[received.content.sha256] = received.content.arrays
        except _DAMAGE as error:
            raise self._damaged(error) from error
        return found

    def scene_of(self, frame: StateFrame) -> Scene:
        """Return the scene whose order a frame follows.

        Raises:
            RecordingError: If the recording holds none.
        """
        for scene in reversed(self.scenes):
            if scene.revision == frame.scene_revision:
                return scene
        raise RecordingError(
            f"{self.path}: holds no scene of revision {frame.scene_revision}; "
            "record the run again"
        )

    def frames(self, start_s: float = 0.0) -> Iterator[StateFrame]:
        """Return the frames from simulated time ``start_s`` on, in order.

        Raises:
            RecordingError: If the file is damaged where it is read.
        """
        try:
            for _, data in self._messages(FRAME_TOPIC, start_ns=nanoseconds(start_s)):
                yield codec.decode_exact(data)
        except _DAMAGE as error:
            raise self._damaged(error) from error

    def frame_at(self, sim_time_s: float) -> StateFrame:
        """Return the newest frame at or before a time, or the first of all.

        Raises:
            RecordingError: If there are no frames, or the file is damaged.
        """
        # Times are kept in ns, so that a frame's own time finds that frame.
        at_ns = nanoseconds(sim_time_s)
        try:
            for _, data in self._messages(FRAME_TOPIC, end_ns=at_ns, reverse=True):
                return codec.decode_exact(data)
            for _, data in self._messages(FRAME_TOPIC):
                return codec.decode_exact(data)
        except _DAMAGE as error:
            raise self._damaged(error) from error
        raise RecordingError(f"{self.path}: holds no frame; record a longer run")

    def events(self, start_s: float = 0.0, end_s: float | None = None) -> list[Event]:
        """Return the events from ``start_s`` to before ``end_s``, in order.

        Raises:
            RecordingError: If the file is damaged where it is read.
        """
        end_ns = None if end_s is None else nanoseconds(end_s) - 1
        if end_ns is not None and end_ns < nanoseconds(start_s):
            return []
        try:
            return [
                msgspec.json.decode(data, type=Event)
                for _, data in self._messages(
                    EVENT_TOPIC, start_ns=nanoseconds(start_s), end_ns=end_ns
                )
            ]
        except _DAMAGE as error:
            raise self._damaged(error) from error

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _messages(
        self,
        topic: str,
        *,
        start_ns: int | None = None,
        end_ns: int | None = None,
        reverse: bool = False,
    ) -> Iterator[tuple[int, bytes]]:
        found = self._reader.iter_messages(
            [topic],
            starting_at=max(start_ns, 0) if start_ns is not None else None,
            ending_at=max(end_ns, 0) if end_ns is not None else None,
            reverse=reverse,
        )
        for _, _, message in found:
            yield message.log_time, message.data

    def _scene_in(self, data: bytes) -> Scene:
        for received in codec.Decoder((codec.Kind.SCENE,)).feed(data):
            if isinstance(received.content, Scene):
                return received.content
        raise McapError("a scene message holds no scene")

    def _damaged(self, error: Exception) -> RecordingError:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        return RecordingError(
            f"{self.path}: is damaged or cut short: {what}; "
            "record the run again or copy the file again"
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
        """Close the file."""
        self.close()
