"""What every schedule is: a rule that gives the learning rates of the next epoch (or step)."""

from __future__ import annotations

import warnings
from typing import Any

from ..optimizer import Optimizer


class LRScheduler:
    """The base class of schedules; a subclass defines `get_lr()`, the rates of the groups at `last_epoch`.

    Rates follow from the current ones where that is possible, so that several schedules may act on one optimiser.

    Args:
        optimizer: whose rates are set.
        last_epoch: where to go on from; −1 starts anew.

    >>> import gradus
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = gradus.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    >>> for epoch in range(4):
    ...     optimizer.step()
    ...     schedule.step()
    >>> schedule.get_last_lr()
    [0.010000000000000002]
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", float(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(f"param 'initial_lr' is not specified in param_groups[{i}] when resuming an optimizer")
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._step_count = 0
        self._watch_order()
        self.step()

    def _watch_order(self) -> None:
        """Note the optimiser's first step, to warn a program that steps the schedule before it."""
        self._optimizer_stepped = False

        def seen(*_: Any) -> None:
            self._optimizer_stepped = True
            handle.remove()

        handle = self.optimizer.register_step_post_hook(seen)

    def get_lr(self) -> list[float]:
        """The rates at `last_epoch`."""
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """The rates that the last step set."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Go to the next epoch (or to `epoch`) and set its rates. Call it after the optimiser's step."""
        self._step_count += 1
        if self._step_count == 2 and not self._optimizer_stepped:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`; call them in the opposite order, or the first "
                "value of the learning rate schedule is skipped.",
                UserWarning,
                stacklevel=2,
            )
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        closed_form = getattr(self, "_get_closed_form_lr", None)
        self._set(closed_form() if epoch is not None and closed_form is not None else self.get_lr())

    def _set(self, rates: list[float]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = [float(group["lr"]) for group in self.optimizer.param_groups]

    def current(self) -> list[float]:
        """The rates as they are now."""
        return [float(group["lr"]) for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Where the schedule stands, without the optimiser."""
        hidden = ("optimizer", "_optimizer_stepped")
        return {name: value for name, value in self.__dict__.items() if name not in hidden and not callable(value)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from where a state_dict stands."""
        self.__dict__.update(state_dict)
