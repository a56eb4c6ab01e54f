"""docs/tutorial/by-hand.md keeps two promises beside running (which tests/test_docs.py checks)."""

from __future__ import annotations

import re
from pathlib import Path

from gradus.scalar import Value

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "by-hand.md"


def test_the_pytorch_program_differs_from_ours_in_its_import_alone():
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    (ours,) = (block for block in blocks if block.startswith("import gradus as torch\n"))
    (theirs,) = (block for block in blocks if block.startswith("import torch\n"))
    assert ours.split("\n")[1:] == theirs.split("\n")[1:]


def test_the_picture_is_what_the_code_above_it_draws():
    w, x, b = Value(0.5, name="w"), Value(2.0, name="x"), Value(-1.0, name="b")
    y = (w * x + b).tanh()
    y.backward()
    assert (PAGE.parent / "neuron.svg").read_text(encoding="utf-8") == y.svg()
