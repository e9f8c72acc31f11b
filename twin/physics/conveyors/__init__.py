"""Conveyors as rigid bodies: surfaces that stay in place and yet have a speed."""
