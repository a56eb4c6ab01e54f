"""The network that a configuration describes."""

from __future__ import annotations

import itertools

from gradus import nn
from gradus.errors import Usage
from gradus.train.config import Config
from gradus.train.schema import MAX_PARAMETERS

ACTIVATIONS = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
}


def layer_widths(model: Config, inputs: int, outputs: int) -> list[int]:
    """The number of values before the first layer, between the layers and after the last one."""
    return [inputs, *model.get("hidden", []), outputs]


def build_network(model: Config, inputs: int, outputs: int) -> nn.Sequential:
    """Linear layers with an activation, and perhaps dropout, between them: (N, inputs) → (N, outputs).

    Raises:
        Usage: it would have more than `schema.MAX_PARAMETERS` parameters; found before anything is allocated.
    """
    widths = layer_widths(model, inputs, outputs)
    count = sum(a * b + b for a, b in itertools.pairwise(widths))
    if count > MAX_PARAMETERS:
        raise Usage(
            f"model.hidden: {count:,} parameters, more than the limit of {MAX_PARAMETERS:,}; use smaller layers"
        )
    layers: list[nn.Module] = []
    for fan_in, fan_out in itertools.pairwise(widths[:-1]):
        layers += [nn.Linear(fan_in, fan_out), ACTIVATIONS[model.activation]()]
        if model.dropout:
            layers.append(nn.Dropout(model.dropout))
    network = nn.Sequential(*layers, nn.Linear(widths[-2], outputs))
    _initialize(network, model.get("init", "default"))
    return network


def _initialize(network: nn.Module, how: str) -> None:
    """Replace PyTorch's initial weights by others; biases are then 0."""
    if how == "default":
        return
    rules = {
        "he": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
        "xavier": nn.init.xavier_uniform_,
        "normal": lambda weight: nn.init.normal_(weight, std=0.01),
        "zeros": nn.init.zeros_,
    }
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            rules[how](layer.weight)
            nn.init.zeros_(layer.bias)
