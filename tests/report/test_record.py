import json
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gradus.errors import BadFile
from gradus.report.record import SIGNATURE, as_picture, read

from .conftest import Make, done, epoch


def test_everything_is_found(make_run: Make) -> None:
    record = read(make_run())
    assert record.name == "digits-1" and record.problems == []
    assert record.config["optimizer"] == {"lr": 0.01} and record.config_text.startswith("# The whole")
    assert record.environment["fingerprint"]["numpy"] == "2.4.6"
    assert [row["epoch"] for row in record.history] == list(range(1, 21))
    assert record.done["test_accuracy"] == 0.978
    assert [picture.name for picture in record.pictures] == ["loss", "confusion"]


@pytest.mark.parametrize("missing", ["config.toml", "environment.json", "metrics.jsonl"])
def test_a_missing_file_is_no_problem(make_run: Make, missing: str) -> None:
    path = make_run()
    (path / missing).unlink()
    assert read(path).problems == []


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no such run directory"):
        read(tmp_path / "nowhere")
    with pytest.raises(BadFile, match="neither config.toml nor metrics.jsonl"):
        read(tmp_path)


def test_a_line_that_was_cut_off_is_left_out_and_said(make_run: Make) -> None:
    path = make_run(events=[epoch(1), epoch(2)])
    with open(path / "metrics.jsonl", "a") as file:
        file.write(json.dumps(epoch(3))[:30])
    record = read(path)
    assert len(record.history) == 2
    assert record.problems == ["metrics.jsonl: the last line was cut off; it is left out"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("metrics.jsonl", b"[1]\n", "metrics.jsonl, line 1 is not a JSON object"),
        ("metrics.jsonl", b"\xff\xfe\n", "metrics.jsonl, line 1 is not a JSON object"),
        ("metrics.jsonl", b"[" * 100_000 + b"\n", "metrics.jsonl, line 1 is not a JSON object"),
        ("environment.json", b"nonsense", "environment.json is not a JSON object"),
        ("config.toml", b"a = = 1", "config.toml is not TOML"),
        ("figures/loss.png", b"GIF89a", "figures/loss.png is not a whole PNG"),
        ("figures/loss.png", SIGNATURE, "figures/loss.png is not a whole PNG"),
    ],
)
def test_a_damaged_file_is_a_sentence_and_no_error(make_run: Make, name: str, content: bytes, problem: str) -> None:
    path = make_run()
    (path / name).write_bytes(content)
    record = read(path)
    assert [said for said in record.problems if said.startswith(problem)] == record.problems != []


def test_a_folder_in_place_of_a_file(make_run: Make) -> None:
    path = make_run()
    (path / "environment.json").unlink()
    (path / "environment.json").mkdir()
    assert read(path).problems[0].startswith("environment.json: not a file of at most")


def test_epochs_told_again_after_a_resume_count_once_and_an_early_end_is_forgotten(make_run: Make) -> None:
    again = {**epoch(2), "val_loss": 9.0}
    record = read(make_run(events=[epoch(1), epoch(2), done(), again, epoch(3)]))
    assert [row["epoch"] for row in record.history] == [1, 2, 3]
    assert record.history[1]["val_loss"] == 9.0
    assert record.done == {}


# ---------------------------------------------------------------------------------------------------------------------
# Pictures


def png(path: Path, **texts: str) -> bytes:
    words = PngInfo()
    for key, text in texts.items():
        words.add_itxt(key, text, zip=key == "Comment") if not text.isascii() else words.add_text(key, text)
    Image.new("L", (30, 20)).save(path / "a.png", pnginfo=words)
    return (path / "a.png").read_bytes()


def test_a_picture_has_its_size_and_the_words_inside_it(tmp_path: Path) -> None:
    picture = as_picture("x", png(tmp_path, Title="Loss", Description="fällt ab", Comment="≥ 0, packed"))
    assert picture is not None and (picture.width, picture.height) == (30, 20)
    assert (picture.title, picture.alt, picture.caption) == ("Loss", "fällt ab", "≥ 0, packed")


def test_a_picture_without_words_is_called_by_its_file(tmp_path: Path) -> None:
    picture = as_picture("my_own-figure", png(tmp_path))
    assert picture is not None and (picture.title, picture.alt, picture.caption) == (
        "my own figure",
        "my own figure",
        "",
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


HEAD = SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 0))
END = chunk(b"IEND", b"")


def test_a_text_that_unpacks_to_more_than_it_should_is_cut() -> None:
    bomb = chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(b"a" * 50_000_000))
    picture = as_picture("x", HEAD + bomb + END)
    assert picture is not None and len(picture.caption) == 2**16


@given(st.binary(max_size=60))
def test_no_bytes_between_head_and_end_are_an_error(noise: bytes) -> None:
    picture = as_picture("x", HEAD + noise + END)
    assert picture is not None and picture.title


@given(
    st.lists(
        st.sampled_from([b"tEXt", b"iTXt", b"zTXt"]).flatmap(
            lambda k: st.binary(max_size=20).map(lambda d: chunk(k, d))
        )
    )
)
def test_no_text_chunks_are_an_error(chunks: list[bytes]) -> None:
    assert as_picture("x", HEAD + b"".join(chunks) + END) is not None
