"""Judges of packages: what makes none is left out by name, and the others judge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from installed import Packages

from maquette.agents.judging.judges.table import JUDGES, make_judges, opened
from maquette.infra.settings.schema import CriticSettings

MODULE = """
class Named:
    name, roles, version = "named", (), "1"
    kinds = frozenset({"style"})
    async def judge(self, criteria, sight): ...
class Spread(Named):
    kinds = "exists"
class Clash(Named):
    kinds = frozenset({"text_reads"})
def good(settings): return Named()
def spread(settings): return Spread()
def clash(settings): return Clash()
def none(settings): return None
def raising(settings): raise OSError("no weights")
def leaving(settings): raise SystemExit(2)
"""


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """The door is opened once a process."""
    opened.cache_clear()
    yield
    opened.cache_clear()


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("none", "it makes a NoneType without name, kinds, roles, version, judge; expected a"),
        ("raising", "it makes no judge: OSError: no weights"),
        ("leaving", "it makes no judge: SystemExit: 2"),
        ("spread", "the kinds of its judge are a str; expected a frozenset"),
        ("clash", "text_reads is judged by another"),
    ],
)
def test_what_makes_no_judge_is_left_out(packages: Packages, made: str, reason: str) -> None:
    """Its name and the reason are told; ours and a good one of the same package work."""
    entries = {f"judges:{made}": f"critics:{made}", "judges:tidy": "critics:good"}
    packages.install("critics", entries, MODULE)
    names = [judge.name for judge in make_judges(CriticSettings())]
    assert names == [*JUDGES, "named"]
    (problem,) = opened().problems
    assert problem.plugin == f"plug-in {made} (critics:{made}, critics 1.5)"
    assert problem.reason.startswith(reason)
