"""What every schedule is: a rule that gives the learning rates of the next epoch (or step)."""

from __future__ import annotations

import warnings
from typing import Any

from ...core.base import TensorBase
from ..optimizer import Optimizer


class LRScheduler:
    """The base class of schedules; a subclass defines `get_lr()`, the rates of the groups at `last_epoch`.

    Rates follow from the current ones where that is possible, so that several schedules may act on one optimiser.

    Args:
        optimizer: whose rates are set.
        last_epoch: where to go on from; −1 starts anew.
    Raises:
        TypeError: `optimizer` is none.
        KeyError: last_epoch is given, but the optimiser does not know the rates that it began with.

    >>> import gradus
    >>> class InverseRoot(gradus.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [base / (1 + self.last_epoch) ** 0.5 for base in self.base_lrs]
    >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=1.0)
    >>> schedule = InverseRoot(optimizer)
    >>> for epoch in range(4):
    ...     print(f"{schedule.get_last_lr()[0]:.2f}", end=" ")
    ...     optimizer.step()
    ...     schedule.step()
    1.00 0.71 0.58 0.50
    """

    _is_initial = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", float(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming an optimizer: load the "
                    "state_dict of the optimizer first"
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._initial_step()

    def _initial_step(self) -> None:
        """The step to the first epoch; when going on from `last_epoch`, most schedules leave the rates as they are."""
        self._step_count = 0
        self._is_initial = True
        self.step()
        del self._is_initial

    def get_lr(self) -> list[float]:
        """The rates at `last_epoch`."""
        raise NotImplementedError(f"{type(self).__name__} defines no get_lr")

    def get_last_lr(self) -> list[float]:
        """The rates that the last step set."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Go to the next epoch and set its rates. Call it after the optimiser's step.

        Args:
            epoch: jump to this one instead; torch is giving this up.
        """
        if self._step_count == 1 and self.optimizer._steps == 0:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`; call them in the opposite order, or "
                "the first value of the learning rate schedule is skipped.",
                UserWarning,
                stacklevel=2,
            )
        if epoch is not None:
            warnings.warn(
                "The epoch parameter in `scheduler.step()` is not necessary and deprecated: call `scheduler.step()` "
                "without it where possible.",
                UserWarning,
                stacklevel=2,
            )
        self._step_count += 1
        self._go_to(epoch)

    def _go_to(self, epoch: int | None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        closed_form = None if epoch is None else getattr(self, "_get_closed_form_lr", None)
        self._set(self.get_lr() if closed_form is None else closed_form())

    def _set(self, rates: list[float]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            set_rate(group, rate)
        self._last_lr = self._current()

    def _current(self) -> list[float]:
        """The rates as they are now."""
        return [float(group["lr"]) for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Where the schedule stands, without the optimiser and without functions."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer" and not callable(value)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from where a state_dict stands. The optimiser has its own, to be loaded too."""
        self.__dict__.update(state_dict)


def set_rate(group: dict[str, Any], rate: float) -> None:
    """Set a group's rate; one that is a tensor keeps its identity."""
    if isinstance(group["lr"], TensorBase):
        group["lr"].fill_(rate)  # type: ignore[attr-defined]
    else:
        group["lr"] = rate


def one_for_each(optimizer: Optimizer, given: Any, name: str) -> list[Any]:
    """A list with one entry for each parameter group, from one for all or from such a list.

    Raises:
        ValueError: the list is longer or shorter.
    """
    count = len(optimizer.param_groups)
    if not isinstance(given, (list, tuple)):
        return [given] * count
    if len(given) != count:
        raise ValueError(f"Expected {count} values for {name}, one for each parameter group, but got {len(given)}")
    return list(given)
