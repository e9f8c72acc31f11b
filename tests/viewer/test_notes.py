"""What a picture says besides labels: its title, its notes, what has just happened."""

from __future__ import annotations

import msgspec
import numpy as np
from small_plant import Plant

from twin.codec import Decoder, Events, encode
from twin.state import Event, Label
from viewer.batch import build_batch
from viewer.orbit import View
from viewer.overlay import Overlay, Wanted, build_overlay, event_words
from viewer.tags import clock_tag, notes_tag

SIZE = (960, 540)
VIEW = View((0.0, 0.0, 1.0), 12.0, -0.9, 0.5)
NOTES = (
    Label("Times are assumed.", "Les temps sont supposés."),
    Label("Data is public.", "Les données sont publiques."),
)
CAR_IN = Event(1, 1, 1.0, "CarEntered", "cell", "event.car_in", 0, {"car": 1})


def overlay(plant: Plant, wanted: Wanted, *, language: str = "en") -> Overlay:
    scene, meshes, frame = plant
    return build_overlay(
        scene,
        build_batch(scene, meshes),
        frame,
        VIEW,
        SIZE,
        language="fr" if language == "fr" else "en",
        theme_name="day",
        wanted=wanted,
        events=[CAR_IN],
    )


def noted(plant: Plant) -> Plant:
    scene, meshes, frame = plant
    titled = msgspec.structs.replace(
        scene, notes=NOTES, title=Label("A small plant", "Une petite usine")
    )
    return titled, meshes, frame


def holds(sheet: np.ndarray, image: np.ndarray) -> bool:
    """Return whether an image is on the sheet, at its left border."""
    height, width = image.shape[:2]
    return any(
        np.array_equal(sheet[top : top + height, :width], image)
        for top in range(sheet.shape[0] - height + 1)
    )


NOTHING = Wanted(False, False, False, False, False)


def test_every_note_is_shown_in_the_picture_s_language(plant: Plant) -> None:
    only = Wanted(False, False, False, False, True)
    for language in ("en", "fr"):
        texts = tuple(note.words("fr" if language == "fr" else "en") for note in NOTES)
        found = overlay(noted(plant), only, language=language)
        assert holds(found.sheet, notes_tag(texts, "day", SIZE[0] - 28))
    assert overlay(noted(plant), NOTHING).corners_px.shape == (0, 2)
    assert overlay(plant, only).corners_px.shape == (0, 2)


def test_a_note_too_long_for_the_picture_is_broken_not_cut() -> None:
    text = "These are rather many words about what is assumed here. " * 3
    wide, narrow = notes_tag((text,), "day", 4000), notes_tag((text,), "day", 300)
    assert narrow.shape[1] <= 300 < wide.shape[1]
    assert narrow.shape[0] > wide.shape[0]
    # Letters are opaque, panels are not.
    ink = [int((image[..., 3] > 240).sum()) for image in (wide, narrow)]
    assert ink[1] > 0.95 * ink[0] > 0


def test_captions_stand_clear_above_the_notes(plant: Plant) -> None:
    both = overlay(noted(plant), Wanted(False, False, False, True, True))
    notes, captions = both.corners_px.reshape(2, 6, 2)
    assert captions[:, 1].max() < notes[:, 1].min()
    assert notes[:, 1].max() < SIZE[1]
    alone = overlay(plant, Wanted(False, False, False, True, True)).corners_px
    assert alone[:, 1].max() > captions[:, 1].max()


def test_the_clock_bears_the_title_or_the_name_where_there_is_none(
    plant: Plant,
) -> None:
    only = Wanted(False, False, True, False, False)
    time_words = "00:01:30.0"
    titled = overlay(noted(plant), only).sheet
    assert holds(titled, clock_tag(time_words, "A small plant", "day"))
    assert not holds(titled, clock_tag(time_words, "small plant", "day"))
    assert holds(
        overlay(plant, only).sheet, clock_tag(time_words, "small plant", "day")
    )


def test_a_count_stays_whole_on_its_way_over_the_wire() -> None:
    (received,) = Decoder().feed(encode(Events((CAR_IN,))))
    assert isinstance(received.content, Events)
    (arrived,) = received.content.events
    assert event_words(arrived, "en") == event_words(CAR_IN, "en") == "Car 1 comes in"
    named = {**CAR_IN.arguments, "product_en": "Pack", "product_fr": "Batterie"}
    pack_in = msgspec.structs.replace(CAR_IN, arguments=named)
    assert event_words(pack_in, "fr") == "Batterie 1 : entrée"
    load = msgspec.structs.replace(
        CAR_IN, text="event.load_felt", arguments={"load_n": 900.25}
    )
    assert event_words(load, "fr") == "La table sent la batterie : 900,2 N"
