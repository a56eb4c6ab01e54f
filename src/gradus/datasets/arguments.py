"""Checks of the options that a dataset is loaded with. They may come from a command line: a fault is a Usage error."""

from __future__ import annotations

import math

from gradus.errors import Usage


def whole(name: str, value: object, least: int, most: int = 10_000_000) -> int:
    """A whole number in [least, most]."""
    if type(value) is not int or not least <= value <= most:
        raise Usage(f"{name}: expected a whole number from {least:,} to {most:,}, got {value!r}")
    return value


def real(name: str, value: object, least: float, most: float) -> float:
    """A finite number in [least, most]."""
    if type(value) not in (int, float) or not least <= value <= most or not math.isfinite(value):  # type: ignore[operator,arg-type]
        raise Usage(f"{name}: expected a number from {least:g} to {most:g}, got {value!r}")
    return float(value)  # type: ignore[arg-type]


def flag(name: str, value: object) -> bool:
    """True or False."""
    if type(value) is not bool:
        raise Usage(f"{name}: expected true or false, got {value!r}")
    return value
