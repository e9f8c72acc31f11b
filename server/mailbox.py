"""What one client has yet to be sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from typing import Final

MAX_KEYS: Final = 4096
MAX_EVENT_MESSAGES: Final = 1024
MAX_EVENT_BYTES: Final = 8 * 1024 * 1024


class Mailbox:
    """Owes the newest state under each key, and every event up to a limit.

    A slow client loses old state, never the newest, and never holds up the engine.
    Events are not dropped one by one: past the limit all pending ones go, the client
    is told how many, and gets the state anew.

    Args:
        max_keys: Most keys owed at once.
        max_event_messages: Most messages of events owed at once.
        max_event_bytes: Most bytes of events owed at once.
    """

    def __init__(
        self,
        max_keys: int = MAX_KEYS,
        max_event_messages: int = MAX_EVENT_MESSAGES,
        max_event_bytes: int = MAX_EVENT_BYTES,
    ) -> None:
        self._state: dict[Hashable, bytes] = {}
        self._events: deque[bytes] = deque()
        self._event_bytes = 0
        self._max_keys = max_keys
        self._max_event_messages = max_event_messages
        self._max_event_bytes = max_event_bytes
        self.n_lost = 0

    def put(
        self, key: Hashable, message: bytes, obsoletes: Iterable[Hashable] = ()
    ) -> None:
        """Owe ``message`` instead of what ``key`` and ``obsoletes`` held.

        Raises:
            OverflowError: If more keys are owed than a client may leave unread.
        """
        self._state.pop(key, None)
        for older in obsoletes:
            self._state.pop(older, None)
        if len(self._state) >= self._max_keys:
            raise OverflowError(
                f"mailbox: {self._max_keys} keys pending; drop this client"
            )
        self._state[key] = message

    def put_events(self, message: bytes) -> bool:
        """Owe a message of events.

        Returns:
            False if that went over the limit: all pending events are dropped,
            ``n_lost`` has grown by their messages, and the client must be told.
        """
        self._events.append(message)
        self._event_bytes += len(message)
        if (
            len(self._events) <= self._max_event_messages
            and self._event_bytes <= self._max_event_bytes
        ):
            return True
        self.n_lost += len(self._events)
        self._events.clear()
        self._event_bytes = 0
        return False

    def take(self) -> list[bytes]:
        """Return what is owed, state before events, and owe nothing."""
        messages = [*self._state.values(), *self._events]
        self._state.clear()
        self._events.clear()
        self._event_bytes = 0
        self.n_lost = 0
        return messages

    def __len__(self) -> int:
        """Return how many messages are owed."""
        return len(self._state) + len(self._events)
