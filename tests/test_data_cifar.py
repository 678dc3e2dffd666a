"""CIFAR in its binary form, against bytes written by hand: folders, archives, and what is broken."""

import gzip
import io
import tarfile
import tracemalloc

import numpy as np
import pytest

from tinygrad_cnn.data import CIFAR10, CIFAR100, DataLoader, archive
from tinygrad_cnn.errors import DataError, MissingPathError

TEN = b"airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"
TRAIN10 = [f"data_batch_{number}.bin" for number in range(1, 6)]


def record(*labels, seed=0):
    return bytes(labels) + np.random.default_rng(seed).integers(0, 256, 3072, np.uint8).tobytes()


@pytest.fixture
def ten(tmp_path):
    """Two records a training file, three in the test file; labels say where a record is from."""
    for number, name in enumerate(TRAIN10):
        records = [record(number, seed=number), record(9 - number, seed=10 + number)]
        (tmp_path / name).write_bytes(b"".join(records))
    (tmp_path / "test_batch.bin").write_bytes(record(6) + record(0) + record(3))
    (tmp_path / "batches.meta.txt").write_bytes(TEN)
    return tmp_path


@pytest.fixture
def hundred(tmp_path):
    (tmp_path / "train.bin").write_bytes(record(19, 99, seed=1) + record(0, 7, seed=2))
    (tmp_path / "test.bin").write_bytes(record(4, 30, seed=3))
    (tmp_path / "fine_label_names.txt").write_text("".join(f"fine{n}\n" for n in range(100)))
    (tmp_path / "coarse_label_names.txt").write_text("".join(f"coarse{n}\r\n" for n in range(20)))
    return tmp_path


def packed(folder, archive, prefix="cifar-10-batches-bin/", mode="w:gz", tar_format=tarfile.GNU_FORMAT):
    with tarfile.open(archive, mode, format=tar_format) as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, prefix + path.name)
    return archive


def test_pixels_are_three_planes_of_rows(tmp_path):
    planes = [bytes([c]) * 1024 for c in (255, 51, 0)]
    red, green, blue = (bytearray(plane) for plane in planes)
    red[5 * 32 + 7] = 102  # row 5, column 7
    (tmp_path / "test_batch.bin").write_bytes(bytes([8]) + red + green + blue)
    x, label = CIFAR10(tmp_path, train=False)[0]
    assert (x.dtype, x.shape, label) == (np.float32, (3, 32, 32), 8)
    assert x[:, 0, 0].tolist() == [1.0, np.float32(0.2), 0.0]
    assert x[0, 5, 7] == np.float32(0.4)
    assert (x[0] != 1).sum() == 1


def test_training_files_come_in_the_order_of_their_numbers(ten):
    data = CIFAR10(ten)
    assert len(data) == 10
    assert data.targets.tolist() == [0, 9, 1, 8, 2, 7, 3, 6, 4, 5]
    assert data.targets.dtype == np.int64
    for number in range(5):
        expected = np.frombuffer(record(number, seed=number), np.uint8)[1:].reshape(3, 32, 32)
        assert np.array_equal(data.images[2 * number], expected)
    assert CIFAR10(ten, train=False).targets.tolist() == [6, 0, 3]


def test_classes_have_their_names_or_their_numbers(ten):
    assert CIFAR10(ten).classes[:2] == ["airplane", "automobile"]
    assert CIFAR10(ten).class_to_idx["truck"] == 9
    (ten / "batches.meta.txt").unlink()
    assert CIFAR10(ten).classes == [str(label) for label in range(10)]


def test_fine_and_coarse_labels(hundred):
    fine, coarse = CIFAR100(hundred), CIFAR100(hundred, coarse=True)
    assert (fine.targets.tolist(), coarse.targets.tolist()) == ([99, 7], [19, 0])
    assert (fine.classes[99], coarse.classes[19]) == ("fine99", "coarse19")
    assert np.array_equal(coarse.fine_labels, fine.targets)
    assert np.array_equal(fine.coarse_labels, coarse.targets)
    expected = np.frombuffer(record(0, 7, seed=2), np.uint8)[2:].reshape(3, 32, 32)
    assert np.array_equal(fine.images[1], expected)
    assert CIFAR100(hundred, train=False)[0][1] == 30


def test_batches_are_the_samples_side_by_side(ten):
    data = CIFAR10(ten, transform=lambda x, rng: x * 2)
    ((x, y),) = DataLoader(data, batch_size=10)
    assert np.array_equal(x.numpy(), np.stack([data[i][0] for i in range(10)]))
    data.transform = None
    ((x, y),) = DataLoader(data, batch_size=10)
    assert np.array_equal(x.numpy(), np.stack([data[i][0] for i in range(10)]))
    assert y.tolist() == data.targets.tolist()
    assert repr(data) == "CIFAR10(10 pictures of 3 x 32 x 32, 10 classes)"


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("tar_format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_the_archive_gives_what_the_folder_gives(ten, tmp_path_factory, mode, tar_format):
    path = packed(
        ten, tmp_path_factory.mktemp("a") / "cifar-10-binary.tar.gz", mode=mode, tar_format=tar_format
    )
    before = sorted(path.parent.iterdir())
    for train in (True, False):
        for place in (path, path.parent):
            data, expected = CIFAR10(place, train), CIFAR10(ten, train)
            assert np.array_equal(data.images, expected.images)
            assert np.array_equal(data.targets, expected.targets)
            assert data.classes == expected.classes
    assert sorted(path.parent.iterdir()) == before  # nothing is unpacked


def test_a_folder_in_the_folder_is_found(hundred, tmp_path_factory):
    root = tmp_path_factory.mktemp("b")
    hundred.rename(root / "cifar-100-binary")
    assert CIFAR100(root).targets.tolist() == [99, 7]


def test_what_is_not_there_is_named(ten):
    with pytest.raises(
        MissingPathError, match=r"no .*nowhere; expected a folder with data_batch_1.bin, or the"
    ):
        CIFAR10(ten / "nowhere")
    (ten / "data_batch_3.bin").unlink()
    (ten / "data_batch_5.bin").unlink()
    with pytest.raises(MissingPathError, match=r"lacks data_batch_3.bin, data_batch_5.bin; fetch it again"):
        CIFAR10(ten)
    with pytest.raises(
        MissingPathError, match=r"holds neither train.bin, nor the folder cifar-100-binary, nor"
    ):
        CIFAR100(ten)


@pytest.mark.parametrize("length", [0, 1, 3072, 3074, 6145])
def test_a_file_of_another_length_is_refused_before_it_is_read(ten, length):
    (ten / "data_batch_4.bin").write_bytes(bytes(length))
    with pytest.raises(
        DataError, match=rf"data_batch_4.bin has {length:,} bytes; expected whole records of 3073"
    ):
        CIFAR10(ten)


def test_memory_is_taken_after_the_sizes_were_checked(ten):
    with (ten / "test_batch.bin").open("wb") as stream:
        stream.truncate(3073 * 400_000)  # 1.2 GB of nothing
    tracemalloc.start()
    with pytest.raises(DataError, match=r"has 1,229,200,000 bytes, and the limit is 1,073,741,824"):
        CIFAR10(ten, train=False)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_a_label_that_cannot_be_is_named_with_its_place(ten, hundred):
    (ten / "data_batch_2.bin").write_bytes(record(1) + record(10))
    with pytest.raises(DataError, match=r"record 1 of .*data_batch_2.bin has label 10; expected 0 to 9"):
        CIFAR10(ten)
    (hundred / "train.bin").write_bytes(record(3, 100))
    with pytest.raises(DataError, match=r"record 0 of .*train.bin has label 100; expected 0 to 99"):
        CIFAR100(hundred)
    (hundred / "train.bin").write_bytes(record(20, 1))
    with pytest.raises(DataError, match=r"record 0 of .*train.bin has label 20; expected 0 to 19"):
        CIFAR100(hundred)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (TEN + b"lorry\n", "holds 11 lines, 11 of them different; expected the names of 10 classes"),
        (TEN.replace(b"dog", b"cat"), "holds 10 lines, 9 of them different"),
        (b"", "holds 0 lines"),
        (TEN.replace(b"dog", b"d\xff"), "is no text in UTF-8"),
        (TEN * 2000, "has 122,000 bytes; expected a short list of the names"),
    ],
)
def test_names_that_cannot_be_are_refused(ten, content, text):
    (ten / "batches.meta.txt").write_bytes(content)
    with pytest.raises(DataError, match=text):
        CIFAR10(ten)


def test_a_damaged_archive_is_one_error(ten, tmp_path_factory):
    folder = tmp_path_factory.mktemp("c")
    whole = packed(ten, folder / "a.tar.gz").read_bytes()
    place = folder / "b.tar.gz"
    step = max(1, len(whole) // 40)
    for length in range(0, len(whole) - 1, step):
        place.write_bytes(whole[:length])
        with pytest.raises((DataError, MissingPathError), match=r"b\.tar\.gz"):
            CIFAR10(place)
    changed = bytearray(whole)
    changed[-6] ^= 1  # the length that gzip notes at the end
    place.write_bytes(changed)
    with pytest.raises(DataError, match=r"cannot be read"):
        CIFAR10(place)
    plain = bytearray(gzip.decompress(whole))
    plain[130] ^= 1  # the size in the first header: its check sum does not fit any more
    place.write_bytes(plain)
    with pytest.raises(DataError, match=r"is no archive that can be read, .tar or .tar.gz, or is damaged"):
        CIFAR10(place)


def test_an_archive_that_grows_without_end_is_given_up(ten, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_STREAM", 2**22)
    place = tmp_path / "large.tar.gz"
    with tarfile.open(place, "w:gz") as tar:
        info = tarfile.TarInfo("filler")
        info.size = 2**23
        tar.addfile(info, io.BytesIO(bytes(info.size)))
    with pytest.raises(
        DataError, match=r"holds more than 4,194,304 bytes; expected an archive of a few files"
    ):
        CIFAR10(place)


def test_a_wanted_file_that_states_another_size_or_comes_twice_is_refused(tmp_path):
    def archived(*files):
        with tarfile.open(tmp_path / "a.tar", "w") as tar:
            for name, content in files:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return tmp_path / "a.tar"

    with pytest.raises(DataError, match=r"test_batch.bin has 5 bytes; expected whole records"):
        CIFAR10(archived(("x/test_batch.bin", b"12345")), train=False)
    with pytest.raises(DataError, match=r"holds test_batch.bin twice"):
        CIFAR10(archived(("x/test_batch.bin", record(1)), ("y/test_batch.bin", record(2))), train=False)
    with pytest.raises(MissingPathError, match=r"lacks test_batch.bin"):
        CIFAR10(archived(("other", b"")), train=False)
    link = tarfile.TarInfo("test_batch.bin")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(tmp_path / "l.tar", "w") as tar:
        tar.addfile(link)
    with pytest.raises(MissingPathError, match=r"lacks test_batch.bin"):
        CIFAR10(tmp_path / "l.tar", train=False)
