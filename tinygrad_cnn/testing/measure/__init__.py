"""Measuring: slopes by differences, where to look, and what must hold of any backward pass."""
