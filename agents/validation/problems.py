"""What can be wrong with a plan: each rule has its own code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from maquette.records.loop import STRATEGIES


class Rule(StrEnum):
    """The rules a plan must keep. The value is the code that people and programs see."""

    NOT_JSON = "not_json"
    MALFORMED = "malformed"
    EMPTY_PLAN = "empty_plan"
    TOO_MANY_NODES = "too_many_nodes"
    DUPLICATE_ID = "duplicate_id"
    RESERVED_ID = "reserved_id"
    UNKNOWN_TOOL = "unknown_tool"
    UNKNOWN_STRATEGY = "unknown_strategy"
    UNKNOWN_ARGUMENT = "unknown_argument"
    MISSING_ARGUMENT = "missing_argument"
    BAD_ARGUMENT = "bad_argument"
    MALFORMED_REFERENCE = "malformed_reference"
    MISSING_REFERENCE = "missing_reference"
    FORWARD_REFERENCE = "forward_reference"
    CYCLE = "cycle"
    UNKNOWN_PORT = "unknown_port"
    UNKNOWN_INPUT = "unknown_input"
    WRONG_MODALITY = "wrong_modality"
    BAD_RESULT = "bad_result"
    RESULT_NOT_IMAGE = "result_not_image"
    NO_OUTPUTS = "no_outputs"
    UNKNOWN_OUTPUT = "unknown_output"
    OVER_BUDGET = "over_budget"


@dataclass(frozen=True)
class PlanProblem:
    """One rule broken, where, and a sentence a person (or a planner) can act on."""

    code: Rule
    sentence: str
    node: str | None = None


@dataclass(frozen=True)
class PlanLimits:
    """How large a plan may be."""

    budget_s: float = 900.0
    """Seconds that all calls together may be expected to take."""
    max_nodes: int = 32
    """Nodes of the plan."""
    max_calls: int = 512
    """Calls in all: of a loop, body times candidates times rounds."""
    strategies: frozenset[str] = STRATEGIES
    """Loop strategies that the workflow knows: whoever runs plans tells those that loaded."""
