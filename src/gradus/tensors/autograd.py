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
    """What registering a hook returns: `remove()` takes the hook off again; also a context manager.

    >>> import gradus
    >>> x = gradus.ones(2, requires_grad=True)
    >>> with x.register_hook(lambda g: g * 10):
    ...     x.sum().backward()
    >>> x.sum().backward()
    >>> x.grad
    tensor([11., 11.])
    """

    def __init__(self, hooks: dict[int, Any], hook: Callable[..., Any]) -> None:
        self.id = next(_hook_ids)
        hooks[self.id] = hook
        self._hooks = hooks

    def remove(self) -> None:
        """Take the hook off; a second time changes nothing."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


class AutogradMethods:
    """backward, detach, grad_fn, hooks and the like."""

    node: Op | None

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
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
        """The gradient that backward() left here, or None.

        >>> import gradus
        >>> x = gradus.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad
        tensor([2., 4.])
        """
        return self._grad

    @grad.setter
    def grad(self, g: Any) -> None:
        if g is not None:
            if not isinstance(g, AutogradMethods):
                raise TypeError(f"assigned grad has data of type {type(g).__name__}; expected a Tensor or None")
            if g.array.shape != self.array.shape:
                raise RuntimeError(
                    f"assigned grad has data of a different size: got {list(g.array.shape)}, "
                    f"expected {list(self.array.shape)}"
                )
        self._grad = g

    @property
    def grad_fn(self) -> Op | None:
        """The operation that made this tensor; None for a leaf.

        >>> import gradus
        >>> (gradus.ones(2, requires_grad=True) * 3).grad_fn
        <MulBackward0>
        """
        return history(self)

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor was made by the user, not by a recorded operation.

        >>> import gradus
        >>> x = gradus.ones(2, requires_grad=True)
        >>> x.is_leaf, (x * 3).is_leaf
        (True, False)
        """
        return history(self) is None

    @property
    def output_nr(self) -> int:
        """Which of its operation's outputs this tensor is."""
        return self.index

    @property
    def _version(self) -> int:
        return self.version[0]

    @property
    def _base(self) -> Any:
        return self.base

    def detach(self) -> Any:
        """This tensor outside the graph: the same numbers in the same memory, no history.

        >>> import gradus
        >>> y = gradus.ones(2, requires_grad=True) * 3
        >>> y.detach()
        tensor([3., 3.])
        """
        return share(self)

    def detach_(self) -> Any:
        """Forget the history of this tensor: it becomes a leaf.

        >>> import gradus
        >>> y = gradus.ones(2, requires_grad=True) * 3
        >>> y.detach_().is_leaf
        True
        """
        self.node, self.index, self.requires_grad, self.base, self.parent = None, 0, False, None, None
        return self

    @property
    def data(self) -> Any:
        """The same numbers as a leaf without history, whose changes backward does not notice; prefer `detach()`.

        >>> import gradus
        >>> w = gradus.ones(2, requires_grad=True)
        >>> w.data += 1
        >>> w
        tensor([2., 2.], requires_grad=True)
        """
        return wrap(self.array)

    @data.setter
    def data(self, new: Any) -> None:
        if not isinstance(new, AutogradMethods):
            raise TypeError(f"Variable data has to be a tensor, but got {type(new).__name__}")
        self.array = new.array

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Say whether gradients are to flow to this leaf; returns it.

        Raises:
            RuntimeError: the dtype is not floating, or the tensor is not a leaf.

        >>> import gradus
        >>> gradus.ones(2).requires_grad_()
        tensor([1., 1.], requires_grad=True)
        """
        if requires_grad and self.array.dtype.kind != "f":
            raise RuntimeError(
                f"only Tensors of floating point dtype can require gradients, got {self.array.dtype.name}"
            )
        if not requires_grad and history(self) is not None:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables; "
                "use detach() to get a tensor without history"
            )
        self.requires_grad = requires_grad
        return self

    def register_hook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        """Call `hook(grad)` each time this tensor's gradient is computed; a tensor that it returns replaces it.

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
        """Call `hook(tensor)` after backward has added to this leaf's `.grad`.

        Raises:
            RuntimeError: this tensor is not a leaf.

        >>> import gradus
        >>> x = gradus.ones(2, requires_grad=True)
        >>> handle = x.register_post_accumulate_grad_hook(lambda t: print(t.grad))
        >>> x.sum().backward()
        tensor([1., 1.])
        """
        if history(self) is not None:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        self.post_hooks = {} if self.post_hooks is None else self.post_hooks
        return RemovableHandle(self.post_hooks, hook)

    def retain_grad(self) -> None:
        """Keep `.grad` for this tensor although it is not a leaf.

        Raises:
            RuntimeError: this tensor requires no gradient.

        >>> import gradus
        >>> y = gradus.ones(2, requires_grad=True) * 3
        >>> y.retain_grad()
        >>> (y * y).sum().backward()
        >>> y.grad
        tensor([6., 6.])
        """
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
        """Whether `retain_grad` was called on it, and it is not a leaf."""
        return self.retains

    def is_inference(self) -> bool:
        """Whether this tensor was made inside `inference_mode`.

        >>> import gradus
        >>> with gradus.inference_mode():
        ...     y = gradus.ones(2)
        >>> y.is_inference()
        True
        """
        return self.is_inference_

    def zero_(self) -> Any:
        """Set every element to 0, in place.

        >>> import gradus
        >>> gradus.ones(2).zero_()
        tensor([0., 0.])
        """
        return self.fill_(0)

    def fill_(self, value: Any) -> Any:
        """Set every element to `value` (a number or 0-d tensor), in place.

        >>> import gradus
        >>> gradus.zeros(2).fill_(7)
        tensor([7., 7.])
        """
        if not self.requires_grad and not getattr(value, "requires_grad", False):
            check(self, "fill_")
            self.array.fill(value.item() if hasattr(value, "item") else value)
            bump(self, "fill_")
            return self
        from ..ops.create import full_like
        from .inplace import assign_value

        filled = value if isinstance(value, AutogradMethods) else full_like(self.detach(), value)
        return assign_value(self, filled, "fill_")
