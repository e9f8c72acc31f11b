"""What every scene is put together from, of a cell as of a hall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from twin.layout.meshes import merged, moved
from twin.layout.nodes import Asset
from twin.layout.plan import asset_from_nodes
from twin.scenario import Scenario
from twin.scenario.fields import Text
from twin.state import Camera, Entity, Label, MeshArrays, Pose
from twin.transforms import Matrix, pose_of


@dataclass(slots=True)
class SceneDraft:
    """A scene being put together."""

    entities: list[Entity] = field(default_factory=list)
    meshes: dict[str, MeshArrays] = field(default_factory=dict)
    movers: list[str] = field(default_factory=list)
    machines: list[str] = field(default_factory=list)
    joints: list[str] = field(default_factory=list)

    def mesh(self, parts: Sequence[MeshArrays]) -> str:
        """Keep meshes as one; return its sha256, "" for none."""
        if not parts:
            return ""
        whole = merged(parts)
        name = whole.sha256()
        self.meshes[name] = whole
        return name

    def mover(self, name: str) -> int:
        """Add a mover; return its place in the frames."""
        self.movers.append(name)
        return len(self.movers) - 1

    def machine(self, name: str) -> int:
        """Add a machine; return its place in the frames."""
        self.machines.append(name)
        return len(self.machines) - 1


def as_pose(world_from_local: Matrix) -> Pose:
    """Return a 4x4 transform as position and quaternion."""
    position, wxyz = pose_of(world_from_local)
    x, y, z = position.tolist()
    qw, qx, qy, qz = wxyz.tolist()
    return (x, y, z, qw, qx, qy, qz)


def label_of(text: Text | None, name: str) -> Label:
    """Return a name for people; the id in both languages where there is none."""
    return Label(en=name, fr=name) if text is None else text.label()


def asset_meshes(asset: Asset) -> list[MeshArrays]:
    """Return all that is seen of an asset, joints at 0, in its own frame."""
    poses = asset_from_nodes(asset)
    return [
        moved(node.mesh, poses[node.name])
        for node in asset.nodes
        if node.mesh is not None
    ]


def saved_cameras(scenario: Scenario) -> tuple[Camera, ...]:
    """Return the views that a scenario saves."""
    return tuple(
        Camera(
            name=name,
            label=view.label.label(),
            eye_in_world_m=view.eye.as_tuple(),
            target_in_world_m=view.target.as_tuple(),
            field_of_view_deg=view.field_of_view_deg,
        )
        for name, view in scenario.cameras.items()
    )
