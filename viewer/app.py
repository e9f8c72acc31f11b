"""The window: tree, picture, inspector, controls; fed by a client."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from twin.errors import MissingPartError, ServiceError
from twin.signals import Verb
from twin.state import Scene, StateFrame
from twin.text import Language, catalogue, say
from viewer.canvas import WindowCanvas
from viewer.client import Client, Link, News
from viewer.display import ThemeName
from viewer.orbit import View, default_view
from viewer.overlay import Wanted
from viewer.panels import ControlBar, EventList, Inspector, TrainerPanel, Tree
from viewer.panels.controls import STEP_TICKS, Readout
from viewer.panels.events import RUN_RESET
from viewer.panels.trainer import entity_labels
from viewer.style import style_sheet

_TICK_MS = 15
_TELL_S = 0.12
"""The inspector and the numbers change this far apart, to stay readable."""
STALE_AFTER_S = 1.5
"""A running plant sends 30 states a second; silence this long is worth saying."""


class Window(QMainWindow):
    """One connection on one screen.

    Args:
        client: Started by the window, closed with it.
        language: Of all words at the start.
        theme: Colours at the start.
    """

    def __init__(
        self, client: Client, *, language: Language = "en", theme: ThemeName = "day"
    ) -> None:
        super().__init__()
        self.client = client
        self.language: Language = language
        self.theme: ThemeName = theme
        self.scene: Scene | None = None
        self.frame: StateFrame | None = None
        self.selected = -1
        self._run_state = "paused"
        self._speed = 1.0
        self._achieved = 0.0
        self._teaches = False
        self._entity_labels = entity_labels(None)
        self._told_s = 0.0
        self._note: Callable[[Language], str] | None = None
        self.canvas = WindowCanvas(self.select)
        self.tree = Tree()
        self.inspector = Inspector()
        self.events = EventList()
        self.controls = ControlBar()
        self.trainer = TrainerPanel()
        self._build()
        self._connect()
        self._retitle()
        self.resize(1440, 860)
        client.start()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_TICK_MS)

    def _build(self) -> None:
        self._name = QLabel()
        self._name.setObjectName("name")
        self._note_label = QLabel()
        self._note_label.setObjectName("note")
        self._cameras = QComboBox()
        self._cameras.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._trainer_button = QPushButton()
        self._trainer_button.setCheckable(True)
        self._labels_button = QPushButton()
        self._language_button = QPushButton()
        self._theme_button = QPushButton()
        self._stale = QLabel()
        self._stale.setObjectName("stale")
        self._stale.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stale.hide()
        self._tree_heading, self._events_heading = QLabel(), QLabel()
        self._trainer_heading = QLabel()
        for heading in (
            self._tree_heading,
            self._events_heading,
            self._trainer_heading,
        ):
            heading.setObjectName("heading")
        bar = QWidget()
        bar.setObjectName("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(self._name)
        row.addSpacing(12)
        row.addWidget(self._note_label, 1)
        for widget in (
            self._cameras,
            self._trainer_button,
            self._labels_button,
            self._language_button,
            self._theme_button,
        ):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(widget)
        self._left = _column(self._tree_heading, self.tree)
        picture = _column(self._stale, self.canvas.native)
        self._right = QSplitter(Qt.Orientation.Vertical)
        self._right.addWidget(self.inspector)
        self._right.addWidget(_column(self._events_heading, self.events))
        self._lesson = _column(self._trainer_heading, self.trainer)
        self._lesson.hide()
        self._right.insertWidget(1, self._lesson)
        self._right.setSizes([260, 420, 260])
        middle = QSplitter(Qt.Orientation.Horizontal)
        for panel in (self._left, picture, self._right):
            middle.addWidget(panel)
        middle.setStretchFactor(1, 1)
        middle.setSizes([230, 890, 320])
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(middle, 1)
        column.addWidget(self.controls)
        self._bar = bar
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        self.tree.chosen.connect(self.select)
        self.tree.visited.connect(self.canvas.fly_to_entity)
        self.controls.play_asked.connect(self.play_or_pause)
        self.controls.step_asked.connect(lambda: self._send("step", STEP_TICKS))
        self.controls.reset_asked.connect(lambda: self._send("reset"))
        self.controls.speed_asked.connect(lambda speed: self._send("speed", speed))
        self._cameras.activated.connect(self.fly_to_camera)
        trainer = self.trainer
        trainer.play_asked.connect(self.play_or_pause)
        trainer.step_asked.connect(lambda: self._send("step", STEP_TICKS))
        trainer.speed_asked.connect(lambda up: self.controls.speed_by(faster=up))
        trainer.snapshot_asked.connect(lambda name: self._send("snapshot", name=name))
        trainer.back_asked.connect(lambda name: self._send("restore", name=name))
        trainer.fault_asked.connect(partial(self._send_fault, "inject"))
        trainer.clear_asked.connect(partial(self._send_fault, "clear"))
        self._trainer_button.clicked.connect(self.toggle_trainer)
        self._labels_button.clicked.connect(self.toggle_labels)
        self._language_button.clicked.connect(self.toggle_language)
        self._theme_button.clicked.connect(self.toggle_theme)
        keys: dict[str, Callable[[], None]] = {
            "L": self.toggle_labels,
            "F2": self.toggle_language,
            "F3": self.toggle_theme,
            "F4": self.toggle_trainer,
            "F11": self.toggle_full_screen,
            "F": self.fly_to_selected,
            "Home": partial(self.fly_to_camera, 0),
            "Escape": partial(self.select, -1),
        }
        for number in range(9):
            keys[str(number + 1)] = partial(self.fly_to_camera, number)
        for name, act in keys.items():
            QShortcut(QKeySequence(name), self).activated.connect(act)

    def select(self, entity: int) -> None:
        """Select an entity everywhere; -1 selects none."""
        self.selected = entity
        self.canvas.select(entity)
        self.tree.mark(entity)
        self._inspect()

    def play_or_pause(self) -> None:
        """Pause what runs, run what pauses."""
        self._send("pause" if self._run_state == "running" else "resume")

    def fly_to_camera(self, row: int) -> None:
        """Fly to one of the Scene's saved views."""
        if self.scene is None:
            return
        if not self.scene.cameras and row == 0:
            self.canvas.fly_to(default_view(self.scene))
        elif 0 <= row < len(self.scene.cameras):
            self._cameras.setCurrentIndex(row)
            self.canvas.fly_to(View.of_camera(self.scene.cameras[row]))

    def fly_to_selected(self) -> None:
        """Fill the picture with what is selected."""
        if self.selected >= 0:
            self.canvas.fly_to_entity(self.selected)

    def toggle_labels(self) -> None:
        """Show or hide labels and legend."""
        shown = not self.canvas.wanted.labels
        self.canvas.wanted = Wanted(
            labels=shown, legend=shown, clock=False, captions=False
        )
        self.canvas.update()

    def toggle_language(self) -> None:
        """Change between French and English."""
        self.language = "en" if self.language == "fr" else "fr"
        self._retitle()

    def toggle_theme(self) -> None:
        """Change between day and dark."""
        self.theme = "day" if self.theme == "dark" else "dark"
        self._retitle()

    def toggle_trainer(self) -> None:
        """Show or hide the trainer's panel."""
        shown = self._lesson.isHidden()
        self._lesson.setVisible(shown)
        self._trainer_button.setChecked(shown)

    def toggle_full_screen(self) -> None:
        """Leave only the picture and the bottom bar, or bring all back."""
        full = not self.isFullScreen()
        for widget in (self._left, self._right, self._bar):
            widget.setVisible(not full)
        if full:
            self.showFullScreen()
        else:
            self.showNormal()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Disconnect and free the canvas with the window."""
        self._timer.stop()
        self.client.close()
        self.canvas.close()
        super().closeEvent(event)

    def _send(self, verb: Verb, value: float = 0.0, *, name: str = "") -> None:
        try:
            self.client.send(verb, value, name=name)
        except ServiceError:
            self._say(partial(say, "viewer.note.too_many"))

    def _send_fault(self, verb: Verb, source: str, fault: str, target: str) -> None:
        try:
            self.client.send(verb, source=source, fault=fault, target=target)
        except ServiceError:
            self._say(partial(say, "viewer.note.too_many"))

    def _tick(self) -> None:
        news = self.client.take()
        if news.scene is not None:
            self._take_scene(news)
        if news.frame is not None:
            if self.frame is not None and news.frame.tick < self.frame.tick:
                self._went_back()
            self.frame = news.frame
            self.canvas.set_frame(news.frame)
        if news.events:
            if any(event.kind == RUN_RESET for event in news.events):
                self.events.forget()
            self.events.add(news.events, self.language)
        for answer in news.answers:
            self._say(_filled(answer.text, answer.arguments))
        for notice in news.notices:
            self._say(_filled(notice.text, notice.arguments))
        if news.status is not None:
            self._run_state, self._speed = news.status.state, news.status.speed
            self._achieved = news.status.achieved
            self._teaches = news.status.teaches
        self.canvas.animate()
        now_s = time.monotonic()
        if now_s - self._told_s >= _TELL_S:
            self._told_s = now_s
            self._tell(news)

    def _went_back(self) -> None:
        """Drop what is listed, unless the server says itself what is void."""
        if not self._teaches:
            self.events.forget()

    def _take_scene(self, news: News) -> None:
        scene = news.scene
        if scene is None:
            return
        chosen = self._selected_id()
        self.scene = scene
        self._entity_labels = entity_labels(scene)
        self.canvas.set_scene(scene, news.meshes)
        self._show_title()
        self._list_scene()
        ids = [entity.id for entity in scene.entities]
        self.select(ids.index(chosen) if chosen in ids else -1)

    def _selected_id(self) -> str:
        if self.scene is None or self.selected < 0:
            return ""
        return self.scene.entities[self.selected].id

    def _list_scene(self) -> None:
        if self.scene is None:
            return
        self.tree.show_scene(self.scene, self.language)
        row = max(self._cameras.currentIndex(), 0)
        self._cameras.clear()
        for camera in self.scene.cameras:
            label = camera.label.fr if self.language == "fr" else camera.label.en
            self._cameras.addItem(label)
        self._cameras.setCurrentIndex(min(row, self._cameras.count() - 1))

    def _tell(self, news: News) -> None:
        running = self._run_state == "running"
        failed = self._run_state == "failed"
        fresh = (
            news.link is Link.CONNECTED
            and not failed
            and not (running and news.frame_age_s > STALE_AFTER_S)
        )
        self.controls.show_run(self._run_state, self._speed, self.language)
        self.trainer.show_run(self._run_state)
        self.trainer.show_lesson(
            news.lesson, self._entity_labels, teaches=self._teaches
        )
        # How a run goes that is out of sight, nobody knows.
        self.controls.state.setVisible(news.link is Link.CONNECTED)
        self.controls.show_readout(
            Readout(
                sim_time_s=None if self.frame is None else self.frame.sim_time_s,
                draw_ms=self.canvas.draw_ms,
                age_s=news.frame_age_s if math.isfinite(news.frame_age_s) else 0.0,
                link=f"viewer.link.{news.link.value}",
                fresh=fresh,
                achieved=self._achieved,
            ),
            self.language,
        )
        if not fresh:
            if news.link is Link.CONNECTED and failed:
                words = say("viewer.failed", self.language)
            else:
                key = "viewer.stale" if self.frame is not None else "viewer.waiting"
                words = say(key, self.language, url=self.client.url)
            self._stale.setText(f"{words}  {news.trouble}".rstrip())
        self._stale.setVisible(not fresh)
        self._inspect()

    def _inspect(self) -> None:
        self.inspector.show_entity(self.scene, self.frame, self.selected, self.language)

    def _say(self, note: Callable[[Language], str]) -> None:
        self._note = note
        self._note_label.setText(note(self.language))

    def _show_title(self) -> None:
        title = "" if self.scene is None else self.scene.title_words(self.language)
        self._name.setText(title)
        self.setWindowTitle(say("viewer.title", self.language, name=title))

    def _retitle(self) -> None:
        self.setStyleSheet(style_sheet(self.theme))
        self.canvas.language, self.canvas.theme = self.language, self.theme
        self.canvas.update()
        for widget, key in (
            (self._trainer_button, "viewer.button.trainer"),
            (self._labels_button, "viewer.button.labels"),
            (self._language_button, "viewer.button.language"),
            (self._theme_button, "viewer.button.theme"),
        ):
            widget.setText(say(key, self.language))
            widget.setToolTip(say(f"{key}_tip", self.language))
        self._cameras.setToolTip(say("viewer.button.camera_tip", self.language))
        self.canvas.native.setToolTip("")
        self._tree_heading.setText(say("viewer.tree.title", self.language))
        self._trainer_heading.setText(say("viewer.trainer.title", self.language))
        self.trainer.retitle(self.language)
        self._events_heading.setText(say("viewer.events.title", self.language))
        self._show_title()
        self.controls.retitle(self.language, self.theme)
        self.events.rewrite(self.language)
        if self._note is not None:
            self._say(self._note)
        self._list_scene()
        self.select(self.selected)


def _filled(key: str, arguments: dict[str, str | float]) -> Callable[[Language], str]:
    """Return what says a text that a server named, in any language."""
    if key not in catalogue():
        return lambda language: key
    return lambda language: say(key, language, **arguments)


def _column(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is widgets[-1] else 0)
    return holder


def has_screen() -> bool:
    """Return whether a window can open; without one Qt would end the program."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _closed_by_signals(window: Window) -> Iterator[None]:
    """Have Ctrl-C close the window, as its button does, while the block lasts."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def close(number: int, frame: object) -> None:
        # Not now: this may come in the middle of a drawing.
        QTimer.singleShot(0, window.close)

    before = {
        number: signal.signal(number, close)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(
    url: str,
    *,
    language: Language = "en",
    theme: ThemeName = "day",
    who: str = "",
    screenshot: Path | None = None,
    screenshot_after_s: float = 5.0,
) -> int:
    """Open the window and return when it is closed.

    Args:
        url: Address of the server, such as ``ws://127.0.0.1:8765``.
        language: Of all words at the start.
        theme: Colours at the start.
        who: Name that commands are logged under; "" leaves it to the server.
        screenshot: Where to write a picture of the window, which then closes.
        screenshot_after_s: How long after opening.

    Returns:
        0 once the window was closed.

    Raises:
        ServiceError: If the address is not one of a websocket.
        MissingPartError: If there is no screen.
    """
    client = Client(url, who)
    if not has_screen():
        raise MissingPartError(
            "view: no screen (DISPLAY is not set); use flins render, or xvfb-run"
        )
    application = QApplication.instance() or QApplication(sys.argv[:1])
    window = Window(client, language=language, theme=theme)
    window.show()
    if screenshot is not None:
        path = Path(screenshot)

        def photograph() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            window.grab().save(str(path), "PNG")
            window.close()

        QTimer.singleShot(round(screenshot_after_s * 1000), photograph)
    with _closed_by_signals(window):
        application.exec()
    return 0
