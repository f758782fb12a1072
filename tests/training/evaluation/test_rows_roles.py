"""Rows of the other roles: models that know the truth reach 1, and what explains a row is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.records.errors import ConfigError
from maquette.training.evaluation import generated_rows
from maquette.training.evaluation.generated_rows import read_scene
from maquette.training.evaluation.judge.finder import Finder
from maquette.training.evaluation.judge.judge import Examiner, Found
from maquette.training.evaluation.judge.recogniser import Recogniser, Seen
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.rows import Bench, known_rows
from maquette.training.guard import score as guard_score
from maquette.training.guard.examples import photographs as found_photographs
from maquette.training.segmentation.score import SIZE_PX, make_trial
from maquette.training.understanding.reports import report
from maquette.training.understanding.score import held_out
from maquette.training.vision.owners import owners_of
from maquette.training.world.drawing.background import plain
from maquette.training.world.drawing.render import render
from maquette.training.world.scene import Placed, Scene
from maquette.training.world.split import HELD_OUT

SCENE = Scene(
    (
        Placed("star", "red", (0.1, 0.1, 0.4, 0.4)),
        Placed("circle", "blue", (0.6, 0.6, 0.9, 0.9), "dotted"),
    ),
    plain("cream"),
)


def measured(bench: Bench, name: str, trials: int) -> tuple[Any, dict[str, Any], list[Outcome]]:
    (spec,) = known_rows([name])
    outcomes = [spec.measure(bench, trial) for trial in spec.numbers(bench, trials)]
    beside = {row.name.removeprefix(f"{name}."): row for row in spec.beside(outcomes)}
    return spec.row(outcomes), beside, outcomes


class Knowing:
    """Answers truly about the scenes it is given; blind it says "no"."""

    def __init__(self, scenes: list[Scene], answers: dict[str, str]) -> None:
        self.scenes = {render(scene).tobytes(): scene for scene in scenes}
        self.answers = answers

    def see(self, picture: Image.Image) -> Scene:
        return self.scenes[np.asarray(picture).tobytes()]

    def say(self, seen: Scene | None, words: str, max_tokens: int) -> SimpleNamespace:
        if seen is None:
            return SimpleNamespace(text="no")
        if words.startswith("Describe"):
            style = "short" if "one sentence" in words else "long"
            return SimpleNamespace(text=str(report(seen, style)))
        return SimpleNamespace(text=self.answers.get(words, "nothing"))


def test_a_model_that_knows_the_scenes_is_right_and_blindness_is_not(tmp_path: Path) -> None:
    """Captions and answers reach 1; without the picture they do not; groups take turns."""
    items = [held_out(trial) for trial in range(4)]
    answers = {q.question: q.answer for item in items for q in item.questions}
    bench = Bench(tmp_path, tmp_path)
    bench.once("understanding", lambda: Knowing([item.scene for item in items], answers))
    row, beside, outcomes = measured(bench, "caption_facts", 4)
    assert row.value == 1 and row.n == 4 and row.bar == 0.9
    assert beside["without_picture"].value == 0
    assert {"thing", "colour", "count", "relation", "short_description"} <= set(beside)
    assert [o.group for o in outcomes] == ["seen_pairs"] * 3 + ["unseen_pairs"]
    assert {p.pair for p in items[3].scene.things} & HELD_OUT
    row, beside, _ = measured(bench, "qa_renders", 4)
    answered = sum(len(item.questions) for item in items)
    # One question may be asked of two scenes with other answers; then the last answer stands.
    assert row.value > 0.85 and row.n == answered
    said_no = sum(q.answer == "no" for item in items for q in item.questions)
    assert beside["without_picture"].value == pytest.approx(said_no / answered)
    assert {"exists", "count", "trained_wording"} <= set(beside)


def test_the_reading_counts_only_where_it_is_what_was_asked() -> None:
    """Exactly the asked things, each in its box; the truth then has the found boxes."""
    boxes = [(0.12, 0.1, 0.41, 0.4), (0.6, 0.61, 0.9, 0.92)]
    seen = [Seen(p.thing, p.colour, p.pattern) for p in SCENE.things]
    right = [Found(s, b) for s, b in zip(seen, boxes, strict=True)]
    read = read_scene(SCENE, right[::-1])
    assert read is not None
    assert [p.box for p in read.things] == boxes
    assert [(p.thing, p.colour, p.pattern) for p in read.things] == [
        (p.thing, p.colour, p.pattern) for p in SCENE.things
    ]
    stranger = Found(Seen("cup", "red"), (0.4, 0.4, 0.5, 0.5))
    wrong = Found(Seen("star", "green", "plain"), boxes[0])
    elsewhere = Found(seen[0], (0.3, 0.3, 0.6, 0.6))
    for other in (None, right[:1], [*right, stranger], [wrong, right[1]], [elsewhere, right[1]]):
        assert read_scene(SCENE, other) is None


def test_pictures_that_the_judge_cannot_read_are_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions come from drawn pictures that are read surely; others are told, not counted."""
    drawn: list[Scene] = []

    class Eyes(Examiner):
        def __init__(self) -> None:
            pass

        def look_surely(self, picture: np.ndarray) -> list[Found] | None:
            if len(drawn) == 1:
                return None
            things = drawn[-1].things
            return [Found(Seen(p.thing, p.colour, p.pattern), p.box) for p in things]

    def draw(bench: Bench, ask: Any) -> np.ndarray:
        return render(drawn[-1])

    def asked(scene: Scene, *_: Any) -> tuple[Any, ...]:
        drawn.append(scene)
        return ()

    class Yes:
        def see(self, picture: Image.Image) -> None:
            return None

        def say(self, seen: None, words: str, max_tokens: int) -> SimpleNamespace:
            return SimpleNamespace(text="yes")

    monkeypatch.setattr(generated_rows, "draw", draw)
    monkeypatch.setattr(generated_rows, "told_boxes", asked)
    bench = Bench(tmp_path, tmp_path)
    bench.once("judge", Eyes)
    bench.once("understanding", Yes)
    row, beside, outcomes = measured(bench, "qa_generated", 4)
    assert [o.of > 0 for o in outcomes] == [False, True, True, True]
    assert (beside["counted"].value, beside["counted"].n) == (0.75, 4)
    assert not {"text", "background"} & {name for o in outcomes for name in o.parts}
    assert row.n == sum(o.of for o in outcomes) and 0 < row.value < 1


def test_a_judge_that_is_unsure_says_so() -> None:
    """An untrained judge marks no middle, so there is no sure reading of anything."""
    judge = Examiner(Finder(), Recogniser())
    picture = np.full((64, 64, 3), 200, np.uint8)
    assert judge.look(picture) == [] and judge.look_surely(picture) is None


class Pointing:
    """A segmenter that knows the masks of some trials, and for other phrases shows nothing."""

    def __init__(self, numbers: range) -> None:
        self.known = {}
        for number in numbers:
            trial = make_trial(number)
            owners = owners_of(trial.scene, SIZE_PX)
            masks = {one.phrase: one.mask(owners, trial.scene) for one in trial.asked}
            self.known[render(trial.scene, SIZE_PX).tobytes()] = masks

    def look(self, picture: Image.Image) -> dict[str, np.ndarray]:
        return self.known[np.asarray(picture).tobytes()]

    def find(self, seen: dict[str, np.ndarray], phrase: str, size: Any) -> SimpleNamespace:
        nothing = np.zeros((SIZE_PX, SIZE_PX), bool)
        return SimpleNamespace(mask=seen.get(phrase, nothing))


def test_a_segmenter_that_knows_the_masks_reaches_one(tmp_path: Path) -> None:
    """The row is 1 in every group; asked the next trial's phrases it falls."""
    bench = Bench(tmp_path, tmp_path)
    bench.once("segmentation", lambda: Pointing(range(6)))
    row, beside, _ = measured(bench, "phrase_iou", 6)
    assert row.value == 1 and row.bar == 0.8
    assert {"seen", "unseen_pairs", "test_wording"} <= set(beside)
    assert beside["next_trials_phrases"].value < 0.5
    assert beside["colour_thing"].value == 1


class Dark:
    """A guard that flags pictures with a dark middle."""

    def judge(self, image: Image.Image) -> GuardVerdict:
        middle = image.convert("L").getpixel((image.width // 2, image.height // 2))
        return GuardVerdict(in_world=bool(middle > 128), score=0.5, reason="dark")


def gray_photographs(folder: Path, levels: range) -> None:
    rng = np.random.default_rng(2)
    for level in levels:
        rough = np.asarray(
            Image.fromarray(rng.integers(0, 255, (8, 9, 3), np.uint8)).resize((96, 64)), int
        )
        noisy = rough + rng.integers(-20, 20, (64, 96, 3))
        noisy[24:40, 40:56] = 100
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(folder / f"{level}.png")


@pytest.mark.slow
def test_photographs_and_outsiders_are_trials_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All photographs count besides the outsiders asked for; each is told as a group."""
    monkeypatch.setattr(found_photographs, "wheel_photographs", lambda: iter(()))
    gray_photographs(tmp_path, range(62))
    bench = Bench(tmp_path, tmp_path, photographs=tmp_path)
    bench.once("guard", Dark)
    row, beside, outcomes = measured(bench, "guard_photo", 20)
    assert beside["photographs"].n == row.n - 20 >= 60
    assert beside["photographs"].value == 1
    assert beside["outsiders"].n == 20
    numbers = known_rows(["guard_photo"])[0].numbers(bench, 20)
    again = known_rows(["guard_photo"])[0].measure(bench, numbers[7])
    assert again == outcomes[7]


def test_too_few_photographs_name_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer than sixty distinct ones are no test; equal ones count once."""
    monkeypatch.setattr(found_photographs, "wheel_photographs", lambda: iter(()))
    gray_photographs(tmp_path, range(1))
    for copy in range(70):
        (tmp_path / f"copy{copy}.png").write_bytes((tmp_path / "0.png").read_bytes())
    twice = [(f"wheel/{k}", Image.open(tmp_path / "0.png").convert("RGB")) for k in range(70)]
    monkeypatch.setattr(found_photographs, "wheel_photographs", lambda: iter(twice))
    bench = Bench(tmp_path, tmp_path, photographs=tmp_path)
    with pytest.raises(ConfigError, match="1 distinct photographs") as caught:
        guard_score.photo_trials(bench, 5)
    assert "mate-backgrounds" in caught.value.hint and "--photographs" in caught.value.hint


def test_scenes_of_the_world_come_in_four_treatments(tmp_path: Path) -> None:
    """Each treatment is a group; pixels shuffled are the ablation."""
    bench = Bench(tmp_path, tmp_path)
    bench.once("guard", Dark)
    _, beside, outcomes = measured(bench, "guard_world", 4)
    assert set(beside) == {*guard_score.TREATMENTS, "pixels_shuffled"}
    assert guard_score.guard_world(bench, 2) == outcomes[2]
