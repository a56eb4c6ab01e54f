"""In-place changes under autograd: programs run on gradus and on torch, which must agree on each number or refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import gradus

Program = Callable[[Any, Any, Any], Any]


def result_of(lib: Any, program: Program) -> Any:
    """The values and gradients that a program ends with, or the class of its error."""
    x = lib.arange(1.0, 7.0, dtype=lib.float64).reshape(2, 3).clone().requires_grad_()
    w = lib.tensor([0.5, -1.0, 2.0], dtype=lib.float64, requires_grad=True)
    try:
        y = program(lib, x, w)
        y.sum().backward()
    except RuntimeError:
        return "RuntimeError"
    return [np.array(t.detach().numpy()) if t is not None else None for t in (y, x.grad, w.grad)]


def _mul_view(lib: Any, x: Any, w: Any) -> Any:
    y = x * 1
    y[0].mul_(w)
    return y * y


def _view_of_view(lib: Any, x: Any, w: Any) -> Any:
    y = x * 2
    v = y[:, 1:]
    u = v[1]
    u.add_(w[:2])
    v.mul_(3)
    return y * u.sum()


def _view_before_change(lib: Any, x: Any, w: Any) -> Any:
    y = x * 2
    v = y.view(6)
    y.mul_(w)
    return v * v


def _base_and_view_used(lib: Any, x: Any, w: Any) -> Any:
    y = x.clone()
    v = y[1]
    v.exp_()
    return y * 2 + v


def _chunk(lib: Any, x: Any, w: Any) -> Any:
    y = x * 1
    b, c = y.narrow(1, 1, 1), y[:, 2:]
    b.mul_(5)
    c.sigmoid_()
    return y * w


def _transposed(lib: Any, x: Any, w: Any) -> Any:
    y = x * 1
    y.t().mul_(w[:, None])
    return y.exp()


def _zeros_filled(lib: Any, x: Any, w: Any) -> Any:
    y = lib.zeros(2, 3, dtype=lib.float64)
    y[0] = w
    y[1] = x[0] * w
    return y * y


def _masked(lib: Any, x: Any, w: Any) -> Any:
    y = x * 1
    y[y > 3] = 0
    y.masked_fill_(y == 1, 7.0)
    return y * w


def _advanced(lib: Any, x: Any, w: Any) -> Any:
    y = x * 1
    y[:, [2, 0]] = w[:2] * 2
    y[[0], [1]] += w[0]
    return y * y


def _operators(lib: Any, x: Any, w: Any) -> Any:
    y = x * 1
    y *= w
    y -= x
    y /= w
    y **= 2
    return y


def _copy(lib: Any, x: Any, w: Any) -> Any:
    y = lib.zeros(2, 3, dtype=lib.float64)
    y.copy_(w)
    y[:, 0].copy_(x[:, 1])
    return y * x


def _detached(lib: Any, x: Any, w: Any) -> Any:
    y = x * 1
    y.detach().mul_(2)
    return y + w


def _fill(lib: Any, x: Any, w: Any) -> Any:
    y = x * w
    y[0].zero_()
    y[1, 1:].fill_(2.0)
    return y * x


def _clamp(lib: Any, x: Any, w: Any) -> Any:
    y = x * w
    y.clamp_(-1, 4).abs_().sqrt_()
    return y[:, 2] * 2


def _data(lib: Any, x: Any, w: Any) -> Any:
    w.data += -0.1
    with lib.no_grad():
        x[0, 0] = 9.0
        w.mul_(2)
    return x * w


def _iadd_item(lib: Any, x: Any, w: Any) -> Any:
    y = x.clone()
    for i in range(2):
        y[i] += w * i
        y[i, i] -= 1
    return y * y


def _expand_then_change(lib: Any, x: Any, w: Any) -> Any:
    y = w.expand(2, 3)
    y.add_(1)
    return y


def _leaf(lib: Any, x: Any, w: Any) -> Any:
    x.add_(1)
    return x


def _leaf_view(lib: Any, x: Any, w: Any) -> Any:
    x[0].add_(1)
    return x


def _leaf_item(lib: Any, x: Any, w: Any) -> Any:
    x[0] = 1.0
    return x


def saved_then_changed(change: Callable[[Any], Any], op: Callable[[Any, Any], Any]) -> Program:
    def program(lib: Any, x: Any, w: Any) -> Any:
        y = x * 1
        z = op(y, w)
        change(y)
        return z

    return program


def output_then_changed(op: str, change: str) -> Program:
    def program(lib: Any, x: Any, w: Any) -> Any:
        y = getattr(x * 0.1, op)()
        z = y * 1 if change == "none" else y
        getattr(z, change)() if change != "add_" else z.add_(1)
        return z

    return program


GOOD = [
    _mul_view, _view_of_view, _view_before_change, _base_and_view_used, _chunk, _transposed, _zeros_filled, _masked,
    _advanced, _operators, _copy, _detached, _fill, _clamp, _data, _iadd_item, _expand_then_change, _leaf, _leaf_view,
    _leaf_item,
]  # fmt: skip

CHANGES: dict[str, Callable[[Any], Any]] = {
    "add_": lambda y: y.add_(1),
    "mul_": lambda y: y.mul_(2),
    "zero_": lambda y: y.zero_(),
    "item": lambda y: y.__setitem__((0, 0), 5.0),
    "row": lambda y: y[0].fill_(1.0),
    "view": lambda y: y.view(-1).mul_(3),
    "copy_": lambda y: y.copy_(y.detach() + 1),
    "sub": lambda y: y.__isub__(1),
}
READERS: dict[str, Callable[[Any, Any], Any]] = {
    "mul": lambda y, w: y * w,
    "div": lambda y, w: w / y,
    "square": lambda y, w: y**2,
    "log": lambda y, w: y.log() * w,
    "sin": lambda y, w: y.sin() * w,
    "matmul": lambda y, w: y @ w,
    "linear": lambda y, w: y.matmul(w[:, None]),
}
OUTPUTS = ["exp", "tanh", "sigmoid", "sqrt"]


@pytest.mark.parametrize("program", GOOD, ids=lambda p: p.__name__.strip("_"))
def test_in_place_program_equals_torch(program: Program) -> None:
    mine, theirs = result_of(gradus, program), result_of(torch, program)
    assert (mine == "RuntimeError") == (theirs == "RuntimeError"), f"gradus: {mine}, torch: {theirs}"
    if mine != "RuntimeError":
        for a, b in zip(mine, theirs, strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                np.testing.assert_allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("reader", READERS)
def test_changing_what_backward_saved_is_refused(change: str, reader: str) -> None:
    program = saved_then_changed(CHANGES[change], READERS[reader])
    assert result_of(torch, program) == "RuntimeError"
    assert result_of(gradus, program) == "RuntimeError"


@pytest.mark.parametrize("op", OUTPUTS)
def test_changing_an_output_that_backward_saved_is_refused(op: str) -> None:
    program = output_then_changed(op, "add_")
    assert result_of(torch, program) == "RuntimeError"
    assert result_of(gradus, program) == "RuntimeError"


def test_the_error_names_the_op_and_the_change() -> None:
    x = gradus.ones(3, requires_grad=True)
    y = x * 1
    z = y.exp()
    z.add_(1)
    with pytest.raises(
        RuntimeError, match=r"output that ExpBackward0 saved at version 0, is at version 1, last changed by add_"
    ):
        z.sum().backward()


def test_versions_count_changes_and_are_shared_with_views() -> None:
    x = gradus.zeros(2, 3)
    v = x[0]
    assert x._version == 0
    v.add_(1)
    x[1] = 2.0
    assert x._version == v._version == x.detach()._version == 2
    assert x.data._version == 0


def test_shapes_and_types_that_do_not_fit_are_refused_before_anything_changes() -> None:
    x = gradus.zeros(3)
    with pytest.raises(RuntimeError, match=r"shape \[3\] doesn't match the broadcast shape \[2, 3\]"):
        x.add_(gradus.ones(2, 3))
    i = gradus.zeros(3, dtype=gradus.int64)
    with pytest.raises(RuntimeError, match="float32 can't be cast to the desired output type int64"):
        i.add_(1.5)
    assert x.tolist() == [0.0] * 3 and i.tolist() == [0] * 3 and x._version == i._version == 0


def test_read_only_memory_is_not_written() -> None:
    array = np.zeros(3)
    array.flags.writeable = False
    t = gradus.from_numpy(array)
    with pytest.raises(RuntimeError, match="read-only"):
        t.add_(1)


def test_second_derivative_through_an_in_place_change() -> None:
    def function(x: Any) -> Any:
        y = x * 1
        y[1].mul_(y[0].detach() * 0 + 2)
        y[0] = y[1].clone() ** 2
        return y * y

    x = gradus.tensor([[1.0, 2.0], [0.5, -1.0]], dtype=gradus.float64, requires_grad=True)
    assert gradus.autograd.gradcheck(function, x)
    assert gradus.autograd.gradgradcheck(function, x)


def test_a_tensor_times_itself_in_place_is_right_where_torch_refuses() -> None:
    x = gradus.tensor([2.0, 3.0], requires_grad=True)
    y = x * 1
    y.mul_(y)
    y.sum().backward()
    assert x.grad.tolist() == [4.0, 6.0]


@pytest.mark.parametrize("lib", [gradus, torch], ids=["gradus", "torch"])
def test_what_no_gradient_needs_is_not_saved_and_may_change(lib: Any) -> None:
    x, w = lib.ones(2, 2, requires_grad=True), lib.full((2, 2), 3.0)
    for product in (lambda a: a * 2.0, lambda a: a / 2.0, lambda a: a * w, lambda a: a @ w, lambda a: a / w):
        y = x * 1
        z = product(y)
        y.add_(1)
        z.sum().backward()
    data = lib.ones(3, 2)
    out = lib.nn.functional.linear(data, w, lib.ones(2, requires_grad=True))
    data.add_(1), w.add_(1)
    out.sum().backward()
