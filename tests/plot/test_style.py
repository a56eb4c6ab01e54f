import threading

import matplotlib
import numpy as np
import pytest

from gradus.plot import style

# Okabe and Ito, "Color Universal Design" (2008), the eight colours of their palette.
PUBLISHED = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}


def contrast(first: str, second: str) -> float:
    """WCAG 2.2, the ratio of relative luminances."""
    bright = []
    for colour in (first, second):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        bright.append(np.dot(linear, [0.2126, 0.7152, 0.0722]) + 0.05)
    return max(bright) / min(bright)


def test_the_palette_is_that_of_okabe_and_ito() -> None:
    assert set(style.OKABE_ITO) == PUBLISHED and len(style.OKABE_ITO) == 8


def test_training_is_solid_and_validation_dashed_in_colours_of_the_palette() -> None:
    assert style.TRAINING["linestyle"] == "-" and style.VALIDATION["linestyle"] == "--"
    assert {style.TRAINING["color"], style.VALIDATION["color"]} <= PUBLISHED


@pytest.mark.parametrize("colour", [style.INK, style.GREY])
def test_writing_can_be_read_on_white(colour: str) -> None:
    assert contrast(colour, "#FFFFFF") >= 4.5


def test_look_leaves_the_settings_as_they_were() -> None:
    before = dict(matplotlib.rcParams)
    with style.look():
        assert matplotlib.rcParams["text.parse_math"] is False
        assert matplotlib.rcParams["backend"] == before["backend"]
    assert dict(matplotlib.rcParams) == before


def test_look_restores_after_an_error() -> None:
    before = matplotlib.rcParams["font.size"]
    with pytest.raises(ZeroDivisionError), style.look():
        1 / 0
    assert matplotlib.rcParams["font.size"] == before


def test_look_does_not_ask_the_users_settings() -> None:
    with matplotlib.rc_context({"axes.facecolor": "red", "font.size": 40}), style.look():
        assert matplotlib.rcParams["axes.facecolor"] == "white"
        assert matplotlib.rcParams["font.size"] == 10


def test_threads_take_turns() -> None:
    """Two overlapping rc_contexts would restore each other's settings; look lets one in at a time."""
    before, inside, most = dict(matplotlib.rcParams), [0], [0]

    def draw() -> None:
        with style.look():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            style.blank(2, 2).canvas.draw()
            inside[0] -= 1

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] and dict(matplotlib.rcParams) == before


def test_signed_colours_are_blue_white_vermillion() -> None:
    from matplotlib.colors import to_hex

    colours = style.signed_colours()
    ends = [to_hex(colours(value)).upper() for value in (0.0, 1.0)]
    assert ends == [style.BLUE, style.VERMILLION]
    assert min(colours(0.5)[:3]) > 0.99


def test_sixteen_classes_have_sixteen_pairs_of_colour_and_marker() -> None:
    pairs = {(style.class_colour(i), style.class_marker(i)) for i in range(16)}
    assert len(pairs) == 16


def test_ink_is_always_readable() -> None:
    cividis = matplotlib.colormaps["cividis"]
    for share in np.linspace(0, 1, 101):
        colour = cividis(share)
        assert contrast(matplotlib.colors.to_hex(colour), style.ink_on(colour)) >= 4.5


@pytest.mark.parametrize(
    ("name", "expected"), [("a\nb", "a b"), (7, "7"), ("x" * 40, "x" * 15 + "…"), ("\x00\x1b[31m", "[31m")]
)
def test_label_is_one_printable_line(name: object, expected: str) -> None:
    assert style.label(name) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0, "0 %"), (1, "100 %"), (0.9996, "99.9 %"), (0.00001, "0.1 %"), (0.125, "12.5 %")]
)
def test_percent_rounds_to_0_or_100_only_what_is_exactly_that(share: float, expected: str) -> None:
    assert style.percent(share) == expected
