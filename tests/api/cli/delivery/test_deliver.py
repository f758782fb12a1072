"""What is said at the end of a task."""

from __future__ import annotations

from typing import Any

import pytest

from maquette.api.cli.delivery.deliver import deliver, say_end
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.screen import Screen
from maquette.records.artifact import ArtifactRef
from maquette.records.draft import Draft
from maquette.records.plan import Call, Loop, Plan
from maquette.records.planning.question import Question
from maquette.records.task import Answer, Problem, Task, TaskRequest, TaskResult, TaskStatus
from maquette.records.verdict import Outcome

PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=9)


def _task(status: TaskStatus, **more: object) -> Task:
    request = TaskRequest(text="a red circle")
    fields = {"id": "task_1", "owner": "local", "request": request, "created_at": 1.0}
    return Task(**fields, status=status, **more)


def _draft(number: int) -> Draft:
    return Draft(
        **{"id": f"r{number}c0", "round": number, "candidate": 0, "seed": 1, "score": 0.5},
        artifact=PICTURE,
        verdict=PICTURE,
        outcome=Outcome.FAILED,
    )


@pytest.mark.parametrize(
    ("rounds", "last", "said"),
    [
        (2, 2, "--rounds 5 --candidates 4"),
        (7, 7, "--rounds 9 --candidates 4"),
        (15, 15, "--rounds 16 --candidates 4"),
        (16, 16, "what it fails: maquette task show task_1"),
        (3, 1, "what it fails: maquette task show task_1"),
    ],
)
def test_more_rounds_are_named_where_they_may_help(
    rounds: int, last: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where all planned ones were run, and there may be more; not where nothing was left to try."""
    body = (Call(id="art", tool="draw"),)
    loop = Loop(id="loop", body=body, result="art.image", rounds=rounds, candidates=2)
    plan = Plan(nodes=(loop,), outputs=("loop.image",))
    result = TaskResult(drafts=tuple(_draft(number) for number in range(1, last + 1)))
    say_end(_task(TaskStatus.INCOMPLETE, plan=plan, result=result), Screen())
    told = " ".join(capsys.readouterr().err.split())
    assert said in told and ("may pass" in told) is ("--rounds" in said)


def test_a_problem_is_told_in_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    """The title, then what is wrong; each begins with a capital."""
    problem = Problem(code="x", title="The request needs a change", detail="there is no picture")
    say_end(_task(TaskStatus.FAILED, problem=problem), Screen())
    assert "✗ The request needs a change. There is no picture." in capsys.readouterr().err


UNSURE = Answer(text="an orange sun", probability=0.44, doubt="the model is not sure")


async def test_a_doubt_is_said_before_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output says first that the answer may be wrong; the probability is told, too. One
    that is believed stands alone."""
    client: Any = None
    for answer, status, first, code in (
        (UNSURE, TaskStatus.UNVERIFIED, "Not sure: the model is not sure.\n", exits.UNVERIFIED),
        (Answer(text="a pizza", probability=0.97), TaskStatus.COMPLETED, "", exits.OK),
    ):
        task = _task(status, result=TaskResult(text=answer.text, answers=(answer,)))
        assert await deliver(client, task, Screen(), output=None, force=False) == code
        told = capsys.readouterr()
        assert told.out == f"{first}{answer.text}\n"
        assert f"probability {answer.probability:.2f}" in told.err


def test_what_was_not_judged_is_said_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    """In words, with the status, before any path is printed."""
    result = TaskResult(not_judged=("the text is below the star",))
    say_end(_task(TaskStatus.UNVERIFIED, result=result), Screen())
    told = capsys.readouterr().err
    assert "○ unverified" in told and "not judged: the text is below the star" in told


def test_a_question_is_told_with_its_choices(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever finds nobody at the terminal learns what was asked, and how to answer."""
    asked = Question(question="Which circle?", choices=("left", "right"), guess="left")
    say_end(_task(TaskStatus.INPUT_REQUIRED, question=asked, waiting_for="question1"), Screen())
    told = capsys.readouterr().err
    assert "1 left  (best guess)" in told and 'maquette task answer task_1 "..."' in told
