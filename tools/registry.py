"""The registry of tools: by name, from built-ins and plug-ins alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

import pluggy

from maquette.infra.plugins import BROKEN, TOOLS, PluginProblem, told, why
from maquette.records.errors import ConfigError, Conflict, NotFound
from maquette.tools.plugins import builtin, hookspecs
from maquette.tools.spec import ToolSpec


class Registry:
    """Tools by name. Names are unique: a second tool of a name is refused."""

    def __init__(self, specs: Iterable[ToolSpec] = (), *, origin: str = "the caller") -> None:
        self._specs: dict[str, ToolSpec] = {}
        self._origins: dict[str, str] = {}
        self._problems: list[PluginProblem] = []
        for spec in specs:
            self.add(spec, origin=origin)

    def add(self, spec: ToolSpec, *, origin: str) -> None:
        """Take up a tool.

        Raises: ConfigError: it was not made by ``@tool``. Conflict: the name is taken; names
            both origins.
        """
        if not isinstance(spec, ToolSpec):
            raise ConfigError(
                f"{origin} registered a {type(spec).__name__}; expected a tool made by @tool"
            )
        if spec.name in self._specs:
            raise Conflict(
                f"tool {spec.name!r} of {origin} ({spec.origin}) clashes with the one of "
                f"{self._origins[spec.name]} ({self._specs[spec.name].origin})",
                hint="Rename one of them: tool names are unique.",
            )
        self._specs[spec.name] = spec
        self._origins[spec.name] = origin

    def get(self, name: str) -> ToolSpec:
        """The tool of this name. Raises: NotFound: names the nearest and the known ones."""
        try:
            return self._specs[name]
        except KeyError:
            near = self.nearest(name)
            guess = f"did you mean {near!r}? " if near else ""
            raise NotFound(
                f"no tool named {name!r}; {guess}known: {', '.join(self.names())}"
            ) from None

    def nearest(self, name: str) -> str | None:
        """The known name most like this one, or None."""
        return next(iter(difflib.get_close_matches(name, self._specs, n=1, cutoff=0.5)), None)

    def origin(self, name: str) -> str:
        """Which plug-in registered the tool."""
        return self._origins[self.get(name).name]

    def names(self) -> list[str]:
        return sorted(self._specs)

    def cards(self) -> list[dict[str, Any]]:
        """Every tool as planners see it."""
        return [self._specs[name].card() for name in self.names()]

    @property
    def problems(self) -> tuple[PluginProblem, ...]:
        """Plug-ins that could not be used."""
        return tuple(self._problems)

    def report(self, plugin: str, reason: str) -> None:
        """Note a plug-in that could not be used."""
        self._problems.append(PluginProblem(plugin, reason))

    def __contains__(self, name: object) -> bool:
        return name in self._specs

    def __iter__(self) -> Iterator[ToolSpec]:
        return iter([self._specs[name] for name in self.names()])

    def __len__(self) -> int:
        return len(self._specs)


def load_registry(
    plugins: Iterable[tuple[str, ModuleType | object]] = (),
    *,
    entries: Iterable[EntryPoint] | None = None,
) -> Registry:
    """The built-in tools, those of the given plug-ins, and those of installed packages.

    A plug-in that breaks or clashes is left out as a whole and noted in ``problems``.

    Args:
        plugins: named objects with a ``maquette_tools`` hook, taken before installed ones.
        entries: entry points in place of the installed ones of group ``maquette.tools``.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    registry = Registry()
    _take(manager, registry, "the built-in tools", builtin)
    if registry.problems:
        raise ConfigError(f"the built-in tools do not load: {registry.problems[0].reason}")
    for name, plugin in plugins:
        _take(manager, registry, f"plug-in {name}", plugin)
    installed = entry_points(group=TOOLS.group) if entries is None else entries
    for entry in sorted(installed, key=lambda e: (e.name, e.value)):
        label = told(entry)
        try:
            plugin = entry.load()
        except BROKEN as error:
            registry.report(label, why("cannot be imported", error))
        else:
            _take(manager, registry, label, plugin)
    return registry


def _take(manager: pluggy.PluginManager, registry: Registry, label: str, plugin: object) -> None:
    """Call one plug-in's hook and take up all its tools, or none."""
    staged = Registry()
    try:
        manager.register(plugin, name=label)
        if not manager.get_hookcallers(plugin):
            registry.report(label, "has no function marked @hookimpl named maquette_tools")
            return
        others = [other for other in manager.get_plugins() if other is not plugin]
        hook = manager.subset_hook_caller("maquette_tools", remove_plugins=others)
        hook(register=lambda spec: staged.add(spec, origin=label))
        clash = next((spec for spec in staged if spec.name in registry), None)
        if clash is not None:
            registry.add(clash, origin=label)
    except BROKEN as error:
        registry.report(label, why("cannot be used", error))
        return
    for spec in staged:
        registry.add(spec, origin=label)
