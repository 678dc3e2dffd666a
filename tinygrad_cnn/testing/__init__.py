"""Checking gradients against differences, and saying what is wrong with them.

Start with `gradcheck` for functions, `check_op` for operations and `check_module` for layers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checks.functions import gradcheck
    from .checks.modules import check_module
    from .checks.op_report import OpReport
    from .checks.ops import check_op
    from .codes import CODES
    from .mutation.mutants import Mutant, mutate
    from .mutation.probe import reaches
    from .report import Diagnosis, GradcheckError, Report, Worst
    from .samples import SAMPLES, Sample, add_samples, samples_of

# Imported when first used: pytest loads the plugin in every project, also where nothing is checked.
_LATER = {
    "CODES": "codes",
    "Diagnosis": "report",
    "GradcheckError": "report",
    "Mutant": "mutation.mutants",
    "OpReport": "checks.op_report",
    "Report": "report",
    "SAMPLES": "samples",
    "Sample": "samples",
    "Worst": "report",
    "add_samples": "samples",
    "check_module": "checks.modules",
    "check_op": "checks.ops",
    "gradcheck": "checks.functions",
    "mutate": "mutation.mutants",
    "reaches": "mutation.probe",
    "samples_of": "samples",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


__all__ = [
    "CODES",
    "SAMPLES",
    "Diagnosis",
    "GradcheckError",
    "Mutant",
    "OpReport",
    "Report",
    "Sample",
    "Worst",
    "add_samples",
    "check_module",
    "check_op",
    "gradcheck",
    "mutate",
    "reaches",
    "samples_of",
]
