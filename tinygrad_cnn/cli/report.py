"""What `train` says: what it is about to do, what came out, what lies where, and what to run next."""

import os
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from ..errors import CnnError
from ..io import load_metadata
from ..train import BEST, LAST, History, evaluate, format_confusion, plot_confusion, plot_curves
from ..train.plots import INSTALL, can_plot
from ..train.runs import SETTINGS, write_confusion
from . import pictures
from .drawing import GRAPHS, save_graphs
from .jobs import Job
from .terminal import plain, remark, say

_MOST_NAMED = 10
_WIDEST_TABLE = 12
_MEANING = dict(
    zip(GRAPHS, ("forward and backward pass, with real gradients", "the same, to step through"), strict=True)
)


def say_job(job: Job) -> None:
    """Say what will be learnt, by what, how, and on what it will be judged."""
    settings = job.settings
    counts = Counter(job.dataset.targets.tolist())
    colon = ":" if any(name.isdecimal() for name in settings.classes) else ""  # `0: 178`, and not `0 178`
    named = ", ".join(f"{name}{colon} {counts[i]}" for i, name in enumerate(settings.classes[:_MOST_NAMED]))
    more = ", ..." if len(settings.classes) > _MOST_NAMED else ""
    found = f"{len(job.dataset)} pictures, {len(settings.classes)} classes ({named}{more})"
    say(f"data   {_short(settings.data)}: {found}")
    parameters = sum(p.numel() for p in job.model.parameters())
    kind = settings.model if settings.config is None else "of the configuration file"
    say(f"model  {kind}, input {'x'.join(map(str, settings.input_shape))}, {parameters:,} parameters")
    say(
        f"train  {settings.epochs} epochs, batch size {settings.batch_size}, {settings.optimizer}, "
        f"lr {settings.lr:g}, seed {settings.seed}"
    )
    if job.validation is None:
        say("check  on the pictures that are learnt; --split 0.2 would hold out a fifth of them")
    else:
        say(f"check  on {len(job.validation)} pictures that are held out; {len(job.train)} are learnt")


def finish(job: Job, history: History, draws: bool) -> None:
    """Measure the best weights, complete the run folder, and say what is in it and what to do next.

    With ``draws``, one training step is drawn as well.
    """
    assert job.out is not None
    held_out = job.validation is not None
    judged = job.validation if held_out else job.train
    result = evaluate(job.model, judged, batch_size=32, num_workers=job.workers)
    assert result.confusion is not None
    right = int(np.trace(result.confusion))
    kind = "held-out" if held_out else "training"
    best = load_metadata(job.out / BEST)["epoch"]  # another one than history.best if that was lost
    say()
    share = f"{right / len(judged):.1%}"
    say(f"{right} of {len(judged)} {kind} pictures right ({share}) with the weights of epoch {best}")
    names = [plain(name) for name in job.settings.classes]
    if len(names) <= _WIDEST_TABLE:
        say(format_confusion(result.confusion, names))
    tables = _write(job.out, history, result.confusion, names, int(best))
    files = [BEST, LAST, SETTINGS, "history.csv", *tables]
    say()
    say(f"run    {job.out}: {', '.join(files)}")
    if not can_plot():
        say(f"       curves.png and confusion.png need matplotlib: {INSTALL}")
    if draws:
        _draw(job, best)
    say(f"next   {predict_command(job)}")
    if pictures.holds_idx(Path(job.settings.data)) and not pictures.holds_test_half(Path(job.settings.data)):
        learnt = "most of those pictures" if held_out else "those pictures"
        say(f"       ({learnt} were learnt: a folder of others says more)")


def _write(out: Path, history: History, confusion: np.ndarray, names: list[str], best: int) -> list[str]:
    write_confusion(out, confusion, names)
    files = ["confusion.txt", "confusion.csv"]
    if can_plot():
        plot_curves(history, out / "curves.png", best)
        plot_confusion(confusion, out / "confusion.png", names)
        files += ["curves.png", "confusion.png"]
    return files


def _draw(job: Job, epoch: str) -> None:
    """Draw the graph and say where it is; a run is complete without it, so no error ends one."""
    assert job.out is not None
    width = max(len(str(job.out / name)) for name in GRAPHS)
    for name, error in save_graphs(job, epoch):
        if error is None:
            say(f"graph  {job.out / name!s:{width}}  ({_MEANING[name]})")
        else:
            why = str(error) if isinstance(error, CnnError) else f"{type(error).__name__}: {error}"
            remark(f"notice: {name} could not be drawn; the run is complete without: {why}")


def program() -> str:
    """Give the words that start this program: the bare name works only where a shell would find it."""
    called = Path(sys.argv[0])
    if called.parts[-2:] == ("tinygrad_cnn", "__main__.py"):
        return "python -m tinygrad_cnn"
    if called.stem == "tinygrad-cnn" and shutil.which("tinygrad-cnn") is None:
        return _quoted(called)
    return "tinygrad-cnn"


def predict_command(job: Job) -> str:
    """Give a command line that uses the run."""
    folder = Path(job.settings.data)
    if pictures.holds_idx(folder):
        return f"{program()} evaluate {_quoted(folder)} --run {_quoted(job.out)}{_own_code(job)}"
    picture = job.dataset.samples[0][0]
    return f"{program()} predict {_quoted(picture)} --run {_quoted(job.out)}{_own_code(job)}"


def resume_command(job: Job) -> str:
    """Give the command line that goes on with the run."""
    return f"{program()} train --resume {_quoted(job.out)}{_own_code(job)}"


def _own_code(job: Job) -> str:
    return f" --model {_quoted(job.given_model)}" if job.settings.code is not None else ""


def _quoted(path: object) -> str:
    """Write a path so that a shell takes it as one word."""
    text = _short(path)
    return subprocess.list2cmdline([text]) if os.name == "nt" else shlex.quote(text)


def _short(path: object) -> str:
    """Write a path from the current folder on, where it lies below it."""
    here = Path.cwd()
    whole = Path(str(path))
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
