"""no_grad and its relatives: which results are recorded, as block, decorator and function."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import gradus

LIBRARIES = pytest.mark.parametrize("lib", [gradus, torch], ids=["gradus", "torch"])


@LIBRARIES
def test_blocks_nest_and_end(lib: Any) -> None:
    x = lib.ones(2, requires_grad=True)
    with lib.no_grad():
        assert not (x * 2).requires_grad and not lib.is_grad_enabled()
        with lib.enable_grad():
            assert (x * 2).requires_grad
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad
    with pytest.raises(ZeroDivisionError), lib.no_grad():
        1 / 0
    assert lib.is_grad_enabled()


@LIBRARIES
def test_decorators_with_and_without_parentheses(lib: Any) -> None:
    x = lib.ones(2, requires_grad=True)

    @lib.no_grad()
    def one() -> Any:
        return x * 2

    @lib.no_grad
    def two() -> Any:
        return x * 2

    @lib.no_grad()
    def three() -> Any:
        yield x * 2
        yield x * 3

    assert not one().requires_grad and not two().requires_grad
    generator = three()
    assert not next(generator).requires_grad and lib.is_grad_enabled()
    assert not next(generator).requires_grad


@LIBRARIES
def test_set_grad_enabled_acts_at_once_and_as_a_block(lib: Any) -> None:
    lib.set_grad_enabled(False)
    assert not lib.is_grad_enabled()
    lib.set_grad_enabled(True)
    with lib.set_grad_enabled(False):
        assert not lib.is_grad_enabled()
    assert lib.is_grad_enabled()


@LIBRARIES
def test_inference_results_are_for_looking_only(lib: Any) -> None:
    w = lib.ones(2, requires_grad=True)
    with lib.inference_mode():
        y = w * 2
        assert lib.is_inference_mode_enabled() and y.is_inference()
    assert not y.requires_grad
    with pytest.raises(RuntimeError, match="[Ii]nference"):
        y.add_(1)
    with pytest.raises(RuntimeError, match="[Ii]nference"):
        w * y
    assert (y.clone() * w).requires_grad


@LIBRARIES
def test_parameters_change_in_place_inside_no_grad(lib: Any) -> None:
    w = lib.ones(2, requires_grad=True)
    (w * 3).sum().backward()
    with lib.no_grad():
        w -= 0.1 * w.grad
    assert w.requires_grad and w.is_leaf and [round(v, 4) for v in w.tolist()] == [0.7, 0.7]


@LIBRARIES
def test_a_device_other_than_the_cpu(lib: Any) -> None:
    assert lib.device("cpu") == lib.ones(1).device and str(lib.device("cuda:1")) == "cuda:1"
    if lib is gradus:
        for ask in (
            lambda: lib.ones(2, device="cuda"),
            lambda: lib.ones(2).to("cuda"),
            lambda: lib.nn.Linear(2, 2).cuda(),
        ):
            with pytest.raises(RuntimeError, match="replace `import gradus as torch` by `import torch`"):
                ask()
