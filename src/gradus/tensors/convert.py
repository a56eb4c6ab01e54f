"""Tensor methods that leave the graph: Python numbers, lists, NumPy arrays, text; and what a tensor is like."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.base import Size, wrap
from ..core.op import cast


class ConvertMethods:
    """item, tolist, numpy, shape, dtype, printing, Python's protocols.

    >>> import gradus
    >>> loss = gradus.tensor(0.25)
    >>> f"{loss}, {loss:.1%}", float(loss), loss.tolist()
    ('0.25, 25.0%', 0.25, 0.25)
    """

    @property
    def shape(self) -> Size:
        """The sizes of the dimensions.

        >>> import gradus
        >>> gradus.zeros(2, 3).shape
        gradus.Size([2, 3])
        """
        return Size(self.array.shape)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of dimension `dim`.

        Raises:
            IndexError: there is no such dimension.

        >>> import gradus
        >>> gradus.zeros(2, 3).size(-1)
        3
        """
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
        """The element type.

        >>> import gradus
        >>> gradus.arange(3).dtype
        gradus.int64
        """
        return dtypes.of(self.array)

    @property
    def ndim(self) -> int:
        """The number of dimensions.

        >>> import gradus
        >>> gradus.zeros(2, 3).ndim
        2
        """
        return self.array.ndim

    def dim(self) -> int:
        """The number of dimensions, as a method.

        >>> import gradus
        >>> gradus.zeros(2, 3).dim()
        2
        """
        return self.array.ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements.

        >>> import gradus
        >>> gradus.zeros(2, 3).numel()
        6
        """
        return self.array.size

    nelement = numel

    @property
    def itemsize(self) -> int:
        """Bytes per element."""
        return self.array.itemsize

    def element_size(self) -> int:
        """Bytes per element, as a method.

        >>> import gradus
        >>> gradus.zeros(2, 3).element_size()
        4
        """
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements together."""
        return self.array.nbytes

    def stride(self, dim: int | None = None) -> Any:
        """The distance, in elements, between neighbours along each dimension (or along `dim`).

        >>> import gradus
        >>> gradus.zeros(2, 3).stride(), gradus.zeros(2, 3).t().stride()
        ((3, 1), (1, 3))
        """
        strides = tuple(s // self.array.itemsize for s in self.array.strides)
        return strides if dim is None else strides[dim]

    def storage_offset(self) -> int:
        """How many elements into the memory of its base a view begins.

        >>> import gradus
        >>> gradus.arange(6)[2:].storage_offset()
        2
        """
        base = self.array
        while isinstance(base.base, np.ndarray):
            base = base.base
        return (self.array.ctypes.data - base.ctypes.data) // self.array.itemsize

    def data_ptr(self) -> int:
        """The address of the first element.

        >>> import gradus
        >>> x = gradus.zeros(2, 3)
        >>> x.view(6).data_ptr() == x.data_ptr()
        True
        """
        return self.array.ctypes.data

    def is_contiguous(self) -> bool:
        """Whether the elements lie in memory in row-major order.

        >>> import gradus
        >>> gradus.zeros(2, 3).t().is_contiguous()
        False
        """
        return self.array.flags.c_contiguous

    def is_floating_point(self) -> bool:
        """Whether the elements are floats.

        >>> import gradus
        >>> gradus.arange(3).is_floating_point()
        False
        """
        return self.array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """Always False: gradus has no complex numbers."""
        return False

    is_cuda = is_sparse = is_quantized = is_mps = is_meta = False

    def item(self) -> Any:
        """The only element, as a Python number.

        Raises:
            RuntimeError: there is not exactly one element.

        >>> import gradus
        >>> gradus.tensor([[2.5]]).item()
        2.5
        """
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers (a number for a 0-d tensor).

        >>> import gradus
        >>> gradus.arange(4).reshape(2, 2).tolist()
        [[0, 1], [2, 3]]
        """
        return self.array.tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The NumPy array inside; it shares memory with the tensor.

        Raises:
            RuntimeError: the tensor requires a gradient, which the array could not carry; detach() it first.

        >>> import gradus
        >>> gradus.ones(2).numpy()
        array([1., 1.], dtype=float32)
        """
        if self.requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        return wrap(array)

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise RuntimeError(
                f"Boolean value of Tensor with {'more than one' if self.array.size else 'no'} value is ambiguous; "
                "use .any() or .all()"
            )
        return bool(self.array.item())

    def __float__(self) -> float:
        return float(self._only_element())

    def __int__(self) -> int:
        return int(self._only_element())

    def _only_element(self) -> Any:
        if self.array.size != 1:
            raise ValueError(f"only one element tensors can be converted to Python scalars, got {self.array.size}")
        return self.array.item()

    def __complex__(self) -> complex:
        return complex(self._only_element())

    def __index__(self) -> int:
        if self.array.dtype.kind not in "iub" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.array.item())

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.array.ndim == 0 else object.__format__(self, spec)

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
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
                "moment; use detach() first"
            )
        if id(self) in memo:
            return memo[id(self)]
        from copy import deepcopy

        copy = object.__new__(type(self))
        memo[id(self)] = copy
        copy.array, copy.version, copy.requires_grad = self.array.copy(), [0, ""], self.requires_grad
        copy._grad = None if self._grad is None else self._grad.__deepcopy__(memo)
        for name, value in self.__dict__.items():
            if name not in _ENGINE_FIELDS:
                setattr(copy, name, deepcopy(value, memo))
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.detach().array, self.requires_grad))

    # to another type -------------------------------------------------------------------------------------------------

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """This tensor in another dtype, or in that of another tensor; itself if nothing changes. It stays on the CPU.

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
        """The name of the tensor type, such as FloatTensor; with an argument, this tensor as that type.

        Raises:
            ValueError: no tensor type has that name.

        >>> import gradus
        >>> gradus.arange(2).type(), gradus.arange(2).type("gradus.FloatTensor")
        ('gradus.LongTensor', tensor([0., 1.]))
        """
        if dtype is None:
            return f"{dtypes.PREFIX}.{self.dtype.legacy_name}"
        if isinstance(dtype, str) and dtype.endswith("Tensor"):
            by_name = {d.legacy_name: d for d in dtypes.ALL}
            name = dtype.rpartition(".")[2]
            if name not in by_name:
                raise ValueError(f"type: invalid type: {dtype!r}; choose one of {', '.join(by_name)}")
            dtype = by_name[name]
        return self.to(getattr(dtype, "dtype", dtype))

    def type_as(self, other: Any) -> Any:
        """This tensor in the dtype of `other`.

        >>> import gradus
        >>> gradus.arange(2).type_as(gradus.ones(1))
        tensor([0., 1.])
        """
        return cast(self, other.dtype)

    def float(self) -> Any:
        """This tensor in float32; itself if it is so already.

        >>> import gradus
        >>> gradus.arange(2).float()
        tensor([0., 1.])
        """
        return cast(self, dtypes.float32)

    def double(self) -> Any:
        """This tensor in float64.

        >>> import gradus
        >>> gradus.arange(2).double()
        tensor([0., 1.], dtype=gradus.float64)
        """
        return cast(self, dtypes.float64)

    def half(self) -> Any:
        """This tensor in float16.

        >>> import gradus
        >>> gradus.arange(2).half()
        tensor([0., 1.], dtype=gradus.float16)
        """
        return cast(self, dtypes.float16)

    def int(self) -> Any:
        """This tensor in int32: floats lose their fraction.

        >>> import gradus
        >>> gradus.tensor([1.7, -1.7]).int()
        tensor([ 1, -1], dtype=gradus.int32)
        """
        return cast(self, dtypes.int32)

    def long(self) -> Any:
        """This tensor in int64: floats lose their fraction.

        >>> import gradus
        >>> gradus.tensor([1.7, -1.7]).long()
        tensor([ 1, -1])
        """
        return cast(self, dtypes.int64)

    def short(self) -> Any:
        """This tensor in int16.

        >>> import gradus
        >>> gradus.arange(2).short()
        tensor([0, 1], dtype=gradus.int16)
        """
        return cast(self, dtypes.int16)

    def char(self) -> Any:
        """This tensor in int8.

        >>> import gradus
        >>> gradus.arange(2).char()
        tensor([0, 1], dtype=gradus.int8)
        """
        return cast(self, dtypes.int8)

    def byte(self) -> Any:
        """This tensor in uint8.

        >>> import gradus
        >>> gradus.arange(2).byte()
        tensor([0, 1], dtype=gradus.uint8)
        """
        return cast(self, dtypes.uint8)

    def bool(self) -> Any:
        """Whether each element is other than 0.

        >>> import gradus
        >>> gradus.arange(2).bool()
        tensor([False,  True])
        """
        return cast(self, dtypes.bool_)

    def cpu(self) -> Any:
        """This tensor, which is on the CPU already.

        >>> import gradus
        >>> gradus.ones(2).cpu()
        tensor([1., 1.])
        """
        return self

    def cuda(self, device: Any = None, non_blocking: bool = False) -> Any:
        """Refused: gradus computes on the CPU; the error says how the program goes on in PyTorch.

        Raises:
            RuntimeError: always.
        """
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
