"""The PackML table: every state reachable, unknown commands harmless, no way stuck."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.state import MachineState as S
from twin.stations.packml import TRANSITIONS, Command, settle

# Source: ISA-TR88.00.02, base state model: acting states end by themselves, the
# others wait for a command.
ACTING = {
    *(S.RESETTING, S.STARTING, S.HOLDING, S.UNHOLDING, S.SUSPENDING, S.UNSUSPENDING),
    *(S.COMPLETING, S.STOPPING, S.ABORTING, S.CLEARING),
}
WAITING = {
    *(S.STOPPED, S.IDLE, S.EXECUTE, S.HELD, S.SUSPENDED, S.COMPLETE, S.ABORTED),
}
STATES = sorted(set(S) - {S.UNDEFINED})
COMMANDS = [command for command in Command if command is not Command.STATE_COMPLETE]


def test_seventeen_states_of_which_ten_act() -> None:
    assert len(STATES) == 17
    assert set(STATES) == ACTING | WAITING
    assert {
        s for s, command in TRANSITIONS if command is Command.STATE_COMPLETE
    } == ACTING


def test_every_state_is_reached_from_stopped_and_leads_back() -> None:
    def reached(start: S) -> set[S]:
        found, edge = {start}, {start}
        while edge:
            edge = {to for (of, _), to in TRANSITIONS.items() if of in edge} - found
            found |= edge
        return found

    for state in STATES:
        assert reached(state) == set(STATES), state


@given(st.sampled_from(sorted(WAITING)), st.lists(st.sampled_from(COMMANDS)))
def test_a_machine_always_comes_to_wait(state: S, commands: list[Command]) -> None:
    for command in commands:
        state = settle(state, command)
        assert state in WAITING


@given(st.sampled_from(STATES), st.sampled_from(COMMANDS))
def test_a_command_that_the_state_does_not_know_changes_nothing(
    state: S, command: Command
) -> None:
    if (state, command) not in TRANSITIONS:
        assert settle(state, command) is state


@pytest.mark.parametrize(
    ("state", "command", "after"),
    [
        (S.STOPPED, Command.RESET, S.IDLE),
        (S.IDLE, Command.START, S.EXECUTE),
        (S.EXECUTE, Command.HOLD, S.HELD),
        (S.HELD, Command.UNHOLD, S.EXECUTE),
        (S.EXECUTE, Command.SUSPEND, S.SUSPENDED),
        (S.SUSPENDED, Command.UNSUSPEND, S.EXECUTE),
        (S.SUSPENDED, Command.HOLD, S.HELD),
        (S.EXECUTE, Command.COMPLETE, S.COMPLETE),
        (S.COMPLETE, Command.RESET, S.IDLE),
        (S.ABORTED, Command.CLEAR, S.STOPPED),
        (S.IDLE, Command.HOLD, S.IDLE),
        (S.HELD, Command.START, S.HELD),
        (S.ABORTED, Command.RESET, S.ABORTED),
        (S.ABORTED, Command.STOP, S.ABORTED),
        (S.STOPPED, Command.STOP, S.STOPPED),
    ],
)
def test_the_ways_of_a_machine(state: S, command: Command, after: S) -> None:
    assert settle(state, command) is after


@pytest.mark.parametrize("state", STATES)
def test_an_abort_is_heard_in_every_state(state: S) -> None:
    assert settle(state, Command.ABORT) in (
        {S.ABORTED} if state is not S.ABORTING else {S.ABORTING}
    )


@pytest.mark.parametrize("state", sorted(WAITING - {S.ABORTED, S.STOPPED}))
def test_a_stop_is_heard_in_every_state_that_could_run(state: S) -> None:
    assert settle(state, Command.STOP) is S.STOPPED


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TRANSITIONS[S.IDLE, Command.HOLD] = S.HELD  # type: ignore[index]
