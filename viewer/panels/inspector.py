"""The inspector: what there is to say about the selected entity."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin.state import Scene, StateFrame
from twin.text import Language, say
from viewer.facts import Fact, facts


class Inspector(QWidget):
    """Name, state, pose, properties and measured values of one entity."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self._title = QLabel(self)
        self._title.setObjectName("title")
        self._title.setWordWrap(True)
        self._table = QTableWidget(0, 2, self)
        self._table.horizontalHeader().hide()
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(22)
        self._table.setShowGrid(False)
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 6, 6)
        layout.addWidget(self._title)
        layout.addWidget(self._table, 1)
        self._lines: list[Fact] = []

    def show_entity(
        self,
        scene: Scene | None,
        frame: StateFrame | None,
        index: int,
        language: Language,
    ) -> None:
        """Show an entity at this moment; -1 shows how to select one."""
        if scene is None or not 0 <= index < len(scene.entities):
            self._say_title(say("viewer.inspector.nothing", language), muted=True)
            self._fill([])
            return
        label = scene.entities[index].label
        self._say_title(label.fr if language == "fr" else label.en, muted=False)
        self._fill(facts(scene, frame, index, language))

    def _say_title(self, words: str, *, muted: bool) -> None:
        self._title.setText(words)
        if self._title.property("muted") != muted:
            self._title.setProperty("muted", muted)
            self._title.style().unpolish(self._title)
            self._title.style().polish(self._title)

    def lines(self) -> list[Fact]:
        """Return what is shown, line by line."""
        return list(self._lines)

    def _fill(self, lines: Sequence[Fact]) -> None:
        before, self._lines = self._lines, list(lines)
        if len(before) != len(lines):
            self._table.setRowCount(len(lines))
            before = [Fact("\0")] * len(lines)
        for row, (old, new) in enumerate(zip(before, lines, strict=True)):
            if old == new:
                continue
            name, value = QTableWidgetItem(new.name), QTableWidgetItem(new.value)
            told = "\n".join(filter(None, (f"{new.name}: {new.value}", new.source)))
            name.setToolTip(told)
            value.setToolTip(told)
            if not new.value:
                font = QFont(self._table.font())
                font.setBold(True)
                name.setFont(font)
            self._table.setItem(row, 0, name)
            self._table.setItem(row, 1, value)
