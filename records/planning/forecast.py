"""Forecasts of plans, and the recorded times they are made of."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from maquette.records.base import Name, Record

Basis = Literal["recorded", "declared", "mixed"]


class Sample(Record):
    """One run of a tool. Seconds."""

    tool: str
    seconds: float = Field(ge=0, description="of wall time, beside whatever else ran")
    model_s: float = Field(default=0.0, ge=0)


class Median(Record):
    """What runs of a tool take in the median. Seconds."""

    seconds: float
    model_s: float
    runs: int = Field(ge=1)


class NodeForecast(Record):
    """Of one node, in seconds; a loop as many rounds as loops usually take."""

    node: Name
    seconds: float
    most_seconds: float = Field(description="with every round used up")
    model_seconds: float
    basis: Basis
    runs: dict[str, int] = Field(description="tool -> recorded runs; 0: it is as declared")


class Forecast(Record):
    """``seconds`` is along the longest chain of nodes; ``model_seconds`` is what all spend."""

    seconds: float
    most_seconds: float
    model_seconds: float
    nodes: tuple[NodeForecast, ...]
    basis: Basis
