"""Staying with one task on the terminal until it is delivered, or left."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from maquette.api.cli.delivery.asking import asker
from maquette.api.cli.delivery.deliver import deliver, say_end
from maquette.api.cli.delivery.final import show_final
from maquette.api.cli.delivery.follow import Left, attend
from maquette.api.cli.delivery.room import room_at
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.views.views import view_for
from maquette.api.client import MaquetteClient
from maquette.records.event import Event
from maquette.records.task import Task


async def attend_and_deliver(
    client: MaquetteClient,
    screen: Screen,
    task_id: str,
    *,
    output: Path | None,
    force: bool,
    preview: bool,
    lines: bool = False,
    save: bool = True,
    place: Path | None = None,
) -> int:
    """Follow, answer, deliver. Returns the exit code.

    Args:
        lines: with ``--json``, print each event as a line instead of one document.
        save: write the result to a file; else only tell how it ended.
        place: the data directory, where the server is on this machine.
    """

    async def show(event: Event, task: Task) -> None:
        await show_final(client, screen, event, task, output=output, save=save)

    def on_detach() -> None:
        if screen.as_json:
            return
        screen.say(Text("stepping away; the task goes on", style="unjudged"))
        screen.say(Text.assemble(("  come back with: ", "title"), f"maquette task watch {task_id}"))
        screen.say(Text("  Ctrl-C again now cancels it", style="quiet"))

    view = view_for(screen, lines=lines)
    with view, room_at(place, task_id):
        found = await attend(
            client,
            task_id,
            view,
            ask=asker(screen, show) if screen.attended else None,
            on_detach=on_detach,
            place=place,
        )
    if isinstance(found, Left):
        if found.cancelled and not screen.as_json:
            screen.say(Text("■ cancelled", style="failed"))
        if screen.as_json and not lines:
            screen.document({"id": task_id, "detached": True, "cancelled": found.cancelled})
        return exits.INTERRUPTED
    if lines and screen.as_json:
        return exits.code_for(found)
    if not save:
        say_end(found, screen)
        return exits.code_for(found)
    return await deliver(client, found, screen, output=output, force=force, preview=preview)


def screen_head(screen: Screen, text: str, task_id: str, seed: int) -> None:
    """Name the task before anything happens."""
    if not screen.as_json:
        screen.say(Text.assemble((" ".join(text.split()), "bold")))
        screen.say(Text(f"{task_id}  seed {seed}", style="quiet"))
