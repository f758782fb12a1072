"""The reward recipe runs end to end at toy size, resumes exactly, and its pack serves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from maquette.model_servers.reward.backends.perspectives import Scorer
from maquette.model_servers.reward.heads import HeadKind
from maquette.model_servers.reward.rows import padded
from maquette.training.evaluation.rows import Bench, measure_rows
from maquette.training.recipes.driver import follow
from maquette.training.reward.__main__ import smoke
from maquette.training.reward.cache import read_cache
from maquette.training.reward.lessons.pairs import HELD_OUT_SEED, SUBJECTS
from maquette.training.reward.measure import ANSWERS, SWAPPED
from maquette.training.reward.packed import pack_captions, packed_rewards
from maquette.training.reward.recipe import RewardRecipe, fresh_model
from maquette.training.reward.run import RewardRun, pair_weights
from maquette.training.reward.session import SEED, train_perspective

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished smoke run."""
    folder = tmp_path_factory.mktemp("reward")
    smoke(folder, steps=2)
    return folder


def a_run(work: Path, folder: Path, subject: str = "alignment", **recipe: object) -> RewardRun:
    head = HeadKind.BRADLEY_TERRY
    settings = RewardRecipe(batch=4, **recipe)  # type: ignore[arg-type]
    device = torch.device("cpu")
    likelihood = SUBJECTS[subject].likelihood
    model, words = fresh_model(work / "backbone", subject, head, settings, device, likelihood)
    seen = read_cache(work / f"{subject}_seen")
    return RewardRun(folder, subject, model, words, seen, settings)


def test_the_pack_serves_every_perspective(work: Path) -> None:
    """The exported directory loads by the serving path, checked against its manifest."""
    scorer = Scorer(str(work / "pack"))
    assert set(scorer.perspectives) == set(SUBJECTS)
    picture = Image.fromarray(np.full((64, 64, 3), 200, np.uint8))
    rows = [(0, "a red circle", name) for name in SUBJECTS]
    assert all(0 <= row.score <= 1 for row in scorer.score([picture], rows))
    assert "harmful" in scorer.perspectives["policy"]
    assert (work / "pack" / "MODEL_CARD.md").read_text().count("|") > 10


@pytest.mark.parametrize("subject", ["alignment", "text"])
def test_saved_weights_give_the_rewards_of_training(
    work: Path, tmp_path: Path, subject: str
) -> None:
    """What was trained on cached features scores the same through pixels, to float16."""
    from maquette.training.reward.pack import save_trained

    run = a_run(work, tmp_path, subject)
    follow(run, tmp_path, None, 3, ["loss"])
    pair = run.kept_pairs()[0]
    with run.averaged():
        better, _ = run.rewards_of([pair])
    save_trained(run, tmp_path / "saved" / subject)
    scorer = Scorer(str(tmp_path / "saved"), backbone=str(work / "backbone"))
    lesson_index = len(run.seen.starts) - 1
    lesson = SUBJECTS[subject].lesson(np.random.default_rng((SEED, lesson_index)), "train")
    pictures = [Image.fromarray(picture) for picture in lesson.pictures]
    (row,) = scorer.score(pictures, [(*lesson.pairs[0].better, subject)])
    assert row.raw[0] == pytest.approx(float(better[0, 0]), abs=0.02)


def test_a_resumed_run_ends_where_an_unbroken_one_does(work: Path, tmp_path: Path) -> None:
    """Three steps, a stop and three more equal six steps, weight for weight."""
    whole = a_run(work, tmp_path / "whole")
    follow(whole, tmp_path / "whole", None, 6, ["loss"])
    for limit in (3, 6):
        broken = a_run(work, tmp_path / "broken")
        # The same schedule over six steps, stopped by hand after ``limit``.
        start = broken.restore()
        for step in broken.steps(start, lambda index: index / 6):
            if step.index + 1 == limit:
                broken.save(limit, 0.0)
                break
    for a, b in zip(whole.parameters, broken.parameters, strict=True):
        assert torch.allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("subject", ["alignment", "text"])
def test_packed_captions_earn_what_they_would_alone(
    work: Path, tmp_path: Path, subject: str
) -> None:
    """Captions behind one picture against the serving model's rows of one caption each."""
    run = a_run(work, tmp_path, subject)
    follow(run, tmp_path, None, 2, ["loss"])
    seen = run.seen.look([0, 3]).float()
    told = [["a red circle", "two blue stars and a tree", "a tree"], ["a red circle"]]
    with torch.no_grad():
        packed = packed_rewards(run.model, subject, seen, pack_captions(told, run.words))
        alone = [
            run.model(
                seen[picture, None], padded([run.words.ids(caption)], [run.words.start]), [subject]
            )[0]
            for picture, captions in enumerate(told)
            for caption in captions
        ]
    assert torch.allclose(packed, torch.stack(alone), atol=1e-5)
    assert len({round(float(value), 5) for value in packed}) == 4


@pytest.mark.parametrize("subject", list(SUBJECTS))
def test_pairs_of_two_pictures_weigh_half_a_lesson(subject: str) -> None:
    """Shares of a lesson sum to one; where it has both kinds of pairs, each kind has half."""
    mixed = 0
    for seed in range(30):
        pairs = SUBJECTS[subject].lesson(np.random.default_rng(seed), "train").pairs
        weights = pair_weights(list(pairs))
        of_pictures = [w for p, w in zip(pairs, weights, strict=True) if p.better[0] != p.worse[0]]
        assert sum(weights) == pytest.approx(1) and min(weights) > 0
        if 0 < len(of_pictures) < len(pairs):
            mixed += 1
            assert sum(of_pictures) == pytest.approx(0.5)
    assert mixed or subject in ("fidelity", "policy")


def test_only_the_perspective_learns(work: Path, tmp_path: Path) -> None:
    """The tower and the backbone are bit for bit what they were; everything trained moves."""
    run = a_run(work, tmp_path)
    mine = {id(parameter) for parameter in run.parameters}
    before = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    follow(run, tmp_path, None, 2, ["loss"])
    for name, parameter in run.model.named_parameters():
        same = torch.equal(before[name], parameter)
        assert same == (id(parameter) not in mine) or "lora_A" in name, name


def test_a_general_preference_goes_without_likelihood(work: Path, tmp_path: Path) -> None:
    """A perspective that counts likelihoods can still be taught with a head of two numbers."""
    saved = train_perspective(
        tmp_path,
        str(work / "backbone"),
        "text",
        steps=1,
        lessons=12,
        head=HeadKind.GENERAL_PREFERENCE,
        workers=1,
    )
    config = json.loads((saved / "reward_config.json").read_text())
    assert config["head"] == HeadKind.GENERAL_PREFERENCE and not config["likelihood"]


def test_the_level_adds_what_rows_are_in_themselves(work: Path, tmp_path: Path) -> None:
    """With a level, a loss gains that of right rows as yes and wrong ones as no, by torch."""
    plain, level = a_run(work, tmp_path, "text"), a_run(work, tmp_path, "text", level=0.5)
    for run in (plain, level):
        run._rewards = lambda pairs: (  # type: ignore[method-assign]
            torch.full((len(pairs), 1), 2.0),
            torch.full((len(pairs), 1), 1.0),
        )
    told = torch.tensor([2.0, 1.0])
    expected = torch.nn.functional.binary_cross_entropy_with_logits(told, torch.tensor([1.0, 0.0]))
    with torch.no_grad():
        gained = float(level._losses(0)["loss"]) - float(plain._losses(0)["loss"])
    assert gained == pytest.approx(0.5 * float(expected), abs=1e-6)


def test_swapped_labels_pull_the_other_way(work: Path, tmp_path: Path) -> None:
    """The control has its own folder, and its first loss mirrors the true one."""
    true, swapped = a_run(work, tmp_path), a_run(work, tmp_path, swap_labels=True)
    assert swapped.name == "alignment_swapped" and swapped.folder != true.folder
    with torch.no_grad():
        a, b = float(true._losses(0)["loss"]), float(swapped._losses(0)["loss"])
    better, worse = true.rewards_of(true.kept_pairs())
    assert better.shape == worse.shape and a != b


def test_held_out_pairs_are_measured_with_intervals(work: Path) -> None:
    """Each perspective has a row; that of all is the weakest; controls stand beside them."""
    bench = Bench(work, work, {"reward": work / "pack", "understanding": work / "backbone"})
    bench.swapped = work / "controls"
    shutil.copytree(work / "saved" / "policy", bench.swapped / "policy_swapped")
    names = [f"reward_pairs_{name}" for name in SUBJECTS]
    rows = {row.name: row for row in measure_rows(bench, [*names, "reward_pairs"], 3)}
    assert all(rows[name].n == 3 and rows[name].bar == 0.9 for name in names)
    assert rows["reward_pairs"].value == min(rows[name].value for name in names)
    assert rows[f"reward_pairs_policy.{ANSWERS}"].n == 6
    assert rows[f"reward_pairs_policy.{SWAPPED}"].value == rows["reward_pairs_policy"].value
    assert f"reward_pairs_text.{SWAPPED}" not in rows
    assert HELD_OUT_SEED > SEED
    rows = json.loads((work / "policy.jsonl").read_text().splitlines()[-1])
    assert "held_out" in rows
