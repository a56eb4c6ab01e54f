"""Element types: their names, and torch's rules for what two of them make together.

torch promotes by category first (bool < integer < floating) and by size within a category; a tensor with dimensions
outranks a 0-d tensor of the same category, which outranks a Python number. NumPy's rules differ in two places that
matter: int64 with float32 stays float32 here, and a 0-d tensor never widens one that has dimensions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

PREFIX = "gradus"  # what a dtype's repr starts with; a program that runs under torch's name sees torch's


class dtype:
    """An element type such as `gradus.float32`; equal to, and made from, the NumPy dtype of the same name.

    >>> import gradus
    >>> gradus.float32.itemsize, gradus.float32.is_floating_point
    (4, True)
    """

    __slots__ = ("category", "itemsize", "legacy_name", "name", "numpy")

    def __init__(self, name: str, legacy_name: str, category: int) -> None:
        self.name = name
        self.numpy = np.dtype(name)
        self.itemsize = self.numpy.itemsize
        self.legacy_name = legacy_name  # torch's old tensor type, as in FloatTensor
        self.category = category  # 0 bool, 1 integer, 2 floating

    @property
    def is_floating_point(self) -> bool:
        """Whether this is float16, float32 or float64."""
        return self.category == FLOATING

    @property
    def is_complex(self) -> bool:
        """Always False: gradus has no complex numbers."""
        return False

    @property
    def is_signed(self) -> bool:
        """Whether it has negative numbers."""
        return self.numpy.kind in "if"

    def __repr__(self) -> str:
        return f"{PREFIX}.{self.name}"

    def __reduce__(self) -> tuple[Any, ...]:
        return (find, (self.name,))


BOOL, INTEGER, FLOATING = 0, 1, 2

bool_ = dtype("bool", "BoolTensor", BOOL)
uint8 = dtype("uint8", "ByteTensor", INTEGER)
int8 = dtype("int8", "CharTensor", INTEGER)
int16 = short = dtype("int16", "ShortTensor", INTEGER)
int32 = int_ = dtype("int32", "IntTensor", INTEGER)
int64 = long = dtype("int64", "LongTensor", INTEGER)
float16 = half = dtype("float16", "HalfTensor", FLOATING)
float32 = float_ = dtype("float32", "FloatTensor", FLOATING)
float64 = double = dtype("float64", "DoubleTensor", FLOATING)

ALL = (bool_, uint8, int8, int16, int32, int64, float16, float32, float64)
_BY_NUMPY = {t.numpy: t for t in ALL}
_BY_NAME = {t.name: t for t in ALL}
_PYTHON = {bool: bool_, int: int64, float: float32}

_default = float32


def get_default_dtype() -> dtype:
    """The floating type that Python floats and factories take: float32 unless `set_default_dtype` changed it.

    >>> import gradus
    >>> gradus.get_default_dtype()
    gradus.float32
    """
    return _default


def set_default_dtype(d: dtype) -> None:
    """Set the floating type of factories and of integer inputs to floating functions.

    Raises:
        TypeError: `d` is not a floating-point dtype.

    >>> import gradus
    >>> gradus.set_default_dtype(gradus.float64)
    >>> gradus.tensor(0.5).dtype
    gradus.float64
    >>> gradus.set_default_dtype(gradus.float32)
    """
    global _default
    d = find(d)
    if d.category != FLOATING:
        raise TypeError(f"only floating-point types are supported as the default type, got {d!r}")
    _default = d


def find(d: Any) -> dtype:
    """The dtype that `d` means: one of ours, a NumPy dtype, a Python type, or a name.

    >>> find("int64"), find(np.float16), find(float)
    (gradus.int64, gradus.float16, gradus.float64)
    """
    if type(d) is dtype:
        return d
    if d is float:
        return float64  # as in torch: Python's float is a double
    if d is bool or d is int:
        return _PYTHON[d]
    if isinstance(d, str) and d in _BY_NAME:
        return _BY_NAME[d]
    try:
        return _BY_NUMPY[np.dtype(d)]
    except (TypeError, KeyError):
        names = ", ".join(t.name for t in ALL)
        raise TypeError(f"unsupported dtype {d!r}; gradus has {names}") from None


def of(array: np.ndarray) -> dtype:
    """The dtype of a NumPy array (native byte order; complex, strings and objects are refused)."""
    try:
        return _BY_NUMPY[array.dtype]
    except KeyError:
        return find(array.dtype)


def promote_types(type1: Any, type2: Any) -> dtype:
    """The smallest type that holds both: the higher category wins, then the larger size.

    >>> import gradus
    >>> gradus.promote_types(gradus.int64, gradus.float16)
    gradus.float16
    """
    a, b = find(type1), find(type2)
    if a.category != b.category:
        return a if a.category > b.category else b
    return _BY_NUMPY[np.promote_types(a.numpy, b.numpy)]


def promote_operands(operands: Iterable[Any]) -> dtype:
    """torch's result type of an elementwise operation over arrays (any with a dtype and ndim) and Python numbers.

    >>> promote_operands([np.ones(2, np.float32), np.float64(1), 3])
    gradus.float32
    """
    ranks: list[dtype | None] = [None, None, None]  # with dimensions, 0-d, Python number
    for x in operands:
        if isinstance(x, (bool, int, float)):
            rank, found = 2, _default if type(x) is float else _PYTHON.get(type(x), int64)
        else:
            rank, found = (0 if x.ndim else 1), of(x)
        previous = ranks[rank]
        ranks[rank] = found if previous is None else promote_types(previous, found)
    result: dtype | None = None
    for candidate in ranks:
        if candidate is not None and (result is None or candidate.category > result.category):
            result = candidate
    if result is None:
        raise ValueError("result_type: expected at least one operand")
    return result


def can_cast(from_: Any, to: Any) -> bool:
    """Whether torch lets an in-place result of type `from_` be written into `to`: never down a category.

    >>> import gradus
    >>> gradus.can_cast(gradus.int64, gradus.float16), gradus.can_cast(gradus.float32, gradus.int64)
    (True, False)
    """
    return find(from_).category <= find(to).category


class finfo:
    """The numerical limits of a floating type: eps, max, min, tiny, smallest_normal, resolution, bits, dtype.

    >>> import gradus
    >>> gradus.finfo(gradus.float32).eps
    1.1920928955078125e-07
    """

    def __init__(self, type: Any = None) -> None:
        info = np.finfo((_default if type is None else find(type)).numpy)
        self.bits = info.bits
        self.eps, self.max, self.min = float(info.eps), float(info.max), float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = float(info.resolution)
        self.dtype = str(info.dtype)

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution}, min={self.min}, max={self.max}, eps={self.eps}, "
            f"smallest_normal={self.smallest_normal}, tiny={self.tiny}, dtype={self.dtype})"
        )


class iinfo:
    """The limits of an integer type: bits, min, max, dtype.

    >>> import gradus
    >>> gradus.iinfo(gradus.int8).max
    127
    """

    def __init__(self, type: Any) -> None:
        info = np.iinfo(find(type).numpy)
        self.bits, self.min, self.max, self.dtype = info.bits, int(info.min), int(info.max), str(info.dtype)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"
