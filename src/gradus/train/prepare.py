"""From a dataset to what the trainer sees: examples as rows, a part kept aside for validation, inputs on one scale."""

from __future__ import annotations

import hashlib
import math
from typing import Any, NamedTuple

import numpy as np

from gradus.datasets import Data
from gradus.errors import BadFile, Usage
from gradus.train.config import Config

MAX_DIGESTED = 4_000_000  # bytes of one array


class Part(NamedTuple):
    """Examples: x (N, features) float32; y (N,) int64 class numbers, or (N, 1) float32 values."""

    x: np.ndarray
    y: np.ndarray


class Scale(NamedTuple):
    """x ↦ (x − mean) / deviation. Both are arrays of one value, or of one for each feature."""

    mean: np.ndarray
    deviation: np.ndarray

    def apply(self, values: np.ndarray, *, in_place: bool = False) -> np.ndarray:
        """Scaled values, float32: a new array unless `in_place` allows to overwrite."""
        values = np.array(values, dtype=np.float32, copy=None if in_place else True)
        if not self.is_identity():
            values -= self.mean
            values /= self.deviation
        return values

    def undo(self, values: np.ndarray) -> np.ndarray:
        """What `apply` was given."""
        return values if self.is_identity() else values * self.deviation + self.mean

    def is_identity(self) -> bool:
        """Whether it leaves everything as it is."""
        return not self.mean.any() and bool((self.deviation == 1).all())


class Prepared(NamedTuple):
    """Three parts on one scale, and what a prediction needs to know about them."""

    train: Part
    val: Part
    test: Part
    about: About


class About(NamedTuple):
    """What data.json records: the meaning of inputs and outputs."""

    task: str  # classification or regression
    classes: list[str]
    image_shape: list[int]
    feature_names: list[str]
    inputs: Scale
    targets: Scale

    @property
    def outputs(self) -> int:
        """How many numbers the network gives for an example."""
        return len(self.classes) if self.task == "classification" else 1

    @property
    def features(self) -> int:
        """How many numbers an example has."""
        return len(self.feature_names) or math.prod(self.image_shape)

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which `from_json` makes the same."""
        plain = self._asdict()
        for name in ("inputs", "targets"):
            plain[name] = {key: array.tolist() for key, array in plain[name]._asdict().items()}
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any], source: str) -> About:
        """Raises BadFile when something is missing or malformed."""
        try:
            scales = {name: Scale(**{k: _row(v) for k, v in plain[name].items()}) for name in ("inputs", "targets")}
            about = cls(**{**plain, **scales})
            fits = all(len(array) in (1, about.features) for array in about.inputs) and about.outputs > 0
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadFile(f"{source}: malformed: {error}") from None
        if not fits:
            raise BadFile(f"{source}: scales, classes and features do not fit together")
        return about


def _row(values: Any) -> np.ndarray:
    row = np.asarray(values, dtype=np.float32)
    if row.ndim != 1 or not np.isfinite(row).all():
        raise ValueError("a scale is not a list of finite numbers")
    return row


# ---------------------------------------------------------------------------------------------------------------------


def prepare(data: Data, settings: Config, seed: int) -> Prepared:
    """Split and scale a dataset as [data] says. The split depends on the seed and the number of examples only.

    Raises:
        Usage: fewer than two examples would be left to learn from.
    """
    kept, aside = split(len(data.x_train), settings.val, seed)
    x, y = _rows(data.x_train), _targets(data.y_train, data.task)
    train, val = Part(x[kept], y[kept]), Part(x[aside], y[aside])
    inputs = measure(train.x, settings.scale)
    targets = measure(train.y, "standardize" if data.task == "regression" else "none")
    about = About(
        data.task,
        [str(name) for name in data.classes or ()],
        [int(size) for size in data.image_shape or ()],
        [str(name) for name in data.feature_names or ()] or [f"x{i + 1}" for i in range(x.shape[1])],
        inputs,
        targets,
    )
    test = Part(_rows(data.x_test), _targets(data.y_test, data.task))
    return Prepared(_scaled(about, train), _scaled(about, val), _scaled(about, test, in_place=False), about)


def scaled(about: About, x: np.ndarray, y: np.ndarray) -> Part:
    """Examples as the dataset gives them → as the network sees them."""
    return _scaled(about, Part(_rows(x), _targets(y, about.task)), in_place=False)


def _scaled(about: About, part: Part, *, in_place: bool = True) -> Part:
    y = about.targets.apply(part.y, in_place=in_place) if about.task == "regression" else part.y
    return Part(about.inputs.apply(part.x, in_place=in_place), y)


def split(count: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the examples to learn from and of those kept aside, each in rising order.

    >>> [part.tolist() for part in split(5, 0.4, seed=0)]
    [[1, 3, 4], [0, 2]]
    """
    aside = round(count * share)
    if count - aside < 2:
        raise Usage(f"data.val: {share} of {count} examples leaves {count - aside} to learn from; use a smaller share")
    # RandomState's permutation is the one that NumPy promises never to change.
    order = np.random.RandomState(seed).permutation(count)
    return np.sort(order[aside:]), np.sort(order[:aside])


def measure(x: np.ndarray, how: str) -> Scale:
    """The scale that `data.scale` asks for, measured on x (N, features). A constant feature is left undivided."""
    zero, one = np.zeros(1), np.ones(1)
    if how == "unit":
        return _scale(zero, np.abs(x).max(keepdims=True).reshape(1))
    if how == "standardize":
        mean, square = _moments(x)
        return _scale(mean, np.sqrt(square))
    if how == "normalize":
        mean, square = _moments(x)
        whole = mean.mean(keepdims=True)
        return _scale(whole, np.sqrt(np.mean(square + (mean - whole) ** 2, keepdims=True)))
    return _scale(zero, one)


def _moments(x: np.ndarray, rows: int = 256) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each feature, in float64, a few rows at a time so that they stay in the cache.

    Values are taken relative to a first guess of the mean: the mean of squares minus the square of the mean loses all
    digits where the mean is large and the variance small (Chan, Golub, LeVeque, 1983).
    """
    guess = x[:1000].mean(axis=0, dtype=np.float64)
    total, squares = np.zeros_like(guess), np.zeros_like(guess)
    for start in range(0, len(x), rows):
        away = x[start : start + rows] - guess
        total += away.sum(axis=0)
        squares += np.einsum("ij,ij->j", away, away)
    offset = total / len(x)
    return guess + offset, np.maximum(squares / len(x) - offset**2, 0)


def _scale(mean: np.ndarray, deviation: np.ndarray) -> Scale:
    changes = deviation > 1e-6 * deviation.max(initial=0.0)
    return Scale(mean.astype(np.float32), np.where(changes, deviation, 1).astype(np.float32))


def _rows(x: np.ndarray) -> np.ndarray:
    return np.asarray(x).reshape(len(x), -1)


def _targets(y: np.ndarray, task: str) -> np.ndarray:
    if task == "regression":
        return np.asarray(y, dtype=np.float32).reshape(len(y), -1)
    return np.asarray(y, dtype=np.int64)


def digest(data: Data) -> str:
    """SHA-256 over the examples, to tell whether two runs saw the same; over an even sample of a large dataset."""
    total = hashlib.sha256()
    for array in (data.x_train, data.y_train, data.x_test, data.y_test):
        total.update(f"{array.dtype.str}{array.shape}".encode())
        step = max(1, array.nbytes // MAX_DIGESTED)
        total.update(np.ascontiguousarray(array[::step]).tobytes())
    return total.hexdigest()
