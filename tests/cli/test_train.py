from __future__ import annotations

import json
import os

import pytest

from gradus.train import config


def train(gradus, *arguments):
    return gradus("train", *arguments, "--no-figures")


# --- what is printed -------------------------------------------------------------------------------------------------


def test_a_run_ends_with_what_was_learned_and_what_to_do_next(gradus, tmp_path):
    result = train(gradus, "xor")
    assert result.code == 0
    lines = result.out.splitlines()
    assert any(line.startswith("test accuracy  100.00 %: 200 of 200") for line in lines)
    assert any(line.startswith("parameters     42") for line in lines)
    assert lines[-2:] == ["next: gradus predict runs/xor-1 --index 0", "      gradus show runs/xor-1"]
    assert os.listdir(tmp_path) == ["runs"]
    progress = result.err.splitlines()
    assert progress[0].startswith("epoch   1/100   loss 0.")
    assert 10 < len(progress) < 30, "about twenty lines, however many epochs"


def test_json_is_one_object_an_epoch_and_the_results(gradus, tmp_path):
    result = train(gradus, "xor", "--json", "--set", "epochs=3", "--out", "here")
    assert [line["event"] for line in result.lines] == ["epoch"] * 3 + ["done"]
    done = result.lines[-1]
    assert done["run"] == "here"
    assert {"test_accuracy", "test_loss", "val_accuracy", "val_loss", "train_loss", "seconds", "parameters"} <= set(
        done
    )
    assert [json.loads(line) for line in (tmp_path / "here" / "metrics.jsonl").read_text().splitlines()] == result.lines


def test_the_run_directory(gradus, tmp_path):
    assert train(gradus, "xor", "--set", "epochs=2", "--seed", "7").code == 0
    run = tmp_path / "runs" / "xor-1"
    assert sorted(os.listdir(run)) == [
        "checkpoints", "config.toml", "data.json", "environment.json", "metrics.jsonl", "model.safetensors", "run.lock",
    ]  # fmt: skip
    environment = json.loads((run / "environment.json").read_text())
    assert {"gradus", "python", "numpy", "blas", "threads"} <= set(environment["fingerprint"])
    assert environment["seed"] == 7
    assert len(environment["dataset_sha256"]) == 64
    assert environment["command"][0] == "gradus"


def test_a_runs_configuration_repeats_it(gradus, tmp_path):
    first = train(gradus, "xor", "--set", "epochs=3", "--set", "optimizer.name=sgd", "--json")
    again = train(gradus, "runs/xor-1/config.toml", "--json")
    assert config.load("runs/xor-2/config.toml") == config.load("runs/xor-1/config.toml")
    for one, other in zip(first.lines, again.lines, strict=True):
        assert {**one, "seconds": 0, "run": ""} == {**other, "seconds": 0, "run": ""}


def test_figures_and_a_report(gradus, tmp_path):
    result = gradus("train", "digits", "--set", "epochs=2")
    assert result.code == 0
    run = tmp_path / "runs" / "digits-1"
    assert sorted(os.listdir(run / "figures")) == [
        "accuracy.png",
        "confusion.png",
        "loss.png",
        "mistakes.png",
        "weights.png",
    ]
    assert (run / "report.html").stat().st_size > 50_000
    assert "runs/digits-1/report.html" in result.out


@pytest.mark.parametrize(("dataset", "figure"), [("moons", "boundary.png"), ("sine", "fit.png")])
def test_figures_of_points_and_curves(dataset, figure, gradus, tmp_path):
    assert gradus("train", "moons", "--set", f"data.name={dataset}", "--set", "epochs=2", "--out", "run").code == 0
    assert figure in os.listdir(tmp_path / "run" / "figures")


# --- one's own table -------------------------------------------------------------------------------------------------

FLOWERS = "length,width,species\n" + "".join(
    f"{5 + 3 * kind + i * 0.01},{2 - kind + i % 3 * 0.02},{name}\n"
    for kind, name in enumerate(["setosa", "virginica"])
    for i in range(40)
)


def test_a_table_of_ones_own(gradus, tmp_path):
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    result = train(gradus, "flowers.csv", "--label", "species", "--json")
    assert result.lines[-1]["test_accuracy"] == 1.0
    assert result.lines[-1]["run"] == "runs/flowers-1"
    assert gradus("predict", "flowers-1", "--row", "8.1,1.0", "--json").lines[0]["label"] == "virginica"


def test_a_table_without_its_label_says_how_to_name_it(gradus, tmp_path):
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    columns = FLOWERS.splitlines()[0].replace(",", ", ")
    result = gradus("train", "flowers.csv")
    assert result.code == 2
    assert result.err.endswith(f"has no column 'label' (it has {columns}); name the one to predict: --label COLUMN\n")
    assert "--label" not in gradus("train", "flowers.csv", "--label", "colour").err


def test_a_table_with_a_number_to_predict(gradus, tmp_path):
    (tmp_path / "houses.csv").write_text(
        "area,price\n" + "".join(f"{50 + i},{1000 * i + 200_000}\n" for i in range(100))
    )
    result = train(gradus, "houses.csv", "--label", "price", "--task", "regression", "--set", "epochs=150", "--json")
    assert result.lines[-1]["test_mae"] < 5_000
    assert gradus("predict", "houses-1", "--row", "100", "--json").lines[0]["value"] == pytest.approx(250_000, rel=0.05)


# --- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "which recipe? `gradus recipes` lists them; start with: gradus train digits"),
        (["diigts"], 2, "no recipe 'diigts'; did you mean 'digits'?"),
        (["mine.toml"], 3, "mine.toml: cannot be opened, No such file or directory"),
        (["a/b"], 3, "a/b: cannot be opened, No such file or directory"),
        (["xor", "--set", "optimizer.lr=abc"], 2, "optimizer.lr: expected a positive number, got 'abc'"),
        (["xor", "--set", "optimiser.lr=1"], 2, "unknown key 'optimiser'; did you mean 'optimizer'?"),
        (["xor", "--seed", "-1"], 2, "seed: expected a whole number from 0 to 4294967295, got -1"),
        (["xor", "--set", "data.options.nois=1"], 2, "xor: unknown option 'nois'; did you mean 'noise'?"),
        (["xor", "--set", "data.name=mnits"], 2, "unknown dataset 'mnits'; did you mean 'mnist'?"),
        (["xor", "--set", "model.hidden=[100000,100000]"], 2, "model.hidden: 10,000,600,002 parameters"),
        (["xor", "--set", "data.val=0.999"], 2, "data.val: 0.999 of 400 examples leaves 0 to learn from"),
        (["none.csv"], 3, "none.csv: cannot be opened, No such file or directory"),
        (["mnist-mlp", "--data-dir", "nowhere"], 3, "nowhere: is no folder"),
        (["xor", "--out", "/dev/null/x"], 4, "/dev/null/x: cannot make this folder: Not a directory"),
        (["xor", "--resume", "x"], 2, "--resume goes on with a run as it was begun, so it takes no RECIPE"),
        (["--resume", "x", "--seed", "1"], 2, "--resume goes on with a run as it was begun, so it takes no --seed"),
        (["--resume", "x"], 3, "x: no such run; `gradus runs` lists those in ./runs"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_leaves_nothing(arguments, code, message, gradus, tmp_path):
    result = train(gradus, *arguments)
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert result.err.startswith("gradus: error: ")
    assert result.err.count("\n") == 1
    assert os.listdir(tmp_path) == []


def test_a_loss_that_is_no_number(gradus):
    result = train(
        gradus, "moons", "--set", "optimizer.name=sgd", "--set", "optimizer.lr=1e30", "--set", "model.activation=relu"
    )
    assert result.code == 1
    assert "gradus: error: training diverged: the loss became" in result.err
    assert "try a smaller optimizer.lr (it was 1e+30)" in result.err


def test_nothing_is_overwritten(gradus, xor):
    before = sorted(path.stat().st_mtime_ns for path in xor.rglob("*"))
    result = train(gradus, "xor", "--out", xor)
    assert result.code == 2
    assert f"go on with it by --resume {xor}" in result.err
    assert sorted(path.stat().st_mtime_ns for path in xor.rglob("*")) == before


# --- going on --------------------------------------------------------------------------------------------------------


def test_a_finished_run_can_be_made_longer(gradus):
    changes = ["--set", "schedule.name=none"]
    train(gradus, "moons", "--out", "short", "--set", "epochs=3", *changes)
    resumed = train(gradus, "--resume", "short", "--set", "epochs=5", "--json")
    whole = train(gradus, "moons", "--out", "whole", "--set", "epochs=5", *changes, "--json")
    assert [line["event"] for line in resumed.lines] == ["epoch", "epoch", "done"]
    for one, other in zip(resumed.lines, whole.lines[3:], strict=True):
        assert {**one, "seconds": 0, "run": ""} == {**other, "seconds": 0, "run": ""}


def test_going_on_with_a_finished_run_measures_it_again(gradus):
    first = train(gradus, "xor", "--set", "epochs=2", "--json")
    again = train(gradus, "--resume", "xor-1", "--json")
    assert [line["event"] for line in again.lines] == ["done"]
    assert again.lines[0]["test_loss"] == first.lines[-1]["test_loss"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("optimizer.lr=1", "--resume can change epochs and patience only; for another optimizer begin a new run"),
        (
            "epochs=99",
            "schedule cosine is laid out over 2 epochs, so this run cannot be made longer; begin a new one: ",
        ),
        ("epochs=0", "epochs: expected a whole number"),
    ],
)
def test_what_cannot_change_on_the_way(change, message, gradus, tmp_path):
    train(gradus, "moons", "--set", "epochs=2")
    files = [tmp_path / "runs" / "moons-1" / name for name in ("config.toml", "metrics.jsonl")]
    before = [path.read_bytes() for path in files]
    result = train(gradus, "--resume", "moons-1", "--set", change)
    assert result.code == 2
    assert message in result.err
    assert [path.read_bytes() for path in files] == before


def test_other_data_are_refused(gradus, tmp_path):
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    train(gradus, "flowers.csv", "--label", "species", "--set", "epochs=2")
    (tmp_path / "flowers.csv").write_text(FLOWERS.replace("5.3", "5.4"))
    for command in (["train", "--resume", "flowers-1"], ["eval", "flowers-1"]):
        result = gradus(*command)
        assert result.code == 3
        assert "not the data that runs/flowers-1 was" in result.err


def test_another_machine_is_warned_of(gradus, tmp_path):
    train(gradus, "xor", "--set", "epochs=2")
    path = tmp_path / "runs" / "xor-1" / "environment.json"
    path.write_text(path.read_text().replace('"numpy": "', '"numpy": "0.'))
    result = train(gradus, "--resume", "xor-1")
    assert result.code == 0
    assert "gradus: warning: the last bits may differ from an uninterrupted run: numpy 0." in result.err


def test_the_same_machine_is_not_warned_of(process, environment):
    """The number of threads is gradus' own choice here, and it chooses alike when it begins and when it goes on."""
    variables = {name: value for name, value in environment().items() if not name.endswith("_NUM_THREADS")}
    assert process("train", "xor", "--set", "epochs=2", "--no-figures", env=variables).code == 0
    resumed = process("train", "--resume", "xor-1", "--no-figures", env=variables)
    assert (resumed.code, resumed.err) == (0, "going on with runs/xor-1 from step 20\n")


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_used(gradus, tmp_path):
    whole = train(gradus, "xor", "--set", "epochs=3", "--save-every", "0", "--json")
    run = tmp_path / "runs" / "xor-1"
    newest = max((run / "checkpoints").iterdir())
    (newest / "model.safetensors").write_bytes(b"")
    result = train(gradus, "--resume", "xor-1", "--json")
    assert result.code == 0
    assert (
        f"gradus: warning: {newest.relative_to(tmp_path)}/model.safetensors: 0 bytes, the manifest says" in result.err
    )
    assert result.lines[-1]["test_loss"] == whole.lines[-1]["test_loss"]
    assert any(path.name.startswith("damaged-") for path in (run / "checkpoints").iterdir())


def test_a_run_that_died_before_its_first_checkpoint_begins_again(gradus, tmp_path):
    import shutil

    whole = train(gradus, "xor", "--set", "epochs=2", "--json")
    run = tmp_path / "runs" / "xor-1"
    shutil.rmtree(run / "checkpoints")
    (run / "environment.json").unlink()
    (run / "metrics.jsonl").write_text('{"event": "ep')
    again = train(gradus, "--resume", "xor-1", "--json")
    assert [{**line, "seconds": 0} for line in again.lines] == [{**line, "seconds": 0} for line in whole.lines]
    assert (run / "environment.json").exists()
