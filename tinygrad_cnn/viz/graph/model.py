"""What a picture is made of: items (a tensor and the operation that made it), uses between them, modules.

Every writer (text, DOT, SVG, PNG, HTML, JSON) reads this and nothing else, so a new one is one file. It
holds numbers and words only: no tensor, no array that could still change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .stats import Stats
from .thumbnails import Thumbnail

OP, INPUT, PARAMETER, CONSTANT, FOLD = "op", "input", "parameter", "constant", "fold"


@dataclass(frozen=True)
class Worked:
    """One entry of a gradient, worked out by the chain rule, with its finite difference beside it."""

    entry: tuple[int, ...]  # which entry of the input: the one with the largest contribution
    backward: float  # what the closure gave there
    difference: float | None  # sum over outputs of dY times their measured slope; None: not measured
    terms: tuple[tuple[tuple[int, ...], float, float], ...]  # (output entry, dY there, slope), largest first
    reached: int  # how many outputs that entry reaches


@dataclass(frozen=True)
class Use:
    """One use of an item by an operation: an edge, forward and backward."""

    source: str  # id of the item that is used
    name: str  # name of the operation's input, "x" or "w"
    tracked: bool  # a gradient flows back over it
    rule: str = ""  # "dX = dY * 1[X > 0]"
    broadcast: str = ""  # what backward sums over, "sum over N, H, W"
    contribution: Stats | None = None  # the gradient that came back over this use
    worked: Worked | None = None


@dataclass
class Item:
    """A tensor of the graph: an input, a parameter, a constant, or the result of an operation."""

    id: str  # from the path of the module and the name of the operation, the same on every run
    kind: str  # OP, INPUT, PARAMETER, CONSTANT, or FOLD for a group that is shown as one box
    name: str  # the operation, or what the tensor is called
    module: str  # id of the `Group` it lies in, "" at the top
    shape: tuple[int, ...]
    dtype: str
    uses: tuple[Use, ...] = ()  # what it is computed from
    tracked: bool = True  # False: no gradient is asked for
    settings: str = ""  # "3x3, stride 1, padding 1"
    saved: tuple[str, ...] = ()  # what is kept for the backward pass: "X", "argmax"
    source: str = ""  # where the user's code made it: "model.py:12"
    code: str = ""  # that line of code
    value: Stats | None = None
    gradient: Stats | None = None  # of the loss with respect to this tensor; None: not computed
    turn: int | None = None  # which turn it had in the backward pass, from 0
    seconds: float | None = None  # time of the forward computation
    backward_seconds: float | None = None
    memory: int = 0  # bytes of the result
    update: float | None = None  # |change| / |value| of a parameter in this step
    pictures: tuple[Thumbnail, ...] = ()  # of the value: the picture, feature maps, filters
    gradient_pictures: tuple[Thumbnail, ...] = ()
    failed: str = ""  # the message of the error, if the operation raised one
    parameters: int = 0  # of a FOLD: numbers learnt in it
    hides: int = 0  # of a FOLD: how many operations it stands for
    hidden_uses: int = 0  # of a FOLD: how many edges lie inside of it
    spread: tuple[float, float, float] | None = None  # of repeated blocks: least, median, largest |gradient|
    heat: float | None = None  # of a comparison: log10 of how many times a number changed
    heat_text: str = ""  # the same in words, "x0.001"
    mark: str = ""  # of a comparison: "added", "removed" or "changed"

    @property
    def is_op(self) -> bool:
        """True for what operations made: it has a rung of its own."""
        return self.kind in (OP, FOLD)


@dataclass
class Group:
    """One call of a module: a box around items that follow each other."""

    id: str  # the path, with "#2" for a second call
    path: str  # attribute path, "features.0"; the name of the type for the model itself
    type: str  # "Conv2d"
    parent: str  # id of the group around it, "" at the top
    parameters: int  # numbers that are learnt in it
    is_layer: bool = False  # one of the package's own layers, which contains no other


@dataclass
class Graph:
    """A forward pass and what is known of its backward pass; items are in the order of computation."""

    items: dict[str, Item]
    groups: dict[str, Group] = field(default_factory=dict)
    root: str = ""  # id of the loss: where the gradient enters
    title: str = ""
    facts: tuple[str, ...] = ()  # "loss 1.09", "batch (8, 3, 120, 120)", "172,963 parameters"
    notes: tuple[str, ...] = ()  # what was left out, or could not be known

    def users(self) -> dict[str, list[tuple[Item, Use]]]:
        """List for every item by what it is used, in order."""
        found: dict[str, list[tuple[Item, Use]]] = {name: [] for name in self.items}
        for item in self.items.values():
            for use in item.uses:
                found[use.source].append((item, use))
        return found

    def ops(self) -> Iterator[Item]:
        """Go through the results of operations, in order."""
        return (item for item in self.items.values() if item.is_op)

    def ancestry(self, group: str) -> list[str]:
        """List the ids of a group and of those around it, innermost first."""
        found = []
        while group:
            found.append(group)
            group = self.groups[group].parent
        return found
