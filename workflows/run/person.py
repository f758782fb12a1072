"""Asking the person inside the workflow: a plan or a result approved, a question answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from maquette.records.event import EventType
from maquette.records.planning.question import Question, answered, assumed
from maquette.records.task import Feedback, FeedbackAction, TaskStatus
from maquette.workflows.run.task_board import TaskBoard
from maquette.workflows.run.telling import EXCERPT_CHARACTERS, result_told

ANSWER_WITHIN_S = 7 * 86_400.0
FINAL = "final"


class Rejected(Exception):
    """A person said no. ``stage`` is what was asked about."""

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(reason)
        self.stage = stage


class Person:
    """Whoever submitted the task. One question is open at a time; it is on the board.

    Args:
        set_status: tells how the task stands, and what goes on.
    """

    def __init__(
        self,
        board: TaskBoard,
        say: Callable[..., None],
        set_status: Callable[[TaskStatus, str], None],
    ) -> None:
        self._board = board
        self._say = say
        self._set_status = set_status
        self._answer: Feedback | None = None
        self.silent = False
        """Nobody answered in time."""

    @property
    def asked(self) -> bool:
        """Whether an answer is waited for."""
        return self._board.waiting_for is not None

    def take(self, feedback: Feedback) -> None:
        """Take the answer to the open question."""
        self._answer = feedback

    def check(self, feedback: Feedback) -> None:
        """Raises: ApplicationError: it answers nothing that is asked."""
        waiting_for, question = self._board.waiting_for, self._board.question
        if waiting_for is None or self._answer is not None:
            raise ApplicationError("nothing is being asked right now", type="conflict")
        if feedback.request_id != waiting_for:
            raise ApplicationError(
                f"the open question is {waiting_for!r}, not {feedback.request_id!r}",
                type="conflict",
            )
        approved = feedback.action is FeedbackAction.APPROVE
        if question and approved and not (feedback.text.strip() or question.guess):
            raise ApplicationError(
                f"the question wants an answer in words: {question.question}", type="conflict"
            )

    async def approve(self, stage: str, question: str) -> None:
        """Wait for a yes. Raises: Rejected: on a no, or when nobody answers."""
        found = result_told(self._board) if stage == FINAL else {}
        await self._ask(stage, {"kind": stage, "question": question[:EXCERPT_CHARACTERS], **found})

    async def answer_to(self, question: Question, number: int) -> str:
        """What a planner's question is answered with: the guess, where guesses are to be taken.

        Args:
            number: of the question, from 1.
        Raises: Rejected: the person gives up, or nobody answers.
        """
        if self._board.task.request.options.assume and question.guess is not None:
            self._board.notes += (assumed(question),)
            return question.guess
        self._board.question = question
        told = {"kind": "question", **question.model_dump(mode="json")}
        feedback = await self._ask(f"question{number}", told)
        self._board.question = None
        given = " ".join(feedback.text.split()) or question.guess or ""
        self._board.notes += (answered(question, given)[:EXCERPT_CHARACTERS],)
        return given

    async def _ask(self, stage: str, told: dict[str, Any]) -> Feedback:
        self._answer = None
        self._board.waiting_for = stage
        waiting = "an answer" if told["kind"] == "question" else f"approval: {stage}"
        self._set_status(TaskStatus.INPUT_REQUIRED, f"waiting for {waiting}")
        best = self._board.result()
        self._say(
            EventType.FEEDBACK_REQUESTED,
            request_id=stage,
            options=[action.value for action in FeedbackAction],
            artifact=best.artifacts[0].sha256 if best and best.artifacts else None,
            **told,
        )
        asked_at = workflow.time()
        try:
            await workflow.wait_condition(lambda: self._answer is not None or self.silent)
        except asyncio.CancelledError:
            self._board.waited_s += workflow.time() - asked_at
            raise
        self._board.waited_s += workflow.time() - asked_at
        self._board.waiting_for = None
        return self._heard(stage)

    def _heard(self, stage: str) -> Feedback:
        """The answer that came. Raises: Rejected: a no, or none."""
        answer = self._answer
        if answer is None:
            raise Rejected(stage, "nobody answered within a week")
        text = answer.text[:EXCERPT_CHARACTERS]
        self._say(
            EventType.FEEDBACK_RECEIVED, request_id=stage, action=answer.action.value, text=text
        )
        if answer.action is FeedbackAction.REJECT:
            what = stage if self._board.question is None else "question"
            raise Rejected(stage, f"the {what} was rejected{f': {text}' if text else ''}")
        self._set_status(TaskStatus.IN_PROGRESS, "going on")
        return answer
