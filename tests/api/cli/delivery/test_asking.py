"""What is asked at a terminal, and what the answers mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from maquette.api.cli.delivery.asking import Answered, ask_approval, ask_question
from maquette.api.cli.terminal.screen import Screen
from maquette.records.planning.question import Question
from maquette.records.task import FeedbackAction

ASKED = Question(question="Which circle?", choices=("the left one", "the right one"))
GUESSED = ASKED.model_copy(update={"guess": "the left one"})


def typing(*lines: str | None) -> Callable[[], Awaitable[str | None]]:
    left = list(lines)

    async def read() -> str | None:
        return left.pop(0)

    return read


@pytest.mark.parametrize(
    ("asked", "typed", "answer"),
    [
        (ASKED, ("2\n",), "the right one"),
        (ASKED, ("7\n",), "7"),
        (ASKED, ("the  big one\n",), "the big one"),
        (ASKED, ("\n", " \n", "1\n"), "the left one"),
        (GUESSED, ("\n",), "the left one"),
        (GUESSED, (None,), None),
    ],
)
async def test_a_question_is_answered(
    asked: Question, typed: tuple[str | None, ...], answer: str | None
) -> None:
    """By the number of a choice, in words, or by the guess where there is one; an end of the input
    is no answer."""
    found = await ask_question(Screen(), asked, typing(*typed))
    assert found == (None if answer is None else Answered(FeedbackAction.APPROVE, answer))


async def test_an_approval_wants_a_yes_or_a_no(capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is asked again."""
    said = await ask_approval(Screen(), "final", typing("perhaps\n", "n\n"))
    assert said == Answered(FeedbackAction.REJECT)
    assert capsys.readouterr().err.count("approve the final? [y/n]") == 2
