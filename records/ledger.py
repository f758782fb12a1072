"""The ledger of a request: what each of its words was taken for, so that none is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from maquette.records.base import Fraction, Record

Part = Literal[
    "argument", "criterion", "wording", "style", "context", "politeness", "not_understood"
]
"""What words may be taken for. ``argument``: a value of a call; ``criterion``: what must hold of
the result; ``wording``: to be shown as written; ``context``: read to understand other words."""

SURE = 0.5
"""Least probability that all of a request was read right for a run to be believed."""
MOST_CHARACTERS = 240
"""Of the words of a merged entry; where more were said, its ends are given."""
_WORD = re.compile(r"\w+")


class LedgerEntry(Record):
    """Some words of the request, and what became of them."""

    words: str = Field(min_length=1, description="as they were written")
    start: int = Field(ge=0, description="place of their first character in the request")
    end: int = Field(ge=1, description="place behind their last character")
    part: Part
    meaning: str = Field(default="", description="how they were read, where that is not the words")
    goes_to: str = Field(
        default="", description="id of a criterion, or <call>.<argument>; empty: nowhere"
    )
    probability: Fraction | None = Field(
        default=None, description="how sure the reader is; None: it is a rule"
    )

    @model_validator(mode="after")
    def _has_a_place(self) -> LedgerEntry:
        if self.end <= self.start:
            raise ValueError(f"an entry ends at {self.end}, which is not behind {self.start}")
        return self


class Ledger(Record):
    """Every word of a request, accounted for, in the order of the request."""

    entries: tuple[LedgerEntry, ...] = ()
    language: str | None = Field(default=None, description="ISO 639-1 code of the request, if told")
    probability: Fraction | None = Field(
        default=None,
        description="that all of the request was read right, where the reader says it",
        exclude_if=lambda probability: probability is None,  # as ledgers were told before
    )

    @property
    def doubted(self) -> bool:
        """Whether the request may well have been read wrong: what passes its checks then may not
        be what was asked for."""
        return self.probability is not None and self.probability < SURE

    def of(self, part: Part) -> tuple[LedgerEntry, ...]:
        """The entries of one part, in the order of the request."""
        return tuple(entry for entry in self.entries if entry.part == part)

    def lost(self, text: str) -> tuple[tuple[int, int], ...]:
        """Places (start, end) of the words of the request that no entry holds; none is wanted.

        A word is a run of letters, digits and underscores of any script.
        """
        held = bytearray(len(text))
        for entry in self.entries:
            held[entry.start : entry.end] = b"\1" * (min(entry.end, len(text)) - entry.start)
        return tuple(
            word.span() for word in _WORD.finditer(text) if not all(held[slice(*word.span())])
        )

    def merged(self, text: str) -> Ledger:
        """The same ledger with neighbours that went the same way as one entry each.

        For requests so long that a history could not hold an entry a word. A merged entry is as
        sure as its least sure part.
        """
        runs: list[list[LedgerEntry]] = []
        for entry in sorted(self.entries, key=lambda one: (one.start, one.end)):
            if runs and _way(runs[-1][-1]) == _way(entry):
                runs[-1].append(entry)
            else:
                runs.append([entry])
        return self.model_copy(update={"entries": tuple(_joined(run, text) for run in runs)})


def _way(entry: LedgerEntry) -> tuple[str, str, str]:
    return entry.part, entry.goes_to, entry.meaning


def _joined(run: Sequence[LedgerEntry], text: str) -> LedgerEntry:
    start, end = run[0].start, max(entry.end for entry in run)
    known = [entry.probability for entry in run if entry.probability is not None]
    return run[0].model_copy(
        update={
            "start": start,
            "end": end,
            "words": _ends(text[start:end] or run[0].words),
            "probability": min(known, default=None),
        }
    )


def _ends(words: str) -> str:
    """The words, or their beginning and end where there are too many."""
    if len(words) <= MOST_CHARACTERS:
        return words
    half = MOST_CHARACTERS // 2 - 2
    return f"{words[:half]} … {words[-half:]}"
