"""Scores into probabilities, as modules."""

from __future__ import annotations

from typing import Any

from . import functional as F
from .module import Module

__all__ = ["LogSoftmax", "Softmax", "Softmax2d", "Softmin"]


class Softmax(Module):
    """eˣ / Σ eˣ along a dimension. Do not put it before CrossEntropyLoss, which contains it. See `functional.softmax`.

    >>> import gradus
    >>> gradus.nn.Softmax(dim=0)(gradus.zeros(2))
    tensor([0.5000, 0.5000])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Any) -> Any:
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Softmax):
    """ln softmax along a dimension: what NLLLoss expects. See `functional.log_softmax`.

    >>> import gradus
    >>> gradus.nn.LogSoftmax(dim=0)(gradus.zeros(2))
    tensor([-0.6931, -0.6931])
    """

    def forward(self, input: Any) -> Any:
        return F.log_softmax(input, self.dim)


class Softmin(Softmax):
    """softmax(−x) along a dimension: the smallest gets the most. See `functional.softmin`.

    >>> import gradus
    >>> gradus.nn.Softmin(dim=0)(gradus.tensor([1.0, 2.0]))
    tensor([0.7311, 0.2689])
    """

    def forward(self, input: Any) -> Any:
        return F.softmin(input, self.dim)


class Softmax2d(Module):
    """softmax over the channels of (N, C, H, W) or (C, H, W).

    >>> import gradus
    >>> float(gradus.nn.Softmax2d()(gradus.zeros(1, 2, 1, 1)).sum())
    1.0
    """

    def forward(self, input: Any) -> Any:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)
