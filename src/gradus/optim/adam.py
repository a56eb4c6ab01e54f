"""Adam and AdamW: steps scaled by running means of the gradient and its square."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import update
from .optimizer import Optimizer, at_least_zero, count_step, fractions, remembered


class Adam(Optimizer):
    """m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − lr · m̂ / (√v̂ + eps) (Kingma and Ba, 2015).

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) undo the start at 0. amsgrad keeps the largest v so far (Reddi et al.,
    2018). weight_decay adds weight_decay · p to g (AdamW shrinks p instead).

    Raises:
        ValueError: a setting is negative, or a beta outside of [0, 1).

    >>> import gradus
    >>> gradus.optim.Adam([gradus.ones(1)]).param_groups[0]["betas"]
    (0.9, 0.999)
    """

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        at_least_zero("learning rate", lr)
        at_least_zero("epsilon value", eps)
        fractions(betas)
        at_least_zero("weight_decay value", weight_decay)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable,
            "fused": fused, "decoupled_weight_decay": decoupled_weight_decay,
        }  # fmt: skip
        super().__init__(params, defaults)

    def update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        step = count_step(state)
        beta1, beta2 = group["betas"]
        update.adam(
            p,
            g,
            remembered(state, "exp_avg", p),
            remembered(state, "exp_avg_sq", p),
            remembered(state, "max_exp_avg_sq", p) if group["amsgrad"] else None,
            step=step,
            lr=float(group["lr"]),
            beta1=float(beta1),
            beta2=float(beta2),
            eps=float(group["eps"]),
            weight_decay=float(group["weight_decay"]),
            decoupled=group["decoupled_weight_decay"],
        )


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters, p ← (1 − lr · weight_decay) p, instead of entering g.

    Loshchilov and Hutter, 2019.

    >>> import gradus
    >>> gradus.optim.AdamW([gradus.ones(1)]).param_groups[0]["weight_decay"]
    0.01
    """

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused, decoupled_weight_decay=True,
        )  # fmt: skip
