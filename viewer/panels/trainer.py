"""The trainer's panel: freeze, keep a moment, break something, go back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from twin.codec import Lesson
from twin.signals import MAX_NAME_LENGTH, FaultOffer, Injected
from twin.state import Label, Scene
from twin.text import Language, catalogue, say
from viewer.overlay import time_words

_ROLE = Qt.ItemDataRole.UserRole
_E_STOP = "e_stop"
_START = "start"
"""The name of the snapshot that servers keep by themselves."""


class TrainerPanel(QWidget):
    """Emits what a trainer asks for; shows what the run says it can do."""

    play_asked = Signal()
    step_asked = Signal()
    speed_asked = Signal(bool)
    snapshot_asked = Signal(str)
    back_asked = Signal(str)
    fault_asked = Signal(str, str, str)
    clear_asked = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainer")
        self._language: Language = "en"
        self._lesson: Lesson | None = None
        self._labels: Mapping[str, Label] = {}
        self._running = False
        self.says = QLabel(self)
        self.says.setObjectName("note")
        self.says.setWordWrap(True)
        self.play, self.step = QPushButton(self), QPushButton(self)
        self.slower, self.faster = QPushButton(self), QPushButton(self)
        self.snapshots = QListWidget(self)
        self.name = QLineEdit(self)
        self.name.setMaxLength(MAX_NAME_LENGTH)
        self.keep, self.back = QPushButton(self), QPushButton(self)
        self.source, self.kind = QComboBox(self), QComboBox(self)
        self.target = QComboBox(self)
        self.inject, self.stop = QPushButton(self), QPushButton(self)
        self.stop.setObjectName("stop")
        self.broken = QListWidget(self)
        self.clear = QPushButton(self)
        self._headings = {key: QLabel(self) for key in _HEADINGS}
        self._working = QWidget(self)
        self._lay_out()
        self._connect()
        self.show_lesson(None, {}, teaches=False)

    def _lay_out(self) -> None:
        for heading in self._headings.values():
            heading.setObjectName("subheading")
        for each in (self.snapshots, self.broken):
            each.setTextElideMode(Qt.TextElideMode.ElideRight)
            each.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.broken.setFixedHeight(58)
        self.snapshots.setMinimumHeight(58)
        for button in self._buttons():
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for choice in (self.source, self.kind, self.target):
            choice.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            # The longest name must not decide how wide the panel is.
            choice.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self._working)
        column.setContentsMargins(10, 0, 10, 8)
        column.setSpacing(5)
        column.addWidget(self._headings["pace"])
        column.addLayout(_row(self.slower, self.play, self.step, self.faster))
        column.addWidget(self._headings["snapshots"])
        column.addWidget(self.snapshots, 1)
        column.addWidget(self.name)
        column.addLayout(_row(self.keep, self.back))
        column.addWidget(self._headings["faults"])
        for choice in (self.source, self.kind, self.target):
            column.addWidget(choice)
        column.addLayout(_row(self.inject, self.stop))
        column.addWidget(self._headings["broken"])
        column.addWidget(self.broken)
        column.addWidget(self.clear)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.says.setContentsMargins(10, 8, 10, 0)
        whole.addWidget(self.says)
        whole.addWidget(self._working, 1)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (
            self.play,
            self.step,
            self.slower,
            self.faster,
            self.keep,
            self.back,
            self.inject,
            self.stop,
            self.clear,
        )

    def _connect(self) -> None:
        self.play.clicked.connect(self.play_asked)
        self.step.clicked.connect(self.step_asked)
        self.slower.clicked.connect(lambda: self.speed_asked.emit(False))
        self.faster.clicked.connect(lambda: self.speed_asked.emit(True))
        self.keep.clicked.connect(self.ask_snapshot)
        self.back.clicked.connect(self.ask_back)
        self.inject.clicked.connect(self.ask_fault)
        self.stop.clicked.connect(self.ask_stop)
        self.clear.clicked.connect(self.ask_clear)
        self.name.returnPressed.connect(self.ask_snapshot)
        self.snapshots.itemDoubleClicked.connect(lambda item: self.ask_back())
        self.source.activated.connect(lambda row: self._list_kinds())
        self.kind.activated.connect(lambda row: self._list_targets())
        for keys, act in (
            ("F6", self.ask_snapshot),
            ("F7", self.ask_back),
            ("F8", self.ask_fault),
            ("F9", self.ask_stop),
            ("F10", self.ask_clear),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(act)

    # What is asked for -------------------------------------------------------

    def ask_snapshot(self) -> None:
        """Ask for a snapshot under the name that is written."""
        if self._lesson is not None:
            self.snapshot_asked.emit(self.name.text().strip())
            self.name.clear()

    def ask_back(self) -> None:
        """Ask to go back to the chosen snapshot, or to the newest."""
        if self._lesson is None or not self._lesson.snapshots:
            return
        chosen = _chosen(self.snapshots)
        self.back_asked.emit(chosen or self._lesson.snapshots[-1].name)

    def ask_fault(self) -> None:
        """Ask for the fault that is chosen."""
        if self._lesson is not None and self.kind.count():
            self.fault_asked.emit(
                self.source.currentData(),
                self.kind.currentData(),
                self.target.currentData() or "",
            )

    def ask_stop(self) -> None:
        """Ask for an emergency stop, if the run has one."""
        for offer in self._offers():
            if offer.kind == _E_STOP:
                self.fault_asked.emit(offer.source, offer.kind, "")

    def ask_clear(self) -> None:
        """Ask to mend the chosen fault, or all, and to go on."""
        if self._lesson is None:
            return
        chosen = _chosen(self.broken)
        if isinstance(chosen, Injected):
            self.clear_asked.emit(chosen.source, chosen.kind, chosen.target)
        else:
            self.clear_asked.emit("", "", "")

    # What is shown -----------------------------------------------------------

    def show_lesson(
        self, lesson: Lesson | None, labels: Mapping[str, Label], *, teaches: bool
    ) -> None:
        """Show what the run offers; without an offer all is greyed and says why."""
        offers = self._offers()
        changed = labels != self._labels
        self._lesson, self._labels = lesson, labels
        self._working.setEnabled(lesson is not None)
        key = "viewer.trainer.waiting" if teaches else "viewer.trainer.none"
        self.says.setText("" if lesson is not None else say(key, self._language))
        self.says.setVisible(lesson is None)
        if self._offers() != offers or changed:
            self._list_sources()
        self._list_snapshots()
        self._list_broken()

    def show_run(self, state: str) -> None:
        """Have the first button say what it would do."""
        self._running = state == "running"
        key = "freeze" if self._running else "go"
        self.play.setText(say(f"viewer.trainer.{key}", self._language))

    def retitle(self, language: Language) -> None:
        """Say everything in a language."""
        self._language = language
        for key, heading in self._headings.items():
            heading.setText(say(f"viewer.trainer.{key}", language))
        for button, key in (
            (self.step, "step"),
            (self.slower, "slower"),
            (self.faster, "faster"),
            (self.keep, "snapshot"),
            (self.back, "back"),
            (self.inject, "inject"),
            (self.stop, "stop"),
            (self.clear, "clear"),
        ):
            button.setText(say(f"viewer.trainer.{key}", language))
            _tell(button, say(f"viewer.trainer.{key}_tip", language))
        _tell(self.play, say("viewer.trainer.freeze_tip", language))
        self.name.setPlaceholderText(say("viewer.trainer.name", language))
        for widget, key in (
            (self.snapshots, "snapshots_tip"),
            (self.source, "source_tip"),
            (self.kind, "kind_tip"),
            (self.target, "target_tip"),
            (self.name, "snapshot_tip"),
            (self.broken, "broken"),
        ):
            _tell(widget, say(f"viewer.trainer.{key}", language))
        self.show_run("running" if self._running else "paused")
        self._list_sources()
        self._list_snapshots()
        self._list_broken()

    def _offers(self) -> Sequence[FaultOffer]:
        return self._lesson.offers if self._lesson is not None else ()

    def _list_snapshots(self) -> None:
        notes = self._lesson.snapshots if self._lesson is not None else ()
        lines = [
            (
                f"{time_words(note.sim_time_s, self._language)}   "
                f"{self._snapshot_words(note.name)}",
                note.name,
            )
            for note in reversed(notes)
        ]
        _fill(self.snapshots, lines)

    def _snapshot_words(self, name: str) -> str:
        return say("viewer.trainer.start", self._language) if name == _START else name

    def _list_broken(self) -> None:
        injected = self._lesson.injected if self._lesson is not None else ()
        lines: list[tuple[str, object]] = [
            (self._fault_words(fault), fault) for fault in injected
        ]
        if not lines:
            lines = [(say("viewer.trainer.nothing_broken", self._language), None)]
        _fill(self.broken, lines)

    def _list_sources(self) -> None:
        names = list(dict.fromkeys(offer.source for offer in self._offers()))
        _refill(self.source, [(self._label(name), name) for name in names])
        self._list_kinds()

    def _list_kinds(self) -> None:
        source = self.source.currentData()
        _refill(
            self.kind,
            [
                (_capital(say(f"fault.{offer.kind}", self._language)), offer.kind)
                for offer in self._offers()
                if offer.source == source
            ],
        )
        self._list_targets()

    def _list_targets(self) -> None:
        source, kind = self.source.currentData(), self.kind.currentData()
        targets = [
            target
            for offer in self._offers()
            if (offer.source, offer.kind) == (source, kind)
            for target in offer.targets
        ]
        lines = [(self._target_words(target), target) for target in targets]
        if not lines:
            lines = [(say("viewer.trainer.no_target", self._language), "")]
        _refill(self.target, lines)
        self.target.setEnabled(bool(targets))

    def _fault_words(self, fault: Injected) -> str:
        kind = say(f"fault.{fault.kind}", self._language)
        words = f"{self._label(fault.source)} : {kind}"
        if self._language == "en":
            words = f"{self._label(fault.source)}: {kind}"
        return f"{words}, {self._target_words(fault.target)}" if fault.target else words

    def _target_words(self, target: str) -> str:
        key = f"fault.target.{target}"
        return say(key, self._language) if key in catalogue() else target

    def _label(self, name: str) -> str:
        label = self._labels.get(name)
        return name if label is None else label.words(self._language)


_HEADINGS = ("pace", "snapshots", "faults", "broken")


def entity_labels(scene: Scene | None) -> dict[str, Label]:
    """Return the name for people of each entity, by id."""
    if scene is None:
        return {}
    return {entity.id: entity.label for entity in scene.entities}


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _tell(widget: QWidget, words: str) -> None:
    widget.setToolTip(words)
    widget.setAccessibleName(words)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(5)
    for widget in widgets:
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(widget)
    return row


def _fill(listed: QListWidget, lines: Sequence[tuple[str, object]]) -> None:
    """Write a list anew, keeping what is chosen in it."""
    before = [
        (listed.item(row).text(), listed.item(row).data(_ROLE))
        for row in range(listed.count())
    ]
    if before == list(lines):
        return
    chosen = _chosen(listed)
    listed.clear()
    for words, value in lines:
        item = QListWidgetItem(words)
        item.setData(_ROLE, value)
        item.setToolTip(words)
        listed.addItem(item)
        if value is not None and value == chosen:
            listed.setCurrentItem(item)


def _chosen(listed: QListWidget) -> Any:
    """Return what stands behind the chosen line, or None."""
    row = listed.currentRow()
    return listed.item(row).data(_ROLE) if row >= 0 else None


def _refill(choice: QComboBox, lines: Sequence[tuple[str, str]]) -> None:
    """Write a choice anew, keeping what is chosen in it."""
    chosen = choice.currentData()
    choice.clear()
    for words, value in lines:
        choice.addItem(words, value)
    row = choice.findData(chosen)
    choice.setCurrentIndex(row if row >= 0 else 0)
