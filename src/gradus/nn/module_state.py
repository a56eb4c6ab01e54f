"""A module's state: its parameters and buffers by name, out of it and into it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..core.base import Size, TensorBase, raw, wrap
from ..core.inplace import bump
from ..tensors.autograd import RemovableHandle
from .parameter import Parameter, UninitializedParameter


class IncompatibleKeys(NamedTuple):
    """What load_state_dict(strict=False) could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class ModuleState:
    """state_dict and load_state_dict."""

    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """Parameters and persistent buffers by dotted name, in order, sharing memory with the module.

        A tied parameter appears under each of its names, as in torch.

        Args:
            destination: the dict to add to, instead of a new one.
            prefix: put before every name.
            keep_vars: give the Parameters themselves instead of detached tensors.

        >>> import gradus
        >>> list(gradus.nn.Linear(2, 3).state_dict())
        ['weight', 'bias']
        """
        if args:  # torch's old positional form
            old: tuple[Any, ...] = (*args, *(destination, prefix, keep_vars)[len(args) :])
            destination, prefix, keep_vars = old
        state = OrderedDict() if destination is None else destination
        for hook in self._state_hooks("state_dict_pre"):
            hook(self, prefix, keep_vars)
        for name, _, t in self._state_items():
            state[prefix + name] = t if keep_vars or isinstance(t, UninitializedParameter) else t.detach()
        for name, module in self._parts():  # type: ignore[attr-defined]
            if module is not None:
                module.state_dict(destination=state, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in self._state_hooks("state_dict"):
            hook(self, state, prefix, {})
        return state

    def _state_items(self) -> Iterator[tuple[str, dict[str, Any], Any]]:
        """The parameters and persistent buffers of this module alone: (name, the dict that holds it, tensor)."""
        parameters, buffers = self._parameters, self._buffers  # type: ignore[attr-defined]
        yield from ((name, parameters, p) for name, p in parameters.items() if p is not None)
        left_out = self._not_saved  # type: ignore[attr-defined]
        yield from ((name, buffers, b) for name, b in buffers.items() if b is not None and name not in left_out)

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Take the numbers of `state_dict` into the parameters and buffers of the same names.

        Differs from torch: nothing is changed if anything does not fit. (torch may have copied half of it by then.)

        Args:
            strict: refuse missing and unexpected names; a wrong shape is refused always.
            assign: take the given tensors themselves instead of copying their numbers.
        Returns:
            The names that were missing and unexpected.
        Raises:
            RuntimeError: names or shapes do not match; all of them are listed.

        >>> import gradus
        >>> small, large = gradus.nn.Linear(2, 3), gradus.nn.Linear(2, 30)
        >>> large.load_state_dict(small.state_dict())
        Traceback (most recent call last):
        RuntimeError: Error(s) in loading state_dict for Linear:
            size mismatch for weight: copying a param with shape gradus.Size([3, 2]) from checkpoint, the shape in
            current model is gradus.Size([30, 2]).
            size mismatch for bias: copying a param with shape gradus.Size([3]) from checkpoint, the shape in
            current model is gradus.Size([30]).
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        loading = _Loading(OrderedDict(state_dict), strict, assign)
        loading.match(self, "")
        hooks = list(_post_hooks(self))
        loading.refuse(self, but_names=bool(hooks))
        loading.carry_out(undoable=bool(hooks))
        try:
            for module, hook in hooks:
                hook(module, loading.keys)
            loading.refuse(self)  # the names last, as a hook may have struck some off
        except BaseException:
            loading.undo()
            raise
        return loading.keys

    # hooks -----------------------------------------------------------------------------------------------------------

    def _state_hooks(self, kind: str) -> list[Callable[..., Any]]:
        return list(self._hooks.get(kind, {}).values())  # type: ignore[attr-defined]

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before a state_dict is made."""
        return self._register("state_dict_pre", hook)  # type: ignore[attr-defined]

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` when a module's part of a state_dict is made."""
        return self._register("state_dict", hook)  # type: ignore[attr-defined]

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call a hook before loading, for example to rename keys.

        It is called as `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys,
        error_msgs)` and may change the dict, a copy of the one that was given; strict is always True, as in torch.
        """
        return self._register("load_state_dict_pre", hook)  # type: ignore[attr-defined]

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` after loading; it may strike keys off those lists."""
        return self._register("load_state_dict_post", hook)  # type: ignore[attr-defined]


class _Loading:
    """One load_state_dict: what goes where, what does not fit, and what was there before."""

    def __init__(self, given: OrderedDict[str, Any], strict: bool, assign: bool) -> None:
        self.given, self.strict, self.assign = given, strict, assign
        self.keys = IncompatibleKeys([], [])
        self.errors: list[str] = []
        # (the dict that holds a tensor, its name there, the value to come), and to undo it: the tensor, its old numbers
        self.plan: list[tuple[dict[str, Any], str, Any]] = []
        self.before: list[tuple[dict[str, Any], str, Any, Any]] = []

    def match(self, module: Any, prefix: str) -> None:
        """Find the place of every given value in a module and its parts."""
        for hook in module._state_hooks("load_state_dict_pre"):
            hook(module, self.given, prefix, {}, True, *self.keys, self.errors)
        own = {prefix + name: (store, name, t) for name, store, t in module._state_items()}
        for key, (store, name, t) in own.items():
            if key not in self.given:
                self.keys.missing_keys.append(key)
            elif problem := _misfit(key, t, self.given[key], self.assign):
                self.errors.append(problem)
            else:
                self.plan.append((store, name, self.given[key]))
        parts = [(f"{prefix}{name}.", part) for name, part in module._parts() if part is not None]
        starts = tuple([start for start, _ in parts])
        self.keys.unexpected_keys.extend(
            key for key in self.given if key.startswith(prefix) and key not in own and not key.startswith(starts)
        )
        for start, part in parts:
            self.match(part, start)

    def refuse(self, module: Any, but_names: bool = False) -> None:
        """Raise one error that lists everything that does not fit."""
        errors = list(self.errors)
        if self.strict and not but_names:
            for kind, keys in zip(("Unexpected", "Missing"), reversed(self.keys), strict=True):
                if keys:
                    errors.insert(0, f"{kind} key(s) in state_dict: " + ", ".join(f'"{k}"' for k in keys) + ". ")
        if errors:
            raise RuntimeError(f"Error(s) in loading state_dict for {type(module).__name__}:\n\t" + "\n\t".join(errors))

    def carry_out(self, undoable: bool) -> None:
        for store, name, value in self.plan:
            t = store[name]
            if undoable and not isinstance(t, UninitializedParameter):
                self.before.append((store, name, t, t.array.copy()))
            if self.assign:
                store[name] = _as_own(t, value)
            else:
                _copy_into(t, value)

    def undo(self) -> None:
        for store, name, t, array in reversed(self.before):
            store[name] = t
            np.copyto(t.array, array)


def _post_hooks(module: Any) -> Iterator[tuple[Any, Callable[..., Any]]]:
    """The hooks to call after loading, those of inner modules first."""
    for _, part in module._parts():
        if part is not None:
            yield from _post_hooks(part)
    yield from ((module, hook) for hook in module._state_hooks("load_state_dict_post"))


def _misfit(key: str, t: Any, value: Any, assign: bool) -> str:
    """Why `value` cannot go where `t` is; nothing if it can."""
    array = raw(value)
    if not isinstance(array, np.ndarray) or array.dtype.kind in "OSUMmc":
        return (
            f'While copying the parameter named "{key}", expected Tensor or Tensor-like object from checkpoint '
            f"but received {type(value)}"
        )
    if assign and t.requires_grad and array.dtype.kind != "f":
        return (
            f"{key} is trained, so it cannot become a tensor of {array.dtype}; use assign=False to convert the numbers."
        )
    if not assign and not t.array.flags.writeable:
        return f"{key} cannot be copied into: its memory is read-only. Use assign=True, or give the module a clone()."
    if isinstance(t, UninitializedParameter) or array.shape == tuple(t.shape):
        return ""
    return (
        f"size mismatch for {key}: copying a param with shape {Size(array.shape)} from checkpoint, "
        f"the shape in current model is {Size(t.shape)}."
    )


def _copy_into(t: Any, value: Any) -> None:
    array = raw(value)
    if isinstance(t, UninitializedParameter):
        t.materialize(array.shape)
    np.copyto(t.array, array, casting="unsafe")
    bump(t, "load_state_dict")


def _as_own(t: Any, value: Any) -> Any:
    """The given tensor in the place of `t`: as a Parameter, and trained, if that is."""
    value = value if isinstance(value, TensorBase) else wrap(value)
    if isinstance(t, Parameter):
        value = value if isinstance(value, Parameter) else Parameter(value, False)
        value.requires_grad_(t.requires_grad)
    return value
