"""The list of events and alarms, newest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from twin.state import Event, MachineState, Reason, Severity
from twin.text import Language, say
from viewer.display import STOPPED
from viewer.overlay import event_words, time_words
from viewer.tags import chip

_MAX_SHOWN = 500
REWOUND = "Rewound"
RUN_RESET = "RunReset"
"""Kinds that a server tells of the run itself."""
_MARKS = (MachineState.EXECUTE, MachineState.HELD, MachineState.ABORTED)


class EventList(QListWidget):
    """What happened, with time and a mark for how much it matters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("events")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._events: deque[Event] = deque(maxlen=_MAX_SHOWN)
        self._rewound: set[int] = set()
        self._icons: dict[int, QIcon] = {}

    def add(self, events: Iterable[Event], language: Language) -> None:
        """Put events on top; beyond 500 the oldest go."""
        for event in events:
            if event.kind == REWOUND:
                self._rewind(event)
                self.rewrite(language)
            self._events.append(event)
            self.insertItem(0, self._item(event, language))
        while self.count() > _MAX_SHOWN:
            self.takeItem(self.count() - 1)

    def rewrite(self, language: Language) -> None:
        """Write all lines anew, in another language."""
        self.clear()
        for event in self._events:
            self.insertItem(0, self._item(event, language))
        self.setAccessibleName(say("viewer.events.title", language))

    def forget(self) -> None:
        """Drop all, as after a reset."""
        self._events.clear()
        self._rewound.clear()
        self.clear()

    def _rewind(self, told: Event) -> None:
        """Mark what the run went back before: it did not happen any more."""
        newest = told.arguments.get("serial", 0.0)
        for event in self._events:
            if isinstance(newest, (int, float)) and event.serial > newest:
                self._rewound.add(event.serial)
        self._rewound &= {event.serial for event in self._events}

    def newest(self, n_events: int) -> list[Event]:
        """Return the newest events, oldest first."""
        return list(self._events)[-n_events:]

    def _item(self, event: Event, language: Language) -> QListWidgetItem:
        words = event_words(event, language)
        text = f"{time_words(event.sim_time_s, language)}   {words}"
        item = QListWidgetItem(self._icon(event.severity), text)
        if event.serial in self._rewound:
            font = item.font()
            font.setStrikeOut(True)
            item.setFont(font)
            item.setForeground(QColor(*STOPPED))
            words = say("viewer.event.rewound", language, words=words)
        item.setToolTip(f"{words}\n{event.kind} · {event.source}")
        return item

    def _icon(self, severity: int) -> QIcon:
        bounded = min(max(severity, 0), Severity.ALARM)
        if bounded not in self._icons:
            image = chip(_MARKS[bounded], Reason.NONE, 12)
            picture = QImage(
                image.tobytes(),
                image.width,
                image.height,
                4 * image.width,
                QImage.Format.Format_RGBA8888,
            )
            self._icons[bounded] = QIcon(QPixmap.fromImage(picture.copy()))
        return self._icons[bounded]
