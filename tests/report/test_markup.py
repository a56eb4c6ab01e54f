import pytest
from hypothesis import given, strategies as st

from gradus.report.markup import Markup, join, page, tag

from .conftest import Reader, assert_self_contained


def test_text_is_escaped_and_markup_is_not() -> None:
    assert tag("p", "<b>", tag("b", "&")) == "<p>&lt;b&gt;<b>&amp;</b></p>"
    assert join("<", Markup("<br>")) == "&lt;<br>"


def test_attributes_are_escaped_and_none_is_left_out() -> None:
    assert tag("img", alt='"><script>', src=None) == '<img alt="&quot;&gt;&lt;script&gt;">'
    assert tag("p", class_="a", **{"http-equiv": "b"}) == '<p class="a" http-equiv="b"></p>'


@given(st.text(), st.text())
def test_every_text_comes_back_as_it_was(text: str, attribute: str) -> None:
    reader = Reader(tag("p", text, title=attribute))
    (element,) = reader.tags
    assert element[0] == "p" and len(reader.tags) == 1
    # a parser turns the ends of lines into \n and leaves out NUL: HTML standard, section 13.2.3.5
    assert reader.text().replace("\r\n", "\n").replace("\r", "\n") == text.replace("\r\n", "\n").replace("\r", "\n")
    assert element[1]["title"] == attribute


def test_a_page_says_what_it_is_and_forbids_itself_to_load_anything() -> None:
    reader = assert_self_contained(page("a < b", tag("h1", "Hello")))
    assert reader.text("title") == "a < b" and reader.text("h1") == "Hello"
    assert reader.all("html") == [{"lang": "en"}]
    metas = {meta.get("name") or meta.get("http-equiv") or "charset": meta for meta in reader.all("meta")}
    assert metas["Content-Security-Policy"]["content"].startswith("default-src 'none'")
    assert "width=device-width" in metas["viewport"]["content"]
    assert metas["color-scheme"]["content"] == "light dark"


@pytest.mark.parametrize("start", ["<!DOCTYPE html>\n<html"])
def test_a_page_starts_with_its_doctype(start: str) -> None:
    assert page("t").startswith(start)
