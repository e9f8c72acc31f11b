"""Every kind in one line: parts go through, and twice the same."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest
from all_conveyors import DT_S, Loop, digest_after

from twin.physics.conveyors.conveyor import Conveyor
from twin.physics.world import World

SECONDS = 31


@pytest.mark.slow
def test_parts_go_through_every_kind_one_after_the_other() -> None:
    with World(DT_S) as world:
        loop = Loop(world, n_parts=2)
        loop.move(34.0)
        first, second = (part.plain_pose() for part in loop.parts)
        # On the incline, at its height, and behind it on the lift or beyond.
        (x_m, y_m, z_m), (w, _, _, z) = first
        assert x_m == pytest.approx(1.1, abs=0.03)
        assert 5.8 < y_m < 9.8
        level_m = 1.52 + (y_m - 5.8) * math.tan(0.1) + 0.1 / math.cos(0.1)
        assert z_m == pytest.approx(level_m, abs=5e-3)
        # A curve of 90 deg to the left; the table turned it back by 90 to the right.
        assert 2 * math.atan2(z, w) == pytest.approx(0.0, abs=math.radians(5.0))
        assert second[0][1] > 2.5
        for device in (loop.transfer, loop.turntable, loop.lift):
            assert device.logic.n_given >= 1, device.name


@pytest.mark.slow
def test_two_processes_end_in_the_same_bytes() -> None:
    here = Path(__file__).resolve().parents[1]
    code = (
        f"import sys; sys.path.insert(0, {str(here)!r}); "
        f"import all_conveyors; print(all_conveyors.digest_after({SECONDS}))"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=here.parents[1],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    digests = [process.communicate(timeout=200)[0].strip() for process in runs]
    assert [process.returncode for process in runs] == [0, 0]
    assert digests[0] == digests[1]
    assert len(digests[0]) == 64
    assert digest_after(SECONDS) == digests[0]
    assert digest_after(SECONDS - 1) != digests[0]


def test_every_surface_that_does_not_shift_stays_to_the_last_bit() -> None:
    with World(DT_S) as world:
        loop = Loop(world)
        still = [
            body
            for device in loop.devices
            for conveyor in (
                [device] if isinstance(device, Conveyor) else list(device.zones)
            )
            if conveyor not in (loop.turntable, loop.lift, loop.transfer)
            for body in conveyor.bodies
        ]
        before = [body.pose()[0].tolist() for body in still]
        loop.move(5.0)
        for device in loop.devices:
            device.before_step()
        assert [body.pose()[0].tolist() for body in still] == before
        assert len(still) == 8
