from __future__ import annotations

import json
import multiprocessing
import os
import re

import numpy as np
import pytest

from gradus.errors import BadFile, Busy, Environment, Usage
from gradus.train import config
from gradus.train.run import Run


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(recipe="xor"):
    return config.from_dict({"recipe": recipe})


# --- making and finding ----------------------------------------------------------------------------------------------


def test_runs_are_numbered():
    assert [str(Run.create(settings()).path) for _ in range(3)] == ["runs/xor-1", "runs/xor-2", "runs/xor-3"]
    assert str(Run.create(settings("moons")).path) == "runs/moons-1"


@pytest.mark.parametrize(
    ("recipe", "folder"),
    [("../../etc", "etc-1"), ("a b/c", "a-b-c-1"), ("..", "run-1"), ("é", "é-1"), ("x" * 300, "x" * 100 + "-1")],
)
def test_a_recipes_name_stays_inside_runs(recipe, folder):
    assert str(Run.create(settings(recipe)).path) == f"runs/{folder}"


def test_a_folder_of_ones_own(tmp_path):
    run = Run.create(settings(), tmp_path / "a" / "b")
    assert run.config() == settings()
    (tmp_path / "empty").mkdir()
    assert Run.create(settings(), tmp_path / "empty").path == tmp_path / "empty"


def test_nothing_is_overwritten(tmp_path):
    Run.create(settings(), "mine")
    with pytest.raises(Usage, match=r"mine: exists already; go on with it by --resume mine, or choose another --out"):
        Run.create(settings(), "mine")
    (tmp_path / "file").write_text("")
    with pytest.raises(Usage, match=r"file: exists already; choose another --out"):
        Run.create(settings(), "file")


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Environment, match="cannot make this folder"):
        Run.create(settings(), "file/run")
    (tmp_path / "runs").write_text("")
    with pytest.raises(Environment, match="runs/xor-1: cannot make this folder: Not a directory; try --out"):
        Run.create(settings())


def test_a_run_is_found_by_its_path_and_by_its_name(tmp_path):
    made = Run.create(settings())
    assert Run.open("runs/xor-1").path == Run.open("xor-1").path == made.path
    assert Run.open(tmp_path / "runs" / "xor-1").name == "xor-1"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", r"nothing: no such run; `gradus runs` lists those in ./runs"),
        ("/nothing", r"/nothing: no such run"),
        (".", r"\.: not a run: there is no config.toml in it"),
        ("a\0b", "no such run|null byte"),
    ],
)
def test_what_is_no_run(name, message):
    with pytest.raises((BadFile, ValueError), match=message):
        Run.open(name)


def test_finding_sorts_as_people_do(tmp_path):
    for number in (10, 9, 1):
        Run.create(settings(), f"runs/x-{number}")
    (tmp_path / "runs" / "notes").mkdir()
    assert [run.name for run in Run.find("runs")] == ["x-1", "x-9", "x-10"]
    with pytest.raises(BadFile, match="No such file or directory"):
        Run.find("nowhere")


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_damaged_configuration_names_its_file():
    run = Run.create(settings())
    path = run.path / "config.toml"
    path.write_text(path.read_text().replace("lr = 0.001", "lr = 'fast'"))
    with pytest.raises(
        BadFile, match=r"^runs/xor-1/config.toml: optimizer.lr: expected a positive number, got 'fast'$"
    ):
        run.config()


def test_events_and_a_line_that_a_crash_cut_off():
    run = Run.create(settings())
    assert run.events() == []
    run.append({"event": "epoch", "epoch": 1})
    run.append({"event": "done", "test_accuracy": 1.0})
    with open(run.path / "metrics.jsonl", "a") as file:
        file.write('{"event": "epo')
    assert [event["event"] for event in run.events()] == ["epoch", "done"]
    assert run.history() == [{"event": "epoch", "epoch": 1}]
    assert run.result()["test_accuracy"] == 1.0


@pytest.mark.parametrize(
    ("line", "message"), [("nonsense", "line 1: not JSON"), ("[1]", "not a JSON object"), ("{'a'", "line 1")]
)
def test_a_damaged_line_is_named(line, message):
    run = Run.create(settings())
    (run.path / "metrics.jsonl").write_text(f"{line}\n")
    with pytest.raises(BadFile, match=rf"metrics\.jsonl.*{re.escape(message)}"):
        run.events()


def test_json_files():
    run = Run.create(settings())
    assert run.read_json("environment.json") == {}
    run.write_json("environment.json", {"python": "3"})
    assert (
        json.loads((run.path / "environment.json").read_text()) == run.read_json("environment.json") == {"python": "3"}
    )
    (run.path / "environment.json").write_text("[]")
    with pytest.raises(BadFile, match="expected a JSON object"):
        run.read_json("environment.json")


def test_weights_for_use_elsewhere():
    from safetensors.torch import load_file

    path = Run.create(settings()).export({"0.weight": np.eye(2, dtype=np.float32)})
    assert load_file(path)["0.weight"].tolist() == [[1, 0], [0, 1]]


# --- one writer ------------------------------------------------------------------------------------------------------


def test_a_second_process_is_told_who_holds_the_run():
    run = Run.create(settings())
    message = rf"runs/xor-1: process {os.getpid()} is training here; wait for it"
    with run.lock(), pytest.raises(Busy, match=message), Run.open("xor-1").lock():
        pass
    with run.lock():
        pass


def _hold(path, ready):
    with Run(path).lock():
        ready.set()
        os.kill(os.getpid(), 9)


def test_a_lock_dies_with_its_holder():
    run = Run.create(settings())
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=_hold, args=(run.path.absolute(), ready))
    holder.start()
    holder.join()
    assert ready.is_set()
    with run.lock():
        pass
