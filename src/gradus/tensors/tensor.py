"""The Tensor that users hold."""

from __future__ import annotations

from typing import Any

from ..core import device, dtype
from ..core.base import TensorBase, register_tensor_class
from .arithmetic import ArithmeticMethods
from .autograd import AutogradMethods
from .convert import ConvertMethods
from .elementwise import ElementwiseMethods
from .index import IndexMethods
from .inplace import InPlaceMethods
from .reduce import ReduceMethods
from .shape import ShapeMethods


@register_tensor_class
class Tensor(
    ArithmeticMethods,
    ElementwiseMethods,
    ReduceMethods,
    ShapeMethods,
    IndexMethods,
    InPlaceMethods,
    ConvertMethods,
    AutogradMethods,
    TensorBase,
):
    """A multi-dimensional array of numbers that remembers how it was computed.

    Make one with `gradus.tensor(data)` or a factory such as `gradus.zeros`; `array` is the NumPy array inside.

    >>> import gradus
    >>> x = gradus.tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4., 6.])
    """

    __array_priority__ = 1000  # NumPy's operators leave array * tensor to the tensor

    def __new__(cls, *args: Any, device: Any = None) -> Any:
        from ..ops.legacy import legacy_tensor

        return legacy_tensor(cls, args, dtype.get_default_dtype())

    @property
    def device(self) -> device.device:
        """Always the CPU."""
        return device.CPU
