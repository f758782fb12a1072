"""Lessons teach what is true: captions fit the better row, damages only damage, splits hold."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch

from maquette.model_servers.reward.heads import HeadKind
from maquette.model_servers.reward.preference import advantage
from maquette.training.reward.calibrate import calibrate
from maquette.training.reward.lessons.alignment import contrasted
from maquette.training.reward.lessons.damage import DAMAGES, inside
from maquette.training.reward.lessons.pairs import SUBJECTS, lessons
from maquette.training.reward.lessons.policy import facts
from maquette.training.reward.losses import pair_losses
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import relations
from maquette.training.world.split import HELD_OUT, unseen_counts
from maquette.training.world.telling.changes import KINDS, change
from maquette.training.world.telling.misspelling import misspelt


def fit(
    kind: HeadKind, better: torch.Tensor, worse: torch.Tensor, steps: int = 300
) -> torch.nn.Linear:
    """A linear head trained on features (n, F) of pairs by the real loss."""
    torch.manual_seed(0)
    head = torch.nn.Linear(better.shape[1], kind.numbers, bias=False)
    optimizer = torch.optim.Adam(head.parameters(), 0.02)
    for _ in range(steps):
        optimizer.zero_grad()
        pair_losses(kind, head(better), head(worse)).mean().backward()
        optimizer.step()
    return head


def right(kind: HeadKind, head: torch.nn.Linear, a: torch.Tensor, b: torch.Tensor) -> float:
    with torch.no_grad():
        return float((advantage(kind, head(a), head(b)) > 0).float().mean())


@pytest.mark.parametrize("kind", [HeadKind.BRADLEY_TERRY, HeadKind.YES_NO])
def test_a_head_learns_a_hidden_utility_and_its_opposite(kind: HeadKind) -> None:
    """500 pairs, labels by a hidden linear utility: 0.9 held out; taught swapped, below 0.1."""
    torch.manual_seed(3)
    utility = torch.randn(8)
    a, b = torch.randn(700, 8), torch.randn(700, 8)
    first = ((a - b) @ utility > 0)[:, None]
    better, worse = torch.where(first, a, b), torch.where(first, b, a)
    head = fit(kind, better[:500], worse[:500])
    assert right(kind, head, better[500:], worse[500:]) >= 0.9
    swapped = fit(kind, worse[:500], better[:500])
    assert right(kind, swapped, better[500:], worse[500:]) <= 0.1


def test_only_general_preferences_hold_a_cycle() -> None:
    """Rock, paper, scissors: Bradley-Terry gets at most 2 of 3, the skew-symmetric head all."""
    things = torch.eye(3)
    better, worse = things, things[[1, 2, 0]]
    cycle = HeadKind.GENERAL_PREFERENCE
    assert right(cycle, fit(cycle, better, worse), better, worse) == 1.0
    line = HeadKind.BRADLEY_TERRY
    assert right(line, fit(line, better, worse), better, worse) <= 2 / 3 + 1e-6


def test_losses_are_those_of_the_paper() -> None:
    """At tau 0.1, with a margin, against formulas written out."""
    better, worse = torch.tensor([[0.3]]), torch.tensor([[0.1]])
    got = pair_losses(HeadKind.BRADLEY_TERRY, better, worse, margin=0.05)
    assert float(got) == pytest.approx(np.log1p(np.exp(-(0.2 - 0.05) / 0.1)), rel=1e-5)
    a, b = torch.tensor([[0.3, -0.2]]), torch.tensor([[0.1, 0.4]])
    got = pair_losses(HeadKind.GENERAL_PREFERENCE, a, b)
    assert float(got) == pytest.approx(np.log1p(np.exp(-(0.12 + 0.02) / 0.1)), rel=1e-5)
    got = pair_losses(HeadKind.YES_NO, better, worse)
    expected = (np.log1p(np.exp(-0.3)) + np.log1p(np.exp(0.1))) / 2
    assert float(got) == pytest.approx(expected, rel=1e-5)


def test_calibration_is_the_logistic_fit() -> None:
    """Scale and centre against scikit-learn's logistic regression on many pairs."""
    from sklearn.linear_model import LogisticRegression

    torch.manual_seed(1)
    better, worse = 0.4 + 0.2 * torch.randn(400, 1), 0.1 + 0.2 * torch.randn(400, 1)
    line = calibrate(HeadKind.BRADLEY_TERRY, better, worse)
    values = torch.cat([better, worse]).numpy()
    fitted = LogisticRegression(C=1e6).fit(values, [1] * 400 + [0] * 400)
    assert line.scale == pytest.approx(float(fitted.coef_[0, 0]), rel=0.05)
    expected = -float(fitted.intercept_[0] / fitted.coef_[0, 0])
    assert line.centre == pytest.approx(expected, abs=0.01)


def test_changed_scenes_keep_the_splits_and_change_what_they_say() -> None:
    """No change brings in what is held out; each kind changes its fact and no other."""
    done: Counter[str] = Counter()
    for k in range(60):
        rng = np.random.default_rng((77, k))
        scene = sample_scene(rng, counts=(2, 3))
        for kind in KINDS:
            changed = change(scene, kind, rng)
            if changed is None:
                continue
            done[kind] += 1
            after = changed.scene
            assert not {p.pair for p in after.things} & HELD_OUT
            assert not unseen_counts(p.thing for p in after.things)
            before = Counter(p.pair for p in scene.things)
            tally = Counter(p.pair for p in after.things)
            match kind:
                case "relation":
                    assert tally == before and not set(relations(scene)) & set(relations(after))
                case "pattern":
                    assert tally == before
                case "missing" | "count":
                    assert abs(tally.total() - before.total()) == 1
                case _:
                    assert tally != before and tally.total() == before.total()
    assert set(done) == set(KINDS)


def test_captions_of_a_contrast_differ() -> None:
    """The caption of a scene is never that of its changed twin."""
    for k in range(12):
        scene, found = contrasted(np.random.default_rng((5, k)), "test")
        assert found.told != found.other
        assert scene != found.changed.scene


@pytest.mark.parametrize("subject", list(SUBJECTS))
def test_lessons_repeat_and_are_of_two_pictures(subject: str) -> None:
    """The same seed draws the same lesson; its first pair has one caption and two pictures."""
    (one,), (again,) = lessons(subject, 1, 8), lessons(subject, 1, 8)
    assert one.pairs == again.pairs
    assert all(np.array_equal(a, b) for a, b in zip(one.pictures, again.pictures, strict=True))
    first = one.pairs[0]
    assert first.better[1] == first.worse[1] and first.better[0] != first.worse[0]
    assert not np.array_equal(*one.pictures)


def test_a_rule_is_broken_by_the_worse_picture_only() -> None:
    """What a scene shows, as rules name it: its things, colours, pairs and words."""
    scene = sample_scene(np.random.default_rng(2), counts=(1,), words=1)
    (thing,) = scene.things
    shown = set(facts(scene))
    assert "words" in shown and f"{thing.colour} things" in shown and len(shown) == 4


def test_damages_grow_with_strength_and_stay_inside_their_box() -> None:
    """Stronger damage lies farther from the clean picture; local damage leaves the rest alone."""
    rng = np.random.default_rng(0)
    clean = np.zeros((64, 64, 3), np.uint8)
    clean[16:48, 16:48] = (220, 38, 38)
    for name, damage in DAMAGES.items():
        mild, strong = (
            np.abs(damage(clean, s, np.random.default_rng(1)).astype(int) - clean).mean()
            for s in (0.05, 1.0)
        )
        assert 0 < mild < strong, name
    local = inside(clean, (0.5, 0.5, 0.75, 0.75), DAMAGES["noise"], 1.0, rng)
    assert np.array_equal(local[:28], clean[:28]) and not np.array_equal(local, clean)


def test_misspelt_words_never_read_the_same() -> None:
    """One letter is off, capitals stay as they were."""
    rng = np.random.default_rng(3)
    for word in ("OPEN", "bee", "Sale", "aa"):
        for _ in range(30):
            wrong = misspelt(word, rng)
            assert wrong.lower() != word.lower() and abs(len(wrong) - len(word)) <= 1
            assert wrong.isupper() == word.isupper()
