"""Captions and answers about held-out scenes, and beside them what blindness gives.

Trial ``i`` draws its scene and questions from seed ``FIRST_SEED + i``; every fourth scene holds
a colour-thing pair that training never shows. Questions are in wordings never trained on; of
every fourth scene they are asked in trained wordings, too, and told beside the row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from maquette.model_servers.understanding.backends.llava import Llava
from maquette.model_servers.understanding.prompts import (
    INSTRUCTIONS,
    MAX_ANSWER_TOKENS,
    MAX_TOKENS,
)
from maquette.model_servers.understanding.views import BUNDLED_VIEWS
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.rows import Bench, measured_row
from maquette.training.evaluation.summaries import Estimate, MeanOfParts, Numbers
from maquette.training.understanding.facts import KINDS as FACT_KINDS
from maquette.training.understanding.facts import Tally, f1_interval, tally
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.split import UNSEEN
from maquette.training.world.telling.questions import Question, questions
from maquette.training.world.telling.wording import Wording

FIRST_SEED = 950_000
EVERY = 4
"""One trial in so many has an unseen pair; one in so many, another, is asked as in training."""


class FactsF1:
    """F1 over the facts of all captions; intervals by drawing captions again.

    A part has four numbers a caption, those of ``Tally``: said, right, due, told.
    """

    def whole(self, outcomes: Sequence[Outcome]) -> Estimate:
        tallies = [_tally(o.parts) for o in outcomes]
        return Estimate(*f1_interval(tallies), len(tallies))

    def part(self, numbers: Numbers) -> Estimate:
        tallies = [_tally({FACT_KINDS[0]: one}) for one in numbers]
        return Estimate(*f1_interval(tallies, FACT_KINDS[:1]), len(tallies))


@measured_row("caption_facts", bar=0.90, trials=200, summary=FactsF1())
def caption_facts(bench: Bench, trial: int) -> Outcome:
    """A long description: F1 of its things, colours, counts and relations."""
    model, item = seer(bench), held_out(trial)
    scene = item.scene
    seen = model.see(Image.fromarray(item.picture))
    said = model.say(seen, INSTRUCTIONS["long"], MAX_TOKENS["long"]).text
    short = model.say(seen, INSTRUCTIONS["short"], MAX_TOKENS["short"]).text
    blind = bench.once(
        "blind caption", lambda: model.say(None, INSTRUCTIONS["long"], MAX_TOKENS["long"]).text
    )
    found = tally(said, scene)
    return Outcome(
        right=found.f1(),
        note=said,
        group=_group(trial),
        parts={kind: _numbers(found, (kind,)) for kind in FACT_KINDS},
        beside={
            "short_description": _numbers(tally(short, scene)),
            "without_picture": _numbers(tally(blind, scene)),
        },
        picture=item.picture,
    )


@measured_row("qa_renders", bar=0.90, trials=200, summary=MeanOfParts())
def qa_renders(bench: Bench, trial: int) -> Outcome:
    """Questions about a picture: the mean over kinds of the shares of right answers."""
    item = held_out(trial)
    trained: Sequence[Question] = ()
    if trial % EVERY == 0:
        trained = questions(item.scene, np.random.default_rng((FIRST_SEED, trial)), "train")
    return answered(bench, item.picture, item.questions, _group(trial), trained)


def answered(
    bench: Bench,
    picture: np.ndarray,
    asked: Sequence[Question],
    group: str = "",
    trained: Sequence[Question] = (),
) -> Outcome:
    """Ask questions about a uint8 picture: right answers by kind, and the same asked blind.

    Args:
        trained: questions in trained wordings, told beside.
    """
    model = seer(bench)
    seen = model.see(Image.fromarray(picture))
    parts: dict[str, list[bool]] = defaultdict(list)
    blind: list[bool] = []
    wrong: list[str] = []
    for question in asked:
        said = model.say(seen, question.question, MAX_ANSWER_TOKENS).text
        parts[question.kind].append(right_answer(said, question))
        blind.append(right_answer(_habit(bench, question.question), question))
        if not parts[question.kind][-1]:
            wrong.append(f"{question.question} {said} (not {question.answer})")
    beside = {"without_picture": _count(blind)}
    if trained:
        said_of = (model.say(seen, q.question, MAX_ANSWER_TOKENS).text for q in trained)
        pairs = zip(said_of, trained, strict=True)
        beside["trained_wording"] = _count([right_answer(said, q) for said, q in pairs])
    right, of = _count([one for some in parts.values() for one in some])
    return Outcome(
        right,
        of,
        f"{right}/{of} {'; '.join(wrong)}",
        group,
        {kind: _count(some) for kind, some in parts.items()},
        beside,
        picture,
    )


def seer(bench: Bench) -> Llava:
    """The model that sees, loaded once, as the role loads it."""
    return bench.once(
        "understanding", lambda: Llava(bench.pack("understanding"), views=BUNDLED_VIEWS)
    )


@dataclass(frozen=True)
class HeldOut:
    """A scene that no training drew, its picture and the questions about it."""

    scene: Scene
    picture: np.ndarray
    """uint8 (256, 256, 3)."""
    questions: tuple[Question, ...]


def held_out(trial: int, wording: Wording = "test") -> HeldOut:
    """The scene of a trial, from the training distribution but for a pair of every fourth."""
    rng = np.random.default_rng(FIRST_SEED + trial)
    pair = UNSEEN[int(rng.integers(len(UNSEEN)))] if _unseen(trial) else None
    scene = sample_scene(rng, must_hold=pair)
    return HeldOut(scene, render(scene), tuple(questions(scene, rng, wording)))


def right_answer(answer: str, question: Question) -> bool:
    """Whether an answer is the one right one, but for case, full stop, article and spelling."""
    return _plain(answer) == _plain(question.answer)


def _unseen(trial: int) -> bool:
    return trial % EVERY == EVERY - 1


def _group(trial: int) -> str:
    return "unseen_pairs" if _unseen(trial) else "seen_pairs"


def _habit(bench: Bench, question: str) -> str:
    """What the model answers to a question without any picture."""
    model = seer(bench)
    return bench.once(
        f"blind {question}", lambda: model.say(None, question, MAX_ANSWER_TOKENS).text
    )


def _count(answers: Sequence[bool]) -> tuple[int, int]:
    return sum(answers), len(answers)


def _numbers(found: Tally, kinds: Sequence[str] = FACT_KINDS) -> tuple[float, ...]:
    """Said, right, due and told facts of some kinds."""
    tables = (found.said, found.right, found.due, found.told)
    return tuple(float(sum(table[kind] for kind in kinds)) for table in tables)


def _tally(parts: Mapping[str, Sequence[float]]) -> Tally:
    """The inverse of ``_numbers``, kind by kind."""
    columns = [Counter({kind: int(parts[kind][i]) for kind in parts}) for i in range(4)]
    return Tally(*columns)


def _plain(text: str) -> str:
    words = text.lower().replace("grey", "gray").strip(' ."').split()
    return " ".join(words[1:] if words[:1] in (["a"], ["an"], ["the"]) else words)
