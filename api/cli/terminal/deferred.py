"""Commands that are loaded when they are called, and told of in the help without that."""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from typer.core import TyperCommand

from maquette.infra.plugins import BROKEN


class Deferred(TyperCommand):
    """Stands for a command in lists; the real one takes over when it is called."""

    def __init__(self, name: str, place: str, load: Callable[[], Any]) -> None:
        """``place`` is where it lies, as ``module:attribute``; its help is read from there."""
        super().__init__(name, help=help_of(place))
        self._load = load

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """The context of the real command."""
        return self._load().make_context(info_name, args, parent=parent, **extra)


def help_of(place: str) -> str:
    """What a function or a Typer app says of itself, read without running its module.

    The docstring of the function, the constant ``help`` of the app, else the first line of the
    module; empty where there is no source.
    """
    module, _, attribute = place.partition(":")
    tree = _source(module)
    if tree is None:
        return ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == attribute:
            return ast.get_docstring(node) or ""
        if isinstance(node, ast.Assign) and attribute in map(_name, node.targets):
            for keyword in getattr(node.value, "keywords", ()):
                if keyword.arg == "help" and isinstance(keyword.value, ast.Constant):
                    return str(keyword.value.value)
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _source(module: str) -> ast.Module | None:
    try:
        spec = find_spec(module)  # runs the package around it
        if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
            return None
        return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    except BROKEN:
        return None
