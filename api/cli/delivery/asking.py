"""Asking the person at the terminal: approve a plan or a result, answer a planner's question."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rich.text import Text

from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.views.questions import meant, question_lines
from maquette.records.event import Event
from maquette.records.planning.question import Question
from maquette.records.task import FeedbackAction, Task

YES, NO = ("y", "yes", "a", "approve"), ("n", "no", "r", "reject")


@dataclass(frozen=True)
class Answered:
    """What a person said to what a task asked."""

    action: FeedbackAction
    text: str = ""


Ask = Callable[[Event, Task], Awaitable[Answered | None]]
"""Asks what an event asks, of a task as it stands; None: the input has ended."""
ReadLine = Callable[[], Awaitable[str | None]]
Show = Callable[[Event, Task], Awaitable[None]]
"""Shows a finished result that is to be approved."""


def asker(screen: Screen, show: Show) -> Ask:
    """Asks on this terminal. ``show`` is called before a result is asked about."""

    async def ask(event: Event, task: Task) -> Answered | None:
        if task.question is not None:
            return await ask_question(screen, task.question)
        kind = str(event.data.get("kind", ""))
        if kind == "final":
            await show(event, task)
        return await ask_approval(screen, kind)

    return ask


async def ask_approval(screen: Screen, kind: str, read: ReadLine | None = None) -> Answered | None:
    """Ask until the answer is y (approve) or n (reject); None when the input ends."""
    while True:
        screen.err.print(Text(f"approve the {kind}? [y/n] ", style="bold"), end="")
        line = await (read or _read_line)()
        if line is None:
            return None
        answer = line.strip().lower()
        if answer in YES:
            return Answered(FeedbackAction.APPROVE)
        if answer in NO:
            return Answered(FeedbackAction.REJECT)


async def ask_question(
    screen: Screen, asked: Question, read: ReadLine | None = None
) -> Answered | None:
    """Ask until there is an answer in words, the number of a choice, or (where there is a guess)
    nothing but Enter, which takes it; None when the input ends."""
    for line in question_lines(asked):
        screen.say(line)
    while True:
        ways = ["a number or words" if asked.choices else "words"]
        ways += ["Enter for the best guess"] if asked.guess is not None else []
        screen.err.print(Text(f"your answer ({', '.join(ways)}): ", style="bold"), end="")
        typed = await (read or _read_line)()
        if typed is None:
            return None
        if (answer := meant(asked, typed)) is not None:
            return Answered(FeedbackAction.APPROVE, answer)


async def _read_line() -> str | None:
    """One line of stdin without blocking the loop, so that Ctrl-C still counts."""
    loop = asyncio.get_running_loop()
    came: asyncio.Future[bytes] = loop.create_future()
    descriptor = sys.stdin.fileno()

    def read() -> None:
        if not came.done():
            came.set_result(os.read(descriptor, 4_096))

    loop.add_reader(descriptor, read)
    try:
        data = await came
    finally:
        loop.remove_reader(descriptor)
    return data.decode(errors="replace") if data else None
