"""The room as a whole: plain NumPy, nothing of the engine, every name at its door."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import gradus.classic

FILES = sorted(Path(gradus.classic.__file__).parent.glob("*.py"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_stands_on_numpy_and_the_standard_library_alone(path):
    standard = ("__future__", "collections.abc", "difflib", "itertools", "typing")
    allowed = ("numpy", "gradus.classic", "gradus.errors")
    strangers = {name for name in imported(path) if name not in standard and not name.startswith(allowed)}
    assert strangers == set()


def test_every_name_at_the_door_exists_once():
    names = gradus.classic.__all__
    assert len(set(names)) == len(names)
    assert all(getattr(gradus.classic, name).__doc__ for name in names)
