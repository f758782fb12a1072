"""Mutated pictures: each is taken or refused in a sentence."""

from __future__ import annotations

import pytest

from maquette.benchmarks.certify.fuzz.picture_fuzz import fuzz_pictures
from maquette.benchmarks.certify.fuzz.picture_mutations import mutated, originals


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_mutated_pictures_are_taken_or_refused() -> None:
    """Of a hundred, four of them through a helper process: no crash, hang, path or trace."""
    report = fuzz_pictures(100, seed=15)
    assert report.faults == []
    assert set(report.outcomes) == {"taken", "refused"}
    assert report.outcomes.total() == 100


def test_mutations_repeat() -> None:
    """The same seed and number give the same bytes; another number gives others."""
    assert mutated(originals(), 1, 2) == mutated(originals(), 1, 2)
    assert len({mutated(originals(), 1, number)[1] for number in range(20)}) > 15
