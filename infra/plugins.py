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
from inspect import isroutine
from types import MappingProxyType
from typing import Literal

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
    takes: Literal["class", "instance", "either"] = "either"
    """Whether an entry point names a class (a function that makes the same will do), or an
    instance of one: both have the attributes."""

    @property
    def group(self) -> str:
        """The group of its entry points."""
        return f"maquette.{self.name}"


COMMANDS = PluginDoor("commands", "a Typer app, or a function that Typer makes a command of")
"""Command line; loaded when it is called."""
TOOLS = PluginDoor("tools", "a module with the hook maquette_tools(register)")
"""Tools made by ``@tool`` (``tools/plugins/hookspecs.py``)."""
ROLES = PluginDoor(
    "roles",
    "a class made of config, store and threads",
    has=("start", "stop", "methods"),
    takes="class",
)
"""Model servers; the name is that of the role (``model_servers/client/contract.py``)."""
BACKENDS = PluginDoor(
    "backends", "a class that keeps the protocol of a role's backends", takes="class"
)
"""Named ``<role>.<backend>``, loaded when the settings choose it (``models.<role>.backend``)."""
ROW_OPTIONS = PluginDoor(
    "row_options",
    "a RowOption with a kind",
    has=("name", "default", "abilities", "needs"),
    takes="instance",
)
"""Generation options (``model_servers/schemas/options/option.py``)."""
INTENTS = PluginDoor(
    "intents",
    "an Intent",
    has=("name", "offer", "signs", "plan"),
    takes="instance",
)
"""Kinds of requests (``agents/intents/contract.py``)."""
JUDGES = PluginDoor("judges", "a function of CriticSettings that makes a Judge", has=("__call__",))
"""For kinds of criteria that nobody judges (``agents/judging/contract.py``)."""
REPAIRS = PluginDoor(
    "repairs", "a Repair", has=("name", "kinds", "tool", "propose"), takes="instance"
)
"""What may mend a failed criterion (``agents/judging/contract.py``)."""
STRATEGIES = PluginDoor(
    "strategies",
    "a Strategy",
    has=("name", "steering", "begin", "next_round", "absorb"),
    takes="instance",
)
"""How a loop decides; pure (``workflows/loops/strategy.py``). A task asks for one by its name
(``maquette run --strategy NAME``, ``options.strategy``)."""
ART_PACKS = PluginDoor(
    "art_packs",
    "an ArtPack",
    has=("name", "title", "licence", "style", "cards", "art"),
    takes="instance",
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
BROKEN = (Exception, SystemExit)
"""What a plug-in may raise: one that asks to end the program is left out like any other."""


def open_door(
    door: PluginDoor,
    built_in: Mapping[str, object],
    *,
    entries: Iterable[EntryPoint] | None = None,
    taken: Iterable[str] = (),
) -> Opened:
    """The built-in things of a door, then those of installed packages, in order of their names.

    Args:
        entries: entry points in place of the installed ones.
        taken: names of further built-in things, which are not loaded here.

    Raises: ConfigError: a built-in thing is not what the door takes.
    """
    opened = Opened(door)
    for name, thing in built_in.items():
        if reason := _unfit(door, thing):
            raise ConfigError(f"built-in {door.name} do not load: {reason}")
        opened.found[name], opened.origins[name] = thing, BUILT_IN
    owners = dict.fromkeys(taken, BUILT_IN) | opened.origins
    installed = entry_points(group=door.group) if entries is None else entries
    for entry in sorted(installed, key=lambda one: (one.name, one.value)):
        origin = told(entry)
        try:
            thing = load(door, entry)
        except ConfigError as error:
            opened._note(origin, error.message)
            continue
        if entry.name in owners:
            opened._note(origin, f"the name {entry.name!r} is taken by {owners[entry.name]}")
            continue
        opened.found[entry.name] = thing
        opened.origins[entry.name] = owners[entry.name] = origin
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


def load(door: PluginDoor, entry: EntryPoint) -> object:
    """What an entry point names.

    Raises: ConfigError: it cannot be imported, or is not what the door takes; the message does
        not repeat its name.
    """
    hint = f"mend or uninstall {package(entry)}"
    what = "cannot be imported"
    try:
        thing = entry.load()
        what = "it breaks when it is looked at"
        reason = _unfit(door, thing)
    except BROKEN as error:
        raise ConfigError(why(what, error), hint=hint) from error
    if reason:
        raise ConfigError(reason, hint=hint)
    return thing


def told(entry: EntryPoint) -> str:
    """A plug-in in words; two packages that bring the same name are told apart."""
    brought = f", {package(entry)}" if entry.dist else ""
    return f"plug-in {entry.name} ({entry.value}{brought})"


def package(entry: EntryPoint) -> str:
    """The package that brings an entry point: its name and version, where they are known."""
    if entry.dist is None:
        return f"the package that brings {entry.value}"
    return f"{entry.dist.name} {entry.dist.version}"


def why(what: str, error: BaseException) -> str:
    """Why a plug-in cannot be used, in a sentence."""
    if isinstance(error, MaquetteError):
        return error.message
    return f"{what}: {type(error).__name__}: {error}"


def lacking(thing: object, wanted: Iterable[str]) -> str:
    """Which of the wanted attributes a thing lacks, in words after "a"; empty: none."""
    missing = [attribute for attribute in wanted if not hasattr(thing, attribute)]
    return f"{type(thing).__name__} without {', '.join(missing)}" if missing else ""


def _unfit(door: PluginDoor, thing: object) -> str:
    """Why a door does not take a thing; empty: it does."""
    if isinstance(thing, type) and door.takes == "instance":
        return f"it names the class {thing.__name__}; expected an instance, {door.brings}"
    if door.takes == "class" and not isinstance(thing, type) and not isroutine(thing):
        return f"it names a {type(thing).__name__}; expected {door.brings}"
    if missing := lacking(thing, door.has):
        return f"it brings a {missing}; expected {door.brings}"
    return ""
