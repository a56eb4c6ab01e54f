"""A user's own table as a dataset: a CSV file, split into examples to learn from and examples to be tested on."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from gradus.datasets.arguments import real, whole
from gradus.datasets.data import Data
from gradus.datasets.split import every_nth, shuffled
from gradus.errors import BadFile, Usage
from gradus.io.files import shown
from gradus.io.table import Table, read_csv


def load_csv(
    path: str | os.PathLike[str],
    *,
    label: str | int = "label",
    task: str = "classification",
    test: float = 0.2,
    seed: int = 0,
    header: bool | None = None,
    drop: str | Sequence[str] = (),
    delimiter: str = ",",
) -> Data:
    """Load a CSV file of numbers with a column of labels; see `gradus.io.table.read_csv` for what is accepted.

    Args:
        path: the file.
        label: the column to predict, by name or by position (−1 is the last).
        task: "classification" or "regression".
        test: share of the examples to put aside for the test; each class gives its share.
        seed: start of the random order in which they are drawn.
        header, delimiter: see `read_csv`.
        drop: names of columns to leave out; a text may hold several with commas between.

    Returns:
        Data whose feature names are the columns'. Features are left as they are; scaling belongs to the training.

    Raises:
        BadFile: the file is malformed, or a single class is all it has.
        Usage: there is no such column, or nothing would be left to learn from.
    """
    real("test", test, 0, 0.99)
    whole("seed", seed, 0, 2**32 - 1)
    columns = [column.strip() for column in drop.split(",") if column.strip()] if isinstance(drop, str) else drop
    table = read_csv(path, label, task=task, header=header, drop=columns, delimiter=delimiter)
    name = shown(path)
    if task == "classification" and len(table.classes) < 2:
        raise BadFile(f"{name}: every row has the label {table.classes[0]!r}, expected two classes or more")
    train, aside = _split(table, test, seed)
    if not len(train):
        raise Usage(f"{name}: test={test} of {len(table.features)} rows leaves none to learn from; use a smaller share")
    y = _labels(table) if task == "classification" else _labels(table)[:, None]
    return Data(
        name=f"csv:{os.fspath(path)}",
        x_train=table.features[train],
        y_train=y[train],
        x_test=table.features[aside],
        y_test=y[aside],
        classes=table.classes,
        feature_names=table.columns,
        task=task,
        licence="your own",
        source=name,
    )


def _labels(table: Table) -> np.ndarray:
    assert table.labels is not None  # read_csv was given a label
    return table.labels


def _split(table: Table, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers to learn from and for the test, both in a random order."""
    order = shuffled(len(table.features), seed)
    labels = _labels(table)[order] if table.classes else np.zeros(len(order), np.int64)
    aside = every_nth(labels, share)
    return order[~aside], order[aside]
