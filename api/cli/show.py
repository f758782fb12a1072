"""``maquette task show``: everything about one task on one screen."""

from __future__ import annotations

from rich.padding import Padding
from rich.text import Text

from maquette.api.cli.delivery.deliver import say_end
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.views.claims import not_sure
from maquette.api.cli.views.tables import STATUS_LOOK, draft_line, plan_tree, verdict_table
from maquette.api.client import MaquetteClient
from maquette.records.draft import Draft
from maquette.records.errors import MaquetteError
from maquette.records.task import Task


async def show(client: MaquetteClient, task: Task, screen: Screen) -> None:
    """Tell the request, the plan, the drafts round by round, and the end."""
    screen.say(Text(" ".join(task.request.text.split()), style="bold"))
    screen.say(Text(f"{task.id}  seed {task.request.options.seed}", style="quiet"))
    if task.plan is not None:
        screen.say(plan_tree(task.plan))
    shown_round = 0
    for draft in task.result.drafts if task.result else ():
        if draft.round != shown_round:
            shown_round = draft.round
            screen.say(Text(f"round {draft.round}", style="title"))
        await _show_draft(client, draft, screen)
    if task.status.ended or task.waiting_for:
        say_end(task, screen)
    else:
        symbol, style = STATUS_LOOK[task.status]
        screen.say(
            Text.assemble((f"{symbol} {task.status.value}", style), f"  {task.progress.message}")
        )
        screen.say(Text(f"  follow it with: maquette task watch {task.id}", style="quiet"))
    if task.result and task.result.text:
        for line in (*not_sure(task.result), task.result.text):
            screen.answer(line)
    for ref in task.result.artifacts if task.result else ():
        size = f"{ref.width_px} x {ref.height_px}  " if ref.width_px else ""
        screen.answer(f"{ref.sha256}  {size}{ref.media_type}")
    if task.result and task.result.artifacts:
        screen.say(Text("  save one with: maquette artifact get SHA256 -o FILE", style="quiet"))


async def _show_draft(client: MaquetteClient, draft: Draft, screen: Screen) -> None:
    screen.say(
        draft_line({"name": draft.id, **draft.model_dump(mode="json")}),
        indent=2,
    )
    try:
        verdict = await client.verdict(draft.verdict)
    except (MaquetteError, ValueError):
        return
    if verdict.findings:
        screen.say(Padding(verdict_table(verdict), (0, 0, 0, 4), expand=False))
