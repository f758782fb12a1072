"""Of each step one start and one end are kept, whoever tells of it how often."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.records.event import Event, EventType
from maquette.workflows.run.news import News

S, P, F = EventType.STEP_STARTED, EventType.STEP_PROGRESS, EventType.STEP_FAILED
DONE, FOUND = EventType.STEP_COMPLETED, EventType.STEP_CACHED


def event(kind: EventType, fraction: float = 0.0, **about: Any) -> Event:
    data = {"node": "poster", "call": "draw", "round": 1, "candidate": 0, **about}
    if kind is P:
        data["fraction"] = fraction
    return Event(type=kind, task_id="t", created_at=0.0, data=data)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ([S, DONE, S, FOUND], [S, DONE]),
        ([S, S, DONE], [S, DONE]),
        ([S, F, S, F, S, DONE, F], [S, F, DONE]),
        ([S, FOUND, P, DONE], [S, FOUND]),
    ],
)
def test_what_is_told_again_is_not_news(told: list[EventType], kept: list[EventType]) -> None:
    """A retry's starts and ends are dropped; a failed step may still be completed."""
    news = News()
    assert [kind for kind in told if news.take(event(kind))] == kept


def test_steps_are_told_apart() -> None:
    """Another node, call, round or candidate is another step."""
    news = News()
    others = ({}, {"node": "b"}, {"call": "frame"}, {"round": 2}, {"candidate": 1})
    assert all(news.take(event(S, **about)) for about in others)
    assert not any(news.take(event(S, **about)) for about in others)


def test_what_is_no_step_is_always_news() -> None:
    """Decisions, candidates and the end of the task pass as often as they are told."""
    news = News()
    for kind in EventType:
        if not kind.value.startswith("step."):
            assert news.take(event(kind)) and news.take(event(kind))


@given(st.lists(st.floats(0, 1), max_size=20))
def test_progress_never_goes_backwards(fractions: list[float]) -> None:
    """Kept are those that are at least as far as all before."""
    news = News()
    kept = [one for one in fractions if news.take(event(P, one))]
    assert kept == [one for k, one in enumerate(fractions) if one >= max(fractions[: k + 1])]
