"""Programs that change arrays between forward and backward: right or refused, never silently wrong."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numeric import assert_close

from tinygrad_cnn import Tensor, tensor
from tinygrad_cnn.errors import GraphError

X = np.array([1.0, 2.0, 3.0])
W = np.array([0.5, -1.0, 2.0])


def leaf(values: Any = X) -> Tensor:
    """Make a float64 leaf that requires its gradient."""
    return tensor(np.array(values), requires_grad=True)


def right(program: Callable[[], tuple[Tensor, np.ndarray]]) -> Callable[[], None]:
    """Turn a program into a test: it returns a gradient, and what that is at the values forward saw."""

    @functools.wraps(program)
    def test() -> None:
        got, expected = program()
        assert_close(got.array, expected, 1e-12, program.__name__)

    return test


def refused(program: Callable[[], None]) -> Callable[[], None]:
    """Turn a program into a test: the engine must not accept it, and must say why."""

    @functools.wraps(program)
    def test() -> None:
        with pytest.raises(GraphError) as caught:
            program()
        assert (
            "changed" in str(caught.value) or "written" in str(caught.value) or "change" in str(caught.value)
        )

    return test
