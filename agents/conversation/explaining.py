"""Why a turn was read as it was, told from what was kept of it: its reading and its ledger."""

from __future__ import annotations

from maquette.records.ledger import Ledger, LedgerEntry, Part
from maquette.records.session import Meaning, SessionState, Turn, TurnKind

MOST = 600
PARTS: tuple[tuple[str, tuple[Part, ...]], ...] = (
    ("understood", ("argument", "criterion")),
    ("shown as written", ("wording",)),
    ("style", ("style",)),
    ("not understood", ("not_understood",)),
)


def last_read(state: SessionState) -> Turn | None:
    """The turn that "why?" is about: the last one that was read as something else."""
    turns = (one for one in reversed(state.turns) if one.kind not in (None, TurnKind.WHY))
    return next(turns, None)


def explained(state: SessionState, ledger: Ledger | None = None) -> Meaning:
    """The reading of the last turn: as what, as which request, and what each word was taken for.

    Args:
        ledger: of the turn's task; None: it had none.
    """
    turn = last_read(state)
    if turn is None:
        return Meaning(kind=TurnKind.WHY, explanation="Nothing was said yet.")
    told = [f'Turn {turn.number}, "{_short(turn.text)}".', turn.explanation]
    if turn.request and turn.request != turn.text:
        told.append(f'Asked for: "{_short(turn.request)}".')
    told += _words(ledger) if ledger is not None else []
    if turn.problem is not None:
        told.append(f"It failed: {turn.problem.detail}")
    return Meaning(
        kind=TurnKind.WHY,
        explanation=" ".join(filter(None, told))[:MOST],
        alternative=turn.alternative,
    )


def _words(ledger: Ledger) -> list[str]:
    """A sentence for each kind of words, with what they were read as."""
    sentences = []
    for heading, parts in PARTS:
        found = [_read(entry) for entry in ledger.entries if entry.part in parts]
        if found:
            sentences.append(f"{heading.capitalize()}: {'; '.join(found)}.")
    return sentences


def _read(entry: LedgerEntry) -> str:
    words = " ".join(entry.words.split())
    return f'"{words}" as {entry.meaning}' if entry.meaning else f'"{words}"'


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
