"""The rule of each gradient in one line, as it stands on the gradient's box.

Y is the result, dY its gradient, and likewise for the inputs; (*) is a cross-correlation, ^T a transpose,
1[...] is 1 where the condition holds and 0 elsewhere.
"""

from collections.abc import Sequence

_RULES: dict[str, tuple[str, ...]] = {
    "add": ("dA = dY", "dB = dY"),
    "sub": ("dA = dY", "dB = -dY"),
    "mul": ("dA = dY * B", "dB = dY * A"),
    "div": ("dA = dY / B", "dB = -dY * A / B^2"),
    "pow": ("dA = dY * B * A^(B-1)", "dB = dY * Y * ln A"),
    "neg": ("dX = -dY",),
    "exp": ("dX = dY * Y",),
    "log": ("dX = dY / X",),
    "sqrt": ("dX = dY / (2 Y)",),
    "abs": ("dX = dY * sign(X)",),
    "clip": ("dX = dY * 1[min <= X <= max]",),
    "relu": ("dX = dY * 1[X > 0]",),
    "gate": ("dX = dY * 1[open]",),
    "sigmoid": ("dX = dY * Y * (1 - Y)",),
    "tanh": ("dX = dY * (1 - Y^2)",),
    "softmax": ("dX = Y * (dY - sum(dY * Y))",),
    "log_softmax": ("dX = dY - softmax(X) * sum(dY)",),
    "soft_cross_entropy": ("dX = dY * (softmax(X) - target)",),
    "matmul": ("dA = dY B^T", "dB = A^T dY"),
    "linear": ("dX = dY W", "dW = dY^T X", "dB = sum of dY over N"),
    "linear_input": ("dG = dY W^T", "dW = G^T dY"),
    "linear_weight": ("dG = X dY^T", "dX = G dY"),
    "conv2d": ("dX = dY (*) W turned", "dW = X (*) dY", "dB = sum of dY over N, H, W"),
    "conv2d_input": ("dG = dY (*) W", "dW = dY (*) G"),
    "conv2d_weight": ("dG = X (*) dY", "dX = G (*) dY turned"),
    "max_pool2d": ("dX = put(dY, argmax)",),
    "pool_put": ("dX = take(dY, argmax)",),
    "pool_take": ("dX = put(dY, argmax)",),
    "max_unpool2d": ("dX = dY[indices]",),
    "avg_pool2d": ("dX = dY / d, spread over its window",),
    "avg_pool2d_input": ("dX = mean of dY in each window",),
    "maximum": ("dA = dY * 1[A > B], half at ties", "dB = dY * 1[B > A], half at ties"),
    "minimum": ("dA = dY * 1[A < B], half at ties", "dB = dY * 1[B < A], half at ties"),
    "select": ("dA = dY * 1[condition]", "dB = dY * 1[not condition]"),
    "sum": ("dX = dY, repeated",),
    "sum_to": ("dX = dY, repeated",),
    "mean": ("dX = dY / n, repeated",),
    "amax": ("dX = dY at the largest, shared by ties",),
    "hooked": ("dX = dY, or what hooks make of it",),
    "reshape": ("dX = dY, reshaped back",),
    "straight_through": ("dX = dY, as if Y were X",),
    "permute": ("dX = dY, permuted back",),
    "expand": ("dX = sum of dY over the repeats",),
    "getitem": ("dX = put(dY, index)",),
    "index_add": ("dX = dY[index]",),
    "gather": ("dX = put(dY, index)",),
    "scatter_add": ("dX = dY[index]",),
    "pad": ("dX = dY without its rim",),
    "sin": ("dX = dY * cos X",),
    "cos": ("dX = -dY * sin X",),
    "log1p": ("dX = dY / (1 + X)",),
    "expm1": ("dX = dY * exp X",),
    "erf": ("dX = dY * 2/sqrt(pi) * exp(-X^2)",),
    "erfc": ("dX = -dY * 2/sqrt(pi) * exp(-X^2)",),
    "softplus": ("dX = dY * sigmoid(beta X)",),
    "atan2": ("dA = dY * B / (A^2 + B^2)", "dB = -dY * A / (A^2 + B^2)"),
    "remainder": ("dA = dY", "dB = -dY * floor(A / B)"),
    "huber": ("dX = dY * clip(X, -delta, delta)",),
    "binary_cross_entropy": ("dX = dY * (X - T) / (X (1 - X))", "dT = dY * (ln(1 - X) - ln X)"),
    "normalise": ("dX = r (dXn - mean(dXn) - Xn * mean(dXn * Xn))", "dW = sum of dY * Xn", "dB = sum of dY"),
    "normalise_input": ("dG = W * J dY", "dX from J's own bend", "dW = sum of G * J dY"),
    "normalise_weight": ("dG = dY * Xn", "dX = J (G * dY)"),
    "resample": ("dX = dY at its places, weighted, back to where they came from",),
    "cumsum": ("dX = cumsum of dY, the other way",),
    "cumprod": ("dX_i = Y_(i-1) * R_i, R_i = dY_i + X_(i+1) R_(i+1)",),
    "recurrence": ("dA_i = dB_i * Y_(i-1)", "dB_i = dY_i + A_(i+1) dB_(i+1)"),
    "logsumexp": ("dX = dY * exp(X - Y)",),
    "logcumsumexp": ("dX_i = exp(X_i - Y_i) * R_i, R_i = dY_i + exp(Y_i - Y_(i+1)) R_(i+1)",),
    "cast": ("dX = dY, in the precision of X",),
}


def rules_of(op: str, names: Sequence[str]) -> tuple[str, ...]:
    """Give a rule for each input of an operation; one that is not known is called by its closure's name.

    >>> rules_of("relu", ["x"])
    ('dX = dY * 1[X > 0]',)
    >>> rules_of("my_cube", ["x"])
    ('dX = grad_x(dY)',)
    """
    if op == "concat":
        return tuple(f"d{name.upper()} = its piece of dY" for name in names)
    known = _RULES.get(op, ())
    return tuple(
        known[i] if i < len(known) else f"d{name.upper()} = grad_{name}(dY)" for i, name in enumerate(names)
    )


_BROADCASTING = {"add", "sub", "mul", "div", "pow", "maximum", "select"}
_LETTERS = "NCHW"


def broadcast_of(op: str, source: tuple[int, ...], result: tuple[int, ...]) -> str:
    """Say over which dimensions the gradient of a broadcast input is summed.

    >>> broadcast_of("add", (3, 1, 1), (8, 3, 5, 4))
    'sum over N, H, W'
    >>> broadcast_of("add", (4,), (5, 6, 4))
    'sum over dims 0, 1'
    """
    if op not in _BROADCASTING or source == result:
        return ""
    missing = len(result) - len(source)
    aligned = (1,) * missing + source
    dims = [i for i, (n, m) in enumerate(zip(aligned, result, strict=True)) if n != m or i < missing]
    if not dims:
        return ""
    if len(result) == 4:
        return "sum over " + ", ".join(_LETTERS[i] for i in dims)
    return ("sum over dim " if len(dims) == 1 else "sum over dims ") + ", ".join(str(i) for i in dims)
