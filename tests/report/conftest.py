"""A run directory as training leaves it, and a reader of pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from gradus import plot
from gradus.report.markup import VOID

CONFIG = """# The whole configuration of one run.

recipe = "digits"
about = "8 by 8 pixels"
seed = 7
epochs = 20

[data]
name = "digits"

[optimizer]
lr = 0.01
"""
ENVIRONMENT = {"fingerprint": {"numpy": "2.4.6", "simd": ["AVX2", "FMA3"]}, "command": ["gradus", "train"], "seed": 7}


def epoch(number: int) -> dict:
    return {
        "event": "epoch",
        "epoch": number,
        "step": 10 * number,
        "train_loss": 1 / number,
        "val_loss": 1.1 / number,
        "train_accuracy": 1 - 0.2 / number,
        "val_accuracy": 1 - 0.3 / number,
        "lr": 0.01,
        "seconds": 0.1,
    }


def done(**more: object) -> dict:
    numbers = {"test_accuracy": 0.978, "test_loss": 0.0912, "test_samples": 360, "parameters": 17226}
    return {"event": "done", "run": "runs/digits-1", **numbers, "best_epoch": 14, "seconds": 2.1, **more}


Make = Callable[..., Path]


@pytest.fixture
def make_run(tmp_path: Path) -> Make:
    """make_run(name, events, config, environment, figures): any of them may be None, and is then not there."""

    def make(
        name: str = "digits-1",
        events: list | None = None,
        config: str | None = CONFIG,
        environment: dict | None = ENVIRONMENT,
        figures: bool = True,
    ) -> Path:
        path = tmp_path / name
        path.mkdir(parents=True)
        events = [*map(epoch, range(1, 21)), done()] if events is None else events
        (path / "metrics.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        if config is not None:
            (path / "config.toml").write_text(config, encoding="utf-8")
        if environment is not None:
            (path / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
        if figures:
            plot.save(plot.confusion_matrix(np.eye(3)), path / "figures" / "confusion.png")
            plot.save(plot.loss_curves([epoch(1), epoch(2)]), path / "figures" / "loss.png")
        return path

    return make


class Reader(HTMLParser):
    """Reads a page strictly: every element is closed in its turn. Keeps the tags, and the text as people see it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []  # (innermost element, text)
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in <{tag}>"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def text(self, tag: str | None = None) -> str:
        return "".join(data for element, data in self.texts if element != "style" and tag in (None, element))


def assert_self_contained(page: str) -> Reader:
    """Nothing in the page reaches out of it or runs."""
    reader = Reader(page)
    for tag, attributes in reader.tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base", "form", "a", "svg")
        for name, text in attributes.items():
            assert not name.startswith("on") and name not in ("href", "srcset", "action", "background", "poster")
            assert name != "src" or (text or "").startswith("data:image/png;base64,")
    sheet = "".join(data for element, data in reader.texts if element == "style")
    assert "url(" not in sheet and "@import" not in sheet
    for image in reader.all("img"):
        assert image["alt"] and int(image["width"] or 0) > 0 and int(image["height"] or 0) > 0
    return reader
