"""Measures give what they must on pictures whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import binomtest

from maquette.training.evaluation import measures
from maquette.training.evaluation.crops import SIDE, crop
from maquette.training.evaluation.finder import find_boxes, overlap
from maquette.training.evaluation.intervals import Share
from maquette.training.evaluation.recogniser import (
    COLOUR_NAMES,
    THING_NAMES,
    Recogniser,
    Seen,
    load_recogniser,
    make_set,
    recognise,
    save_recogniser,
    train_recogniser,
)
from maquette.training.evaluation.sheet import contact_sheet
from maquette.training.evaluation.trial import GROUPS, make_trials
from maquette.training.world.render import render
from maquette.training.world.sample import simple_scene
from maquette.training.world.scene import Relation
from maquette.training.world.split import ALL_PAIRS, HELD_OUT


@pytest.mark.parametrize(("right", "n"), [(0, 5), (3, 7), (150, 150), (1, 400)])
def test_interval_is_wilsons(right: int, n: int) -> None:
    """The interval equals SciPy's Wilson interval."""
    expected = binomtest(right, n).proportion_ci(method="wilson")
    assert Share(right, n).interval == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_impossible_shares_are_refused() -> None:
    """More right than tried, or nothing tried, is a mistake."""
    with pytest.raises(ValueError, match="3 right of 2"):
        Share(3, 2)
    with pytest.raises(ValueError, match="0 right of 0"):
        Share(0, 0)


def test_finder_finds_the_true_boxes() -> None:
    """On exact renders every true box is found, and nothing else."""
    rng = np.random.default_rng(3)
    for _ in range(15):
        scene = simple_scene(rng, ALL_PAIRS)
        found = find_boxes(render(scene))
        assert len(found) == len(scene.things)
        for placed in scene.things:
            assert max(overlap(placed.box, box) for box in found) > 0.9


def test_finder_finds_nothing_in_an_empty_picture() -> None:
    """A plain picture holds no things."""
    assert find_boxes(np.full((64, 64, 3), 200, dtype=np.uint8)) == []


def test_overlap_by_hand() -> None:
    """Half-shifted unit boxes share a third; distant ones nothing."""
    assert overlap((0, 0, 1, 1), (0.5, 0, 1.5, 1)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 0.2, 0.2), (0.5, 0.5, 1, 1)) == 0


def test_crop_shows_the_box_and_its_surroundings() -> None:
    """The middle of a crop is the box's colour and its border the background's."""
    picture = np.zeros((100, 100, 3), dtype=np.uint8)
    picture[20:60, 20:60] = 255
    cut = crop(picture, (0.2, 0.2, 0.6, 0.6))
    assert cut.shape == (SIDE, SIDE, 3)
    assert cut[SIDE // 2, SIDE // 2].tolist() == [255] * 3
    assert cut[0, 0].tolist() == [0] * 3


def test_recogniser_learns_and_is_kept(tmp_path: Path) -> None:
    """A few steps lower the loss, and saved weights answer alike."""
    data = make_set(12, seed=1)
    assert data[0].shape[1:] == (3, SIDE, SIDE)
    model = Recogniser()
    losses = list(train_recogniser(model, data, epochs=8, batch=16))
    assert losses[-1] < losses[0]
    save_recogniser(model, tmp_path / "r.safetensors")
    crops = data[0][:5].permute(0, 2, 3, 1).numpy()
    assert recognise(model, crops) == recognise(load_recogniser(tmp_path / "r.safetensors"), crops)


class Oracle(Recogniser):
    """Answers from a list, in the order asked."""

    def __init__(self, answers: list[Seen]) -> None:
        super().__init__()
        self.answers = answers

    def forward(self, crops: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Give one-hot logits for the next answers."""
        now, self.answers = self.answers[: len(crops)], self.answers[len(crops) :]
        things = torch.eye(len(THING_NAMES))[[THING_NAMES.index(s.thing) for s in now]]
        colours = torch.eye(len(COLOUR_NAMES))[[COLOUR_NAMES.index(s.colour) for s in now]]
        return things, colours


def test_layout_score_counts_what_a_perfect_judge_says() -> None:
    """One wrong colour of three things lowers colour and both, not thing."""
    scene = simple_scene(np.random.default_rng(0), counts=(3,))
    answers = [Seen(p.thing, p.colour) for p in scene.things]
    answers[1] = Seen(answers[1].thing, "nothing")
    score = measures.score_layouts(Oracle(answers), [render(scene)], [scene])
    assert (score.thing.right, score.colour.right, score.both.right) == (3, 2, 2)
    assert score.overlap > 0.9


def test_caption_score_wants_the_exact_contents_and_the_relation() -> None:
    """All things found gives a right picture; the relation is judged from found boxes."""
    trial = next(t for t in make_trials("seen pairs", 12) if t.told is not None)
    scene, picture = trial.scene, render(trial.scene)
    by_box = {p.box: p for p in scene.things}
    order = [max(by_box, key=lambda box: overlap(box, found)) for found in find_boxes(picture)]
    answers = [Seen(by_box[b].thing, by_box[b].colour) for b in order]
    good = measures.score_captions(Oracle(list(answers)), [picture], [scene], [trial.told])
    assert (good.contents.right, good.related.right) == (1, 1)
    turned = Relation(trial.told.other, trial.told.name, trial.told.subject)
    bad = measures.score_captions(Oracle(list(answers)), [picture], [scene], [turned])
    assert bad.related.right == 0
    answers[0] = Seen("nothing", "nothing")
    missing = measures.score_captions(Oracle(answers), [picture], [scene], [trial.told])
    assert missing.contents.right == 0
    assert missing.related is None


def test_trials_keep_to_their_group_and_repeat() -> None:
    """Groups hold the pairs they are named for, and are the same every time."""
    for group in GROUPS:
        trials = make_trials(group, 10)
        assert trials == make_trials(group, 10)
        held = {p.pair in HELD_OUT for t in trials for p in t.scene.things}
        assert held == {group == "unseen pairs"}


def test_contact_sheet_holds_all_pictures(tmp_path: Path) -> None:
    """Five pictures in rows of two make three rows."""
    pictures = [np.full((64, 64, 3), 40 * i, dtype=np.uint8) for i in range(5)]
    contact_sheet(pictures, ["x"] * 5, 2, tmp_path / "s.png")
    with Image.open(tmp_path / "s.png") as sheet:
        assert sheet.size == (128, 3 * 94)
    with pytest.raises(ValueError, match="1 pictures and 0 captions"):
        contact_sheet(pictures[:1], [], 1, tmp_path / "t.png")
