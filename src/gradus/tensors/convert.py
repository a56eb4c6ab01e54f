"""Tensor methods that leave the graph: Python numbers, lists, NumPy arrays, text; and what a tensor is like."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.base import Size, wrap
from ..core.op import cast


class ConvertMethods:
    """item, tolist, numpy, shape, dtype, printing, Python's protocols."""

    @property
    def shape(self) -> Size:
        """The sizes of the dimensions."""
        return Size(self.array.shape)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of dimension `dim`."""
        if dim is None:
            return Size(self.array.shape)
        n = self.array.ndim
        if not -n <= dim < n:
            raise IndexError(
                f"size: Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {dim})"
            )
        return self.array.shape[dim]

    @property
    def dtype(self) -> dtypes.dtype:
        """The element type."""
        return dtypes.of(self.array)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    def dim(self) -> int:
        return self.array.ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return self.array.size

    nelement = numel

    @property
    def itemsize(self) -> int:
        return self.array.itemsize

    def element_size(self) -> int:
        """Bytes per element."""
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        return self.array.nbytes

    def stride(self, dim: int | None = None) -> Any:
        """The distance, in elements, between neighbours along each dimension (or along `dim`)."""
        strides = tuple(s // self.array.itemsize for s in self.array.strides)
        return strides if dim is None else strides[dim]

    def storage_offset(self) -> int:
        """How many elements into the memory of its base a view begins."""
        base = self.array
        while isinstance(base.base, np.ndarray):
            base = base.base
        return (self.array.ctypes.data - base.ctypes.data) // self.array.itemsize

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self.array.ctypes.data

    def is_contiguous(self) -> bool:
        """Whether the elements lie in memory in row-major order."""
        return self.array.flags.c_contiguous

    def is_floating_point(self) -> bool:
        return self.array.dtype.kind == "f"

    def is_complex(self) -> bool:
        return False

    is_cuda = is_sparse = is_quantized = is_mps = is_meta = False

    def item(self) -> Any:
        """The only element, as a Python number.

        Raises:
            RuntimeError: there is not exactly one element.
        """
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers (a number for a 0-d tensor)."""
        return self.array.tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The NumPy array inside; it shares memory with the tensor.

        Raises:
            RuntimeError: the tensor requires a gradient, which the array could not carry; detach() it first.
        """
        if self.requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return (
            np.array(self.numpy(), dtype=dtype, copy=copy)
            if copy is not None
            else np.asarray(self.numpy(), dtype=dtype)
        )

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        return wrap(array)

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise RuntimeError(
                f"Boolean value of Tensor with {'no' if not self.array.size else 'more than one'} value is ambiguous; "
                "use .any() or .all()"
            )
        return bool(self.array.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        if self.array.dtype.kind not in "iub" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.array.item())

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.array.ndim == 0 and spec else str(self)

    def __hash__(self) -> int:
        return id(self)

    def __iter__(self) -> Any:
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __contains__(self, element: Any) -> bool:
        return bool((self.array == (element.array if isinstance(element, ConvertMethods) else element)).any())

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        from .printing import describe

        return describe(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self.node is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment; "
                "use detach() or clone() first"
            )
        if id(self) in memo:
            return memo[id(self)]
        copy = object.__new__(type(self))
        memo[id(self)] = copy
        copy.array, copy.version, copy.requires_grad = self.array.copy(), [0, ""], self.requires_grad
        copy._grad = None if self._grad is None else self._grad.__deepcopy__(memo)
        for name, value in self.__dict__.items():
            if name not in _ENGINE_FIELDS:
                from copy import deepcopy

                setattr(copy, name, deepcopy(value, memo))
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.detach().array, self.requires_grad))

    # to another type ---------------------------------------------------------------------------------------------------

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """This tensor with another dtype (or that of another tensor); itself if nothing changes. The device stays the CPU.

        >>> import gradus
        >>> gradus.tensor([1, 2]).to(gradus.float64)
        tensor([1., 2.], dtype=gradus.float64)
        """
        from ..core.device import check, device

        target = kwargs.get("dtype")
        check(kwargs.get("device"))
        for a in args:
            if isinstance(a, ConvertMethods):
                target = a.dtype
            elif isinstance(a, (str, device)) and not (isinstance(a, str) and a in dtypes._BY_NAME):
                check(a)
            elif isinstance(a, dtypes.dtype) or (a is not None and not isinstance(a, bool)):
                target = a
        out = self if target is None else cast(self, dtypes.find(target))
        return self.clone() if out is self and kwargs.get("copy") else out

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The name of the tensor type, such as FloatTensor; with an argument, this tensor as that type."""
        if dtype is None:
            return f"{dtypes.PREFIX}.{self.dtype.legacy_name}"
        if isinstance(dtype, str) and dtype.endswith("Tensor"):
            dtype = next(d for d in dtypes.ALL if d.legacy_name == dtype.rpartition(".")[2])
        return self.to(getattr(dtype, "dtype", dtype))

    def type_as(self, other: Any) -> Any:
        """This tensor in the dtype of `other`."""
        return cast(self, other.dtype)

    def float(self) -> Any:
        return cast(self, dtypes.float32)

    def double(self) -> Any:
        return cast(self, dtypes.float64)

    def half(self) -> Any:
        return cast(self, dtypes.float16)

    def int(self) -> Any:
        return cast(self, dtypes.int32)

    def long(self) -> Any:
        return cast(self, dtypes.int64)

    def short(self) -> Any:
        return cast(self, dtypes.int16)

    def char(self) -> Any:
        return cast(self, dtypes.int8)

    def byte(self) -> Any:
        return cast(self, dtypes.uint8)

    def bool(self) -> Any:
        return cast(self, dtypes.bool_)

    def cpu(self) -> Any:
        return self

    def cuda(self, device: Any = None, non_blocking: bool = False) -> Any:
        """Refused: gradus computes on the CPU; the error says how the program goes on in PyTorch."""
        from ..core.device import check

        check("cuda")


_ENGINE_FIELDS = {
    "array", "version", "requires_grad", "_grad", "node", "index", "base", "parent", "epoch", "hooks", "post_hooks",
    "is_inference_", "retains",
}  # fmt: skip


def _rebuild(cls: Any, array: np.ndarray, requires_grad: bool) -> Any:
    t = object.__new__(cls)
    t.array, t.version, t.requires_grad = array, [0, ""], requires_grad
    return t
