"""A recording gives back what it was given, and nothing from a damaged file."""

from __future__ import annotations

import dataclasses
import json
import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from foxglove.messages import (
    FrameTransform,
    FrameTransforms,
    Quaternion,
    Vector3,
)
from hypothesis import given
from hypothesis import strategies as st
from mcap.reader import make_reader

from twin.errors import RecordingError
from twin.recording import Recorder, Recording
from twin.recording.foxglove import TransformsEncoder, frames_of, timestamp
from twin.recording.glb import glb_of
from twin.state import (
    Entity,
    Event,
    Label,
    MeshArrays,
    Provenance,
    Scalar,
    Scene,
    StateFrame,
)

DT_S = 1 / 240
TICKS_PER_FRAME = 8
N_FRAMES = 300


def cube() -> MeshArrays:
    corners = np.array(
        [[x, y, z] for x in (-1, 1) for y in (-2, 2) for z in (0, 3)], np.float32
    )
    normals = corners / np.linalg.norm(corners, axis=1, keepdims=True)
    colours = np.array([[number * 30, 255, 0, 255] for number in range(8)], np.uint8)
    triangles = np.array([[0, 1, 2], [4, 5, 7]], np.uint32)
    return MeshArrays(corners, normals, colours, triangles)


def scene(revision: int = 1, n_movers: int = 3) -> Scene:
    label = Label("part", "pièce")
    movers = tuple(f"cell/mover_{number}" for number in range(n_movers))
    return Scene(
        name="cell",
        revision=revision,
        dt_s=DT_S,
        entities=(
            Entity("cell", label, "cell"),
            *(
                Entity(name, label, "part", "cell", cube().sha256(), mover=number)
                for number, name in enumerate(movers)
            ),
            Entity(
                "cell/lid",
                label,
                "part",
                mesh=cube().sha256(),
                carrier=movers[0],
                pose=(1.0, 2.0, 3.0, 1.0, 0.0, 0.0, 0.0),
            ),
        ),
        movers=movers,
        machines=("cell/lift",),
        joints=("a_1",),
        scalars=(Scalar("load", label, "N"),),
    )


def frame(number: int, revision: int = 1, n_movers: int = 3) -> StateFrame:
    rng = np.random.default_rng(number)
    orientation = rng.normal(size=(n_movers, 4))
    orientation /= np.linalg.norm(orientation, axis=1, keepdims=True)
    tick = number * TICKS_PER_FRAME
    return StateFrame(
        tick=tick,
        sim_time_s=tick * DT_S,
        scene_revision=revision,
        position_in_world_m=rng.normal(size=(n_movers, 3)),
        orientation_wxyz=orientation,
        visible=np.array([number % 2 == 0, *[True] * (n_movers - 1)]),
        joint_position=rng.normal(size=1),
        machine_state=np.array([6], np.uint8),
        machine_reason=np.array([0], np.uint8),
        scalar=np.array([np.nan]),
        scalar_provenance=Provenance(np.array([2], np.uint8), np.array([0.1])),
    )


def event(serial: int, tick: int) -> Event:
    arguments: dict[str, str | float] = {"force_n": 0.1 + 0.2, "body": "Zoé"}
    return Event(serial, tick, tick * DT_S, "AlarmRaised", "cell", "x", 2, arguments)


def assert_equal(found: StateFrame, due: StateFrame) -> None:
    for entry in dataclasses.fields(StateFrame):
        mine, other = getattr(found, entry.name), getattr(due, entry.name)
        if isinstance(mine, Provenance):
            np.testing.assert_array_equal(mine.quality, other.quality)
            np.testing.assert_array_equal(mine.source_time_s, other.source_time_s)
        else:
            np.testing.assert_array_equal(mine, other, strict=True)


def record(path: Path) -> None:
    with Recorder(
        path, scene(), {cube().sha256(): cube()}, metadata={"seed": "1"}
    ) as r:
        for number in range(N_FRAMES):
            r.add_frame(frame(number))
            if number % 100 == 50:
                r.add_events([event(number, number * TICKS_PER_FRAME)])


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recording") / "run.mcap"
    record(path)
    return path


@pytest.fixture
def recording(recorded: Path) -> Iterator[Recording]:
    with Recording(recorded) as opened:
        yield opened


def test_everything_comes_back(recording: Recording) -> None:
    assert recording.scenes == (scene(),)
    assert recording.metadata == {"seed": "1"}
    assert recording.n_frames == N_FRAMES
    assert recording.duration_s == pytest.approx(
        (N_FRAMES - 1) * TICKS_PER_FRAME * DT_S
    )
    assert list(recording.meshes) == [cube().sha256()]
    assert recording.meshes[cube().sha256()].sha256() == cube().sha256()
    assert recording.events() == [event(n, n * TICKS_PER_FRAME) for n in (50, 150, 250)]
    found = list(recording.frames())
    assert len(found) == N_FRAMES
    for number, back in enumerate(found):
        assert_equal(back, frame(number))


@pytest.mark.parametrize("number", [0, 1, 137, N_FRAMES - 1])
def test_any_time_can_be_sought(recording: Recording, number: int) -> None:
    at_s = number * TICKS_PER_FRAME * DT_S
    assert recording.frame_at(at_s).tick == number * TICKS_PER_FRAME
    later = recording.frame_at(at_s + 0.9 * TICKS_PER_FRAME * DT_S)
    assert later.tick == number * TICKS_PER_FRAME
    assert next(recording.frames(at_s)).tick == number * TICKS_PER_FRAME
    assert len(list(recording.frames(at_s))) == N_FRAMES - number


def test_times_outside_give_the_ends(recording: Recording) -> None:
    assert recording.frame_at(-5.0).tick == 0
    assert recording.frame_at(1e6).tick == (N_FRAMES - 1) * TICKS_PER_FRAME
    assert list(recording.frames(1e6)) == []


def test_events_of_a_while_exclude_its_end(recording: Recording) -> None:
    at_s = [number * TICKS_PER_FRAME * DT_S for number in (50, 150, 250)]
    assert [e.serial for e in recording.events(at_s[0], at_s[1])] == [50]
    assert [e.serial for e in recording.events(at_s[1])] == [150, 250]
    assert recording.events(at_s[0], at_s[0]) == []


def test_two_iterators_do_not_disturb_each_other(recording: Recording) -> None:
    first, second = recording.frames(), recording.frames(2.0)
    ticks = [(next(first).tick, next(second).tick) for _ in range(200)]
    assert [mine for mine, _ in ticks] == [n * TICKS_PER_FRAME for n in range(200)]
    assert [other for _, other in ticks] == [
        (n + 60) * TICKS_PER_FRAME for n in range(200)
    ]


def test_equal_runs_give_equal_bytes(recorded: Path, tmp_path: Path) -> None:
    record(tmp_path / "again.mcap")
    assert (tmp_path / "again.mcap").read_bytes() == recorded.read_bytes()


def test_scene_may_change(tmp_path: Path) -> None:
    path = tmp_path / "run.mcap"
    meshes = {cube().sha256(): cube()}
    with Recorder(path, scene(), meshes) as recorder:
        recorder.add_frame(frame(0))
        recorder.add_scene(scene(2, n_movers=4), meshes)
        recorder.add_frame(frame(1, 2, n_movers=4))
    with Recording(path) as recording:
        first, second = recording.frames()
        assert recording.scene_of(first) == scene()
        assert recording.scene_of(second) == scene(2, n_movers=4)


def test_file_appears_only_when_closed(tmp_path: Path) -> None:
    path = tmp_path / "run.mcap"
    recorder = Recorder(path, scene(), {cube().sha256(): cube()})
    recorder.add_frame(frame(0))
    assert not path.exists()
    recorder.close()
    recorder.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.mcap"]


def test_failed_run_leaves_nothing_and_harms_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.mcap"
    path.write_bytes(b"an older recording")

    def fail() -> None:
        with Recorder(path, scene(), {cube().sha256(): cube()}) as recorder:
            recorder.add_frame(frame(0))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.mcap"]
    assert path.read_bytes() == b"an older recording"


def test_missing_mesh_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"no mesh .* for 'cell/mover_0'"):
        Recorder(tmp_path / "run.mcap", scene(), {})
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"run\.mcap: cannot be written"):
        Recorder(tmp_path / "none" / "run.mcap", scene(), {})


def test_wrong_frames_and_events_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.mcap"
    with Recorder(path, scene(), {cube().sha256(): cube()}) as recorder:
        recorder.add_frame(frame(5))
        with pytest.raises(RecordingError, match="start a new recording"):
            recorder.add_frame(frame(4))
        with pytest.raises(RecordingError, match="scene revision 2 where 1"):
            recorder.add_frame(frame(6, revision=2))
        bad = msgspec.structs.replace(event(1, 0), arguments={"force_n": float("nan")})
        with pytest.raises(RecordingError, match="force_n is nan"):
            recorder.add_events([bad])
    with Recording(path) as recording:
        assert [found.tick for found in recording.frames()] == [40]


def read_through(path: Path) -> None:
    with Recording(path) as recording:
        list(recording.frames())
        recording.events()
        dict(recording.meshes)
        recording.frame_at(1.0)


@pytest.mark.parametrize(
    "content", [b"", b"GLTF" * 100, b"\x89MCAP0\r\n", b"\x89MCAP0\r\n" * 40]
)
def test_other_files_are_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.mcap"
    path.write_bytes(content)
    with pytest.raises(RecordingError) as caught:
        Recording(path)
    assert str(caught.value).startswith(f"{path}: is damaged or cut short")
    assert "\n" not in str(caught.value)


def test_absent_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"no\.mcap: cannot be read"):
        Recording(tmp_path / "no.mcap")


@given(share=st.floats(0.0, 1.0, exclude_max=True))
def test_any_cut_is_a_recording_error(
    recorded: Path, tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    content = recorded.read_bytes()
    path = tmp_path_factory.getbasetemp() / "cut.mcap"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(RecordingError):
        read_through(path)


@given(share=st.floats(0.0, 1.0, exclude_max=True), flip=st.integers(1, 255))
def test_any_changed_byte_is_a_recording_error_or_harmless(
    recorded: Path, tmp_path_factory: pytest.TempPathFactory, share: float, flip: int
) -> None:
    content = bytearray(recorded.read_bytes())
    content[int(share * len(content))] ^= flip
    path = tmp_path_factory.getbasetemp() / "changed.mcap"
    path.write_bytes(content)
    try:
        read_through(path)
    except RecordingError:
        return


def messages(path: Path, topic: str) -> list[tuple[str, int, bytes]]:
    with path.open("rb") as stream:
        return [
            (schema.name if schema else "", message.log_time, message.data)
            for schema, _, message in make_reader(stream).iter_messages([topic])
        ]


def test_foxglove_channels_are_there(recorded: Path) -> None:
    transforms = messages(recorded, "/tf")
    assert {name for name, _, _ in transforms} == {"foxglove.FrameTransforms"}
    assert len(transforms) == pytest.approx(N_FRAMES / 30 * 10, rel=0.3)
    ((name, at_ns, update),) = messages(recorded, "/scene")
    assert (name, at_ns) == ("foxglove.SceneUpdate", 0)
    assert update.count(b"glTF") == 4
    assert b"cell/lid" in update
    events = messages(recorded, "/events")
    assert [json.loads(data)["serial"] for _, _, data in events] == [50, 150, 250]


@given(
    number=st.integers(0, 1000),
    log_time_ns=st.sampled_from([0, 1, 10**9, 127 * 10**9, 128 * 10**9, 10**15 + 7]),
)
def test_transforms_equal_the_sdks(number: int, log_time_ns: int) -> None:
    given_frame = dataclasses.replace(frame(number), visible=np.ones(3, np.bool_))
    names = ["a", "b" * 60, "é" * 100]
    due = FrameTransforms(
        transforms=[
            FrameTransform(
                timestamp=timestamp(log_time_ns),
                parent_frame_id="world",
                child_frame_id=name,
                translation=Vector3(x=x, y=y, z=z),
                rotation=Quaternion(x=qx, y=qy, z=qz, w=qw),
            )
            for name, (x, y, z), (qw, qx, qy, qz) in zip(
                names,
                given_frame.position_in_world_m.tolist(),
                given_frame.orientation_wxyz.tolist(),
                strict=True,
            )
        ]
    ).encode()
    assert TransformsEncoder(names).encode(given_frame, log_time_ns) == due


def test_hidden_movers_are_out_of_sight() -> None:
    encoder = TransformsEncoder(scene().movers)
    far = struct.pack("<d", -10_000.0)
    assert encoder.encode(frame(1), 0).count(far) == 1
    assert encoder.encode(frame(2), 0).count(far) == 0


def test_entities_stand_in_the_frame_of_their_mover() -> None:
    places = frames_of(scene())
    frame_id, frame_from_lid = places["cell/lid"]
    assert frame_id == "cell/mover_0"
    np.testing.assert_array_equal(frame_from_lid[:3, 3], [1.0, 2.0, 3.0])
    assert places["cell"][0] == "world"
    assert places["cell/mover_2"][0] == "cell/mover_2"


def test_glb_holds_the_mesh_y_up() -> None:
    glb = glb_of(cube())
    magic, version, length = struct.unpack_from("<4sII", glb)
    assert (magic, version, length) == (b"glTF", 2, len(glb))
    (text_bytes,) = struct.unpack_from("<I", glb, 12)
    document = json.loads(glb[20 : 20 + text_bytes])
    binary = glb[20 + text_bytes + 8 :]
    accessors, views = document["accessors"], document["bufferViews"]
    assert [accessor["count"] for accessor in accessors] == [8, 8, 8, 6]
    assert accessors[0]["min"] == [-1.0, 0.0, -2.0]
    assert accessors[0]["max"] == [1.0, 3.0, 2.0]
    start = views[0]["byteOffset"]
    found = np.frombuffer(binary[start : start + views[0]["byteLength"]], "<f4")
    x, y, z = cube().positions_m.T
    np.testing.assert_array_equal(found.reshape(-1, 3), np.column_stack([x, z, -y]))
    start = views[2]["byteOffset"]
    colours = np.frombuffer(binary[start : start + views[2]["byteLength"]], "<u2")
    np.testing.assert_array_equal(colours.reshape(-1, 4)[:, 1], 65535)
    # sRGB 30/255 is 0.01298 of full light (IEC 61966-2-1).
    assert colours.reshape(-1, 4)[1, 0] / 65535 == pytest.approx(0.01298, abs=1e-5)
    assert document["materials"][0]["alphaMode"] == "OPAQUE"
