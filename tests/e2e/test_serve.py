"""``flins serve`` of the real cell: a process, an address, clients, its end."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
import pytest
from flins_process import Flins, wait_until_gone
from watcher import Watcher
from websockets.exceptions import ConnectionClosed

from twin.codec import Kind, encode
from twin.engine import open_engine
from twin.state import Scene, StateFrame

pytestmark = pytest.mark.slow

SCENARIO = Path("scenarios") / "battery_cell.yaml"
SPEED = "5"


@pytest.fixture(scope="module")
def url(root_folder: Path) -> Iterator[str]:
    """Address of a running server that the tests of this file share."""
    with Flins(
        "serve", str(SCENARIO), "--port", "0", "--speed", SPEED, "--seed", "1",
        folder=root_folder,
    ) as served:  # fmt: skip
        yield served.line()


@pytest.fixture
def watcher(url: str) -> Iterator[Watcher]:
    with Watcher(url) as opened:
        yield opened


def same(got: StateFrame, wanted: StateFrame, scene: Scene) -> None:
    """Hold a state that came over the wire to the one that was sent."""
    assert got.tick == wanted.tick
    assert got.sim_time_s == wanted.sim_time_s == pytest.approx(got.tick * scene.dt_s)
    # A tenth of a millimetre's grid, and 1 / 32767 for quaternions of either sign.
    np.testing.assert_allclose(
        got.position_in_world_m, wanted.position_in_world_m, rtol=0.0, atol=5.1e-5
    )
    cosine = np.sum(got.orientation_wxyz * wanted.orientation_wxyz, axis=1)
    np.testing.assert_allclose(np.abs(cosine), 1.0, atol=2e-4)
    np.testing.assert_array_equal(got.visible, wanted.visible)
    np.testing.assert_allclose(
        got.joint_position, wanted.joint_position, rtol=1e-6, atol=1e-6
    )
    np.testing.assert_array_equal(got.machine_state, wanted.machine_state)
    np.testing.assert_array_equal(got.machine_reason, wanted.machine_reason)
    np.testing.assert_array_equal(got.scalar, wanted.scalar)


def test_a_newcomer_gets_scene_shapes_and_states(watcher: Watcher) -> None:
    watcher.hear_until(lambda: len(watcher.ticks) > 90)
    assert watcher.kinds[:4] == [Kind.HELLO, Kind.SCENE, Kind.STATUS, Kind.KEYFRAME]
    assert watcher.hello is not None
    assert watcher.hello.source == SCENARIO.name
    assert watcher.hello.live
    # Once the newcomer has caught up, time runs on, and mostly in deltas.
    caught_up = watcher.ticks[2:]
    assert caught_up == sorted(set(caught_up))
    assert watcher.kinds.count(Kind.DELTA) > 3 * watcher.kinds.count(Kind.KEYFRAME)
    watcher.fetch_meshes()
    scene = watcher.scene
    assert scene is not None
    kinds = {entity.kind for entity in scene.entities}
    assert {"robot", "lift", "lift_table", "car", "pack", "conveyor"} <= kinds
    assert all(len(mesh.triangles) for mesh in watcher.meshes.values())
    status, health = watcher.health()
    assert status == 200
    assert health["source"] == SCENARIO.name
    assert health["clients"] == 1


def test_commands_are_obeyed_and_logged(watcher: Watcher) -> None:
    began_s = datetime.now(UTC).timestamp()
    n_before = len(httpx.get(f"{watcher.url}/api/commands").json())
    assert watcher.ask("pause", who="ana").accepted
    paused_at = watcher.now().tick
    assert watcher.run_state() == "paused"
    assert watcher.ask("step", 24, who="ben").accepted
    assert watcher.now().tick == paused_at + 24
    assert watcher.ask("speed", 2.0).accepted
    assert watcher.status is not None
    assert watcher.status.speed == 2.0
    refused = watcher.ask("speed", 1e9, who="eve")
    assert not refused.accepted
    assert refused.text == "server.answer.bad_speed"
    assert watcher.status.speed == 2.0
    assert watcher.now().tick == paused_at + 24
    assert watcher.ask("resume", who="ana").accepted
    watcher.hear_until(lambda: watcher.now().tick > paused_at + 24)
    assert watcher.run_state() == "running"
    assert watcher.ask("reset", who="ana").accepted
    assert watcher.now().tick < paused_at
    assert watcher.ask("speed", float(SPEED), who="ana").accepted
    entries = httpx.get(f"{watcher.url}/api/commands").json()[n_before:]
    assert watcher.hello is not None
    nobody = watcher.hello.client
    assert [(e["verb"], e["value"], e["who"], e["accepted"]) for e in entries] == [
        ("pause", 0.0, "ana", True),
        ("step", 24.0, "ben", True),
        ("speed", 2.0, nobody, True),
        ("speed", 1e9, "eve", False),
        ("resume", 0.0, "ana", True),
        ("reset", 0.0, "ana", True),
        ("speed", 5.0, "ana", True),
    ]
    times_s = [e["wall_time_s"] for e in entries]
    assert times_s == sorted(times_s)
    assert began_s - 1.0 <= times_s[0]
    assert times_s[-1] <= datetime.now(UTC).timestamp() + 1.0
    assert [e["tick"] for e in entries[:2]] == [paused_at, paused_at + 24]


def test_what_clients_see_is_what_the_engine_computes(
    watcher: Watcher, root_folder: Path
) -> None:
    """The same ticks, computed here, equal what came over pipe and wire."""
    assert watcher.ask("pause").accepted
    assert watcher.ask("reset").accepted
    assert watcher.ask("step", 480).accepted
    seen, scene = watcher.now(), watcher.scene
    assert scene is not None
    engine = open_engine(root_folder / SCENARIO, seed=1, engine=None)
    try:
        engine.advance(480)
        assert encode(scene) == encode(engine.scene)
        same(seen, engine.frame(), scene)
    finally:
        engine.close()
    with Watcher(watcher.url) as late:
        # A keyframe may be older; the delta to it follows at once.
        late.hear_until(lambda: late.now().tick == 480)
        same(late.now(), seen, scene)
    assert watcher.ask("resume").accepted


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"\x00\xff garbage" * 9, 1002),
        (b"FLTW" + bytes(200_000), 1009),
        (bytes(2 * 1024 * 1024), 1009),
        ("a word", 1003),
    ],
    ids=["garbage", "too big", "huge", "text"],
)
def test_hostile_clients_are_sent_away_and_harm_nobody(
    url: str, watcher: Watcher, message: bytes | str, code: int
) -> None:
    assert watcher.ask("resume").accepted
    with Watcher(url) as hostile:
        hostile.now()
        with pytest.raises(ConnectionClosed) as closed:
            hostile.say_and_hear_out(message)
        # What the server has not read of a huge message when it hangs up makes the
        # kernel reset the connection, which may overtake the server's last word.
        reset = closed.value.rcvd is None
        assert reset <= (len(message) > 1024 * 1024)
        if closed.value.rcvd is not None:
            assert closed.value.rcvd.code == code
    before = watcher.now().tick
    watcher.hear_until(lambda: watcher.now().tick > before)
    assert watcher.health()[1]["state"] == "running"


def test_a_taken_port_is_one_line_and_2(root_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Flins(
            "serve", str(SCENARIO), "--port", str(port), folder=root_folder
        ) as late:
            assert late.wait() == 2
            (line,) = late.errors().splitlines()
    assert line.startswith("flins: ")
    assert str(port) in line


def test_a_killed_engine_is_said_in_one_sentence(root_folder: Path) -> None:
    with Flins("serve", str(SCENARIO), "--port", "0", folder=root_folder) as served:
        with Watcher(served.line()) as watcher:
            watcher.now()
            os.kill(served.engine_pid(), signal.SIGKILL)
            watcher.hear_until(lambda: bool(watcher.notices))
            (notice,) = watcher.notices
            assert notice.text == "server.notice.engine_failed"
            found = str(notice.arguments["found"])
            assert "its process ended with code -9" in found
            assert "\n" not in found
            assert watcher.run_state() == "failed"
            status, health = watcher.health()
            assert (status, health["state"]) == (503, "failed")
            assert not watcher.ask("resume").accepted
        served.signal(signal.SIGINT)
        assert served.wait() == 0
        assert "Traceback" not in served.errors()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_server(
    root_folder: Path, number: signal.Signals
) -> None:
    with Flins("serve", str(SCENARIO), "--port", "0", folder=root_folder) as served:
        with Watcher(served.line()) as watcher:
            watcher.now()
            started = served.offspring()
            assert served.engine_pid() in started
            served.signal(number)
            assert served.wait() == (-9 if number is signal.SIGKILL else 0)
            assert wait_until_gone(started) == set()
            with pytest.raises(ConnectionClosed):
                watcher.hear_out()
        assert "Traceback" not in served.errors()
