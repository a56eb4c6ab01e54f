"""Results with named parts behave as torch's return types: tuples that print, unpack, copy and pickle."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch

import gradus

CALLS = [
    "max(1)",
    "min(1)",
    "sort()",
    "topk(1)",
    "median(1)",
    "nanmedian(1)",
    "mode()",
    "kthvalue(1)",
    "cummax(1)",
    "cummin(1)",
    "aminmax()",
]


@pytest.mark.parametrize("call", CALLS)
def test_prints_and_names_its_parts_as_torch(call: str) -> None:
    ours = eval(f"x.{call}", {"x": gradus.tensor([[1.0, 3.0], [5.0, 2.0]])})
    theirs = eval(f"x.{call}", {"x": torch.tensor([[1.0, 3.0], [5.0, 2.0]])})
    assert repr(ours) == repr(theirs).replace("torch.", "gradus.")
    assert isinstance(ours, tuple) and len(ours) == 2
    for name in ("min", "max") if call == "aminmax()" else ("values", "indices"):
        assert getattr(ours, name).tolist() == getattr(theirs, name).tolist()


def test_copies_and_pickles() -> None:
    result = gradus.tensor([3.0, 1.0]).sort()
    for again in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result), copy.copy(result)):
        assert type(again) is type(result)
        assert again.values.tolist() == [1.0, 3.0] and again.indices.tolist() == [1, 0]


def test_has_no_other_names() -> None:
    with pytest.raises(AttributeError):
        gradus.tensor([3.0, 1.0]).sort().counts
