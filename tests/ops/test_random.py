"""Random tensors: with the same seed, torch's numbers; shapes, dtypes and errors as torch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import gradus
from tests.ops.twin import lines, words

DRAWS = lines("""
    torch.rand(3)
    torch.rand(2, 3)
    torch.rand((2, 3))
    torch.rand(size=(40,))
    torch.rand(5, dtype=torch.float64)
    torch.rand(())
    torch.rand(0, 3)
    torch.rand(3, requires_grad=True)
    torch.rand(2, out=torch.empty(2))
    torch.randn(3)
    torch.randn(4, 5)
    torch.randn(17, dtype=torch.float64)
    torch.randn(size=(2, 8))
    torch.randn(100)
    torch.randint(10, (5,))
    torch.randint(3, 9, (2, 4))
    torch.randint(low=-5, high=5, size=(7,))
    torch.randint(high=4, size=(2,))
    torch.randint(0, 10, size=(3,))
    torch.randint(0, 10, (3,), dtype=torch.int32)
    torch.randint(0, 10, (3,), dtype=torch.float32)
    torch.randint(0, 2**40, (3,))
    torch.randint(2, [3])
    torch.randperm(10)
    torch.randperm(0)
    torch.randperm(1)
    torch.randperm(5, dtype=torch.int32)
    torch.rand_like(torch.zeros(2, 3))
    torch.rand_like(torch.zeros(2, dtype=torch.int64), dtype=torch.float64)
    torch.randn_like(torch.zeros(20))
    torch.randint_like(torch.zeros(4), 10)
    torch.randint_like(torch.zeros(4, dtype=torch.int64), 3, 6)
    torch.randint_like(torch.zeros(4), low=3, high=6)
    torch.normal(2.0, 3.0, (4,))
    torch.normal(mean=0.0, std=1.0, size=(20,))
    torch.normal(torch.arange(5.0), 2.0)
    torch.normal(0.0, torch.arange(1.0, 4.0))
    torch.normal(torch.arange(3.0), torch.arange(1.0, 4.0))
    torch.normal(mean=torch.zeros(18), std=torch.ones(18))
    torch.bernoulli(torch.tensor([0.1, 0.5, 0.9, 0.0, 1.0]))
    torch.bernoulli(torch.full((20,), 0.5, dtype=torch.float64))
    torch.bernoulli(torch.zeros(6), 0.5)
    torch.zeros(6).bernoulli(0.3)
    torch.multinomial(torch.tensor([0.0, 10.0, 3.0, 0.0]), 2)
    torch.multinomial(torch.tensor([1.0, 2.0, 3.0]), 10, replacement=True)
    torch.multinomial(torch.rand(4, 6), 1)
    torch.multinomial(torch.rand(4, 6), num_samples=3)
    torch.rand(5, 4).multinomial(2, True)
    torch.empty(5).uniform_()
    torch.empty(5).uniform_(-2, 3)
    torch.empty(5, dtype=torch.float64).uniform_(to=0.5)
    torch.empty(4, 3).t().uniform_()
    torch.empty(8, 8)[:, ::2].uniform_()
    torch.empty(5).normal_()
    torch.empty(4, 5).normal_(1, 0.5)
    torch.empty(30).normal_(mean=2.0, std=3.0)
    torch.empty(6, 5).t().normal_()
    torch.empty(8, 8)[::2].normal_()
    torch.empty(5).exponential_()
    torch.empty(5).exponential_(2.0)
    torch.empty(5).random_(10)
    torch.empty(5).random_(3, 7)
    torch.empty(5, dtype=torch.int64).random_()
    torch.empty(5, dtype=torch.uint8).random_()
    torch.empty(5).random_()
    torch.empty(5, dtype=torch.bool).random_()
    torch.empty(5, dtype=torch.int64).random_(0, to=4)
    torch.empty(8).bernoulli_()
    torch.empty(8).bernoulli_(0.2)
    torch.empty(2, 3).bernoulli_(torch.tensor([0.0, 0.5, 1.0]))
    torch.empty(8, dtype=torch.bool).bernoulli_(0.5)
    torch.empty(5).log_normal_()
    torch.empty(5).cauchy_()
    torch.empty(5).geometric_(0.3)
    torch.initial_seed()
""")


@pytest.mark.parametrize("line", DRAWS, ids=words)
@pytest.mark.parametrize("seed", [0, 1234567])
def test_the_same_seed_gives_the_numbers_of_torch(line: str, seed: int) -> None:
    results = []
    for m in (gradus, torch):
        m.manual_seed(seed)
        first = eval(line, {"torch": m})
        after = m.rand(2)  # the stream stands at the same place
        results.append((first, after))
    (ours, after), (theirs, torch_after) = results
    if not isinstance(theirs, torch.Tensor):
        assert ours == theirs
        return
    assert str(ours.dtype) == str(theirs.dtype).replace("torch.", "gradus.")
    assert ours.requires_grad == theirs.requires_grad
    np.testing.assert_allclose(ours.detach().tolist(), theirs.detach().tolist(), rtol=1e-6, atol=1e-7)
    assert after.tolist() == torch_after.tolist()


REFUSED = lines("""
    torch.rand(-1)
    torch.rand(2.5)
    torch.randint(5, 5, (2,))
    torch.randint(5)
    torch.randperm(-1)
    torch.rand_like([1.0])
    torch.normal(0.0, -1.0, (2,))
    torch.normal(torch.zeros(2), torch.tensor([1.0, -1.0]))
    torch.bernoulli(torch.tensor([1.5]))
    torch.bernoulli(torch.zeros(2), 2.0)
    torch.multinomial(torch.tensor([1.0, 2.0]), 3)
    torch.multinomial(torch.tensor([-1.0, 2.0]), 1)
    torch.multinomial(torch.tensor([0.0, 0.0]), 1)
    torch.empty(2).uniform_(2, 1)
    torch.empty(2).normal_(0, -1)
    torch.empty(2).exponential_(-1)
    torch.empty(2).bernoulli_(1.5)
    torch.empty(2).random_(5, 5)
    torch.ones(2, requires_grad=True).normal_()
    torch.manual_seed("a")
    torch.rand(2, dtype=torch.int64)
""")


@pytest.mark.parametrize("line", REFUSED, ids=words)
def test_refused_with_the_class_of_torch(line: str) -> None:
    with pytest.raises(Exception) as theirs:
        eval(line, {"torch": torch})
    with pytest.raises(theirs.type):
        eval(line, {"torch": gradus})


def test_a_generator_is_a_stream_of_its_own() -> None:
    for draw in (
        lambda m, g: m.rand(3, generator=g),
        lambda m, g: m.randn(20, generator=g),
        lambda m, g: m.randint(9, (4,), generator=g),
        lambda m, g: m.randperm(6, generator=g),
        lambda m, g: m.normal(0.0, 1.0, (3,), generator=g),
        lambda m, g: m.empty(3).uniform_(generator=g),
        lambda m, g: m.empty(3).bernoulli_(0.5, generator=g),
        lambda m, g: m.multinomial(m.ones(5), 2, generator=g),
    ):
        assert own_stream(gradus, draw) == own_stream(torch, draw)


def own_stream(m: Any, draw: Callable[..., Any]) -> Any:
    m.manual_seed(1)
    g = m.Generator()
    assert g.manual_seed(7) is g
    drawn = draw(m, g)
    assert m.rand(1).item() == pytest.approx(0.7576315999031067)  # the default stream was left alone
    return [g.initial_seed(), str(g.device), *np.round(drawn.tolist(), 6)]


def test_a_state_brings_the_numbers_back() -> None:
    gradus.manual_seed(3)
    gradus.randn(5)
    state = gradus.get_rng_state()
    assert state.dtype is gradus.uint8
    first = gradus.randn(5)
    gradus.set_rng_state(state)
    assert gradus.equal(gradus.randn(5), first)
    g = gradus.Generator()
    g.set_state(state)
    assert gradus.equal(gradus.randn(5, generator=g), first)
    with gradus.fork_rng():
        gradus.rand(100)
    gradus.set_rng_state(state)
    assert gradus.equal(gradus.randn(5), first)


def test_the_state_is_that_of_torch() -> None:
    gradus.manual_seed(5)
    gradus.rand(3)
    g = torch.Generator()
    g.set_state(torch.tensor(gradus.get_rng_state().tolist(), dtype=torch.uint8))
    assert torch.rand(4, generator=g).tolist() == gradus.rand(4).tolist()


def test_random_is_also_a_module() -> None:
    gradus.random.manual_seed(3)
    torch.random.manual_seed(3)
    assert gradus.rand(2).tolist() == torch.rand(2).tolist()


def test_a_view_is_filled_in_its_base() -> None:
    base = gradus.zeros(4, 4)
    base[1].fill_(9)
    version = base._version
    base[:, 1].uniform_(1, 2)
    assert base._version > version
    assert (base[:, 1] >= 1).all().item()
    assert base[1].tolist()[0] == 9
