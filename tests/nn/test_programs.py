"""Programs as courses write them, each run on torch and on gradus from one seed: the same losses, step by step."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import gradus
from tests.nn.side_by_side import agree

CLOSE = {"rtol": 2e-4, "atol": 1e-5}


def train(library: Any, model: Any, loss: Any, optimizer: Any, steps: int = 30) -> list[float]:
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        value = loss(model)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


def test_names_by_a_context_of_three_letters() -> None:
    """Embedding, view, tanh, cross-entropy, sampling from what was learned."""

    def program(torch: Any) -> Any:
        nn, F = torch.nn, torch.nn.functional
        words = ["emma", "olivia", "ava", "isabella", "sophia"]
        letters = [".", *sorted(set("".join(words)))]
        number = {s: i for i, s in enumerate(letters)}
        X, Y = [], []
        for w in words:
            context = [0] * 3
            for ch in w + ".":
                X.append(context)
                Y.append(number[ch])
                context = [*context[1:], number[ch]]
        X, Y = torch.tensor(X), torch.tensor(Y)

        class MLP(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.wte = nn.Embedding(len(letters), 8)
                self.mlp = nn.Sequential(nn.Linear(24, 32), nn.Tanh(), nn.Linear(32, len(letters)))

            def forward(self, idx: Any) -> Any:
                return self.mlp(self.wte(idx).view(idx.shape[0], -1))

        model = MLP()
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.01)
        losses = train(torch, model, lambda m: F.cross_entropy(m(X), Y), optimizer, 60)
        model.eval()
        g, out, context = torch.Generator().manual_seed(1), [], [0] * 3
        for _ in range(20):
            p = F.softmax(model(torch.tensor([context])), dim=1)
            i = torch.multinomial(p, num_samples=1, generator=g).item()
            out.append(letters[i])
            context = [*context[1:], i]
        return losses, "".join(out)

    agree(program, **CLOSE)


def test_autoencoder_with_dropout_and_initialisation_by_apply() -> None:
    def program(torch: Any) -> Any:
        nn = torch.nn

        def weights_init(m: Any) -> None:
            if isinstance(m, nn.Linear):
                nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
                nn.init.zeros_(m.bias)

        model = nn.Sequential(
            nn.Flatten(), nn.Linear(16, 8), nn.ReLU(inplace=True), nn.Dropout(0.2), nn.Linear(8, 16), nn.Sigmoid(),
            nn.Unflatten(1, (4, 4)),
        ).apply(weights_init)  # fmt: skip
        x = torch.rand(10, 4, 4)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
        losses = train(torch, model, lambda m: nn.MSELoss()(m(x), x), optimizer)
        return losses, model.eval()(x)

    agree(program, **CLOSE)


def test_generator_and_discriminator() -> None:
    def program(torch: Any) -> Any:
        nn = torch.nn
        G = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 2))
        D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
        optG = torch.optim.Adam(G.parameters(), lr=2e-3, betas=(0.5, 0.999))
        optD = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.999))
        bce, losses = nn.BCEWithLogitsLoss(), []
        for _ in range(20):
            real, z = torch.randn(32, 2) * 0.5 + 1, torch.randn(32, 4)
            fake = G(z)
            D.zero_grad()
            lossD = bce(D(real), torch.ones(32, 1)) + bce(D(fake.detach()), torch.zeros(32, 1))
            lossD.backward()
            optD.step()
            G.zero_grad()
            lossG = bce(D(fake), torch.ones(32, 1))
            lossG.backward()
            optG.step()
            losses.append((lossD.item(), lossG.item()))
        return losses

    agree(program, **CLOSE)


def test_tied_weights_and_a_frozen_part() -> None:
    def program(torch: Any) -> Any:
        nn, F = torch.nn, torch.nn.functional

        class Tied(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.embed = nn.Embedding(7, 5, padding_idx=0)
                self.hidden = nn.Linear(5, 5)
                self.out = nn.Linear(5, 7, bias=False)
                self.out.weight = self.embed.weight

            def forward(self, i: Any) -> Any:
                return self.out(F.gelu(self.hidden(self.embed(i))))

        model = Tied()
        model.hidden.requires_grad_(False)
        optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
        i = torch.tensor([[1, 2, 3, 0], [4, 5, 6, 1]])
        loss = nn.CrossEntropyLoss(ignore_index=0, label_smoothing=0.1)
        losses = train(torch, model, lambda m: loss(m(i).view(-1, 7), i.roll(1, 1).view(-1)), optimizer)
        return losses, list(model.state_dict()), model.hidden.weight.grad, model.embed.weight[0]

    agree(program, **CLOSE)


def test_moving_average_of_a_model() -> None:
    def program(torch: Any) -> Any:
        nn = torch.nn
        model = nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 1))
        average = copy.deepcopy(model).eval().requires_grad_(False)
        x = torch.randn(20, 3)
        y = x.sum(1, keepdim=True)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        for _ in range(20):
            optimizer.zero_grad()
            nn.functional.smooth_l1_loss(model(x), y).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            with torch.no_grad():
                for mine, theirs in zip(average.parameters(), model.parameters(), strict=True):
                    mine.mul_(0.9).add_(theirs, alpha=0.1)
        return average(x), list(average.state_dict())

    agree(program, **CLOSE)


def test_descent_by_hand_on_parameters() -> None:
    def program(torch: Any) -> Any:
        nn = torch.nn

        class Polynomial(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.coefficients = nn.ParameterList([nn.Parameter(torch.randn(())) for _ in range(4)])
                self.register_buffer("powers", torch.arange(4.0))

            def forward(self, x: Any) -> Any:
                return sum(c * x**i for i, c in enumerate(self.coefficients))

        model, losses = Polynomial(), []
        x = torch.linspace(-1, 1, 40)
        for _ in range(30):
            loss = (model(x) - torch.sin(3 * x)).pow(2).mean()
            loss.backward()
            losses.append(loss.item())
            with torch.no_grad():
                for p in model.parameters():
                    p -= 0.3 * p.grad
            model.zero_grad()
        return losses, model, [f"{c.item():.3f}" for c in model.coefficients]

    agree(program, **CLOSE)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_residual_blocks_of_several_inputs_in_the_default_dtype(dtype: str) -> None:
    def program(torch: Any) -> Any:
        nn = torch.nn

        class Block(nn.Module):
            def __init__(self, width: int) -> None:
                super().__init__()
                self.value, self.gate = nn.Linear(width, width), nn.Bilinear(width, width, width)
                self.scale = nn.Parameter(torch.tensor(0.5))

            def forward(self, x: Any, *, context: Any) -> Any:
                return x + self.scale * torch.sigmoid(self.gate(x, context)) * nn.functional.glu(
                    torch.cat([self.value(x), context], dim=-1)
                )

        before = torch.get_default_dtype()
        torch.set_default_dtype(getattr(torch, dtype))
        try:
            blocks = nn.ModuleDict({f"block{i}": Block(6) for i in range(3)})
            x, context = torch.randn(5, 6), torch.randn(5, 6)

            def loss(m: Any) -> Any:
                h = x
                for block in m.values():
                    h = block(h, context=context)
                return (h - 1).abs().mean()

            losses = train(torch, blocks, loss, torch.optim.Adam(blocks.parameters(), lr=0.01))
            return losses, [p.dtype == getattr(torch, dtype) for p in blocks.parameters()]
        finally:
            torch.set_default_dtype(before)

    agree(program, **CLOSE)


def test_these_programs_learn() -> None:
    """What is compared above is not two ways of standing still."""
    gradus.manual_seed(0)
    model = gradus.nn.Sequential(gradus.nn.Linear(3, 8), gradus.nn.Tanh(), gradus.nn.Linear(8, 1))
    x = gradus.randn(50, 3)
    y = x.sum(1, keepdim=True)
    losses = train(
        gradus, model, lambda m: gradus.nn.MSELoss()(m(x), y), gradus.optim.Adam(model.parameters(), lr=0.05), 100
    )
    assert losses[-1] < losses[0] / 20
