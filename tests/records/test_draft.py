"""Which of two drafts is better, and that old histories compare as they did."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maquette.records.artifact import ArtifactRef
from maquette.records.draft import Draft, better
from maquette.records.verdict import Outcome

REF = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=9)
SHARE = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])


def draft(candidate: int = 0, **more: object) -> Draft:
    base = {"id": f"r1c{candidate}", "round": 1, "candidate": candidate, "artifact": REF}
    told = {"seed": 1, "verdict": REF, "score": 0.5, "outcome": Outcome.UNJUDGED}
    return Draft.model_validate({**base, **told, **more})


@st.composite
def drafts(draw: st.DrawFn, clean: bool) -> tuple[Draft, Draft]:
    return tuple(  # type: ignore[return-value]
        draft(
            k,
            failed=draw(st.integers(0, 2)),
            unjudged=draw(st.integers(0, 2)),
            score=draw(SHARE),
            round=draw(st.integers(1, 2)),
            clean=draw(SHARE) if clean else None,
        )
        for k in range(2)
    )


@given(drafts(clean=False))
def test_without_cleanness_drafts_compare_as_before(two: tuple[Draft, Draft]) -> None:
    """Fewer failures, higher score, earlier: stored histories decide again as they did."""
    expected = min(two, key=lambda d: (d.failed, -d.score, d.round, d.candidate))
    assert better(*two) is expected


@given(drafts(clean=True))
def test_the_better_one_does_not_depend_on_the_order(two: tuple[Draft, Draft]) -> None:
    """Whoever is named first."""
    assert better(*two) is better(*reversed(two))


@given(drafts(clean=True), SHARE)
def test_cleanness_of_one_alone_decides_nothing(two: tuple[Draft, Draft], clean: float) -> None:
    """It takes both to compare."""
    alone = (two[0].model_copy(update={"clean": None}), two[1])
    neither = tuple(one.model_copy(update={"clean": None}) for one in two)
    assert better(*alone).candidate == better(*neither).candidate


def test_failures_then_what_nobody_judged_then_cleanness_then_score() -> None:
    """In this order, where both are measured."""
    ranked = [
        draft(0, failed=0, unjudged=0, clean=0.2, score=0.1),
        draft(1, failed=0, unjudged=1, clean=0.9, score=0.2),
        draft(2, failed=0, unjudged=1, clean=0.5, score=0.9),
        draft(3, failed=0, unjudged=1, clean=0.5, score=0.8),
        draft(4, failed=1, unjudged=0, clean=1.0, score=1.0),
    ]
    for k, best in enumerate(ranked):
        assert all(better(other, best) is best for other in ranked[k + 1 :])


def test_a_draft_of_an_older_version_has_no_cleanness() -> None:
    """It is read as it was written."""
    told = draft().model_dump(mode="json")
    del told["clean"]
    assert Draft.model_validate(told).clean is None


@given(drafts(clean=True), st.integers(0, 3))
def test_what_nobody_can_judge_of_any_draft_decides_nothing(
    two: tuple[Draft, Draft], asked: int
) -> None:
    """Criteria that are unjudged of every draft leave the choice as it was."""
    more = tuple(one.model_copy(update={"unjudged": one.unjudged + asked}) for one in two)
    assert better(*more).candidate == better(*two).candidate


def test_a_draft_of_which_all_was_judged_is_told_as_before() -> None:
    """Its JSON has no word on what was not judged."""
    assert "not_judged" not in draft().model_dump(mode="json")
