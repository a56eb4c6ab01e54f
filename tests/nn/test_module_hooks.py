"""Forward hooks: when they are called, with what, and what their answers do."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import gradus
from gradus import nn
from gradus.nn import module_hooks
from tests.nn.side_by_side import agree


def recording(library: Any) -> tuple[Any, list[Any]]:
    """A module that adds its arguments, and an empty record."""

    class Add(library.nn.Module):
        def forward(self, a: Any, b: Any = 0) -> Any:
            return a + b

    return Add(), []


def test_order_and_prepending() -> None:
    def program(library: Any) -> Any:
        m, record = recording(library)
        for i in range(3):
            m.register_forward_pre_hook(lambda module, args, i=i: record.append(("pre", i, args)))
            m.register_forward_hook(lambda module, args, out, i=i: record.append(("post", i, args, out)))
        m.register_forward_pre_hook(lambda module, args: record.append("first"), prepend=True)
        m.register_forward_hook(lambda module, args, out: record.append("first of the last"), prepend=True)
        return m(1, 2), record

    agree(program)


@pytest.mark.parametrize("answer", [None, 5, (5,), (5, 6), [5], ((5, 6), {}), ((5,), {"b": 1}), {"a": 1}])
def test_what_a_pre_hook_returns(answer: Any) -> None:
    def program(library: Any, with_kwargs: bool) -> Any:
        m, record = recording(library)
        m.register_forward_pre_hook(lambda *given: (record.append(given[1:]), answer)[1], with_kwargs=with_kwargs)
        m.register_forward_hook(lambda *given: record.append(given[1:]), with_kwargs=True)
        return m(1, b=2), record

    agree(lambda library: program(library, False))
    agree(lambda library: program(library, True))


@pytest.mark.parametrize("answer", [None, 7, (7, 8)])
def test_what_a_forward_hook_returns(answer: Any) -> None:
    def program(library: Any) -> Any:
        m, record = recording(library)
        m.register_forward_hook(lambda module, args, out: answer)
        m.register_forward_hook(lambda module, args, kwargs, out: record.append((args, kwargs, out)), with_kwargs=True)
        return m(1, b=2), record

    agree(program)


def test_always_call() -> None:
    def program(library: Any) -> Any:
        m, record = recording(library)
        m.register_forward_hook(lambda module, args, out: record.append(("always", args, out)), always_call=True)
        m.register_forward_hook(lambda module, args, out: record.append(("sometimes", args, out)))
        try:
            m(1, "x")
        except TypeError:
            record.append("raised")
        return m(1), record

    agree(program)


def test_always_call_after_another_hook_failed() -> None:
    def program(library: Any) -> Any:
        m, record = recording(library)

        def fail(*given: Any) -> None:
            raise KeyError("hook")

        m.register_forward_hook(lambda module, args, out: record.append("before"), always_call=True)
        m.register_forward_hook(fail)
        m.register_forward_hook(
            lambda module, args, kwargs, out: record.append((kwargs, out)), always_call=True, with_kwargs=True
        )
        m.register_forward_hook(fail, always_call=True)
        try:
            m(1)
        except KeyError:
            record.append("raised")
        return record

    agree(program)


def test_handles_remove_and_close() -> None:
    def program(library: Any) -> Any:
        m, record = recording(library)
        first = m.register_forward_hook(lambda *given: record.append(1))
        with m.register_forward_hook(lambda *given: record.append(2)):
            m(1)
        m(1)
        first.remove()
        first.remove()
        m(1)
        return record

    agree(program)


def test_a_hook_may_remove_itself() -> None:
    def program(library: Any) -> Any:
        m, record = recording(library)
        handle = m.register_forward_hook(lambda *given: (record.append(1), handle.remove())[0])
        m(1)
        m(1)
        return record

    agree(program)


def test_hooks_on_parts_of_a_network() -> None:
    def program(library: Any) -> Any:
        model = library.nn.Sequential(library.nn.Linear(3, 4), library.nn.ReLU(), library.nn.Linear(4, 2))
        activations: dict[str, Any] = {}
        for name, layer in model.named_children():
            layer.register_forward_hook(lambda module, args, out, name=name: activations.update({name: out.detach()}))
        return model(library.ones(2, 3)), activations

    agree(program, rtol=1e-6, atol=1e-7)


def test_hooks_on_every_module() -> None:
    record: list[str] = []
    model = nn.Sequential(nn.ReLU(), nn.Tanh())
    before = module_hooks.register_module_forward_pre_hook(lambda m, args: record.append(f"> {type(m).__name__}"))
    after = module_hooks.register_module_forward_hook(lambda m, args, out: record.append(f"< {type(m).__name__}"))
    try:
        model(gradus.ones(1))
    finally:
        before.remove()
        after.remove()
    model(gradus.ones(1))
    assert record == ["> Sequential", "> ReLU", "< ReLU", "> Tanh", "< Tanh", "< Sequential"]


def test_forward_itself_has_no_hooks() -> None:
    m, record = recording(gradus)
    m.register_forward_hook(lambda *given: record.append(1))
    assert m.forward(1) == 1 and record == []


def test_a_lazy_layer_calls_them_once() -> None:
    record: list[Any] = []
    layer = nn.LazyLinear(3)
    layer.register_forward_pre_hook(lambda m, args: record.append("pre"))
    layer.register_forward_hook(lambda m, args, out: record.append(type(m).__name__))
    layer(gradus.ones(2, 4))
    assert record == ["pre", "Linear"]


def test_an_error_in_an_always_hook_is_a_warning() -> None:
    m, _ = recording(gradus)
    m.register_forward_hook(lambda *given: 1 / 0, always_call=True)
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        with pytest.raises(TypeError):
            m(1, "x")
    assert "division by zero" in str(raised[0].message)
