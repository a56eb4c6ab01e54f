"""A module's state: its parameters and buffers by name, out of it and into it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..core.base import TensorBase
from ..core.inplace import bump
from ..tensors.autograd import RemovableHandle


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
            prefix: put before every name.
            keep_vars: give the Parameters themselves instead of detached tensors.

        >>> import gradus
        >>> list(gradus.nn.Linear(2, 3).state_dict())
        ['weight', 'bias']
        """
        if args:
            destination = args[0]
            prefix = args[1] if len(args) > 1 else prefix
        state = OrderedDict() if destination is None else destination
        for name, t in self._state_items(prefix):
            state[name] = t if keep_vars else t.detach()
        for module in self.modules():  # type: ignore[attr-defined]
            for hook in module._hooks.get("state_dict", {}).values():
                hook(module, state, prefix, {})
        return state

    def _state_items(self, prefix: str = "") -> Iterator[tuple[str, Any]]:
        for store in ("_parameters", "_buffers"):
            for name, t in getattr(self, store).items():
                if t is not None and not (store == "_buffers" and name in self._not_saved):  # type: ignore[attr-defined]
                    yield prefix + name, t
        for name, module in self._parts():  # type: ignore[attr-defined]
            if module is not None:
                yield from module._state_items(f"{prefix}{name}.")

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Take the numbers of `state_dict` into the parameters and buffers of the same names.

        Nothing is changed if anything does not fit (torch may have copied half of it by then).

        Args:
            strict: refuse missing and unexpected names; a wrong shape is refused always.
            assign: take the given tensors themselves instead of copying their numbers.
        Returns:
            The names that were missing and unexpected.
        Raises:
            RuntimeError: names or shapes do not match; all of them are listed.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        given = dict(state_dict)
        for module in self.modules():  # type: ignore[attr-defined]
            for hook in module._hooks.get("load_state_dict_pre", {}).values():
                hook(given)
        places = list(self._state_items())
        own = dict(places)
        missing = [name for name in own if name not in given]
        unexpected = [name for name in given if name not in own]
        problems = self._problems(own, given, missing if strict else [], unexpected if strict else [])
        if problems:
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t" + "\n\t".join(problems))
        for name, t in places:
            if name in given:
                _take(t, given[name], assign)
        result = IncompatibleKeys(missing, unexpected)
        for module in self.modules():  # type: ignore[attr-defined]
            for hook in module._hooks.get("load_state_dict_post", {}).values():
                hook(module, result)
        return result

    def _problems(
        self, own: dict[str, Any], given: dict[str, Any], missing: list[str], unexpected: list[str]
    ) -> list[str]:
        found = []
        if unexpected:
            found.append("Unexpected key(s) in state_dict: " + ", ".join(f'"{k}"' for k in unexpected) + ". ")
        if missing:
            found.append("Missing key(s) in state_dict: " + ", ".join(f'"{k}"' for k in missing) + ". ")
        for name, t in own.items():
            if name not in given:
                continue
            value = given[name]
            if not isinstance(value, (TensorBase, np.ndarray)):
                found.append(
                    f'While copying the parameter named "{name}", expected a tensor but received {type(value)}.'
                )
            elif tuple(value.shape) != tuple(t.shape):
                found.append(
                    f"size mismatch for {name}: copying a param with shape {value.shape} from checkpoint, "
                    f"the shape in current model is {t.shape}."
                )
        return found

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` when a state_dict has been made."""
        return self._register("state_dict", hook)  # type: ignore[attr-defined]

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(state_dict)` before loading, for example to rename keys; it may change the (copied) dict."""
        return self._register("load_state_dict_pre", hook)  # type: ignore[attr-defined]

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` after loading."""
        return self._register("load_state_dict_post", hook)  # type: ignore[attr-defined]


def _take(t: Any, value: Any, assign: bool) -> None:
    array = value.array if isinstance(value, TensorBase) else value
    if assign:
        t.array = array
    else:
        np.copyto(t.array, array, casting="unsafe")
        bump(t, "load_state_dict")
