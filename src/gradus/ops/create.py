"""Making tensors: from numbers, lists and arrays, and filled with one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.arguments import sizes_of
from ..core.base import TensorBase, raw, wrap
from ..core.device import check
from ..core.op import cast
from .reading import array_of, refuse_foreign

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "as_tensor",
    "asarray",
    "empty",
    "empty_like",
    "frombuffer",
    "from_numpy",
    "full",
    "full_like",
    "is_floating_point",
    "is_nonzero",
    "is_tensor",
    "numel",
    "ones",
    "ones_like",
    "scalar_tensor",
    "tensor",
    "zeros",
    "zeros_like",
]

# from data ------------------------------------------------------------------------------------------------------------


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A new leaf tensor with a copy of `data`.

    Python floats become the default float (float32), ints int64, bools bool; arrays and tensors keep their dtype.

    Args:
        data: a number, an array, a tensor, or a nested list of numbers (or of arrays, or of tensors of one element).
        dtype: the element type, instead of the one that the data suggest.
        requires_grad: whether gradients are to flow to it; for floating dtypes only.
    Raises:
        ValueError: lists at the same depth have different lengths.
        TypeError: the data are text, or of a type that gradus has no dtype for, such as complex numbers.
        RuntimeError: no dtype can be inferred, or a number does not fit into `dtype`.

    >>> import gradus
    >>> gradus.tensor([[1.0, 2.0], [3.0, 4.0]])
    tensor([[1., 2.],
            [3., 4.]])
    >>> gradus.tensor([1, 2]), gradus.tensor(True), gradus.tensor(0.5, dtype=gradus.float64)
    (tensor([1, 2]), tensor(True), tensor(0.5000, dtype=gradus.float64))
    """
    check(device)
    return finished(array_of(data, dtype), requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a tensor, without a copy where that can be: a tensor stays itself, an array shares its memory.

    >>> import gradus, numpy
    >>> a = numpy.array([1.0, 2.0])
    >>> t = gradus.as_tensor(a)
    >>> a[0] = 5
    >>> t
    tensor([5., 2.], dtype=gradus.float64)
    """
    check(device)
    if isinstance(data, TensorBase):
        return data if dtype is None else cast(data, dtypes.find(dtype))  # type: ignore[return-value]
    if isinstance(data, np.ndarray):
        refuse_foreign(data, "as_tensor")
        return wrap(data if dtype is None else data.astype(dtypes.find(dtype).numpy, copy=False))
    return wrap(array_of(data, dtype))


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """`obj` as a tensor; `copy` says whether memory must (True) or must not (False) be new, None that it may.

    Raises:
        ValueError: copy=False, but lists and numbers can only be copied.

    >>> import gradus
    >>> gradus.asarray([1, 2])
    tensor([1, 2])
    """
    if copy:
        return tensor(obj, dtype=dtype, device=device, requires_grad=requires_grad)
    out = as_tensor(obj, dtype, device)
    if copy is False and not (isinstance(obj, (TensorBase, np.ndarray)) and np.may_share_memory(out.array, raw(obj))):
        raise ValueError(f"asarray: can't alias {type(obj).__name__} with dtype={dtype}; allow a copy with copy=None")
    return out.requires_grad_() if requires_grad else out


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor on the memory of a NumPy array: a change of one is seen in the other.

    Raises:
        TypeError: not an array, or of a type that gradus has no dtype for (objects, text, complex, foreign byte order).

    >>> import gradus, numpy
    >>> gradus.from_numpy(numpy.arange(6.0).reshape(2, 3)[:, ::-1])
    tensor([[2., 1., 0.],
            [5., 4., 3.]], dtype=gradus.float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected np.ndarray (got {type(ndarray).__name__})")
    refuse_foreign(ndarray, "from_numpy")
    return wrap(np.asarray(ndarray))


def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A 1-D tensor on the memory of an object with a buffer, such as bytes: `count` elements from byte `offset` on.

    >>> import gradus
    >>> gradus.frombuffer(b"abc", dtype=gradus.uint8)
    tensor([97, 98, 99], dtype=gradus.uint8)
    """
    return finished(np.frombuffer(buffer, dtypes.find(dtype).numpy, count, offset), requires_grad)


def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A 0-d tensor of the default float type (or `dtype`).

    >>> import gradus
    >>> gradus.scalar_tensor(3)
    tensor(3.)
    """
    return tensor(s, dtype=dtype or dtypes.get_default_dtype(), device=device, requires_grad=requires_grad)


def finished(array: np.ndarray, requires_grad: bool = False, out: Any = None) -> Any:
    """A tensor around a new array; or `out`, made to hold the array's numbers and, if need be, its shape."""
    if out is None:
        t = wrap(array)
        return t.requires_grad_() if requires_grad else t
    if out.array.shape == array.shape:
        np.copyto(out.array, array, casting="unsafe")
    else:
        out.array = array.astype(out.array.dtype)
    out.version[0] += 1
    return out


# filled with one value ------------------------------------------------------------------------------------------------


def shape_of(sizes: tuple[Any, ...], size: Any, name: str) -> tuple[int, ...]:
    """The shape that a factory is asked for: f(2, 3), f((2, 3)) or f(size=(2, 3)).

    Raises:
        TypeError: no sizes, or not ints.
        RuntimeError: a size is negative.
    """
    if not sizes and size is None:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    shape = sizes_of(sizes if size is None else (size,), name)
    if shape and min(shape) < 0:
        raise RuntimeError(
            f"{name}: Dimension size must be non-negative: trying to create a tensor of shape {list(shape)}"
        )
    return shape


def type_of(dtype: Any) -> np.dtype:
    """The NumPy dtype that `dtype` names; the default float for None."""
    return (dtypes.get_default_dtype() if dtype is None else dtypes.find(dtype)).numpy


def zeros(
    *sizes: Any,
    size: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of zeros, of the default float type unless `dtype` says otherwise.

    >>> import gradus
    >>> gradus.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    check(device)
    return finished(np.zeros(shape_of(sizes, size, "zeros"), type_of(dtype)), requires_grad, out)


def ones(
    *sizes: Any,
    size: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of ones.

    >>> import gradus
    >>> gradus.ones(3, dtype=gradus.int64)
    tensor([1, 1, 1])
    """
    check(device)
    return finished(np.ones(shape_of(sizes, size, "ones"), type_of(dtype)), requires_grad, out)


def empty(
    *sizes: Any,
    size: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor whose numbers are whatever the memory held.

    >>> import gradus
    >>> gradus.empty(2, 0).shape
    gradus.Size([2, 0])
    """
    check(device)
    return finished(np.empty(shape_of(sizes, size, "empty"), type_of(dtype)), requires_grad, out)


def full(
    size: Any,
    fill_value: Any,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor that holds `fill_value` everywhere; its dtype is that of the value unless given.

    >>> import gradus
    >>> gradus.full((2, 2), 7), gradus.full((1,), 0.5)
    (tensor([[7, 7],
            [7, 7]]), tensor([0.5000]))
    """
    check(device)
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' must be tuple of ints, not {type(size).__name__}")
    value = array_of(fill_value, dtype)
    return finished(np.full(shape_of((size,), None, "full"), value, value.dtype), requires_grad, out)


def _like(make: Callable[..., np.ndarray], input: Any, dtype: Any, requires_grad: bool, *value: Any) -> Any:
    if not isinstance(input, (TensorBase, np.ndarray, np.generic)):
        raise TypeError(f"{make.__name__}(): argument 'input' must be Tensor, not {type(input).__name__}")
    array = make(raw(input), *value, dtype=None if dtype is None else dtypes.find(dtype).numpy)
    return finished(array, requires_grad) if isinstance(input, TensorBase) else array


def zeros_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Zeros in the shape and dtype of `input`.

    >>> import gradus
    >>> gradus.zeros_like(gradus.tensor([1, 2]))
    tensor([0, 0])
    """
    check(device)
    return _like(np.zeros_like, input, dtype, requires_grad)


def ones_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Ones in the shape and dtype of `input`.

    >>> import gradus
    >>> gradus.ones_like(gradus.tensor([1.5, 2.5]))
    tensor([1., 1.])
    """
    check(device)
    return _like(np.ones_like, input, dtype, requires_grad)


def empty_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of the shape and dtype of `input`, with whatever numbers the memory held.

    >>> import gradus
    >>> gradus.empty_like(gradus.zeros(2, 3)).shape
    gradus.Size([2, 3])
    """
    check(device)
    return _like(np.empty_like, input, dtype, requires_grad)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """`fill_value` everywhere, in the shape and dtype of `input`.

    >>> import gradus
    >>> gradus.full_like(gradus.zeros(2), 3)
    tensor([3., 3.])
    """
    check(device)
    return _like(np.full_like, input, dtype, requires_grad, raw(fill_value))


# questions ------------------------------------------------------------------------------------------------------------


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a gradus tensor.

    >>> import gradus
    >>> gradus.is_tensor(gradus.zeros(1)), gradus.is_tensor([0.0])
    (True, False)
    """
    return isinstance(obj, TensorBase)


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype of `input` is a floating one.

    >>> import gradus
    >>> gradus.is_floating_point(gradus.zeros(1)), gradus.is_floating_point(gradus.arange(1))
    (True, False)
    """
    return input.array.dtype.kind == "f"


def is_nonzero(input: Tensor) -> bool:
    """Whether a tensor of one element is not 0.

    Raises:
        RuntimeError: there is not exactly one element.

    >>> import gradus
    >>> gradus.is_nonzero(gradus.tensor([0.0]))
    False
    """
    return bool(input)


def numel(input: Tensor) -> int:
    """The number of elements.

    >>> import gradus
    >>> gradus.numel(gradus.zeros(2, 3))
    6
    """
    return input.array.size
