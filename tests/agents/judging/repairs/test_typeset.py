"""A string that reads otherwise is set again, as the evidence speaks for."""

from __future__ import annotations

from typing import Any

import pytest
from typeset_bodies import failed, sheet_body

from maquette.agents.judging.critic import propose
from maquette.agents.judging.repairs.typeset import Typeset
from maquette.contracts.repair import RepairContract
from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.geometry import Box
from maquette.records.plan import Call
from maquette.records.verdict import Finding, Verdict


def _verdict(*findings: Finding) -> Verdict:
    return Verdict(findings=findings)


class TestTypeset(RepairContract):
    @pytest.fixture
    def repair(self) -> Typeset:
        return Typeset()

    @pytest.fixture
    def finding(self) -> Finding:
        return failed("GRAND OPENING", "GRAND OPENlNG")

    @pytest.fixture
    def calls(self) -> tuple[Call, ...]:
        return sheet_body("SALE", "GRAND OPENING")[1:]


def test_each_proposal_names_the_evidence_and_changes_one_block() -> None:
    """The reason quotes what was read; the other blocks stay as they are; blocks stay valid."""
    body = sheet_body("SALE", "TODAY")
    revisions = propose(_verdict(failed("SALE", "SAE")), body, frozenset())
    assert len(revisions) >= 5 and len({revision.id for revision in revisions}) == len(revisions)
    for revision in revisions:
        assert revision.call == "sheet" and "read 'SAE' for 'SALE'" in revision.reason
        blocks = revision.changes["blocks"]
        assert blocks[1] == body[1].arguments["blocks"][1]
        assert blocks[0] != body[1].arguments["blocks"][0]
        for block in blocks:
            TextBlock.model_validate(block)


@pytest.mark.parametrize(
    ("wanted", "read", "first"),
    [
        ("GRAND OPENING", "GRANDOPENING", "text0:lines"),
        ("Sale", "SALE", "text0:font"),
        ("SALE", "SAIE", "text0:font"),
        ("SALE", "", "text0:calmer"),
        ("SALE", "SALE .,", "text0:plate"),
    ],
)
def test_the_evidence_chooses_the_first_repair(wanted: str, read: str, first: str) -> None:
    """Lost spaces ask for lines, confused letters for a font, missing ones for another size."""
    assert propose(_verdict(failed(wanted, read)), sheet_body(wanted), frozenset())[0].id == first


def test_what_was_tried_is_not_proposed_again() -> None:
    """Walking down the ladder ends, and never repeats a rung."""
    tried: set[str] = set()
    body = sheet_body("GRAND OPENING")
    verdict = _verdict(failed("GRAND OPENING", "GRAND OPENlNG"))
    while revisions := propose(verdict, body, frozenset(tried)):
        revision = revisions[0]
        assert revision.id not in tried
        tried.add(revision.id)
        sheet = body[1].model_copy(update={"arguments": {**body[1].arguments, **revision.changes}})
        body = (body[0], sheet)
        assert len(tried) < 20
    assert len(tried) >= 6


def test_a_grown_box_keeps_clear_of_its_neighbour() -> None:
    """Larger letters never run into the next block or over the edge."""
    revisions = propose(_verdict(failed("SALE", "SAE")), sheet_body("SALE", "TODAY"), frozenset())
    larger = next(r for r in revisions if r.id == "text0:larger")
    upper, lower = (Box.model_validate(block["box"]) for block in larger.changes["blocks"])
    assert upper.y1 <= lower.y0 and upper.x0 >= 0.02 and upper.width > 0.8


def test_text_that_no_block_holds_cannot_be_repaired() -> None:
    """A string that comes from elsewhere (a reference) has no block to change."""
    assert propose(_verdict(failed("SALE", "")), sheet_body("OTHER"), frozenset()) == ()


def test_the_sheet_that_holds_the_string_is_changed() -> None:
    """Of two sheets of a body the one whose block it is; a block is known by its words."""
    one, two = sheet_body("SALE")[1], sheet_body("TODAY")[1].model_copy(update={"id": "back"})
    found = list(Typeset().propose(failed("TODAY", "TOAY"), (one, two), frozenset()))
    assert {revision.call for revision in found} == {"back"}


@pytest.mark.parametrize("height_px", [{"$ref": "size.height"}, None, "768"])
def test_a_sheet_of_unknown_height_is_left_alone(height_px: Any) -> None:
    """How large letters may be goes by the sheet's height: without one nothing is proposed."""
    sheet = sheet_body("SALE")[1]
    arguments = {**sheet.arguments, "height_px": height_px}
    calls = (sheet.model_copy(update={"arguments": arguments}),)
    assert not list(Typeset().propose(failed("SALE", "SAE"), calls, frozenset()))
