from __future__ import annotations

import io
import sys

import pytest

from gradus.cli import console


def test_a_table():
    text = console.table([["a", "1"], ["long", "22"]], ["name", "n"], right=(1,))
    assert text == "name   n\na      1\nlong  22"
    assert console.table([]) == ""
    assert console.facts({"run": "x", "empty": "", "epochs": "3"}) == "run     x\nepochs  3"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0004, "0 ms"), (0.0271, "27 ms"), (0.9999, "1.0 s"), (59.9, "59.9 s"), (125, "2 min 5 s"), (7260, "2 h 1 min")],
)
def test_durations(seconds, words):
    assert console.duration(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 bytes"), (999, "999 bytes"), (11_490_434, "11.5 MB"), (5e12, "5000.0 GB")]
)
def test_sizes(count, words):
    assert console.size(count) == words


def test_metrics():
    assert console.metric("test_accuracy", 0.97314) == "97.31 %"
    assert console.metric("test_loss", 0.123456789) == "0.12346"
    assert console.metric("parameters", 109386) == "109,386"


def test_a_curve_on_one_line():
    assert console.sparkline([1, 2, 4, 8, 16, 32, 64, 128]) == "▁▂▃▄▅▆▇█"
    assert console.sparkline([0, 1, 7]) == "▁▂█"
    assert console.sparkline([3.0]) == "▁"
    assert len(console.sparkline(list(range(1000)))) <= 40


def test_drawings_without_unicode(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert console.bar(0.5, 10) == "#####"
    assert console.sparkline([1, 2, 4]).isascii()


def test_a_picture():
    assert console.picture([[0.0, 1.0], [0.5, 0.0]]) == "  @@\n=="
    assert console.picture([[2.0, 2.0]]) == ""
