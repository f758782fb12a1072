"""How the ledger of a request looks in a terminal: what its words were taken for."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.table import Table
from rich.text import Text

from maquette.records.ledger import Ledger, LedgerEntry, Part

LINES: tuple[tuple[str, tuple[Part, ...], str], ...] = (
    ("understood", ("argument", "criterion"), ""),
    ("as words to be shown", ("wording",), ""),
    ("style", ("style",), "quiet"),
    ("taken as said beside it", ("context", "politeness"), "quiet"),
    ("not understood", ("not_understood",), "failed"),
)
"""Parts that are told together, under which heading, and how they look."""
NAMES: dict[Part, str] = {"not_understood": "not understood"}


def ledger_lines(ledger: Ledger) -> Iterator[Text]:
    """A line for each kind of words, those that have none left out."""
    for heading, parts, style in LINES:
        found = [entry for entry in ledger.entries if entry.part in parts]
        if found:
            said = " · ".join(_quoted(entry) for entry in found)
            yield Text.assemble((f"{heading}: ", style or "title"), said)
    if ledger.doubted:
        yield Text(f"perhaps read wrong: right with probability {ledger.probability:.2f}", "failed")


def ledger_table(ledger: Ledger) -> Table:
    """Every entry with its part, its meaning, where it goes and how sure the reader is."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="quiet")
    for name in ("words", "part", "read as", "goes to", "sure"):
        table.add_column(name, overflow="fold")
    for entry in ledger.entries:
        table.add_row(
            Text(entry.words),
            Text(NAMES.get(entry.part, entry.part), style=_style(entry)),
            Text(entry.meaning),
            Text(entry.goes_to, style="quiet"),
            Text("" if entry.probability is None else f"{entry.probability:.2f}"),
        )
    return table


def _style(entry: LedgerEntry) -> str:
    return "failed" if entry.part == "not_understood" else ""


def _quoted(entry: LedgerEntry) -> str:
    words = " ".join(entry.words.split())
    return f'"{words}"' if entry.part in ("wording", "not_understood") else words
