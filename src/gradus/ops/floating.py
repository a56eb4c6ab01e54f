"""Operations that integers have no answer to."""

from __future__ import annotations

from typing import Any

from ..core.base import raw
from ..core.op import Op

__all__: list[str] = []


class FloatingOp(Op, register=False):
    """An operation on floating tensors: a curve between integers would have to be cut to integers, or to guess a type.

    Of several inputs one must be floating; whether the others follow is for `promotes` to say.
    """

    @classmethod
    def apply(cls, *inputs: Any, **params: Any) -> Any:
        dtypes = [x.dtype for x in map(raw, inputs) if hasattr(x, "dtype")]
        if dtypes and all(dtype.kind != "f" for dtype in dtypes):
            raise NotImplementedError(
                f"{cls.__name__.lower()}: not implemented for {dtypes[0].name}; convert the input with .float()"
            )
        return super().apply(*inputs, **params)
