"""``maquette task``: list, show, watch, cancel and answer tasks."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.text import Text

from maquette.api.cli.connect import local_place, make_client, settings_of
from maquette.api.cli.delivery.asking import Answered
from maquette.api.cli.delivery.attend import attend_and_deliver, screen_head
from maquette.api.cli.delivery.saving import check_target
from maquette.api.cli.delivery.started import started_here
from maquette.api.cli.show import show
from maquette.api.cli.terminal.options import DataDir, Json, TaskId
from maquette.api.cli.terminal.screen import Screen, sentence
from maquette.api.cli.views.questions import meant
from maquette.api.cli.views.tables import task_row, task_table
from maquette.api.schemas import task_view
from maquette.records.errors import InvalidInput, NotFound
from maquette.records.ids import TASK_ID
from maquette.records.task import FeedbackAction, Task, TaskStatus

app = typer.Typer(no_args_is_help=True, help="List, show, watch, cancel and answer tasks.")

ResultT = TypeVar("ResultT")


@app.command("ls")
def list_tasks(
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 20,
    status: Annotated[TaskStatus | None, typer.Option(help="Only those that stand so.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """List tasks, newest first."""
    screen = Screen(as_json=as_json)
    page = _with_client(screen, data_dir, lambda client: client.list(limit=limit, status=status))
    if as_json:
        screen.document([task_view(task) for task in page.data])
    elif not page.data:
        screen.say(Text('no tasks yet; make one with: maquette run "a red circle"', style="quiet"))
    elif sys.stdout.isatty():
        screen.table(task_table(page.data))
    else:
        for task in page.data:
            screen.answer(task_row(task))


@app.command("show")
def show_task(task_id: TaskId, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show a task: its plan, every draft with its verdict, how it ended and what it cost."""
    screen = Screen(as_json=as_json)

    async def look(client: Any) -> None:
        task = await find(client, task_id)
        if as_json:
            screen.document(task_view(task))
        else:
            await show(client, task, screen)

    _with_client(screen, data_dir, look)


@app.command("watch")
def watch_task(
    task_id: TaskId,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also save the result here.")
    ] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Follow a task from its start, live until it ends. With --json: one event a line."""
    screen = Screen(as_json=as_json)
    if output is not None and str(output) != "-":
        check_target(output)
    place = local_place(data_dir)

    async def follow(client: Any) -> int:
        task = await find(client, task_id)
        screen_head(screen, task.request.text, task.id, task.request.options.seed)
        return await attend_and_deliver(
            client,
            screen,
            task.id,
            output=output,
            force=False,
            preview=output is not None,
            lines=True,
            save=output is not None,
            place=place,
        )

    raise typer.Exit(_with_client(screen, data_dir, follow))


@app.command("cancel")
def cancel_task(
    task_id: TaskId,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask, whoever started the last task.")
    ] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Stop a task. What it finished stays. 'last' asks first where it was started elsewhere."""
    screen = Screen(as_json=as_json)
    folder = settings_of(data_dir).data_dir

    async def cancel(client: Any) -> Task:
        task = await find(client, task_id)
        if task_id == "last" and not (yes or started_here(folder, task.id)):
            confirm_foreign(screen, task)
        await client.cancel(task.id)
        found: Task = await client.get(task.id, wait_s=15)
        return found

    task = _with_client(screen, data_dir, cancel)
    if as_json:
        screen.document(task_view(task))
    else:
        screen.answer(f"{task.id} {task.status.value}")


def confirm_foreign(screen: Screen, task: Task) -> None:
    """Ask whether a task that was started elsewhere is meant.

    Raises: InvalidInput: it is not, or nobody is there to say so.
    """
    words = " ".join(task.request.text.split())[:60]
    told = f'the last task ("{words}") was not started from this folder'
    hint = f"name it: maquette task cancel {task.id}; or add --yes"
    if not screen.attended:
        raise InvalidInput(told, hint=hint)
    screen.say(Text.assemble(("? ", "unjudged"), sentence(told)))
    if not typer.confirm(f"cancel {task.id}?", default=False, err=True):
        raise InvalidInput("nothing was cancelled", hint=hint)


@app.command("approve")
def approve_task(
    task_id: TaskId,
    reject: Annotated[bool, typer.Option("--reject", help="Say no instead.")] = False,
    text: Annotated[str, typer.Option("--text", "-m", help="A word on why.")] = "",
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Approve what a task asks about, a plan or a result, or --reject it."""
    action = FeedbackAction.REJECT if reject else FeedbackAction.APPROVE
    _give(task_id, lambda task: Answered(action, text), as_json, data_dir)


@app.command("answer")
def answer_task(
    task_id: TaskId,
    words: Annotated[
        str, typer.Argument(metavar="ANSWER", help="In words, or the number of a choice.")
    ],
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Answer what a task asks before it can be planned; nothing takes the best guess."""

    def meaning(task: Task) -> Answered:
        given = words if task.question is None else meant(task.question, words) or ""
        return Answered(FeedbackAction.APPROVE, given)

    _give(task_id, meaning, as_json, data_dir)


def _give(
    task_id: str, meaning: Callable[[Task], Answered], as_json: bool, data_dir: Path | None
) -> None:
    """Give an answer to the open question of a task, and tell how it stands then."""
    screen = Screen(as_json=as_json)

    async def give(client: Any) -> Task:
        task = await find(client, task_id)
        answer = meaning(task)
        found: Task = await client.feedback(task.id, answer.action, text=answer.text)
        return found

    task = _with_client(screen, data_dir, give)
    if as_json:
        screen.document(task_view(task))
    else:
        screen.say(Text(f"follow it with: maquette task watch {task.id}", style="quiet"))
        screen.answer(f"{task.id} {task.status.value}")


async def find(client: Any, name: str) -> Task:
    """The task of a whole id, the end of one, or ``last``.

    Raises: NotFound: none fits. InvalidInput: several do.
    """
    if TASK_ID.fullmatch(name):
        task: Task = await client.get(name)
        return task
    page = await client.list(limit=1 if name == "last" else 200)
    fitting = [task for task in page.data if name == "last" or task.id.endswith(name)]
    if not fitting:
        raise NotFound(f"there is no task {name!r}", hint="maquette task ls")
    if len(fitting) > 1:
        raise InvalidInput(
            f"{len(fitting)} tasks end in {name!r}", hint="give more of the id: maquette task ls"
        )
    newest: Task = await client.get(fitting[0].id)
    return newest


def _with_client(
    screen: Screen, data_dir: Path | None, use: Callable[[Any], Awaitable[ResultT]]
) -> ResultT:
    """Run a coroutine with a client of the server, closed again afterwards."""
    client = make_client(screen, data_dir)

    async def whole() -> ResultT:
        async with client:
            return await use(client)

    return asyncio.run(whole())
