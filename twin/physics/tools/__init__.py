"""What a manipulator's flange can carry, as bodies that act on other bodies."""
