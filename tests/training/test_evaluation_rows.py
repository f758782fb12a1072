"""Rows are registered, summed up, stored and measured afresh."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import generation_models_for_training as models
import numpy as np
import pytest
from typer.testing import CliRunner

from maquette.training.data.shards import read_shard, write_shard
from maquette.training.evaluate import app
from maquette.training.evaluation import rows
from maquette.training.evaluation.results import load_rows, measure, recheck, save_rows, table
from maquette.training.evaluation.rows import Bench, Outcome, RowSpec, known_rows

WANTED = {
    "one_thing": 0.90,
    "two_things": 0.60,
    "counts_1_4": 0.60,
    "unseen_pairs": 0.75,
    "layout": 0.95,
    "concept": 0.80,
    "edit": 0.70,
}


def thirds(bench: Bench, trials: Sequence[int]) -> list[Outcome]:
    """Every third trial is right."""
    grey = np.full((32, 32, 3), 90, dtype=np.uint8)
    return [Outcome(i % 3 == 0, 1, f"trial {i}", "ab"[i % 2], grey) for i in trials]


SPEC = RowSpec("thirds", 0.3, 9, "share", thirds)


def test_the_generators_rows_have_their_names_and_bars() -> None:
    """Rows and bars are the agreed ones."""
    bars = {spec.name: spec.bar for spec in known_rows()}
    assert WANTED.items() <= bars.items()
    with pytest.raises(KeyError, match="no row named nonsense"):
        known_rows(["nonsense"])


def test_a_name_belongs_to_one_measure() -> None:
    """Registering another function under a known name is refused."""
    known_rows()
    with pytest.raises(ValueError, match="one_thing"):
        rows.measured_row("one_thing", bar=0.1)(thirds)


def test_rows_sum_up_outcomes() -> None:
    """Shares count questions; means average trials; no outcome never holds."""
    share = SPEC.row([Outcome(2, 4), Outcome(1, 2)])
    assert (share.value, share.n, share.holds) == (0.5, 6, True)
    assert share.low < 0.5 < share.high
    mean = RowSpec("m", 0.5, 2, "mean", thirds).row([Outcome(0.2), Outcome(0.6)])
    assert mean.value == pytest.approx(0.4)
    assert not mean.holds
    assert not SPEC.row([]).holds


def test_results_are_stored_shown_and_rechecked(tmp_path: Path) -> None:
    """Outcomes can be measured afresh; a changed one is noticed; rows replace their elders."""
    bench = Bench(tmp_path, tmp_path)
    row = measure(bench, SPEC, None, tmp_path)
    save_rows([row], tmp_path)
    save_rows([row], tmp_path)
    assert [r["name"] for r in load_rows(tmp_path)] == ["thirds"]
    assert (tmp_path / "sheets" / "thirds.png").exists()
    assert (tmp_path / "pack.png").exists()
    told = table(load_rows(tmp_path), tmp_path)
    assert "| thirds | 0.333 |" in told
    assert "| - a |" in told
    checks = recheck(bench, [SPEC], 4, 1, tmp_path)
    assert len(checks) == 4
    assert all(check.agrees for check in checks)
    path = tmp_path / "outcomes" / "thirds.json"
    path.write_text(path.read_text().replace('"right": true', '"right": false'))
    assert not all(check.agrees for check in recheck(bench, [SPEC], 9, 1, tmp_path))


def test_the_command_measures_a_pack(tmp_path: Path) -> None:
    """A tiny pack and an untrained judge go through every row of the generator, and repeat."""
    models.save_tiny_pack(tmp_path / "packs" / "generation")
    models.save_untrained_judge(tmp_path)
    base = ["pack", "--work", str(tmp_path), "--packs", str(tmp_path / "packs")]
    names = [part for name in WANTED for part in ("--row", name)]
    run = CliRunner().invoke(app, [*base, *names, "--trials", "2", "--steps", "1", "--json"])
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout[run.stdout.index("[") :])
    assert {r["name"] for r in told} == set(WANTED)
    assert set(told[0]) == {"name", "value", "low", "high", "n", "bar", "holds"}
    again = CliRunner().invoke(app, [*base, *names, "--recheck", "3", "--steps", "1"])
    assert "3 of 3 agree" in again.output, again.output


def test_everything_shards_hold_held_out_pairs(tmp_path: Path) -> None:
    """A judge's shard differs from a training shard of the same seed."""
    for everything in (False, True):
        write_shard(tmp_path / str(everything), 6, seed=4, workers=1, everything=everything)
    plain, whole = (read_shard(tmp_path / str(e)).scenes for e in (False, True))
    assert plain != whole
