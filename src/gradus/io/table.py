"""Tables from CSV: columns of numbers, and one of labels. What is not plainly a number is refused, not guessed.

float() accepts `nan`, `1_000` and full-width digits; a spreadsheet leaves gaps. Each of these trains a network on
something that nobody wrote, so each is refused here, with its line and its column.
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from gradus.errors import BadFile, Usage
from gradus.io.files import shown
from gradus.io.labels import BadLabel, Labels, read_classes, read_values
from gradus.io.numbers import TOO_LARGE, is_integer, is_number, parse_number
from gradus.io.rows import Row, open_rows
from gradus.io.suggest import did_you_mean

# Among these characters float() and parse_number() agree, and float() is ten times as fast.
_PLAIN = re.compile(r"[0-9eE+\-., \t]*")


@dataclass(frozen=True, eq=False)
class Table:
    """A CSV file as arrays.

    Attributes:
        columns: names of the feature columns, d of them.
        features: float32 (n, d).
        labels: int64 (n,), indices into `classes`; float32 (n,) for a regression; None if no label column was named.
        classes: names of the classes; empty without labels and for a regression.
        label: name of the label column, or None.
    """

    columns: tuple[str, ...]
    features: np.ndarray
    labels: np.ndarray | None
    classes: tuple[str, ...]
    label: str | None

    def __repr__(self) -> str:
        rows, columns = self.features.shape
        return f"Table({rows} rows × {columns} features, label={self.label!r}, {len(self.classes)} classes)"


def read_csv(
    path: str | os.PathLike[str],
    label: str | int | None = None,
    *,
    task: str = "classification",
    header: bool | None = None,
    drop: Sequence[str] = (),
    delimiter: str = ",",
) -> Table:
    """Read a table of numbers, with or without a column of labels.

    Args:
        path: a CSV file in UTF-8, with or without a byte order mark, with line ends of any system.
        label: the label column's name, or its position from 0 (from −1 at the end); None: all columns are features.
        task: "classification": labels are names or whole numbers; "regression": labels are numbers.
        header: whether line 1 holds the columns' names; None: it does if a text stands above a number.
        drop: names of columns to leave out, such as a row number.
        delimiter: what stands between two values.

    Raises:
        BadFile: empty; only a header; a row that is too short or too long; a quote that is not closed; a value that is
            empty, no number, not finite or beyond float32; NUL, UTF-16, invalid UTF-8 (with the byte's offset); two
            columns of one name; more than 100,000 columns.
        Usage: a label or a column to drop that the table does not have.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "iris.csv")
    ...     _ = path.write_text("length,width,kind\\n5.1,3.5,setosa\\n6.7,3.1,virginica\\n")
    ...     table = read_csv(path, label="kind")
    >>> table
    Table(2 rows × 2 features, label='kind', 2 classes)
    >>> table.classes, table.labels
    (('setosa', 'virginica'), array([0, 1]))
    """
    if task not in ("classification", "regression"):
        raise Usage(f"read_csv: task is {task!r}, expected 'classification' or 'regression'")
    name = shown(path)
    with open_rows(path, delimiter) as rows:
        names, first = _split_header(rows, header, label, name)
        chosen = _choose(names, label, drop, name)
        cells = _gather(rows, first, names, chosen, name)
    labels, classes = _labels(cells, task, name) if chosen.label is not None else (None, ())
    return Table(
        columns=tuple(names[i] for i in chosen.features),
        features=_features(cells, names, chosen, name),
        labels=labels,
        classes=classes,
        label=None if chosen.label is None else names[chosen.label],
    )


# --- names of the columns --------------------------------------------------------------------------------------------


def _split_header(
    rows: Iterator[Row], header: bool | None, label: str | int | None, name: str
) -> tuple[list[str], list[Row]]:
    """The columns' names, and those of the first two rows that hold data."""
    first = list(islice(rows, 2))
    if not first:
        raise BadFile(f"{name}: is empty, expected a table")
    _refuse_one_column(first[0], name)
    if header is None:
        header = label in first[0].cells or _has_names(first, name)
    if not header:
        return [f"x{i + 1}" for i in range(len(first[0].cells))], first
    if len(first) == 1:
        raise BadFile(f"{name}: has a header but no rows, line 2 is missing")
    return _checked_names(first[0], name), first[1:]


def _refuse_one_column(row: Row, name: str) -> None:
    other = next((sign for sign in ";\t|" if sign in row.cells[0]), None)
    if len(row.cells) == 1 and other:
        raise BadFile(
            f"{name}: line {row.line}: one column; {other!r} seems to stand between values, set delimiter to it"
        )


def _has_names(first: list[Row], name: str) -> bool:
    """Line 1 is a header if a text stands above a number; one row alone is a header if it holds no number."""
    above = [is_number(cell) for cell in first[0].cells]
    if len(first) == 1:
        return not any(above)
    named = any(not a and is_number(b) for a, b in zip(above, first[1].cells))
    if named and any(above):
        raise BadFile(f"{name}: line {first[0].line} mixes names and numbers; set header to true or to false")
    return named


def _checked_names(row: Row, name: str) -> list[str]:
    names = [cell.strip() for cell in row.cells]
    seen: dict[str, int] = {}
    for position, column in enumerate(names, 1):
        if not column:
            raise BadFile(f"{name}: line {row.line}: column {position} has no name")
        if column in seen:
            raise BadFile(f"{name}: line {row.line}: columns {seen[column]} and {position} are both named {column!r}")
        seen[column] = position
    return names


class _Choice(NamedTuple):
    features: list[int]
    label: int | None


def _choose(names: list[str], label: str | int | None, drop: Sequence[str], name: str) -> _Choice:
    dropped = {_find(names, column, name) for column in drop}
    target = None if label is None else _find(names, label, name)
    if target in dropped:
        raise Usage(f"{name}: the column {names[target]!r} is both the label and dropped")
    features = [i for i in range(len(names)) if i != target and i not in dropped]
    if not features:
        raise BadFile(f"{name}: has no column besides {', '.join(map(repr, names[:3]))} to learn from")
    return _Choice(features, target)


def _find(names: list[str], column: str | int, name: str) -> int:
    if column in names:
        return names.index(column)
    if isinstance(column, int) or is_integer(column):
        if -len(names) <= int(column) < len(names):
            return int(column) % len(names)
        raise Usage(f"{name}: has no column {column}, it has {len(names)} (0 is the first, −1 the last)")
    some = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    raise Usage(f"{name}: has no column {column!r}{did_you_mean(column, names)} (it has {some})")


# --- cells -----------------------------------------------------------------------------------------------------------


class _Cells(NamedTuple):
    lines: array  # of each row
    numbers: array  # row after row
    labels: list[str]


def _gather(rows: Iterator[Row], first: list[Row], names: list[str], chosen: _Choice, name: str) -> _Cells:
    cells = _Cells(array("Q"), array("d"), [])
    for row in chain(first, rows):
        numbers = [row.cells[i] for i in chosen.features]
        if not _PLAIN.fullmatch(",".join(numbers)):
            _explain(row, names, chosen, name)
        try:
            cells.numbers.extend(map(float, numbers))
        except ValueError:
            _explain(row, names, chosen, name)
        cells.lines.append(row.line)
        if chosen.label is not None:
            cells.labels.append(row.cells[chosen.label])
    return cells


def _explain(row: Row, names: list[str], chosen: _Choice, name: str) -> None:
    for i in chosen.features:
        try:
            parse_number(row.cells[i])
        except ValueError as error:
            raise BadFile(f"{name}: line {row.line}, column {names[i]!r}: {error}") from None


def _features(cells: _Cells, names: list[str], chosen: _Choice, name: str) -> np.ndarray:
    numbers = np.frombuffer(cells.numbers, np.float64).reshape(len(cells.lines), -1)
    if np.abs(numbers).max() >= TOO_LARGE:
        row, column = np.argwhere(np.abs(numbers) >= TOO_LARGE)[0]
        where = f"line {cells.lines[row]}, column {names[chosen.features[column]]!r}"
        raise BadFile(f"{name}: {where}: the number is larger than a 32-bit float can hold")
    return numbers.astype(np.float32)


def _labels(cells: _Cells, task: str, name: str) -> Labels:
    try:
        return (read_values if task == "regression" else read_classes)(cells.labels)
    except BadLabel as error:
        raise BadFile(f"{name}: line {cells.lines[error.row]}: {error}") from None
