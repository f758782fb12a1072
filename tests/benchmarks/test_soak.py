"""What a soak makes of its samples, and when it holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maquette.benchmarks.soak import PartMemory, SoakFigures, _memory, _Record

FLAT = PartMemory("worker", first_mb=100.0, last_mb=104.0, kb_per_task=0.1)
GOOD = SoakFigures(
    at_once=8, tasks_per_minute=(40, 30, 36), ended={"completed": 106}, parts=(FLAT,)
)


def test_a_soak_that_keeps_its_pace_and_its_memory_holds() -> None:
    """The last minute counts against the first, whatever lies between."""
    assert GOOD.pace == 0.9
    assert GOOD.holds


@pytest.mark.parametrize(
    "worse",
    [
        {"tasks_per_minute": (40, 40, 35)},
        {"tasks_per_minute": (0, 0, 0)},
        {"ended": {"completed": 105, "failed": 1}},
        {"ended": {}},
        {"parts": (FLAT, replace(FLAT, last_mb=106.0))},
    ],
)
def test_a_slower_failing_or_growing_soak_does_not_hold(worse: dict[str, object]) -> None:
    """Each of pace, ends and memory alone is enough to fail, and the JSON says so, too."""
    figures = replace(GOOD, **worse)  # type: ignore[arg-type]
    assert not figures.holds
    assert figures.as_json()["holds"] is False


def test_memory_is_looked_at_from_the_first_minute_on() -> None:
    """What is loaded in the first minute is no growth; the slope is that of the rest."""
    record = _Record(
        samples=[
            (0.0, 0, {"models": 100.0}),
            (30.0, 10, {"models": 700.0}),
            (60.0, 20, {"models": 800.0}),
            (90.0, 30, {"models": 801.0}),
            (120.0, 40, {"models": 802.0}),
            (150.0, 50, {"models": 803.0}),
            (180.0, 60, {"models": 804.0}),
        ]
    )
    (part,) = _memory(record)
    assert (part.first_mb, part.last_mb) == (801.0, 803.0)
    assert part.kb_per_task == pytest.approx(100.0)
    assert part.flat
