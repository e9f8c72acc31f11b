"""The tree of what is in the Scene, by parent."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from twin.state import Scene
from twin.text import Language, say

_INDEX_ROLE = Qt.ItemDataRole.UserRole


class Tree(QTreeWidget):
    """Entities under their parents; a click selects, a double click flies there."""

    chosen = Signal(int)
    visited = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tree")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self._items: list[QTreeWidgetItem] = []
        self.itemClicked.connect(self._clicked)
        self.itemActivated.connect(self._clicked)
        self.itemDoubleClicked.connect(self._double_clicked)

    def show_scene(self, scene: Scene, language: Language) -> None:
        """Fill the tree, stations open, the parts of things folded away."""
        self.clear()
        self._items = []
        by_id: dict[str, QTreeWidgetItem] = {}
        for index, entity in enumerate(scene.entities):
            text = entity.label.fr if language == "fr" else entity.label.en
            item = QTreeWidgetItem([text])
            item.setData(0, _INDEX_ROLE, index)
            item.setToolTip(0, entity.id)
            above = by_id.get(entity.parent)
            if above is None:
                self.addTopLevelItem(item)
            else:
                above.addChild(item)
            by_id[entity.id] = item
            self._items.append(item)
            if entity.kind in ("site", "hall", "line", "cell", "station"):
                item.setExpanded(True)
        self.setAccessibleName(say("viewer.tree.title", language))

    def mark(self, entity: int) -> None:
        """Show an entity as selected, unfolding what it is under; -1 for none."""
        if 0 <= entity < len(self._items):
            self.setCurrentItem(self._items[entity])
            self.scrollToItem(self._items[entity])
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())

    def _clicked(self, item: QTreeWidgetItem) -> None:
        self.chosen.emit(item.data(0, _INDEX_ROLE))

    def _double_clicked(self, item: QTreeWidgetItem) -> None:
        self.visited.emit(item.data(0, _INDEX_ROLE))
