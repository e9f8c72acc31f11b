"""The PackML state model as a transition table."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType

from twin.state import MachineState as S
from twin.state import Reason


class Command(Enum):
    """What moves a machine from one state to another."""

    RESET = "reset"
    START = "start"
    STOP = "stop"
    HOLD = "hold"
    UNHOLD = "unhold"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    COMPLETE = "complete"
    ABORT = "abort"
    CLEAR = "clear"
    STATE_COMPLETE = "state_complete"


_STOPPABLE = (
    S.RESETTING,
    S.IDLE,
    S.STARTING,
    S.EXECUTE,
    S.HOLDING,
    S.HELD,
    S.UNHOLDING,
    S.SUSPENDING,
    S.SUSPENDED,
    S.UNSUSPENDING,
    S.COMPLETING,
    S.COMPLETE,
)

# Source: ISA-TR88.00.02 (PackML), base state model of a unit in Production mode.
TRANSITIONS = MappingProxyType(
    {
        (S.STOPPED, Command.RESET): S.RESETTING,
        (S.COMPLETE, Command.RESET): S.RESETTING,
        (S.RESETTING, Command.STATE_COMPLETE): S.IDLE,
        (S.IDLE, Command.START): S.STARTING,
        (S.STARTING, Command.STATE_COMPLETE): S.EXECUTE,
        (S.EXECUTE, Command.HOLD): S.HOLDING,
        (S.SUSPENDED, Command.HOLD): S.HOLDING,
        (S.HOLDING, Command.STATE_COMPLETE): S.HELD,
        (S.HELD, Command.UNHOLD): S.UNHOLDING,
        (S.UNHOLDING, Command.STATE_COMPLETE): S.EXECUTE,
        (S.EXECUTE, Command.SUSPEND): S.SUSPENDING,
        (S.SUSPENDING, Command.STATE_COMPLETE): S.SUSPENDED,
        (S.SUSPENDED, Command.UNSUSPEND): S.UNSUSPENDING,
        (S.UNSUSPENDING, Command.STATE_COMPLETE): S.EXECUTE,
        (S.EXECUTE, Command.COMPLETE): S.COMPLETING,
        (S.COMPLETING, Command.STATE_COMPLETE): S.COMPLETE,
        (S.STOPPING, Command.STATE_COMPLETE): S.STOPPED,
        (S.ABORTING, Command.STATE_COMPLETE): S.ABORTED,
        (S.ABORTED, Command.CLEAR): S.CLEARING,
        (S.CLEARING, Command.STATE_COMPLETE): S.STOPPED,
        **{(state, Command.STOP): S.STOPPING for state in _STOPPABLE},
        **{
            (state, Command.ABORT): S.ABORTING
            for state in (*_STOPPABLE, S.STOPPING, S.STOPPED, S.CLEARING)
        },
    }
)

WAITS = MappingProxyType(
    {
        Reason.STARVED: Command.SUSPEND,
        Reason.BLOCKED: Command.SUSPEND,
        Reason.OWN_MATERIAL_MISSING: Command.HOLD,
        Reason.OPERATOR_MISSING: Command.HOLD,
        Reason.INTERLOCK: Command.HOLD,
        Reason.FAULT: Command.ABORT,
    }
)
"""Into which state a machine goes for each reason to wait.

What comes from outside the machine suspends it, what is its own holds it, a fault
aborts it. Off shift is missing: hours are the calendar's, and leave the state alone.

Source: ISA-TR88.00.02: Suspended is for conditions outside the unit, such as material
that does not come or cannot leave; Held for those inside it.
"""

GOES_ON = MappingProxyType(
    {
        Command.SUSPEND: (Command.UNSUSPEND,),
        Command.HOLD: (Command.UNHOLD,),
        Command.ABORT: (Command.CLEAR, Command.RESET, Command.START),
    }
)
"""The way back from where each of these led."""


def settle(state: S, command: Command) -> S:
    """Return the state in which a machine waits after a command.

    Acting states (Starting, Holding, ...) take no time of their own here: what
    takes time is an operation. A command that the table does not know in this
    state leaves it as it is, as PackML asks.
    """
    after = TRANSITIONS.get((state, command))
    if after is None:
        return state
    while (after, Command.STATE_COMPLETE) in TRANSITIONS:
        after = TRANSITIONS[after, Command.STATE_COMPLETE]
    return after
