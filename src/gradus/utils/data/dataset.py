"""Datasets: what has examples by number (`dataset[i]`, `len`), or gives one after another (`iter`)."""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from math import floor, isclose
from types import GenericAlias
from typing import Any

from .sampler import stream_of


class Dataset:
    """Examples by number: a subclass defines `__getitem__(index)` and `__len__()`.

    One that can read many examples at once may also define `__getitems__(indices)`, which gives a list of them.

    >>> from gradus.utils.data import Dataset
    >>> class Squares(Dataset):
    ...     def __len__(self):
    ...         return 4
    ...     def __getitem__(self, index):
    ...         return index, index**2
    >>> Squares()[3]
    (3, 9)
    >>> len(Squares() + Squares())
    8
    """

    __class_getitem__: Any = classmethod(GenericAlias)  # Dataset[int] may stand in annotations and as a base class

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: Any) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset):
    """Examples one after another, as a stream or a large file gives them: a subclass defines `__iter__()`.

    >>> from gradus.utils.data import DataLoader, IterableDataset
    >>> class Countdown(IterableDataset):
    ...     def __iter__(self):
    ...         return iter([3, 2, 1])
    >>> list(DataLoader(Countdown(), batch_size=2))
    [tensor([3, 2]), tensor([1])]
    """

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")

    def __add__(self, other: Any) -> ChainDataset:  # type: ignore[override]
        return ChainDataset([self, other])


class TensorDataset(Dataset):
    """Tensors whose rows belong together: example i is (t₀[i], t₁[i], …).

    A DataLoader with the default collate_fn takes a whole batch of rows at once.

    Args:
        tensors: of any shapes with the same first size.
    Raises:
        AssertionError: the first sizes differ.

    >>> import gradus
    >>> x, y = gradus.tensor([[1.0, 2.0], [3.0, 4.0]]), gradus.tensor([0, 1])
    >>> gradus.utils.data.TensorDataset(x, y)[1]
    (tensor([3., 4.]), tensor(1))
    """

    def __init__(self, *tensors: Any) -> None:
        sizes = [tensor.size(0) for tensor in tensors]
        if len(set(sizes)) > 1:
            raise AssertionError(
                f"Size mismatch between tensors: TensorDataset pairs row i of each, but their first sizes are {sizes}"
            )
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple([tensor[index] for tensor in self.tensors])

    def __len__(self) -> int:
        return self.tensors[0].size(0)


class StackDataset(Dataset):
    """Datasets side by side: example i holds example i of each, as a tuple, or as a dict where they were given by name.

    Raises:
        ValueError: the lengths differ, none was given, or some by position and some by name.

    >>> from gradus.utils.data import StackDataset
    >>> StackDataset(image=["🐈", "🐕"], label=[0, 1])[1]
    {'image': '🐕', 'label': 1}
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ValueError("StackDataset: give all datasets by position (for tuples) or all by name (for dicts)")
        self.datasets: Any = args or kwargs
        members = list(args or kwargs.values())
        if not members:
            raise ValueError("StackDataset: At least one dataset should be passed")
        lengths = [len(member) for member in members]
        if len(set(lengths)) > 1:
            raise ValueError(f"StackDataset: Size mismatch between datasets: their lengths are {lengths}")
        self._length = lengths[0]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(self.datasets, dict):
            return {name: dataset[index] for name, dataset in self.datasets.items()}
        return tuple([dataset[index] for dataset in self.datasets])

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset):
    """Datasets one after another, under one numbering.

    Raises:
        AssertionError: there are none, or one is an IterableDataset, which has no numbers.

    >>> from gradus.utils.data import ConcatDataset
    >>> both = ConcatDataset([["a", "b"], ["c"]])
    >>> len(both), both[2], both[-3]
    (3, 'c', 'a')
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("ConcatDataset: datasets should not be an empty iterable")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise AssertionError("ConcatDataset does not support IterableDataset; ChainDataset puts those in a row")
        self.cumulative_sizes = list(accumulate(len(dataset) for dataset in self.datasets))

    def __getitem__(self, index: int) -> Any:
        size = len(self)
        if not -size <= index < size:
            raise IndexError(f"ConcatDataset: index {index} is out of range for {size} examples")
        index %= size
        which = bisect_right(self.cumulative_sizes, index)
        before = self.cumulative_sizes[which - 1] if which else 0
        return self.datasets[which][index - before]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


class ChainDataset(IterableDataset):
    """Streams one after another.

    Raises:
        AssertionError: one of them is not an IterableDataset (when its turn comes).
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = datasets

    def __iter__(self) -> Iterator[Any]:
        for dataset in self.datasets:
            self._check(dataset)
            yield from dataset

    def __len__(self) -> int:
        for dataset in self.datasets:
            self._check(dataset)
        return sum(len(dataset) for dataset in self.datasets)

    def _check(self, dataset: Any) -> None:
        if not isinstance(dataset, IterableDataset):
            raise AssertionError(f"ChainDataset only supports IterableDataset, but got a {type(dataset).__name__}")


class Subset(Dataset):
    """The examples of another dataset at these indices, in this order.

    >>> from gradus.utils.data import Subset
    >>> list(Subset(["a", "b", "c"], [2, 0]))
    ['c', 'a']
    """

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: Sequence[int]) -> list[Any]:
        chosen = [self.indices[i] for i in indices]
        many = getattr(self.dataset, "__getitems__", None)
        return [self.dataset[i] for i in chosen] if many is None else many(chosen)

    def __len__(self) -> int:
        return len(self.indices)


def random_split(dataset: Any, lengths: Sequence[float], generator: Any = None) -> list[Subset]:
    """Divide a dataset at random into subsets without common examples.

    Args:
        lengths: numbers of examples that add up to all, or fractions that add up to 1. What fractions leave over when
            rounded down goes one by one to the first subsets.
        generator: the stream that draws the order; without it the default one.
    Raises:
        ValueError: the lengths do not add up.

    >>> import gradus
    >>> train, test = gradus.utils.data.random_split(range(10), [0.8, 0.2], gradus.Generator().manual_seed(0))
    >>> list(train), list(test)
    ([4, 1, 7, 5, 3, 9, 0, 8], [6, 2])
    """
    total = len(dataset)
    counts = _counts(lengths, total) if isclose(sum(lengths), 1) and sum(lengths) <= 1 else list(lengths)
    if sum(counts) != total:
        raise ValueError(
            "random_split: Sum of input lengths does not equal the length of the input dataset! "
            f"Expected numbers that add up to {total} or fractions that add up to 1, got {list(lengths)}"
        )
    if any(isinstance(count, float) or count < 0 for count in counts):
        raise ValueError(f"random_split: expected whole numbers of examples, 0 or more, got {counts}")
    order = stream_of(generator).permutation(total).tolist()
    ends = accumulate(counts)
    return [Subset(dataset, order[end - count : end]) for end, count in zip(ends, counts, strict=True)]


def _counts(fractions: Sequence[float], total: int) -> list[int]:
    for i, fraction in enumerate(fractions):
        if not 0 <= fraction <= 1:
            raise ValueError(f"random_split: Fraction at index {i} is not between 0 and 1, got {fraction}")
    counts = [floor(total * fraction) for fraction in fractions]
    for i in range(total - sum(counts)):
        counts[i % len(counts)] += 1
    for i, count in enumerate(counts):
        if count == 0:
            warnings.warn(
                f"Length of split at index {i} is 0. This might result in an empty dataset.", UserWarning, stacklevel=3
            )
    return counts
