"""The configuration file of the seed's network: six lines, read as they stand, nothing filled in silently.

    input_shape: h=120, w=120, c=3
    conv: filter_size=3, num_filters=4
    maxpool: pooling_size=2
    dense1: output_size=12
    dense2: output_size=2
    num_classes: num_classes=3

What cannot be understood is a `ConfigError` that names the line. What can be understood in one way only, but
is not what the file says to the letter, is a notice: which value is used, why, and how to write it.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError, MissingPathError
from .seed_grammar import Line, in_order, parse_lines

if TYPE_CHECKING:
    import numpy as np

    from ..nn import Sequential

MAX_BYTES = 64 * 1024
MAX_WEIGHTS = 2**28


@dataclass(frozen=True)
class Config:
    """A network of the seed's kind: convolution, max pooling, dense layer with ReLU, dense layer.

    Sizes are in pixels; ``input_shape`` is (C, H, W); ``notices`` lists, as sentences, where the file was not
    followed to the letter.
    """

    input_shape: tuple[int, int, int]
    filter_size: int
    num_filters: int
    padding: int
    stride: int
    pooling_size: int
    pooling_stride: int
    hidden: int
    num_classes: int
    notices: tuple[str, ...] = ()

    @property
    def conv_size(self) -> tuple[int, int]:
        r"""(H, W) after the convolution: :math:`\lfloor (H + 2p - F) / s \rfloor + 1`."""
        _, h, w = self.input_shape
        return (
            (h + 2 * self.padding - self.filter_size) // self.stride + 1,
            (w + 2 * self.padding - self.filter_size) // self.stride + 1,
        )

    @property
    def pooled_size(self) -> tuple[int, int]:
        """(H, W) after the pooling."""
        h, w = self.conv_size
        return (
            (h - self.pooling_size) // self.pooling_stride + 1,
            (w - self.pooling_size) // self.pooling_stride + 1,
        )

    @property
    def features(self) -> int:
        """Inputs of the first dense layer."""
        return self.num_filters * self.pooled_size[0] * self.pooled_size[1]


def read_config(path: str | Path) -> Config:
    """Read the configuration file of a network of the seed's kind.

    Raises:
        MissingPathError: there is no such file.
        ConfigError: not UTF-8, too large, or a line that cannot be read as it stands; the message names it.
    """
    return parse_config(read_config_text(path), Path(path).name)


def read_config_text(path: str | Path) -> str:
    """Read the text of a configuration file, without understanding it; raises what `read_config` raises."""
    path = Path(path)
    if not path.is_file():
        if path.exists():
            raise ConfigError(f"expected a configuration file; {path} is not a file")
        raise MissingPathError(f"there is no configuration file {path}")
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_BYTES:
        raise ConfigError(
            f"{path} is larger than {MAX_BYTES // 1024} KiB; a configuration file has six lines"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is not UTF-8 text (byte {content[error.start]:#04x} at position {error.start}); "
            "save it as UTF-8"
        ) from error


def parse_config(text: str, name: str = "configuration") -> Config:
    """Understand the text of a configuration file; ``name`` is what errors call it.

    Raises:
        ConfigError: the message names the line.

    >>> config = parse_config('''
    ... input_shape: h=8, w=6, c=1
    ... conv: filter_size=3, num_filters=2, padding=0
    ... maxpool: pooling_size=2
    ... dense1: output_size=5
    ... dense2: output_size=3
    ... num_classes: num_classes=3
    ... ''')
    >>> config.conv_size, config.pooled_size, config.features, config.notices
    ((6, 4), (3, 2), 12, ())
    """
    found = in_order(parse_lines(text, name), name)
    notices: list[str] = []
    shape = found["input_shape"].values
    conv = found["conv"].values
    pool = found["maxpool"].values
    padding = conv.get("padding")
    config = Config(
        input_shape=(shape["c"], shape["h"], shape["w"]),
        filter_size=conv["filter_size"],
        num_filters=conv["num_filters"],
        padding=_same_padding(found["conv"]) if padding is None else padding,
        stride=conv.get("stride", 1),
        pooling_size=pool["pooling_size"],
        pooling_stride=pool.get("stride", pool["pooling_size"]),
        hidden=found["dense1"].values["output_size"],
        num_classes=found["num_classes"].values["num_classes"],
    )
    _check_sizes(config, found)
    if padding is None and config.padding:
        notices.append(_notice_padding(config, found["conv"]))
    notices += _notice_pooling(config, found["maxpool"])
    notices += _notice_classes(config, found["dense2"], found["num_classes"])
    return replace(config, notices=tuple(notices))


def build_model(config: Config, *, generator: "np.random.Generator | None" = None) -> "Sequential":
    """Make the network that a configuration describes; it takes (N, C, H, W) and gives (N, classes) scores.

    >>> import numpy as np
    >>> from tinygrad_cnn import zeros
    >>> text = "input_shape: h=6, w=6, c=3\\nconv: filter_size=3, num_filters=4\\nmaxpool: pooling_size=2\\n"
    >>> text += "dense1: output_size=12\\ndense2: output_size=3\\nnum_classes: num_classes=3\\n"
    >>> model = build_model(parse_config(text), generator=np.random.default_rng(0))
    >>> model(zeros(2, 3, 6, 6)).shape
    (2, 3)
    """
    from .. import nn

    channels = config.input_shape[0]
    conv = nn.Conv2d(
        channels,
        config.num_filters,
        config.filter_size,
        stride=config.stride,
        padding=config.padding,
        generator=generator,
    )
    layers: dict[str, nn.Module] = {
        "conv": conv,
        "pool": nn.MaxPool2d(config.pooling_size, stride=config.pooling_stride),
        "flatten": nn.Flatten(),
        "dense1": nn.Linear(config.features, config.hidden, generator=generator),
        "relu": nn.ReLU(),
        "dense2": nn.Linear(config.hidden, config.num_classes, generator=generator),
    }
    return nn.Sequential(layers)


def _same_padding(conv: Line) -> int:
    """Without a padding the pictures keep their size, which only an odd filter at stride 1 can do."""
    size = conv.values["filter_size"]
    stride = conv.values.get("stride", 1)
    if size % 2 == 0 or stride != 1:
        raise conv.error(
            f"padding is not given, and no padding keeps the size of the picture with filter_size={size} "
            f"and stride={stride}; write the padding, as in padding=0"
        )
    return (size - 1) // 2


def _check_sizes(config: Config, found: dict[str, Line]) -> None:
    _, h, w = config.input_shape
    if min(h, w) + 2 * config.padding < config.filter_size:
        raise found["conv"].error(
            f"filter_size={config.filter_size} does not fit into the input of {h} x {w} with "
            f"padding={config.padding}"
        )
    if min(config.conv_size) < config.pooling_size:
        raise found["maxpool"].error(
            f"pooling_size={config.pooling_size} does not fit into the {_by(config.conv_size)} of conv"
        )
    weights = config.features * config.hidden
    if weights > MAX_WEIGHTS:
        raise found["dense1"].error(
            f"{config.features} inputs and {config.hidden} outputs are {weights:,} weights; "
            f"the limit is {MAX_WEIGHTS:,}"
        )


def _notice_padding(config: Config, conv: Line) -> str:
    _, h, w = config.input_shape
    # The layer as it would be without a padding, to say what the choice changes.
    bare = replace(config, padding=0)
    return (
        f"{conv.place}: conv has no padding; using padding={config.padding}, which keeps {h} x {w} "
        f"and gives dense1 {config.features} inputs (padding=0 would give {bare.features}); "
        f"write padding={config.padding} to say so"
    )


def _notice_pooling(config: Config, pool: Line) -> list[str]:
    rows, columns = ((size - config.pooling_size) % config.pooling_stride for size in config.conv_size)
    if not rows and not columns:
        return []
    return [
        f"{pool.place}: pooling_size={config.pooling_size} does not divide the {_by(config.conv_size)} "
        f"that conv gives; the last {rows} rows and {columns} columns are not used"
    ]


def _notice_classes(config: Config, dense2: Line, classes: Line) -> list[str]:
    said = dense2.values["output_size"]
    if said == config.num_classes:
        return []
    return [
        f"{dense2.place}: dense2 has output_size={said}, but {classes.place.rpartition(', ')[2]} says "
        f"num_classes={config.num_classes}; using {config.num_classes}, one output a class; "
        f"write output_size={config.num_classes} to say so"
    ]


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"
