"""SGD, Adam, AdamW, RMSprop and Adagrad, step by step beside torch's."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
import torch

import gradus
from gradus.kernels import update
from tests.optim.beside_torch import (
    assert_same_numbers,
    assert_same_state,
    both,
    converted,
    optimizers,
    run,
)

SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-3}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True}),
    ("Adam", {"lr": 0.1, "betas": (0.0, 0.0), "maximize": True}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.2}),
    ("AdamW", {"lr": 0.1, "amsgrad": True, "maximize": True}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.05, "alpha": 0.9, "eps": 1e-4, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.05, "centered": True}),
    ("RMSprop", {"lr": 0.05, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.05, "momentum": 0.5, "centered": True, "weight_decay": 0.1, "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.5, "lr_decay": 0.1}),
    ("Adagrad", {"lr": 0.5, "weight_decay": 0.1, "initial_accumulator_value": 0.2, "eps": 1e-3}),
    ("Adagrad", {"lr": 0.5, "maximize": True}),
]
IDS = [f"{name} {settings}" for name, settings in SETTINGS]
every_setting = pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=IDS)
NAMES = sorted({name for name, _ in SETTINGS})


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@every_setting
def test_thirty_steps(name: str, settings: dict[str, Any], dtype: str) -> None:
    sides = both(dtype)
    pair = optimizers(name, settings, sides)
    run(sides, pair)
    assert_same_numbers(sides)
    if name == "Adagrad":  # torch makes its memory at once, gradus with the first step
        assert pair[0].state_dict()["state"].keys() <= pair[1].state_dict()["state"].keys()
    else:
        assert_same_state(pair[0].state_dict(), pair[1].state_dict())


@every_setting
def test_groups_with_settings_of_their_own(name: str, settings: dict[str, Any]) -> None:
    sides, pair = both(), []
    for side in sides:
        groups = [{"params": side.params[:2], "lr": 0.01, "weight_decay": 0.05}, {"params": side.params[2]}]
        pair.append(getattr(side.framework.optim, name)(groups, **settings))
    run(sides, tuple(pair), 10)
    if name != "Adagrad":  # torch's has no memory for parameters that are added later
        for side, optimizer in zip(sides, pair, strict=True):
            optimizer.add_param_group({"params": side.params[3:], "lr": 0.3})
        run(sides, tuple(pair), 10)
    assert_same_numbers(sides)
    assert repr(pair[0]) == repr(pair[1])


@every_setting
def test_gradus_state_goes_on_in_torch(name: str, settings: dict[str, Any]) -> None:
    sides = both()
    pair = optimizers(name, settings, sides)
    run(sides, pair, 5)
    heir = getattr(torch.optim, name)(sides[1].params, lr=99.0)
    heir.load_state_dict(converted(pair[0].state_dict(), torch.from_numpy))
    run(sides, (pair[0], heir), 5)
    assert_same_numbers(sides)


@pytest.mark.parametrize("as_tensors", [False, True])
@every_setting
def test_torch_state_goes_on_in_gradus(name: str, settings: dict[str, Any], as_tensors: bool) -> None:
    sides = both()
    pair = optimizers(name, settings, sides)
    run(sides, pair, 5)
    heir = getattr(gradus.optim, name)(sides[0].params, lr=99.0)
    state = pair[1].state_dict()
    heir.load_state_dict(state if as_tensors else converted(state, gradus.from_numpy))
    run(sides, (heir, pair[1]), 5)
    assert_same_numbers(sides)


@pytest.mark.parametrize("name", NAMES)
def test_the_signature_is_torchs(name: str) -> None:
    mine, reference = (inspect.signature(getattr(side, name)) for side in (gradus.optim, torch.optim))
    assert [(p.name, p.kind, p.default) for p in mine.parameters.values()] == [
        (p.name, p.kind, p.default) for p in reference.parameters.values()
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_text_is_torchs(name: str) -> None:
    pair = optimizers(name, {"lr": 0.25, "weight_decay": 1e-4}, both())
    assert repr(pair[0]) == repr(pair[1])
    assert pair[0].defaults == pair[1].defaults


REFUSED = [
    *[(name, {"lr": -1.0}) for name in NAMES],
    *[(name, {"weight_decay": -0.1}) for name in NAMES],
    *[(name, {"eps": -1e-8}) for name in NAMES if name != "SGD"],
    ("SGD", {"momentum": -0.1}),
    ("SGD", {"nesterov": True}),
    ("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}),
    ("Adam", {"betas": (1.0, 0.9)}),
    ("AdamW", {"betas": (0.9, -0.1)}),
    ("Adam", {"betas": (float("nan"), 0.9)}),
    ("RMSprop", {"alpha": -0.1}),
    ("RMSprop", {"momentum": -0.1}),
    ("Adagrad", {"lr_decay": -0.1}),
    ("Adagrad", {"initial_accumulator_value": -0.1}),
]


@pytest.mark.parametrize(("name", "settings"), REFUSED, ids=str)
def test_settings_that_make_no_sense(name: str, settings: dict[str, Any]) -> None:
    for side in both():
        with pytest.raises(ValueError):
            getattr(side.framework.optim, name)(side.params, **settings)


@pytest.mark.parametrize("name", NAMES)
def test_a_rate_of_nan_is_refused(name: str) -> None:
    """torch takes it for SGD and lets every parameter become nan."""
    with pytest.raises(ValueError, match="Invalid learning rate: nan"):
        getattr(gradus.optim, name)([gradus.ones(1)], lr=float("nan"))


def test_a_rate_of_text_is_refused() -> None:
    with pytest.raises(TypeError):
        gradus.optim.SGD([gradus.ones(1)], lr="0.1")


def test_a_rate_may_be_a_tensor() -> None:
    sides = both()
    pair = tuple(side.framework.optim.SGD(side.params, lr=side.framework.tensor(0.5)) for side in sides)
    run(sides, pair, 3)
    assert_same_numbers(sides)
    with pytest.raises(ValueError, match="1-element"):
        gradus.optim.SGD(sides[0].params, lr=gradus.tensor([0.1, 0.2]))


# ---------------------------------------------------------------------------------------------------------------------
# Blocks


@pytest.mark.parametrize("layout", ["in a row", "transposed", "every second"])
@every_setting
def test_large_parameters_are_updated_block_by_block(
    name: str, settings: dict[str, Any], layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "BLOCK", 7)
    monkeypatch.setattr(update, "_workspace", update._Workspace())
    sides = both(shapes=((5, 6), (4, 3), (2,)))
    for side in sides:
        for i, p in enumerate(side.params[:1]):
            array = p.detach().numpy()
            if layout == "transposed":
                array = np.array(array.T, order="C").T
            if layout == "every second":
                array = np.repeat(array, 2, axis=1)[:, ::2]
            side.params[i] = side.framework.from_numpy(array).requires_grad_()
    run(sides, optimizers(name, settings, sides), 5)
    assert_same_numbers(sides)


def test_a_step_needs_two_blocks_of_working_memory() -> None:
    """Not another copy of the parameters."""
    import tracemalloc

    p = gradus.zeros(20 * update.BLOCK, requires_grad=True)
    p.grad = gradus.ones(20 * update.BLOCK)
    optimizer = gradus.optim.Adam([p], weight_decay=0.1)
    optimizer.step()
    tracemalloc.start()
    optimizer.step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < p.array.nbytes / 20


def test_gradients_are_left_as_they_are() -> None:
    for name, settings in SETTINGS:
        p = gradus.ones(5, requires_grad=True)
        p.grad = gradus.arange(5.0)
        optimizer = getattr(gradus.optim, name)([p], **settings)
        for _ in range(2):
            optimizer.step()
        assert p.grad.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0], (name, settings)
