"""ParameterList and ParameterDict beside torch's."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest

from gradus import nn
from tests.nn.side_by_side import agree, lines

MAKE = {
    "p": "nn.ParameterList([torch.ones(2, 3), nn.Parameter(torch.ones(()), requires_grad=False), 3])",
    "d": "nn.ParameterDict({'b': torch.ones(2, 3), 'a': nn.Parameter(torch.zeros(2)), 'c': 'x'})",
}
LINES = lines("""
    p
    nn.ParameterList()
    nn.ParameterList([torch.ones(1)])
    [len(p), p[0], p[-1], p[1:], list(p)]
    p[3]
    list(p.named_parameters())
    list(p.state_dict())
    [p.append(torch.ones(1)) is p, p]
    [p.extend(torch.ones(i) for i in range(2)), p, len(p)]
    [p.__iadd__([torch.ones(1)]), p]
    [p.__setitem__(0, torch.zeros(1)), p[0], p]
    p.__setitem__(7, torch.zeros(1))
    p.extend(torch.ones(2))
    p.extend(3)
    nn.ParameterList(torch.ones(1))
    p.double()
    nn.Sequential(p)
    d
    nn.ParameterDict()
    nn.ParameterDict({"a": torch.ones(1)})
    nn.Sequential(nn.ParameterDict({"a": torch.ones(1)}))
    [len(d), list(d), d["a"], "a" in d, "z" in d, list(reversed(d))]
    list(d.named_parameters())
    list(d.items())
    list(d.values())
    list(d.keys())
    [d.get("z"), d.get("z", 3), d.get("a")]
    [d.setdefault("z", torch.ones(1)), d.setdefault("a"), d]
    [d.__setitem__("z", torch.ones(4)), d]
    d.__setitem__(3, torch.ones(1))
    [d.__delitem__("a"), d]
    d.__delitem__("z")
    [d.pop("a"), d]
    [d.clear(), d]
    [d.copy(), d.copy()["a"] is d["a"]]
    [d.update({"z": torch.ones(1), "y": torch.ones(2)}), d]
    [d.update(OrderedDict(z=torch.ones(1), y=torch.ones(2))), d]
    [d.update([("z", torch.ones(1)), ("y", torch.ones(2))]), d]
    [d.update(nn.ParameterDict({"z": torch.ones(1)})), d]
    d.update(3)
    d.update([("z", 1, 2)])
    d | {"z": torch.ones(1)}
    [d.__ior__({"z": torch.ones(1)}), d]
""")


@pytest.mark.parametrize("line", LINES)
def test_like_torch(line: str) -> None:
    def program(library: Any) -> Any:
        names = {"torch": library, "nn": library.nn, "OrderedDict": OrderedDict}
        made = {name: eval(text, names) for name, text in MAKE.items()}
        return eval(line, {**names, **made})

    agree(program)


def test_a_missing_key_is_a_key_error() -> None:
    """As for any dict; torch says AttributeError."""
    for missing in (lambda d: d["z"], lambda d: d.pop("z"), lambda d: d.__delitem__("z")):
        with pytest.raises(KeyError):
            missing(nn.ParameterDict())
