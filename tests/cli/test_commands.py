"""eval, predict, show, runs, recipes, data, doctor."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

from gradus.datasets import load
from gradus.io import safetensors

# --- eval ------------------------------------------------------------------------------------------------------------


def test_eval_finds_what_train_found(gradus, digits):
    done = json.loads((digits / "metrics.jsonl").read_text().splitlines()[-1])
    (found,) = gradus("eval", digits, "--json").lines
    assert found["test_accuracy"] == done["test_accuracy"]
    assert found["test_loss"] == pytest.approx(done["test_loss"], rel=1e-6)
    matrix = np.array(found["confusion_matrix"])
    assert matrix.sum() == found["samples"] == 360
    assert np.trace(matrix) / 360 == pytest.approx(found["test_accuracy"])
    (kept_aside,) = gradus("eval", digits, "--split", "val", "--json").lines
    assert kept_aside["val_accuracy"] == done["val_accuracy"]


def test_eval_in_words(gradus, digits):
    lines = gradus("eval", digits).out.splitlines()
    assert lines[1] == "examples       360"
    assert lines[6].split() == ["0", "36", *lines[6].split()[2:]]
    assert len(lines) == 16


def test_the_weights_work_in_pytorch(digits):
    model = torch.nn.Sequential(
        torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Dropout(), torch.nn.Linear(256, 128), torch.nn.ReLU(),
        torch.nn.Dropout(), torch.nn.Linear(128, 10),
    ).eval()  # fmt: skip
    model.load_state_dict(
        {name: torch.tensor(array) for name, array in safetensors.load(digits / "model.safetensors").items()}
    )
    about, data = json.loads((digits / "data.json").read_text())["inputs"], load("digits")
    x = (data.x_test - np.float32(about["mean"])) / np.float32(about["deviation"])
    right = model(torch.tensor(x)).argmax(dim=1).numpy() == data.y_test
    done = json.loads((digits / "metrics.jsonl").read_text().splitlines()[-1])
    assert right.mean() == pytest.approx(done["test_accuracy"])


# --- predict ---------------------------------------------------------------------------------------------------------


def test_predict_by_index(gradus, digits):
    data = load("digits")
    said = [gradus("predict", digits, "--index", i, "--json").lines[0] for i in range(20)]
    assert [answer["truth"] for answer in said] == [str(label) for label in data.y_test[:20]]
    assert sum(answer["label"] == answer["truth"] for answer in said) >= 17
    assert all(sum(answer["probabilities"].values()) == pytest.approx(1) for answer in said)
    assert all(answer["probability"] == max(answer["probabilities"].values()) for answer in said)


def test_predict_draws_what_the_network_sees(gradus, digits):
    out = gradus("predict", digits, "--index", 0).out
    assert "@@" in out
    assert "█" in out
    assert "truth: 0, right" in out


def test_predict_an_image_file(gradus, digits, tmp_path):
    from PIL import Image

    data = load("digits")
    pixels = (255 * (1 - data.x_test[0].reshape(8, 8))).astype(np.uint8)  # ink on paper
    Image.fromarray(pixels).resize((80, 80), Image.Resampling.NEAREST).save(tmp_path / "digit.png")
    (answer,) = gradus("predict", digits, "digit.png", "--json").lines
    assert answer["label"] == str(data.y_test[0])
    assert "truth" not in answer


def test_predict_a_row(gradus, xor):
    for row in ("0,0", "0, 1", "1e0,.0"):
        (answer,) = gradus("predict", xor, "--row", row, "--json").lines
        assert answer["label"] in ("same", "different")


def test_predict_a_number(gradus, sine):
    assert gradus("predict", sine, "--row", "1.5707", "--json").lines[0]["value"] == pytest.approx(1, abs=0.3)
    assert gradus("predict", sine, "--index", "3").out.splitlines()[-1].startswith("truth: ")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "predict needs one question: an IMAGE file, --row NUMBERS or --index N"),
        (["--row", "1,2", "--index", "0"], 2, "predict needs one question"),
        (["--row", "1"], 2, "--row: expected 2 numbers (x1, x2), got 1"),
        (["--row", "1,x"], 2, "--row: expected numbers with commas between, got '1,x'"),
        (["--row", "1,1e99"], 2, "--row: a number is not finite or too large in '1,1e99'"),
        (["--row", "1,nan"], 2, "--row: a number is not finite or too large"),
        (["--index", "200"], 2, "--index 200: the test set has 200 examples, numbered from 0"),
        (["digit.png"], 2, "was not trained on images; ask it with --row x1,x2"),
    ],
)
def test_wrong_questions(arguments, code, message, gradus, xor):
    result = gradus("predict", xor, *arguments)
    assert (result.code, result.out) == (code, "")
    assert message in result.err


def test_a_picture_that_is_none(gradus, digits, tmp_path):
    (tmp_path / "digit.png").write_bytes(b"not a picture")
    result = gradus("predict", digits, "digit.png")
    assert result.code == 3
    assert "digit.png" in result.err


# --- show and runs ---------------------------------------------------------------------------------------------------


def test_show(gradus, digits):
    out = gradus("show", digits).out
    for words in ("recipe     digits", "4 epochs, batches of 32, seed 0", "test accuracy", "loss ", "adamw, lr 0.002"):
        assert words in out
    (record,) = gradus("show", digits, "--json").lines
    assert record["config"]["model"]["hidden"] == [256, 128]
    assert len(record["epochs"]) == 4
    assert record["result"]["event"] == "done"


def test_show_an_unfinished_run(gradus, xor, tmp_path):
    shutil.copytree(xor, tmp_path / "run")
    (tmp_path / "run" / "metrics.jsonl").write_text("")
    out = gradus("show", "run").out
    assert "no epoch is finished yet" in out
    assert "not finished; go on with: gradus train --resume run" in out


@pytest.fixture
def several(gradus, tmp_path):
    for lr in (0.0001, 0.05):
        gradus("train", "xor", "--set", "epochs=2", "--set", f"optimizer.lr={lr}", "--no-figures")
    gradus("train", "xor", "--set", "epochs=1", "--seed", "3", "--no-figures")
    (tmp_path / "runs" / "xor-3" / "metrics.jsonl").write_text("")
    return gradus


def test_runs_are_compared_by_result_with_what_differs(several):
    lines = several("runs").out.splitlines()
    header = lines[0].split()
    assert header[0] == "run"
    assert header[-3:] == ["time", "seed", "optimizer.lr"]
    assert [line.split()[0] for line in lines[1:]] == ["runs/xor-2", "runs/xor-1", "runs/xor-3"]
    assert "unfinished" in lines[3]


def test_runs_in_a_narrow_terminal(several, monkeypatch):
    whole = several("runs").out
    monkeypatch.setattr("gradus.cli.runs.is_terminal", lambda stream: True)
    for columns, kept, gone in [
        (80, "run test accuracy val accuracy epochs time seed optimizer.lr", "val loss, parameters, test loss"),
        (33, "run test accuracy seed", "val loss, parameters, test loss, epochs, val accuracy, time, optimizer.lr"),
    ]:
        monkeypatch.setenv("COLUMNS", str(columns))
        result = several("runs")
        assert max(map(len, result.out.splitlines())) <= columns
        assert result.out.splitlines()[0].split() == kept.split()
        assert result.err == f"no room here for {gone}: gradus runs --json\n"
    monkeypatch.setenv("COLUMNS", "200")
    assert several("runs") == (0, whole, "")


def test_runs_as_json_and_sorted(several):
    records = several("runs", "--json", "--sort", "optimizer.lr").lines
    assert [record["config"]["optimizer"]["lr"] for record in records] == [0.05, 0.02, 0.0001]
    assert [record["status"] for record in records] == ["done", "unfinished", "done"]
    seconds = [
        record["seconds"] for record in several("runs", "--json", "--sort", "seconds").lines if "seconds" in record
    ]
    assert seconds == sorted(seconds)
    assert "no run has that; did you mean 'seconds'?" in several("runs", "--sort", "second").err


def test_a_damaged_run_does_not_hide_the_others(several, tmp_path):
    (tmp_path / "runs" / "xor-1" / "config.toml").write_text("nonsense")
    result = several("runs", "--json")
    assert result.code == 0
    assert [record["run"] for record in result.lines] == ["runs/xor-2", "runs/xor-3"]
    assert "gradus: warning: runs/xor-1/config.toml: not TOML" in result.err


def test_no_runs(gradus, tmp_path):
    assert gradus("runs") == (0, "", "no runs here yet; make one with: gradus train digits\n")
    (tmp_path / "other").mkdir()
    assert "no runs in other" in gradus("runs", "other").err
    assert gradus("runs", "nowhere").code == 3


# --- recipes, data, doctor -------------------------------------------------------------------------------------------


def test_recipes(gradus):
    names = [line.split()[0] for line in gradus("recipes").out.splitlines()]
    assert names == ["xor", "moons", "digits", "mnist-linear", "mnist-mlp", "table"]
    assert [line["recipe"] for line in gradus("recipes", "--json").lines] == names
    assert gradus("recipes", "xor").out.startswith("# The problem that one neuron cannot solve")
    assert gradus("recipes", "mnist-mlp", "--json").lines[0]["optimizer"]["betas"] == [0.9, 0.999]
    assert "optimizer.momentum = 0.0" not in gradus("recipes", "--keys").out
    keys = gradus("recipes", "digits", "--keys", "--json").lines
    assert {"key": "data.scale", "value": "unit"}.items() <= next(k for k in keys if k["key"] == "data.scale").items()


def test_a_recipe_that_was_printed_can_be_trained(gradus, tmp_path):
    (tmp_path / "mine.toml").write_text(gradus("recipes", "xor").out.replace("epochs = 100", "epochs = 1"))
    assert gradus("train", "mine.toml", "--no-figures", "--json").lines[-1]["run"] == "runs/mine-1"


def test_data_list(gradus):
    out = gradus("data", "list").out
    assert "digits   1,437 + 360" in out
    listed = {line["name"]: line for line in gradus("data", "list", "--json").lines}
    assert listed["digits"]["ready"]
    assert listed["moons"]["options"]["noise"] == 0.1


def test_data_verify_and_get(gradus, home, monkeypatch):
    assert [line["ok"] for line in gradus("data", "verify", "digits", "--json").lines] == [True, True]
    assert gradus("data", "verify", "moons").out == "moons is generated; there is nothing to check\n"
    assert gradus("data", "get", "moons").code == 0
    monkeypatch.delenv("GRADUS_DATA", raising=False)
    monkeypatch.setenv("GRADUS_OFFLINE", "1")
    missing = gradus("data", "verify", "mnist")
    assert missing.code == 3
    assert missing.err.startswith("gradus: error: mnist: 4 of 4 files missing or damaged: train-images")
    assert missing.out.count("not on this machine") == 4
    assert gradus("data", "get", "mnist").code == 5
    assert gradus("data", "get", "mnits").code == 2


def test_doctor(gradus, home):
    result = gradus("doctor")
    assert (result.code, result.err) == (0, "")
    for name in ("numpy", "blas", "threads", "kernels", "cache", "datasets here"):
        assert f"  {name} " in result.out
    (facts,) = gradus("doctor", "--json").lines
    assert facts["ok"]
    assert facts["problems"] == []


def test_doctor_says_what_is_wrong(gradus, home, monkeypatch):
    monkeypatch.setenv("GRADUS_DATA", "/nowhere")
    result = gradus("doctor")
    assert result.code == 4
    assert result.err == "gradus: error: $GRADUS_DATA is /nowhere, which is no folder\n"
    assert "!  GRADUS_DATA" in result.out
