"""Every schedule over forty epochs, beside torch's."""

from __future__ import annotations

import copy
import inspect
import json
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import gradus

BOTH = (gradus, torch)
EPOCHS = 40


def optimizer_of(framework: Any, name: str = "SGD", **settings: Any) -> Any:
    """Two groups of different rates."""
    if name == "SGD":
        settings = {"momentum": 0.9, **settings}
    a, b = (framework.ones(2, requires_grad=True) for _ in range(2))
    return getattr(framework.optim, name)([{"params": [a]}, {"params": [b], "lr": 0.05}], lr=0.5, **settings)


def settings_of(optimizer: Any) -> list[Any]:
    names = ("lr", "initial_lr", "max_lr", "min_lr", "momentum", "betas")
    return [[group.get(name) for name in names] for group in optimizer.param_groups]


def assert_close(mine: Any, reference: Any) -> None:
    numbers = [[np.nan if x is None else float(x) for x in _flatten(rows)] for rows in (mine, reference)]
    np.testing.assert_allclose(numbers[0], numbers[1], rtol=1e-12, atol=1e-15)


def _flatten(values: Any) -> list[Any]:
    return [x for value in values for x in (_flatten(value) if isinstance(value, (list, tuple)) else [value])]


Make = Callable[[Any, Any], Any]

SCHEDULES: dict[str, Make] = {
    "StepLR": lambda s, o: s.StepLR(o, 7),
    "StepLR each": lambda s, o: s.StepLR(o, step_size=1, gamma=0.9),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [30, 5, 5, 12], gamma=0.5),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "ConstantLR": lambda s, o: s.ConstantLR(o, factor=0.25, total_iters=6),
    "ConstantLR 1": lambda s, o: s.ConstantLR(o),
    "LinearLR": lambda s, o: s.LinearLR(o),
    "LinearLR down": lambda s, o: s.LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=13),
    "LinearLR at once": lambda s, o: s.LinearLR(o, start_factor=0.1, total_iters=1),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o),
    "PolynomialLR 2": lambda s, o: s.PolynomialLR(o, total_iters=20, power=2.0),
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda epoch: 0.95**epoch),
    "LambdaLR each group": lambda s, o: s.LambdaLR(o, [lambda e: 1 / (1 + e), lambda e: min(1.0, e / 10)]),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda epoch: 0.95),
    "MultiplicativeLR each": lambda s, o: s.MultiplicativeLR(o, [lambda e: 0.9, lambda e: 1 - 0.01 * e]),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, T_max=40),
    "CosineAnnealingLR twice": lambda s, o: s.CosineAnnealingLR(o, T_max=10, eta_min=0.01),
    "CosineAnnealingLR odd": lambda s, o: s.CosineAnnealingLR(o, T_max=7, eta_min=0.1),
    "WarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, T_0=7),
    "WarmRestarts longer": lambda s, o: s.CosineAnnealingWarmRestarts(o, 5, T_mult=2, eta_min=0.01),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, max_lr=0.8, total_steps=EPOCHS + 1),
    "OneCycleLR and one more": lambda s, o: s.OneCycleLR(o, max_lr=0.8, total_steps=EPOCHS),
    "OneCycleLR each": lambda s, o: s.OneCycleLR(o, [0.8, 0.2], epochs=6, steps_per_epoch=7, anneal_strategy="linear"),
    "OneCycleLR three": lambda s, o: s.OneCycleLR(
        o, 0.8, EPOCHS + 5, three_phase=True, pct_start=0.4, div_factor=5, final_div_factor=50,
        base_momentum=0.7, max_momentum=[0.9, 0.99],
    ),
    "OneCycleLR rate only": lambda s, o: s.OneCycleLR(o, 0.8, 50, cycle_momentum=False),
    "OneCycleLR from the top": lambda s, o: s.OneCycleLR(o, 0.8, 50, pct_start=0.1),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.01, 0.5, step_size_up=5),
    "CyclicLR lower": lambda s, o: s.CyclicLR(o, [0.01, 0.1], [0.5, 0.9], 5, 9, mode="triangular2"),
    "CyclicLR shrinking": lambda s, o: s.CyclicLR(o, 0.01, 0.5, 4, mode="exp_range", gamma=0.97, cycle_momentum=False),
    "CyclicLR own": lambda s, o: s.CyclicLR(
        o, 0.01, 0.5, 4, scale_fn=lambda x: 1 / x, base_momentum=0.5, max_momentum=0.99
    ),
    "CyclicLR own, iterations": lambda s, o: s.CyclicLR(
        o, 0.01, 0.5, 4, scale_fn=lambda x: 0.99**x, scale_mode="iterations"
    ),
    "warm-up": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.1, total_iters=5), s.CosineAnnealingLR(o, T_max=35)], milestones=[5]
    ),
    "warm-up, steps": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.1, total_iters=4), s.ExponentialLR(o, 0.9), s.StepLR(o, 3)], milestones=[4, 20]
    ),
    "sequence of lambdas": lambda s, o: s.SequentialLR(
        o, [s.LambdaLR(o, lambda e: (e + 1) / 8), s.MultiStepLR(o, [3, 9]), s.PolynomialLR(o, 10)], [8, 25]
    ),
    "chained": lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9)], optimizer=o),
    "chained three": lambda s, o: s.ChainedScheduler([s.LinearLR(o), s.StepLR(o, 9), s.CosineAnnealingLR(o, 40)]),
}  # fmt: skip

every_schedule = pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)


@every_schedule
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_forty_epochs(make: Make, name: str) -> None:
    optimizers = [optimizer_of(framework, name) for framework in BOTH]
    schedules = [make(o.lr_scheduler, opt) for o, opt in zip((gradus.optim, torch.optim), optimizers, strict=True)]
    for epoch in range(EPOCHS + 1):
        assert_close(settings_of(optimizers[0]), settings_of(optimizers[1]))
        assert_close([schedules[0].get_last_lr()], [schedules[1].get_last_lr()])
        assert getattr(schedules[0], "last_epoch", 0) == getattr(schedules[1], "last_epoch", 0), epoch
        if epoch < EPOCHS:
            for optimizer, schedule in zip(optimizers, schedules, strict=True):
                optimizer.step()
                schedule.step()


def test_several_schedules_act_on_one_optimiser() -> None:
    rates = []
    for framework in BOTH:
        s, optimizer = framework.optim.lr_scheduler, optimizer_of(framework)
        schedules = [s.ExponentialLR(optimizer, 0.95), s.MultiStepLR(optimizer, [5, 9]), s.LinearLR(optimizer, 0.2)]
        seen = [settings_of(optimizer)]
        for _ in range(15):
            optimizer.step()
            for schedule in schedules:
                schedule.step()
            seen.append(settings_of(optimizer))
        rates.append(seen)
    assert_close(*rates)


CLOSED = [
    "StepLR", "MultiStepLR", "ExponentialLR", "ConstantLR", "LinearLR", "PolynomialLR 2", "CosineAnnealingLR twice",
    "LambdaLR", "WarmRestarts longer",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:The epoch parameter:UserWarning")
@pytest.mark.parametrize("name", CLOSED)
def test_jumps_to_an_epoch(name: str) -> None:
    rates = []
    for framework in BOTH:
        optimizer = optimizer_of(framework)
        schedule = SCHEDULES[name](framework.optim.lr_scheduler, optimizer)
        optimizer.step()
        seen = []
        for epoch in (3, 4, 20, 0, 13, 6):
            schedule.step(epoch)
            seen.append((settings_of(optimizer), schedule.last_epoch))
            schedule.step()
            seen.append((settings_of(optimizer), schedule.last_epoch))
        rates.append(seen)
    assert_close(*rates)


def test_a_jump_warns_as_torchs_does() -> None:
    for framework in BOTH:
        optimizer = optimizer_of(framework)
        schedule = framework.optim.lr_scheduler.StepLR(optimizer, 3)
        optimizer.step()
        with pytest.warns(UserWarning, match="The epoch parameter"):
            schedule.step(4)


def test_warm_restarts_within_an_epoch() -> None:
    rates = []
    for framework in BOTH:
        optimizer = optimizer_of(framework)
        schedule = framework.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 3, T_mult=2)
        optimizer.step()
        seen = []
        for batch in range(60):
            schedule.step(batch / 4)
            seen.append(settings_of(optimizer))
        rates.append(seen)
        with pytest.raises(ValueError, match="non-negative epoch"):
            schedule.step(-1)
    assert_close(*rates)


# ---------------------------------------------------------------------------------------------------------------------
# State and resuming


def run(optimizer: Any, schedule: Any, epochs: int) -> list[Any]:
    seen = []
    for _ in range(epochs):
        optimizer.step()
        schedule.step()
        seen.append(settings_of(optimizer))
    return seen


@every_schedule
def test_goes_on_from_a_state_dict(make: Make) -> None:
    whole = optimizer_of(gradus)
    schedule = make(gradus.optim.lr_scheduler, whole)
    run(whole, schedule, 11)
    saved = copy.deepcopy((whole.state_dict(), schedule.state_dict()))
    fresh = optimizer_of(gradus)
    heir = make(gradus.optim.lr_scheduler, fresh)
    fresh.load_state_dict(saved[0])
    heir.load_state_dict(saved[1])
    assert_close(run(whole, schedule, 20), run(fresh, heir, 20))


@every_schedule
def test_a_state_dict_is_a_copy_without_the_optimiser(make: Make) -> None:
    optimizer = optimizer_of(gradus)
    schedule = make(gradus.optim.lr_scheduler, optimizer)
    saved = schedule.state_dict()
    before = repr(saved)
    run(optimizer, schedule, 12)
    assert repr(saved) == before
    assert not any(isinstance(value, gradus.optim.Optimizer) for value in saved.values())


@every_schedule
def test_goes_on_from_a_state_dict_that_was_json(make: Make) -> None:
    """A checkpoint keeps it as JSON, which has no tuples and only text for keys."""
    whole, fresh = optimizer_of(gradus), optimizer_of(gradus)
    schedule, heir = (make(gradus.optim.lr_scheduler, optimizer) for optimizer in (whole, fresh))
    run(whole, schedule, 2)
    fresh.load_state_dict(whole.state_dict())
    heir.load_state_dict(json.loads(json.dumps(schedule.state_dict())))
    assert_close(run(whole, schedule, 35), run(fresh, heir, 35))


@pytest.mark.parametrize("name", ["StepLR", "ExponentialLR", "CosineAnnealingLR", "LinearLR down", "LambdaLR"])
def test_goes_on_from_last_epoch(name: str) -> None:
    """The other way to resume: the optimiser's rates, and the epoch."""
    kinds = {
        "StepLR": lambda s, o, e: s.StepLR(o, 7, last_epoch=e),
        "ExponentialLR": lambda s, o, e: s.ExponentialLR(o, 0.9, last_epoch=e),
        "CosineAnnealingLR": lambda s, o, e: s.CosineAnnealingLR(o, 40, last_epoch=e),
        "LinearLR down": lambda s, o, e: s.LinearLR(o, 1.0, 0.0, 13, last_epoch=e),
        "LambdaLR": lambda s, o, e: s.LambdaLR(o, lambda epoch: 0.95**epoch, last_epoch=e),
    }
    rates = []
    for framework in BOTH:
        optimizer = optimizer_of(framework)
        schedule = kinds[name](framework.optim.lr_scheduler, optimizer, -1)
        run(optimizer, schedule, 9)
        rates.append(run(optimizer, kinds[name](framework.optim.lr_scheduler, optimizer, 9), 9))
    assert_close(*rates)


def test_resuming_needs_the_first_rates() -> None:
    for framework in BOTH:
        with pytest.raises(KeyError, match="initial_lr"):
            framework.optim.lr_scheduler.StepLR(optimizer_of(framework), 3, last_epoch=5)


# ---------------------------------------------------------------------------------------------------------------------
# ReduceLROnPlateau

LOSSES = [
    1.0,
    0.9,
    0.9,
    0.91,
    0.9,
    0.8999,
    0.5,
    0.6,
    0.6,
    0.6,
    0.6,
    0.6,
    0.4,
    0.4,
    0.4,
    0.4,
    0.4,
    0.4,
    float("nan"),
    0.4,
    0.4,
]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"patience": 2},
        {"patience": 0, "factor": 0.5},
        {"patience": 1, "mode": "max"},
        {"patience": 1, "threshold": 0.05, "threshold_mode": "abs"},
        {"patience": 1, "threshold": 0.05, "threshold_mode": "rel", "mode": "max"},
        {"patience": 1, "threshold": 0.05, "threshold_mode": "abs", "mode": "max"},
        {"patience": 1, "cooldown": 3},
        {"patience": 0, "min_lr": 0.02},
        {"patience": 0, "min_lr": [0.1, 0.001]},
        {"patience": 0, "eps": 0.01},
    ],
    ids=str,
)
@pytest.mark.parametrize("sign", [1, -1])
def test_plateau(settings: dict[str, Any], sign: int) -> None:
    rates = []
    for framework in BOTH:
        optimizer = optimizer_of(framework)
        schedule = framework.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
        seen = []
        for loss in LOSSES:
            schedule.step(framework.tensor(sign * loss))
            seen.append((settings_of(optimizer), schedule.get_last_lr(), schedule.num_bad_epochs, schedule.last_epoch))
        rates.append(seen)
    assert_close(*rates)


def test_plateau_goes_on_from_a_state_dict() -> None:
    optimizers = [optimizer_of(gradus) for _ in range(2)]
    whole, heir = (gradus.optim.lr_scheduler.ReduceLROnPlateau(o, patience=2, cooldown=1) for o in optimizers)
    for loss in LOSSES[:9]:
        whole.step(loss)
    optimizers[1].load_state_dict(optimizers[0].state_dict())
    heir.load_state_dict(whole.state_dict())
    for loss in LOSSES[9:]:
        whole.step(loss)
        heir.step(loss)
        assert_close(settings_of(optimizers[0]), settings_of(optimizers[1]))


def test_plateau_needs_a_metric() -> None:
    for framework in BOTH:
        with pytest.raises(TypeError):
            framework.optim.lr_scheduler.ReduceLROnPlateau(optimizer_of(framework)).step()


# ---------------------------------------------------------------------------------------------------------------------
# Errors and warnings

REFUSED: dict[str, Make] = {
    "no optimiser": lambda s, o: s.StepLR("SGD", 3),
    "no optimiser for a plateau": lambda s, o: s.ReduceLROnPlateau("SGD"),
    "lambdas for other groups": lambda s, o: s.LambdaLR(o, [lambda e: 1.0]),
    "multipliers for other groups": lambda s, o: s.MultiplicativeLR(o, [lambda e: 1.0] * 3),
    "a constant above 1": lambda s, o: s.ConstantLR(o, factor=1.5),
    "a start of 0": lambda s, o: s.LinearLR(o, start_factor=0.0),
    "an end above 1": lambda s, o: s.LinearLR(o, end_factor=1.1),
    "no restart": lambda s, o: s.CosineAnnealingWarmRestarts(o, 0),
    "half a restart": lambda s, o: s.CosineAnnealingWarmRestarts(o, 2.5),
    "shorter restarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 2, T_mult=0),
    "no length": lambda s, o: s.OneCycleLR(o, 0.1),
    "half a length": lambda s, o: s.OneCycleLR(o, 0.1, epochs=3),
    "length 0": lambda s, o: s.OneCycleLR(o, 0.1, total_steps=0),
    "length 2.5": lambda s, o: s.OneCycleLR(o, 0.1, total_steps=2.5),
    "epochs 0": lambda s, o: s.OneCycleLR(o, 0.1, epochs=0, steps_per_epoch=3),
    "steps -1": lambda s, o: s.OneCycleLR(o, 0.1, epochs=3, steps_per_epoch=-1),
    "a share above 1": lambda s, o: s.OneCycleLR(o, 0.1, total_steps=9, pct_start=1.1),
    "an unknown curve": lambda s, o: s.OneCycleLR(o, 0.1, total_steps=9, anneal_strategy="sine"),
    "peaks for other groups": lambda s, o: s.OneCycleLR(o, [0.1] * 3, total_steps=9),
    "an unknown mode": lambda s, o: s.CyclicLR(o, 0.1, 0.2, mode="square"),
    "bases for other groups": lambda s, o: s.CyclicLR(o, [0.1], 0.2),
    "an unknown plateau": lambda s, o: s.ReduceLROnPlateau(o, mode="lowest"),
    "an unknown threshold": lambda s, o: s.ReduceLROnPlateau(o, threshold_mode="share"),
    "a factor of 1": lambda s, o: s.ReduceLROnPlateau(o, factor=1.0),
    "floors for other groups": lambda s, o: s.ReduceLROnPlateau(o, min_lr=[0.1]),
    "no schedules": lambda s, o: s.SequentialLR(o, [], []),
    "milestones too many": lambda s, o: s.SequentialLR(o, [s.StepLR(o, 3)], [4]),
    "nothing to chain": lambda s, o: s.ChainedScheduler([]),
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_refused_with_torchs_class(make: Make) -> None:
    with pytest.raises(Exception) as reference:
        make(torch.optim.lr_scheduler, optimizer_of(torch))
    with pytest.raises(type(reference.value)):
        make(gradus.optim.lr_scheduler, optimizer_of(gradus))


@pytest.mark.parametrize("kind", ["SequentialLR", "ChainedScheduler"])
def test_schedules_of_another_optimiser(kind: str) -> None:
    for framework in BOTH:
        s, optimizer = framework.optim.lr_scheduler, optimizer_of(framework)
        parts = [s.StepLR(optimizer, 3), s.StepLR(optimizer_of(framework), 3)]
        with pytest.raises(ValueError):
            s.SequentialLR(optimizer, parts, [4]) if kind == "SequentialLR" else s.ChainedScheduler(parts)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("kind", ["chain", "sequence"])
def test_combinations_of_combinations(kind: str, first: bool) -> None:
    """In torch a chain begins a sequence with one factor too many, and later in it raises NotImplementedError."""
    optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    s = gradus.optim.lr_scheduler
    inner = [s.ConstantLR(optimizer, 0.5, 2), s.ExponentialLR(optimizer, 0.5)]
    part = s.ChainedScheduler(inner) if kind == "chain" else s.SequentialLR(optimizer, inner, [2])
    parts = [part, s.StepLR(optimizer, 3)]
    schedule = s.SequentialLR(optimizer, parts if first else parts[::-1], [4])
    rates = schedule.get_last_lr()
    for _ in range(7):
        optimizer.step()
        schedule.step()
        rates.append(schedule.get_last_lr()[0])
    combined = [0.5, 0.25, 0.25, 0.125] if kind == "chain" else [0.5, 0.5, 1.0, 0.5]
    stepped = [1.0, 1.0, 1.0, 0.1]
    assert rates == pytest.approx(combined + stepped if first else stepped + combined)


def test_a_plateau_needs_a_metric_which_combinations_do_not_have() -> None:
    s, optimizer = gradus.optim.lr_scheduler, optimizer_of(gradus)
    parts = [s.StepLR(optimizer, 3), s.ReduceLROnPlateau(optimizer)]
    with pytest.raises(ValueError, match="cannot hold ReduceLROnPlateau"):
        s.SequentialLR(optimizer, parts, [4])
    with pytest.raises(ValueError, match="cannot hold ReduceLROnPlateau"):
        s.ChainedScheduler(parts)


@pytest.mark.parametrize("kind", ["OneCycleLR", "CyclicLR"])
def test_cycling_momentum_needs_a_momentum(kind: str) -> None:
    for framework in BOTH:
        optimizer = framework.optim.Adagrad([framework.ones(1)])
        args = (0.1, 0.2) if kind == "CyclicLR" else (0.1, 9)
        with pytest.raises(ValueError, match="must support momentum or beta1"):
            getattr(framework.optim.lr_scheduler, kind)(optimizer, *args)


def test_one_cycle_has_an_end() -> None:
    for framework in BOTH:
        optimizer = optimizer_of(framework)
        schedule = framework.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=5)
        for _ in range(5):
            optimizer.step()
            schedule.step()
        with pytest.raises(ValueError, match="Tried to step 6 times. The specified number of total steps is 5"):
            schedule.step()


def test_a_schedule_that_steps_before_its_optimiser_warns() -> None:
    for framework in BOTH:
        optimizer = optimizer_of(framework)
        schedule = framework.optim.lr_scheduler.StepLR(optimizer, 3)
        with pytest.warns(UserWarning, match=r"`lr_scheduler.step\(\)` before `optimizer.step\(\)`"):
            schedule.step()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            schedule.step()  # once is enough


def test_the_order_is_seen_in_an_optimiser_of_ones_own() -> None:
    class Still(gradus.optim.Optimizer):
        def step(self, closure: Any = None) -> None:
            return None

    optimizer = Still([gradus.ones(1)], {"lr": 0.1})
    schedule = gradus.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    schedule.step()
    assert optimizer.param_groups[0]["lr"] == 0.05


def test_a_schedule_of_ones_own_is_written_as_in_torch() -> None:
    rates = []
    for framework in BOTH:

        class InverseRoot(framework.optim.lr_scheduler.LRScheduler):
            def __init__(self, optimizer: Any, warmup: int, last_epoch: int = -1) -> None:
                self.warmup = warmup
                super().__init__(optimizer, last_epoch)

            def get_lr(self) -> list[float]:
                step = self.last_epoch + 1
                return [base * min(step**-0.5, step * self.warmup**-1.5) for base in self.base_lrs]

        optimizer = optimizer_of(framework)
        rates.append(run(optimizer, InverseRoot(optimizer, 5), 20))
    assert_close(*rates)


def test_a_rate_that_is_a_tensor_is_changed_in_place() -> None:
    for framework in BOTH:
        rate = framework.tensor(0.5)
        optimizer = framework.optim.SGD([framework.ones(1)], lr=rate)
        schedule = framework.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        optimizer.step()
        schedule.step()
        assert rate.item() == 0.25 and optimizer.param_groups[0]["lr"] is rate
        assert [float(last) for last in schedule.get_last_lr()] == [0.25]


@pytest.mark.parametrize("name", sorted(set(torch.optim.lr_scheduler.__all__)))
def test_the_signature_is_torchs(name: str) -> None:
    mine, reference = (inspect.signature(getattr(side.optim.lr_scheduler, name)) for side in BOTH)
    assert [(p.name, p.default) for p in mine.parameters.values()] == [
        (p.name, p.default) for p in reference.parameters.values()
    ]


def test_the_old_name_of_the_base_class() -> None:
    assert gradus.optim.lr_scheduler._LRScheduler is gradus.optim.lr_scheduler.LRScheduler
