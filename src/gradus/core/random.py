"""Random streams: same seed, same numbers as torch's CPU generator, call after call, to the last bit.

How torch 2.13 turns the Mersenne Twister's words into numbers on x86-64, so that a reader can rebuild each of them.
w is the next 32-bit word of NumPy's `RandomState(seed & 0xffffffff)`, and W = w·2³² + w′ is made of the next two.
u24 = (w mod 2²⁴)·2⁻²⁴ is the uniform of float32 (and float16), u53 = (W mod 2⁵³)·2⁻⁵³ that of float64; u is either.
fma(x, s, m) = x·s + m, rounded once.

    call                                recipe, value after value
    ----------------------------------  ---------------------------------------------------------------------------
    rand, uniform_(a, b)                fma(u, b − a, a); what rounding takes to b becomes a
    randn, normal_(m, s),               fma(z, s, m), z by `random_normal.box_muller` from blocks of 16 u, all drawn
        16 values or more               first. If n is no multiple of 16, the last 16 values are then made anew from
                                        16 more u (float16 does not draw the first u of its broken last block)
    the same, fewer than 16 values,     fma(z, s, m) in float64, rounded; z by `random_normal.pairs_of_normals`, u53.
        or into a strided target        The second of a pair waits in the generator until such a call comes again
    log_normal_(m, s)                   exp of those, for any number of values
    normal(mean array, std array)       randn of their common shape, times std, plus mean
    randint(a, b), random_(a, b)        a + w mod (b − a); where b − a is 2²⁸ or more, a + W mod (b − a)
    random_()                           w mod (largest + 1), for int64 W; for bool w mod 2;
                                        for floats w mod (2^bits of mantissa + 1), for float64 W
    randperm(n)                         Fisher–Yates from the front: place i with place i + w mod (n − i), n − 1 words
    bernoulli_(p)                       u53 < p
    dropout(p)                          keeps where u53 < 1 − p; for p = 0 and p = 1 nothing is drawn
    bernoulli(array of p)               u24 < p; for float64 u53 < p
    rrelu's slopes                      u53·(b − a) + a in float64, rounded; only for elements that are not positive
    exponential_(λ)                     (−1/λ) · log1p(−u53)
    cauchy_(m, s)                       fma(tan(π (u53 − ½)), s, m)
    geometric_(p)                       ⌈ln u53 / log1p(−p)⌉
    multinomial(p, k), no replacement,  places of the k largest p / q, q = exponential_(1) in p's dtype
        or k = 1
    multinomial with replacement        first place where cumsum(p) / sum(p) ≥ u53, sums in p's dtype, the last share 1
    seeds for DataLoader                W mod 2⁶³. DataLoader(shuffle=True) draws two; the second seeds the randperm

An empty array draws nothing. A strided target is filled in the order in which its elements lie in memory (`fill`).
float64 reaches float16 by way of float32. Where torch has no fused multiply-add (x86-64 before AVX2, some other
processors), its last bits differ from these.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .random_choice import check_weights, largest, search, shuffled, shuffled_inside_out
from .random_integers import INT64_LOWEST, WIDE, end_of, integer_range
from .random_normal import BLOCK, box_muller, by_libm, fused_multiply_add, pairs_of_normals
from .random_stream import Stream

MANY = (2**32 - 1) // 20  # from this many things on torch shuffles with 64-bit words
FULL_WORDS = (np.int64, np.float64)  # dtypes whose random_() takes 64-bit words

Shape = int | tuple[int, ...]


class Generator(Stream):
    """A stream of random numbers that gives torch's numbers for the same seed and the same calls, as NumPy arrays.

    `shape` is an int or a tuple, `dtype` what NumPy takes for one. Threads may share it; each call is whole.

    >>> from gradus.core.random import Generator
    >>> generator = Generator().manual_seed(42)
    >>> generator.uniform(3)
    array([0.88226926, 0.91500396, 0.38286376], dtype=float32)
    >>> generator.permutation(5)
    array([4, 3, 0, 1, 2])
    """

    # ---- real numbers

    def uniform(self, shape: Shape = (), dtype: Any = np.float32, low: float = 0.0, high: float = 1.0) -> np.ndarray:
        """Uniform on [low, high): torch.rand and Tensor.uniform_."""
        dtype = _floating("uniform_", dtype)
        if not low <= high:
            raise RuntimeError(
                f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}; lower bound first"
            )
        if max(-low, high, high - low) > float(np.finfo(dtype).max):
            raise RuntimeError(
                f"uniform_ expects to-from, from and to within bounds of {dtype}, but found to={high} and from={low}"
            )
        units = self._unit(_count(shape), dtype)
        number = units.dtype.type
        values = _cast(fused_multiply_add(units, number(high) - number(low), low), dtype)
        if values is not units:  # rounding may have reached the excluded end
            first, last = _cast(np.array([low, high]), dtype)
            values[values == last] = first
        return values.reshape(shape)

    def normal(
        self, shape: Shape = (), dtype: Any = np.float32, mean: float = 0.0, std: float = 1.0, contiguous: bool = True
    ) -> np.ndarray:
        """Normal with that mean and standard deviation: torch.randn and Tensor.normal_.

        A strided target gets other numbers than a contiguous one in torch; `contiguous=False` gives those.
        """
        dtype = _floating("normal_", dtype)
        if not std >= 0:
            raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
        count = _count(shape)
        with self._lock:
            if count < BLOCK or not contiguous:
                normals = self._normals_by_pairs(count)
            else:
                normals = self._normals_by_blocks(count, dtype)
        return _cast(fused_multiply_add(normals, std, mean), dtype).reshape(shape)

    def _normals_by_blocks(self, count: int, dtype: np.dtype) -> np.ndarray:
        whole = count - count % BLOCK
        # torch draws for all values, then anew for the last sixteen; in float16 not for those that would be lost.
        units = self._unit(whole if dtype == np.float16 else count, dtype)
        if whole == count:
            return box_muller(units)
        normals = np.empty(count, units.dtype)
        normals[:whole] = box_muller(units[:whole])
        normals[-BLOCK:] = box_muller(self._unit(BLOCK, dtype))
        return normals

    def _normals_by_pairs(self, count: int) -> np.ndarray:
        if count == 0:
            return np.empty(0)
        owed = [] if self._owed_normal is None else [self._owed_normal]
        missing = count - len(owed)
        fresh = pairs_of_normals(self._unit(missing + missing % 2, np.float64))
        self._owed_normal = float(fresh[-1]) if missing % 2 else None
        return np.concatenate([owed, fresh])[:count]

    def normal_array(self, mean: Any, std: Any) -> np.ndarray:
        """Normal with a mean or a standard deviation for each value: torch.normal(mean, std) with arrays.

        The result has mean's dtype (std's where mean is a number) and the shape to which both broadcast.
        """
        dtype = mean.dtype if isinstance(mean, np.ndarray) else std.dtype
        if not isinstance(std, np.ndarray):
            values = self.normal(np.shape(mean), dtype, 0.0, std)
        else:
            if not (std >= 0).all():
                raise RuntimeError(f"normal expects all elements of std >= 0.0, but found std {std.min()}")
            values = self.normal(np.broadcast_shapes(np.shape(mean), std.shape), dtype)
            values *= std
        values += mean
        return values

    def exponential(self, shape: Shape = (), dtype: Any = np.float32, lambd: float = 1.0) -> np.ndarray:
        """Exponential with rate λ, mean 1/λ: Tensor.exponential_."""
        dtype = _floating("exponential_", dtype)
        if not lambd > 0:
            raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
        units = self._unit(_count(shape), np.float64)
        return _cast(-1.0 / lambd * _map(np.log1p, math.log1p, -units, dtype), dtype).reshape(shape)

    def log_normal(self, shape: Shape = (), dtype: Any = np.float32, mean: float = 1.0, std: float = 2.0) -> np.ndarray:
        """exp of a normal with that mean and standard deviation: Tensor.log_normal_."""
        dtype = _floating("log_normal_", dtype)
        if not std > 0:
            raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
        with self._lock:
            normals = fused_multiply_add(self._normals_by_pairs(_count(shape)), std, mean)
        return _cast(_map(np.exp, math.exp, normals, dtype), dtype).reshape(shape)

    def cauchy(self, shape: Shape = (), dtype: Any = np.float32, median: float = 0.0, sigma: float = 1.0) -> np.ndarray:
        """Cauchy with that median and half width: Tensor.cauchy_."""
        dtype = _floating("cauchy_", dtype)
        if not sigma > 0:
            raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
        tangents = _map(np.tan, math.tan, math.pi * (self._unit(_count(shape), np.float64) - 0.5), dtype)
        return _cast(fused_multiply_add(tangents, sigma, median), dtype).reshape(shape)

    # ---- integers

    def randint(self, low: int, high: int, shape: Shape = (), dtype: Any = np.int64) -> np.ndarray:
        """Integers from low to high − 1, each as likely: torch.randint and Tensor.random_(low, high)."""
        return self._between("randint", low, high, shape, np.dtype(dtype))

    def random(
        self, shape: Shape = (), dtype: Any = np.int64, low: int | None = None, high: int | None = None
    ) -> np.ndarray:
        """Integers of any dtype: Tensor.random_(). Without bounds all from 0 on that the dtype counts exactly.

        `low` alone: from there to the dtype's largest. `high` alone: from 0 to high − 1.
        """
        dtype = np.dtype(dtype)
        if low is None and high is None:
            return self._integers(shape, 0, end_of(dtype), dtype, wide=dtype in FULL_WORDS)
        if low == INT64_LOWEST and high is None:
            if dtype not in (*FULL_WORDS, np.float32):
                raise RuntimeError(
                    f"random_: all 64-bit integers fit only into int64, float64 and float32, got {dtype}"
                )
            return _cast(self.random64(_count(shape)).view(np.int64), dtype).reshape(shape)
        return self._between("random_", low or 0, high, shape, dtype)

    def _between(self, name: str, low: int, high: int | None, shape: Shape, dtype: np.dtype) -> np.ndarray:
        first, span = integer_range(name, low, high, dtype)
        return self._integers(shape, first, span, dtype, wide=span >= WIDE)

    def _integers(self, shape: Shape, first: int, span: int, dtype: np.dtype, wide: bool) -> np.ndarray:
        with self._lock:
            words = self._twister.wide_words(_count(shape)) if wide else self._twister.words(_count(shape))
        words %= np.uint64(span)
        words += np.uint64(first % 2**64)  # modulo 2⁶⁴, which is right for a negative first too
        return _cast(words.view(np.int64), dtype).reshape(shape)

    def geometric(self, p: float, shape: Shape = (), dtype: Any = np.float32) -> np.ndarray:
        """How many trials until the first success of probability p, 1 or more: Tensor.geometric_."""
        if not 0 < p < 1:
            raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
        with np.errstate(divide="ignore"):
            trials = np.ceil(np.log(self._unit(_count(shape), np.float64)) / math.log1p(-p))
        return _cast(trials, np.dtype(dtype)).reshape(shape)

    # ---- choices

    def bernoulli(self, p: float, shape: Shape = ()) -> np.ndarray:
        """True with probability p: Tensor.bernoulli_(p), and dropout's mask with p = the share that is kept."""
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")
        return (self._unit(_count(shape), np.float64) < p).reshape(shape)

    def bernoulli_array(self, p: np.ndarray) -> np.ndarray:
        """True with probability p for each value of `p`: torch.bernoulli(p)."""
        _floating("bernoulli", p.dtype)
        if not ((p >= 0) & (p <= 1)).all():
            raise RuntimeError(f"bernoulli: Expected p_in >= 0 && p_in <= 1 for every p, got {p.min()} … {p.max()}")
        return self._unit(p.size, p.dtype).reshape(p.shape) < p

    def permutation(self, n: int, dtype: Any = np.int64) -> np.ndarray:
        """0 … n − 1 in random order: torch.randperm."""
        if n < 0:
            raise RuntimeError(f"randperm: n must be non-negative, got {n}")
        with self._lock:
            if n < MANY:
                order = shuffled(self._twister.words(max(n - 1, 0)), n)
            else:
                order = shuffled_inside_out(self._twister.wide_words(n))
        return order.astype(dtype, copy=False)

    def multinomial(self, weights: np.ndarray, num_samples: int, replacement: bool = False) -> np.ndarray:
        """Categories drawn by weight, int64: torch.multinomial. (n,) → (num_samples,), (rows, n) → (rows, num_samples)

        Where fewer categories have weight than are asked for, the others follow in their order; in torch in any.
        """
        check_weights(weights, num_samples, replacement)
        shape = (*weights.shape[:-1], num_samples)
        if num_samples > 1 and replacement:
            rows = weights.reshape(-1, weights.shape[-1])
            uniforms = self._unit(len(rows) * num_samples, np.float64)
            return search(rows, uniforms.reshape(len(rows), num_samples)).reshape(shape)
        waits = self.exponential(weights.shape, weights.dtype)
        with np.errstate(divide="ignore", over="ignore"):
            return largest(weights / waits, num_samples)


def _count(shape: Shape) -> int:
    return math.prod(shape) if isinstance(shape, (tuple, list)) else int(shape)


def _floating(name: str, dtype: Any) -> np.dtype:
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise NotImplementedError(
            f"\"{name}\" not implemented for '{dtype}': it needs a floating dtype, such as float32"
        )
    return dtype


def _map(ufunc: np.ufunc, function: Callable[[float], float], x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """A function of float64: by the C library where its last bit shows, by NumPy's faster one where it does not."""
    return by_libm(function, x) if dtype == np.float64 else ufunc(x)


def _cast(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """values in `dtype`, silently; float16 by way of float32, as torch does it."""
    with np.errstate(over="ignore", invalid="ignore"):
        if dtype == np.float16:
            values = values.astype(np.float32, copy=False)
        return values.astype(dtype, copy=False)


def fill(target: np.ndarray, draw: Callable[[tuple[int, ...]], np.ndarray]) -> None:
    """Lay draw(shape) into a strided target in the order of its elements in memory, as torch fills one.

    >>> from gradus.core.random import Generator, fill
    >>> target = np.empty((2, 3), np.float32).T
    >>> fill(target, Generator().manual_seed(42).uniform)
    >>> target.T.round(2)
    array([[0.88, 0.92, 0.38],
           [0.96, 0.39, 0.6 ]], dtype=float32)
    """
    axes = sorted(range(target.ndim), key=lambda axis: -abs(target.strides[axis]))
    in_memory = target.transpose(axes)
    in_memory[...] = draw(in_memory.shape)


# ---------------------------------------------------------------------------------------------------------------------
# The stream that every call without a generator draws from.

default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """Start the default stream from `seed`, or from what int() makes of it, as torch does; returns its generator.

    >>> from gradus.core import random
    >>> random.manual_seed(42).uniform(2)
    array([0.88226926, 0.91500396], dtype=float32)
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Start the default stream from a seed that the operating system picks, and return it.

    >>> from gradus.core import random
    >>> random.seed() == random.initial_seed()
    True
    """
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the default stream started from.

    >>> from gradus.core import random
    >>> generator = random.manual_seed(7)
    >>> random.initial_seed()
    7
    """
    return default_generator.initial_seed()


def get_rng_state() -> np.ndarray:
    """The default stream's position, 5056 bytes in torch's layout.

    >>> from gradus.core import random
    >>> random.get_rng_state().shape
    (5056,)
    """
    return default_generator.get_state()


def set_rng_state(state: Any) -> None:
    """Put the default stream where get_rng_state() found it.

    >>> from gradus.core import random
    >>> position = random.get_rng_state()
    >>> first = random.default_generator.permutation(5)
    >>> random.set_rng_state(position)
    >>> bool((random.default_generator.permutation(5) == first).all())
    True
    """
    default_generator.set_state(state)


@contextmanager
def fork_rng(devices: Any = None, enabled: bool = True) -> Iterator[None]:
    """Inside the `with`, draws leave no trace: the default stream goes on afterwards as if there had been none.

    >>> from gradus.core import random
    >>> generator = random.manual_seed(42)
    >>> with random.fork_rng():
    ...     lost = generator.uniform(1000)
    >>> generator.uniform(2)
    array([0.88226926, 0.91500396], dtype=float32)
    """
    state = get_rng_state() if enabled else None
    try:
        yield
    finally:
        if state is not None:
            set_rng_state(state)
