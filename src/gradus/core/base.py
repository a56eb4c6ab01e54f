"""What a tensor is: a NumPy array, and where it came from.

`TensorBase` holds the state; the public `Tensor` (room `tensors/`) adds the methods. Operations only know this class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .mode import enable_grad, state

if TYPE_CHECKING:
    from ..tensors import Tensor
    from .op import Op


class TensorBase:
    """An array and its place in the graph of operations.

    array           the numbers: a NumPy array, shared with views, `detach()` and `numpy()`
    requires_grad   whether gradients flow to it
    grad            the gradient that backward() left here (leaves only, unless `retain_grad`)
    node, index     the operation that made it and which of its outputs it is; None for a leaf
    version         [count, name]: how often the storage was changed in place, and by what last; shared with views
    base, parent    for a view: the tensor that owns the storage, and how to take the view anew: (op, source, …)
    """

    array: np.ndarray
    requires_grad: bool = False
    _grad: Any = None
    node: Op | None = None
    index: int = 0
    version: list[Any]
    base: TensorBase | None = None
    parent: tuple[Any, ...] | None = None
    epoch: int = 0  # how often the history of this base was rewritten by in-place operations on it or its views
    hooks: dict[int, Any] | None = None
    post_hooks: dict[int, Any] | None = None
    is_inference_: bool = False
    retains: bool = False


_new = object.__new__
_tensor_class: type = TensorBase


def register_tensor_class(cls: type) -> type:
    """Make `cls` the class of every result (called once, by the room above that defines it)."""
    global _tensor_class
    _tensor_class = cls
    return cls


def wrap(array: Any) -> Tensor:
    """A new leaf around an array (or NumPy scalar), which is not copied."""
    t: Any = _new(_tensor_class)
    t.array = array if type(array) is np.ndarray else np.asarray(array)
    t.version = [0, ""]
    if state.inference:
        t.is_inference_ = True
    return t


def share(t: TensorBase, array: np.ndarray | None = None) -> Tensor:
    """A tensor outside the graph on the same storage and version counter: what `detach()` gives."""
    out = wrap(t.array if array is None else array)
    out.version = t.version
    return out


def raw(x: Any) -> Any:
    """The array of a tensor; anything else as it is."""
    return x.array if isinstance(x, TensorBase) else x


def history(t: TensorBase) -> Op | None:
    """The operation that made `t`, brought up to date if an in-place change to its base has rewritten the past."""
    if t.base is not None and t.epoch != t.base.epoch:
        op, source, rest, params = t.parent  # type: ignore[misc]
        with enable_grad():
            fresh = op.apply(source, *rest, **params)  # source is brought up to date in turn
        t.node, t.index, t.requires_grad, t.epoch = fresh.node, fresh.index, fresh.requires_grad, t.base.epoch
    return t.node


class Size(tuple):
    """A shape: a tuple of ints that prints like torch's and counts its elements.

    >>> import gradus
    >>> gradus.Size([2, 3]).numel()
    6
    """

    def numel(self) -> int:
        """The number of elements of this shape: the product of its sizes."""
        count = 1
        for n in self:
            count *= n
        return count

    def __repr__(self) -> str:
        from .dtype import PREFIX

        return f"{PREFIX}.Size([{', '.join(map(str, self))}])"

    __str__ = __repr__

    def __getitem__(self, i: Any) -> Any:
        part = tuple.__getitem__(self, i)
        return Size(part) if isinstance(i, slice) else part

    def __add__(self, other: Any) -> Size:
        return Size(tuple.__add__(self, tuple(other)))
