"""The DataLoader: batches of a dataset, in order or shuffled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .in_memory import batch_taker
from .sampler import BatchSampler, RandomSampler, SequentialSampler, stream_of

_FIXED = ("dataset", "batch_size", "sampler", "batch_sampler", "drop_last", "persistent_workers")


class DataLoader:
    """Batches of a dataset, anew for each `for` loop. The same seed gives torch's order.

    A TensorDataset (and a Subset of one) is read a whole batch of rows at a time; other datasets example by example.

    Args:
        dataset: anything with `dataset[i]` and `len(dataset)`, or an IterableDataset.
        batch_size: how many examples to a batch; None gives single examples.
        shuffle: a new random order for each loop.
        sampler: the order instead, as indices. batch_sampler: the order, as lists of indices.
        num_workers, prefetch_factor, persistent_workers, timeout, worker_init_fn, multiprocessing_context, in_order:
            accepted and checked. Whatever they are, examples are read in this process, in the order that workers keep;
            what a dataset itself draws at random, it draws from the streams of this process.
        collate_fn: makes a batch of a list of examples, by default `default_collate`.
        pin_memory, pin_memory_device: accepted; they matter to GPUs only.
        drop_last: leave out the last batch if it is not full.
        generator: the stream that seeds and shuffles; without it the default one.
    Raises:
        ValueError: arguments that contradict each other, or an empty dataset to be shuffled.

    >>> import gradus
    >>> from gradus.utils.data import DataLoader, TensorDataset
    >>> _ = gradus.manual_seed(0)
    >>> x = gradus.arange(5.0)
    >>> for features, target in DataLoader(TensorDataset(x, x**2), batch_size=2, shuffle=True):
    ...     print(features, target)
    tensor([1., 4.]) tensor([ 1., 16.])
    tensor([2., 3.]) tensor([4., 9.])
    tensor([0.]) tensor([0.])
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context)
        _check_order(batch_size, shuffle, sampler, batch_sampler, drop_last)
        self._is_stream = isinstance(dataset, IterableDataset)
        if self._is_stream:
            _check_stream(shuffle, sampler, batch_sampler)
        elif sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        source: Any = dataset if self._is_stream else sampler
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None:  # of a stream it gathers the examples themselves, as they have no indices
            batch_sampler = BatchSampler(source, batch_size, drop_last)
        self._source: Any = source if batch_sampler is None else batch_sampler
        self.dataset, self.batch_size, self.drop_last = dataset, batch_size, drop_last
        self.sampler, self.batch_sampler, self.generator = sampler, batch_sampler, generator
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.num_workers, self.persistent_workers = num_workers, persistent_workers
        self.prefetch_factor = 2 if prefetch_factor is None and num_workers > 0 else prefetch_factor
        self.timeout, self.worker_init_fn, self.in_order = timeout, worker_init_fn, in_order
        self.multiprocessing_context = multiprocessing_context
        self.pin_memory, self.pin_memory_device = pin_memory, pin_memory_device
        self._has_seed = False
        self._ready = True

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _FIXED and self.__dict__.get("_ready"):
            raise ValueError(f"{name} attribute should not be set after DataLoader is initialized; make a new one")
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[Any]:
        make: Callable[[Any], Any] = self._make
        source = self._source
        if not self._is_stream:
            if take := self._batch_taker():
                make, source = take, source.cuts() if isinstance(source, BatchSampler) else source
            source = iter(source)
        self._draw_seed()
        return _made(make, source)

    def __len__(self) -> int:
        return len(self._source)

    def _batch_taker(self) -> Callable[[Any], Any] | None:
        if self.batch_sampler is None or self.collate_fn is not default_collate:
            return None
        return batch_taker(self.dataset)

    def _draw_seed(self) -> None:
        """Draw the seed that torch draws for its workers, even if it has none, so that the stream moves on alike."""
        if not (self.persistent_workers and self._has_seed):
            stream_of(self.generator).next_seed()
            self._has_seed = True

    def _make(self, indices: Any) -> Any:
        """One batch (or one example), read from the dataset example by example."""
        if self._is_stream:
            return self.collate_fn(indices)
        if self.batch_sampler is None:
            return self.collate_fn(self.dataset[indices])
        many = getattr(self.dataset, "__getitems__", None)
        return self.collate_fn([self.dataset[i] for i in indices] if many is None else many(indices))


def _made(make: Callable[[Any], Any], source: Iterable[Any]) -> Iterator[Any]:
    for indices in source:
        yield make(indices)


def get_worker_info() -> None:
    """None: examples are read in the main process."""
    return


def _check_order(batch_size: Any, shuffle: Any, sampler: Any, batch_sampler: Any, drop_last: Any) -> None:
    if sampler is not None and shuffle:
        raise ValueError("sampler option is mutually exclusive with shuffle; let the sampler shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
    if batch_sampler is None and batch_size is None and drop_last:
        raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")


def _check_stream(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    for name, value in {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}.items():
        if value is not None:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}; "
                "a stream decides its own order"
            )


def _check_workers(
    num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool, context: Any
) -> None:
    if num_workers < 0:
        raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError("prefetch_factor option should be non-negative")
    if num_workers > 0:
        return
    if prefetch_factor is not None:
        raise ValueError("prefetch_factor option could only be specified in multiprocessing: let num_workers > 0")
    if persistent_workers:
        raise ValueError("persistent_workers option needs num_workers > 0")
    if context is not None:
        raise ValueError("multiprocessing_context can only be used with multi-process loading (num_workers > 0)")
