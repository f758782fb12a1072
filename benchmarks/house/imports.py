"""Who imports whom, lazy imports and those for types included."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import networkx as nx

from maquette.benchmarks.house.source import PACKAGE, Checkout, Module


def imported(module: Module, known: Mapping[str, Module]) -> set[str]:
    """Names of the product's modules that one imports, anywhere in it."""
    return {
        name for node in _imports(module.tree) for name in _targets(node, module) if name in known
    }


def cycles(checkout: Checkout) -> list[list[str]]:
    """Groups of modules that import each other in a circle, by name."""
    known = checkout.by_name
    graph = nx.DiGraph()
    for name, module in known.items():
        graph.add_edges_from((name, other) for other in imported(module, known) - {name})
    return sorted(sorted(one) for one in nx.strongly_connected_components(graph) if len(one) > 1)


def lazy_imports(module: Module) -> list[int]:
    """Lines of imports of our own modules inside functions."""
    lines = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines |= {one.lineno for one in _imports(node) if _ours(one, module)}
    return sorted(lines)


def untested(checkout: Checkout) -> list[str]:
    """Modules that nothing below ``tests`` imports, by name."""
    known = checkout.by_name
    seen = set().union(*(imported(test, known) for test in checkout.tests))
    return sorted(set(known) - seen)


def _imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def _targets(node: ast.Import | ast.ImportFrom, where: Module) -> list[str]:
    """What a statement in a module may import: modules, or names out of one."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    above = where.name.split(".")[: -node.level] if node.level else []
    source = ".".join([*above, node.module] if node.module else above)
    return [source, *(f"{source}.{alias.name}" for alias in node.names)]


def _ours(node: ast.Import | ast.ImportFrom, where: Module) -> bool:
    return any(name.partition(".")[0] == PACKAGE for name in _targets(node, where))
