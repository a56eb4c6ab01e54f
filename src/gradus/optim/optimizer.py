"""What every optimiser is: groups of parameters with their settings, and what it remembers of each parameter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import wraps
from typing import Any

import numpy as np

from ..core.base import TensorBase, wrap
from ..core.mode import enable_grad
from ..tensors.autograd import RemovableHandle


def _with_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    """`step` with the hooks around it, and counted; a step that calls super().step() is one step."""

    @wraps(step)
    def hooked(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        if self._stepping:
            return step(self, *args, **kwargs)
        for hook in list(self._pre_hooks.values()):
            hook(self, (self, *args), kwargs)
        self._stepping = True
        try:
            result = step(self, *args, **kwargs)
        finally:
            self._stepping = False
        self._steps += 1
        for hook in list(self._post_hooks.values()):
            hook(self, (self, *args), kwargs)
        return result

    return hooked


class Optimizer:
    """The base class of optimisers.

    A subclass gives its settings as `defaults` and defines `update(p, g, state, group)`, the rule for one parameter in
    arrays; or, as in torch, its own `step()` over `param_groups` and `state`.

    Args:
        params: tensors, or (name, tensor) pairs, or dicts {"params": …, setting: value} for groups with own settings.
        defaults: the settings of groups that do not say otherwise.
    Raises:
        ValueError: there are no parameters, one is not a leaf, or one appears twice (in one group torch only warns).
        TypeError: something is no tensor, or the order of the parameters would be different tomorrow (a set).

    >>> import gradus
    >>> class SignDescent(gradus.optim.Optimizer):
    ...     def __init__(self, params, lr):
    ...         super().__init__(params, {"lr": lr})
    ...     def update(self, p, g, state, group):
    ...         p -= group["lr"] * (g > 0) - group["lr"] * (g < 0)
    >>> w = gradus.ones(2, requires_grad=True)
    >>> optimizer = SignDescent([w], lr=0.1)
    >>> (w * gradus.tensor([3.0, -5.0])).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000, 1.1000], requires_grad=True)
    """

    _stepping = False
    _steps = 0  # taken so far: schedules look at it

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = _with_hooks(cls.__dict__["step"])  # type: ignore[method-assign]

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state: dict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._pre_hooks: dict[int, Callable[..., Any]] = {}
        self._post_hooks: dict[int, Callable[..., Any]] = {}
        if isinstance(params, TensorBase):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got a Tensor; "
                "put it in a list"
            )
        groups = list(params)
        if not groups:
            raise ValueError(
                "optimizer got an empty parameter list; has the model any parameters, or are they used up?"
            )
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pre_hooks": {}, "_post_hooks": {}}  # a copy does not call what watches the original

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own, for example layers that are unfrozen later.

        >>> import gradus
        >>> optimizer = gradus.optim.SGD([gradus.ones(1)], lr=0.1)
        >>> optimizer.add_param_group({"params": [gradus.ones(2)], "lr": 0.01})
        >>> [group["lr"] for group in optimizer.param_groups]
        [0.1, 0.01]
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        group = dict(param_group)
        names, members = _names_and_members(group["params"])
        self._check_members(members)
        if names:
            group["param_names"] = names
        group["params"] = members
        for name, value in self.defaults.items():
            group.setdefault(name, value)
        self.param_groups.append(group)

    def _check_members(self, members: list[Any]) -> None:
        taken = {id(p) for group in self.param_groups for p in group["params"]}
        for p in members:
            if not isinstance(p, TensorBase):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
            if p.node is not None:
                raise ValueError("can't optimize a non-leaf Tensor; optimise the parameter it was computed from")
            if id(p) in taken:
                raise ValueError("some parameters appear in more than one parameter group, or twice in one")
            taken.add(id(p))

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters (or set them to 0): the next backward would add to them."""
        for group in self.param_groups:
            for p in group["params"]:
                if p._grad is not None:
                    if set_to_none:
                        p._grad = None
                    else:
                        p._grad.detach_().zero_()

    @_with_hooks
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient.

        Args:
            closure: recomputes the loss with its gradients; its result is returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with np.errstate(all="ignore"):
            for group in self.param_groups:
                self._step_group(group)
        return loss

    def _step_group(self, group: dict[str, Any]) -> None:
        maximize, name = group.get("maximize"), type(self).__name__
        for p in group["params"]:
            if p._grad is None:
                continue
            memory = self.state.get(p)
            if memory is None:
                memory = {}
            g = p._grad.array
            self.update(p.array, -g if maximize else g, memory, group)
            if memory:
                self.state[p] = memory
            p.version[0] += 1
            p.version[1] = name

    def update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Change the array `p`, given its gradient `g` and its group's settings; remember in `state` what is needed."""
        raise NotImplementedError(f"{type(self).__name__} defines neither update() nor step()")

    # ---- state

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
        """Take settings and memory from a state_dict, which may be torch's; nothing changes if it does not fit.

        Raises:
            ValueError: the number of groups, or of parameters in a group, differs.
        """
        given = state_dict["param_groups"]
        if len(given) != len(self.param_groups):
            raise ValueError(
                f"loaded state dict has a different number of parameter groups: {len(given)}, the optimizer has "
                f"{len(self.param_groups)}"
            )
        by_number: dict[Any, Any] = {}
        for i, (mine, theirs) in enumerate(zip(self.param_groups, given, strict=True)):
            if len(mine["params"]) != len(theirs["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: "
                    f"group {i} has {len(theirs['params'])} parameters, the optimizer's has {len(mine['params'])}"
                )
            by_number.update(zip(theirs["params"], mine["params"], strict=True))
        state: dict[Any, dict[str, Any]] = defaultdict(dict)
        for number, memory in state_dict["state"].items():
            p = by_number.get(number, number)
            state[p] = {name: _adopted(name, value, p) for name, value in memory.items()}
        self.state = state
        for mine, theirs in zip(self.param_groups, given, strict=True):
            mine.update({name: deepcopy(value) for name, value in theirs.items() if name != "params"})

    # ---- hooks and text

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step, with the step's arguments."""
        return RemovableHandle(self._pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step, with the step's arguments."""
        return RemovableHandle(self._post_hooks, hook)

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
        return text + ")"


def _names_and_members(given: Any) -> tuple[list[str], list[Any]]:
    """The parameters as a list, and their names where they came as pairs."""
    if isinstance(given, (set, frozenset)):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
            "will change between runs. Please use a list instead."
        )
    members: list[Any] = [given] if isinstance(given, TensorBase) else list(given)
    named = [isinstance(member, tuple) for member in members]
    if not any(named):
        return [], members
    if not all(named):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    return [name for name, _ in members], [p for _, p in members]


def _adopted(name: str, value: Any, p: Any) -> Any:
    """A copy of a remembered value: any library's arrays as tensors of the parameter's dtype, the step in float32."""
    if name == "step":
        return wrap(np.array(float(value), np.float32))
    if isinstance(value, TensorBase):
        value = value.array
    if not hasattr(value, "__array__"):
        return deepcopy(value)
    array = np.asarray(value)
    return wrap(array.astype(p.array.dtype if isinstance(p, TensorBase) else array.dtype, order="C"))


# ---------------------------------------------------------------------------------------------------------------------
# What optimisers are written with


def at_least_zero(name: str, value: Any) -> None:
    """Refuse a setting that is negative or nan.

    Raises:
        ValueError: naming the setting and its value.
    """
    if isinstance(value, TensorBase) and value.array.size != 1:
        raise ValueError(f"Tensor {name} must be 1-element, but got shape {value.array.shape}")
    if not value >= 0.0:
        raise ValueError(f"Invalid {name}: {value}; it must be a number from 0 on")


def fractions(betas: Iterable[float]) -> None:
    """Refuse betas outside of [0, 1)."""
    for i, beta in enumerate(betas):
        if not 0.0 <= float(beta) < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}; it must lie in [0, 1)")


def count_step(state: dict[str, Any]) -> float:
    """Count one more step of a parameter, in the tensor that torch keeps it in."""
    counter = state.get("step")
    if counter is None:
        state["step"] = counter = wrap(np.zeros((), np.float32))
    counter.array += 1
    return float(counter.array)


def remembered(state: dict[str, Any], name: str, p: np.ndarray, fill: float = 0.0) -> np.ndarray:
    """The array that `state` keeps under `name`, made at the first step, in a row in memory.

    Raises:
        ValueError: it was loaded for a parameter of another shape.
    """
    kept = state.get(name)
    if kept is None:
        state[name] = kept = wrap(np.full(p.shape, fill, p.dtype))
    if kept.array.shape != p.shape:
        raise ValueError(
            f"optimizer: {name} has shape {kept.array.shape}, but its parameter {p.shape}; the loaded state_dict "
            "belongs to another model"
        )
    return kept.array
