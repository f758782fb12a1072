"""How near a plan is to one written by hand: F1 of tools, edges and arguments.

Source: Shen et al., "TaskBench: Benchmarking Large Language Models for Task Automation" (2023):
for each request sets are compared (so that a tool counts once), and all requests are pooled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maquette.agents.tool_planning.request.slots import KIND_OF

MEASURES = ("node", "edge", "argument_name", "argument_value")
RESAMPLES = 1_000
_NODE = re.compile(r"<node-(\d{1,3})>")


@dataclass(frozen=True)
class Graph:
    """A plan as sets."""

    node: frozenset[str]
    edge: frozenset[tuple[str, str]]
    argument_name: frozenset[tuple[str, str]]
    argument_value: frozenset[tuple[str, str, str]]


def graph(
    nodes: Sequence[Mapping[str, Any]], edges: Iterable[Sequence[Any]], gives: Mapping[str, str]
) -> Graph:
    """The sets of a plan.

    Args:
        nodes: ``{task, arguments}``; an argument ``<node-k>`` is the result of node ``k``.
        edges: pairs of tools, by name or by number of the node.
        gives: for each tool the kind of its result.

    Raises: ValueError: an argument or an edge names a node that is not there.
    """
    tools = [str(node["task"]) for node in nodes]
    named, valued = set(), set()
    for tool, node in zip(tools, nodes, strict=True):
        for argument in map(str, node.get("arguments", ())):
            match = _NODE.search(argument)
            if match:
                value = _tool(int(match.group(1)), tools)
                kind = gives.get(value, "other")
            else:
                value, kind = argument, kind_of(argument)
            named.add((tool, kind))
            valued.add((tool, kind, value))
    pairs = frozenset((_tool(a, tools), _tool(b, tools)) for a, b in edges)
    return Graph(frozenset(tools), pairs, frozenset(named), frozenset(valued))


def kind_of(argument: str) -> str:
    """The kind of a written argument, by the ending of a file it names; else text."""
    found = re.findall(r"\.([A-Za-z0-9]+)", argument)
    kinds = (KIND_OF.get(ending.lower(), "text") for ending in found)
    return next((kind for kind in kinds if kind != "text"), "text")


def _tool(one: Any, tools: Sequence[str]) -> str:
    if isinstance(one, int):
        if not 0 <= one < len(tools):
            raise ValueError(f"node {one} of {len(tools)} is named; nodes count from 0")
        return tools[one]
    return str(one)


@dataclass(frozen=True)
class Score:
    """F1 over requests, with its 95 % interval by drawing requests again (seed 0)."""

    value: float
    low: float
    high: float
    n: int


def f1(pairs: Sequence[tuple[Graph, Graph]], measure: str) -> Score:
    """F1 of one measure over pairs (planned, by hand); nothing planned, nothing wanted: 1."""
    counts = np.array(
        [
            (len(a & b), len(a) + len(b))
            for a, b in ((getattr(p, measure), getattr(q, measure)) for p, q in pairs)
        ],
        dtype=float,
    ).reshape(-1, 2)
    if not len(counts):
        return Score(0.0, 0.0, 1.0, 0)
    drawn = np.random.default_rng(0).integers(0, len(counts), (RESAMPLES, len(counts)))
    low, high = np.percentile([_f1(counts[one]) for one in drawn], [2.5, 97.5])
    return Score(_f1(counts), float(low), float(high), len(counts))


def _f1(counts: np.ndarray[Any, Any]) -> float:
    both, sizes = counts.sum(axis=0)
    return float(2 * both / sizes) if sizes else 1.0
