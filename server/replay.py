"""A recording in an engine's place: the same session plays it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twin.recording import Recording
from twin.state import Event, MeshArrays, Scene, StateFrame


class RecordedEngine:
    """Plays recorded frames and events at their times; computes nothing."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self.dt_s = recording.scene.dt_s
        self._frame = recording.frame_at(recording.start_s)
        self._frames: Iterator[StateFrame] = iter(())
        self._next: StateFrame | None = None
        self._events: Iterator[Event] = iter(())
        self._event: Event | None = None
        self.tick = 0
        self.reset()

    @property
    def scene(self) -> Scene:
        """The scene that the newest frame follows."""
        return self._recording.scene_of(self._frame)

    @property
    def meshes(self) -> Mapping[str, MeshArrays]:
        """Every recorded mesh."""
        return self._recording.meshes

    @property
    def ended(self) -> bool:
        """True once the last frame is shown."""
        return self._next is None

    @property
    def duration_s(self) -> float:
        """Length of the recording, s."""
        return self._recording.duration_s

    def advance(self, ticks: int) -> None:
        """Move on by ``ticks``, at most to the last frame."""
        self.tick += ticks
        while self._next is not None and self._next.tick <= self.tick:
            self._frame = self._next
            self._next = next(self._frames, None)
        if self._next is None:
            self.tick = self._frame.tick

    def frame(self) -> StateFrame:
        """Return the newest recorded frame at or before now."""
        return self._frame

    def take_events(self) -> list[Event]:
        """Return the recorded events since the last call; at the end, the rest."""
        taken: list[Event] = []
        while self._event is not None and (self.ended or self._event.tick <= self.tick):
            taken.append(self._event)
            self._event = next(self._events, None)
        return taken

    def reset(self) -> None:
        """Go back to the first frame."""
        self._frame = self._recording.frame_at(self._recording.start_s)
        self._frames = self._recording.frames()
        next(self._frames, None)
        self._next = next(self._frames, None)
        self._events = iter(self._recording.events())
        self._event = next(self._events, None)
        self.tick = self._frame.tick

    def close(self) -> None:
        """Close the file."""
        self._recording.close()
