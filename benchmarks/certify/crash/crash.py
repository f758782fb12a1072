"""``maquette certify crash``: disturb a real stack at every moment; nothing may be lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx2
import psutil

from maquette.benchmarks.certify.crash import laws
from maquette.benchmarks.certify.crash.faults import Fault
from maquette.benchmarks.certify.crash.homes import NotPossible, home
from maquette.benchmarks.certify.crash.journal import Journal
from maquette.benchmarks.certify.crash.kinds import fault_of
from maquette.benchmarks.certify.crash.laws import TaskOutcome, TrialOutcome
from maquette.benchmarks.certify.crash.meter import StepMeter
from maquette.benchmarks.certify.crash.phases import reach
from maquette.benchmarks.certify.crash.schedule import Trial
from maquette.benchmarks.certify.crash.tasks import outcome_of, submit
from maquette.benchmarks.certify.rig import Rig, running
from maquette.records.errors import GiveUp, MaquetteError

Tell = Callable[[TrialOutcome], None]

MOST_CHARACTERS = 300


async def certify(
    trials: Sequence[Trial],
    done: Sequence[TrialOutcome],
    folder: Path,
    journal: Journal,
    tell: Tell,
) -> list[TrialOutcome]:
    """Run the trials that the journal does not hold, one stack after the other.

    Args:
        folder: the stacks' data directories are made in it.
        tell: told of each outcome.

    Returns: all outcomes, those of the journal included.
    """
    outcomes = list(done)
    known = {one.number for one in done}

    def keep(outcome: TrialOutcome) -> None:
        journal.append(outcome)
        outcomes.append(outcome)
        tell(outcome)

    for kind in dict.fromkeys(trial.home for trial in trials):
        left = [one for one in trials if one.home is kind and one.number not in known]
        if not left:
            continue
        try:
            async with home(kind, folder) as rig, running(rig):
                for trial in left:
                    keep(await run_trial(rig, trial))
        except NotPossible as reason:
            for trial in left:
                keep(_outcome(trial, not_run=str(reason)))
    return outcomes


async def run_trial(rig: Rig, trial: Trial) -> TrialOutcome:
    """One trial, from a stack at rest to a stack at rest.

    Raises: GiveUp: the stack cannot be brought to rest, whatever is tried.
    """
    await bring_to_rest(rig)
    began = time.monotonic()
    fault = fault_of(rig, trial)
    try:
        outcome = await _disturbed(rig, trial, fault)
    except (MaquetteError, TimeoutError, OSError, psutil.Error, httpx2.HTTPError) as error:
        trouble = f"the trial could not be carried out: {type(error).__name__} {error}"
        outcome = _outcome(trial, promises=(trouble[:MOST_CHARACTERS],), ready_after_s=0.0)
    finally:
        await fault.undo()
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    took_s = time.monotonic() - began
    return outcome.model_copy(update={"took_s": round(took_s, 1), "load": round(load, 1)})


async def bring_to_rest(rig: Rig) -> None:
    """Everything ready; a stack that is not is started again first. Raises: GiveUp."""
    with contextlib.suppress(GiveUp):
        await rig.up()
        if await rig.ready_after(laws.READY_S) is not None:
            return
    await rig.down()
    await rig.up()
    if await rig.ready_after(laws.READY_S) is None:
        raise GiveUp("the stack that is certified does not become ready, not even started anew")


async def _disturbed(rig: Rig, trial: Trial, fault: Fault) -> TrialOutcome:
    await fault.prepare()
    async with StepMeter(rig) as meter:
        started, refused = await _submit_all(rig, trial)
        seen = await _reach(rig, trial, started)
        over = await fault.strike()
        ended = await _ends(rig, trial, started, over)
        ready_after_s = await rig.ready_after(laws.READY_S)
    promises = await fault.check()
    return _outcome(
        trial,
        seen=seen,
        tasks=tuple(ended),
        refused=refused,
        needed_steps=meter.default_steps * sum(task.candidates for task in ended),
        done_steps=meter.steps,
        ready_after_s=ready_after_s,
        promises=promises,
    )


async def _submit_all(rig: Rig, trial: Trial) -> tuple[dict[int, str], int]:
    """Ids of acknowledged tasks by their place, and how many were refused."""
    async with rig.client() as client:
        answers = await asyncio.gather(
            *(submit(client, work) for work in trial.tasks), return_exceptions=True
        )
    started = {place: one for place, one in enumerate(answers) if isinstance(one, str)}
    return started, len(answers) - len(started)


async def _reach(rig: Rig, trial: Trial, started: dict[int, str]) -> str:
    for place, task_id in started.items():
        async with rig.client() as client:
            return await reach(client, task_id, trial.tasks[place].candidates, trial.phase)
    return "nothing was acknowledged"


async def _ends(rig: Rig, trial: Trial, started: dict[int, str], over: float) -> list[TaskOutcome]:
    return await asyncio.gather(
        *(
            outcome_of(rig, task_id, trial.tasks[place], over=over, patience_s=laws.LOST_S)
            for place, task_id in started.items()
        )
    )


def _outcome(trial: Trial, **fields: object) -> TrialOutcome:
    return TrialOutcome.model_validate(
        {
            "number": trial.number,
            "part": trial.part,
            "fault": trial.fault,
            "phase": trial.phase.value,
            **fields,
        }
    )
