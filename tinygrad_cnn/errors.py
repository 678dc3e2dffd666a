"""What can go wrong, by kind: each error also is the built-in exception that a caller would catch.

Every message says what was expected, what came, and what to do; the command line shows it as one line.
"""


class CnnError(Exception):
    """The common base of all errors that this package raises on purpose."""


class ShapeError(CnnError, ValueError):
    """Sizes that do not fit each other or the operation."""


class GradientShapeError(ShapeError):
    """A gradient that does not have the shape of its input; ``got`` and ``expected`` are the two shapes."""

    def __init__(self, op: str, position: int, got: tuple[int, ...], expected: tuple[int, ...]) -> None:
        super().__init__(
            f"the gradient of {op} for input {position} has shape {got}, but that input has {expected}"
        )
        self.got, self.expected = got, expected


class PositionError(ShapeError, IndexError):
    """An index out of range; iterating by index ends with it, as for a list."""


class DtypeError(CnnError, TypeError):
    """A data type that the operation does not take, or two that do not belong together."""


class ArgumentError(CnnError, ValueError):
    """A setting outside of its range or of the wrong kind."""


class GraphError(CnnError, RuntimeError):
    """A backward pass that cannot be done or would be wrong: no graph, a released graph, changed values."""


class DataError(CnnError, ValueError):
    """Data that cannot be used: a damaged picture, a file that lies about its size, a label out of range."""


class ConfigError(CnnError, ValueError):
    """A configuration file that cannot be read as it stands; the message names the line."""


class CheckpointError(CnnError, ValueError):
    """A file that is no checkpoint, a damaged one, or one that belongs to another model."""


class NotFiniteError(CnnError, FloatingPointError):
    """A NaN or infinity where training cannot go on."""


class MissingPathError(CnnError, FileNotFoundError):
    """A file or folder that is not there."""
