"""Permutations and multinomial draws against torch's and against the textbook."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

from gradus.core.random import Generator
from gradus.core.random_choice import shuffled, shuffled_inside_out
from tests.core.same_numbers import FLOATS, assert_in_step, assert_same, both


def weights(rows: int | None, categories: int, dtype: str) -> np.ndarray:
    shape = (categories,) if rows is None else (rows, categories)
    w = np.random.RandomState(0).rand(*shape) ** 2 + 0.01
    w[..., ::3] *= 5
    return w.astype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("rows", [None, 1, 4])
@pytest.mark.parametrize(("categories", "samples"), [(5, 1), (5, 3), (5, 5), (27, 1), (1000, 1), (1000, 40), (1, 1)])
@pytest.mark.parametrize("replacement", [False, True])
def test_multinomial(dtype: str, rows: int | None, categories: int, samples: int, replacement: bool) -> None:
    if dtype == "float16" and samples > 5:
        samples = 5  # scores of half precision tie, and among equals torch's order is arbitrary
    p = weights(rows, categories, dtype)
    for seed in (0, 1, 2**40):
        ours, theirs = both(seed)
        assert_same(
            ours.multinomial(p, samples, replacement),
            torch.multinomial(torch.from_numpy(p), samples, replacement, generator=theirs),
        )
        assert_in_step(ours, theirs)


def test_multinomial_draws_more_with_replacement_than_there_are_categories() -> None:
    ours, theirs = both(4)
    p = np.array([0.0, 2.0, 0.0, 1.0], np.float32)
    assert_same(ours.multinomial(p, 500, True), torch.multinomial(torch.from_numpy(p), 500, True, generator=theirs))
    assert_in_step(ours, theirs)


def test_multinomial_never_draws_a_category_without_weight() -> None:
    p = np.array([0.0, 1.0, 0.0, 3.0, 0.0])
    generator = Generator()
    drawn = np.concatenate([generator.multinomial(p, 2), generator.multinomial(p, 200, replacement=True)])
    assert set(drawn) == {1, 3}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 100, 60_000])
def test_permutation_is_one(count: int) -> None:
    np.testing.assert_array_equal(np.sort(Generator().permutation(count)), np.arange(count))


def test_very_long_permutations_go_inside_out() -> None:
    # torch takes this form from 214,748,364 things on, too many for a test: here against the textbook's form.
    words = np.random.RandomState(1).randint(0, 2**63, 300, dtype=np.uint64)
    order: list[int] = []
    for i, word in enumerate(words.tolist()):
        place = word % (i + 1)
        order.append(i)
        order[i], order[place] = order[place], i
    np.testing.assert_array_equal(shuffled_inside_out(words), order)


def test_all_words_give_all_orders() -> None:
    orders = {tuple(shuffled(np.array([a, b, c], np.uint64), 4)) for a in range(4) for b in range(3) for c in range(2)}
    assert len(orders) == 24


@given(st.lists(st.integers(0, 2**32 - 1), max_size=60))
def test_shuffling_is_the_textbooks_loop(words: list[int]) -> None:
    count = len(words) + 1
    order = list(range(count))
    for i, word in enumerate(words):
        z = i + word % (count - i)
        order[i], order[z] = order[z], order[i]
    np.testing.assert_array_equal(shuffled(np.array(words, np.uint64), count), order)
