"""Pictures without a screen: golden ones, ids, hiding, quality, films."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import msgspec
import numpy as np
import pytest
from PIL import Image
from small_plant import Compare, Plant, hidden, small_plant

from twin.errors import ServiceError
from twin.state import Camera, Event, Label, Provenance, Quality
from viewer.labels import projected_px
from viewer.orbit import View
from viewer.render import Studio, still, write_film, write_png

SIZE = (480, 270)


def test_the_renderer_is_the_software_one(studio: Studio) -> None:
    assert "llvmpipe" in studio.renderer


@pytest.mark.parametrize("camera", ["overview", "bolts", "plan"])
def test_golden_views(
    studio: Studio, plant: Plant, golden: Compare, camera: str
) -> None:
    golden(camera, studio.picture(plant[2], camera, SIZE, labels=False))


def test_golden_selection_and_fast_smoothing(
    studio: Studio, plant: Plant, golden: Compare
) -> None:
    picture = studio.picture(
        plant[2], "overview", SIZE, labels=False, selected="pack", fast=True
    )
    golden("selected_fast", picture)


def test_golden_dark(plant: Plant, golden: Compare) -> None:
    scene, meshes, frame = plant
    with Studio(scene, meshes, theme="dark") as dark:
        golden("dark", dark.picture(frame, "overview", SIZE, labels=False))


def test_golden_quality(studio: Studio, plant: Plant, golden: Compare) -> None:
    frame = replace(
        plant[2],
        mover_provenance=Provenance(
            np.array([Quality.STALE, Quality.PREDICTED, Quality.GOOD], np.uint8),
            np.zeros(3),
        ),
    )
    golden("quality", studio.picture(frame, "overview", SIZE, labels=False))


def test_the_same_picture_twice(studio: Studio, plant: Plant) -> None:
    first = studio.picture(plant[2], "overview", SIZE)
    studio.picture(hidden(plant[2], 1), "plan", (320, 200))
    assert (studio.picture(plant[2], "overview", SIZE) == first).all()


def test_labels_legend_and_clock_cover_only_a_part(
    studio: Studio, plant: Plant
) -> None:
    bare = studio.picture(plant[2], "overview", (1280, 720), labels=False)
    full = studio.picture(plant[2], "overview", (1280, 720))
    changed = (bare != full).any(axis=2)
    assert 0.02 < changed.mean() < 0.2
    assert changed[14:70, 14:160].mean() > 0.9
    assert not changed[-100:, :].any()
    event = Event(1, 1, 1.0, "AlarmRaised", "cell", "no.such.text", 2)
    captioned = studio.picture(plant[2], "overview", (1280, 720), events=[event])
    assert (captioned[-60:, :300] != full[-60:, :300]).any()


def test_ids_are_exact_and_agree_with_projection(studio: Studio, plant: Plant) -> None:
    scene, _, frame = plant
    view = studio.view("bolts")
    ids = studio.ids(frame, view, (960, 540))
    names = {entity.id: index for index, entity in enumerate(scene.entities)}
    pack_m = frame.position_in_world_m[scene.movers.index("pack")]
    for number in range(6):
        bolt = scene.entities[names[f"pack/bolt_{number + 1:02d}"]]
        # A little below the head: what the camera under the pack sees.
        point = pack_m + np.array(bolt.pose[:3]) + (0.0, -0.005, -0.0095)
        x, y, _ = projected_px(view, (960, 540), point[None])[0]
        assert ids[int(y), int(x)] == names[bolt.id]
    assert set(np.unique(ids)) <= set(range(-1, len(scene.entities)))


def test_sky_has_no_entity(studio: Studio, plant: Plant) -> None:
    ids = studio.ids(plant[2], "overview", SIZE)
    assert (ids[0] == -1).all()


def test_what_is_hidden_is_not_drawn_nor_picked(studio: Studio, plant: Plant) -> None:
    scene, _, frame = plant
    names = [entity.id for entity in scene.entities]
    with_car = set(np.unique(studio.ids(frame, "overview", SIZE)))
    without = set(np.unique(studio.ids(hidden(frame, 1), "overview", SIZE)))
    assert {names.index("car"), names.index("car/glass")} <= with_car
    assert not {index for index in without if names[index].startswith("car")} - {-1}
    bare = studio.picture(hidden(frame, 1), "overview", SIZE, labels=False)
    assert (bare != studio.picture(frame, "overview", SIZE, labels=False)).any()


def test_a_hidden_mover_throws_no_shadow(studio: Studio, plant: Plant) -> None:
    scene, _, frame = plant
    floor = [entity.id for entity in scene.entities].index("hall")
    on_floor = studio.ids(frame, "overview", SIZE) == floor
    shown = studio.picture(frame, "overview", SIZE, labels=False)
    gone = studio.picture(hidden(frame, 1), "overview", SIZE, labels=False)
    darker = shown.astype(int).sum(axis=2) + 30 < gone.astype(int).sum(axis=2)
    assert (darker & on_floor).mean() > 0.01


def test_scene_can_change_between_pictures(plant: Plant) -> None:
    scene, meshes, frame = plant
    fewer = msgspec.structs.replace(scene, entities=scene.entities[:3])
    with Studio(scene, meshes) as studio:
        studio.picture(frame, "overview", SIZE)
        studio.set_scene(fewer, meshes)
        assert studio.ids(frame, "overview", SIZE).max() < 3


def test_unknown_names_are_errors_that_offer_the_way_out(
    studio: Studio, plant: Plant
) -> None:
    with pytest.raises(ServiceError, match="overview, plan, bolts"):
        studio.picture(plant[2], "nowhere", SIZE)
    with pytest.raises(ServiceError, match="no entity 'ghost'"):
        studio.picture(plant[2], "plan", SIZE, selected="ghost")


def test_still_takes_cameras_and_views() -> None:
    scene, meshes, frame = small_plant()
    camera = Camera("", Label("", ""), (3.0, -3.0, 2.0), (0.0, 0.0, 1.0))
    by_camera = still(scene, meshes, frame, camera=camera, size_px=(160, 90))
    by_view = still(
        scene, meshes, frame, camera=View.of_camera(camera), size_px=(160, 90)
    )
    assert by_camera.shape == (90, 160, 3)
    assert (by_camera == by_view).all()


def test_png_is_what_was_drawn(tmp_path: Path, plant: Plant, studio: Studio) -> None:
    picture = studio.picture(plant[2], "plan", (160, 90))
    path = tmp_path / "deep" / "x.png"
    write_png(path, picture)
    assert (np.asarray(Image.open(path)) == picture).all()
    assert [file.name for file in path.parent.iterdir()] == ["x.png"]


def test_film_has_all_its_pictures(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    shades = [np.full((90, 160, 3), shade, np.uint8) for shade in (20, 120, 220)]
    assert write_film(path, shades, 5.0) == 3
    n_pictures, length_s = imageio_ffmpeg.count_frames_and_secs(str(path))
    assert n_pictures == 3
    assert length_s == pytest.approx(0.6, abs=0.05)


def test_a_film_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    odd = [np.zeros((90, 160, 3), np.uint8), np.zeros((92, 160, 3), np.uint8)]
    with pytest.raises(ServiceError, match="draw all at one size"):
        write_film(path, odd, 5.0)
    with pytest.raises(ServiceError, match="no picture"):
        write_film(path, [], 5.0)
    assert list(tmp_path.iterdir()) == []
