"""The text side of the guard: which words are no words of the world."""

from __future__ import annotations

import re

from maquette.model_servers.schemas.guard import OUTSIDE, GuardVerdict

MAX_NAMED = 5
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|‘[^’]*’|(?<!\w)'[^']*'(?!\w)")
"""What is to be printed may be any word."""


def judge_words(text: str, known: frozenset[str]) -> GuardVerdict:
    """Judge a text by its words outside quotation marks, in any case.

    Args:
        known: lower-case words of the world, and those that ask without naming a thing.
    """
    words = [word.lower() for word in _WORD.findall(_QUOTED.sub(" ", text))]
    strange = [word for word in dict.fromkeys(words) if word not in known]
    if not strange:
        return GuardVerdict(in_world=True, score=0.0)
    named = ", ".join(repr(word) for word in strange[:MAX_NAMED])
    more = f" and {len(strange) - MAX_NAMED} more" if len(strange) > MAX_NAMED else ""
    return GuardVerdict(
        in_world=False,
        score=0.5 + 0.5 * len(strange) / len(set(words)),
        reason=f"{OUTSIDE}: they do not know {named}{more}",
    )
