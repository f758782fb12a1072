"""``maquette doctor``: every part looked at, and the next step for what is wrong."""

from __future__ import annotations

from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from maquette.api.cli.checkups import CHECKUPS
from maquette.api.cli.connect import settings_of
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.options import DataDir, Json
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.views.marks import part_mark
from maquette.infra.stack.checkup.doctor import Check
from maquette.infra.stack.checkup.doctor import doctor as examine


def doctor(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Look at every part: ok, or what is wrong and the next step. Starts and changes nothing."""
    screen = Screen(as_json=as_json)
    checks = examine(settings_of(data_dir), CHECKUPS)
    healthy = all(check.ok for check in checks)
    if as_json:
        screen.document({"ok": healthy, "checks": [_as_json(check) for check in checks]})
    else:
        screen.table(_doctor_table(checks))
        if healthy:
            screen.say(Text("all is well", style="passed"))
    raise typer.Exit(exits.OK if healthy else exits.FAILED)


def _as_json(check: Check) -> dict[str, Any]:
    return {
        "part": check.part,
        "ok": check.ok,
        "detail": check.detail,
        "problem": check.problem,
        "next_step": check.next_step,
    }


def _doctor_table(checks: list[Check]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        if check.ok:
            table.add_row(part_mark("ready"), Text(check.part), Text(check.detail, style="quiet"))
        else:
            told = Text.assemble(check.problem, ("\nnext: ", "title"), check.next_step)
            if check.detail:
                told.append(f"\nfine: {check.detail}", style="quiet")
            table.add_row(part_mark("failed"), Text(check.part), told)
    return table
