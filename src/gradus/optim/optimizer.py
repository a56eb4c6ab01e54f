"""What every optimiser is: groups of parameters with their settings, and what it remembers of each parameter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import numpy as np

from ..core.base import TensorBase, wrap
from ..core.mode import enable_grad
from ..tensors.autograd import RemovableHandle


class Optimizer:
    """The base class of optimisers; a subclass gives its settings as `defaults` and defines `update(parameter, gradient, state, group)`.

    Args:
        params: tensors, or (name, tensor) pairs, or dicts {"params": …, setting: value} for groups with settings of their own.
        defaults: the settings of groups that do not say otherwise.
    Raises:
        ValueError: there are no parameters, or one appears twice (torch only warns).

    >>> import gradus
    >>> w = gradus.nn.Parameter(gradus.tensor([1.0]))
    >>> optimizer = gradus.optim.SGD([w], lr=0.1)
    >>> (w * 3).sum().backward()
    >>> optimizer.step()
    >>> w.data
    tensor([0.7000])
    """

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        if isinstance(params, TensorBase):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got a Tensor; put it in a list"
            )
        self.defaults = defaults
        self.state: dict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._hooks: dict[str, dict[int, Any]] = {"pre": {}, "post": {}}
        self._scratch: dict[Any, np.ndarray] = {}
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own, for example layers that are unfrozen later."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        group = dict(param_group)
        given = group["params"]
        members = [given] if isinstance(given, TensorBase) else list(given)
        if members and isinstance(members[0], tuple):
            group["param_names"] = [name for name, _ in members]
            members = [p for _, p in members]
        group["params"] = members
        taken = {id(p) for g in self.param_groups for p in g["params"]}
        for p in members:
            self._check_member(p, taken)
            taken.add(id(p))
        for name, value in self.defaults.items():
            group.setdefault(name, value)
        self.param_groups.append(group)

    def _check_member(self, p: Any, taken: set[int]) -> None:
        if not isinstance(p, TensorBase):
            raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
        if p.node is not None:
            raise ValueError("can't optimize a non-leaf Tensor; optimise the parameter it was computed from")
        if id(p) in taken:
            raise ValueError("some parameters appear in more than one parameter group, or twice in one; give each once")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters (or set them to 0): the next backward would add to them."""
        for group in self.param_groups:
            for p in group["params"]:
                if p._grad is not None:
                    if set_to_none:
                        p._grad = None
                    else:
                        p._grad.detach_().zero_()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient.

        Args:
            closure: recomputes the loss with its gradients; its result is returned.
        """
        for hook in list(self._hooks["pre"].values()):
            hook(self, (), {})
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with np.errstate(all="ignore"):
            for group in self.param_groups:
                self.step_group(group)
        for hook in list(self._hooks["post"].values()):
            hook(self, (), {})
        return loss

    def step_group(self, group: dict[str, Any]) -> None:
        """Update the parameters of one group."""
        for p in group["params"]:
            if p._grad is None:
                continue
            g = p._grad.array
            self.update(p.array, -g if group.get("maximize") else g, self.state[p], group, self.scratch_for(p))
            p.version[0] += 1
            p.version[1] = type(self).__name__

    def update(
        self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any], scratch: np.ndarray
    ) -> None:
        """Change the array `p`, given its gradient `g`; remember what the next step needs in `state`."""
        raise NotImplementedError

    def scratch_for(self, p: Any) -> np.ndarray:
        """Working memory of the parameter's shape, kept between steps."""
        array = p.array
        scratch = self._scratch.get(p)
        if scratch is None or scratch.shape != array.shape or scratch.dtype != array.dtype:
            self._scratch[p] = scratch = np.empty_like(array)
        return scratch

    # state ---------------------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Settings and memory, with parameters numbered in order, in torch's layout.

        >>> import gradus
        >>> sorted(gradus.optim.SGD([gradus.ones(1)], lr=0.1).state_dict())
        ['param_groups', 'state']
        """
        numbers: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            packed = {name: value for name, value in group.items() if name != "params"}
            packed["params"] = [numbers.setdefault(id(p), len(numbers)) for p in group["params"]]
            groups.append(packed)
        state = {numbers.get(id(p), p): dict(memory) for p, memory in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take settings and memory from a state_dict; nothing changes if it does not fit.

        Raises:
            ValueError: the number of groups, or of parameters in a group, differs.
        """
        given = state_dict["param_groups"]
        if len(given) != len(self.param_groups):
            raise ValueError(
                f"loaded state dict has {len(given)} parameter groups, the optimizer has {len(self.param_groups)}"
            )
        for i, (mine, theirs) in enumerate(zip(self.param_groups, given, strict=True)):
            if len(mine["params"]) != len(theirs["params"]):
                raise ValueError(
                    f"loaded state dict contains a parameter group that doesn't match the size of optimizer's group: "
                    f"group {i} has {len(theirs['params'])} parameters, the optimizer's has {len(mine['params'])}"
                )
        by_number = {
            n: p
            for mine, theirs in zip(self.param_groups, given, strict=True)
            for n, p in zip(theirs["params"], mine["params"], strict=True)
        }
        state: dict[Any, dict[str, Any]] = defaultdict(dict)
        for number, memory in state_dict["state"].items():
            p = by_number.get(number, number)
            state[p] = {name: self._adopt(name, value, p) for name, value in memory.items()}
        self.state = state
        for mine, theirs in zip(self.param_groups, given, strict=True):
            params = mine["params"]
            mine.update({name: deepcopy(value) for name, value in theirs.items() if name != "params"})
            mine["params"] = params

    def _adopt(self, name: str, value: Any, p: Any) -> Any:
        """A copy of a remembered value, tensors in the parameter's dtype (the step counter stays float32)."""
        if not isinstance(value, TensorBase):
            return deepcopy(value)
        keep = name == "step" or not isinstance(p, TensorBase)
        return wrap(np.array(value.array, dtype=value.array.dtype if keep else p.array.dtype))

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step."""
        return RemovableHandle(self._hooks["pre"], hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return RemovableHandle(self._hooks["post"], hook)

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
        return text + ")"


def positive(name: str, value: Any, least: float = 0.0) -> None:
    """Refuse a setting below `least`, or nan.

    Raises:
        ValueError: naming the setting and its value.
    """
    number = float(value)
    if not number >= least:
        raise ValueError(f"Invalid {name}: {value}")


def fractions(betas: Iterable[float]) -> None:
    """Refuse betas outside [0, 1)."""
    for i, beta in enumerate(betas):
        if not 0.0 <= float(beta) < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")


def count_step(state: dict[str, Any]) -> float:
    """Count one more step of a parameter, in the tensor that torch keeps it in."""
    counter = state.get("step")
    if counter is None:
        state["step"] = counter = wrap(np.array(0.0, dtype=np.float32))
    counter.array += 1
    return float(counter.array)


def remembered(state: dict[str, Any], name: str, p: np.ndarray, fill: float = 0.0) -> np.ndarray:
    """The array that `state` keeps under `name`, made at the first step."""
    kept = state.get(name)
    if kept is None:
        state[name] = kept = wrap(np.full_like(p, fill))
    return kept.array


__all__ = ["Optimizer", "count_step", "fractions", "positive", "remembered"]
