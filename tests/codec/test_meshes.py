from __future__ import annotations

import dataclasses
import hashlib
import struct

import numpy as np
import pytest
import specimens
from hypothesis import given
from hypothesis import strategies as st

from twin import codec
from twin.codec.envelope import HEADER, seal
from twin.errors import CodecError
from twin.state import MeshArrays


def arrived(message: bytes) -> codec.Mesh:
    (received,) = codec.Decoder().feed(message)
    assert isinstance(received.content, codec.Mesh)
    return received.content


@given(
    seed=st.integers(0, 1000),
    n_vertices=st.integers(1, 60),
    size_m=st.sampled_from([0.01, 1.0, 13.0, 14.0, 400.0]),
)
def test_compact_mesh_arrives_within_the_stated_errors(
    seed: int, n_vertices: int, size_m: float
) -> None:
    mesh = specimens.mesh(seed, n_vertices, size_m)
    found = arrived(codec.encode_mesh(mesh))
    assert found.sha256 == mesh.sha256()
    off_m = np.abs(found.arrays.positions_m - mesh.positions_m).max()
    assert off_m <= min(size_m / 65535 / 2, 1e-4) + 2e-6
    chord = np.linalg.norm(found.arrays.normals - mesh.normals, axis=1).max()
    assert np.degrees(chord) <= 0.01
    np.testing.assert_array_equal(found.arrays.colours, mesh.colours)
    np.testing.assert_array_equal(found.arrays.triangles, mesh.triangles)


def test_large_mesh_keeps_float_positions() -> None:
    mesh = specimens.mesh(size_m=500.0)
    found = arrived(codec.encode_mesh(mesh))
    np.testing.assert_array_equal(found.arrays.positions_m, mesh.positions_m)


def test_normals_along_every_axis_and_diagonal_survive() -> None:
    axes = np.array(np.meshgrid(*[[-1, 0, 1]] * 3)).reshape(3, -1).T
    axes = axes[np.abs(axes).sum(axis=1) > 0].astype(np.float64)
    normals = (axes / np.linalg.norm(axes, axis=1, keepdims=True)).astype(np.float32)
    mesh = MeshArrays(
        normals.copy(),
        normals,
        np.zeros((len(normals), 4), np.uint8),
        np.zeros((0, 3), np.uint32),
    )
    found = arrived(codec.encode_mesh(mesh))
    np.testing.assert_allclose(found.arrays.normals, normals, atol=1e-4)


def test_exact_mesh_arrives_to_the_last_bit() -> None:
    mesh = specimens.mesh()
    found = arrived(codec.encode_mesh(mesh, exact=True))
    assert found.arrays.sha256() == found.sha256 == mesh.sha256()


def test_many_vertices_widen_the_indices() -> None:
    mesh = specimens.mesh(n_vertices=70_000)
    found = arrived(codec.encode_mesh(mesh))
    np.testing.assert_array_equal(found.arrays.triangles, mesh.triangles)


def test_mesh_without_vertices_arrives() -> None:
    empty = specimens.mesh(n_vertices=1)
    empty = MeshArrays(
        empty.positions_m[:0],
        empty.normals[:0],
        empty.colours[:0],
        np.zeros((0, 3), np.uint32),
    )
    assert len(arrived(codec.encode_mesh(empty)).arrays.positions_m) == 0


def test_compact_is_half_of_exact() -> None:
    mesh = specimens.mesh(n_vertices=1000)
    compact, exact = codec.encode_mesh(mesh), codec.encode_mesh(mesh, exact=True)
    assert len(exact) - len(compact) == 1000 * (3 * 2 + 2 * 4)


@pytest.mark.parametrize("place", [-1, 28 + 40, 28 + 64, 28 + 100])
def test_a_changed_byte_is_noticed(place: int) -> None:
    message = bytearray(codec.encode_mesh(specimens.mesh()))
    message[place] ^= 1
    with pytest.raises(CodecError, match="is damaged"):
        codec.Decoder().feed(bytes(message))


def test_a_wrong_name_is_noticed_if_exact() -> None:
    message = bytearray(codec.encode_mesh(specimens.mesh(), exact=True))
    message[28] ^= 1
    with pytest.raises(CodecError, match="not what its name says"):
        codec.Decoder().feed(bytes(message))


def test_a_grid_beyond_float32_is_refused() -> None:
    body = codec.encode_mesh(specimens.mesh())[HEADER.size :]
    name, rest = body[:32], bytearray(body[64:])
    struct.pack_into("<d", rest, 9, 1e300)
    forged = name + hashlib.sha256(rest).digest() + rest
    with pytest.raises(CodecError, match="not finite"):
        codec.Decoder().feed(seal(codec.Kind.MESH, forged))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("positions_m", np.full((40, 3), np.nan, np.float32), "not finite"),
        ("normals", np.zeros((40, 3), np.float32), "no length"),
        ("triangles", np.full((1, 3), 40, np.uint32), "beyond 40"),
    ],
)
def test_unusable_mesh_is_refused(
    field: str, value: np.ndarray[tuple[int, ...], np.dtype[np.generic]], said: str
) -> None:
    broken = dataclasses.replace(specimens.mesh(), **{field: value})  # type: ignore[arg-type]
    with pytest.raises(CodecError, match=said):
        codec.encode_mesh(broken)
