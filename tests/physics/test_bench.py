"""The bench compares equal work: bare calls bring about the same state."""

from __future__ import annotations

from typing import Any

import pytest
from cells import SHIPPED, hurried

from twin.bench import BareCalls, NotingBullet, machine, peak_memory_mb
from twin.engine import PhysicsEngine
from twin.layout.plan import build_layout
from twin.physics.bullet import load_bullet
from twin.physics.world import World
from twin.scenario import read_scenario

TICKS = 4 * 240


class _Run:
    """A noted run, its world still open."""

    def __init__(self) -> None:
        scenario = read_scenario(hurried())
        layout = build_layout(scenario, SHIPPED.parent)
        self.bullet = load_bullet()
        self.noting = NotingBullet(self.bullet)
        self.engine = PhysicsEngine(scenario, layout, 1, self.noting)
        self.engine.advance(TICKS)
        self.calls = list(self.noting.calls)


def _asked(bare: BareCalls, world: World, name: str, *arguments: Any) -> Any:
    """Ask the replayed world what a call says of the noted one."""
    function = getattr(load_bullet(), name)
    call = (function, arguments, {"physicsClientId": world.client})
    ((ready, same, named),) = bare.ready([call])
    assert named["physicsClientId"] != world.client
    return ready(*same, **named)


@pytest.mark.slow
def test_bare_calls_replay_a_run_to_the_last_bit() -> None:
    run = _Run()
    bare = BareCalls(run.noting.clients)
    try:
        bare.play(bare.ready(run.calls))
        world = run.engine.cell.world
        assert "car_1" in {body.name for body in world.bodies.values()}
        for body in world.bodies.values():
            for name, arguments in (
                ("getBasePositionAndOrientation", ()),
                ("getBaseVelocity", ()),
            ):
                noted = world.call(name, body.body_id, *arguments)
                assert _asked(bare, world, name, body.body_id) == noted, body.name
            for index in body.link_index.values():
                if index >= 0:
                    noted = world.call("getJointState", body.body_id, index)
                    asked = _asked(bare, world, "getJointState", body.body_id, index)
                    assert asked == noted, body.name
        # Every step of the cell's world is in it, once.
        steps = [
            named["physicsClientId"]
            for function, _, named in run.calls
            if function is run.bullet.stepSimulation
        ]
        assert steps == [world.client] * TICKS
    finally:
        bare.close()
        run.engine.close()


def test_noting_changes_no_result_and_misses_no_call() -> None:
    bullet = load_bullet()
    noting = NotingBullet(bullet)
    assert noting.GEOM_BOX == bullet.GEOM_BOX
    with World(1 / 240, noting) as world:
        world.add_floor()
        world.step()
        names = [function.__name__ for function, _, _ in noting.calls]
        assert noting.clients == [world.client]
    assert names == [
        "setGravity",
        "setTimeStep",
        "setPhysicsEngineParameter",
        "setPhysicsEngineParameter",
        "createCollisionShape",
        "createMultiBody",
        "changeDynamics",
        "stepSimulation",
    ]
    assert all("physicsClientId" in named for _, _, named in noting.calls)


def test_the_machine_is_told_with_the_figures() -> None:
    told = machine()
    assert {"system", "processor", "cores", "python"} <= set(told)
    memory = peak_memory_mb()
    assert memory is not None
    assert 10.0 < memory < 1_000_000.0
