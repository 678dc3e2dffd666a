"""The programs of examples/ at a tiny size: each is run as its reader would, and has to learn something."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.data import write_idx

EXAMPLES = Path(__file__).parent.parent / "examples"


def example(name):
    """What a program defines, without running its main()."""
    return runpy.run_path(str(EXAMPLES / name))


def blobs(count, seed):
    """Pictures of 28 x 28 with a bright square, whose place is the class, and noise."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 10).astype(np.uint8)
    images = rng.integers(0, 60, (count, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        top, left = 3 + 12 * (label // 5), 1 + 5 * (label % 5)
        image[top : top + 8, left : left + 5] += 180
    return images, labels


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory):
    """A folder with the four files of MNIST, and other pictures in them."""
    folder = tmp_path_factory.mktemp("mnist")
    for part, count, seed in [("train", 400, 1), ("t10k", 100, 2)]:
        images, labels = blobs(count, seed)
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", labels)
    return folder


def test_the_animals_are_all_recognised(capsys):
    history, correct = example("animals.py")["main"](["--size", "40", "--epochs", "12"])
    assert history[-1].train_loss < history[0].train_loss / 3
    assert correct == 9
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == "9 of 9 are right"
    assert Path(printed[-4].partition(":")[0]) == Path("dog/1.png")


def test_98_percent_of_the_digits_that_were_held_out_are_recognised(capsys):
    history = example("digits.py")["main"]([])
    assert history[-1].val_accuracy >= 0.98
    assert "epoch 20: " in capsys.readouterr().out


def test_two_runs_of_the_digits_give_the_same_numbers_and_another_seed_gives_others():
    train = example("digits.py")["train_digits"]
    folder = EXAMPLES.parent / "data" / "digits"
    losses = [train(folder, 1, seed)[0].train_loss for seed in (0, 0, 1)]
    assert losses[0] == losses[1] != losses[2]


def test_lenet_learns_a_stand_in_for_mnist_and_two_runs_give_the_same_numbers(stand_in, capsys):
    main = example("lenet_mnist.py")["main"]
    first, second = (main([str(stand_in), "--epochs", "6"]) for _ in range(2))
    assert first[-1].val_accuracy > 0.9
    assert first.column("train_loss") == second.column("train_loss")
    assert first.column("val_loss") == second.column("val_loss")
    assert "of the test images are recognised after 6 epochs" in capsys.readouterr().out


@pytest.mark.parametrize("there", [False, True])
def test_lenet_says_in_one_line_that_its_folder_is_missing_or_empty(there, tmp_path, capsys, monkeypatch):
    folder = tmp_path if there else tmp_path / "nowhere"
    monkeypatch.setattr(sys, "argv", ["lenet_mnist.py", str(folder)])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(EXAMPLES / "lenet_mnist.py"), run_name="__main__")
    assert left.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("error: ") and str(folder) in line


def test_the_limit_of_lenet_leaves_so_many_pictures_of_each_half(stand_in, capsys):
    history = example("lenet_mnist.py")["main"]([str(stand_in), "--epochs", "1", "--limit", "64"])
    rights = history[0].val_accuracy * 64, history[0].train_accuracy * 64
    assert all(abs(right - round(right)) < 1e-6 for right in rights)
    capsys.readouterr()


def test_the_gradient_penalty_makes_the_network_harder_to_fool(capsys):
    plain, penalised = example("gradient_penalty.py")["main"](["--epochs", "8"])
    assert plain.clean > 0.8 and penalised.clean > 0.8
    assert penalised.attacked > plain.attacked + 0.05
    assert "penalty 0.3:" in capsys.readouterr().out


def test_the_penalty_is_the_squared_length_of_each_pictures_gradient():
    names = example("gradient_penalty.py")
    from tinygrad_cnn import cross_entropy, grad, manual_seed, nn, rand, tensor

    manual_seed(1)
    model = nn.Sequential(nn.Flatten(), nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 3))
    x, y = rand(2, 1, 2, 3), tensor([2, 0])
    expected = cross_entropy(model(x), y).item()
    for i in range(2):  # each picture on its own
        alone = x[i : i + 1].detach().requires_grad_()
        g = grad(cross_entropy(model(alone), y[i : i + 1]), alone).numpy()
        expected += 0.5 * float((g * g).sum()) / 2
    assert names["penalised_loss"](model, x, y, 0.5).item() == pytest.approx(expected, rel=1e-5)


def test_the_loop_by_hand_separates_the_half_circles(capsys):
    course = example("manual_loop.py")["main"](["--steps", "300"])
    assert len(course) == 300
    assert course[-1][0] < course[0][0] / 3
    assert course[-1][1] > 0.95
    assert len(capsys.readouterr().out.splitlines()) == 11


def test_the_resnet_learns_shapes(capsys):
    history, counts = example("resnet_shapes.py")["main"](
        ["--images", "800", "--epochs", "4", "--size", "16"]
    )
    assert history[-1].train_loss < history[0].train_loss / 3
    assert counts.sum() == 200 and counts.trace() >= 160
    assert capsys.readouterr().out.splitlines()[-1] == f"{counts.trace()} of 200 new pictures are right"


def test_the_shapes_are_the_same_for_a_seed_and_evenly_spread():
    drawn = example("resnet_shapes.py")["drawn"]
    (pictures, labels), again, other = (drawn(16, 32, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert pictures.shape == (16, 3, 32, 32) and np.bincount(labels).tolist() == [2] * 8
    assert (pictures == again[0]).all() and (labels == again[1]).all()
    assert (pictures != other[0]).any()


def test_the_unet_marks_animals_that_it_never_saw(tmp_path, capsys):
    main, out = example("unet_animals.py")["main"], tmp_path / "found.png"
    learnt, held_out = main(["--size", "32", "--steps", "100", "--out", str(out)])
    assert learnt > 0.5 and held_out > 0.45
    with Image.open(out) as picture:
        assert picture.size == (3 * 64, 3 * 64)
    printed = capsys.readouterr().out.splitlines()
    assert printed[-2].startswith(f"the three that it never saw: IoU {held_out:.3f}")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_every_example_has_a_test_and_says_how_to_run_it(path, capsys):
    assert f'"{path.name}"' in Path(__file__).read_text(encoding="utf-8")
    assert f"python examples/{path.name}" in path.read_text(encoding="utf-8").partition('"""')[2]
    with pytest.raises(SystemExit) as left:
        example(path.name)["main"](["--help"])
    assert left.value.code == 0
    assert "options:" in capsys.readouterr().out
