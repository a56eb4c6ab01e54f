from pathlib import Path

import pytest

from gradus import report
from gradus.errors import BadFile, Usage
from gradus.report.comparison import names

from .conftest import CONFIG, Make, assert_self_contained, done, epoch


def compare(tmp_path: Path, *runs: Path):
    path = report.write_comparison(runs, tmp_path / "out" / "compare.html")
    assert path == tmp_path / "out" / "compare.html"
    return assert_self_contained(path.read_text(encoding="utf-8"))


def test_the_best_run_is_the_headline_and_its_rivals_stand_beside_it(make_run: Make, tmp_path: Path) -> None:
    good = make_run("good", figures=False)
    poor = make_run("poor", [epoch(1), done(test_accuracy=0.5)], CONFIG.replace("0.01", "1.0"), figures=False)
    reader = compare(tmp_path, poor, good)
    assert reader.text("h1") == "Best of 2: good, test accuracy 97.8 %"
    assert "50.0 %" in reader.text("td") and "97.8 %" in reader.text("td")
    (image,) = reader.all("img")
    assert "Validation loss at the end: poor 1.1, good 0.055" in image["alt"]


def test_only_the_settings_that_differ_are_listed(make_run: Make, tmp_path: Path) -> None:
    runs = [
        make_run(name, config=CONFIG.replace("0.01", lr), figures=False) for name, lr in (("a", "0.1"), ("b", "0.2"))
    ]
    reader = compare(tmp_path, *runs)
    assert "optimizer.lr" in reader.text("th") and "seed" not in reader.text("th")
    assert "0.10.2" in reader.text("td")
    same = compare(tmp_path, runs[0], make_run("c", config=CONFIG.replace("0.01", "0.1"), figures=False))
    assert "Settings" not in same.text("h2")


def test_a_run_that_was_stopped_shows_its_last_epoch_and_all_its_time(make_run: Make, tmp_path: Path) -> None:
    stopped = make_run("stopped", [epoch(1), epoch(2), epoch(3)], figures=False)
    reader = compare(tmp_path, stopped)
    assert reader.text("h1") == "Best of 1: stopped, validation accuracy 90.0 %"
    assert "0.3 s" in reader.text("td")


def test_runs_without_anything_in_common_can_be_compared(make_run: Make, tmp_path: Path) -> None:
    reader = compare(tmp_path, make_run("a", [], None, figures=False), make_run("b", [], figures=False))
    assert reader.text("h1") == "2 runs" and reader.all("img") == []


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        (["x/a", "x/b"], ["a", "b"]),
        (["x/a", "y/a"], ["x/a", "y/a"]),
        (["x/a", "x/a"], ["a (1)", "a (2)"]),
    ],
)
def test_names_tell_runs_apart(folders: list[str], expected: list[str]) -> None:
    assert names(folders) == expected


def test_a_runs_name_stays_text(make_run: Make, tmp_path: Path) -> None:
    reader = compare(tmp_path, make_run("<img src=x onerror=alert(1)>", figures=False), make_run("b", figures=False))
    assert "<img src=x onerror=alert(1)>" in reader.text("th")
    assert len(reader.all("img")) == 1


def test_problems_name_their_run(make_run: Make, tmp_path: Path) -> None:
    path = make_run("a", figures=False)
    (path / "environment.json").write_text("{")
    assert "a: environment.json is not a JSON object" in compare(tmp_path, path).text("p")


def test_no_runs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="expected one run directory or more"):
        report.write_comparison([], tmp_path / "a.html")
    with pytest.raises(BadFile, match="no such run"):
        report.write_comparison([tmp_path / "nowhere"], tmp_path / "a.html")
