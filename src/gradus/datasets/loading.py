"""From name to dataset: `load("moons", noise=0.2)`, `load("mnist", "data")`, `load("csv:iris.csv", label="kind")`."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gradus.datasets import toy
from gradus.datasets.arguments import whole
from gradus.datasets.csv_file import load_csv
from gradus.datasets.data import Data
from gradus.datasets.digits import load_digits
from gradus.datasets.mnist import load_mnist
from gradus.datasets.registry import ENTRIES, entry
from gradus.errors import Usage
from gradus.io.suggest import did_you_mean

if TYPE_CHECKING:
    from gradus.datasets.download import Progress

_CSV = "csv:"
_NOT_OPTIONS = ("path", "data_dir", "progress", "opener", "shuffle")
_GENERATORS = {"xor": toy.xor, "moons": toy.moons, "circles": toy.circles, "spirals": toy.spirals}
_GENERATORS |= {"blobs": toy.blobs, "sine": toy.sine}


def load(
    name: str, data_dir: str | os.PathLike[str] | None = None, *, progress: Progress | None = None, **options: Any
) -> Data:
    """Load a dataset.

    Args:
        name: one of `names()`, or "csv:FILE" for a table of your own (so is a name that ends in .csv).
        data_dir: where to look first for files that gradus does not bring along.
        progress: called while something is downloaded, with (file name, bytes so far, bytes in all or None).
        **options: what the dataset can be told, with their defaults in `describe(name)["options"]`.

    Raises:
        Usage: an unknown name or option, or an option out of range.
        BadFile, Network: see the dataset.

    >>> load("moons", n=100, noise=0.2)
    Data(moons: 100 + 50 × 2 features, 2 classes)
    >>> load("moons", nois=0.2)
    Traceback (most recent call last):
    ...
    gradus.errors.Usage: moons: unknown option 'nois'; did you mean 'noise'? (options: n, noise, seed, n_test)
    """
    known = _options(name)
    for option in options:
        if option not in known:
            listed = f"options: {', '.join(known)}" if known else "it has no options"
            raise Usage(f"{name}: unknown option {option!r}{did_you_mean(option, known)} ({listed})")
    if path := _csv_path(name):
        return load_csv(path, **options)
    if name in _GENERATORS:
        return _generate(name, **options)
    if name == "mnist":
        return load_mnist(data_dir, progress=progress, **options)
    return load_digits()


def names() -> tuple[str, ...]:
    """The names of the datasets that gradus knows; beside them there is csv:FILE.

    >>> names()
    ('xor', 'moons', 'circles', 'spirals', 'blobs', 'sine', 'digits', 'mnist')
    """
    return tuple(ENTRIES)


def describe(name: str) -> dict[str, Any]:
    """What is known of a dataset, as a JSON object: about, task, classes, train, test, licence, source, mirrors, files
    (name, size, sha256, shape) and options (name: default).

    >>> describe("circles")["options"]
    {'n': 400, 'noise': 0.05, 'seed': 0, 'factor': 0.5, 'n_test': None}
    """
    if _csv_path(name):
        return {"name": name, "about": "a table of your own", "options": _options(name)}
    about = entry(name)
    files = [{"name": f.name, "size": f.size, "sha256": f.sha256, "shape": list(f.shape)} for f in about.files]
    return {
        "name": name,
        "about": about.about,
        "task": about.task,
        "classes": list(about.classes),
        "train": about.train,
        "test": about.test,
        "licence": about.licence,
        "source": about.source,
        "mirrors": list(about.mirrors),
        "files": files,
        "options": _options(name),
    }


def _csv_path(name: str) -> str | None:
    """The file that a name such as csv:flowers.csv or flowers.csv stands for."""
    if name.startswith(_CSV):
        if name == _CSV:
            raise Usage("csv: expected the name of a file after the colon, such as csv:flowers.csv")
        return name.removeprefix(_CSV)
    return name if name.lower().endswith(".csv") else None


def _options(name: str) -> dict[str, Any]:
    """The options of a dataset and their defaults, read from the function that takes them."""
    if _csv_path(name):
        return _defaults(load_csv)
    if name in _GENERATORS:
        return _defaults(_GENERATORS[name]) | {"n_test": None}
    return _defaults({"mnist": load_mnist, "digits": load_digits}[entry(name).name])


def _defaults(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters.values()
    return {one.name: one.default for one in parameters if one.name not in _NOT_OPTIONS}


def _generate(name: str, *, n: int = 400, n_test: int | None = None, seed: int = 0, **shape: Any) -> Data:
    """`n` examples to learn from, and half as many, or `n_test`, drawn anew for the test."""
    whole("seed", seed, 0, 2**32 - 1)
    generator, about = _GENERATORS[name], entry(name)
    x_train, y_train = generator(n, seed=seed, **shape)
    count = max(n // 2, int(y_train.max()) + 1, 4) if n_test is None else n_test
    x_test, y_test = generator(count, seed=(seed, 1), **shape)
    return Data(
        name=name,
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        classes=_class_names(about.classes, about.task, y_train),
        feature_names=("x",) if x_train.shape[1] == 1 else ("x1", "x2"),
        task=about.task,
        licence=about.licence,
        source=about.source,
    )


def _class_names(named: tuple[str, ...], task: str, y: np.ndarray) -> tuple[str, ...]:
    if task == "regression":
        return ()
    return named or tuple(map(str, range(int(y.max()) + 1)))
