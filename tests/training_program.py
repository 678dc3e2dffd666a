"""A training run that ends itself: `python training_program.py FOLDER HOW AT`, for the tests of resuming.

HOW is "none", "kill" (at the AT-th step of this process), "interrupt" (Ctrl-C there) or "save" (killed inside
of the AT-th saving of a file, when it is half written).
"""

import os
import signal
import sys
from pathlib import Path

import numpy as np

import tinygrad_cnn.io.files as files
from tinygrad_cnn import manual_seed, nn, optim
from tinygrad_cnn.data import Dataset
from tinygrad_cnn.train import Callback, fit, has_checkpoint


class Jittered(Dataset):
    """Pictures that look different in every epoch."""

    def __init__(self):
        source = np.random.default_rng(5)
        self.x = source.standard_normal((21, 1, 6, 5)).astype(np.float32)
        self.targets = source.integers(0, 3, 21)
        self.transform = lambda x, rng: x + rng.standard_normal(x.shape, dtype=np.float32) / 10

    def __len__(self):
        return len(self.x)

    def load(self, index):
        return self.x[index], int(self.targets[index])


class EndAt(Callback):
    """Sends a signal to its own process at a step."""

    def __init__(self, number, at):
        self.number, self.left = number, at

    def on_batch_end(self, run):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(self.number)


def train(out, how="none", at=0, epochs=4, **changes):
    """Train for 24 steps of 4 pictures; everything that can be random is."""
    manual_seed(11)
    own = np.random.Generator(np.random.MT19937(3))
    model = nn.Sequential(
        *(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Dropout(0.2), nn.Flatten()),
        *(nn.Dropout(0.2, generator=own), nn.Linear(36, 3)),
    )
    adam = optim.Adam(model.parameters(), lr=0.02, weight_decay=0.01, amsgrad=True)
    arguments = {
        "scheduler": optim.CosineAnnealingLR(adam, 4),
        "batch_size": 4,
        "save_every": 2,
        "num_workers": 2,
    }
    ends = {"kill": getattr(signal, "SIGKILL", None), "interrupt": signal.SIGINT}
    callbacks = [EndAt(ends[how], at)] if how in ends else []
    return model, fit(
        *(model, Jittered(), Jittered()),
        **{"epochs": epochs, "optimizer": adam, "seed": 2, "callbacks": callbacks, **arguments, **changes},
        out=out,
        resume=out is not None and has_checkpoint(out),
    )


def die_while_saving(at):
    """Let the AT-th file be half written when the process ends."""
    write_through, seen = files._write_through, []

    def half(part, content):
        seen.append(part)
        if len(seen) == at:
            write_through(part, lambda stream: stream.write(b"half"))
            os.kill(os.getpid(), signal.SIGKILL)
        write_through(part, content)

    files._write_through = half


if __name__ == "__main__":
    folder, how, at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    if how == "save":
        die_while_saving(at)
    train(folder, how, at)
