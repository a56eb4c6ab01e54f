"""Schedules in the shape of a wave: cosine annealing, cycles, the one-cycle policy."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, floor, pi, prod
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, one_for_each, set_rate


class CosineAnnealingLR(LRScheduler):
    """From the first rate down to eta_min along half a cosine of T_max epochs, and up again after it.

    Loshchilov and Hutter, 2017.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
    >>> for epoch in range(5):
    ...     print(f"{schedule.get_last_lr()[0]:.2f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    1.00 0.85 0.50 0.15 0.00
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        now, low = self._current(), self.eta_min
        if self._is_initial:
            return now
        if self._step_count == 1 and self.last_epoch > 0:
            share = (1 + cos(self.last_epoch * pi / self.T_max)) / 2
            return [low + (base - low) * share for base in self.base_lrs]
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:
            rise = (1 - cos(pi / self.T_max)) / 2
            return [rate + (base - low) * rise for base, rate in zip(self.base_lrs, now, strict=True)]
        ratio = (1 + cos(pi * self.last_epoch / self.T_max)) / (1 + cos(pi * (self.last_epoch - 1) / self.T_max))
        return [ratio * (rate - low) + low for rate in now]

    def _get_closed_form_lr(self) -> list[float]:
        share = (1 + cos(pi * self.last_epoch / self.T_max)) / 2
        return [self.eta_min + (base - self.eta_min) * share for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Cosine annealing over T_0 epochs, then again from the top, each time T_mult times as long.

    step(epoch) takes fractions of epochs, for a change at every batch.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2, T_mult=2)
    >>> for epoch in range(7):
    ...     print(f"{schedule.get_last_lr()[0]:.2f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    1.00 0.50 1.00 0.85 0.50 0.15 1.00
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        self.T_0, self.T_i, self.T_mult, self.eta_min, self.T_cur = T_0, T_0, T_mult, eta_min, float(last_epoch)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        share = (1 + cos(pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * share for base in self.base_lrs]

    def step(self, epoch: Any = None) -> None:
        """Go to the next epoch, or to a (fractional) epoch for a change at every batch."""
        self._step_count += 1
        if epoch is None and self.last_epoch < 0:
            epoch = 0.0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur -= self.T_i
                self.T_i *= self.T_mult
        else:
            self._jump(epoch)
        self.last_epoch = floor(epoch)
        self._set(self.get_lr())

    def _jump(self, epoch: float) -> None:
        if epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        start, self.T_i = 0, self.T_0
        while epoch - start >= self.T_i:
            start += self.T_i
            self.T_i *= self.T_mult
        self.T_cur = epoch - start


class OneCycleLR(LRScheduler):
    """One cycle over all batches: up to max_lr, then down to almost nothing, momentum the other way.

    Call step() after every batch. Smith and Topin, 2018.

    Args:
        total_steps: batches in all; or give epochs and steps_per_epoch.
        pct_start: the share of steps that the rate rises.
        div_factor, final_div_factor: first rate = max_lr / div_factor, last = first / final_div_factor.
        three_phase: from max_lr back to the first rate in as many steps as it rose, and only then to the last.
    Raises:
        ValueError: a setting that makes no sense, an optimiser without momentum, or more steps than total_steps.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0, momentum=0.9)
    >>> schedule = gradus.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=6, pct_start=0.5)
    >>> for batch in range(6):
    ...     print(f"{schedule.get_last_lr()[0]:.2f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    0.04 0.52 1.00 0.75 0.25 0.00
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        total_steps = _total_steps(total_steps, epochs, steps_per_epoch)
        if not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self.total_steps, self.anneal_strategy, self.cycle_momentum = total_steps, anneal_strategy, cycle_momentum
        self._phases = _one_cycle_phases(total_steps, pct_start, three_phase)
        self.use_beta1 = "betas" in optimizer.defaults
        peaks = one_for_each(optimizer, max_lr, "max_lr")
        if last_epoch == -1:
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["initial_lr"] = peak / div_factor
                group["max_lr"] = peak
                group["min_lr"] = group["initial_lr"] / final_div_factor
            if cycle_momentum:
                self._start_momentum(optimizer, base_momentum, max_momentum)
        super().__init__(optimizer, last_epoch)

    def _start_momentum(self, optimizer: Optimizer, base: Any, largest: Any) -> None:
        if "momentum" not in optimizer.defaults and not self.use_beta1:
            raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        bases, tops = one_for_each(optimizer, base, "base_momentum"), one_for_each(optimizer, largest, "max_momentum")
        for group, low, high in zip(optimizer.param_groups, bases, tops, strict=True):
            group["base_momentum"], group["max_momentum"] = low, high
            _set_momentum(group, high, self.use_beta1)

    def get_lr(self) -> list[float]:
        step = self.last_epoch
        if step > self.total_steps:
            raise ValueError(f"Tried to step {step} times. The specified number of total steps is {self.total_steps}")
        rates = []
        for group in self.optimizer.param_groups:
            start = 0.0
            for i, (end, lr_from, lr_to, momentum_from, momentum_to) in enumerate(self._phases):
                if step <= end or i == len(self._phases) - 1:
                    share = (step - start) / (end - start)
                    rates.append(self._between(group[lr_from], group[lr_to], share))
                    if self.cycle_momentum:
                        momentum = self._between(group[momentum_from], group[momentum_to], share)
                        _set_momentum(group, momentum, self.use_beta1)
                    break
                start = end
        return rates

    def _between(self, start: float, end: float, share: float) -> float:
        if self.anneal_strategy == "linear":
            return (end - start) * share + start
        return end + (start - end) / 2.0 * (cos(pi * share) + 1)


def _total_steps(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total_steps is None and (epochs is None or steps_per_epoch is None):
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    given: dict[str, Any] = {"total_steps": total_steps}
    if total_steps is None:
        given = {"epochs": epochs, "steps_per_epoch": steps_per_epoch}
    for name, value in given.items():
        if not isinstance(value, int) or value <= 0:
            raise ValueError(f"Expected positive integer {name}, but got {value}")
    return prod(given.values())


def _one_cycle_phases(total: int, rising: float, three: bool) -> list[tuple[float, str, str, str, str]]:
    """Each phase: its last step, and between which settings the rate and the momentum go."""
    up = (float(rising * total) - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum")
    if not three:
        return [up, (total - 1, "max_lr", "min_lr", "base_momentum", "max_momentum")]
    down = (float(2 * rising * total) - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum")
    return [up, down, (total - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum")]


def _set_momentum(group: dict[str, Any], value: float, beta1: bool) -> None:
    if beta1:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value


class CyclicLR(LRScheduler):
    """Up and down between base_lr and max_lr, again and again. Call step() after every batch. Smith, 2017.

    Args:
        step_size_up, step_size_down: batches on the way up and down.
        mode: "triangular", "triangular2" (the height halves with each cycle) or "exp_range" (it shrinks by gamma with
            each batch).
        scale_fn, scale_mode: the height instead, as a function of the cycle (from 1) or of "iterations".
        cycle_momentum: whether momentum (beta1 of Adam) goes down from max_momentum as the rate goes up.
    Raises:
        ValueError: the mode is unknown, or the optimiser has no momentum.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0, momentum=0.9)
    >>> schedule = gradus.optim.lr_scheduler.CyclicLR(optimizer, base_lr=0.1, max_lr=0.5, step_size_up=2)
    >>> for batch in range(6):
    ...     print(f"{schedule.get_last_lr()[0]:.1f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    0.1 0.3 0.5 0.3 0.1 0.3
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
        last_epoch: int = -1,
    ) -> None:
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError(
                f"mode is invalid and scale_fn is None: expected triangular, triangular2 or exp_range, got {mode}"
            )
        for group, low in zip(optimizer.param_groups, one_for_each(optimizer, base_lr, "base_lr"), strict=True):
            if last_epoch == -1:
                set_rate(group, low)
                group["initial_lr"] = low
        self.max_lrs = one_for_each(optimizer, max_lr, "max_lr")
        down = step_size_up if step_size_down is None else step_size_down
        self.total_size = float(step_size_up + down)
        self.step_ratio = step_size_up / self.total_size
        self.mode, self.gamma = mode, gamma
        self._scale_fn = scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum, self.use_beta1 = cycle_momentum, "betas" in optimizer.defaults
        if cycle_momentum:
            if "momentum" not in optimizer.defaults and not self.use_beta1:
                raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
            self.base_momentums = one_for_each(optimizer, base_momentum, "base_momentum")
            self.max_momentums = one_for_each(optimizer, max_momentum, "max_momentum")
        super().__init__(optimizer, last_epoch)

    def scale(self, x: float) -> float:
        """How high the peak is: of cycle x, or at batch x."""
        if self._scale_fn is not None:
            return self._scale_fn(x)
        return 1.0 if self.mode == "triangular" else 0.5 ** (x - 1) if self.mode == "triangular2" else self.gamma**x

    def get_lr(self) -> list[float]:
        cycle = floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        factor = self.scale(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            groups = zip(self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True)
            for group, low, high in groups:
                _set_momentum(group, high - (high - low) * height * factor, self.use_beta1)
        return [low + (high - low) * height * factor for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]
