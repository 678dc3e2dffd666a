"""Files: weights in safetensors, strict JSON, and writing that never leaves half a file."""

from .files import SaveError, atomic_write, remove_leftovers
from .strict_json import dumps, loads
from .weights import load, load_metadata, load_with_metadata, save

__all__ = [
    "SaveError",
    "atomic_write",
    "dumps",
    "load",
    "load_metadata",
    "load_with_metadata",
    "loads",
    "remove_leftovers",
    "save",
]
