"""Pictures of every mode and orientation against plain loops, resizing against weights by hand."""

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.data import read_picture
from tinygrad_cnn.data.pictures import read_pixels

H, W = 5, 7
ORIENTATION = 0x0112


def colours(channels, seed=3):
    return np.random.default_rng(seed).integers(0, 256, (H, W, channels), dtype=np.uint8)


def on_white(rgb, alpha):
    a = alpha[..., None] / 255
    return rgb / 255 * a + (1 - a)


def grey_rgb(grey):
    return np.repeat(grey[..., None], 3, axis=2)


def case_1():
    bits = colours(1)[..., 0] > 127
    return Image.fromarray(bits), "png", grey_rgb(bits * 1.0)


def case_l():
    grey = colours(1)[..., 0]
    return Image.fromarray(grey), "png", grey_rgb(grey / 255)


def case_l_with_transparent_grey():
    grey = colours(1)[..., 0]
    picture = Image.fromarray(grey)
    picture.info["transparency"] = int(grey[1, 2])
    return picture, "png", grey_rgb(np.where(grey == grey[1, 2], 1.0, grey / 255))


def case_la():
    pair = colours(2)
    return Image.fromarray(pair, "LA"), "png", on_white(grey_rgb(pair[..., 0]), pair[..., 1])


def palette_picture():
    palette = np.random.default_rng(5).integers(0, 256, (256, 3), dtype=np.uint8)
    index = colours(1)[..., 0]
    picture = Image.fromarray(index, "P")
    picture.putpalette(palette.tobytes())
    return picture, index, palette


def case_p():
    picture, index, palette = palette_picture()
    return picture, "png", palette[index] / 255


def case_p_with_one_transparent_colour():
    picture, index, palette = palette_picture()
    picture.info["transparency"] = int(index[0, 0])
    return picture, "png", np.where((index == index[0, 0])[..., None], 1.0, palette[index] / 255)


def case_p_with_alpha_for_each_colour():
    picture, index, palette = palette_picture()
    alphas = np.random.default_rng(6).integers(0, 256, 256, dtype=np.uint8)
    picture.info["transparency"] = alphas.tobytes()
    return picture, "png", on_white(palette[index], alphas[index])


def case_rgb():
    rgb = colours(3)
    return Image.fromarray(rgb), "png", rgb / 255


def case_rgb_with_transparent_colour():
    rgb = colours(3)
    picture = Image.fromarray(rgb)
    picture.info["transparency"] = tuple(int(v) for v in rgb[2, 3])
    clear = (rgb == rgb[2, 3]).all(axis=2, keepdims=True)
    return picture, "png", np.where(clear, 1.0, rgb / 255)


def case_rgba():
    rgba = colours(4)
    return Image.fromarray(rgba), "png", on_white(rgba[..., :3], rgba[..., 3])


def case_cmyk():
    cmyk = colours(4)
    ink = cmyk.astype(float) / 255
    return Image.fromarray(cmyk, "CMYK"), "tiff", (1 - ink[..., :3]) * (1 - ink[..., 3:])


def case_ycbcr():
    flat = np.tile(np.uint8([150, 100, 170]), (H, W, 1))  # one colour, so that compression loses nothing
    y, cb, cr = (float(v) for v in flat[0, 0])
    rgb = [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)]
    return Image.fromarray(flat, "YCbCr"), "jpeg", np.tile(np.array(rgb) / 255, (H, W, 1))


def deep(dtype):
    return np.random.default_rng(8).integers(0, 65536, (H, W)).astype(dtype)


def case_i16_png():
    grey = deep(np.uint16)
    return Image.fromarray(grey), "png", grey_rgb(grey / 65535)


def case_i16_tiff():
    grey = deep(np.uint16)
    return Image.fromarray(grey), "tiff", grey_rgb(grey / 65535)


def case_i16_big_end_first():
    grey = deep(np.uint16)
    return Image.frombytes("I;16B", (W, H), grey.astype(">u2").tobytes()), "tiff", grey_rgb(grey / 65535)


def case_i():
    grey = deep(np.int32)
    return Image.fromarray(grey), "tiff", grey_rgb(grey / 65535)


def case_f():
    grey = np.random.default_rng(9).random((H, W), dtype=np.float32)
    return Image.fromarray(grey), "tiff", grey_rgb(grey)


CASES = [value for name, value in list(globals().items()) if name.startswith("case_")]


def turned(stored, orientation):
    """What a viewer shows: pixel by pixel, after the meaning of the eight numbers in the EXIF standard."""
    height, width = stored.shape[:2]
    shape = (height, width) if orientation <= 4 else (width, height)
    shown = np.empty((*shape, 3))
    for row in range(height):
        for column in range(width):
            back, down = width - 1 - column, height - 1 - row
            place = {
                1: (row, column),
                2: (row, back),
                3: (down, back),
                4: (down, column),
                5: (column, row),
                6: (column, down),
                7: (back, down),
                8: (back, row),
            }[orientation]
            shown[place] = stored[row, column]
    return shown


def saved(folder, picture, kind, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = folder / f"picture.{kind}"
    options = {"quality": 100} if kind == "jpeg" else {}
    picture.save(path, exif=exif, **options)
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_mode_in_every_orientation_gives_the_colours_that_a_viewer_shows(tmp_path, case, orientation):
    picture, kind, expected = case()
    got = read_picture(saved(tmp_path, picture, kind, orientation))
    assert got.dtype == np.float32
    assert got.flags.c_contiguous
    exact = picture.mode in ("1", "L", "P", "RGB", "I;16", "I;16B", "I", "F")
    steps = 0 if exact and "alpha" not in case.__name__ else 1.01 if kind != "jpeg" else 2.01
    np.testing.assert_allclose(
        got, turned(expected, orientation).transpose(2, 0, 1), rtol=0, atol=steps / 255 + 1e-6
    )


def test_there_are_at_least_16_modes():
    assert len(CASES) >= 16


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_grey_is_the_luma_of_the_colours(tmp_path, case):
    picture, kind, expected = case()
    got = read_picture(saved(tmp_path, picture, kind, 1), mode="L")
    luma = expected @ [0.299, 0.587, 0.114]
    assert got.shape == (1, H, W)
    np.testing.assert_allclose(got[0], luma, rtol=0, atol=2.5 / 255)


def test_a_16_bit_value_above_255_is_not_clipped(tmp_path):
    Image.fromarray(np.full((2, 3), 40000, np.uint16)).save(tmp_path / "deep.png")
    assert read_picture(tmp_path / "deep.png", mode="L")[0, 0, 0] == np.float32(40000 / 65535)


def test_the_transparent_grey_of_a_16_bit_picture_is_laid_on_white(tmp_path):
    grey = np.array([[1000, 2000, 3000]], np.uint16)
    Image.fromarray(grey).save(tmp_path / "deep.png", transparency=2000)
    got = read_picture(tmp_path / "deep.png", mode="L")[0, 0]
    np.testing.assert_allclose(got, [1000 / 65535, 1.0, 3000 / 65535], rtol=1e-6)


def test_resizing_to_half_averages_with_triangle_weights(tmp_path):
    """Antialiased bilinear: at scale 2 an inner output pixel weighs four inputs 1, 3, 3, 1."""
    row = np.uint8([[0, 80, 160, 240, 160, 80, 0, 40]] * 4)
    Image.fromarray(row).save(tmp_path / "row.png")
    got = read_picture(tmp_path / "row.png", size=(4, 4), mode="L")[0, 0] * 255
    assert got[1] == round((80 + 3 * 160 + 3 * 240 + 160) / 8)
    deep_row = row.astype(np.uint16) * 257
    Image.fromarray(deep_row).save(tmp_path / "deep.png")
    deep_got = read_picture(tmp_path / "deep.png", size=(4, 4), mode="L")[0, 0] * 255
    np.testing.assert_allclose(deep_got[1:3], [180, (240 + 3 * 160 + 3 * 80 + 0) / 8], rtol=1e-5)


def test_size_is_height_then_width_and_a_number_means_a_square(tmp_path):
    Image.new("RGB", (9, 4)).save(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png", size=(3, 6)).shape == (3, 3, 6)
    assert read_picture(tmp_path / "a.png", size=5).shape == (3, 5, 5)
    assert read_picture(str(tmp_path / "a.png")).shape == (3, 4, 9)


def test_eight_bit_pixels_stay_eight_bit_on_request(tmp_path):
    rgb = colours(3)
    Image.fromarray(rgb).save(tmp_path / "a.png")
    pixels = read_pixels(tmp_path / "a.png")
    assert pixels.dtype == np.uint8
    assert np.array_equal(pixels, rgb.transpose(2, 0, 1))


@pytest.mark.parametrize("kind", ["gif", "png", "tiff", "webp"])
def test_an_animation_gives_its_first_frame(tmp_path, kind):
    frames = [Image.new("RGB", (4, 3), colour) for colour in ("red", "blue", "lime")]
    path = tmp_path / f"film.{kind}"
    frames[0].save(
        path, save_all=True, append_images=frames[1:], **({"lossless": True} if kind == "webp" else {})
    )
    got = read_picture(path)
    np.testing.assert_allclose(got[:, 1, 1], [1, 0, 0], atol=1e-6)
