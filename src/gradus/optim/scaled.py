"""RMSprop and Adagrad: steps divided by the size that the gradient has had."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import update
from .optimizer import Optimizer, at_least_zero, count_step, remembered


class RMSprop(Optimizer):
    """v ← α v + (1 − α) g²,  p ← p − lr · g / (√v + eps) (Hinton, 2012).

    centered subtracts the squared mean of g from v; momentum accumulates the steps. weight_decay adds weight_decay · p
    to g.

    Raises:
        ValueError: a setting is negative.

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
        at_least_zero("learning rate", lr)
        at_least_zero("epsilon value", eps)
        at_least_zero("momentum value", momentum)
        at_least_zero("weight_decay value", weight_decay)
        at_least_zero("alpha value", alpha)
        defaults = {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
            "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        count_step(state)
        momentum = float(group["momentum"])
        update.rmsprop(
            p,
            g,
            remembered(state, "square_avg", p),
            remembered(state, "grad_avg", p) if group["centered"] else None,
            remembered(state, "momentum_buffer", p) if momentum else None,
            lr=float(group["lr"]),
            alpha=float(group["alpha"]),
            eps=float(group["eps"]),
            weight_decay=float(group["weight_decay"]),
            momentum=momentum,
        )


class Adagrad(Optimizer):
    """v ← v + g²,  p ← p − lr / (1 + (t − 1) lr_decay) · g / (√v + eps) (Duchi et al., 2011).

    v starts at initial_accumulator_value. weight_decay adds weight_decay · p to g.

    Raises:
        ValueError: a setting is negative.

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
        at_least_zero("learning rate", lr)
        at_least_zero("lr_decay value", lr_decay)
        at_least_zero("weight_decay value", weight_decay)
        at_least_zero("initial_accumulator_value value", initial_accumulator_value)
        at_least_zero("epsilon value", eps)
        defaults = {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, defaults)

    def update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        step = count_step(state)
        update.adagrad(
            p,
            g,
            remembered(state, "sum", p, group["initial_accumulator_value"]),
            lr=float(group["lr"]) / (1 + (step - 1) * group["lr_decay"]),
            eps=float(group["eps"]),
            weight_decay=float(group["weight_decay"]),
        )
