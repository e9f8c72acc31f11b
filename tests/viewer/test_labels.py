"""Labels: which things bear one, never over each other, in both languages."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_plant import Plant, hidden

from twin.state import Event, MachineState, Provenance, Quality, Reason
from viewer.batch import build_batch
from viewer.display import LEGEND, state_colour
from viewer.labels import Rectangle, place, projected_px, subjects
from viewer.orbit import View
from viewer.overlay import Wanted, build_overlay, event_words, time_words
from viewer.tags import chip, label_tag

SIZE = (1280, 720)


@given(
    st.lists(
        st.tuples(st.floats(-100, 1400), st.floats(-100, 800), st.floats(-5, 50)),
        max_size=25,
    )
)
def test_labels_never_overlap_nor_leave_the_picture(
    anchors: list[tuple[float, float, float]],
) -> None:
    taken = [Rectangle(14, 14, 150, 60)]
    sizes = [(150, 23)] * len(anchors)
    found = place(np.array(anchors).reshape(-1, 3), sizes, SIZE, taken)
    for one, other in combinations([*found.values(), *taken], 2):
        assert not one.overlaps(other)
    for index, room in found.items():
        assert anchors[index][2] > 0.0
        assert 0 <= room.left <= SIZE[0] - room.width
        assert 0 <= room.top <= SIZE[1] - room.height


def test_the_nearest_label_sits_closest_to_its_anchor() -> None:
    anchors = np.array([(600.0, 400.0, 9.0), (600.0, 400.0, 3.0)])
    found = place(anchors, [(100, 23), (100, 23)], SIZE)
    away = [abs(found[index].top + 23 - 400) for index in (0, 1)]
    assert away[1] < away[0]


def test_points_behind_the_eye_are_known() -> None:
    view = View((0.0, 0.0, 1.0), 5.0, 0.0, 0.0)
    behind = projected_px(view, SIZE, np.array([(9.0, 0.0, 1.0), (0.0, 0.0, 1.0)]))
    assert behind[0, 2] < 0.0
    assert behind[1] == pytest.approx((640.0, 360.0, 5.0))


def test_machines_cars_and_packs_bear_labels(plant: Plant) -> None:
    scene, meshes, frame = plant
    batch = build_batch(scene, meshes)
    found = subjects(scene, batch, frame, "fr")
    assert [subject.text for subject in found] == [
        "Cellule batterie",
        "Convoyeur",
        "Pont",
        "Robot KR 210",
        "Voiture 1",
        "Batterie 1",
    ]
    gone = subjects(scene, batch, hidden(frame, 1), "fr")
    assert "Voiture 1" not in [subject.text for subject in gone]


def test_idle_machines_keep_quiet_but_for_robot_and_lift(plant: Plant) -> None:
    scene, meshes, frame = plant
    batch = build_batch(scene, meshes)
    states = np.full_like(frame.machine_state, MachineState.IDLE)
    idle = replace(frame, machine_state=states)
    quiet = ["Lift", "Robot KR 210", "Car 1", "Pack 1"]
    assert [subject.text for subject in subjects(scene, batch, idle, "en")] == quiet
    aged = Provenance(
        np.array([0, Quality.STALE, 0, 0], np.uint8), np.zeros(len(states))
    )
    stale = replace(idle, machine_provenance=aged)
    # Not to know whether a machine is idle is something to say.
    names = [subject.text for subject in subjects(scene, batch, stale, "en")]
    assert len(names) == len(quiet) + 1
    assert set(quiet) < set(names)


def test_a_label_tells_the_worst_quality(plant: Plant) -> None:
    scene, meshes, frame = plant
    stale = replace(
        frame,
        machine_provenance=Provenance(
            np.array([0, Quality.STALE, 0, 0], np.uint8), np.zeros(4)
        ),
    )
    found = subjects(scene, build_batch(scene, meshes), stale, "en")
    assert [subject.quality for subject in found[:3]] == [0, Quality.STALE, 0]
    marked = label_tag("Belt", 6, 0, int(Quality.STALE), "en", "day")
    assert marked.shape[1] > label_tag("Belt", 6, 0, 0, "en", "day").shape[1]


def test_every_state_of_the_legend_has_its_own_shape_and_colour() -> None:
    shapes = {chip(*entry, 11).getchannel("A").tobytes() for entry in LEGEND}
    colours = {state_colour(*entry) for entry in LEGEND}
    assert len(colours) == len(LEGEND)
    # Starved and blocked share a shape: both are Suspended; idle is a ring.
    assert len(shapes) >= len(LEGEND) - 2


def test_unknown_states_are_shown_as_undefined() -> None:
    assert state_colour(99) == state_colour(MachineState.UNDEFINED)
    assert chip(99, Reason.NONE, 11).size == (11, 11)


def test_overlay_parts_come_and_go(plant: Plant) -> None:
    scene, meshes, frame = plant
    batch = build_batch(scene, meshes)

    def corners(wanted: Wanted) -> int:
        built = build_overlay(
            scene, batch, frame, View((0, 0, 1), 12.0, -0.9, 0.4), SIZE,
            language="en", theme_name="day", wanted=wanted,
        )  # fmt: skip
        assert built.corners_px.shape == built.texels.shape
        assert (built.texels <= built.sheet.shape[1::-1]).all()
        return len(built.corners_px)

    assert corners(Wanted(False, False, False, False)) == 0
    assert corners(Wanted(False, True, False, False)) == 6
    assert corners(Wanted(False, True, True, True)) == 12
    assert corners(Wanted()) > 12


def test_time_and_events_in_words() -> None:
    assert time_words(3_725.46, "en") == "01:02:05.5"
    assert time_words(59.96, "fr") == "00:01:00,0"
    unknown = Event(1, 1, 1.0, "PackOut", "cell", "no.such.key")
    assert event_words(unknown, "fr") == "PackOut · cell"
    broken = Event(1, 1, 1.0, "PackOut", "cell", "viewer.title")
    assert event_words(broken, "fr") == "PackOut · cell"
    known = replace_text(broken, name="x")
    assert event_words(known, "en") == "x – Flins Twin"


def test_a_thing_is_called_by_its_name_for_people() -> None:
    bare = Event(1, 1, 1.0, "PartPlaced", "robot", "event.part_placed", 0)
    old = replace_text(bare, part="door_fr")
    assert event_words(old, "en") == "door_fr put down"
    named = replace_text(
        bare, part="door_fr", part_en="Front right door", part_fr="Porte avant droite"
    )
    assert event_words(named, "en") == "Front right door put down"
    assert event_words(named, "fr") == "Porte avant droite déposé"


def replace_text(event: Event, **arguments: str | float) -> Event:
    return msgspec.structs.replace(event, arguments=arguments)
