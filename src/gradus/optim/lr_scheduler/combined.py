"""Schedules made of schedules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, set_rate
from .plateau import ReduceLROnPlateau


class _Combined(LRScheduler):
    """What sequences and chains share: parts that act on one optimiser, and a state that holds theirs."""

    def __init__(self, optimizer: Optimizer | None, schedulers: Sequence[LRScheduler]) -> None:
        name = type(self).__name__
        if len(schedulers) < 1:
            raise ValueError(f"{name} expects at least one scheduler, but got no scheduler.")
        self.optimizer = schedulers[0].optimizer if optimizer is None else optimizer
        for i, scheduler in enumerate(schedulers):
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(f"{name} cannot hold ReduceLROnPlateau (at index {i}), as its step needs a metric")
            if scheduler.optimizer is not self.optimizer:
                raise ValueError(
                    f"{name} expects all schedulers to belong to the same optimizer, but that at index {i} has another"
                )
        self._schedulers = list(schedulers)

    def _go_to(self, epoch: int | None) -> None:
        """Start anew, when this is itself part of a sequence and its turn comes."""
        for group in self.optimizer.param_groups:
            set_rate(group, group["initial_lr"])
        for schedule in _simple(self):
            schedule.last_epoch = -1
        self.last_epoch = 0
        self._initial_step()

    def state_dict(self) -> dict[str, Any]:
        state = {name: value for name, value in super().state_dict().items() if name != "_schedulers"}
        return {**state, "_schedulers": [scheduler.state_dict() for scheduler in self._schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "_schedulers"})
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(state)


class SequentialLR(_Combined):
    """One schedule after another, changing at the milestones: warm-up, then cosine.

    Raises:
        ValueError: there is not one milestone fewer than schedules, or one of them belongs to another optimiser.

    >>> import gradus
    >>> from gradus.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> warm_up, cosine = LinearLR(optimizer, 0.25, total_iters=3), CosineAnnealingLR(optimizer, T_max=4)
    >>> schedule = SequentialLR(optimizer, [warm_up, cosine], milestones=[3])
    >>> for epoch in range(8):
    ...     print(f"{schedule.get_last_lr()[0]:.2f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    0.25 0.50 0.75 1.00 0.85 0.50 0.15 0.00
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1
    ) -> None:
        super().__init__(optimizer, schedulers)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of "
                f"milestone points, but got {len(schedulers)} schedulers and {len(milestones)} milestones"
            )
        self._milestones = list(milestones)
        self.last_epoch = last_epoch + 1
        for group in optimizer.param_groups:
            set_rate(group, group["initial_lr"])
        for schedule in _simple(self):  # each took a step when it was made, but only the first one's is to count
            schedule.last_epoch -= 1
        self._initial_step()

    def _initial_step(self) -> None:
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def step(self) -> None:  # type: ignore[override]
        """Go to the next epoch with the schedule whose turn it is."""
        self.last_epoch += 1
        which = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[which]
        if which > 0 and self._milestones[which - 1] == self.last_epoch:
            scheduler._go_to(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_Combined):
    """Several schedules at once, their factors multiplied.

    >>> import gradus
    >>> from gradus.optim.lr_scheduler import ChainedScheduler, ConstantLR, ExponentialLR
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = ChainedScheduler([ConstantLR(optimizer, 0.1, total_iters=2), ExponentialLR(optimizer, 0.5)])
    >>> for epoch in range(4):
    ...     print(f"{schedule.get_last_lr()[0]:.3f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    0.100 0.050 0.250 0.125
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        super().__init__(optimizer, schedulers)
        self._last_lr = self._current()

    def _initial_step(self) -> None:
        for scheduler in self._schedulers:
            scheduler._initial_step()
        self._last_lr = self._current()

    def step(self) -> None:  # type: ignore[override]
        """Let every schedule take its step."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._current()


def _simple(schedule: LRScheduler) -> Iterator[LRScheduler]:
    """The schedules that this one is made of, down to those that are made of none."""
    if isinstance(schedule, _Combined):
        for part in schedule._schedulers:
            yield from _simple(part)
    else:
        yield schedule
