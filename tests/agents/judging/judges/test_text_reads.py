"""Words are read back: exactly equal passes, anything else fails with what was read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from seeing_models import PICTURE, TOP, line, reader

from maquette.agents.judging.contract import Sight
from maquette.agents.judging.judges.text_reads import TextReadsJudge
from maquette.contracts.judge import JudgeContract
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.text_rendering import PlacedBlock, PlacedLine
from maquette.model_servers.schemas.understanding import OcrLine
from maquette.records.criterion import Criterion, TextReads
from maquette.records.geometry import Box
from maquette.records.verdict import Outcome, Verdict

MIDDLE = Box(x0=0.3, y0=0.45, x1=0.7, y1=0.6)
BOTTOM = Box(x0=0.1, y0=0.8, x1=0.9, y1=0.95)


class TestTextReadsJudge(JudgeContract):
    @pytest.fixture
    def judge(self) -> TextReadsJudge:
        return TextReadsJudge()

    @pytest.fixture
    def models(self) -> ScriptedModelClient:
        return reader(line("OPEN"), line("CLOSD", BOTTOM))

    @pytest.fixture
    def criteria(self) -> Sequence[Criterion]:
        return [TextReads(id="one", text="OPEN"), TextReads(id="two", text="CLOSED")]


def _placed(text: str, box: Box) -> PlacedBlock:
    return PlacedBlock(size_px=40, lines=(PlacedLine(text=text, box=box),), box=box)


async def _judge(
    lines: list[OcrLine], texts: list[str], placed: list[PlacedBlock] | None = None
) -> tuple[Verdict, ScriptedModelClient]:
    models = reader(*lines)
    criteria = [TextReads(id=f"text{k}", text=text) for k, text in enumerate(texts)]
    sight = Sight(image=PICTURE, owner="local", models=models, placed=placed)
    findings = await TextReadsJudge().judge(criteria, sight)
    assert (sight.model_calls, sight.forward_s) == (1, 0.5)
    return Verdict(findings=tuple(findings)), models


async def test_exact_words_pass() -> None:
    """Read exactly as asked: passed with score 1, the string and the place as evidence."""
    verdict, models = await _judge([line("GRAND OPENING")], ["GRAND OPENING"])
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
    verdict, _ = await _judge([line(read)], ["GRAND OPENING"])
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
        line("GRAND", Box(x0=0.1, y0=0.05, x1=0.9, y1=0.12)),
        line("OPENING", Box(x0=0.1, y0=0.13, x1=0.9, y1=0.2)),
        line("TODAY", BOTTOM),
    ]
    placed = [_placed("TODAY", BOTTOM), _placed("GRAND OPENING", TOP)]
    verdict, _ = await _judge(lines, ["GRAND OPENING", "TODAY"], placed)
    assert [f.outcome for f in verdict.findings] == [Outcome.PASSED, Outcome.PASSED]


async def test_swapped_strings_fail_where_places_are_known() -> None:
    """The right words in the wrong place are not what was placed there."""
    placed = [_placed("OPEN", TOP), _placed("CLOSED", BOTTOM)]
    verdict, _ = await _judge(
        [line("CLOSED", TOP), line("OPEN", BOTTOM)], ["OPEN", "CLOSED"], placed
    )
    assert verdict.outcome is Outcome.FAILED


async def test_strings_find_their_lines_without_places() -> None:
    """With no regions given, each string takes the lines that read most like it."""
    verdict, _ = await _judge(
        [line("TODAY"), line("GRAND"), line("OPENING")], ["GRAND OPENING", "TODAY"]
    )
    assert [f.outcome for f in verdict.findings] == [Outcome.PASSED, Outcome.PASSED]


@pytest.mark.parametrize("placed", [None, [_placed("SALE", TOP)]])
async def test_words_nobody_asked_for_fail(placed: list[PlacedBlock] | None) -> None:
    """A picture that also says something else reads otherwise, so it does not pass."""
    verdict, _ = await _judge([line("SALE"), line("LOREM", MIDDLE)], ["SALE"], placed)
    (finding,) = verdict.findings
    assert finding.outcome is Outcome.FAILED and finding.score == pytest.approx(4 / 9, abs=1e-3)
    assert "'LOREM'" in finding.reason and MIDDLE in finding.evidence.boxes


@pytest.mark.parametrize("noise", [line("O", MIDDLE), line("il", MIDDLE, 0.4), line("--", MIDDLE)])
async def test_a_shape_taken_for_a_letter_is_no_word(noise: OcrLine) -> None:
    """One letter, an unsure reading or mere strokes in the art are not words."""
    verdict, _ = await _judge([line("SALE"), noise], ["SALE"], [_placed("SALE", TOP)])
    assert verdict.outcome is Outcome.PASSED
