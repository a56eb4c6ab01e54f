"""Results with named parts: what max(dim), sort, topk and their like return."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from ..core.dtype import PREFIX

_types: dict[str, type[Named]] = {}


class Named(tuple):
    """A tuple whose parts also have names, and which prints one part a line as torch's return types do."""

    __slots__ = ()
    fields: tuple[str, ...] = ()

    def __repr__(self) -> str:
        parts = ",\n".join(f"{name}={part!r}" for name, part in zip(self.fields, self, strict=True))
        return f"{PREFIX}.return_types.{type(self).__name__}(\n{parts})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (type(self).__name__, tuple(self))


def named(name: str, *fields: str) -> type[Named]:
    """The type of the results of the function `name`, made from a tuple of its parts.

    >>> Extremes = named("extremes", "low", "high")
    >>> Extremes((1, 2)).high
    2
    """
    parts = {field: property(itemgetter(i)) for i, field in enumerate(fields)}
    _types[name] = type(name, (Named,), {"__slots__": (), "fields": fields, **parts})
    return _types[name]


def _remade(name: str, parts: tuple[Any, ...]) -> Named:
    return _types[name](parts)
