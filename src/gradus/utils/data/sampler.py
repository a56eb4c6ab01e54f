"""Samplers: the order in which a dataset is read. The same seed gives torch's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import islice
from types import GenericAlias
from typing import Any

import numpy as np

from ...core.base import raw
from ...core.dtype import float64
from ...core.random import Generator, default_generator
from ...ops.create import as_tensor

DRAWN_AT_ONCE = 32  # how many indices torch draws at a time with replacement: part of its order


class Sampler:
    """An order: a subclass defines `__iter__()`, which gives indices (or lists of them, as a batch_sampler), and mostly
    `__len__()`.

    >>> from gradus.utils.data import DataLoader, Sampler
    >>> class Backwards(Sampler):
    ...     def __init__(self, data_source):
    ...         self.data_source = data_source
    ...     def __iter__(self):
    ...         return iter(range(len(self.data_source) - 1, -1, -1))
    ...     def __len__(self):
    ...         return len(self.data_source)
    >>> examples = [10, 20, 30]
    >>> list(DataLoader(examples, batch_size=2, sampler=Backwards(examples)))
    [tensor([30, 20]), tensor([10])]
    """

    __class_getitem__: Any = classmethod(GenericAlias)  # Sampler[int] may stand in annotations and as a base class

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError("Subclasses of Sampler should implement __iter__.")


class PiecewiseSampler(Sampler):
    """An order that is known in long pieces, each a range or an array, so that batches can be cut from it whole."""

    def pieces(self) -> Iterator[range | np.ndarray]:
        """The order, piece by piece; a piece is drawn when the first of its indices is needed."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[int]:
        for piece in self.pieces():
            yield from piece if isinstance(piece, range) else piece.tolist()


class SequentialSampler(PiecewiseSampler):
    """0, 1, 2, …, n − 1.

    >>> from gradus.utils.data import SequentialSampler
    >>> list(SequentialSampler("abc"))
    [0, 1, 2]
    """

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def pieces(self) -> Iterator[range | np.ndarray]:
        yield range(len(self.data_source))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(PiecewiseSampler):
    """All indices in random order; with replacement, each drawn from all.

    Args:
        replacement: whether an index may come again before the others have come.
        num_samples: how many to give, by default one for each example; drawn as they are needed, so 10¹⁰ will do.
        generator: the stream to draw from; without it the default stream seeds a fresh one for each iteration.
    Raises:
        ValueError: num_samples, or the length of the data, is not positive.

    >>> import gradus
    >>> list(gradus.utils.data.RandomSampler(range(5), generator=gradus.Generator().manual_seed(0)))
    [4, 0, 1, 3, 2]
    """

    def __init__(
        self, data_source: Sized, replacement: bool = False, num_samples: int | None = None, generator: Any = None
    ) -> None:
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got replacement={replacement}")
        self.data_source, self.replacement, self.generator = data_source, replacement, generator
        self._num_samples = num_samples
        if not isinstance(self.num_samples, int) or self.num_samples <= 0:
            raise ValueError(
                f"num_samples should be a positive integer value, but got num_samples={self.num_samples}"
                + ("; the dataset is empty" if num_samples is None else "")
            )

    @property
    def num_samples(self) -> int:
        """How many indices an iteration gives."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def pieces(self) -> Iterator[range | np.ndarray]:
        n, stream = len(self.data_source), stream_of(self.generator)
        if self.generator is None:
            stream = Generator().manual_seed(stream.next_seed())
        size = DRAWN_AT_ONCE if self.replacement else n
        for _ in range(self.num_samples // size):
            yield stream.randint(0, n, size) if self.replacement else stream.permutation(n)
        rest = self.num_samples % size
        if rest or self.generator is not None:  # torch draws once more even for nothing, which moves a user's stream
            yield stream.randint(0, n, rest) if self.replacement else stream.permutation(n)[:rest]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler):
    """These indices in random order.

    >>> import gradus
    >>> list(gradus.utils.data.SubsetRandomSampler([10, 20, 30], generator=gradus.Generator().manual_seed(0)))
    [30, 10, 20]
    """

    def __init__(self, indices: Sequence[int], generator: Any = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[Any]:
        for i in stream_of(self.generator).permutation(len(self.indices)).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(PiecewiseSampler):
    """Indices drawn in proportion to weights: for classes of unequal size.

    Args:
        weights: one for each index, not negative; they need not add up to 1.
        num_samples: how many to draw.
        replacement: whether an index may be drawn more than once.
    Raises:
        ValueError: the weights are not one row, or num_samples is not positive.

    >>> import gradus
    >>> stream = gradus.Generator().manual_seed(0)
    >>> list(gradus.utils.data.WeightedRandomSampler([0.0, 1.0, 3.0], 5, generator=stream))
    [2, 2, 2, 2, 2]
    """

    def __init__(
        self, weights: Sequence[float], num_samples: int, replacement: bool = True, generator: Any = None
    ) -> None:
        if not isinstance(num_samples, int) or isinstance(num_samples, bool) or num_samples <= 0:
            raise ValueError(f"num_samples should be a positive integer value, but got num_samples={num_samples}")
        if not isinstance(replacement, bool):
            raise ValueError(f"replacement should be a boolean value, but got replacement={replacement}")
        self.weights = as_tensor(weights, dtype=float64)
        if self.weights.ndim != 1:
            raise ValueError(
                f"weights should be a 1d sequence but given weights have shape {tuple(self.weights.shape)}"
            )
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def pieces(self) -> Iterator[range | np.ndarray]:
        yield stream_of(self.generator).multinomial(raw(self.weights), self.num_samples, self.replacement)

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    """The indices of another sampler, gathered into lists of batch_size.

    Args:
        drop_last: leave out the last batch if it is not full.

    >>> from gradus.utils.data import BatchSampler
    >>> list(BatchSampler(range(5), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool) -> None:
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        indices = iter(self.sampler)
        while batch := list(islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def cuts(self) -> Iterator[Any]:
        """The batches as ranges and arrays where the sampler knows its order in pieces, else `__iter__`'s lists."""
        if type(self.sampler).__iter__ is not PiecewiseSampler.__iter__ or type(self) is not BatchSampler:
            yield from self
            return
        size = self.batch_size
        left: Any = ()
        for piece in self.sampler.pieces():  # type: ignore[attr-defined]
            start = 0
            if len(left):
                start = size - len(left)
                left = np.concatenate([left, piece[:start]])
                if len(left) < size:
                    continue
                yield left
            while start + size <= len(piece):
                yield piece[start : start + size]
                start += size
            left = piece[start:]
        if len(left) and not self.drop_last:
            yield left

    def __len__(self) -> int:
        count = len(self.sampler)  # type: ignore[arg-type]
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


def stream_of(generator: Any) -> Generator:
    """The stream to draw from: the default one for None."""
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(f"generator must be a gradus.Generator, such as Generator().manual_seed(0), got {generator!r}")
    return generator
