from __future__ import annotations

from gradus.io.suggest import did_you_mean


def test_a_near_miss_is_answered_and_a_far_one_is_not():
    options = ["spirals", "circles"]
    assert did_you_mean("spiral", options) == "; did you mean 'spirals'?"
    assert did_you_mean("mnist", options) == did_you_mean("", options) == did_you_mean("spiral", []) == ""
    assert did_you_mean(7, options) == ""
