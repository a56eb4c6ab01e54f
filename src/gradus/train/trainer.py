"""The training loop, told as a sequence of events.

    for event in Trainer(config, prepared).events():
        ...

Whoever wants something done along the way (write a line, save, draw a bar, stop) looks at the events as they pass;
the loop itself knows nothing of files, terminals or signals. Between two events the trainer stands still, so that its
state can be taken, and training that goes on from it gives the same bits.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np

import gradus
from gradus import nn
from gradus.errors import CheckFailed, IntegrityError
from gradus.nn import functional as F
from gradus.train import evaluate, optimizer_state, threads
from gradus.train.checkpoint import Snapshot
from gradus.train.config import Config
from gradus.train.network import build_network, layer_widths
from gradus.train.optimize import Schedule, build_optimizer
from gradus.train.prepare import Part, Prepared
from gradus.utils.data import DataLoader, TensorDataset

Event = dict[str, Any]
Weights = dict[str, np.ndarray]


class Trainer:
    """A network, its optimiser, and how far they have come.

    Args:
        config: what to build and how long to train.
        data: the examples, split and scaled; see `prepare`.
    """

    def __init__(self, config: Config, data: Prepared) -> None:
        gradus.manual_seed(config.seed)
        self.config = config
        self.data = data
        threads.suit(layer_widths(config.model, data.about.features, data.about.outputs), config.batch_size)
        self.network = build_network(config.model, data.about.features, data.about.outputs)
        self.optimizer = build_optimizer(config.optimizer, self.network)
        self.steps_per_epoch = math.ceil(len(data.train.x) / config.batch_size)
        self.schedule = Schedule(config.schedule, self.optimizer, config.epochs, self.steps_per_epoch)
        self.examples = TensorDataset(gradus.from_numpy(data.train.x), gradus.from_numpy(data.train.y))
        self.loss = F.cross_entropy if data.about.task == "classification" else F.mse_loss
        self.epoch = 1  # the one being trained
        self.batch = 0  # steps done in it
        self.step = 0  # steps done in all
        self.tally = evaluate.Tally()
        self.history: list[Event] = []
        self.best: Event = {}
        self.best_weights: Weights = {}
        self.seconds = 0.0
        self._since = perf_counter()

    # -----------------------------------------------------------------------------------------------------------------
    # The loop.

    def events(self) -> Iterator[Event]:
        """Train, yielding {"event": "step", …} after each step, "epoch" after each epoch, and "done" at the end.

        Raises:
            CheckFailed: the loss stopped being a number.
        """
        self._since = perf_counter()
        while not self.finished:
            yield from self._steps()
            yield self._finish_epoch()
        yield self._finish()

    def _steps(self) -> Iterator[Event]:
        self.network.train()
        # Skipping happens on the loader's own batches, so that a run which goes on in mid-epoch sees the rest of them.
        for x, y in islice(self._loader(), self.batch, None):
            output = self.network(x)  # (B, outputs)
            loss = self.loss(output, y)
            value = loss.item()
            if not math.isfinite(value):
                raise CheckFailed(self._diverged("the loss", value))
            self.optimizer.zero_grad()
            loss.backward()
            if self.config.clip_norm:
                nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip_norm)
            self.optimizer.step()
            self.schedule.after_step()
            self.batch += 1
            self.step += 1
            self.tally.add(value, output.detach().numpy(), y.numpy())
            yield {"event": "step", "epoch": self.epoch, "batch": self.batch, "step": self.step, "loss": value}

    def _loader(self) -> DataLoader:
        """This epoch's batches: their order is a function of seed and epoch alone, whatever happened before."""
        order = gradus.Generator()
        order.manual_seed((self.config.seed * 1_000_003 + self.epoch) % 2**32)
        return DataLoader(self.examples, batch_size=self.config.batch_size, shuffle=True, generator=order)

    def _finish_epoch(self) -> Event:
        lr = self.optimizer.param_groups[0]["lr"]
        scores = {f"train_{name}": value for name, value in self.tally.scores(self.data.about).items()}
        scores |= self.evaluate("val", self.data.val)
        for name, score in scores.items():
            if not math.isfinite(score):
                raise CheckFailed(self._diverged(name, score))
        now = perf_counter()
        seconds, self._since = now - self._since, now
        self.seconds += seconds
        event = {"event": "epoch", "epoch": self.epoch, "step": self.step, **scores, "lr": lr, "seconds": seconds}
        self.history.append(event)
        self._keep_if_best(event)
        self.schedule.after_epoch(scores.get("val_loss", scores["train_loss"]))
        self.epoch, self.batch, self.tally = self.epoch + 1, 0, evaluate.Tally()
        return event

    def _finish(self) -> Event:
        """Measure the best weights on the test set: the only time that it is looked at."""
        self.network.load_state_dict({name: gradus.from_numpy(w.copy()) for name, w in self.best_weights.items()})
        scores = self.evaluate("test", self.data.test)
        self.seconds += perf_counter() - self._since
        best = {key: value for key, value in self.best.items() if key.startswith(("train_", "val_"))}
        return {
            "event": "done",
            **scores,
            "test_samples": len(self.data.test.x),
            **best,
            "best_epoch": self.best["epoch"],
            "epochs": len(self.history),
            "steps": self.step,
            "parameters": sum(parameter.numel() for parameter in self.network.parameters()),
            "seconds": self.seconds,
        }

    def evaluate(self, name: str, part: Part) -> dict[str, float]:
        """{name_loss: …, name_accuracy: …} on a part of the data; {} when that part is empty."""
        if not len(part.x):
            return {}
        outputs = evaluate.outputs(self.network, part.x)
        return {f"{name}_{key}": value for key, value in evaluate.scores(outputs, part.y, self.data.about).items()}

    # -----------------------------------------------------------------------------------------------------------------
    # Judgement.

    def _keep_if_best(self, event: Event) -> None:
        """The best epoch has the highest validation accuracy, then the lowest loss; without validation, the last."""
        if not self.best or "val_loss" not in event or _merit(event) > _merit(self.best):
            self.best = event
            self.best_weights = self.weights()

    @property
    def finished(self) -> bool:
        """Whether the last epoch is over: all of them are, or patience with them is."""
        patience = self.config.patience
        waited = self.epoch - 1 - self.best["epoch"] if self.best else 0
        return self.epoch > self.config.epochs or bool(patience and waited >= patience)

    def _diverged(self, name: str, value: float) -> str:
        culprit = next((name for name, weight in self.weights().items() if not np.isfinite(weight).all()), "")
        where = f"; {culprit} is no longer finite" if culprit else ""
        lr = self.optimizer.param_groups[0]["lr"]
        return (
            f"training diverged: {name} became {value} at epoch {self.epoch}, step {self.step + 1}{where}; "
            f"try a smaller optimizer.lr (it was {lr:g}) or --set clip_norm=1"
        )

    # -----------------------------------------------------------------------------------------------------------------
    # State.

    def weights(self) -> Weights:
        """A copy of every weight by its name."""
        return {name: tensor.detach().numpy().copy() for name, tensor in self.network.state_dict().items()}

    def snapshot(self) -> Snapshot:
        """Everything that training on depends on, as arrays and JSON values."""
        tensors, numbers = optimizer_state.take_apart(self.optimizer.state_dict())
        state = {
            "step": self.step,
            "epoch": self.epoch,
            "batch": self.batch,
            "tally": self.tally.state(),
            "history": self.history,
            "best": self.best,
            "optimizer": numbers,
            "schedule": self.schedule.state_dict(),
            "random": base64.b64encode(np.asarray(gradus.get_rng_state()).tobytes()).decode(),
            "seconds": self.seconds + perf_counter() - self._since,
        }
        return Snapshot({"model": self.weights(), "optimizer": tensors, "best": self.best_weights}, state)

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot that a trainer with the same configuration and data took.

        Raises:
            IntegrityError: it does not fit this configuration.
        """
        state = snapshot.state
        try:
            self.network.load_state_dict(_tensors(snapshot.tensors["model"]))
            self.optimizer.load_state_dict(
                optimizer_state.put_together(snapshot.tensors["optimizer"], state["optimizer"])
            )
            self.schedule.load_state_dict(state["schedule"])
            self.tally = evaluate.Tally(*state["tally"])
            self.history, self.best = state["history"], state["best"]
            self.best_weights = snapshot.tensors["best"]
            self.epoch, self.batch, self.step = state["epoch"], state["batch"], state["step"]
            self.seconds = state["seconds"]
            random = np.frombuffer(base64.b64decode(state["random"]), dtype=np.uint8).copy()
            gradus.set_rng_state(gradus.from_numpy(random))
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise IntegrityError(f"the checkpoint does not fit the run's config.toml: {error}") from error


def _merit(event: Event) -> tuple[float, float]:
    return event.get("val_accuracy", 0.0), -event["val_loss"]


def _tensors(arrays: Weights) -> dict[str, gradus.Tensor]:
    return {name: gradus.from_numpy(array.copy()) for name, array in arrays.items()}
