"""Backward hooks: the gradients of what went into a module and of what came out."""

from __future__ import annotations

from typing import Any

import pytest

import gradus
from gradus import nn
from tests.nn.side_by_side import agree

CLOSE = {"rtol": 1e-6, "atol": 1e-7}


def several(library: Any) -> Any:
    class Several(library.nn.Module):
        def forward(self, a: Any, k: Any, b: Any = None, unused: Any = None) -> Any:
            return a * 2, "text", a * b, a + k

    return Several()


def observed(module: Any, **options: Any) -> list[Any]:
    record: list[Any] = []
    module.register_full_backward_pre_hook(lambda m, grad_output: record.append(("pre", grad_output)))
    module.register_full_backward_hook(lambda m, grad_input, grad_output: record.append((grad_input, grad_output)))
    return record


def test_layers_of_a_network() -> None:
    def program(library: Any) -> Any:
        model = library.nn.Sequential(library.nn.Linear(3, 4), library.nn.Tanh(), library.nn.Linear(4, 2))
        record = observed(model[1]) + observed(model[2])
        records = [observed(model[1]), observed(model[2]), observed(model)]
        x = library.ones(2, 3, requires_grad=True)
        model(x).sum().backward()
        return record, records, x.grad, [p.grad for p in model.parameters()]

    agree(program, **CLOSE)


def test_several_inputs_and_outputs() -> None:
    def program(library: Any) -> Any:
        m = several(library)
        record = observed(m)
        a, b = library.ones(2, requires_grad=True), library.full((2,), 3.0, requires_grad=True)
        y = m(a, 3, b=b)
        (y[0] + 2 * y[2]).sum().backward()
        z = m(a, 3, b)
        z[2].sum().backward()
        return record, a.grad, b.grad, y[1], [y[0].requires_grad, y[3].requires_grad]

    agree(program, **CLOSE)


def test_an_unused_input_gets_zeros() -> None:
    def program(library: Any) -> Any:
        m = several(library)
        record = observed(m)
        a, b, unused = (library.ones(2, requires_grad=True) for _ in range(3))
        m(a, 3, b, unused)[2].sum().backward()
        return record, a.grad, b.grad

    agree(program, **CLOSE)


def test_inputs_without_gradients() -> None:
    """torch warns here; the hook is called by the outputs' gradients, with None for each input."""
    layer = nn.Linear(2, 1)
    record = observed(layer)
    layer(gradus.ones(3, 2)).sum().backward()
    (pre, (grad_input, grad_output)) = record
    assert pre[0] == "pre" and grad_input == (None,)
    assert grad_output[0].tolist() == [[1.0]] * 3
    assert layer.weight.grad.tolist() == [[3.0, 3.0]]


def test_answers_replace_gradients() -> None:
    def program(library: Any) -> Any:
        layer = library.nn.Linear(2, 1)
        layer.register_full_backward_pre_hook(lambda m, grad_output: (grad_output[0] * 2,))
        layer.register_full_backward_hook(lambda m, grad_input, grad_output: (grad_input[0] * 10,))
        x = library.ones(1, 2, requires_grad=True)
        layer(x).sum().backward()
        return x.grad, layer.bias.grad, layer.weight.grad

    agree(program, **CLOSE)


def test_an_answer_of_the_wrong_length_is_refused() -> None:
    def program(library: Any) -> Any:
        layer = library.nn.Linear(2, 1)
        layer.register_full_backward_hook(lambda m, grad_input, grad_output: (None, None))
        layer(library.ones(1, 2, requires_grad=True)).sum().backward()

    agree(program)


def test_a_module_used_twice() -> None:
    def program(library: Any) -> Any:
        layer = library.nn.Linear(2, 2)
        record = observed(layer)
        x = library.ones(1, 2, requires_grad=True)
        layer(layer(x)).sum().backward()
        return record, x.grad, layer.weight.grad

    agree(program, **CLOSE)


def test_beside_a_shortcut() -> None:
    """The input is used outside of the module too: its hook sees only what passes through the module."""

    def program(library: Any) -> Any:
        layer = library.nn.Linear(2, 2)
        record = observed(layer)
        x = library.ones(1, 2, requires_grad=True) * 3
        (x + layer(x)).sum().backward()
        return record

    agree(program, **CLOSE)


def test_without_recording_nothing_is_watched() -> None:
    def program(library: Any) -> Any:
        layer = library.nn.Linear(2, 2)
        record = observed(layer)
        with library.no_grad():
            y = layer(library.ones(1, 2, requires_grad=True))
        return y, record

    agree(program, **CLOSE)


@pytest.mark.parametrize("output", [dict, list])
def test_other_outputs_are_warned_of(output: Any) -> None:
    def program(library: Any) -> Any:
        class Wrapped(library.nn.Module):
            def forward(self, x: Any) -> Any:
                return {"y": x * 2} if output is dict else [x * 2]

        m = Wrapped()
        record = observed(m)
        x = library.ones(2, requires_grad=True)
        y = m(x)
        (y["y"] if output is dict else y[0]).sum().backward()
        return record, x.grad

    agree(program)


def test_removed() -> None:
    layer = nn.Linear(2, 2)
    record: list[Any] = []
    handle = layer.register_full_backward_hook(lambda m, gi, go: record.append(1))
    handle.remove()
    layer(gradus.ones(1, 2, requires_grad=True)).sum().backward()
    assert record == []


def test_in_place_inside_is_refused_as_by_torch() -> None:
    def program(library: Any) -> Any:
        layer = library.nn.ReLU(inplace=True)
        observed(layer)
        layer(library.ones(1, 2, requires_grad=True) * 2).sum().backward()

    agree(program)


def test_in_place_on_the_output_is_right() -> None:
    """torch refuses it; here the gradient passes through both, as without the hook."""
    layer, x = nn.Linear(2, 3), gradus.ones(4, 2, requires_grad=True)
    gradus.relu(layer(x)).sum().backward()
    expected, x.grad = x.grad, None
    record = observed(layer)
    nn.ReLU(inplace=True)(layer(x)).sum().backward()
    assert gradus.equal(x.grad, expected)
    assert len(record) == 2


def test_second_derivatives_pass() -> None:
    def program(library: Any) -> Any:
        layer = library.nn.Linear(2, 1).double()
        observed(layer)
        x = library.full((1, 2), 0.5, dtype=library.float64, requires_grad=True)
        (g,) = library.autograd.grad((layer(x) ** 3).sum(), x, create_graph=True)
        (g * g).sum().backward()
        return x.grad, layer.weight.grad

    agree(program, rtol=1e-9)
