"""Files that are not what their names say, given to every command: one line, the right exit code, no traceback."""

from __future__ import annotations

import os
import shutil

import pytest

KINDS = ("missing", "folder", "empty", "garbage", "not UTF-8", "pipe", "device", "dangling link", "huge")


def become(path, kind):
    """Put something else in a file's place."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    contents = {"empty": b"", "garbage": b'{"a": [1, nonsense\n\x00\n', "not UTF-8": b"\xff\xfe\xfa = 1\n"}
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "dangling link":
        path.symlink_to("nowhere")
    elif kind == "huge":
        path.touch()
        os.truncate(path, 2**40)  # holes take no space
    elif kind in contents:
        path.write_bytes(contents[kind])


def assert_told_off(result, codes):
    assert result.code in codes, result
    assert "a fault in gradus" not in result.err, result
    errors = [line for line in result.err.splitlines() if line.startswith("gradus: error: ")]
    assert len(errors) == (result.code != 0)


COMMANDS = (["show"], ["eval"], ["predict", "--row", "0,1"], ["train", "--no-figures", "--resume"])
FILES = ("config.toml", "data.json", "metrics.jsonl", "environment.json", "checkpoints")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", FILES)
def test_a_run_with_a_foreign_file_in_it(file, kind, gradus, xor, tmp_path):
    for command in COMMANDS:
        run = tmp_path / "-".join(command).replace(",", "")
        shutil.copytree(xor, run)
        become(run / file, kind)
        assert_told_off(gradus(*command, run), codes=(0, 3, 4))
    if file == "config.toml":
        assert gradus("show", run).code == 3
    assert_told_off(gradus("runs", "."), codes=(0,))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", ["MANIFEST.json", "state.json", "model.safetensors", "best.safetensors"])
def test_a_checkpoint_with_a_foreign_file_in_it(file, kind, gradus, xor, tmp_path):
    """The one before it is used; of the last one, after 30 steps, only its name is told."""
    shutil.copytree(xor, tmp_path / "run")
    become(tmp_path / "run" / "checkpoints" / "step-00000030" / file, kind)
    result = gradus("predict", "run", "--row", "0,1")
    assert result.code == 0
    assert "gradus: warning: run/checkpoints/step-00000030/" in result.err
    assert "the checkpoint before it is used" in result.err


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["recipe.toml", "table.csv"])
def test_a_recipe_or_a_table_that_is_none(name, kind, gradus, tmp_path):
    become(tmp_path / name, kind)
    label = ["--label", "a"] if name == "table.csv" else []
    result = gradus("train", tmp_path / name, "--no-figures", "--set", "epochs=1", *label)
    if (name, kind) == ("recipe.toml", "empty"):  # an empty TOML file is a recipe: every default
        assert result.code == 0
    else:
        assert_told_off(result, codes=(2, 3))
        assert name in result.err
        assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_none(kind, gradus, digits, tmp_path):
    become(tmp_path / "seven.png", kind)
    result = gradus("predict", digits, "seven.png")
    assert_told_off(result, codes=(3,))
    assert "seven.png" in result.err


@pytest.mark.parametrize("command", ["show", "eval", "predict", "runs", "train"])
@pytest.mark.parametrize("name", ["", ".", "/", "/dev/null", "x" * 300, "a/" * 2500, "new\nline", "café", "-"])
def test_a_run_that_is_none(command, name, gradus, tmp_path):
    arguments = {"predict": ["--row", "1,2"], "train": ["--resume"]}.get(command, [])
    codes = (0, 2, 3, 4) if command == "runs" else (2, 3, 4)
    assert_told_off(gradus(command, *arguments, name), codes)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_written(gradus, xor, tmp_path, monkeypatch):
    """Root may write everywhere, so the system's answer is played."""

    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    from pathlib import Path

    monkeypatch.setattr(Path, "mkdir", refuse)
    result = gradus("train", "xor", "--out", "run")
    assert (result.code, result.out) == (4, "")
    assert result.err == "gradus: error: run: cannot make this folder: Permission denied\n"


def test_weights_that_are_no_numbers_are_warned_of(gradus, xor, tmp_path):
    import numpy as np

    from gradus.train import checkpoint

    shutil.copytree(xor, tmp_path / "run")
    folder = tmp_path / "run" / "checkpoints"
    snapshot = checkpoint.load(folder).snapshot
    snapshot.tensors["best"]["0.bias"][0] = np.nan
    snapshot.state["step"] = 99
    checkpoint.save(folder, snapshot)
    result = gradus("predict", "run", "--row", "0,1")
    assert "gradus: warning: run/checkpoints/step-00000099: 0.bias holds numbers that are not finite" in result.err
    assert result.code in (0, 1)
