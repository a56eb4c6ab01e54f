"""The command line: it parses, calls a room, prints. Data goes to stdout, everything else to stderr.

Each command lives in a file of its own, which is imported when the command is used; so `gradus --help` loads nothing
but click. This file is the one place where an error becomes a line and an exit code.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from gradus._version import __version__
from gradus.errors import Environment, GradusError

COMMANDS = {
    "train": "Train a network from a recipe, or go on with a run.",
    "eval": "Measure a trained run on the test examples.",
    "predict": "Ask a trained run about an image, a row of numbers or a test example.",
    "show": "Show a run: its settings, numbers and pictures.",
    "runs": "Compare runs in a table.",
    "recipes": "List the ready experiments, or print one.",
    "data": "List, download and check datasets.",
    "doctor": "Say what gradus found on this machine, and what is wrong with it.",
    "completion": "Print the script that makes the shell complete gradus commands.",
}

EXIT_CODES = """\b
Exit codes:
  0 ok              1 check failed      2 wrong usage
  3 bad file        4 machine refuses   5 network
  6 busy          130 interrupted"""

COMPLETE = "_GRADUS_COMPLETE"
QUIET_PIPE = 141  # as a shell reports a program that SIGPIPE ended


class LazyGroup(click.Group):
    """Knows its commands by name and imports a command's file only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command `gradus NAME`."""
        return import_module(f"gradus.cli.{name}").command if name in COMMANDS else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """As click does, with a suggestion for a misspelt name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from gradus.io.suggest import did_you_mean

            raise click.UsageError(f"no command {args[0]!r}{did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in --help, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, invoke_without_command=True, epilog=EXIT_CODES, context_settings={"max_content_width": 100})
@click.version_option(__version__, message="gradus %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error; works after a command too.")
@click.pass_context
def gradus(ctx: click.Context, debug: bool) -> None:
    """Deep learning that you can see through.

    \b
    Start here:
      gradus train digits                   learn to read handwriting, in seconds
      gradus show runs/digits-1             what was learned
      gradus predict runs/digits-1 --index 0
      gradus recipes                        what else there is to try

    Every command explains itself: gradus train --help.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        return _main(list(sys.argv[1:] if argv is None else argv))
    finally:
        if argv is None:
            # All is said; another Ctrl-C must not turn Python's leaving into a traceback.
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _main(arguments: list[str]) -> int:
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    _never_fail_to_encode()
    try:
        code = _run(arguments)
        _flush()
        return code
    except BrokenPipeError:  # whoever read the output has had enough, as in `gradus runs | head -1`
        _drop_stdout()
        return QUIET_PIPE
    except BaseException as error:
        if debug and not isinstance(error, SystemExit):
            raise
        return _report(error)


def _run(arguments: list[str]) -> int:
    if instruction := os.environ.get(COMPLETE):
        from click.shell_completion import shell_complete

        return shell_complete(gradus, {}, "gradus", COMPLETE, instruction)
    try:
        with gradus.make_context("gradus", arguments) as context:
            return gradus.invoke(context) or 0
    except click.exceptions.Exit as done:  # --help and --version end so
        return done.exit_code


def _report(error: BaseException) -> int:
    """Print an error on one line and return its exit code."""
    match error:
        case SystemExit():
            return error.code if isinstance(error.code, int) else int(error.code is not None)
        case KeyboardInterrupt() | click.Abort():
            return _say("interrupted", 130)
        case click.UsageError():
            command = error.ctx.command_path if error.ctx else "gradus"
            return _say(f"{error.format_message()} (see {command} --help)", 2)
        case click.ClickException():
            return _say(error.format_message(), error.exit_code)
        case GradusError():
            return _say(str(error), error.exit_code)
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return _say(f"{where}{error.strerror or error}", Environment.exit_code)
        case MemoryError():
            return _say(f"out of memory: {error}".rstrip(": "), Environment.exit_code)
        case _:
            return _say(f"{type(error).__name__}: {error} (a fault in gradus; --debug shows where)", 1)


def _say(message: str, code: int) -> int:
    try:
        print("gradus: error:", " ".join(message.split()), file=sys.stderr, flush=True)
    except OSError:  # nobody listens; the exit code still tells
        pass
    return code


# ---------------------------------------------------------------------------------------------------------------------
# Streams.


def _never_fail_to_encode() -> None:
    """A character that the terminal cannot show is escaped instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _flush() -> None:
    """Write out what is buffered, while an error can still be told."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _drop_stdout()
        raise Environment(f"cannot write to standard output: {error.strerror}") from error


def _drop_stdout() -> None:
    """Send what is still buffered nowhere: Python would try to write it once more on leaving, and complain."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        pass
