"""Planting mistakes into gradients, to see whether a test notices."""
