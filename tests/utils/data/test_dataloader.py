"""The DataLoader: the same seed gives torch's batches, and leaves the default stream where torch leaves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

import gradus
from gradus.utils import data as ours

theirs = torch.utils.data


def numbers(batch: Any) -> Any:
    if isinstance(batch, dict):
        return {name: numbers(part) for name, part in batch.items()}
    if isinstance(batch, (list, tuple)):
        return [numbers(part) for part in batch]
    return batch.tolist() if hasattr(batch, "tolist") else batch


class Sides:
    """The same thing in gradus and in torch."""

    def __init__(self, framework: Any, data: Any) -> None:
        self.tensor, self.generator, self.data = framework.tensor, framework.Generator, data
        self.manual_seed, self.rand = framework.manual_seed, framework.rand

    def rows(self, n: int = 10) -> Any:
        x = np.arange(2.0 * n, dtype=np.float32).reshape(n, 2)
        return self.data.TensorDataset(self.tensor(x), self.tensor(np.arange(n)))

    def examples(self, n: int = 10) -> Any:
        class Examples(self.data.Dataset):
            def __len__(self) -> int:
                return n

            def __getitem__(self, index: int) -> Any:
                assert type(index) is int
                return {"x": np.full(2, index, np.float32), "name": f"n{index}"}

        return Examples()

    def stream(self, n: int = 10) -> Any:
        class Stream(self.data.IterableDataset):
            def __iter__(self):
                return iter(range(n))

            def __len__(self) -> int:
                return n

        return Stream()


PAIR = (Sides(gradus, ours), Sides(torch, theirs))

LOADERS: dict[str, Callable[[Sides], Any]] = {
    "in order": lambda s: s.data.DataLoader(s.rows(), batch_size=3),
    "shuffled": lambda s: s.data.DataLoader(s.rows(), batch_size=3, shuffle=True),
    "the last left out": lambda s: s.data.DataLoader(s.rows(), batch_size=4, shuffle=True, drop_last=True),
    "ones": lambda s: s.data.DataLoader(s.rows(), shuffle=True),
    "larger than all": lambda s: s.data.DataLoader(s.rows(), batch_size=100, shuffle=True),
    "a subset": lambda s: s.data.DataLoader(s.data.Subset(s.rows(), [1, 3, 5, 7]), batch_size=3, shuffle=True),
    "a subset of a subset": lambda s: s.data.DataLoader(
        s.data.Subset(s.data.Subset(s.rows(), range(8)), [-1, 1, 2]), batch_size=2, shuffle=True
    ),
    "a part of a split": lambda s: s.data.DataLoader(s.data.random_split(s.rows(), [0.5, 0.5])[1], 2, True),
    "weighted": lambda s: s.data.DataLoader(
        s.rows(), batch_size=4, sampler=s.data.WeightedRandomSampler([1.0] * 10, 17)
    ),
    "a sampler of ids": lambda s: s.data.DataLoader(
        s.rows(), batch_size=2, sampler=s.data.SubsetRandomSampler([5, 6, 9])
    ),
    "a list for a sampler": lambda s: s.data.DataLoader(s.rows(), batch_size=2, sampler=[9, 0, -1]),
    "a list for batches": lambda s: s.data.DataLoader(s.rows(), batch_sampler=[[0, 1], [], [5]][::2]),
    "batches of an order": lambda s: s.data.DataLoader(
        s.rows(), batch_sampler=s.data.BatchSampler(s.data.RandomSampler(range(10)), 4, False)
    ),
    "no batches": lambda s: s.data.DataLoader(s.rows(), batch_size=None, shuffle=True),
    "examples": lambda s: s.data.DataLoader(s.examples(), batch_size=4, shuffle=True),
    "examples, no batches": lambda s: s.data.DataLoader(s.examples(), batch_size=None),
    "a subset of examples": lambda s: s.data.DataLoader(
        s.data.Subset(s.examples(), [7, 5]), batch_size=4, shuffle=True
    ),
    "a list of pairs": lambda s: s.data.DataLoader([(1.0, 2), (3.0, 4), (5.0, 6)], batch_size=2, shuffle=True),
    "two in a row": lambda s: s.data.DataLoader(s.rows() + s.rows(3), batch_size=5, shuffle=True),
    "side by side": lambda s: s.data.DataLoader(s.data.StackDataset(range(5), s.rows(5)), batch_size=2, shuffle=True),
    "own collate": lambda s: s.data.DataLoader(s.rows(), batch_size=4, shuffle=True, collate_fn=lambda b: len(b)),
    "a stream": lambda s: s.data.DataLoader(s.stream(), batch_size=4),
    "a stream, the last left out": lambda s: s.data.DataLoader(s.stream(), batch_size=4, drop_last=True),
    "a stream, no batches": lambda s: s.data.DataLoader(s.stream(), batch_size=None),
    "nothing": lambda s: s.data.DataLoader([], batch_size=4),
}


@pytest.mark.parametrize("make", LOADERS.values(), ids=LOADERS)
def test_same_seed_same_batches(make: Callable[[Sides], Any]) -> None:
    for side in PAIR:
        side.manual_seed(42)
    mine, reference = map(make, PAIR)
    assert len(mine) == len(reference)
    for _ in range(3):
        assert [numbers(batch) for batch in mine] == [numbers(batch) for batch in reference]
    assert gradus.rand(1).item() == torch.rand(1).item(), "the default stream must stand where torch's stands"


@pytest.mark.parametrize("n", [9, 10])
@pytest.mark.parametrize("taken", [0, 1, 3, 4])
def test_a_loop_that_is_left_early_leaves_the_generator_where_torch_does(n: int, taken: int) -> None:
    streams = [side.generator().manual_seed(3) for side in PAIR]
    for _ in range(2):
        seen = []
        for side, stream in zip(PAIR, streams, strict=True):
            batches = iter(side.data.DataLoader(side.rows(n), batch_size=3, shuffle=True, generator=stream))
            seen.append([numbers(next(batches)) for _ in range(min(taken, len(range(0, n, 3))))])
        assert seen[0] == seen[1]
    assert gradus.rand(1, generator=streams[0]).item() == torch.rand(1, generator=streams[1]).item()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # torch starts its worker with it
@pytest.mark.parametrize("persistent", [False, True])
def test_workers_change_neither_the_order_nor_the_stream(persistent: bool) -> None:
    """torch draws a worker seed for every loop, but with persistent workers only for the first."""
    options = {"batch_size": 3, "shuffle": True, "num_workers": 1, "persistent_workers": persistent}
    for side in PAIR:
        side.manual_seed(8)
    mine, reference = (side.data.DataLoader(side.rows(), **options) for side in PAIR)
    assert mine.prefetch_factor == reference.prefetch_factor == 2
    for _ in range(2):
        assert [numbers(batch) for batch in mine] == [numbers(batch) for batch in reference]
    assert gradus.rand(1).item() == torch.rand(1).item()
    assert ours.get_worker_info() is None


def test_an_order_that_is_drawn_when_the_loop_starts() -> None:
    """A sampler whose __iter__ draws at once does so after the worker seed was drawn; a batch_sampler before."""

    def make(side: Sides, name: str) -> Any:
        framework = gradus if side is PAIR[0] else torch

        class Order(side.data.Sampler):
            def __iter__(self):
                order = framework.randperm(10).tolist()
                return iter(order if name == "sampler" else [order[:4], order[4:]])

        return side.data.DataLoader(side.rows(), **{name: Order()})

    for name in ("sampler", "batch_sampler"):
        for side in PAIR:
            side.manual_seed(1)
        mine, reference = (make(side, name) for side in PAIR)
        assert [numbers(batch) for batch in mine] == [numbers(batch) for batch in reference]


@given(st.integers(1, 30), st.integers(1, 35), st.booleans(), st.booleans())
def test_every_example_comes_once(n: int, size: int, shuffle: bool, drop_last: bool) -> None:
    loader = ours.DataLoader(PAIR[0].rows(n), batch_size=size, shuffle=shuffle, drop_last=drop_last)
    batches = [target.tolist() for _, target in loader]
    assert len(batches) == len(loader)
    assert all(len(batch) == size for batch in batches[: None if drop_last else -1])
    seen = sorted(i for batch in batches for i in batch)
    assert len(set(seen)) == len(seen) == (n - n % size if drop_last else n)
    assert shuffle or seen == [i for batch in batches for i in batch]


def test_what_is_known_of_a_loader() -> None:
    dataset, collate = PAIR[0].rows(), lambda batch: batch
    loader = ours.DataLoader(dataset, batch_size=4, collate_fn=collate, pin_memory=True, drop_last=True)
    assert (loader.dataset, loader.batch_size, loader.drop_last, loader.num_workers) == (dataset, 4, True, 0)
    assert (loader.collate_fn, loader.pin_memory, loader.timeout, loader.prefetch_factor) == (collate, True, 0, None)
    assert isinstance(loader.sampler, ours.SequentialSampler)
    assert isinstance(loader.batch_sampler, ours.BatchSampler)
    assert isinstance(ours.DataLoader(dataset, shuffle=True).sampler, ours.RandomSampler)
    assert ours.DataLoader(dataset, batch_sampler=[[0]]).batch_size is None


@pytest.mark.parametrize(
    "name", ["dataset", "batch_size", "sampler", "batch_sampler", "drop_last", "persistent_workers"]
)
def test_what_the_order_was_made_from_is_fixed(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} attribute should not be set after DataLoader is initialized"):
        setattr(ours.DataLoader(PAIR[0].rows()), name, 1)


def test_the_rest_may_be_set() -> None:
    loader = ours.DataLoader(PAIR[0].rows(), batch_size=10)
    loader.collate_fn = len
    assert list(loader) == [10]


@pytest.mark.parametrize(
    "options",
    [
        {"shuffle": True, "sampler": [0]},
        {"batch_size": 2, "batch_sampler": [[0]]},
        {"shuffle": True, "batch_sampler": [[0]]},
        {"drop_last": True, "batch_sampler": [[0]]},
        {"sampler": [0], "batch_sampler": [[0]]},
        {"batch_size": 0},
        {"batch_size": 2.5},
        {"batch_size": True},
        {"batch_size": None, "drop_last": True},
        {"drop_last": 1},
        {"num_workers": -1},
        {"timeout": -1},
        {"prefetch_factor": 2},
        {"prefetch_factor": -1, "num_workers": 1},
        {"persistent_workers": True},
        {"multiprocessing_context": "spawn"},
    ],
    ids=str,
)
def test_options_that_contradict_each_other(options: dict[str, Any]) -> None:
    for side in PAIR:
        with pytest.raises(ValueError):
            side.data.DataLoader(side.rows(), **options)


def test_an_empty_dataset_cannot_be_shuffled() -> None:
    for side in PAIR:
        with pytest.raises(ValueError, match="num_samples=0"):
            side.data.DataLoader([], shuffle=True)


@pytest.mark.parametrize("options", [{"shuffle": True}, {"sampler": [0]}, {"batch_sampler": [[0]]}], ids=str)
def test_a_stream_has_its_own_order(options: dict[str, Any]) -> None:
    for side in PAIR:
        with pytest.raises(ValueError, match=f"expected unspecified {next(iter(options))} option"):
            side.data.DataLoader(side.stream(), **options)


def test_a_stream_may_have_no_length() -> None:
    class Endless(ours.IterableDataset):
        def __iter__(self):
            while True:
                yield 1.0

    loader = ours.DataLoader(Endless(), batch_size=3)
    assert next(iter(loader)).tolist() == [1.0, 1.0, 1.0]
    with pytest.raises(TypeError, match="no len"):
        len(loader)


def test_an_error_in_the_dataset_reaches_the_loop() -> None:
    class Broken(ours.Dataset):
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> int:
            raise OSError(f"no picture {index}")

    with pytest.raises(OSError, match="no picture 0"):
        list(ours.DataLoader(Broken(), batch_size=2))


def test_many_examples_are_read_at_once_where_a_dataset_can() -> None:
    class Bulk(ours.Dataset):
        def __len__(self) -> int:
            return 5

        def __getitems__(self, indices: list[int]) -> list[int]:
            return [10 * i for i in indices]

    assert numbers(list(ours.DataLoader(Bulk(), batch_size=3))) == [[0, 10, 20], [30, 40]]
