"""Operations of one's own: programs on autograd.Function, run on gradus and on torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import gradus

LIBRARIES = pytest.mark.parametrize("lib", [gradus, torch], ids=["gradus", "torch"])


def cube(lib: Any) -> Any:
    class Cube(lib.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return g * 3 * x**2

    return Cube


@LIBRARIES
def test_first_and_second_derivative(lib: Any) -> None:
    x = lib.tensor([2.0, -1.0], dtype=lib.float64, requires_grad=True)
    y = cube(lib).apply(x)
    (g,) = lib.autograd.grad(y.sum(), x, create_graph=True)
    (h,) = lib.autograd.grad(g.sum(), x)
    assert g.tolist() == [12.0, 3.0] and h.tolist() == [12.0, -6.0]
    assert type(y.grad_fn).__name__ in ("Cube", "CubeBackward") and y.grad_fn.name() == "CubeBackward"
    assert lib.autograd.gradcheck(cube(lib).apply, (x,))


@LIBRARIES
def test_several_inputs_outputs_and_plain_arguments(lib: Any) -> None:
    class Mixed(lib.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any, scale: float, flag: Any = None) -> Any:
            ctx.scale = scale
            ctx.save_for_backward(x, y)
            assert ctx.needs_input_grad == (True, False, False, False)
            return x * y * scale, x + y

        @staticmethod
        def backward(ctx: Any, first: Any, second: Any) -> Any:
            _, y = ctx.saved_tensors
            return first * y * ctx.scale + second, None, None, None

    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([5.0])
    a, b = Mixed.apply(x, y, 3.0, None)
    (a * 2 + b).sum().backward()
    assert x.grad.tolist() == [31.0] and y.grad is None


@LIBRARIES
def test_an_output_without_gradient_reaches_backward_as_zeros(lib: Any) -> None:
    seen = []

    class Two(lib.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 1, x * 2

        @staticmethod
        def backward(ctx: Any, a: Any, b: Any) -> Any:
            seen.append(b.tolist())
            return a + 2 * b

    x = lib.tensor([2.0], requires_grad=True)
    Two.apply(x)[0].sum().backward()
    assert seen == [[0.0]] and x.grad.tolist() == [1.0]


@LIBRARIES
def test_an_output_without_gradient_reaches_backward_as_none_where_asked(lib: Any) -> None:
    seen = []

    class Two(lib.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.set_materialize_grads(False)
            return x * 1, x * 2

        @staticmethod
        def backward(ctx: Any, a: Any, b: Any) -> Any:
            seen.append(b)
            return a

    x = lib.tensor([2.0], requires_grad=True)
    Two.apply(x)[0].sum().backward()
    assert seen == [None] and x.grad.tolist() == [1.0]


@LIBRARIES
def test_setup_context_form(lib: Any) -> None:
    class Square(lib.autograd.Function):
        @staticmethod
        def forward(x: Any) -> Any:
            return x * x

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return 2 * ctx.saved_tensors[0] * g

    x = lib.tensor([3.0], requires_grad=True)
    Square.apply(x).sum().backward()
    assert x.grad.tolist() == [6.0]


@LIBRARIES
def test_non_differentiable_output_and_straight_through(lib: Any) -> None:
    class Step(lib.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            hard = (x > 0).to(x.dtype)
            index = x.argmax()
            ctx.mark_non_differentiable(index)
            return hard, index

        @staticmethod
        def backward(ctx: Any, g: Any, _: Any) -> Any:
            return g

    x = lib.tensor([-1.0, 2.0], requires_grad=True)
    hard, index = Step.apply(x)
    assert not index.requires_grad
    (hard * 3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


@LIBRARIES
def test_a_saved_tensor_that_was_changed_is_refused(lib: Any) -> None:
    x = lib.tensor([2.0], requires_grad=True)
    y = x * 1
    z = cube(lib).apply(y)
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


@LIBRARIES
def test_wrong_number_and_shape_of_gradients_are_refused(lib: Any) -> None:
    class Few(lib.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any) -> Any:
            return x + y

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g

    x = lib.tensor([2.0, 1.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="incorrect number of gradients"):
        Few.apply(x, x).sum().backward()

    class Wide(lib.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 1

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return lib.ones(3)

    with pytest.raises(RuntimeError, match="invalid gradient at index 0"):
        Wide.apply(x).sum().backward()


@LIBRARIES
def test_once_differentiable_and_no_recording_inside(lib: Any) -> None:
    function = lib.autograd.function if lib is torch else lib.autograd

    class Exp(lib.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            y = x.exp()
            assert not y.requires_grad
            ctx.save_for_backward(y)
            return y

        @staticmethod
        @function.once_differentiable
        def backward(ctx: Any, g: Any) -> Any:
            (y,) = ctx.saved_tensors
            return g * y

    x = lib.tensor([0.5], dtype=lib.float64, requires_grad=True)
    Exp.apply(x).sum().backward()
    assert np.isclose(x.grad.item(), np.exp(0.5))


def test_functions_of_users_stay_out_of_the_registry() -> None:
    from gradus.core.op import registry

    name = cube(gradus).__name__
    assert name not in registry


def test_an_op_written_in_the_house_style_is_differentiable_twice() -> None:
    from gradus.core.op import Op

    class Bell(Op, register=False):
        """y = e^(−x²).   dx = −2x y · dy."""

        def forward(ctx, x):
            y = np.exp(-x * x)
            ctx.save(x, y)
            return y

        def backward(ctx, g):
            x, y = ctx.saved
            return g * (-2 * x * y)

    x = gradus.tensor([0.3, -1.0], dtype=gradus.float64, requires_grad=True)
    assert gradus.autograd.gradcheck(Bell.apply, x)
    assert gradus.autograd.gradgradcheck(Bell.apply, x)
    assert isinstance(Bell.apply(np.ones(2)), np.ndarray)  # arrays in, arrays out
