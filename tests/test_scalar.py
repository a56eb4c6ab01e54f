"""scalar.Value against PyTorch, against its own promises (deep graphs, repeated backward), and the picture it draws."""

from __future__ import annotations

import gc
import math
import os
import random
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from gradus.scalar import LARGEST_DRAWING, Value

DEPTH = 100_000
SVG = "{http://www.w3.org/2000/svg}"


def close(actual: float, expected: float) -> bool:
    """Equal to a few units in the last place; nan equals nan, inf equals inf of the same sign."""
    return actual == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True)


# ---- every operation against PyTorch -------------------------------------------------------------------------------

EDGES = [-1000.0, -3.0, -1.0, -0.5, -1e-8, 0.0, 1e-8, 0.3, 1.0, 2.5, 700.0, 1000.0]

UNARY = {
    "neg": (lambda x: -x, lambda x: -x),
    "abs": (abs, abs),
    "exp": (Value.exp, torch.exp),
    "log": (Value.log, torch.log),
    "sqrt": (Value.sqrt, torch.sqrt),
    "tanh": (Value.tanh, torch.tanh),
    "sigmoid": (Value.sigmoid, torch.sigmoid),
    "relu": (Value.relu, torch.relu),
    "add": (lambda x: x + 3, lambda x: x + 3),
    "radd": (lambda x: 3 + x, lambda x: 3 + x),
    "sub": (lambda x: x - 3, lambda x: x - 3),
    "rsub": (lambda x: 3 - x, lambda x: 3 - x),
    "mul": (lambda x: x * -2.5, lambda x: x * -2.5),
    "rmul": (lambda x: -2.5 * x, lambda x: -2.5 * x),
    "div": (lambda x: x / 4, lambda x: x / 4),
    "rdiv": (lambda x: 4 / x, lambda x: 4 / x),
    "square": (lambda x: x**2, lambda x: x**2),
    "cube": (lambda x: x**3, lambda x: x**3),
    "to the 0": (lambda x: x**0, lambda x: x**0),
    "to the -1.5": (lambda x: x**-1.5, lambda x: x**-1.5),
    "2 to the x": (lambda x: 2**x, lambda x: 2**x),
    "0 to the x": (lambda x: 0**x, lambda x: 0**x),
    "max with a number": (lambda x: x.max(0.3), lambda x: torch.maximum(x, torch.tensor(0.3, dtype=torch.float64))),
}


@pytest.mark.parametrize("x", EDGES)
@pytest.mark.parametrize("name", UNARY)
def test_unary_operation_and_its_derivative_equal_torch(name, x):
    ours, theirs = UNARY[name]
    value, tensor = Value(x), torch.tensor(x, dtype=torch.float64, requires_grad=True)
    result, expected = ours(value), theirs(tensor)
    result.backward()
    expected.backward()
    assert close(result.data, expected.item())
    assert close(value.grad, tensor.grad.item())


BINARY = {
    "add": (lambda a, b: a + b, torch.add),
    "sub": (lambda a, b: a - b, torch.sub),
    "mul": (lambda a, b: a * b, torch.mul),
    "div": (lambda a, b: a / b, torch.div),
    "pow": (lambda a, b: a**b, torch.pow),
    "max": (Value.max, torch.maximum),
}


@pytest.mark.parametrize("b", [-2.0, -0.5, 0.0, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("a", [-2.0, -0.5, 0.0, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("name", BINARY)
def test_binary_operation_and_both_derivatives_equal_torch(name, a, b):
    ours, theirs = BINARY[name]
    x, y = Value(a), Value(b)
    p, q = (torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in (a, b))
    result, expected = ours(x, y), theirs(p, q)
    result.backward()
    expected.backward()
    assert close(result.data, expected.item())
    assert close(x.grad, p.grad.item())
    assert close(y.grad, q.grad.item())


def test_nan_passes_through_and_is_not_hidden():
    for function in (Value.relu, Value.tanh, Value.sigmoid, Value.exp, lambda x: x.max(1.0)):
        assert math.isnan(function(Value(math.nan)).data)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_random_graphs_with_shared_nodes_equal_torch(seed, steps):
    rng = random.Random(seed)
    values = [Value(rng.uniform(-2, 2)) for _ in range(3)]
    tensors = [torch.tensor(v.data, dtype=torch.float64, requires_grad=True) for v in values]
    leaves = list(zip(values, tensors, strict=True))
    binary = [
        (lambda a, b: a + b, lambda a, b: a + b),
        (lambda a, b: a - b, lambda a, b: a - b),
        (lambda a, b: a * b, lambda a, b: a * b),
        (lambda a, b: a / (b * b + 1), lambda a, b: a / (b * b + 1)),
        (Value.max, torch.maximum),
        (lambda a, b: (a + b).tanh(), lambda a, b: torch.tanh(a + b)),
        (lambda a, b: a.sigmoid() * b.relu(), lambda a, b: torch.sigmoid(a) * torch.relu(b)),
        (lambda a, b: (a * a + 1).sqrt() - abs(b), lambda a, b: (a * a + 1).sqrt() - abs(b)),
        (lambda a, b: (b.tanh()).exp() + (a * a + 1).log(), lambda a, b: b.tanh().exp() + (a * a + 1).log()),
    ]
    for _ in range(steps):
        i, j = rng.randrange(len(values)), rng.randrange(len(values))
        ours, theirs = rng.choice(binary)
        values.append(ours(values[i], values[j]).tanh())  # tanh keeps a long product from overflowing
        tensors.append(theirs(tensors[i], tensors[j]).tanh())
    values[-1].backward()
    tensors[-1].backward()
    for value, tensor in leaves:
        expected = 0.0 if tensor.grad is None else tensor.grad.item()
        assert value.grad == pytest.approx(expected, rel=1e-9, abs=1e-12)


# ---- the chain rule ------------------------------------------------------------------------------------------------


def test_a_value_used_twice_gets_both_contributions():
    x = Value(3.0)
    (x + x).backward()
    assert x.grad == 2.0
    y = Value(3.0)
    (y * y).backward()
    assert y.grad == 6.0


def test_repeated_backward_accumulates_as_torch_does_and_inner_gradients_do_not_leak():
    x, p = Value(2.0), torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    inner, middle = x * x, p * p
    middle.retain_grad()
    result, expected = inner * x + inner, middle * p + middle
    for _ in range(3):
        result.backward()
        expected.backward(retain_graph=True)
        assert x.grad == p.grad.item()
        assert inner.grad == middle.grad.item()


def test_backward_from_an_inner_value_then_from_the_result():
    x = Value(2.0)
    inner = x * x
    result = inner * 3
    inner.backward()
    result.backward()
    assert x.grad == 4.0 + 12.0


def test_backward_takes_an_upstream_gradient():
    x = Value(2.0)
    (x * 5).backward(gradient=10.0)
    assert x.grad == 50.0


def test_changing_data_after_the_forward_does_not_change_its_derivatives():
    x, w = Value(2.0), Value(3.0)
    y = x * w
    w.data = 100.0
    y.backward()
    assert x.grad == 3.0


def test_constants_get_no_gradient():
    x = Value(-2.0)
    y = x**2  # the derivative by the exponent would be nan
    y.backward()
    assert x.grad == -4.0
    assert [v.grad for v in y.graph() if v.op == "constant"] == [0.0]


def test_graph_lists_inputs_before_results_and_each_once():
    x = Value(1.0)
    y = x * x + x.exp() * x
    order = y.graph()
    position = {id(value): i for i, value in enumerate(order)}
    assert len(position) == len(order)
    assert order[-1] is y
    assert all(position[id(source)] < position[id(value)] for value in order for source in value.inputs)


def test_a_graph_whose_ways_double_at_each_step_is_walked_once():
    x = y = Value(1.0)
    for _ in range(60):  # 2⁶⁰ ways from y to x
        y = y * 0.5 + y * 0.5
    y.backward()
    assert x.grad == pytest.approx(1.0)


# ---- depth ---------------------------------------------------------------------------------------------------------


def test_a_chain_of_100000_goes_forward_backward_and_is_freed():
    x = Value(1.0)
    y = x
    for _ in range(DEPTH):
        y = y * 1.00001 + 0.00001
    y.backward()
    assert x.grad == pytest.approx(1.00001**DEPTH)
    assert len(repr(y)) < 100
    assert y == y and not y < y
    gc.collect()
    before = len(gc.get_objects())
    del y  # frees 300,000 linked Values at once
    assert before - len(gc.get_objects()) >= DEPTH
    assert gc.collect() == 0, "the graph must hold no reference cycles: it is freed without the garbage collector"


def test_freeing_a_very_long_chain_needs_no_deep_call_stack():
    program = (
        "import threading\n"
        "from gradus.scalar import Value\n"
        "def work():\n"
        "    y = Value(0.0)\n"
        "    for _ in range(300_000): y = y.tanh() + 1.0\n"
        "    y.backward()\n"
        "    del y\n"
        "    print('freed')\n"
        "threading.stack_size(256 * 1024)\n"
        "thread = threading.Thread(target=work); thread.start(); thread.join()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, env=environment
    )
    assert finished.stdout == "freed\n", finished.stderr


# ---- a number among numbers ----------------------------------------------------------------------------------------


def test_repr_and_name():
    assert repr(Value(2, name="x")) == "Value(2.0, grad=0.0, name='x')"
    assert repr(Value(-1.5)) == "Value(-1.5, grad=0.0)"


def test_comparisons_look_at_the_number_and_hashing_at_the_object():
    a, b = Value(1.0), Value(2.0)
    assert a < b and a <= b and b > a and b >= a and a != b
    assert a < 1.5 and 1.5 > a and a == 1 and 1.0 == a and a != "1"
    assert max(a, b) is b
    assert a == Value(1.0) and len({a, Value(1.0), a}) == 2
    assert not Value(0.0) and Value(0.1)


def test_sum_and_numpy_numbers_and_object_arrays_work():
    x = Value(2.0)
    y = sum([x, x * 2, np.float32(1.5) * x]) + np.float64(3) * x + x * np.int64(2)
    y.backward()
    assert x.grad == 1 + 2 + 1.5 + 3 + 2
    weights = np.array([Value(1.0), Value(-2.0)])
    z = np.tanh(weights @ np.array([3.0, 1.0]))
    z.backward()
    slope = 1 - math.tanh(1.0) ** 2
    assert [w.grad for w in weights] == pytest.approx([3 * slope, slope])


@pytest.mark.parametrize("bad", ["2", None, [1.0], 1j, Value(1.0)])
def test_data_must_be_a_real_number(bad):
    with pytest.raises(TypeError, match=f"real number, got {type(bad).__name__}"):
        Value(bad)


def test_an_operand_that_is_no_number_is_a_type_error():
    x = Value(1.5)
    for operation in (lambda: x + "2", lambda: "2" * x, lambda: x**None, lambda: x < "2"):
        with pytest.raises(TypeError):
            operation()


# ---- the picture ---------------------------------------------------------------------------------------------------


def example() -> Value:
    x, w, b = Value(2.0, name="x"), Value(0.5, name="w"), Value(-1.0, name="b")
    y = (x * w + b).tanh() * x
    y.name = "y"
    y.backward()
    return y


def cards(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}g"))


def test_svg_draws_every_value_once_with_its_data_and_gradient():
    y = example()
    drawn = cards(y.svg())
    assert len(drawn) == len(y.graph()) == 7
    texts = [[t.text or "" for t in card.iter(f"{SVG}text")] for card in drawn]
    for value in y.graph():
        shown = {value.name, value.op, f"{value.data:.4g}", f"{value.grad:.4g}"} - {""}
        assert any(shown <= set(card) for card in texts)


def test_svg_has_one_arrow_for_each_input():
    x = Value(3.0)
    y = x * x + x  # three arrows leave x, one leaves the product
    arrows = [p for p in ElementTree.fromstring(y.svg()).iter(f"{SVG}path") if p.get("class") == "tip"]
    assert len(arrows) == sum(len(v.inputs) for v in y.graph()) == 4


def test_svg_shows_the_derivative_at_each_arrow():
    texts = [t.text for t in ElementTree.fromstring((Value(4.0) * Value(-7.0)).svg()).iter(f"{SVG}text")]
    assert "×-7" in texts and "×4" in texts


def test_svg_boxes_do_not_overlap_and_stay_inside():
    rng = random.Random(3)
    nodes = [Value(rng.uniform(-1, 1)) for _ in range(5)]
    for _ in range(40):
        nodes.append(rng.choice(nodes) * rng.choice(nodes) + rng.choice(nodes).tanh())
    y = sum(nodes)
    root = ElementTree.fromstring(y.svg())
    width, height = float(root.get("width")), float(root.get("height"))
    corners = []
    for card in root.iter(f"{SVG}g"):
        x, top = (float(n) for n in card.get("transform").removeprefix("translate(").removesuffix(")").split())
        box = card.find(f"{SVG}rect")
        corners.append((x, top, x + float(box.get("width")), top + float(box.get("height"))))
    assert all(0 <= x and 0 <= t and r <= width and b <= height for x, t, r, b in corners)
    for (x, _, _, bottom), (x2, top2, _, _) in pairwise(sorted(corners)):
        assert x2 != x or top2 >= bottom


def test_svg_arrows_run_to_the_right():
    y = example()
    place = {}
    for card, value in zip(cards(y.svg()), y.graph(), strict=True):
        place[id(value)] = float(card.get("transform").removeprefix("translate(").split()[0])
    assert all(place[id(source)] < place[id(value)] for value in y.graph() for source in value.inputs)


def test_svg_escapes_names_and_survives_control_characters():
    root = ElementTree.fromstring(Value(1.0, name='<a & "b">\x00').svg())
    assert '<a & "b">\ufffd' in [t.text for t in root.iter(f"{SVG}text")]


def test_svg_shortens_a_long_name_and_keeps_it_whole_in_the_tooltip():
    svg = Value(1.0, name="weight of the third input").svg()
    assert "weight of the third input: data 1.0" in svg
    assert ">weight of the third input<" not in svg


def test_svg_is_the_same_each_time_and_draws_inf_and_nan():
    y = Value(0.0).log() * Value(math.nan)
    assert y.svg() == y.svg()
    assert "-inf" in y.svg() and "nan" in y.svg()


def test_save_svg_and_notebook(tmp_path):
    y = example()
    y.save_svg(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8") == y.svg() == y._repr_svg_()


def test_a_graph_too_large_to_draw_says_so_and_a_notebook_shows_its_text():
    y = Value(0.0)
    for _ in range(LARGEST_DRAWING):
        y = -y
    assert y._repr_svg_() is None
    with pytest.raises(ValueError, match=f"{LARGEST_DRAWING + 1} values; at most {LARGEST_DRAWING}"):
        y.svg()


def test_the_largest_drawing_with_lines_across_all_columns_is_quick_enough_to_use():
    x = y = Value(1.0)
    while len(y.graph()) < LARGEST_DRAWING - 1:
        y = (y * x).tanh()
    assert len(cards(y.svg())) == len(y.graph())


def test_the_file_stays_readable_in_one_sitting():
    import gradus.scalar

    with open(gradus.scalar.__file__, encoding="utf-8") as file:
        assert sum(1 for _ in file) < 250
