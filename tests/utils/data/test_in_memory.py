"""Batches of tensors are taken whole: the work is counted, and the result is what collating item by item gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import gradus
from gradus.utils import data
from gradus.utils.data import in_memory


def rows(n: int = 100) -> data.TensorDataset:
    x = np.random.RandomState(0).rand(n, 3, 4).astype(np.float32)
    return data.TensorDataset(gradus.from_numpy(x), gradus.arange(n))


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often an example was read by itself, and rows of one tensor were taken."""
    counted = {"examples": 0, "takes": 0}

    def count(owner: Any, name: str, key: str) -> None:
        original = getattr(owner, name)

        def counting(*args: Any) -> Any:
            counted[key] += 1
            return original(*args)

        monkeypatch.setattr(owner, name, counting)

    count(data.TensorDataset, "__getitem__", "examples")
    count(in_memory, "_rows", "takes")
    return counted


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("part", ["all", "a subset", "a subset of a subset"])
def test_one_take_for_each_tensor_of_a_batch(work: dict[str, int], shuffle: bool, part: str) -> None:
    dataset: Any = rows()
    if part != "all":
        dataset = data.Subset(dataset, list(range(99, -1, -1)))
    if part == "a subset of a subset":
        dataset = data.random_split(dataset, [100, 0])[0]
    batches = list(data.DataLoader(dataset, batch_size=32, shuffle=shuffle))
    assert len(batches) == 4
    assert work == {"examples": 0, "takes": 2 * 4}


class Doubled(data.TensorDataset):
    def __getitem__(self, index: Any) -> Any:
        x, y = super().__getitem__(index)
        return x * 2, y


class Bulk(data.TensorDataset):
    def __getitems__(self, indices: list[int]) -> list[Any]:
        return [self[i] for i in reversed(indices)]


@pytest.mark.parametrize("kind", [Doubled, Bulk])
def test_a_subclass_that_reads_in_its_own_way_is_asked(kind: type[data.TensorDataset], work: dict[str, int]) -> None:
    dataset = kind(gradus.arange(4.0), gradus.arange(4))
    (batch,) = data.DataLoader(data.Subset(dataset, [1, 3]), batch_size=4)
    assert batch[0].tolist() == ([2.0, 6.0] if kind is Doubled else [3.0, 1.0])
    assert work["takes"] == 0


def test_a_collate_of_ones_own_gets_the_examples(work: dict[str, int]) -> None:
    assert list(data.DataLoader(rows(10), batch_size=5, collate_fn=len)) == [5, 5]
    assert work == {"examples": 10, "takes": 0}


def test_gradients_flow_to_tensors_that_require_them() -> None:
    x = gradus.ones(4, requires_grad=True)
    for (batch,) in data.DataLoader(data.TensorDataset(x), batch_size=3):
        batch.sum().backward()
    assert x.grad.tolist() == [1.0] * 4


@given(st.integers(1, 30), st.integers(1, 12), st.booleans(), st.data())
def test_the_same_as_item_by_item(n: int, size: int, shuffle: bool, draw: st.DataObject) -> None:
    dataset: Any = rows(n)
    if draw.draw(st.booleans()):
        dataset = data.Subset(dataset, draw.draw(st.lists(st.integers(-n, n - 1), min_size=1)))

    def batches(**options: Any) -> Any:
        gradus.manual_seed(7)
        return [[(x.dtype, x.tolist()) for x in batch] for batch in data.DataLoader(dataset, size, shuffle, **options)]

    assert batches() == batches(collate_fn=lambda examples: data.default_collate(examples))


@pytest.mark.parametrize(
    "indices", [[4, 1], (4, 1), np.array([4, 1]), gradus.tensor([4, 1]), range(4, 0, -3)], ids=repr
)
def test_a_subset_may_hold_any_indices(indices: Any) -> None:
    (batch,) = data.DataLoader(data.Subset(rows(5), indices), batch_size=4)
    assert batch[1].tolist() == [4, 1]


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_batch_may_be_changed_in_place(shuffle: bool) -> None:
    """Its memory is its own, as in torch, though the dataset is a view of an array that nobody may write to."""
    x = np.ones((6, 2), np.float32)
    x.flags.writeable = False
    for (batch,) in data.DataLoader(data.TensorDataset(gradus.from_numpy(x)), batch_size=4, shuffle=shuffle):
        batch.mul_(0)
        assert not np.shares_memory(batch.numpy(), x)
    assert (x == 1).all()


def test_an_index_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        list(data.DataLoader(rows(3), batch_size=2, sampler=[0, 3]))
    with pytest.raises(IndexError):
        list(data.DataLoader(rows(3), batch_size=2, sampler=data.SequentialSampler(range(4))))
    with pytest.raises(IndexError):
        list(data.DataLoader(data.Subset(rows(3), [3]), batch_size=2))
    with pytest.raises(TypeError):
        list(data.DataLoader(rows(3), batch_size=2, sampler=["0"]))
    with pytest.raises(TypeError):
        list(data.DataLoader(rows(3), batch_sampler=[np.array([0.5])]))
