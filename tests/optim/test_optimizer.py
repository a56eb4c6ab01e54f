"""What every optimiser does: groups, gradients, state, hooks, closures."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradus
from gradus.optim import SGD, Adam, Optimizer
from tests.optim.beside_torch import assert_same_numbers, both, run


def parameter(*values: float) -> gradus.Tensor:
    return gradus.tensor([float(value) for value in values or (1,)], requires_grad=True)


# ---------------------------------------------------------------------------------------------------------------------
# Groups


def test_parameters_may_come_in_any_form() -> None:
    a, b = parameter(1), parameter(2)
    for params in ([a, b], (p for p in [a, b]), {"a": a, "b": b}.values(), [{"params": [a]}, {"params": b}]):
        optimizer = SGD(params, lr=0.1)
        assert [p for group in optimizer.param_groups for p in group["params"]][1] is b


def test_names_are_kept() -> None:
    for side in both():
        named = [("weight", side.params[0]), ("bias", side.params[1])]
        optimizer = side.framework.optim.SGD(named, lr=0.1)
        assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]
        with pytest.raises(ValueError, match="names are missing"):
            side.framework.optim.SGD([named[0], side.params[1]], lr=0.1)


def test_settings_of_a_group_go_before_the_defaults() -> None:
    sides = both()
    for side in sides:
        optimizer = side.framework.optim.SGD([{"params": side.params, "lr": 0.5, "note": "mine"}], lr=0.1, momentum=0.9)
        settings = {key: value for key, value in optimizer.param_groups[0].items() if key != "params"}
        assert (settings["lr"], settings["momentum"], settings["note"]) == (0.5, 0.9, "mine")
        assert list(optimizer.param_groups[0])[:3] == ["params", "lr", "note"]


REFUSED: dict[str, tuple[Callable[[Any, Any], Any], type[Exception]]] = {
    "none": (lambda m, p: m.SGD([], lr=0.1), ValueError),
    "a tensor": (lambda m, p: m.SGD(p, lr=0.1), TypeError),
    "a number": (lambda m, p: m.SGD(3, lr=0.1), TypeError),
    "a list of numbers": (lambda m, p: m.SGD([1.0], lr=0.1), TypeError),
    "a set": (lambda m, p: m.SGD([{"params": {p}}], lr=0.1), TypeError),
    "a result": (lambda m, p: m.SGD([p * 2], lr=0.1), ValueError),
    "a group without params": (lambda m, p: m.SGD([{"lr": 0.1}], lr=0.1), KeyError),
    "in two groups": (lambda m, p: m.SGD([{"params": p}, {"params": p}], lr=0.1), ValueError),
    "a list for a group": (lambda m, p: m.SGD([p], lr=0.1).add_param_group([p]), TypeError),
    "a group that is there": (lambda m, p: m.SGD([p], lr=0.1).add_param_group({"params": p}), ValueError),
    "a rule that is missing": (lambda m, p: m.Optimizer([p], {"lr": 0.1}).step(), NotImplementedError),
}


@pytest.mark.parametrize(("make", "error"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_optimised(make: Callable[[Any, Any], Any], error: type[Exception]) -> None:
    for side in both():
        side.params[0].grad = side.tensor(np.ones((3, 4)))
        with pytest.raises(error):
            make(side.framework.optim, side.params[0])


def test_a_parameter_that_is_given_twice_is_refused() -> None:
    """torch warns, and then steps twice along one gradient."""
    p = parameter()
    with pytest.raises(ValueError, match="twice in one"):
        SGD([p, p], lr=0.1)


# ---------------------------------------------------------------------------------------------------------------------
# Gradients


def test_zero_grad() -> None:
    p, untouched = parameter(1, 2), parameter()
    optimizer = SGD([p, untouched], lr=0.1)
    p.grad = kept = gradus.ones(2)
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is kept and kept.tolist() == [0.0, 0.0] and untouched.grad is None
    optimizer.zero_grad()
    assert p.grad is None


def test_a_parameter_without_a_gradient_stays() -> None:
    p, q = parameter(1), parameter(1)
    optimizer = Adam([p, q])
    p.grad = gradus.ones(1)
    optimizer.step()
    assert p.item() != 1.0 and q.item() == 1.0
    assert list(optimizer.state_dict()["state"]) == [0]


def test_a_step_is_seen_by_the_graph() -> None:
    """A backward through numbers that an optimiser has changed since is an error, not a wrong gradient."""
    w = parameter(2)
    optimizer = SGD([w], lr=0.1)
    loss = (w * w).sum()
    w.grad = gradus.ones(1)
    optimizer.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation.*SGD"):
        loss.backward()


def test_training_reaches_the_minimum() -> None:
    for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad"):
        p = parameter(3.0, -2.0)
        optimizer = getattr(gradus.optim, name)([p], lr=0.5 if name == "Adagrad" else 0.1)
        for _ in range(300):
            optimizer.zero_grad()
            ((p - gradus.tensor([1.0, 2.0])) ** 2).sum().backward()
            optimizer.step()
        assert np.allclose(p.tolist(), [1.0, 2.0], atol=0.15), name


# ---------------------------------------------------------------------------------------------------------------------
# Closures and hooks


def test_a_closure_is_called_with_recording_on() -> None:
    p = parameter(1)
    optimizer = SGD([p], lr=0.25)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (p**2).sum()
        loss.backward()
        return loss

    with gradus.no_grad():
        assert optimizer.step(closure).item() == 1.0
    assert p.item() == 0.5
    assert optimizer.step() is None


def test_hooks_are_torchs() -> None:
    calls: list[list[Any]] = [[], []]
    for side, seen in zip(both(), calls, strict=True):
        optimizer = side.framework.optim.SGD(side.params, lr=0.1)
        before = optimizer.register_step_pre_hook(
            lambda o, args, kwargs, seen=seen: seen.append(("before", args[0] is o, len(args), list(kwargs)))
        )
        optimizer.register_step_post_hook(
            lambda o, args, kwargs, seen=seen: seen.append(("after", args[0] is o, len(args), list(kwargs)))
        )
        optimizer.step()
        optimizer.step(lambda: 1.0)
        optimizer.step(closure=lambda: 1.0)
        before.remove()
        optimizer.step()
    assert calls[0] == calls[1]


def test_an_optimiser_of_ones_own_is_written_as_in_torch() -> None:
    def make(framework: Any) -> type:
        class Signs(framework.optim.Optimizer):
            def __init__(self, params: Any, lr: float = 0.1) -> None:
                super().__init__(params, {"lr": lr})

            @framework.no_grad()
            def step(self, closure: Any = None) -> None:
                for group in self.param_groups:
                    for p in group["params"]:
                        if p.grad is not None:
                            state = self.state[p]
                            state["count"] = state.get("count", 0) + 1
                            p.add_(p.grad.sign(), alpha=-group["lr"] / state["count"])

        return Signs

    sides = both()
    pair = tuple(make(side.framework)(side.params) for side in sides)
    counts = [0, 0]
    for i, optimizer in enumerate(pair):
        optimizer.register_step_post_hook(lambda *_, i=i: counts.__setitem__(i, counts[i] + 1))
    run(sides, pair, 5)
    assert_same_numbers(sides)
    assert counts == [5, 5]
    assert pair[0].state_dict()["state"] == pair[1].state_dict()["state"]


def test_super_step_counts_as_one_step() -> None:
    class Loud(SGD):
        def step(self, closure: Any = None) -> Any:
            return super().step(closure)

    calls: list[str] = []
    optimizer = Loud([parameter()], lr=0.1)
    optimizer.register_step_pre_hook(lambda *_: calls.append("before"))
    optimizer.register_step_post_hook(lambda *_: calls.append("after"))
    optimizer.step()
    assert calls == ["before", "after"]


def test_a_step_that_fails_does_not_silence_the_hooks_of_the_next() -> None:
    calls: list[int] = []
    optimizer = SGD([parameter()], lr=0.1)
    optimizer.register_step_pre_hook(lambda *_: calls.append(1))

    def broken() -> Any:
        raise OSError("no data")

    with pytest.raises(OSError):
        optimizer.step(broken)
    optimizer.step()
    assert calls == [1, 1]


# ---------------------------------------------------------------------------------------------------------------------
# State


def trained(steps: int = 3) -> tuple[gradus.Tensor, Optimizer]:
    p = parameter(1, 2)
    optimizer = Adam([p], lr=0.1, amsgrad=True)
    for step in range(steps):
        p.grad = gradus.tensor([1.0, float(step)])
        optimizer.step()
    return p, optimizer


@pytest.mark.parametrize("carry", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copied", "pickled"])
def test_an_optimiser_and_its_parameters_are_carried_together(carry: Callable[[Any], Any]) -> None:
    p, optimizer = trained()
    q, twin = carry((p, optimizer))
    assert twin.param_groups[0]["params"][0] is q
    for tensor, owner in ((p, optimizer), (q, twin)):
        tensor.grad = gradus.tensor([0.5, -1.0])
        owner.step()
    assert p.tolist() == q.tolist()
    twin.zero_grad()
    assert p.grad is not None


def test_loaded_state_is_a_copy() -> None:
    p, optimizer = trained()
    q = parameter(*p.tolist())
    heir = Adam([q], amsgrad=True)
    saved = optimizer.state_dict()
    heir.load_state_dict(saved)
    before = saved["state"][0]["exp_avg"].tolist()
    for _ in range(2):
        q.grad = gradus.ones(2)
        heir.step()
    assert saved["state"][0]["exp_avg"].tolist() == before
    assert saved["state"][0]["step"].item() == 3.0
    assert heir.param_groups[0]["lr"] == 0.1


def test_loaded_state_takes_the_dtype_of_the_parameters() -> None:
    _, optimizer = trained()
    heir = Adam([gradus.ones(2, dtype=gradus.float64)])
    heir.load_state_dict(optimizer.state_dict())
    memory = heir.state_dict()["state"][0]
    assert memory["exp_avg"].dtype is gradus.float64
    assert memory["step"].dtype is gradus.float32


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ([{"params": parameter()}, {"params": parameter()}], "different number of parameter groups"),
        ([parameter(), parameter()], "group 0 has 1 parameters, the optimizer's has 2"),
    ],
)
def test_state_that_does_not_fit_changes_nothing(params: Any, match: str) -> None:
    _, optimizer = trained()
    other = Adam(params, lr=0.7)
    with pytest.raises(ValueError, match=match):
        other.load_state_dict(optimizer.state_dict())
    assert other.state_dict()["state"] == {}
    assert all(group["lr"] == 0.7 for group in other.param_groups)


def test_state_of_another_model_is_named_at_the_step() -> None:
    _, optimizer = trained()
    p = parameter(1, 2, 3)
    other = Adam([p])
    other.load_state_dict(optimizer.state_dict())
    p.grad = gradus.ones(3)
    with pytest.raises(ValueError, match=r"exp_avg has shape \(2,\), but its parameter \(3,\)"):
        other.step()
    assert p.tolist() == [1.0, 2.0, 3.0]


def test_torchs_old_state_dicts_are_read() -> None:
    """Before 1.12 the step was a number; SGD keeps None until its first step with momentum."""
    p = parameter(1, 2)
    optimizer = Adam([p])
    optimizer.load_state_dict({
        "state": {0: {"step": 3, "exp_avg": np.ones(2), "exp_avg_sq": np.ones(2)}},
        "param_groups": [{"params": [0], "lr": 0.5}],
    })  # fmt: skip
    p.grad = gradus.ones(2)
    optimizer.step()
    assert optimizer.state[p]["step"].item() == 4.0
    assert optimizer.param_groups[0]["betas"] == (0.9, 0.999)

    sides = both()
    pair = tuple(side.framework.optim.SGD(side.params, lr=0.1, momentum=0.9) for side in sides)
    for optimizer in pair:
        saved = optimizer.state_dict()
        saved["state"] = {0: {"momentum_buffer": None}}
        optimizer.load_state_dict(saved)
    run(sides, pair, 3)
    assert_same_numbers(sides)


def test_import_of_optim_is_light() -> None:
    import subprocess
    import sys

    code = "import gradus, sys; before = set(sys.modules); import gradus.optim; print(*(set(sys.modules) - before))"
    new = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {name for name in new if not name.startswith("gradus.")} <= {"copy", "bisect", "_bisect"}
