"""A class: a line is shown, broken and rewound, in a real window on a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from flins_process import Flins
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot
from watcher import Watcher

from twin.codec import Kind
from viewer.app import Window
from viewer.client import Client

pytestmark = [
    pytest.mark.slow,
    # VisPy 0.17 asks Qt 6 for positions by their Qt 5 names.
    pytest.mark.filterwarnings(
        "ignore:Function. 'Q(Mouse|Wheel)Event:DeprecationWarning"
    ),
]

SCENARIO = Path("scenarios") / "battery_cell.yaml"
PATIENCE_MS = 90_000


@pytest.fixture
def window(qtbot: QtBot, root_folder: Path) -> Iterator[Window]:
    with Flins(
        "serve", str(SCENARIO), "--port", "0", "--speed", "0.5", folder=root_folder
    ) as served:
        opened = Window(Client(served.line(), "teacher"))
        try:
            opened.resize(1200, 800)
            opened.show()
            qtbot.waitUntil(
                lambda: opened.frame is not None and opened.canvas.n_drawn > 0,
                timeout=PATIENCE_MS,
            )
            opened.activateWindow()
            qtbot.waitUntil(opened.isActiveWindow, timeout=PATIENCE_MS)
            yield opened
        finally:
            opened.close()


def lines(window: Window) -> list[str]:
    """Return the list of events as it stands, newest first."""
    return [window.events.item(row).text() for row in range(window.events.count())]


def car_x_m(window: Window) -> float:
    """Return how far the first car has come."""
    assert window.scene is not None
    assert window.frame is not None
    row = window.scene.movers.index("car_1")
    return float(window.frame.position_in_world_m[row, 0])


def choose(choice: QComboBox, value: str) -> None:
    """Choose a line of a choice as a click would."""
    row = choice.findData(value)
    assert row >= 0
    choice.setCurrentIndex(row)
    choice.activated.emit(row)


def test_a_line_is_broken_rewound_and_goes_another_way(
    window: Window, qtbot: QtBot
) -> None:
    def wait(over: Callable[[], bool]) -> None:
        qtbot.waitUntil(over, timeout=PATIENCE_MS)

    panel = window.trainer
    QTest.keyClick(window, Qt.Key.Key_F4)
    assert panel.isVisible()
    wait(panel.keep.isEnabled)
    sources = [panel.source.itemData(row) for row in range(panel.source.count())]
    assert {"strands", "entry_barrier", "robot", "battery_removal"} <= set(sources)
    # Before it comes a car has no place, and is drawn nowhere.
    wait(lambda: -4.3 < car_x_m(window) < -0.1)
    panel.name.setText("rolling")
    QTest.keyClick(window, Qt.Key.Key_F6)
    wait(lambda: panel.snapshots.count() == 2)  # and the one of the start
    assert panel.snapshots.item(0).text().endswith("rolling")
    kept = window.frame
    assert kept is not None
    # Broken: the conveyor's drive stops, the car stands, the window says so.
    choose(panel.source, "strands")
    choose(panel.kind, "drive_stop")
    QTest.keyClick(window, Qt.Key.Key_F8)
    wait(lambda: any(line.find("Broken on purpose") > 0 for line in lines(window)))
    wait(lambda: panel.broken.item(0).text() == "Wheel conveyor: drive stops")
    wait(lambda: any("Jam: Electric hatchback 1" in line for line in lines(window)))
    wait(lambda: any("Starved" in line for line in lines(window)))
    stuck_x_m = car_x_m(window)
    # Rewound: the moment is back, what came after it is struck out, all is well.
    QTest.keyClick(window, Qt.Key.Key_F7)
    wait(lambda: any("Rewound to “rolling”" in line for line in lines(window)))
    wait(lambda: window._run_state == "paused")
    wait(lambda: window.frame is not None and window.frame.tick <= kept.tick + 24)
    assert car_x_m(window) < stuck_x_m
    wait(lambda: panel.broken.item(0).text() == "nothing")
    struck = [
        window.events.item(row)
        for row in range(window.events.count())
        if window.events.item(row).font().strikeOut()
    ]
    assert any("Jam" in item.text() for item in struck)
    assert all("comes in" not in item.text() for item in struck)
    # On differently: nothing is broken this time, and the car passes that place.
    QTest.keyClick(window, Qt.Key.Key_Space)
    wait(lambda: car_x_m(window) > stuck_x_m + 0.5)
    # An emergency stop, and on again once it is acknowledged.
    QTest.keyClick(window, Qt.Key.Key_F9)
    wait(lambda: panel.broken.item(0).text().endswith("emergency stop"))
    QTest.qWait(4000)
    held_x_m = car_x_m(window)
    QTest.qWait(500)
    assert car_x_m(window) == pytest.approx(held_x_m, abs=1e-3)
    QTest.keyClick(window, Qt.Key.Key_F10)
    wait(lambda: car_x_m(window) > held_x_m + 0.1)


def test_who_does_not_ask_gets_no_lesson_and_every_command_is_logged(
    root_folder: Path,
) -> None:
    with (
        Flins("serve", str(SCENARIO), "--port", "0", folder=root_folder) as served,
        Watcher(served.line()) as watcher,
    ):
        watcher.now()
        assert watcher.ask("clear", who="teacher").text == "server.answer.cleared"
        assert watcher.ask("inject", who="pupil").text == "server.answer.lesson_refused"
        back = watcher.ask("restore", who="teacher")
        assert back.text == "server.answer.restored"
        assert back.arguments == {"name": "start"}
        watcher.hear_until(lambda: any(e.kind == "Rewound" for e in watcher.events))
        assert watcher.now().tick == 0
        # One of an older version would not know what a lesson is.
        assert Kind.LESSON not in watcher.kinds
        logged = httpx.get(f"{watcher.url}/api/commands", timeout=30.0).json()
        assert [(each["verb"], each["who"], each["accepted"]) for each in logged] == [
            ("clear", "teacher", True),
            ("inject", "pupil", False),
            ("restore", "teacher", True),
        ]
        assert all(each["wall_time_s"] > 1.7e9 for each in logged)
