"""gradcheck itself: it passes what is right, and names what is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradus
from gradus.autograd import GradcheckError, gradcheck, gradgradcheck
from gradus.core.op import Op


def point(*values: float) -> Any:
    return gradus.tensor(values, dtype=gradus.float64, requires_grad=True)


class WrongCube(Op, register=False):
    """y = x³, with a derivative that forgets the 3 for the element at `where`."""

    def forward(ctx, x, where):
        ctx.save(x)
        ctx.where = where
        return x**3

    def backward(ctx, g):
        (x,) = ctx.saved
        factor = np.full(x.shape, 3.0)
        factor[ctx.where] = 1.0
        return g * factor * x * x


class WrongTwice(Op, register=False):
    """y = x², whose first derivative is right and whose second is lost: it is computed outside the graph."""

    def forward(ctx, x):
        ctx.save(x)
        return x * x

    def backward(ctx, g):
        (x,) = ctx.saved
        return g * (2 * (x if isinstance(x, np.ndarray) else x.detach()))


@pytest.mark.parametrize("fast_mode", [True, False])
def test_a_wrong_entry_is_found_and_named(fast_mode: bool) -> None:
    x = point(0.5, -1.5, 2.0)
    with pytest.raises(GradcheckError, match=r"output 0\[1\] / d input 0\[1\].*says 2\.25.*measure 6\.75"):
        gradcheck(lambda x: WrongCube.apply(x, where=1), x, fast_mode=fast_mode)
    assert gradcheck(lambda x: WrongCube.apply(x, where=1), x, fast_mode=fast_mode, raise_exception=False) is False


def test_one_wrong_entry_among_a_thousand_is_found() -> None:
    x = gradus.linspace(0.5, 2, 1000, dtype=gradus.float64, requires_grad=True)
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: WrongCube.apply(x, where=617).reshape(20, 50)[10:14].sum(), x)


@pytest.mark.parametrize(
    ("function", "place", "left", "right"),
    [
        (gradus.relu, 0.0, "0", "1"),
        (lambda x: gradus.nn.functional.leaky_relu(x, 0.25), 0.0, "0.25", "1"),
        (lambda x: x.clamp(min=1.0), 1.0, "0", "1"),
        (gradus.abs, 0.0, "-1", "1"),  # here the slope of backward, 0, and the central difference agree by symmetry
    ],
)
def test_a_kink_is_named_with_both_slopes(function: Any, place: float, left: str, right: str) -> None:
    with pytest.raises(
        GradcheckError, match=rf"kink at {place:g}: its slope is {left}\S* to the left and {right}\S* to"
    ):
        gradcheck(function, point(0.3, place, 2.0))


def test_a_lost_second_derivative_is_found() -> None:
    x = point(0.5, -1.5)
    assert gradcheck(WrongTwice.apply, x)
    with pytest.raises(GradcheckError, match="second derivative"):
        gradgradcheck(WrongTwice.apply, x)


def test_several_inputs_and_outputs_and_those_without_gradient() -> None:
    x, y, n = point(0.5, 1.0), point(2.0, 3.0), gradus.tensor([1, 0])
    assert gradcheck(lambda x, y, n: (x * y, x[n], n + 1, y.sum()), (x, y, n))
    assert gradgradcheck(lambda x, y, n: (x * y, x[n] ** 2, n + 1, y.exp().sum()), (x, y, n))


def test_second_derivative_with_given_directions() -> None:
    x = point(0.5, 1.0)
    assert gradgradcheck(lambda x: x**3, x, grad_outputs=point(2.0, -1.0))


def test_what_cannot_be_checked_is_refused() -> None:
    with pytest.raises(ValueError, match="requires_grad=True"):
        gradcheck(lambda x: x, gradus.ones(2, dtype=gradus.float64))
    with pytest.raises(ValueError, match=r"input 0 is float32.*\.double\(\)"):
        gradcheck(lambda x: x, gradus.ones(2, requires_grad=True))


def test_a_backward_that_is_not_deterministic_is_found() -> None:
    class Noisy(gradus.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 1

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g + 1e-9 * gradus.rand(1, dtype=gradus.float64)

    with pytest.raises(GradcheckError, match="not deterministic"):
        gradcheck(Noisy.apply, point(1.0, 2.0))
    assert gradcheck(Noisy.apply, point(1.0, 2.0), nondet_tol=1e-6)


def test_the_memory_layout_of_the_inputs_is_kept() -> None:
    seen = set()

    def function(x: Any) -> Any:
        seen.add(x.array.strides)
        return x * x

    arrays = [np.arange(6.0).reshape(2, 3).T, np.arange(12.0).reshape(3, 4)[:, ::2], np.arange(4.0)[::-1]]
    for array in arrays:
        seen.clear()
        assert gradcheck(function, gradus.from_numpy(array).requires_grad_())
        assert seen == {array.strides}
