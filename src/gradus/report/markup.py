"""HTML from Python calls: `tag("p", "3 < 4")` is `<p>3 &lt; 4</p>`. Text is escaped unless it is Markup already."""

from __future__ import annotations

from html import escape

from gradus.report.sheet import SHEET

VOID = frozenset({"img", "meta"})  # elements that hold nothing and have no end


class Markup(str):
    """HTML that may stand in a page as it is: `tag` and `join` make it, from text that they have escaped."""

    __slots__ = ()


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """One element. A trailing underscore of an attribute's name is dropped, so `class_` is class; None leaves it out.

    >>> tag("p", "a < b", tag("em", "c"), class_="note", title='"')
    '<p class="note" title="&quot;">a &lt; b<em>c</em></p>'
    """
    written = [f' {key.rstrip("_")}="{escape(str(value))}"' for key, value in attributes.items() if value is not None]
    start = f"<{name}{''.join(written)}>"
    return Markup(start if name in VOID else f"{start}{join(*children)}</{name}>")


def join(*children: object) -> Markup:
    """Elements and texts one after the other; None is nothing.

    >>> join(tag("b", 1), None, " & ")
    '<b>1</b> &amp; '
    """
    return Markup("".join(c if isinstance(c, Markup) else escape(str(c)) for c in children if c is not None))


def page(title: str, *body: object) -> str:
    """A whole document that needs nothing from outside, and whose policy forbids it to ask."""
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", **{"http-equiv": "Content-Security-Policy"}, content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content="gradus"),
        tag("title", title),
        tag("style", Markup(SHEET)),
    ]
    content = tag("html", "\n", tag("head", *head), "\n", tag("body", tag("main", *body)), "\n", lang="en")
    return f"<!DOCTYPE html>\n{content}\n"
