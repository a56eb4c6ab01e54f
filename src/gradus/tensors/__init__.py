"""The public Tensor: thin, every method is a function of the rooms below."""

from .tensor import Tensor

__all__ = ["Tensor"]
