"""The command line. Commands load what they need when they run, so that ``--help`` is instant.

Packages may add commands through the entry point group ``maquette.commands``: each names a
Typer app.
"""

from __future__ import annotations

import difflib
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from maquette import __version__
from maquette.api.cli import plugged
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.deferred import Deferred
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.terminal.streams import NotTold, sound_streams
from maquette.records.errors import GiveUp, MaquetteError

COMMANDS = {
    "run": "maquette.api.cli.run:run",
    "plan": "maquette.api.cli.plan:plan",
    "chat": "maquette.api.cli.talking.chat:chat",
    "up": "maquette.api.cli.stack:up",
    "down": "maquette.api.cli.stack:down",
    "status": "maquette.api.cli.stack:status",
    "doctor": "maquette.api.cli.doctor:doctor",
    "task": "maquette.api.cli.tasks:app",
    "tool": "maquette.api.cli.direct.tools:app",
    "artifact": "maquette.api.cli.artifacts:app",
    "art": "maquette.api.cli.art:app",
    "config": "maquette.api.cli.config:app",
    "token": "maquette.api.cli.token:token",
}
"""Our own commands: a function, or a Typer app of several."""

EXTRAS = {"train": "train", "eval": "train"} | dict.fromkeys(("bench", "certify", "check"), "bench")
"""Commands that come with an extra of ours, by its name."""


class Commands(TyperGroup):
    """Finds a command when it is called, and turns errors into a sentence and an exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*COMMANDS, *sorted(plugin.name for plugin in plugged.brought(COMMANDS))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in COMMANDS:
            place = COMMANDS[cmd_name]
            return Deferred(cmd_name, place, lambda: plugged.as_command(cmd_name, _ours(place)))
        for plugin in plugged.brought(COMMANDS):
            if plugin.name == cmd_name:
                return Deferred(cmd_name, plugin.value, partial(plugged.command, plugin))
        return None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            if args[0] in EXTRAS:
                ctx.fail(f"{args[0]!r} is not installed. It comes with: {_how_to_get(args[0])}")
            near = difflib.get_close_matches(args[0], known, n=1)
            words = " ".join(args[0].split())[:60]
            guess = f"Did you mean: maquette {near[0]}?" if near else f'Try: maquette run "{words}"'
            ctx.fail(f"There is no command {args[0][:60]!r}. {guess}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with told(as_json="--json" in [*ctx._protected_args, *ctx.args]):
            return super().invoke(ctx)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        with sound_streams():
            try:
                return super().main(*args, **kwargs)
            except NotTold as error:  # help and version are written outside of ``told``
                Screen().fail(error)
                sys.exit(exits.FAILED)


def _how_to_get(command: str) -> str:
    """What installs the extra of a command: the launcher, where this runs through one."""
    checkout = os.environ.get("MAQUETTE_CHECKOUT")
    if checkout is None:
        return f"pip install 'maquette[{EXTRAS[command]}]'"
    here = Path(checkout).resolve() == Path.cwd()
    return f"MAQUETTE_INSTALL=all {'.' if here else checkout}/maquette {command}"


@contextmanager
def told(*, as_json: bool) -> Iterator[None]:
    """Show errors as sentences; with MAQUETTE_DEBUG also where each was raised."""
    screen = Screen(as_json=as_json)
    try:
        yield
    except (typer.Exit, typer.Abort, typer.TyperException):
        raise
    except MaquetteError as error:
        _trace()
        screen.fail(error)
        raise typer.Exit(exits.code_of(error)) from None
    except KeyboardInterrupt:
        screen.say("interrupted")
        raise typer.Exit(exits.INTERRUPTED) from None
    except Exception as error:
        _trace()
        screen.fail(
            GiveUp(
                f"something unexpected happened ({type(error).__name__})",
                hint="maquette doctor; or the same command with MAQUETTE_DEBUG=1 to see where",
            )
        )
        raise typer.Exit(exits.FAILED) from None


def _trace() -> None:
    if os.environ.get("MAQUETTE_DEBUG", "0") not in ("", "0"):
        traceback.print_exc()


def _ours(place: str) -> typer.Typer | Callable[..., Any]:
    module, _, name = place.partition(":")
    found: typer.Typer | Callable[..., Any] = getattr(import_module(module), name)
    return found


app = typer.Typer(
    name="maquette",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog=exits.HELP,
)


def _version(wanted: bool) -> None:
    if wanted:
        Screen().answer(__version__)
        raise typer.Exit


@app.callback()
def maquette(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn a request in plain words into a finished, checked picture."""


if __name__ == "__main__":
    app()
