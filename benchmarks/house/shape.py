"""How large things are, and whether they say what they do."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from maquette.benchmarks.house.source import Module

Function = ast.FunctionDef | ast.AsyncFunctionDef


def function_lines(modules: Iterable[Module]) -> list[int]:
    """Lines of each function, its docstring and blank lines left out."""
    return [
        _lines(module, node)
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, Function)
    ]


def public(module: Module) -> Iterator[tuple[str, bool]]:
    """Each public function, class and method: its name, and whether it has a docstring.

    What is inside a function, or in a class of a private name, is not public. A method that its
    class overrides from a protocol of ours counts like any other.
    """
    yield from _public(module.tree, module.name)


def _public(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, bool]]:
    for child in node.body:
        if not isinstance(child, Function | ast.ClassDef) or child.name.startswith("_"):
            continue
        yield f"{prefix}.{child.name}", ast.get_docstring(child) is not None
        if isinstance(child, ast.ClassDef):
            yield from _public(child, f"{prefix}.{child.name}")


def _lines(module: Module, node: Function) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    head = range(node.lineno, node.body[0].lineno)
    rest = range(body[0].lineno, (node.end_lineno or 0) + 1) if body else range(0)
    text = module.text.splitlines()
    return sum(bool(text[number - 1].strip()) for number in {*head, *rest})
