"""`check_op`: everything that must hold of one operation, from its samples."""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import numpy as np

from ...core import REGISTRY, Op
from ...errors import CnnError
from ..codes import diagnosis
from ..measure.function import Function
from ..report import FAIL, INCONCLUSIVE, PASS, Diagnosis, GradcheckError, Report
from ..samples import Sample, name_of, no_samples, refuse_unknown, samples_of, take_samples
from .arguments import Inputs, check_settings, names_of, title_of
from .functions import first_call, literal
from .judge import Judge
from .memory import compare_layouts
from .op_report import OpReport
from .variants import drawn_samples, layouts, with_ties

# What a backward pass does with inputs of sizes that its operation is not meant for.
UNFIT = {"backward-raised", "wrong-shape"}
DRAWN = "the check made up these inputs; give {name} inputs that it is meant for with add_samples"


def check_op(
    op: Any,
    samples: Any = None,
    *,
    order: int = 2,
    seed: int = 0,
    mode: str = "fast",
    raise_exception: bool = True,
) -> OpReport:
    r"""Check an operation with all of its samples: gradients to second order, float32, ties, memory layouts.

    Each sample goes through `gradcheck`; besides, values are rounded until some are equal, so that kinks and
    ties are met, one tensor is passed for two inputs, and the arrays are transposed, reversed and repeated
    in memory, which must not change a result.

    Args:
        op: a registered operation, its name, or any function of tensors.
        samples: a list, of which each is an array, a tuple of arrays, or a `Sample`; by default those of
            `add_samples`. An operation without any is tried with small arrays that fit its contract.
        order: 1 for gradients, 2 for their derivatives as well.
        seed: of everything that is drawn.
        mode: "fast" looks at projections and some entries of large samples, "full" at all.
        raise_exception: raise if the check does not pass.

    Raises:
        GradcheckError: the check did not pass; the error carries the ``report``.
        ArgumentError: there is no such operation, or a sample is no sample.

    >>> import numpy as np
    >>> from tinygrad_cnn import op
    >>> from tinygrad_cnn.testing import check_op
    >>> @op
    ... def third_power(x):
    ...     return x.array**3, lambda g: g * 2 * x * x
    >>> report = check_op(third_power, [np.array([[0.5, -1.0, 2.0]])], raise_exception=False)
    >>> report.verdict, report.codes, report.diagnosis[0].evidence
    ('fail', ('factor',), 'gradient / differences = 0.6666667 everywhere')
    """
    check_settings(order, seed, None, None, mode)
    call, name = resolve(op)
    report = OpReport(name, order=int(order))
    chosen = samples_of(op) if samples is None else take_samples(name, samples)
    start = perf_counter()
    with np.errstate(all="ignore"):
        drawn = not chosen
        if drawn:
            chosen, answer = drawn_samples(name, call, REGISTRY.get(name))
            report.verdict = PASS if chosen else INCONCLUSIVE
            report.reason = "" if chosen else no_samples(name, answer)
        checker = _OpCheck(report, call, np.random.SeedSequence(seed), mode)
        checker.drawn = drawn
        checker.check_all(sorted(chosen, key=telling))
    report.seconds = perf_counter() - start
    if raise_exception and not report:
        raise GradcheckError(report)
    return report


def resolve(op: Any) -> tuple[Callable[..., Any], str]:
    """Find what to call, and its name."""
    if isinstance(op, Op):
        return op.call, op.name
    if isinstance(op, str):
        refuse_unknown(op)
        return REGISTRY[op].call, op
    return op, name_of(op)


def telling(sample: Sample) -> float:
    """Order samples so that a mistake is met first where it can be told from others: in the middle sizes."""
    size = sum(x.size for x in sample.inputs)
    plain = sum(n == 1 for x in sample.inputs for n in x.shape)
    return abs(np.log(max(size, 0.01) / 60)) + 0.5 * plain


class _OpCheck:
    """The checks of one operation; each failure fills the report."""

    def __init__(self, report: OpReport, call: Callable[..., Any], seeds: np.random.SeedSequence, mode: str):
        self.report = report
        self.call = call
        self.seeds = seeds
        self.mode = mode
        self.constant = ""
        self.drawn = False  # are the samples of this check's own making?
        self.doubtful: list[tuple[Report, Sample]] = []  # drawn ones that the operation may not be meant for

    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seeds.spawn(1)[0])

    def check_all(self, samples: list[Sample]) -> None:
        """Check order 1 of all samples, then ties, then order 2: a mistake is named best where it begins."""
        kept = []
        for sample in samples:
            if not self.report:
                break
            report, judge = self.judge(sample, sample.inputs, sample.name)
            if self.drawn and report.worst is None and not UNFIT.isdisjoint(report.codes):
                self.doubtful.append((report, sample))
            else:
                kept.append((sample, report, judge))
                self.finish(sample, report)
        if self.doubtful and not kept:
            self._take(*self.doubtful[0])
        self.check_ties([sample for sample, _, _ in kept])
        for sample, report, judge in kept:
            if self.report and self.report.order == 2 and judge.found is not None:
                judge.judge_again()
                self._take(report, sample)
        if self.report and samples and self.constant and not self.report.coordinates:
            self.report.verdict, self.report.reason = INCONCLUSIVE, self.constant

    def judge(
        self, sample: Sample, arrays: Iterable[np.ndarray], name: str, tied: bool = False
    ) -> tuple[Report, Judge]:
        """Run the checks of `gradcheck`, to order 1."""
        arrays = [np.array(a, np.float64) for a in arrays]
        count = len(arrays)
        report = Report(name, order=1, mode=self.mode)
        report.names = names_of(self.call, range(count))
        report.inputs = tuple(arrays)
        narrow = "off" if tied or "dtype" in sample.settings else "checked"
        judge = Judge(report, self.rng(), None, None, float32=narrow)
        fn = applied(self.call, sample.settings)
        judge.judge(first_call(fn, Inputs(arrays, list(range(count)), report.names, arrays)))
        if judge.is_constant:  # as a softmax over one entry is: right, if other samples say so
            report.verdict, self.constant, report.reason, judge.found = PASS, report.reason, "", None
        return report, judge

    def finish(self, sample: Sample, report: Report) -> None:
        """Check what only an operation can be asked for."""
        if report.verdict == PASS:
            for words in (self._layouts(sample), self._same_tensor(sample)):
                if words:
                    report.verdict, report.diagnosis, report.reason = FAIL, (words,), words.words
                    break
        self._take(report, sample)
        self.report.samples += 1
        self.report.coordinates += report.measured.checked
        self.report.kinks += report.measured.kinks

    def _take(self, report: Report, sample: Sample) -> None:
        mine, measured = self.report, report.measured
        mine.error64 = max(mine.error64, measured.error)
        if measured.float32_error is not None:
            mine.error32 = max(mine.error32 or 0.0, measured.float32_error)
        if report.verdict != PASS:
            report.reproduce = _reproduction(self.call, mine.name, sample, self.drawn)
            if self.drawn:
                report.notes = (*report.notes, DRAWN.format(name=mine.name))
            mine.verdict, mine.reason, mine.report, mine.sample = (
                report.verdict, report.reason, report, sample.name,
            )  # fmt: skip

    def check_ties(self, samples: list[Sample]) -> None:
        """Check order 1 where values are equal to each other, to 0, and to the settings."""
        for sample in sorted(samples, key=telling)[:3]:
            for arrays in with_ties(sample):
                if self.report:
                    self._check_tied(sample, arrays)

    def _check_tied(self, sample: Sample, arrays: list[np.ndarray]) -> None:
        try:
            report, _ = self.judge(sample, arrays, f"{sample.name} with ties", tied=True)
        except CnnError:  # the operation does not take these values
            return
        if report.verdict == FAIL or (report and report.measured.kinks):
            self.report.kinks += report.measured.kinks
            self._take(report, sample)

    def _layouts(self, sample: Sample) -> Diagnosis | None:
        """Other strides, same result."""
        fn = applied(self.call, sample.settings)
        for words, *pair in layouts(sample.inputs):
            found = compare_layouts(words, fn, pair[0], range(len(pair[0])), (pair[0], pair[1]))
            if found is not None:
                return found
        return None

    def _same_tensor(self, sample: Sample) -> Diagnosis | None:
        """One tensor for two inputs gets the sum of both gradients."""
        first = sample.inputs[0]
        if len(sample.inputs) != 2 or first.shape != sample.inputs[1].shape or not first.size:
            return None
        fn = applied(self.call, sample.settings)
        apart = Function(fn, [first, first], [0, 1])
        together = Function(lambda x: fn(x, x), [first], [0])
        if not np.isfinite(apart.y).all():
            return None
        c = np.cos(np.arange(apart.y.size) + 0.5)
        a, b = np.split(apart.gradient(c), 2)
        got = together.gradient(c)
        top = np.abs(a).max() + np.abs(b).max()
        if not np.isfinite(top) or np.abs(got - a - b).max() <= 1e-9 * top:
            return None
        evidence = "one tensor passed for both inputs does not get the sum of the two gradients"
        one = min(np.abs(got - a).max(), np.abs(got - b).max()) <= 1e-9 * top
        return diagnosis("overwritten" if one else "accumulated-twice", evidence)


def applied(call: Callable[..., Any], settings: dict[str, Any]) -> Callable[..., Any]:
    """Bind settings; arrays of floats among them follow the precision of the inputs."""

    def fn(*tensors: Any) -> Any:
        dtype = tensors[0].dtype
        return call(*tensors, **{k: _in_precision(v, dtype) for k, v in settings.items()})

    fn.__name__ = title_of(call)  # for words about it
    return fn


def _in_precision(value: Any, dtype: np.dtype) -> Any:
    return value.astype(dtype) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def _reproduction(call: Callable[..., Any], name: str, sample: Sample, drawn: bool) -> str:
    """Write the lines that show the failure of one sample again."""
    module = getattr(call, "__module__", None) or "__main__"
    own = module.startswith(__name__.split(".")[0] + ".")
    target = repr(name) if own else name if name.isidentifier() else "fn"
    lines = ["import numpy as np", "from tinygrad_cnn.testing import Sample, check_op, samples_of"]
    if not own:
        found = module != "__main__" and name.isidentifier() and getattr(call, "__qualname__", "") == name
        lines.append(f"from {module} import {name}" if found else f"# {target} is what was checked")
    if drawn:
        lines.append("samples = None  # those that the check draws itself")
    elif any(s is sample for s in samples_of(name)):
        lines.append(f"samples = [s for s in samples_of({target}) if s.name == {sample.name!r}]")
    else:
        arrays = ", ".join(literal(x) for x in sample.inputs)
        lines.append(f"samples = [Sample({name!r}, ({arrays},), {sample.settings!r})]")
    return "\n".join([*lines, f"print(check_op({target}, samples, raise_exception=False))"])
