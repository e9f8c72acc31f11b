"""What is sent is what arrives, and nothing else is taken."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Sequence

import numpy as np
import pytest
import specimens
from hypothesis import given
from hypothesis import strategies as st

from twin import codec
from twin.codec.envelope import HEADER, seal
from twin.codec.tables import ORIENTATION_STEPS, POSITION_STEP_M
from twin.errors import CodecError
from twin.signals import RunCommand
from twin.state import Entity, Label, Provenance, Scene, StateFrame

STRUCTURES: Sequence[codec.Structured] = (
    codec.Hello("flins-twin 0.1.0", "cell", "client-1"),
    specimens.scene(),
    codec.Events((specimens.event(1), specimens.event(2))),
    codec.RunStatus("paused", 2.0, 480, 60.0, 1.9),
    RunCommand(verb="speed", value=2.0, who="anna", number=7),
    codec.CommandAnswer(7, True, "server.answer.speed", {"speed": 2.0}),
    codec.Notice("server.notice.bad_message", {"found": "é"}, 1),
    codec.Resync(),
    codec.WantMesh("ab" * 32),
)


def content_of(message: bytes, decoder: codec.Decoder | None = None) -> codec.Content:
    (received,) = (decoder or codec.Decoder()).feed(message)
    return received.content


def frame_of(message: bytes, decoder: codec.Decoder) -> StateFrame:
    content = content_of(message, decoder)
    assert isinstance(content, StateFrame)
    return content


def assert_equal(found: StateFrame, due: StateFrame) -> None:
    for entry in dataclasses.fields(StateFrame):
        mine, other = getattr(found, entry.name), getattr(due, entry.name)
        if isinstance(mine, Provenance):
            np.testing.assert_array_equal(mine.quality, other.quality)
            np.testing.assert_array_equal(mine.source_time_s, other.source_time_s)
        else:
            np.testing.assert_array_equal(mine, other, strict=True)


def complaint(decoder: codec.Decoder, received: bytes) -> str:
    try:
        decoder.feed(received)
    except CodecError as error:
        return str(error)
    return "nothing"


def every_message() -> list[bytes]:
    encoder = codec.FrameEncoder()
    return [
        *(codec.encode(structure) for structure in STRUCTURES),
        codec.encode_mesh(specimens.mesh()),
        codec.encode_mesh(specimens.mesh(), exact=True),
        encoder.encode(specimens.frame(1)),
        encoder.encode(specimens.frame(2)),
        codec.encode_exact(specimens.frame(3, provenance=True)),
    ]


@pytest.mark.parametrize(
    "structure", STRUCTURES, ids=lambda found: type(found).__name__
)
def test_structure_arrives_as_sent(structure: codec.Structured) -> None:
    assert content_of(codec.encode(structure)) == structure


def test_stamp_arrives_and_changes_nothing_else() -> None:
    stamped = codec.stamp(codec.encode(codec.Resync()), 41, 1.7e9)
    (received,) = codec.Decoder().feed(stamped)
    assert received == codec.Received(codec.Envelope(41, 1.7e9), codec.Resync())


def test_messages_may_arrive_joined() -> None:
    joined = b"".join(codec.encode(structure) for structure in STRUCTURES)
    found = [received.content for received in codec.Decoder().feed(joined)]
    assert found == list(STRUCTURES)


@given(tick=st.integers(0, 10_000), provenance=st.booleans())
def test_exact_frame_arrives_to_the_last_bit(tick: int, provenance: bool) -> None:
    frame = specimens.frame(tick, provenance=provenance)
    assert_equal(codec.decode_exact(codec.encode_exact(frame)), frame)


@given(tick=st.integers(0, 10_000))
def test_keyframe_arrives_within_the_stated_errors(tick: int) -> None:
    frame = specimens.frame(tick, n_movers=20)
    found = frame_of(codec.FrameEncoder().encode(frame), codec.Decoder())
    off_m = np.abs(found.position_in_world_m - frame.position_in_world_m)
    assert off_m.max() <= POSITION_STEP_M / 2 + 1e-9
    # The sign of the product is lost by arccos near 1; the chord keeps precision.
    chord = np.linalg.norm(found.orientation_wxyz - frame.orientation_wxyz, axis=1)
    assert np.degrees(2 * chord.max()) <= 0.004
    assert np.degrees(2 * 2 * 0.5 / ORIENTATION_STEPS) <= 0.004
    np.testing.assert_array_equal(found.visible, frame.visible)
    np.testing.assert_array_equal(found.machine_state, frame.machine_state)
    np.testing.assert_array_equal(found.scalar, frame.scalar)
    np.testing.assert_allclose(found.joint_position, frame.joint_position, rtol=1e-7)


@given(
    ticks=st.lists(st.integers(0, 50), min_size=2, max_size=12),
    kept=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_delta_gives_what_a_keyframe_would_whatever_was_dropped(
    ticks: list[int], kept: list[bool]
) -> None:
    encoder, decoder = codec.FrameEncoder(), codec.Decoder()
    for number, tick in enumerate(ticks):
        frame = specimens.frame(tick)
        message = encoder.encode(frame)
        kind = codec.Kind.KEYFRAME if number == 0 else codec.Kind.DELTA
        assert codec.kind_of(message) is kind
        if number == 0 or kept[number]:
            due = frame_of(codec.FrameEncoder().encode(frame), codec.Decoder())
            assert_equal(frame_of(message, decoder), due)


def test_delta_of_an_unchanged_frame_carries_no_rows() -> None:
    encoder = codec.FrameEncoder()
    frame = specimens.frame(1, n_movers=1000)
    keyframe, delta = encoder.encode(frame), encoder.encode(frame)
    assert len(keyframe) > 21_000
    assert len(delta) < 100


def test_keyframes_come_at_their_interval() -> None:
    encoder = codec.FrameEncoder(keyframe_every=4)
    kinds = [codec.kind_of(encoder.encode(specimens.frame(n))) for n in range(9)]
    assert [n for n, kind in enumerate(kinds) if kind is codec.Kind.KEYFRAME] == [
        0,
        4,
        8,
    ]


@pytest.mark.parametrize(
    "other",
    [
        specimens.frame(2, n_movers=4),
        specimens.frame(2, revision=2),
        specimens.frame(2, provenance=True),
    ],
    ids=["more movers", "new scene", "provenance"],
)
def test_frame_of_another_shape_is_a_keyframe(other: StateFrame) -> None:
    encoder = codec.FrameEncoder()
    encoder.encode(specimens.frame(1))
    assert codec.kind_of(encoder.encode(other)) is codec.Kind.KEYFRAME


def test_delta_without_its_keyframe_says_so() -> None:
    encoder, decoder = codec.FrameEncoder(keyframe_every=2), codec.Decoder()
    messages = [encoder.encode(specimens.frame(n)) for n in range(4)]
    assert content_of(messages[1], decoder) == codec.KeyframeMissing(1)
    content_of(messages[0], decoder)
    assert content_of(messages[3], decoder) == codec.KeyframeMissing(2)
    content_of(messages[2], decoder)
    assert frame_of(messages[3], decoder).tick == 3


def test_frame_of_another_scene_asks_for_a_resync() -> None:
    decoder = codec.Decoder()
    content_of(codec.encode(specimens.scene(revision=2)), decoder)
    message = codec.FrameEncoder().encode(specimens.frame(1, revision=1))
    assert content_of(message, decoder) == codec.KeyframeMissing(1)


def test_frame_that_does_not_fit_its_scene_is_refused() -> None:
    decoder = codec.Decoder()
    content_of(codec.encode(specimens.scene(n_movers=4)), decoder)
    with pytest.raises(CodecError, match=r"\[3, 2, 2, 1\].*\[4, 2, 2, 1\]"):
        decoder.feed(codec.FrameEncoder().encode(specimens.frame(1, n_movers=3)))


@pytest.mark.parametrize(
    "message", every_message(), ids=lambda m: codec.kind_of(m).name
)
def test_every_truncation_is_a_codec_error(message: bytes) -> None:
    for length in range(1, len(message)):
        decoder = codec.Decoder()
        with pytest.raises(CodecError):
            decoder.feed(message[:length])


@given(
    which=st.integers(0, len(every_message()) - 1),
    places=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=8),
)
def test_damage_is_a_codec_error_or_a_message(
    which: int, places: list[tuple[int, int]]
) -> None:
    message = bytearray(every_message()[which])
    for place, value in places:
        message[place % len(message)] = value
    decoder = codec.Decoder()
    decoder.feed(codec.FrameEncoder().encode(specimens.frame(1)))
    assert "\n" not in complaint(decoder, bytes(message))


@given(garbage=st.binary(min_size=1))
def test_garbage_is_a_codec_error(garbage: bytes) -> None:
    with pytest.raises(CodecError):
        codec.Decoder().feed(garbage)


@given(kind=st.sampled_from(codec.Kind), body=st.binary(max_size=300))
def test_any_body_is_a_codec_error_or_a_message(kind: codec.Kind, body: bytes) -> None:
    if len(body) > codec.LIMIT_BYTES[kind]:
        return
    decoder = codec.Decoder()
    decoder.feed(codec.FrameEncoder().encode(specimens.frame(1)))
    assert complaint(decoder, seal(kind, body)).startswith(("codec: ", "nothing"))


@pytest.mark.parametrize(
    "message", every_message(), ids=lambda m: codec.kind_of(m).name
)
def test_every_shortened_body_is_a_codec_error(message: bytes) -> None:
    body = message[HEADER.size :]
    decoder = codec.Decoder()
    decoder.feed(codec.FrameEncoder().encode(specimens.frame(1)))
    for length in range(len(body)):
        with pytest.raises(CodecError):
            decoder.feed(seal(codec.kind_of(message), body[:length]))


@given(
    which=st.integers(0, len(every_message()) - 1),
    extra=st.binary(min_size=1, max_size=9),
)
def test_every_lengthened_body_is_a_codec_error(which: int, extra: bytes) -> None:
    message = every_message()[which]
    decoder = codec.Decoder()
    decoder.feed(codec.FrameEncoder().encode(specimens.frame(1)))
    with pytest.raises(CodecError):
        decoder.feed(seal(codec.kind_of(message), message[HEADER.size :] + extra))


def test_signalling_nan_is_a_codec_error() -> None:
    message = bytearray(codec.FrameEncoder().encode(specimens.frame(1)))
    first_joint = HEADER.size + 41 + 3 * 21
    message[first_joint : first_joint + 4] = bytes.fromhex("0100807f")
    with pytest.raises(CodecError, match="joint of row 0 is not finite"):
        codec.Decoder().feed(bytes(message))


def test_deep_nesting_is_a_codec_error() -> None:
    with pytest.raises(CodecError, match="scene cannot be read"):
        codec.Decoder().feed(seal(codec.Kind.SCENE, b"\x91" * 100_000))


def test_sending_over_the_limit_names_number_and_limit() -> None:
    notice = codec.Notice("x" * 20_000)
    with pytest.raises(CodecError, match=r"notice of 20 0\d\d bytes .* 16 384"):
        codec.encode(notice)


def test_receiving_over_the_limit_names_number_and_limit() -> None:
    head = HEADER.pack(b"FLTW", 1, codec.Kind.RESYNC, 0, 83_886_080, 0, 0.0)
    with pytest.raises(CodecError, match=r"resync of 83 886 080 bytes .* 1 024"):
        codec.Decoder().feed(head)


def test_row_count_over_the_limit_is_refused_before_memory_is_taken() -> None:
    body = struct.pack("<IQdIIIIIB", 1, 0, 0.0, 1, 2**32 - 1, 0, 0, 0, 0)
    with pytest.raises(CodecError, match="4 294 967 295 rows"):
        codec.Decoder().feed(seal(codec.Kind.KEYFRAME, body))


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (0, 0x00, "twin peer"),
        (4, 2, "version 2"),
        (5, 99, "kind 99"),
        (6, 1, "unknown"),
    ],
)
def test_wrong_header_says_what_is_wrong(place: int, value: int, said: str) -> None:
    message = bytearray(codec.encode(codec.Resync()))
    message[place] = value
    with pytest.raises(CodecError, match=said):
        codec.Decoder().feed(bytes(message))


def test_server_side_takes_no_scene() -> None:
    decoder = codec.Decoder(codec.FROM_CLIENT)
    decoder.feed(codec.encode(codec.Resync()))
    with pytest.raises(CodecError, match="scene is not taken on this side"):
        decoder.feed(codec.encode(specimens.scene()))


def with_entity(entity: Entity) -> Scene:
    return Scene(name="s", revision=1, dt_s=0.1, entities=(entity,), movers=("a",))


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        (with_entity(Entity("a", Label("", ""), "part", mover=1)), "mover 1 of 1"),
        (with_entity(Entity("a", Label("", ""), "part", mover=-2)), "mover -2"),
        (with_entity(Entity("a", Label("", ""), "part", machine=0)), "machine 0 of 0"),
        (with_entity(Entity("a", Label("", ""), "part", parent="b")), "hangs on 'b'"),
        (with_entity(Entity("a", Label("", ""), "part", carrier="a")), "hangs on 'a'"),
        (with_entity(Entity("", Label("", ""), "part")), "empty or stands twice"),
        (
            with_entity(
                Entity(
                    "a", Label("", ""), "part", pose=(float("nan"), 0, 0, 1, 0, 0, 0)
                )
            ),
            "not finite",
        ),
        (Scene(name="s", revision=1, dt_s=0.0, entities=()), "dt_s is 0.0"),
    ],
)
def test_scene_that_does_not_fit_together_is_refused(scene: Scene, said: str) -> None:
    with pytest.raises(CodecError, match=said):
        codec.encode(scene)


def changed(**fields: object) -> StateFrame:
    return dataclasses.replace(specimens.frame(1), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (changed(position_in_world_m=np.full((3, 3), np.nan)), "position of row 0"),
        (changed(position_in_world_m=np.full((3, 3), 3e5)), "214 km"),
        (changed(position_in_world_m=np.full((3, 3), 1e308)), "214 km"),
        (changed(orientation_wxyz=np.zeros((3, 4))), "not unit"),
        (changed(orientation_wxyz=np.full((3, 4), 1e300)), "not unit"),
        (changed(joint_position=np.array([1e300, 0.0])), "joint of row 0"),
        (changed(joint_position=np.array([0.0, np.inf])), "joint of row 1"),
        (changed(tick=-1), "tick -1"),
    ],
)
def test_frame_that_the_wire_cannot_carry_is_refused(
    frame: StateFrame, said: str
) -> None:
    with pytest.raises(CodecError, match=said):
        codec.FrameEncoder().encode(frame)
