from __future__ import annotations

import io
import struct
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from gradus.errors import BadFile, Environment, Usage
from gradus.io import image as module
from gradus.io.image import read_image, resize

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (28, 28), np.uint8)
COLOUR = RANDOM.integers(0, 256, (28, 28, 3), np.uint8)


@pytest.fixture
def save(tmp_path):
    def save_image(pixels: np.ndarray | Image.Image, name="image.png", **options):
        image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
        image.save(tmp_path / name, **options)
        return tmp_path / name

    return save_image


def refusal(path) -> str:
    with pytest.raises(BadFile) as caught:
        read_image(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    return message


# --- pixels ----------------------------------------------------------------------------------------------------------


def test_a_picture_of_the_right_size_is_not_resampled(save):
    pixels = read_image(save(GREY), invert=False)
    assert pixels.dtype == np.float32
    np.testing.assert_array_equal(pixels, GREY.astype(np.float32) / np.float32(255))


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.pgm", "a.gif", "a.webp"])
def test_lossless_formats_agree(save, name):
    options = {"lossless": True} if name.endswith("webp") else {}
    np.testing.assert_array_equal(read_image(save(GREY, name, **options), invert=False), GREY / np.float32(255))


def test_jpeg_is_read_whatever_its_name(save):
    smooth = np.tile(np.arange(0, 224, 8, dtype=np.uint8), (28, 1))
    path = save(smooth, "photo.jpg", quality=95)
    np.testing.assert_allclose(read_image(path.rename(path.with_name("photo")), invert=False), smooth / 255, atol=0.03)


def test_colour_and_its_brightness(save):
    path = save(COLOUR)
    np.testing.assert_array_equal(read_image(path, grey=False), COLOUR / np.float32(255))
    luma = COLOUR @ np.array([0.299, 0.587, 0.114]) / 255  # ITU-R 601
    np.testing.assert_allclose(read_image(path, invert=False), luma, atol=1 / 255)


def test_sixteen_bits_are_not_cut_off(save):
    deep = (GREY.astype(np.uint16) << 8) + 7
    np.testing.assert_allclose(read_image(save(deep), invert=False), deep / 65535, atol=1e-6)


def test_transparency_is_white(save):
    clear = np.zeros((28, 28, 4), np.uint8)
    clear[10:20, 10:20] = (0, 0, 0, 255)
    pixels = read_image(save(clear), invert=False)
    assert pixels[0, 0] == 1 and pixels[15, 15] == 0
    palette = Image.fromarray(np.zeros((28, 28), np.uint8)).convert("P")
    assert (read_image(save(palette, transparency=0), invert=False) == 1).all()


def test_black_and_white(save):
    bits = Image.fromarray(GREY).point(lambda value: 255 * (value > 127)).convert("1")
    assert set(np.unique(read_image(save(bits)))) == {0, 1}


def test_a_photograph_is_turned_upright(save):
    image = Image.fromarray(GREY)
    exif = image.getexif()
    exif[0x0112] = 6  # the camera was held turned
    turned = save(image.rotate(90), exif=exif)
    np.testing.assert_array_equal(read_image(turned, invert=False), GREY / np.float32(255))


def test_of_an_animation_the_first_frame_is_read(save):
    frames = [Image.fromarray(np.full((28, 28), value, np.uint8)) for value in (50, 200)]
    assert np.allclose(read_image(save(frames[0], "a.gif", save_all=True, append_images=frames[1:])), 50 / 255)


# --- dark on white ---------------------------------------------------------------------------------------------------


def test_dark_ink_on_a_bright_border_is_inverted_and_bright_ink_is_not(save):
    ink = np.zeros((28, 28), np.uint8)
    ink[8:20, 12:16] = 255
    bright, dark = read_image(save(ink, "b.png")), read_image(save(255 - ink, "d.png"))
    np.testing.assert_array_equal(bright, dark)
    assert bright.max() == bright[10, 13] == 1
    assert read_image(save(ink), invert=True)[0, 0] == 1
    assert read_image(save(255 - ink), grey=False)[0, 0, 0] == 1  # colours are left alone


# --- size ------------------------------------------------------------------------------------------------------------


def test_proportions_are_kept_and_the_rest_has_the_borders_brightness(save):
    wide = np.full((20, 80), 100, np.uint8)
    wide[8:12, 10:70] = 255
    pixels = read_image(save(wide), (8, 16), invert=False)
    assert pixels.shape == (8, 16)
    np.testing.assert_allclose(pixels[[0, 1, 6, 7]], 100 / 255, atol=1e-6)
    assert pixels[3:5, 4:12].mean() > 0.5


def test_size_none_keeps_the_pictures_own(save):
    assert read_image(save(np.zeros((5, 9), np.uint8)), None).shape == (5, 9)
    assert read_image(save(np.zeros((5, 9, 3), np.uint8)), (7, 7), grey=False).shape == (7, 7, 3)
    for wrong in ((0, 5), (28,), (28, 28, 3)):
        with pytest.raises(Usage, match="size"):
            read_image(save(GREY), wrong)


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0, 1, width=32))
def test_scaling_leaves_a_plain_colour_alone(height, width, value):
    scaled = resize(np.full((13, 17), value, np.float32), (height, width))
    assert scaled.shape == (height, width)
    np.testing.assert_allclose(scaled, value, atol=1e-6)


def test_scaling_down_averages_all_pixels():
    checkerboard = (np.indices((64, 64)).sum(axis=0) % 2).astype(np.float32)
    np.testing.assert_allclose(resize(checkerboard, (8, 8)), 0.5, atol=0.01)


# --- refused ---------------------------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes, crc: int | None = None) -> bytes:
    crc = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(width=2, height=2, depth=8, colour=0, data=None, before=b"", end=True) -> bytes:
    """A PNG file, put together by hand."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    rows = zlib.compress(bytes(height * (width + 1)) if data is None else data)
    tail = chunk(b"IEND", b"") if end else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", rows) + tail


BAD = {
    "empty": b"",
    "no picture": b"this is text",
    "signature": b"\x89PNG\r\n\x1a\r" + png()[8:],
    "no header": b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b""),
    "chunk longer than the file": png()[:8] + b"\xff\xff\xff\xff" + png()[12:],
    "checksum": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", png()[16:29], crc=0) + png()[33:],
    "no pixels wide": png(width=0, data=b"\0\0"),
    "depth and colour": png(depth=3),
    "unknown filter": png(data=b"\x09\0\0\x09\0\0"),
    "no data": b"\x89PNG\r\n\x1a\n" + png()[8:33] + chunk(b"IEND", b""),
    "cut off": png(90, 90, data=RANDOM.bytes(90 * 91))[:5000],
    "text that unpacks to a gibibyte": png(before=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**25)))),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_a_malformed_picture_is_refused(tmp_path, content):
    path = tmp_path / "image.png"
    path.write_bytes(content)
    assert "not a picture that can be read" in refusal(path)


def test_the_hand_made_picture_is_good(tmp_path):
    (tmp_path / "image.png").write_bytes(png())
    assert read_image(tmp_path / "image.png", None).tolist() == [[0, 0], [0, 0]]


def test_a_huge_picture_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "image.png"
    for width, height in ((8193, 8192), (20_000, 20_000), (2**31 - 1, 2**31 - 1)):
        path.write_bytes(png(width, height, data=b"\0"))
        refusal(path)
    path.write_bytes(png(10_000, 10_000, data=b"\0"))
    assert "10,000 × 10,000 pixels, more than the limit of 67,108,864" in refusal(path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_IMAGE_BYTES", 10)
    (tmp_path / "image.png").write_bytes(png())
    assert "more than the limit of 10" in refusal(tmp_path / "image.png")


def test_other_formats_that_pillow_knows_are_refused(save):
    for name in ("a.tiff", "a.ico", "a.pdf"):
        assert "unknown format" in refusal(save(GREY, name))


def test_a_folder_and_a_missing_file(tmp_path):
    assert "is a folder" in refusal(tmp_path)
    assert "No such file" in refusal(tmp_path / "missing.png")


def test_without_pillow_one_line_says_what_to_install(save, monkeypatch):
    path = save(GREY)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(Environment, match="pip install pillow"):
        read_image(path)


@settings(max_examples=200)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=6), st.sampled_from(["PNG", "GIF", "BMP", "JPEG", "PPM"]))
def test_a_mutated_picture_is_read_or_refused(tmp_path_factory, at, change, kind):
    buffer = io.BytesIO()
    Image.fromarray(GREY[:8, :8]).save(buffer, kind)
    content = bytearray(buffer.getvalue())
    at %= len(content)
    content[at : at + len(change)] = change
    path = tmp_path_factory.mktemp("mutated") / "image"
    path.write_bytes(content)
    try:
        pixels = read_image(path)
    except BadFile as error:
        assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
    else:
        assert pixels.shape == (28, 28) and pixels.min() >= 0 and pixels.max() <= 1
