"""Discrete events: the whole plant as parts that wait, move and are worked on."""
