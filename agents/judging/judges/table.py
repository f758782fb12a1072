"""The table of judges: how each is made from the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import cache
from typing import cast

from maquette.agents.judging.contract import Judge, claims
from maquette.agents.judging.judges.overall import OverallJudge
from maquette.agents.judging.judges.placed import PlacedJudge
from maquette.agents.judging.judges.text_reads import TextReadsJudge
from maquette.agents.judging.judges.things import ThingsJudge
from maquette.infra import plugins
from maquette.infra.settings.schema import CriticSettings
from maquette.records.errors import ConfigError

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
            judge = _made(cast("Callable[[CriticSettings], object]", make), settings)
        except plugins.BROKEN as error:
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


def _made(make: Callable[[CriticSettings], object], settings: CriticSettings) -> Judge:
    """Raises: ConfigError: what is made is no judge; whatever the plug-in raises."""
    judge = make(settings)
    if missing := plugins.lacking(judge, ("name", "kinds", "roles", "version", "judge")):
        raise ConfigError(f"it makes a {missing}; expected a Judge")
    made = cast("Judge", judge)
    if not isinstance(made.kinds, Set):
        kind = type(made.kinds).__name__
        raise ConfigError(f"the kinds of its judge are a {kind}; expected a frozenset")
    return made
