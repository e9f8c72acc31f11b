"""Which things bear a label, where it points, and where it goes without overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.state import MachineState, Quality, Scene, StateFrame
from twin.text import Language
from twin.transforms import transform_points
from viewer.batch import Batch, world_from_slot
from viewer.orbit import View

LABELLED_KINDS = frozenset({"car", "pack", "worker", "rack"})
"""Kinds without a machine state that still bear their name."""

NAMED_WHEN_IDLE = frozenset({"robot", "lift"})
"""Machines that bear their name even with nothing to say: what a stranger looks
for first. The others speak up when they work, wait or fail."""

_RISE_PX = 26
_STEP_PX = 6
_GAP_PX = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing with a label at this moment.

    Attributes:
        entity: Index in the Scene.
        text: Its name.
        state: Machine state, or None if it has none.
        reason: Why it does not execute.
        quality: How far its state and pose can be trusted.
        point_in_world_m: What the label points at.
    """

    entity: int
    text: str
    state: int | None
    reason: int
    quality: int
    point_in_world_m: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Part of a picture, px, y down."""

    left: int
    top: int
    width: int
    height: int

    def overlaps(self, other: Rectangle, gap_px: int = 0) -> bool:
        """Return whether the two come closer than ``gap_px``."""
        return (
            self.left < other.left + other.width + gap_px
            and other.left < self.left + self.width + gap_px
            and self.top < other.top + other.height + gap_px
            and other.top < self.top + self.height + gap_px
        )


def extent_in_world_m(
    scene: Scene, batch: Batch, frame: StateFrame, entity: int
) -> NDArray[np.float64] | None:
    """Return low and high corner, (2, 3), of an entity and all below it.

    What is hidden does not count; None if nothing is left.
    """
    corners = [
        transform_points(
            world_from_slot(frame, batch.boxes[index].slot),
            batch.boxes[index].corners_m(),
        )
        for index in below(scene, entity)
        if index in batch.boxes and shown(frame, batch.boxes[index].slot)
    ]
    if not corners:
        return None
    points = np.concatenate(corners)
    return np.stack((points.min(axis=0), points.max(axis=0)))


def below(scene: Scene, entity: int) -> list[int]:
    """Return the indices of an entity and of all that it is a parent of."""
    ids = {scene.entities[entity].id}
    found = [entity]
    for index in range(entity + 1, len(scene.entities)):
        if scene.entities[index].parent in ids:
            ids.add(scene.entities[index].id)
            found.append(index)
    return found


def shown(frame: StateFrame, slot: int) -> bool:
    """Return whether what a slot carries is in the plant now."""
    if slot == 0:
        return True
    return slot <= len(frame.visible) and bool(frame.visible[slot - 1])


def subjects(
    scene: Scene, batch: Batch, frame: StateFrame, language: Language
) -> list[Subject]:
    """Return what bears a label in this frame, in the Scene's order."""
    found: list[Subject] = []
    for index, entity in enumerate(scene.entities):
        has_state = 0 <= entity.machine < len(frame.machine_state)
        if not has_state and entity.kind not in LABELLED_KINDS:
            continue
        quality = _quality(frame, entity.machine, entity.mover)
        if (
            has_state
            and frame.machine_state[entity.machine] == MachineState.IDLE
            and quality == Quality.GOOD
            and entity.kind not in NAMED_WHEN_IDLE
        ):
            continue
        extent = extent_in_world_m(scene, batch, frame, index)
        if extent is None:
            continue
        low, high = extent
        x, y = (float(value) for value in (low[:2] + high[:2]) / 2.0)
        found.append(
            Subject(
                entity=index,
                text=entity.label.fr if language == "fr" else entity.label.en,
                state=int(frame.machine_state[entity.machine]) if has_state else None,
                reason=int(frame.machine_reason[entity.machine]) if has_state else 0,
                quality=quality,
                point_in_world_m=(x, y, float(high[2])),
            )
        )
    return found


def _quality(frame: StateFrame, machine: int, mover: int) -> int:
    worst = int(Quality.GOOD)
    if frame.machine_provenance is not None and machine >= 0:
        worst = max(worst, int(frame.machine_provenance.quality[machine]))
    if frame.mover_provenance is not None and mover >= 0:
        worst = max(worst, int(frame.mover_provenance.quality[mover]))
    return worst


def projected_px(
    view: View, size_px: tuple[int, int], points_in_world_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where points appear.

    Args:
        view: Camera.
        size_px: Width and height of the picture.
        points_in_world_m: (n, 3) float64.

    Returns:
        x, y down and distance along the view in m, (n, 3); a distance <= 0 is
        behind the eye.
    """
    homogeneous = np.c_[points_in_world_m, np.ones(len(points_in_world_m))]
    clip = homogeneous @ view.clip_from_world(size_px[0] / size_px[1]).T
    depth_m = clip[:, 3]
    divisor = np.where(np.abs(depth_m) < 1e-9, 1e-9, depth_m)
    x = (clip[:, 0] / divisor * 0.5 + 0.5) * size_px[0]
    y = (0.5 - clip[:, 1] / divisor * 0.5) * size_px[1]
    return np.stack((x, y, depth_m), axis=1)


def place(
    anchors_px: NDArray[np.float64],
    sizes_px: Sequence[tuple[int, int]],
    size_px: tuple[int, int],
    taken: Sequence[Rectangle] = (),
) -> Mapping[int, Rectangle]:
    """Return where labels go: above their anchors, none over another.

    The nearest is placed first and stays closest to its anchor; one whose anchor
    is out of the picture, or that finds no room, is left out.

    Args:
        anchors_px: As ``projected_px`` gives them, (n, 3).
        sizes_px: Width and height of each label.
        size_px: Width and height of the picture.
        taken: Places that stay free of labels.

    Returns:
        Index of the label to its place.
    """
    placed: dict[int, Rectangle] = {}
    occupied = list(taken)
    for index in np.argsort(anchors_px[:, 2], kind="stable"):
        x, y, depth_m = anchors_px[index]
        if depth_m <= 0.0 or not (0 <= x < size_px[0] and 0 <= y < size_px[1]):
            continue
        width, height = sizes_px[index]
        left = min(max(int(x) - width // 2, _GAP_PX), size_px[0] - width - _GAP_PX)
        top = int(y) - _RISE_PX - height
        room = _free(Rectangle(left, top, width, height), occupied, size_px)
        if room is not None:
            placed[int(index)] = room
            occupied.append(room)
    return placed


def _free(
    wish: Rectangle, occupied: Sequence[Rectangle], size_px: tuple[int, int]
) -> Rectangle | None:
    start = min(max(wish.top, _GAP_PX), size_px[1] - wish.height - _GAP_PX)
    for step in range(0, size_px[1], _STEP_PX):
        for top in (start - step, start + step):
            if not _GAP_PX <= top <= size_px[1] - wish.height - _GAP_PX:
                continue
            candidate = Rectangle(wish.left, top, wish.width, wish.height)
            if not any(candidate.overlaps(other, _GAP_PX) for other in occupied):
                return candidate
        if step > 160:
            # Farther than this a leader no longer tells what it belongs to.
            return None
    return None
