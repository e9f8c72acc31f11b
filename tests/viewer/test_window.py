"""A real window on a real connection, driven by mouse and keys, photographed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from small_plant import Plant
from stand_in import StandIn

from twin.codec import RunStatus
from twin.errors import MissingPartError, ServiceError
from twin.state import Event
from viewer.app import Window, _filled, run
from viewer.client import Client
from viewer.labels import projected_px

PATIENCE_MS = 30_000

# VisPy 0.17 asks Qt 6 for positions by their Qt 5 names.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Function. 'Q(Mouse|Wheel)Event:DeprecationWarning"
)


@pytest.fixture
def server(plant: Plant) -> Iterator[StandIn]:
    with StandIn(*plant) as opened:
        yield opened


@pytest.fixture
def window(qtbot: QtBot, server: StandIn) -> Iterator[Window]:
    opened = Window(Client(server.url, "tester"))
    opened.resize(1200, 760)
    opened.show()
    try:
        qtbot.waitUntil(lambda: opened.canvas.n_drawn > 0, timeout=PATIENCE_MS)
        # No window manager gives focus here; keys go nowhere without.
        opened.activateWindow()
        qtbot.waitUntil(opened.isActiveWindow, timeout=PATIENCE_MS)
        yield opened
    finally:
        opened.close()


def pixels(window: Window) -> np.ndarray:
    image = window.grab().toImage().convertToFormat(window.grab().toImage().format())
    image = image.convertToFormat(image.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8)
    rows = rows.reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def test_the_window_shows_the_plant(window: Window, plant: Plant) -> None:
    picture = pixels(window)
    assert picture.shape[:2] == (760, 1200)
    native = window.canvas.native
    corner = native.mapTo(window, QPoint(0, 0))
    shown = picture[
        corner.y() : corner.y() + native.height(),
        corner.x() : corner.x() + native.width(),
    ]
    orange = (shown[..., 0] > 170) & (shown[..., 1] < 140) & (shown[..., 2] < 60)
    assert orange.mean() > 0.005  # the robot
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) > 200
    assert window.tree.topLevelItemCount() == 4
    assert window.controls.clock.text() != ""


def test_a_click_picks_and_the_inspector_tells(
    window: Window, plant: Plant, qtbot: QtBot
) -> None:
    scene = plant[0]
    native = window.canvas.native
    size = (native.width(), native.height())
    robot = [entity.id for entity in scene.entities].index("cell/robot")
    at = projected_px(window.canvas.view, size, np.array([(0.65, -2.75, 0.3)]))[0]
    QTest.mouseClick(
        native, Qt.MouseButton.LeftButton, pos=QPoint(int(at[0]), int(at[1]))
    )
    assert window.selected == robot
    values = {fact.name: fact.value for fact in window.inspector.lines()}
    assert values["Path"] == "cell/robot"
    assert values["State"] == "Execute"
    item = window.tree.currentItem()
    assert item is not None
    assert item.text(0) == "Robot KR 210"
    before = window.canvas.n_drawn
    qtbot.waitUntil(lambda: window.canvas.n_drawn > before, timeout=PATIENCE_MS)
    pink = np.abs(pixels(window).astype(int) - (0xCC, 0x79, 0xA7)).max(axis=2) < 12
    assert pink.sum() > 100
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.selected == -1


def test_a_drag_orbits_and_does_not_pick(window: Window) -> None:
    native, before = window.canvas.native, window.canvas.view
    middle = native.rect().center()
    QTest.mousePress(native, Qt.MouseButton.LeftButton, pos=middle)
    for step in range(1, 6):
        QTest.mouseMove(native, middle + QPoint(20 * step, 0))
        QTest.qWait(10)
    QTest.mouseRelease(native, Qt.MouseButton.LeftButton, pos=middle + QPoint(100, 0))
    assert window.canvas.view.azimuth_rad != pytest.approx(before.azimuth_rad)
    assert window.canvas.view.target_in_world_m == before.target_in_world_m
    assert window.selected == -1


def test_keys_reach_the_run(window: Window, server: StandIn, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window._run_state == "running", timeout=PATIENCE_MS)
    QTest.keyClick(window, Qt.Key.Key_Space)
    QTest.keyClick(window, Qt.Key.Key_Period)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(server.commands) == 3, timeout=PATIENCE_MS)
    assert [command.verb for command in server.commands] == ["pause", "step", "reset"]
    server.say_status(RunStatus("paused", 2.0))
    qtbot.waitUntil(lambda: window.controls.state.text() == "paused")
    assert window.controls.speed.currentData() == 2.0
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(server.commands) == 4, timeout=PATIENCE_MS)
    assert server.commands[-1].verb == "resume"


def test_a_speed_off_the_list_is_shown_and_left_to_the_next_one(
    window: Window, server: StandIn, qtbot: QtBot
) -> None:
    server.say_status(RunStatus("running", 8.0))
    qtbot.waitUntil(
        lambda: window.controls.speed.placeholderText() == "×8", timeout=PATIENCE_MS
    )
    assert window.controls.speed.currentIndex() == -1
    QTest.keyClick(window, Qt.Key.Key_Plus)
    QTest.keyClick(window, Qt.Key.Key_Minus)
    qtbot.waitUntil(lambda: len(server.commands) == 2, timeout=PATIENCE_MS)
    assert [command.value for command in server.commands] == [10.0, 5.0]


def test_what_was_answered_is_said_in_the_new_language(window: Window) -> None:
    window._say(_filled("server.answer.speed", {"speed": 2.0}))
    assert window._note_label.text() == "Speed 2 ×"
    QTest.keyClick(window, Qt.Key.Key_F2)
    assert window._note_label.text() == "Vitesse 2 ×"
    window._say(_filled("no.such.text", {}))
    assert window._note_label.text() == "no.such.text"


def test_cameras_and_fly_to(window: Window, qtbot: QtBot, plant: Plant) -> None:
    QTest.keyClick(window, Qt.Key.Key_2)
    plan = plant[0].cameras[1]
    qtbot.waitUntil(
        lambda: (
            window.canvas.view.eye_in_world_m()
            == pytest.approx(plan.eye_in_world_m, abs=1e-3)
        ),
        timeout=PATIENCE_MS,
    )
    window.select([entity.id for entity in plant[0].entities].index("pack"))
    QTest.keyClick(window, Qt.Key.Key_F)
    qtbot.waitUntil(
        lambda: (
            window.canvas.view.target_in_world_m
            == pytest.approx((0.0, 0.0, 1.9), abs=0.05)
        ),
        timeout=PATIENCE_MS,
    )


def test_language_and_theme_change_everything_said(
    window: Window, qtbot: QtBot, server: StandIn
) -> None:
    server.say_events(Event(1, 1, 61.0, "Gone", "pack", "no.such.text"))
    qtbot.waitUntil(lambda: window.events.count() == 1, timeout=PATIENCE_MS)
    light = pixels(window).mean()
    QTest.keyClick(window, Qt.Key.Key_F2)
    QTest.keyClick(window, Qt.Key.Key_F3)
    assert window.events.item(0).text().startswith("00:01:01,0")
    assert window.tree.topLevelItem(1).text(0) == "Cellule batterie"
    qtbot.waitUntil(
        lambda: window.controls.link.text() == "connecté", timeout=PATIENCE_MS
    )
    assert pixels(window).mean() < light - 60


def test_a_lost_server_is_said_plainly_and_the_picture_marked(
    qtbot: QtBot, plant: Plant
) -> None:
    server = StandIn(*plant)
    window = Window(Client(server.url))
    try:
        window.show()
        qtbot.waitUntil(lambda: window.canvas.n_drawn > 0, timeout=PATIENCE_MS)
        server.close()
        qtbot.waitUntil(
            lambda: window.controls.link.text() == "reconnecting…",
            timeout=PATIENCE_MS,
        )
        assert window._stale.isVisible()
        assert server.url in window._stale.text()
        again = StandIn(plant[0], plant[1], replace(plant[2], tick=9), server.port)
        with again:
            qtbot.waitUntil(
                lambda: window.controls.link.text() == "connected",
                timeout=PATIENCE_MS,
            )
            qtbot.waitUntil(
                lambda: window.frame is not None and window.frame.tick == 9,
                timeout=PATIENCE_MS,
            )
    finally:
        window.close()
        server.close()


def test_a_window_can_stay_open_for_months(qtbot: QtBot) -> None:
    """Qt's binding gives back as many references to None as it takes.

    PySide6 6.12.0 does not on Python 3.11: the interpreter dies within minutes.
    """
    before = sys.getrefcount(None)
    for _ in range(500):
        QApplication.processEvents()
    assert sys.getrefcount(None) > before - 100


def test_run_photographs_and_ends(
    qtbot: QtBot, server: StandIn, tmp_path: Path
) -> None:
    path = tmp_path / "window.png"
    assert run(server.url, screenshot=path, screenshot_after_s=1.0) == 0
    assert path.stat().st_size > 10_000


def test_run_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(MissingPartError, match="no screen"):
        run("ws://127.0.0.1:9")
    with pytest.raises(ServiceError, match="give one such as"):
        run("nonsense")
