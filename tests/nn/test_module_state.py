"""state_dict and load_state_dict: torch's keys, errors and hooks, but nothing changes where anything does not fit."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
import pytest
import torch

import gradus
from gradus import nn
from tests.nn.side_by_side import agree, lines


def model(library: Any, hidden: int = 3) -> Any:
    m = library.nn.Sequential(library.nn.Linear(2, hidden), library.nn.ReLU(), library.nn.Linear(hidden, 1))
    m.register_buffer("steps", library.tensor(3))
    m.register_buffer("cache", library.ones(2), persistent=False)
    return m


def test_keys_numbers_and_memory() -> None:
    def program(library: Any) -> Any:
        m = model(library)
        state = m.state_dict()
        with library.no_grad():
            m[0].weight.fill_(7)
        return [
            state, state["0.weight"] is m[0].weight, state["0.weight"].requires_grad, isinstance(state, OrderedDict),
            m.state_dict(keep_vars=True)["0.weight"] is m[0].weight, list(m.state_dict(prefix="net.")),
            m.state_dict(destination={"x": 1}, prefix="a."),
        ]  # fmt: skip

    agree(program)


def test_own_state_dict_of_a_part_is_used() -> None:
    def program(library: Any) -> Any:
        class Saves(library.nn.Linear):
            def state_dict(self, *args: Any, **kwargs: Any) -> Any:
                state = super().state_dict(*args, **kwargs)
                state[kwargs.get("prefix", "") + "more"] = 1
                return state

        return list(library.nn.Sequential(Saves(2, 2), library.nn.Linear(2, 2)).state_dict())

    agree(program)


CHANGES = lines("""
    {}
    {"0.weight": None}
    {"extra": torch.ones(1)}
    {"0.extra": torch.ones(1), "2.weight": None, "zzz": torch.ones(1), "2.bias": None, "0.a.b": torch.ones(1)}
    {"0.weight": torch.ones(3, 3)}
    {"0.weight": torch.ones(3, 3), "2.bias": torch.ones(2), "0.bias": None, "extra": torch.ones(1)}
    {"0.weight": "text"}
    {"0.weight": 3.0}
    {"cache": torch.ones(2)}
    {"0.weight": torch.ones(3, 2, dtype=torch.float64) / 3}
    {"0.weight": torch.ones(3, 2, dtype=torch.int64)}
    {"steps": torch.tensor(8.6)}
    {"steps": None}
""")


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("changes", CHANGES)
def test_loading(changes: str, strict: bool) -> None:
    """The same keys are reported, with the same words; what fits is copied, where torch does not fail."""

    def program(library: Any) -> Any:
        m, given = model(library), model(library).state_dict()
        for name, value in eval(changes, {"torch": library}).items():
            given.pop(name, None)
            if value is not None:
                given[name] = value
        weight = m[0].weight
        try:
            result = m.load_state_dict(given, strict)
        except RuntimeError as error:
            return str(error).replace("torch.Tensor", "Tensor")
        return repr(result), list(result), m.state_dict(), m[0].weight is weight

    agree(program)


def test_nothing_changes_where_anything_does_not_fit() -> None:
    m = model(gradus)
    before = {name: t.clone() for name, t in m.state_dict().items()}
    versions = [p._version for p in m.parameters()]
    given = {name: t.clone() * 2 for name, t in before.items()}
    given["2.bias"] = gradus.ones(2)
    for strict in (True, False):
        with pytest.raises(RuntimeError, match="size mismatch for 2.bias"):
            m.load_state_dict(given, strict)
        assert all(gradus.equal(t, before[name]) for name, t in m.state_dict().items())
        assert [p._version for p in m.parameters()] == versions


def test_nothing_changes_where_an_array_holds_no_numbers_or_the_memory_is_read_only() -> None:
    m = model(gradus)
    before = m[0].weight.tolist()
    given = {name: t.clone() * 2 for name, t in m.state_dict().items()}
    given["2.bias"] = np.array(["x"])
    with pytest.raises(RuntimeError, match="expected Tensor"):
        m.load_state_dict(given)
    given["2.bias"] = gradus.ones(1)
    m[2].bias.array.flags.writeable = False
    with pytest.raises(RuntimeError, match="read-only"):
        m.load_state_dict(given)
    assert m[0].weight.tolist() == before
    m.load_state_dict(given, assign=True)
    assert m[2].bias.tolist() == [1.0]


def test_nothing_changes_where_integers_would_become_trained() -> None:
    m = model(gradus)
    weight, given = m[0].weight, m.state_dict()
    given["2.bias"] = gradus.ones(1, dtype=gradus.int64)
    with pytest.raises(RuntimeError, match="2.bias is trained"):
        m.load_state_dict(given, assign=True)
    assert m[0].weight is weight


def test_nothing_changes_where_a_hook_fails() -> None:
    m = model(gradus)
    m[0].register_load_state_dict_post_hook(lambda mod, keys: 1 / 0)
    before = m[0].weight.tolist()
    with pytest.raises(ZeroDivisionError):
        m.load_state_dict({name: t * 2 for name, t in m.state_dict().items()})
    assert m[0].weight.tolist() == before


def test_arrays_are_taken_too() -> None:
    m = nn.Linear(2, 1)
    m.load_state_dict({"weight": np.ones((1, 2)), "bias": np.zeros(1, np.float32)})
    assert m.weight.tolist() == [[1.0, 1.0]] and m.weight.dtype is gradus.float32


def test_torch_weights_continue_here() -> None:
    theirs = model(torch)
    ours = model(gradus)
    ours.load_state_dict({name: t.numpy() for name, t in theirs.state_dict().items()})
    x = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    np.testing.assert_allclose(
        ours(gradus.from_numpy(x)).detach().numpy(), theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-5
    )


def test_not_a_mapping() -> None:
    agree(lambda library: model(library).load_state_dict([1, 2]))


def test_assign() -> None:
    def program(library: Any) -> Any:
        m = model(library)
        m[0].bias.requires_grad_(False)
        weight, given = m[0].weight, model(library).double().state_dict()
        given["2.weight"] = library.nn.Parameter(library.ones(1, 3), requires_grad=False)
        m.load_state_dict(given, assign=True)
        given["0.weight"].fill_(7)
        return [
            m[0].weight is weight, m[2].weight is given["2.weight"], list(m.parameters()), m.steps is given["steps"],
            m.state_dict(),
        ]  # fmt: skip

    agree(program)


def test_tied_weights_take_both_keys() -> None:
    def program(library: Any) -> Any:
        m = library.nn.Sequential(library.nn.Linear(2, 2), library.nn.Linear(2, 2))
        m[1].weight = m[0].weight
        m.load_state_dict({name: t.clone() + 1 for name, t in m.state_dict().items()})
        return m.state_dict(), m[1].weight is m[0].weight

    agree(program)


def test_hooks() -> None:
    def program(library: Any) -> Any:
        m, record, loaded = model(library), [], []  # torch calls the hooks after loading as it goes, gradus at the end
        m[0].register_state_dict_pre_hook(lambda mod, prefix, keep_vars: record.append((type(mod).__name__, prefix)))

        def rename(mod: Any, state: Any, prefix: str, metadata: Any) -> None:
            record.append((type(mod).__name__, list(state), prefix))
            state[f"{prefix}w"] = state.pop(f"{prefix}weight")

        def back(
            mod: Any, state: Any, prefix: str, metadata: Any, strict: bool, missing: Any, unexpected: Any, errors: Any
        ) -> None:
            record.append((type(mod).__name__, prefix, strict, list(missing), list(unexpected), list(errors)))
            state[f"{prefix}weight"] = state.pop(f"{prefix}w")

        m[2].register_state_dict_post_hook(rename)
        m[2].register_load_state_dict_pre_hook(back)
        for part in (m, m[0]):
            part.register_load_state_dict_post_hook(lambda mod, keys: loaded.append(type(mod).__name__))
        given = m.state_dict()
        given["extra"] = library.ones(1)
        result = m.load_state_dict(given, strict=False)
        return record, loaded, list(given), repr(result)

    agree(program)


def test_a_post_hook_may_strike_keys_off() -> None:
    def program(library: Any) -> Any:
        m = model(library)
        m[2].register_load_state_dict_post_hook(lambda mod, keys: keys.missing_keys.clear())
        given = {name: t * 2 for name, t in m.state_dict().items() if name != "2.bias"}
        return list(m.load_state_dict(given)), m.state_dict()

    agree(program)


def test_nothing_changes_where_hooks_do_not_strike_all_keys_off() -> None:
    for assign in (False, True):
        m = model(gradus)
        m.register_load_state_dict_post_hook(lambda mod, keys: None)
        before, weight = m[0].weight.tolist(), m[0].weight
        given = {name: t * 2 for name, t in m.state_dict().items() if name != "2.bias"}
        with pytest.raises(RuntimeError, match="Missing key"):
            m.load_state_dict(given, assign=assign)
        assert m[0].weight is weight and weight.tolist() == before


def test_lazy_layers_take_the_shapes_they_are_given() -> None:
    m = nn.LazyLinear(3)
    assert [repr(t) for t in m.state_dict().values()] == ["<UninitializedParameter>"] * 2
    m.load_state_dict(nn.Linear(2, 3).state_dict())
    assert m(gradus.ones(1, 2)).shape == (1, 3)
    assert repr(m) == "Linear(in_features=2, out_features=3, bias=True)"
