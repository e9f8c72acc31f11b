"""A real server with an engine in a process of its own, and real clients."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import fake_engine
import httpx
import pytest
from fake_engine import OpenFake
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from server.app import Service, in_background, open_service
from server.conversation import MAX_CLIENT_MESSAGE_BYTES
from server.sources import OpenRecording
from twin import codec
from twin.codec.envelope import HEADER
from twin.errors import RecordingError, ServiceError
from twin.recording import Recorder
from twin.signals import RunCommand
from twin.state import Scene, StateFrame

PATIENCE_S = 30.0


class Viewer:
    """A client that keeps all it was told."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.decoder = codec.Decoder()
        self.seen: list[codec.Content] = []

    def read_until(self, found: Callable[[codec.Content], bool]) -> codec.Content:
        """Read on until something is found; the patience is for broken code."""
        while True:
            received = self.socket.recv(timeout=PATIENCE_S)
            assert isinstance(received, bytes)
            for message in self.decoder.feed(received):
                self.seen.append(message.content)
                if found(message.content):
                    return message.content

    def wait_for(self, found: Callable[[codec.Content], bool]) -> None:
        """Read on until something is found, unless it was seen already."""
        if not any(found(content) for content in self.seen):
            self.read_until(found)

    def frame_after(self, tick: int) -> StateFrame:
        frame = self.read_until(lambda c: isinstance(c, StateFrame) and c.tick > tick)
        assert isinstance(frame, StateFrame)
        return frame

    def newest_frame(self) -> StateFrame:
        return [found for found in self.seen if isinstance(found, StateFrame)][-1]

    def command(self, command: RunCommand) -> codec.CommandAnswer:
        self.socket.send(codec.encode(command))
        answer = self.read_until(
            lambda c: isinstance(c, codec.CommandAnswer) and c.number == command.number
        )
        assert isinstance(answer, codec.CommandAnswer)
        return answer

    def read_to_the_end(self) -> int:
        """Return the close code, having read all that came before it."""
        with pytest.raises(ConnectionClosed) as closed:
            self.read_until(lambda c: False)
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code


@contextmanager
def viewer(url: str, *, close_timeout_s: float = 10.0) -> Iterator[Viewer]:
    address = url.replace("http", "ws") + "/ws"
    with connect(address, compression=None, close_timeout=close_timeout_s) as opened:
        yield Viewer(opened)


@contextmanager
def running(opens: OpenFake | OpenRecording, *, paused: bool = False) -> Iterator[str]:
    before = set(multiprocessing.active_children())
    service = Service(opens, "fake", port=0, paused=paused)
    with in_background(service) as url:
        yield url
    assert set(multiprocessing.active_children()) == before


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(OpenFake()) as found:
        yield found


def test_client_gets_hello_scene_status_keyframe_then_deltas(url: str) -> None:
    with viewer(url) as client:
        client.frame_after(client.frame_after(-1).tick + 30)
        hello, scene, status, *frames = client.seen
        assert isinstance(hello, codec.Hello)
        assert (hello.source, hello.live) == ("fake", True)
        assert hello.client.startswith("client-")
        assert isinstance(scene, Scene)
        assert scene.name == "fake"
        assert isinstance(status, codec.RunStatus)
        ticks = [frame.tick for frame in frames if isinstance(frame, StateFrame)]
        assert ticks == sorted(set(ticks))
        for frame in frames:
            if isinstance(frame, StateFrame):
                at_m = frame.position_in_world_m[0, 0]
                assert at_m == pytest.approx(frame.tick * 1e-3, abs=1e-4)


def test_late_joiner_gets_the_same(url: str) -> None:
    with viewer(url) as early, viewer(url) as late:
        early.frame_after(100)
        frame = late.frame_after(100)
        assert [type(c).__name__ for c in late.seen[:4]] == [
            "Hello",
            "Scene",
            "RunStatus",
            "StateFrame",
        ]
        assert early.frame_after(frame.tick).tick > frame.tick


def test_mesh_is_sent_when_wanted(url: str) -> None:
    sha256 = fake_engine.triangle().sha256()
    with viewer(url) as client:
        client.socket.send(codec.encode(codec.WantMesh(sha256)))
        mesh = client.read_until(lambda c: isinstance(c, codec.Mesh))
    assert isinstance(mesh, codec.Mesh)
    assert mesh.sha256 == sha256
    assert httpx.get(f"{url}/api/meshes/{sha256}").content[: HEADER.size][:4] == b"FLTW"
    assert httpx.get(f"{url}/api/meshes/{'0' * 64}").status_code == 404


def test_unknown_mesh_is_a_notice(url: str) -> None:
    with viewer(url) as client:
        client.socket.send(codec.encode(codec.WantMesh("0" * 64)))
        notice = client.read_until(lambda c: isinstance(c, codec.Notice))
        assert isinstance(notice, codec.Notice)
        assert notice.text == "server.notice.no_such_mesh"


def test_resync_brings_scene_and_keyframe_again(url: str) -> None:
    with viewer(url) as client:
        client.frame_after(0)
        before = len(client.seen)
        client.socket.send(codec.encode(codec.Resync()))
        client.read_until(lambda c: isinstance(c, Scene))
        client.frame_after(0)
        names = [type(c).__name__ for c in client.seen[before:]]
        assert names[names.index("Scene") :][:3] == ["Scene", "RunStatus", "StateFrame"]


def test_commands_do_what_they_say_and_are_logged() -> None:
    with running(OpenFake()) as url, viewer(url) as client:
        assert client.command(RunCommand("pause", who="anna", number=1)).accepted
        paused_at = client.newest_frame()
        assert client.command(RunCommand("step", 7, "anna", 2)).accepted
        stepped = client.newest_frame()
        assert stepped.tick == paused_at.tick + 7
        refused = client.command(RunCommand("step", 0.5, "anna", 3))
        assert (refused.accepted, refused.text) == (False, "server.answer.bad_step")
        refused = client.command(RunCommand("speed", -1, "anna", 4))
        assert (refused.accepted, refused.text) == (False, "server.answer.bad_speed")
        assert client.command(RunCommand("reset", who="", number=5)).accepted
        assert client.newest_frame().tick == 0
        assert client.command(RunCommand("speed", 4, "anna", 6)).accepted
        status = [c for c in client.seen if isinstance(c, codec.RunStatus)][-1]
        assert (status.state, status.speed, status.tick) == ("paused", 4.0, 0)
        assert client.command(RunCommand("resume", who="anna", number=7)).accepted
        assert client.frame_after(0).tick > 0
        log = httpx.get(f"{url}/api/commands").json()
    assert [(e["who"], e["verb"], e["value"], e["accepted"]) for e in log] == [
        ("anna", "pause", 0.0, True),
        ("anna", "step", 7.0, True),
        ("anna", "step", 0.5, False),
        ("anna", "speed", -1.0, False),
        ("client-1", "reset", 0.0, True),
        ("anna", "speed", 4.0, True),
        ("anna", "resume", 0.0, True),
    ]
    times = [entry["wall_time_s"] for entry in log]
    assert times == sorted(times)
    assert times[0] > 1.7e9
    assert log[1]["tick"] == paused_at.tick + 7


def test_commands_may_come_by_rest() -> None:
    with running(OpenFake(), paused=True) as url:
        body = {"verb": "step", "value": 24, "who": "eve"}
        answer = httpx.post(f"{url}/api/commands", json=body)
        assert answer.json() == {"accepted": True, "text": "24 ticks on"}
        assert httpx.get(f"{url}/health").json()["tick"] == 24
        assert httpx.get(f"{url}/api/commands").json()[0]["who"] == "eve"
        wrongs: list[object] = [{"verb": "jump"}, {"verb": "step", "valeu": 1}, [], "x"]
        for wrong in wrongs:
            assert httpx.post(f"{url}/api/commands", json=wrong).status_code == 422


def test_scene_that_changes_is_sent_before_its_frames() -> None:
    with running(OpenFake(new_scene_at=50), paused=True) as url, viewer(url) as client:
        client.frame_after(-1)
        client.command(RunCommand("step", 60, number=1))
        scenes = [c for c in client.seen if isinstance(c, Scene)]
        assert [scene.revision for scene in scenes] == [1, 2]
        last = client.newest_frame()
        assert (last.tick, last.scene_revision, len(last.visible)) == (60, 2, 2)
        assert not [c for c in client.seen if isinstance(c, codec.KeyframeMissing)]


def test_pages_and_health(url: str) -> None:
    health = httpx.get(f"{url}/health")
    assert (health.status_code, health.json()["state"]) == (200, "running")
    scene = httpx.get(f"{url}/api/scene").json()
    assert (scene["name"], scene["movers"]) == ("fake", ["part"])
    assert scene["meshes"] == [fake_engine.triangle().sha256()]
    english = httpx.get(url).text
    assert 'href="/health"' in english
    assert "Flins Twin server" in english
    french = httpx.get(url, headers={"accept-language": "fr-FR,en"}).text
    assert "Serveur Flins Twin" in french


@pytest.mark.parametrize(
    ("sent", "text", "code"),
    [
        ("hello", "server.notice.text_message", 1003),
        (b"garbage" * 10, "server.notice.bad_message", 1002),
        (b"", "", 0),
        (codec.encode(codec.Resync())[:-1], "server.notice.bad_message", 1002),
        (
            b"FLTW\x02" + codec.encode(codec.Resync())[5:],
            "server.notice.bad_message",
            1002,
        ),
        (codec.encode(codec.RunStatus("ended")), "server.notice.bad_message", 1002),
        (b"x" * (MAX_CLIENT_MESSAGE_BYTES + 1), "server.notice.message_too_big", 1009),
    ],
    ids=["text", "garbage", "empty", "cut", "version", "kind", "big"],
)
def test_hostile_message_is_answered_and_harms_nobody(
    url: str, sent: str | bytes, text: str, code: int
) -> None:
    with viewer(url) as other, viewer(url) as hostile:
        hostile.socket.send(sent)
        if code:
            assert hostile.read_to_the_end() == code
            assert isinstance(hostile.seen[-1], codec.Notice)
            assert hostile.seen[-1].text == text
        else:
            assert hostile.command(RunCommand("speed", 1, number=1)).accepted
        assert other.frame_after(other.frame_after(-1).tick).tick > 0


def test_huge_message_is_refused_by_the_websocket(url: str) -> None:
    def send_too_much(hostile: Viewer) -> None:
        hostile.socket.send(b"x" * 3_000_000)
        hostile.read_until(lambda c: False)

    # The server may hang up while the message is still being sent; and what it left
    # unread may make the close frame (1009) be lost on the way.
    with viewer(url) as hostile, pytest.raises(ConnectionClosed):
        send_too_much(hostile)
    with viewer(url) as other:
        assert other.frame_after(-1).tick >= 0


def test_pages_of_other_sites_cannot_reach_the_server(url: str) -> None:
    address = url.replace("http", "ws") + "/ws"
    with pytest.raises(InvalidStatus, match="403"):
        connect(address, additional_headers={"Origin": "http://evil.example"})
    with connect(address, additional_headers={"Origin": url}, compression=None) as own:
        assert isinstance(own.recv(timeout=PATIENCE_S), bytes)
    assert httpx.get(url, headers={"host": "evil.example"}).status_code == 400


def test_stalled_client_does_not_stop_others() -> None:
    opens = OpenFake(events_per_tick=1, event_bytes=20_000)
    with (
        running(opens) as url,
        viewer(url, close_timeout_s=0.1) as stalled,
        viewer(url) as quick,
    ):
        # Never read: the kernel's buffers fill, then the mailbox, and it stops there.
        stalled.socket.recv(timeout=PATIENCE_S)
        quick.command(RunCommand("speed", 5, number=1))
        last = quick.frame_after(1500)
        assert last.tick > 1500
        events = [
            e for c in quick.seen if isinstance(c, codec.Events) for e in c.events
        ]
        serials = [event.serial for event in events]
        assert serials == list(range(serials[0], serials[0] + len(serials)))
        assert not [c for c in quick.seen if isinstance(c, codec.Notice)]


def test_engine_that_breaks_down_is_reported_and_the_server_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running(OpenFake(crash_at=200)) as url, viewer(url) as client:
        notice = client.read_until(lambda c: isinstance(c, codec.Notice))
        assert isinstance(notice, codec.Notice)
        assert notice.text == "server.notice.engine_failed"
        assert "ZeroDivisionError: a part of no mass" in str(notice.arguments["found"])
        statuses = [c for c in client.seen if isinstance(c, codec.RunStatus)]
        assert statuses[-1].state == "failed"
        answer = client.command(RunCommand("resume", number=1))
        assert (answer.accepted, answer.text) == (False, "server.answer.no_engine")
        health = httpx.get(f"{url}/health")
        assert (health.status_code, health.json()["state"]) == (503, "failed")
        with viewer(url) as late:
            assert late.frame_after(-1).tick < 200
    assert any("a part of no mass" in record.message for record in caplog.records)


def test_engine_that_is_killed_is_reported() -> None:
    before = set(multiprocessing.active_children())
    with running(OpenFake()) as url, viewer(url) as client:
        client.frame_after(-1)
        (engine,) = set(multiprocessing.active_children()) - before
        engine.kill()
        notice = client.read_until(lambda c: isinstance(c, codec.Notice))
        assert isinstance(notice, codec.Notice)
        assert "its process ended" in str(notice.arguments["found"])


def test_engine_that_cannot_be_opened_ends_the_server_with_its_line() -> None:
    with (
        pytest.raises(
            ServiceError, match=r"^cell\.yaml:3: no such robot 'x'; name one$"
        ),
        running(OpenFake(unopenable=True)),
    ):
        pass


def test_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=f"port {port} at 127.0.0.1 cannot") as e:
            Service(OpenFake(), "fake", port=port)
    assert "\n" not in str(e.value)
    assert e.value.exit_code == 2


@pytest.mark.parametrize(
    ("host", "said"),
    [("0.0.0.0", "from outside"), ("::", "outside"), ("x y", "not an")],
)
def test_only_loopback_is_listened_at(host: str, said: str) -> None:
    with pytest.raises(ServiceError, match=said):
        Service(OpenFake(), "fake", host=host, port=0)


def test_closing_tells_clients_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    service = Service(OpenFake(), "fake", port=0)
    with ExitStack() as stack:
        with in_background(service) as url:
            client = stack.enter_context(viewer(url))
            client.frame_after(-1)
        assert client.read_to_the_end() == 1012
    assert set(threading.enumerate()) <= before


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "run.mcap"
    engine = fake_engine.FakeEngine(-1, 1, 0, 0)
    with Recorder(path, engine.scene, engine.meshes) as recorder:
        for _ in range(30):
            recorder.add_frame(engine.frame())
            recorder.add_events(engine.take_events())
            engine.advance(8)
        recorder.add_events(engine.take_events())
    return path


def test_recording_plays_to_its_end_and_again(recorded: Path) -> None:
    service = open_service(recorded, port=0, paused=True)
    with in_background(service) as url, viewer(url) as client:
        client.frame_after(-1)
        hello = client.seen[0]
        assert isinstance(hello, codec.Hello)
        assert (hello.source, hello.live) == ("run.mcap", False)
        client.socket.send(codec.encode(RunCommand("resume", number=1)))
        ended = client.read_until(
            lambda c: isinstance(c, codec.RunStatus) and c.state == "ended"
        )
        assert isinstance(ended, codec.RunStatus)
        assert ended.duration_s == pytest.approx(29 * 8 / 240)
        client.wait_for(
            lambda c: isinstance(c, codec.Events) and c.events[-1].tick == 240
        )
        assert client.newest_frame().tick == 29 * 8
        frames = [c for c in client.seen if isinstance(c, StateFrame)]
        assert {frame.tick % 8 for frame in frames} == {0}
        events = [
            e for c in client.seen if isinstance(c, codec.Events) for e in c.events
        ]
        assert [event.serial for event in events] == list(range(1, 241))
        assert client.command(RunCommand("reset", number=2)).accepted
        assert client.newest_frame().tick == 0
        assert client.frame_after(100).tick > 100


def test_damaged_recording_ends_the_server_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "run.mcap"
    path.write_bytes(b"not a recording")
    with (
        pytest.raises(ServiceError, match="is damaged or cut short"),
        in_background(open_service(path, port=0)),
    ):
        pass
    with pytest.raises(RecordingError):
        OpenRecording(path)()


SERVE = """
from pathlib import Path
from server.app import serve
if __name__ == "__main__":
    serve({path!r}, port=0, on_ready=lambda url: print(url, flush=True))
    print("closed", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_server_and_engine(
    recorded: Path, tmp_path: Path, root_folder: Path, number: signal.Signals
) -> None:
    script = tmp_path / "serve.py"
    script.write_text(SERVE.format(path=str(recorded)), "utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root_folder)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(number)
        # The engine holds the same pipe: its end is the end of both processes.
        assert process.stdout.read() == "closed\n"
        assert process.wait() == 0


def test_commands_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "server.session"), running(OpenFake()) as url:
        httpx.post(f"{url}/api/commands", json={"verb": "pause", "who": "eve"})
    (line,) = [r.message for r in caplog.records if r.name == "server.session"]
    assert line.startswith("command pause 0 by 'eve': done at tick ")
