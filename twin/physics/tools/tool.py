"""A tool at a flange: its links, whether it is coupled, and what it is doing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from twin.errors import PhysicsError
from twin.kinematics.programme import Stop
from twin.layout.manipulators import PLAIN_RADIUS_M
from twin.physics.device import Done, Outcome, Told
from twin.physics.tools.memories import AnyToolMemory, ToolMemory
from twin.physics.tools.workplace import Workplace
from twin.physics.world import Body, Link, Shape, World, box_inertia_kgm2
from twin.scenario.end_tools import EndToolBase
from twin.transforms import Matrix, Vector, transform, wxyz_from_xyzw

LIP_M = 5e-3
"""A tool's shape ends so far short of its tip: what gives way on contact (lips of a
cup, a socket's chamfer) is no rigid body."""

_STOWED_KG = 1e-3
_STOWED_KGM2 = 1e-6


class ToolDrive(ABC):
    """A tool as links of the arm that may carry it.

    A tool that is not at the flange stays a link without weight that touches
    nothing: the flange then carries exactly what it should, and coupling needs no
    constraint that could give.

    Args:
        name: As in the scenario.
        spec: What the scenario says.
        shapes: What touches, tool frame (the flange's); a cylinder if empty.

    Attributes:
        flange_from_tip: Where it works, (4, 4).
        coupled: Whether it is at the flange.
        held: Name of the part it holds, or "".
        magazine_kg: Mass of what it has collected.
    """

    def __init__(
        self, name: str, spec: EndToolBase, shapes: Sequence[Shape] = ()
    ) -> None:
        self.name = name
        self.length_m = float(spec.length)
        self.mass_kg = float(spec.mass)
        self.flange_from_tip: Matrix = transform((0.0, 0.0, self.length_m))
        self.coupled = False
        self.held = ""
        self.magazine_kg = 0.0
        self._shapes = tuple(shapes)
        self._parts: list[tuple[int, float, tuple[float, float, float]]] = []
        self._held_body: Body | None = None

    # Building ---------------------------------------------------------------

    def links(self, flange_link: str, link_from_flange: Matrix) -> list[Link]:
        """Return its links, the one at the flange first."""
        return [
            Link(
                self.name,
                self._palm_kg(),
                self._shapes or (self._plain(self.length_m - LIP_M),),
                parent=flange_link,
                parent_from_link=link_from_flange,
                centre_of_mass_m=(0.0, 0.0, self.length_m / 3),
            )
        ]

    def _palm_kg(self) -> float:
        return self.mass_kg

    def _plain(self, length_m: float) -> Shape:
        return Shape(
            "cylinder",
            (PLAIN_RADIUS_M, length_m, 0.0),
            (0.0, 0.0, length_m / 2),
        )

    def settle(
        self, world: World, body: Body, links: Sequence[Link], carrier: str
    ) -> None:
        """Take over its links in the arm's body, uncoupled.

        Args:
            world: Where the arm is.
            body: The arm.
            links: What ``links`` returned.
            carrier: The last link that a joint moves: it carries the flange.
        """
        self.world, self.body, self.carrier = world, body, carrier
        self.client = world.client
        self.link_index = body.link_index[self.name]
        for link in links:
            inertia = link.inertia_kgm2 or box_inertia_kgm2(link)
            for name, index in body.link_index.items():
                own, _, extra = name.partition("#")
                if own != link.name:
                    continue
                mass_kg = _STOWED_KG if extra else link.mass_kg
                self._parts.append((index, mass_kg, (1e-6,) * 3 if extra else inertia))
        self._wear(False)

    # Coupling ---------------------------------------------------------------

    def couple(self) -> None:
        """Hang at the flange from now on."""
        self.coupled = True
        self._wear(True)

    def uncouple(self) -> None:
        """Be gone from the flange."""
        self.coupled = False
        self._wear(False)

    def _wear(self, on: bool) -> None:
        for index, mass_kg, inertia in self._parts:
            self.world.call(
                "changeDynamics",
                self.body.body_id,
                index,
                mass=mass_kg if on else _STOWED_KG,
                localInertiaDiagonal=list(inertia) if on else [_STOWED_KGM2] * 3,
            )
            self.world.call(
                "setCollisionFilterGroupMask",
                self.body.body_id,
                index,
                1 if on else 0,
                -1 if on else 0,
            )

    # Working ----------------------------------------------------------------

    @abstractmethod
    def begin(self, stop: Stop, work: Workplace) -> None:
        """Begin what a stop asks for."""

    def before_step(self) -> Outcome | None:
        """Work for a tick; say when done, failed or of note."""
        return Done()

    def watch(self) -> Told | None:
        """Look after what it holds; called once a tick while coupled."""
        return None

    def lose(self) -> None:
        """Lose the hold, as when air or a finger fails."""
        return  # a tool that holds nothing has nothing to lose

    # Remembering ------------------------------------------------------------

    @abstractmethod
    def memory(self) -> AnyToolMemory:
        """Return what it does and holds; whether it is coupled, the arm knows."""

    @abstractmethod
    def recall(self, memory: AnyToolMemory, stop: Stop | None, work: Workplace) -> None:
        """Do and hold the same again.

        Args:
            memory: Of a tool of the same kind.
            stop: What it is at; None while the arm moves or rests.
            work: What it acts on; it knows the part that is held.

        Raises:
            PhysicsError: If the memory is of another kind of tool.
        """

    def _recall_hold(
        self, memory: AnyToolMemory, kind: type[ToolMemory], work: Workplace
    ) -> None:
        if not isinstance(memory, kind):
            raise PhysicsError(
                f"snapshot: tool {self.name!r} is another kind there; open the "
                "scenario it was taken from"
            )
        self.held, self.magazine_kg = memory.held, memory.magazine_kg
        self._held_body = work.part(memory.held) if memory.held else None

    # Reading ----------------------------------------------------------------

    def world_from_tool(self) -> Matrix:
        """Return where its flange side is, (4, 4)."""
        return world_from_link(self.body, self.name)

    def tip(self) -> tuple[Vector, Vector]:
        """Return its tip's place, m, and the direction it works in, (3,) each."""
        world_from_tool = self.world_from_tool()
        axis = world_from_tool[:3, 2]
        return world_from_tool[:3, 3] + axis * self.length_m, axis

    def held_body(self) -> Body | None:
        """Return the part in its hold, if there is one."""
        return self._held_body


def world_from_link(body: Body, link: str) -> Matrix:
    """Return where a link is after the last step, (4, 4).

    Bullet otherwise answers with where it was before that step, which at 1 m/s is
    4 mm away.
    """
    state = body.world.call(
        "getLinkState", body.body_id, body.link_index[link], computeForwardKinematics=1
    )
    return transform(state[4], wxyz_from_xyzw(state[5]))
