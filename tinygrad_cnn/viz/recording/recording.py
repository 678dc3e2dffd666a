"""`record`: a block in which everything that a picture needs is noted."""

from collections.abc import Mapping
from typing import Any

from ...core import Tensor
from ...errors import ArgumentError, GraphError
from ...nn import Module
from ..graph.model import Graph
from .build import build
from .recorder import Recorder


class Recording(Recorder):
    """What happened inside of a ``with record() as r:`` block; `draw` makes a picture of it."""

    def __init__(
        self,
        *,
        names: Mapping[str, Tensor] | Module | None = None,
        thumbnails: bool = True,
        worked: bool = True,
    ) -> None:
        super().__init__(thumbnails=thumbnails, worked=worked, names=names_by_identity(names))
        self._held = names  # so that no identity is used again
        self._graph: Graph | None = None
        self._used = False

    @property
    def graph(self) -> Graph:
        """The graph of what was recorded: everything that the last loss was computed from."""
        if self._graph is None:
            self._graph = build(self.trace)
        return self._graph

    def __enter__(self) -> "Recording":
        if self._used:
            raise GraphError("a recording holds one block; make a new one for the next: with record() as r:")
        self._used = True
        super().__enter__()
        return self

    def __exit__(self, *reason: Any) -> None:
        super().__exit__(*reason)
        self._graph, self._held = None, None

    def __repr__(self) -> str:
        return f"<Recording of {len(self.trace.events):,} operations; draw(r) shows them>"


def record(
    *, names: Mapping[str, Tensor] | Module | None = None, thumbnails: bool = True, worked: bool = True
) -> Recording:
    """Note a training step while it runs: ``with record() as r:``, then `draw` ``(r)``.

    Kept are small copies only, numbers about every value and gradient, thumbnails of pictures, feature maps
    and filters, the order of the backward pass, and the line that made each operation; later changes of
    tensors do not change them. One block holds one step: of several, the last one is drawn.

    Args:
        names: what to call tensors, by name, or a module whose parameters name themselves; without it they
            have the names of variables and the paths in the models that are called.
        thumbnails: keep small pictures.
        worked: work one entry of each gradient out by finite differences, which computes every operation
            three times.

    Raises:
        ArgumentError: ``names`` is neither a mapping of tensors nor a module.
        GraphError: one recording is entered a second time.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([1.0, -2.0], requires_grad=True)
    >>> with record() as r:
    ...     loss = x.relu().sum()
    ...     loss.backward()
    >>> [item.id for item in r.graph.items.values()], r.graph.items["x"].gradient.mean
    (['x', 'relu', 'sum'], 0.5)
    """
    return Recording(names=names, thumbnails=thumbnails, worked=worked)


def names_by_identity(names: Mapping[str, Tensor] | Module | None) -> dict[int, str]:
    """Turn the user's names around: from tensors to names."""
    if names is None:
        return {}
    if isinstance(names, Module):
        return {id(p): path for path, p in names.named_parameters()}
    if not isinstance(names, Mapping) or not all(isinstance(t, Tensor) for t in names.values()):
        raise ArgumentError(
            f"names expects a mapping from names to tensors, or a module, got {_kind(names)}; "
            'as in names={"x": x}'
        )
    return {id(t): str(name) for name, t in names.items()}


def _kind(names: Any) -> str:
    if not isinstance(names, Mapping):
        return type(names).__name__
    wrong = next(t for t in names.values() if not isinstance(t, Tensor))
    return f"a {type(wrong).__name__} in it"
