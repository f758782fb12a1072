"""A finished result before it is approved: where its picture is, and what the judges say of it."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from maquette.api.cli.delivery.deliver import STDOUT, target
from maquette.api.cli.delivery.saving import save as save_file
from maquette.api.cli.delivery.vector import wants_vector
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.views.claims import not_judged, not_sure
from maquette.api.cli.views.tables import draft_line
from maquette.api.client import MaquetteClient
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import MaquetteError
from maquette.records.event import Event
from maquette.records.task import Task


async def show_final(
    client: MaquetteClient,
    screen: Screen,
    event: Event,
    task: Task,
    *,
    output: Path | None,
    save: bool,
) -> None:
    """Show what a person is asked to approve: the verdict with its score, what was not judged or
    is doubted, the words, and the file that holds the picture.

    Args:
        save: write the picture where it would be delivered; else only tell how to get it.
    """
    result = task.result
    if result is None:
        return
    if (best := result.best) is not None:
        screen.say(draft_line({**best.model_dump(mode="json"), "name": best.id}), indent=2)
        if best.reason:
            screen.say(Text(best.reason, style="quiet"), indent=4)
    for line in not_judged(result):
        screen.say(line, indent=2)
    for doubt in not_sure(result):
        screen.say(Text(doubt, style="unjudged"), indent=2)
    if result.text:
        screen.say(Text(result.text), indent=2)
    for number, ref in enumerate(result.artifacts):
        place = await _placed(client, task, ref, number, output) if save else None
        screen.say(Text.assemble(("look at it: ", "title"), place or _how_to_get(ref)), indent=2)


async def _placed(
    client: MaquetteClient, task: Task, ref: ArtifactRef, number: int, output: Path | None
) -> str | None:
    """The file the result is delivered to, written already; None: it goes nowhere one can look."""
    if output is not None and (str(output) == STDOUT or wants_vector(output)):
        return None
    path = target(task, ref, number, output)
    try:
        save_file(await client.download(ref.sha256), path, overwrite=False)
    except MaquetteError:  # it is said when it is delivered
        return None
    return str(path if path.is_absolute() else f"./{path}")


def _how_to_get(ref: ArtifactRef) -> str:
    return f"maquette artifact get {ref.sha256} -o FILE"
