"""How robots reach: forward and inverse kinematics, branch choice, motion."""
