"""Notes of a computation, in order: which operations ran, on what, in which module, and what came back."""

from dataclasses import dataclass, field
from typing import Any

from ...core import Tensor
from ..graph.model import Worked
from ..graph.stats import Stats
from ..graph.thumbnails import Thumbnail

Place = tuple[str, int, str]  # file name without folders, line, the code on it


@dataclass
class Seen:
    """What is noted of any tensor."""

    shape: tuple[int, ...]
    dtype: str
    value: Stats | None = None
    gradient: Stats | None = None
    pictures: tuple[Thumbnail, ...] = ()
    gradient_pictures: tuple[Thumbnail, ...] = ()

    def forget_gradient(self) -> None:
        """Drop what a backward pass has told."""
        self.gradient, self.gradient_pictures = None, ()


@dataclass
class Leaf(Seen):
    """A tensor that no operation made."""

    name: str = ""  # what the user's code calls it, if that is known
    requires_grad: bool = False
    is_parameter: bool = False
    is_argument: bool = False  # it was handed to a model
    scalar: float | None = None  # the value of a single number
    update: float | None = None  # |change| / |value| in this step
    tensor: Tensor | None = None  # while it is recorded; dropped at the end


@dataclass
class Call:
    """A call of a module."""

    path: str  # from the outermost module, "" for itself
    type: str
    parent: int | None
    parameters: int
    root: int  # which outermost module: by order of their first calls
    is_layer: bool = False


@dataclass
class Event(Seen):
    """One operation."""

    op: str = ""
    names: tuple[str, ...] = ()  # of the inputs
    sources: tuple["Seen | None", ...] = ()  # None: an input that was left out
    settings: dict[str, Any] = field(default_factory=dict)  # as words
    tracked: bool = False
    saved: tuple[str, ...] = ()
    place: Place | None = None
    call: int | None = None
    seconds: float | None = None
    backward_seconds: float | None = None
    memory: int = 0
    turn: int | None = None
    contributions: dict[int, Stats] = field(default_factory=dict)  # by position of the input
    worked: dict[int, Worked] = field(default_factory=dict)
    failed: str = ""

    def forget_gradient(self) -> None:
        """Drop what a backward pass has told."""
        super().forget_gradient()
        self.turn = self.backward_seconds = None
        self.contributions, self.worked = {}, {}


@dataclass
class Trace:
    """All notes of one recording."""

    events: list[Event] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    root: Event | None = None  # where the last backward pass began, else what was computed last
    backward_ran: bool = False
    parameters: int = 0  # numbers learnt by all models that were called
    notes: list[str] = field(default_factory=list)
    step: int | None = None
