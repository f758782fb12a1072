"""A checkout as data: its modules, read once and parsed."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from maquette.records.errors import InvalidInput

PACKAGE = "maquette"
OTHERS = frozenset(
    {
        *("tests", "docs", "examples", "src", "distributions", "requirements"),
        *("build", "dist", "runs", "outputs"),
    }
)
"""Folders of a checkout that hold no product, or links to it; hidden ones hold none either."""
CONTRACTS = Path("tests", "contracts")
DATA = frozenset({"bundled", "__pycache__"})
"""Folders inside folders that hold no code of ours."""


@dataclass(frozen=True)
class Module:
    """One Python file of the checkout."""

    path: Path
    """Relative to the root of the checkout."""
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        """The name that imports use."""
        return ".".join((PACKAGE, *self.path.with_suffix("").parts))

    @property
    def lines(self) -> int:
        """Lines that are not blank."""
        return sum(bool(line.strip()) for line in self.text.splitlines())


@dataclass(frozen=True)
class Checkout:
    """The product and its tests."""

    root: Path
    modules: tuple[Module, ...]
    tests: tuple[Module, ...]
    """Everything below ``tests``: tests, their helpers and the conformance suites."""

    @cached_property
    def by_name(self) -> dict[str, Module]:
        """The product's modules by the name that imports use."""
        return {module.name: module for module in self.modules}

    @property
    def folders(self) -> dict[Path, list[Module]]:
        """Folders with modules side by side in them."""
        found: dict[Path, list[Module]] = {}
        for module in self.modules:
            found.setdefault(module.path.parent, []).append(module)
        return dict(sorted(found.items()))


def read_checkout(root: Path) -> Checkout:
    """Read a checkout.

    Raises: InvalidInput: the folder is none, or a file in it is no Python.
    """
    if not (root / "pyproject.toml").is_file() or not (root / "records").is_dir():
        raise InvalidInput(
            f"{root} holds no checkout of Maquette",
            hint="run this in the root of one, where pyproject.toml lies",
        )
    product = [_read(root, path) for folder in _folders(root) for path in _files(folder)]
    return Checkout(root, tuple(product), tuple(_read(root, p) for p in _files(root / "tests")))


def _folders(root: Path) -> list[Path]:
    """The product's: every folder at the root that is not known to be another's."""
    return sorted(
        folder
        for folder in root.iterdir()
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in OTHERS
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if not DATA & set(path.parts))


def _read(root: Path, path: Path) -> Module:
    module = Module(path.relative_to(root), path.read_text(encoding="utf-8"))
    try:
        _ = module.tree
    except SyntaxError as error:
        raise InvalidInput(
            f"{module.path}, line {error.lineno}, is no Python: {error.msg}",
            hint="mend the file, then check again",
        ) from error
    return module
