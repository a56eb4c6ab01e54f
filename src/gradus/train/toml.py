"""TOML out: the few kinds of value that a recipe holds. (Python reads TOML but does not write it.)"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def dumps(table: Mapping[str, Any]) -> str:
    """The TOML text of nested mappings of texts, numbers, truth values and lists of them.

    >>> print(dumps({"epochs": 5, "optimizer": {"name": "adam", "betas": [0.9, 0.999]}}), end="")
    epochs = 5
    <BLANKLINE>
    [optimizer]
    name = "adam"
    betas = [0.9, 0.999]
    """
    return "\n".join(_lines(table, ())).lstrip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    # In TOML a key after a [table] line belongs to that table, so plain values come before tables.
    lines = [f"{_key(key)} = {value(item)}" for key, item in table.items() if not isinstance(item, Mapping)]
    if path and (lines or not table):
        lines[:0] = ["", f"[{'.'.join(map(_key, path))}]"]
    for key, item in table.items():
        if isinstance(item, Mapping):
            lines += _lines(item, (*path, key))
    return lines


def value(item: Any) -> str:
    """One value as TOML writes it."""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, (int, float)):
        return repr(item)
    if isinstance(item, str):
        return _text(item)
    if isinstance(item, (list, tuple)):
        return f"[{', '.join(map(value, item))}]"
    raise TypeError(f"TOML has no way to write a {type(item).__name__}")


def _text(item: str) -> str:
    return json.dumps(item, ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _text(key)
