"""``maquette up``, ``down`` and ``status``: the local stack from outside."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from maquette.api.cli.connect import bring_up, check_start, parts_view, settings_of
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.options import DataDir, Json
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.views.marks import part_mark
from maquette.api.cli.views.models_line import ask_models, ask_roles, models_line, roles_lines
from maquette.infra.settings.schema import Settings
from maquette.infra.stack import control
from maquette.infra.stack.control import read_stack, stop
from maquette.infra.stack.run import run_stack
from maquette.infra.stack.state.progress import STACK, PartState, ProgressEvent
from maquette.records.errors import GiveUp


def up(
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Start it in the background and return.")
    ] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Keep the local stack running. Ctrl-C stops everything it started, and nothing else.

    Prints the address of the API on stdout once all is ready. State is kept: what was running
    when the stack stopped goes on when it is started again.
    """
    screen = Screen(as_json=as_json)
    settings = settings_of(data_dir)
    info = read_stack(settings)
    if info is not None and not info.idle_stop_s:
        if not as_json:
            screen.say(Text("a stack is already running", style="quiet"))
        _tell_address(screen, info.api_url)
        return
    if detach:
        _tell_address(screen, bring_up(screen, settings, 0.0).api_url)
        return
    raise typer.Exit(_run_here(screen, settings))


def _run_here(screen: Screen, settings: Settings) -> int:
    """Run the supervisor in this process until it is stopped."""
    check_start(settings)
    with parts_view(screen, settings) as show:

        def report(event: ProgressEvent) -> None:
            show(event)
            if event.part == STACK and event.state is PartState.READY:
                info = read_stack(settings)
                _tell_address(screen, info.api_url if info else "")
                if not screen.as_json:
                    screen.say(Text('  try: maquette run "a red circle"', style="quiet"))
                    screen.say(Text("  Ctrl-C stops it", style="quiet"))

        problem = run_stack(settings, idle_stop_s=0.0, report=report, stop_on_hangup=True)
    if problem is None:
        if not screen.as_json:
            screen.say(Text("stopped", style="quiet"))
        return exits.OK
    raise GiveUp(f"the stack had to stop: {problem}", hint="maquette doctor")


def _tell_address(screen: Screen, url: str) -> None:
    if screen.as_json:
        screen.line({"api_url": url})
    else:
        screen.answer(url)


def down(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Stop the local stack. State is kept."""
    screen = Screen(as_json=as_json)
    stopped = stop(settings_of(data_dir))
    if as_json:
        screen.document({"stopped": stopped})
    else:
        screen.answer("stopped" if stopped else "no stack was running")


def status(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Tell how each part of the stack is. Exit code 4 when none is running."""
    screen = Screen(as_json=as_json)
    settings = settings_of(data_dir)
    info = control.read_stack(settings)
    parts = control.status(settings)
    running = control.load_stack_settings(info) if info is not None and info.ready else None
    asked = running is not None and running.serve.placement != "inprocess"
    work = ask_models(running) if running is not None and asked else None
    lame = ask_roles(running) if running is not None and work is not None else {}
    code = exits.OK if info is not None else exits.UNREACHABLE
    if as_json:
        screen.document(
            {
                "running": info is not None,
                "ready": bool(info and info.ready)
                and all(part.state.value == "ready" for part in parts),
                "api_url": info.api_url if info else None,
                "idle_stop_s": info.idle_stop_s if info else None,
                "parts": [
                    {
                        "part": part.part,
                        "state": part.state.value,
                        "pid": part.pid,
                        "rss_bytes": part.rss_bytes,
                        "detail": part.detail,
                    }
                    for part in parts
                ],
                "models": work.told() if work is not None else None,
                "roles_not_started": lame,
            }
        )
        raise typer.Exit(code)
    table = Table.grid(padding=(0, 3, 0, 0))
    for part in parts:
        table.add_row(
            part_mark(part.state.value),
            Text(part.part),
            Text(part.state.value),
            Text(f"{part.rss_bytes / 1e6:,.0f} MB" if part.rss_bytes else "", style="quiet"),
            Text(part.detail, style="quiet"),
        )
    screen.table(table)
    if asked:
        screen.say(models_line(work))
    if lame:
        screen.say(roles_lines(lame))
    if info is None:
        screen.say(Text.assemble(("next: ", "title"), "maquette up"))
    else:
        memory = sum(part.rss_bytes for part in parts) / 1e9
        kept = f", stops after {info.idle_stop_s / 60:.0f} idle minutes" if info.idle_stop_s else ""
        screen.say(
            Text(f"{info.api_url}  process {info.pid}, {memory:.1f} GB{kept}", style="quiet")
        )
    raise typer.Exit(code)
