"""What certify does without a stack: its schedule, its laws, its journal, its faults of bytes."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from maquette.benchmarks.certify.crash.faults import freeze
from maquette.benchmarks.certify.crash.journal import Heading, Journal
from maquette.benchmarks.certify.crash.laws import (
    TaskOutcome,
    TrialOutcome,
    all_hold,
    broken_laws,
    repeated,
    tally,
)
from maquette.benchmarks.certify.crash.meter import StepCount
from maquette.benchmarks.certify.crash.phases import Progress
from maquette.benchmarks.certify.crash.rot import flip
from maquette.benchmarks.certify.crash.schedule import KINDS, Home, Phase, schedule
from maquette.benchmarks.certify.crash.tasks import told_twice
from maquette.records.errors import Conflict, InvalidInput
from maquette.records.event import Event, EventType


def task(**fields: object) -> TaskOutcome:
    given = {"id": "t", "candidates": 2, "status": "completed", "ends": 1, "ended_after_s": 3.0}
    return TaskOutcome.model_validate(given | fields)


def trial(*tasks: TaskOutcome, **fields: object) -> TrialOutcome:
    given = {"number": 0, "part": "worker", "fault": "killed", "phase": "drawing"}
    given |= {"tasks": tasks, "ready_after_s": 1.0, "needed_steps": 40, "done_steps": 40}
    return TrialOutcome.model_validate(given | fields)


def test_a_schedule_is_drawn_from_its_seed() -> None:
    """The same seed gives the same trials, another one others."""
    assert schedule(200, 3) == schedule(200, 3)
    assert schedule(200, 3) != schedule(200, 4)


def test_every_kind_and_phase_gets_its_share() -> None:
    """No kind of fault is tried twice more often than another, and each meets every phase."""
    drawn = schedule(6 * len(KINDS), 1)
    assert set(Counter((one.part, one.fault) for one in drawn).values()) == {6}
    for kind in KINDS:
        assert {one.phase for one in drawn if (one.part, one.fault) == kind} == set(Phase)
    counts = Counter((one.part, one.fault) for one in schedule(200, 1))
    assert len(counts) == len(KINDS) and max(counts.values()) - min(counts.values()) <= 1


def test_trials_of_one_stack_follow_each_other_and_share_no_seed() -> None:
    """A stack is started once; no task finds anything of an earlier one stored."""
    drawn = schedule(200, 9)
    homes = [one.home for one in drawn]
    assert homes == sorted(homes, key=list(Home).index)
    assert [one.number for one in drawn] == list(range(200))
    seeds = [work.seed for one in drawn for work in one.tasks]
    assert len(seeds) == len(set(seeds))


def test_one_part_alone() -> None:
    """``only`` leaves the others alone; a part that does not exist is named with the known ones."""
    assert {one.part for one in schedule(10, 1, ["store"])} == {"store"}
    with pytest.raises(InvalidInput, match="raylet"):
        schedule(10, 1, ["rayleigh"])


def test_a_good_trial_breaks_no_law() -> None:
    assert broken_laws(trial(task(), task(status="incomplete"))) == []


@pytest.mark.parametrize(
    ("outcome", "law"),
    [
        (trial(task(status=None, ends=0, ended_after_s=None)), "lost"),
        (trial(task(ends=2)), "ended 2 times"),
        (trial(task(ends=0)), "ended 0 times"),
        (trial(task(ended_after_s=121.0)), "121 s after"),
        (trial(task(status="failed", problem="x")), "failed"),
        (trial(task(status="failed"), part="disk"), "no reason told"),
        (trial(task(unreadable=("artifact a",))), "artifact a"),
        (trial(task(), ready_after_s=None), "not ready"),
        (trial(task(), promises=("the list breaks",)), "the list breaks"),
    ],
)
def test_each_law_is_noticed_when_broken(outcome: TrialOutcome, law: str) -> None:
    """Exactly the broken law is told."""
    (told,) = broken_laws(outcome)
    assert law in told
    assert not all_hold([outcome])


def test_a_full_disk_may_cost_a_result_that_is_told() -> None:
    """An honest failure is allowed where the fault takes away what the work needs."""
    assert broken_laws(trial(task(status="failed", problem="the disk is full"), part="disk")) == []


def test_repeated_steps_are_those_beyond_the_needed() -> None:
    """12 of 120 is a tenth; what was saved elsewhere is no credit; lost work does not count."""
    disturbed = trial(task(), done_steps=52)
    saved = trial(task(), done_steps=30)
    lost = trial(task(status=None, ends=0), done_steps=900)
    assert repeated([disturbed, saved, trial(task()), lost]) == pytest.approx(12 / 120)
    assert repeated([]) is None
    assert all_hold([trial(task(), done_steps=42)])
    assert not all_hold([trial(task(), done_steps=43)])


def test_the_table_counts_by_part_and_fault() -> None:
    """Sums over the trials of one kind; what was not run is told and breaks nothing."""
    outcomes = [
        trial(task(ended_after_s=7.0), task(ended_after_s=125.0)),
        trial(task(status=None, ends=0, ended_after_s=None)),
        trial(part="disk", fault="full", not_run="no root", ready_after_s=None),
    ]
    worker, disk = tally(outcomes)
    assert (worker.trials, worker.acknowledged, worker.ended_once) == (2, 3, 2)
    assert (worker.lost, worker.stuck, worker.slowest_s, worker.broken) == (1, 1, 125.0, 2)
    assert (disk.trials, disk.not_run, disk.why_not_run, disk.holds) == (0, 1, "no root", True)


def test_a_journal_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    """Whole lines count, half a line does not, and what is added later stands on its own."""
    heading, journal = Heading(trials=3, seed=1, only=("store",)), Journal(tmp_path / "j")
    journal.begin(heading)
    first, second = trial(task()), trial(task(), number=1)
    journal.append(first)
    with (tmp_path / "j").open("a") as file:
        file.write(second.model_dump_json()[:40])
    assert journal.go_on(heading) == [first]
    journal.append(second)
    assert journal.go_on(heading) == [first, second]


def test_a_journal_belongs_to_one_certification(tmp_path: Path) -> None:
    """It is not begun twice, nor gone on with by other options, nor without one."""
    journal = Journal(tmp_path / "j")
    with pytest.raises(InvalidInput):
        journal.go_on(Heading(trials=3, seed=1))
    journal.begin(Heading(trials=3, seed=1))
    with pytest.raises(Conflict, match="already there"):
        journal.begin(Heading(trials=3, seed=1))
    with pytest.raises(Conflict, match="--seed 1"):
        journal.go_on(Heading(trials=3, seed=2))


def event(kind: EventType, **data: object) -> Event:
    return Event(type=kind, task_id="t", created_at=0.0, data=data)


def test_phases_are_read_off_the_events() -> None:
    """Each phase begins with its event; judging once every sheet of two drafts is set."""
    progress = Progress(candidates=2)
    story = [
        (event(EventType.TASK_CREATED), Phase.PLANNING),
        (event(EventType.PLAN_CREATED), Phase.PLANNING),
        (event(EventType.STEP_PROGRESS, tool="draw", fraction=0.0), Phase.PLANNING),
        (event(EventType.STEP_PROGRESS, tool="draw", fraction=0.5), Phase.DRAWING),
        (event(EventType.STEP_COMPLETED, tool="draw", candidate=1), Phase.TYPESETTING),
        (event(EventType.STEP_COMPLETED, tool="typeset", candidate=1), Phase.TYPESETTING),
        (event(EventType.STEP_COMPLETED, tool="typeset", candidate=1), Phase.TYPESETTING),
        (event(EventType.STEP_PROGRESS, tool="draw", fraction=0.9), Phase.TYPESETTING),
        (event(EventType.STEP_CACHED, tool="typeset", candidate=0), Phase.JUDGING),
        (event(EventType.CANDIDATE_SCORED, candidate=0), Phase.FINISHING),
    ]
    assert [progress.feed(one) for one, _ in story] == [phase for _, phase in story]


def test_a_step_that_ends_twice_is_told_twice() -> None:
    """The same draft's call counts once; two drafts' calls are two."""
    one = event(EventType.STEP_COMPLETED, node="n", call="art", round=1, candidate=0)
    other = event(EventType.STEP_COMPLETED, node="n", call="art", round=1, candidate=1)
    again = event(EventType.STEP_CACHED, node="n", call="art", round=1, candidate=0)
    assert told_twice([one, other]) == 0
    assert told_twice([one, other, again]) == 1


def test_steps_are_counted_over_replicas() -> None:
    """A counter that begins again adds what it shows; the first look is the start."""
    count = StepCount()
    for seen in (100, 120, 130, 5, 5, 9):
        count.saw(seen)
    assert count.total == 30 + 9


def test_rot_leaves_size_and_time_as_they_were(tmp_path: Path) -> None:
    """One bit differs; nothing that a file system shows does."""
    path = tmp_path / "file"
    path.write_bytes(bytes(1_000))
    path.chmod(0o400)
    os.utime(path, ns=(10**18, 10**18))
    before = path.stat()
    flip(path, random.Random(1))
    after = path.stat()
    assert sum(byte.bit_count() for byte in path.read_bytes()) == 1
    assert (after.st_size, after.st_mtime_ns, after.st_ino, after.st_mode) == (
        (before.st_size, before.st_mtime_ns, before.st_ino, before.st_mode)
    )


async def test_a_frozen_process_goes_on(tmp_path: Path) -> None:
    """It stands still meanwhile, and lives afterwards."""
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen(
            ["/bin/sh", "-c", "while :; do echo x; sleep 0.02; done"], stdout=out
        )
    try:
        freezing = asyncio.create_task(asyncio.to_thread(freeze, process.pid, 0.6))
        await asyncio.sleep(0.3)
        held = (tmp_path / "out").stat().st_size
        await asyncio.sleep(0.2)
        assert (tmp_path / "out").stat().st_size == held
        await freezing
        deadline = time.monotonic() + 10
        while (tmp_path / "out").stat().st_size == held and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        assert (tmp_path / "out").stat().st_size > held
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
