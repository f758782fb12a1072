"""What the model's answers to requests kept from training come to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import Tokenizer

from maquette.agents.planning.llm.wire import plan_schema
from maquette.records.loop import STRATEGIES
from maquette.records.plan import Plan
from maquette.tools.registry import load_registry
from maquette.training.language.pairs import Pair, Recited, language_planner, planned, refuses, same
from maquette.training.language.tokens import END, prompt
from maquette.training.language.wired import Misfit, filled

MOST = 700
"""Tokens of an answer."""

Answers = Callable[[str], str]
"""Gives the answer to a message of the person."""


@dataclass(frozen=True)
class Scored:
    """What became of one request."""

    language: str
    plans: bool
    """Whether the right answer is a plan, and not a refusal."""
    schema: bool
    """The answer is JSON of the wire schema, with no grammar to hold it."""
    checks: bool
    """It is a plan that passes every check, or a refusal."""
    right: bool
    """It does and checks the same as the plan from labels by hand, or both refuse."""


@torch.no_grad()
def greedy(model: Any, tokenizer: Tokenizer) -> Answers:
    """The likeliest token each time, until the end."""
    end = tokenizer.token_to_id(END)

    def answer(user: str) -> str:
        ids = torch.tensor([tokenizer.encode(prompt(user)).ids])
        said = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=MOST,
            do_sample=False,
            eos_token_id=end,
            pad_token_id=end,
        )
        return tokenizer.decode(said[0, ids.shape[1] :].tolist(), skip_special_tokens=True)

    return answer


def scored(pairs: Sequence[Pair], answers: Answers) -> list[Scored]:
    """Read each answer as the language model planner does, and compare it with the right one."""
    endpoint = Recited()
    planner = language_planner(endpoint)
    schema = plan_schema(load_registry(), STRATEGIES)

    def plan_of(answer: str, pair: Pair) -> Any:
        endpoint.answer = answer
        return asyncio.run(planned(planner, pair.text, pair.attached))

    found = []
    for pair in pairs:
        said = answers(pair.user)
        mine, right = plan_of(said, pair), plan_of(pair.answer, pair)
        found.append(
            Scored(
                language=pair.language,
                plans=isinstance(right, Plan),
                schema=_is_of(said, schema),
                checks=isinstance(mine, Plan) or refuses(mine),
                right=same(mine, right),
            )
        )
    return found


def _is_of(answer: str, schema: Mapping[str, Any]) -> bool:
    try:
        value = json.loads(answer)
        return bool(filled(value, schema, schema["$defs"]) == value)
    except (ValueError, Misfit):
        return False


def shares(found: Sequence[Scored]) -> dict[str, dict[str, float]]:
    """Shares in [0, 1]: of all requests, of those with a plan, and of each language."""
    groups = {"all": list(found), "plans": [one for one in found if one.plans]}
    for language in sorted({one.language for one in found}):
        groups[language] = [one for one in found if one.language == language]
    return {
        name: {
            "requests": float(len(group)),
            **{key: _share(group, key) for key in ("schema", "checks", "right")},
        }
        for name, group in groups.items()
        if group
    }


def _share(group: Sequence[Scored], key: str) -> float:
    return round(sum(getattr(one, key) for one in group) / len(group), 4)


def spread(pairs: Sequence[Pair], most: int) -> list[Pair]:
    """At most so many of the pairs that are kept from training, spread over all of them."""
    kept = [one for one in pairs if one.kept]
    return kept[:: max(1, -(-len(kept) // most))]
