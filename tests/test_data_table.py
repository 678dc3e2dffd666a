"""A table of paths and labels: how it is read, what must not leave the root, and where a fault is."""

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.data import CSVFiles, DataLoader
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.errors import ArgumentError, DataError, MissingPathError


@pytest.fixture
def root(tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name, grey in (("a", 51), ("b", 102), ("in/c", 153), ("in/deep/d,e", 204)):
        Image.new("RGB", (5, 4), (grey, grey, grey)).save(tmp_path / f"{name}.png")
    return tmp_path


def table(place, text, encoding="utf-8", **options):
    (place / "table.csv").write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return CSVFiles(place / "table.csv", **options)


def greys(data):
    return [round(float(data[i][0].max()), 3) for i in range(len(data))]


def test_lines_come_in_their_order(root):
    data = table(root, 'path,label\nin/c.png,dog\na.png,cat\n"in/deep/d,e.png",dog\nb.png,cat\n')
    assert greys(data) == [0.6, 0.2, 0.8, 0.4]
    assert (data.classes, data.targets.tolist()) == (["cat", "dog"], [1, 0, 1, 0])
    assert data.class_to_idx == {"cat": 0, "dog": 1}
    assert data[0][1] == 1
    assert data.describe(3).endswith("b.png")
    assert "4 pictures, 2 classes" in repr(data)


def test_columns_by_name_the_others_left_alone(root):
    text = "id;klass;file\n7; 2;a.png\n8;0 ;b.png\n"
    data = table(root, text, paths="file", labels="klass", delimiter=";")
    assert (data.targets.tolist(), data.classes, data.unused) == ([2, 0], ["0", "1", "2"], ["id"])
    with pytest.raises(
        DataError, match=r"has no column 'label'; its columns are 'id', 'klass', 'file': say which"
    ):
        CSVFiles(root / "table.csv", paths="file", delimiter=";")
    with pytest.raises(DataError, match=r"has two columns 'path'"):
        table(root, "path,path,label\na.png,b.png,1\n")


def test_without_labels(root):
    data = table(root, "path\nb.png\na.png\n", labels=None, size=3)
    assert (len(data[0]), data[0][0].shape, data.targets, data.classes) == (1, (3, 3, 3), None, [])
    ((x,),) = DataLoader(data, 2)
    assert x.shape == (2, 3, 3, 3)


def test_classes_in_an_order_of_ones_own(root):
    data = table(root, "path,label\na.png,cat\nb.png,dog\n", classes=["dog", "cow", "cat"])
    assert (data.targets.tolist(), data.classes) == ([2, 0], ["dog", "cow", "cat"])
    with pytest.raises(DataError, match=r"table.csv, line 3: 'dog' is none of the classes cat, cow"):
        table(root, "path,label\na.png,cat\nb.png,dog\n", classes=["cat", "cow"])
    with pytest.raises(ArgumentError, match=r"classes must be different names"):
        table(root, "path,label\na.png,cat\n", classes=["cat", "cat"])


def test_numbers_beside_words_are_words(root):
    data = table(root, "path,label\na.png,10\nb.png,9\nin/c.png,none\n")
    assert (data.classes, data.targets.tolist()) == (["10", "9", "none"], [0, 1, 2])


@pytest.mark.parametrize(
    "text", ["\ufeffpath,label\r\na.png,1\r\n\r\nb.png,0\r\n", "path,label\na.png,1\nb.png,0"]
)
def test_marks_line_ends_and_blank_lines_do_not_matter(root, text):
    assert table(root, text).targets.tolist() == [1, 0]


def test_options_are_those_of_a_folder(root, tmp_path):
    data = table(root, "path,label\na.png,1\n", mode="L", size=(2, 6), transform=T.Normalize(0.2, 0.5))
    assert data[0][0].shape == (1, 2, 6)
    assert abs(data[0][0]).max() < 1e-6
    other = root / "in"
    assert len(table(root, "path,label\nc.png,1\n", root=other)) == 1
    with pytest.raises(MissingPathError, match=r"no folder .*nowhere for the paths of the table"):
        table(root, "path,label\nc.png,1\n", root=root / "nowhere")


@pytest.mark.parametrize(
    "name", ["../x/a.png", "in/../../a.png", "..", "in\\..\\..\\a.png", "in/../a.png"], ids=range(5)
)
def test_a_path_that_leads_out_is_refused(root, name):
    with pytest.raises(DataError, match=r"table.csv, line 2: .* leads out of .*; move the file there"):
        table(root / "in", f"path,label\n{name},1\n")


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "C:\\a.png", "C:a.png", "\\\\host\\share\\a.png", "//a/b.png"]
)
def test_an_absolute_path_is_refused(root, name):
    with pytest.raises(DataError, match=r"line 3: .* is an absolute path; write it relative to"):
        table(root, f"path,label\na.png,1\n{name},1\n")


def test_a_link_that_leads_out_is_refused(root):
    try:
        (root / "in" / "up").symlink_to(root, target_is_directory=True)
        (root / "in" / "up.png").symlink_to(root / "a.png")
        (root / "in" / "fine.png").symlink_to(root / "in" / "c.png")
    except OSError:
        pytest.skip("links cannot be made here")
    assert len(table(root / "in", "path,label\nfine.png,1\n")) == 1
    for name in ("up.png", "up/a.png"):
        with pytest.raises(DataError, match=r"line 2: .* leads out of"):
            table(root / "in", f"path,label\n{name},1\n")
    assert len(table(root, "path,label\nin/up.png,1\nin/up/a.png,1\n")) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"table.csv is empty; expected a line of names, path,label"),
        ("\n\n", r"is empty"),
        ("path,label\n", r"lists no pictures; it holds nothing but the names of its columns"),
        ("a.png,1\nb.png,2\n", r"has no column 'path'; its columns are 'a.png', '1'"),
        ("path,label\na.png,1\nb.png\n", r"line 3 has 1 fields; the first line has 2"),
        ("path,label\na.png,1,2\n", r"line 2 has 3 fields; the first line has 2"),
        ("path,label\n\n\n,1\n", r"line 4 has no path; expected one relative to"),
        ("path,label\na.png, \n", r"line 2 has no label"),
        ('path,label\n"a.png"x,1\n', r"line 2 is no CSV"),
        ('path,label\na.png,1\n"b.png,1\n', r"line 3 is no CSV"),
        ("path,label\na.png,99999999999\n", r"line 2: label 99999999999 is too large; the limit is 65535"),
        (b"path,label\na.png,\xff\n", r"is no text in UTF-8"),
        ('path,label\n"a\nb.png",1\nmore\n', r"line 4 has 1 fields"),
    ],
)
def test_a_fault_is_named_with_its_line(root, text, message):
    with pytest.raises(DataError, match=message):
        table(root, text)


def test_what_is_not_there_is_named(root):
    with pytest.raises(MissingPathError, match=r"table.csv, line 3: there is no picture .*none.png"):
        table(root, "path,label\na.png,1\nnone.png,0\n")
    with pytest.raises(MissingPathError, match=r"there is no CSV file"):
        CSVFiles(root / "nothing.csv")
    with pytest.raises(DataError, match=r"expected a CSV file; .* is a folder"):
        CSVFiles(root)
    for delimiter in ("", ",,", '"', None):
        with pytest.raises(ArgumentError, match=r"delimiter must be one character"):
            table(root, "path,label\na.png,1\n", delimiter=delimiter)


def test_a_picture_that_is_none_is_named_when_it_is_read(root):
    (root / "bad.png").write_bytes(b"not a picture")
    data = table(root, "path,label\na.png,0\nbad.png,1\n")
    with pytest.raises(DataError, match=r"bad.png is not a picture"):
        np.asarray(data[1][0])
