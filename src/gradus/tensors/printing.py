"""How a tensor prints: torch's format, to the character.

The numbers share one format, chosen from their magnitudes: integers with a point, fixed decimals, or scientific where
they span more than three decades. Beyond `threshold` elements only the edges of each dimension are shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.base import history

_PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": float("inf"), "edgeitems": 3, "linewidth": 80},
}
_options: dict[str, Any] = {**_PROFILES["default"], "sci_mode": None}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Choose how tensors print.

    Args:
        precision: digits after the point (4).
        threshold: the number of elements above which only the edges are shown (1000).
        edgeitems: how many at each edge (3).
        linewidth: characters a line (80).
        profile: "default", "short" or "full": sets those four; single arguments override it.
        sci_mode: True or False forces or forbids scientific notation; None chooses by magnitude.

    >>> import gradus
    >>> gradus.set_printoptions(precision=2)
    >>> gradus.tensor([1 / 3])
    tensor([0.33])
    >>> gradus.set_printoptions(profile="default")
    """
    if profile is not None:
        _options.update(_PROFILES[profile])
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    _options.update({name: value for name, value in given.items() if value is not None})
    _options["sci_mode"] = sci_mode


def describe(t: Any, prefix: str = "tensor(") -> str:
    """The text of a tensor: its numbers, then what is not the default about it."""
    array, indent = t.array, len(prefix)
    suffixes = []
    default = dtypes.get_default_dtype()
    kind = dtypes.of(array)
    if array.size == 0:
        body = "[]"
        if array.ndim != 1:
            suffixes.append(f"size={tuple(array.shape)}")
        plain = kind is default
    else:
        body = _numbers(array, indent)
        plain = kind in (default, dtypes.int64, dtypes.bool_)
    if not plain:
        suffixes.append(f"dtype={kind!r}")
    if (node := history(t)) is not None:
        suffixes.append(f"grad_fn=<{node.name()}>")
    elif t.requires_grad:
        suffixes.append("requires_grad=True")
    return _with_suffixes(prefix + body, suffixes, indent)


def _with_suffixes(text: str, suffixes: list[str], indent: int) -> str:
    """Append each suffix, on a new line where it would cross the line width."""
    used = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if used + len(suffix) + 2 > _options["linewidth"]:
            text += ",\n" + " " * indent + suffix
            used = indent + len(suffix)
        else:
            text += ", " + suffix
            used += len(suffix) + 2
    return text + ")"


def _numbers(array: np.ndarray, indent: int) -> str:
    shorten = array.size > _options["threshold"]
    shown = _edges(array) if shorten else array
    form = _Float(shown) if array.dtype.kind == "f" else _Whole(shown)
    return _block(array, indent, shorten, form)


def _edges(array: np.ndarray) -> np.ndarray:
    """The elements that are shown when only edges are."""
    n = _options["edgeitems"]
    for axis, size in enumerate(array.shape):
        if size > 2 * n:
            array = array.take(np.r_[:n, size - n : size], axis)
    return array


def _block(array: np.ndarray, indent: int, shorten: bool, form: Any) -> str:
    """The numbers in brackets: a row on as many lines as it needs, matrices row by row, blank lines between those."""
    if array.ndim == 0:
        return form(array.item())
    if array.ndim == 1:
        return _row(array, indent, shorten, form)
    n = _options["edgeitems"]
    if shorten and len(array) > 2 * n:
        parts = [_block(a, indent + 1, shorten, form) for a in array[:n]]
        parts.append("...")
        parts += [_block(array[i], indent + 1, shorten, form) for i in range(len(array) - n, len(array))]
    else:
        parts = [_block(a, indent + 1, shorten, form) for a in array]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def _row(row: np.ndarray, indent: int, shorten: bool, form: Any) -> str:
    n = _options["edgeitems"]
    if shorten and not n:
        words = ["..."]
    elif shorten and len(row) > 2 * n:
        words = [form(v) for v in row[:n].tolist()] + [" ..."] + [form(v) for v in row[-n:].tolist()]
    else:
        words = [form(v) for v in row.tolist()]
    per_line = max(1, (_options["linewidth"] - indent) // (form.width + 2))
    lines = [", ".join(words[i : i + per_line]) for i in range(0, len(words), per_line)]
    return "[" + ("," + "\n" + " " * (indent + 1)).join(lines) + "]"


class _Whole:
    """Integers and bools, right-aligned to the longest."""

    def __init__(self, shown: np.ndarray) -> None:
        self.width = max((len(str(v)) for v in shown.ravel().tolist()), default=1)

    def __call__(self, value: Any) -> str:
        return str(value).rjust(self.width)


class _Float:
    """Floating-point numbers, in the one notation that suits all of them."""

    def __init__(self, shown: np.ndarray) -> None:
        self.precision, self.whole, self.scientific, self.width = _options["precision"], True, False, 1
        values = shown.ravel().astype(np.float64)
        values = values[np.isfinite(values) & (values != 0)]
        if values.size:
            self.choose(np.abs(values), bool((values == np.ceil(values)).all()))
            self.width = max(len(self.number(v)) for v in values.tolist())

    def choose(self, sizes: np.ndarray, whole: bool) -> None:
        low, high = float(sizes.min()), float(sizes.max())
        self.whole = whole
        self.scientific = high / low > 1000 or high > 1e8 or (not whole and low < 1e-4)
        if _options["sci_mode"] is not None:
            self.scientific = _options["sci_mode"]

    def number(self, value: float) -> str:
        if self.scientific:
            return f"{value:.{self.precision}e}"
        if not self.whole:
            return f"{value:.{self.precision}f}"
        return f"{value:.0f}" + ("." if np.isfinite(value) else "")

    def __call__(self, value: float) -> str:
        return self.number(value).rjust(self.width)
