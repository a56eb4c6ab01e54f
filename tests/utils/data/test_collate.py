"""default_collate and default_convert, beside torch's."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest
import torch

import gradus
from gradus.utils import data as ours

theirs = torch.utils.data

Point = namedtuple("Point", "x y")

EXAMPLES: dict[str, list[Any]] = {
    "floats": [1.5, 2.5],
    "ints": [1, 2],
    "bools": [True, False],
    "strings": ["a", "b"],
    "bytes": [b"a", b"b"],
    "float32 numbers": [np.float32(1), np.float32(2)],
    "int32 numbers": [np.int32(1), np.int32(2)],
    "bool numbers": [np.bool_(True), np.bool_(False)],
    "float32 arrays": [np.ones((2, 3), np.float32), np.zeros((2, 3), np.float32)],
    "uint8 arrays": [np.arange(4, dtype=np.uint8)] * 2,
    "0-d arrays": [np.array(3), np.array(4)],
    "one example": [(np.ones(2), 1)],
    "tuples": [(1, 2.0, "a"), (3, 4.0, "b")],
    "lists": [[1, 2], [3, 4]],
    "dicts": [{"x": np.ones(2), "y": 1}, {"x": np.zeros(2), "y": 2}],
    "ordered dicts": [OrderedDict(b=1, a=2), OrderedDict(b=3, a=4)],
    "named tuples": [Point(1, 2.0), Point(3, 4.0)],
    "nested": [({"a": [1, (2.0, "x")]}, np.ones(1)), ({"a": [3, (4.0, "y")]}, np.zeros(1))],
    "ranges": [range(2), range(2)],
    "no columns": [(), ()],
}


def plain(value: Any) -> Any:
    """Containers with their classes, tensors as (dtype, numbers)."""
    if isinstance(value, (gradus.Tensor, torch.Tensor)):
        return str(value.dtype).rpartition(".")[2], value.tolist()
    if isinstance(value, dict):
        return type(value), [(key, plain(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value), [plain(item) for item in value]
    return value


@pytest.mark.parametrize("batch", EXAMPLES.values(), ids=EXAMPLES)
def test_default_collate_is_torchs(batch: list[Any]) -> None:
    assert plain(ours.default_collate(batch)) == plain(theirs.default_collate(batch))


@pytest.mark.parametrize("batch", EXAMPLES.values(), ids=EXAMPLES)
def test_default_convert_is_torchs(batch: list[Any]) -> None:
    assert plain(ours.default_convert(batch[0])) == plain(theirs.default_convert(batch[0]))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8", "bool"])
def test_tensors_are_stacked_in_their_dtype(dtype: str) -> None:
    rows = [[1, 0], [0, 1]]
    mine = ours.default_collate([gradus.tensor(row, dtype=getattr(gradus, dtype)) for row in rows])
    assert plain(mine) == (dtype, gradus.tensor(rows, dtype=getattr(gradus, dtype)).tolist())


def test_gradients_flow_through_a_batch() -> None:
    w = gradus.ones(2, requires_grad=True)
    (ours.default_collate([w * 2, w * 3])).sum().backward()
    assert w.grad.tolist() == [5.0, 5.0]


@pytest.mark.parametrize("make", [gradus.ones, np.ones, lambda n: [1] * n], ids=["tensors", "arrays", "lists"])
def test_ragged_examples_are_named(make: Any) -> None:
    with pytest.raises(RuntimeError, match=r"equal size, but .*entry 0.*entry 1.*collate_fn"):
        ours.default_collate([make(2), make(3)])


@pytest.mark.parametrize("example", [None, object(), np.array(["a"]), np.array([None])])
def test_what_makes_no_batch_is_named(example: Any) -> None:
    with pytest.raises(TypeError, match="default_collate: batch must contain tensors, .* found"):
        ours.default_collate([example])
    with pytest.raises(TypeError):
        theirs.default_collate([example])


def test_a_missing_key_is_an_error() -> None:
    with pytest.raises(KeyError, match="a"):
        ours.default_collate([{"a": 1}, {"b": 1}])
