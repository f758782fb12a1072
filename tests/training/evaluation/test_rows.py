"""Rows are registered, summed up, stored and measured afresh."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import generation_models_for_training as models
import numpy as np
import pytest
from typer.testing import CliRunner

from maquette.infra.manifest import write_manifest
from maquette.records.errors import PackCorrupt
from maquette.training.data.shards import read_shard, write_shard
from maquette.training.evaluate import app
from maquette.training.evaluation import kept, rows
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.results import (
    Recheck,
    load_rows,
    measure,
    recheck,
    save_rows,
    table,
)
from maquette.training.evaluation.rows import SWAPPED, Bench, Row, RowSpec, known_rows

GENERATOR = {
    "one_thing": 0.90,
    "two_things": 0.60,
    "counts_1_4": 0.60,
    "unseen_pairs": 0.75,
    "layout": 0.95,
    "concept": 0.80,
    "edit": 0.70,
}
AGREED = {
    **GENERATOR,
    "caption_facts": 0.90,
    "qa_renders": 0.90,
    "qa_generated": 0.80,
    "phrase_iou": 0.80,
    "reward_pairs_alignment": 0.90,
    "reward_pairs_fidelity": 0.90,
    "reward_pairs_text": 0.90,
    "reward_pairs_policy": 0.90,
    "reward_pairs": 0.90,
    "retrieval_r1": 0.80,
    "guard_photo": 0.95,
    "guard_world": 0.95,
    "judge_renders": 0.99,
    "judge_agreement": 0.95,
}
KEYS = ["name", "value", "low", "high", "n", "bar", "holds"]


def thirds(bench: Bench, trial: int) -> Outcome:
    """Every third trial is right."""
    grey = np.full((32, 32, 3), 90, dtype=np.uint8)
    return Outcome(trial % 3 == 0, 1, f"trial {trial}", "ab"[trial % 2], picture=grey)


def missing(bench: Bench, trial: int) -> Outcome:
    """Its pack is not there."""
    raise AssertionError(bench.pack("nonsense"))


def broken(bench: Bench, trial: int) -> Outcome:
    """A fault of the row's own."""
    return Outcome({}["no such"])


SPEC = RowSpec("thirds", 0.3, 9, thirds)


def test_rows_have_the_agreed_names_and_bars_in_order() -> None:
    """Rows and bars are those that the issue lists, and the judge's own; unknown ones are named."""
    assert {spec.name: spec.bar for spec in known_rows()} == AGREED
    assert [spec.name for spec in known_rows()] == list(AGREED)
    with pytest.raises(KeyError, match="no row named nonsense"):
        known_rows(["nonsense"])


def test_a_name_belongs_to_one_measure() -> None:
    """Registering another function under a known name is refused."""
    known_rows()
    with pytest.raises(ValueError, match="one_thing"):
        rows.measured_row("one_thing", bar=0.1)(thirds)


def test_rows_sum_up_outcomes() -> None:
    """A share counts questions; trials that do not count are left out; none never holds."""
    share = SPEC.row([Outcome(2, 4), Outcome(1, 2), Outcome(0, 0)])
    assert (share.value, share.n, share.holds) == (0.5, 6, True)
    assert share.low < 0.5 < share.high
    assert SPEC.row([]).holds is False
    uncounted = SPEC.row([Outcome(0, 0)])
    assert (uncounted.n, uncounted.holds, uncounted.problem) == (0, False, "no trial counted")


def test_groups_parts_and_ablations_stand_beside_the_row() -> None:
    """Each is summed up alone, under the row's name and its own, and has no bar."""
    outcomes = [
        Outcome(1, 2, group="a", parts={"big": (1, 1)}, beside={"blind": (0, 2)}),
        Outcome(2, 2, group="b", parts={"big": (0, 1), "small": (1, 1)}),
    ]
    told = {row.name: row for row in SPEC.beside(outcomes)}
    values = {name: (row.value, row.n) for name, row in told.items()}
    assert values == {
        "thirds.a": (0.5, 2),
        "thirds.b": (1.0, 2),
        "thirds.big": (0.5, 2),
        "thirds.small": (1.0, 1),
        "thirds.blind": (0.0, 2),
    }
    assert all(row.bar is None and row.holds is None for row in told.values())


def test_results_are_stored_shown_and_rechecked(tmp_path: Path) -> None:
    """Outcomes can be measured afresh; a changed one is noticed; rows replace their elders."""
    bench = Bench(tmp_path, tmp_path)
    row = measure(bench, SPEC, None, tmp_path)
    save_rows([row], tmp_path)
    save_rows([row], tmp_path)
    assert [r["name"] for r in load_rows(tmp_path)] == ["thirds"]
    for file in ("sheets/thirds.png", "sheets/thirds_wrong.png", "pack.png"):
        assert (tmp_path / file).exists(), file
    assert "| thirds | 0.333 |" in table(load_rows(tmp_path), tmp_path)
    checks = recheck(bench, [SPEC], 4, 1, tmp_path)
    assert len(checks) == 4
    assert all(check.agrees and check.verdict == "agrees" for check in checks)
    path = tmp_path / "outcomes" / "thirds.json"
    path.write_text(path.read_text().replace('"right": 1.0', '"right": 0.0'))
    again = recheck(bench, [SPEC], 9, 1, tmp_path)
    wrong = [check for check in again if not check.agrees]
    assert len(wrong) == 3 and "(0.0, 1) before" in wrong[0].verdict


@pytest.mark.slow
def test_processes_may_measure_rows_of_one_folder(tmp_path: Path) -> None:
    """Four processes add twenty rows by turns, and none is lost."""
    found = [[Row(f"row_{k}", 0.5, 0.4, 0.6, 10, 0.9)] for k in range(20)]
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        list(pool.map(partial(save_rows, out=tmp_path), found))
    assert {r["name"] for r in load_rows(tmp_path)} == {f"row_{k}" for k in range(20)}


def test_a_part_that_changed_is_noticed() -> None:
    """A recheck compares ablations and parts too, scores within a hundredth."""
    before = Outcome(1, 1, parts={"x": (0.5, 1)}, beside={"blind": (0, 1)})
    near = Outcome(1, 1, parts={"x": (0.505, 1)}, beside={"blind": (0, 1)})
    assert Recheck("r", 0, before, near).agrees
    for parts, beside in (({"x": (0.52, 1)}, before.beside), (before.parts, {"blind": (1, 1)})):
        assert not Recheck("r", 0, before, Outcome(1, 1, parts=parts, beside=beside)).agrees
    assert not Recheck("r", 0, before, Outcome(1, 1, parts=before.parts)).agrees


def test_pictures_are_drawn_again_as_they_were(tmp_path: Path) -> None:
    """A recheck uses the steps and guidance of the stored row, not those it is called with."""

    def steps(bench: Bench, trial: int) -> Outcome:
        return Outcome(float(bench.steps or 0) / 100)

    spec = RowSpec("steps", 0.1, 1, steps)
    measure(Bench(tmp_path, tmp_path, steps=7), spec, None, tmp_path)
    (check,) = recheck(Bench(tmp_path, tmp_path), [spec], 1, 0, tmp_path)
    assert check.now is not None and check.now.right == 0.07 and check.agrees


def test_controls_are_rechecked_only_where_their_weights_are(tmp_path: Path) -> None:
    """No pack keeps weights that were taught the opposite; all else is compared."""

    def paired(bench: Bench, trial: int) -> Outcome:
        blind = {"blind": (0.0, 1.0)}
        return Outcome(1, 1, beside=blind | ({SWAPPED: (1.0, 1.0)} if bench.swapped else {}))

    spec = RowSpec("paired", 0.1, 1, paired)
    there = Bench(tmp_path, tmp_path, swapped=tmp_path)
    measure(there, spec, None, tmp_path)
    for bench in (there, Bench(tmp_path, tmp_path)):
        assert all(check.agrees for check in recheck(bench, [spec], 1, 0, tmp_path))
    path = tmp_path / "outcomes" / "paired.json"
    path.write_text(path.read_text().replace(SWAPPED, "another"))
    assert not any(check.agrees for check in recheck(there, [spec], 1, 0, tmp_path))


def test_what_cannot_be_rechecked_here_does_not_agree_and_stops_nothing(tmp_path: Path) -> None:
    """Photographs may be missing on another machine: that is told, and the rest is measured."""
    bench, gone = Bench(tmp_path, tmp_path), RowSpec("gone", 0.9, 2, thirds)
    measure(bench, gone, None, tmp_path)
    measure(bench, SPEC, None, tmp_path)
    checks = recheck(bench, [RowSpec("gone", 0.9, 2, missing), SPEC], 99, 1, tmp_path)
    lacking = [check for check in checks if check.row == "gone"]
    assert len(checks) == 11 and sum(check.agrees for check in checks) == 9
    assert all("could not be measured here: there is no nonsense" in c.verdict for c in lacking)


def test_a_row_that_cannot_be_measured_fails_alone(tmp_path: Path) -> None:
    """It has no trials, does not hold and says why; what it measured before is forgotten."""
    bench = Bench(tmp_path, tmp_path)
    measure(bench, RowSpec("gone", 0.9, 3, thirds), None, tmp_path)
    for measured, reason in ((missing, "no nonsense in this pack"), (broken, "KeyError")):
        spec = RowSpec("gone", 0.9, 3, measured)
        row = measure(bench, spec, None, tmp_path)
        assert (row.n, row.holds, row.value) == (0, False, 0.0)
        assert reason in row.problem
        save_rows([row], tmp_path)
        assert reason in table(load_rows(tmp_path), tmp_path)
        assert not recheck(bench, [spec], 5, 0, tmp_path)
    assert not (tmp_path / "sheets" / "gone.png").exists()


def test_a_pack_with_a_changed_file_is_refused(tmp_path: Path) -> None:
    """What is measured is what was published."""
    folder = tmp_path / "guard"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    write_manifest(folder)
    assert Bench(tmp_path, tmp_path).pack("guard") == folder
    (folder / "config.json").write_text("{ }")
    with pytest.raises(PackCorrupt, match=r"config\.json"):
        Bench(tmp_path, tmp_path).pack("guard")


@pytest.mark.slow
def test_the_command_measures_a_generator(tmp_path: Path) -> None:
    """A tiny pack and an untrained judge go through every row of the generator, and repeat."""
    models.save_tiny_packs(tmp_path / "packs")
    models.save_untrained_judge(tmp_path)
    base = ["pack", "--work", str(tmp_path), "--packs", str(tmp_path / "packs")]
    names = [part for name in GENERATOR for part in ("--row", name)]
    run = CliRunner().invoke(app, [*base, *names, "--trials", "2", "--steps", "1", "--json"])
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout[run.stdout.index("[\n") :])
    assert [r["name"] for r in told] == list(GENERATOR)
    assert all(list(r) == KEYS for r in told)
    table = (tmp_path / "pack.md").read_text()
    assert table.count("- without layout prior") == 4
    assert table.count("- ports alone") == 2
    again = CliRunner().invoke(app, [*base, *names, "--recheck", "3"])
    assert "3 of 3 agree" in again.output, again.output


def test_a_row_that_is_not_known_is_refused_with_those_that_are(tmp_path: Path) -> None:
    """A misspelt row is a mistake of the command line, not a row that fails."""
    run = CliRunner().invoke(app, ["pack", "--work", str(tmp_path), "--row", "one_thig"])
    assert run.exit_code == 2
    assert "one_thig" in run.output and "one_thing" in run.output
    assert not (tmp_path / "pack.json").exists()


@pytest.mark.slow
def test_every_row_is_there_where_no_pack_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing to measure, and no judge of ours beside the code, every row fails with its
    reason, and the command ends well."""
    monkeypatch.setattr(kept, "RESULTS", tmp_path / "nothing")
    base = ["pack", "--work", str(tmp_path), "--packs", str(tmp_path / "none"), "--json"]
    run = CliRunner().invoke(app, base)
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout[run.stdout.index("[\n") :])
    assert [r["name"] for r in told] == list(AGREED)
    assert all(r["n"] == 0 and r["holds"] is False for r in told)
    reasons = (tmp_path / "pack.md").read_text().splitlines()[2:]
    assert len(reasons) == len(AGREED)
    assert not [line for line in reasons if "Error" in line]


def test_everything_shards_hold_held_out_pairs(tmp_path: Path) -> None:
    """A judge's shard differs from a training shard of the same seed."""
    for everything in (False, True):
        write_shard(tmp_path / str(everything), 6, seed=4, workers=1, everything=everything)
    plain, whole = (read_shard(tmp_path / str(e)).scenes for e in (False, True))
    assert plain != whole
