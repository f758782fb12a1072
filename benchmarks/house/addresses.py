"""Whether tests lie where a person looks for them, and folders say what they are for."""

from __future__ import annotations

import re
from pathlib import Path

from maquette.benchmarks.house.source import CONTRACTS, Checkout, Module

TESTS = Path("tests")
PAGE = Path("docs", "architecture.md")
_FOLDER = re.compile(r"^\| `([\w/]+)/` \| [^|\s]", re.MULTILINE)
"""A row of the table of folders: its path, then its purpose."""


def files_of_tests(checkout: Checkout) -> list[Module]:
    """Files with tests in them; helpers and suites are none."""
    return [
        test
        for test in checkout.tests
        if test.path.name.startswith("test_") and CONTRACTS not in test.path.parents
    ]


def address(test: Path, modules: frozenset[Path]) -> Path | None:
    """The module that a test file is for: that of the same folder whose name it bears.

    ``tests/tools/test_registry.py`` and ``tests/tools/test_registry_origin.py`` are for
    ``tools/registry.py``.
    """
    folder, name = test.parent.relative_to(TESTS), test.stem.removeprefix("test_")
    parts = name.split("_")
    for length in range(len(parts), 0, -1):
        candidate = folder / f"{'_'.join(parts[:length])}.py"
        if candidate in modules:
            return candidate
    return None


def without_address(checkout: Checkout) -> list[Path]:
    """Test files that lie beside no module of theirs."""
    modules = frozenset(module.path for module in checkout.modules)
    return [one.path for one in files_of_tests(checkout) if address(one.path, modules) is None]


def without_purpose(checkout: Checkout) -> list[Path]:
    """Folders of code that the page about the folders does not name with a purpose."""
    told = set(_FOLDER.findall((checkout.root / PAGE).read_text(encoding="utf-8")))
    return [folder for folder in checkout.folders if folder.as_posix() not in told]
