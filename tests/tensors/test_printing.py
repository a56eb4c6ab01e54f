"""A tensor prints as torch prints it, to the character; only the name before a dtype is ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

import gradus


@pytest.fixture(autouse=True)
def default_options() -> Iterator[None]:
    yield
    for m in (gradus, torch):
        m.set_printoptions(profile="default")


def same_text(array: np.ndarray, dtype: str | None = None, **options: Any) -> None:
    texts = []
    for m in (gradus, torch):
        if options:
            m.set_printoptions(**options)
        t = m.tensor(array, dtype=None if dtype is None else getattr(m, dtype))
        texts.append(repr(t))
    assert texts[0] == texts[1].replace("torch.", "gradus.")


TENSORS = [
    "torch.tensor(1.0)",
    "torch.tensor(-0.5)",
    "torch.tensor(12345.678)",
    "torch.tensor(1e-10)",
    "torch.tensor(7)",
    "torch.tensor(True)",
    "torch.tensor(float('nan'))",
    "torch.tensor(float('-inf'))",
    "torch.tensor([])",
    "torch.zeros(0, 3)",
    "torch.zeros(2, 0)",
    "torch.zeros(0, dtype=torch.int64)",
    "torch.zeros(0, 2, dtype=torch.int64)",
    "torch.zeros(0, dtype=torch.float64)",
    "torch.zeros(3)",
    "torch.ones(2, 3)",
    "torch.tensor([1.0, 2.5, -3.25])",
    "torch.tensor([1.0, float('nan'), float('inf'), -2.0])",
    "torch.tensor([float('nan'), float('inf')])",
    "torch.tensor([0.0, -0.0])",
    "torch.tensor([1e-5, 1.0])",
    "torch.tensor([1e-3, 10.0])",
    "torch.tensor([1000.0, 1.5])",
    "torch.tensor([1000.5, 1.0])",
    "torch.tensor([1001.0, 1.0])",
    "torch.tensor([1e8, 1e8])",
    "torch.tensor([1e9, 1e9])",
    "torch.tensor([123456789.0])",
    "torch.tensor([99999.9999])",
    "torch.tensor([0.00009999])",
    "torch.tensor([1e38, 1e-38])",
    "torch.tensor([1e300, 1e-300], dtype=torch.float64)",
    "torch.tensor([1, -10, 100])",
    "torch.tensor([True, False])",
    "torch.tensor([1, 2], dtype=torch.int32)",
    "torch.tensor([1, 2], dtype=torch.uint8)",
    "torch.tensor([1.5], dtype=torch.float16)",
    "torch.tensor([65504.0, 6e-8], dtype=torch.float16)",
    "torch.tensor([1.5], dtype=torch.float64)",
    "torch.arange(1000)",
    "torch.arange(1001)",
    "torch.arange(1200).reshape(30, 40)",
    "torch.arange(24.0).reshape(2, 3, 4)",
    "torch.arange(16.0).reshape(2, 2, 2, 2)",
    "torch.arange(10000.0).reshape(100, 100)",
    "torch.arange(3000.0).reshape(10, 10, 30)",
    "torch.arange(2000.0).reshape(2, 1000)",
    "torch.arange(2000.0).reshape(1000, 2)",
    "torch.linspace(0, 1, 50)",
    "torch.linspace(-1, 1, 1500).reshape(3, 500)",
    "torch.zeros(1, 1, 1)",
    "torch.ones(30, dtype=torch.bool)",
    "torch.ones(30, dtype=torch.float64)",
    "torch.ones(3, requires_grad=True)",
    "torch.ones(13, requires_grad=True)",
    "torch.ones(14, requires_grad=True)",
    "torch.ones(17, dtype=torch.float64, requires_grad=True)",
    "torch.ones(2, dtype=torch.float64, requires_grad=True)",
    "torch.ones(3, requires_grad=True) * 2",
    "torch.ones(12, requires_grad=True) * 2",
    "(torch.ones(2, 30, requires_grad=True) * 2).reshape(-1)",
    "torch.ones(2, 2, requires_grad=True).sum()",
    "torch.zeros(0, 2, requires_grad=True)",
    "torch.ones(2, 3)[0]",
    "torch.ones(2, 3, requires_grad=True)[0]",
    "torch.ones(2, 3, requires_grad=True)[:, 1:]",
    "torch.ones(2, 3, requires_grad=True)[None]",
    "torch.ones(2, 3, requires_grad=True)[[0]]",
    "torch.ones(2, 3, requires_grad=True).expand(2, 2, 3)",
    "torch.ones(2, 3).t()",
    "[torch.ones(2), torch.zeros(1)]",
]


@pytest.mark.parametrize("code", TENSORS)
def test_as_torch(code: str) -> None:
    ours, theirs = eval(code, {"torch": gradus}), eval(code, {"torch": torch})
    assert repr(ours) == repr(theirs).replace("torch.", "gradus.")
    assert str(ours) == str(theirs).replace("torch.", "gradus.")


OPTIONS: list[dict[str, Any]] = [
    {"precision": 2},
    {"precision": 0},
    {"precision": 8, "linewidth": 40},
    {"threshold": 10},
    {"threshold": 10, "edgeitems": 1},
    {"threshold": 0, "edgeitems": 2},
    {"linewidth": 200},
    {"linewidth": 20},
    {"profile": "short"},
    {"profile": "full"},
    {"profile": "short", "precision": 6},
    {"sci_mode": True},
    {"sci_mode": False},
    {"profile": "default"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_options_as_torch(options: dict[str, Any]) -> None:
    for array in (np.linspace(-1, 1, 60), np.arange(60).reshape(4, 15), np.logspace(-6, 6, 13), np.arange(1100.0)):
        same_text(array, **options)


@st.composite
def arrays(draw: st.DrawFn, elements: st.SearchStrategy[float]) -> np.ndarray:
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=3)))
    count = int(np.prod(shape))
    return np.array(draw(st.lists(elements, min_size=count, max_size=count)), dtype=float).reshape(shape)


plain = st.floats(-100, 100, width=32)
wild = st.one_of(
    st.floats(width=32), st.sampled_from([0.0, -0.0, float("nan"), float("inf"), 1e8, 1e-4, 999.0, 1000.0])
)
whole = st.integers(-(10**9), 10**9).map(float)


@given(arrays(plain))
def test_ordinary_numbers(array: np.ndarray) -> None:
    same_text(array, "float32")


@given(arrays(wild))
def test_any_float32(array: np.ndarray) -> None:
    same_text(array, "float32")


@given(arrays(st.floats()))
def test_any_float64(array: np.ndarray) -> None:
    same_text(array, "float64")


@given(arrays(whole))
def test_whole_numbers(array: np.ndarray) -> None:
    same_text(array, "float32")
    same_text(array.astype(np.int64))
    same_text(array.astype(np.int64) % 2 == 0)


@given(st.integers(1, 130), st.integers(1, 13), st.integers(0, 2**32 - 1))
def test_large_ones_are_summarised_at_the_same_places(rows: int, columns: int, seed: int) -> None:
    same_text(np.random.RandomState(seed).standard_normal((rows, columns)), "float32")


def test_the_default_dtype_goes_without_saying() -> None:
    try:
        gradus.set_default_dtype(gradus.float64)
        assert repr(gradus.tensor([0.5])) == "tensor([0.5000])"
        assert repr(gradus.tensor([0.5], dtype=gradus.float32)) == "tensor([0.5000], dtype=gradus.float32)"
    finally:
        gradus.set_default_dtype(gradus.float32)


def test_f_strings_with_a_format_take_the_number() -> None:
    assert f"{gradus.tensor(0.12345):.2f}" == "0.12"
    assert f"{gradus.tensor([1.0])}" == "tensor([1.])"
