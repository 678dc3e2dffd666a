"""Writing files: all or nothing, whatever happens on the way."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tinygrad_cnn
from tinygrad_cnn.errors import ArgumentError, CnnError, MissingPathError
from tinygrad_cnn.io import SaveError, atomic_write, dumps, loads, remove_leftovers

ROOT = str(Path(tinygrad_cnn.__file__).parent.parent)
posix_only = pytest.mark.skipif(os.name != "posix", reason="limits and kill -9 exist on POSIX systems only")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("content", [b"\x00new", "n\u00e9w\n", lambda stream: stream.write(b"new")])
def test_a_file_gets_its_new_content_and_nothing_else_is_left(tmp_path, content):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    atomic_write(path, content)
    expected = (
        content.encode() if isinstance(content, str) else content if isinstance(content, bytes) else b"new"
    )
    assert path.read_bytes() == expected and names(tmp_path) == ["a.bin"]


def failing(error):
    def write(stream):
        stream.write(b"half of it")
        raise error

    return write


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(
        SaveError,
        match=r"could not save .*a.bin: No space left on device; the file that was there before is unchanged",
    ) as caught:
        atomic_write(path, failing(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
    assert caught.value.errno == errno.ENOSPC and isinstance(caught.value, CnnError | OSError)
    assert path.read_bytes() == b"old" and names(tmp_path) == ["a.bin"]


def test_a_full_disk_leaves_nothing_where_nothing_was(tmp_path):
    with pytest.raises(
        SaveError, match=r"No space left on device; no half file was left; make room or choose another place"
    ):
        atomic_write(tmp_path / "a.bin", failing(OSError(errno.ENOSPC, "No space left on device")))
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("own")])
def test_other_errors_come_through_and_leave_the_old_file(tmp_path, error):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(type(error)):
        atomic_write(path, failing(error))
    assert path.read_bytes() == b"old" and names(tmp_path) == ["a.bin"]


def test_a_disk_that_fills_up_only_when_flushed_is_noticed(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError, match="No space left on device"):
        atomic_write(tmp_path / "a.bin", b"new")
    assert names(tmp_path) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(
        MissingPathError, match=r"cannot save .*there is no folder .*nowhere; create it first"
    ):
        atomic_write(tmp_path / "nowhere" / "a.bin", b"")


def test_a_folder_in_the_place_of_the_file_is_not_replaced(tmp_path):
    (tmp_path / "a.bin").mkdir()
    with pytest.raises(SaveError, match=r"could not save .*a.bin"):
        atomic_write(tmp_path / "a.bin", b"")
    assert names(tmp_path) == ["a.bin"]


@posix_only
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.bin").write_bytes(b"old")
    (tmp_path / "link.bin").symlink_to("real.bin")
    atomic_write(tmp_path / "link.bin", b"new")
    assert (tmp_path / "link.bin").is_symlink() and (tmp_path / "real.bin").read_bytes() == b"new"


def test_leftovers_are_removed_and_nothing_else(tmp_path):
    (tmp_path / ".saving-0a1b.part").write_bytes(b"half")
    (tmp_path / "other.part").write_bytes(b"mine")
    remove_leftovers(tmp_path)
    assert names(tmp_path) == ["other.part"]


LIMITED = """
import resource, signal, sys
import numpy as np
from tinygrad_cnn.io import SaveError, save
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = sys.argv[1]
save(path, {"w": np.zeros(1000)})
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    save(path, {"w": np.ones(100_000)})
except SaveError as error:
    print(error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="sets a limit of the Linux kernel")
def test_a_file_that_the_system_refuses_to_grow_leaves_the_old_one(tmp_path):
    from tinygrad_cnn.io import load

    path = tmp_path / "w.safetensors"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "w.safetensors: File too large; the file that was there before is unchanged" in done.stdout
    assert load(path)["w"].tolist() == [0.0] * 1000 and names(tmp_path) == ["w.safetensors"]


SAVING = """
import sys
import numpy as np
from tinygrad_cnn.io import save
number = 0
while True:
    number += 1
    save(sys.argv[1], {"w": np.full(50_000, float(number))})
    if number == 1:
        print("ready", flush=True)
"""


@posix_only
def test_a_process_killed_while_saving_leaves_a_whole_file_every_time(tmp_path):
    from tinygrad_cnn.io import load

    path = tmp_path / "w.safetensors"
    for i in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVING, str(path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        with process:
            assert process.stdout.readline().strip() == b"ready"
            time.sleep(0.003 * i)
            process.send_signal(signal.SIGKILL)
        w = load(path)["w"]
        assert w.shape == (50_000,) and (w == w[0]).all()
    remove_leftovers(tmp_path)
    assert names(tmp_path) == ["w.safetensors"]


# -- strict JSON -------------------------------------------------------------------------------------------


def test_equal_things_have_equal_text():
    assert (
        dumps({"b": 0.1, "a": 2**70})
        == dumps({"a": 2**70, "b": 0.1})
        == '{"a":1180591620717411303424,"b":0.1}'
    )
    assert loads(dumps({"x": [1.5, None, True, "\u00e9"]})) == {"x": [1.5, None, True, "\u00e9"]}
    assert dumps({"a": [1]}, indent=1) == '{\n "a": [\n  1\n ]\n}'


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), {"a": {1, 2}}, object()])
def test_what_json_has_no_word_for_is_not_written(value):
    with pytest.raises(ArgumentError, match="this cannot be written as JSON: "):
        dumps(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": NaN}', "NaN is no number in JSON"),
        ('{"a": -Infinity}', "-Infinity is no number in JSON"),
        ('{"b": {"a": 1, "a": 1}}', "the key 'a' is there twice"),
        ("[" * 100_000, "it is nested too deeply"),
        (b"\xff{}", "codec can't decode"),
        ("{}x", "Extra data"),
        ("", "Expecting value"),
    ],
)
def test_what_is_no_strict_json_is_not_read(text, why):
    with pytest.raises(ArgumentError, match=f"this is no strict JSON: .*{why}"):
        loads(text)
