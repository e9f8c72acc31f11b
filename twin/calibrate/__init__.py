"""Times for the flow engine, measured in the physics of a cell."""
