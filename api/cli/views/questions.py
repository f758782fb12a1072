"""How a question to the person looks in a terminal, and what an answer to it means."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from maquette.records.planning.question import Question


def question_lines(asked: Question) -> Iterator[Text]:
    """The question, and its choices by number; the best guess is marked."""
    yield Text.assemble(("? ", "unjudged"), (asked.question, "bold"))
    for number, choice in enumerate(asked.choices, start=1):
        best = "  (best guess)" if choice == asked.guess else ""
        yield Text.assemble((f"  {number} ", "title"), choice, (best, "quiet"))
    if asked.guess is not None and asked.guess not in asked.choices:
        yield Text(f"  best guess: {asked.guess}", style="quiet")


def meant(asked: Question, typed: str) -> str | None:
    """The answer that was typed: a choice by its number, other words as they are, the guess for
    nothing. None: nothing was typed, and there is no guess."""
    words = " ".join(typed.split())
    if words.isascii() and words.isdigit() and 1 <= int(words) <= len(asked.choices):
        return asked.choices[int(words) - 1]
    return words or asked.guess
