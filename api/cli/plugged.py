"""Commands that other packages bring: found without loading, loaded when called."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint
from inspect import isroutine
from typing import Any

import typer

from maquette.infra import plugins
from maquette.records.errors import ConfigError, GiveUp


def brought(ours: Iterable[str]) -> list[EntryPoint]:
    """Commands of installed packages; ours win."""
    return [entry for name, entry in plugins.named(plugins.COMMANDS).items() if name not in ours]


def opened(ours: Iterable[str]) -> plugins.Opened:
    """The same, all loaded to see whether they work."""
    found = plugins.open_door(plugins.COMMANDS, {}, taken=ours)
    for name, target in list(found.found.items()):
        try:
            as_command(name, target)
        except plugins.BROKEN as error:
            found.leave_out(name, plugins.why("no command can be made of it", error))
    return found


def command(plugin: EntryPoint) -> Any:
    """The command that an entry point names. Raises: GiveUp: it cannot be loaded, or is none."""
    try:
        return as_command(plugin.name, plugins.load(plugins.COMMANDS, plugin))
    except plugins.BROKEN as error:
        raise GiveUp(
            f"the command {plugin.name!r}: {plugins.why('no command can be made of it', error)}",
            hint=f"mend or uninstall {plugins.package(plugin)}",
        ) from error


def as_command(name: str, target: object) -> Any:
    """The command behind a Typer app, or behind a plain function. Raises: ConfigError: neither."""
    if isinstance(target, typer.Typer):
        found = target
    elif isroutine(target):
        found = typer.Typer(add_completion=False)
        found.command(name)(target)
    else:
        kind = type(target).__name__
        raise ConfigError(f"it brings a {kind}; expected {plugins.COMMANDS.brings}")
    made = typer.main.get_command(found)
    made.name = name
    return made
