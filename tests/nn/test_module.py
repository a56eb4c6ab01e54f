"""Module's attributes, its walks, and what it does to all parts at once, beside torch's."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import gradus
from gradus import nn
from tests.nn.side_by_side import agree, agree_on, lines


class Tied(nn.Module):
    """At the top of the file, so that it can be pickled."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(5, 3)
        self.out = nn.Linear(3, 5, bias=False)
        self.out.weight = self.embed.weight
        self.blocks = [nn.Linear(3, 3), nn.Dropout(0.1)]
        self.register_buffer("mask", gradus.ones(2), persistent=False)

    def forward(self, i: Any) -> Any:
        return self.out(self.embed(i))


def net(library: Any) -> Any:
    """A module with a parameter, two buffers, parts and a part of parts, one of them there twice."""
    m = library.nn.Module()
    m.scale = library.nn.Parameter(library.ones(2))
    m.first = library.nn.Linear(2, 2)
    m.register_buffer("mean", library.zeros(2))
    m.register_buffer("hidden", library.ones(1), persistent=False)
    m.again = library.nn.Sequential(m.first, library.nn.ReLU(), library.nn.Linear(2, 1, bias=False))
    m.none = None
    m.add_module("nothing", None)
    m.register_parameter("no_parameter", None)
    m.register_buffer("no_buffer", None)
    return m


ATTRIBUTES = lines("""
    list(m.named_parameters())
    list(m.named_parameters(prefix="net", recurse=False))
    [name for name, _ in m.named_parameters(remove_duplicate=False)]
    list(m.named_buffers())
    list(m.buffers())
    [name for name, _ in m.named_children()]
    [name for name, _ in m.named_modules()]
    [name for name, _ in m.named_modules(prefix="net", remove_duplicate=False)]
    len(list(m.modules()))
    list(m.children())
    m
    m.state_dict()
    [m.none, m.nothing, m.no_parameter, m.no_buffer]
    m.get_submodule("again.2")
    m.get_submodule("") is m
    m.get_parameter("again.0.weight")
    m.get_buffer("mean")
    m.get_submodule("again.7")
    m.get_submodule("scale")
    m.get_parameter("first")
    m.get_parameter("first.mean")
    m.get_buffer("scale")
    m.missing
    m.first.missing
    setattr(m, "first", 3)
    setattr(m, "first", torch.ones(2))
    setattr(m, "scale", torch.ones(2))
    setattr(m, "scale", 3)
    setattr(m, "mean", 3)
    [setattr(m, "mean", torch.ones(3)), m.mean, list(m.state_dict())]
    [setattr(m, "hidden", torch.ones(3)), list(m.state_dict())]
    [setattr(m, "mean", None), m]
    [setattr(m, "first", None), m]
    [setattr(m, "scale", None), list(m.named_parameters())]
    [setattr(m, "scale", nn.ReLU()), m, list(m.named_parameters())]
    [setattr(m, "first", nn.Parameter(torch.ones(1))), list(m.named_parameters()), m]
    [setattr(m, "mean", nn.Parameter(torch.ones(1))), list(m.named_parameters()), list(m.buffers())]
    [setattr(m, "plain", 3), setattr(m, "plain", nn.Tanh()), m]
    [setattr(m, "b", nn.Buffer(torch.ones(1), persistent=False)), list(m.named_buffers()), list(m.state_dict())]
    [setattr(m, "mean", nn.Buffer(torch.ones(1), persistent=False)), list(m.state_dict())]
    [delattr(m, "first"), delattr(m, "scale"), delattr(m, "mean"), m, m.state_dict()]
    delattr(m, "missing")
    m.register_parameter("a.b", None)
    m.register_parameter("", None)
    m.register_parameter("first", None)
    m.register_parameter("forward", nn.Parameter(torch.ones(1)))
    m.register_parameter("p", torch.ones(1))
    m.register_parameter(3, None)
    m.register_parameter("p", nn.Parameter(torch.ones(1)).detach().requires_grad_() * 2)
    m.register_buffer("scale", torch.ones(1))
    m.register_buffer("b", [1.0])
    m.register_buffer("a.b", None)
    m.add_module("x", 3)
    m.add_module("", nn.ReLU())
    m.add_module("a.b", nn.ReLU())
    m.add_module("mean", nn.ReLU())
    [m.register_module("new", nn.ReLU()), m]
    m(1)
    m.train(1)
    [x.training for x in m.eval().modules()]
    [x.training for x in m.eval().train().modules()]
    [p.requires_grad for p in m.requires_grad_(False).parameters()]
    list(m.double().state_dict().values())
    list(m.half().float().state_dict().values())
    list(m.to(torch.float64).buffers())
    list(m.to("cpu", torch.float64).buffers())
    list(m.to(torch.ones(1, dtype=torch.float64)).buffers())
    list(m.to(device="cpu").buffers())
    list(m.to(dtype=torch.float16).buffers())
    list(m.type(torch.float64).buffers())
    m.to(torch.int64)
    m.to(torch.device("cpu")) is m
    m.cpu() is m
    m.to_empty(device="cpu") is m
    m.apply(lambda x: None) is m
    nn.Module(3)
    nn.Module(a=3)
""")


@pytest.mark.parametrize("line", ATTRIBUTES)
def test_like_torch(line: str) -> None:
    def program(library: Any) -> Any:
        return eval(line, {"m": net(library), "torch": library, "nn": library.nn})

    agree(program)


def test_apply_visits_inner_modules_first_and_shared_ones_where_torch_does() -> None:
    def program(library: Any) -> Any:
        seen: list[str] = []
        net(library).apply(lambda m: seen.append(type(m).__name__))
        return seen

    agree(program)


def test_conversion_keeps_the_parameter_objects_and_integer_buffers() -> None:
    def program(library: Any) -> Any:
        m = net(library)
        m.register_buffer("count", library.tensor(3))
        before = list(m.parameters())
        before[0].grad = library.ones(2)
        optimizer_holds = before[0]
        m.double()
        return [a is b for a, b in zip(before, m.parameters(), strict=True)], optimizer_holds.grad, m.count, m.mean

    agree(program)


def test_zero_grad() -> None:
    def program(library: Any) -> Any:
        layer = library.nn.Linear(2, 1)
        layer(library.ones(3, 2)).sum().backward()
        gradient = layer.weight.grad
        layer.zero_grad(set_to_none=False)
        zeros = layer.weight.grad is gradient, layer.weight.grad
        layer.zero_grad()
        return zeros, layer.weight.grad, gradient

    agree(program)


def test_deepcopy_is_apart_and_keeps_ties() -> None:
    def program(library: Any) -> Any:
        m = net(library)
        m.register_forward_hook(lambda module, args, output: None)
        m.scale.grad = library.ones(2)
        m.first.weight.requires_grad_(False)
        twin = copy.deepcopy(m)
        with library.no_grad():
            twin.first.weight.fill_(7)
        return [
            twin.again[0] is twin.first, twin.scale.grad, m.scale.grad, type(twin.scale).__name__, m.first.weight,
            list(twin.parameters()), [p.requires_grad for p in twin.parameters()], list(twin.state_dict()), twin,
        ]  # fmt: skip

    agree(program)


def test_deepcopy_copies_hooks_with_the_module_they_are_methods_of() -> None:
    class Counting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.calls = 0
            self.register_forward_hook(self.count)

        def count(self, module: Any, args: Any, output: Any) -> None:
            self.calls += 1

        def forward(self, x: Any) -> Any:
            return x

    m = Counting()
    twin = copy.deepcopy(m)
    twin(1)
    assert (m.calls, twin.calls) == (0, 1)


def test_pickling_keeps_ties_and_plain_lists() -> None:
    m = Tied()
    m.out.register_forward_hook(print, with_kwargs=True)
    twin = pickle.loads(pickle.dumps(m))
    assert twin.out.weight is twin.embed.weight
    assert type(twin.out.weight) is nn.Parameter
    assert [name for name, _ in twin.named_parameters()] == ["embed.weight", "blocks.0.weight", "blocks.0.bias"]
    assert all(gradus.equal(a, b) for a, b in zip(m.parameters(), twin.parameters(), strict=True))
    assert list(twin.state_dict()) == list(m.state_dict())


def test_tied_weights_are_one_parameter_with_two_keys() -> None:
    m = Tied()
    assert [name for name, _ in m.named_parameters()] == ["embed.weight", "blocks.0.weight", "blocks.0.bias"]
    assert list(m.state_dict()) == ["embed.weight", "out.weight", "blocks.0.weight", "blocks.0.bias"]
    m(gradus.tensor([1])).sum().backward()
    assert m.out.weight.grad is m.embed.weight.grad


def test_a_tensor_method_of_a_parameter_gives_a_plain_tensor() -> None:
    agree_on("[nn.Linear(2, 2).weight.T, nn.Linear(2, 2).weight.detach(), nn.Linear(2, 2).weight * 2]")


class Forgot(nn.Module):
    def __init__(self) -> None:
        self.size = 3


@pytest.mark.parametrize(
    "use",
    [
        lambda m: m(3),
        lambda m: list(m.parameters()),
        lambda m: m.state_dict(),
        lambda m: m.eval(),
        repr,
        lambda m: setattr(m, "layer", nn.Linear(2, 2)),
        lambda m: setattr(m, "weight", nn.Parameter(gradus.ones(2))),
        lambda m: setattr(m, "mean", nn.Buffer(gradus.ones(2))),
        lambda m: m.register_buffer("mean", gradus.ones(2)),
        lambda m: m.add_module("layer", nn.ReLU()),
    ],
)
def test_without_super_init_it_says_what_to_do(use: Any) -> None:
    m = Forgot()
    assert m.size == 3
    with pytest.raises(AttributeError, match=r"super\(\).__init__\(\)"):
        use(m)


def test_an_error_inside_a_property_is_seen() -> None:
    """torch would say that there is no attribute `size`."""

    class Sized(nn.Module):
        @property
        def size(self) -> int:
            return self.wdith

    with pytest.raises(AttributeError, match="no attribute 'wdith'"):
        Sized().size


def test_another_device_is_refused_with_the_way_out() -> None:
    for move in (lambda m: m.cuda(), lambda m: m.to("cuda"), lambda m: m.to_empty(device="cuda")):
        with pytest.raises(RuntimeError, match="import gradus as torch"):
            move(nn.Linear(2, 2))
