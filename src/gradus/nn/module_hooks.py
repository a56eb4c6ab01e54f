"""Calling a module: its forward, and the hooks around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.base import TensorBase
from ..core.function import Function
from ..tensors.autograd import RemovableHandle

_global_hooks: dict[str, dict[int, Any]] = {"forward_pre": {}, "forward": {}}


class HookedCall:
    """`module(x)` runs forward; hooks see, and may replace, what goes in, what comes out, and the gradients of both."""

    _hooks: dict[str, dict[int, Any]]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self._hooks and not _global_hooks["forward"] and not _global_hooks["forward_pre"]:
            return self.forward(*args, **kwargs)  # type: ignore[attr-defined]
        return self._call_with_hooks(args, kwargs)

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        args, kwargs = self._before(args, kwargs)
        watched = bool(self._hooks.get("backward") or self._hooks.get("backward_pre"))
        watcher = _Watcher(self, self._hooks) if watched else None
        if watcher is not None:
            args = watcher.watch_inputs(args)
        try:
            result = self.forward(*args, **kwargs)  # type: ignore[attr-defined]
        except Exception:
            self._run_always(args, kwargs)
            raise
        result = self._after(args, kwargs, result)
        return result if watcher is None else watcher.watch_outputs(result)

    def _before(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        for hook in [*_global_hooks["forward_pre"].values(), *self._hooks.get("forward_pre", {}).values()]:
            returned = hook(self, args, kwargs) if getattr(hook, "with_kwargs", False) else hook(self, args)
            if returned is not None:
                if getattr(hook, "with_kwargs", False):
                    args, kwargs = returned
                else:
                    args = returned if isinstance(returned, tuple) else (returned,)
        return args, kwargs

    def _after(self, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
        for hook in [*_global_hooks["forward"].values(), *self._hooks.get("forward", {}).values()]:
            returned = (
                hook(self, args, kwargs, result) if getattr(hook, "with_kwargs", False) else hook(self, args, result)
            )
            if returned is not None:
                result = returned
        return result

    def _run_always(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        for hook in self._hooks.get("forward", {}).values():
            if getattr(hook, "always_call", False):
                hook(self, args, kwargs, None) if hook.with_kwargs else hook(self, args, None)

    def _register(self, kind: str, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        hooks = self._hooks.setdefault(kind, {})
        handle = RemovableHandle(hooks, hook)
        if prepend:
            rest = {k: v for k, v in hooks.items() if k != handle.id}
            hooks.clear()
            hooks[handle.id] = hook
            hooks.update(rest)
        return handle

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before forward; what it returns replaces the arguments."""
        return self._register("forward_pre", _flagged(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after forward; what it returns replaces the output.

        >>> import gradus
        >>> layer = gradus.nn.Linear(2, 3)
        >>> handle = layer.register_forward_hook(lambda module, args, output: print(tuple(output.shape)))
        >>> y = layer(gradus.zeros(5, 2))
        (5, 3)
        >>> handle.remove()
        """
        return self._register("forward", _flagged(hook, with_kwargs, always_call), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the inputs are known; it may replace grad_input."""
        return self._register("backward", hook, prepend)

    register_backward_hook = register_full_backward_hook

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` before the module's backward; it may replace grad_output."""
        return self._register("backward_pre", hook, prepend)


def _flagged(hook: Callable[..., Any], with_kwargs: bool, always_call: bool = False) -> Callable[..., Any]:
    """The hook with how it wants to be called; itself where nothing is special."""
    if not with_kwargs and not always_call:
        return hook

    def flagged(*args: Any) -> Any:
        return hook(*args)

    flagged.with_kwargs, flagged.always_call = with_kwargs, always_call  # type: ignore[attr-defined]
    return flagged


class _Watch(Function):
    """The identity on several tensors; backward hands all their gradients to a function at once."""

    @staticmethod
    def forward(ctx: Any, seen: Callable[..., Any], *tensors: Any) -> Any:
        ctx.seen = seen
        return tuple([t.view_as(t) for t in tensors])

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return (None, *ctx.seen(gradients))


class _Watcher:
    """One call of a module with backward hooks: remembers the gradients of its outputs until those of its inputs are known."""

    def __init__(self, module: Any, hooks: dict[str, dict[int, Any]]) -> None:
        self.module, self.hooks = module, hooks
        self.grad_outputs: tuple[Any, ...] = ()
        self.has_inputs = False

    def watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        places = [i for i, a in enumerate(args) if isinstance(a, TensorBase) and a.requires_grad]
        if not places:
            return args
        self.has_inputs = True
        watched = iter(_Watch.apply(self._inputs_done, *[args[i] for i in places]))
        return tuple([next(watched) if i in places else a for i, a in enumerate(args)])

    def watch_outputs(self, result: Any) -> Any:
        several = isinstance(result, tuple)
        outs = result if several else (result,)
        places = [i for i, o in enumerate(outs) if isinstance(o, TensorBase) and o.requires_grad]
        if not places:
            return result
        watched = iter(_Watch.apply(self._outputs_known, *[outs[i] for i in places]))
        replaced = tuple([next(watched) if i in places else o for i, o in enumerate(outs)])
        return replaced if several else replaced[0]

    def _outputs_known(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.hooks.get("backward_pre", {}).values():
            returned = hook(self.module, gradients)
            if returned is not None:
                gradients = returned if isinstance(returned, tuple) else (returned,)
        self.grad_outputs = gradients
        if not self.has_inputs:
            self._run((None,))
        return gradients

    def _inputs_done(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        return self._run(gradients)

    def _run(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.hooks.get("backward", {}).values():
            returned = hook(self.module, gradients, self.grad_outputs)
            if returned is not None:
                gradients = returned if isinstance(returned, tuple) else (returned,)
        return gradients


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, args)` before the forward of every module."""
    return RemovableHandle(_global_hooks["forward_pre"], hook)


def register_module_forward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, args, output)` after the forward of every module."""
    return RemovableHandle(_global_hooks["forward"], hook)
