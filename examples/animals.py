"""Nine pictures of cats, cows and dogs: the network that this project grew out of learns all of them.

Run it with `python examples/animals.py`; it takes seconds.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from tinygrad_cnn.data import ImageFolder
from tinygrad_cnn.data.transforms import Normalize
from tinygrad_cnn.nn.models import seed_cnn
from tinygrad_cnn.optim import Adam
from tinygrad_cnn.train import History, PrintEpochs, fit, predict

FOLDER = Path(__file__).parent.parent / "data" / "animals"


def train_animals(folder: Path, size: int, epochs: int, seed: int) -> tuple[History, int]:
    """Train on all pictures, print what the network says of each, and count how often it is right."""
    pictures = ImageFolder(folder, size=size, transform=Normalize(0.5, 0.25))
    model = seed_cnn(num_classes=len(pictures.classes), input_shape=(3, size, size), seed=seed)
    history = fit(
        model,
        pictures,
        epochs=epochs,
        batch_size=3,
        seed=seed,
        optimizer=Adam(model.parameters(), lr=1e-3),
        callbacks=[PrintEpochs()],
    )
    correct = 0
    for (path, label), probabilities in zip(pictures.samples, predict(model, pictures), strict=True):
        best = int(probabilities.argmax())
        correct += best == label
        print(f"{Path(path).relative_to(folder)}: {pictures.classes[best]} ({probabilities[best]:.1%})")
    print(f"{correct} of {len(pictures)} are right")
    return history, correct


def main(argv: Sequence[str] | None = None) -> tuple[History, int]:
    """Read the command line, train, predict."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="one folder of pictures a class")
    parser.add_argument("--size", type=int, default=120, help="pixels a side that pictures are resized to")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="starting weights and order of the pictures")
    args = parser.parse_args(argv)
    return train_animals(args.folder, args.size, args.epochs, args.seed)


if __name__ == "__main__":
    main()
