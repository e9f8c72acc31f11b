from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest
import specimens

from twin.codec import state_sha256


def test_order_of_names_does_not_matter() -> None:
    scene, frame = specimens.scene(), specimens.frame(5)
    turned_scene = msgspec.structs.replace(
        scene, movers=scene.movers[::-1], joints=scene.joints[::-1]
    )
    turned_frame = dataclasses.replace(
        frame,
        position_in_world_m=frame.position_in_world_m[::-1],
        orientation_wxyz=frame.orientation_wxyz[::-1],
        visible=frame.visible[::-1],
        joint_position=frame.joint_position[::-1],
    )
    assert state_sha256(turned_scene, turned_frame) == state_sha256(scene, frame)


@pytest.mark.parametrize(
    "name",
    [
        "position_in_world_m",
        "orientation_wxyz",
        "joint_position",
        "machine_state",
        "machine_reason",
        "scalar",
        "visible",
    ],
)
def test_the_smallest_change_of_any_value_matters(name: str) -> None:
    scene, frame = specimens.scene(), specimens.frame(6)
    values = getattr(frame, name).copy()
    flat = values.reshape(-1)
    if values.dtype == np.float64:
        flat[-1] = np.nextafter(flat[-1], np.inf)
    else:
        flat[-1] = not flat[-1]
    other = dataclasses.replace(frame, **{name: values})
    assert state_sha256(scene, other) != state_sha256(scene, frame)


def test_names_matter() -> None:
    scene, frame = specimens.scene(), specimens.frame(6)
    renamed = msgspec.structs.replace(scene, joints=("a_1", "a_3"))
    assert state_sha256(renamed, frame) != state_sha256(scene, frame)


def test_every_nan_counts_as_one() -> None:
    scene, frame = specimens.scene(), specimens.frame(5)
    assert np.isnan(frame.scalar).all()
    other = dataclasses.replace(frame, scalar=-frame.scalar)
    assert frame.scalar.tobytes() != other.scalar.tobytes()
    assert state_sha256(scene, other) == state_sha256(scene, frame)


def test_digest_is_what_it_was() -> None:
    """Recorded once: it changes only if the model state or its layout does."""
    found = state_sha256(specimens.scene(), specimens.frame(1))
    assert found == "e38f3ccbc1a2b864143ae1f6487bce0d9cf80a837c25a6e49f340880e0717bef"


def test_frame_of_another_scene_is_refused() -> None:
    with pytest.raises(ValueError, match="movers: 4 in the frame, 3 in the scene"):
        state_sha256(specimens.scene(), specimens.frame(1, n_movers=4))
