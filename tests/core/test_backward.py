"""The walk: what reaches the leaves, what is kept, what is freed; hooks; higher derivatives. torch is asked too."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest
import torch

import gradus

LIBRARIES = pytest.mark.parametrize("lib", [gradus, torch], ids=["gradus", "torch"])


def leaf(lib: Any, *values: float) -> Any:
    return lib.tensor(values, dtype=lib.float64, requires_grad=True)


@LIBRARIES
def test_gradients_add_up_over_calls_and_uses(lib: Any) -> None:
    x = leaf(lib, 1.0, 2.0)
    (x * x + 3 * x).sum().backward()
    assert x.grad.tolist() == [5.0, 7.0]
    (x * x).sum().backward()
    assert x.grad.tolist() == [7.0, 11.0]


@LIBRARIES
def test_only_leaves_keep_gradients_unless_asked(lib: Any) -> None:
    x = leaf(lib, 2.0)
    y = x * 3
    z = y * y
    y.retain_grad()
    z.sum().backward()
    assert y.grad.tolist() == [12.0] and x.grad.tolist() == [36.0]
    assert y.retains_grad and not y.is_leaf and x.is_leaf


@LIBRARIES
def test_a_second_backward_through_a_freed_graph_is_refused(lib: Any) -> None:
    x = leaf(lib, 2.0)
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()
    z = (x * x).sum()
    z.backward(retain_graph=True)
    z.backward()
    assert x.grad.tolist() == [12.0]


@LIBRARIES
@pytest.mark.parametrize("wrong", ["several elements", "no gradient", "wrong shape"])
def test_backward_says_what_is_missing(lib: Any, wrong: str) -> None:
    x = leaf(lib, 1.0, 2.0)
    with pytest.raises(RuntimeError):
        if wrong == "several elements":
            (x * x).backward()
        elif wrong == "no gradient":
            lib.ones(1).sum().backward()
        else:
            (x * x).backward(lib.ones(3, dtype=lib.float64))


@LIBRARIES
def test_grad_returns_instead_of_storing(lib: Any) -> None:
    x, y, unused = leaf(lib, 3.0), leaf(lib, 4.0), leaf(lib, 5.0)
    z = (x * y).sum()
    gx, gy, gu = lib.autograd.grad(z, (x, y, unused), allow_unused=True)
    assert (gx.item(), gy.item(), gu, x.grad) == (4.0, 3.0, None, None)
    with pytest.raises(RuntimeError, match="not have been used"):
        lib.autograd.grad((x * y).sum(), (unused,))
    (zero,) = lib.autograd.grad((x * y).sum(), (unused,), materialize_grads=True)
    assert zero.tolist() == [0.0]


@LIBRARIES
def test_grad_reaches_intermediate_tensors_and_stops_there(lib: Any) -> None:
    x = leaf(lib, 2.0)
    y = x * x
    z = (y * 5).sum()
    (gy,) = lib.autograd.grad(z, y, retain_graph=True)
    assert gy.tolist() == [5.0] and x.grad is None
    lib.autograd.backward(z, inputs=[y])
    assert y.grad.tolist() == [5.0] and x.grad is None


@LIBRARIES
def test_third_derivative(lib: Any) -> None:
    x = leaf(lib, 2.0)
    g = x**4
    for _ in range(3):
        (g,) = lib.autograd.grad(g.sum(), x, create_graph=True)
    assert g.tolist() == [48.0]


@LIBRARIES
def test_gradient_penalty(lib: Any) -> None:
    x, w = leaf(lib, 1.0, 2.0), leaf(lib, 0.5, -1.0)
    out = lib.tanh(x * w).sum()
    (g,) = lib.autograd.grad(out, x, create_graph=True)
    (g**2).sum().backward()
    assert np.allclose(w.grad.detach().numpy(), GRADIENT_PENALTY, rtol=1e-12)


GRADIENT_PENALTY = (lambda x, w: 2 * (1 - np.tanh(x * w) ** 2) ** 2 * (w - 2 * w**2 * x * np.tanh(x * w)))(
    np.array([1.0, 2.0]), np.array([0.5, -1.0])
)  # d/dw of (w (1 − tanh² wx))², by hand


@LIBRARIES
def test_tensor_hooks_see_and_replace_gradients(lib: Any) -> None:
    seen = []
    x = leaf(lib, 2.0)
    y = x * 3
    first = y.register_hook(lambda g: seen.append(g.item()))
    y.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g + 1)
    (y * y).sum().backward()
    assert seen == [12.0] and x.grad.tolist() == [361.0]
    first.remove()
    (x * 3).sum().backward()
    assert seen == [12.0]


@LIBRARIES
def test_a_leaf_hook_runs_once_on_the_whole_sum(lib: Any) -> None:
    seen = []
    x = leaf(lib, 2.0)
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 3 + x * 4).sum().backward()
    assert seen == [7.0]


@LIBRARIES
def test_post_accumulate_hook(lib: Any) -> None:
    x = leaf(lib, 2.0)
    x.register_post_accumulate_grad_hook(lambda t: setattr(t, "grad", t.grad * 2))
    (x * 3).sum().backward()
    assert x.grad.tolist() == [6.0]


@LIBRARIES
def test_node_hooks_and_next_functions(lib: Any) -> None:
    x = leaf(lib, 2.0)
    y = x * 3
    z = y.exp()
    seen = []
    z.grad_fn.register_hook(lambda gi, go: seen.append((gi[0].shape, go[0].item())))
    z.sum().backward()
    assert seen == [((1,), 1.0)]
    assert z.grad_fn.name() == "ExpBackward0" and y.grad_fn.next_functions[0][0].name().endswith("AccumulateGrad")


@LIBRARIES
def test_requires_grad_is_for_floating_leaves(lib: Any) -> None:
    with pytest.raises(RuntimeError):
        lib.ones(2, dtype=lib.int64).requires_grad_()
    x = leaf(lib, 1.0)
    with pytest.raises(RuntimeError):
        (x * 2).requires_grad_(False)
    assert (x * 2).detach().requires_grad is False


def test_a_chain_150000_deep_is_walked_and_freed() -> None:
    x = gradus.ones(1, requires_grad=True)
    y = x
    for _ in range(150_000):
        y = y + 0
    y.backward()
    assert x.grad.item() == 1.0
    del y
    y = x * 1
    for _ in range(150_000):
        y = y * 1.0
    del y  # freed without a walk


def test_no_reference_cycles_are_left() -> None:
    model = gradus.nn.Sequential(gradus.nn.Linear(3, 4), gradus.nn.ReLU(), gradus.nn.Linear(4, 2))
    x, t = gradus.randn(5, 3), gradus.tensor([0, 1, 0, 1, 1])
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            loss = gradus.nn.functional.cross_entropy(model(x), t)
            loss.backward()
            y = x * 1
            y.mul_(2)
            y[0] = 1.0
        del loss, y
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_what_was_saved_is_let_go_as_the_walk_goes() -> None:
    x = gradus.ones(3, requires_grad=True)
    y = x.exp()
    node = y.grad_fn
    y.sum().backward()
    with pytest.raises(RuntimeError, match="freed"):
        node.propagate([np.ones(3)], False)


def test_gradients_never_share_memory_with_one_another_or_the_seed() -> None:
    x, y = gradus.ones(3, requires_grad=True), gradus.ones(3, requires_grad=True)
    seed = gradus.ones(3)
    (x + y).backward(seed)
    x.grad.zero_()
    assert y.grad.tolist() == [1.0] * 3 and seed.tolist() == [1.0] * 3
    z = gradus.ones(3, requires_grad=True)
    (z.view(3) * 1).sum().backward()
    assert z.grad.numpy().flags.writeable


def test_a_gradient_is_stolen_not_copied_where_nobody_else_holds_it() -> None:
    w = gradus.ones(64, 64, requires_grad=True)
    x = gradus.ones(8, 64)
    kept = []
    w.register_hook(lambda g: kept.append(g.array.ctypes.data))
    gradus.nn.functional.linear(x, w).sum().backward()
    assert w.grad.array.ctypes.data == kept[0]


def test_anomaly_mode_shows_the_line_of_the_forward() -> None:
    x = gradus.zeros(1, requires_grad=True)
    with gradus.autograd.detect_anomaly():
        y = (x * 0).sqrt() * 0  # the derivative of sqrt at 0 is inf, and 0 · inf is nan
        with pytest.raises(RuntimeError, match=r"SqrtBackward0.*nan(.|\n)*the derivative of sqrt at 0"):
            y.sum().backward()
    assert not gradus.autograd.set_detect_anomaly(False)._fields["anomaly"]


@LIBRARIES
def test_unused_outputs_count_as_zero(lib: Any) -> None:
    x = leaf(lib, 1.0, 2.0, 3.0, 4.0)
    a, _ = x.split(2)
    a.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0, 0.0, 0.0]
    y = leaf(lib, 3.0, 1.0, 2.0)
    values, _ = y.topk(2)
    values[0].backward()
    assert y.grad.tolist() == [1.0, 0.0, 0.0]


def test_graphs_of_threads_do_not_mix() -> None:
    import threading

    results: dict[int, bool] = {}

    def work(i: int) -> None:
        x = gradus.full((4,), float(i), requires_grad=True)
        for _ in range(50):
            x.grad = None
            with gradus.no_grad():
                assert not (x * 2).requires_grad
            (x * x).sum().backward()
        results[i] = bool((x.grad == 2 * i).all())

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert results == dict.fromkeys(range(4), True)


@LIBRARIES
def test_what_is_constant_sends_back_zero_even_for_infinity(lib: Any) -> None:
    x = leaf(lib, 1.5)
    for step in (lambda t: t.floor(), lambda t: t.round(), lambda t: t.sign(), lambda t: t**0):
        x.grad = None
        step(x).backward(lib.tensor([float("inf")], dtype=lib.float64))
        assert x.grad.tolist() == [0.0]
