"""Layers that only rearrange: Flatten, Unflatten; and distances between two inputs."""

from __future__ import annotations

from typing import Any

from . import functional as F
from .module import Module


class Flatten(Module):
    """Dimensions start_dim … end_dim made one.

    >>> import gradus
    >>> gradus.nn.Flatten()(gradus.zeros(64, 1, 28, 28)).shape
    gradus.Size([64, 784])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Any) -> Any:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """One dimension made several.

    Raises:
        TypeError: unflattened_size is not a tuple of ints.

    >>> import gradus
    >>> gradus.nn.Unflatten(1, (1, 28, 28))(gradus.zeros(64, 784)).shape
    gradus.Size([64, 1, 28, 28])
    """

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        super().__init__()
        if not isinstance(unflattened_size, (tuple, list)) or not all(isinstance(n, int) for n in unflattened_size):
            raise TypeError(f"Unflatten: unflattened_size must be a tuple of ints, but found {unflattened_size!r}")
        self.dim, self.unflattened_size = dim, unflattened_size

    def forward(self, input: Any) -> Any:
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class CosineSimilarity(Module):
    """The cosine of the angle between vectors along a dimension. See `functional.cosine_similarity`.

    >>> import gradus
    >>> gradus.nn.CosineSimilarity()(gradus.ones(1, 2), gradus.ones(1, 2)).item() > 0.999
    True
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Any, x2: Any) -> Any:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """‖x₁ − x₂ + eps‖ₚ over the last dimension. See `functional.pairwise_distance`.

    >>> import gradus
    >>> gradus.nn.PairwiseDistance()(gradus.zeros(1, 2), gradus.ones(1, 2)).shape
    gradus.Size([1])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Any, x2: Any) -> Any:
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
