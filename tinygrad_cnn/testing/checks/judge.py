"""From measurements to a verdict: what is looked at in which order, and what counts as a failure."""

import numpy as np

from ..codes import diagnosis
from ..diagnose.naming import name_error, name_mistakes, name_second
from ..measure.function import Derivative, Function
from ..measure.precision import check_accuracy, check_dtype
from ..measure.search import Found, Search, draw_weights
from ..measure.structure import check_structure
from ..measure.ties import check_ties
from ..report import FAIL, INCONCLUSIVE, PASS, Diagnosis, Report
from .noting import note_coverage, note_gradients, note_measures, worst_of

MOST_FULL = 600  # entries that "auto" looks at one by one; at order 2, a tenth
MOST_SKIPPED = 0.5  # share of skipped entries that leaves a check without a verdict
ROUGH = 1e-5  # noise relative to the values: there is nothing smooth to be seen
TINY = 1e-9  # absolute noise of values that cancel, which says nothing
NOISY = 5e-9  # noise relative to the values: these were not computed in float64
UNNAMED = "no known mistake explains it; the worst entry is where to look"


class Judge:
    """Fills a report; stops at the first thing that is wrong, because what follows would follow from it."""

    def __init__(
        self,
        report: Report,
        rng: np.random.Generator,
        atol: float | None = None,
        rtol: float | None = None,
        float32: str = "noted",
    ) -> None:
        self.report = report
        self.mode = report.mode  # as asked for; the report says what was done at order 1
        self.rng = rng
        self.tolerances = (atol, rtol)
        self.float32 = float32
        self.found: Found | None = None  # what order 1 gave
        self.is_constant = False
        self.notes: list[str] = []

    def judge(self, function: Function) -> None:
        """Look at everything but order 2."""
        try:
            if self._is_empty(function) or self._is_not_finite(function):
                return
            wrong = next(iter(check_structure(function, self.rng)), None)
            if wrong is not None:
                self._fail([wrong])
                if wrong.code in ("nondeterministic", "input-modified"):
                    return  # nothing that is measured from here on would mean anything
            self.found = self._compare(function, 1)
            if self.report.verdict == PASS:
                self._check_rest(function, self.found)
        except Exception as error:  # of the closures under test
            self._fail(name_error(error))
        finally:
            self._close(function)

    def judge_again(self) -> None:
        """Look at order 2, if order 1 was right: at a kink the gradient jumps, so beside it."""
        found, report = self.found, self.report
        if found is None or report.verdict != PASS:
            return
        report.order = 2
        place = found.function
        try:
            if found.kinks.size or found.skipped:
                self.notes.append("order 2 was checked beside the kinks, where the gradient has a derivative")
                place = self._nearby(place) or place
            again = self._compare(Derivative(place, draw_weights(self.rng, place.y.size)), 2)
            if report.verdict == PASS and again.skipped and not again.checked:
                reasons = "; ".join(again.skipped)
                self._inconclusive(
                    f"at order 2, all entries that were looked at had to be skipped ({reasons})"
                )
        except Exception as error:
            self._fail([diagnosis("not-differentiable-again", name_error(error)[0].evidence)])
        finally:
            self._close(place)

    def _close(self, function: Function) -> None:
        self.report.measured.evaluations += function.evaluations
        self.report.notes = tuple(dict.fromkeys(self.notes))

    def _check_rest(self, function: Function, found: Found) -> None:
        """Ties and float32; both mean little where the gradient is wrong."""
        wrong = check_ties(found, self.rng)
        if wrong is None and self.float32 != "off":
            wrong = self._check_float32(function)
        if wrong is not None:
            self._fail([wrong])
        elif not self._is_wrong_elsewhere(function):
            self._weigh_skips(found)

    def _check_float32(self, function: Function) -> Diagnosis | None:
        reached, wrong = check_dtype(function, self.rng, self.notes)
        if wrong or not reached:
            return wrong
        lost = check_accuracy(function, self.rng, self.report.measured, self.notes)
        if lost and self.float32 == "noted":  # a function may be ill-conditioned, an operation should not be
            self.notes.append(lost.evidence)
            return None
        return lost

    def _is_wrong_elsewhere(self, function: Function) -> bool:
        """Compare one projection at another place: a closure may hold what it found at the first one."""
        place = self._nearby(function)
        if place is None:
            return False
        search = Search(place, self.rng, *self.tolerances)
        culprit = search.project(1)
        self.report.measured.evaluations += place.evaluations
        if culprit is None:
            return False
        search.look_at(np.array([culprit]))
        fresh = np.allclose(search.found.analytic[0], function.gradient(search.found.weights[0]))
        evidence = "right at the inputs, and wrong at another place nearby"
        evidence += ", where the gradient is still the one of the inputs" if fresh else ""
        self._fail([diagnosis("stale", evidence)] if fresh else name_mistakes(search.found))
        self.notes.append(f"the gradient is {evidence}")
        note_gradients(self.report, search.found)
        self.report.worst = worst_of(search.found, 1) if search.found.wrong.size else None
        return True

    # -- what cannot be checked ----------------------------------------------------------------------------

    def _is_empty(self, function: Function) -> bool:
        if function.x.size and function.y.size:
            return False
        what = "inputs have" if not function.x.size else "result has"
        self.notes.append(f"the {what} no values: only shapes and dtypes of the gradients were checked")
        function.gradients(np.zeros(function.y.size))  # the engine refuses what does not fit
        return True

    def _is_not_finite(self, function: Function) -> bool:
        bad = np.flatnonzero(~np.isfinite(function.y))
        if not bad.size:
            return False
        self._inconclusive(
            f"the function gives {function.y[bad[0]]} at output {bad[0]} of {function.y.size}; choose inputs "
            "where it is finite"
        )
        return True

    # -- comparing -----------------------------------------------------------------------------------------

    def _compare(self, function: Function, order: int) -> Found:
        report, n = self.report, function.x.size
        search = Search(function, self.rng, *self.tolerances)
        few = n <= (MOST_FULL if order == 1 else MOST_FULL // 10)
        full = self.mode == "full" or (self.mode == "auto" and few)
        found = search.full() if full else search.fast()
        note_measures(report.measured, found)
        if order == 1:
            report.mode = "full" if full else "fast"
            note_coverage(report.measured, found)
            note_gradients(report, found)
            self._remark(function, found)
        if self._is_rough(found):
            return found
        if found.wrong.size or found.failed:
            known = [name_second(found, len(report.names))] if order == 2 else []
            self._fail(known or ([] if report.diagnosis else name_mistakes(found)))
            note_gradients(report, found)
            report.worst = worst_of(found, order) if found.wrong.size else None
        return found

    def _is_rough(self, found: Found) -> bool:
        """Refuse to judge a function that changes wholly within the smallest steps."""
        top = float(np.abs(found.function.y).max(initial=0.0))
        noise = float(np.median(found.noise))
        if self.report.verdict != PASS or noise <= max(ROUGH * top, TINY):
            return False
        self._inconclusive(
            "the function changes too fast, or by chance: no step is small enough to follow it"
        )
        return True

    def _nearby(self, function: Function) -> Function | None:
        """Find another place close by; kinks of this one are left behind unless they are everywhere."""
        for size in (0.05, 0.01):
            signs = self.rng.choice([-1.0, 1.0], function.x.shape)
            way = signs * self.rng.uniform(0.5, 1.0, function.x.shape) * np.maximum(1.0, np.abs(function.x))
            try:
                place = function.at(function.x + size * way)
            except Exception:  # the function cannot be computed there
                continue
            if np.isfinite(place.y).all():
                return place
        return None

    def _remark(self, function: Function, found: Found) -> None:
        """Note what a reader should know though it is no mistake."""
        gradients = function.gradients(np.ones(function.y.size))
        for name, g in zip(self.report.names, gradients, strict=True):
            if g is None:
                words = f"the graph does not connect {name} with the result; its gradient counts as 0"
                self.notes.append(words)
        if found.crossed:
            self.notes.append(f"{found.crossed} of {found.projections} projections crossed kinks")

    # -- verdicts ------------------------------------------------------------------------------------------

    def _weigh_skips(self, found: Found) -> None:
        skipped = sum(found.skipped.values())
        noise = self.report.measured.noise
        if skipped > MOST_SKIPPED * (skipped + found.checked):
            reasons = "; ".join(f"{n} entries: {why}" for why, n in found.skipped.items())
            self._inconclusive(f"most entries had to be skipped ({reasons})")
        elif found.is_constant:
            self.is_constant = True
            self._inconclusive(
                "the gradient and all differences are 0 here, so there was nothing to compare: the result "
                "does not depend on the inputs, or they lie at an extreme point"
            )
        elif noise > NOISY:
            self._inconclusive(
                f"the values of the function are noisy (by {noise:.1e} of the largest): it does not compute "
                "in float64, or loses digits, and differences cannot tell small mistakes"
            )

    def _fail(self, found: list[Diagnosis]) -> None:
        report = self.report
        report.verdict = FAIL
        known = set(report.codes)
        report.diagnosis += tuple(d for d in found if d.code not in known)
        report.reason = report.diagnosis[0].words if report.diagnosis else UNNAMED

    def _inconclusive(self, reason: str) -> None:
        self.report.verdict, self.report.reason = INCONCLUSIVE, reason
