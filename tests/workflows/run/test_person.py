"""A planner that asks back: the question waits for a person, and the answer reaches the planner."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from workflow_parts import make_engine, poster

from maquette.records.errors import Conflict, NeedsAnswer
from maquette.records.event import Event, EventType
from maquette.records.plan import Plan
from maquette.records.task import (
    Feedback,
    FeedbackAction,
    Task,
    TaskOptions,
    TaskRequest,
    TaskStatus,
)

OWNER = "local"
ASKED = "Which of the two circles is meant?"
CHOICES = ("the left one", "the right one")


def asking(request: TaskRequest) -> Plan:
    """Asks until one of the choices stands in the request."""
    if not any(choice in request.text for choice in CHOICES):
        guess = None if "hard" in request.text else CHOICES[0]
        raise NeedsAnswer(ASKED, CHOICES, guess=guess)
    return poster(rounds=1, candidates=1)(request).model_copy(update={"summary": request.text})


async def follow(
    running: Any, text: str, *answers: Feedback, **options: Any
) -> tuple[Task, list[Event]]:
    """The task as it ended, each question answered by the next answer, and its events."""
    request = TaskRequest(text=text, options=TaskOptions(**options))
    task = await running.gateway.submit(request, owner=OWNER)
    left, events = list(answers), []
    async with asyncio.timeout(60):
        async for event in running.gateway.events(task.id, owner=OWNER):
            events.append(event)
            if event.type is EventType.FEEDBACK_REQUESTED:
                waiting = await running.gateway.get(task.id, owner=OWNER)
                assert waiting.status is TaskStatus.INPUT_REQUIRED
                assert waiting.question is not None and waiting.question.choices == CHOICES
                await running.gateway.feedback(task.id, left.pop(0), owner=OWNER)
    return await running.gateway.get(task.id, owner=OWNER), events


def said(text: str, action: FeedbackAction = FeedbackAction.APPROVE) -> Feedback:
    return Feedback(request_id="question1", action=action, text=text)


@pytest.mark.slow
async def test_an_answer_reaches_the_planner(run_with) -> None:
    """It stands behind the request's words, and the plan notes it; the record keeps the words that
    were submitted. An approval without words takes the guess."""
    async with run_with(make_engine(plan=asking)) as running:
        for text, taken in (("the right one", "the right one"), ("", "the left one")):
            task, events = await follow(running, "make it red", said(text))
            assert task.status is TaskStatus.COMPLETED and task.plan is not None
            assert task.plan.summary == f"make it red\n{taken}"
            assert task.plan.notes == (f'asked: "{ASKED}"; the answer was "{taken}"',)
            assert (task.request.text, task.question) == ("make it red", None)
            [asked] = [one for one in events if one.type is EventType.FEEDBACK_REQUESTED]
            told = [asked.data[key] for key in ("kind", "question", "choices", "guess")]
            assert told == ["question", ASKED, list(CHOICES), CHOICES[0]]


@pytest.mark.slow
async def test_a_guess_is_taken_without_asking_where_that_is_wished(run_with) -> None:
    """With ``assume`` nobody is asked, and the plan says what was taken."""
    async with run_with(make_engine(plan=asking)) as running:
        task, events = await follow(running, "make it red", assume=True)
    assert task.status is TaskStatus.COMPLETED and task.plan is not None
    assert task.plan.notes == (f'not asked: "{ASKED}"; taken as "{CHOICES[0]}"',)
    assert EventType.FEEDBACK_REQUESTED not in {event.type for event in events}


@pytest.mark.slow
async def test_a_question_may_be_left(run_with) -> None:
    """A no cancels the task; an empty answer to a question without a guess is refused; after three
    answers that lead to no plan the task fails with the question as its problem."""
    async with run_with(make_engine(plan=asking)) as running:
        no = said("never mind", FeedbackAction.REJECT)
        task, _ = await follow(running, "make it red", no)
        assert task.status is TaskStatus.CANCELLED and task.result is None
        with pytest.raises(Conflict, match="wants an answer in words"):
            await follow(running, "a hard one", said(" "))
        answers = [
            said("no idea").model_copy(update={"request_id": f"question{n}"}) for n in (1, 2, 3)
        ]
        task, _ = await follow(running, "a hard one", *answers)
        assert task.status is TaskStatus.FAILED and task.problem is not None
        assert (task.problem.code, task.problem.detail) == ("needs_answer", ASKED)
