"""The bottom bar: run controls, simulated clock, and how fresh the picture is."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QIcon,
    QKeySequence,
    QPainter,
    QPixmap,
    QPolygonF,
    QShortcut,
)
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from twin.text import Language, number, say
from viewer.display import THEMES, Rgb, ThemeName
from viewer.overlay import time_words

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
STEP_TICKS = 24
"""A tenth of a second at 240 Hz: enough to see something move."""


@dataclass(frozen=True, slots=True)
class Readout:
    """What the bar tells.

    Attributes:
        sim_time_s: Simulated time, or None before the first state.
        draw_ms: What drawing the last picture took.
        age_s: Since the newest state came.
        link: Catalogue key for the connection's state.
        fresh: False if the picture no longer shows the run as it is.
        achieved: Simulated seconds per second reached; 0 if not known.
    """

    sim_time_s: float | None
    draw_ms: float
    age_s: float
    link: str
    fresh: bool
    achieved: float


_SHAPES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "play": ((6.0, 20.0, 0.0),),
    "pause": ((5.0, 5.0, 1.0), (14.0, 5.0, 1.0)),
    "step": ((4.0, 14.0, 0.0), (17.0, 3.5, 1.0)),
    "reset": ((3.5, 3.5, 1.0), (20.0, -12.0, 0.0)),
}
"""Pieces of each sign: left, width, and 1 for a bar or 0 for an arrow; 24 high."""


def _icon(name: str, ink: Rgb) -> QIcon:
    """Return a button's sign, drawn: not every font has one."""
    picture = QPixmap(24, 24)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(*ink))
    for left, width, is_bar in _SHAPES[name]:
        if is_bar:
            painter.drawRect(QRectF(left, 4.0, width, 16.0))
        else:
            corners = ((left, 4.0), (left + width * 0.8, 12.0), (left, 20.0))
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.end()
    return QIcon(picture)


class ControlBar(QWidget):
    """Buttons with keys and tooltips; emits what the person asks for."""

    play_asked = Signal()
    step_asked = Signal()
    reset_asked = Signal()
    speed_asked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("controls")
        self.reset = QPushButton(self)
        self.play = QPushButton(self)
        self.step = QPushButton(self)
        self._running: bool | None = None
        self._speed = 1.0
        self._ink = THEMES["day"].text
        self.speed = QComboBox(self)
        for factor in SPEEDS:
            self.speed.addItem(f"×{factor:g}", factor)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.clock = QLabel("–", self)
        self.clock.setObjectName("clock")
        self.state = QLabel(self)
        self.link = QLabel(self)
        self.link.setObjectName("link")
        self.numbers = QLabel(self)
        self.numbers.setObjectName("numbers")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        for button in (self.reset, self.play, self.step):
            button.setFixedSize(38, 30)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            layout.addWidget(button)
        layout.addWidget(self.speed)
        layout.addSpacing(14)
        layout.addWidget(self.clock)
        layout.addSpacing(10)
        layout.addWidget(self.state)
        layout.addStretch(1)
        layout.addWidget(self.link)
        layout.addSpacing(14)
        layout.addWidget(self.numbers)
        self.reset.clicked.connect(self.reset_asked)
        self.play.clicked.connect(self.play_asked)
        self.step.clicked.connect(self.step_asked)
        self.speed.activated.connect(self._speed_chosen)
        for keys, act in (
            ("Space", self.play_asked.emit),
            (".", self.step_asked.emit),
            ("Ctrl+R", self.reset_asked.emit),
            ("+", lambda: self.speed_by(faster=True)),
            ("-", lambda: self.speed_by(faster=False)),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(act)

    def retitle(self, language: Language, theme_name: ThemeName) -> None:
        """Say everything in a language, in a theme's colours."""
        self._ink = THEMES[theme_name].text
        self._running = None
        self.reset.setIcon(_icon("reset", self._ink))
        self.play.setIcon(_icon("play", self._ink))
        self.step.setIcon(_icon("step", self._ink))
        for widget, key in (
            (self.reset, "viewer.control.reset"),
            (self.play, "viewer.control.play"),
            (self.step, "viewer.control.step"),
            (self.speed, "viewer.control.speed"),
            (self.clock, "viewer.control.clock"),
            (self.numbers, "viewer.control.numbers"),
        ):
            words = say(key, language)
            widget.setToolTip(words)
            widget.setAccessibleName(words)

    def show_run(self, state: str, speed: float, language: Language) -> None:
        """Show how the run goes: running, paused, ended or failed."""
        if self._running != (state == "running"):
            self._running = state == "running"
            self.play.setIcon(_icon("pause" if self._running else "play", self._ink))
        self.state.setText(say(f"viewer.run.{state}", language))
        if speed != self._speed:
            self._speed = speed
            # A speed given on the command line need not be one of the list.
            self.speed.setPlaceholderText(f"×{speed:g}")
            self.speed.setCurrentIndex(self.speed.findData(speed))

    def show_readout(self, readout: Readout, language: Language) -> None:
        """Show clock, connection and numbers."""
        self.clock.setText(
            "–"
            if readout.sim_time_s is None
            else time_words(readout.sim_time_s, language)
        )
        self.link.setText(say(readout.link, language))
        if self.link.property("fresh") != readout.fresh:
            self.link.setProperty("fresh", readout.fresh)
            self.link.style().unpolish(self.link)
            self.link.style().polish(self.link)
        age_s = min(readout.age_s, 9999.0)
        self.numbers.setText(
            say(
                "viewer.numbers",
                language,
                age=number(age_s, 1, language),
                draw=number(readout.draw_ms, 0, language),
                achieved=(
                    number(readout.achieved, 1, language) if readout.achieved else "–"
                ),
            )
        )

    def _speed_chosen(self, row: int) -> None:
        self.speed_asked.emit(self.speed.itemData(row))

    def speed_by(self, *, faster: bool) -> None:
        """Ask for the next speed of the list."""
        if faster:
            wanted = min((s for s in SPEEDS if s > self._speed), default=SPEEDS[-1])
        else:
            wanted = max((s for s in SPEEDS if s < self._speed), default=SPEEDS[0])
        self.speed_asked.emit(wanted)
