"""The client against a real websocket: completeness, commands, broken connections."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from small_plant import Plant, box, hidden
from stand_in import StandIn

from twin.codec import RunStatus
from twin.errors import ServiceError
from twin.state import Event
from viewer.client import Client, Link, News, websocket_url

PATIENCE_S = 20.0


@pytest.fixture
def server(plant: Plant) -> Iterator[StandIn]:
    with StandIn(*plant) as opened:
        yield opened


@pytest.fixture
def client(server: StandIn) -> Iterator[Client]:
    opened = Client(server.url, "tester")
    opened.start()
    yield opened
    opened.close()


def until(client: Client, wanted: Callable[[News], bool]) -> News:
    """Return the first news that fits; fail if none comes."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        news = client.take()
        if wanted(news):
            return news
        time.sleep(0.01)
    raise AssertionError("nothing fitting came")


def test_the_first_news_is_complete(client: Client, plant: Plant) -> None:
    scene, meshes, frame = plant
    news = until(client, lambda news: news.scene is not None)
    assert news.scene == scene
    assert set(news.meshes) == set(meshes)
    assert news.frame is not None
    assert news.frame.tick == frame.tick
    assert news.frame.position_in_world_m == pytest.approx(
        frame.position_in_world_m, abs=1e-3
    )
    assert news.link is Link.CONNECTED
    assert news.status == RunStatus("running")


def test_news_is_given_once(client: Client) -> None:
    until(client, lambda news: news.scene is not None)
    again = client.take()
    assert again.scene is None
    assert again.frame is None
    assert again.events == ()


def test_only_the_newest_state_is_kept_but_every_event(
    client: Client, server: StandIn, plant: Plant
) -> None:
    until(client, lambda news: news.scene is not None)
    for tick in range(1, 6):
        server.say_frame(replace(plant[2], tick=plant[2].tick + tick))
        server.say_events(Event(tick, tick, tick / 240, "BoltOut", "pack", "x.y"))
    serials: list[int] = []
    frames: list[int] = []

    def last_came(news: News) -> bool:
        serials.extend(event.serial for event in news.events)
        if news.frame is not None:
            frames.append(news.frame.tick - plant[2].tick)
        return bool(frames) and frames[-1] == 5 and len(serials) >= 5

    until(client, last_came)
    assert serials == [1, 2, 3, 4, 5]
    assert frames == sorted(frames)


def test_commands_bear_name_and_number_and_are_answered(
    client: Client, server: StandIn
) -> None:
    until(client, lambda news: news.link is Link.CONNECTED)
    numbers = [client.send("pause"), client.send("speed", 2.0)]
    answered: list[int] = []

    def all_answered(news: News) -> bool:
        answered.extend(answer.number for answer in news.answers)
        return len(answered) == 2

    until(client, all_answered)
    assert answered == numbers
    assert [(c.verb, c.value, c.who) for c in server.commands] == [
        ("pause", 0.0, "tester"),
        ("speed", 2.0, "tester"),
    ]


def test_a_changed_scene_comes_with_its_new_meshes(
    client: Client, server: StandIn, plant: Plant
) -> None:
    scene, meshes, _ = plant
    until(client, lambda news: news.scene is not None)
    added = box((1, 1, 1), (9, 9, 9))
    sha256 = added.sha256()
    first = msgspec.structs.replace(scene.entities[0], mesh=sha256)
    server.meshes = {**meshes, sha256: added}
    server.say_scene(
        msgspec.structs.replace(
            scene, revision=2, entities=(first, *scene.entities[1:])
        )
    )
    news = until(client, lambda news: news.scene is not None)
    assert news.scene is not None
    assert news.scene.revision == 2
    assert sha256 in news.meshes
    if news.frame is None:  # its state was still on the way
        news = until(client, lambda news: news.frame is not None)
    assert news.frame is not None
    assert news.frame.scene_revision == 2


def test_a_lost_server_is_said_and_found_again(plant: Plant) -> None:
    server = StandIn(*plant)
    client = Client(server.url)
    client.start()
    try:
        until(client, lambda news: news.scene is not None)
        server.close()
        lost = until(client, lambda news: news.link is Link.RECONNECTING)
        assert lost.trouble
        assert "\n" not in lost.trouble
        with StandIn(plant[0], plant[1], hidden(plant[2], 1), server.port) as second:
            news = until(client, lambda news: news.frame is not None)
            assert news.frame is not None
            assert news.frame.visible.tolist() == [True, False, True]
            assert second.n_connections == 1
            # The same scene again is no news; its meshes were kept.
            assert news.scene is None
    finally:
        client.close()
        server.close()
    assert client.take().link is Link.CLOSED


def test_a_server_of_another_kind_is_said_not_raised(plant: Plant) -> None:
    with StandIn(*plant) as server:
        client = Client(server.url)
        client.start()
        try:
            until(client, lambda news: news.scene is not None)
            server.say(b"garbage of another protocol")
            news = until(client, lambda news: bool(news.trouble))
            assert "codec" in news.trouble
            until(client, lambda news: news.link is Link.CONNECTED)
        finally:
            client.close()


def test_waiting_commands_have_a_limit() -> None:
    client = Client("ws://127.0.0.1:9")
    for _ in range(64):
        client.send("step", 1.0)
    with pytest.raises(ServiceError, match="64 commands wait already"):
        client.send("step", 1.0)


def test_age_counts_from_the_newest_state(client: Client, plant: Plant) -> None:
    assert Client("ws://127.0.0.1:9").take().frame_age_s == float("inf")
    news = until(client, lambda news: news.frame is not None)
    assert 0.0 <= news.frame_age_s < PATIENCE_S
    assert np.isfinite(news.frame_age_s)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("ws://127.0.0.1:8765", "ws://127.0.0.1:8765/ws"),
        ("http://127.0.0.1:8765/", "ws://127.0.0.1:8765/ws"),
        ("https://plant.example/twin", "wss://plant.example/twin"),
        ("ws://127.0.0.1:1/ws", "ws://127.0.0.1:1/ws"),
    ],
)
def test_addresses(given: str, meant: str) -> None:
    assert websocket_url(given) == meant


@pytest.mark.parametrize("given", ["", "127.0.0.1:8765", "file:///x", "ws://"])
def test_addresses_of_another_kind_are_refused(given: str) -> None:
    with pytest.raises(ServiceError, match="give one such as"):
        websocket_url(given)
