"""Binary glTF files, every length and index looked at before it is believed.

Source:
    Khronos glTF 2.0 specification, 3 (concepts) and 4 (GLB file format),
    https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.errors import LayoutError
from twin.layout.meshes import Surface, checked_surface, merged, shaded
from twin.state import MeshArrays
from twin.transforms import Matrix, transform

MAX_BYTES = 512 * 1024 * 1024
"""A single asset above this is a mistake: half a gigabyte is 10 million triangles."""

_MAGIC = b"glTF"
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_COMPONENTS = {5121: "<u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_TRIANGLES, _STRIP, _FAN = 4, 5, 6


class _Accessor(msgspec.Struct, rename="camel"):
    component_type: int
    count: int
    type: str
    buffer_view: int | None = None
    byte_offset: int = 0
    normalized: bool = False
    sparse: msgspec.Raw = msgspec.Raw()


class _BufferView(msgspec.Struct, rename="camel"):
    buffer: int
    byte_length: int
    byte_offset: int = 0
    byte_stride: int = 0


class _Buffer(msgspec.Struct, rename="camel"):
    byte_length: int
    uri: str | None = None


class _Primitive(msgspec.Struct, rename="camel"):
    attributes: dict[str, int]
    indices: int | None = None
    material: int | None = None
    mode: int = _TRIANGLES


class _Mesh(msgspec.Struct):
    primitives: list[_Primitive]


class _Pbr(msgspec.Struct, rename="camel", frozen=True):
    base_color_factor: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)


class _Material(msgspec.Struct, rename="camel"):
    pbr_metallic_roughness: _Pbr = _Pbr()
    alpha_mode: str = "OPAQUE"


class _Node(msgspec.Struct):
    name: str = ""
    children: list[int] = []
    mesh: int | None = None
    matrix: list[float] | None = None
    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    extras: msgspec.Raw = msgspec.Raw()


class _Scene(msgspec.Struct):
    nodes: list[int] = []


class _Gltf(msgspec.Struct, rename="camel"):
    nodes: list[_Node] = []
    meshes: list[_Mesh] = []
    materials: list[_Material] = []
    accessors: list[_Accessor] = []
    buffer_views: list[_BufferView] = []
    buffers: list[_Buffer] = []
    scenes: list[_Scene] = []
    scene: int = 0
    extensions_required: list[str] = []


@dataclass(frozen=True, slots=True)
class GlbNode:
    """A node as the file has it.

    Attributes:
        name: As given, or ""; not necessarily unique.
        parent: Index in the list, or -1.
        parent_from_node: (4, 4); may scale in foreign files.
        mesh: Its triangles in its own frame, or None.
        extras: The JSON text of its extras, or b"".
    """

    name: str
    parent: int
    parent_from_node: Matrix
    mesh: MeshArrays | None
    extras: bytes


def read_glb(where: str, content: bytes) -> tuple[GlbNode, ...]:
    """Return the nodes of the file's scene, parents before children.

    Args:
        where: What to call the file in errors.
        content: The whole file.

    Raises:
        LayoutError: If anything in the file cannot be believed.
    """
    return _Reader(where, *_chunks(where, content)).nodes()


def _chunks(where: str, content: bytes) -> tuple[bytes, bytes]:
    if len(content) > MAX_BYTES:
        raise LayoutError(
            f"{where}: {len(content)} bytes exceeds {MAX_BYTES}; simplify the model"
        )
    if content[:4] != _MAGIC or len(content) < 20:
        kind = "a web page" if content.lstrip()[:1] == b"<" else "no GLB"
        raise LayoutError(f"{where}: {kind}, begins {content[:4]!r}; give a GLB file")
    version, length = struct.unpack_from("<II", content, 4)
    if version != 2:
        raise LayoutError(f"{where}: GLB version {version}; export as glTF 2.0")
    if length != len(content):
        raise LayoutError(
            f"{where}: says {length} bytes, has {len(content)}; the file is cut short"
        )
    json_text, binary, at = b"", b"", 12
    while at < length:
        if at + 8 > length:
            raise LayoutError(f"{where}: ends inside a chunk; the file is cut short")
        size, kind_number = struct.unpack_from("<II", content, at)
        if at + 8 + size > length:
            raise LayoutError(
                f"{where}: a chunk of {size} bytes runs past the end; "
                "the file is cut short"
            )
        body = content[at + 8 : at + 8 + size]
        if kind_number == _JSON and not json_text:
            json_text = body
        elif kind_number == _BIN and not binary:
            binary = body
        at += 8 + size
    return json_text, binary


class _Reader:
    """Turns one file's tables into nodes."""

    def __init__(self, where: str, json_text: bytes, binary: bytes) -> None:
        self.where = where
        self.binary = binary
        try:
            self.gltf = msgspec.json.decode(json_text, type=_Gltf)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise LayoutError(
                f"{where}: glTF text: {error}; export it again"
            ) from error
        if self.gltf.extensions_required:
            raise LayoutError(
                f"{where}: needs {', '.join(self.gltf.extensions_required)}; "
                "export it without compression or extensions"
            )
        if any(buffer.uri is not None for buffer in self.gltf.buffers):
            raise LayoutError(f"{where}: data in other files; export as one GLB")

    def _bad(self, found: str) -> LayoutError:
        return LayoutError(f"{self.where}: {found}; export it again")

    def nodes(self) -> tuple[GlbNode, ...]:
        gltf = self.gltf
        if gltf.scenes:
            if not 0 <= gltf.scene < len(gltf.scenes):
                raise self._bad(f"scene {gltf.scene} of {len(gltf.scenes)}")
            roots = gltf.scenes[gltf.scene].nodes
        else:
            children = {child for node in gltf.nodes for child in node.children}
            roots = [n for n in range(len(gltf.nodes)) if n not in children]
        found: list[GlbNode] = []
        seen: set[int] = set()
        waiting = [(root, -1) for root in reversed(roots)]
        while waiting:
            number, parent = waiting.pop()
            if not 0 <= number < len(gltf.nodes):
                raise self._bad(f"node {number} of {len(gltf.nodes)}")
            if number in seen:
                raise self._bad(f"node {number} has two parents or is its own")
            seen.add(number)
            node = gltf.nodes[number]
            place = len(found)
            found.append(
                GlbNode(
                    name=node.name,
                    parent=parent,
                    parent_from_node=self._pose(number, node),
                    mesh=None if node.mesh is None else self._mesh(node.mesh),
                    extras=bytes(node.extras),
                )
            )
            waiting.extend((child, place) for child in reversed(node.children))
        return tuple(found)

    def _pose(self, number: int, node: _Node) -> Matrix:
        if node.matrix is not None:
            if len(node.matrix) != 16:
                raise self._bad(f"node {number}: matrix of {len(node.matrix)} numbers")
            matrix = np.array(node.matrix, dtype=np.float64).reshape(4, 4).T
        else:
            x, y, z, w = node.rotation
            if not np.linalg.norm(node.rotation) > 0.0:
                raise self._bad(f"node {number}: rotation of no length")
            matrix = transform(node.translation, (w, x, y, z))
            matrix[:3, :3] *= np.array(node.scale)
        if not np.isfinite(matrix).all():
            raise self._bad(f"node {number}: its pose is not finite")
        return matrix

    def _mesh(self, number: int) -> MeshArrays | None:
        if not 0 <= number < len(self.gltf.meshes):
            raise self._bad(f"mesh {number} of {len(self.gltf.meshes)}")
        pieces = [
            self._primitive(f"mesh {number}", primitive)
            for primitive in self.gltf.meshes[number].primitives
            if primitive.mode in (_TRIANGLES, _STRIP, _FAN)
        ]
        return merged(pieces) if pieces else None

    def _primitive(self, name: str, primitive: _Primitive) -> MeshArrays:
        if "POSITION" not in primitive.attributes:
            raise self._bad(f"{name}: no POSITION")
        positions = self._floats(primitive.attributes["POSITION"])
        corners = (
            np.arange(len(positions), dtype=np.int64)
            if primitive.indices is None
            else self._indices(primitive.indices)
        )
        surface = checked_surface(
            f"{self.where}: {name}",
            Surface(
                positions.astype(np.float64),
                self._triangles(name, corners, primitive.mode),
                self._rgba(primitive.material),
            ),
        )
        if "NORMAL" not in primitive.attributes:
            return shaded(surface)
        normals = self._floats(primitive.attributes["NORMAL"])
        if normals.shape != positions.shape:
            raise self._bad(
                f"{name}: {len(normals)} normals for {len(positions)} vertices"
            )
        lengths = np.linalg.norm(normals, axis=1, keepdims=True)
        if not (np.isfinite(normals).all() and (lengths > 0.0).all()):
            return shaded(surface)
        return MeshArrays(
            positions_m=positions,
            normals=(normals / lengths).astype(np.float32),
            colours=np.tile(np.array(surface.rgba, np.uint8), (len(positions), 1)),
            triangles=surface.triangles.astype(np.uint32),
        )

    def _triangles(
        self, name: str, corners: NDArray[np.int64], mode: int
    ) -> NDArray[np.int64]:
        if mode == _TRIANGLES:
            if len(corners) % 3:
                raise self._bad(f"{name}: {len(corners)} corners are no triangles")
            return corners.reshape(-1, 3)
        if len(corners) < 3:
            raise self._bad(f"{name}: {len(corners)} corners are no triangles")
        if mode == _FAN:
            hub = np.full(len(corners) - 2, corners[0])
            return np.column_stack([hub, corners[1:-1], corners[2:]])
        strip = np.column_stack([corners[:-2], corners[1:-1], corners[2:]])
        strip[1::2] = strip[1::2, [1, 0, 2]]
        return strip

    def _rgba(self, material: int | None) -> tuple[int, int, int, int]:
        if material is None:
            return (204, 204, 204, 255)
        if not 0 <= material < len(self.gltf.materials):
            raise self._bad(f"material {material} of {len(self.gltf.materials)}")
        stated = self.gltf.materials[material]
        factor = np.array(stated.pbr_metallic_roughness.base_color_factor)
        red, green, blue = srgb_bytes_from_linear(factor[:3])
        blends = stated.alpha_mode == "BLEND"
        alpha = round(255 * float(np.clip(factor[3], 0.0, 1.0))) if blends else 255
        return (red, green, blue, alpha)

    def _floats(self, number: int) -> NDArray[np.float32]:
        values = self._accessor(number)
        if values.dtype != np.dtype("<f4") or values.shape[1:] != (3,):
            raise LayoutError(
                f"{self.where}: accessor {number}: quantised or no triples; "
                "export it without quantisation"
            )
        return values.astype(np.float32)

    def _indices(self, number: int) -> NDArray[np.int64]:
        values = self._accessor(number)
        if values.dtype.kind != "u" or values.shape[1:] != (1,):
            raise self._bad(f"accessor {number}: no vertex numbers")
        return values.reshape(-1).astype(np.int64)

    def _accessor(self, number: int) -> NDArray[np.generic]:
        """Return an accessor's values, (count, width), copied out of the file."""
        gltf = self.gltf
        if not 0 <= number < len(gltf.accessors):
            raise self._bad(f"accessor {number} of {len(gltf.accessors)}")
        accessor = gltf.accessors[number]
        name = f"accessor {number}"
        if bytes(accessor.sparse) or accessor.buffer_view is None:
            raise LayoutError(
                f"{self.where}: {name} is sparse; export it without sparse accessors"
            )
        if accessor.component_type not in _COMPONENTS or accessor.type not in _WIDTHS:
            raise self._bad(
                f"{name}: {accessor.type} of component {accessor.component_type}"
            )
        if not 0 <= accessor.buffer_view < len(gltf.buffer_views):
            raise self._bad(f"{name}: buffer view {accessor.buffer_view}")
        view = gltf.buffer_views[accessor.buffer_view]
        dtype = np.dtype(_COMPONENTS[accessor.component_type])
        width = _WIDTHS[accessor.type]
        item = dtype.itemsize * width
        stride = view.byte_stride or item
        lengths: Sequence[int] = (
            accessor.count - 1,
            accessor.byte_offset,
            view.byte_offset,
            view.byte_length,
            stride - item,
        )
        if view.buffer != 0 or min(lengths) < 0:
            raise self._bad(f"{name}: a length below 0 or a second buffer")
        needed = accessor.byte_offset + stride * (accessor.count - 1) + item
        end = view.byte_offset + view.byte_length
        if needed > view.byte_length or end > len(self.binary):
            raise self._bad(
                f"{name}: {accessor.count} items need {needed} bytes of "
                f"{view.byte_length} in a file part of {len(self.binary)}"
            )
        window = np.frombuffer(
            self.binary,
            np.uint8,
            needed - accessor.byte_offset,
            view.byte_offset + accessor.byte_offset,
        )
        rows = np.lib.stride_tricks.as_strided(
            window, (accessor.count, item), (stride, 1), writeable=False
        )
        return np.ascontiguousarray(rows).view(dtype)


def srgb_bytes_from_linear(linear: NDArray[np.float64]) -> tuple[int, int, int]:
    """Return linear light, 0 to 1, as sRGB bytes.

    Source:
        IEC 61966-2-1:1999, the sRGB transfer function.
    """
    light = np.clip(linear, 0.0, 1.0)
    encoded = np.where(
        light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055
    )
    red, green, blue = np.round(255 * encoded).astype(int).tolist()
    return (red, green, blue)


def read_glb_file(path: Path) -> tuple[GlbNode, ...]:
    """Return the nodes of a GLB file; see ``read_glb``."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LayoutError(f"{path}: cannot be read; give a GLB file") from error
    return read_glb(str(path), content)
