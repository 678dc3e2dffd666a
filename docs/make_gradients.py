"""Write docs/gradients.md: what the checker found for every operation, and which planted mistakes it caught.

    python docs/make_gradients.py

It runs the checker on all operations, and on all mistakes that can be planted in them: about a minute.
"""

import platform
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from tinygrad_cnn import REGISTRY, grad, tensor
from tinygrad_cnn.testing import check_op, mutate, reaches, samples_of

PAGE = Path(__file__).parent / "gradients.md"
PACKAGE = "tinygrad_cnn.ops."
HEAD = """\
# The gradient of every operation

What `check_op` finds for each operation of the package, from its samples: float64 gradients against
differences, order 1 and 2; float32 against float64; kinks and ties, empty and single values, transposed,
reversed, spread and repeated memory. *Samples* counts the combinations of inputs and settings, *entries* the
single derivatives that were compared beside projections, *kinks* the places at which every value between the
slopes on both sides passes. Errors are relative to the largest entry of the gradient. *Planted* counts the
mistakes of `tinygrad_cnn.testing.mutate` that change a gradient for one of the samples, *found* those that
`check_op` caught, *named* those of them that got the diagnosis that fits.

"""
COLUMNS = (
    "operation", "orders", "samples", "entries", "kinks", "at a kink", "float64 error", "float32 error",
    "planted", "found", "named",
)  # fmt: skip
# One call at a kink for each operation that has one, and what the gradient there means.
AT_KINKS = {
    "abs": ([0.0], {}),
    "amax": ([1.0, 1.0], {"dim": (0,)}),
    "clip": ([-1.0, 1.0], {"min": -1.0, "max": 1.0}),
    "max_pool2d": (
        [[[[1.0, 1.0]]]],
        {"kernel_size": (1, 2), "stride": (1, 2), "padding": ((0, 0), (0, 0)), "dilation": (1, 1)},
    ),
    "maximum": ([1.0], {}),
    "minimum": ([1.0], {}),
    "relu": ([0.0], {}),
}


def make_page() -> str:
    """Check everything, and lay the results out as Markdown."""
    names = sorted(name for name, r in REGISTRY.items() if r.forward.__module__.startswith(PACKAGE))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        results = list(pool.map(outcome, names))
    lines = [row(name, *result) for name, result in zip(names, results, strict=True)]
    totals: Counter[str] = sum((counts for _, counts in results), Counter())
    planted, found, named = (totals[k] for k in ("planted", "found", "named"))
    title = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    tail = (
        f"In all {planted} planted mistakes, {found} found ({found / planted:.1%}), {named} of those named "
        f"as they should be ({named / found:.1%}).\n\n"
        f"Measured with `python docs/make_gradients.py` on {date.today()}, {machine()}.\n"
    )
    return HEAD + "\n".join([*title, *lines]) + "\n\n" + tail


def outcome(name: str) -> tuple[dict[str, object], Counter[str]]:
    """Check one operation as it is, and with each mistake planted."""
    report = check_op(name, raise_exception=False)
    figures = {
        "verdict": report.verdict,
        "order": report.order,
        "samples": report.samples,
        "entries": report.coordinates,
        "kinks": report.kinks,
        "error64": report.error64,
        "error32": report.error32,
    }
    counts = Counter(planted=0, found=0, named=0)
    for mutant in mutate(name):
        if reaches(mutant):
            with mutant:
                wrong = check_op(name, raise_exception=False)
            counts["planted"] += 1
            counts["found"] += wrong.verdict == "fail"
            counts["named"] += mutant.code in wrong.codes
    return figures, counts


def row(name: str, figures: dict[str, object], counts: Counter[str]) -> str:
    """One line of the table."""
    if figures["verdict"] != "pass":
        raise SystemExit(f"{name} does not pass its check; nothing was written")
    narrow = figures["error32"]
    cells = [
        f"[{name}](ops.md#{name})",
        "1, 2" if figures["order"] == 2 else "1",
        *(str(figures[k]) for k in ("samples", "entries", "kinks")),
        at_kink(name),
        f"{figures['error64']:.0e}",
        "not comparable" if narrow is None else f"{narrow:.0e}",
        *(str(counts[k]) for k in ("planted", "found", "named")),
    ]
    return f"| {' | '.join(cells)} |"


def at_kink(name: str) -> str:
    """Say what the gradient is at a kink, as computed there."""
    if name not in AT_KINKS:
        return ""
    values, settings = AT_KINKS[name]
    inputs = [tensor(np.array(values), requires_grad=True) for _ in REGISTRY[name].inputs]
    y = REGISTRY[name].call(*inputs, **settings)
    gradients = grad(y, inputs, np.ones(y.shape))
    parts = [f"{float(g):g}" for d in gradients for g in np.ravel(d.array)]
    where = {"clip": "at min, at max"}.get(name, "of equal values" if len(parts) > 1 else "at 0")
    return f"{', '.join(parts)} {where}"


def machine() -> str:
    """Name what the figures were measured on."""
    return f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}"


if __name__ == "__main__":
    assert all(samples_of(name) for name in REGISTRY)
    PAGE.write_text(make_page(), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE}")
