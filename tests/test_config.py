"""The configuration file of the seed's network: what is read, what is noticed, and what is refused."""

import numpy as np
import pytest

from tinygrad_cnn import zeros
from tinygrad_cnn.errors import ConfigError, MissingPathError
from tinygrad_cnn.io.seed_config import Config, build_model, parse_config, read_config

SEED = """\
input_shape: h=120, w=120, c=3
conv: filter_size=3, num_filters=4
maxpool: pooling_size=2
dense1: output_size=12
dense2: output_size=2
num_classes: num_classes=3
"""
CLEAN = """\
input_shape: h=10, w=7, c=2
conv: filter_size=3, num_filters=4, padding=0
maxpool: pooling_size=1
dense1: output_size=5
dense2: output_size=3
num_classes: num_classes=3
"""
ORDER = "input_shape, conv, maxpool, dense1, dense2, num_classes"


def changed(line, text, base=CLEAN):
    rows = base.splitlines()
    rows[line - 1] = text
    return "\n".join(rows) + "\n"


def refusal(text):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "net.txt")
    return str(caught.value)


def test_the_seeds_file_is_read_as_it_stands_and_its_two_contradictions_are_noticed():
    config = parse_config(SEED, "file_config.txt")
    assert config.input_shape == (3, 120, 120)
    assert (config.filter_size, config.num_filters, config.padding, config.stride) == (3, 4, 1, 1)
    assert (config.pooling_size, config.pooling_stride, config.hidden, config.num_classes) == (2, 2, 12, 3)
    assert (config.conv_size, config.pooled_size, config.features) == ((120, 120), (60, 60), 14400)
    assert config.notices == (
        "file_config.txt, line 2: conv has no padding; using padding=1, which keeps 120 x 120 and gives "
        "dense1 14400 inputs (padding=0 would give 13924); write padding=1 to say so",
        "file_config.txt, line 5: dense2 has output_size=2, but line 6 says num_classes=3; using 3, one "
        "output a class; write output_size=3 to say so",
    )


def test_a_file_that_says_everything_gives_no_notice():
    said = SEED.replace("num_filters=4", "num_filters=4, padding=1").replace("output_size=2", "output_size=3")
    assert parse_config(said).notices == ()
    assert parse_config(said).features == 14400


def test_the_authors_own_sizes_come_with_padding_0():
    said = SEED.replace("num_filters=4", "num_filters=4, padding=0")
    assert parse_config(said).features == 13924


def test_stride_and_padding_change_the_sizes_as_the_formula_says():
    text = changed(2, "conv: filter_size=3, num_filters=4, padding=2, stride=3")
    config = parse_config(changed(3, "maxpool: pooling_size=2, stride=1", text))
    assert config.conv_size == (4, 3)  # floor((10 + 4 - 3) / 3) + 1 and floor((7 + 4 - 3) / 3) + 1
    assert config.pooled_size == (3, 2)
    assert config.features == 24


def test_rows_that_pooling_leaves_out_are_noticed():
    config = parse_config(changed(3, "maxpool: pooling_size=2"), "net.txt")
    assert config.notices == (
        "net.txt, line 3: pooling_size=2 does not divide the 8 x 5 that conv gives; "
        "the last 0 rows and 1 columns are not used",
    )


def test_comments_blank_lines_crlf_spaces_and_a_byte_order_mark_are_tolerated(tmp_path):
    text = "# the network\r\n\r\n" + CLEAN.replace("\n", "  # said\r\n").replace("=", " = ").replace(
        ":", " : "
    )
    path = tmp_path / "net.txt"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_config(path) == parse_config(CLEAN)


@pytest.mark.parametrize(
    ("line", "text", "words"),
    [
        (2, "convolution: filter_size=3", "there is no layer 'convolution'; the names are " + ORDER),
        (4, "dense: output_size=5", "there is no layer 'dense'; did you mean 'dense2'?"),
        (1, "input_shape h=10", "expected a name and a colon, as in 'conv: filter_size=3, num_filters=4'"),
        (
            3,
            "maxpool: pool_size=2",
            "unknown key 'pool_size'; maxpool takes pooling_size and, if wanted, stride",
        ),
        (1, "input_shape: h=10, w=7", "c missing; input_shape takes h, w, c"),
        (1, "input_shape: h=10, h=7, w=7, c=1", "h is given twice"),
        (
            1,
            "input_shape: h=10, w=7, c=3,",
            "expected key=value, got nothing; ",
        ),
        (1, "input_shape: h=10 w=7 c=3", "h must be a whole number, got '10 w=7 c=3'"),
        (4, "dense1:", "expected key=value, got nothing; "),
        (4, "dense1: 12", "expected key=value, got '12'; dense1 takes output_size"),
        (4, "dense1: output_size=", "output_size must be a whole number, got ''"),
        (4, "dense1: output_size=twelve", "output_size must be a whole number, got 'twelve'"),
        (4, "dense1: output_size=12.0", "output_size must be a whole number, got '12.0'"),
        (4, "dense1: output_size=1_2", "output_size must be a whole number, got '1_2'"),
        (4, "dense1: output_size=\u0663", "output_size must be a whole number, got '\u0663'"),
        (4, "dense1: output_size=" + "9" * 5000, "output_size must be a whole number, got '99999"),
        (4, "dense1: output_size=0", "output_size must lie from 1 to 65536, got 0"),
        (4, "dense1: output_size=-12", "output_size must lie from 1 to 65536, got -12"),
        (4, "dense1: output_size=65537", "output_size must lie from 1 to 65536, got 65537"),
        (2, "conv: filter_size=3, num_filters=4, padding=-1", "padding must lie from 0 to 65536, got -1"),
        (3, "conv: filter_size=3, num_filters=4", "conv was already given in line 2"),
        (
            2,
            "conv: filter_size=8, num_filters=4, padding=0",
            "filter_size=8 does not fit into the input of 10 x 7 with padding=0",
        ),
        (
            2,
            "conv: filter_size=4, num_filters=4",
            "padding is not given, and no padding keeps the size of the picture with filter_size=4 and "
            "stride=1; write the padding, as in padding=0",
        ),
        (
            2,
            "conv: filter_size=3, num_filters=4, stride=2",
            "with filter_size=3 and stride=2; write the padding",
        ),
        (3, "maxpool: pooling_size=6", "pooling_size=6 does not fit into the 8 x 5 of conv"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_number_and_text(line, text, words):
    message = refusal(changed(line, text))
    shown = text if len(text) <= 80 else text[:77] + "..."
    assert message.startswith(f"net.txt, line {line}: {shown!r}: ")
    assert words in message
    assert len(message) < 400


def test_a_missing_line_is_named_with_what_to_write():
    text = CLEAN.replace("maxpool: pooling_size=1\n", "").replace("num_classes: num_classes=3\n", "")
    assert refusal(text) == (
        "net.txt: expected six lines; missing: 'maxpool: pooling_size=...', 'num_classes: num_classes=...'"
    )
    assert "missing: 'input_shape: h=..., w=..., c=...', 'conv:" in refusal("")


def test_lines_in_another_order_are_refused():
    rows = CLEAN.splitlines(keepends=True)
    rows[1], rows[2] = rows[2], rows[1]
    assert refusal("".join(rows)) == (
        f"net.txt, line 2: 'maxpool: pooling_size=1': expected conv here; the order is {ORDER}"
    )


def test_a_network_that_would_fill_the_memory_is_refused():
    text = changed(1, "input_shape: h=60000, w=60000, c=3")
    assert "outputs are 71,995,200,080 weights; the limit is 268,435,456" in refusal(text)
    assert refusal(text).startswith("net.txt, line 4: 'dense1: output_size=5': ")


def test_control_characters_of_the_file_do_not_reach_the_terminal():
    message = refusal(changed(2, "conv\x1b[2J: filter_size=3"))
    assert "\x1b" not in message
    assert r"'conv\x1b[2J'" in message


def test_what_is_no_configuration_file_is_refused_by_its_own_words(tmp_path):
    path = tmp_path / "net.txt"
    with pytest.raises(MissingPathError, match=r"there is no configuration file .*net\.txt"):
        read_config(path)
    with pytest.raises(ConfigError, match=r"expected a configuration file; .* is not a file"):
        read_config(tmp_path)
    path.write_bytes(CLEAN.encode("utf-16"))
    with pytest.raises(ConfigError, match=r"is not UTF-8 text \(byte 0xff at position 0\); save it as UTF-8"):
        read_config(path)
    path.write_bytes(b"#" * (64 * 1024 + 1))
    with pytest.raises(ConfigError, match="is larger than 64 KiB; a configuration file has six lines"):
        read_config(path)


def test_the_model_has_the_sizes_of_the_file_and_its_weights_follow_the_generator():
    config = parse_config(CLEAN)
    model = build_model(config, generator=np.random.default_rng(1))
    shapes = [p.shape for p in model.parameters()]
    assert shapes == [(4, 2, 3, 3), (4,), (5, 160), (5,), (3, 5), (3,)]
    assert model(zeros(2, 2, 10, 7)).shape == (2, 3)
    again = build_model(config, generator=np.random.default_rng(1))
    for p, q in zip(model.parameters(), again.parameters(), strict=True):
        np.testing.assert_array_equal(p.array, q.array)


def test_a_config_can_be_compared_and_printed():
    assert parse_config(CLEAN) == parse_config(CLEAN)
    assert isinstance(parse_config(CLEAN), Config)
    assert "num_filters=4" in repr(parse_config(CLEAN))
