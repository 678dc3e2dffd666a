"""A Tensor: an array, and where it came from.

Arrays inside of tensors are immutable: an operation makes a new one, an optimizer replaces the old one.
Only `Tensor.data` hands out an array that may be written to; such a tensor is watched (`watch.py`), so that
a backward pass after a change gives the right gradient or an error.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..base.hooks import HookHandle, hang
from ..base.node import Node
from ..base.values import check_gradient, check_replacement, differentiable, to_array, written
from ..base.watch import Watch
from ..errors import GraphError

Hook = Callable[["Tensor"], "Tensor | None"]


class Tensor:
    """An n-dimensional array that remembers how it was computed.

    ``data`` is anything numpy understands; it is copied. Python floats become float32, numpy arrays keep
    float32, float64, integers and booleans. Only floats can require a gradient.

    >>> from tinygrad_cnn import Tensor
    >>> x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    >>> y = (x * x).sum()
    >>> y.backward()
    >>> x.grad
    tensor([[2., 4.],
            [6., 8.]])
    """

    __slots__ = ("__weakref__", "_grad", "array", "hooks", "node", "requires_grad", "watch")

    array: np.ndarray  # the values; library code reads them here and never writes into them
    _grad: "Tensor | None"
    node: Node | None  # the operation that made this tensor, if it was recorded
    requires_grad: bool
    watch: Watch | None  # set once the array was handed out by `data`
    hooks: list[Hook] | None

    def __init__(self, data: Any, requires_grad: bool = False, *, dtype: Any = None) -> None:
        self.array = to_array(data, dtype)
        self._grad = self.node = self.watch = self.hooks = None
        self.requires_grad = False
        self.requires_grad_(requires_grad)

    @property
    def data(self) -> np.ndarray:
        """The values, to read and to write; for a recorded result, a view that can only be read."""
        if self.node is not None:
            return self.numpy()
        if self.watch is None:
            self.array, self.watch = Watch.expose(self.array)
        return self.array

    @data.setter
    def data(self, value: Any) -> None:
        if self.node is not None:
            raise GraphError(
                "the values of a recorded result cannot be set; set those of a leaf, or use x.detach()"
            )
        if value is self.array:  # what `t.data += 1` ends with
            return
        self.array, self.watch = check_replacement(self.array, to_array(value, self.array.dtype)), None

    def replace(self, array: np.ndarray) -> None:
        """Give this leaf other values of the same shape, without a copy (for optimizers and loading)."""
        if self.watch is None:
            self.array = array
        else:
            np.copyto(self.array, array)  # somebody holds `t.data` and expects to see the change

    def numpy(self) -> np.ndarray:
        """The values as an array that can only be read (no copy); `np.array(t)` copies."""
        view = self.array.view()
        view.flags.writeable = False
        return view

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes, as a tuple."""
        return self.array.shape

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    @property
    def dtype(self) -> np.dtype:
        """The numpy dtype: float32 and float64 can be differentiated, integers and booleans cannot."""
        return self.array.dtype

    @property
    def is_leaf(self) -> bool:
        """True for a tensor that no recorded operation made."""
        return self.node is None

    @property
    def grad(self) -> "Tensor | None":
        """The gradient that `backward` has added up, or None."""
        return self._grad

    @grad.setter
    def grad(self, value: "Tensor | None") -> None:
        if value is not None and not isinstance(value, Tensor):
            value = wrap(to_array(value, self.array.dtype))
        if value is not None:
            check_gradient(self.array, value.array)
        self._grad = value

    def requires_grad_(self, requires_grad: bool = True) -> "Tensor":
        """Ask for (or stop asking for) the gradient with respect to this leaf; returns the tensor."""
        if self.node is not None and not requires_grad:
            raise GraphError("a recorded result requires grad because its inputs do; use x.detach()")
        self.requires_grad = bool(requires_grad) and differentiable(self.array)
        return self

    def detach(self) -> "Tensor":
        """The same values, cut off from the graph."""
        return wrap(self.array.view() if self.watch is None else self.array.copy())

    def backward(self, gradient: Any = None, retain_graph: bool = False, create_graph: bool = False) -> None:
        """Add d(self)/d(leaf), weighted with ``gradient``, to ``.grad`` of every leaf that requires it.

        ``gradient`` has the shape of this tensor and may be left out if it has one value. The graph's
        closures are dropped on the way unless ``retain_graph`` (or ``create_graph``, which records the
        backward pass) is true.

        >>> from tinygrad_cnn import tensor
        >>> x = tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).backward(tensor([1.0, 10.0]))
        >>> x.grad
        tensor([ 2., 40.])
        """
        from .graph import backward  # the one step up: the walk makes tensors

        backward(self, gradient, retain_graph=retain_graph, create_graph=create_graph)

    def register_hook(self, hook: Hook) -> HookHandle:
        """Call ``hook(gradient)`` when this tensor's gradient is complete; what it returns replaces the
        gradient."""
        if not self.requires_grad:
            raise GraphError("a hook needs a tensor that requires grad; this one has no gradient")
        return hang(self if self.node is None else self.node, hook)

    __hash__ = object.__hash__  # `==` compares values, but a tensor is a dictionary key by identity

    def __repr__(self) -> str:
        role = "requires_grad=True" if self.requires_grad else None
        return written(self.array, role if self.node is None else f"op={self.node.op}")

    if TYPE_CHECKING:  # what functional/methods.py gives to tensors, for type checkers and editors

        def _binary(self, other: Any) -> "Tensor": ...

        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _binary
        __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __lt__ = __le__ = __gt__ = __ge__ = _binary
        __eq__ = __ne__ = _binary  # type: ignore[assignment]

        def __neg__(self) -> "Tensor": ...
        def __len__(self) -> int: ...
        def __iter__(self) -> Iterator["Tensor"]: ...
        def __float__(self) -> float: ...
        def __index__(self) -> int: ...
        def numel(self) -> int: ...
        def item(self) -> Any: ...
        def tolist(self) -> Any: ...
        def size(self, dim: int | None = None) -> Any: ...
        def __getitem__(self, index: Any) -> "Tensor": ...
        def __setitem__(self, index: Any, value: Any) -> None: ...
        def __getattr__(self, name: str) -> Callable[..., Any]: ...


def wrap(array: np.ndarray, node: Node | None = None) -> Tensor:
    """Make a tensor around an array that nobody else will write to, without a copy and without checks."""
    t = _new(Tensor)
    t.array = array
    t.node = node
    t.requires_grad = node is not None
    t._grad = t.watch = t.hooks = None
    return t


_new = Tensor.__new__
