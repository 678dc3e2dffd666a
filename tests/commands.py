"""Small folders to run the command line on, and a way to run it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import tinygrad_cnn
from tinygrad_cnn.cli import main
from tinygrad_cnn.data import write_idx

PACKAGE = Path(tinygrad_cnn.__file__).parent.parent
FAST = ("--epochs", "2", "--size", "6x8", "--workers", "0")
COLOURS = {"blue": (20, 30, 220), "green": (30, 200, 40), "red": (220, 30, 20)}


def make_pictures(root, classes=("blue", "red"), count=3, size=(8, 6)):
    """Folders of pictures, one colour a class, so that anything can learn them."""
    rng = np.random.default_rng(0)
    for name in classes:
        (root / name).mkdir(parents=True)
        for i in range(count):
            noise = rng.integers(0, 30, (size[1], size[0], 3))
            Image.fromarray((COLOURS.get(name, (9, 9, 9)) + noise).astype(np.uint8)).save(
                root / name / f"{i}.png"
            )
    return root


def make_idx(folder, start="", count=12, size=(5, 7)):
    """IDX files of bright and dark pictures, in the names that the command line looks for."""
    folder.mkdir(exist_ok=True)
    labels = (np.arange(count) % 2).astype(np.uint8)
    images = np.random.default_rng(1).integers(0, 40, (count, *size)) + 200 * labels[:, None, None]
    write_idx(folder / f"{start}images-idx3-ubyte.gz", images.astype(np.uint8))
    write_idx(folder / f"{start}labels-idx1-ubyte.gz", labels)
    return folder


def succeed(capsys, *argv):
    """Run a command that must work; give what it prints."""
    code = main([str(word) for word in argv])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    return _portable(captured.out)


def fail(capsys, *argv, code=2):
    """Run a command that must fail with one line on stderr; give that line without its 'error: '."""
    try:
        got = main([str(word) for word in argv])
    except SystemExit as left:
        got = left.code
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("notice: ")]
    assert got == code
    assert len(lines) == 1, lines
    assert lines[0].startswith("error: ")
    return _portable(lines[0].removeprefix("error: "))


def _portable(text):
    return text.replace(os.sep, "/") if os.sep != "/" else text


def start(*argv, cwd, **options):
    """Start the command line as its own process, with the package that is under test."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "tinygrad_cnn", *map(str, argv)]
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
