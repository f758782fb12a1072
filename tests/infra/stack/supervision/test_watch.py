"""Parts that hang, crash again and again, or lose their supervisor: told, and brought back."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time

import psutil
import pytest
from stack_run import StackRun

from maquette.infra.settings.load import load_settings
from maquette.infra.stack import control
from maquette.infra.stack.checkup.doctor import doctor
from maquette.infra.stack.parts.heartbeat import Heartbeat, heartbeat_probe
from maquette.infra.stack.parts.probes import Mending, Probe
from maquette.infra.stack.state.ports import PortPicker
from maquette.infra.stack.state.progress import PartState
from maquette.infra.stack.supervision.watch import Watch, WatchPolicy

QUICK = {"first_pause_s": 0.05, "stop_timeout_s": 1.0}
WATCH = {"every_s": 0.1, "again_s": 0.05, "timeout_s": 1.0, "patience_s": 2.5, "least_probes": 3}


def dummy(*names: str) -> dict[str, list[int]]:
    return {name: [PortPicker().pick(0)] for name in names}


def state(stack: StackRun, part: str) -> PartState:
    return stack.part(part).state


@pytest.mark.slow
def test_a_part_that_hangs_is_told_and_started_again(run) -> None:
    """A part that lives but does not answer is stalled, with the reason, and later replaced."""
    stack = run(dummies=dummy("part"), policy=QUICK, watch=WATCH).until_ready()
    old = stack.part("part").pid
    os.kill(old, signal.SIGSTOP)
    stack.until(lambda: state(stack, "part") is PartState.STALLED)
    assert "no answer within 1 s" in stack.part("part").detail
    stack.wait_restarted("part", old)
    assert not psutil.pid_exists(old)
    said = stack.said("part")
    assert said[said.index("crashed") - 1 :][:4] == ["stalled", "crashed", "starting", "ready"]
    assert any("silent for" in event["detail"] for event in stack.events())
    assert stack.end() == 0


@pytest.mark.slow
def test_a_part_that_hangs_for_a_while_is_waited_for(run) -> None:
    """Stopped for less than the patience, the same process is ready again."""
    watch = {**WATCH, "patience_s": 60.0}
    stack = run(dummies=dummy("part"), policy=QUICK, watch=watch).until_ready()
    old = stack.part("part").pid
    os.kill(old, signal.SIGSTOP)
    stack.until(lambda: state(stack, "part") is PartState.STALLED)
    os.kill(old, signal.SIGCONT)
    stack.until(lambda: state(stack, "part") is PartState.READY)
    assert stack.part("part").pid == old
    assert stack.part("part").detail == ""
    assert stack.end() == 0


@pytest.mark.slow
def test_a_stack_killed_again_and_again_goes_on_trying(run) -> None:
    """A part that was ready and then dies seven times in a row never ends the stack."""
    policy = {**QUICK, "longest_pause_s": 0.3, "max_failures": 2, "max_failed_starts": 2}
    stack = run(dummies=dummy("bad", "good"), policy=policy).until_ready()
    good = stack.part("good").pid
    for _ in range(7):
        pid = stack.part("bad").pid
        os.kill(pid, signal.SIGKILL)
        stack.wait_restarted("bad", pid)
    assert stack.process.poll() is None
    assert stack.part("good").pid == good
    assert stack.part("bad").detail == "restarted 7 times"
    assert stack.end() == 0


@pytest.mark.slow
def test_a_broken_part_degrades_the_stack_and_says_when_it_is_tried_next(run, tmp_path) -> None:
    """A part that starts to fail for good is crashed, with its reason and the next try."""
    flag = tmp_path / "fail"
    policy = {**QUICK, "first_pause_s": 20.0}
    dummies = {"bad": [PortPicker().pick(0), f"crash-if:{flag}"], **dummy("good")}
    stack = run(dummies=dummies, policy=policy).until_ready()
    flag.touch()
    os.kill(stack.part("bad").pid, signal.SIGKILL)
    stack.until(lambda: state(stack, "bad") is PartState.CRASHED)
    told = stack.part("bad").detail
    assert "killed by SIGKILL" in told and "next try in" in told
    assert state(stack, "good") is PartState.READY
    check = next(check for check in doctor(stack.settings) if check.part == "bad")
    assert not check.ok and "next try in" in check.problem
    assert stack.end() == 0


def test_a_stopped_supervisor_is_told(run) -> None:
    """While the supervisor is stopped nothing is called ready; it is again afterwards."""
    stack = run(dummies=dummy("part")).until_ready()
    os.kill(stack.process.pid, signal.SIGSTOP)
    stack.until(lambda: state(stack, "part") is PartState.UNKNOWN)
    told = stack.part("part").detail
    assert str(stack.process.pid) in told and "last seen ready" in told
    os.kill(stack.process.pid, signal.SIGCONT)
    stack.until(lambda: state(stack, "part") is PartState.READY)
    assert stack.end() == 0


@pytest.mark.slow
def test_a_supervisor_that_writes_nothing_is_told(run) -> None:
    """A record that is too old says nothing about now, though the supervisor lives."""
    stack = run(dummies=dummy("part")).until_ready()
    past = time.time() - 60
    record = stack.data_dir / "run" / "parts.json"

    def looks_hung() -> bool:  # between two of its records
        os.utime(record, (past, past))
        return state(stack, "part") is PartState.UNKNOWN

    stack.until(looks_hung)
    stack.until(lambda: state(stack, "part") is PartState.READY)
    assert stack.end() == 0


def test_a_killed_supervisor_is_told(run) -> None:
    """After SIGKILL of the supervisor the parts are stopped, and status says why."""
    stack = run(dummies=dummy("part")).until_ready()
    managed = load_settings(
        "test", overrides={"data_dir": str(stack.data_dir), "stack.managed": ["store"]}
    )
    stack.process.kill()
    stack.process.wait()
    (row,) = control.status(managed)
    assert (row.state, "was killed" in row.detail) == (PartState.STOPPED, True)
    control.stop(managed)
    assert control.status(managed)[0].detail == ""


@pytest.mark.slow
def test_a_stack_ends_with_the_process_it_is_for(run) -> None:
    """A stack tied to a process stops in order when that one is killed."""
    owner = subprocess.Popen(["sleep", "300"])
    try:
        stack = run(dummies=dummy("part"), die_with=owner.pid, policy=QUICK).until_ready()
    finally:
        owner.kill()
    assert stack.process.wait(20) == 0
    assert str(owner.pid) in stack.events()[-1]["detail"]
    assert stack.left_over() == []
    owner.wait()


@pytest.mark.slow
def test_nothing_of_a_stack_is_open_to_others(run, tmp_path) -> None:
    """Whatever the umask, no file or folder of a stack gives anything to group or world,
    and what was left open by an earlier version is closed."""
    data_dir = tmp_path / "data"
    for name in ("run", "logs", "objects", "temporal", "secrets"):
        (data_dir / name).mkdir(parents=True, mode=0o755)
    old_log = data_dir / "logs" / "store.log"
    old_log.write_text("old")
    old_log.chmod(0o644)
    (data_dir / "logs" / "models.log.1").touch(0o666)
    stack = run(real=["temporal", "store"], umask=0).until_ready()
    everything = [data_dir, *data_dir.rglob("*")]
    open_ones = [str(p) for p in everything if not p.is_symlink() and p.stat().st_mode & 0o077]
    assert open_ones == []
    assert len(everything) > 15
    assert stack.end() == 0


async def test_a_heart_is_followed_by_its_beats_and_not_by_the_clock(tmp_path, monkeypatch) -> None:
    """A file dated in the past or in the future is alive as long as it changes."""
    path = tmp_path / "run" / "heart"
    heart, probe = Heartbeat(path), heartbeat_probe(path)
    now = 0.0
    monkeypatch.setattr("maquette.infra.stack.parts.heartbeat.monotonic", lambda: now)

    async def asked_for(seconds: int) -> str | None:
        nonlocal now
        for _ in range(seconds):
            now += 1
            answer = await probe()
        return answer

    heart.beat()
    for wall in (10**9, 4 * 10**9, 2 * 10**9):
        os.utime(path, (wall, wall))
        assert await asked_for(9) is None
    now += 1000  # nobody asked: we ourselves were stopped
    assert await asked_for(9) is None
    assert await asked_for(3) == "it gives no sign of life"
    heart.beat("the engine is being mended")
    told = await probe()
    assert told == "the engine is being mended" and isinstance(told, Mending)
    heart.beat()
    assert await probe() is None
    assert path.stat().st_mode & 0o077 == 0
    heart.end()
    assert await asked_for(12) == "it gives no sign of life"


def answers(*given: str | Exception | None) -> Probe:
    """A probe that gives these answers in turn, and the last one for ever."""
    left = list(given)

    async def probe() -> str | None:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return probe


async def watched(probe: Probe, for_s: float = 0.5) -> tuple[str | None, list[str | None]]:
    """Why the part is given up, if it is, and all that was told meanwhile."""
    policy = WatchPolicy(every_s=0.01, again_s=0.01, timeout_s=0.1, patience_s=0.1, least_probes=3)
    told: list[str | None] = []
    try:
        async with asyncio.timeout(for_s):
            return await Watch(probe, policy, told.append).until_given_up(), told
    except TimeoutError:
        return None, told


async def test_one_unanswered_probe_says_nothing() -> None:
    """A single failed probe between good ones is neither told nor acted on."""
    assert await watched(answers(None, "away", None, "away", None)) == (None, [])


@pytest.mark.slow
async def test_a_part_that_mends_itself_is_told_and_left_alone() -> None:
    """A problem that the part itself reports is shown at once, and never a reason to kill it."""
    assert await watched(answers(None, Mending("one moment"))) == (None, ["one moment"])
    assert await watched(answers(Mending("a"), None)) == (None, ["a", None])


@pytest.mark.parametrize("fault", ["away", RuntimeError("broken probe")])
async def test_a_silent_part_is_given_up(fault: str | Exception) -> None:
    """Silent for longer than the patience, or impossible to ask: told once, then given up."""
    why, told = await watched(answers(fault), for_s=10)
    assert why is not None and why.startswith("silent for")
    assert len(told) == 1
