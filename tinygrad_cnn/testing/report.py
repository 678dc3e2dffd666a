"""What a check found: the verdict, which mistake it is, where it shows most, and how it was measured."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import CnnError

PASS, FAIL, INCONCLUSIVE = "pass", "fail", "inconclusive"


@dataclass(frozen=True)
class Diagnosis:
    """A mistake that the measurements fit: its code, what it means, and the measurement."""

    code: str  # a key of `diagnose.CODES`
    words: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.code}: {self.words} (evidence: {self.evidence})"


@dataclass(frozen=True)
class Worst:
    """The entry of a gradient that is furthest from the differences, in units of its tolerance."""

    input: int
    name: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    left: float  # slopes on both sides; they differ at a kink
    right: float
    tolerance: float
    order: int  # 1: the gradient is wrong, 2: the gradient of the gradient
    what: str = ""  # at order 2: which gradient was differentiated by what

    @property
    def error(self) -> float:
        """How far the gradient is from the differences."""
        return float(np.abs(float(self.analytic) - float(self.numeric)))


@dataclass
class Measured:
    """How a check came to its verdict."""

    noise: float = 0.0  # of the values of the function, relative to the largest
    step: float = 0.0  # the smallest that was used
    tolerance: float = 0.0  # the largest that was used, relative to the largest entry of the gradient
    error: float = 0.0  # the largest that passed or failed, relative likewise
    float32_error: float | None = None  # of the float32 gradient, relative likewise; None: not measured
    checked: int = 0  # coordinates, over all inputs
    coordinates: int = 0  # how many there are
    projections: int = 0  # directions over all coordinates at once
    kinks: int = 0  # coordinates at which any value between the two slopes was accepted
    skipped: dict[str, int] = field(default_factory=dict)  # reason -> coordinates
    evaluations: int = 0  # of the function


@dataclass
class Report:
    """The result of `gradcheck`; true if it passed, and printed as one screen.

    ``errors`` holds, for each checked input, the error of its gradient entry by entry, NaN where none was
    measured; ``analytic`` and ``numeric`` the two gradients that differ by it.
    """

    name: str
    verdict: str = PASS
    reason: str = ""
    diagnosis: tuple[Diagnosis, ...] = ()
    worst: Worst | None = None
    measured: Measured = field(default_factory=Measured)
    order: int = 1
    mode: str = "full"
    seed: int = 0
    names: tuple[str, ...] = ()
    inputs: tuple[np.ndarray, ...] = ()
    analytic: tuple[np.ndarray, ...] = ()
    numeric: tuple[np.ndarray, ...] = ()
    errors: tuple[np.ndarray, ...] = ()
    notes: tuple[str, ...] = ()
    reproduce: str = ""  # lines of Python that show the failure again

    def __bool__(self) -> bool:
        return self.verdict == PASS

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the diagnosis, the likeliest first."""
        return tuple(d.code for d in self.diagnosis)

    def __str__(self) -> str:
        from .show.text import write_report

        return write_report(self)

    __repr__ = __str__

    def save(self, path: str | Path) -> None:
        """Draw the report into a file: ``.svg`` for the picture, ``.html`` for a page with all of it.

        Raises:
            ArgumentError: the name ends in neither.
            MissingPathError: there is no such folder.
        """
        from .show.picture import save_report

        save_report(self, path)


class GradcheckError(CnnError, AssertionError):
    """A gradient that is wrong, or could not be checked; ``report`` tells all that is known."""

    def __init__(self, report: Any) -> None:
        super().__init__(str(report))
        self.report = report
