"""What surrounds the picture: tree, inspector, controls, events. Qt lives here."""

from viewer.panels.controls import ControlBar
from viewer.panels.events import EventList
from viewer.panels.inspector import Inspector
from viewer.panels.trainer import TrainerPanel
from viewer.panels.tree import Tree

__all__ = ["ControlBar", "EventList", "Inspector", "TrainerPanel", "Tree"]
