"""Where gradus finds more than torch: modules in plain lists, tuples and dicts; and where it must not."""

from __future__ import annotations

import copy
from collections import OrderedDict
from typing import Any

import pytest

from gradus import nn


def names(module: Any) -> list[str]:
    return [name for name, _ in module.named_modules()][1:]


def holding(**attributes: Any) -> Any:
    module = nn.Module()
    for name, value in attributes.items():
        setattr(module, name, value)
    return module


def test_found_under_the_names_that_containers_would_give() -> None:
    plain = holding(
        layers=[nn.Linear(2, 3), nn.ReLU()], heads={"a": nn.Linear(3, 1), "b": nn.Linear(3, 1)}, pair=(nn.Tanh(),)
    )
    proper = holding(
        layers=nn.ModuleList([nn.Linear(2, 3), nn.ReLU()]),
        heads=nn.ModuleDict({"a": nn.Linear(3, 1), "b": nn.Linear(3, 1)}),
        pair=nn.ModuleList([nn.Tanh()]),
    )
    assert list(plain.state_dict()) == list(proper.state_dict())
    assert [name for name in names(proper) if name not in ("layers", "heads", "pair")] == names(plain)
    proper.load_state_dict(plain.state_dict())
    assert [m.training for m in plain.eval().modules()] == [False] * 6


def test_found_beside_other_things_and_deep_inside() -> None:
    mixed = holding(parts=[3, nn.ReLU(), "x", None, [nn.Tanh(), {"k": (nn.GELU(),)}]], more=OrderedDict(a=nn.SiLU()))
    assert names(mixed) == ["parts.1", "parts.4.0", "parts.4.1.k.0", "more.a"]
    assert mixed.get_submodule("parts.4.1.k.0") is mixed.parts[4][1]["k"][0]
    assert repr(mixed).splitlines()[1:-1] == [
        "  (parts.1): ReLU()",
        "  (parts.4.0): Tanh()",
        "  (parts.4.1.k.0): GELU(approximate='none')",
        "  (more.a): SiLU()",
    ]


def test_dotted_names_reach_parameters_of_listed_modules() -> None:
    module = holding(layers=[nn.Linear(2, 3), nn.Linear(3, 1)])
    for name, p in module.named_parameters():
        assert module.get_parameter(name) is p


def test_a_name_with_an_underscore_hides_them() -> None:
    """The way to hold a module without owning it: a teacher, a parent."""
    assert names(holding(_teacher=[nn.Linear(2, 2)])) == []


def test_assigned_modules_are_not_counted_again() -> None:
    """`self.layers = [self.fc1, self.fc2]` is for a loop; the keys of the state stay those of torch."""
    module = holding(fc1=nn.Linear(2, 2), fc2=nn.Linear(2, 2))
    module.layers = [module.fc1, nn.ReLU(), module.fc2]
    assert list(module.state_dict()) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]
    assert names(module) == ["fc1", "fc2", "layers.1"]
    outer = holding(inner=module)
    outer.seen = [module.fc1]
    assert names(outer) == ["inner", "inner.fc1", "inner.fc2", "inner.layers.1"]


def test_a_list_may_lead_back_to_a_parent() -> None:
    parent = holding(child=nn.Linear(2, 2))
    parent.child.parents = [parent]
    assert names(parent) == ["child"]
    assert names(parent.child) == []
    assert list(parent.state_dict()) == ["child.weight", "child.bias"]
    assert repr(parent.eval().double()).count("Linear") == 1
    a, b = nn.Module(), nn.Module()
    a.others, b.others, a.layer = [b], [a], nn.ReLU()
    assert names(a) == ["layer"]


def test_a_list_may_hold_itself() -> None:
    module = holding(parts=[nn.ReLU()])
    module.parts.append(module.parts)
    assert names(module) == ["parts.0"]


def test_lists_can_change() -> None:
    module = holding(parts=[nn.ReLU()])
    module.parts.append(nn.Linear(2, 1))
    module.parts[0] = nn.Tanh()
    assert [type(m).__name__ for m in module.children()] == ["Tanh", "Linear"]
    twin = copy.deepcopy(module)
    assert twin.parts[1] is not module.parts[1]
    assert list(twin.state_dict()) == ["parts.1.weight", "parts.1.bias"]


def test_a_property_leads_on() -> None:
    class Wrapper(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = nn.Sequential(nn.ReLU())

        @property
        def first(self) -> Any:
            return self.model

    assert Wrapper().get_submodule("first.0") is not None
    with pytest.raises(AttributeError, match="its parts are: model"):
        Wrapper().get_submodule("second")
