"""Datasets: every class and random_split, beside torch's."""

from __future__ import annotations

import warnings

import pytest
import torch
from hypothesis import given, strategies as st

import gradus
from gradus.utils import data as ours

theirs = torch.utils.data


class Count(ours.IterableDataset):
    def __init__(self, n: int) -> None:
        self.n = n

    def __iter__(self):
        return iter(range(self.n))

    def __len__(self) -> int:
        return self.n


def test_import_paths_of_torch() -> None:
    from gradus.utils.data.dataloader import DataLoader, default_collate
    from gradus.utils.data.dataset import TensorDataset, random_split
    from gradus.utils.data.sampler import BatchSampler

    assert (DataLoader, TensorDataset, BatchSampler) == (ours.DataLoader, ours.TensorDataset, ours.BatchSampler)
    assert (random_split, default_collate) == (ours.random_split, ours.default_collate)


def test_a_dataset_says_what_a_subclass_must_define() -> None:
    with pytest.raises(NotImplementedError, match="__getitem__"):
        ours.Dataset()[0]
    with pytest.raises(NotImplementedError, match="__iter__"):
        iter(ours.IterableDataset())
    with pytest.raises(TypeError, match="no len"):
        len(ours.Dataset())


def test_dataset_classes_may_be_subscripted() -> None:
    class Numbers(ours.Dataset[int]):
        def __getitem__(self, index: int) -> int:
            return index

    class Order(ours.Sampler[int]):
        def __iter__(self):
            return iter([1, 0])

    assert isinstance(Numbers(), ours.Dataset)
    assert [Numbers()[i] for i in Order()] == [1, 0]


def test_tensor_dataset_pairs_rows() -> None:
    x, y = gradus.arange(6.0).reshape(3, 2), gradus.tensor([7, 8, 9])
    dataset = ours.TensorDataset(x, y)
    assert len(dataset) == 3
    features, target = dataset[-1]
    assert (features.tolist(), target.item()) == ([4.0, 5.0], 9)
    assert [part.tolist() for part in dataset[1:]] == [[[2.0, 3.0], [4.0, 5.0]], [8, 9]]
    assert [target.item() for _, target in dataset] == [7, 8, 9]
    with pytest.raises(IndexError):
        dataset[3]


def test_tensor_dataset_refuses_unequal_sizes() -> None:
    with pytest.raises(AssertionError, match=r"Size mismatch between tensors.*\[2, 3\]"):
        ours.TensorDataset(gradus.ones(2), gradus.ones(3))


def test_stack_dataset() -> None:
    assert ours.StackDataset(range(3), "abc")[1] == theirs.StackDataset(range(3), "abc")[1] == (1, "b")
    assert ours.StackDataset(a=range(3), b="abc")[2] == {"a": 2, "b": "c"}
    assert len(ours.StackDataset(range(3))) == 3
    for module in (ours, theirs):
        for args, kwargs in (((), {}), ((range(3),), {"a": range(3)}), ((range(3), range(2)), {})):
            with pytest.raises(ValueError):
                module.StackDataset(*args, **kwargs)


def test_concat_dataset_is_torchs() -> None:
    parts = [list("abc"), [], list("de")]
    mine, reference = ours.ConcatDataset(parts), theirs.ConcatDataset(parts)
    assert mine.cumulative_sizes == reference.cumulative_sizes
    assert [mine[i] for i in range(-5, 5)] == [reference[i] for i in range(-5, 5)]
    for i in (5, -6):
        with pytest.raises(IndexError, match="out of range for 5 examples"):
            mine[i]
    both = ours.TensorDataset(gradus.ones(2)) + ours.TensorDataset(gradus.zeros(1))
    assert isinstance(both, ours.ConcatDataset)
    assert [x.item() for (x,) in (both[i] for i in range(3))] == [1.0, 1.0, 0.0]


def test_concat_dataset_refuses_what_has_no_numbers() -> None:
    with pytest.raises(AssertionError, match="empty"):
        ours.ConcatDataset([])
    with pytest.raises(AssertionError, match="ChainDataset"):
        ours.ConcatDataset([Count(3)])


def test_chain_dataset() -> None:
    chain = Count(2) + Count(3)
    assert list(chain) == [0, 1, 0, 1, 2]
    assert len(chain) == 5
    with pytest.raises(AssertionError, match="only supports IterableDataset, but got a range"):
        list(ours.ChainDataset([range(3)]))


def test_subset() -> None:
    source = ours.TensorDataset(gradus.arange(5.0))
    subset = ours.Subset(source, [4, 2, 0])
    assert len(subset) == 3
    assert [x.item() for (x,) in subset] == [4.0, 2.0, 0.0]
    assert subset[[0, 2]][0].tolist() == [4.0, 0.0]
    assert [x.item() for (x,) in ours.Subset(subset, [1, 0]).__getitems__([0, 1])] == [2.0, 4.0]
    with pytest.raises(IndexError):
        subset[3]


# ---------------------------------------------------------------------------------------------------------------------
# random_split


@pytest.mark.parametrize(
    ("total", "lengths"),
    [
        (10, [7, 3]),
        (10, [0.8, 0.2]),
        (11, [0.3, 0.3, 0.4]),
        (100, [1 / 3, 1 / 3, 1 / 3]),
        (10, [0.1] * 10),
        (10, [0, 10]),
        (10, [1.0]),
        (1797, [0.9, 0.1]),
        (0, [0, 0]),
        (1, [1]),
    ],
)
def test_random_split_is_torchs(total: int, lengths: list[float]) -> None:
    gradus.manual_seed(5), torch.manual_seed(5)
    for streams in ((None, None), (gradus.Generator().manual_seed(3), torch.Generator().manual_seed(3))):
        mine = ours.random_split(range(total), lengths, generator=streams[0])
        reference = theirs.random_split(range(total), lengths, generator=streams[1])
        assert [part.indices for part in mine] == [part.indices for part in reference]
    assert gradus.rand(1).item() == torch.rand(1).item(), "the default stream must stand where torch's stands"


@given(st.integers(0, 60), st.lists(st.integers(0, 20), min_size=1, max_size=5))
def test_random_split_gives_every_example_once(total: int, lengths: list[int]) -> None:
    lengths = [*lengths, total - sum(lengths)]
    if lengths[-1] < 0:
        with pytest.raises(ValueError):
            ours.random_split(range(total), lengths)
        return
    parts = ours.random_split(range(total), lengths)
    assert sorted(example for part in parts for example in part) == list(range(total))


@pytest.mark.parametrize("lengths", [[3, 4], [0.5, 0.6], [0.3, 0.3], [-1, 11], [5, 5.0], [1.5, -0.5]])
def test_random_split_refuses_lengths_that_do_not_add_up(lengths: list[float]) -> None:
    with pytest.raises(ValueError, match="random_split"):
        ours.random_split(range(10), lengths)


def test_random_split_warns_of_an_empty_part() -> None:
    with pytest.warns(UserWarning, match="Length of split at index 1 is 0"):
        ours.random_split(range(3), [0.9, 0.1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours.random_split(range(3), [3, 0])
