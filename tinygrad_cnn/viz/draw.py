"""`draw`: a picture of a computation, of a model, of a recording, or of the difference of two."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..core import Tensor, enable_grad, wrap
from ..core.graph import run_backward
from ..errors import ArgumentError, GraphError
from ..functional import cross_entropy
from ..nn import Module
from .compare import Difference
from .graph.fold import MOST_RUNGS
from .graph.model import Graph
from .picture import Picture
from .recorder import untouched
from .recording.build import build
from .recording.names import user_frames
from .recording.nodes import trace_of
from .recording.recording import Recording, names_by_identity, record


def draw(
    what: Any,
    x: Any = None,
    target: Any = None,
    *,
    loss: Any = None,
    engine: str = "auto",
    max_rungs: int = MOST_RUNGS,
    collapse: Collection[str] = (),
    layers: bool = True,
    heat: str = "gradient",
    thumbnails: bool = True,
    names: Mapping[str, Tensor] | Module | None = None,
) -> Picture:
    """Draw forward and backward pass in one picture: values go down on the left, gradients up on the right.

    Args:
        what: a tensor with its graph, before or after ``backward()``; a module, with ``x``; a `record`
            recording; the `diff` of two; or a graph.
        x: for a module, its input (N, ...), or a tuple of inputs. The picture computes forward and backward;
            gradients, buffers, random numbers and modes of the model stay as they are.
        target: for a module, what the loss compares with; without it, the sum of the outputs is the loss.
        loss: called as ``loss(model(x), target)``; left out, `cross_entropy`.
        engine: "auto" is built in and needs nothing; "dot" asks Graphviz, where it is installed.
        max_rungs: how many boxes from top to bottom; of a larger graph, repeated blocks and the deepest
            modules become one box each, which says so.
        collapse: modules to fold, by path or type, with ``*``.
        layers: fold built-in layers of several operations (batch normalisation) into one box each.
        heat: what the bars show: "gradient", "update", "dead", "time" or "memory".
        thumbnails: keep small pictures (of a module).
        names: what to call tensors: a mapping from names, or a module.

    Raises:
        ArgumentError: an argument of another kind, or a setting that there is not.
        GraphError: a tensor that was not computed from anything that requires grad.

    A model whose forward pass fails is drawn up to there, with the operation that failed in red.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> print(draw(x * x + x).graph.items["x"].gradient.mean)
    7.0
    """
    if isinstance(what, Module):
        graph = _of_model(what, x, target, loss, thumbnails, names)
    elif x is not None or target is not None or loss is not None:
        raise ArgumentError(f"draw takes x, target and loss only with a module, and got {_kind(what)}")
    elif isinstance(what, Tensor):
        graph = _of_tensor(what, names)
    elif isinstance(what, Recording | Difference):
        graph = what.graph
    elif isinstance(what, Graph):
        graph = what
    else:
        raise ArgumentError(
            f"draw expects a tensor, a module with x, a recording or a difference, got {_kind(what)}"
        )
    return Picture(graph, engine=engine, most=max_rungs, collapse=collapse, layers=layers, heat=heat)


def _kind(what: Any) -> str:
    return f"a {type(what).__name__}"


def _of_tensor(y: Tensor, names: Mapping[str, Tensor] | Module | None) -> Graph:
    if y.node is None:
        why = "it is a leaf" if y.requires_grad else "it was computed under no_grad, or from constants"
        raise GraphError(
            f"this tensor of shape {y.shape} has no graph to draw: {why}; "
            "draw a result of tensors that require grad, or record the computation: with record() as r:"
        )
    return build(trace_of(y, names_by_identity(names), list(user_frames(3))))


def _of_model(
    model: Module,
    x: Any,
    target: Any,
    loss: Any,
    thumbnails: bool,
    names: Mapping[str, Tensor] | Module | None,
) -> Graph:
    """Run a model forward and backward for the picture alone."""
    if x is None:
        raise ArgumentError("draw(model, x) needs an input x, such as a batch of one picture (1, C, H, W)")
    given = x if isinstance(x, tuple) else (x,)
    inputs = [_as_input(value) for value in given]
    if isinstance(names, Mapping):  # what the user named are not the copies that the model is given
        copies = {id(old): new for old, new in zip(given, inputs, strict=True)}
        names = {name: copies.get(id(t), t) for name, t in names.items()}
    recording = record(names=names, thumbnails=thumbnails)
    notes: list[str] = []
    try:
        with untouched(model, evaluation=False), np.errstate(all="ignore"), enable_grad(), recording:
            notes = _step(model, inputs, target, loss)
    except Exception:
        if not recording.trace.events:  # nothing was computed, so there is nothing to show
            raise
    return replace(recording.graph, notes=(*recording.graph.notes, *notes))


def _as_input(value: Any) -> Tensor:
    """Copy an input, so that the picture ends with the gradient of the loss with respect to it."""
    if not isinstance(value, Tensor | np.ndarray):
        raise ArgumentError(f"draw expects x to be a tensor or an array, got {_kind(value)}")
    t = Tensor(np.asarray(value))
    return t.requires_grad_() if t.dtype.kind == "f" else t


def _step(model: Module, inputs: list[Tensor], target: Any, loss: Any) -> list[str]:
    """Compute a loss and its gradients, which go nowhere; say what the picture should."""
    notes = []
    y = model(*inputs)
    if isinstance(y, tuple | list) and y and isinstance(y[0], Tensor):
        y = y[0]
        notes.append("the model gives several results; this is the first")
    if target is not None or loss is not None:
        y = (loss or cross_entropy)(y, target if isinstance(target, Tensor) else Tensor(target))
    if not isinstance(y, Tensor):
        raise ArgumentError(f"draw expects a model that gives a tensor, got {_kind(y)}")
    if y.node is None:
        return [*notes, "nothing in it requires grad, so there is no backward pass"]
    if y.array.size != 1:
        notes.append("the gradient is that of the sum of all results")
    run_backward(y, wrap(np.ones_like(y.array)), keys=None, create_graph=False, release=True)
    return notes
