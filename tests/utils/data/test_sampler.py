"""Samplers: the same seed gives torch's order, and leaves the stream where torch leaves it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
import torch
from hypothesis import given, strategies as st

import gradus
from gradus.utils import data as ours

theirs = torch.utils.data

WEIGHTS = [0.5, 0.0, 3.0, 1.25, 0.25]

ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "in order": lambda d, g: d.SequentialSampler(range(9)),
    "shuffled": lambda d, g: d.RandomSampler(range(50), generator=g),
    "some of them": lambda d, g: d.RandomSampler(range(50), num_samples=20, generator=g),
    "more than there are": lambda d, g: d.RandomSampler(range(7), num_samples=20, generator=g),
    "twice each": lambda d, g: d.RandomSampler(range(7), num_samples=14, generator=g),
    "with replacement": lambda d, g: d.RandomSampler(range(50), replacement=True, generator=g),
    "with replacement, many": lambda d, g: d.RandomSampler(range(5), True, 100, g),
    "with replacement, 32": lambda d, g: d.RandomSampler(range(5), True, 32, g),
    "a subset": lambda d, g: d.SubsetRandomSampler([3, 5, 8, 13, 21], generator=g),
    "weighted": lambda d, g: d.WeightedRandomSampler(WEIGHTS, 12, generator=g),
    "weighted, one": lambda d, g: d.WeightedRandomSampler(WEIGHTS, 1, generator=g),
    "weighted, without replacement": lambda d, g: d.WeightedRandomSampler(WEIGHTS, 4, False, g),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_same_seed_same_order_from_the_default_stream(order: Callable[[Any, Any], Any]) -> None:
    gradus.manual_seed(11), torch.manual_seed(11)
    mine, reference = order(ours, None), order(theirs, None)
    assert len(mine) == len(reference)
    for _ in range(3):
        indices = list(mine)
        assert indices == list(reference)
        assert all(type(i) is int for i in indices)
    assert gradus.rand(1).item() == torch.rand(1).item()


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_same_seed_same_order_from_a_generator(order: Callable[[Any, Any], Any]) -> None:
    stream, torchs = gradus.Generator().manual_seed(4), torch.Generator().manual_seed(4)
    mine, reference = order(ours, stream), order(theirs, torchs)
    for taken in (3, None, 1, None):  # leaving early must leave the stream where torch leaves it, too
        assert list(islice(mine, taken)) == list(islice(reference, taken))
        assert gradus.rand(1, generator=stream).item() == torch.rand(1, generator=torchs).item()


def test_ten_billion_samples_are_drawn_as_they_are_needed() -> None:
    gradus.manual_seed(1), torch.manual_seed(1)
    args = (range(1000), True, int(1e10))
    mine, reference = ours.RandomSampler(*args), theirs.RandomSampler(*args)
    assert len(mine) == 10**10
    assert list(islice(mine, 70)) == list(islice(reference, 70))


def test_random_sampler_follows_a_dataset_that_grows() -> None:
    examples = [1, 2]
    sampler = ours.RandomSampler(examples)
    examples += [3, 4]
    assert sorted(sampler) == [0, 1, 2, 3]


REFUSED: dict[str, Callable[[Any], Any]] = {
    "nothing to shuffle": lambda d: d.RandomSampler([]),
    "a negative number": lambda d: d.RandomSampler([1], num_samples=-1),
    "replacement is no bool": lambda d: d.RandomSampler([1], replacement=1),
    "no samples": lambda d: d.WeightedRandomSampler([1.0], 0),
    "true samples": lambda d: d.WeightedRandomSampler([1.0], True),
    "weighted replacement is no bool": lambda d: d.WeightedRandomSampler([1.0], 1, 1),
    "a table of weights": lambda d: d.WeightedRandomSampler([[1.0, 2.0]], 1),
    "too many without replacement": lambda d: list(d.WeightedRandomSampler([1.0, 2.0], 3, False)),
    "a negative weight": lambda d: list(d.WeightedRandomSampler([-1.0, 2.0], 1)),
    "a seed for a generator": lambda d: list(d.RandomSampler([1, 2], generator=0)),
    "empty batches": lambda d: d.BatchSampler([1], 0, False),
    "half a batch": lambda d: d.BatchSampler([1], 2.5, False),
    "a true batch": lambda d: d.BatchSampler([1], True, False),
    "drop_last is no bool": lambda d: d.BatchSampler([1], 1, 1),
    "a bare sampler": lambda d: iter(d.Sampler()),
    "the length of a bare sampler": lambda d: len(d.Sampler()),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_refused_with_torchs_class(call: Callable[[Any], Any]) -> None:
    with pytest.raises(Exception) as reference:
        call(theirs)
    with pytest.raises(type(reference.value)):
        call(ours)


# ---------------------------------------------------------------------------------------------------------------------
# Batches


@given(st.integers(1, 40), st.integers(1, 50), st.booleans())
def test_batch_sampler_is_torchs(n: int, size: int, drop_last: bool) -> None:
    mine, reference = ours.BatchSampler(range(n), size, drop_last), theirs.BatchSampler(range(n), size, drop_last)
    assert list(mine) == list(reference)
    assert len(mine) == len(reference)


@given(st.sampled_from(sorted(ORDERS)), st.integers(1, 60), st.booleans(), st.one_of(st.none(), st.integers(0, 4)))
def test_batches_cut_whole_are_the_same(name: str, size: int, drop_last: bool, taken: int | None) -> None:
    """However many are taken: the same batches, and the stream at the same place."""
    streams = [gradus.Generator().manual_seed(2) for _ in range(2)]
    lists, cuts = (ours.BatchSampler(ORDERS[name](ours, stream), size, drop_last) for stream in streams)
    assert [list(map(int, batch)) for batch in islice(cuts.cuts(), taken)] == list(islice(lists, taken))
    assert gradus.rand(1, generator=streams[0]).item() == gradus.rand(1, generator=streams[1]).item()


def test_an_order_of_ones_own_is_kept_when_batches_are_cut() -> None:
    class Odd(ours.SequentialSampler):
        def __iter__(self):
            return iter(range(1, len(self.data_source), 2))

    class Reversed(ours.BatchSampler):
        def __iter__(self):
            return reversed(list(super().__iter__()))

    assert list(ours.BatchSampler(Odd(range(6)), 2, False).cuts()) == [[1, 3], [5]]
    assert list(Reversed(range(3), 2, False).cuts()) == [[2], [0, 1]]
