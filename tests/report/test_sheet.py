import re

import pytest

from gradus.report.sheet import SHEET


def themes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{([^}]*)\}", SHEET)
    return {
        name: dict(re.findall(r"--(\w+): (#\w{6})", block))
        for name, block in zip(("light", "dark", "print"), blocks, strict=True)
    }


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["paper", "tint"])
@pytest.mark.parametrize("writing", ["ink", "soft", "accent"])
def test_writing_can_be_read_on_every_ground(theme: str, ground: str, writing: str) -> None:
    """WCAG 2.2, success criterion 1.4.3: a contrast of at least 4.5."""
    colours = themes()[theme]
    low, high = sorted(luminance(colours[name]) + 0.05 for name in (ground, writing))
    assert high / low >= 4.5


def test_every_colour_that_is_used_is_defined_in_every_theme() -> None:
    used = set(re.findall(r"var\(--(\w+)\)", SHEET)) - {"natural"}
    for colours in themes().values():
        assert used == set(colours)


def test_braces_are_balanced() -> None:
    assert SHEET.count("{") == SHEET.count("}")
    assert "<" not in SHEET
