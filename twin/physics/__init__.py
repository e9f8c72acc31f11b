"""Rigid bodies: one cell, every contact. The only door to pybullet."""
