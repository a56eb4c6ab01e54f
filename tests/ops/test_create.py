"""Making tensors: numbers, dtypes, shapes and errors as torch's."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

import gradus
from tests.ops.twin import check_same, lines, outcome, words

FROM_DATA = lines("""
    torch.tensor(3)
    torch.tensor(3.5)
    torch.tensor(True)
    torch.tensor([1, 2])
    torch.tensor((1, 2.0))
    torch.tensor([True, 2])
    torch.tensor([True, 2, 3.0])
    torch.tensor([[1, 2], [3, 4]])
    torch.tensor([])
    torch.tensor([[]])
    torch.tensor([[], []])
    torch.tensor(range(3))
    torch.tensor([[[1.0]]], dtype=torch.float64)
    torch.tensor([1.5], dtype=torch.int64)
    torch.tensor([-1.5, 2.9], dtype=torch.int32)
    torch.tensor([2, 0], dtype=torch.bool)
    torch.tensor([1e40])
    torch.tensor([1], dtype=torch.float16)
    torch.tensor([255], dtype=torch.uint8)
    torch.tensor(np.float64(3))
    torch.tensor([np.float64(3)])
    torch.tensor([np.float32(3), 1.0])
    torch.tensor([np.int32(3)])
    torch.tensor([np.int32(3), 2.0])
    torch.tensor(np.int16(3))
    torch.tensor([np.bool_(True)])
    torch.tensor(np.arange(3))
    torch.tensor(np.array(2.5))
    torch.tensor(np.zeros((0, 2), np.float32))
    torch.tensor(np.arange(6).reshape(2, 3).T)
    torch.tensor(np.arange(3), dtype=torch.float32)
    torch.tensor([np.array([1, 2]), np.array([3, 4])])
    torch.tensor([np.array([1.0, 2]), [3, 4]])
    torch.tensor(torch.tensor([1, 2]))
    torch.tensor([torch.tensor(1), torch.tensor(2.0, dtype=torch.float64)])
    torch.tensor([torch.tensor(1.0, requires_grad=True), 2])
    torch.tensor([1.0], requires_grad=True)
    torch.as_tensor([1, 2])
    torch.as_tensor(np.arange(3))
    torch.as_tensor(np.arange(3), dtype=torch.float32)
    torch.as_tensor(torch.ones(2), dtype=torch.float64)
    torch.as_tensor(3)
    torch.asarray([1, 2])
    torch.asarray([1, 2], dtype=torch.float32, requires_grad=True)
    torch.asarray(np.arange(3), copy=True)
    torch.asarray(torch.ones(2))
    torch.from_numpy(np.arange(3, dtype=np.uint8))
    torch.frombuffer(bytearray(b"abcd"), dtype=torch.uint8)
    torch.frombuffer(bytearray(b"abcd"), dtype=torch.int16, count=1, offset=2)
    torch.scalar_tensor(3)
    torch.scalar_tensor(3, dtype=torch.int64)
    torch.Tensor([1, 2])
    torch.Tensor([[1, 2], [3, 4]])
    torch.Tensor((2, 3))
    torch.Tensor(np.array([1, 2]))
    torch.Tensor(np.array([7]))
    torch.Tensor(2, 3).shape
    torch.Tensor(torch.Size([2, 3])).shape
    torch.Tensor()
    torch.Tensor(torch.ones(2))
    torch.LongTensor([1, 2])
    torch.LongTensor([1.5])
    torch.LongTensor(3).shape
    torch.LongTensor(np.array([1.0, 2]))
    torch.FloatTensor([[1, 2], [3, 4]])
    torch.DoubleTensor([1])
    torch.BoolTensor([1, 0])
    torch.ByteTensor([1, 2])
    torch.IntTensor([1, 2])
    torch.HalfTensor([1, 2])
    isinstance(torch.zeros(2), torch.FloatTensor)
    isinstance(torch.zeros(2), torch.LongTensor)
    torch.ones(2).new(3, 2).shape
    torch.ones(2).new([1, 2])
    torch.tensor(1).new_tensor([1.5])
    torch.ones(2).new_tensor([1, 2])
    torch.ones(2, dtype=torch.float64).new_zeros(2, 3)
    torch.ones(2).new_ones((2,), dtype=torch.int64)
    torch.ones(2).new_full((2,), 3)
    torch.ones(2, dtype=torch.int32).new_empty(2, 0)
    torch.ones(2).new_zeros(2, requires_grad=True)
""")

FILLED = lines("""
    torch.zeros(2, 3)
    torch.zeros((2, 3))
    torch.zeros([2])
    torch.zeros(())
    torch.zeros(size=(2, 1))
    torch.zeros(torch.Size([2]), dtype=torch.int64)
    torch.zeros(torch.tensor(2), 3)
    torch.zeros(2, requires_grad=True)
    torch.zeros(2, device="cpu", layout=None, pin_memory=False)
    torch.zeros(2, 3, out=torch.empty(0))
    torch.zeros(2, dtype=torch.bool)
    torch.ones(2, 3)
    torch.ones((3,), dtype=torch.float64)
    torch.ones(2, 3, out=torch.zeros(2, 3))
    torch.empty(2, 0)
    torch.full((2,), 3)
    torch.full((2, 2), 3.5)
    torch.full((2,), True)
    torch.full((), 1.0)
    torch.full((2,), 3, dtype=torch.float64)
    torch.full((2,), torch.tensor(3.0))
    torch.full(size=(2,), fill_value=float("inf"))
    torch.zeros_like(torch.ones(2, 3, dtype=torch.int32))
    torch.zeros_like(torch.ones(2), dtype=torch.bool)
    torch.ones_like(torch.zeros(2), requires_grad=True)
    torch.ones_like(torch.zeros(2, requires_grad=True))
    torch.full_like(torch.zeros(2, dtype=torch.int64), 7)
    torch.full_like(torch.zeros(2), 7, dtype=torch.float64)
    torch.empty_like(torch.zeros(2, 0))
    torch.eye(3)
    torch.eye(2, 3)
    torch.eye(3, 2, dtype=torch.int64)
    torch.eye(0)
    torch.tril_indices(3, 3)
    torch.tril_indices(3, 4, 1)
    torch.tril_indices(4, 3, -1)
    torch.triu_indices(3, 3)
    torch.triu_indices(2, 4, offset=1)
    torch.is_tensor(torch.zeros(1))
    torch.is_tensor([1])
    torch.is_floating_point(torch.zeros(1))
    torch.is_nonzero(torch.tensor([2]))
    torch.numel(torch.zeros(2, 3))
""")

SEQUENCES = lines("""
    torch.arange(5)
    torch.arange(0)
    torch.arange(5.0)
    torch.arange(2, 5)
    torch.arange(1, 2.5, 0.5)
    torch.arange(3, 0, -1)
    torch.arange(5, 0, -2)
    torch.arange(0, 1, 0.1)
    torch.arange(0, 1, 0.3, dtype=torch.float64)
    torch.arange(start=1, end=4)
    torch.arange(end=3)
    torch.arange(1, 10, step=4)
    torch.arange(0, 5, 2, dtype=torch.float64)
    torch.arange(1, 2.5, dtype=torch.int64)
    torch.arange(0, 5, 1.5, dtype=torch.int64)
    torch.arange(torch.tensor(3))
    torch.arange(torch.tensor(3.0))
    torch.arange(3, requires_grad=False)
    torch.arange(3.0, requires_grad=True)
    torch.arange(0, 100, 7, dtype=torch.int16)
    torch.arange(-3, 4, 2)
    torch.arange(1e-3, 1, 0.1)
    torch.arange(3, dtype=torch.float16)
    torch.range(0, 3)
    torch.range(1, 2, 0.25)
    torch.linspace(0, 1, 5)
    torch.linspace(0, 1, 0)
    torch.linspace(3, -10, 1)
    torch.linspace(-10, 10, steps=7)
    torch.linspace(0, 1, 11, dtype=torch.float64)
    torch.linspace(0, 10, 4, dtype=torch.int64)
    torch.linspace(start=torch.tensor(0.0), end=1, steps=3)
    torch.linspace(0, 1, 100)[[33, 66, 99]]
    torch.logspace(0, 2, 3)
    torch.logspace(-3, 3, 5, dtype=torch.float64)
    torch.logspace(0, 4, 5, base=2)
    torch.nn.functional.one_hot(torch.tensor([0, 2]))
    torch.nn.functional.one_hot(torch.tensor([[0], [1]]), 3)
    torch.nn.functional.one_hot(torch.zeros(0, dtype=torch.int64), num_classes=2)
    torch.nn.functional.one_hot(torch.tensor(1), 2)
""")

REFUSED = lines("""
    torch.tensor([[1, 2], [3]])
    torch.tensor([[1, 2], 3])
    torch.tensor([1, [2, 3]])
    torch.tensor([[[1], [2]], [[3], [4, 5]]])
    torch.tensor("a")
    torch.tensor(["a"])
    torch.tensor(None)
    torch.tensor([None])
    torch.tensor({1: 2})
    torch.tensor([torch.tensor([1.0, 2]), torch.tensor([2.0, 3])])
    torch.tensor([300], dtype=torch.uint8)
    torch.tensor([float("nan")], dtype=torch.int64)
    torch.tensor([2**63])
    torch.tensor([1, 2], requires_grad=True)
    torch.from_numpy([1])
    torch.from_numpy(np.array([None]))
    torch.from_numpy(np.array(["a"]))
    torch.zeros(-1)
    torch.zeros(2, -3)
    torch.zeros(2.0)
    torch.zeros()
    torch.zeros("a")
    torch.zeros(2, dtype=torch.int64, requires_grad=True)
    torch.full(2, 1.0)
    torch.ones_like([1])
    torch.arange(1, 0)
    torch.arange(0, 1, 0)
    torch.arange(0, 1, -1)
    torch.arange(float("nan"))
    torch.arange(0, float("inf"))
    torch.arange(3, dtype=torch.bool)
    torch.arange()
    torch.linspace(0, 1, -1)
    torch.eye(-1)
    torch.is_nonzero(torch.tensor([1, 2]))
    torch.Tensor(2.5)
    torch.LongTensor(torch.tensor([1.0, 2]))
    torch.asarray([1, 2], copy=False)
    torch.nn.functional.one_hot(torch.tensor([0, 2]), 2)
    torch.nn.functional.one_hot(torch.tensor([0.0, 2]))
    torch.nn.functional.one_hot(torch.tensor([-1]))
    torch.nn.functional.one_hot(torch.tensor([], dtype=torch.int64))
""")


@pytest.mark.parametrize("line", FROM_DATA + FILLED + SEQUENCES + REFUSED, ids=words)
def test_as_torch(line: str) -> None:
    check_same(line)


numbers = st.one_of(st.booleans(), st.integers(-(2**40), 2**40), st.floats(-1e6, 1e6))


@given(st.recursive(numbers, lambda inner: st.lists(inner, max_size=3), max_leaves=8))
def test_any_nested_list(data: object) -> None:
    """The same tensor as torch's, or the same class of error; torch also takes an empty list beside others."""
    line = f"torch.tensor({data!r})"
    result, _, error = outcome(torch, line, {})
    if error is None and result.numel() == 0 and data != result.tolist():
        with pytest.raises((TypeError, ValueError), match="not a sequence|expected sequence"):
            gradus.tensor(data)
    else:
        check_same(line)


bound = st.one_of(st.integers(-20, 20), st.floats(-20, 20).map(lambda v: round(v, 2)))


@given(bound, bound, st.one_of(st.integers(-5, 5), st.floats(-5, 5).map(lambda v: round(v, 2))))
def test_any_arange(start: float, end: float, step: float) -> None:
    check_same(f"torch.arange({start}, {end}, {step})")


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.integers(0, 50))
def test_any_linspace(start: float, end: float, steps: int) -> None:
    check_same(f"torch.linspace({start}, {end}, {steps}, dtype=torch.float64)")


def test_data_are_copied_by_tensor_and_shared_by_from_numpy_and_as_tensor() -> None:
    array = np.zeros(3)
    copied, shared, wrapped = gradus.tensor(array), gradus.from_numpy(array), gradus.as_tensor(array)
    array[0] = 1
    assert copied.tolist() == [0, 0, 0]
    assert shared.tolist() == wrapped.tolist() == [1, 0, 0]
    shared[1] = 2
    assert array.tolist() == [1, 2, 0]
    t = gradus.ones(2)
    assert gradus.as_tensor(t) is t
    assert gradus.tensor(t) is not t


def test_what_torch_refuses_and_gradus_takes() -> None:
    """Negative strides, and read-only arrays as they are."""
    assert gradus.from_numpy(np.arange(3)[::-1]).tolist() == [2, 1, 0]
    fixed = np.arange(3.0)
    fixed.flags.writeable = False
    t = gradus.from_numpy(fixed)
    assert (t * 2).tolist() == [0, 2, 4]
    with pytest.raises(RuntimeError, match="read-only"):
        t[0] = 1


@pytest.mark.parametrize(
    "array", [np.array([1], ">f4"), np.array([1j]), np.array([None]), np.array(["a"]), np.zeros(1, np.uint32)]
)
def test_arrays_without_a_dtype_here_are_refused_by_name(array: np.ndarray) -> None:
    for make in (gradus.from_numpy, gradus.tensor, gradus.as_tensor):
        with pytest.raises(TypeError, match="byte order different|can't convert np.ndarray of type"):
            make(array)


def test_complex_numbers_are_refused_with_a_way_out() -> None:
    with pytest.raises(TypeError, match="two tensors"):
        gradus.tensor([1j])


def test_a_device_other_than_the_cpu_is_answered_with_the_way_to_pytorch() -> None:
    for make in (gradus.zeros, gradus.rand, gradus.arange):
        with pytest.raises(RuntimeError, match="replace `import gradus as torch` by `import torch`"):
            make(2, device="cuda")
    assert gradus.zeros(2, device=gradus.device("cpu")).device.type == "cpu"


def test_a_subclass_of_tensor_is_made_by_its_own_name() -> None:
    class Mine(gradus.Tensor):
        pass

    assert type(Mine([1.0, 2.0])) is Mine
    assert type(gradus.Tensor([1.0])) is gradus.Tensor


def test_the_default_dtype_is_that_of_floats() -> None:
    try:
        gradus.set_default_dtype(gradus.float64)
        for t in (gradus.tensor([0.1]), gradus.zeros(1), gradus.arange(1.0), gradus.linspace(0, 1, 2), gradus.rand(1)):
            assert t.dtype is gradus.float64
        assert gradus.tensor([1]).dtype is gradus.int64
    finally:
        gradus.set_default_dtype(gradus.float32)


def test_long_lists_are_read_as_torch_reads_them() -> None:
    data = [[float(i * j) for j in range(30)] for i in range(40)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gradus.tensor(data).tolist() == torch.tensor(data).tolist()
