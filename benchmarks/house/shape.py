"""How large things are, and whether they say what they do."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from maquette.benchmarks.house.source import Module

Function = ast.FunctionDef | ast.AsyncFunctionDef
Classes = dict[str, ast.ClassDef]
"""Classes of modules by their names."""


def function_lines(modules: Iterable[Module]) -> list[int]:
    """Lines of each function, its docstring and blank lines left out."""
    return [
        _lines(module, node)
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, Function)
    ]


def public(modules: Sequence[Module]) -> Iterator[tuple[str, bool]]:
    """Each public function, class and method: its name, and whether its promise is told.

    What is inside a function, or in a class of a private name, is not public. A method's promise
    is told by its docstring, or by that of the same method of a base class or of a protocol
    which the class realises, as ``inspect.getdoc`` has it for bases.
    """
    classes = _classes(modules)
    for module in modules:
        yield from _public(module.tree, module.name, classes, frozenset())


def _public(
    node: ast.Module | ast.ClassDef, prefix: str, classes: Classes, told: frozenset[str]
) -> Iterator[tuple[str, bool]]:
    for child in node.body:
        if not isinstance(child, Function | ast.ClassDef) or child.name.startswith("_"):
            continue
        yield f"{prefix}.{child.name}", child.name in told or ast.get_docstring(child) is not None
        if isinstance(child, ast.ClassDef):
            inherited = _told_above(child, classes)
            yield from _public(child, f"{prefix}.{child.name}", classes, inherited)


def _classes(modules: Iterable[Module]) -> Classes:
    found: Classes = {}
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, node)
    return found


def _told_above(node: ast.ClassDef, classes: Classes) -> frozenset[str]:
    """Methods whose promise a base class or a realised protocol tells."""
    above = [classes[name] for base in node.bases if (name := _base(base)) in classes]
    mine = set(_methods(node))
    for one in classes.values():
        whole = set(_methods(one))
        if "Protocol" in map(_base, one.bases) and len(whole) > 1 and whole <= mine:
            above.append(one)
    told = {name for one in above for name, method in _methods(one).items() if _tells(method)}
    return frozenset(told).union(*(_told_above(one, classes) for one in above if one is not node))


def _methods(node: ast.ClassDef) -> dict[str, Function]:
    return {one.name: one for one in node.body if isinstance(one, Function)}


def _tells(node: Function) -> bool:
    return ast.get_docstring(node) is not None


def _base(node: ast.expr) -> str:
    node = node.value if isinstance(node, ast.Subscript) else node
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _lines(module: Module, node: Function) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    head = range(node.lineno, node.body[0].lineno)
    rest = range(body[0].lineno, (node.end_lineno or 0) + 1) if body else range(0)
    text = module.text.splitlines()
    return sum(bool(text[number - 1].strip()) for number in {*head, *rest})
