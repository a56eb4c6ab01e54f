"""Runs that are interrupted or killed, in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from gradus.train import checkpoint
from gradus.train.run import Run

ARGUMENTS = ["train", "moons", "--set", "epochs=30", "--set", "model.dropout=0.2", "--no-figures"]


@pytest.fixture
def start(tmp_path, environment):
    """Begin training in a process; returns it."""
    started = []

    def begin(*arguments, **options):
        command = [sys.executable, "-m", "gradus", *map(str, arguments)]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(command, cwd=tmp_path, env=environment(), text=True, **{**pipes, **options}))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def wait_for(condition, process, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it never came"
        time.sleep(0.002)


def epochs_in(path):
    return path.read_bytes().count(b'"epoch", ') if path.exists() else 0


def without_times(path):
    return [{**json.loads(line), "seconds": 0, "run": ""} for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The run that nobody interrupts."""
    from gradus.cli import main

    folder = tmp_path_factory.mktemp("whole") / "run"
    assert main([*ARGUMENTS, "--out", str(folder)]) == 0
    return folder


def assert_same_run(run, whole):
    assert without_times(run / "metrics.jsonl") == without_times(whole / "metrics.jsonl")
    assert (run / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
    ours, theirs = (checkpoint.load(Run(path).checkpoints) for path in (run, whole))
    for name in ("model", "optimizer", "best"):
        for key, array in theirs.snapshot.tensors[name].items():
            assert ours.snapshot.tensors[name][key].tobytes() == array.tobytes(), (name, key)
    ignored = {"seconds", "history", "best"}
    assert {k: v for k, v in ours.snapshot.state.items() if k not in ignored} == {
        k: v for k, v in theirs.snapshot.state.items() if k not in ignored
    }


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_a_signal_finishes_the_step_saves_and_says_how_to_go_on(number, code, start, gradus, tmp_path, whole):
    process = start(*ARGUMENTS, "--out", "run")
    wait_for(lambda: epochs_in(tmp_path / "run" / "metrics.jsonl") >= 3, process)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    step = checkpoint.load(tmp_path / "run" / "checkpoints").snapshot.state["step"]
    assert err.splitlines()[-1] == f"gradus: stopped at step {step}, resume with: gradus train --resume run"
    assert gradus("train", "--resume", "run", "--no-figures").code == 0
    assert_same_run(tmp_path / "run", whole)


def test_a_run_that_is_killed_again_and_again_is_the_run_that_was_not(start, gradus, tmp_path, whole):
    """SIGKILL at six moments, most of them in the middle of a checkpoint: one is being written after every step."""
    run = tmp_path / "run"
    begin = [*ARGUMENTS, "--out", "run"]
    for epochs in (1, 2, 4, 5, 7, 9):
        process = start(*begin, "--save-every", "0")
        wait_for(lambda process=process, epochs=epochs: epochs_in(run / "metrics.jsonl") >= epochs, process)
        time.sleep(0.003 * epochs)
        process.kill()
        process.communicate()
        begin = ["train", "--resume", "run", "--no-figures"]
    assert gradus("train", "--resume", "run", "--no-figures").code == 0
    assert_same_run(run, whole)
    assert not any(name.startswith(".tmp-") for name in os.listdir(run / "checkpoints"))


def test_a_second_process_is_refused_at_once(start, gradus, tmp_path):
    process = start(*ARGUMENTS, "--set", "epochs=100000", "--out", "run")
    wait_for(lambda: epochs_in(tmp_path / "run" / "metrics.jsonl") >= 1, process)
    result = gradus("train", "--resume", "run")
    assert result.code == 6
    assert (
        result.err
        == f"gradus: error: run: process {process.pid} is training here; wait for it or choose another --out\n"
    )
    for command in ("show", "eval"):  # reading is allowed
        assert gradus(command, "run").code in (0, 3)


def test_a_second_ctrl_c_does_not_wait(start, tmp_path):
    """The first one comes while a step runs that takes seconds: a batch of two million rows."""
    large = ["--set", "data.options.n=2000000", "--set", "batch_size=2000000", "--set", "model.hidden=[64,64]"]
    process = start(*ARGUMENTS, *large, "--out", "run")
    wait_for((tmp_path / "run" / "metrics.jsonl").exists, process)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped at step" not in err
    assert "Traceback" not in err


def test_a_terminal_gets_a_bar(start, tmp_path):
    import pty

    ours, theirs = pty.openpty()
    process = start("train", "moons", "--set", "epochs=40", "--no-figures", stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait(timeout=60) == 0
    text = seen.decode()
    assert "epoch 40/40" in text.replace("\x1b[0m", "")
    assert "left" in text
    assert "\x1b[?25h" in text, "the cursor is visible again"
