"""Pictures, read with Pillow: any photograph or drawing in, an array of numbers from 0 to 1 out."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gradus.errors import BadFile, Environment, Usage
from gradus.io.files import open_regular, shown, size_of
from gradus.io.limits import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM")

Invert = bool | Literal["auto"]


def read_image(
    path: str | os.PathLike[str],
    size: tuple[int, int] | None = (28, 28),
    grey: bool = True,
    *,
    invert: Invert = "auto",
) -> np.ndarray:
    """Read a picture as numbers from 0 (dark) to 1 (bright).

    A transparent picture is laid on white, a photograph is turned upright, of an animation the first frame is taken.
    If `size` differs from the picture's, the picture is scaled to fit into it with its proportions kept, and the rest
    is filled with the brightness of its border. A picture of that very size is not resampled: a byte b becomes b/255.

    Args:
        path: a PNG, JPEG, BMP, GIF, WebP or PPM file of at most 67 million pixels.
        size: (height, width) of the result; None: as in the file.
        grey: True: (height, width); False: (height, width, 3), red, green and blue.
        invert: turn dark and bright around. "auto", for grey pictures only: MNIST is bright ink on black, a photograph
            of handwriting is dark ink on paper; so a picture whose border is bright (median above ½) is inverted.

    Returns:
        float32, values in [0, 1].

    Raises:
        BadFile: not such a picture, damaged, cut off or too large.
        Environment: Pillow is not installed.
    """
    if size is not None and (len(size) != 2 or min(size) < 1):
        raise Usage(f"read_image: size is {size!r}, expected (height, width) or None")
    pixels = _pixels(path, grey)
    if size is not None and pixels.shape[:2] != tuple(size):
        pixels = _fit(pixels, size)
    if invert == "auto":
        invert = grey and bool(np.median(_border(pixels)) > 0.5)
    return 1 - pixels if invert else pixels


def _pixels(path: str | os.PathLike[str], grey: bool) -> np.ndarray:
    """A file's pixels at their own size, float32 in [0, 1]."""
    name = shown(path)
    image_module = _pillow()
    with open_regular(path) as file:
        if size_of(file) > MAX_IMAGE_BYTES:
            raise BadFile(f"{name}: {size_of(file):,} bytes, more than the limit of {MAX_IMAGE_BYTES:,}")
        try:
            with _quietly(), image_module.open(file, formats=_FORMATS) as image:
                _check_pixels(image, name)
                return _as_array(image, grey)
        except (BadFile, Environment):
            raise
        # Pillow answers a malformed file with whatever its decoder stumbled over: OSError, SyntaxError, struct.error, …
        except Exception as error:
            raise BadFile(f"{name}: not a picture that can be read, {_reason(error)}") from error


@contextmanager
def _quietly() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures; they are refused below
        yield


def _pillow() -> Any:
    try:
        import PIL.Image
    except ImportError:
        raise Environment("reading a picture needs Pillow: pip install pillow") from None
    return PIL.Image


def _check_pixels(image: Image, name: str) -> None:
    width, height = image.size
    if width * height > MAX_IMAGE_PIXELS:
        raise BadFile(f"{name}: {width:,} × {height:,} pixels, more than the limit of {MAX_IMAGE_PIXELS:,}")


def _as_array(image: Image, grey: bool) -> np.ndarray:
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):  # 16 bits a pixel, which Pillow would cut to 255
        pixels = np.asarray(image).astype(np.float32) / np.float32(65535)
        return pixels if grey else np.repeat(pixels[:, :, None], 3, axis=2)
    if "A" in image.getbands() or "transparency" in image.info:
        image = _on_white(image)
    return np.asarray(image.convert("L" if grey else "RGB")).astype(np.float32) / np.float32(255)


def _on_white(image: Image) -> Image:
    layer = image.convert("RGBA")
    paper = _pillow().new("RGBA", layer.size, "white")
    paper.alpha_composite(layer)
    return paper


def _reason(error: Exception) -> str:
    words = " ".join(str(error).split())
    return "unknown format" if "cannot identify" in words else (words[:120] or type(error).__name__)


# --- size ------------------------------------------------------------------------------------------------------------


def _fit(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Scale to fit into `size`, centred on the brightness of the border."""
    height, width = pixels.shape[:2]
    scale = min(size[0] / height, size[1] / width)
    inner = (max(1, round(height * scale)), max(1, round(width * scale)))
    canvas = np.empty((*size, *pixels.shape[2:]), np.float32)
    canvas[:] = np.median(_border(pixels), axis=0)
    top, left = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    canvas[top : top + inner[0], left : left + inner[1]] = resize(pixels, inner)
    return canvas


def _border(pixels: np.ndarray) -> np.ndarray:
    """The outermost pixels, (count,) or (count, 3)."""
    return np.concatenate((pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))


def resize(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Scale a picture, (height, width) or (height, width, channels), to `size` = (height, width), without aliasing.

    Lanczos' filter, as wide as the scale asks for: on photographs of digits it keeps more of the strokes than a mean.
    """
    if pixels.ndim == 3:
        return np.stack([resize(channel, size) for channel in np.moveaxis(pixels, 2, 0)], axis=2)
    module = _pillow()
    image = module.fromarray(np.ascontiguousarray(pixels, np.float32))
    return np.asarray(image.resize((size[1], size[0]), module.Resampling.LANCZOS)).clip(0, 1)
