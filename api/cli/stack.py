"""``maquette up``, ``down``, ``status`` and ``doctor``: the local stack from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.options import DataDir, Json
from maquette.api.cli.terminal.screen import Screen

if TYPE_CHECKING:
    from maquette.infra.settings.schema import Settings
    from maquette.infra.stack.checkup.doctor import Check


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
    from maquette.api.cli.connect import bring_up, settings_of
    from maquette.infra.stack.control import read_stack

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
    from maquette.api.cli.connect import check_start, parts_view
    from maquette.infra.stack.control import read_stack
    from maquette.infra.stack.run import run_stack
    from maquette.infra.stack.state.progress import STACK, PartState, ProgressEvent

    check_start(settings)
    with parts_view(screen) as show:

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
    from maquette.records.errors import GiveUp

    raise GiveUp(f"the stack had to stop: {problem}", hint="maquette doctor")


def _tell_address(screen: Screen, url: str) -> None:
    if screen.as_json:
        screen.line({"api_url": url})
    else:
        screen.answer(url)


def down(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Stop the local stack. State is kept."""
    from maquette.api.cli.connect import settings_of
    from maquette.infra.stack.control import stop

    screen = Screen(as_json=as_json)
    stopped = stop(settings_of(data_dir))
    if as_json:
        screen.document({"stopped": stopped})
    else:
        screen.answer("stopped" if stopped else "no stack was running")


def status(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Tell how each part of the stack is. Exit code 4 when none is running."""
    from maquette.api.cli.connect import settings_of
    from maquette.api.cli.views.models_line import ask_models, models_line
    from maquette.infra.stack import control

    screen = Screen(as_json=as_json)
    settings = settings_of(data_dir)
    info = control.read_stack(settings)
    parts = control.status(settings)
    running = control.load_stack_settings(info) if info is not None and info.ready else None
    asked = running is not None and running.serve.placement != "inprocess"
    work = ask_models(running) if running is not None and asked else None
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
            }
        )
        raise typer.Exit(code)
    table = Table.grid(padding=(0, 3, 0, 0))
    for part in parts:
        table.add_row(
            _mark(part.state.value),
            Text(part.part),
            Text(part.state.value),
            Text(f"{part.rss_bytes / 1e6:,.0f} MB" if part.rss_bytes else "", style="quiet"),
            Text(part.detail, style="quiet"),
        )
    screen.table(table)
    if asked:
        screen.say(models_line(work))
    if info is None:
        screen.say(Text.assemble(("next: ", "title"), "maquette up"))
    else:
        memory = sum(part.rss_bytes for part in parts) / 1e9
        kept = f", stops after {info.idle_stop_s / 60:.0f} idle minutes" if info.idle_stop_s else ""
        screen.say(
            Text(f"{info.api_url}  process {info.pid}, {memory:.1f} GB{kept}", style="quiet")
        )
    raise typer.Exit(code)


def doctor(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Look at every part: ok, or what is wrong and the next step. Starts and changes nothing."""
    from maquette.api.cli.checkups import CHECKUPS
    from maquette.api.cli.connect import settings_of
    from maquette.infra.stack.checkup.doctor import doctor as examine

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
            table.add_row(_mark("ready"), Text(check.part), Text(check.detail, style="quiet"))
        else:
            told = Text.assemble(check.problem, ("\nnext: ", "title"), check.next_step)
            table.add_row(_mark("failed"), Text(check.part), told)
    return table


def _mark(state: str) -> Text:
    match state:
        case "ready":
            return Text("✓", style="passed")
        case "failed" | "crashed" | "stalled" | "unknown":
            return Text("✗", style="failed")
        case "starting" | "stopping":
            return Text("…", style="unjudged")
        case _:
            return Text("·", style="quiet")
