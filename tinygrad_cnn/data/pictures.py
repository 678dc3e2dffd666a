"""One picture file becomes one array (C, H, W), upright, opaque, scaled by its depth, or a named error.

A picture comes from outside, so nothing in it is trusted: the size is checked in the header before a pixel is
decoded, only formats that Pillow decodes by itself are opened (EPS would start another program), and whatever
goes wrong inside of Pillow ends as one `DataError`.
"""

from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

import numpy as np

from ..errors import ArgumentError, DataError, MissingPathError
from .quiet import pillow_is_quiet

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 50_000_000

_FORMATS = ("AVIF", "BMP", "DIB", "GIF", "JPEG", "JPEG2000", "MPO", "PNG", "PPM", "TIFF", "WEBP")
_DEEP_MODES = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")
_ORIENTATION_TAG = 0x0112

PictureMode = Literal["RGB", "L"]


def read_picture(
    path: str | Path,
    size: int | tuple[int, int] | None = None,
    mode: PictureMode = "RGB",
    *,
    max_pixels: int = MAX_PIXELS,
) -> np.ndarray:
    """Reads the first frame of a picture file as float32 (C, H, W) with values from 0 to 1.

    The orientation tag is applied; transparency is laid on white; 16-bit grey v becomes v / 65535, 8-bit v /
    255.

    Args:
        path: the file, in one of the formats that Pillow decodes itself (PNG, JPEG, TIFF, WebP, GIF, BMP,
            ...).
        size: (H, W) in pixels to resize to, or one number for a square; None keeps the picture's own size.
        mode: "RGB" for three channels, "L" for one (grey).
        max_pixels: more pixels than this are refused before anything is decoded.

    Raises:
        MissingPathError: there is no such file.
        DataError: the file is no picture, is damaged, or is too large; the message names it.

    >>> import tempfile, pathlib, PIL.Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "red.png")
    ...     PIL.Image.new("RGB", (4, 2), "red").save(path)
    ...     picture = read_picture(path)
    >>> picture.shape, picture[:, 0, 0].tolist()
    ((3, 2, 4), [1.0, 0.0, 0.0])
    """
    return to_float(read_pixels(path, size, mode, max_pixels=max_pixels))


def read_pixels(
    path: str | Path,
    size: int | tuple[int, int] | None = None,
    mode: PictureMode = "RGB",
    *,
    max_pixels: int = MAX_PIXELS,
) -> np.ndarray:
    """As `read_picture`, but 8-bit pictures stay uint8 0..255 for a quarter of the memory."""
    if mode not in ("RGB", "L"):
        raise ArgumentError(f"mode must be 'RGB' or 'L'; got {mode!r}")
    height_width = None if size is None else as_size(size)
    from PIL import Image

    path = Path(path)
    if not path.is_file():
        if path.is_dir():
            raise DataError(f"expected a picture file; {path} is a folder")
        raise MissingPathError(f"there is no picture {path}")
    try:
        with pillow_is_quiet():
            return _decode(path, height_width, mode, max_pixels)
    except (DataError, MemoryError):
        raise
    except Image.DecompressionBombError:
        most = 2 * (Image.MAX_IMAGE_PIXELS or 0)  # Pillow's own limit, which it checks first
        raise DataError(f"{path} is too large: above {most:,} pixels; make the picture smaller") from None
    except PermissionError as error:
        raise DataError(f"{path} cannot be opened: permission denied") from error
    except Exception as error:  # a damaged file makes Pillow raise about anything, SyntaxError included
        raise DataError(f"{path} is a damaged picture ({error}); repair or remove it") from error


def to_float(pixels: np.ndarray) -> np.ndarray:
    """uint8 0..255 as float32 0..1; anything else comes back as it is."""
    return np.divide(pixels, 255, dtype=np.float32) if pixels.dtype == np.uint8 else pixels


def as_size(size: int | tuple[int, int]) -> tuple[int, int]:
    """(H, W) from one number or two, checked.

    >>> as_size(120), as_size((90, 120))
    ((120, 120), (90, 120))
    """
    pair = (size, size) if isinstance(size, int | np.integer) else tuple(size)
    if len(pair) != 2 or not all(isinstance(n, int | np.integer) and n > 0 for n in pair):
        raise ArgumentError(f"size must be one whole number above 0, or two as (H, W); got {size!r}")
    return int(pair[0]), int(pair[1])


def resize_plane(plane: np.ndarray, height: int, width: int) -> np.ndarray:
    """One float32 (H, W) channel resized by antialiased bilinear interpolation."""
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    return np.array(picture.resize((width, height), Image.Resampling.BILINEAR))


def _decode(path: Path, size: tuple[int, int] | None, mode: str, max_pixels: int) -> np.ndarray:
    # Not opened by its name: Pillow would map the file into memory and scramble a TIFF that lies on its side.
    with path.open("rb") as stream, _open(path, stream, max_pixels) as picture:
        picture.load()
        upright = _turned_upright(picture)
        if picture.mode in _DEEP_MODES:
            return _deep_grey(path, upright, picture.info.get("transparency"), size, mode)
        flat = _laid_on_white(path, upright).convert("RGB").convert(mode)
    if size is not None and flat.size != (size[1], size[0]):
        from PIL import Image

        flat = flat.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    pixels = np.atleast_3d(np.asarray(flat))
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _open(path: Path, stream: IO[bytes], max_pixels: int) -> "Image.Image":
    from PIL import Image

    Image.init()
    try:
        picture = Image.open(stream, formats=[name for name in _FORMATS if name in Image.OPEN])
    except Image.UnidentifiedImageError as error:
        raise DataError(f"{path} is not a picture that can be read, such as PNG or JPEG") from error
    width, height = picture.size
    if width * height > max_pixels:
        raise DataError(
            f"{path} is too large: {width} x {height} pixels, and the limit is {max_pixels:,}; "
            "make the picture smaller or raise max_pixels"
        )
    return picture


def _turned_upright(picture: "Image.Image") -> "Image.Image":
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(picture.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # unreadable notes beside good pixels are common; the picture then counts as upright
        return picture
    return picture if turn is None else picture.transpose(turn)


def _laid_on_white(path: Path, picture: "Image.Image") -> "Image.Image":
    from PIL import Image

    if picture.mode == "LAB":
        raise DataError(f"{path} is in Lab colours, which are not read; save it as RGB")
    if picture.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        colours = picture.convert("LA") if picture.mode == "La" else picture
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, colours.convert("RGBA"))
    return picture


def _deep_grey(
    path: Path, picture: "Image.Image", transparent: object, size: tuple[int, int] | None, mode: str
) -> np.ndarray:
    """Pillow's own conversion clips at 255, so deep grey is scaled here, and resized as floats."""
    stored = np.asarray(picture)
    full, name = (1.0, "1.0") if picture.mode == "F" else (65535.0, "65535")
    low, high = stored.min(), stored.max()
    if not (low >= 0 and high <= full):  # written so that NaN is refused, too
        raise DataError(
            f"{path} holds grey values from {low} to {high}; expected 0 to {name}: rescale the picture"
        )
    grey = np.divide(stored, np.float32(full), dtype=np.float32)
    if isinstance(transparent, int):
        grey[stored == transparent] = 1.0
    if size is not None and grey.shape != size:
        grey = resize_plane(grey, *size)
    return np.repeat(grey[None], 3 if mode == "RGB" else 1, axis=0)
