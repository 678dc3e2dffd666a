"""Training without `fit` and without an optimizer: the loop and gradient descent, written out.

    python examples/manual_loop.py

The task is two half circles that interlock, 200 points each; the network is dense, with 16 hidden values.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from tinygrad_cnn import Tensor, cross_entropy, grad, linear, relu, tensor


def half_circles(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points (2 * count, 2) around two half circles, and the half circle 0 or 1 that each belongs to."""
    angle = rng.uniform(0, np.pi, (2, count))
    upper = np.stack([np.cos(angle[0]), np.sin(angle[0])], axis=1)
    lower = np.stack([1 - np.cos(angle[1]), 0.5 - np.sin(angle[1])], axis=1)
    points = np.concatenate([upper, lower]) + rng.normal(0, 0.1, (2 * count, 2))
    return points.astype(np.float32), np.repeat([0, 1], count)


def starting_weights(rng: np.random.Generator, hidden: int = 16) -> dict[str, Tensor]:
    """Weights and biases of 2 -> hidden -> 2."""
    values = {
        "w1": rng.normal(0, 1.0, (hidden, 2)),
        "b1": np.zeros(hidden),
        "w2": rng.normal(0, hidden**-0.5, (2, hidden)),
        "b2": np.zeros(2),
    }
    return {name: tensor(value.astype(np.float32), requires_grad=True) for name, value in values.items()}


def scores(x: Tensor, weights: dict[str, Tensor]) -> Tensor:
    """The network."""
    hidden = relu(linear(x, weights["w1"], weights["b1"]))
    return linear(hidden, weights["w2"], weights["b2"])


def train(steps: int, lr: float, seed: int) -> list[tuple[float, float]]:
    """Go down the gradient of all points at once; give loss and accuracy of each step."""
    rng = np.random.default_rng(seed)
    points, labels = half_circles(200, rng)
    x = tensor(points)
    weights = starting_weights(rng)
    course = []
    for _ in range(steps):
        y = scores(x, weights)
        loss = cross_entropy(y, labels)
        course.append((loss.item(), float((y.numpy().argmax(axis=1) == labels).mean())))
        gradients = grad(loss, list(weights.values()))
        weights = {
            name: (w.detach() - lr * g).requires_grad_()
            for (name, w), g in zip(weights.items(), gradients, strict=True)
        }
    return course


def main(argv: Sequence[str] | None = None) -> list[tuple[float, float]]:
    """Read the command line, train, and print ten lines of the course."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--lr", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    course = train(args.steps, args.lr, args.seed)
    for step in [*range(0, args.steps, max(1, args.steps // 10)), args.steps - 1]:
        print(f"step {step:4d}: loss {course[step][0]:.4f}, accuracy {course[step][1]:.1%}")
    return course


if __name__ == "__main__":
    main()
