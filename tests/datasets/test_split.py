from __future__ import annotations

import hashlib

import numpy as np
from hypothesis import given, strategies as st

from gradus.datasets.split import every_nth, shuffled


@given(st.lists(st.integers(0, 4), min_size=1, max_size=80), st.integers(0, 100))
def test_each_class_gives_its_share_to_within_one(labels, percent):
    labels, share = np.array(labels), percent / 100
    taken = every_nth(labels, share)
    assert taken.sum() == -(-len(labels) * percent // 100)  # rounded up
    for one in np.unique(labels):
        of_class = labels == one
        assert abs(taken[of_class].sum() - share * of_class.sum()) <= 1 + 1e-9


def test_those_taken_are_evenly_spaced():
    assert every_nth(np.zeros(10), 0.2).nonzero()[0].tolist() == [0, 5]
    assert not every_nth(np.zeros(10), 0).any() and every_nth(np.zeros(10), 1).all()


def test_the_order_is_that_of_every_version_of_numpy():
    # Golden: RandomState is frozen, https://numpy.org/neps/nep-0019-rng-policy.html
    assert shuffled(10, 0).tolist() == [2, 8, 4, 9, 1, 6, 7, 3, 0, 5]
    assert hashlib.sha256(shuffled(1000, 7).astype("<i8").tobytes()).hexdigest()[:16] == "76c3562ef12ad2e5"
