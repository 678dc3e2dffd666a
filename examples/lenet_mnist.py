"""LeNet-5 on MNIST: 99 % of the test images after ten epochs, in a few minutes on two cores.

    python examples/lenet_mnist.py FOLDER

FOLDER holds the four IDX files of MNIST (or of a relative with the same names), plain or gzipped.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tinygrad_cnn.data import DataLoader, Dataset, Subset, mnist
from tinygrad_cnn.data.transforms import RandomCrop
from tinygrad_cnn.errors import DataError, MissingPathError
from tinygrad_cnn.nn.models import lenet5
from tinygrad_cnn.optim import SGD, CosineAnnealingLR
from tinygrad_cnn.train import History, PrintEpochs, fit


def train_lenet(folder: Path, epochs: int, seed: int, limit: int | None = None) -> History:
    """Train on the 60,000 images, each shifted by up to two pixels; measure on the 10,000 after each epoch.

    ``limit`` uses only so many images of both halves.
    """
    halves: list[Dataset] = [mnist(folder, transform=RandomCrop(28, padding=2)), mnist(folder, train=False)]
    if limit is not None:
        halves = [Subset(half, range(min(limit, len(half)))) for half in halves]
    training, test = halves
    model = lenet5(seed=seed)
    optimizer = SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4, nesterov=True)
    return fit(
        model,
        DataLoader(training, batch_size=64, shuffle=True, seed=seed),
        DataLoader(test, batch_size=500),
        epochs=epochs,
        optimizer=optimizer,
        scheduler=CosineAnnealingLR(optimizer, T_max=epochs),
        callbacks=[PrintEpochs()],
        restore_best=False,  # the test images only measure: the weights of the last epoch are the result
    )


def main(argv: Sequence[str] | None = None) -> History:
    """Read the command line, train, and print one line an epoch and the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the folder with MNIST's four files")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="starting weights and order of the images")
    parser.add_argument("--limit", type=int, help="use only so many images of each half")
    args = parser.parse_args(argv)
    history = train_lenet(args.folder, args.epochs, args.seed, args.limit)
    print(f"{history[-1].val_accuracy:.2%} of the test images are recognised after {args.epochs} epochs")
    return history


if __name__ == "__main__":
    try:
        main()
    except (MissingPathError, DataError) as error:  # the folder is not there, or does not hold what it should
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
