"""A turn that asks for nothing outright is answered where nothing is to be seen of it, and offered
a picture of the library that fits; what is asked for outright is made."""

from __future__ import annotations

import pytest
from gate_fakes import OLD, Kept, gates
from workflow_parts import make_engine
from workflow_server import OWNER

from maquette.records.session import Meaning, SessionState, TurnKind
from maquette.workflows.session.activities import SessionActivities
from maquette.workflows.session.messages import ReadTurnInput, Said

BOAT = "a red boat"
DULL = "the refund policy has changed"


async def _read(text: str, *library: Kept) -> tuple[Meaning, bool]:
    """What a first turn means, and whether a task is to be started."""
    acts = SessionActivities(make_engine(), gates=gates(*library, dull=(DULL, f"{DULL}!")))
    said = Said(turn_id="t", task_id="task", text=text)
    reply = await acts.read_turn(ReadTurnInput(owner=OWNER, said=said, state=SessionState()))
    return reply.meaning, reply.task is not None


async def test_words_of_which_nothing_is_to_be_seen() -> None:
    """No task; the probability, the reason, and how to have it drawn all the same."""
    meaning, started = await _read(DULL)
    assert meaning.kind is TurnKind.UNSEEN and not started
    assert "% likely" in meaning.explanation and "nothing is to be seen" in meaning.explanation
    assert 'begin with "draw"' in meaning.alternative
    meaning, started = await _read(f"draw {DULL}")
    assert meaning.kind is TurnKind.FRESH and started


async def test_a_picture_of_the_library_is_offered_first() -> None:
    """It is current then, told with its probability; "new:" makes one. One that differs is none."""
    meaning, started = await _read(BOAT, Kept(BOAT))
    assert meaning.kind is TurnKind.FOUND and not started
    assert meaning.picture is not None and meaning.picture.artifact == OLD
    assert "ask for the same" in meaning.explanation and 'begin with "new:"' in meaning.alternative
    for words, kept in ((BOAT, "a blue boat"), (f"new: {BOAT}", BOAT), (f"draw {BOAT}", BOAT)):
        meaning, started = await _read(words, Kept(kept))
        assert meaning.kind is TurnKind.FRESH and started, words


@pytest.mark.parametrize("text", [BOAT, "make it bigger"])
async def test_without_doubts_the_turn_is_as_it_was(text: str) -> None:
    """And where no gate answers."""
    for known in (gates(), gates(away=True)):
        acts = SessionActivities(make_engine(), gates=known)
        said = Said(turn_id="t", task_id="task", text=text)
        reply = await acts.read_turn(ReadTurnInput(owner=OWNER, said=said, state=SessionState()))
        assert reply.meaning.kind is TurnKind.FRESH and reply.task is not None
