"""Words, tables and small drawings for a terminal of any width, encoding and colour."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO

import click

from gradus.errors import Environment

json_option: Callable = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")


def out(text: str = "") -> None:
    """A line of data, to stdout."""
    try:
        # Not click.echo: where the encoding is ASCII it writes UTF-8 all the same.
        print(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Environment(f"cannot write to standard output: {error.strerror}") from error


def out_json(value: Any) -> None:
    """A value as one line of JSON, to stdout, at once."""
    out(json.dumps(value, ensure_ascii=not can_show("é"), allow_nan=False))
    if sys.stdout is not None:
        sys.stdout.flush()


def note(text: str = "") -> None:
    """A line for the person at the terminal, to stderr. Nobody listening is no reason to stop."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        pass


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody watches this stream."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def can_show(characters: str, stream: TextIO | None = None) -> bool:
    """Whether a stream's encoding has these characters."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "ascii"
    try:
        characters.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def width() -> int:
    """Columns of the terminal."""
    return shutil.get_terminal_size().columns


# ---------------------------------------------------------------------------------------------------------------------
# Numbers.


def percent(share: float) -> str:
    """0.9731 → '97.31 %'."""
    return f"{100 * share:.2f} %"


def duration(seconds: float) -> str:
    """0.0271 → '27 ms', 2.345 → '2.3 s', 125 → '2 min 5 s'."""
    if seconds < 0.995:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def size(count: float) -> str:
    """11490434 → '11.5 MB'."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError("the loop ends at GB")


def metric(name: str, value: Any) -> str:
    """A metric as people write it: accuracies in per cent, other numbers to five digits."""
    if isinstance(value, float):
        return percent(value) if name.endswith("accuracy") else f"{value:.5g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


# ---------------------------------------------------------------------------------------------------------------------
# Layout.


def table(rows: Sequence[Sequence[str]], header: Sequence[str] = (), right: Iterable[int] = ()) -> str:
    """Rows as columns two spaces apart; the columns in `right` are aligned right."""
    cells = [list(header), *map(list, rows)] if header else list(map(list, rows))
    if not cells:
        return ""
    right = set(right)
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = (
        "  ".join(cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths)))
        for row in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def facts(pairs: Mapping[str, str]) -> str:
    """Names and values as two columns."""
    return table([(name, value) for name, value in pairs.items() if value])


# ---------------------------------------------------------------------------------------------------------------------
# Drawings in text.


def bar(share: float, length: int = 20) -> str:
    """A horizontal bar, `length` columns for 1."""
    return ("█" if can_show("█") else "#") * round(share * length)


def sparkline(values: Sequence[float], length: int = 40) -> str:
    """A curve on one line, on a logarithmic scale if all values are positive."""
    if min(values) > 0:
        values = [math.log(value) for value in values]
    steps = "▁▂▃▄▅▆▇█" if can_show("▁█") else "_.-~=*#"
    step = max(1, -(-len(values) // length))
    chosen = [values[min(i + step, len(values)) - 1] for i in range(0, len(values), step)]
    low, high = min(chosen), max(chosen)
    scale = (len(steps) - 1) / (high - low) if high > low else 0
    return "".join(steps[round((value - low) * scale)] for value in chosen)


def picture(pixels: Sequence[Sequence[float]]) -> str:
    """A grey image, rows of numbers, in characters: two columns a pixel, bright is full."""
    shades = " .:-=+*#%@"
    low, high = min(map(min, pixels)), max(map(max, pixels))
    scale = (len(shades) - 1) / (high - low) if high > low else 0
    lines = ("".join(2 * shades[round((value - low) * scale)] for value in row).rstrip() for row in pixels)
    return "\n".join(lines)
