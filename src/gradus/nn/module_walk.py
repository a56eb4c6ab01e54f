"""The parts of a module: how they are found, named and walked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .module import Module
    from .parameter import Parameter


class ModuleWalk:
    """children, modules, parameters and buffers, with and without their names."""

    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _modules: dict[str, Any]

    def _parts(self) -> Iterator[tuple[str, Any]]:
        """Assigned modules, then those that stand only in plain lists, tuples and dicts.

        Left out are names that begin with an underscore, modules that are assigned somewhere too, and those that lead
        back here: a list that holds a module's parent says where the module belongs, not what it is made of.
        """
        yield from self._modules.items()
        listed = [
            found
            for name, value in self.__dict__.items()
            if isinstance(value, (list, tuple, dict)) and not name.startswith("_")
            for found in _inside(name, value, (id(value),))
        ]
        if listed:
            assigned = _reached(self._modules.values(), self)
            yield from ((n, m) for n, m in listed if id(m) not in assigned and id(self) not in _reached([m], self))

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The immediate parts and their names, each once."""
        seen: set[int] = set()
        for name, module in self._parts():
            if module is not None and id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Module]:
        """The immediate parts.

        >>> from gradus import nn
        >>> list(nn.Sequential(nn.Flatten(), nn.ReLU()).children())
        [Flatten(start_dim=1, end_dim=-1), ReLU()]
        """
        for _, module in self.named_children():
            yield module

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """This module and all modules in it, with dotted names.

        >>> from gradus import nn
        >>> [name for name, _ in nn.Sequential(nn.Sequential(nn.ReLU()), nn.Tanh()).named_modules()]
        ['', '0', '0.0', '1']
        """
        memo = set() if memo is None else memo
        if remove_duplicate:
            if self in memo:
                return
            memo.add(self)
        yield prefix, self
        for name, module in self._parts():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Any]:
        """This module and all modules in it, each once."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with dotted names; one that is shared appears once, under its first name.

        >>> from gradus import nn
        >>> [name for name, p in nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1)).named_parameters()]
        ['0.weight', '0.bias', '1.weight', '1.bias']
        """
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once: what an optimiser is given."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """All buffers with dotted names."""
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Any]:
        """All buffers."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def _named_members(
        self, store: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        walk = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for where, module in walk:
            for name, value in getattr(module, store).items():
                if value is None or id(value) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(value))
                yield (f"{where}.{name}" if where else name), value

    # by name ---------------------------------------------------------------------------------------------------------

    def get_submodule(self, target: str) -> Any:
        """The module at a dotted name ("" is this one).

        Raises:
            AttributeError: there is none.

        >>> from gradus import nn
        >>> nn.Sequential(nn.Sequential(nn.ReLU()), nn.Tanh()).get_submodule("0.0")
        ReLU()
        """
        module = self
        while target:
            module, target = module._step(target)
        return module

    def _step(self, target: str) -> tuple[Any, str]:
        """The part that a dotted name begins with, and the rest of the name. Names of listed parts contain dots."""
        for name, module in self._parts():
            if module is not None and (target == name or target.startswith(f"{name}.")):
                return module, target[len(name) + 1 :]
        name, _, rest = target.partition(".")
        if not hasattr(self, name):
            known = ", ".join(part for part, _ in self._parts()) or "none"
            raise AttributeError(f"{type(self).__name__} has no attribute `{name}`; its parts are: {known}")
        module = getattr(self, name)  # a property, say
        if not isinstance(module, ModuleWalk):
            raise AttributeError(f"`{name}` is not an nn.Module")
        return module, rest

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a dotted name.

        Raises:
            AttributeError: there is none.
        """
        return self._member("_parameters", target, "an nn.Parameter")

    def get_buffer(self, target: str) -> Any:
        """The buffer at a dotted name.

        Raises:
            AttributeError: there is none.
        """
        return self._member("_buffers", target, "a buffer")

    def _member(self, store: str, target: str, kind: str) -> Any:
        where, _, name = target.rpartition(".")
        module = self.get_submodule(where)
        if not hasattr(module, name):
            raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
        if name not in getattr(module, store):
            raise AttributeError(f"`{name}` is not {kind}")
        return getattr(module, store)[name]


def _inside(name: str, value: Any, above: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    """The modules in a list, tuple or dict, and in those within it; `above` are those we are in."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, ModuleWalk):
            yield f"{name}.{key}", item
        elif isinstance(item, (list, tuple, dict)) and id(item) not in above:
            yield from _inside(f"{name}.{key}", item, (*above, id(item)))


def _reached(start: Iterable[Any], stop: ModuleWalk) -> set[int]:
    """The ids of all modules at and inside of those of `start`, without going into `stop`."""
    reached: set[int] = set()
    stack = [m for m in start if m is not None]
    while stack:
        module = stack.pop()
        if id(module) in reached:
            continue
        reached.add(id(module))
        if module is not stop:
            stack.extend(m for m in module._modules.values() if m is not None)
            for name, value in module.__dict__.items():
                if isinstance(value, (list, tuple, dict)) and not name.startswith("_"):
                    stack.extend(m for _, m in _inside(name, value, (id(value),)))
    return reached
