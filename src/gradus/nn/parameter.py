"""Parameter: a tensor that a Module owns and trains. Buffer: one that it owns and does not train."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.base import Size, TensorBase, wrap
from ..core.device import check
from ..tensors import Tensor


class Parameter(Tensor):
    """A leaf tensor that, assigned to a Module, becomes one of its parameters.

    It shares memory with `data`; a deep copy of it starts without a gradient.

    Args:
        data: a tensor, or what `Tensor` takes.
        requires_grad: whether it is to be trained.
    Raises:
        RuntimeError: integers are to require a gradient.

    >>> import gradus
    >>> gradus.nn.Parameter(gradus.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        p = object.__new__(cls)
        source = data if isinstance(data, TensorBase) else Tensor(data) if data is not None else Tensor()
        p.array, p.version = source.array, source.version
        return p.requires_grad_(requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copy = super().__deepcopy__(memo)
        copy._grad = None
        return copy

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that, assigned to a Module, becomes one of its buffers: saved and converted with it, not trained.

    >>> import gradus
    >>> module = gradus.nn.Module()
    >>> module.mean = gradus.nn.Buffer(gradus.zeros(2))
    >>> list(module.state_dict())
    ['mean']
    """

    persistent = True

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        b = object.__new__(cls)
        source = data if isinstance(data, TensorBase) else Tensor()
        b.array, b.version, b.persistent = source.array, source.version, persistent
        return b.requires_grad_(source.requires_grad)


class UninitializedParameter(Parameter):
    """The parameter of a lazy layer before its first input has told its shape.

    >>> import gradus
    >>> p = gradus.nn.UninitializedParameter()
    >>> p.materialize((2, 3))
    >>> type(p).__name__, p.shape
    ('Parameter', gradus.Size([2, 3]))
    """

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        check(device)
        found = dtypes.get_default_dtype() if dtype is None else dtypes.find(dtype)
        return super().__new__(cls, wrap(np.empty(0, found.numpy)), requires_grad)

    @property
    def shape(self) -> Size:
        """Not known yet.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("the shape of an uninitialized parameter is not known; call the module on an input first")

    def materialize(self, shape: tuple[int, ...]) -> None:
        """Take a shape and become an ordinary Parameter (its numbers are not set)."""
        self.array = np.empty(shape, self.array.dtype)
        self.__class__ = Parameter  # type: ignore[assignment]

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "<UninitializedParameter>"
