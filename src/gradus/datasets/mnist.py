"""MNIST: 70,000 handwritten digits of 28 × 28 pixels, in the files of its authors."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from gradus.datasets.arguments import flag, whole
from gradus.datasets.data import Data
from gradus.datasets.offline import is_offline
from gradus.datasets.registry import Entry, File, entry
from gradus.datasets.store import Found, obtain, renew
from gradus.errors import BadFile, Environment
from gradus.io.files import shown
from gradus.io.idx import read_idx

if TYPE_CHECKING:
    from gradus.datasets.download import Progress
    from gradus.datasets.transport import Opener

# How many there are of each digit. Fashion-MNIST and its kin have the same file names and sizes; this tells them apart.
_COUNTS = {
    "train-labels-idx1-ubyte": (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
    "t10k-labels-idx1-ubyte": (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
}


def load_mnist(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    raw: bool = False,
    n_train: int = 60_000,
    n_test: int = 10_000,
    progress: Progress | None = None,
    opener: Opener | None = None,
) -> Data:
    """Load MNIST from `data_dir`, $GRADUS_DATA or the cache, else download it (11 MB).

    Args:
        data_dir: a folder with the four files, packed or not, or one that holds them in mnist/.
        raw: leave the pixels as they are in the files: uint8, 0 … 255, a quarter of the memory. Else float32, b/255.
        n_train, n_test: take only the first so many, for a quick run.
        progress, opener: see `gradus.datasets.download`.

    Returns:
        x (n, 784), bright ink on black; y 0 … 9.

    Raises:
        BadFile: a file is malformed, or is not MNIST's.
        Network: a download failed, or is forbidden by $GRADUS_OFFLINE.
    """
    whole("n_train", n_train, 1, 60_000)
    whole("n_test", n_test, 1, 10_000)
    flag("raw", raw)
    about = entry("mnist")
    found = [obtain(about, file, data_dir, progress=progress, opener=opener) for file in about.files]
    # Unpacking and counting run outside Python's lock, so two cores halve the time.
    with ThreadPoolExecutor(2) as pool:
        arrays = list(pool.map(lambda one: _read(about, one, progress, opener), found))
    x_train, y_train, x_test, y_test = arrays
    return Data(
        name="mnist",
        x_train=_pixels(x_train[:n_train], raw),
        y_train=y_train[:n_train].astype(np.int64),
        x_test=_pixels(x_test[:n_test], raw),
        y_test=y_test[:n_test].astype(np.int64),
        classes=about.classes,
        image_shape=(28, 28),
        licence=about.licence,
        source=about.source,
    )


def _read(about: Entry, found: Found, progress: Progress | None, opener: Opener | None) -> np.ndarray:
    """A file's array; a file of the cache that turns out to be damaged is downloaded once more."""
    try:
        return _read_checked(found)
    except (BadFile, Environment) as error:
        if found.where != "cache":
            raise
        if is_offline():
            raise BadFile(f"{error}; GRADUS_OFFLINE forbids to download it again") from None
    return _read_checked(renew(about, found.file, progress=progress, opener=opener))


def _read_checked(found: Found) -> np.ndarray:
    array = read_idx(found.path, shape=found.file.shape, dtype=np.uint8)
    if expected := _COUNTS.get(found.file.name):
        _check_labels(array, expected, found.file, shown(found.path))
    return array


def _check_labels(labels: np.ndarray, expected: tuple[int, ...], file: File, name: str) -> None:
    if labels.max() > 9:
        at = int(np.argmax(labels > 9))
        raise BadFile(f"{name}: the label at index {at:,} is {labels[at]}, expected 0 to 9")
    counts = np.bincount(labels, minlength=10)
    for digit, (count, wanted) in enumerate(zip(counts.tolist(), expected)):
        if count != wanted:
            raise BadFile(
                f"{name}: not MNIST's labels, the digit {digit} is there {count:,} times, expected {wanted:,}"
            )


def _pixels(images: np.ndarray, raw: bool) -> np.ndarray:
    rows = images.reshape(len(images), -1)
    return rows if raw else np.divide(rows, np.float32(255), dtype=np.float32)
