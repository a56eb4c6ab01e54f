"""What counts as a number in a text file: what a person would call one, which is less than Python's float() accepts."""

from __future__ import annotations

import re

TOO_LARGE = 2.0**128 - 2.0**103  # from here on a number rounds to infinity in float32

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,400}", re.ASCII)


def parse_number(text: str) -> float:
    """The finite float32 value that a text stands for, spaces around it aside.

    Raises:
        ValueError: says why it is none: empty, `nan`, `inf`, `1_000`, `0x1F`, `1,5`, full-width digits, too large.

    >>> parse_number(" -1.5e3 ")
    -1500.0
    >>> parse_number("1e999")
    Traceback (most recent call last):
    ...
    ValueError: '1e999' is larger than a 32-bit float can hold
    """
    text = text.strip(" \t")
    if not text:
        raise ValueError("no value")
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{_quoted(text)} is not a number{_hint(text)}")
    value = float(text)
    if abs(value) >= TOO_LARGE:
        raise ValueError(f"{_quoted(text)} is larger than a 32-bit float can hold")
    return value


def is_number(text: str) -> bool:
    """Whether `parse_number` would accept a text."""
    try:
        parse_number(text)
    except ValueError:
        return False
    return True


def is_integer(text: str) -> bool:
    """Whether a text is a whole number written without point or exponent."""
    return _INTEGER.fullmatch(text) is not None


def _quoted(text: str) -> str:
    return ascii(text if len(text) <= 40 else text[:37] + "...")


def _hint(text: str) -> str:
    if text.lower() in ("nan", "na", "n/a", "null", "none", "?", "-"):
        return "; fill the gaps or leave such rows out"
    if re.fullmatch(r"[+-]?\d+,\d+", text, re.ASCII):
        return "; the decimal sign is a point"
    return ""
