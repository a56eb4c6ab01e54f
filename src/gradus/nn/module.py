"""Module: what every network and layer is made from. It holds parameters, buffers and parts, changes all at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import dtype as dtypes
from ..core.base import TensorBase
from ..core.device import check, device
from .module_hooks import HookedCall
from .module_state import ModuleState
from .module_walk import ModuleWalk
from .parameter import Buffer, Parameter


class Module(HookedCall, ModuleState, ModuleWalk):
    """The base class of layers and networks: subclass it, make the parts in `__init__`, use them in `forward`.

    Parameters, buffers and modules that are assigned as attributes are found, in the order of assignment. Differs from
    torch: modules that stand only in plain lists, tuples and dicts are found too, after those that are assigned, under
    the names that ModuleList and ModuleDict would give them. Attributes whose names begin with an underscore are not
    searched.

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
    _not_saved: set[str]

    def __init__(self) -> None:
        put = super().__setattr__
        put("training", True)
        put("_parameters", {})
        put("_buffers", {})
        put("_modules", {})
        put("_not_saved", set())  # the buffers that state_dict leaves out
        put("_hooks", {})

    def forward(self, *input: Any) -> Any:
        """What the module computes; every subclass defines its own."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    # attributes ------------------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        d = self.__dict__
        if isinstance(value, Parameter):
            _initialised(self, "parameters")
            _forget(d, name, keep="_parameters")
            self.register_parameter(name, value)
        elif name in d.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as parameter '{name}' (nn.Parameter or None expected); "
                    f"use nn.Parameter(value), or change {name}.data"
                )
            d["_parameters"][name] = None
        elif isinstance(value, Module):
            _initialised(self, "module")
            _forget(d, name, keep="_modules")
            d["_modules"][name] = value
        elif name in d.get("_modules", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as child module '{name}' (nn.Module or None expected)"
                )
            d["_modules"][name] = None
        elif isinstance(value, Buffer):
            self.register_buffer(name, value, value.persistent)
        elif name in d.get("_buffers", ()):
            if value is not None and not isinstance(value, TensorBase):
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as buffer '{name}' (nn.Buffer, Tensor or None expected)"
                )
            d["_buffers"][name] = value
        else:
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        d = self.__dict__
        if "_parameters" not in d:
            raise AttributeError(
                f"'{type(self).__name__}' object has no attribute '{name}': "
                "its __init__ must call super().__init__() first"
            )
        for store in (d["_parameters"], d["_buffers"], d["_modules"]):
            if name in store:
                return store[name]
        own = getattr(type(self), name, None)
        if isinstance(own, property) and own.fget is not None:
            return own.fget(self)  # Python asks here too when a property fails inside; let its own error be seen
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        for store in (self._parameters, self._buffers, self._modules):
            if name in store:
                del store[name]
                self._not_saved.discard(name)
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        names = {*super().__dir__(), *self._parameters, *self._buffers, *self._modules}
        return sorted(name for name in names if not name[:1].isdigit())

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter (or, with None, only its name).

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
        """Add a tensor that is saved (if persistent) and converted with the module but not trained.

        Raises:
            KeyError: the name is empty, has a dot or is taken. TypeError: `tensor` is neither a tensor nor None.

        >>> import gradus
        >>> module = gradus.nn.Module()
        >>> module.register_buffer("running_mean", gradus.zeros(2))
        >>> list(module.state_dict())
        ['running_mean']
        """
        self._check_name(name, self._buffers, "buffer")
        if tensor is not None and not isinstance(tensor, TensorBase):
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (Tensor or None required)"
            )
        self._buffers[name] = tensor
        (self._not_saved.discard if persistent else self._not_saved.add)(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a part under a name.

        Raises:
            KeyError: the name is empty, has a dot or is taken. TypeError: `module` is no Module.
        """
        if module is not None and not isinstance(module, Module):
            hint = "; give its items one by one: *modules" if isinstance(module, (list, tuple)) else ""
            raise TypeError(f"{type(module).__name__} is not a Module subclass{hint}")
        self._check_name(name, self._modules, "module")
        self._modules[name] = module

    add_module = register_module

    def _check_name(self, name: str, store: dict[str, Any], kind: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name!r}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in store:
            raise KeyError(f"attribute '{name}' already exists")

    # changing all parts ----------------------------------------------------------------------------------------------

    def apply(self, fn: Callable[[Module], Any]) -> Any:
        """Call `fn` on every module in this one, inner ones first, then on this; returns this.

        >>> import gradus
        >>> def ones(module):
        ...     if isinstance(module, gradus.nn.Linear):
        ...         gradus.nn.init.ones_(module.weight)
        >>> gradus.nn.Sequential(gradus.nn.Linear(2, 1)).apply(ones)[0].weight.tolist()
        [[1.0, 1.0]]
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Any:
        """Set training mode on or off, in all parts: dropout and normalisation behave differently in it.

        Raises:
            ValueError: `mode` is not a bool.
        """
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, got {mode!r}")
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
        for p in self.parameters():
            p.array = fn(p.detach()).array
            if p.grad is not None:
                p._grad = fn(p.grad)
        for module in self.modules():
            for name, b in module._buffers.items():
                if b is not None:
                    module._buffers[name] = fn(b)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Convert floating parameters and buffers to a dtype, in place; the device stays the CPU. Returns this module.

        Accepts to(dtype), to(device), to(device, dtype) and to(tensor), which means its dtype.

        Raises:
            TypeError: the dtype is not floating. RuntimeError: another device than the CPU.
        """
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

    def to_empty(self, *, device: Any, recurse: bool = True) -> Any:
        """This module as it is: on the CPU nothing has to move, and its numbers are kept."""
        check(device)
        return self

    def type(self, dst_type: Any) -> Any:
        """Convert all parameters and buffers to a dtype, in place; returns this module."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self) -> Any:
        """Convert floating parameters and buffers to float32, in place; returns this module."""
        return self.to(dtypes.float32)

    def double(self) -> Any:
        """Convert floating parameters and buffers to float64, in place; returns this module."""
        return self.to(dtypes.float64)

    def half(self) -> Any:
        """Convert floating parameters and buffers to float16, in place; returns this module."""
        return self.to(dtypes.float16)

    def cpu(self) -> Any:
        """This module, which is on the CPU."""
        return self

    def cuda(self, device: Any = None) -> Any:
        """Refused: gradus computes on the CPU; the error says how the program goes on in PyTorch."""
        check("cuda")

    def share_memory(self) -> Any:
        """This module as it is: there are no worker processes to share it with."""
        return self

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do: gradus runs operations as they are called."""

    # printing --------------------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What a layer says of itself in parentheses."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        parts = [f"({name}): {indented(repr(module))}" for name, module in self._parts()]
        if not parts and len(lines) <= 1:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines + parts) + "\n)"


def indented(text: str) -> str:
    """The lines of a part inside those of its whole."""
    return text.replace("\n", "\n  ")


def _initialised(module: Module, kind: str) -> None:
    if "_parameters" not in module.__dict__:
        raise AttributeError(
            f"cannot assign {kind} before Module.__init__() call: "
            f"begin {type(module).__name__}.__init__ with super().__init__()"
        )


def _forget(attributes: dict[str, Any], name: str, keep: str) -> None:
    """A name that becomes a parameter or a part is no longer anything else."""
    attributes.pop(name, None)
    for store in ("_parameters", "_buffers", "_modules"):
        if store != keep:
            attributes[store].pop(name, None)
    attributes["_not_saved"].discard(name)
