from __future__ import annotations

import numpy as np
import pytest
import torch

import gradus
from gradus import nn
from gradus.errors import Usage
from gradus.train import config
from gradus.train.network import ACTIVATIONS, build_network
from gradus.train.optimize import OPTIMIZERS, Schedule, build_optimizer


def section(table, /, **values):
    return config.from_dict({table: values})[table]


def shapes(network):
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


# --- networks --------------------------------------------------------------------------------------------------------


def test_the_network_that_most_courses_build_first():
    network = build_network(section("model", hidden=[128, 64]), 784, 10)
    assert [type(layer).__name__ for layer in network] == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]
    assert shapes(network) == {
        "0.weight": (128, 784),
        "0.bias": (128,),
        "2.weight": (64, 128),
        "2.bias": (64,),
        "4.weight": (10, 64),
        "4.bias": (10,),
    }


def test_linear_and_empty_are_one_layer():
    assert shapes(build_network(section("model", kind="linear"), 4, 3)) == {"0.weight": (3, 4), "0.bias": (3,)}
    assert shapes(build_network(section("model", hidden=[]), 4, 3)) == {"0.weight": (3, 4), "0.bias": (3,)}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    assert isinstance(build_network(section("model", hidden=[3], activation=name), 2, 2)[1], ACTIVATIONS[name])


def test_dropout_follows_each_activation():
    network = build_network(section("model", hidden=[3, 3], dropout=0.5), 2, 2)
    assert [type(layer).__name__ for layer in network] == ["Linear", "ReLU", "Dropout"] * 2 + ["Linear"]


@pytest.mark.parametrize(
    ("init", "deviation"), [("he", (2 / 1000) ** 0.5), ("xavier", (2 / 1500) ** 0.5), ("normal", 0.01), ("zeros", 0.0)]
)
def test_initial_weights(init, deviation):
    gradus.manual_seed(0)
    network = build_network(section("model", hidden=[500], init=init), 1000, 2)
    assert float(network[0].weight.detach().numpy().std()) == pytest.approx(deviation, rel=0.02)
    assert not network[0].bias.detach().numpy().any()


def test_the_same_seed_gives_pytorchs_initial_weights():
    gradus.manual_seed(5)
    torch.manual_seed(5)
    ours = build_network(section("model", hidden=[8]), 4, 3)
    theirs = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
    for name, tensor in theirs.state_dict().items():
        assert np.allclose(ours.state_dict()[name].numpy(), tensor.numpy(), rtol=0, atol=1e-7)


def test_a_network_that_is_too_large_is_refused_before_memory_is_asked_for():
    with pytest.raises(Usage, match=r"model.hidden: 7,860,000,000,010 parameters, more than the limit of 268,435,456"):
        build_network(section("model", hidden=[10**10]), 775, 10)


# --- optimisers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_with_defaults_takes_pytorchs_steps(name):
    settings = section("optimizer", name=name, lr=0.05, weight_decay=0.1)
    ours = nn.Linear(3, 2)
    theirs = torch.nn.Linear(3, 2)
    theirs.load_state_dict({key: torch.tensor(tensor.numpy().copy()) for key, tensor in ours.state_dict().items()})
    arguments = {key: tuple(value) if key == "betas" else value for key, value in settings.items() if key != "name"}
    kinds = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "adagrad": "Adagrad"}
    pairs = [
        (ours, build_optimizer(settings, ours), gradus.ones(4, 3)),
        (theirs, getattr(torch.optim, kinds[name])(theirs.parameters(), **arguments), torch.ones(4, 3)),
    ]
    for model, optimizer, x in pairs:
        for _ in range(5):
            optimizer.zero_grad()
            (model(x) ** 2).sum().backward()
            optimizer.step()
    assert np.allclose(ours.weight.detach().numpy(), theirs.weight.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_a_combination_that_only_the_class_can_judge():
    with pytest.raises(Usage, match="optimizer: Nesterov momentum requires a momentum"):
        build_optimizer(section("optimizer", name="sgd", nesterov=True), nn.Linear(2, 2))


# --- schedules -------------------------------------------------------------------------------------------------------

EPOCHS, STEPS = 6, 4


def rates(**settings):
    """The learning rate of each step of a run."""
    optimizer = build_optimizer(section("optimizer", name="sgd", lr=1.0), nn.Linear(1, 1))
    schedule = Schedule(section("schedule", **settings), optimizer, EPOCHS, STEPS)
    seen = []
    for epoch in range(EPOCHS):
        for _ in range(STEPS):
            seen.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.after_step()
        schedule.after_epoch(loss=1.0 if epoch < 2 else 2.0)
    return np.array(seen)


def each_epoch(values):
    return np.repeat(np.array(values, dtype=float), STEPS)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"name": "none"}, each_epoch([1] * 6)),
        ({"name": "step", "step_size": 2, "gamma": 0.5}, each_epoch([1, 1, 0.5, 0.5, 0.25, 0.25])),
        ({"name": "multistep", "milestones": [1, 4], "gamma": 0.5}, each_epoch([1, 0.5, 0.5, 0.5, 0.25, 0.25])),
        ({"name": "exponential", "gamma": 0.5}, each_epoch(0.5 ** np.arange(6))),
        ({"name": "linear", "start_factor": 1.0, "end_factor": 0.5}, each_epoch(np.linspace(1, 0.5, 6))),
        ({"name": "cosine"}, each_epoch((1 + np.cos(np.pi * np.arange(6) / 6)) / 2)),
        ({"name": "plateau", "patience": 1, "factor": 0.1}, each_epoch([1, 1, 1, 0.1, 0.1, 0.01])),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else "",
)
def test_schedules_that_move_each_epoch(settings, expected):
    assert np.allclose(rates(**settings), expected, rtol=1e-9)


def test_warm_up_rises_then_falls_to_nothing():
    seen = rates(name="warmup_cosine", warmup=0.25)
    assert seen[0] == pytest.approx(1 / 7)
    assert seen.argmax() == 6
    assert seen[6] == pytest.approx(1.0)
    assert (np.diff(seen[:7]) > 0).all()
    assert (np.diff(seen[6:]) < 0).all()
    assert seen[-1] == pytest.approx((1 + np.cos(np.pi * 17 / 18)) / 2)
    assert np.allclose(rates(name="warmup_cosine", warmup=0.0)[:3], (1 + np.cos(np.pi * np.arange(3) / 24)) / 2)


def test_one_cycle_is_pytorchs():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.5, total_steps=EPOCHS * STEPS, pct_start=0.25)
    expected = []
    for _ in range(EPOCHS * STEPS):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        theirs.step()
    assert np.allclose(rates(name="onecycle", max_lr=0.5, pct_start=0.25), expected, rtol=1e-9)
