"""What was understood of a turn is told from its reading and the ledger of its task."""

from __future__ import annotations

import pytest

from maquette.agents.conversation.explaining import explained
from maquette.agents.conversation.keeping import begun
from maquette.agents.conversation.meaning import read_turn
from maquette.records.ledger import Ledger, LedgerEntry
from maquette.records.session import SessionState, TurnKind

SAID = "a red house that sings"


@pytest.mark.parametrize("words", ["why?", "what did you understand?", "Explain that."])
def test_why_is_about_the_last_reading(words: str) -> None:
    """Each word with what it was taken for; what was not understood is among them. Asked twice, it
    is the same turn that is told of."""
    state = SessionState()
    for number, said in enumerate((SAID, words)):
        meaning = read_turn(said, state)
        state = begun(state, turn_id=f"t{number}", text=said, meaning=meaning, task_id=None)
    assert state.turns[-1].kind is TurnKind.WHY and SAID in state.turns[-1].explanation
    entries = (
        LedgerEntry(words="red", start=2, end=5, part="criterion", meaning="colour"),
        LedgerEntry(words="house", start=6, end=11, part="criterion", meaning="thing"),
        LedgerEntry(words="sings", start=17, end=22, part="not_understood"),
    )
    told = explained(state, Ledger(entries=entries)).explanation
    assert f'Turn 1, "{SAID}"' in told and "a new picture" in told
    assert 'Understood: "red" as colour; "house" as thing.' in told
    assert 'Not understood: "sings".' in told


def test_before_anything_was_said() -> None:
    """There is nothing to tell, and nothing is drawn."""
    meaning = read_turn("why?", SessionState())
    assert meaning.text == "" and meaning.explanation == "Nothing was said yet."
