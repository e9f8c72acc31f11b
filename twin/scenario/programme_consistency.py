"""Whether a programme's tools are there, and no part is left in mid-air."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from twin.scenario.equipment import Manipulator
from twin.scenario.findings import InconsistencyError, Path, check_known
from twin.scenario.model import Scenario
from twin.scenario.programme import Home, Pick, Programme, PutDown, Target, Unscrew

_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pick": ("vacuum", "jaws"),
        "place": ("vacuum", "jaws"),
        "unscrew": ("nutrunner",),
        "cut": ("shear",),
    }
)


def check_programmes(scenario: Scenario) -> None:
    """Check every programme, and the tools of every manipulator.

    Raises:
        InconsistencyError: At the first place that disagrees with another.
    """
    for name, equipment in scenario.equipment.items():
        if isinstance(equipment, Manipulator):
            _check_tools(equipment, ("equipment", name))
    for name, programme in scenario.programmes.items():
        at: Path = ("programmes", name)
        robots = {
            each: equipment
            for each, equipment in scenario.equipment.items()
            if isinstance(equipment, Manipulator)
        }
        check_known((*at, "robot"), programme.robot, robots, "manipulator")
        _check_tasks(scenario, programme, robots[programme.robot], at)


def _check_tools(robot: Manipulator, at: Path) -> None:
    if robot.mounted is not None:
        check_known((*at, "mounted"), robot.mounted, robot.tools, "tool")
    if robot.changer is not None:
        for tool in robot.changer.places:
            check_known((*at, "changer", "places"), tool, robot.tools, "tool")
    elif len(robot.tools) > 1:
        raise InconsistencyError(
            (*at, "tools"), f"{len(robot.tools)} tools and no changer; give one"
        )
    elif robot.tools and robot.mounted is None:
        raise InconsistencyError(
            (*at, "tools"), "nothing is mounted and there is no changer; give either"
        )


def _check_tasks(
    scenario: Scenario, programme: Programme, robot: Manipulator, at: Path
) -> None:
    mounted = robot.mounted
    holding: tuple[str, Path] | None = None
    for place, task in enumerate(programme.tasks):
        here: Path = (*at, "tasks", place)
        if isinstance(task, Home):
            continue
        tool = task.tool or mounted
        if tool is None:
            raise InconsistencyError(
                (*here, "tool"), "the flange is bare; name the tool to use"
            )
        check_known((*here, "tool"), tool, robot.tools, "tool")
        if tool != mounted:
            _check_change(robot, mounted, tool, here)
            if holding is not None:
                raise InconsistencyError(
                    (*here, "tool"),
                    f"changes the tool while it holds {holding[0]!r}; place it first",
                )
            mounted = tool
        kind = robot.tools[tool].kind
        if kind not in _KINDS.get(task.task, (kind,)):
            raise InconsistencyError(
                (*here, "tool"),
                f"{tool!r} is a {kind}; to {task.task} takes one of: "
                f"{', '.join(_KINDS[task.task])}",
            )
        if isinstance(task, Pick):
            if holding is not None:
                raise InconsistencyError(
                    (*here, "part"),
                    f"the tool still holds {holding[0]!r}; place it first",
                )
            holding = (task.part, here)
        elif isinstance(task, PutDown):
            if holding is None:
                raise InconsistencyError(here, "nothing is held; pick a part first")
            holding = None
        elif isinstance(task, Unscrew):
            check_known((*here, "of"), task.of, scenario.products, "product")
        target = getattr(task, "target", None)
        if isinstance(target, Target) and target.of is not None:
            known = {*scenario.products, *scenario.equipment}
            check_known(
                (*here, "target", "of"), target.of, known, "product or equipment"
            )
    if holding is not None:
        raise InconsistencyError(
            holding[1],
            f"leaves {holding[0]!r} in mid-air; add a place task after this pick",
        )


def _check_change(
    robot: Manipulator, mounted: str | None, tool: str, here: Path
) -> None:
    if robot.changer is None:
        raise InconsistencyError(
            (*here, "tool"), f"{tool!r} is not mounted and there is no changer; add one"
        )
    for each in (mounted, tool):
        if each is not None and each not in robot.changer.places:
            raise InconsistencyError(
                (*here, "tool"),
                f"{each!r} has no place in the changer; add it to its places",
            )
