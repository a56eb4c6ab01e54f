"""docs/reference/derivatives.md is what scripts/make_derivatives.py makes, and says something of every operation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gradus.core.op import Op
from scripts import make_derivatives

ROOT = Path(__file__).resolve().parent.parent


class Tripled(Op, register=False):
    """y = 3x, |x| < 1.   x: any shape → y: same shape.   dx = 3dy.

    The second
    paragraph.
    """


class Stepped(Op, register=False):
    """y = ⌊x⌋.   No gradient: it has steps."""

    differentiable = False
    torch_name = "Floor"


def test_the_page_is_up_to_date() -> None:
    # In a process of its own: operations that other tests define must not show.
    command = [sys.executable, str(ROOT / "scripts" / "make_derivatives.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_page_that_is_out_of_date_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "derivatives.md"
    monkeypatch.setattr(make_derivatives, "PAGE", page)
    monkeypatch.setattr(sys, "argv", ["make_derivatives.py"])
    assert make_derivatives.main() == 0
    written = page.read_text(encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["make_derivatives.py", "--check"])
    assert make_derivatives.main() == 0
    page.write_text(written.replace("dx = dy · cos x", "dx = dy · sin x"), encoding="utf-8")
    assert make_derivatives.main() == 1
    assert "run this script" in capsys.readouterr().out


def test_every_operation_has_its_line() -> None:
    listed = [op.__name__ for _, _, found in make_derivatives.families() for op in found]
    assert sorted(listed) == sorted(op.__name__ for op in make_derivatives.load_all())
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("op", make_derivatives.load_all(), ids=lambda op: op.__name__)
def test_every_docstring_has_a_formula_and_a_derivative(op: type[Op]) -> None:
    formula, derivative = make_derivatives.parts(op)
    assert "=" in formula
    assert derivative or not op.differentiable, f"{op.__name__}: three spaces between formula and derivative?"


def test_the_families_name_files_that_exist() -> None:
    files = {path.stem for path in (ROOT / "src" / "gradus" / "ops").glob("*.py")} | {"core"}
    assert {name for _, _, names in make_derivatives.FAMILIES for name in names} <= files


def test_a_docstring_becomes_a_line() -> None:
    assert make_derivatives.parts(Tripled) == (
        "y = 3x, |x| < 1. x: any shape → y: same shape.",
        "dx = 3dy. The second paragraph.",
    )
    source = __name__.replace(".", "/") + ".py"
    assert make_derivatives.line(Tripled).startswith(r"| Tripled | y = 3x, \|x\| < 1. x: any shape")
    assert make_derivatives.line(Stepped) == f"| Stepped (Floor) | y = ⌊x⌋. | none; it has steps. | {source} |"


def test_a_cell_cannot_break_the_table() -> None:
    assert make_derivatives.escaped("|x| * `a * b|` * y") == r"\|x\| \* `a * b\|` \* y"
