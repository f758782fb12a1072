"""The table of judges: how each is made from the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from maquette.agents.judging.contract import Judge, claims
from maquette.agents.judging.judges.overall import OverallJudge
from maquette.agents.judging.judges.placed import PlacedJudge
from maquette.agents.judging.judges.text_reads import TextReadsJudge
from maquette.agents.judging.judges.things import ThingsJudge
from maquette.infra import plugins
from maquette.infra.settings.schema import CriticSettings

JUDGES: Mapping[str, Callable[[CriticSettings], Judge]] = {
    TextReadsJudge.name: TextReadsJudge.of,
    ThingsJudge.name: ThingsJudge.of,
    OverallJudge.name: OverallJudge.of,
    PlacedJudge.name: PlacedJudge.of,
}
"""The judges that are built in, by name."""


@cache
def opened() -> plugins.Opened:
    """What makes the built-in judges and those of installed packages, by name."""
    return plugins.open_door(plugins.JUDGES, JUDGES)


def make_judges(settings: CriticSettings) -> list[Judge]:
    """The judges. One of a package that breaks, or that judges what another does, is left out."""
    behind, made, claimed = opened(), list[Judge](), set[tuple[str, bool]]()
    for name, make in list(behind.found.items()):
        try:
            judge: Judge = make(settings)  # type: ignore[operator]
        except Exception as error:
            if behind.origins[name] == plugins.BUILT_IN:
                raise
            behind.leave_out(name, plugins.why("it makes no judge", error))
            continue
        if taken := {kind for kind, _ in claimed & claims(judge)}:
            behind.leave_out(name, f"{', '.join(sorted(taken))} is judged by another")
            continue
        made.append(judge)
        claimed |= claims(judge)
    return made
