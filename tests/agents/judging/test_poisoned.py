"""Whatever a picture says: what may be changed next comes from the known edits, and no word of it
goes into one."""

from __future__ import annotations

import json

import pytest
from poisons import POISONS
from typeset_bodies import failed, sheet_body

from maquette.agents.judging.critic import propose
from maquette.agents.judging.repairs.typeset import CHANGES
from maquette.records.criterion import Exists
from maquette.records.verdict import Evidence, Finding, Outcome, Verdict

BODY = sheet_body("SALE", "TODAY")
KNOWN = {f"text0:{name}" for name in CHANGES} | {
    "text0:redraw",
    "thing:say_again",
    "thing:firmer",
}
EVERY = (*POISONS["picture_text"], *POISONS["captions"])


def _thing(said: str) -> Finding:
    return Finding(
        criterion=Exists(id="thing", thing="moon"),
        outcome=Outcome.FAILED,
        score=0.1,
        reason=said[:400],
        evidence=Evidence(answer=said[:400]),
    )


def _edits(read: str, extra: str = "") -> dict[str, tuple[str, str]]:
    """Every edit that may be picked, with the call it changes and how."""
    verdict = Verdict(findings=(failed("SALE", read, extra=extra), _thing(read)))
    found: dict[str, tuple[str, str]] = {}
    while more := propose(verdict, BODY, frozenset(found)):
        for one in more:
            changes = json.dumps(one.changes, sort_keys=True, ensure_ascii=False)
            found[one.id] = (one.call, changes)
    return found


@pytest.mark.parametrize("extra", [False, True], ids=["read", "beside"])
def test_what_is_read_brings_in_no_edit(extra: bool) -> None:
    """The edits after a poisoned reading are those after a harmless one, whatever their order."""
    read = "SALE" if extra else "fresh bread"
    harmless = _edits(read, "fresh bread" if extra else "")
    assert {"thing:say_again", "thing:firmer"} < harmless.keys() <= KNOWN
    for words in EVERY:
        found = _edits(read if extra else words, words[:390] if extra else "")
        assert found == harmless, words
        assert not any(words in changes for _, changes in found.values())
