"""What a value in a recipe may be: each kind of field checks one value and says in words what it expects."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from gradus.io.suggest import did_you_mean


class Field(NamedTuple):
    """One key of a recipe. `accept` returns the value to use, or raises ValueError; `expects` says what it accepts."""

    default: Any
    accept: Callable[[Any], Any]
    expects: str
    about: str


def integer(default: int, about: str, *, low: int = 0, high: int = 2**53) -> Field:
    """A whole number in [low, high]; 3.0 and true are not whole numbers here."""

    def accept(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise ValueError
        return value

    expects = {0: "a whole number, 0 or more", 1: "a positive whole number"}.get(low, f"a whole number, {low} or more")
    if high < 2**53:
        expects = f"a whole number from {low} to {high}"
    return Field(default, accept, expects, about)


def number(
    default: float, about: str, *, low: float = 0.0, high: float = math.inf, above: bool = False, below: bool = False
) -> Field:
    """A finite number in [low, high]; `above` and `below` exclude the ends."""

    def accept(value: Any) -> float:
        if type(value) not in (int, float) or not math.isfinite(value):
            raise ValueError
        if not low <= value <= high or (above and value == low) or (below and value == high):
            raise ValueError
        return float(value)

    return Field(default, accept, _range_in_words(low, high, above, below), about)


def _range_in_words(low: float, high: float, above: bool, below: bool) -> str:
    if high == math.inf:
        return "a positive number" if above and low == 0 else f"a number, {low:g} or more"
    return f"a number {'above' if above else 'from'} {low:g} {'up to, but not,' if below else 'to'} {high:g}"


def flag(default: bool, about: str) -> Field:
    """true or false."""

    def accept(value: Any) -> bool:
        if type(value) is not bool:
            raise ValueError
        return value

    return Field(default, accept, "true or false", about)


def text(default: str, about: str) -> Field:
    """Any text without control characters."""

    def accept(value: Any) -> str:
        if type(value) is not str or not value.isprintable():
            raise ValueError
        return value

    return Field(default, accept, "a text", about)


def choice(default: str, options: Iterable[str], about: str) -> Field:
    """One of a few words; a near miss is answered with the word that was probably meant."""
    options = tuple(options)

    def accept(value: Any) -> str:
        if value in options:
            return value
        raise ValueError(did_you_mean(value, options))

    return Field(default, accept, "one of " + ", ".join(options), about)


def list_of(item: Field, default: list, about: str, *, least: int = 0, most: int = 64, example: str = "") -> Field:
    """A list whose values all suit `item`; a single value stands for a list of one."""

    def accept(value: Any) -> list:
        values = list(value) if isinstance(value, (list, tuple)) else [value]
        if not least <= len(values) <= most:
            raise ValueError
        return [item.accept(one) for one in values]

    count = f"{least} " if least == most else ""
    return Field(default, accept, f"a list of {count}values, each {item.expects}{example}", about)
