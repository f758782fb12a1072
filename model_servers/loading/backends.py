"""The backends of a role: who computes what it serves, by name, imported when chosen. Light."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Generic, TypeVar, cast

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

    def check(self, name: str | None) -> None:
        """Raises: ConfigError: no backend is named so; lists those that are."""
        if name is not None and name not in self._table:
            raise ConfigError(
                f"models.{self._role}.backend is {name!r}; known: {', '.join(sorted(self._table))}",
                hint="name one of these, or leave it out: the model's files tell which one it is",
            )

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
        return bool(self._table[name or self._usual].kinds)

    def named(self, name: str | None) -> Chosen[BackendT]:
        """The backend of that name; None: the usual one. Raises: ConfigError: there is none."""
        self.check(name)
        name = name or self._usual
        module, made = self._table[name].path.split(":")
        found = getattr(import_module(f"maquette.model_servers.{module}"), made)
        mark = "" if name == self._usual else f"\0backend {name}"
        return Chosen(name, cast("Callable[..., BackendT]", found), mark)

    def _kept_by(self, path: Path) -> str:
        kind = read_table(path / "config.json").get("model_type")
        fitting = (name for name, backend in self._table.items() if kind in backend.kinds)
        return next(fitting, self._usual)
