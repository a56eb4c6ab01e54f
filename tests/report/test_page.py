import base64
import re
import shlex
from pathlib import Path

import pytest

from gradus import report
from gradus.errors import BadFile, Environment

from .conftest import CONFIG, Make, assert_self_contained, done, epoch

PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "'><b>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</code></pre><iframe>",
    "<!--",
    "]]>",
    "&lt;script&gt;",
    "javascript:alert(1)",
    "{{7*7}} ${7*7} %s $title",
    "\u202e drawkcab",
    "‎日本語 🐕",
]


def page_of(path: Path) -> str:
    return report.write(path).read_text(encoding="utf-8")


def test_write_returns_the_page_that_it_wrote(make_run: Make) -> None:
    path = make_run()
    assert report.write(path) == path / "report.html"
    assert report.write(str(path)).is_file()


def test_the_page_is_self_contained_and_says_what_came_out(make_run: Make) -> None:
    reader = assert_self_contained(page_of(make_run()))
    assert reader.text("h1") == "97.8 % of 360 test digits recognised after 20 epochs, 2.1 s"
    assert reader.text("title") == f"digits-1: {reader.text('h1')}"
    assert re.findall(r"h\d", " ".join(tag for tag, _ in reader.tags)) == ["h1", *["h2"] * 4]
    assert "8 by 8 pixels" in reader.text("p")
    assert "17,226" in reader.text("dd") and "97.8 %" in reader.text("dd")


def test_pictures_are_inside_with_alt_text_and_caption(make_run: Make) -> None:
    path = make_run()
    reader = assert_self_contained(page_of(path))
    loss, confusion = reader.all("img")
    for image, name in ((loss, "loss"), (confusion, "confusion")):
        held = base64.b64decode(image["src"].partition(",")[2])
        assert held == (path / "figures" / f"{name}.png").read_bytes()
    assert loss["alt"].startswith("Loss by epoch: training goes from 1 to 0.5")
    assert (loss["width"], confusion["width"]) == ("461", "461")  # 4.8 inches of 96 pixels
    assert "Confusion matrix." in reader.text("strong")


def test_a_long_table_is_folded_and_a_short_one_is_not(make_run: Make) -> None:
    long = assert_self_contained(page_of(make_run("long")))
    short = assert_self_contained(page_of(make_run("short", events=[epoch(1), epoch(2), done()])))
    assert "All 20 epochs" in long.text("summary")
    assert "epochs" not in short.text("summary")
    assert long.text("th").startswith(
        "epochtraining lossvalidation losstraining accuracyvalidation accuracylearning rate"
    )
    assert len(long.all("table")) == len(short.all("table")) == 2


def test_the_best_epoch_is_set_off(make_run: Make) -> None:
    reader = assert_self_contained(page_of(make_run()))
    rows = reader.all("tr")
    assert [number for number, row in enumerate(rows) if row.get("class") == "best"] == [14]


def test_thousands_of_epochs_are_thinned_and_the_last_is_there(make_run: Make) -> None:
    reader = assert_self_contained(page_of(make_run(events=[epoch(i) for i in range(1, 5002)], figures=False)))
    assert "386 of 5001 epochs" in reader.text("summary")
    assert len(reader.all("tr")) < 420 and "5,001" in reader.text("th")


def test_settings_and_machine_are_there(make_run: Make) -> None:
    reader = assert_self_contained(page_of(make_run()))
    assert CONFIG in reader.text("code")
    assert "fingerprint.simd" in reader.text("th") and "AVX2 FMA3" in reader.text("td")


def test_the_commands_can_be_pasted_into_a_shell(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_run("it's a run; rm -rf $HOME")
    monkeypatch.chdir(path.parent)
    text = assert_self_contained(page_of(Path(path.name))).text("code").removeprefix(CONFIG)
    command = text.partition("gradus show")[0]
    assert shlex.split(command) == ["gradus", "train", f"{path.name}/config.toml"]


def test_the_page_does_not_tell_where_on_the_machine_it_was_made(make_run: Make) -> None:
    path = make_run()
    assert str(path.parent) not in page_of(path)


def test_a_run_that_was_stopped_has_a_page_with_its_curves_and_how_to_go_on(make_run: Make) -> None:
    path = make_run(events=[epoch(1), epoch(2), epoch(3)], figures=False)
    reader = assert_self_contained(page_of(path))
    assert reader.text("h1").startswith("Not finished: 3 of 20 epochs")
    assert [image["alt"].split(" by ")[0] for image in reader.all("img")] == ["Loss", "Accuracy"]
    assert "gradus train --resume digits-1" in reader.text("code")


@pytest.mark.parametrize(
    "missing",
    [{"config": None}, {"environment": None}, {"figures": False}, {"events": []}, {"config": "", "environment": None}],
)
def test_missing_pieces_leave_a_page(make_run: Make, missing: dict) -> None:
    assert_self_contained(page_of(make_run(**missing)))


def test_only_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("epochs = 3\n")
    reader = assert_self_contained(page_of(tmp_path))
    assert reader.text("h1") == "No epoch was finished" and reader.all("img") == []


def test_values_of_any_kind_leave_a_page(make_run: Make) -> None:
    odd = {"event": "epoch", "epoch": "two", "train_loss": None, "val_loss": float("nan"), "x": [1], "f1": 0.5, "": {}}
    strange = 'about = 7\nrecipe = ["a"]\nepochs = true\ndata = 3\n'
    reader = assert_self_contained(page_of(make_run(events=[odd, done(x=None)], config=strange, figures=False)))
    assert "f1" in reader.text("th")


def test_what_could_not_be_read_is_said(make_run: Make) -> None:
    path = make_run()
    (path / "environment.json").write_text("{")
    assert "environment.json is not a JSON object" in assert_self_contained(page_of(path)).text("p")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_from_a_run_stays_text(make_run: Make, payload: str) -> None:
    """In the name, the settings, the environment, the metrics' keys and values, and a picture's words."""
    from gradus import plot

    quoted = payload.replace("\\", "\\\\").replace('"', '\\"')
    path = make_run(
        payload.replace("/", "_"),
        events=[{**epoch(1), payload: 1.5}, done(**{payload: 3.0})],
        config=f'recipe = "{quoted}"\nabout = "{quoted}"\n[data]\nname = "{quoted}"\n',
        environment={payload: payload, "list": [payload]},
    )
    figure = plot.describe(plot.confusion_matrix([[1, 0], [0, 1]], [payload, "b"]), payload, payload, payload)
    plot.save(figure, path / "figures" / "own.png")
    reader = assert_self_contained(page_of(path))
    seen = reader.text()
    assert seen.count(payload) >= 8
    assert path.name in reader.text("title")
    assert payload in [image["alt"] for image in reader.all("img")]


def test_the_same_run_gives_the_same_bytes(make_run: Make) -> None:
    path = make_run(figures=False)
    first = report.write(path).read_bytes()
    assert report.write(path).read_bytes() == first


def test_no_run_and_no_permission(tmp_path: Path, make_run: Make) -> None:
    with pytest.raises(BadFile, match="no such run"):
        report.write(tmp_path / "nowhere")
    path = make_run()
    (path / "report.html").mkdir()
    with pytest.raises(Environment, match=r"report\.html: cannot write"):
        report.write(path)
