"""A column of labels: which class each row belongs to, or which value it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gradus.io.numbers import is_integer, is_number, parse_number


class Labels(NamedTuple):
    """`values`: int64 (n,), an index into `classes` for each row; or float32 (n,) with no classes for a regression."""

    values: np.ndarray
    classes: tuple[str, ...]


class BadLabel(ValueError):
    """`row`, counted from 0, has a label that cannot be used."""

    def __init__(self, row: int, problem: str):
        super().__init__(problem)
        self.row = row


def read_classes(cells: Sequence[str]) -> Labels:
    """Classes from texts. Whole numbers are sorted as numbers, anything else as text.

    Raises:
        BadLabel: an empty label; or numbers with fractions, which are values to predict and not names.

    >>> read_classes(["cat", "dog", "cat"])
    Labels(values=array([0, 1, 0]), classes=('cat', 'dog'))
    >>> read_classes(["10", "9", "10"]).classes
    ('9', '10')
    """
    names = [cell.strip() for cell in cells]
    if "" in names:
        raise BadLabel(names.index(""), "the label is empty")
    if all(map(is_integer, set(names))):
        names = [str(int(name)) for name in names]  # 01, +1 and 1 are one class
        classes = tuple(map(str, sorted({int(name) for name in names})))
    elif all(map(is_number, set(names))):
        row = next(row for row, name in enumerate(names) if not is_integer(name))
        raise BadLabel(row, f"the label {names[row]!r} is neither a name nor a whole number; {_REGRESSION}")
    else:
        classes = tuple(sorted(set(names)))
    index = {name: position for position, name in enumerate(classes)}
    return Labels(np.array([index[name] for name in names], np.int64), classes)


_REGRESSION = "set task to 'regression' if it is a value to predict"


def read_values(cells: Sequence[str]) -> Labels:
    """Values to predict, float32.

    Raises:
        BadLabel: a text that is no finite number.

    >>> read_values(["1.5", "2"]).values
    array([1.5, 2. ], dtype=float32)
    """
    values = []
    for row, cell in enumerate(cells):
        try:
            values.append(parse_number(cell))
        except ValueError as error:
            raise BadLabel(row, f"the value to predict: {error}") from None
    return Labels(np.array(values, np.float32), ())
