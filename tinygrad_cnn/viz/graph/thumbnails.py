"""Small copies of arrays as pictures of 8-bit grey or colour."""

import base64
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

SMALL = 8  # pixels: a side that cannot lose any, as that of a filter


@dataclass(frozen=True)
class Thumbnail:
    """A small picture: 8-bit values, (H, W) grey or (H, W, 3) colour, and what it shows."""

    height: int
    width: int
    channels: int  # 1: grey, 3: colour
    pixels: bytes
    title: str
    signed: bool = False  # a signed map: 128 is 0, drawn blue (negative) to orange (positive)

    def array(self) -> np.ndarray:
        """Give the pixels as an array (H, W, 3) of 8-bit colours."""
        values = np.frombuffer(self.pixels, np.uint8).reshape(self.height, self.width, self.channels)
        if self.signed:
            return signed_colours(values[:, :, 0])
        return np.repeat(values, 3, axis=2) if self.channels == 1 else values.copy()

    def smaller(self, step: int) -> "Thumbnail":
        """Keep one pixel of ``step`` in each direction."""
        if step == 1 or max(self.height, self.width) <= SMALL:
            return self
        values = np.frombuffer(self.pixels, np.uint8).reshape(self.height, self.width, self.channels)
        first = (min(step // 2, self.height - 1), min(step // 2, self.width - 1))
        kept = np.ascontiguousarray(values[first[0] :: step, first[1] :: step])
        return replace(self, height=kept.shape[0], width=kept.shape[1], pixels=kept.tobytes())

    def png(self) -> bytes:
        """Write a PNG file, the same bytes on every machine."""
        return write_png(self.array())

    def uri(self) -> str:
        """Give the PNG as a data URI, which needs no file beside a page."""
        return "data:image/png;base64," + base64.b64encode(self.png()).decode("ascii")


def step_to_fit(thumbnails: Iterable[Thumbnail], most: int) -> int:
    """Say which pixels to keep so that all of them together are at most ``most``: 1 all, 2 every second."""
    total = sum(t.height * t.width for t in thumbnails)
    step = 1
    while total > most * step * step:
        step += 1
    return step


def signed_colours(values: np.ndarray) -> np.ndarray:
    """Colour a signed map: 0 (128) white, negative towards blue, positive towards orange."""
    t = (values.astype(np.float64) - 128) / 127
    share = np.clip(np.abs(t), 0, 1)[..., None]
    ends = np.where((t < 0)[..., None], (33, 102, 172), (217, 95, 14))
    return np.rint(255 + (ends - 255) * share).astype(np.uint8)


def write_png(rgb: np.ndarray) -> bytes:
    """Write (H, W, 3) colours as a PNG that is not compressed: what zlib packs differs between versions.

    >>> write_png(np.zeros((1, 1, 3), np.uint8))[1:4]
    b'PNG'
    """
    height, width, _ = rgb.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = rgb.reshape(height, 3 * width)
    return png_file(width, height, stored(rows.tobytes()))


def png_file(
    width: int, height: int, packed: bytes, kind: int = 2, extra: Iterable[tuple[bytes, bytes]] = ()
) -> bytes:
    """Make a PNG file of rows that zlib has packed, each after a byte for its filter.

    ``kind`` is PNG's own number: 0 grey, 2 colours, 3 a palette, which is among the ``extra`` chunks.
    """
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = [(b"IHDR", head), *extra, (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def stored(raw: bytes) -> bytes:
    """Wrap bytes into a zlib stream of stored blocks."""
    step = 65535
    blocks = [raw[i : i + step] for i in range(0, len(raw), step)] or [b""]
    packed = b"".join(
        struct.pack("<BHH", i == len(blocks) - 1, len(b), len(b) ^ 0xFFFF) + b for i, b in enumerate(blocks)
    )
    return b"\x78\x01" + packed + struct.pack(">I", zlib.adler32(raw))
