"""The result of `check_op`: of all samples together, and the report of the one that did not pass."""

from dataclasses import dataclass
from pathlib import Path

from ...errors import ArgumentError
from ..report import PASS, Diagnosis, Report


@dataclass
class OpReport:
    """The result of `check_op`; true if it passed. ``report`` is that of the sample that did not."""

    name: str
    verdict: str = PASS
    reason: str = ""
    report: Report | None = None
    sample: str = ""
    samples: int = 0
    order: int = 2
    coordinates: int = 0
    kinks: int = 0
    error64: float = 0.0
    error32: float | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.verdict == PASS

    @property
    def diagnosis(self) -> tuple[Diagnosis, ...]:
        """What is wrong, the likeliest first."""
        return () if self.report is None else self.report.diagnosis

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the diagnosis."""
        return tuple(d.code for d in self.diagnosis)

    def save(self, path: str | Path) -> None:
        """Draw the sample that did not pass, as `Report.save` does.

        Raises:
            ArgumentError: no sample failed, so there is nothing to draw.
        """
        if self.report is None:
            raise ArgumentError(f"there is nothing to draw: no sample of {self.name} failed")
        self.report.save(path)

    def __str__(self) -> str:
        if self.report is not None:
            return str(self.report)
        if not self:
            return f"{self.verdict.upper()}  {self.name}: {self.reason}"
        narrow = "" if self.error32 is None else f", in float32 {self.error32:.1e}"
        return (
            f"PASS  {self.name}: the gradients are right (order {self.order}, {self.samples} samples, "
            f"{self.coordinates} coordinates, {self.kinks} kinks; largest error {self.error64:.1e}{narrow})"
        )

    __repr__ = __str__
