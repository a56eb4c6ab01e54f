"""Types and promotion: every pair asked of torch."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

import gradus

NAMES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


def both(name: str) -> tuple[Any, Any]:
    return getattr(gradus, name), getattr(torch, name)


@pytest.mark.parametrize(("a", "b"), list(product(NAMES, NAMES)))
def test_promotion_of_tensors_equals_torch(a: str, b: str) -> None:
    for shape_a, shape_b in (((2,), (2,)), ((2,), ()), ((), (2,)), ((), ())):
        mine = gradus.ones(shape_a, dtype=both(a)[0]) + gradus.ones(shape_b, dtype=both(b)[0])
        theirs = torch.ones(shape_a, dtype=both(a)[1]) + torch.ones(shape_b, dtype=both(b)[1])
        assert mine.dtype.name == str(theirs.dtype).removeprefix("torch."), (a, shape_a, b, shape_b)
    theirs = torch.promote_types(both(a)[1], both(b)[1])
    assert gradus.promote_types(both(a)[0], both(b)[0]).name == str(theirs).removeprefix("torch.")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", [True, 2, 2.5])
@pytest.mark.parametrize("op", ["add", "mul", "div", "pow", "lt"])
def test_python_numbers_are_weak(name: str, number: Any, op: str) -> None:
    results = []
    for lib in (gradus, torch):
        x = lib.ones(3, dtype=getattr(lib, name))
        try:
            y = getattr(lib, op)(x, number)
            results.append((str(y.dtype).rpartition(".")[2], y.tolist()))
        except RuntimeError:
            results.append("RuntimeError")
    assert results[0] == results[1]


@pytest.mark.parametrize("op", ["exp", "sqrt", "sin", "sigmoid", "tanh", "log1p", "reciprocal"])
@pytest.mark.parametrize("name", ["bool", "uint8", "int64"])
def test_integers_become_the_default_float_in_floating_functions(op: str, name: str) -> None:
    mine = getattr(gradus, op)(gradus.ones(2, dtype=both(name)[0]))
    theirs = getattr(torch, op)(torch.ones(2, dtype=both(name)[1]))
    assert mine.dtype is gradus.float32 and np.allclose(mine.numpy(), theirs.numpy())


def test_gradients_return_in_the_type_of_their_input() -> None:
    a = gradus.ones(2, dtype=gradus.float32, requires_grad=True)
    b = gradus.ones(2, dtype=gradus.float64, requires_grad=True)
    (a * b).sum().backward()
    assert a.grad.dtype is gradus.float32 and b.grad.dtype is gradus.float64


def test_the_default_type_can_be_changed_and_back() -> None:
    try:
        gradus.set_default_dtype(gradus.float64)
        assert gradus.tensor(1.5).dtype is gradus.zeros(2).dtype is gradus.float64
        assert (gradus.ones(2, dtype=gradus.int64) / 2).dtype is gradus.float64
    finally:
        gradus.set_default_dtype(gradus.float32)
    with pytest.raises(TypeError, match="floating"):
        gradus.set_default_dtype(gradus.int64)


def test_names_limits_and_refusals() -> None:
    assert repr(gradus.float64) == "gradus.float64"
    assert gradus.finfo(gradus.float16).max == torch.finfo(torch.float16).max
    assert gradus.iinfo(gradus.int32).min == torch.iinfo(torch.int32).min
    with pytest.raises(TypeError, match="can't convert np.ndarray of type complex64"):
        gradus.from_numpy(np.ones(2, np.complex64))
    for lib in (gradus, torch):
        with pytest.raises(ValueError, match="invalid type: 'FooTensor'"):
            lib.ones(2).type("FooTensor")
        assert f"{lib.tensor(2.5)} {lib.tensor(2.5):.2f}" == "2.5 2.50"
        with pytest.raises(TypeError, match="unsupported format string"):
            f"{lib.ones(2):.2f}"
    assert gradus.can_cast(gradus.int64, gradus.float16) and not gradus.can_cast(gradus.float16, gradus.int64)


INTEGER_EDGES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "1/0": lambda i, u, b: i / 0,
    "1//0": lambda i, u, b: i // 0,
    "1%0": lambda i, u, b: i % 0,
    "uint8 wraps": lambda i, u, b: u + 10,
    "bool - bool": lambda i, u, b: b - b,
    "bool - int": lambda i, u, b: b - i,
    "1 - bool": lambda i, u, b: 1 - b,
    "int - True": lambda i, u, b: i - True,
    "int ** -1": lambda i, u, b: i**-1,
}


@pytest.mark.parametrize("case", INTEGER_EDGES)
def test_integer_edges_equal_torch(case: str) -> None:
    results = []
    for lib in (gradus, torch):
        i, u, b = lib.tensor([1, -3]), lib.tensor([250], dtype=lib.uint8), lib.tensor([True])
        try:
            results.append(INTEGER_EDGES[case](i, u, b).tolist())
        except (RuntimeError, ZeroDivisionError) as error:
            results.append(type(error).__name__)
    assert results[0] == results[1] or set(results) <= {"RuntimeError", "ZeroDivisionError"}, results


@pytest.mark.parametrize("lib", [gradus, torch], ids=["gradus", "torch"])
def test_python_ints_wrap_into_the_type_of_the_tensor(lib: Any) -> None:
    assert (lib.tensor([1, 2], dtype=lib.int8) * 1000).tolist() == [-24, -48]
    assert (lib.tensor([0, 5], dtype=lib.uint8) + (-1)).tolist() == [255, 4]


@pytest.mark.parametrize("lib", [gradus, torch], ids=["gradus", "torch"])
def test_only_one_element_becomes_a_python_number(lib: Any) -> None:
    assert float(lib.tensor([[2.5]])) == 2.5 and int(lib.tensor(3)) == 3
    with pytest.raises(ValueError, match="only one element"):
        float(lib.ones(2))
    with pytest.raises(RuntimeError, match="Scalar"):
        lib.ones(2).item()
