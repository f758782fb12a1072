"""The rows of the generation role: does it draw what is asked, in one try?"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from torch import Tensor

from maquette.model_servers.generation.adapters.layout_flow import (
    DEFAULT_GUIDANCE,
    DEFAULT_STEPS,
)
from maquette.model_servers.generation.layout_flow.pipeline import LayoutFlowPipeline
from maquette.model_servers.generation.layout_flow.shown import Shown
from maquette.training.evaluation.asks import ASKS, Ask
from maquette.training.evaluation.judge.judge import WEIGHTS, Examiner, load_judge
from maquette.training.evaluation.judge.studio import Studio
from maquette.training.evaluation.kept import kept
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.rows import Bench, measured_row
from maquette.words.noun_phrases import call_shown

BARS = {
    "one_thing": 0.90,
    "two_things": 0.60,
    "counts_1_4": 0.60,
    "unseen_pairs": 0.75,
    "layout": 0.95,
    "concept": 0.80,
    "edit": 0.70,
}
FROM_WORDS = frozenset({"one_thing", "two_things", "counts_1_4", "unseen_pairs"})
"""Rows without boxes; some of their trials are told without the layout prior, too."""
LESS_EVERY = 5


def generator(bench: Bench) -> Any:
    """The pack of the generation role, loaded once."""

    def load() -> Any:
        pipeline = LayoutFlowPipeline.from_pretrained(
            bench.pack("generation"), local_files_only=True, use_safetensors=True
        )
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    return bench.once("generation", load)


def judge_of(bench: Bench) -> Examiner:
    """The judge, loaded once."""
    return bench.once("judge", lambda: load_judge(kept(bench.work, WEIGHTS)))


def draw(bench: Bench, ask: Ask) -> np.ndarray:
    """Draw a request by itself, so that a recheck repeats its very bytes: uint8 (H, W, 3)."""
    drawn = generator(bench)(
        [ask.prompt],
        [list(ask.layout)],
        num_inference_steps=bench.steps or DEFAULT_STEPS,
        guidance_scale=DEFAULT_GUIDANCE if bench.guidance is None else bench.guidance,
        seeds=[ask.seed],
        output_type="np",
        shown=[ask.shown or Shown()],
        plan_layouts=bench.plan_layouts,
    ).images[0]
    return (drawn * 255).round().astype(np.uint8)


def make(bench: Bench, ask: Ask) -> tuple[np.ndarray, str]:
    """Carry out a request as the planner has it, the pack working as a whole.

    A thing to change is found and drawn anew, a shown thing is looked at and drawn by its name;
    requests without a picture are drawn.

    Returns: uint8 (H, W, 3), and the words it was drawn from.
    """
    shown = ask.shown or Shown()
    if not shown.ports:
        return draw(bench, ask), ask.prompt
    studio = bench.once("studio", lambda: Studio(bench))
    if shown.source is not None:
        return studio.changed(as_bytes(shown.source), ask.prompt, ask.seed), ask.prompt
    told = call_shown(ask.prompt, *(studio.named(as_bytes(c)) for c in shown.concepts))
    return draw(bench, replace(ask, prompt=told)), told


def drawn_row(name: str, bench: Bench, trial: int) -> Outcome:
    """Draw and judge one trial of a row.

    Even trials use wordings of the captions' training, odd ones wordings that no training used.
    Every fifth is also drawn with less: without the layout prior, or by the generator's ports
    alone.
    """
    judge, ask = judge_of(bench), ASKS[name](trial)
    picture, told = make(bench, ask)
    right, of = ask.judge(judge, picture)
    beside = {}
    if trial % LESS_EVERY == 0 and ask.shown:
        beside = {"ports_alone": ask.judge(judge, draw(bench, ask))}
    elif trial % LESS_EVERY == 0 and name in FROM_WORDS and bench.plan_layouts:
        unplanned = draw(replace(bench, plan_layouts=False), ask)
        beside = {"without_layout_prior": ask.judge(judge, unplanned)}
    seen = ", ".join(" ".join(f.seen.pair) for f in judge.look(picture)) or "nothing"
    note = f"{right}/{of} {told} | seen: {seen}"
    parts = {ask.kind: (right, of)} if ask.kind else {}
    return Outcome(right, of, note, f"{ask.wording}_wording", parts, beside, picture)


def as_bytes(pixels: Tensor) -> np.ndarray:
    """A picture (3, H, W) in [0, 1] as uint8 (H, W, 3)."""
    return (pixels.permute(1, 2, 0) * 255).round().byte().numpy()


for _name, _bar in BARS.items():
    measured_row(_name, bar=_bar)(partial(drawn_row, _name))
