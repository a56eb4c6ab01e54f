"""Calling a module: its forward, and the hooks around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from warnings import warn

from ..core.mode import is_grad_enabled
from ..tensors.autograd import RemovableHandle
from .module_watch import Watcher

_before_all: dict[int, Any] = {}  # hooks on every module
_after_all: dict[int, Any] = {}


class Hook:
    """A function to call at a certain point, and how it wants to be called."""

    __slots__ = ("always", "call", "with_kwargs")

    def __init__(self, call: Callable[..., Any], with_kwargs: bool = False, always: bool = False) -> None:
        self.call, self.with_kwargs, self.always = call, with_kwargs, always

    def before(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The arguments to go on with."""
        if self.with_kwargs:
            returned = self.call(module, args, kwargs)
            if returned is None:
                return args, kwargs
            if not isinstance(returned, tuple) or len(returned) != 2:
                raise RuntimeError(
                    f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {returned}."
                )
            return returned
        returned = self.call(module, args)
        if returned is None:
            return args, kwargs
        return (returned if isinstance(returned, tuple) else (returned,)), kwargs

    def after(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
        """The result to go on with."""
        returned = self.call(module, args, kwargs, result) if self.with_kwargs else self.call(module, args, result)
        return result if returned is None else returned


class HookedCall:
    """`module(x)` runs forward; hooks see, and may replace, what goes in, what comes out, and the gradients of both."""

    _hooks: dict[str, dict[int, Any]]  # by kind, then by handle

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._hooks or _before_all or _after_all:
            return self._call_with_hooks(args, kwargs)
        return self.forward(*args, **kwargs)  # type: ignore[attr-defined]

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = None
        waiting = {i: hook for i, hook in self._all("forward", _after_all) if hook.always}
        try:
            for _, hook in self._all("forward_pre", _before_all):
                args, kwargs = hook.before(self, args, kwargs)
            watcher = self._watcher()
            result = watcher.run(self, args, kwargs) if watcher else self.forward(*args, **kwargs)  # type: ignore[attr-defined]
            for i, hook in self._all("forward", _after_all):
                waiting.pop(i, None)
                result = hook.after(self, args, kwargs, result)
            return watcher.watch_outputs(result) if watcher else result
        except Exception:
            self._run_waiting(waiting, args, kwargs, result)
            raise

    def _all(self, kind: str, everywhere: dict[int, Any]) -> Iterator[tuple[int, Any]]:
        yield from list(everywhere.items())
        yield from list(self._hooks.get(kind, {}).items())

    def _watcher(self) -> Watcher | None:
        hooks = self._hooks.get("backward"), self._hooks.get("backward_pre")
        return Watcher(self, *hooks) if any(hooks) and is_grad_enabled() else None

    def _run_waiting(self, waiting: dict[int, Any], args: Any, kwargs: Any, result: Any) -> None:
        """After an error: the hooks that are to run always and have not run yet."""
        for hook in waiting.values():
            try:
                result = hook.after(self, args, kwargs, result)
            except Exception as error:
                warn(f"a forward hook with always_call=True raised, after another error: {error}", stacklevel=4)

    def _register(self, kind: str, hook: Any, prepend: bool = False) -> RemovableHandle:
        hooks = self._hooks.setdefault(kind, {})
        others = dict(hooks)
        handle = _registered(hooks, hook)
        if prepend:
            for i in others:
                hooks[i] = hooks.pop(i)
        return handle

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before forward; what it returns replaces the arguments.

        Args:
            prepend: call it before the other hooks of this module.
            with_kwargs: call `hook(module, args, kwargs)`, which may return new ones as a pair.
        """
        return self._register("forward_pre", Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after forward; what it returns replaces the output.

        Args:
            prepend: call it before the other hooks of this module.
            with_kwargs: call `hook(module, args, kwargs, output)`.
            always_call: call it even if forward or another hook raises an error.

        >>> import gradus
        >>> layer = gradus.nn.Linear(2, 3)
        >>> handle = layer.register_forward_hook(lambda module, args, output: print(tuple(output.shape)))
        >>> y = layer(gradus.zeros(5, 2))
        (5, 3)
        >>> handle.remove()
        """
        return self._register("forward", Hook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the inputs are known.

        Both are tuples with an item for each positional argument and each output, None where there is no gradient. What
        the hook returns replaces grad_input. If no input requires a gradient, the hook is called when those of the
        outputs are known.

        Raises:
            RuntimeError: at the call, if forward changes an input in place, whose gradient would then be lost.
        """
        return self._register("backward", hook, prepend)

    register_backward_hook = register_full_backward_hook

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` before the module's backward; it may replace grad_output."""
        return self._register("backward_pre", hook, prepend)


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, args)` before the forward of every module."""
    return _registered(_before_all, Hook(hook))


def register_module_forward_hook(
    hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call `hook(module, args, output)` after the forward of every module."""
    return _registered(_after_all, Hook(hook, with_kwargs, always_call))


def _registered(hooks: dict[int, Any], hook: Any) -> RemovableHandle:
    return RemovableHandle(hooks, hook)
