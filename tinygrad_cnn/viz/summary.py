"""A summary is one forward pass on zeros, with a hook on every module that notes what comes and goes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..core import Tensor, no_grad, wrap
from ..errors import ShapeError
from ..functional.arguments import integer
from ..nn import Module
from .layers import explain_misfit
from .recorder import Open, Recorder, Shape, SummaryRow, untouched
from .table import aligned, counted, in_bytes


@dataclass(frozen=True)
class Summary:
    """What `summary` found out; ``str()`` gives the table."""

    model: str
    input_shape: Shape  # with the batch in front
    input_memory: int  # bytes
    rows: tuple[SummaryRow, ...]
    total_parameters: int
    trainable_parameters: int
    weights_memory: int  # bytes of parameters and buffers
    not_called: tuple[str, ...] = ()  # layers with parameters that took no part

    @property
    def total_multiply_adds(self) -> int:
        """The sum over all rows, for the whole batch."""
        return sum(row.multiply_adds or 0 for row in self.rows)

    @property
    def forward_memory(self) -> int:
        """Bytes of activations that a forward pass alone needs: the most that one layer reads and writes."""
        return max([self.input_memory, *(row.input_memory + row.memory for row in self.rows)])

    @property
    def training_memory(self) -> int:
        """Bytes of the input and all outputs together: what a backward pass may keep, at most."""
        return self.input_memory + sum(row.memory for row in self.rows)

    def __str__(self) -> str:
        return "\n".join([_table(self.input_shape, self.input_memory, self.rows), *self._totals()])

    def _totals(self) -> list[str]:
        frozen = self.total_parameters - self.trainable_parameters
        trainable = f"{self.trainable_parameters:,} trainable" if frozen else "all trainable"
        unknown = sorted({row.type for row in self.rows if row.multiply_adds is None})
        beyond = f", and those of {', '.join(unknown)}, which are not known" if unknown else ""
        batch = self.input_shape[0]
        lines = [
            f"parameters     {counted(self.total_parameters)}, {trainable}",
            f"multiply-adds  {counted(self.total_multiply_adds)} for a batch of {batch}{beyond}",
            f"weights        {in_bytes(self.weights_memory)}",
            f"activations    {in_bytes(self.forward_memory)} forward (largest input and output of a layer), "
            f"{in_bytes(self.training_memory)} training (all)",
        ]
        if self.not_called:
            lines.append(f"not called     {', '.join(self.not_called)}")
        return lines


def summary(model: Module, input_shape: Sequence[int], batch_size: int = 1) -> Summary:
    r"""Show the layers of a model: output shapes, parameters, multiply-adds and memory.

    ``input_shape`` is that of one sample, (C, H, W) for pictures. One forward pass runs on zeros, in
    evaluation mode and without recording; modes, buffers and random generators are put back. Multiply-adds
    are counted for convolutions (:math:`N \cdot OH \cdot OW \cdot O \cdot (C / groups) \cdot kh \cdot kw`),
    dense layers and batch normalisation, biases not included. A layer that is called twice has two rows; its
    parameters are counted once.

    Raises:
        ShapeError: a layer does not fit; the message shows everything up to it, the arithmetic, and the
        number that would fit.

    >>> from tinygrad_cnn import nn
    >>> from tinygrad_cnn.viz import summary
    >>> print(summary(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), (1, 8, 8)))
    layer  type     output shape  parameters  multiply-adds  output
           (input)  (1, 1, 8, 8)                              256 B
    0      Flatten  (1, 64)                0              0   256 B
    1      Linear   (1, 10)              650            640    40 B
    parameters     650, all trainable
    multiply-adds  640 for a batch of 1
    weights        2.6 kB
    activations    512 B forward (largest input and output of a layer), 552 B training (all)
    """
    sizes = tuple(integer("summary", "input_shape", n, 1) for n in input_shape)
    shape = (integer("summary", "batch_size", batch_size, 1), *sizes)
    x = wrap(np.zeros(shape, next((p.dtype for p in model.parameters()), np.float32)))
    recorder = Recorder()
    with untouched(model), recorder, no_grad(), np.errstate(all="ignore"):
        try:
            model(x)
        except ShapeError as error:
            raise ShapeError(_failure(model, x, recorder, error)) from error
        except Exception as error:
            error.add_note(_failure(model, x, recorder, error))
            raise
    parameters = list(model.parameters())
    return Summary(
        model=type(model).__name__,
        input_shape=shape,
        input_memory=x.array.nbytes,
        rows=tuple(recorder.rows),
        total_parameters=sum(p.numel() for p in parameters),
        trainable_parameters=sum(p.numel() for p in parameters if p.requires_grad),
        weights_memory=sum(t.array.nbytes for t in [*parameters, *model.buffers()]),
        not_called=tuple(recorder.not_called(model)),
    )


def _failure(model: Module, x: Tensor, recorder: Recorder, error: Exception) -> str:
    """Show everything up to the layer that failed, then that layer."""
    call = recorder.open[-1] if recorder.open else Open("", model, [x])
    known = [shape for row in reversed(recorder.rows) for shape in (*row.output_shapes, *row.input_shapes)]
    reason = (
        explain_misfit(call.module, call.inputs, [*known, x.shape])
        or f"{type(call.module).__name__}: {error}"
    )
    lines = [
        f"{type(model).__name__} does not fit an input of {x.shape[1:]}",
        _table(x.shape, x.array.nbytes, recorder.rows),
        f"{call.path}  {reason}" if call.path else reason,
    ]
    if len(x.shape) != 4 and isinstance(error, ShapeError):
        lines.append("input_shape is that of one sample; for pictures (C, H, W), without the batch")
    return "\n".join(lines)


def _table(input_shape: Shape, input_memory: int, rows: Sequence[SummaryRow]) -> str:
    cells = [["", "(input)", str(input_shape), "", "", in_bytes(input_memory)]]
    for row in rows:
        parameters = f"{row.parameters:,}"
        if row.shared_parameters:
            parameters = f"{parameters} + shared" if row.parameters else "shared"
        products = "?" if row.multiply_adds is None else f"{row.multiply_adds:,}"
        shapes = ", ".join(str(shape) for shape in row.output_shapes)
        cells.append([row.path, row.type, shapes, parameters, products, in_bytes(row.memory)])
    return aligned(["layer", "type", "output shape", "parameters", "multiply-adds", "output"], cells, left=3)
