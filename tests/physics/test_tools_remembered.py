"""An arm with every kind of tool, put back while it grips, changes tools or turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest
from bodies import DT_S
from robots import (
    DOWN,
    JAWS,
    NUTRUNNER,
    SHEAR,
    VACUUM,
    Bench,
    drive_of,
    put_block,
    put_part,
    spec,
    stop,
)

from twin.errors import PhysicsError
from twin.kinematics.programme import PlannedProgramme
from twin.physics.device import Done, Failed, Told
from twin.physics.manipulator import ManipulatorDrive, ManipulatorMemory
from twin.physics.memory import HeldState, hold_state, recall_world, world_memory
from twin.physics.surroundings import nothing_around
from twin.physics.tools.workplace import Head
from twin.physics.world import World
from twin.transforms import transform

SMALL_M = (0.06, 0.06, 0.1)
FROM_M = (1.1, 0.5, 0.55)
TO_M = (1.1, -0.6, 0.55)
EVERY_TICKS = 150
ON_TICKS = 60


@dataclass(frozen=True)
class Moment:
    """What was kept at a tick."""

    tick: int
    world: bytes
    drive: bytes
    held: HeldState


class Shop:
    """A KR 16 that grips, carries, changes tools, turns, cuts and grips anew."""

    def __init__(self) -> None:
        self.world = world = World(DT_S)
        world.add_floor()
        for name, at_m in (("table", FROM_M), ("table_2", TO_M)):
            put_block(world, name, (0.6, 0.8, 0.5), (at_m[0], at_m[1], 0.25))
        said = spec(
            "kuka_kr16_2",
            tools={
                "jaws": JAWS,
                "cups": VACUUM,
                "driver": NUTRUNNER,
                "shear": SHEAR,
            },
            mounted="jaws",
        )
        self.drive = drive_of(world, said, transform((0.0, 0.0, 0.4)))
        self.bench = Bench()
        self.bench.parts["box"] = box = put_part(world, "box", SMALL_M, FROM_M, 8.0)
        wreck = put_part(world, "wreck", (0.4, 0.4, 0.2), (0.0, 2.0, 0.1), 100.0)
        # As a cell does: who is solved together must not depend on the past.
        world.tie([self.drive.body, box, wreck])
        head = transform((1.1, 0.0, 0.5), DOWN)
        self.bench.heads["bolt"] = Head(head, wreck, 20.0, 0.3, 3.0, 2.0)
        self.bench.joints["strut"] = (30e3, lambda: None)
        self.programme = self._plan()

    def _plan(self) -> PlannedProgramme:
        work = transform((1.1, 0.0, 0.5), DOWN)
        both = {"mounted": "jaws", "mounted_after": "jaws"}
        low = (0.0, 0.0, -0.02)
        take, put = (
            transform([a + b for a, b in zip(at, low, strict=True)], DOWN)
            for at in (FROM_M, TO_M)
        )
        cups_at = transform((TO_M[0], TO_M[1], TO_M[2] + 0.05), DOWN)
        stops = [
            stop("pick", "box", take, 0.25, world_from_part=transform(FROM_M), **both),
            stop("place", "box", put, 0.25, **both),
            *self._change("jaws", "driver"),
            stop("unscrew", "bolt", work, 0.3, **_all("driver")),
            *self._change("driver", "shear"),
            stop("cut", "strut", work, 0.3, **_all("shear")),
            *self._change("shear", "cups"),
            stop(
                "pick",
                "box",
                cups_at,
                0.2,
                world_from_part=transform(TO_M),
                **_all("cups"),
            ),
            stop("place", "box", cups_at, 0.2, **_all("cups")),
            *self._change("cups", "jaws"),
            stop("pick", "box", put, 0.25, world_from_part=transform(TO_M), **both),
            stop("place", "box", take, 0.25, **both),
        ]
        return self.drive.planner(nothing_around).plan(stops, "jaws")

    @staticmethod
    def _change(old: str, new: str) -> list:
        at = transform((0.9, 0.6, 0.8), DOWN)
        said = {"approach_m": 0.1, "retreat_m": 0.1, "seconds": 0.5}
        return [
            stop("uncouple", old, at, 0.0, mounted=old, **said),
            stop("couple", new, at, 0.0, mounted_after=new, **said),
        ]

    def start(self) -> None:
        self.drive.start(self.programme, self.bench)

    def tick(self) -> Done | Failed | Told | None:
        outcome = self.drive.before_step(0)
        self.world.step()
        return outcome

    def state(self) -> bytes:
        world = world_memory(self.world)
        # A weld that is made again has another number, which nothing depends on.
        welds = tuple(msgspec.structs.replace(weld, number=0) for weld in world.welds)
        world = msgspec.structs.replace(world, welds=welds)
        return msgspec.msgpack.encode((world, self.drive.memory()))

    def keep(self, tick: int) -> Moment:
        return Moment(
            tick,
            msgspec.msgpack.encode(world_memory(self.world)),
            msgspec.msgpack.encode(self.drive.memory()),
            hold_state(self.world),
        )

    def go_back(self, kept: Moment) -> None:
        memory = msgspec.msgpack.decode(kept.world, type=type(world_memory(self.world)))
        told = msgspec.msgpack.decode(kept.drive, type=ManipulatorMemory)
        self.drive.wear(told.mounted)
        recall_world(self.world, memory, kept.held)
        self.recall(kept)

    def recall(self, kept: Moment) -> None:
        drive: ManipulatorDrive = self.drive
        told = msgspec.msgpack.decode(kept.drive, type=ManipulatorMemory)
        drive.recall(told, self.programme, self.bench)


def _all(tool: str) -> dict[str, str]:
    return {"mounted": tool, "mounted_after": tool}


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    with made.world:
        yield made


def test_at_any_moment_it_goes_on_as_if_nobody_had_stopped_it(shop: Shop) -> None:
    """World and arm to the last bit, back and forth over all changes of tools.

    But for a part in jaws that were changed since: it is held by contacts alone,
    which start afresh, and comes out within a tenth of a millimetre.
    """
    shop.start()
    trail: dict[int, bytes] = {}
    jaws, places_m = shop.drive.tools["jaws"], {}
    shop.tick()  # before the first step there is nothing that Bullet could save
    moments: list[Moment] = []
    told: list[str] = []
    gripped: set[int] = set()
    for tick in range(60 * 240):
        if tick % EVERY_TICKS == 0:
            moments.append(shop.keep(tick))
            if jaws.held:
                gripped.add(tick)
        outcome = shop.tick()
        if (tick + 1) % EVERY_TICKS == ON_TICKS:
            trail[tick + 1 - ON_TICKS] = shop.state()
            places_m[tick + 1 - ON_TICKS] = shop.bench.parts["box"].pose()[0]
        if outcome is not None and not isinstance(outcome, Done):
            told.append(outcome.text)
        if isinstance(outcome, Done | Failed):
            break
    assert told.count("event.part_picked") == told.count("event.part_placed") == 3
    assert {"event.fastener_out", "event.joint_cut"} < set(told)
    assert not shop.drive.moving
    moments = [moment for moment in moments if moment.tick in trail]
    assert len(moments) > 50
    assert len(gripped) > 6
    for moment in [*reversed(moments), *moments, *moments[::3]]:
        shop.go_back(moment)
        for _ in range(ON_TICKS):
            shop.tick()
        box_m = shop.bench.parts["box"].pose()[0]
        assert box_m == pytest.approx(places_m[moment.tick], abs=1e-4)
        if moment.tick not in gripped:
            assert shop.state() == trail[moment.tick], f"tick {moment.tick}"


def test_a_halted_arm_is_still_halted(shop: Shop) -> None:
    shop.start()
    for _ in range(200):
        shop.tick()
    shop.drive.halt()
    for _ in range(240):
        shop.tick()
    kept, stood = shop.keep(0), shop.drive.positions()
    shop.drive.resume()
    for _ in range(120):
        shop.tick()
    due = shop.state()
    assert shop.drive.positions() != pytest.approx(stood, abs=1e-3)
    shop.go_back(kept)
    for _ in range(120):
        shop.tick()
    assert shop.drive.positions() == pytest.approx(stood, abs=1e-5)
    shop.go_back(kept)
    shop.drive.resume()
    for _ in range(120):
        shop.tick()
    assert shop.state() == due


def test_a_damaged_memory_is_refused_in_a_line(shop: Shop) -> None:
    shop.start()
    for _ in range(100):
        shop.tick()
    memory = shop.drive.memory()
    other = memory.tools["jaws"]
    for changes, said in (
        ({"acting": True, "at": 999}, "at work in segment 999, which is none"),
        ({"tools": {}}, "tools \\[\\] of 'robot', here are"),
        ({"tools": memory.tools | {"cups": other}}, "'cups' is another kind"),
    ):
        damaged = msgspec.structs.replace(memory, **changes)
        with pytest.raises(PhysicsError, match=said):
            shop.drive.recall(damaged, shop.programme, shop.bench)
    cups = shop.drive.tools["cups"]
    holding = msgspec.structs.replace(cups.memory(), held="box")
    with pytest.raises(PhysicsError, match="'cups' holds 'box' by no weld"):
        cups.recall(holding, None, shop.bench)
