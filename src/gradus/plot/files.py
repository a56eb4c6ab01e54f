"""Figures as files: PNGs that are written whole or not at all, and that say in words what they show."""

from __future__ import annotations

import os
import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from gradus.errors import Environment, Usage
from gradus.io import atomic
from gradus.plot.style import DPI, look

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def describe(figure: Figure, title: str, alt: str, caption: str) -> Figure:
    """Attach three texts to ``figure`` that `save` writes into the PNG, and return it.

    title: the figure's name; alt: what is to be seen, for those who cannot see it; caption: how to read it.
    """
    vars(figure)["gradus_words"] = {"Title": title, "Description": alt, "Comment": caption}
    return figure


def words(figure: Figure) -> dict[str, str]:
    """The texts that `describe` attached, under the names that the PNG standard gives them; empty for other figures."""
    return dict(vars(figure).get("gradus_words", {}))


def save(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write ``figure`` to ``path`` as a PNG, and return the path.

    The file appears whole or not at all, its folder is made when missing, and it carries title, alt text and caption as
    metadata. The same figure gives the same bytes on every day: no date and no version is written.

    Errors: Usage when the name does not end in .png, Environment when the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise Usage(f"plot.save: {path.name!r} does not end in .png, the one format that figures are written in")
    return write_whole(path, png(figure))


def png(figure: Figure) -> bytes:
    """The PNG of ``figure`` as bytes."""
    buffer = BytesIO()
    with look(), warnings.catch_warnings():
        # a class name in a script that the font lacks is drawn as boxes: poor, but no reason to lose a report
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": "gradus", **words(figure)})
    return buffer.getvalue()


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all, making its folder when missing; returns the path."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Environment(f"{path.parent}: cannot make the folder: {error.strerror or error}") from error
    atomic.write_bytes(path, content)
    return path
