"""gradus' random streams against torch's: every number, and the generator's whole state after every call."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from gradus.core.random import Generator, fill
from tests.core.random_calls import BY_NAME, CALLS, Call
from tests.core.same_numbers import assert_in_step, assert_same, both, empty

SEEDS = [0, 1, 42, 2**31, 2**32 + 7, 2**63, 2**64 - 1, -1, -(2**63)]
SHAPES = [0, (), 1, 2, 7, 15, 16, 17, 31, 32, 33, 100, 1000, (3, 5), (4, 16), (2, 0, 3)]


def draw(call: Call, ours: Generator, theirs: torch.Generator, shape: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # ranges that a float cannot count: both warn
        assert_same(call.ours(ours, shape), call.theirs(theirs, shape), call.fused)
    assert_in_step(ours, theirs)


# ---------------------------------------------------------------------------------------------------------------------
# One call at a time, and calls in any order.


@pytest.mark.parametrize("name", BY_NAME)
def test_every_shape_gives_torchs_numbers(name: str) -> None:
    for shape in SHAPES:
        draw(BY_NAME[name], *both(3), shape)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_seed_gives_torchs_numbers_call_after_call(seed: int) -> None:
    ours, theirs = both(seed)
    for position, call in enumerate(CALLS):
        draw(call, ours, theirs, SHAPES[position % len(SHAPES)])


@pytest.mark.parametrize(
    "name",
    [
        "uniform_(0, 1) float32",
        "normal_(0, 1) float32",
        "normal_(0.333, 0.143) float32",
        "bernoulli_(0.8) bool",
        "randperm",
    ],
)
def test_long_draws(name: str) -> None:
    draw(BY_NAME[name], *both(11), 100_003)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(-(2**63), 2**64 - 1),
    calls=st.lists(st.tuples(st.sampled_from(sorted(BY_NAME)), st.integers(0, 40)), max_size=12),
)
def test_any_sequence_of_calls_keeps_both_streams_in_step(seed: int, calls: list[tuple[str, int]]) -> None:
    ours, theirs = both(seed)
    for name, count in calls:
        draw(BY_NAME[name], ours, theirs, count)


def test_half_a_pair_of_normals_waits_for_the_next_small_draw() -> None:
    ours, theirs = both(5)
    for count, dtype in [
        (1, "float32"),
        (3, "float16"),
        (20, "float32"),
        (0, "float32"),
        (4, "float64"),
        (15, "float32"),
    ]:
        assert_same(
            ours.normal(count, dtype), torch.randn(count, dtype=getattr(torch, dtype), generator=theirs), fused=True
        )
        assert_in_step(ours, theirs)


# ---------------------------------------------------------------------------------------------------------------------
# Calls of more than one array.

TALL, WIDE = np.linspace(-2, 2, 24, dtype=np.float32).reshape(24, 1), np.linspace(0, 3, 5, dtype=np.float32)


@pytest.mark.parametrize(
    ("mean", "std"),
    [
        (TALL, WIDE),
        (WIDE, WIDE),
        (TALL, 0.5),
        (0.5, WIDE),
        (TALL.astype(np.float64), WIDE),
        (TALL[:, 0], TALL[:, 0] ** 2),
    ],
)
def test_normal_of_arrays(mean: Any, std: Any) -> None:
    ours, theirs = both(8)
    arguments = [torch.from_numpy(np.array(x)) if isinstance(x, np.ndarray) else x for x in (mean, std)]
    assert_same(ours.normal_array(mean, std), torch.normal(*arguments, generator=theirs), fused=True)
    assert_in_step(ours, theirs)


# ---------------------------------------------------------------------------------------------------------------------
# What torch's own layers draw.


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(7,), (4, 33), (0,)])
def test_dropout_keeps_what_bernoulli_keeps(p: float, shape: tuple[int, ...]) -> None:
    ours = Generator().manual_seed(6)
    torch.manual_seed(6)
    kept = torch.nn.functional.dropout(torch.ones(shape), p).numpy() != 0
    mask = np.full(shape, p == 0.0) if p in (0.0, 1.0) else ours.bernoulli(1 - p, shape)
    np.testing.assert_array_equal(mask, kept)
    assert_in_step(ours, torch.default_generator)


def test_dropout_of_a_strided_input_draws_in_memory_order() -> None:
    ours = Generator().manual_seed(6)
    torch.manual_seed(6)
    kept = torch.nn.functional.dropout(torch.ones(2, 5, 6)[:, ::2].transpose(0, 2), 0.5).numpy() != 0
    mask = np.empty_like(np.ones((2, 5, 6))[:, ::2].transpose(2, 1, 0), bool)
    fill(mask, lambda shape: ours.bernoulli(0.5, shape))
    np.testing.assert_array_equal(mask, kept)


def test_rrelu_draws_for_elements_that_are_not_positive() -> None:
    ours = Generator().manual_seed(6)
    torch.manual_seed(6)
    x = torch.tensor([-1.0, 2.0, -1.0, -1.0, 5.0])
    slopes = (ours.uniform(3, np.float64) * 0.25 + 0.125).astype(np.float32)
    assert_same(-slopes, torch.nn.functional.rrelu(x, 0.125, 0.375, training=True)[x < 0])
    assert_in_step(ours, torch.default_generator)


def test_dataloader_shuffles_by_the_second_seed_that_the_stream_gives() -> None:
    ours = Generator().manual_seed(9)
    torch.manual_seed(9)
    order = [int(x) for x in torch.utils.data.DataLoader(range(50), shuffle=True)]
    ours.next_seed()
    assert Generator().manual_seed(ours.next_seed()).permutation(50).tolist() == order
    assert_in_step(ours, torch.default_generator)


def test_default_initialisation_of_a_linear_layer() -> None:
    ours = Generator().manual_seed(0)
    torch.manual_seed(0)
    layer = torch.nn.Linear(20, 7)
    bound = 1 / math.sqrt(20)
    assert_same(ours.uniform((7, 20), np.float32, -bound, bound), layer.weight.detach(), fused=True)
    assert_same(ours.uniform(7, np.float32, -bound, bound), layer.bias.detach(), fused=True)
    assert_in_step(ours, torch.default_generator)


# ---------------------------------------------------------------------------------------------------------------------
# Strided targets.

VIEWS: dict[str, Callable[[Any], Any]] = {
    "transposed": lambda x: x.T,
    "every other column": lambda x: x[:, ::2],
    "every other column, transposed": lambda x: x[:, ::2].T,
    "rows from the third": lambda x: x[2:],
    "one column": lambda x: x[:, 3],
}


@pytest.mark.parametrize("view", VIEWS)
def test_strided_targets_are_filled_in_memory_order(view: str) -> None:
    ours, theirs = both(12)
    array, tensor = np.zeros((6, 8), np.float32), torch.zeros(6, 8)
    target = VIEWS[view](tensor)
    fill(VIEWS[view](array), ours.uniform)
    target.uniform_(generator=theirs)
    assert_same(array, tensor)
    fill(VIEWS[view](array), lambda s: ours.normal(s, contiguous=target.is_contiguous()))
    target.normal_(generator=theirs)
    assert_same(array, tensor, fused=True)
    assert_in_step(ours, theirs)


def test_permuted_axes_are_filled_in_memory_order() -> None:
    ours, theirs = both(12)
    array, tensor = np.zeros((3, 4, 5), np.float64), torch.zeros(3, 4, 5, dtype=torch.float64)
    fill(array.transpose(2, 0, 1), lambda s: ours.uniform(s, np.float64))
    tensor.permute(2, 0, 1).uniform_(generator=theirs)
    assert_same(array, tensor)


# ---------------------------------------------------------------------------------------------------------------------
# Arguments that make no sense.

REFUSED: dict[str, tuple[Callable[[Generator], Any], Callable[[], Any], str]] = {
    "uniform_": (lambda g: g.uniform(3, low=2, high=1), lambda: empty(3).uniform_(2, 1), r"\[from, to\) range"),
    "uniform_ too wide": (
        lambda g: g.uniform(3, np.float16, -6e4, 6e4),
        lambda: empty(3, "float16").uniform_(-6e4, 6e4),
        "expects to-from",
    ),
    "uniform_ out of bounds": (
        lambda g: g.uniform(3, np.float32, 1e39, 1e39),
        lambda: empty(3).uniform_(1e39, 1e39),
        "bounds",
    ),
    "normal_": (lambda g: g.normal(3, std=-1), lambda: empty(3).normal_(0, -1), "normal expects std >= 0.0"),
    "normal of arrays": (
        lambda g: g.normal_array(np.ones(2), -np.ones(2)),
        lambda: torch.normal(torch.ones(2), -torch.ones(2)),
        "normal expects all elements of std >= 0.0",
    ),
    "rand of integers": (
        lambda g: g.uniform(3, np.int64),
        lambda: torch.rand(3, dtype=torch.int64),
        "not implemented for",
    ),
    "exponential_": (lambda g: g.exponential(3, lambd=0), lambda: empty(3).exponential_(0), "expects lambda > 0.0"),
    "log_normal_": (
        lambda g: g.log_normal(3, std=0),
        lambda: empty(3).log_normal_(0, 0),
        "log_normal_ expects std > 0.0",
    ),
    "cauchy_": (lambda g: g.cauchy(3, sigma=0), lambda: empty(3).cauchy_(0, 0), "cauchy_ expects sigma > 0.0"),
    "geometric_": (lambda g: g.geometric(1.0, 3), lambda: empty(3).geometric_(1.0), r"expects p to be in \(0, 1\)"),
    "bernoulli_": (lambda g: g.bernoulli(1.5, 3), lambda: empty(3).bernoulli_(1.5), r"expects p to be in \[0, 1\]"),
    "bernoulli": (
        lambda g: g.bernoulli_array(np.full(3, 1.5)),
        lambda: torch.bernoulli(torch.full((3,), 1.5)),
        "Expected p_in >= 0",
    ),
    "bernoulli of integers": (
        lambda g: g.bernoulli_array(np.ones(3, np.int64)),
        lambda: torch.bernoulli(torch.ones(3, dtype=torch.int64)),
        "not implemented for",
    ),
    "randint": (lambda g: g.randint(5, 5, 3), lambda: torch.randint(5, 5, (3,)), "'from' to be less than 'to'"),
    "randint, empty": (lambda g: g.randint(5, 5, 0), lambda: torch.randint(5, 5, (0,)), "'from' to be less than 'to'"),
    "randint above uint8": (
        lambda g: g.randint(0, 257, 3, np.uint8),
        lambda: torch.randint(257, (3,), dtype=torch.uint8),
        "to - 1 is out of bounds",
    ),
    "randint below int8": (
        lambda g: g.randint(-129, 3, 3, np.int8),
        lambda: torch.randint(-129, 3, (3,), dtype=torch.int8),
        "from is out of bounds",
    ),
    "randint above float16": (
        lambda g: g.randint(0, 2**20, 3, np.float16),
        lambda: torch.randint(2**20, (3,), dtype=torch.float16),
        "to - 1 is out of bounds",
    ),
    "random_ of 64 bits": (
        lambda g: g.random(3, np.int32, low=-(2**63)),
        lambda: empty(3, "int32").random_(-(2**63), None),
        "64",
    ),
    "randperm": (lambda g: g.permutation(-1), lambda: torch.randperm(-1), "-1"),
    "no samples": (
        lambda g: g.multinomial(np.ones(3), 0),
        lambda: torch.multinomial(torch.ones(3), 0),
        "n_sample <= 0",
    ),
    "too many samples": (
        lambda g: g.multinomial(np.ones(3), 4),
        lambda: torch.multinomial(torch.ones(3), 4),
        "without replacement",
    ),
    "negative weight": (
        lambda g: g.multinomial(np.array([1.0, -1]), 1),
        lambda: torch.multinomial(torch.tensor([1.0, -1]), 1),
        "element < 0",
    ),
    "infinite weight": (
        lambda g: g.multinomial(np.array([1.0, np.inf]), 1),
        lambda: torch.multinomial(torch.tensor([1.0, math.inf]), 1),
        "inf",
    ),
    "nan weight": (
        lambda g: g.multinomial(np.array([1.0, np.nan]), 1),
        lambda: torch.multinomial(torch.tensor([1.0, math.nan]), 1),
        "nan",
    ),
    "no weight": (
        lambda g: g.multinomial(np.zeros(3), 1),
        lambda: torch.multinomial(torch.zeros(3), 1),
        "sum of probabilities <= 0",
    ),
    "integer weights": (
        lambda g: g.multinomial(np.ones(3, np.int64), 1),
        lambda: torch.multinomial(torch.ones(3, dtype=torch.int64), 1),
        "only supports floating-point",
    ),
    "three axes of weights": (
        lambda g: g.multinomial(np.ones((1, 2, 3)), 1),
        lambda: torch.multinomial(torch.ones(1, 2, 3), 1),
        "must be 1 or 2 dim",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_as_torch_refuses_and_nothing_is_drawn(case: str) -> None:
    ours, theirs, message = REFUSED[case]
    generator = Generator()
    before = generator.get_state()
    with pytest.raises(RuntimeError, match=message):
        theirs()
    with pytest.raises(RuntimeError, match=message):
        ours(generator)
    np.testing.assert_array_equal(generator.get_state(), before)


def test_values_beyond_float16_become_infinite_without_a_warning() -> None:
    ours, theirs = both(2)
    drawn = ours.normal(100, np.float16, 0.0, 1e6)
    assert np.isinf(drawn).any()
    assert_same(drawn, empty(100, "float16").normal_(0.0, 1e6, generator=theirs))
