"""The critic: exact words pass, anything else fails with what was read, the rest is unjudged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.judging.critic import Critic, propose
from maquette.agents.judging.judges.text_reads import TextReadsJudge
from maquette.agents.judging.text import edit_distance, likeness
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.text_rendering import PlacedBlock, PlacedLine, TextBlock
from maquette.model_servers.schemas.understanding import OcrLine, OcrReply
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Colour, Criterion, Exists, TextReads
from maquette.records.errors import ConfigError
from maquette.records.geometry import Box
from maquette.records.plan import Call
from maquette.records.verdict import Evidence, Finding, Outcome, Verdict

PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=9)
TOP = Box(x0=0.1, y0=0.05, x1=0.9, y1=0.2)
MIDDLE = Box(x0=0.3, y0=0.45, x1=0.7, y1=0.6)
BOTTOM = Box(x0=0.1, y0=0.8, x1=0.9, y1=0.95)


def _line(text: str, box: Box = TOP, score: float = 0.98) -> OcrLine:
    return OcrLine(text=text, score=score, box=box)


def _placed(text: str, box: Box) -> PlacedBlock:
    return PlacedBlock(size_px=40, lines=(PlacedLine(text=text, box=box),), box=box)


async def _judge(
    lines: list[OcrLine],
    texts: list[str],
    placed: list[PlacedBlock] | None = None,
    others: tuple[Criterion, ...] = (),
) -> tuple[Verdict, ScriptedModelClient]:
    models = ScriptedModelClient(
        {
            ("understanding", "ocr"): lambda request: OcrReply(
                lines=tuple(lines), digest="d", forward_s=0.5
            )
        }
    )
    criteria = (*(TextReads(id=f"text{k}", text=text) for k, text in enumerate(texts)), *others)
    judged = await Critic(MemoryArtifactStore(), models).judge(
        criteria, PICTURE, owner="local", placed=placed
    )
    assert judged.forward_s == 0.5 * judged.model_calls
    return judged.verdict, models


async def test_exact_words_pass() -> None:
    """Read exactly as asked: passed with score 1, the string and the place as evidence."""
    verdict, models = await _judge([_line("GRAND OPENING")], ["GRAND OPENING"])
    (finding,) = verdict.findings
    assert (finding.outcome, finding.score, finding.judge) == (Outcome.PASSED, 1.0, "ocr")
    assert finding.evidence.string_read == "GRAND OPENING" and finding.evidence.boxes == (TOP,)
    assert models.calls["understanding", "ocr"] == 1


@pytest.mark.parametrize(
    ("read", "told"),
    [
        ("GRAND OPENNG", "letters are missing"),
        ("GRANDD OPENING", "letters too many"),
        ("GRANDOPENING", "spaces differ"),
        ("Grand Opening", "capitals and small letters differ"),
        ("GRAND OPEMING", "letters differ"),
    ],
)
async def test_anything_else_fails_and_quotes_what_was_read(read: str, told: str) -> None:
    """One letter, one space or one capital off is a failure that says so, never above 0.99."""
    verdict, _ = await _judge([_line(read)], ["GRAND OPENING"])
    (finding,) = verdict.findings
    assert finding.outcome is Outcome.FAILED and finding.score is not None
    assert 0.5 <= finding.score <= 0.99 or told.startswith("capitals")
    assert repr(read) in finding.reason and told in finding.reason


async def test_nothing_read_scores_zero() -> None:
    """A picture without words fails with score 0 and says that nothing was read."""
    verdict, _ = await _judge([], ["SALE"])
    assert verdict.findings[0].score == 0.0 and "read nothing" in verdict.findings[0].reason


async def test_lines_are_joined_where_they_were_placed() -> None:
    """With the placed regions known, each string is compared with the lines standing there."""
    lines = [
        _line("GRAND", Box(x0=0.1, y0=0.05, x1=0.9, y1=0.12)),
        _line("OPENING", Box(x0=0.1, y0=0.13, x1=0.9, y1=0.2)),
        _line("TODAY", BOTTOM),
    ]
    placed = [_placed("TODAY", BOTTOM), _placed("GRAND OPENING", TOP)]
    verdict, _ = await _judge(lines, ["GRAND OPENING", "TODAY"], placed)
    assert [f.outcome for f in verdict.findings] == [Outcome.PASSED, Outcome.PASSED]


async def test_swapped_strings_fail_where_places_are_known() -> None:
    """The right words in the wrong place are not what was placed there."""
    placed = [_placed("OPEN", TOP), _placed("CLOSED", BOTTOM)]
    verdict, _ = await _judge(
        [_line("CLOSED", TOP), _line("OPEN", BOTTOM)], ["OPEN", "CLOSED"], placed
    )
    assert verdict.outcome is Outcome.FAILED


async def test_strings_find_their_lines_without_places() -> None:
    """With no regions given, each string takes the lines that read most like it."""
    verdict, _ = await _judge(
        [_line("TODAY"), _line("GRAND"), _line("OPENING")], ["GRAND OPENING", "TODAY"]
    )
    assert [f.outcome for f in verdict.findings] == [Outcome.PASSED, Outcome.PASSED]


@pytest.mark.parametrize("placed", [None, [_placed("SALE", TOP)]])
async def test_words_nobody_asked_for_fail(placed: list[PlacedBlock] | None) -> None:
    """A picture that also says something else reads otherwise, so it does not pass."""
    verdict, _ = await _judge([_line("SALE"), _line("LOREM", MIDDLE)], ["SALE"], placed)
    (finding,) = verdict.findings
    assert finding.outcome is Outcome.FAILED and finding.score == pytest.approx(4 / 9, abs=1e-3)
    assert "'LOREM'" in finding.reason and MIDDLE in finding.evidence.boxes


@pytest.mark.parametrize(
    "noise", [_line("O", MIDDLE), _line("il", MIDDLE, 0.4), _line("--", MIDDLE)]
)
async def test_a_shape_taken_for_a_letter_is_no_word(noise: OcrLine) -> None:
    """One letter, an unsure reading or mere strokes in the art are not words."""
    verdict, _ = await _judge([_line("SALE"), noise], ["SALE"], [_placed("SALE", TOP)])
    assert verdict.outcome is Outcome.PASSED


async def test_criteria_without_a_judge_are_unjudged() -> None:
    """What nobody can check is unjudged, with the reason, and the verdict is not a pass."""
    others = (Exists(id="thing0", thing="circle"), Colour(id="c", thing="circle", colour="red"))
    verdict, _ = await _judge([_line("SALE")], ["SALE"], others=others)
    assert [f.outcome for f in verdict.findings[1:]] == [Outcome.UNJUDGED, Outcome.UNJUDGED]
    assert "has no model that looks at pictures" in verdict.findings[1].reason
    assert verdict.outcome is Outcome.UNJUDGED and verdict.score == 1.0


async def test_a_picture_without_strings_is_not_read() -> None:
    """No string asked for, no model called."""
    verdict, models = await _judge([], [], others=(Exists(id="thing0", thing="star"),))
    assert models.calls == {} and verdict.outcome is Outcome.UNJUDGED


def test_two_judges_of_one_kind_are_refused() -> None:
    """It must be clear who judges what."""
    with pytest.raises(ConfigError, match="two judges"):
        Critic(
            MemoryArtifactStore(),
            ScriptedModelClient({}),
            judges=[TextReadsJudge(), TextReadsJudge()],
        )


WORDS = st.text("abAB xé'’", max_size=12)


def _slow_distance(a: str, b: str) -> int:
    """Levenshtein by its recursive definition: a second implementation."""
    table: dict[tuple[int, int], int] = {}
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if i == 0 or j == 0:
                table[i, j] = i + j
            else:
                table[i, j] = min(
                    table[i - 1, j] + 1,
                    table[i, j - 1] + 1,
                    table[i - 1, j - 1] + (a[i - 1] != b[j - 1]),
                )
    return table[len(a), len(b)]


@given(WORDS, WORDS)
def test_edit_distance_is_levenshtein(a: str, b: str) -> None:
    """Equal to the textbook table, and symmetric."""
    assert edit_distance(a, b) == _slow_distance(a, b) == edit_distance(b, a)


@given(WORDS, WORDS)
def test_only_exact_is_one(a: str, b: str) -> None:
    """Likeness is 1 only for strings equal after NFC, white space and typographic marks."""
    same = " ".join(a.replace("’", "'").split()) == " ".join(b.replace("’", "'").split())
    assert (likeness(a, b) == 1.0) == same


# -- proposals ------------------------------------------------------------------------------


def _body(*texts: str, **settings: Any) -> tuple[Call, ...]:
    blocks = [
        {
            "text": text,
            "box": {"x0": 0.1, "y0": 0.1 + 0.3 * k, "x1": 0.9, "y1": 0.3 + 0.3 * k},
            **settings,
        }
        for k, text in enumerate(texts)
    ]
    return (
        Call(id="art", tool="draw", arguments={"prompt": "a star"}),
        Call(
            id="sheet",
            tool="typeset",
            arguments={
                "art": {"$ref": "art.image"},
                "width_px": 768,
                "height_px": 768,
                "blocks": blocks,
            },
        ),
    )


def _failed(text: str, read: str, k: int = 0, extra: str = "") -> Finding:
    return Finding(
        criterion=TextReads(id=f"text{k}", text=text),
        outcome=Outcome.FAILED,
        score=0.5,
        reason="it failed",
        evidence=Evidence(string_read=read, answer=f"extra: {extra}" if extra else None),
    )


def _verdict(*findings: Finding) -> Verdict:
    return Verdict(findings=findings)


def test_a_passed_verdict_needs_no_repair() -> None:
    """Nothing failed, or nothing that text can mend failed: no proposals."""
    unjudged = Finding(
        criterion=Exists(id="t", thing="star"), outcome=Outcome.UNJUDGED, reason="no judge"
    )
    assert propose(_verdict(unjudged), _body("SALE"), frozenset()) == ()


def test_each_proposal_names_the_evidence_and_changes_one_block() -> None:
    """The reason quotes what was read; the other blocks stay as they are; blocks stay valid."""
    body = _body("SALE", "TODAY")
    revisions = propose(_verdict(_failed("SALE", "SAE")), body, frozenset())
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
    assert propose(_verdict(_failed(wanted, read)), _body(wanted), frozenset())[0].id == first


def test_what_was_tried_is_not_proposed_again() -> None:
    """Walking down the ladder ends, and never repeats a rung."""
    tried: set[str] = set()
    body = _body("GRAND OPENING")
    verdict = _verdict(_failed("GRAND OPENING", "GRAND OPENlNG"))
    while revisions := propose(verdict, body, frozenset(tried)):
        revision = revisions[0]
        assert revision.id not in tried
        tried.add(revision.id)
        sheet = body[1].model_copy(update={"arguments": {**body[1].arguments, **revision.changes}})
        body = (body[0], sheet)
        assert len(tried) < 20
    assert len(tried) >= 6


def test_proposals_are_deterministic_and_take_turns() -> None:
    """The same input gives the same list; two failed strings alternate."""
    verdict = _verdict(_failed("SALE", "SAE"), _failed("TODAY", "TOAY", 1))
    body = _body("SALE", "TODAY")
    revisions = propose(verdict, body, frozenset())
    assert revisions == propose(verdict, body, frozenset())
    assert [revision.id.split(":")[0] for revision in revisions[:4]] == ["text0", "text1"] * 2


def test_a_grown_box_keeps_clear_of_its_neighbour() -> None:
    """Larger letters never run into the next block or over the edge."""
    revisions = propose(_verdict(_failed("SALE", "SAE")), _body("SALE", "TODAY"), frozenset())
    larger = next(r for r in revisions if r.id == "text0:larger")
    upper, lower = (Box.model_validate(block["box"]) for block in larger.changes["blocks"])
    assert upper.y1 <= lower.y0 and upper.x0 >= 0.02 and upper.width > 0.8


def test_words_in_the_drawing_ask_for_another_drawing() -> None:
    """When the letters are right but the art says something, the art is drawn again without it."""
    verdict = _verdict(_failed("SALE", "SALE", extra="LOREM"))
    first = propose(verdict, _body("SALE"), frozenset())[0]
    assert first.call == "art" and "text" in first.changes["negative_prompt"]
    assert "'LOREM'" in first.reason


def test_text_that_no_block_holds_cannot_be_repaired() -> None:
    """A string that comes from elsewhere (a reference) has no block to change."""
    assert propose(_verdict(_failed("SALE", "")), _body("OTHER"), frozenset()) == ()
