"""The loop, the budget, the journal and the averages keep their promises."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from maquette.training.recipes.averaging import Average
from maquette.training.recipes.budget import Budget
from maquette.training.recipes.checkpoints import load_checkpoint, save_checkpoint
from maquette.training.recipes.journal import Journal, plot
from maquette.training.recipes.loop import training_loop


def test_loop_minimises_and_stops_with_the_budget() -> None:
    """A quadratic reaches its minimum; the last step is the one before progress is 1."""
    x = torch.nn.Parameter(torch.tensor([3.0]))
    optimizer = torch.optim.Adam([x])
    steps = list(
        training_loop(
            [x], optimizer, lambda _: {"square": (x - 1).square().sum()}, lambda i: i / 200, 0.1, 0
        )
    )
    assert len(steps) == 200
    assert steps[-1].index == 199
    assert abs(float(x.detach()) - 1) < 1e-2
    assert steps[0].losses["square"] == 4


def test_rate_warms_up_and_falls() -> None:
    """The rate rises over the warm-up and ends at about one hundredth of its peak."""
    x = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([x], 0.0)
    rates = [
        s.learning_rate
        for s in training_loop(
            [x], optimizer, lambda _: {"l": (x * 0).sum()}, lambda i: i / 100, 1.0, warmup=10
        )
    ]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) > 0.9
    assert rates[-1] < 0.02


def test_budget_counts_earlier_runs_and_the_nearer_limit() -> None:
    """Minutes add up over resumed runs, and whichever limit is nearer decides."""
    now = [100.0]
    budget = Budget(10, 1.0, lambda: now[0], spent_s=30)
    assert budget(0) == pytest.approx(0.5)
    assert budget(9) == pytest.approx(0.9)
    now[0] = 200.0
    assert budget(0) == 1.0
    with pytest.raises(ValueError, match="needs steps or minutes"):
        Budget(None, None, lambda: 0.0)


def test_average_of_a_still_module_is_the_module() -> None:
    """Averaging constant weights gives them back; one update moves part of the way."""
    module = torch.nn.Linear(2, 2)
    average = Average(module, decay=0.5)
    before = module.weight.detach().clone()
    average.update(module, 100)
    assert torch.allclose(average.module.weight, before)
    with torch.no_grad():
        module.weight += 1
    average.update(module, 100)
    assert torch.allclose(average.module.weight, before + 0.5)


def test_checkpoint_restores_weights_optimizer_and_counters(tmp_path: Path) -> None:
    """A step after restoring equals the step that would have come."""

    def fresh() -> tuple[torch.nn.Linear, torch.optim.AdamW]:
        module = torch.nn.Linear(3, 1)
        return module, torch.optim.AdamW(module.parameters(), 0.1)

    def step(module: torch.nn.Linear, optimizer: torch.optim.AdamW) -> None:
        optimizer.zero_grad()
        module(torch.ones(1, 3)).sum().backward()
        optimizer.step()

    one, first = fresh()
    step(one, first)
    save_checkpoint(tmp_path / "c", {"m": one}, first, {"step": 1})
    two, second = fresh()
    assert load_checkpoint(tmp_path / "c", {"m": two}, second) == {"step": 1}
    step(one, first)
    step(two, second)
    assert torch.equal(one.weight, two.weight)
    assert load_checkpoint(tmp_path / "none", {"m": two}) is None
    assert {p.suffix for p in (tmp_path / "c").iterdir()} == {".safetensors", ".json"}


def test_journal_is_plotted(tmp_path: Path) -> None:
    """Records come back in order, and a picture of them is written."""
    journal = Journal(tmp_path / "deep" / "log.jsonl")
    for i in range(5):
        journal.write(step=i, loss=1 / (i + 1))
    assert [r["step"] for r in journal.read()] == list(range(5))
    plot(journal.read(), ["loss", "absent"], tmp_path / "plot.png")
    with Image.open(tmp_path / "plot.png") as image:
        assert image.size == (900, 470)
