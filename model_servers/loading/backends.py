"""The backends of a role: who computes what it serves, by name, imported when chosen. Light."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Generic, TypeVar, cast

from maquette.infra import plugins
from maquette.model_servers.loading.model_files import read_table
from maquette.records.errors import ConfigError

BackendT = TypeVar("BackendT")


@dataclass(frozen=True)
class Backend:
    """An entry of a role's table."""

    path: str
    """``module:class`` below ``maquette.model_servers``; the class keeps the role's protocol."""
    kinds: tuple[str, ...] = ()
    """The ``model_type`` of the directories it loads; none: it is chosen by name alone."""


@dataclass(frozen=True)
class Chosen(Generic[BackendT]):
    """A backend that is to serve."""

    name: str
    make: Callable[..., BackendT]
    """The class: takes the model's directory, or None, and the role's options by keyword."""
    mark: str
    """What the role's digest says of it; empty for the usual one."""


class Backends(Generic[BackendT]):
    """The table of one role. Its first entry is the usual backend.

    Args:
        role: for messages.
        table: name to backend; the names are what ``models.<role>.backend`` may say.
    """

    def __init__(self, role: str, table: Mapping[str, Backend]) -> None:
        self._role = role
        self._table = dict(table)
        self._usual = next(iter(table))

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the table."""
        return tuple(self._table)

    def check(self, name: str | None) -> None:
        """Raises: ConfigError: no backend is named so; lists those that are."""
        if name is not None and name not in self._table and name not in (brought := self._brought):
            known = ", ".join(sorted({*self._table, *brought}))
            raise ConfigError(
                f"models.{self._role}.backend is {name!r}; known: {known}",
                hint="name one of these, or leave it out: the model's files tell which one it is",
            )

    def check_brought(self, name: str | None) -> None:
        """Load the backend of that name where an installed package brings it.

        Raises: ConfigError: no backend is named so, or it cannot be used.
        """
        self.check(name)
        if name is not None and name not in self._table:
            self._loaded(self._brought[name])

    def choose(self, name: str | None, path: Path | None) -> Chosen[BackendT] | None:
        """The backend of that name; without one, the backend that the model's files are for.

        Files that no entry names go to the usual one, which says what it can load.

        Args:
            path: the model's directory; None: it is not there.
        Returns: None where the backend takes files and the model is not there.
        Raises: ConfigError: no backend is named so. PackCorrupt: the files cannot be read.
        """
        if name is None and path is not None:
            name = self._kept_by(path)
        return None if path is None and self.takes_files(name) else self.named(name)

    def takes_files(self, name: str | None) -> bool:
        """Whether the backend of that name (None: the usual one) is made of a model's files.

        Raises: ConfigError: no backend is named so.
        """
        self.check(name)
        entry = self._table.get(name or self._usual)
        return entry is None or bool(entry.kinds)

    def named(self, name: str | None) -> Chosen[BackendT]:
        """The backend of that name; None: the usual one. Raises: ConfigError: there is none."""
        self.check(name)
        name = name or self._usual
        if name in self._table:
            module, made = self._table[name].path.split(":")
            found = getattr(import_module(f"maquette.model_servers.{module}"), made)
        else:
            found = self._loaded(self._brought[name])
        mark = "" if name == self._usual else f"\0backend {name}"
        return Chosen(name, cast("Callable[..., BackendT]", found), mark)

    @property
    def _brought(self) -> dict[str, EntryPoint]:
        """Backends of installed packages: chosen by name alone, and given the model's files."""
        start = f"{self._role}."
        entries = plugins.named(plugins.BACKENDS)
        return {n.removeprefix(start): e for n, e in entries.items() if n.startswith(start)}

    def _loaded(self, entry: EntryPoint) -> object:
        try:
            return plugins.load(plugins.BACKENDS, entry)
        except ConfigError as error:
            raise ConfigError(
                f"the backend {entry.name!r}: {error.message}", hint=error.hint
            ) from error

    def _kept_by(self, path: Path) -> str:
        kind = read_table(path / "config.json").get("model_type")
        fitting = (name for name, backend in self._table.items() if kind in backend.kinds)
        return next(fitting, self._usual)
