"""The rows of the generation role: does it draw what is asked, in one try?

Trial ``i`` of a row draws its scene and words from ``(FIRST_SEED + row, i)``. Even trials use the
captions' training wordings, odd ones wordings that no training used; each outcome tells which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from maquette.model_servers.generation.layout_flow.layout import LayoutItem
from maquette.model_servers.generation.layout_flow.shown import Shown
from maquette.training.data.edits import Edit, sample_edit
from maquette.training.data.items import concept_picture
from maquette.training.evaluation.finder import overlap
from maquette.training.evaluation.judge import Found, Judge, load_judge
from maquette.training.evaluation.rows import FIRST_SEED, Bench, Outcome, measured_row
from maquette.training.world.captions import RELATION_WORDS, background_words, caption, phrase
from maquette.training.world.phrases import article, describe
from maquette.training.world.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import SIDES, Box, Scene, relations
from maquette.training.world.split import UNSEEN
from maquette.training.world.wording import TEST_RELATIONS

BATCH = 1
"""Pictures a pass; one by one, so that a recheck of one trial repeats its very bytes."""
KEPT_ERROR = 0.03
"""Largest mean error, in [0, 1], of the background that an edit leaves or makes."""


@dataclass(frozen=True)
class Ask:
    """One request for a picture, and how to judge it."""

    prompt: str
    seed: int
    judge: Callable[[Judge, np.ndarray], tuple[int, int]]
    """Picture to how many of how many questions are right."""
    layout: tuple[LayoutItem, ...] = ()
    shown: Shown | None = None
    wording: str = "train"


def generator(bench: Bench) -> Any:
    """The pack of the generation role, loaded once."""

    def load() -> Any:
        from maquette.model_servers.generation.layout_flow.pipeline import LayoutFlowPipeline

        pipeline = LayoutFlowPipeline.from_pretrained(
            bench.packs / "generation", local_files_only=True, use_safetensors=True
        )
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    return bench.once("generation", load)


def judged(bench: Bench, asks: Sequence[Ask]) -> list[Outcome]:
    """Draw and judge requests, a few at a time."""
    pipeline = generator(bench)
    judge = bench.once("judge", lambda: load_judge(bench.work))
    outcomes = []
    for at in range(0, len(asks), BATCH):
        batch = asks[at : at + BATCH]
        drawn = pipeline(
            [a.prompt for a in batch],
            [list(a.layout) for a in batch],
            num_inference_steps=bench.steps or 20,
            guidance_scale=3.0 if bench.guidance is None else bench.guidance,
            seeds=[a.seed for a in batch],
            output_type="np",
            shown=[a.shown or Shown() for a in batch],
            plan_layouts=bench.plan_layouts,
        ).images
        for ask, pixels in zip(batch, (drawn * 255).round().astype(np.uint8), strict=True):
            right, of = ask.judge(judge, pixels)
            note = f"{right}/{of} {ask.prompt}"
            outcomes.append(Outcome(right, of, note, ask.wording, pixels))
    return outcomes


@measured_row("one_thing", bar=0.90)
def one_thing(bench: Bench, trials: Sequence[int]) -> list[Outcome]:
    """One thing in one colour, from words alone: exactly it is there."""
    return judged(bench, [_contents_ask(1, i, {"counts": (1,)}) for i in trials])


@measured_row("two_things", bar=0.60)
def two_things(bench: Bench, trials: Sequence[int]) -> list[Outcome]:
    """Two things with colours and a relation, from words alone: all of it holds."""
    asks = []
    for i in trials:
        rng, wording = _chance(2, i)
        side = SIDES[i // 2 % len(SIDES)]
        scene = sample_scene(
            rng, counts=(2,), alike=False, relation=side, words=0, patterns=("plain",)
        )
        told = next(r for r in relations(scene) if r.name == side)
        a, b = (scene.things[k] for k in (told.subject, told.other))
        names = [article(describe(p, rng, 0.0, 0.0, wording)) for p in (a, b)]  # type: ignore[arg-type]
        if wording == "test":
            prompt = TEST_RELATIONS[side].format(subject=names[0], other=names[1])
        else:
            ways = RELATION_WORDS[side]
            prompt = f"{names[0]} {ways[rng.integers(len(ways))]} {names[1]}"
        if rng.random() < 0.5:
            prompt = f"{prompt} {background_words(scene)}"
        asks.append(Ask(prompt, _seed(2, i), _related(a.pair, side, b.pair), wording=wording))
    return judged(bench, asks)


@measured_row("counts_1_4", bar=0.60)
def counts_1_4(bench: Bench, trials: Sequence[int]) -> list[Outcome]:
    """One to four things alike, from words alone: exactly so many are there."""
    return judged(
        bench,
        [
            _contents_ask(3, i, {"counts": (1 + i // 2 % 4,), "alike": i // 2 % 4 > 0})
            for i in trials
        ],
    )


@measured_row("unseen_pairs", bar=0.75)
def unseen_pairs(bench: Bench, trials: Sequence[int]) -> list[Outcome]:
    """One thing in a colour it never had in training, from words alone."""
    return judged(bench, [_contents_ask(4, i, {"counts": (1,), "pairs": UNSEEN}) for i in trials])


@measured_row("layout", bar=0.95)
def layout(bench: Bench, trials: Sequence[int]) -> list[Outcome]:
    """Things in given boxes: thing and colour are right inside each box."""
    asks = []
    for i in trials:
        rng, wording = _chance(5, i)
        scene = sample_scene(rng, counts=(1, 2, 3, 4), words=0, touching=False)
        boxes = tuple(LayoutItem(p.box, phrase(p, rng, wording)) for p in scene.things)  # type: ignore[arg-type]
        boxes = tuple(
            item if p.colour in item.phrase.split() else LayoutItem(p.box, f"{p.colour} {p.thing}")
            for item, p in zip(boxes, scene.things, strict=True)
        )
        text = caption(scene, rng, "short", wording)  # type: ignore[arg-type]
        asks.append(Ask(text, _seed(5, i), _inside(scene), boxes, wording=wording))
    return judged(bench, asks)


@measured_row("concept", bar=0.80)
def concept(bench: Bench, trials: Sequence[int]) -> list[Outcome]:
    """A thing from a picture is there again in a new scene: thing, colour and pattern."""
    asks = []
    for i in trials:
        rng, _ = _chance(6, i)
        scene = sample_scene(rng, counts=(1, 2), words=0, touching=False)
        kept = scene.things[0]
        picture = concept_picture(kept, rng)
        pixels = torch.from_numpy(picture.copy()).permute(2, 0, 1).float() / 255
        text = f"the shown thing {background_words(scene)}"
        if len(scene.things) > 1:
            told = [r for r in relations(scene) if r.subject == 0 and r.name in SIDES]
            other = article(describe(scene.things[1], rng, 0.0, 1.0))
            link = f"{told[0].name} " if told else "and "
            text = f"the shown thing {link}{other}"
        judge = _shows(kept.pair, kept.pattern)
        asks.append(Ask(text, _seed(6, i), judge, shown=Shown(concepts=(pixels,))))
    return judged(bench, asks)


@measured_row("edit", bar=0.70)
def edit(bench: Bench, trials: Sequence[int]) -> list[Outcome]:
    """A named change of a given picture is made, and everything else is kept."""
    asks = []
    for i in trials:
        rng, wording = _chance(7, i)
        change = None
        while change is None:
            scene = sample_scene(rng, counts=(1, 2, 3, 4), words=0)
            change = sample_edit(scene, rng, wording)
        before = torch.from_numpy(render(change.before).copy()).permute(2, 0, 1).float() / 255
        asks.append(
            Ask(
                change.instruction,
                _seed(7, i),
                _edited(change),
                shown=Shown(source=before),
                wording=wording,
            )
        )
    return judged(bench, asks)


def _chance(row: int, trial: int) -> tuple[np.random.Generator, str]:
    """The trial's source of randomness and its wording."""
    rng = np.random.default_rng((FIRST_SEED + row, trial))
    return rng, "test" if trial % 2 else "train"


def _seed(row: int, trial: int) -> int:
    return FIRST_SEED + 10_000 * row + trial


def _contents_ask(row: int, trial: int, wishes: dict[str, Any]) -> Ask:
    rng, wording = _chance(row, trial)
    scene = sample_scene(rng, words=0, patterns=("plain",), touching=False, **wishes)
    text = caption(scene, rng, "short", wording)  # type: ignore[arg-type]
    wanted = Counter(p.pair for p in scene.things)

    def judge(eyes: Judge, picture: np.ndarray) -> tuple[int, int]:
        return int(Counter(f.seen.pair for f in eyes.look(picture)) == wanted), 1

    return Ask(text, _seed(row, trial), judge, wording=wording)


def _related(
    subject: tuple[str, str], side: str, other: tuple[str, str]
) -> Callable[[Judge, np.ndarray], tuple[int, int]]:
    def judge(eyes: Judge, picture: np.ndarray) -> tuple[int, int]:
        found = eyes.look(picture)
        if Counter(f.seen.pair for f in found) != Counter((subject, other)):
            return 0, 1
        a, b = (next(f.box for f in found if f.seen.pair == pair) for pair in (subject, other))
        return int(centred(a, side, b)), 1

    return judge


def _inside(scene: Scene) -> Callable[[Judge, np.ndarray], tuple[int, int]]:
    def judge(eyes: Judge, picture: np.ndarray) -> tuple[int, int]:
        seen = eyes.name(picture, [p.box for p in scene.things])
        right = [s.pair == p.pair for s, p in zip(seen, scene.things, strict=True)]
        return sum(right), len(right)

    return judge


def _shows(pair: tuple[str, str], pattern: str) -> Callable[[Judge, np.ndarray], tuple[int, int]]:
    def judge(eyes: Judge, picture: np.ndarray) -> tuple[int, int]:
        found = eyes.look(picture)
        return int(any(f.seen.pair == pair and f.seen.pattern == pattern for f in found)), 1

    return judge


def _edited(change: Edit) -> Callable[[Judge, np.ndarray], tuple[int, int]]:
    def judge(eyes: Judge, picture: np.ndarray) -> tuple[int, int]:
        after = change.after.things
        named = eyes.name(picture, [p.box for p in after])
        told = [
            s.pair == p.pair and s.pattern == p.pattern for s, p in zip(named, after, strict=True)
        ]
        gone = [p.box for p in change.before.things if p not in after]
        left = _still_there(eyes.look(picture), gone, [p.box for p in after])
        return int(all(told) and not left and _ground_right(change, picture)), 1

    return judge


def _still_there(found: list[Found], gone: list[Box], there: list[Box]) -> bool:
    """Whether something is found where a thing went away and no other came."""
    empty = [box for box in gone if all(overlap(box, other) < 0.2 for other in there)]
    return any(overlap(f.box, box) > 0.4 for f in found for box in empty)


def _ground_right(change: Edit, picture: np.ndarray) -> bool:
    """Whether the background is what it should be, and clearly nearer to it than to another."""
    error = ground_error(change, picture, change.after)
    if change.kind == "background" and error > 0.5 * ground_error(change, picture, change.before):
        return False
    return error <= KEPT_ERROR


def ground_error(change: Edit, picture: np.ndarray, scene: Scene) -> float:
    """Mean absolute error, in [0, 1], outside all boxes of things, against a scene's render."""
    truth = render(scene, picture.shape[0])
    side = picture.shape[0]
    free = np.ones((side, side), dtype=bool)
    for placed in (*change.before.things, *change.after.things):
        x0, y0, x1, y1 = (v * side for v in placed.box)
        rows = slice(max(0, int(y0) - 4), int(y1) + 5)
        free[rows, max(0, int(x0) - 4) : int(x1) + 5] = False
    if not free.any():
        return 0.0
    return float(np.abs(picture[free].astype(float) - truth[free]).mean() / 255)


def centred(a: Box, name: str, b: Box) -> bool:
    """Tell whether the middle of ``a`` lies on the named side of the middle of ``b``."""
    dx = (a[0] + a[2]) - (b[0] + b[2])
    dy = (a[1] + a[3]) - (b[1] + b[3])
    return {"left of": dx < 0, "right of": dx > 0, "above": dy < 0, "below": dy > 0}[name]
