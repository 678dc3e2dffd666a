r"""Jacobians, Hessians, and products with them, of any function of tensors, by backward passes alone.

For :math:`y = f(x)`, the Jacobian is :math:`J_{ij} = \partial y_i / \partial x_j`; for a single value y, the
Hessian is :math:`H_{ij} = \partial^2 y / \partial x_i \partial x_j`. A product never makes the matrix.

``func`` is called once, with recording on, also inside of `no_grad`. No ``.grad`` is touched, and no input.
"""

from collections.abc import Callable
from typing import Any

from ..core import enable_grad
from .derivatives_call import Call, one_or_tuple
from .derivatives_walks import Found, pull_back, push_forward, rows

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Function = Callable[..., Any]


def vjp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    r"""Multiply a vector with the Jacobian from the left: one backward pass.

    .. math:: v^T J, \qquad (v^T J)_j = \sum_i v_i \frac{\partial y_i}{\partial x_j}

    Args:
        func: takes the inputs and returns a tensor or a tuple of tensors.
        inputs: a tensor, or a tuple of tensors, of float32 or float64.
        v: a tensor of the shape of each output (a tuple, if ``func`` returns one); may be left out if there
            is one output with one value, and is 1 then.
        create_graph: make outputs and product differentiable, with respect to the inputs and to ``v``.
        strict: raise a `GraphError` where the graph does not connect an input with any output, instead of
            giving zeros.

    Returns:
        ``(outputs, product)``: what ``func`` returned, and a tensor of the shape of each input.

    Raises:
        ArgumentError: ``func`` is no function or does not return tensors; inputs or v are no tensors.
        DtypeError: an input is not float32 or float64; v has the other one than its output.
        ShapeError: v has not the shapes of the outputs.
        GraphError: v is missing; with ``strict``, a missing connection.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.vjp(lambda x: x * x, x, tg.tensor([1.0, 0.0, 10.0]))
    (tensor([1., 4., 9.]), tensor([ 2.,  0., 60.]))
    """
    with enable_grad():
        call = Call("vjp", func, inputs, create_graph, strict)
        seeds = call.vector(v, "output")
        found = pull_back(call.outputs, seeds, call.inputs, create_graph)
        results = call.finish(found, call.inputs, "no output of func depends on input {i}")
    return call.value(), one_or_tuple(results, call.one_input)


def jvp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    r"""Multiply the Jacobian with a vector: how the outputs change when the inputs move along ``v``.

    .. math:: J v = \frac{\partial}{\partial u} \langle J^T u, v \rangle = \lim_{t \to 0}
        \frac{f(x + t v) - f(x)}{t}

    It is computed as written in the middle, by two backward passes: :math:`J^T u` is linear in u, and its
    derivative by u is J. So it needs no rules of its own, and works for every operation whose gradient can be
    differentiated.

    Args:
        func: takes the inputs and returns a tensor or a tuple of tensors.
        inputs: a tensor, or a tuple of tensors, of float32 or float64.
        v: a tensor of the shape of each input (a tuple, if the inputs are one); may be left out if there is
            one input with one value, and is 1 then.
        create_graph: make outputs and product differentiable, with respect to the inputs and to ``v``.
        strict: raise a `GraphError` where the graph does not connect an output with any input, or an input
            with any output, instead of giving zeros.

    Returns:
        ``(outputs, product)``: what ``func`` returned, and a tensor of the shape of each output.

    Raises:
        ArgumentError, DtypeError, ShapeError: as in `vjp`, with v beside the inputs.
        GraphError: v is missing; a gradient in ``func`` does not follow its incoming gradient (it was
            computed with arrays); with ``strict``, a missing connection.

    Source: J. Townsend, "A new trick for calculating Jacobian vector products" (2017).

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.jvp(lambda x: x * x.sum(), x, tg.tensor([0.0, 1.0, 0.0]))
    (tensor([ 6., 12., 18.]), tensor([1., 8., 3.]))
    """
    with enable_grad():
        call = Call("jvp", func, inputs, create_graph, strict)
        direction = call.vector(v, "input")
        call.require_inputs_used()
        found = push_forward("jvp", call.outputs, call.inputs, direction, create_graph)
        results = call.finish(found, call.outputs, "output {i} of func does not depend on the inputs")
    return call.value(), one_or_tuple(results, call.one_output)


def jacobian(func: Function, inputs: Any, create_graph: bool = False, strict: bool = False) -> Any:
    r"""Compute the whole Jacobian, :math:`J_{ij} = \partial y_i / \partial x_j`: one backward pass for each
    entry of the outputs, all through one graph.

    Args:
        func: takes the inputs and returns a tensor or a tuple of tensors.
        inputs: a tensor, or a tuple of tensors, of float32 or float64.
        create_graph: make the result differentiable with respect to the inputs.
        strict: raise a `GraphError` where the graph does not connect an output with an input, instead of
            giving zeros.

    Returns:
        For one output and one input, a tensor of shape (*shape of output, *shape of input). Several outputs
        give a tuple with one element each, several inputs a tuple inside: ``result[output][input]``.

    Raises:
        ArgumentError, DtypeError: as in `vjp`.
        GraphError: with ``strict``, a missing connection.

    >>> import tinygrad_cnn as tg
    >>> tg.jacobian(lambda x: x * x.sum(), tg.tensor([1.0, 2.0]))
    tensor([[4., 1.],
            [2., 5.]])
    """
    with enable_grad():
        call = Call("jacobian", func, inputs, create_graph, strict)
        blocks = []
        for k, y in enumerate(call.outputs):
            found = rows(y, call.inputs, create_graph)
            missing = f"output {k} of func does not depend on input {{i}}"
            blocks.append(one_or_tuple(call.finish(found, call.inputs, missing, y.shape), call.one_input))
    return one_or_tuple(blocks, call.one_output)


def hessian(func: Function, inputs: Any, create_graph: bool = False, strict: bool = False) -> Any:
    r"""Compute the whole Hessian, :math:`H_{ij} = \partial^2 y / \partial x_i \partial x_j`, of a function
    with one value: one backward pass through the graph of the gradient for each entry of the inputs.

    Row i is the derivative of entry i of the gradient. Where the second derivatives are right and continuous,
    H is symmetric; nothing here makes it so, so a wrong one shows.

    Args:
        func: takes the inputs and returns one tensor with one value.
        inputs: a tensor, or a tuple of tensors, of float32 or float64.
        create_graph: make the result differentiable with respect to the inputs.
        strict: raise a `GraphError` where the graph does not connect the gradient for an input with an input,
            instead of giving zeros.

    Returns:
        For one input, a tensor of shape (*shape of x, *shape of x); for a tuple, a tuple of tuples, in which
        ``result[i][j]`` has the shape (*shape of x_i, *shape of x_j).

    Raises:
        ArgumentError, DtypeError: as in `vjp`.
        ShapeError: ``func`` returned more than one value.
        GraphError: with ``strict``, a missing connection.

    >>> import tinygrad_cnn as tg
    >>> tg.hessian(lambda x: x[0] ** 3 + x[0] * x[1], tg.tensor([2.0, 5.0]))
    tensor([[12.,  1.],
            [ 1.,  0.]])
    """
    with enable_grad():
        call = Call("hessian", func, inputs, create_graph, strict)
        blocks = []
        for k, (g, x) in enumerate(zip(call.gradient(), call.inputs, strict=True)):
            found: Found = [None] * len(call.inputs) if g is None else rows(g, call.inputs, create_graph)
            missing = f"the gradient for input {k} does not depend on input {{i}}"
            blocks.append(one_or_tuple(call.finish(found, call.inputs, missing, x.shape), call.one_input))
    return one_or_tuple(blocks, call.one_input)


def vhp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    r"""Multiply a vector with the Hessian from the left: two backward passes.

    .. math:: v^T H = \frac{\partial}{\partial x} \Big\langle \frac{\partial y}{\partial x}, v \Big\rangle

    Where the second derivatives are continuous, H is symmetric and this equals `hvp`, at less cost.

    Args:
        func: takes the inputs and returns one tensor with one value.
        inputs, v, create_graph: as in `jvp`.
        strict: raise a `GraphError` where the graph does not connect an input with the gradient, instead of
            giving zeros.

    Returns:
        ``(output, product)``: what ``func`` returned, and a tensor of the shape of each input.

    Raises:
        ArgumentError, DtypeError: as in `jvp`.
        ShapeError: ``func`` returned more than one value; v has not the shapes of the inputs.
        GraphError: v is missing; with ``strict``, a missing connection.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([2.0, 5.0])
    >>> tg.vhp(lambda x: x[0] ** 3 + x[0] * x[1], x, tg.tensor([1.0, 10.0]))
    (tensor(18.), tensor([22.,  1.]))
    """
    with enable_grad():
        call = Call("vhp", func, inputs, create_graph, strict)
        direction = call.vector(v, "input")
        pairs = [(g, w) for g, w in zip(call.gradient(), direction, strict=True) if g is not None]
        found = pull_back([g for g, _ in pairs], [w for _, w in pairs], call.inputs, create_graph)
        results = call.finish(found, call.inputs, "the gradient of func does not depend on input {i}")
    return call.value(), one_or_tuple(results, call.one_input)


def hvp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    r"""Multiply the Hessian with a vector: how the gradient changes when the inputs move along ``v``.

    .. math:: H v = \frac{\partial}{\partial u} \Big\langle H^T u, v \Big\rangle

    This is `jvp` of the gradient, by three backward passes. `vhp` needs two, and gives the same where the
    second derivatives are right and continuous; where they differ, one of them is not.

    Args:
        func: takes the inputs and returns one tensor with one value.
        inputs, v, create_graph: as in `jvp`.
        strict: raise a `GraphError` where the graph does not connect the gradient for an input with the
            inputs, instead of giving zeros.

    Returns:
        ``(output, product)``: what ``func`` returned, and a tensor of the shape of each input.

    Raises:
        ArgumentError, DtypeError, ShapeError, GraphError: as in `vhp`, and for a second derivative that does
            not follow its incoming gradient.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([2.0, 5.0])
    >>> tg.hvp(lambda x: x[0] ** 3 + x[0] * x[1], x, tg.tensor([1.0, 10.0]))
    (tensor(18.), tensor([22.,  1.]))
    """
    with enable_grad():
        call = Call("hvp", func, inputs, create_graph, strict)
        direction = call.vector(v, "input")
        gradient = call.gradient()
        known = [i for i, g in enumerate(gradient) if g is not None]
        found: Found = [None] * len(gradient)
        pushed = push_forward(
            "hvp", [g for g in gradient if g is not None], call.inputs, direction, create_graph
        )
        for i, product in zip(known, pushed, strict=True):
            found[i] = product
        results = call.finish(found, call.inputs, "the gradient for input {i} does not depend on the inputs")
    return call.value(), one_or_tuple(results, call.one_input)
