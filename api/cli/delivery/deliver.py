"""Handing over what a task delivered: files on disk, the answer on stdout, the exit code."""

from __future__ import annotations

from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from maquette.api.cli.delivery.saving import default_path, numbered, save
from maquette.api.cli.delivery.vector import vector_of, wants_vector
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.screen import Screen, sentence
from maquette.api.cli.views.claims import not_judged, not_sure, probabilities
from maquette.api.cli.views.preview import can_show, half_blocks
from maquette.api.cli.views.tables import ending
from maquette.api.client import MaquetteClient
from maquette.api.schemas import task_view
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import MaquetteError
from maquette.records.plan import Loop
from maquette.records.task import Task, TaskStatus

STDOUT = "-"
MOST_ROUNDS = 16
"""Of a loop; see ``TaskOptions``."""


async def deliver(
    client: MaquetteClient,
    task: Task,
    screen: Screen,
    *,
    output: Path | None,
    force: bool,
    preview: bool = True,
) -> int:
    """Save the pictures, print their paths or the text, and say how the task ended."""
    files: list[Path] = []
    result = task.result
    to_stdout = output is not None and str(output) == STDOUT
    for number, made in enumerate(result.artifacts if result else ()):
        ref = await vector_of(client, made) if wants_vector(output) and made.is_picture else made
        data = await client.download(ref.sha256)
        if to_stdout:
            if number == 0:
                screen.raw(data)
            continue
        path = target(task, ref, number, output)
        files.append(_save(data, path, ref, overwrite=force or output is not None))
        shown = preview and number == 0 and ref.is_picture
        if shown and not screen.as_json and can_show(screen.err):
            screen.say(Padding(half_blocks(data), (0, 0, 0, 2), expand=False))
    if screen.as_json:
        screen.document({**task_view(task), "files": [str(path) for path in files]})
        return exits.code_for(task)
    say_end(task, screen)
    if result and result.text and not to_stdout:
        for line in (*not_sure(result), result.text):
            screen.answer(line)
    for path in files:
        screen.answer(str(path if path.is_absolute() else f"./{path}"))
    return exits.code_for(task)


def _save(data: bytes, path: Path, ref: ArtifactRef, *, overwrite: bool) -> Path:
    """Save; where that fails the picture is still in the store, and the error says so."""
    try:
        return save(data, path, overwrite=overwrite)
    except MaquetteError as error:
        error.hint = f"{error.hint}; it is kept: maquette artifact get {ref.sha256} -o FILE"
        raise


def target(task: Task, ref: ArtifactRef, number: int, output: Path | None) -> Path:
    """Where result ``number`` goes: ``-o FILE``, then ``FILE-2`` ..., or the default name."""
    if output is None:
        return default_path(task, ref, number)
    return numbered(output, number)


def say_end(task: Task, screen: Screen) -> None:
    screen.say(ending(task))
    if task.result is not None:
        for line in (*not_judged(task.result), *probabilities(task.result)):
            screen.say(line, indent=2)
        for warning in task.result.warnings:
            screen.say(Text.assemble(("! ", "unjudged"), warning))
    if task.problem is not None:
        screen.say(
            Text.assemble(
                ("✗ ", "failed"),
                (f"{task.problem.title}. ", "bold"),
                sentence(task.problem.detail),
            )
        )
        if task.problem.hint:
            screen.say(Text.assemble(("  next: ", "title"), task.problem.hint))
    if task.status is TaskStatus.INCOMPLETE:
        screen.say(Text.assemble(("  next: ", "title"), _after_the_best(task)))
    elif task.status is TaskStatus.INPUT_REQUIRED:
        screen.say(
            Text.assemble(
                ("  next: ", "title"),
                f"maquette task approve {task.id} [--reject]",
            )
        )
    elif task.status is TaskStatus.FAILED and task.problem is None:
        screen.say(Text.assemble(("  next: ", "title"), f"maquette task show {task.id}"))


def _after_the_best(task: Task) -> str:
    """What may be done about a best draft that fails checks: more rounds where those that were
    planned are used up; a loop that ended before had nothing left to try."""
    loops = [node for node in task.plan.nodes if isinstance(node, Loop)] if task.plan else []
    last = max((draft.round for draft in task.result.drafts), default=0) if task.result else 0
    used_up = [loop for loop in loops if loop.rounds <= last < MOST_ROUNDS]
    if not used_up:
        return f"this is the best draft; what it fails: maquette task show {task.id}"
    rounds = min(MOST_ROUNDS, max(5, last + 2))
    candidates = max(4, *(loop.candidates for loop in used_up))
    return (
        "this is the best draft; more rounds or candidates may pass: "
        f"--rounds {rounds} --candidates {candidates}"
    )
