"""What README.md and docs/ show is run: each ```python block, and each command of each ```console block, page by page.

The blocks of one page run from top to bottom in one temporary folder, the Python ones in one namespace, so that a page
reads as one session. A block of `>>>` lines is compared with the output it shows. Commands must end with exit code 0.
A comment on the line above a block says otherwise:

    <!-- exit 2 -->       its commands end with this exit code
    <!-- exact -->        what its commands print is what the block shows, up to white space; `...` stands for anything
    <!-- needs data -->   it reads $GRADUS_DATA; where that is not set, the rest of the page is not run
"""

from __future__ import annotations

import doctest
import itertools
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [ROOT / "README.md", *DOCS]
LINKED = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]

# Commands that set up the checkout which these tests run in already.
SET_UP = ("make", "git clone", "cd gradus", "pip install", "python -m pip install", "source .venv/bin/activate")

OUTPUT = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def page_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ---------------------------------------------------------------------------------------------------------------------
# Reading a page


@dataclass
class Block:
    language: str
    code: str
    line: int  # of the first line of code
    marks: str  # the comment above it

    @property
    def exit_code(self) -> int:
        found = re.search(r"<!-- .*\bexit (\d+)", self.marks)
        return int(found[1]) if found else 0


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, those that are indented under a list item too."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        opening = re.match(r"^( *)(`{3,})(\w*)", lines[number])
        if not opening:
            number += 1
            continue
        indent, fence, language = opening.groups()
        start = number + 1
        number = start
        while number < len(lines) and lines[number].strip() != fence:
            number += 1
        code = "\n".join(line.removeprefix(indent) for line in lines[start:number]) + "\n"
        marks = lines[start - 2].strip() if start > 1 else ""
        yield Block(language, code, start + 1, marks if marks.startswith("<!--") else "")
        number += 1


def commands(block: Block) -> Iterator[tuple[str, str, int]]:
    """(command, the output shown below it, its line) for each `$ ` line of a console block."""
    found: list[tuple[list[str], list[str], int]] = []
    for line, text in enumerate(block.code.splitlines(), block.line):
        if text.startswith("$ "):
            found.append(([text[2:]], [], line))
        elif found:
            command, shown, _ = found[-1]
            (command if command[-1].endswith("\\") and not shown else shown).append(text)
    for command, shown, line in found:
        yield "\n".join(command), "\n".join(shown), line


# ---------------------------------------------------------------------------------------------------------------------
# Running a page


def shell_environment() -> dict[str, str]:
    """The programs of this environment first on the path, and a terminal of a known width without colour."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1"}


def run_console(block: Block, folder: Path, where: str) -> None:
    for command, shown, line in commands(block):
        if command.startswith(SET_UP):
            continue
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env=shell_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != block.exit_code:
            wrong = f"`{command}` ended with {done.returncode}, not {block.exit_code}, and printed"
            pytest.fail(f"{where}:{line}: {wrong}\n{done.stdout}", pytrace=False)
        if "exact" in block.marks:
            same = doctest.OutputChecker().check_output(f"{shown.strip()}\n", f"{done.stdout.strip()}\n", OUTPUT)
            if not same:
                pytest.fail(f"{where}:{line}: `{command}` printed\n{done.stdout}and not\n{shown}", pytrace=False)


def run_python(block: Block, namespace: dict[str, Any], where: str) -> None:
    if block.code.lstrip().startswith(">>>"):
        test = doctest.DocTestParser().get_doctest(block.code, namespace, where, where, block.line - 1)
        report: list[str] = []
        failed, _ = doctest.DocTestRunner(optionflags=OUTPUT, verbose=False).run(
            test, out=report.append, clear_globs=False
        )
        namespace.update(test.globs)
        if failed:
            pytest.fail("".join(report), pytrace=False)
    else:
        # Blank lines in front, so that a traceback names the line of the page.
        exec(compile("\n" * (block.line - 1) + block.code, where, "exec"), namespace)


def run_page(path: Path, folder: Path) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(path.read_text(encoding="utf-8")):
        if "needs data" in block.marks and not os.environ.get("GRADUS_DATA"):
            pytest.skip(f"{path.name}:{block.line} and what follows need GRADUS_DATA, a folder with mnist/*-ubyte.gz")
        if block.language == "console":
            run_console(block, folder, path.name)
        elif block.language in ("python", "pycon"):
            run_python(block, namespace, path.name)


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_what_the_page_shows_runs(path: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "session"
    folder.mkdir()
    monkeypatch.chdir(folder)
    run_page(path, folder)


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "docs/tutorial/first-light.md"], ids=page_name)
def test_the_page_shows_what_the_demo_trains_now(path: Path) -> None:
    """Losses depend on the machine. The size of the network and of the test do not, and the page's are from one run."""
    from gradus import datasets, recipes

    recipe, data = recipes.load("digits"), datasets.load("digits")
    widths = [data.x_train.shape[1], *recipe["model"]["hidden"], len(data.classes)]
    page = path.read_text(encoding="utf-8")
    assert f"\nparameters     {sum((a + 1) * b for a, b in itertools.pairwise(widths)):,}\n" in page
    shown = re.search(r"test accuracy  (\S+) %: (\d+) of (\d+)", page)
    assert shown is not None
    right, examples = int(shown[2]), int(shown[3])
    assert examples == len(data.y_test)
    assert float(shown[1]) == round(100 * right / examples, 2)


# ---------------------------------------------------------------------------------------------------------------------
# Links


def prose(text: str) -> str:
    """A page without its code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^( *)(`{3,}).*?^\1\2 *$", "", text, flags=re.MULTILINE | re.DOTALL))


def links(text: str) -> set[str]:
    text = prose(text)
    found = re.findall(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)", text)
    found += re.findall(r"^\[[^\]]+\]:\s*(\S+)", text, flags=re.MULTILINE)
    found += re.findall(r"<(?:img|a)\b[^>]*\b(?:src|href)=\"([^\"]+)\"", text)
    return {link for link in found if not re.match(r"[a-z][a-z0-9+.-]*:", link)}


def anchors(text: str) -> set[str]:
    """The names of a page's headings, as mkdocs makes them and as code hosts do."""
    headings = re.findall(r"^#+ +(.+?) *#*$", re.sub(r"^ *(`{3,}).*?^ *\1 *$", "", text, flags=re.M | re.S), flags=re.M)
    names = set()
    for heading in headings:
        kept = re.sub(r"[^\w\s-]", "", heading.lower()).strip()
        plain = unicodedata.normalize("NFKD", kept).encode("ascii", "ignore").decode()
        names |= {re.sub(r"[-\s]+", "-", plain), re.sub(r"\s", "-", kept)}
    return names


def broken_links(path: Path) -> list[str]:
    broken = []
    for link in sorted(links(path.read_text(encoding="utf-8"))):
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        if not file.exists() or (
            anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8"))
        ):
            broken.append(link)
    return broken


@pytest.mark.parametrize("path", LINKED, ids=page_name)
def test_every_link_leads_somewhere(path: Path) -> None:
    assert broken_links(path) == []


# ---------------------------------------------------------------------------------------------------------------------
# The checks above can fail

PAGE = """\
# Étude: a page

```python
x = 20
```

1. In a list

   ```console
   $ echo one \\
       two
   one two
   ```

<!-- exit 3, exact -->
```console
$ echo gone >&2; exit 3
go...
```

```python
>>> x + 1
21
```

[a](#etude-a-page) `[b](nowhere.md)` ![c](missing.png)
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_right_page_passes(tmp_path: Path) -> None:
    run_page(written(tmp_path, PAGE), tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("x = 20", "x = 20 / 0", "division by zero"),
        ("$ echo one", "$ exit 7;", r"(?s)page.md:10: .* ended with 7, not 0"),
        ("exit 3, exact", "exact", "ended with 3, not 0"),
        ("go...", "come", "printed\ngone"),
        ("\n21", "\n22", "Expected:\n    22\nGot:\n    21"),
    ],
)
def test_a_wrong_page_fails(right: str, wrong: str, message: str, tmp_path: Path) -> None:
    assert right in PAGE
    with pytest.raises((pytest.fail.Exception, ZeroDivisionError), match=message):
        run_page(written(tmp_path, PAGE.replace(right, wrong)), tmp_path)


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    assert broken_links(written(tmp_path, PAGE)) == ["missing.png"]
    assert broken_links(written(tmp_path, PAGE.replace("#etude", "#elude"))) == ["#elude-a-page", "missing.png"]


def test_a_page_without_its_data_is_skipped_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = written(tmp_path, PAGE.replace("exit 3, exact", "needs data, exit 3"))
    monkeypatch.setenv("GRADUS_DATA", str(tmp_path))
    run_page(page, tmp_path)
    monkeypatch.delenv("GRADUS_DATA")
    with pytest.raises(pytest.skip.Exception, match="page.md:17 and what follows need GRADUS_DATA"):
        run_page(page, tmp_path)
