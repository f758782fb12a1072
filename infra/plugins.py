"""Every door that a package of somebody else may open, on one page.

A package brings a thing by an entry point of a door's group; its name there is the thing's name::

    [project.entry-points."maquette.strategies"]
    annealing = "my_package.annealing:ANNEALING"

Built-in things come through the same function and the same checks. A plug-in that breaks, clashes
or is not what the door takes is left out and told, by ``maquette doctor`` too; the others work on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from maquette.records.errors import ConfigError, MaquetteError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PluginDoor:
    """A kind of thing that packages may bring."""

    name: str
    brings: str
    """What an entry point names, in words."""
    has: tuple[str, ...] = ()
    """Attributes that a thing of this kind has."""

    @property
    def group(self) -> str:
        """The group of its entry points."""
        return f"maquette.{self.name}"


COMMANDS = PluginDoor("commands", "a Typer app, or a function that Typer makes a command of")
"""Command line; loaded when it is called."""
TOOLS = PluginDoor("tools", "a module with the hook maquette_tools(register)")
"""Tools made by ``@tool`` (``tools/plugins/hookspecs.py``)."""
ROLES = PluginDoor(
    "roles", "a class made of config, store and threads", has=("start", "stop", "methods")
)
"""Model servers; the name is that of the role (``model_servers/client/contract.py``)."""
BACKENDS = PluginDoor("backends", "a class that keeps the protocol of a role's backends")
"""Named ``<role>.<backend>``, loaded when the settings choose it (``models.<role>.backend``)."""
ROW_OPTIONS = PluginDoor(
    "row_options", "a RowOption with a kind", has=("name", "default", "abilities", "needs")
)
"""Generation options (``model_servers/schemas/options/option.py``)."""
INTENTS = PluginDoor("intents", "an Intent", has=("name", "offer", "examples", "signs", "plan"))
"""Kinds of requests (``agents/intents/contract.py``)."""
JUDGES = PluginDoor("judges", "a function of CriticSettings that makes a Judge", has=("__call__",))
"""For kinds of criteria that nobody judges (``agents/judging/contract.py``)."""
REPAIRS = PluginDoor("repairs", "a Repair", has=("name", "kinds", "tool", "propose"))
"""What may mend a failed criterion (``agents/judging/contract.py``)."""
STRATEGIES = PluginDoor(
    "strategies", "a Strategy", has=("name", "steering", "begin", "next_round", "absorb")
)
"""How a loop decides; pure (``workflows/loops/strategy.py``)."""
ART_PACKS = PluginDoor(
    "art_packs", "an ArtPack", has=("name", "title", "licence", "style", "cards", "art")
)
"""Things drawn as vectors, named as the entry point is (``tools/art/contract.py``)."""

DOORS = (
    *(COMMANDS, TOOLS, ROLES, BACKENDS, ROW_OPTIONS),
    *(INTENTS, JUDGES, REPAIRS, STRATEGIES, ART_PACKS),
)


@dataclass(frozen=True)
class PluginProblem:
    """A plug-in that could not be used, and why."""

    plugin: str
    reason: str


@dataclass
class Opened:
    """What is behind a door, by name."""

    door: PluginDoor
    found: dict[str, object] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    """Who brought each, in words."""
    problems: list[PluginProblem] = field(default_factory=list)

    def leave_out(self, name: str, reason: str) -> None:
        """Take a plug-in's thing back, since it clashes with another."""
        self.found.pop(name)
        self._note(self.origins.pop(name), reason)

    def _note(self, plugin: str, reason: str) -> None:
        self.problems.append(PluginProblem(plugin, reason))
        log.error("%s is left out of the %s: %s", plugin, self.door.name, reason)


BUILT_IN = "Maquette"


def open_door(
    door: PluginDoor, built_in: Mapping[str, object], *, entries: Iterable[EntryPoint] | None = None
) -> Opened:
    """The built-in things of a door, then those of installed packages, in order of their names.

    Args:
        entries: entry points in place of the installed ones.

    Raises: ConfigError: a built-in thing is not what the door takes.
    """
    opened = Opened(door)
    for name, thing in built_in.items():
        _take(door, opened, name, thing, BUILT_IN)
    if opened.problems:
        raise ConfigError(f"built-in {door.name} do not load: {opened.problems[0].reason}")
    installed = entry_points(group=door.group) if entries is None else entries
    for entry in sorted(installed, key=lambda one: (one.name, one.value)):
        origin = f"plug-in {entry.name} ({entry.value})"
        try:
            thing = entry.load()
        except Exception as error:
            opened._note(origin, why("cannot be imported", error))
        else:
            _take(door, opened, entry.name, thing, origin)
    return opened


@cache
def named(door: PluginDoor) -> Mapping[str, EntryPoint]:
    """What installed packages bring to a door, by name, not loaded; the first of a name.

    Looked up once in a process: every key of the settings asks.
    """
    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=door.group), key=lambda one: (one.name, one.value)):
        found.setdefault(entry.name, entry)
    return MappingProxyType(found)


def why(what: str, error: Exception) -> str:
    """Why a plug-in cannot be used, in a sentence."""
    if isinstance(error, MaquetteError):
        return error.message
    return f"{what}: {type(error).__name__}: {error}"


def _take(door: PluginDoor, opened: Opened, name: str, thing: object, origin: str) -> None:
    missing = [attribute for attribute in door.has if not hasattr(thing, attribute)]
    if missing:
        kind = type(thing).__name__
        reason = f"it brings a {kind} without {', '.join(missing)}; expected {door.brings}"
    elif name in opened.found:
        reason = f"the name {name!r} is taken by {opened.origins[name]}"
    else:
        opened.found[name], opened.origins[name] = thing, origin
        return
    opened._note(origin, reason)
