"""The table of judges: how each is made from the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from maquette.agents.judging.contract import Judge
from maquette.agents.judging.judges.overall import OverallJudge
from maquette.agents.judging.judges.text_reads import TextReadsJudge
from maquette.agents.judging.judges.things import ThingsJudge
from maquette.infra.settings.schema import CriticSettings

JUDGES: Mapping[str, Callable[[CriticSettings], Judge]] = {
    TextReadsJudge.name: TextReadsJudge.of,
    ThingsJudge.name: ThingsJudge.of,
    OverallJudge.name: OverallJudge.of,
}
"""The judges that are built in, by name."""
