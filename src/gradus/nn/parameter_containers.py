"""Lists and dicts of parameters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..core.base import TensorBase
from .containers import checked, pairs
from .module import Module
from .parameter import Parameter


class ParameterList(Module):
    """A list of parameters that are found; tensors are made into parameters, other things are kept as they are.

    >>> import gradus
    >>> weights = gradus.nn.ParameterList([gradus.ones(2) for _ in range(3)])
    >>> len(weights), len(list(weights.parameters()))
    (3, 3)
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, str(i)) for i in range(self._size))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return getattr(self, str(checked(index, self._size)))

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, str(checked(index, self._size)), _as_parameter(value))

    def append(self, value: Any) -> Any:
        """Add a value at the end; returns the list."""
        self._size += 1
        self[-1] = value
        return self

    def extend(self, values: Iterable[Any]) -> Any:
        """Add values at the end; returns the list.

        Raises:
            TypeError: `values` cannot be iterated, or is a tensor.
        """
        if not isinstance(values, Iterable) or isinstance(values, TensorBase):
            raise TypeError(f"ParameterList.extend should be called with an iterable, but got {type(values).__name__}")
        for value in list(values):
            self.append(value)
        return self

    __iadd__ = extend

    def extra_repr(self) -> str:
        return "\n".join(
            _line(str(i), value, f"{value.dtype!r}" if _is_tensor(value) else "") for i, value in enumerate(self)
        )


class ParameterDict(Module):
    """A dict of parameters that are found; tensors are made into parameters, other things are kept as they are.

    As in torch, a plain dict is taken in the order of its sorted keys, an OrderedDict and pairs in their own. A missing
    key raises KeyError (in torch AttributeError).

    >>> import gradus
    >>> list(gradus.nn.ParameterDict({"shift": gradus.zeros(1), "scale": gradus.ones(1)}))
    ['scale', 'shift']
    """

    def __init__(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys:
            raise KeyError(key)
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(
                "Index given to ParameterDict cannot be used as a key as it is not a string "
                f"(type is {type(key).__name__!r})."
            )
        self._keys[key] = None
        setattr(self, key, _as_parameter(value))

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def keys(self) -> Any:
        return self._keys.keys()

    def items(self) -> Iterator[tuple[str, Any]]:
        return ((key, self[key]) for key in self._keys)

    def values(self) -> Iterator[Any]:
        return (self[key] for key in self._keys)

    def get(self, key: str, default: Any = None) -> Any:
        """The value at a key, or the default."""
        return getattr(self, key) if key in self._keys else default

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value at a key, which is set to the default if there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str) -> Any:
        """Take a value out and return it."""
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        """Take all values out."""
        for key in list(self._keys):
            del self[key]

    def copy(self) -> ParameterDict:
        """A new dict of the same parameters."""
        return type(self)(OrderedDict(self.items()))

    def update(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        """Add or replace values from a mapping or pairs."""
        found = pairs("ParameterDict.update", parameters)
        unordered = isinstance(parameters, Mapping) and not isinstance(parameters, OrderedDict)
        for key, value in sorted(found, key=lambda pair: pair[0]) if unordered else found:
            self[key] = value

    def __ior__(self, other: Any) -> ParameterDict:
        self.update(other)
        return self

    def __or__(self, other: Any) -> ParameterDict:
        both = self.copy()
        both.update(other)
        return both

    def extra_repr(self) -> str:
        return "\n".join(_line(key, value, value.type() if _is_tensor(value) else "") for key, value in self.items())


def _as_parameter(value: Any) -> Any:
    return Parameter(value) if _is_tensor(value) and not isinstance(value, Parameter) else value


def _is_tensor(value: Any) -> bool:
    return isinstance(value, TensorBase)


def _line(name: str, value: Any, kind: str) -> str:
    if not _is_tensor(value):
        return f"  ({name}): Object of type: {type(value).__name__}"
    size = "x".join(map(str, value.shape))
    return (
        f"  ({name}): {'Parameter' if isinstance(value, Parameter) else 'Tensor'} containing: [{kind} of size {size}]"
    )
