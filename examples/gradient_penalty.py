"""A second derivative at work: training with a penalty on the gradient of the loss in the picture.

    python examples/gradient_penalty.py

A network can be fooled by a change of the picture that is hardly seen, made along the gradient of the loss
with respect to the pixels. If the length of that gradient is part of the loss, training differentiates a
gradient, and the network becomes harder to fool. Source: Drucker and Le Cun, "Improving generalization
performance using double backpropagation", 1992.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tinygrad_cnn import Tensor, cross_entropy, grad, nn, tensor
from tinygrad_cnn.data import IDX, DataLoader, stratified_split
from tinygrad_cnn.optim import Adam
from tinygrad_cnn.train import accuracy

FOLDER = Path(__file__).parent.parent / "data" / "digits"


class Outcome(NamedTuple):
    """Accuracy on the held-out digits: as they are, and after the worst small change of every pixel."""

    clean: float
    attacked: float


def make_model(seed: int) -> nn.Sequential:
    """A convolution, a pooling, and two dense layers."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, generator=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * 4 * 4, 32, generator=rng),
        nn.ReLU(),
        nn.Linear(32, 10, generator=rng),
    )


def penalised_loss(model: nn.Module, x: Tensor, y: Tensor, strength: float) -> Tensor:
    r"""Cross-entropy plus :math:`\lambda \sum_n \lVert N\,\partial L/\partial x_n \rVert^2 / N`."""
    x = x.detach().requires_grad_()
    loss = cross_entropy(model(x), y)
    if not strength:
        return loss
    g = grad(loss, x, create_graph=True) * len(x)  # of each picture's own loss: the mean divided by N
    return loss + strength * (g * g).sum() / len(x)


def train(training: DataLoader, epochs: int, strength: float, seed: int) -> nn.Sequential:
    """Train a new network, printing one line for every fifth epoch."""
    model = make_model(seed)
    optimizer = Adam(model.parameters(), lr=0.003)
    for epoch in range(epochs):
        total = 0.0
        for x, y in training:
            optimizer.zero_grad()
            loss = penalised_loss(model, x, y, strength)
            loss.backward()
            optimizer.step()
            total += loss.item()
        if epoch % 5 == 4 or epoch == epochs - 1:
            print(f"  epoch {epoch + 1:2d}: loss {total / len(training):.4f}")
    return model.eval()


def measure(model: nn.Module, images: Tensor, labels: Tensor, change: float) -> Outcome:
    """Accuracy before and after every pixel moves by ``change`` to where the loss grows."""
    x = images.detach().requires_grad_()
    scores = model(x)
    g = grad(cross_entropy(scores, labels), x)
    attacked = model(images + tensor(change * np.sign(g.numpy())))
    return Outcome(accuracy(scores, labels), accuracy(attacked, labels))


def main(argv: Sequence[str] | None = None) -> tuple[Outcome, Outcome]:
    """Train without and with the penalty, and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="the two IDX files of the digits")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--strength", type=float, default=0.3, help="weight of the penalty")
    parser.add_argument("--change", type=float, default=0.1, help="of each pixel, which lies between 0 and 1")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    files = [args.folder / f"{part}-ubyte.gz" for part in ("images-idx3", "labels-idx1")]
    training, held_out = stratified_split(IDX(*files, scale=16), 0.2, seed=args.seed)
    images, labels = next(iter(DataLoader(held_out, batch_size=len(held_out))))
    outcomes = []
    for strength in (0.0, args.strength):
        print(f"penalty {strength:g}:")
        loader = DataLoader(training, batch_size=64, shuffle=True, seed=args.seed)
        outcomes.append(measure(train(loader, args.epochs, strength, args.seed), images, labels, args.change))
        print("  right: {:.1%} of the held-out digits, {:.1%} once changed".format(*outcomes[-1]))
    return outcomes[0], outcomes[1]


if __name__ == "__main__":
    main()
