"""The methods of tensors that reduce, order, pick and put values, for the table in `methods`."""

from typing import Any

from . import compare, extremes, masks, moments, norms, order, pick, put, reduce, scan

_NAMES = {
    compare: "allclose equal isclose",
    extremes: "amax amin aminmax argmax argmin max min",
    masks: "bincount masked_fill masked_select nonzero",
    moments: "std var",
    norms: "norm",
    order: "argsort kthvalue median nanmedian sort topk unique",
    pick: "gather index_select take take_along_dim",
    put: "index_add index_fill scatter scatter_add",
    reduce: "all any count_nonzero logsumexp mean prod sum",
    scan: "cummax cummin cumprod cumsum diff logcumsumexp",
}

METHODS: dict[str, Any] = {
    name: getattr(module, name) for module, names in _NAMES.items() for name in names.split()
}
