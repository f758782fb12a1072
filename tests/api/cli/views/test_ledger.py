"""How a ledger looks: a line a kind of words, and a table of all."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from maquette.api.cli.terminal.screen import THEME
from maquette.api.cli.views.ledger import ledger_lines, ledger_table
from maquette.records.ledger import Ledger, LedgerEntry

TEXT = 'please draw a red zorgle that says "HI"'


def entry(words: str, part: str, **more: object) -> LedgerEntry:
    start = TEXT.index(words)
    return LedgerEntry(words=words, start=start, end=start + len(words), part=part, **more)


LEDGER = Ledger(
    entries=(
        entry("please", "politeness"),
        entry("draw", "argument", goes_to="art.prompt"),
        entry("red", "criterion", meaning="the thing is red", goes_to="colour0", probability=0.9),
        entry("zorgle", "not_understood"),
        entry("HI", "wording", goes_to="text0"),
    )
)


def test_lines_name_each_kind_of_words() -> None:
    """What was understood, what is shown as written, what not; kinds without words have no line."""
    assert [line.plain for line in ledger_lines(LEDGER)] == [
        "understood: draw · red",
        'as words to be shown: "HI"',
        "taken as said beside it: please",
        'not understood: "zorgle"',
    ]


def test_the_table_holds_every_entry() -> None:
    """Words, part, meaning, where they go and how sure the reader is."""
    out = StringIO()
    Console(file=out, width=120, theme=THEME).print(ledger_table(LEDGER))
    rows = [line.split() for line in out.getvalue().splitlines()]
    assert ["red", "criterion", "the", "thing", "is", "red", "colour0", "0.90"] in rows
    assert ["zorgle", "not", "understood"] in rows
    assert len([row for row in rows if row and "─" not in row[0]]) == 1 + len(LEDGER.entries)
