"""Tensor methods that fill a tensor with random numbers, in place, and that draw from one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import random as streams
from ..core.base import wrap
from ..core.inplace import assign, bump, check
from ..core.mode import state
from ..ops import random


def _refill(t: Any, name: str, draw: Callable[[tuple[int, ...]], np.ndarray]) -> Any:
    """Write draw(shape) into `t`, in the order of its memory."""
    if state.grad and t.requires_grad:
        values = np.empty_like(t.array)
        streams.fill(values, draw)
        return assign(t, wrap(values), name)
    check(t, name)
    if t.array.flags.c_contiguous:
        t.array[...] = draw(t.array.shape)
    else:
        streams.fill(t.array, draw)
    bump(t, name)
    return t


def _stream(generator: Any) -> streams.Generator:
    return streams.default_generator if generator is None else generator


class RandomMethods:
    """uniform_, normal_, bernoulli and their like."""

    multinomial = random.multinomial
    bernoulli = random.bernoulli

    def uniform_(self, from_: float = 0, to: float = 1, *, generator: Any = None, **bounds: float) -> Any:
        """Fill with numbers from the uniform distribution on [from, to).

        >>> import gradus
        >>> _ = gradus.manual_seed(0)
        >>> gradus.empty(2).uniform_(-1, 1)
        tensor([-0.0075,  0.5364])
        """
        low, kind = bounds.pop("from", from_), self.array.dtype
        if bounds:
            raise TypeError(f"uniform_() got an unexpected keyword argument {next(iter(bounds))!r}")
        return _refill(self, "uniform_", lambda shape: _stream(generator).uniform(shape, kind, float(low), float(to)))

    def normal_(self, mean: float = 0, std: float = 1, *, generator: Any = None) -> Any:
        """Fill with normal numbers of this mean and standard deviation.

        >>> import gradus
        >>> _ = gradus.manual_seed(0)
        >>> gradus.empty(2).normal_(0, 0.1)
        tensor([ 0.1541, -0.0293])
        """
        kind, contiguous = self.array.dtype, self.array.flags.c_contiguous
        return _refill(
            self, "normal_", lambda shape: _stream(generator).normal(shape, kind, float(mean), float(std), contiguous)
        )

    def log_normal_(self, mean: float = 1, std: float = 2, *, generator: Any = None) -> Any:
        """Fill with the exponentials of normal numbers of this mean and standard deviation."""
        kind = self.array.dtype
        return _refill(
            self, "log_normal_", lambda shape: _stream(generator).log_normal(shape, kind, float(mean), float(std))
        )

    def exponential_(self, lambd: float = 1, *, generator: Any = None) -> Any:
        """Fill with exponential numbers of rate lambd."""
        kind = self.array.dtype
        return _refill(self, "exponential_", lambda shape: _stream(generator).exponential(shape, kind, float(lambd)))

    def cauchy_(self, median: float = 0, sigma: float = 1, *, generator: Any = None) -> Any:
        """Fill with Cauchy numbers of this median and half width."""
        kind = self.array.dtype
        return _refill(
            self, "cauchy_", lambda shape: _stream(generator).cauchy(shape, kind, float(median), float(sigma))
        )

    def geometric_(self, p: float, *, generator: Any = None) -> Any:
        """Fill with the number of trials until the first success of probability p."""
        kind = self.array.dtype
        return _refill(self, "geometric_", lambda shape: _stream(generator).geometric(float(p), shape, kind))

    def random_(self, from_: int | None = None, to: int | None = None, *, generator: Any = None, **bounds: int) -> Any:
        """Fill with integers from `from` to `to` − 1; random_(to) counts from 0, random_() up to what the dtype holds.

        >>> import gradus
        >>> _ = gradus.manual_seed(0)
        >>> gradus.empty(3).random_(10)
        tensor([4., 9., 3.])
        """
        low, kind = bounds.pop("from", from_), self.array.dtype
        if bounds:
            raise TypeError(f"random_() got an unexpected keyword argument {next(iter(bounds))!r}")
        if to is None and low is not None and "from" not in bounds and from_ is not None:
            low, to = None, from_
        return _refill(self, "random_", lambda shape: _stream(generator).random(shape, kind, low, to))

    def bernoulli_(self, p: Any = 0.5, *, generator: Any = None) -> Any:
        """Fill with 1 of probability p (a number, or a tensor of probabilities), else 0."""
        kind, stream = self.array.dtype, _stream(generator)
        if hasattr(p, "array"):
            chances = np.broadcast_to(p.array, self.array.shape)
            return _refill(
                self, "bernoulli_", lambda shape: stream.bernoulli_array(chances).reshape(shape).astype(kind)
            )
        return _refill(self, "bernoulli_", lambda shape: stream.bernoulli(float(p), shape).astype(kind))
