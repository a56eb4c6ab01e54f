"""What every dataset is: examples to learn from and examples to be tested on, as NumPy arrays, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Data:
    """A dataset, split.

    Attributes:
        name: what it was loaded as.
        x_train, x_test: features, (n, d) float32, one example a row; uint8 where raw bytes were asked for.
        y_train, y_test: for a classification int64 (n,), indices into `classes`; for a regression float32 (n, 1).
        classes: the classes' names; empty for a regression.
        feature_names: d names; empty for images.
        image_shape: (height, width) of the image that a row of x is, or None.
        task: "classification" or "regression".
        licence, source: under what terms, and where it comes from.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    classes: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    task: str = "classification"
    licence: str = ""
    source: str = ""

    @property
    def features(self) -> int:
        """How many numbers describe an example."""
        return self.x_train.shape[1]

    def __repr__(self) -> str:
        kind = f"{len(self.classes)} classes" if self.classes else "regression"
        return f"Data({self.name}: {len(self.x_train)} + {len(self.x_test)} × {self.features} features, {kind})"
