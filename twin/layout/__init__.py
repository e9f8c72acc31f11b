"""Meshes, placement and measures: where everything is and what shape it has."""
