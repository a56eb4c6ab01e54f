"""Schedules made of schedules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler


class SequentialLR(LRScheduler):
    """One schedule after another, changing at the milestones: warm-up, then cosine.

    >>> import gradus
    >>> from gradus.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> warm_up = LinearLR(optimizer, start_factor=0.1, total_iters=3)
    >>> schedule = SequentialLR(optimizer, [warm_up, CosineAnnealingLR(optimizer, T_max=10)], milestones=[3])
    >>> optimizer.param_groups[0]["lr"]
    0.1
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ) -> None:
        if len(schedulers) < 1:
            raise ValueError(f"{type(self).__name__} expects at least one scheduler, but got no scheduler.")
        if any(s.optimizer is not optimizer for s in schedulers):
            raise ValueError(f"{type(self).__name__}: all schedulers must belong to the optimizer that is given")
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, "
                f"but got {len(schedulers)} schedulers and {len(milestones)} milestones"
            )
        self.optimizer, self._schedulers, self._milestones = optimizer, list(schedulers), list(milestones)
        self.last_epoch = last_epoch + 1
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        for scheduler in self._schedulers:  # each took a step when it was made; only the first one's is to count
            scheduler.last_epoch -= 1
            scheduler._step_count = 0
        self._schedulers[0].step()
        self._last_lr = self._schedulers[0].get_last_lr()

    def step(self, epoch: int | None = None) -> None:
        """Go to the next epoch with the schedule whose turn it is."""
        self.last_epoch += 1
        which = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[which]
        if which > 0 and self._milestones[which - 1] == self.last_epoch:
            scheduler.step(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()

    def state_dict(self) -> dict[str, Any]:
        return _state_of(self)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        _load_state_of(self, state_dict)


class ChainedScheduler(LRScheduler):
    """Several schedules at once, their factors multiplied."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if len(schedulers) < 1:
            raise ValueError(
                f"{type(self).__name__} expects at least one scheduler to be chained, but got no scheduler."
            )
        self.optimizer, self._schedulers = optimizer or schedulers[0].optimizer, list(schedulers)
        self._last_lr = self.current()

    def step(self, epoch: int | None = None) -> None:
        """Let every schedule take its step."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self.current()

    def state_dict(self) -> dict[str, Any]:
        return _state_of(self)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        _load_state_of(self, state_dict)


def _state_of(schedule: Any) -> dict[str, Any]:
    state = {name: value for name, value in schedule.__dict__.items() if name not in ("optimizer", "_schedulers")}
    state["_schedulers"] = [s.state_dict() for s in schedule._schedulers]
    return state


def _load_state_of(schedule: Any, state_dict: dict[str, Any]) -> None:
    schedule.__dict__.update({name: value for name, value in state_dict.items() if name != "_schedulers"})
    for scheduler, state in zip(schedule._schedulers, state_dict["_schedulers"], strict=True):
        scheduler.load_state_dict(state)
