"""Naming the mistake behind a gradient that is wrong."""
