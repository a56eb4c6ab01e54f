"""Dropout as modules: active in training, the identity in evaluation."""

from __future__ import annotations

from typing import Any

from . import functional as F
from .module import Module


class _Dropout(Module):
    """The probability p of being dropped, and whether in place."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Drops each element with probability p. See `functional.dropout`.

    >>> import gradus
    >>> gradus.nn.Dropout(0.5).eval()(gradus.ones(3))
    tensor([1., 1., 1.])
    """

    def forward(self, input: Any) -> Any:
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Drops whole channels of (N, C, L)."""

    def forward(self, input: Any) -> Any:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Drops whole channels of (N, C, H, W)."""

    def forward(self, input: Any) -> Any:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Drops whole channels of (N, C, D, H, W)."""

    def forward(self, input: Any) -> Any:
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout for selu networks: keeps mean and variance."""

    def forward(self, input: Any) -> Any:
        return F.alpha_dropout(input, self.p, self.training)
