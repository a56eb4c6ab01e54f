"""Operations that only look at memory in another way: their short way through `apply`.

Views are the most frequent operations of all and compute nothing, so here what `Op.apply` does around a computation
would be most of the cost.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.base import TensorBase, history, wrap
from ..core.mode import state
from ..core.op import Op, _clock, edge


class Looking(Op, register=False):
    """An op of one input and one output, which shows the input's memory where NumPy can, and saves nothing."""

    view = True

    @classmethod
    def apply(cls, x: Any, **params: Any) -> Any:
        """`Op.apply` for one input: no promotion, no floating-point errors, nothing saved."""
        ctx = cls()
        if not isinstance(x, TensorBase):
            return ctx.forward(x, **params)
        seen = x.array
        array = ctx.forward(seen, **params)
        out: Any = wrap(array)
        if x.base is not None and x.epoch != x.base.epoch:
            history(x)  # an in-place change to the base may have made x one that requires a gradient
        if array.base is seen or array.base is seen.base is not None or np.may_share_memory(array, seen):
            out.base = root = x if x.base is None else x.base
            out.version, out.epoch, out.parent = x.version, root.epoch, (cls, x, (), params)
        if x.requires_grad and state.grad:
            ctx.edges, ctx.needs, ctx.sequence = (edge(x),), (True,), next(_clock)
            out.requires_grad, out.node = True, ctx
            if state.anomaly:
                from traceback import format_stack

                ctx.trace = "".join(format_stack()[:-1])
        return out
