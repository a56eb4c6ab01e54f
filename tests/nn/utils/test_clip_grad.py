"""Gradient clipping: torch's numbers, and better ones where float32 would overflow."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest

import gradus
from gradus.nn import utils
from tests.nn.side_by_side import agree

NAN, INF = math.nan, math.inf
CASES = {
    "ordinary": [[3.0, -4.0], [0.0, 5.0]],
    "small": [[1e-3], [1e-4, 0.0]],
    "one inf": [[INF, 1.0], [2.0]],
    "one nan": [[NAN, 1.0], [2.0]],
    "zeros": [[0.0]],
    "none": [],
}


def parameters(library: Any, gradients: list[list[float]], dtype: str = "float32") -> list[Any]:
    made = [library.nn.Parameter(library.zeros(3))]  # one without a gradient
    for g in gradients:
        p = library.nn.Parameter(library.zeros(len(g), dtype=getattr(library, dtype)))
        p.grad = library.tensor(g, dtype=getattr(library, dtype))
        made.append(p)
    return made


@pytest.mark.parametrize("norm_type", [2, 1, 3.0, 0.5, INF, "inf"])
@pytest.mark.parametrize("max_norm", [1.0, 0, 100.0, INF])
@pytest.mark.parametrize("case", CASES)
def test_clip_grad_norm(case: str, max_norm: float, norm_type: Any) -> None:
    def program(library: Any) -> Any:
        made = parameters(library, CASES[case])
        total = library.nn.utils.clip_grad_norm_(made, max_norm, norm_type)
        return total, [p.grad for p in made]

    agree(program, rtol=2e-6)


@pytest.mark.parametrize("dtype", ["float64", "float16"])
def test_other_dtypes(dtype: str) -> None:
    def program(library: Any) -> Any:
        made = parameters(library, CASES["ordinary"], dtype)
        return library.nn.utils.clip_grad_norm_(made, 1.0), [p.grad for p in made]

    agree(program, rtol=1e-6 if dtype == "float64" else 2e-3)


def test_one_tensor_a_generator_and_a_module() -> None:
    def program(library: Any) -> Any:
        p = parameters(library, [[3.0, 4.0]])[1]
        totals = [library.nn.utils.clip_grad_norm_(p, 2.5), library.nn.utils.clip_grad_norm_((q for q in [p]), 1.0)]
        return totals, p.grad, library.nn.utils.get_total_norm([p.grad, p.grad]), library.nn.utils.get_total_norm([])

    agree(program, rtol=1e-6)


@pytest.mark.parametrize("case", ["one inf", "one nan", "ordinary"])
def test_error_if_nonfinite(case: str) -> None:
    def program(library: Any) -> Any:
        made = parameters(library, CASES[case])
        library.nn.utils.clip_grad_norm_(made, 1.0, error_if_nonfinite=True)
        return [p.grad for p in made]

    agree(program, rtol=1e-6)


def test_large_gradients_do_not_become_zero() -> None:
    """torch sums in float32: the norm is inf, and every gradient is multiplied by 0."""
    made = parameters(gradus, [[1e20, 1e20]])
    assert utils.clip_grad_norm_(made, 1.0).item() == pytest.approx(math.sqrt(2) * 1e20)
    np.testing.assert_allclose(made[1].grad.numpy(), [math.sqrt(0.5)] * 2, rtol=1e-6)
    halves = parameters(gradus, [[6e4, 6e4]], "float16")
    utils.clip_grad_norm_(halves, 1.0)
    np.testing.assert_allclose(halves[1].grad.numpy(), [math.sqrt(0.5)] * 2, rtol=3e-3)


def test_a_gradient_without_elements() -> None:
    """torch has no inf norm for it."""
    for norm_type in (2, math.inf):
        made = parameters(gradus, [[], [2.0]])
        assert utils.clip_grad_norm_(made, 1.0, norm_type).item() == 2
        np.testing.assert_allclose(made[2].grad.numpy(), [1.0], rtol=1e-6)


def test_a_negative_norm_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        utils.clip_grad_norm_([], -1.0)


def test_a_used_up_generator_is_warned_of() -> None:
    model = gradus.nn.Linear(2, 2)
    used = model.parameters()
    list(used)
    for clip in (utils.clip_grad_norm_, utils.clip_grad_value_):
        with warnings.catch_warnings(record=True) as raised:
            warnings.simplefilter("always")
            clip(used, 1.0)
        assert "empty generator" in str(raised[0].message) and raised[0].filename == __file__


@pytest.mark.parametrize("value", [1.0, 0.25, 2])
def test_clip_grad_value(value: float) -> None:
    def program(library: Any) -> Any:
        made = parameters(library, [[3.0, -0.1, NAN], [-INF]])
        library.nn.utils.clip_grad_value_(made, value)
        return [p.grad for p in made]

    agree(program)


def test_in_two_steps() -> None:
    def program(library: Any) -> Any:
        made = parameters(library, CASES["ordinary"])
        total = library.nn.utils.get_total_norm([p.grad for p in made if p.grad is not None])
        library.nn.utils.clip_grads_with_norm_(made, 1.0, total)
        return total, [p.grad for p in made]

    agree(program, rtol=1e-6)


def test_the_gradient_tensors_stay_the_same_objects() -> None:
    made = parameters(gradus, [[3.0, 4.0]])
    gradient, array = made[1].grad, made[1].grad.numpy()
    utils.clip_grad_norm_(made, 1.0)
    assert made[1].grad is gradient and gradient.numpy() is array


def test_old_name() -> None:
    assert utils.clip_grad_norm is utils.clip_grad_norm_
