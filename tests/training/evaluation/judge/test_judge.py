"""The judge learns, names and finds; measures give what they must where truth is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import binomtest

from maquette.records.errors import ConfigError
from maquette.training.data.edits import KINDS, Edit, sample_edit
from maquette.training.data.shards import read_shard, write_shard
from maquette.training.evaluation.intervals import Share
from maquette.training.evaluation.judge.crops import GREY, SIDE, crop
from maquette.training.evaluation.judge.finder import (
    GRID,
    Finder,
    find_boxes,
    finder_targets,
    overlap,
)
from maquette.training.evaluation.judge.judge import (
    Examiner,
    Found,
    JudgeRecipe,
    JudgeRun,
    _visible,
    bent,
    judge_scores,
    keep_judge,
    load_judge,
    turned_about,
)
from maquette.training.evaluation.judge.recogniser import NOTHING, Recogniser, Seen, recognise
from maquette.training.evaluation.judge.verdicts import (
    edited,
    ground_error,
    holds_exactly,
    inside,
    related,
    shows,
)
from maquette.training.evaluation.sheet import contact_sheet
from maquette.training.recipes.driver import follow
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import OPPOSITE, Box, Scene


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


class Oracle(Examiner):
    """Knows the scene that a picture shows; tells what it tells of the picture's truth."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(Finder(), Recogniser())
        self.scene = scene

    def look(self, picture: np.ndarray) -> list[Found]:
        return [Found(Seen(p.thing, p.colour, p.pattern), p.box) for p in self.scene.things]

    def name(self, picture: np.ndarray, boxes: list[Box]) -> list[Seen]:
        told = []
        for box in boxes:
            hits = [f.seen for f in self.look(picture) if overlap(f.box, box) > 0.9]
            told.append(hits[0] if hits else Seen("nothing", "nothing"))
        return told


def edits(kind: str, count: int) -> list[Edit]:
    rng = np.random.default_rng(3)
    found: list[Edit] = []
    while len(found) < count:
        scene = sample_scene(rng, counts=(1, 2, 3), words=0)
        made = sample_edit(scene, rng, kinds=(kind,))
        if made is not None:
            found.append(made)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_edits_are_right_when_made_and_wrong_when_not(kind: str) -> None:
    """The edited render passes; the unchanged picture fails."""
    for change in edits(kind, 2):
        judge = edited(change)
        assert judge(Oracle(change.after), render(change.after)) == (1, 1)
        assert judge(Oracle(change.before), render(change.before)) == (0, 1)


def test_an_added_thing_may_stand_where_the_words_allow() -> None:
    """Anywhere free without a side; on the other side of what it was told to be beside it fails."""
    told = next(change for change in edits("add", 40) if change.link)
    free = next(change for change in edits("add", 40) if not change.link)

    def shifted(change: Edit, side: str) -> Scene:
        """The scene with the added thing small in a corner of that side, if it is free."""
        x = 0.02 if side == "left" else 0.86
        new = replace(change.after.things[change.target or 0], box=(x, 0.02, x + 0.12, 0.14))
        rest = (p for p in change.after.things if p is not change.after.things[change.target or 0])
        return replace(change.after, things=(new, *rest))

    moved = [shifted(free, side) for side in ("left", "right")]
    verdicts = [edited(free)(Oracle(scene), render(scene)) for scene in moved]
    assert (1, 1) in verdicts
    mirrored = replace(told, link=replace(told.link, name=OPPOSITE[told.link.name]))  # type: ignore[type-var]
    assert edited(told)(Oracle(told.after), render(told.after)) == (1, 1)
    assert edited(mirrored)(Oracle(told.after), render(told.after)) == (0, 1)


def test_parts_of_things_are_no_things() -> None:
    """What lies inside another thing of its colour cannot be seen; in a ring's opening it can, and
    so can another colour."""
    large, small = (0.1, 0.1, 0.7, 0.7), (0.3, 0.5, 0.5, 0.72)

    def visible(inner: str, outer: str) -> int:
        named = [Found(Seen(*reversed(pair.split())), box) for pair, box in pairs(inner, outer)]
        return len(_visible(named))

    def pairs(inner: str, outer: str) -> list[tuple[str, Box]]:
        return [(inner, small), (outer, large)]

    assert visible("red oval", "red mushroom") == 1
    assert visible("blue oval", "red mushroom") == 2
    assert visible("red oval", "red ring") == 2
    apart = [Found(Seen("oval", "red"), (0.0, 0.0, 0.2, 0.2)), Found(Seen("oval", "red"), large)]
    assert len(_visible(apart)) == 2


def test_what_is_a_thing_has_a_colour_and_a_pattern() -> None:
    """Even an untrained recogniser never names a thing without them."""
    noise = np.random.default_rng(0).integers(0, 255, (64, SIDE, SIDE, 3), dtype=np.uint8)
    for seed in range(4):
        torch.manual_seed(seed)
        for seen in recognise(Recogniser(seed), noise):
            assert seen.thing == NOTHING or NOTHING not in (seen.colour, seen.pattern)


def test_an_edit_that_spoils_the_background_fails() -> None:
    """The named change with another background behind it does not pass."""
    change = edits("recolour", 1)[0]
    spoiled = (render(change.after).astype(int) + 40).clip(0, 255).astype(np.uint8)
    assert ground_error(change, render(change.after), change.after) == 0
    assert edited(change)(Oracle(change.after), spoiled) == (0, 1)


def test_relations_and_contents_are_judged_from_what_is_found() -> None:
    """The true relation passes, its opposite fails; a missing thing fails."""
    rng = np.random.default_rng(1)
    scene = sample_scene(rng, counts=(2,), alike=False, relation="left of", words=0)
    a, b = sorted(scene.things, key=lambda p: p.centre[0])
    picture = render(scene)
    assert related(a.pair, "left of", b.pair)(Oracle(scene), picture) == (1, 1)
    assert related(a.pair, "right of", b.pair)(Oracle(scene), picture) == (0, 1)
    half = Scene(scene.things[:1], scene.background)
    assert related(a.pair, "left of", b.pair)(Oracle(half), picture) == (0, 1)
    assert inside(scene)(Oracle(half), picture) == (1, 2)
    assert holds_exactly(scene)(Oracle(scene), picture) == (1, 1)
    assert holds_exactly(half)(Oracle(scene), picture) == (0, 1)
    first = scene.things[0]
    assert shows(first.pair, first.pattern)(Oracle(scene), picture) == (1, 1)
    assert shows(("red", "nothing"), "plain")(Oracle(scene), picture) == (0, 1)


def test_middles_stand_where_the_boxes_do() -> None:
    """Targets have one middle a thing, in its size's map, and sides that give back its box."""
    boxes: list[Box] = [(0.1, 0.2, 0.3, 0.35), (0.05, 0.05, 0.95, 0.95)]
    marks, sides, counts = finder_targets([boxes])
    peaks = (marks > 0.999).nonzero().tolist()
    assert len(peaks) == 2
    for _, size, y, x in peaks:
        left, top, right, bottom = sides[0, size, :, y, x].tolist()
        px, py = (x + 0.5) / GRID, (y + 0.5) / GRID
        told = (px - left, py - top, px + right, py + bottom)
        assert any(told == pytest.approx(box, abs=1e-5) for box in boxes)
        assert counts[0, size, 0, y, x] == 1


def test_an_untrained_finder_finds_nothing() -> None:
    """Middles start unlikely, so an empty picture holds no things."""
    assert find_boxes(Finder(), np.full((64, 64, 3), 200, dtype=np.uint8)) == []


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


def test_crop_keeps_proportions() -> None:
    """A thing twice as wide as high is so in its crop, with grey above and below."""
    picture = np.full((128, 128, 3), 255, np.uint8)
    picture[48:80, 32:96] = 0
    cut = crop(picture, (0.25, 0.375, 0.75, 0.625))
    ys, xs = np.nonzero((cut < 64).all(2))
    assert np.ptp(xs) + 1 == pytest.approx(2 * (np.ptp(ys) + 1), abs=2)
    assert (cut[: SIDE // 4 - 1] == GREY).all()
    assert (cut[SIDE // 2, :2] == 255).all()


def test_a_turned_picture_keeps_its_boxes() -> None:
    """However a picture is turned about, each box holds the pixels it held before."""
    rng = np.random.default_rng(5)
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[4:12, 20:36] = (10, 20, 30)
    picture[24:36, 2:8] = (40, 50, 60)
    boxes = [(0.5, 0.1, 0.9, 0.3), (0.05, 0.6, 0.2, 0.9)]
    seen = set()
    for _ in range(60):
        turned, moved = turned_about(picture, boxes, rng)
        for k, (x0, y0, x1, y1) in enumerate(moved):
            ys, xs = (slice(round(a * 40), round(b * 40)) for a, b in ((y0, y1), (x0, x1)))
            assert (np.sort(turned[ys, xs], -1) == ((10, 20, 30), (40, 50, 60))[k]).all()
        assert turned.sum() == picture.sum()
        seen.add(turned.tobytes())
    assert len(seen) > 30


def test_a_bent_picture_is_the_same_scene() -> None:
    """Bending moves outlines by a few pixels: a disc keeps its place, colour and size."""
    rng = np.random.default_rng(6)
    ys, xs = np.mgrid[:128, :128]
    disc = (ys - 60) ** 2 + (xs - 70) ** 2 < 30**2
    picture = np.where(disc[..., None], (200, 30, 30), (240, 240, 220)).astype(np.uint8)
    changed = 0
    for _ in range(20):
        after = bent(picture, rng)[..., 1] < 135
        changed += bool((after != disc).any())
        assert after.sum() == pytest.approx(disc.sum(), rel=0.15)
        assert (after & disc).sum() / (after | disc).sum() > 0.8
    assert changed > 15


@pytest.mark.slow
def test_the_judge_trains_resumes_and_is_kept(tmp_path: Path) -> None:
    """A few steps lower the loss; a resumed run goes on; stored weights answer alike."""
    write_shard(tmp_path / "shard", 10, seed=5, workers=1, everything=True)
    shard = read_shard(tmp_path / "shard")
    recipe = JudgeRecipe(batch=3)

    def run() -> JudgeRun:
        return JudgeRun(tmp_path, shard, torch.device("cpu"), recipe)

    losses = [s.losses for s in run().steps(0, lambda i: i / 6)]
    assert sum(losses[-1].values()) < sum(losses[0].values())
    assert follow(run(), tmp_path, None, 2, []) == 2
    assert follow(run(), tmp_path, None, 3, []) == 3
    with pytest.raises(ConfigError, match="no judge of pictures in"):
        load_judge(tmp_path)
    keep_judge(tmp_path)
    judge = load_judge(tmp_path)
    scores = judge_scores(judge, shard.pixels[:2], shard.scenes[:2])
    assert set(scores) == {"named", "found", "pictures"}
    again = load_judge(tmp_path)
    boxes = [p.box for p in shard.scenes[0].things]
    assert judge.name(shard.pixels[0], boxes) == again.name(shard.pixels[0], boxes)
    with pytest.raises(FileNotFoundError, match="no checkpoint of the judge"):
        keep_judge(tmp_path / "elsewhere")


def test_contact_sheet_holds_all_pictures(tmp_path: Path) -> None:
    """Five pictures in rows of two make three rows."""
    pictures = [np.full((64, 64, 3), 40 * i, dtype=np.uint8) for i in range(5)]
    contact_sheet(pictures, ["x"] * 5, 2, tmp_path / "s.png")
    with Image.open(tmp_path / "s.png") as sheet:
        assert sheet.size == (128, 3 * (64 + 4 * 13 + 4))
    with pytest.raises(ValueError, match="1 pictures and 0 captions"):
        contact_sheet(pictures[:1], [], 1, tmp_path / "t.png")
