"""The folder of a run: its settings are checked before they are believed, its tables say what was counted."""

import csv
import json
import random
from dataclasses import replace

import numpy as np
import pytest

from tinygrad_cnn.errors import ArgumentError, CheckpointError, CnnError, MissingPathError
from tinygrad_cnn.train.runs import Settings, new_run, read_settings, write_confusion, write_settings

SETTINGS = Settings(
    model="seed",
    classes=["cat", "käse 猫"],
    input_shape=[3, 12, 8],
    mean=[0.5, 0.4, 0.3],
    std=[0.2, 0.25, 1.0],
    data="somewhere",
    epochs=3,
    batch_size=8,
    optimizer="sgd",
    lr=0.02,
    seed=0,
    split=0.25,
    config="input_shape: h=12\n",
    code=None,
    versions={"numpy": "2"},
)


def damaged(tmp_path, **changes):
    write_settings(tmp_path, SETTINGS)
    values = {**json.loads((tmp_path / "settings.json").read_text("utf-8")), **changes}
    (tmp_path / "settings.json").write_text(json.dumps(values), "utf-8")
    with pytest.raises(CheckpointError) as caught:
        read_settings(tmp_path)
    start, _, reason = str(caught.value).partition("settings.json is damaged, or not the settings of a run: ")
    assert start
    return reason


def test_settings_come_back_as_they_were_written(tmp_path):
    write_settings(tmp_path, SETTINGS)
    assert read_settings(tmp_path) == SETTINGS
    write_settings(tmp_path, replace(SETTINGS, epochs=9))
    assert read_settings(tmp_path).epochs == 9
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_what_is_no_run_is_refused_by_its_own_words(tmp_path):
    with pytest.raises(MissingPathError, match=r"there is no run .*; `tinygrad-cnn train FOLDER` makes one"):
        read_settings(tmp_path / "nowhere")
    with pytest.raises(
        CheckpointError, match=r"is no run: it holds no settings\.json that `tinygrad-cnn train"
    ):
        read_settings(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(
        CheckpointError, match="is a file; a run is a folder that `tinygrad-cnn train FOLDER` made"
    ):
        read_settings(tmp_path / "file")
    (tmp_path / "settings.json").write_bytes(b" " * (16 * 2**20 + 1))
    with pytest.raises(CheckpointError, match="is larger than 16 MB; it is not the settings of a run"):
        read_settings(tmp_path)
    (tmp_path / "settings.json").write_text('{"a": 1')
    with pytest.raises(
        CheckpointError, match=r"settings\.json is damaged, or not the settings of a run: this is no"
    ):
        read_settings(tmp_path)
    (tmp_path / "settings.json").write_text("[]")
    with pytest.raises(CheckpointError, match="expected the format 'tinygrad_cnn run 1'"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": "other"}, "expected the format 'tinygrad_cnn run 1'"),
        ({"colour": 1}, "missing or unknown: colour"),
        ({"epochs": 0}, "epochs cannot be '0'"),
        ({"epochs": True}, "epochs cannot be 'True'"),
        ({"epochs": "3"}, "epochs cannot be '3'"),
        ({"model": None}, "model cannot be 'None'"),
        ({"classes": ["cat"]}, "classes cannot be \"['cat']\""),
        ({"classes": ["cat", "cat"]}, "classes cannot be \"['cat', 'cat']\""),
        ({"classes": ["cat", 1]}, "classes cannot be \"['cat', 1]\""),
        ({"input_shape": [3, 12]}, "input_shape cannot be '[3, 12]'"),
        ({"input_shape": [3, 12, 10**9]}, "input_shape cannot be '[3, 12, 1000000000]'"),
        ({"mean": [0.5]}, "mean and std need 3 numbers each, one a channel"),
        ({"std": [1, 1, 0]}, "std cannot be '[1, 1, 0]'"),
        ({"lr": 10**400}, "lr cannot be '1000"),
        ({"split": 1}, "split cannot be '1'"),
        ({"seed": -1}, "seed cannot be '-1'"),
        ({"config": 5}, "config cannot be '5'"),
        ({"versions": {"numpy": 2}}, "versions cannot be \"{'numpy': 2}\""),
    ],
)
def test_settings_of_the_wrong_kind_are_named(tmp_path, changes, reason):
    assert damaged(tmp_path, **changes).startswith(reason)


def test_settings_that_were_changed_at_random_give_our_own_error_or_settings(tmp_path):
    write_settings(tmp_path, SETTINGS)
    path = tmp_path / "settings.json"
    whole = path.read_bytes()
    chance = random.Random(0)
    refused = 0
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content[: chance.randint(1, len(content))] if chance.random() < 0.3 else content)
        try:
            assert isinstance(read_settings(tmp_path), Settings)
        except CnnError:
            refused += 1
    assert refused > 100


def test_a_new_run_takes_the_first_free_number_or_the_folder_that_is_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert [str(new_run(None, "cats").name) for _ in range(3)] == ["cats-1", "cats-2", "cats-3"]
    assert new_run(tmp_path / "a" / "b", "cats").is_dir()
    assert new_run(tmp_path / "a" / "b", "cats").is_dir()  # still empty
    (tmp_path / "a" / "b" / "x").touch()
    with pytest.raises(
        ArgumentError, match="is there already and not empty; choose another folder, or go on with"
    ):
        new_run(tmp_path / "a" / "b", "cats")


def test_the_confusion_matrix_is_written_for_people_and_for_programs(tmp_path):
    write_confusion(tmp_path, np.array([[2, 1], [0, 13]]), ["cat", 'big "dog", brown'])
    assert (tmp_path / "confusion.txt").read_text().splitlines() == [
        'true \\ predicted  cat  big "dog", brown  correct',
        "             cat    2                 1    66.7%",
        'big "dog", brown    0                13   100.0%',
    ]
    rows = list(csv.reader((tmp_path / "confusion.csv").read_text().splitlines()))
    assert rows == [
        ["true \\ predicted", "cat", 'big "dog", brown'],
        ["cat", "2", "1"],
        ['big "dog", brown', "0", "13"],
    ]
