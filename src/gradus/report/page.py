"""The page about one run: what came out, pictures, numbers, settings, and how to do it again."""

from __future__ import annotations

import os
import shlex
from base64 import b64encode
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gradus import plot
from gradus.errors import GradusError
from gradus.plot.files import write_whole
from gradus.plot.style import DPI
from gradus.report.markup import Markup, join, page, tag
from gradus.report.record import Picture, Record, as_picture, read
from gradus.report.words import headline, is_number, name_of, value

PIXELS = DPI / 96  # of a figure, for one of the page's
WIDE = 600  # pixels of the page; a wider figure is shrunk less on a phone, and scrolled
SAID_ELSEWHERE = ("train_loss", "train_accuracy", "train_mae", "val_loss", "test_samples", "epochs", "steps")
FEW, MANY = 12, 400  # epochs: up to 12 the table is open, above 400 not every one is shown


def write(run_dir: str | os.PathLike[str]) -> Path:
    """Write ``report.html`` into a run directory and return its path.

    The page is made from config.toml, metrics.jsonl, environment.json and figures/*.png, whichever are there; a run
    without figures gets its curves drawn from the metrics. It is one file that asks for nothing else: pictures are
    inside, there is no script, and all text from the run is escaped. The same run gives the same bytes.

    Errors: BadFile when run_dir is no run, Environment when the page cannot be written.
    """
    record = read(run_dir)
    return write_whole(Path(run_dir) / "report.html", render(record, where=_place(run_dir, record)).encode())


def render(record: Record, where: str) -> str:
    """The page as a string; where: the run directory, as commands on the page name it."""
    said = headline(record)
    recipe = record.config.get("recipe")
    about = record.config.get("about")
    header = tag(
        "header",
        tag("p", f"{recipe} · {record.name}" if recipe and recipe != record.name else record.name),
        tag("h1", said),
        tag("p", about) if about else None,
        facts(record.done),
    )
    body = [
        header,
        notes(record.problems),
        section("Pictures", figures(record.pictures or drawn(record.history))),
        section("Epoch by epoch", epochs(record.history, record.done.get("best_epoch"))),
        section("Settings", settings(record)),
        section("Do it again", commands(record, where)),
        tag("footer", "Written by gradus. This page is one file; it loads nothing from elsewhere."),
    ]
    return page(f"{record.name}: {said}", *body)


def _place(run_dir: str | os.PathLike[str], record: Record) -> str:
    """The folder as the user named it; only its last name where the path tells about the machine."""
    path = Path(run_dir)
    return record.name if path.is_absolute() or ".." in path.parts or path == Path() else path.as_posix()


# ---------------------------------------------------------------------------------------------------------------------
# The parts, each empty (None) where there is nothing to say


def section(title: str, content: Markup | None) -> Markup | None:
    """A heading and what stands under it."""
    return tag("section", tag("h2", title), content) if content else None


def facts(done: Mapping[str, Any]) -> Markup | None:
    """The final numbers, large; those of training and validation stand in the table, in the row of the best epoch."""
    shown = [key for key, number in done.items() if is_number(number) and key not in SAID_ELSEWHERE]
    shown.sort(key=lambda key: not key.endswith("accuracy"))
    pairs = [tag("div", tag("dt", name_of(key)), tag("dd", value(key, done[key]))) for key in shown]
    return tag("dl", *pairs, class_="facts") if pairs else None


def notes(problems: Iterable[str]) -> Markup | None:
    """What could not be read."""
    said = [tag("p", problem, class_="note") for problem in problems]
    return join(*said) if said else None


def figures(pictures: Iterable[Picture]) -> Markup | None:
    """The pictures, each with its alt text and caption."""
    shown = [figure(picture) for picture in pictures]
    return tag("div", *shown, class_="figures") if shown else None


def figure(picture: Picture) -> Markup:
    """One picture inside the page, at the size it was drawn for."""
    source = "data:image/png;base64," + b64encode(picture.content).decode()
    width, height = round(picture.width / PIXELS), round(picture.height / PIXELS)
    image = tag("img", src=source, alt=picture.alt, width=width, height=height)
    caption = join(tag("strong", f"{picture.title}."), " ", picture.caption)
    kind, style = ("wide" if width > WIDE else None), f"--natural: {width}px; width: calc({width}px + 1.3rem)"
    return tag("figure", tag("div", image, class_="picture"), tag("figcaption", caption), class_=kind, style=style)


def drawn(history: list[dict[str, Any]]) -> list[Picture]:
    """The curves of a run that was stopped before it drew them; none where there is nothing to draw."""
    pictures = []
    for name, draw in (("loss", plot.loss_curves), ("accuracy", plot.accuracy_curves)):
        try:
            pictures.append(as_picture(name, plot.png(draw(history))))
        except GradusError:
            continue
    return [picture for picture in pictures if picture is not None]


def epochs(history: list[dict[str, Any]], best: object) -> Markup | None:
    """The table of metrics, folded away when it is long; the epoch ``best`` is set off."""
    if not history:
        return None
    keys = [key for key in _order(history) if any(is_number(row.get(key)) for row in history)]
    step = -(-len(history) // MANY)
    rows = [row for number, row in enumerate(history, 1) if number % step == 0 or number in (1, len(history))]
    head = tag("tr", *(tag("th", name_of(key), scope="col") for key in keys))
    lines = [_line(row, keys, row.get("epoch") == best) for row in rows]
    table = tag("div", tag("table", tag("thead", head), tag("tbody", *lines)), class_="scroll")
    if len(rows) <= FEW:
        return table
    name = f"All {len(rows)} epochs" if step == 1 else f"{len(rows)} of {len(history)} epochs"
    return tag("details", tag("summary", name), table)


def _order(history: list[dict[str, Any]]) -> list[str]:
    usual = ["epoch", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "lr", "seconds"]
    others = dict.fromkeys(key for row in history for key in row if key not in (*usual, "event", "step"))
    return [*usual, *others]


def _line(row: Mapping[str, Any], keys: list[str], best: bool) -> Markup:
    first = tag("th", value(keys[0], row.get(keys[0])), scope="row")
    cells = [tag("td", value(key, row.get(key))) for key in keys[1:]]
    return tag("tr", first, *cells, class_="best" if best else None)


def settings(record: Record) -> Markup | None:
    """The configuration as it stands in its file, and the machine."""
    parts = []
    if record.config_text:
        parts.append(folded("Configuration (config.toml)", tag("pre", tag("code", record.config_text))))
    if record.environment:
        rows = [tag("tr", tag("th", key, scope="row"), tag("td", said)) for key, said in flat(record.environment)]
        parts.append(folded("Environment", tag("table", tag("tbody", *rows), class_="words")))
    return join(*parts) if parts else None


def folded(name: str, content: Markup) -> Markup:
    """Something that is there when asked for."""
    return tag("details", tag("summary", name), content)


def flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Nested tables as dotted keys; lists as words.

    >>> flat({"seed": 0, "fingerprint": {"numpy": "2.4", "simd": ["AVX2", "FMA3"]}})
    [('seed', '0'), ('fingerprint.numpy', '2.4'), ('fingerprint.simd', 'AVX2 FMA3')]
    """
    pairs = []
    for key, item in table.items():
        if isinstance(item, Mapping):
            pairs += flat(item, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", " ".join(map(str, item)) if isinstance(item, list) else str(item)))
    return pairs


def commands(record: Record, where: str) -> Markup | None:
    """The commands that repeat the run, go on with it, or show it."""
    lines = []
    if record.config_text:
        lines.append((f"gradus train {shlex.quote(where + '/config.toml')}", "the same run once more, from the start"))
        if not record.done:
            lines.append((f"gradus train --resume {shlex.quote(where)}", "go on where it stopped"))
    lines.append((f"gradus show {shlex.quote(where)}", "its numbers, and where its pictures are"))
    said = [join(tag("dt", tag("pre", tag("code", command))), tag("dd", meaning)) for command, meaning in lines]
    return tag("dl", *said, class_="commands")
