"""Sequential, ModuleList and ModuleDict beside torch's: every method, every text, every error."""

from __future__ import annotations

from typing import Any

import pytest

from gradus import nn
from tests.nn.side_by_side import agree, agree_on, lines

MAKE = {
    "s": "nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))",
    "named": "nn.Sequential(OrderedDict(first=nn.Linear(2, 3), act=nn.ReLU()))",
    "m": "nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])",
    "d": "nn.ModuleDict({'b': nn.Linear(2, 2), 'a': nn.ReLU()})",
}
LINES = lines("""
    s
    s(torch.ones(4, 2))
    s(torch.ones(4, 3))
    nn.Sequential()(3)
    nn.Sequential()
    [len(s), s[0], s[-1], list(s)]
    [s[1:], s[:-1], s[::2], list(s[1:].state_dict())]
    s[7]
    s["0"]
    [s.__setitem__(1, nn.Tanh()), s]
    s.__setitem__(5, nn.Tanh())
    s.__setitem__(1, 3)
    [s.__delitem__(0), s, list(s.state_dict())]
    [s.__delitem__(slice(0, 2)), s]
    s.__delitem__(5)
    [s.append(nn.Tanh()) is s, s]
    [s.insert(0, nn.Tanh()), s]
    [s.insert(-1, nn.Tanh()), s]
    s.insert(9, nn.Tanh())
    [s.extend([nn.Tanh(), nn.ELU()]), s]
    [s.pop(1), s]
    s + nn.Sequential(nn.Tanh())
    s + [nn.Tanh()]
    [s.__iadd__(nn.Sequential(nn.Tanh())), s]
    nn.ReLU() in s
    nn.Sequential([nn.ReLU()])
    nn.Sequential(nn.ReLU(), 3)
    nn.Sequential(nn.ReLU(), None)
    named
    [named[0], named.act, list(named.state_dict()), named[1:]]
    [named.__setitem__(1, nn.Tanh()), named]
    m
    nn.ModuleList()
    nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Sequential(nn.ReLU()), nn.Sequential(nn.ReLU()), nn.Tanh()])
    nn.Sequential(nn.ModuleList([nn.Sequential(nn.ReLU()), nn.Sequential(nn.ReLU())]))
    [len(m), m[0], m[-1], m[1:], list(m[::2])]
    m[3]
    m[-4]
    m(1)
    [m.__setitem__(1, nn.Tanh()), m]
    m.__setitem__(3, nn.Tanh())
    [m.__delitem__(0), m, list(m.state_dict())]
    [m.__delitem__(slice(1, None)), m]
    [m.append(nn.Tanh()) is m, m]
    m.append(3)
    [m.extend(nn.Tanh() for _ in range(2)), m]
    m.extend(3)
    nn.ModuleList(3)
    nn.ModuleList([3])
    [m.insert(1, nn.Tanh()), m]
    [m.pop(1), m]
    [m + [nn.Tanh()], m]
    [m.__iadd__([nn.Tanh()]), m]
    d
    [len(d), d["a"], list(d), "a" in d, "c" in d, list(d.keys()), list(d.values()), [k for k, _ in d.items()]]
    d["c"]
    [d.__setitem__("c", nn.Tanh()), d.__setitem__("b", nn.ELU()), d]
    d.__setitem__("c", 3)
    d.__setitem__("type", nn.Tanh())
    d.__setitem__("a.b", nn.Tanh())
    [d.__delitem__("a"), d]
    d.__delitem__("c")
    [d.pop("a"), d]
    [d.clear(), d]
    [d.update({"z": nn.Tanh(), "a": nn.ELU()}), d]
    [d.update(nn.ModuleDict({"z": nn.Tanh()})), d]
    [d.update([("z", nn.Tanh()), ["y", nn.ELU()]]), d]
    d.update([("z", nn.Tanh(), 3)])
    d.update(3)
    nn.ModuleDict({1: nn.ReLU()})
    nn.ModuleDict()
    nn.ModuleDict(d)
    list(d.state_dict())
""")


@pytest.mark.parametrize("line", LINES)
def test_like_torch(line: str) -> None:
    def program(library: Any) -> Any:
        from collections import OrderedDict

        names = {"torch": library, "nn": library.nn, "OrderedDict": OrderedDict}
        made = {name: eval(text, names) for name, text in MAKE.items()}
        return eval(line, {**names, **made})

    agree(program, rtol=1e-6, atol=1e-7)


def test_extra_repr_of_several_lines() -> None:
    def program(library: Any) -> Any:
        class Said(library.nn.Module):
            def extra_repr(self) -> str:
                return "a=1\nb=2"

        class Deep(library.nn.Sequential):
            def extra_repr(self) -> str:
                return "depth=2"

            def _get_name(self) -> str:
                return "Deeper"

        return (
            Said(),
            library.nn.Sequential(Said()),
            Deep(Said(), library.nn.ReLU()),
            library.nn.ModuleList([Said(), Said()]),
        )

    agree(program)


def test_a_subclass_with_its_own_init_is_sliced_into_a_sequential_of_its_class() -> None:
    class Block(nn.Sequential):
        def __init__(self, *modules: Any) -> None:
            super().__init__(*modules)

    assert type(Block(nn.ReLU(), nn.Tanh())[:1]) is Block


def test_a_list_instead_of_modules_is_explained() -> None:
    with pytest.raises(TypeError, match=r"\*modules"):
        nn.Sequential([nn.ReLU()])


def test_shared_layer_in_a_list_is_one_layer() -> None:
    agree_on("[name for name, _ in nn.ModuleList([nn.Linear(1, 1)] * 3).named_parameters()]")
    agree_on("list(nn.ModuleList([nn.Linear(1, 1)] * 3).state_dict())")
