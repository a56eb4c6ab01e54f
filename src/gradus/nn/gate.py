"""Activations that let their input through by a gate, a number between 0 and 1 that depends on the input itself."""

from __future__ import annotations

from typing import Any

from . import functional as F
from .activation import InPlace
from .module import Module

__all__ = ["GELU", "GLU", "Hardswish", "Mish", "SiLU"]


class GELU(Module):
    """x · Φ(x), exact or by tanh. See `functional.gelu`.

    >>> import gradus
    >>> gradus.nn.GELU()(gradus.tensor([-1.0, 2.0]))
    tensor([-0.1587,  1.9545])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Any) -> Any:
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class SiLU(InPlace):
    """x · σ(x). See `functional.silu`.

    >>> import gradus
    >>> gradus.nn.SiLU()(gradus.tensor([-1.0, 2.0]))
    tensor([-0.2689,  1.7616])
    """

    def forward(self, input: Any) -> Any:
        return F.silu(input, self.inplace)


class Mish(InPlace):
    """x · tanh(softplus(x)). See `functional.mish`.

    >>> import gradus
    >>> gradus.nn.Mish()(gradus.tensor([-1.0, 2.0]))
    tensor([-0.3034,  1.9440])
    """

    def forward(self, input: Any) -> Any:
        return F.mish(input, self.inplace)


class Hardswish(Module):
    """x · hardsigmoid(x). See `functional.hardswish`.

    >>> import gradus
    >>> gradus.nn.Hardswish()(gradus.tensor([-4.0, 3.0]))
    tensor([-0., 3.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return F.hardswish(input, self.inplace)


class GLU(Module):
    """The first half of a dimension, gated by σ of the second half. See `functional.glu`.

    >>> import gradus
    >>> gradus.nn.GLU()(gradus.tensor([4.0, 0.0]))
    tensor([2.])
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Any) -> Any:
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
