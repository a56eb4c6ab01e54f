"""The house stays as CONTRIBUTING.md draws it: floors, no circles, small rooms, a light front door, a whole wheel."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "src" / "gradus"

# From the top of the house to the ground. A room may import from its own floor and from those below it, never from one
# above, not even inside a function. CONTRIBUTING.md holds the same table, with a sentence for each room.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("cli", "__main__", "lab", "learn"),
    ("report", "plot", "explain", "diagnose", "profile"),
    ("train", "recipes"),
    ("vision", "text", "classic", "io", "datasets"),
    ("gradus",),
    ("nn", "optim", "utils.data", "autograd", "linalg"),
    ("tensors",),
    ("ops",),
    ("core",),
    ("kernels",),
    ("errors", "scalar", "scalar_drawing", "_version"),
)
TO_COME = {"lab", "learn", "explain", "diagnose", "profile", "vision", "text"}
FLOOR_OF = {room: len(FLOORS) - level for level, rooms in enumerate(FLOORS) for room in rooms}

LONGEST = 500
# Files that may be longer, each with the reason why it is still one idea.
LONG_WITH_REASON: dict[str, str] = {}

DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common"}
# The names that PyTorch gives these rooms, so programs written for it find them.
NOT_DRAWERS = ("utils/data/", "utils/data.py", "utils/__init__.py", "nn/utils/", "nn/utils.py")

HEAVY = ("matplotlib", "rich", "click", "safetensors", "pooch", "platformdirs", "torch", "scipy")


# ---------------------------------------------------------------------------------------------------------------------
# Reading the imports


def module_name(path: Path) -> str:
    parts = path.relative_to(HOUSE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    return {module_name(path): path for path in sorted(HOUSE.rglob("*.py"))}


def room(module: str) -> str:
    parts = module.split(".")
    if len(parts) == 1:
        return "gradus"
    return "utils.data" if parts[1] == "utils" else parts[1]


def is_type_checking(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in (getattr(test, "id", None), getattr(test, "attr", None))


def import_statements(tree: ast.AST, lazy: bool = False) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Every import that can run, and whether it waits until a function is called."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, lazy
        elif isinstance(node, ast.If) and is_type_checking(node.test):
            for other in node.orelse:
                yield from import_statements(ast.Module([other], []), lazy)
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from import_statements(node, lazy or inside)


def targets(node: ast.Import | ast.ImportFrom, module: str, path: Path, known: dict[str, Path]) -> Iterator[str]:
    """The modules of the house that one statement imports: `from gradus.nn import init` means gradus.nn.init."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
        base = package[: len(package) - node.level + 1] if node.level else []
        source = ".".join([*base, *([node.module] if node.module else [])])
        names = [name if (name := f"{source}.{alias.name}") in known else source for alias in node.names]
    for name in names:
        if name == "gradus" or name.startswith("gradus."):
            yield name


def house_imports(known: dict[str, Path]) -> Iterator[tuple[str, str, bool, int]]:
    """(importer, imported, lazy, line) for every import of one module of the house by another."""
    for module, path in known.items():
        for node, lazy in import_statements(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for target in targets(node, module, path, known):
                yield module, target, lazy, node.lineno


def upward(imports: Iterator[tuple[str, str, bool, int]]) -> list[str]:
    """Imports from a higher floor. The front door alone may open any room, as long as it waits for its first use."""
    return [
        f"{module}:{line} imports {target}, from a floor above"
        for module, target, lazy, line in imports
        if FLOOR_OF.get(room(target), 0) > FLOOR_OF.get(room(module), 0) and not (module == "gradus" and lazy)
    ]


def loads(module: str, target: str) -> Iterator[str]:
    """What Python runs for one import: the module, and the packages around it that the importer is not inside of."""
    parts = target.split(".")
    for end in range(2, len(parts) + 1):
        name = ".".join(parts[:end])
        if name == target or not f"{module}.".startswith(f"{name}."):
            yield name


def circle(graph: dict[str, set[str]]) -> list[str]:
    """One circle in the graph, as the path that walks it; empty where there is none."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        stack = [(start, iter(sorted(graph[start])))] if start not in done else []
        while stack:
            node, rest = stack[-1]
            if len(path) < len(stack):
                path.append(node)
            following = next((name for name in rest if name not in done), None)
            if following is None:
                done.add(path.pop())
                stack.pop()
            elif following in path:
                return [*path[path.index(following) :], following]
            else:
                stack.append((following, iter(sorted(graph.get(following, ())))))
    return []


# ---------------------------------------------------------------------------------------------------------------------
# The tests


def test_every_room_has_a_floor() -> None:
    standing = {room(module) for module in modules()}
    standing |= {folder.name for folder in HOUSE.iterdir() if folder.is_dir() and any(folder.glob("*.toml"))}
    assert standing - set(FLOOR_OF) == set(), "give these rooms a floor, in FLOORS and in CONTRIBUTING.md"
    assert set(FLOOR_OF) - standing == TO_COME, "TO_COME names the rooms that are drawn on the map and not yet built"


def test_the_map_in_contributing_is_this_one() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| *\d+ *\| ([^|]+)\|", text, flags=re.MULTILINE)
    drawn = tuple(tuple(re.findall(r"[`*]([\w.]+)(?:/|\.py)?[`*]", row)) for row in rows)
    assert drawn == FLOORS, "the table of floors in CONTRIBUTING.md differs from FLOORS"
    italic = {name for row in rows for name in re.findall(r"\*([\w.]+)/?\*", row)}
    assert italic == TO_COME, "in CONTRIBUTING.md a room that is not yet built is *slanted*, and only such a room"


def test_no_room_imports_from_a_floor_above_it() -> None:
    assert upward(house_imports(modules())) == []


def test_no_circle_between_modules() -> None:
    graph: dict[str, set[str]] = {module: set() for module in modules()}
    for module, target, lazy, _ in house_imports(modules()):
        if not lazy:
            graph[module].update(name for name in loads(module, target) if name in graph and name != module)
    assert circle(graph) == []


def test_no_circle_between_rooms() -> None:
    """Two rooms of one floor may know each other in one direction only, in functions too."""
    graph: dict[str, set[str]] = {name: set() for name in FLOOR_OF}
    for module, target, _, _ in house_imports(modules()):
        if room(module) != "gradus" and room(target) != room(module):
            graph.setdefault(room(module), set()).add(room(target))
    assert circle(graph) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from gradus.train import run", True),
        ("def f():\n    from ..train import run", True),
        ("try:\n    import gradus.train.run\nexcept ImportError:\n    pass", True),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from gradus.train import run", False),
        ("from .. import errors", False),
        ("import numpy", False),
    ],
)
def test_the_reader_of_imports_sees(code: str, expected: bool, tmp_path: Path) -> None:
    """The checks above can fail: each form of an upward import is seen, and what is not one is not."""
    path = tmp_path / "gelu.py"
    path.write_text(code)
    known = {"gradus.ops.gelu": path, "gradus.train": path, "gradus.train.run": path, "gradus.errors": path}
    own = (found for found in house_imports(known) if found[0] == "gradus.ops.gelu")
    assert bool(upward(own)) is expected


def test_the_finder_of_circles_finds() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_files_are_short() -> None:
    lengths = {
        path.relative_to(HOUSE).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules().values()
    }
    long = {name: length for name, length in lengths.items() if length > LONGEST}
    assert long.keys() == LONG_WITH_REASON.keys(), f"over {LONGEST} lines: {long}; divide them, or say why in this file"


def test_there_is_no_drawer() -> None:
    names = [path.relative_to(HOUSE).as_posix() for path in modules().values()]
    drawers = [
        name
        for name in names
        if DRAWERS & set(name.removesuffix(".py").split("/")) and not name.startswith(NOT_DRAWERS)
    ]
    assert drawers == [], "name a file after its idea"


# ---------------------------------------------------------------------------------------------------------------------
# What is in the repository


def repository_files() -> list[Path]:
    """What git holds or would add; all that is in the checkout's own folders where there is no git."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True
    )
    if listing.returncode == 0:
        paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    else:
        paths = [
            *ROOT.glob("*.*"),
            *(p for top in ("src", "tests", "docs", "benchmarks") for p in (ROOT / top).rglob("*")),
        ]
    return [path for path in paths if path.is_file() and "__pycache__" not in path.parts]


# Split, so that this file does not hold what it forbids.
FORBIDDEN = {
    "a path of one machine": r"/(?:home|Users)/\w+|/ro" r"ot/|/wo" r"rk/",
    "the address of a package registry": r"py"
    r"pi\.org|pythonho"
    r"sted\.org|registry\.np"
    r"mjs|conda\.ana"
    r"conda|download\.pyt"
    r"orch",
    "an option that names a registry": r"--(?:extra-)?index-" r"url|--find-" r"links",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = []
    for path in repository_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    """Recipes, the bundled digits and py.typed are what a wheel forgets."""
    build = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert build.returncode == 0, build.stderr
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {path.relative_to(HOUSE.parent).as_posix() for path in repository_files() if HOUSE in path.parents}
    assert wanted - held == set()
    assert "gradus/py.typed" in held


# ---------------------------------------------------------------------------------------------------------------------
# The front door


def in_a_new_python(code: str, bytecode: Path) -> str:
    """What `code` prints in a process of its own, which keeps its compiled modules as those of a user are kept."""
    command = [sys.executable, "-c", code]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(bytecode)
    done = subprocess.run(command, capture_output=True, text=True, cwd=HOUSE.parent, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_gradus_loads_nothing_heavy(tmp_path: Path) -> None:
    code = f"import sys, gradus; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    assert in_a_new_python(code, tmp_path).split() == []


def test_import_time_is_at_most_twice_that_of_numpy(tmp_path: Path) -> None:
    """Measured inside the new process, in turn, each at its best: another process can only add time."""
    timed = "from time import perf_counter; t = perf_counter(); import {}; print(perf_counter() - t)"
    best = {"numpy": float("inf"), "gradus": float("inf")}
    for _ in range(10):
        for name in best:
            best[name] = min(best[name], float(in_a_new_python(timed.format(name), tmp_path)))
    assert best["gradus"] <= 2 * best["numpy"], best
