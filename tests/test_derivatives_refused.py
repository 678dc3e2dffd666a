"""What Jacobians, Hessians and products refuse, and in which words."""

import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import tensor
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError, GraphError, ShapeError

P, Q = tensor([1.0, 2.0]), tensor([3.0, 4.0, 5.0])
FLOATS = "make tensors with tensor(...)"
RETURN = "return what operations gave, without .item() or .numpy()"
TAKES = "strict=True refuses this, strict=False takes it for zeros"
CONSTANT = (
    "part 0 of the result is constant, so it has no derivative; "
    "strict=True refuses this where create_graph=True asks for one"
)
CUT = (
    "a gradient in func does not follow its incoming gradient, so an operation (or a hook) computes it with "
    "arrays; write its closures in tensors and operations"
)


def total(*inputs):
    return sum(((x * x).sum() for x in inputs), tensor(0.0))


def first_only(x, y):
    return x * x


def made_of_arrays(x):
    """Square, with a gradient of its own making."""

    def grad_x(g):
        return tensor(2 * x.numpy() * g.numpy())

    return x.array**2, grad_x


def unheard(x):
    """Square, whose gradient does not listen to the incoming one."""
    return x.array**2, lambda g: 2.0 * x


def bad(fn, *args, **how):
    return lambda: fn(*args, **how)


def own(forward):
    return lambda x: tg.op(forward)(x)


REFUSALS = [
    (bad(tg.vjp, P, P), ArgumentError, "vjp: func must be a function of tensors, got Tensor"),
    (
        bad(tg.jvp, tg.exp, [P], P),
        ArgumentError,
        f"jvp: inputs must be a tensor or a tuple of tensors, got list; {FLOATS}",
    ),
    (
        bad(tg.jacobian, total, ()),
        ArgumentError,
        f"jacobian: inputs must be a tensor or a tuple of tensors, got an empty tuple; {FLOATS}",
    ),
    (
        bad(tg.hessian, total, (P, 3.0)),
        ArgumentError,
        f"hessian: inputs must be a tensor or a tuple of tensors, got a tuple with float at 1; {FLOATS}",
    ),
    (
        bad(tg.jvp, tg.exp, P, True),
        ArgumentError,
        f"jvp: v must be a tensor or a tuple of tensors, got bool; {FLOATS}",
    ),
    (
        bad(tg.hvp, lambda x: x.numpy().sum(), P, P),
        ArgumentError,
        f"hvp: func must return a tensor or a tuple of tensors, got float32; {RETURN}",
    ),
    (
        bad(tg.vjp, lambda x: (x, None), P, P),
        ArgumentError,
        f"vjp: func must return a tensor or a tuple of tensors, got a tuple with NoneType at 1; {RETURN}",
    ),
    (
        bad(tg.jacobian, lambda x: None, P),
        ArgumentError,
        f"jacobian: func must return a tensor or a tuple of tensors, got NoneType; {RETURN}",
    ),
    (
        bad(tg.jacobian, tg.exp, tensor([1, 2])),
        DtypeError,
        "jacobian: inputs must be float32 or float64 to be differentiated, got int64; convert with .float()",
    ),
    (
        bad(tg.vhp, total, (P, tensor([True])), (P, P)),
        DtypeError,
        "vhp: inputs[1] must be float32 or float64 to be differentiated, got bool; convert with .float()",
    ),
    (
        bad(tg.jvp, tg.exp, P, P.double()),
        DtypeError,
        "jvp: v must be float32 as its input is, got float64; convert it, with .float() or .double()",
    ),
    (bad(tg.jvp, tg.exp, P, Q), ShapeError, "jvp: v must have the shape (2,) of its input, got (3,)"),
    (
        bad(tg.vjp, lambda x: (x, x.sum()), P, (P, Q)),
        ShapeError,
        "vjp: v[1] must have the shape () of its output, got (3,)",
    ),
    (
        bad(tg.vhp, total, (P, Q), (P,)),
        ShapeError,
        "vhp: v must be a tuple of 2 tensors, one for each input, got 1",
    ),
    (bad(tg.vjp, tg.exp, P, (P, P)), ShapeError, "vjp: v must be one tensor, one for each output, got 2"),
    (
        bad(tg.vjp, lambda x: (x.sum(), x), P),
        GraphError,
        "vjp: v may be left out only where there is one output with one value; "
        "pass v with the shape of each output, here (), (2,)",
    ),
    (
        bad(tg.hvp, total, P),
        GraphError,
        "hvp: v may be left out only where there is one input with one value; "
        "pass v with the shape of each input, here (2,)",
    ),
    *(
        (
            bad(getattr(tg, name), tg.exp, P, *v),
            ShapeError,
            f"{name}: func must return one tensor with one value, got a tensor of shape (2,); "
            "reduce it, with .sum()",
        )
        for name, v in [("hessian", ()), ("hvp", (P,)), ("vhp", (P,))]
    ),
    (
        bad(tg.hessian, lambda x: (x.sum(), x), P),
        ShapeError,
        "hessian: func must return one tensor with one value, got a tuple of 2; reduce it, with .sum()",
    ),
    (
        bad(tg.vjp, lambda x: (x, P * P), P, (P, P), strict=True),
        GraphError,
        f"vjp: output 1 of func does not require grad: no operation made it from the inputs; {TAKES}",
    ),
    *(
        (
            bad(getattr(tg, name), f, (P, Q), *v, strict=True),
            GraphError,
            f"{name}: no output of func depends on input 1; {TAKES}",
        )
        for name, f, v in [
            ("vjp", first_only, (P,)),
            ("jvp", first_only, ((P, Q),)),
            ("hessian", lambda x, y: total(x), ()),
            ("hvp", lambda x, y: total(x), ((P, Q),)),
            ("vhp", lambda x, y: total(x), ((P, Q),)),
        ]
    ),
    (
        bad(tg.jvp, lambda x: (x, tensor(1.0, requires_grad=True) * 2.0), P, P, strict=True),
        GraphError,
        f"jvp: output 1 of func does not depend on the inputs; {TAKES}",
    ),
    (
        bad(tg.jacobian, lambda x, y: (x * y.sum(), x), (P, Q), strict=True),
        GraphError,
        f"jacobian: output 1 of func does not depend on input 1; {TAKES}",
    ),
    (
        bad(tg.jacobian, lambda x, y: x, (tg.zeros(0), Q), strict=True),
        GraphError,
        f"jacobian: output 0 of func does not depend on input 1; {TAKES}",
    ),
    (
        bad(tg.hessian, total, (P, Q), strict=True),
        GraphError,
        f"hessian: the gradient for input 0 does not depend on input 1; {TAKES}",
    ),
    (
        bad(tg.vhp, lambda x, y: total(x) + y.sum(), (P, Q), (P, Q), strict=True),
        GraphError,
        f"vhp: the gradient of func does not depend on input 1; {TAKES}",
    ),
    (
        bad(tg.hvp, lambda x, y: total(x) + y.sum(), (P, Q), (P, Q), strict=True),
        GraphError,
        f"hvp: the gradient for input 1 does not depend on the inputs; {TAKES}",
    ),
    *(
        (bad(getattr(tg, name), f, P, *v, create_graph=True, strict=True), GraphError, f"{name}: {CONSTANT}")
        for name, f, v in [
            ("vjp", lambda x: x * 3.0, (P,)),
            ("jvp", lambda x: x * 3.0, (P,)),
            ("jacobian", lambda x: x * 3.0, ()),
            ("hessian", total, ()),
            ("hvp", total, (P,)),
            ("vhp", total, (P,)),
        ]
    ),
    (bad(tg.jvp, own(made_of_arrays), P, P), GraphError, f"jvp: {CUT}"),
    (bad(tg.jvp, own(unheard), P, P), GraphError, f"jvp: {CUT}"),
    *(
        (bad(getattr(tg, name), lambda x: own(made_of_arrays)(x).sum(), P, *v), GraphError, f"{name}: {CUT}")
        for name, v in [("hessian", ()), ("hvp", (P,)), ("vhp", (P,))]
    ),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSALS, ids=[words[:60] for _, _, words in REFUSALS])
def test_what_cannot_be_meant_is_refused_in_words(call, error, words):
    with pytest.raises(CnnError) as caught:
        call()
    assert (type(caught.value), str(caught.value)) == (error, words)
