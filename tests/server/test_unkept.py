"""A cell that cannot be put back is served all the same, and says so when asked."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest
from unkept import open_unkept

from server.hub import Hub
from server.session import Session
from twin.codec import CommandAnswer
from twin.signals import RunCommand

pytestmark = pytest.mark.slow


def test_it_runs_and_refuses_a_snapshot(root_folder: Path) -> None:
    cell = root_folder / "scenarios" / "cells" / "doors.yaml"

    async def ask() -> CommandAnswer:
        session = Session(
            partial(open_unkept, cell),
            Hub(lambda: 0.0),
            clock=lambda: 0.0,
            paused=True,
        )
        await session.open()
        try:
            answer = asyncio.get_running_loop().create_future()
            session.command(RunCommand("snapshot"), answer.set_result)
            return await answer
        finally:
            await session.close()

    answer = asyncio.run(ask())
    assert not answer.accepted
    assert "equipment.forgetful cannot be put back" in str(answer.arguments["found"])
