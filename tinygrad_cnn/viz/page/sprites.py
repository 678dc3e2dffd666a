"""Small pictures for the page: the channels of a box side by side in one PNG, one byte for each pixel.

A page has only so much room; where they would take more, all are shown with fewer pixels, every n-th one.
"""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from ..graph.thumbnails import Thumbnail, png_file, signed_colours, stored
from ..layout.scene import Image

# How many pixels on a side they may have; the least is used however little room there is.
SIDES = (64, 48, 32, 24, 16, 12, 8, 6)
SIGNS = 12  # levels on each side of 0
_GAP = 0  # the colour of the space between two channels, which is transparent
_FRAME, _ELEMENT = 82, 45  # bytes of a PNG beside pixels and palette; letters of its element


@dataclass(frozen=True)
class Sprite:
    """Several thumbnails of one size in a row, as a data URI."""

    uri: str
    count: int
    width: int  # of each, in pixels
    height: int
    gap: int


def largest_side(sprites: Iterable[list[Image]], room: int) -> int:
    """Find how large thumbnails may be so that all sprites together take at most so much of the page."""
    found = list(sprites)
    return next((s for s in SIDES if sum(_bytes(images, s) for images in found) <= room), SIDES[-1])


def _bytes(images: list[Image], side: int) -> int:
    t = images[0].thumbnail
    height, width = _size(t, side)
    pixels = height * len(images) * (width + 1) * (1 if t.signed or t.channels == 1 else 3)
    palette = 12 + 3 * (2 * SIGNS + 2) if t.signed else 0
    return _ELEMENT + (_FRAME + palette + pixels) * 4 // 3


def _size(t: Thumbnail, side: int) -> tuple[int, int]:
    share = min(1.0, side / max(t.height, t.width, 1))
    return max(1, round(t.height * share)), max(1, round(t.width * share))


def runs(images: Iterable[Image]) -> Iterator[list[Image]]:
    """Split images into those that can stand in one sprite: of one size and one kind."""
    alike = groupby(
        images,
        key=lambda i: (i.thumbnail.height, i.thumbnail.width, i.thumbnail.channels, i.thumbnail.signed),
    )
    return (list(group) for _, group in alike)


def sprite(images: list[Image], side: int) -> Sprite:
    """Put alike thumbnails in a row, with a gap between them as wide as in the picture.

    >>> one = Image(0, 0, 24, 24, Thumbnail(2, 2, 1, bytes([0, 85, 170, 255]), "channel 0"))
    >>> made = sprite([one, one], 32)
    >>> made.count, made.width, made.height, made.uri[:22]
    (2, 2, 2, 'data:image/png;base64,')
    """
    height, width = _size(images[0].thumbnail, side)
    gap = max(1, round(2 * width / max(images[0].width, 1)))
    rows = np.arange(height)[:, None] * images[0].thumbnail.height // height
    columns = np.arange(width)[None] * images[0].thumbnail.width // width
    tiles = [_pixels(i.thumbnail)[rows, columns] for i in images]
    space = np.full((height, gap, *tiles[0].shape[2:]), _GAP, tiles[0].dtype)
    joined = [tile for t in tiles for tile in (t, space)][:-1]
    file = _png(np.concatenate(joined, axis=1))
    uri = "data:image/png;base64," + base64.b64encode(file).decode("ascii")
    return Sprite(uri, len(images), width, height, gap)


def _is_colour(t: Thumbnail) -> bool:
    return t.channels == 3 and not t.signed


def _pixels(t: Thumbnail) -> np.ndarray:
    """Give colours (H, W, 3), greys (H, W), or for a signed map negative numbers (H, W), see `_palette`."""
    values = np.frombuffer(t.pixels, np.uint8).reshape(t.height, t.width, t.channels).astype(np.int64)
    if t.signed:
        return -1 - SIGNS - np.rint((np.maximum(values[:, :, 0], 1) - 128) / 127 * SIGNS).astype(np.int64)
    values = np.maximum(values, 1)  # black is the gap
    return values if _is_colour(t) else values[:, :, 0]


def _palette(levels: np.ndarray) -> bytes:
    """Give the colours of signed levels from -1 (largest) to -1 - 2 SIGNS (least), and of the gap."""
    signs = np.rint(128 + (-1 - SIGNS - levels) / SIGNS * 127).astype(np.uint8)
    return signed_colours(signs).tobytes()


def _png(pixels: np.ndarray) -> bytes:
    """Write colours, greys, or levels by a palette of those that occur; the gap is transparent in each."""
    height, width = pixels.shape[:2]
    extra: list[tuple[bytes, bytes]]
    if pixels.ndim == 3:
        kind, extra = 2, [(b"tRNS", bytes(6))]
    elif (pixels >= 0).all():
        kind, extra = 0, [(b"tRNS", bytes(2))]
    else:
        used = np.unique(pixels[pixels < 0])[::-1]
        pixels = np.where(pixels == _GAP, 0, np.searchsorted(-used, -pixels) + 1)
        kind, extra = 3, [(b"PLTE", bytes(3) + _palette(used)), (b"tRNS", bytes(1))]
    lines = pixels.astype(np.uint8).reshape(height, -1)
    filters = np.zeros((height, 1), np.uint8)  # each row begins with its filter: none
    rows = np.concatenate([filters, lines], axis=1)
    return png_file(width, height, stored(rows.tobytes()), kind, extra)
