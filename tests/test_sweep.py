"""PyTorch's answers to a sample of the sweep's cases, replayed; the sweep itself needs PyTorch."""

from pathlib import Path

import numpy as np
import pytest
from sweep import frozen, judge, ours
from sweep.outcome import Outcome

CASES = list(frozen.read(Path(__file__).parent / "sweep" / "frozen.npz"))


def titles() -> list[str]:
    return [f"{i}-{title}" for i, (title, *_) in enumerate(CASES)]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("title", "case", "state", "answer"), CASES, ids=titles())
def test_as_pytorch_in_float64(title, case, state, answer):
    got = ours.run(case, np.float64, state)
    theirs = Outcome(error=ValueError("PyTorch raised")) if answer is None else Outcome(answer)
    assert judge.difference64(got, theirs) == ""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("title", "case", "state", "answer"), CASES, ids=titles())
def test_float32_stays_float32(title, case, state, answer):
    got = ours.run(case, np.float32, state)
    if answer is None:
        assert got.error is not None
        return
    assert got.error is None, got.error
    floats = [name for name, a in got.arrays.items() if a.dtype == np.float64]
    wide = [name for name in floats if answer[name].dtype == np.float64]
    assert not wide, f"{case.name} of float32 gives float64: {wide}"


def test_a_wrong_answer_is_seen():
    """The comparison itself: a value that is off by 1e-9 is not let through."""
    _, case, state, answer = next(entry for entry in CASES if entry[3] and entry[3]["output 0"].size)
    wrong = {name: a + 1e-9 * (1 + np.abs(a)) if a.dtype.kind == "f" else a for name, a in answer.items()}
    assert judge.difference64(ours.run(case, np.float64, state), Outcome(wrong)) != ""
