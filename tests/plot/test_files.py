import hashlib
import stat
from pathlib import Path

import matplotlib
import pytest
from PIL import Image

from gradus import plot
from gradus.errors import Environment, Usage
from gradus.plot import files, style

HISTORY = [{"epoch": i, "train_loss": 1 / i, "val_loss": 1.2 / i, "lr": 0.1 / i} for i in range(1, 6)]


def test_save_writes_a_png_of_the_size_that_was_asked_for(tmp_path: Path) -> None:
    figure = plot.loss_curves(HISTORY)
    path = plot.save(figure, tmp_path / "deep" / "loss.png")
    with Image.open(path) as image:
        image.load()
        assert image.format == "PNG"
        assert image.size == tuple(round(side * style.DPI) for side in figure.get_size_inches())


def test_the_png_says_what_it_shows_and_not_when_it_was_made(tmp_path: Path) -> None:
    with Image.open(plot.save(plot.loss_curves(HISTORY), tmp_path / "loss.png")) as image:
        assert image.text.keys() == {"Software", "Title", "Description", "Comment"}
        assert image.text["Title"] == "Loss"
        assert "training goes from 1 to 0.2" in image.text["Description"]
        assert image.text["Software"] == "gradus"


def test_alt_text_in_any_script_survives(tmp_path: Path) -> None:
    figure = plot.describe(style.blank(1, 1), "Цифры", "数字, größer ≥ 0", "")
    with Image.open(plot.save(figure, tmp_path / "a.png")) as image:
        assert (image.text["Title"], image.text["Description"]) == ("Цифры", "数字, größer ≥ 0")


def test_the_same_input_gives_the_same_bytes_whatever_the_users_settings() -> None:
    first = plot.png(plot.loss_curves(HISTORY))
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "pink", "savefig.transparent": True}):
        second = plot.png(plot.loss_curves(HISTORY))
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()


def test_a_figure_of_someone_else_can_be_saved(tmp_path: Path) -> None:
    with Image.open(plot.save(style.blank(1, 1), tmp_path / "a.png")) as image:
        assert image.text == {"Software": "gradus"}


def test_a_name_that_the_font_cannot_write_is_no_error() -> None:
    assert plot.png(plot.confusion_matrix([[1, 0], [0, 1]], ["猫", "🐕"])).startswith(b"\x89PNG")


def test_save_refuses_another_format(tmp_path: Path) -> None:
    with pytest.raises(Usage, match=r"loss\.pdf.*\.png"):
        plot.save(plot.loss_curves(HISTORY), tmp_path / "loss.pdf")


def test_save_names_the_file_that_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Environment, match=r"file: cannot make the folder"):
        plot.save(plot.loss_curves(HISTORY), tmp_path / "file" / "loss.png")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "loss.png"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gradus.io.atomic.os.fsync", full)
    with pytest.raises(Environment, match="No space left"):
        files.write_whole(path, b"new")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_a_written_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    path = files.write_whole(tmp_path / "a.png", b"x")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)
