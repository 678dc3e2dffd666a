"""Tensors to and from other libraries in memory: numpy's arrays, and DLPack, which PyTorch and others speak.

Arrays inside of tensors are never written into, so what comes in is copied, and what goes out is copied
unless whoever takes it promises to read only.
"""

from typing import Any

import numpy as np

from ..core import Tensor, to_array, wrap
from ..errors import ArgumentError, CnnError

__all__ = ["from_dlpack", "from_numpy"]

_CPU = (1, 0)  # device type and number, as DLPack counts them


class ExportError(CnnError, BufferError):
    """A tensor that cannot be handed to another library in the way that is asked for."""


def from_numpy(array: np.ndarray) -> Tensor:
    """Make a tensor of a numpy array, in the same dtype; the numbers are copied.

    PyTorch shares the memory instead, so that a change of one is seen in the other.

    Raises:
        ArgumentError: it is no numpy array; `tensor` takes lists and numbers.
        DtypeError: a tensor cannot hold this dtype.

    >>> import numpy as np, tinygrad_cnn as tg
    >>> a = np.array([1.0, 2.0])
    >>> t = tg.from_numpy(a)
    >>> a[0] = 5.0
    >>> t
    tensor([1., 2.], dtype=float64)
    """
    if not isinstance(array, np.ndarray):
        raise ArgumentError(
            f"from_numpy expects a numpy array, got {type(array).__name__}; use tensor(...) for other things"
        )
    return wrap(to_array(array))


def from_dlpack(ext_tensor: Any) -> Tensor:
    """Make a tensor of what another library holds, if it speaks DLPack; the numbers are copied.

    Such are arrays of numpy, tensors of PyTorch on the CPU, and others. PyTorch shares the memory instead.

    Raises:
        ArgumentError: the object does not speak DLPack, or refuses; the message has its reason.
        DtypeError: a tensor cannot hold this dtype.

    >>> import numpy as np, tinygrad_cnn as tg
    >>> tg.from_dlpack(np.array([[1, 2]]))
    tensor([[1, 2]])
    """
    if not hasattr(ext_tensor, "__dlpack__") or not hasattr(ext_tensor, "__dlpack_device__"):
        raise ArgumentError(
            f"from_dlpack expects an array that speaks DLPack (has __dlpack__), got "
            f"{type(ext_tensor).__name__}; use tensor(...) for other things"
        )
    try:
        array = np.from_dlpack(ext_tensor)
    except (BufferError, RuntimeError, ValueError, TypeError) as error:
        if isinstance(error, CnnError):
            raise
        raise ArgumentError(
            f"from_dlpack: this {type(ext_tensor).__name__} cannot be read: {error}; bring it to the CPU, in "
            "float32, float64, integers or booleans, and cut it off from its graph"
        ) from error
    return wrap(to_array(array))


def dlpack(
    self: Tensor,
    *,
    stream: Any = None,
    max_version: tuple[int, int] | None = None,
    dl_device: tuple[int, int] | None = None,
    copy: bool | None = None,
) -> Any:
    """Hand the values to another library: a copy, which it may write into.

    With ``copy=False`` it gets the tensor's own memory, marked as read-only; a library too old to know the
    mark is refused. Some, PyTorch 2.13 among them, write all the same: ask for this only from one that keeps
    to the mark, such as numpy.

    Raises:
        ExportError: the tensor requires grad, which would be lost; another device is asked for; or the memory
            itself, and it could not be marked.

    >>> import numpy as np, tinygrad_cnn as tg
    >>> t = tg.tensor([1.0, 2.0])
    >>> copied, seen = np.from_dlpack(t), np.from_dlpack(t, copy=False)
    >>> copied.flags.writeable, seen.flags.writeable, np.shares_memory(seen, t)
    (True, False, True)
    """
    if self.requires_grad:
        raise ExportError("a tensor that requires grad is not handed out; use x.detach() without a gradient")
    if dl_device is not None and tuple(dl_device) != _CPU:
        raise ExportError(f"a tensor is in the memory of the CPU, device {_CPU}, not on device {dl_device}")
    if stream is not None:
        raise ExportError(f"the CPU has no streams, got stream={stream!r}; leave it out")
    if copy is not False:
        return np.array(self.array, order="C").__dlpack__(max_version=max_version)
    if max_version is None or max_version < (1, 0):
        raise ExportError(
            "a tensor's own memory must not be written into, and DLPack before 1.0 cannot say so; "
            "leave out copy=False"
        )
    return self.numpy().__dlpack__(max_version=max_version)


def dlpack_device(self: Tensor) -> tuple[int, int]:
    """Say that the values are in the memory of the CPU, as DLPack counts devices.

    >>> import tinygrad_cnn as tg
    >>> tg.ones(2).__dlpack_device__()
    (1, 0)
    """
    return _CPU


INTERCHANGE = {"__dlpack__": dlpack, "__dlpack_device__": dlpack_device}
