from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from gradus import cli
from gradus.errors import BadFile, Busy, CheckFailed, Environment, IntegrityError, Network, Usage


def failing(monkeypatch, error):
    """Make `gradus doctor` raise."""

    @click.command("doctor")
    def command():
        raise error

    import gradus.cli.doctor

    monkeypatch.setattr(gradus.cli.doctor, "command", command)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (CheckFailed("the loss became nan"), 1, "the loss became nan"),
        (Usage("no such key"), 2, "no such key"),
        (BadFile("x.csv: line 3"), 3, "x.csv: line 3"),
        (IntegrityError("x: damaged"), 3, "x: damaged"),
        (Environment("disk full"), 4, "disk full"),
        (Network("no answer"), 5, "no answer"),
        (Busy("process 7 is training here"), 6, "process 7 is training here"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (PermissionError(13, "Permission denied", "/x"), 4, "/x: Permission denied"),
        (OSError(28, "No space left on device"), 4, "No space left on device"),
        (MemoryError("cannot allocate 4 TiB"), 4, "out of memory: cannot allocate 4 TiB"),
        (ZeroDivisionError("oops"), 1, "ZeroDivisionError: oops (a fault in gradus; --debug shows where)"),
        (Usage("two\nlines"), 2, "two lines"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_an_error_is_one_line_and_an_exit_code(error, code, message, gradus, monkeypatch):
    failing(monkeypatch, error)
    assert gradus("doctor") == (code, "", f"gradus: error: {message}\n")


def test_debug_shows_where(gradus, monkeypatch):
    failing(monkeypatch, Usage("no such key"))
    with pytest.raises(Usage):
        gradus("doctor", "--debug")
    with pytest.raises(Usage):
        gradus("--debug", "doctor")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trian"], "no command 'trian'; did you mean 'train'? (see gradus --help)"),
        (["--nonsense"], "(see gradus --help)"),
        (["train", "--sed", "3"], "(see gradus train --help)"),
        (["train", "digits", "--seed", "x"], "(see gradus train --help)"),
        (["show"], "Missing argument 'RUN'. (see gradus show --help)"),
        (["data", "lst"], "(see gradus data --help)"),
        (["completion", "tcsh"], "(see gradus completion --help)"),
    ],
)
def test_wrong_usage_says_where_help_is(arguments, message, gradus):
    result = gradus(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("gradus: error: ")
    assert result.err.endswith(f"{message}\n")
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("name", [*cli.COMMANDS, "data list", "data get", "data verify"])
def test_every_command_explains_itself_with_an_example(name, gradus):
    result = gradus(*name.split(), "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: gradus {name}")
    if " " not in name and name != "completion":
        assert f"gradus {name}" in result.out.partition("Examples:")[2]


def test_help_lists_every_command(gradus):
    for arguments in ((), ("--help",)):
        result = gradus(*arguments)
        assert result.code == 0
        for name in cli.COMMANDS:
            assert f"\n  {name} " in result.out


def test_data_alone_explains_itself_too(gradus):
    assert gradus("data") == gradus("data", "--help")


def test_version(gradus):
    from gradus import __version__

    assert gradus("--version") == (0, f"gradus {__version__}\n", "")


def test_help_loads_no_library_but_click(environment):
    """And no room of the command line but the front one."""
    code = (
        "import sys\nfrom gradus.cli import main\nmain(['--help'])\n"
        "print([n for n in ('rich', 'matplotlib', 'safetensors', 'pooch', 'gradus.train', 'gradus.datasets', "
        "'gradus.cli.train') if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell, gradus):
    result = gradus("completion", shell)
    assert result.code == 0
    assert f"_GRADUS_COMPLETE={shell}_complete" in result.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("gradus tr", "train"),
        ("gradus train mnist", "mnist-linear\nplain,mnist-mlp"),
        ("gradus train xor --set optimizer.l", "optimizer.lr="),
        ("gradus data verify mo", "moons"),
    ],
)
def test_completion(words, expected, gradus, monkeypatch):
    monkeypatch.setenv("_GRADUS_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert gradus() == (0, f"plain,{expected}\n", "")


# --- streams ---------------------------------------------------------------------------------------------------------


def test_a_full_disk_behind_stdout(process):
    with open("/dev/full", "wb") as full:
        result = process("recipes", stdout=full)
    assert result.code == 4
    assert result.err == "gradus: error: cannot write to standard output: No space left on device\n"


def test_a_reader_that_has_had_enough(process):
    read, write = os.pipe()
    os.close(read)
    result = process("recipes", "--keys", stdout=write)
    os.close(write)
    assert (result.code, result.err) == (141, "")


def test_closed_stdout_and_stderr(process):
    def close():
        os.close(1)
        os.close(2)

    assert process("recipes", preexec_fn=close).code == 0
    assert process("show", "nothing", preexec_fn=close).code == 3


@pytest.mark.parametrize(
    "variables", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}, {"COLUMNS": "20"}]
)
def test_poor_terminals(variables, process, environment, xor):
    for arguments in (
        ["recipes"],
        ["show", xor],
        ["predict", xor, "--row", "0,1"],
        ["train", "--help"],
        ["data", "list"],
    ):
        result = process(*arguments, env=environment(**variables))
        assert (result.code, result.err) == (0, "")
    if "PYTHONIOENCODING" in variables:
        result.out.encode("ascii")


def test_a_name_that_is_not_text(process):
    result = process(b"show".decode(), os.fsdecode(b"caf\xe9"))
    assert result.code == 3
    assert "Traceback" not in result.err
