"""Looking into one forward pass: evaluation mode, nothing recorded, and everything as it was afterwards."""

import difflib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...base.observe import Observer
from ...core import Tensor, no_grad, wrap
from ...errors import ArgumentError, ShapeError
from ...functional.arguments import as_tensor, integer
from ...nn import Module
from ..graph.shrink import colour, grey
from ..graph.thumbnails import Thumbnail
from ..recorder import untouched

Seen = Callable[[str, Module, Any], None]  # path (with "#2" for a second call), module, result


class Calls(Observer):
    """Tells what every call of a module below a model gave; an observer around it sees nothing of this."""

    def __init__(self, model: Module, seen: Seen | None = None) -> None:
        self.paths = {id(module): path for path, module in model.named_modules()}
        self.counts: dict[int, int] = {}
        self.seen = seen

    def called(self, module: Any, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Call the module, and report its result."""
        result = forward(*args, **kwargs)
        if self.seen is not None and id(module) in self.paths:
            count = self.counts[id(module)] = self.counts.get(id(module), 0) + 1
            path = self.paths[id(module)]
            self.seen(path if count == 1 else f"{path}#{count}", module, result)
        return result


@contextmanager
def looking(model: Module, seen: Seen | None = None) -> Iterator[None]:
    """Run a block in evaluation mode, without recording; modes, buffers and generators are put back."""
    with untouched(model), Calls(model, seen), no_grad(), np.errstate(all="ignore"):
        yield


def one_picture(function: str, model: Module, x: Any, sample: int) -> np.ndarray:
    """Give picture ``sample`` of x as (1, C, H, W), in the dtype of the model."""
    if not isinstance(model, Module):
        raise ArgumentError(f"{function}: expected a model (nn.Module), got {type(model).__name__}")
    array = as_tensor(x, function).array
    if array.ndim not in (3, 4) or not array.size:
        wanted = "pictures (N, C, H, W), or one picture (C, H, W)"
        raise ShapeError(f"{function}: x must be {wanted}, not empty; got the shape {array.shape}")
    pictures = array if array.ndim == 4 else array[None]
    if integer(function, "sample", sample, 0) >= len(pictures):
        many = f"{len(pictures)} picture{'s' * (len(pictures) > 1)}"
        raise ArgumentError(
            f"{function}: sample must be below {len(pictures)}, as x has {many}; got {sample}"
        )
    return np.array(pictures[sample : sample + 1], dtype_of(model, array))


def dtype_of(model: Module, array: np.ndarray | None = None) -> Any:
    """Give the dtype of the parameters; of the array, or float32, for a model without any."""
    own = array.dtype if array is not None and array.dtype.kind == "f" else np.dtype(np.float32)
    return next((p.dtype for p in model.parameters()), own)


def find_layer(function: str, model: Module, layer: str) -> str:
    """Check that a model has a layer of this path; "act#2" is the second call of "act"."""
    names = [path for path, _ in model.named_modules() if path]
    path, mark, turn = layer.partition("#") if isinstance(layer, str) else ("", "", "")
    if path in names and (not mark or (turn.isdecimal() and int(turn) >= 1)):
        return path if turn in ("", "1") else layer
    close = difflib.get_close_matches(str(layer), names, n=3, cutoff=0.5)
    hint = f"; similar: {', '.join(close)}" if close else ""
    known = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    raise ArgumentError(f"{function}: the model has no layer {layer!r}{hint}; it has {known or 'none'}")


def run_scores(function: str, model: Module, x: Tensor) -> Tensor:
    """Compute the scores of a batch, and check that they are (N, classes)."""
    scores = model(x)
    if not isinstance(scores, Tensor) or scores.ndim != 2 or len(scores) != len(x):
        got = f"the shape {scores.shape}" if isinstance(scores, Tensor) else type(scores).__name__
        raise ShapeError(f"{function}: expected a model that gives scores (N, classes), got {got}")
    return scores


def choose_target(function: str, scores: np.ndarray, target: Any) -> int:
    """Check which score is meant; None is the largest."""
    if target is None:
        return int(np.argmax(scores))
    chosen = integer(function, "target", target, 0)
    if chosen >= scores.size:
        raise ArgumentError(
            f"{function}: target must be below {scores.size}, the number of scores; got {target}"
        )
    return chosen


def picture_tile(picture: np.ndarray, title: str, most: int) -> Thumbnail:
    """Draw an input (C, H, W): in colour if it has three channels, else the mean of all in grey."""
    finite = picture[np.isfinite(picture)]
    is_plain = finite.size and finite.min() >= 0 and finite.max() <= 1
    low, high = (0.0, 1.0) if is_plain else (None, None)
    if len(picture) == 3:
        return colour(picture, title, most=most, low=low, high=high)
    return grey(mean_of(picture), title, most=most, low=low, high=high)


def mean_of(picture: np.ndarray) -> np.ndarray:
    """Average the channels of (C, H, W); what is not finite stays so, without a warning."""
    with np.errstate(all="ignore"):
        return np.asarray(picture.mean(axis=0))


def tensor_of(array: np.ndarray) -> Tensor:
    """Make a tensor of an array without a copy."""
    return wrap(array)
