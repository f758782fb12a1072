"""`maquette certify crash` in small: parts of the suite's own stack killed, bytes rotten.

The whole certification runs by hand; it takes hours.
"""

from __future__ import annotations

import pytest

from maquette.benchmarks.certify.crash.crash import run_trial
from maquette.benchmarks.certify.crash.laws import broken_laws
from maquette.benchmarks.certify.crash.schedule import Home, Phase, Trial, Work
from maquette.benchmarks.certify.rig import Rig
from maquette.infra.settings.schema import Settings
from maquette.tools.drawing.session import FEW_STEPS

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]

TRIALS = (
    ("worker", "killed", Phase.DRAWING),
    ("api", "killed", Phase.ACKNOWLEDGED),
    ("store", "killed", Phase.TYPESETTING),
    ("cache", "rotten", Phase.PLANNING),
)
SEEDS = 880_000
CANDIDATES, STEPS = 2, 20


@pytest.mark.parametrize(("part", "fault", "phase"), TRIALS, ids=lambda value: str(value))
async def test_no_law_is_broken(settings: Settings, part: str, fault: str, phase: Phase) -> None:
    """The acknowledged task ends once and in time, its artifacts read back, the stack is well."""
    place = TRIALS.index((part, fault, phase))
    trial = Trial(
        number=SEEDS + place,
        part=part,
        fault=fault,
        phase=phase,
        home=Home.PLAIN,
        tasks=(Work(seed=SEEDS + place, candidates=CANDIDATES),),
        seed=place,
    )
    outcome = await run_trial(Rig(settings.data_dir), trial)
    assert broken_laws(outcome) == []
    assert [task.ends for task in outcome.tasks] == [1]
    assert outcome.needed_steps > 0
    # A row may repeat at most the steps since its last saved latent. How many a call takes depends
    # on the machine's pace; the first one takes four, and they are saved.
    assert outcome.done_steps <= outcome.needed_steps + CANDIDATES * (STEPS - FEW_STEPS)
