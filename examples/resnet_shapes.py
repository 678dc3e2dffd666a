"""ResNet-20 learns to tell eight coloured shapes apart, in pictures of 32 x 32 that the program draws itself.

    python examples/resnet_shapes.py

Place, size, slant and colours are random, and there is noise. It takes about a minute on two cores.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from tinygrad_cnn.data import DataLoader, TensorDataset
from tinygrad_cnn.nn.models import resnet20
from tinygrad_cnn.optim import SGD, OneCycleLR
from tinygrad_cnn.train import History, PrintEpochs, fit, predict

CLASSES = ("disc", "ring", "square", "frame", "triangle", "cross", "bars", "moon")


def inside(shape: str, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Say which points belong to a shape that fills about -1..1."""
    r, side = np.hypot(u, v), np.maximum(abs(u), abs(v))
    return {
        "disc": r < 0.9,
        "ring": (r > 0.5) & (r < 1),
        "square": side < 0.8,
        "frame": (side > 0.45) & (side < 0.85),
        "triangle": np.maximum(-v, np.maximum(v / 2 + 0.87 * u, v / 2 - 0.87 * u)) < 0.5,
        "cross": (np.minimum(abs(u), abs(v)) < 0.3) & (side < 0.95),
        "bars": (abs(abs(u) - 0.6) < 0.3) & (abs(v) < 0.9),
        "moon": (r < 1) & (np.hypot(u - 0.5, v) > 0.75),
    }[shape]


def drawn(count: int, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw pictures (count, 3, size, size), as many of each class, and give them with their labels."""
    labels = rng.permutation(np.arange(count) % len(CLASSES))
    y, x = np.mgrid[:size, :size] + 0.5
    pictures = np.empty((count, 3, size, size), np.float32)
    for picture, label in zip(pictures, labels, strict=True):
        radius, turn = size * rng.uniform(0.25, 0.45), rng.uniform(-0.4, 0.4)
        row, column = rng.uniform(radius, size - radius, 2)
        a, b = (x - column) / radius, (y - row) / radius
        u, v = a * np.cos(turn) + b * np.sin(turn), b * np.cos(turn) - a * np.sin(turn)
        back, colour = rng.uniform(-1, 0, (3, 1, 1)), rng.uniform(0, 1, (3, 1, 1))
        noise = rng.normal(0, 0.1, (3, size, size))
        picture[:] = np.where(inside(CLASSES[label], u, v), colour, back) + noise
    return pictures, labels


def train_shapes(count: int, epochs: int, size: int, seed: int) -> tuple[History, np.ndarray]:
    """Train on so many pictures, measure on others, and count [true class, predicted class]."""
    rng = np.random.default_rng(seed)
    training, test = drawn(count, size, rng), drawn(max(count // 4, 80), size, rng)
    model = resnet20(num_classes=len(CLASSES), seed=seed)
    optimizer = SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    batches = DataLoader(TensorDataset(*training), batch_size=32, shuffle=True, seed=seed)
    history = fit(
        model,
        batches,
        DataLoader(TensorDataset(*test), batch_size=100),
        epochs=epochs,
        optimizer=optimizer,
        scheduler=OneCycleLR(optimizer, max_lr=0.05, total_steps=epochs * len(batches)),
        callbacks=[PrintEpochs()],
        restore_best=False,
    )
    counts = np.zeros((len(CLASSES),) * 2, int)
    np.add.at(counts, (test[1], predict(model, test[0]).argmax(1)), 1)
    return history, counts


def main(argv: Sequence[str] | None = None) -> tuple[History, np.ndarray]:
    """Read the command line, train, and print what each shape was taken for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=1500, help="pictures to learn from")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--size", type=int, default=32, help="pixels a side")
    parser.add_argument("--seed", type=int, default=0, help="pictures, starting weights and order")
    args = parser.parse_args(argv)
    history, counts = train_shapes(args.images, args.epochs, args.size, args.seed)
    for name, row in zip(CLASSES, counts, strict=True):
        taken = (f"{CLASSES[i]} {row[i]}" for i in np.argsort(-row, kind="stable") if row[i])
        print(f"{name}: taken for {', '.join(taken)}")
    print(f"{counts.trace()} of {counts.sum()} new pictures are right")
    return history, counts


if __name__ == "__main__":
    main()
