"""Parameter: a tensor that a Module owns and trains. Buffer: one that it owns and does not train."""

from __future__ import annotations

from typing import Any

from ..core.base import TensorBase, wrap
from ..tensors import Tensor


class Parameter(Tensor):
    """A leaf tensor that, assigned to a Module, becomes one of its parameters.

    It shares memory with `data`.

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

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that, assigned to a Module, becomes one of its buffers: saved and moved with it, not trained.

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
        return b


class UninitializedParameter(Parameter):
    """The parameter of a lazy layer before its first input has told its shape."""

    def __new__(cls, requires_grad: bool = True) -> Any:
        import numpy as np

        return super().__new__(cls, wrap(np.empty(0, np.float32)), requires_grad)

    def materialize(self, shape: tuple[int, ...]) -> None:
        """Take a shape and become an ordinary Parameter (its numbers are not set)."""
        import numpy as np

        self.array = np.empty(shape, self.array.dtype)
        self.__class__ = Parameter

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "<UninitializedParameter>"
