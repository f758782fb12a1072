"""Questions back: what a planner must know before it plans, where a guess would often be wrong."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.records.base import Record

MOST_QUESTIONS = 3
"""A request may be asked back about so often."""

Choice = Annotated[str, Field(min_length=1, max_length=200)]


class Question(Record):
    """One question to the person, answered in words."""

    question: str = Field(min_length=1, max_length=400)
    choices: tuple[Choice, ...] = Field(
        default=(), max_length=8, description="likely answers; others may be given, too"
    )
    guess: Choice | None = Field(
        default=None, description="the best answer without asking; None: there is none"
    )


def with_answers(text: str, answers: tuple[str, ...]) -> str:
    """The words of a request with the answers to what was asked about it, a line each."""
    return "\n".join((text, *answers))


def assumed(question: Question) -> str:
    """The note of a plan for which the best guess was taken."""
    return f'not asked: "{question.question}"; taken as "{question.guess}"'


def answered(question: Question, answer: str) -> str:
    """The note of a plan for which a person answered."""
    return f'asked: "{question.question}"; the answer was "{answer}"'
