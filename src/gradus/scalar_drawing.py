"""The graph of a `scalar.Value` as an SVG picture, laid out without any outside program.

Columns: a value stands one step left of the earliest result that uses it, so arrows only run to the right.
Rows: a value wants to stand level with its neighbours; some sweeps over the columns settle who stands where.
A line that crosses a column gets a free slot there, as if it were a thin box, so no line runs behind a box.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise
from statistics import fmean
from typing import Any

Slot = tuple[int, int]  # (number of the value in the graph, column); away from the value's own column: its line passing

WIDTH, HEIGHT, HEADER = 180, 66, 22
COLUMN_STEP, ROW_GAP, LINE_SLOT, PORT_STEP = 236, 20, 30, 20
SWEEPS = 11  # odd, so that the last one aligns inputs with the order in which their result takes them
NUMBERS = 70  # where the numbers start: left of them stand the derivatives, one at each arrow that arrives

STYLE = """
.gv text{font:12px ui-sans-serif,system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1f2328}
.gv .num{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;text-anchor:end}
.gv .dim,.gv .way{fill:#59636e}.gv .way{font-size:11px}
.gv .up{fill:#00619b}.gv .down{fill:#b04300}.gv .op{font-weight:700}
.gv .name{font-weight:600;text-anchor:end}
.gv .card{fill:#fff;stroke:#7d8791}.gv .head{fill:#e3e7eb}.gv .leaf .head{fill:#d3e5f3}.gv .result .head{fill:#f6dfcf}
.gv .line{fill:none;stroke:#7d8791;stroke-width:1.5}.gv .tip{fill:#7d8791}
@media (prefers-color-scheme:dark){.gv text{fill:#e6edf3}.gv .dim,.gv .way{fill:#a3adb8}
.gv .up{fill:#6cb8f0}.gv .down{fill:#f59a5f}.gv .card{fill:#1c2128}.gv .head{fill:#353c45}
.gv .leaf .head{fill:#1d3f5a}.gv .result .head{fill:#5a3520}}
"""


def draw(order: list[Any]) -> str:
    """An SVG document of the values in `order`: inputs before results, the final result last."""
    column = _columns(order)
    ways = _ways(order, column)
    place = _places(column, ways)
    width = max(x for x, _ in place.values()) + WIDTH + 12
    height = max(y for _, y in place.values()) + HEIGHT / 2 + 12
    lines = [_line(place, way, port_height) for way, port_height in ways]
    cards = [_card(value, *place[i, column[i]], is_result=value is order[-1]) for i, value in enumerate(order)]
    summary = escape(f"graph of {len(order)} values; the result is {order[-1].data:.6g}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gv" role="img" aria-label="{summary}" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">'
        f"<title>{summary}</title><style>{STYLE}</style>\n" + "\n".join(lines + cards) + "\n</svg>\n"
    )


# ---- where everything stands ---------------------------------------------------------------------------------------


def _columns(order: list[Any]) -> list[int]:
    """How many steps each value stands left of the result: the longest way counts."""
    steps = {id(value): 0 for value in order}
    for value in reversed(order):
        for source in value.inputs:
            steps[id(source)] = max(steps[id(source)], steps[id(value)] + 1)
    return list(steps.values())


def _ways(order: list[Any], column: list[int]) -> list[tuple[list[Slot], float]]:
    """For each line: the slots that it touches, left to right, and how far below the middle of the last one it ends."""
    number = {id(value): i for i, value in enumerate(order)}
    ways = []
    for i, value in enumerate(order):
        for port, source in enumerate(number[id(source)] for source in value.inputs):
            way = [(source, c) for c in range(column[source], column[i], -1)] + [(i, column[i])]
            ways.append((way, _port_height(port, len(value.inputs))))
    return ways


def _places(column: list[int], ways: list[tuple[list[Slot], float]]) -> dict[Slot, tuple[float, float]]:
    """The left edge and the middle height of every slot."""
    neighbours: dict[Slot, list[tuple[Slot, float]]] = {slot: [] for slot in enumerate(column)}
    for way, port_height in ways:
        for left, right in pairwise(way):
            drop = port_height if right == way[-1] else 0.0
            neighbours.setdefault(left, []).append((right, drop))
            neighbours.setdefault(right, []).append((left, -drop))
    room = {(i, c): HEIGHT + ROW_GAP if column[i] == c else LINE_SLOT for i, c in neighbours}
    height = _settle(neighbours, room, max(column))
    top = min(height[slot] - room[slot] / 2 for slot in height) - 2
    return {(i, c): ((max(column) - c) * COLUMN_STEP + 12.0, y - top) for (i, c), y in height.items()}


def _settle(neighbours: dict[Slot, list[tuple[Slot, float]]], room: dict[Slot, int], last: int) -> dict[Slot, float]:
    """Heights at which every slot stands as level with its neighbours as the others in its column allow."""
    columns = [[slot for slot in neighbours if slot[1] == c] for c in range(last + 1)]
    height = dict.fromkeys(neighbours, 0.0)
    for sweep in range(SWEEPS):
        leftwards = sweep % 2 == 0
        for c in range(1, last + 1) if leftwards else range(last - 1, -1, -1):
            beside = c - 1 if leftwards else c + 1
            wish = {}
            for slot in columns[c]:
                level = [height[other] + drop for other, drop in neighbours[slot] if other[1] == beside]
                wish[slot] = fmean(level or [height[slot]])
            height.update(_stack(wish, room))
    return height


def _stack(wish: dict[Slot, float], room: dict[Slot, int]) -> dict[Slot, float]:
    """Stand the slots of a column below one another in the order of their wishes, on average where they want to be."""
    height, bottom = {}, float("-inf")
    for slot in sorted(wish, key=wish.__getitem__):
        height[slot] = max(wish[slot], bottom + room[slot] / 2)
        bottom = height[slot] + room[slot] / 2
    shift = fmean(wish.values()) - fmean(height.values())
    return {slot: y + shift for slot, y in height.items()}


# ---- how it looks --------------------------------------------------------------------------------------------------


def _port_height(port: int, ports: int) -> float:
    """How far below the middle of a box an input arrives: several inputs share the part under the header."""
    return HEADER / 2 + (port - (ports - 1) / 2) * PORT_STEP


def _line(place: dict[Slot, tuple[float, float]], way: list[Slot], port_height: float) -> str:
    x, y = place[way[0]]
    x += WIDTH
    path = f"M{x:.1f} {y:.1f}"
    for slot in way[1:]:
        left, level = place[slot]
        is_end = slot == way[-1]
        level += port_height if is_end else 0.0
        middle = (x + left) / 2
        path += f"C{middle:.1f} {y:.1f} {middle:.1f} {level:.1f} {left - 6 * is_end:.1f} {level:.1f}"
        path += "" if is_end else f"H{left + WIDTH:.1f}"
        x, y = left + WIDTH, level
    tip = place[way[-1]][0]
    return f'<path class="line" d="{path}"/><path class="tip" d="M{tip:.1f} {y:.1f}l-9 -4.5v9z"/>'


def _card(value: Any, x: float, y: float, is_result: bool) -> str:
    top = y - HEIGHT / 2
    is_constant = value.op == "constant"
    kind = "result" if is_result else "" if value.inputs or is_constant else "leaf"
    name = _printable(value.name)
    word, word_style = value.op or ("" if name else "leaf"), "op" if value.inputs else "dim"
    parts = [
        f'<g class="{kind}" transform="translate({x:.1f} {top:.1f})">',
        f"<title>{escape(name or value.op or 'value')}: data {value.data!r}, grad {value.grad!r}</title>",
        f'<rect class="card" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        f'<path class="head" d="M.5 {HEADER}V6a5.5 5.5 0 0 1 5.5-5.5H{WIDTH - 6}a5.5 5.5 0 0 1 5.5 5.5V{HEADER}z"/>',
        f'<text class="{word_style}" x="9" y="15.5">{escape(word)}</text>',
        f'<text class="name" x="{WIDTH - 9}" y="15.5">{escape(name if len(name) < 15 else name[:13] + "…")}</text>',
    ]
    for port, (source, derivative) in enumerate(zip(value.inputs, value.derivatives)):
        if source.op != "constant":
            level = HEIGHT / 2 + _port_height(port, len(value.inputs)) + 4
            parts.append(f'<text class="way" x="7" y="{level:.1f}">×{derivative:.3g}</text>')
    left = NUMBERS if value.inputs else 9
    sign = "num up" if value.grad > 0 else "num down" if value.grad < 0 else "num"
    parts.append(_row("data", value.data, "num", left, 38))
    parts.append("" if is_constant else _row("grad", value.grad, sign, left, 58))
    return "".join(parts) + "</g>"


def _row(label: str, number: float, style: str, left: int, level: int) -> str:
    return (
        f'<text class="dim" x="{left}" y="{level}">{label}</text>'
        f'<text class="{style}" x="{WIDTH - 9}" y="{level}">{number:.4g}</text>'
    )


def _printable(text: str) -> str:
    """XML has no way to write control characters, not even escaped."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
