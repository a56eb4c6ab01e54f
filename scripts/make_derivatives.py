"""Make docs/reference/derivatives.md, the table of derivatives, from the docstrings of the operations.

    python scripts/make_derivatives.py            write the page
    python scripts/make_derivatives.py --check    compare with what is there; exit code 1 if it differs

The docstring of an operation begins "formula.   derivative.   shapes.", three spaces between the parts; a second
paragraph goes on about the derivative.
"""

from __future__ import annotations

import argparse
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import cleandoc
from pathlib import Path

from gradus import ops
from gradus.core.op import Op, registry

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "derivatives.md"

# The families in the order of a textbook: title, what they have in common, files. An op of a file that is not here
# comes last, under the name of its file.
FAMILIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Arithmetic", "Two numbers make a third.", ("arithmetic",)),
    ("Exponentials and logarithms", "", ("exponential",)),
    ("Angles", "Sine and its kin.", ("trigonometry",)),
    ("Rounding and signs", "Functions with steps: constant, and so without slope, between them.", ("rounding",)),
    ("Choosing", "The gradient goes to the number that was chosen.", ("select",)),
    ("Comparing", "The result is true or false, or made of bits. There is no derivative.", ("compare",)),
    ("Sums, means and extremes", "Many numbers make one.", ("reduce", "statistics", "extreme")),
    ("Running sums", "Each result is made of all numbers up to its place.", ("scan",)),
    ("Order and counting", "The gradient goes where the number came from.", ("order", "counting")),
    (
        "Shape",
        "Numbers change their places, not their values; so do the gradients, the other way.",
        ("shape", "expand", "stride", "diagonal", "join", "rearrange", "pad"),
    ),
    (
        "Indexing",
        "Reading at an index is differentiated by adding at it, and adding by reading.",
        ("index", "pick", "scatter"),
    ),
    ("Products of matrices", "", ("matmul", "addmm", "einsum", "linalg")),
    ("Activations", "What bends the sums between two layers.", ("activation", "piecewise", "softmax")),
    ("Losses", "One number for how wrong an answer x is, the truth being t.", ("loss", "loss_class", "loss_margin")),
    ("Embedding and dropout", "", ("embedding", "dropout")),
    ("In the engine", "Recorded where a dtype changes, and where a part of a tensor is overwritten.", ("core",)),
)

HEAD = """\
# The table of derivatives

<!-- Made by scripts/make_derivatives.py from the docstrings of the operations. Change those, then run it again. -->

All {count} operations of gradus, and what `backward` does in each. Every function is made of these: `einsum` of
products and permutations, `softmin` of a negation and a softmax.

How to read a line: the operation makes **y** (or z, l, L) from **x** (and others). **dy** is the gradient that arrives,
∂loss/∂y. **dx** is the gradient that is handed on, ∂loss/∂x. So for `Tanh`, dx = dy · (1 − y²) says that the derivative
of tanh is 1 − y². Where inputs broadcast, their gradients are then summed over the axes along which they were repeated.

- The name is that of the class in the file to the right, in `src/gradus/ops/` (`core/…` in `src/gradus/`). `Tanh` shows
  as `TanhBackward0` in a tensor's `grad_fn`; where that name is another, it stands in brackets.
- † marks an operation that is computed in one piece for speed, and has a *composed* form beside it: its definition in
  simpler operations, which [second derivatives](../explanation/engine.md#derivatives-of-derivatives) use.
- *none*: nothing is recorded, the result never requires a gradient.
- ½, ⅓ … of a gradient at equal numbers, 0 at a corner: where there is no derivative, gradus gives what PyTorch gives.
- σ(x) = 1 / (1 + e⁻ˣ) is the sigmoid, φ the bell curve, Φ the area under it up to x.
"""


def load_all() -> list[type[Op]]:
    """Every operation of gradus, in the order in which a file defines them."""
    for module in pkgutil.iter_modules(ops.__path__):
        import_module(f"{ops.__name__}.{module.name}")
    return [op for op in registry.values() if op.__module__.startswith("gradus.")]


def chapter(op: type[Op]) -> str:
    """The name by which FAMILIES knows the file of an operation: that of a page of ops/, or of another room."""
    _, room, name = op.__module__.split(".", 2)
    return name if room == "ops" else room


def families() -> Iterator[tuple[str, str, list[type[Op]]]]:
    """(title, introduction, operations) of each family."""
    left = load_all()
    for title, about, chapters in FAMILIES:
        found = [op for name in chapters for op in left if chapter(op) == name]
        left = [op for op in left if op not in found]
        yield title, about, found
    for name in dict.fromkeys(map(chapter, left)):
        yield name.replace("_", " ").capitalize(), "", [op for op in left if chapter(op) == name]


def parts(op: type[Op]) -> tuple[str, str]:
    """(formula with shapes, derivative) as the docstring says them."""
    first, _, rest = cleandoc(op.__doc__ or "").partition("\n\n")
    formula, *others = [part.strip() for part in first.split("   ")]
    others += filter(None, [" ".join(rest.split())])
    shapes = [part for part in others if ":" in part and "→" in part]
    derivative = " ".join(part for part in others if part not in shapes)
    return " ".join([formula, *shapes]), derivative


def derivative_cell(op: type[Op], derivative: str) -> str:
    """What to print as the derivative; of an operation that is never recorded: none, and why."""
    if op.differentiable:
        return derivative
    said = derivative.removeprefix("No gradient").lstrip(".: ")
    return f"none; {said}" if said else "none"


def line(op: type[Op]) -> str:
    """One row of the table."""
    formula, derivative = parts(op)
    name = op.__name__ + "†" * (op.composed is not None)
    if op.torch_name not in ("", op.__name__):
        name += f" ({op.torch_name})"
    source = op.__module__.removeprefix("gradus.").removeprefix("ops.").replace(".", "/") + ".py"
    cells = [name, formula, derivative_cell(op, derivative), source]
    return "| " + " | ".join(map(escaped, cells)) + " |"


def escaped(cell: str) -> str:
    """The text with a backslash before what Markdown would take for a border or, outside code, for emphasis."""
    pieces = cell.replace("|", r"\|").split("`")
    return "`".join(piece if i % 2 else piece.replace("*", r"\*") for i, piece in enumerate(pieces))


def page() -> str:
    """The whole page."""
    lines = [HEAD.format(count=len(load_all()))]
    for title, about, found in families():
        if found:
            lines += [f"## {title}\n", *([f"{about}\n"] if about else [])]
            lines += ["| operation | formula | derivative | in |", "| --- | --- | --- | --- |", *map(line, found), ""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    if parser.parse_args().check:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        print(f"{PAGE.name} is", "what this script makes" if same else "out of date: run this script without --check")
        return 0 if same else 1
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
