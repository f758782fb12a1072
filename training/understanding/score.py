"""Measure captions and answers on held-out scenes, and beside them what blindness gives.

The functions take any ``speak`` and ``reply``, so that whoever measures a served model, or a
human, uses the same ones. Training draws its scenes from other seeds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from maquette.model_servers.understanding.llava import Llava
from maquette.model_servers.understanding.prompts import (
    INSTRUCTIONS,
    MAX_ANSWER_TOKENS,
    MAX_TOKENS,
    Style,
)
from maquette.training.evaluation.intervals import Share
from maquette.training.understanding.facts import KINDS as FACT_KINDS
from maquette.training.understanding.facts import Tally, f1_interval, tally
from maquette.training.world.questions import KINDS, Question, questions
from maquette.training.world.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.wording import Wording

FIRST_SEED = 950_000
CAPTION_BAR, QA_BAR = 0.90, 0.90
Row = dict[str, Any]
"""``name, value, low, high, n, bar, holds`` as ``maquette eval pack --json`` writes them."""


@dataclass(frozen=True)
class Asked:
    """A held-out scene, its picture and the questions about it."""

    scene: Scene
    picture: Image.Image
    questions: tuple[Question, ...]


def held_out(count: int, seed: int = FIRST_SEED, wording: Wording = "test") -> list[Asked]:
    """Draw scenes from the training distribution at seeds that training never uses.

    Raises: ValueError: the seed is one that training may use.
    """
    if seed < 900_000:
        raise ValueError(f"seed {seed} may have been trained on; expected at least 900000")
    found = []
    for k in range(count):
        rng = np.random.default_rng(seed + k)
        scene = sample_scene(rng)
        picture = Image.fromarray(render(scene))
        found.append(Asked(scene, picture, tuple(questions(scene, rng, wording))))
    return found


def right_answer(answer: str, question: Question) -> bool:
    """Whether an answer is the one right one, but for case, full stop, article and spelling."""
    return _plain(answer) == _plain(question.answer)


def caption_rows(captions: Sequence[str], scenes: Sequence[Scene], name: str) -> list[Row]:
    """F1 of the facts in captions, in all and by kind, with bootstrap intervals."""
    tallies: list[Tally] = [tally(c, s) for c, s in zip(captions, scenes, strict=True)]
    bar = CAPTION_BAR if name == "caption_facts" else None
    rows = [_row(name, *f1_interval(tallies), len(tallies), bar)]
    for kind in FACT_KINDS:
        rows.append(_row(f"{name}.{kind}", *f1_interval(tallies, (kind,)), len(tallies), None))
    return rows


def answer_rows(
    reply: Callable[[int, Question], str],
    asked: Sequence[tuple[int, Question]],
    name: str,
    bar: float | None,
) -> list[Row]:
    """Shares of right answers: the mean over kinds, then each kind.

    Args:
        reply: answers a question about the picture of an index.
        asked: picture index and question.
        bar: for the mean and for each kind; None: none.
    """
    right: dict[str, list[bool]] = defaultdict(list)
    for index, question in asked:
        right[question.kind].append(right_answer(reply(index, question), question))
    shares = {kind: Share(sum(right[kind]), len(right[kind])) for kind in KINDS if right[kind]}
    # The mean over kinds has the variance of a mean of independent shares.
    mean = sum(share.value for share in shares.values()) / len(shares)
    spread = sum(s.value * (1 - s.value) / s.n for s in shares.values()) ** 0.5 / len(shares)
    low, high = max(0.0, mean - 1.96 * spread), min(1.0, mean + 1.96 * spread)
    rows = [_row(name, mean, low, high, sum(s.n for s in shares.values()), bar)]
    rows += [
        _row(f"{name}.{kind}", share.value, *share.interval, share.n, bar)
        for kind, share in shares.items()
    ]
    return rows


def measure(model: Llava, count: int, seed: int = FIRST_SEED) -> list[Row]:
    """All rows of a model: captions and answers, each beside the same without the picture."""
    asked = held_out(count, seed)
    seen = [model.see(item.picture) for item in asked]
    scenes = [item.scene for item in asked]

    def speak(k: int, style: Style, *, blind: bool = False) -> str:
        features = None if blind else seen[k]
        return model.say(features, INSTRUCTIONS[style], MAX_TOKENS[style]).text

    def reply(k: int, question: Question) -> str:
        return model.say(seen[k], question.question, MAX_ANSWER_TOKENS).text

    known: dict[str, str] = {}

    def habit(k: int, question: Question) -> str:
        if question.question not in known:
            said = model.say(None, question.question, MAX_ANSWER_TOKENS)
            known[question.question] = said.text
        return known[question.question]

    blind = [speak(0, "long", blind=True)] * len(asked)
    pairs = [(k, question) for k, item in enumerate(asked) for question in item.questions]
    return [
        *caption_rows([speak(k, "long") for k in range(count)], scenes, "caption_facts"),
        *caption_rows([speak(k, "short") for k in range(count)], scenes, "caption_facts_short"),
        *caption_rows(blind, scenes, "caption_facts_blind")[:1],
        *answer_rows(reply, pairs, "qa_renders", QA_BAR),
        *answer_rows(habit, pairs, "qa_renders_blind", None),
    ]


def _row(name: str, value: float, low: float, high: float, n: int, bar: float | None) -> Row:
    holds = None if bar is None else value >= bar
    return {
        "name": name,
        "value": round(value, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "n": n,
        "bar": bar,
        "holds": holds,
    }


def _plain(text: str) -> str:
    words = text.lower().replace("grey", "gray").strip(' ."').split()
    return " ".join(words[1:] if words[:1] in (["a"], ["an"], ["the"]) else words)
