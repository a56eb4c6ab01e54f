"""RMSprop and Adagrad: steps divided by the size that the gradient has had."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import update
from .optimizer import Optimizer, count_step, positive, remembered


class RMSprop(Optimizer):
    """v ← α v + (1 − α) g²,  p ← p − lr · g / (√v + eps) (Hinton, 2012).

    centered subtracts the squared mean of g from v; momentum accumulates the steps.

    >>> import gradus
    >>> gradus.optim.RMSprop([gradus.ones(1)]).param_groups[0]["alpha"]
    0.99
    """

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        positive("learning rate", lr)
        positive("epsilon value", eps)
        positive("momentum value", momentum)
        positive("weight_decay value", weight_decay)
        positive("alpha value", alpha)
        super().__init__(
            params,
            {
                "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered, "weight_decay": weight_decay,
                "capturable": capturable, "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
            },
        )  # fmt: skip

    def update(
        self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any], scratch: np.ndarray
    ) -> None:
        lr, alpha, eps = float(group["lr"]), group["alpha"], group["eps"]
        count_step(state)
        if group["weight_decay"]:
            g = g + group["weight_decay"] * p
        square = remembered(state, "square_avg", p)
        update.moving_square(square, g, alpha, scratch)
        if group["centered"]:
            mean = remembered(state, "grad_avg", p)
            update.moving_mean(mean, g, 1 - alpha, scratch)
            square = square - mean * mean
        if group["momentum"]:
            steps = remembered(state, "momentum_buffer", p)
            update.momentum(steps, g / (np.sqrt(square) + eps), group["momentum"], 0, scratch)
            update.sgd(p, steps, lr, scratch)
        else:
            update.descend(p, g, square, lr, 1, eps, scratch)


class Adagrad(Optimizer):
    """v ← v + g²,  p ← p − lr/(1 + (t − 1) lr_decay) · g / (√v + eps) (Duchi et al., 2011).

    >>> import gradus
    >>> gradus.optim.Adagrad([gradus.ones(1)]).param_groups[0]["lr"]
    0.01
    """

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        positive("learning rate", lr)
        positive("lr_decay value", lr_decay)
        positive("weight_decay value", weight_decay)
        positive("initial_accumulator_value value", initial_accumulator_value)
        positive("epsilon value", eps)
        super().__init__(
            params,
            {
                "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
                "differentiable": differentiable, "fused": fused,
            },
        )  # fmt: skip

    def update(
        self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any], scratch: np.ndarray
    ) -> None:
        step = count_step(state)
        if group["weight_decay"]:
            g = g + group["weight_decay"] * p
        total = remembered(state, "sum", p, group["initial_accumulator_value"])
        total += g * g
        lr = float(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
        update.descend(p, g, total, lr, 1, group["eps"], scratch)
