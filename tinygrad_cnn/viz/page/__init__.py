"""The picture as one HTML page that needs nothing beside it: opened from disk, it asks for nothing else."""

from .build import to_page

__all__ = ["to_page"]
