"""PyTorch's answers to a sample of the sweep's cases, replayed; the sweep itself needs PyTorch."""

from pathlib import Path

import numpy as np
import pytest
from sweep import frozen, judge, ours
from sweep.outcome import Outcome

from tinygrad_cnn.errors import ShapeError

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


RIGHT = Outcome({"output 0": np.array([[1.0, 2.0]]), "gradient 0": np.array([np.nan, 0.0])})
OURS, FOREIGN = ShapeError("no"), IndexError("no")


@pytest.mark.parametrize(
    ("ours_gave", "theirs_gave", "words"),
    [
        (Outcome(dict(RIGHT.arrays)), RIGHT, ""),
        (Outcome(RIGHT.arrays | {"output 0": np.array([1.0, 2.0])}), RIGHT, "output 0 has shape (2,)"),
        (Outcome(RIGHT.arrays | {"output 0": np.array([[1, 2]])}), RIGHT, "output 0 is int64"),
        (Outcome(RIGHT.arrays | {"gradient 0": np.zeros(2)}), RIGHT, "gradient 0: at (0,) "),
        (Outcome({"output 0": RIGHT.arrays["output 0"]}), RIGHT, "ours gives ['output 0']"),
        (Outcome(error=OURS), RIGHT, "we raise, PyTorch does not"),
        (RIGHT, Outcome(error=FOREIGN), "PyTorch raises, we do not"),
        (Outcome(error=OURS), Outcome(error=FOREIGN), ""),
        (Outcome(error=FOREIGN), Outcome(error=FOREIGN), "refused in numpy's words"),
    ],
)
def test_the_judge_says_what_differs(ours_gave, theirs_gave, words):
    problem = judge.difference64(ours_gave, theirs_gave)
    assert problem.startswith(words)
    assert bool(problem) == bool(words)
