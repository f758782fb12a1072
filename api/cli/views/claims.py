"""What a result does not claim, in words: what was not judged, what its model is not sure of."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from maquette.api.cli.terminal.screen import sentence
from maquette.records.task import TaskResult

LONGEST = 60
"""Characters by which an answer is named."""


def not_judged(result: TaskResult) -> Iterator[Text]:
    """What nobody could check of the delivered pictures, a line each."""
    for told in result.not_judged:
        yield Text.assemble(("○ not judged: ", "unjudged"), told)


def not_sure(result: TaskResult) -> Iterator[str]:
    """Why the words that follow may be wrong: to be read before them."""
    several = len(result.answers) > 1
    for one in result.answers:
        if one.doubt:
            named = f' of "{_short(one.text)}"' if several else ""
            yield f"Not sure{named}: {sentence(one.doubt)}"


def probabilities(result: TaskResult) -> Iterator[Text]:
    """How sure the model is of each answer."""
    for one in result.answers:
        if one.probability is not None:
            told = f'"{_short(one.text)}": probability {one.probability:.2f}'
            yield Text(told, style="unjudged" if one.doubt else "quiet")


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
