"""Every key that a recipe can hold, with its default, its range and its meaning. The checks, `--set`, the files that
are written and the reference page all come from these tables.

A section with `variants` has further keys that depend on one choice: `[optimizer] name = "sgd"` brings `momentum`,
`name = "adam"` brings `betas`. Names and defaults are those of the classes in `gradus.optim`.
"""

from __future__ import annotations

from typing import NamedTuple

from gradus.train.fields import Field, choice, flag, integer, list_of, number, text

Fields = dict[str, Field]


class Section(NamedTuple):
    """A table of a recipe: the keys it always has, and those that come with the value of the key `choose`."""

    about: str
    fields: Fields
    choose: str = ""
    variants: dict[str, Fields] = {}
    free: str = ""  # a sub-table whose keys belong to someone else

    def keys(self, kind: object) -> Fields:
        """All fields when the choice is `kind`."""
        return {**self.fields, **self.variants.get(str(kind), {})}


TOP: Fields = {
    "recipe": text("custom", "what to call this experiment; run folders are named after it"),
    "about": text("", "one line on what it shows"),
    "seed": integer(0, "start of every random stream: same seed, same numbers", high=2**32 - 1),
    "epochs": integer(5, "passes over the training data", low=1, high=1_000_000),
    "batch_size": integer(64, "examples in one step", low=1),
    "clip_norm": number(0.0, "scale gradients down to this norm when theirs is larger; 0 leaves them alone"),
    "patience": integer(0, "stop after so many epochs without a better validation score; 0 never stops early"),
}

DATA = Section(
    "what is learned from",
    {
        "name": text("digits", "a dataset (see `gradus data list`) or the path of a CSV file"),
        "dir": text("", "folder with the dataset's files; empty: $GRADUS_DATA, then the cache"),
        "label": text("", "CSV only: the column to predict"),
        "val": number(0.1, "share of the training examples kept aside to choose the best epoch", high=1.0, below=True),
        "scale": choice(
            "standardize",
            ("none", "unit", "normalize", "standardize"),
            "none; unit: divide by the largest value; normalize: one mean and deviation for all inputs; "
            "standardize: a mean and deviation for each input. Measured on the training part only",
        ),
    },
    free="options",
)

MODEL = Section(
    "the network",
    {"kind": choice("mlp", ("mlp", "linear"), "mlp: layers with an activation between; linear: one layer")},
    choose="kind",
    variants={
        "linear": {},
        "mlp": {
            "hidden": list_of(
                integer(1, "", low=1), [128, 64], "sizes of the hidden layers", example=", such as [128, 64]"
            ),
            "activation": choice(
                "relu",
                ("relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu"),
                "the curve between two layers",
            ),
            "dropout": number(0.0, "chance that a hidden value is dropped while training", high=1.0, below=True),
            "init": choice(
                "default",
                ("default", "he", "xavier", "normal", "zeros"),
                "initial weights: default is PyTorch's; normal has deviation 0.01; zeros shows why not to",
            ),
        },
    },
)

_LR = "length of a step"
_DECAY = "pull of the weights towards 0"
_EPS = "keeps a division from dividing by 0"
_BETA = number(0.9, "", high=1.0, below=True)


def _adam(weight_decay: float) -> Fields:
    return {
        "lr": number(0.001, _LR, above=True),
        "betas": list_of(_BETA, [0.9, 0.999], "memory of the mean and of the mean square", least=2, most=2),
        "eps": number(1e-8, _EPS),
        "weight_decay": number(weight_decay, _DECAY),
        "amsgrad": flag(False, "divide by the largest mean square so far"),
    }


OPTIMIZER = Section(
    "how a step is made from a gradient",
    {"name": choice("adam", ("sgd", "adam", "adamw", "rmsprop", "adagrad"), "the rule")},
    choose="name",
    variants={
        "sgd": {
            "lr": number(0.1, _LR, above=True),
            "momentum": number(0.0, "share of the last step that is kept"),
            "dampening": number(0.0, "share of a gradient that momentum leaves out"),
            "nesterov": flag(False, "look ahead along the momentum"),
            "weight_decay": number(0.0, _DECAY),
        },
        "adam": _adam(0.0),
        "adamw": _adam(0.01),
        "rmsprop": {
            "lr": number(0.01, _LR, above=True),
            "alpha": number(0.99, "memory of the mean square", high=1.0, below=True),
            "eps": number(1e-8, _EPS),
            "weight_decay": number(0.0, _DECAY),
            "momentum": number(0.0, "share of the last step that is kept"),
            "centered": flag(False, "divide by the deviation instead of the root mean square"),
        },
        "adagrad": {
            "lr": number(0.01, _LR, above=True),
            "lr_decay": number(0.0, "shrinks the step as 1/(1 + lr_decay·step)"),
            "weight_decay": number(0.0, _DECAY),
            "eps": number(1e-10, _EPS),
        },
    },
)

_GAMMA = number(0.1, "factor of each change", above=True)

SCHEDULE = Section(
    "how the length of a step changes over the run",
    {
        "name": choice(
            "none",
            ("none", "step", "multistep", "exponential", "linear", "cosine", "warmup_cosine", "onecycle", "plateau"),
            "the rule; warmup_cosine and onecycle move at every step, the others at every epoch",
        )
    },
    choose="name",
    variants={
        "none": {},
        "step": {"step_size": integer(10, "epochs between two changes", low=1), "gamma": _GAMMA},
        "multistep": {
            "milestones": list_of(integer(1, "", low=1), [10], "epochs after which lr changes", least=1),
            "gamma": _GAMMA,
        },
        "exponential": {"gamma": number(0.9, "factor of each epoch", above=True)},
        "linear": {
            "start_factor": number(1.0, "first lr, as a share of optimizer.lr", above=True, high=1.0),
            "end_factor": number(0.1, "last lr, as a share of optimizer.lr", high=1.0),
        },
        "cosine": {"eta_min": number(0.0, "last lr")},
        "warmup_cosine": {
            "warmup": number(0.1, "share of the run in which lr rises", high=1.0, below=True),
            "eta_min": number(0.0, "last lr"),
        },
        "onecycle": {
            "max_lr": number(0.01, "highest lr", above=True),
            "pct_start": number(0.3, "share of the run in which lr rises", above=True, high=1.0, below=True),
        },
        "plateau": {
            "factor": number(0.1, "factor of each change", above=True, high=1.0, below=True),
            "patience": integer(10, "epochs without a lower validation loss before lr changes"),
        },
    },
)

SECTIONS: dict[str, Section] = {"data": DATA, "model": MODEL, "optimizer": OPTIMIZER, "schedule": SCHEDULE}

MAX_PARAMETERS = 2**28  # one GiB of float32 weights; checked before anything is allocated
