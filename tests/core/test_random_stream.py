"""Seeds, states, copies and threads of a random stream, against torch's generator."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from gradus.core import random as streams
from gradus.core.random import Generator, fork_rng
from gradus.core.random_twister import Twister
from tests.core.same_numbers import assert_in_step, assert_same, both

SEEDS = [0, 1, 42, 2**31, 2**32 + 7, 2**63, 2**64 - 1, -1, -(2**63)]


def test_the_default_seed_is_torchs() -> None:
    assert Generator().initial_seed() == torch.Generator().initial_seed()
    assert_in_step(Generator(), torch.Generator())


@pytest.mark.parametrize("seed", SEEDS)
def test_initial_seed(seed: int) -> None:
    ours, theirs = both(seed)
    assert ours.initial_seed() == theirs.initial_seed() == seed % 2**64


@pytest.mark.parametrize("words", [0, 1, 100, 623, 624, 625, 1248, 2000])
def test_states_are_exchanged_with_torch(words: int) -> None:
    ours, theirs = both(2**50 + 3)
    ours.random32(words)
    torch.rand(words, generator=theirs)
    for generator in (ours, theirs):
        draw_normal = generator.normal if isinstance(generator, Generator) else None
        draw_normal(3) if draw_normal else torch.randn(3, generator=theirs)  # leaves half a pair
    taken, given_back = Generator().set_state(theirs.get_state()), torch.Generator()
    given_back.set_state(torch.from_numpy(ours.get_state()))
    assert taken.initial_seed() == given_back.initial_seed() == 2**50 + 3
    assert_same(taken.normal(5), torch.randn(5, generator=given_back), fused=True)
    assert_in_step(taken, given_back)


def test_a_fresh_state_goes_round() -> None:
    fresh = Generator().manual_seed(1).get_state()
    np.testing.assert_array_equal(Generator().set_state(fresh).get_state(), fresh)


def test_manual_seed_forgets_half_a_pair() -> None:
    generator = Generator().manual_seed(1)
    first = generator.normal(3)
    np.testing.assert_array_equal(generator.manual_seed(1).normal(3), first)


@pytest.mark.parametrize(
    "make", [Generator.clone_state, copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))]
)
def test_copies_go_their_own_way_from_the_same_place(make: Callable[[Generator], Generator]) -> None:
    generator = Generator().manual_seed(3)
    generator.normal(3)
    other = make(generator)
    assert other is not generator
    np.testing.assert_array_equal(other.normal(40), generator.normal(40))
    other.uniform(1)
    assert not np.array_equal(other.get_state(), generator.get_state())


@pytest.mark.parametrize("state", [np.zeros(10, np.uint8), np.zeros(5048, np.uint8), np.zeros(5056, np.uint8)])
def test_a_bad_state_is_refused_as_torch_refuses_it(state: np.ndarray) -> None:
    generator = Generator().manual_seed(3)
    before = generator.get_state()
    with pytest.raises(RuntimeError) as theirs:
        torch.Generator().set_state(torch.from_numpy(state))
    with pytest.raises(RuntimeError, match=r"get_state\(\)") as ours:
        generator.set_state(state)
    assert str(theirs.value).split(" of ")[0] in str(ours.value)
    np.testing.assert_array_equal(generator.get_state(), before)


def test_a_state_of_another_dtype_is_refused() -> None:
    with pytest.raises(TypeError, match="uint8"):
        Generator().set_state(np.zeros(5056))


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_seeds_out_of_range(seed: int) -> None:
    for generator in (Generator(), torch.Generator()):
        with pytest.raises(ValueError, match="Overflow when unpacking long long"):
            generator.manual_seed(seed)


@pytest.mark.parametrize("seed", [3.7, "5", True, None])
def test_seeds_that_are_no_integers(seed: Any) -> None:
    for generator in (Generator(), torch.Generator()):
        with pytest.raises(RuntimeError, match="manual_seed expected a long, but got"):
            generator.manual_seed(seed)


def test_seed_picks_a_new_one() -> None:
    generator = Generator()
    picked = generator.seed()
    assert picked == generator.initial_seed() != Generator().seed()
    np.testing.assert_array_equal(generator.uniform(5), Generator().manual_seed(picked).uniform(5))


def test_only_the_cpu() -> None:
    assert str(Generator("cpu").device) == "cpu"
    with pytest.raises(RuntimeError, match="import torch"):
        Generator("cuda")


# ---------------------------------------------------------------------------------------------------------------------
# The default stream.


@pytest.mark.parametrize("seed", [7, -1, 3.7, "5"])
def test_the_default_stream_is_torchs(seed: Any) -> None:
    assert streams.manual_seed(seed) is streams.default_generator
    torch.manual_seed(seed)
    assert streams.initial_seed() == torch.initial_seed()
    assert_same(streams.default_generator.uniform(5), torch.rand(5))
    np.testing.assert_array_equal(streams.get_rng_state(), torch.get_rng_state().numpy())


def test_the_default_streams_state_is_put_back() -> None:
    state = streams.get_rng_state()
    first = streams.default_generator.normal(3)
    streams.set_rng_state(state)
    np.testing.assert_array_equal(streams.default_generator.normal(3), first)


def test_seed_of_the_default_stream() -> None:
    assert streams.seed() == streams.initial_seed()


def test_a_fork_leaves_no_trace_even_when_it_fails() -> None:
    before = streams.get_rng_state()
    with pytest.raises(ZeroDivisionError), fork_rng():
        streams.default_generator.normal(3)
        raise ZeroDivisionError
    np.testing.assert_array_equal(streams.get_rng_state(), before)
    with fork_rng(enabled=False):
        streams.default_generator.normal(3)
    assert not np.array_equal(streams.get_rng_state(), before)


# ---------------------------------------------------------------------------------------------------------------------
# Words and threads.


def test_the_words_are_numpys() -> None:
    expected = np.random.RandomState(42).randint(0, 2**32, 2000, dtype=np.uint32)
    generator = Generator().manual_seed(2**32 + 42)
    np.testing.assert_array_equal(generator.random32(1001), expected[:1001])
    high, low = expected[1001:1003].tolist()
    assert generator.random64(1).tolist() == [high << 32 | low]


def test_threads_share_a_stream_without_losing_or_repeating_a_word() -> None:
    generator, drawn = Generator().manual_seed(0), []

    def work() -> None:
        for _ in range(50):
            drawn.append(generator.normal(20, np.float64))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = Generator().manual_seed(0)
    expected = np.stack([alone.normal(20, np.float64) for _ in range(200)])
    np.testing.assert_array_equal(np.unique(np.stack(drawn), axis=0), np.unique(expected, axis=0))


def test_importing_the_streams_does_not_load_numpys() -> None:
    program = "import sys, gradus.core.random; print('numpy.random' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_an_unused_twister_has_not_started() -> None:
    assert Twister(5)._bits is None
