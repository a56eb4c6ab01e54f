"""Backward hooks of modules: the gradients of a call's inputs and outputs, caught as they pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from warnings import warn

from ..core.base import TensorBase, share
from ..core.function import Function

Gradients = tuple[Any, ...]


class Watch(Function):
    """The identity on several tensors; backward hands all their gradients to a function at once.

    `zeros` says whether a tensor that no gradient reached gets zeros, or None.
    """

    @staticmethod
    def forward(ctx: Any, seen: Callable[[Gradients], Gradients], zeros: bool, *tensors: Any) -> Any:
        ctx.seen = seen
        ctx.set_materialize_grads(zeros)
        return tuple([share(t) for t in tensors])

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return (None, None, *ctx.seen(gradients))


class Watcher:
    """One call of a module with backward hooks: keeps the outputs' gradients until those of the inputs are known."""

    def __init__(self, module: Any, hooks: dict[int, Any] | None, pre_hooks: dict[int, Any] | None) -> None:
        self.module, self.hooks, self.pre_hooks = module, hooks or {}, pre_hooks or {}
        self.inputs: list[int] = []  # the places of the arguments that are watched, and how many arguments there are
        self.outputs: list[int] = []
        self.counts = [0, 0]
        self.grad_outputs: Gradients | None = None

    def run(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The module's forward on watched inputs."""
        self.inputs, self.counts[0] = _places(args), len(args)
        if not self.inputs:
            return module.forward(*args, **kwargs)
        watched = Watch.apply(self._inputs_known, True, *[args[i] for i in self.inputs])
        result = module.forward(*_replaced(args, self.inputs, watched), **kwargs)
        if any(not isinstance(w.node, Watch) for w in watched):
            raise RuntimeError(
                f"{type(module).__name__}: forward changed an input in place, which a module with a backward hook "
                "cannot do, as that input's gradient would be lost; use the out-of-place operation (inplace=False)"
            )
        return result

    def watch_outputs(self, result: Any) -> Any:
        """The module's result, watched."""
        if not isinstance(result, (TensorBase, tuple)):
            warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
                f"{type(result)}",
                stacklevel=4,
            )
            return result
        outs = result if isinstance(result, tuple) else (result,)
        self.outputs, self.counts[1] = _places(outs), len(outs)
        if not self.outputs:
            return result
        outs = _replaced(outs, self.outputs, Watch.apply(self._outputs_known, False, *[outs[i] for i in self.outputs]))
        return outs if isinstance(result, tuple) else outs[0]

    def _outputs_known(self, gradients: Gradients) -> Gradients:
        """Once backward has come to the outputs."""
        shown = _spread(gradients, self.outputs, self.counts[1])
        for hook in list(self.pre_hooks.values()):
            shown = _returned(hook(self.module, shown), shown, "grad_output")
        self.grad_outputs = shown
        if not self.inputs:
            self._run_hooks((None,) * self.counts[0])
        return tuple([shown[i] for i in self.outputs])

    def _inputs_known(self, gradients: Gradients) -> Gradients:
        """Once backward has come to the inputs."""
        if self.grad_outputs is None:  # the outputs could not be watched, or none of them led here
            return gradients
        shown = self._run_hooks(_spread(gradients, self.inputs, self.counts[0]))
        return tuple([shown[i] for i in self.inputs])

    def _run_hooks(self, shown: Gradients) -> Gradients:
        for hook in list(self.hooks.values()):
            shown = _returned(hook(self.module, shown, self.grad_outputs), shown, "grad_input")
        return shown


def _places(values: tuple[Any, ...]) -> list[int]:
    """Which of them have gradients."""
    return [i for i, v in enumerate(values) if isinstance(v, TensorBase) and v.requires_grad]


def _replaced(values: tuple[Any, ...], places: list[int], by: Any) -> tuple[Any, ...]:
    changed = list(values)
    for i, value in zip(places, by, strict=True):
        changed[i] = value
    return type(values)(*changed) if hasattr(values, "_fields") else tuple(changed)


def _spread(gradients: Gradients, places: list[int], count: int) -> Gradients:
    return _replaced((None,) * count, places, gradients)


def _returned(new: Any, old: Gradients, kind: str) -> Gradients:
    """What a hook's answer makes of the gradients."""
    if new is None:
        return old
    new = new if isinstance(new, tuple) else (new,)
    if len(new) != len(old):
        raise RuntimeError(
            f"Backward hook returned an invalid number of {kind}, got {len(new)}, but expected {len(old)}"
        )
    return new
