"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: object, options: Iterable[str], prefix: str = "") -> str:
    """'; did you mean …?' when an option is near to `word`, else nothing; `prefix` is what all options begin with.

    >>> did_you_mean("mnits", ["digits", "mnist"])
    "; did you mean 'mnist'?"
    >>> did_you_mean("momentun", ["lr", "momentum"], prefix="optimizer.")
    "; did you mean 'optimizer.momentum'?"
    >>> did_you_mean("qqq", ["digits", "mnist"])
    ''
    """
    import difflib

    near = difflib.get_close_matches(str(word), list(options), n=1, cutoff=0.6)
    return f"; did you mean {prefix + near[0]!r}?" if near else ""
