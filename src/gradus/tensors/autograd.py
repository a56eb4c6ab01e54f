"""Tensor methods of the graph: gradients, history, hooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import ref

import numpy as np

from ..core import differentiate
from ..core.base import history, share, wrap
from ..core.inplace import bump, check
from ..core.op import Op

_hook_ids = iter(range(1, 1 << 62))


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook off again; also a context manager."""

    def __init__(self, hooks: dict[int, Any], hook: Callable[..., Any]) -> None:
        self.id = next(_hook_ids)
        hooks[self.id] = hook
        self._hooks = hooks

    def remove(self) -> None:
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


class AutogradMethods:
    """backward, detach, grad_fn, hooks and the like."""

    def backward(
        self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None
    ) -> None:
        """Add the gradient of this tensor to `.grad` of every leaf behind it.

        Args:
            gradient: the gradient to start from, of this tensor's shape; may be left out for a tensor of one element.
            retain_graph: keep the graph for another walk (default: as create_graph).
            create_graph: record the derivative, so that it can be differentiated in turn.
            inputs: only these tensors get gradients.
        Raises:
            RuntimeError: no gradient is given for several elements, or the graph was freed by an earlier backward.

        >>> import gradus
        >>> x = gradus.tensor(3.0, requires_grad=True)
        >>> (x**2).backward()
        >>> x.grad
        tensor(6.)
        """
        if gradient is not None and not isinstance(gradient, AutogradMethods):
            gradient = wrap(np.asarray(gradient, dtype=self.array.dtype))
        differentiate.backward(self, gradient, retain_graph, create_graph, inputs)

    @property
    def grad(self) -> Any:
        """The gradient that backward() left here, or None."""
        return self._grad

    @grad.setter
    def grad(self, g: Any) -> None:
        if g is not None:
            if not isinstance(g, AutogradMethods):
                raise TypeError(f"assigned grad has data of type {type(g).__name__}; expected a Tensor or None")
            if g.array.shape != self.array.shape:
                raise RuntimeError(
                    f"assigned grad has data of a different size: got {list(g.array.shape)}, expected {list(self.array.shape)}"
                )
        self._grad = g

    @property
    def grad_fn(self) -> Op | None:
        """The operation that made this tensor; None for a leaf."""
        return history(self)

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor was made by the user, not by a recorded operation."""
        return history(self) is None

    @property
    def output_nr(self) -> int:
        return self.index

    @property
    def _version(self) -> int:
        return self.version[0]

    @property
    def _base(self) -> Any:
        return self.base

    def detach(self) -> Any:
        """This tensor outside the graph: the same numbers in the same memory, no history."""
        return share(self)

    def detach_(self) -> Any:
        """Forget the history of this tensor: it becomes a leaf."""
        self.node, self.index, self.requires_grad, self.base, self.parent = None, 0, False, None, None
        return self

    @property
    def data(self) -> Any:
        """The same numbers as a leaf that knows no history and whose changes backward does not notice; prefer `detach()`."""
        out = wrap(self.array)
        return out

    @data.setter
    def data(self, new: Any) -> None:
        if not isinstance(new, AutogradMethods):
            raise TypeError(f"Variable data has to be a tensor, but got {type(new).__name__}")
        self.array = new.array

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Say whether gradients are to flow to this leaf; returns it.

        Raises:
            RuntimeError: the dtype is not floating, or the tensor is not a leaf.
        """
        if requires_grad and self.array.dtype.kind != "f":
            raise RuntimeError(
                f"only Tensors of floating point dtype can require gradients, got {self.array.dtype.name}"
            )
        if not requires_grad and history(self) is not None:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables; use detach() to get a tensor without history"
            )
        self.requires_grad = requires_grad
        return self

    def register_hook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        """Call `hook(grad)` each time the gradient of this tensor is computed; a tensor that it returns replaces the gradient.

        Raises:
            RuntimeError: this tensor requires no gradient.

        >>> import gradus
        >>> x = gradus.tensor([1.0, 2.0], requires_grad=True)
        >>> handle = x.register_hook(lambda g: g * 10)
        >>> x.sum().backward()
        >>> x.grad
        tensor([10., 10.])
        """
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        node = history(self)
        if node is None:
            self.hooks = {} if self.hooks is None else self.hooks
            return RemovableHandle(self.hooks, hook)
        node.hooks = {} if node.hooks is None else node.hooks
        return RemovableHandle(node.hooks.setdefault(self.index, {}), hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Any], None]) -> RemovableHandle:
        """Call `hook(tensor)` after backward has added to this leaf's `.grad`."""
        if history(self) is not None:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        self.post_hooks = {} if self.post_hooks is None else self.post_hooks
        return RemovableHandle(self.post_hooks, hook)

    def retain_grad(self) -> None:
        """Keep `.grad` for this tensor although it is not a leaf."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if history(self) is None or self.retains:
            return
        self.retains = True
        me = ref(self)

        def keep(g: Any) -> None:
            t = me()
            if t is not None:
                copy = share(g, g.array.copy()) if g.node is None else g
                t.grad = copy if t.grad is None else t.grad + copy

        self.register_hook(keep)

    @property
    def retains_grad(self) -> bool:
        return self.retains

    def is_inference(self) -> bool:
        """Whether this tensor was made inside `inference_mode`."""
        return self.is_inference_

    def zero_(self) -> Any:
        """Set every element to 0, in place."""
        return self.fill_(0)

    def fill_(self, value: Any) -> Any:
        """Set every element to `value` (a number or 0-d tensor), in place."""
        if not self.requires_grad and not getattr(value, "requires_grad", False):
            check(self, "fill_")
            self.array.fill(value.item() if hasattr(value, "item") else value)
            bump(self, "fill_")
            return self
        from ..ops.create import full_like
        from .inplace import assign_value

        return assign_value(
            self, value if isinstance(value, AutogradMethods) else full_like(self.detach(), value), "fill_"
        )
