"""The receptive field: which pixels of the input one output of a layer can depend on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core import Tensor
from ...errors import ArgumentError, ShapeError
from ...functional.arguments import Pair, integer
from ...nn import Module
from ..graph.shrink import signed
from ..write.words import clean
from .drawn import Drawn, frozen
from .look import dtype_of, find_layer, looking, tensor_of
from .probe import Probe
from .sheet import Section, Sheet, Tile

_SIDE, _PIXELS = 240, 120
_MOST_PROBES = 4096  # one forward pass each
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class ReceptiveField(Drawn):
    """What one output sees of the input; ``str()`` gives the numbers."""

    layer: str
    input_shape: tuple[int, ...]  # (C, H, W)
    output_shape: tuple[int, ...]  # of the layer, for one sample
    position: tuple[int, ...] | None  # which output, in all its channels; None: all of them together
    mask: np.ndarray  # (H, W) bool: the pixels that count
    box: Box  # top, bottom, left, right: all of them lie in x[:, top:bottom, left:right]
    full_size: tuple[int | None, int | None]  # of outputs whose field is not cut off; None: there is none
    stride: tuple[float | None, float | None]  # pixels from the field of one output to that of the next
    cell: int  # the mask was measured in squares of this many pixels a side

    @property
    def size(self) -> Pair:
        """Height and width of the box."""
        top, bottom, left, right = self.box
        return bottom - top, right - left

    def sheet(self) -> Sheet:
        """Give the output with its one place, and the input with all pixels that count."""
        tiles = [Tile(_marked(self.mask, "what it sees"), f"the input, {_by(self.mask.shape)}")]
        if self.position is not None and len(self.position) == 2:
            output = np.zeros(self.output_shape[1:], bool)
            output[self.position] = True
            words = f"the output, {_by(output.shape)}"
            tiles.insert(0, Tile(_marked(output, "one output"), words))
        caption = " ".join(f"{line[0].upper()}{line[1:]}." for line in str(self).splitlines()[1:])
        if 0 < 2 * max(self.size) <= max(self.mask.shape):
            tiles.append(self._enlarged())
        title = f"Receptive field of {clean(self.layer)}"
        return Sheet(title, caption, (Section("", "", tuple(tiles), len(tiles), _SIDE),))

    def _enlarged(self) -> Tile:
        """Show the field with what is around it, as it may be a few pixels of many."""
        top, bottom, left, right = self.box
        edge = 1 + max(self.size) // 8
        top, left = max(top - edge, 0), max(left - edge, 0)
        part = self.mask[top : bottom + edge, left : right + edge]
        rows, columns = (f"{a} to {a + n - 1}" for a, n in zip((top, left), part.shape, strict=True))
        return Tile(_marked(part, "enlarged"), f"enlarged: rows {rows}, columns {columns}")

    def __str__(self) -> str:
        top, bottom, left, right = self.box
        where = "all outputs together" if self.position is None else f"the output at {self.position}"
        verb = "depend" if self.position is None else "depends"
        lines = [
            f"receptive field of {clean(self.layer)}, {self.output_shape}, in an input of {self.input_shape}"
        ]
        if not self.mask.any():
            return f"{lines[0]}\n{where} {verb} on no pixel: there is nothing but padding to see"
        place = f"rows {top} to {bottom - 1}, columns {left} to {right - 1}"
        lines.append(f"{where} {verb} on {int(self.mask.sum())} pixels within {_by(self.size)}: {place}")
        if any(self.full_size):
            lines.append(f"size {_known(self.full_size)} where it is not cut off at the border")
        if any(step is not None for step in self.stride):
            lines.append(f"stride {_known(self.stride)}: from one output to the next it moves by that")
        if self.cell > 1:
            lines.append(f"measured in squares of {_by((self.cell, self.cell))} pixels; the box is exact")
        return "\n".join(lines)

    def __repr__(self) -> str:
        sizes = f"{_by(self.size)} of {_by(self.mask.shape)}"
        return f"<ReceptiveField: {clean(self.layer)} {self.position}, {sizes}>"


def receptive_field(
    model: Module,
    input_shape: Sequence[int],
    *,
    layer: str | None = None,
    position: Sequence[int] | int | None = None,
) -> ReceptiveField:
    """Find the pixels that one output of a layer can depend on, whatever the weights are.

    It is measured, not computed from the layers' settings, so that it holds for any network: NaN (then +inf
    and -inf) is put into parts of an input, and what is not finite at the output depends on that part. It
    runs in evaluation mode without recording, no further than the layer; modes, buffers and random generators
    are put back. Up to 4,096 pixels are tried one by one, larger fields in squares (``.cell``); the box is
    exact in any case. What asks only *where* a number is largest (argmax) is not followed.

    Args:
        model: any model that takes one batch of pictures.
        input_shape: (C, H, W), without the batch.
        layer: path of the layer, "act#2" for its second call; None is the last one that gives maps
            (N, C, H, W).
        position: (row, column) of the output; None is the centre, (OH // 2, OW // 2). Of a layer that gives
            vectors, one index; None is all of them together.

    Returns:
        ``.mask`` (H, W); ``.box`` (top, bottom, left, right) and its ``.size``, cut off at the border of the
        picture; ``.full_size`` without being cut off, and ``.stride`` in pixels, both None where no field is
        clear of the border.

    Raises:
        ArgumentError: there is no such layer or position, or the layer is not called or gives NaN.
        ShapeError: ``input_shape`` does not fit the model.

    >>> from tinygrad_cnn import nn
    >>> from tinygrad_cnn.viz.maps import receptive_field
    >>> field = receptive_field(nn.models.lenet5(seed=0), (1, 28, 28), layer="conv2", position=(2, 2))
    >>> field.size, field.stride, field.box
    ((14, 14), (2.0, 2.0), (2, 16, 2, 16))
    """
    shape = tuple(integer("receptive_field", "input_shape", n, 1) for n in input_shape)
    if len(shape) != 3:
        raise ShapeError(f"receptive_field: input_shape is (C, H, W), without the batch; got {shape}")
    if not isinstance(model, Module):
        raise ArgumentError(f"receptive_field: expected a model (nn.Module), got {type(model).__name__}")
    dtype = dtype_of(model)
    named = find_layer("receptive_field", model, layer) if layer else _last_maps(model, shape, dtype)
    probe = Probe(model, shape, named, dtype)
    probe.check_finite(_flat)
    if len(probe.shape) != 3:
        return _of_vectors(probe, _checked(probe, position, probe.shape))
    centre = (probe.shape[1] // 2, probe.shape[2] // 2)
    return _of_maps(probe, _checked(probe, position, probe.shape[1:]) or centre)


def _last_maps(model: Module, shape: tuple[int, ...], dtype: Any) -> str:
    """Find the last layer that gives (N, C, H, W); the innermost, where several give the same tensor."""
    found: list[tuple[str, Tensor]] = []

    def note(path: str, module: Module, result: Any) -> None:
        if isinstance(result, Tensor) and result.ndim == 4 and not (found and found[-1][1] is result):
            found.append((path, result))

    with looking(model, note):
        model(tensor_of(np.full((1, *shape), 0.5, dtype)))
    if not found:
        raise ArgumentError("receptive_field: no layer gives maps (N, C, H, W); name one with layer=")
    return found[-1][0]


def _checked(probe: Probe, position: Any, sizes: tuple[int, ...]) -> tuple[int, ...] | None:
    if position is None:
        return None
    places = tuple(position) if isinstance(position, Sequence) else (position,)
    if len(places) == len(sizes):
        places = tuple(integer("receptive_field", "position", p, 0) for p in places)
        if all(p < n for p, n in zip(places, sizes, strict=True)):
            return places
    raise ArgumentError(
        f"receptive_field: position must be {len(sizes)} number{'s' * (len(sizes) > 1)} within {sizes}, the "
        f"output of {probe.name.removeprefix('layer ')}; got {position!r}"
    )


def _flat(bad: np.ndarray) -> np.ndarray:
    return np.asarray(bad.reshape(len(bad), -1).any(axis=1, keepdims=True))


def _of_maps(probe: Probe, position: tuple[int, ...]) -> ReceptiveField:
    """Probe with whole rows and columns, which tell about all outputs beside this one, too."""
    row, column = position
    down = _lines(probe, 1, lambda bad: bad[:, :, :, column].any(axis=1))
    across = _lines(probe, 2, lambda bad: bad[:, :, row, :].any(axis=1))
    (top, bottom), (left, right) = _span(down[:, row]), _span(across[:, column])
    full, steps = zip(*(_regular(lines) for lines in (down, across)), strict=True)
    box = (top, bottom, left, right)
    mask, cell = _inside(probe, box, lambda bad: bad[:, :, row, column].any(axis=1, keepdims=True))
    return _result(probe, position, mask, box, full, steps, cell)


def _of_vectors(probe: Probe, position: tuple[int, ...] | None) -> ReceptiveField:
    """Probe for one output of a layer without rows and columns, or for all of them together."""

    def pick(bad: np.ndarray) -> np.ndarray:
        picked: Any = ... if position is None else (slice(None), *position)
        return _flat(bad[picked])

    (top, bottom), (left, right) = (_span(_lines(probe, side, pick)[:, 0]) for side in (1, 2))
    box = (top, bottom, left, right)
    mask, cell = _inside(probe, box, pick)
    return _result(probe, position, mask, box, (None, None), (None, None), cell)


def _result(
    probe: Probe, position: Any, mask: np.ndarray, box: Box, full: Any, steps: Any, cell: int
) -> ReceptiveField:
    name = probe.layer or "the model"
    return ReceptiveField(name, probe.base.shape, probe.shape, position, frozen(mask), box, full, steps, cell)


def _lines(probe: Probe, side: int, pick: Any) -> np.ndarray:
    """Probe with every row (side 1) or column (side 2) of the input: (H, OH) or (W, OW)."""
    _, height, width = probe.base.shape
    one = np.eye(probe.base.shape[side], dtype=bool)
    lines = one[:, :, None] if side == 1 else one[:, None, :]
    return probe.reached(np.broadcast_to(lines, (len(one), height, width)), pick)


def _span(line: np.ndarray) -> Pair:
    places = np.flatnonzero(line)
    return (int(places[0]), int(places[-1]) + 1) if places.size else (0, 0)


def _regular(lines: np.ndarray) -> tuple[int | None, float | None]:
    """Find the size of the fields that are clear of the border, and the step from one to the next.

    Layers that enlarge have steps such as 0, 1, 0, 1: the step is that of the shortest period.
    """
    spans = np.array([_span(line) for line in lines.T])
    clear = (spans[:, 0] > 0) & (spans[:, 1] < len(lines)) & (spans[:, 1] > 0)
    if not clear.any():
        return None, None
    sizes = spans[:, 1] - spans[:, 0]
    size = int(sizes[clear].max())
    whole = np.flatnonzero(clear & (sizes == size))  # others are cut off by the padding of a layer between
    for period in range(1, len(whole)):
        moved = spans[whole[period:], 0] - spans[whole[:-period], 0]
        steps = moved / (whole[period:] - whole[:-period])
        if (steps == steps[0]).all():
            return size, float(steps[0])
    return size, None


def _inside(probe: Probe, box: Box, pick: Any) -> tuple[np.ndarray, int]:
    """Try the pixels of the box one by one, or in squares if there are too many."""
    top, bottom, left, right = box
    mask = np.zeros(probe.base.shape[1:], bool)
    cell = max(1, math.ceil(math.sqrt((bottom - top) * (right - left) / _MOST_PROBES)))
    corners = [(r, c) for r in range(top, bottom, cell) for c in range(left, right, cell)]
    squares = [(slice(r, min(r + cell, bottom)), slice(c, min(c + cell, right))) for r, c in corners]
    for i in range(0, len(squares), probe.batch):
        part = squares[i : i + probe.batch]
        masks = np.zeros((len(part), *mask.shape), bool)
        for one, square in zip(masks, part, strict=True):
            one[square] = True
        for square, counts in zip(part, probe.reached(masks, pick)[:, 0], strict=True):
            mask[square] = counts
    return mask, cell


def _marked(mask: np.ndarray, title: str) -> Any:
    return signed(mask.astype(float), title, most=_PIXELS, largest=1.0)


def _by(sizes: Sequence[int]) -> str:
    return " x ".join(str(n) for n in sizes)


def _known(values: Sequence[float | None]) -> str:
    return " x ".join("-" if v is None else f"{v:g}" for v in values)
