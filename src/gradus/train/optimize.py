"""The optimiser and the schedule that a configuration describes."""

from __future__ import annotations

import math
from typing import Any

from gradus import nn, optim
from gradus.errors import Usage
from gradus.optim import lr_scheduler
from gradus.train.config import Config

OPTIMIZERS = {
    "sgd": optim.SGD,
    "adam": optim.Adam,
    "adamw": optim.AdamW,
    "rmsprop": optim.RMSprop,
    "adagrad": optim.Adagrad,
}

# The shape of these schedules depends on the number of epochs, so a run that has one cannot be made longer afterwards.
LAID_OUT_OVER_THE_RUN = ("linear", "cosine", "warmup_cosine", "onecycle")


def build_optimizer(settings: Config, network: nn.Module) -> optim.Optimizer:
    """The optimiser that [optimizer] names, with that section's other keys as its arguments."""
    arguments = {key: tuple(value) if key == "betas" else value for key, value in settings.items() if key != "name"}
    try:
        return OPTIMIZERS[settings.name](network.parameters(), **arguments)
    except ValueError as error:  # combinations that only the class itself can judge, such as nesterov without momentum
        raise Usage(f"optimizer: {error}") from None


class Schedule:
    """Moves the learning rate, at every step or at every epoch, as [schedule] says."""

    def __init__(self, settings: Config, optimizer: optim.Optimizer, epochs: int, steps_per_epoch: int) -> None:
        self.name = settings.name
        self.every_step = self.name in ("onecycle", "warmup_cosine")
        self.inner = _scheduler(settings, optimizer, epochs, epochs * steps_per_epoch)

    def after_step(self) -> None:
        """To be called after each optimiser step."""
        if self.every_step:
            self.inner.step()

    def after_epoch(self, loss: float) -> None:
        """To be called after each epoch with the loss that is watched."""
        if self.name == "plateau":
            self.inner.step(loss)
        elif self.inner is not None and not self.every_step:
            self.inner.step()

    def state_dict(self) -> dict[str, Any]:
        """The scheduler's state, without what is infinite: that is still as it was made, and JSON has no infinity."""
        state = {} if self.inner is None else self.inner.state_dict()
        return {key: value for key, value in state.items() if not (isinstance(value, float) and math.isinf(value))}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from `state_dict`."""
        if self.inner is not None:
            self.inner.load_state_dict(state)


def _scheduler(settings: Config, optimizer: optim.Optimizer, epochs: int, steps: int) -> Any:
    arguments = {key: value for key, value in settings.items() if key not in ("name", "warmup")}
    match settings.name:
        case "none":
            return None
        case "step":
            return lr_scheduler.StepLR(optimizer, **arguments)
        case "multistep":
            return lr_scheduler.MultiStepLR(optimizer, **arguments)
        case "exponential":
            return lr_scheduler.ExponentialLR(optimizer, **arguments)
        case "linear":
            return lr_scheduler.LinearLR(optimizer, **arguments, total_iters=max(1, epochs - 1))
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs, **arguments)
        case "warmup_cosine":
            return _warmup_cosine(optimizer, math.ceil(settings.warmup * steps), steps, settings.eta_min)
        case "onecycle":
            return lr_scheduler.OneCycleLR(optimizer, total_steps=steps, **arguments)
        case _:
            return lr_scheduler.ReduceLROnPlateau(optimizer, **arguments)


def _warmup_cosine(optimizer: optim.Optimizer, warmup: int, steps: int, eta_min: float) -> Any:
    if warmup == 0:
        return lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps, eta_min=eta_min)
    rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / (warmup + 1), total_iters=warmup)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=max(1, steps - warmup), eta_min=eta_min)
    return lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[warmup])
