"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import update
from .optimizer import Optimizer, at_least_zero, remembered


class SGD(Optimizer):
    """p ← p − lr · g; with momentum μ, g is replaced by b ← μ b + (1 − dampening) g, whose first value is g itself.

    Nesterov's form steps along g + μ b (Sutskever et al., 2013). weight_decay adds weight_decay · p to g.

    Raises:
        ValueError: a setting is negative, or nesterov is asked for without momentum or with dampening.

    >>> import gradus
    >>> gradus.optim.SGD([gradus.ones(1)], lr=0.1, momentum=0.9).param_groups[0]["momentum"]
    0.9
    """

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: Any = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        at_least_zero("learning rate", lr)
        at_least_zero("momentum value", momentum)
        at_least_zero("weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        defaults = {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
            "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, defaults)

    def update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        momentum = float(group["momentum"])
        first = state.get("momentum_buffer") is None
        update.sgd(
            p,
            g,
            remembered(state, "momentum_buffer", p) if momentum else None,
            lr=float(group["lr"]),
            momentum=momentum,
            dampening=float(group["dampening"]),
            nesterov=group["nesterov"],
            weight_decay=float(group["weight_decay"]),
            first=first,
        )
