"""What the inspector says about an entity: lines of name and value; no toolkit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from twin.state import Entity, Quality, Scene, StateFrame
from twin.text import Language, catalogue, number, say
from twin.transforms import Matrix, transform
from viewer.display import quality_key
from viewer.tags import state_words

_DEGREES = 180.0 / math.pi
_SOURCE = ".source"
_ROW = re.compile(r"(\d+)\]$")

_UNITS = MappingProxyType(
    {
        "kg": ("kg", 1.0, 1),
        "m": ("m", 1.0, 3),
        "mm": ("mm", 1.0, 1),
        "s": ("s", 1.0, 1),
        "mps": ("m/s", 1.0, 2),
        "mps2": ("m/s²", 1.0, 2),
        "mps3": ("m/s³", 1.0, 1),
        "rad": ("°", _DEGREES, 1),
        "radps": ("°/s", _DEGREES, 1),
        "radps2": ("°/s²", _DEGREES, 0),
        "radps3": ("°/s³", _DEGREES, 0),
        "deg": ("°", 1.0, 1),
        "n": ("N", 1.0, 0),
        "nm": ("N·m", 1.0, 1),
        "rpm": ("1/min", 1.0, 0),
        "w": ("W", 1.0, 0),
        "v": ("V", 1.0, 0),
        "kwh": ("kWh", 1.0, 1),
        "hz": ("Hz", 1.0, 0),
    }
)
"""Last word of a property's name to the unit shown, a factor, and decimals."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: a name and what it is; a heading has no value.

    Attributes:
        name: In words.
        value: With its unit, and the grade of its source: A published, B derived,
            C assumed.
        source: Where the value comes from; "" if that is not said.
    """

    name: str
    value: str = ""
    source: str = ""


def facts(
    scene: Scene, frame: StateFrame | None, index: int, language: Language
) -> list[Fact]:
    """Return what there is to say about an entity at this moment, in order."""
    entity = scene.entities[index]
    found = [
        Fact(say("viewer.fact.kind", language), kind_words(entity.kind, language)),
        Fact(say("viewer.fact.id", language), entity.id),
    ]
    if frame is not None:
        found += _state_facts(entity, frame, language)
        found += _pose_facts(scene, frame, index, language)
        found += _changing_facts(scene, frame, entity, language)
    if entity.properties:
        found.append(Fact(say("viewer.fact.properties", language)))
        found += _property_facts(entity.properties, language)
    return found


def kind_words(kind: str, language: Language) -> str:
    """Return a kind for people; one the catalogue does not know stays as it is."""
    key = f"viewer.kind.{kind}"
    return say(key, language) if key in catalogue() else kind.replace("_", " ")


def _property_facts(
    properties: Mapping[str, str | float], language: Language
) -> list[Fact]:
    """Return properties, each with its source in the same line; no tables."""
    found: list[Fact] = []
    for name, value in properties.items():
        if name.endswith(_SOURCE) or "][" in name:
            continue
        fact = property_fact(name, value, language)
        source = str(properties.get(name + _SOURCE, ""))
        grade, colon, words = source.partition(":")
        if colon:
            written = f"{fact.value}  {grade}"
            fact = Fact(fact.name, written, f"{grade}: {words.strip()}")
        found.append(fact)
    return found


def property_fact(name: str, value: str | float, language: Language) -> Fact:
    """Return a property with its unit split off its name."""
    stem, _, suffix = name.rpartition("_")
    if isinstance(value, str):
        return Fact(_property_words(name, language), value)
    if stem and suffix.lower() in _UNITS:
        unit, factor, digits = _UNITS[suffix.lower()]
        written = number(value * factor, digits, language)
        return Fact(_property_words(stem, language), f"{written} {unit}")
    digits = 0 if float(value).is_integer() else 3
    return Fact(_property_words(name, language), number(value, digits, language))


def _property_words(name: str, language: Language) -> str:
    """Return a name such as joints[0].mass in words: joints 1 · mass."""
    found: list[str] = []
    for step in name.split("."):
        stem, bracket, row = step.partition("[")
        key = f"viewer.property.{stem}"
        words = say(key, language) if key in catalogue() else stem.replace("_", " ")
        number_of = _ROW.match(row)
        if bracket and number_of:
            words += f" {int(number_of[1]) + 1}"
        found.append(words)
    whole = " · ".join(found)
    return whole[:1].upper() + whole[1:]


def _state_facts(entity: Entity, frame: StateFrame, language: Language) -> list[Fact]:
    if not 0 <= entity.machine < len(frame.machine_state):
        return []
    words = state_words(
        int(frame.machine_state[entity.machine]),
        int(frame.machine_reason[entity.machine]),
        language,
    )
    found = [Fact(say("viewer.fact.state", language), words)]
    known = frame.machine_provenance
    if known is not None and known.quality[entity.machine] != Quality.GOOD:
        quality = say(quality_key(int(known.quality[entity.machine])), language)
        age_s = frame.sim_time_s - float(known.source_time_s[entity.machine])
        value = say(
            "viewer.fact.quality_age",
            language,
            quality=quality,
            age=number(age_s, 1, language),
        )
        found.append(Fact(say("viewer.fact.quality", language), value))
    return found


def entity_pose(scene: Scene, frame: StateFrame, index: int) -> Matrix | None:
    """Return ``world_from_entity``, (4, 4), or None if it is not in the plant."""
    by_id = {entity.id: entity for entity in scene.entities}
    here: Entity = scene.entities[index]
    carrier_from_entity = transform()
    while here.mover < 0:
        carrier_from_entity = (
            transform(here.pose[:3], here.pose[3:]) @ carrier_from_entity
        )
        if not here.carrier:
            return carrier_from_entity
        here = by_id[here.carrier]
    if here.mover >= len(frame.visible) or not frame.visible[here.mover]:
        return None
    world_from_mover = transform(
        frame.position_in_world_m[here.mover], frame.orientation_wxyz[here.mover]
    )
    return world_from_mover @ carrier_from_entity


def _pose_facts(
    scene: Scene, frame: StateFrame, index: int, language: Language
) -> list[Fact]:
    world_from_entity = entity_pose(scene, frame, index)
    found = [Fact(say("viewer.fact.pose", language))]
    if world_from_entity is None:
        return [*found, Fact(say("viewer.fact.absent", language), "–")]
    for axis, value in zip("xyz", world_from_entity[:3, 3], strict=True):
        found.append(Fact(axis, f"{number(float(value), 3, language)} m"))
    for name, angle_rad in zip(
        ("roll", "pitch", "yaw"), _roll_pitch_yaw_rad(world_from_entity), strict=True
    ):
        written = number(angle_rad * _DEGREES, 1, language)
        found.append(Fact(say(f"viewer.fact.{name}", language), f"{written}°"))
    return found


def _roll_pitch_yaw_rad(matrix: Matrix) -> tuple[float, float, float]:
    # Fixed axes x, y, z, as twin.transforms.wxyz_from_rpy takes them.
    pitch = math.asin(max(-1.0, min(1.0, -float(matrix[2, 0]))))
    if abs(matrix[2, 0]) > 1.0 - 1e-9:
        return 0.0, pitch, math.atan2(-matrix[0, 1], matrix[1, 1])
    roll = math.atan2(matrix[2, 1], matrix[2, 2])
    # Adding 0 turns a negative zero into the one people write.
    return roll + 0.0, pitch + 0.0, math.atan2(matrix[1, 0], matrix[0, 0]) + 0.0


def _joint_fact(name: str, value: float, language: Language) -> Fact:
    fact = property_fact(name, value, language)
    return (
        fact
        if fact.value[-1:].isalpha() or "°" in fact.value
        else Fact(fact.name, number(value, 3, language))
    )


def _changing_facts(
    scene: Scene, frame: StateFrame, entity: Entity, language: Language
) -> list[Fact]:
    found: list[Fact] = []
    joints = [name for name in entity.joints if name in scene.joints]
    if joints:
        found.append(Fact(say("viewer.fact.joints", language)))
        labels = {link.id: link.label for link in scene.entities}
        for name in joints:
            value = float(frame.joint_position[scene.joints.index(name)])
            fact = _joint_fact(name.rpartition("/")[2], value, language)
            if entity.kind == "robot":
                # Adding 0 turns a negative zero into the one people write.
                written = number(round(value * _DEGREES, 1) + 0.0, 1, language)
                fact = Fact(fact.name, f"{written} °")
            if name in labels:
                label = labels[name].fr if language == "fr" else labels[name].en
                fact = Fact(label, fact.value)
            found.append(fact)
    numbers = [
        (scalar, float(frame.scalar[row]))
        for row, scalar in enumerate(scene.scalars)
        if scalar.entity == entity.id and row < len(frame.scalar)
    ]
    if numbers:
        found.append(Fact(say("viewer.fact.measured", language)))
    for scalar, value in numbers:
        label = scalar.label.fr if language == "fr" else scalar.label.en
        known = math.isfinite(value)
        written = number(value, scalar.digits, language) if known else "–"
        found.append(Fact(label, f"{written} {scalar.unit}".rstrip()))
    return found
