"""gradus data: which datasets there are, getting them, checking them."""

from __future__ import annotations

import click

from gradus.cli.arguments import data_dir_option, dataset_argument
from gradus.cli.console import facts, json_option, out, out_json, table
from gradus.cli.download import Download
from gradus.errors import IntegrityError


@click.group("data", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List, download and check datasets.

    \b
    Examples:
      gradus data list
      gradus data get mnist
      gradus data verify mnist --data-dir /data
    """
    if ctx.invoked_subcommand is None:
        out(ctx.get_help())


@command.command("list", short_help="List the datasets, and whether they are here.")
@data_dir_option
@json_option
def list_(data_dir: str | None, as_json: bool) -> None:
    """List the datasets: what they are, how large, and whether they are on this machine."""
    from gradus import datasets

    rows = []
    for name in datasets.names():
        about = datasets.describe(name)
        ready = datasets.status(name, data_dir).ready
        if as_json:
            out_json({**about, "ready": ready})
        examples = f"{about['train']:,} + {about['test']:,}" if about["train"] else "any number"
        rows.append([name, examples, "here" if ready else "to download", about["about"]])
    if not as_json:
        out(table(rows, ["name", "examples", "", "what"]))
        out("\nYour own table: gradus train flowers.csv --label species")


@command.command("get", short_help="Download a dataset into the cache.")
@dataset_argument
@data_dir_option
@json_option
def get(name: str, data_dir: str | None, as_json: bool) -> None:
    """Download dataset NAME into the cache, unless it is on this machine already."""
    from gradus import datasets

    paths = [str(path) for path in datasets.fetch(name, data_dir, progress=Download())]
    if as_json:
        out_json({"name": name, "files": paths})
    elif paths:
        out("\n".join(paths))
    else:
        out(f"{name} comes with gradus; there is nothing to download")


@command.command("verify", short_help="Compare a dataset's files with their SHA-256.")
@dataset_argument
@data_dir_option
@json_option
def verify(name: str, data_dir: str | None, as_json: bool) -> None:
    """Compare every file of dataset NAME with its recorded SHA-256; exit code 3 when one differs or is missing."""
    from gradus import datasets

    checks = datasets.verify(name, data_dir)
    for check in checks:
        if as_json:
            out_json({"name": name, "file": check.file, "ok": check.ok, "detail": check.detail})
    if not as_json:
        lines = {check.file: f"{'ok' if check.ok else 'WRONG'}  {check.detail}" for check in checks}
        out(facts(lines) or f"{name} is generated; there is nothing to check")
    wrong = [check.file for check in checks if not check.ok]
    if wrong:
        raise IntegrityError(f"{name}: {len(wrong)} of {len(checks)} files missing or damaged: {', '.join(wrong)}")
