"""A U-Net learns which pixels of the drawn animals are animal, and marks them in three pictures it never saw.

    python examples/unet_animals.py

It learns from six pictures, of which it makes new ones: one or two animals, slanted, stretched, moved and
recoloured, in front of random shapes. The third of each kind is held out. It takes about a minute on two
cores, and saves a picture of input, true mask and prediction.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tinygrad_cnn import cross_entropy, tensor
from tinygrad_cnn.data import read_picture
from tinygrad_cnn.nn.models import UNet, unet
from tinygrad_cnn.optim import Adam, OneCycleLR
from tinygrad_cnn.train import dice, iou

DATA = Path(__file__).parent.parent / "data"
Pairs = list[tuple[np.ndarray, np.ndarray]]  # a picture (3, H, W) of -1..1, and its mask (H, W) of 0 and 1


def animals(numbers: Sequence[int], size: int) -> Pairs:
    """Read the pictures with these numbers of all three kinds, and their masks."""
    pairs = []
    for name in [f"{kind}/{number}.png" for kind in ("cat", "cow", "dog") for number in numbers]:
        mask = read_picture(DATA / "animal_masks" / name, size, "L")[0].round().astype(np.int64)
        pairs.append((read_picture(DATA / "animals" / name, size) * 2 - 1, mask))
    return pairs


def background(size: int, rng: np.random.Generator) -> np.ndarray:
    """A colour that fades into another, and up to four hills, discs and boxes in front of it."""
    y, x = np.mgrid[:size, :size] / size
    top, bottom = rng.uniform(-1, 1, (2, 3, 1, 1))
    scene = top + (bottom - top) * y
    for _ in range(rng.integers(5)):
        u, v, r = *rng.uniform(0, 1, 2), rng.uniform(0.03, 0.4)
        hill = y > v + 0.1 * np.sin(6 * (x + u))
        disc, box = np.hypot(x - u, y - v) < r, np.maximum(abs(x - u), abs(y - v)) < r
        scene = np.where((hill, disc, box)[rng.integers(3)], rng.uniform(-1, 1, (3, 1, 1)), scene)
    return scene


def changed(pairs: Pairs, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One of the animals: turned round or not, slanted, stretched, moved and recoloured; and its mask."""
    picture, mask = pairs[rng.integers(len(pairs))]
    size = len(mask)
    y, x = np.mgrid[:size, :size] - size / 2
    x = (x + y * rng.uniform(-0.4, 0.4)) * rng.choice((-1, 1))
    row, column = (g / rng.uniform(0.5, 1.2) + size * rng.uniform(0.3, 0.7) for g in (y, x))
    beyond = (np.minimum(row, column) < 0) | (np.maximum(row, column) > size - 1)
    place = row.clip(0, size - 1).astype(int), column.clip(0, size - 1).astype(int)
    colours = picture[rng.permutation(3)][:, *place] * rng.uniform(0.6, 1.1) + rng.uniform(-0.2, 0.2)
    return colours, np.where(beyond, 0, mask[place])


def new_picture(pairs: Pairs, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One or two animals in front of a background; and which pixels are theirs."""
    size = len(pairs[0][1])
    scene, theirs = background(size, rng), np.zeros((size, size), np.int64)
    for _ in range(rng.integers(1, 3)):
        picture, mask = changed(pairs, rng)
        scene, theirs = np.where(mask == 1, picture, scene), np.maximum(theirs, mask)
    return scene.astype(np.float32), theirs


def train(model: UNet, pairs: Pairs, steps: int, rng: np.random.Generator) -> None:
    """Show the model 16 new pictures in each step, and print how it gets on."""
    optimizer = Adam(model.parameters(), lr=3e-3)
    scheduler = OneCycleLR(optimizer, max_lr=3e-3, total_steps=steps)
    for step in range(1, steps + 1):
        x, y = (np.stack(part) for part in zip(*(new_picture(pairs, rng) for _ in range(16)), strict=True))
        loss = cross_entropy(model(tensor(x)), tensor(y))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        if step % max(steps // 10, 1) == 0:
            print(f"step {step} of {steps}: loss {loss.item():.3f}", flush=True)


def show(pairs: Pairs, found: np.ndarray, path: Path) -> None:
    """Save input, true mask and prediction beside each other, one row a picture, twice as large."""
    rows = []
    for (picture, mask), guess in zip(pairs, found, strict=True):
        grey = np.concatenate([mask, guess], 1) * 255
        rows.append(np.concatenate([picture * 127.5 + 127.5, np.stack([grey] * 3)], 2))
    pixels = np.concatenate(rows, 1).transpose(1, 2, 0).round().astype(np.uint8)
    Image.fromarray(pixels.repeat(2, 0).repeat(2, 1)).save(path)


def main(argv: Sequence[str] | None = None) -> tuple[float, float]:
    """Read the command line, train, and print and show how well animals are marked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--size", type=int, default=64, help="pixels a side")
    parser.add_argument("--seed", type=int, default=0, help="new pictures and starting weights")
    parser.add_argument("--out", type=Path, default=Path("unet_animals.png"), help="the picture to save")
    args = parser.parse_args(argv)
    model = unet(num_classes=2, base_channels=8, depth=3, seed=args.seed)
    learnt, held_out = animals((1, 2), args.size), animals((3,), args.size)
    train(model, learnt, args.steps, np.random.default_rng(args.seed))
    model.eval()
    overlaps = []
    for name, pairs in (("six that it learnt from", learnt), ("three that it never saw", held_out)):
        pictures, masks = (np.stack(part) for part in zip(*pairs, strict=True))
        found = model(tensor(pictures)).numpy().argmax(1)
        overlaps.append(float(iou(masks, found)[1]))
        print(f"the {name}: IoU {overlaps[-1]:.3f}, Dice {dice(masks, found, average=None)[1]:.3f}")
    show(held_out, found, args.out)
    print(f"{args.out}: the three pictures, what is animal in them, and what the network found")
    return overlaps[0], overlaps[1]


if __name__ == "__main__":
    main()
