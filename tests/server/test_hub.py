"""What each client is owed, counted rather than timed."""

from __future__ import annotations

import fake_engine
import msgspec

from server.hub import FLOODED, Client, Hub
from server.mailbox import Mailbox
from twin import codec
from twin.state import Event, Severity, StateFrame

HELLO = codec.Hello("test", "fake")


def joined(hub: Hub, mailbox: Mailbox | None = None) -> Client:
    client = hub.join(HELLO, mailbox)
    assert client is not None
    return client


def read(client: Client, decoder: codec.Decoder) -> list[codec.Content]:
    return [
        received.content
        for message in client.mailbox.take()
        for received in decoder.feed(message)
    ]


class Feed:
    """Publishes what a fake engine says."""

    def __init__(self, hub: Hub, events_per_tick: int = 0) -> None:
        self.hub = hub
        self.engine = fake_engine.FakeEngine(-1, events_per_tick, 0, 0)
        self.encoder = codec.FrameEncoder(keyframe_every=10)
        hub.publish(codec.encode(self.engine.scene))
        hub.publish(codec.encode(codec.RunStatus("running")))

    def tick(self) -> None:
        self.engine.advance(1)
        events: list[Event] = self.engine.take_events()
        if events:
            self.hub.publish(codec.encode(codec.Events(tuple(events))))
        self.hub.publish(self.encoder.encode(self.engine.frame()))


def names(contents: list[codec.Content]) -> list[str]:
    return [type(content).__name__ for content in contents]


def test_newcomer_gets_the_whole_state_and_the_newest_frame() -> None:
    hub = Hub(lambda: 5.0)
    feed = Feed(hub)
    for _ in range(17):
        feed.tick()
    found = read(joined(hub), codec.Decoder())
    assert names(found) == ["Hello", "Scene", "RunStatus", "StateFrame", "StateFrame"]
    frames = [content for content in found if isinstance(content, StateFrame)]
    assert [frame.tick for frame in frames] == [11, 17]


def test_every_client_gets_every_frame_it_is_quick_enough_for() -> None:
    hub = Hub(lambda: 5.0)
    feed = Feed(hub)
    client, decoder = joined(hub), codec.Decoder()
    read(client, decoder)
    ticks: list[int] = []
    for _ in range(25):
        feed.tick()
        found = read(client, decoder)
        ticks += [item.tick for item in found if isinstance(item, StateFrame)]
    assert ticks == list(range(1, 26))


def test_stalled_client_is_owed_a_bounded_amount_and_others_notice_nothing() -> None:
    hub = Hub(lambda: 5.0)
    feed = Feed(hub)
    stalled, quick = joined(hub), joined(hub)
    decoder = codec.Decoder()
    read(quick, decoder)
    owed_most, quick_owed = 0, set()
    for _ in range(1000):
        feed.tick()
        owed_most = max(owed_most, len(stalled.mailbox))
        quick_owed.add(len(quick.mailbox))
        assert KEYFRAME_MISSING not in names(read(quick, decoder))
    assert quick_owed == {1}
    # Hello, scene, status, keyframe, delta.
    assert owed_most == 5
    found = read(stalled, codec.Decoder())
    assert [item.tick for item in found if isinstance(item, StateFrame)] == [991, 1000]


KEYFRAME_MISSING = codec.KeyframeMissing.__name__


def test_client_that_loses_events_is_told_and_gets_the_state_anew() -> None:
    hub = Hub(lambda: 5.0)
    feed = Feed(hub, events_per_tick=2)
    stalled = joined(hub, Mailbox(max_event_messages=10))
    quick, decoder = joined(hub), codec.Decoder()
    read(stalled, codec.Decoder())
    serials: list[int] = []
    for _ in range(25):
        feed.tick()
        for item in read(quick, decoder):
            if isinstance(item, codec.Events):
                serials += [event.serial for event in item.events]
    assert serials == list(range(1, 51))
    found = read(stalled, codec.Decoder())
    (notice,) = [item for item in found if isinstance(item, codec.Notice)]
    assert notice == codec.Notice(
        "server.notice.events_lost", {"lost": 22.0}, Severity.WARNING
    )
    assert sorted(names(found)[:5]) == sorted(
        ["Notice", "Scene", "RunStatus", "StateFrame", "StateFrame"]
    )
    kept = [item for item in found if isinstance(item, codec.Events)]
    assert [event.serial for some in kept for event in some.events] == [
        45,
        46,
        47,
        48,
        49,
        50,
    ]
    frames = [item for item in found if isinstance(item, StateFrame)]
    assert frames[-1].tick == 25


def test_resync_gives_a_client_without_keyframe_its_bearings() -> None:
    hub = Hub(lambda: 5.0)
    feed = Feed(hub)
    client, decoder = joined(hub), codec.Decoder()
    for _ in range(3):
        feed.tick()
    client.mailbox.take()
    feed.tick()
    assert names(read(client, decoder)) == [KEYFRAME_MISSING]
    hub.resync(client)
    found = read(client, decoder)
    assert names(found) == ["Scene", "RunStatus", "StateFrame", "StateFrame"]
    assert isinstance(found[-1], StateFrame)
    assert found[-1].tick == 4


def test_new_scene_makes_older_frames_worthless() -> None:
    hub = Hub(lambda: 5.0)
    feed = Feed(hub)
    feed.tick()
    feed.tick()
    client = joined(hub)
    hub.publish(codec.encode(msgspec.structs.replace(feed.engine.scene, revision=9)))
    assert names(read(client, codec.Decoder())) == ["Hello", "RunStatus", "Scene"]


def test_messages_are_stamped_once_with_rising_numbers() -> None:
    times = iter(range(100))
    hub = Hub(lambda: float(next(times)))
    first, second = joined(hub), joined(hub)
    first.mailbox.take()
    second.mailbox.take()
    envelopes: list[codec.Envelope] = []
    for _ in range(3):
        hub.publish(codec.encode(codec.RunStatus("running")))
        (mine,), (other,) = first.mailbox.take(), second.mailbox.take()
        assert mine is other
        envelopes += [received.envelope for received in codec.Decoder().feed(mine)]
    assert [(e.sequence, e.wall_time_s) for e in envelopes] == [
        (3, 2.0),
        (4, 3.0),
        (5, 4.0),
    ]


def test_client_that_asks_without_reading_is_dismissed() -> None:
    hub = Hub(lambda: 5.0)
    client = joined(hub, Mailbox(max_keys=4))
    for number in range(5):
        hub.reply(client, number, codec.encode(codec.CommandAnswer(number, True, "x")))
    assert client.close_code == FLOODED
    assert len(client.mailbox) == 4


def test_clients_are_bounded_and_places_become_free() -> None:
    hub = Hub(lambda: 5.0, max_clients=2)
    first = joined(hub)
    joined(hub)
    assert hub.join(HELLO) is None
    hub.leave(first)
    assert joined(hub).name == "client-3"
    assert hub.n_clients == 2
