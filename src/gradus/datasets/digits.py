"""The bundled digits: 1,797 handwritten digits of 8 × 8 pixels, a copy of the test part of UCI's optdigits.

Which are for the test is fixed: every fifth of each digit, so 1,437 are left to learn from and 360 to be tested on.
They were written by 13 people, and neighbours in the file tend to share their writer, so this split has every writer in
both parts. To be tested on writers never seen is harder: with the last 360 in the file as the test, a network that
reaches 98 % here reaches 91 %.
"""

from __future__ import annotations

import numpy as np

from gradus.datasets.data import Data
from gradus.datasets.registry import BUNDLED, entry
from gradus.datasets.split import every_nth
from gradus.io.idx import read_idx

TEST_SHARE = 0.2
LEVELS = 16  # a pixel counts the dark ones among 4 × 4 pixels of the scan


def load_digits() -> Data:
    """The bundled digits, each pixel's 0 … 16 scaled to [0, 1].

    >>> load_digits()
    Data(digits: 1437 + 360 × 64 features, 10 classes)
    """
    about = entry("digits")
    images, labels = (read_idx(BUNDLED / file.name, shape=file.shape, dtype=np.uint8) for file in about.files)
    x = images.reshape(len(images), -1).astype(np.float32) / np.float32(LEVELS)
    y = labels.astype(np.int64)
    test = every_nth(y, TEST_SHARE)
    return Data(
        name="digits",
        x_train=x[~test],
        y_train=y[~test],
        x_test=x[test],
        y_test=y[test],
        classes=about.classes,
        image_shape=(8, 8),
        licence=about.licence,
        source=about.source,
    )
