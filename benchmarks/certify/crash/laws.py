"""What must hold after a trial, and over all of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from maquette.records.base import Record

STUCK_S = 120.0
LOST_S = 300.0
READY_S = 180.0
MOST_REPEATED = 0.05

HONEST = frozenset({"completed", "incomplete", "unverified", "unjudged"})
MAY_FAIL = frozenset({"disk", "database"})
"""Parts whose fault may cost a task its result, as long as the task says so."""


class TaskOutcome(Record):
    """What became of one acknowledged task."""

    id: str
    candidates: int
    status: str | None = None
    """How it ended; None: it did not."""
    ends: int = 0
    """Terminal events in its stream."""
    ended_after_s: float | None = None
    """Since the end of the fault; 0 when it was sooner."""
    told_twice: int = 0
    """Ends of steps that the stream tells a second time."""
    unreadable: tuple[str, ...] = ()
    """Artifacts that could not be read back with their hash."""
    problem: str = ""


class TrialOutcome(Record):
    """One line of the journal."""

    number: int
    part: str
    fault: str
    phase: str
    seen: str = ""
    """The last event before the fault."""
    not_run: str = ""
    """Why it was not tried here; then nothing else counts."""
    tasks: tuple[TaskOutcome, ...] = ()
    refused: int = 0
    """Submissions that were not acknowledged."""
    needed_steps: int = 0
    done_steps: int = 0
    ready_after_s: float | None = None
    promises: tuple[str, ...] = ()
    """What the fault's own check found broken."""
    took_s: float = 0.0
    load: float = 0.0
    """Of the machine at the end, in programs that want to run for each core: times hold near 1."""


def lost(task: TaskOutcome) -> bool:
    return task.status is None


def stuck(task: TaskOutcome) -> bool:
    return not lost(task) and (task.ended_after_s or 0.0) > STUCK_S


def broken_laws(outcome: TrialOutcome) -> list[str]:
    """Every law the trial broke, in words."""
    if outcome.not_run:
        return []
    found = [law for task in outcome.tasks for law in _of_task(outcome, task)]
    if outcome.ready_after_s is None:
        found.append(f"the stack was not ready {READY_S:g} s after the last task")
    return [*found, *outcome.promises]


def _of_task(outcome: TrialOutcome, task: TaskOutcome) -> list[str]:
    if lost(task):
        return [f"{task.id} is lost: {task.problem or 'it never ended'}"]
    found = []
    if task.ends != 1:
        found.append(f"{task.id} ended {task.ends} times")
    if stuck(task):
        found.append(f"{task.id} ended {task.ended_after_s:.0f} s after the fault")
    if task.status not in HONEST and not (outcome.part in MAY_FAIL and task.problem):
        found.append(f"{task.id} is {task.status}: {task.problem or 'no reason told'}")
    found += [f"{task.id}: {one}" for one in task.unreadable]
    return found


@dataclass(frozen=True)
class Row:
    """All trials of one part and fault, or of all of them."""

    part: str
    fault: str
    trials: int
    not_run: int
    acknowledged: int
    ended_once: int
    lost: int
    stuck: int
    slowest_s: float
    repeated: float | None
    told_twice: int
    broken: int
    """Trials with a broken law."""
    load: float = 0.0
    """The mean over the trials."""
    why_not_run: str = ""

    @property
    def holds(self) -> bool:
        return self.broken == 0


def tally(outcomes: Iterable[TrialOutcome]) -> list[Row]:
    """One row for each part and fault, in order of first appearance."""
    groups: dict[tuple[str, str], list[TrialOutcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.part, outcome.fault), []).append(outcome)
    return [row_of(part, fault, group) for (part, fault), group in groups.items()]


def row_of(part: str, fault: str, outcomes: Sequence[TrialOutcome]) -> Row:
    """The sums over some trials."""
    run = [one for one in outcomes if not one.not_run]
    tasks = [task for one in run for task in one.tasks]
    return Row(
        part=part,
        fault=fault,
        trials=len(run),
        not_run=len(outcomes) - len(run),
        acknowledged=len(tasks),
        ended_once=sum(task.ends == 1 for task in tasks),
        lost=sum(map(lost, tasks)),
        stuck=sum(map(stuck, tasks)),
        slowest_s=max((task.ended_after_s or 0.0 for task in tasks), default=0.0),
        repeated=repeated(run),
        told_twice=sum(task.told_twice for task in tasks),
        broken=sum(bool(broken_laws(one)) for one in run),
        load=sum(one.load for one in run) / len(run) if run else 0.0,
        why_not_run=next((one.not_run for one in outcomes if one.not_run), ""),
    )


def repeated(outcomes: Iterable[TrialOutcome]) -> float | None:
    """Denoising steps run beyond the needed ones, over the needed ones; None: none needed.

    Trials that lost a task are left out: nobody knows what it still needed.
    """
    whole = [one for one in outcomes if one.tasks and not any(map(lost, one.tasks))]
    needed = sum(one.needed_steps for one in whole)
    extra = sum(max(0, one.done_steps - one.needed_steps) for one in whole)
    return extra / needed if needed else None


def all_hold(outcomes: Sequence[TrialOutcome]) -> bool:
    """Whether no trial broke a law and, over all, little was done twice."""
    share = repeated(one for one in outcomes if not one.not_run)
    return not any(map(broken_laws, outcomes)) and (share or 0.0) <= MOST_REPEATED
