from __future__ import annotations

import math

import pytest

from gradus.datasets.registry import BUNDLED, ENTRIES, entry
from gradus.errors import Usage


def test_every_entry_is_complete():
    for name, one in ENTRIES.items():
        assert one.name == name and one.about and one.licence and one.source
        assert one.task in ("classification", "regression")
        for file in one.files:
            assert len(file.sha256) == 64 and int(file.sha256, 16)
            assert file.size == 4 + 4 * len(file.shape) + math.prod(file.shape)


def test_what_is_downloaded_comes_over_https_from_two_places():
    for one in ENTRIES.values():
        if one.files and not all((BUNDLED / file.name).is_file() for file in one.files):
            assert len({mirror.split("/")[2] for mirror in one.mirrors}) >= 2
            assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in one.mirrors)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(Usage, match=r"unknown dataset 'Moons'; did you mean 'moons'\? \(known: xor, .*, csv:FILE\)"):
        entry("Moons")
