"""Schedules that follow a simple rule from epoch to epoch."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, one_for_each


class StepLR(LRScheduler):
    """The rate times gamma every step_size epochs.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.StepLR(optimizer, step_size=2)
    >>> for epoch in range(6):
    ...     print(f"{schedule.get_last_lr()[0]:.3f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    1.000 1.000 0.100 0.100 0.010 0.010
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return self._current()
        return [rate * self.gamma for rate in self._current()]

    def _get_closed_form_lr(self) -> list[float]:
        return [base * self.gamma ** (self.last_epoch // self.step_size) for base in self.base_lrs]


class MultiStepLR(LRScheduler):
    """The rate times gamma at each milestone (an epoch).

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1, 4], gamma=0.5)
    >>> for epoch in range(6):
    ...     print(f"{schedule.get_last_lr()[0]:.2f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    1.00 0.50 0.50 0.50 0.25 0.25
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [rate * self.gamma ** self.milestones.count(self.last_epoch) for rate in self._current()]

    def _get_closed_form_lr(self) -> list[float]:
        return [base * self.gamma ** bisect_right(self.milestones, self.last_epoch) for base in self.base_lrs]


class ExponentialLR(LRScheduler):
    """The rate times gamma every epoch.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> for epoch in range(4):
    ...     print(f"{schedule.get_last_lr()[0]:.3f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    1.000 0.500 0.250 0.125
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._current() if self._is_initial else [rate * self.gamma for rate in self._current()]

    def _get_closed_form_lr(self) -> list[float]:
        return [base * self.gamma**self.last_epoch for base in self.base_lrs]


class LambdaLR(LRScheduler):
    """The first rate times lr_lambda(epoch), one function for all groups or one for each.

    The functions are not part of state_dict: give them anew when resuming.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    >>> for epoch in range(4):
    ...     print(f"{schedule.get_last_lr()[0]:.2f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    1.00 0.50 0.33 0.25
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self.lr_lambdas = one_for_each(optimizer, lr_lambda, "lr_lambda")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [base * rule(self.last_epoch) for rule, base in zip(self.lr_lambdas, self.base_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        return {name: value for name, value in super().state_dict().items() if name != "lr_lambdas"}


class MultiplicativeLR(LambdaLR):
    """The rate times lr_lambda(epoch) every epoch, one function for all groups or one for each.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> for epoch in range(4):
    ...     print(f"{schedule.get_last_lr()[0]:.3f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    1.000 0.500 0.250 0.125
    """

    def get_lr(self) -> list[float]:
        if self._is_initial:
            return self._current()
        return [rate * rule(self.last_epoch) for rule, rate in zip(self.lr_lambdas, self._current(), strict=True)]


class ConstantLR(LRScheduler):
    """The rate times factor for the first total_iters epochs.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> for epoch in range(4):
    ...     print(f"{schedule.get_last_lr()[0]:.1f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    0.5 0.5 1.0 1.0
    """

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if not 0 <= factor <= 1:
            raise ValueError(f"Constant multiplicative factor expected to be between 0 and 1, got {factor}")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        scale = self.factor if self.last_epoch == 0 else 1 / self.factor if self.last_epoch == self.total_iters else 1.0
        return [rate * scale for rate in self._current()]

    def _get_closed_form_lr(self) -> list[float]:
        return [base * (self.factor if self.last_epoch < self.total_iters else 1.0) for base in self.base_lrs]


class LinearLR(LRScheduler):
    """The rate times a factor that goes from start_factor to end_factor in total_iters epochs: a warm-up.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> for epoch in range(5):
    ...     print(f"{schedule.get_last_lr()[0]:.2f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    0.25 0.50 0.75 1.00 1.00
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(
                "Starting multiplicative factor expected to be greater than 0 and less or equal to 1, "
                f"got {start_factor}"
            )
        if not 0 <= end_factor <= 1:
            raise ValueError(f"Ending multiplicative factor expected to be between 0 and 1, got {end_factor}")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0:
            return [rate * self.start_factor for rate in self._current()]
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._current()
        rise = self.end_factor - self.start_factor
        scale = 1.0 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise)
        return [rate * scale for rate in self._current()]

    def _get_closed_form_lr(self) -> list[float]:
        share = min(self.total_iters, self.last_epoch) / self.total_iters
        return [base * (self.start_factor + (self.end_factor - self.start_factor) * share) for base in self.base_lrs]


class PolynomialLR(LRScheduler):
    """The rate times (1 − epoch / total_iters)^power.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4, power=1.0)
    >>> for epoch in range(6):
    ...     print(f"{schedule.get_last_lr()[0]:.2f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    1.00 0.75 0.50 0.25 0.00 0.00
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._current()
        left, before = (1.0 - epoch / self.total_iters for epoch in (self.last_epoch, self.last_epoch - 1))
        return [rate * (left / before) ** self.power for rate in self._current()]

    def _get_closed_form_lr(self) -> list[float]:
        share = 1.0 - min(self.total_iters, self.last_epoch) / self.total_iters
        return [base * share**self.power for base in self.base_lrs]
