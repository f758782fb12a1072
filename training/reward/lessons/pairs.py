"""Pairs that a perspective learns from: of two rows, (picture, caption) each, one is better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from maquette.training.reward.lessons.alignment import alignment_lesson
from maquette.training.reward.lessons.fidelity import fidelity_lesson
from maquette.training.reward.lessons.lesson import Lesson, Pair
from maquette.training.reward.lessons.policy import policy_lesson
from maquette.training.reward.lessons.printed_text import text_lesson
from maquette.training.world.telling.wording import Wording

HELD_OUT_SEED = 900_000
"""Seeds of the evaluation start here; training's stay far below."""


@dataclass(frozen=True)
class Subject:
    """A perspective as it is taught."""

    about: str
    """What the scores mean, in words; goes into the pack."""
    lesson: Callable[[np.random.Generator, Wording], Lesson]
    yes_no: bool = False
    """Whether the head answers yes or no instead of comparing."""
    likelihood: bool = False
    """Whether how likely the caption's words are is part of the reward."""


SUBJECTS: dict[str, Subject] = {
    "alignment": Subject(
        "how well a picture agrees with its caption: things, colours, numbers, patterns, relations",
        alignment_lesson,
    ),
    "fidelity": Subject(
        "how cleanly a picture is drawn: no blur, noise, melted, bleeding or cut-off shapes",
        fidelity_lesson,
    ),
    "text": Subject(
        "whether the printed words are those that the caption quotes, and legible",
        text_lesson,
        likelihood=True,
    ),
    "policy": Subject(
        "yes or no: a picture keeps the rule that the caption states, such as 'no red circles'; "
        "the form of LLaVA-Reward's safety head, taught harmless rules: it does not know what is "
        "harmful in the real world",
        policy_lesson,
        yes_no=True,
    ),
}


def lessons(subject: str, count: int, seed: int, wording: Wording = "train") -> Iterator[Lesson]:
    """Draw ``count`` lessons; the k-th depends on (seed, k) alone."""
    for k in range(count):
        yield SUBJECTS[subject].lesson(np.random.default_rng((seed, k)), wording)


__all__ = ["HELD_OUT_SEED", "SUBJECTS", "Lesson", "Pair", "Subject", "lessons"]
