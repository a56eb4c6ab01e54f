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
    """Drops each element with probability p and scales the others by 1/(1 − p). See `functional.dropout`.

    Raises:
        ValueError: p is not within [0, 1].

    >>> import gradus
    >>> gradus.nn.Dropout(0.5).eval()(gradus.ones(3))
    tensor([1., 1., 1.])
    """

    def forward(self, input: Any) -> Any:
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Drops whole channels of (N, C, L) or (C, L). See `functional.dropout1d`.

    >>> import gradus
    >>> _ = gradus.manual_seed(2)
    >>> gradus.nn.Dropout1d(0.5)(gradus.ones(3, 2))
    tensor([[0., 0.],
            [2., 2.],
            [0., 0.]])
    """

    def forward(self, input: Any) -> Any:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Drops whole channels of (N, C, H, W). See `functional.dropout2d`.

    >>> import gradus
    >>> gradus.nn.Dropout2d(0.5)(gradus.ones(2, 8, 4, 4)).shape
    gradus.Size([2, 8, 4, 4])
    """

    def forward(self, input: Any) -> Any:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Drops whole channels of (N, C, D, H, W). See `functional.dropout3d`.

    >>> import gradus
    >>> gradus.nn.Dropout3d(0.5)(gradus.ones(2, 8, 4, 4, 4)).shape
    gradus.Size([2, 8, 4, 4, 4])
    """

    def forward(self, input: Any) -> Any:
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout for selu networks: keeps mean and variance. See `functional.alpha_dropout`.

    >>> import gradus
    >>> gradus.nn.AlphaDropout(0.5)(gradus.zeros(2, 3)).shape
    gradus.Size([2, 3])
    """

    def forward(self, input: Any) -> Any:
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels: dimension 1 of the input. See `functional.feature_alpha_dropout`.

    >>> import gradus
    >>> gradus.nn.FeatureAlphaDropout(0.5)(gradus.zeros(2, 8, 4)).shape
    gradus.Size([2, 8, 4])
    """

    def forward(self, input: Any) -> Any:
        return F.feature_alpha_dropout(input, self.p, self.training)
