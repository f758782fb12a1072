"""The nouns: frozen, strict, small, and the rules that hold between them."""

from __future__ import annotations

import inspect
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from maquette.records import errors
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Exists, TextReads, describe
from maquette.records.draft import Draft, better
from maquette.records.geometry import Box
from maquette.records.ids import TASK_ID, candidate_seed, canonical_json, content_key, new_task_id
from maquette.records.plan import Call, Loop, depends_on, references, resolve
from maquette.records.task import TaskRequest
from maquette.records.verdict import Finding, Outcome, Verdict

REF = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=10, width_px=4, height_px=4)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def finding(outcome: Outcome, score: float | None, name: str = "c") -> Finding:
    return Finding(
        criterion=Exists(id=name, thing="sun"), outcome=outcome, score=score, reason="seen"
    )


def draft(round_: int, candidate: int, failed: int, score: float) -> Draft:
    return Draft(
        id=f"r{round_}c{candidate}",
        round=round_,
        candidate=candidate,
        artifact=REF,
        seed=1,
        verdict=REF,
        score=score,
        outcome=Outcome.FAILED if failed else Outcome.PASSED,
        failed=failed,
    )


@given(
    st.integers(min_value=0, max_value=2**63),
    st.none() | st.integers(min_value=1, max_value=2**31),
    st.text(alphabet=st.characters(codec="ascii", exclude_categories=["C"]), max_size=80),
)
def test_an_encoded_reference_stays_under_512_bytes(
    size: int, side: int | None, media_type: str
) -> None:
    """What travels in place of a picture is small whatever the picture."""
    ref = ArtifactRef(
        sha256="0" * 64, media_type=media_type, size_bytes=size, width_px=side, height_px=side
    )
    assert len(ref.model_dump_json().encode()) <= 512


def test_unknown_fields_are_refused() -> None:
    """A misspelt field is an error, never silently dropped."""
    with pytest.raises(ValidationError, match="txet"):
        TaskRequest.model_validate({"text": "a sun", "txet": "a moon"})


def test_records_are_frozen() -> None:
    """A record never changes after it was made."""
    with pytest.raises(ValidationError):
        REF.size_bytes = 3  # type: ignore[misc]


@pytest.mark.parametrize("corners", [(0.5, 0, 0.5, 1), (0.6, 0, 0.5, 1), (0, 0.2, 1, 0.1)])
def test_a_box_has_area(corners: tuple[float, float, float, float]) -> None:
    """Reversed and empty boxes are refused."""
    x0, y0, x1, y1 = corners
    with pytest.raises(ValidationError, match="has no area"):
        Box(x0=x0, y0=y0, x1=x1, y1=y1)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], Outcome.UNJUDGED),
        ([Outcome.PASSED, Outcome.PASSED], Outcome.PASSED),
        ([Outcome.PASSED, Outcome.UNJUDGED], Outcome.UNJUDGED),
        ([Outcome.PASSED, Outcome.UNJUDGED, Outcome.FAILED], Outcome.FAILED),
    ],
)
def test_unjudged_is_never_passed(outcomes: list[Outcome], expected: Outcome) -> None:
    """A verdict passes only when every criterion was judged and passed."""
    scores = {Outcome.PASSED: 1.0, Outcome.FAILED: 0.0, Outcome.UNJUDGED: None}
    verdict = Verdict(findings=tuple(finding(o, scores[o]) for o in outcomes))
    assert verdict.outcome is expected


def test_an_unjudged_finding_has_no_score() -> None:
    """A score says that somebody looked; without a judge there is none."""
    with pytest.raises(ValidationError, match="exactly when it was judged"):
        finding(Outcome.UNJUDGED, 0.5)
    with pytest.raises(ValidationError, match="exactly when it was judged"):
        finding(Outcome.PASSED, None)


@given(
    st.lists(
        st.builds(
            draft,
            st.integers(1, 4),
            st.integers(0, 3),
            st.integers(0, 3),
            st.floats(0, 1),
        ),
        min_size=2,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_better_is_an_order(drafts: list[Draft], rng) -> None:
    """The best of several drafts does not depend on the order they are met in."""
    key = {(d.failed, -d.score, d.round, d.candidate) for d in drafts}
    shuffled = drafts[:]
    rng.shuffle(shuffled)
    for order in (drafts, shuffled):
        best = order[0]
        for other in order[1:]:
            best = better(best, other)
        assert (best.failed, -best.score, best.round, best.candidate) == min(key)


def test_references_are_found_and_replaced() -> None:
    """Every reference in nested arguments is seen, and only references are replaced."""
    arguments = {"art": {"$ref": "a.image"}, "list": [{"x": {"$ref": "inputs.0"}}, "a.image"]}
    assert list(references(arguments)) == ["a.image", "inputs.0"]
    assert resolve(arguments, {"a.image": 1, "inputs.0": 2}) == {
        "art": 1,
        "list": [{"x": 2}, "a.image"],
    }


def test_a_loop_depends_on_what_its_body_reads_from_outside() -> None:
    """References between calls of one body, and to inputs, make no edge of the DAG."""
    loop = Loop(
        id="poster",
        body=(
            Call(id="art", tool="draw", arguments={"words": {"$ref": "words.text"}}),
            Call(
                id="sheet",
                tool="typeset",
                arguments={"art": {"$ref": "art.image"}, "logo": {"$ref": "inputs.0"}},
            ),
        ),
        result="sheet.image",
    )
    assert depends_on(loop) == {"words"}


@given(json_values)
def test_canonical_json_is_json_and_ignores_key_order(value: object) -> None:
    """Canonical bytes decode to the value, and equal values have equal bytes."""
    encoded = canonical_json(value)
    assert json.loads(encoded) == value
    assert canonical_json(json.loads(encoded)) == encoded
    if isinstance(value, dict):
        assert canonical_json(dict(reversed(list(value.items())))) == encoded


def test_content_keys_tell_parts_apart() -> None:
    """Moving a border between parts changes the key."""
    assert content_key("ab", "c") != content_key("a", "bc")


def test_task_ids_are_version_7_and_sort_by_time() -> None:
    """Later tasks have later ids."""
    ids = [new_task_id() for _ in range(50)]
    assert all(TASK_ID.match(name) for name in ids)
    assert ids == sorted(ids)


@given(st.integers(0, 2**31 - 1))
def test_the_first_candidate_has_the_seed_of_the_task(seed: int) -> None:
    """What a person asks for by seed is what the first try uses; the others differ."""
    assert candidate_seed(seed, 1, 0) == seed
    others = {candidate_seed(seed, r, c) for r in (1, 2, 3) for c in (0, 1, 2, 3)}
    assert len(others) == 12
    assert all(0 <= other < 2**31 for other in others)


def test_each_error_is_in_the_drawn_tree() -> None:
    """The tree at the top of the file names every class, and codes are unique."""
    classes = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.MaquetteError)
    ]
    assert errors.__doc__ is not None
    assert all(kind.__name__ in errors.__doc__ for kind in classes)
    codes = [kind.code for kind in classes]
    assert len(set(codes)) == len(codes)


def test_an_error_crosses_a_border_as_its_problem() -> None:
    """The class, the message and the hint survive the way through a Problem."""
    sent = errors.ToolFailed("draw gave no picture", hint="try another seed")
    received = errors.from_problem(sent.problem())
    assert type(received) is errors.ToolFailed
    assert (received.message, received.hint) == (sent.message, sent.hint)


def test_criteria_describe_themselves() -> None:
    """A table can show what was asked in words."""
    assert describe(TextReads(id="t", text="HELLO")) == 'reads "HELLO"'
