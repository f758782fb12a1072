"""What kind of wish a turn is, told from outside by a trained reader, or guessed from its opening.

The classes are those of the router of requests; here they only decide between something new, a
change of what is there and a question about it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from maquette.agents.reading.labelled.quoting import hide_quoted
from maquette.model_servers.client.roles import EmbeddingClient

CHANGE = frozenset({"image_edit"})
ABOUT = frozenset({"caption", "answer", "ocr", "mask", "boxes", "score"})


@dataclass(frozen=True)
class Labels:
    """Probabilities of the kinds of a turn's words, and whether they point at something said or
    shown before."""

    kinds: Mapping[str, float]
    refers: bool

    def share(self, names: frozenset[str]) -> float:
        """The probability of these kinds together."""
        return sum(p for name, p in self.kinds.items() if name in names)


_REFERS = re.compile(
    r"\b(?:it|its|them|him|her|same|again|"
    r"(?:that|this|these|those|the)\s+(?:picture|image|drawing|photo|one|background|sky))\b",
    re.IGNORECASE,
)
_OPENINGS: tuple[tuple[re.Pattern[str], Mapping[str, float]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kinds)
    for pattern, kinds in (
        (
            r"^\W*(?:what|which|how|is|are|does|do|who|where|why|read|describe|caption|count|"
            r"can you see|tell me)\b",
            {"answer": 0.85, "image": 0.1, "image_edit": 0.05},
        ),
        (
            r"^\W*(?:(?:make|change|turn|paint|colou?r|give|set)\s+(?:it|them|the|this|that|him|her)"
            r"\b|(?:put|move|add|remove|delete|erase|replace|swap|recolou?r|resize|rotate|flip|"
            r"mirror|crop|shift|push|enlarge|shrink|brighten|darken|take away|get rid of)\b)",
            {"image_edit": 0.85, "image": 0.1, "answer": 0.05},
        ),
        (
            r"^\W*(?:(?:please|can you|could you|i(?:'d| would)? (?:want|like)(?: you to)?)\s+)*"
            r"(?:draw|paint|sketch|create|generate|design|illustrate|render|show me|"
            r"make (?:me )?an?|a (?:picture|poster|drawing|card|sign)|poster|sign)\b",
            {"image": 0.9, "image_edit": 0.08, "answer": 0.02},
        ),
    )
)
UNKNOWN = {"image": 0.6, "image_edit": 0.35, "answer": 0.05}
"""Of words that open like none of these, such as "a cat" after a picture."""


def guess(text: str) -> Labels:
    """Labels by how a turn opens, for where no trained reader is at hand."""
    kinds = next((kinds for opening, kinds in _OPENINGS if opening.search(text)), UNKNOWN)
    return Labels(kinds, refers=bool(_REFERS.search(text)))


async def read_labels(text: str, reader: EmbeddingClient) -> Labels:
    """What the trained reader makes of a turn.

    Raises: ModelUnavailable: it does not answer.
    """
    reply = await reader.read_request(hide_quoted(text).masked, 0)
    kinds = dict(reply.items[0].kinds) if reply.items else {}
    points = any(span.label == "ref" and not span.heads for span in reply.spans)
    return Labels(kinds, points or bool(_REFERS.search(text)))
