"""Packages of somebody else, installed for one test: a folder on the path, nothing more."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from maquette.infra import plugins


class Packages:
    """Installs packages of one module each, of version 1.5."""

    def __init__(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._site = site
        self._monkeypatch = monkeypatch

    def install(self, name: str, entries: Mapping[str, str], text: str) -> None:
        """Args:
        entries: ``<door>:<name>`` to what the entry point names.
        text: of its module.
        """
        info = self._site / f"{name}-1.5.dist-info"
        info.mkdir(parents=True)
        (self._site / f"{name}.py").write_text(text)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n")
        groups: dict[str, list[str]] = {}
        for key, value in entries.items():
            door, _, entry = key.partition(":")
            groups.setdefault(f"[maquette.{door}]", []).append(f"{entry} = {value}")
        lines = [line for group, rows in groups.items() for line in (group, *rows)]
        (info / "entry_points.txt").write_text("\n".join(lines))
        self._monkeypatch.syspath_prepend(str(self._site))
        self._monkeypatch.delitem(sys.modules, name, raising=False)
        plugins.named.cache_clear()
