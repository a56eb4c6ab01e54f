"""Tensors of random numbers. The same seed gives the numbers that torch gives; how, is told in `core/random.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes, random as streams
from ..core.base import TensorBase, raw, wrap
from ..core.device import check
from ..core.random import fork_rng, initial_seed, manual_seed, seed
from .create import finished, shape_of, type_of

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "Generator",
    "bernoulli",
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "multinomial",
    "normal",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "seed",
    "set_rng_state",
]


class Generator(streams.Generator):
    """A stream of random numbers of its own, to be passed as `generator=`.

    manual_seed(seed) starts it; get_state() and set_state(state) read and set its position, as a uint8 tensor.

    >>> import gradus
    >>> g = gradus.Generator().manual_seed(42)
    >>> gradus.rand(2, generator=g)
    tensor([0.8823, 0.9150])
    """

    def get_state(self) -> Any:
        """The position of the stream, as a uint8 tensor."""
        return wrap(super().get_state())

    def set_state(self, state: Any) -> Generator:
        """Go on from a position that `get_state` gave."""
        super().set_state(raw(state))
        return self


default_generator = streams.default_generator


def get_rng_state() -> Tensor:
    """The position of the default stream, as a uint8 tensor.

    >>> import gradus
    >>> state = gradus.get_rng_state()
    >>> first = gradus.rand(3)
    >>> gradus.set_rng_state(state)
    >>> (gradus.rand(3) == first).all()
    tensor(True)
    """
    return wrap(streams.get_rng_state())


def set_rng_state(new_state: Tensor) -> None:
    """Put the default stream where `get_rng_state` found it."""
    streams.set_rng_state(raw(new_state))


def _stream(generator: Any) -> streams.Generator:
    return streams.default_generator if generator is None else generator


def rand(
    *sizes: Any,
    size: Any = None,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Numbers from the uniform distribution on [0, 1).

    >>> import gradus
    >>> _ = gradus.manual_seed(0)
    >>> gradus.rand(2, 2)
    tensor([[0.4963, 0.7682],
            [0.0885, 0.1320]])
    """
    check(device)
    return finished(_stream(generator).uniform(shape_of(sizes, size, "rand"), type_of(dtype)), requires_grad, out)


def randn(
    *sizes: Any,
    size: Any = None,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Numbers from the normal distribution with mean 0 and variance 1.

    >>> import gradus
    >>> _ = gradus.manual_seed(0)
    >>> gradus.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    check(device)
    return finished(_stream(generator).normal(shape_of(sizes, size, "randn"), type_of(dtype)), requires_grad, out)


def randint(
    *bounds: Any,
    low: int | None = None,
    high: int | None = None,
    size: Any = None,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Integers from low to high − 1, each as likely. Called as (high, size) or (low, high, size).

    Raises:
        RuntimeError: high is not above low.

    >>> import gradus
    >>> _ = gradus.manual_seed(0)
    >>> gradus.randint(10, (5,))
    tensor([4, 9, 3, 0, 3])
    """
    check(device)
    given = list(bounds)
    if size is None:
        size = given.pop() if given else None
    if given:
        high = given.pop()
    if given:
        low = given.pop()
    if given or high is None or not isinstance(size, (tuple, list)):
        raise TypeError(
            f"randint: expected (high, size) or (low, high, size) with size a tuple of ints, got {bounds}, "
            f"size={size!r}"
        )
    shape = shape_of((size,), None, "randint")
    values = _stream(generator).randint(
        int(low or 0), int(high), shape, type_of(dtypes.int64 if dtype is None else dtype)
    )
    return finished(values, requires_grad, out)


def randperm(
    n: int,
    *,
    generator: Any = None,
    out: Any = None,
    dtype: Any = dtypes.int64,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """0 … n − 1 in random order.

    >>> import gradus
    >>> _ = gradus.manual_seed(0)
    >>> gradus.randperm(4)
    tensor([0, 1, 3, 2])
    """
    check(device)
    return finished(_stream(generator).permutation(int(n), type_of(dtype)), requires_grad, out)


def _like(input: Any, draw: Callable[..., np.ndarray], dtype: Any, requires_grad: bool) -> Any:
    if not isinstance(input, TensorBase):
        raise TypeError(f"argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    kind = input.array.dtype if dtype is None else dtypes.find(dtype).numpy
    return finished(draw(input.array.shape, kind), requires_grad)


def rand_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
    generator: Any = None,
) -> Tensor:
    """Uniform numbers from [0, 1) in the shape and dtype of `input`.

    >>> import gradus
    >>> gradus.rand_like(gradus.zeros(2, 3)).shape
    gradus.Size([2, 3])
    """
    check(device)
    return _like(input, _stream(generator).uniform, dtype, requires_grad)


def randn_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
    generator: Any = None,
) -> Tensor:
    """Normal numbers of mean 0 and variance 1 in the shape and dtype of `input`.

    >>> import gradus
    >>> gradus.randn_like(gradus.zeros(2, 3)).shape
    gradus.Size([2, 3])
    """
    check(device)
    return _like(input, _stream(generator).normal, dtype, requires_grad)


def randint_like(
    input: Tensor,
    *bounds: int,
    low: int | None = None,
    high: int | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
    generator: Any = None,
) -> Tensor:
    """Integers from low (0) to high − 1 in the shape and dtype of `input`. Called as (input, [low,] high).

    >>> import gradus
    >>> gradus.randint_like(gradus.zeros(2, 3), 10).shape
    gradus.Size([2, 3])
    """
    check(device)
    low, high = bounds if len(bounds) == 2 else (low, *bounds) if bounds else (low, high)
    if high is None:
        raise TypeError("randint_like() missing 1 required positional argument: 'high'")
    stream, first, end = _stream(generator), int(low or 0), int(high)
    return _like(input, lambda shape, kind: stream.randint(first, end, shape, kind), dtype, requires_grad)


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normal numbers with this mean and standard deviation, each a number or a tensor; two numbers need a `size`.

    Raises:
        RuntimeError: a standard deviation is negative.

    >>> import gradus
    >>> _ = gradus.manual_seed(0)
    >>> gradus.normal(10.0, 2.0, (3,))
    tensor([13.0820,  9.4131,  5.6424])
    """
    check(device)
    stream = _stream(generator)
    if isinstance(mean, TensorBase) or isinstance(std, TensorBase):
        return finished(stream.normal_array(raw(mean), raw(std)), requires_grad, out)
    if size is None:
        raise TypeError("normal: with a number for mean and for std, the shape is given by size=")
    values = stream.normal(shape_of((size,), None, "normal"), type_of(dtype), float(mean), float(std))
    return finished(values, requires_grad, out)


def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None, out: Any = None) -> Tensor:
    """1 with the probability that stands at each element of `input` (or with probability p everywhere), else 0.

    Raises:
        RuntimeError: a probability lies outside of [0, 1].

    >>> import gradus
    >>> _ = gradus.manual_seed(0)
    >>> gradus.bernoulli(gradus.tensor([0.0, 0.5, 1.0]))
    tensor([0., 0., 1.])
    """
    array, stream = raw(input), _stream(generator)
    drawn = stream.bernoulli_array(array) if p is None else stream.bernoulli(p, array.shape)
    return finished(drawn.astype(array.dtype), out=out)


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None, out: Any = None
) -> Tensor:
    """Indices drawn in proportion to the weights in each row.   input: (n,) or (rows, n) → (…, num_samples) of int64.

    Raises:
        RuntimeError: weights are negative, not finite or all 0, or too few to draw from without replacement.

    >>> import gradus
    >>> _ = gradus.manual_seed(0)
    >>> gradus.multinomial(gradus.tensor([0.0, 10.0, 3.0, 0.0]), 2)
    tensor([1, 2])
    """
    return finished(_stream(generator).multinomial(raw(input), num_samples, replacement), out=out)
