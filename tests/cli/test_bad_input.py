"""Bad input: exit code 2, one line on stderr, nothing on stdout, no file left."""

from __future__ import annotations

import json
import re
import socket
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Flins = Callable[..., "subprocess.CompletedProcess[str]"]


def complaint(result: subprocess.CompletedProcess[str]) -> str:
    """Return the one line, having made sure that it is all there is."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("flins: ")
    return lines[0].removeprefix("flins: ")


# The command line ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], "Missing command; see "),
        (["frob"], "No such command 'frob'; see "),
        (["--frob"], "No such option: --frob; see "),
        (["run"], "Missing argument 'SCENARIO'; see "),
        (["run", "x.yaml", "--frob"], "No such option: --frob; see "),
        (
            ["run", "x.yaml", "y.yaml"],
            "Got unexpected extra argument(s) (y.yaml); see ",
        ),
        (["run", "x.yaml", "--seed"], "Option '--seed' requires an argument; see "),
        (["run", "x.yaml", "--seed", "-1"], "Invalid value for '--seed': Input should"),
        (["run", "x.yaml", "--seed", "4294967296"], "Invalid value for '--seed': "),
        (["run", "x.yaml", "--seed", "one"], "Invalid value for '--seed': "),
        (["run", "x.yaml", "--lang", "de"], "Invalid value for '--lang': 'de' is not "),
        (
            ["run", "x.yaml", "--engine", "warp"],
            "Invalid value for '--engine': 'warp' ",
        ),
        (["bench", "weather"], "Invalid value for 'what': 'weather' is not one of "),
        (["serve", "x.yaml", "--port", "70000"], "Invalid value for '--port': "),
        (["serve", "x.yaml", "--speed", "nan"], "Invalid value for '--speed': "),
        (["render", "x.yaml"], "Missing option '-o'; see "),
        (
            ["run", "x.yaml", "--until", "soon"],
            "--until: got 'soon'; write a time such",
        ),
        (
            ["run", "x.yaml", "--until", "10"],
            "--until: got '10'; write a time such as ",
        ),
        (
            ["run", "x.yaml", "--until", "-5 s"],
            "--until: got '-5 s'; give a time from 0",
        ),
        (["run", "x.yaml", "--until", "1e50 s"], "--until: got '1e50 s'; give a time "),
        (["run", "x.yaml", "--until", "00:61:00"], "--until: got '00:61:00'; write a "),
        (
            ["render", "x.yaml", "-o", "x.png", "--at", "1:2"],
            "--at: got '1:2'; write a ",
        ),
        (
            ["render", "x.yaml", "-o", "x.png", "--size", "big"],
            "--size: got 'big'; write",
        ),
        (
            ["render", "x.yaml", "-o", "x.png", "--size", "9x9"],
            "--size: got '9x9'; write",
        ),
        (
            ["render", "x.yaml", "-o", "x.png", "--size", "99999x720"],
            "--size: 99999x720 ",
        ),
        (
            ["render", "x.yaml", "-o", "x.gif"],
            "-o: got 'x.gif'; name a .png file or add",
        ),
        (
            ["render", "x.yaml", "-o", "x.png", "--for", "1s"],
            "-o: got 'x.png'; name a ",
        ),
        (
            ["render", "x.yaml", "-o", "x.mp4", "--for", "1s", "--size", "640x361"],
            "--size: got 640x361; a film needs even numbers of pixels",
        ),
        (
            ["run", "x.yaml", "--record", "x.json"],
            "--record: got 'x.json'; name an .mcap file",
        ),
        (["replay", "x.txt"], "x.txt: not an .mcap file; give a recording"),
        (["run", "none.yaml"], "none.yaml: no such file; give the path of a scenario"),
        (["run", "."], ".: cannot be read ("),
        (["render", "none.yaml", "-o", "x.png"], "none.yaml: no such file; give the "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_command_is_refused(
    flins: Flins, tmp_path: Path, arguments: list[str], found: str
) -> None:
    assert complaint(flins(*arguments, cwd=tmp_path)).startswith(found)
    assert list(tmp_path.iterdir()) == []


# The scenario and its files ---------------------------------------------------------


def spoilt_mesh(content: bytes) -> bytes:
    """Return a GLB whose first vertex is not a number."""
    (length,) = struct.unpack_from("<I", content, 12)
    gltf = json.loads(content[20 : 20 + length])
    place = gltf["meshes"][0]["primitives"][0]["attributes"]["POSITION"]
    accessor = gltf["accessors"][place]
    view = gltf["bufferViews"][accessor["bufferView"]]
    begin = 28 + length + view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    spoilt = bytearray(content)
    struct.pack_into("<f", spoilt, begin, float("nan"))
    return bytes(spoilt)


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory: pytest.TempPathFactory, root_folder: Path) -> Path:
    """A folder of meshes and robots with one thing wrong in each."""
    folder = tmp_path_factory.mktemp("bad_files")
    sound = (root_folder / "assets" / "glb" / "fence.glb").read_bytes()
    (folder / "short.glb").write_bytes(sound[:2000])
    (folder / "nan.glb").write_bytes(spoilt_mesh(sound))
    (folder / "empty.glb").write_bytes(b"")
    (folder / "lost.urdf").write_text(
        '<robot name="a"><link name="base"><visual><geometry>'
        '<mesh filename="package://nobody/base.stl"/>'
        "</geometry></visual></link></robot>",
        "utf-8",
    )
    return folder


SPOILT = [
    ("seed: 1\n", "sead: 1\n", "cell.yaml:8: sead: unknown key 'sead'; remove it or"),
    (
        "    slack: 15 mm",
        "    slack: 15",
        "got 15 without a unit; write such as '250 mm'",
    ),
    (
        "barrier: entry_barrier",
        "barrier: gate",
        "no equipment 'gate'; known: cabinet, ",
    ),
    ("name: battery_cell", "name: [", "; mend the YAML"),
    (
        "asset: fence",
        "asset: fense",
        "asset 'fense': unknown; available: accumulation_conveyor, ",
    ),
    ("asset: fence", "asset: none.glb", "none.glb: cannot be read; give a mesh file"),
    ("asset: fence", "asset: short.glb", " bytes, has 2000; the file is cut short"),
    ("asset: fence", "asset: empty.glb", "empty.glb: "),
    ("asset: fence", "asset: nan.glb", "nan.glb: mesh 0: vertex 0 is not a finite num"),
    ("asset: fence", "asset: ../x.glb", "../x.glb: lies outside "),
    ("asset: kuka_kr210_l150", "asset: lost.urdf", "lost.urdf:1: package 'nobody' of "),
    ("engine: physics", "engine: flow", "engine flow needs it; give one, or run flins"),
    (
        "mass: {value: 1502 kg",
        "mass: {value: 1500 kg",
        "products.hatchback_ev.mass: 1500",
    ),
]


@pytest.mark.parametrize(("old", "new", "found"), SPOILT, ids=[s[1] for s in SPOILT])
def test_a_spoilt_scenario_is_refused_and_leaves_nothing(
    flins: Flins, cell: Path, bad_files: Path, old: str, new: str, found: str
) -> None:
    text = cell.read_text("utf-8")
    assert old in text
    path = bad_files / "cell.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    before = sorted(bad_files.iterdir())
    result = flins(
        *("run", str(path), "--until", "0.1s", "--json", "--record", "o.mcap"),
        cwd=bad_files,
    )
    assert found in complaint(result)
    assert sorted(bad_files.iterdir()) == before


@pytest.mark.slow
def test_a_fastener_out_of_reach_is_named(
    flins: Flins, cell: Path, tmp_path: Path
) -> None:
    """The robot 1.4 m away from where it should stand."""
    near = "place: {x: 0.2 m, y: -2.4 m, yaw: 90 deg}"
    text = cell.read_text("utf-8")
    assert near in text
    path = tmp_path / "far.yaml"
    path.write_text(text.replace(near, near.replace("-2.4", "-3.8")), "utf-8")
    line = complaint(flins("run", str(path), "--json"))
    where = "stations.battery_removal.operations.unscrew: bolt_"
    assert re.match(rf"{re.escape(str(path))}:\d+: {re.escape(where)}", line), line
    assert "no IK branch reaches" in line
    assert "move the robot nearer" in line
    assert "(robot 'robot')" in line


@pytest.mark.slow
def test_a_camera_that_does_not_exist_is_refused_before_anything_runs(
    flins: Flins, cell: Path, tmp_path: Path
) -> None:
    """Six hours of physics would not end within this test's patience."""
    picture = tmp_path / "x.png"
    result = flins(
        *("render", str(cell), "--at", "06:00:00", "--camera", "nope"),
        *("-o", str(picture)),
    )
    line = complaint(result)
    assert line.startswith("--camera: no camera 'nope'; known: overview, ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["folder.mcap", "file/o.mcap", "file/deep/o.mcap"])
def test_a_recording_that_cannot_be_written_is_refused(
    flins: Flins, cell: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "folder.mcap").mkdir()
    (tmp_path / "file").write_text("", "utf-8")
    result = flins(
        "run", str(cell), "--until", "0.1s", "--json", "--record", str(tmp_path / place)
    )
    assert str(tmp_path / place.partition("/")[0]) in complaint(result)
    left = sorted(one.name for one in tmp_path.rglob("*"))
    assert left == ["file", "folder.mcap"]


@pytest.mark.slow
def test_a_picture_that_cannot_be_written_is_refused(
    flins: Flins, cell: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    picture = tmp_path / "file" / "x.png"
    line = complaint(flins("render", str(cell), "-o", str(picture), "--size", "64x64"))
    assert str(tmp_path / "file") in line


# Servers ----------------------------------------------------------------------------


def test_a_port_in_use_is_refused(flins: Flins, cell: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = complaint(flins("serve", str(cell), "--port", str(port)))
    assert line.startswith(f"server: port {port} at 127.0.0.1 cannot be had: ")
    assert line.endswith("; give another --port, or 0 for any that is free")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "flins.example"])
def test_an_address_that_others_reach_is_refused(
    flins: Flins, cell: Path, host: str
) -> None:
    assert "give 127.0.0.1" in complaint(flins("serve", str(cell), "--host", host))


@pytest.mark.parametrize("verb", ["serve", "view"])
def test_a_scenario_that_is_not_there_is_not_served(flins: Flins, verb: str) -> None:
    line = complaint(flins(verb, "none.yaml"))
    assert line == "none.yaml: no such file; give the path of a scenario"


def test_a_recording_that_is_not_there_is_not_played(flins: Flins) -> None:
    line = complaint(flins("replay", "none.mcap", "--port", "0"))
    assert line.startswith("none.mcap: cannot be read: No such file or directory; ")
