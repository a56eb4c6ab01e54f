"""Module: what every network and layer is made from. It knows its parameters, its buffers and its parts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from ..core import dtype as dtypes
from ..core.base import TensorBase
from ..tensors.autograd import RemovableHandle
from .module_hooks import HookedCall
from .module_state import ModuleState
from .parameter import Buffer, Parameter


class Module(HookedCall, ModuleState):
    """The base class of layers and networks: subclass it, make the parts in `__init__`, use them in `forward`.

    Parameters, buffers and modules that are assigned as attributes are found, in the order of assignment. So are modules that stand
    in plain lists, tuples and dicts (torch overlooks those), under the names that ModuleList and ModuleDict would give them.

    >>> import gradus
    >>> class Net(gradus.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.hidden = gradus.nn.Linear(2, 3)
    ...         self.out = gradus.nn.Linear(3, 1)
    ...     def forward(self, x):
    ...         return self.out(self.hidden(x).tanh())
    >>> net = Net()
    >>> [name for name, p in net.named_parameters()]
    ['hidden.weight', 'hidden.bias', 'out.weight', 'out.bias']
    >>> net(gradus.zeros(4, 2)).shape
    gradus.Size([4, 1])
    """

    training: bool
    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _modules: dict[str, Any]
    _not_saved: set[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        put = super().__setattr__
        put("training", True)
        put("_parameters", {})
        put("_buffers", {})
        put("_modules", {})
        put("_not_saved", set())
        put("_hooks", {})

    def forward(self, *input: Any) -> Any:
        """What the module computes; every subclass defines its own."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    # attributes ----------------------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        d = self.__dict__
        if isinstance(value, (Parameter, Module)) or name in d.get("_parameters", ()) or name in d.get("_modules", ()):
            self._set_part(name, value)
        elif isinstance(value, Buffer):
            self.register_buffer(name, value, value.persistent)
        elif name in d.get("_buffers", ()):
            if value is not None and not isinstance(value, TensorBase):
                raise TypeError(f"cannot assign '{type(value).__name__}' as buffer '{name}' (Tensor or None expected)")
            d["_buffers"][name] = value
        else:
            super().__setattr__(name, value)

    def _set_part(self, name: str, value: Any) -> None:
        """Assign a parameter or a module, or None in place of one."""
        d = self.__dict__
        if "_parameters" not in d:
            kind = "parameters" if isinstance(value, Parameter) else "module"
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call; call super().__init__() first")
        if isinstance(value, Parameter):
            _remove(name, d, d["_buffers"], d["_modules"])
            d["_parameters"][name] = value
        elif isinstance(value, Module):
            _remove(name, d, d["_buffers"], d["_parameters"])
            d["_modules"][name] = value
        elif name in d["_parameters"]:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as parameter '{name}' (nn.Parameter or None expected); "
                    f"use nn.Parameter(value), or change {name}.data"
                )
            d["_parameters"][name] = None
        elif value is None:
            d["_modules"][name] = None
        else:
            raise TypeError(
                f"cannot assign '{type(value).__name__}' as child module '{name}' (nn.Module or None expected)"
            )

    def __getattr__(self, name: str) -> Any:
        for store in ("_parameters", "_buffers", "_modules"):
            found = self.__dict__.get(store, ())
            if name in found:
                return found[name]
        hint = "" if "_parameters" in self.__dict__ else " (was super().__init__() called?)"
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'{hint}")

    def __delattr__(self, name: str) -> None:
        for store in (self._parameters, self._buffers, self._modules):
            if name in store:
                del store[name]
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._parameters, *self._buffers, *self._modules})

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter (or keep its name for None).

        Raises:
            KeyError: the name is empty, has a dot or is taken. TypeError: `param` is no Parameter.
        """
        self._check_name(name, self._parameters, "parameter")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type(param).__name__}' object to parameter '{name}' (nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(f"Cannot assign non-leaf Tensor to parameter '{name}'; compute it in forward() instead")
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Add a tensor that is saved (if persistent) and moved with the module but not trained."""
        self._check_name(name, self._buffers, "buffer")
        if tensor is not None and not isinstance(tensor, TensorBase):
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        (self._not_saved.discard if persistent else self._not_saved.add)(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a part under a name."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self._check_name(name, self._modules, "module")
        self._modules[name] = module

    add_module = register_module

    def _check_name(self, name: str, store: dict[str, Any], kind: str) -> None:
        if "_parameters" not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call; call super().__init__() first")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if name == "" or "." in name:
            raise KeyError(f'{kind} name can\'t be empty or contain ".", got: {name!r}')
        if hasattr(self, name) and name not in store:
            raise KeyError(f"attribute '{name}' already exists")

    # walking -------------------------------------------------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The immediate parts and their names, each once."""
        seen: set[int] = set()
        for name, module in self._parts():
            if module is not None and id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Module]:
        """The immediate parts."""
        for _, module in self.named_children():
            yield module

    def _parts(self) -> Iterator[tuple[str, Any]]:
        """Assigned modules, then those inside plain lists, tuples and dicts."""
        yield from self._modules.items()
        for name, value in self.__dict__.items():
            if type(value) in (list, tuple, dict) and value and not name.startswith("_"):
                yield from _inside(name, value)

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all modules in it, with dotted names."""
        memo = set() if memo is None else memo
        if self in memo and remove_duplicate:
            return
        memo.add(self)
        yield prefix, self
        for name, module in self._parts():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all modules in it, each once."""
        for _, module in self.named_modules():
            yield module

    def _named_members(
        self, store: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        walk = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for where, module in walk:
            for name, value in getattr(module, store).items():
                if value is None or (remove_duplicate and id(value) in seen):
                    continue
                seen.add(id(value))
                yield (f"{where}.{name}" if where else name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with dotted names; one that is shared appears once, under its first name."""
        yield from self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once: what an optimiser is given."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """All buffers with dotted names."""
        yield from self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Any]:
        """All buffers."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_submodule(self, target: str) -> Module:
        """The module at a dotted name ("" is this one)."""
        module: Any = self
        for name in target.split(".") if target else ():
            parts = dict(module._parts())
            if name not in parts and not isinstance(getattr(module, name, None), Module):
                known = ", ".join(parts) or "none"
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`; its parts are: {known}")
            module = parts.get(name, None) or getattr(module, name)
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a dotted name."""
        where, _, name = target.rpartition(".")
        found = getattr(self.get_submodule(where), name)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Any:
        """The buffer at a dotted name."""
        where, _, name = target.rpartition(".")
        module = self.get_submodule(where)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return module._buffers[name]

    # changing all parts --------------------------------------------------------------------------------------------------

    def apply(self, fn: Callable[[Module], Any]) -> Any:
        """Call `fn` on every module in this one, inner ones first, then on this; returns this."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Any:
        """Set training mode on or off, in all parts: dropout and normalisation behave differently in it."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Any:
        """Set evaluation mode: `train(False)`."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Say whether all parameters are to be trained; with False, the module is frozen."""
        for p in self.parameters():
            p.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters (or set them to 0)."""
        for p in self.parameters():
            if p.grad is not None:
                if set_to_none:
                    p.grad = None
                else:
                    p.grad.detach_().zero_()

    def _apply(self, fn: Callable[[Any], Any]) -> Any:
        """Replace the numbers of every parameter, gradient and buffer by `fn` of them; the Parameter objects stay."""
        for module in self.modules():
            for p in module._parameters.values():
                if p is not None:
                    p.array = fn(p.detach()).array
                    if p.grad is not None:
                        p._grad = fn(p.grad)
            for name, b in module._buffers.items():
                if b is not None:
                    module._buffers[name] = fn(b)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Convert floating parameters and buffers to a dtype, in place; the device stays the CPU. Returns this module."""
        from ..core.device import check, device

        target = kwargs.get("dtype")
        check(kwargs.get("device"))
        for a in args:
            if isinstance(a, (str, device)):
                check(a)
            elif isinstance(a, TensorBase):
                target = a.dtype  # type: ignore[attr-defined]
            elif a is not None and not isinstance(a, bool):
                target = a
        if target is None:
            return self
        found = dtypes.find(target)
        if not found.is_floating_point:
            raise TypeError(f"nn.Module.to only accepts floating point dtypes, but got desired dtype={found!r}")
        return self._apply(lambda t: t.to(found) if t.is_floating_point() else t)

    def type(self, dst_type: Any) -> Any:
        """Convert all parameters and buffers to a dtype."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self) -> Any:
        return self.to(dtypes.float32)

    def double(self) -> Any:
        return self.to(dtypes.float64)

    def half(self) -> Any:
        return self.to(dtypes.float16)

    def cpu(self) -> Any:
        return self

    def cuda(self, device: Any = None) -> Any:
        """Refused: gradus computes on the CPU; the error says how the program goes on in PyTorch."""
        from ..core.device import check

        check("cuda")

    def share_memory(self) -> Any:
        return self

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do: gradus runs operations as they are called."""

    # printing ------------------------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What a layer says of itself in parentheses."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        parts = [f"({name}): " + _indented(repr(module)) for name, module in self._parts()]
        if not parts and len(lines) <= 1:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines + parts) + "\n)"


def _remove(name: str, *stores: dict[str, Any]) -> None:
    for store in stores:
        store.pop(name, None)


def _inside(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The modules in a list, tuple or dict, if it holds nothing else."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, Module):
            yield f"{name}.{key}", item
        elif type(item) in (list, tuple, dict) and item:
            yield from _inside(f"{name}.{key}", item)


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


__all__ = ["Module", "OrderedDict", "RemovableHandle"]
