from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mailbox import Mailbox


@given(st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=3))))
def test_the_newest_under_each_key_is_owed(puts: list[tuple[str, bytes]]) -> None:
    mailbox = Mailbox()
    for key, message in puts:
        mailbox.put(key, message)
    newest = dict(puts)
    last_put = {key: number for number, (key, _) in enumerate(puts)}
    due = [newest[key] for key in sorted(newest, key=lambda key: last_put[key])]
    assert len(mailbox) == len(due)
    assert mailbox.take() == due
    assert mailbox.take() == []


def test_what_a_message_makes_worthless_is_not_owed() -> None:
    mailbox = Mailbox()
    mailbox.put("keyframe", b"k1")
    mailbox.put("delta", b"d1")
    mailbox.put("keyframe", b"k2", obsoletes=["delta"])
    assert mailbox.take() == [b"k2"]


def test_events_keep_their_order_behind_state() -> None:
    mailbox = Mailbox()
    for number in range(5):
        assert mailbox.put_events(bytes([number]))
        mailbox.put("frame", b"f%d" % number)
    assert mailbox.take() == [b"f4", *(bytes([number]) for number in range(5))]


@pytest.mark.parametrize(
    ("mailbox", "fits"),
    [
        (Mailbox(max_event_messages=3), 3),
        (Mailbox(max_event_messages=100, max_event_bytes=50), 5),
    ],
    ids=["messages", "bytes"],
)
def test_over_the_limit_all_events_go_and_are_counted(
    mailbox: Mailbox, fits: int
) -> None:
    mailbox.put("frame", b"f")
    assert [mailbox.put_events(b"0123456789") for _ in range(fits + 1)] == [
        *[True] * fits,
        False,
    ]
    assert mailbox.n_lost == fits + 1
    assert mailbox.put_events(b"later")
    assert mailbox.take() == [b"f", b"later"]
    assert mailbox.n_lost == 0


def test_keys_are_bounded() -> None:
    mailbox = Mailbox(max_keys=3)
    for key in range(3):
        mailbox.put(key, b"")
    mailbox.put(2, b"again")
    with pytest.raises(OverflowError, match="3 keys pending"):
        mailbox.put(3, b"")
    assert len(mailbox) == 3
