"""The supervisor with real processes: started, killed in every way, and stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from temporalio.client import Client

from maquette.infra.settings.load import load_settings
from maquette.infra.stack import control
from maquette.infra.stack.state.ports import PortPicker
from maquette.infra.stack.state.processes import STACK_DIR_VARIABLE
from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.factory import open_store
from maquette.records.errors import GiveUp

QUICK = {"first_pause_s": 0.05, "stop_timeout_s": 1.0}


def free_port() -> int:
    return PortPicker().pick(0)


def gone(pid: int | None) -> bool:
    """Whether a process has ended, reaped or not; it may vanish while it is looked at."""
    if pid is None:
        return True
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.slow
async def test_killed_engine_and_store_return_where_they_were(run) -> None:
    """SIGKILL of Temporal and of rclone: both are back on their ports with all they knew."""
    stack = run(real=["temporal", "store"], policy=QUICK).until_ready()
    settings = stack.resolved()
    store = open_store(settings)
    await store.put_document(DocumentKind.TASK, "task_1", b"kept", owner="ann")
    client = await Client.connect(settings.temporal.address)
    await client.start_workflow("Waiting", id="kept", task_queue="nobody")
    before = {name: stack.part(name).pid for name in ("temporal", "store")}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    for name, pid in before.items():
        stack.wait_restarted(name, pid)

    assert stack.resolved().temporal.address == settings.temporal.address
    again = await Client.connect(settings.temporal.address)
    description = await again.get_workflow_handle("kept").describe()
    assert description.status is not None and description.status.name == "RUNNING"
    assert await store.get_document(DocumentKind.TASK, "task_1", owner="ann") == b"kept"
    assert stack.said("temporal") == ["starting", "ready", "crashed", "starting", "ready"]
    store.close()
    assert stack.end() == 0


@pytest.mark.slow
async def test_state_survives_a_killed_supervisor(run) -> None:
    """SIGKILL of the supervisor takes its parts along; the next start finds the state."""
    first = run(real=["temporal", "store"]).until_ready()
    store = open_store(first.resolved())
    await store.put_document(DocumentKind.TASK, "task_1", b"kept", owner="ann")
    store.close()
    client = await Client.connect(first.resolved().temporal.address)
    await client.start_workflow("Waiting", id="kept", task_queue="nobody")
    pids = [first.part(name).pid for name in ("temporal", "store")]
    keys = first.resolved().store.secret_key
    first.process.kill()
    first.until(lambda: all(map(gone, pids)), timeout_s=15)
    assert control.read_stack(first.settings) is None

    second = run(real=["temporal", "store"]).until_ready()
    assert second.resolved().store.secret_key == keys
    store = open_store(second.resolved())
    assert await store.get_document(DocumentKind.TASK, "task_1", owner="ann") == b"kept"
    store.close()
    client = await Client.connect(second.resolved().temporal.address)
    assert (await client.get_workflow_handle("kept").describe()).id == "kept"
    assert second.end() == 0


@pytest.mark.slow
def test_one_supervisor_for_a_data_directory(run) -> None:
    """A second one is refused, naming the first's process and what to do."""
    first = run(dummies={"part": [free_port()]}).until_ready()
    second = run(dummies={"part": [free_port()]})
    assert second.process.wait(15) == 3
    said = second.process.stderr.read()
    assert str(first.process.pid) in said
    assert "maquette down" in said
    assert first.part("part").state.value == "ready"
    assert first.end() == 0


@pytest.mark.slow
def test_a_taken_port_is_avoided(run) -> None:
    """With the preferred port in use the part takes another, and everybody is told."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        stack = run(real=["store"], store_port=port).until_ready()
        endpoint = stack.resolved().store.endpoint
        assert endpoint.startswith("127.0.0.1:") and endpoint != f"127.0.0.1:{port}"
        assert stack.resolved().origin("store.endpoint") == "stack"
        assert stack.end() == 0


@pytest.mark.slow
def test_a_free_preferred_port_is_used(run) -> None:
    """The preferred port is taken when nobody listens there."""
    port = free_port()
    stack = run(real=["store"], store_port=port).until_ready()
    assert stack.resolved().store.endpoint == f"127.0.0.1:{port}"
    assert stack.end() == 0


@pytest.mark.slow
async def test_a_ready_stack_is_closed_to_others_and_set_up(run) -> None:
    """Sockets are on loopback only, keys are nobody else's to read, lists can be filtered."""
    stack = run(real=["temporal", "store"]).until_ready()
    for name in ("temporal", "store"):
        process = psutil.Process(stack.part(name).pid)
        listening = [c.laddr.ip for c in process.net_connections() if c.status == "LISTEN"]
        assert listening and set(listening) == {"127.0.0.1"}

    secret = stack.resolved().store.secret_key.get_secret_value()
    assert secret not in " ".join(psutil.Process(stack.part("store").pid).cmdline())
    files = [path for path in stack.data_dir.rglob("*") if path.is_file()]
    holders = [path for path in files if secret.encode() in path.read_bytes()]
    assert {path.name for path in holders} == {"keys.json", "settings.json"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in [*holders, stack.data_dir])

    client = await Client.connect(stack.resolved().temporal.address)
    query = "MaquetteStatus = 'queued' AND MaquetteOwner = 'ann'"
    assert [found async for found in client.list_workflows(query)] == []
    assert stack.end() == 0


@pytest.mark.slow
def test_a_part_that_keeps_failing_ends_the_stack(run) -> None:
    """Three failed starts in a row: everything is stopped, and the reason names part and log."""
    stack = run(dummies={"good": [free_port()], "bad": [free_port(), "crash"]}, policy=QUICK)
    assert stack.process.wait(20) == 1
    last = stack.events()[-1]
    assert (last["part"], last["state"]) == ("stack", "failed")
    assert "bad failed 3 times" in last["detail"] and "bad.log" in last["detail"]
    assert "this part cannot start" in (stack.data_dir / "logs/bad.log").read_text()
    assert stack.said("good")[-1] == "stopped"
    assert stack.left_over() == []


@pytest.mark.slow
def test_a_part_that_never_gets_ready_ends_the_stack(run) -> None:
    """A part that lives but does not answer in time is killed, and the reason says so."""
    policy = {**QUICK, "start_timeout_s": 0.5, "max_failed_starts": 2}
    stack = run(dummies={"mute": [free_port(), "mute"]}, policy=policy)
    assert stack.process.wait(60) == 1
    assert "not ready after" in stack.events()[-1]["detail"]
    assert stack.left_over() == []


@pytest.mark.slow
def test_parts_wait_for_those_they_need(run) -> None:
    """A part starts only when the parts it needs are ready, and ends before them."""
    stack = run(
        dummies={"late": [free_port()], "early": [free_port()]}, needs={"late": ["early"]}
    ).until_ready()
    assert stack.end() == 0
    said = [(event["part"], event["state"]) for event in stack.events()]
    assert said.index(("early", "ready")) < said.index(("late", "starting"))
    assert said.index(("late", "stopped")) < said.index(("early", "stopping"))


@pytest.mark.slow
def test_a_stubborn_part_is_killed_in_the_end(run) -> None:
    """A part that ignores SIGTERM is gone after the stop timeout."""
    stack = run(dummies={"part": [free_port(), "stubborn"]}, policy=QUICK).until_ready()
    began = time.monotonic()
    assert stack.end() == 0
    assert 0.9 < time.monotonic() - began < 15


def test_a_second_signal_kills_at_once(run) -> None:
    """Asked twice, the supervisor does not wait for a stubborn part."""
    policy = {**QUICK, "stop_timeout_s": 30.0}
    stack = run(dummies={"part": [free_port(), "stubborn"]}, policy=policy).until_ready()
    stack.process.send_signal(signal.SIGINT)
    stack.until(lambda: "stopping" in stack.said("part"))
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(15) == 0
    assert stack.left_over() == []


@pytest.mark.slow
@pytest.mark.parametrize("guarded", [["part"], []])
@pytest.mark.parametrize("how", ["stop", "crash"])
def test_what_a_part_started_ends_with_it(run, how: str, guarded: list[str]) -> None:
    """A grandchild in a session of its own is gone after a stop, and after a crash."""
    stack = run(dummies={"part": [free_port(), "grandchild"]}, guarded=guarded, policy=QUICK)
    stack.until_ready()
    own = psutil.Process(stack.part("part").pid)
    grandchild = own.children()[0].pid
    if how == "crash":
        own.kill()
        stack.wait_restarted("part", own.pid)
        assert "killed by SIGKILL" in [event["detail"] for event in stack.events()]
    assert stack.end() == 0
    assert gone(grandchild)


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["supervisor", "guard"])
def test_a_guarded_part_leaves_nothing_when_those_above_are_killed(run, victim: str) -> None:
    """SIGKILL of the supervisor or of the guard takes the program and its grandchild along."""
    stack = run(dummies={"part": [free_port(), "grandchild"]}, guarded=["part"], policy=QUICK)
    stack.until_ready()
    program = psutil.Process(stack.part("part").pid)
    family = [program.pid, program.children()[0].pid]
    os.kill(stack.process.pid if victim == "supervisor" else program.ppid(), signal.SIGKILL)
    stack.until(lambda: all(map(gone, family)), timeout_s=15)


@pytest.mark.slow
def test_a_guarded_part_ends_with_its_own_code(run) -> None:
    """The guard passes on how its program ended, and the program gets the signal to stop."""
    stack = run(dummies={"bad": [free_port(), "crash"]}, guarded=["bad"], policy=QUICK)
    assert stack.process.wait(20) == 1
    assert "exit code 7" in stack.events()[-1]["detail"]


@pytest.mark.slow
def test_strangers_are_left_alone(run, tmp_path: Path) -> None:
    """A start cleans up after its own data directory only."""

    def sleeper(data_dir: Path) -> subprocess.Popen[bytes]:
        marked = {**os.environ, STACK_DIR_VARIABLE: str(data_dir)}
        return subprocess.Popen(["sleep", "300"], env=marked)

    stale, stranger = sleeper(tmp_path / "data"), sleeper(tmp_path / "elsewhere")
    try:
        stack = run(dummies={"part": [free_port()]}).until_ready()
        assert stale.wait(5) == -signal.SIGKILL
        assert stack.end() == 0
        assert stranger.poll() is None
    finally:
        for process in (stale, stranger):
            process.kill()
            process.wait()


@pytest.mark.slow
def test_an_idle_stack_stops_by_itself(run, tmp_path: Path) -> None:
    """Nothing happens while a task runs; idle for long enough, the stack ends with code 0."""
    system = tmp_path / "system.json"
    system.write_text(json.dumps({"active_tasks": 1, "idle_s": 99}))
    port = free_port()
    stack = run(
        dummies={"web": [port, "", str(system)]}, api_port=port, idle_stop_s=1.0
    ).until_ready()
    time.sleep(1.2)
    assert stack.process.poll() is None, "a task is running"
    system.write_text(json.dumps({"active_tasks": 0, "idle_s": 0.5}))
    time.sleep(0.8)
    assert stack.process.poll() is None, "not idle for long enough"
    system.write_text(json.dumps({"active_tasks": 0, "idle_s": 1.5}))
    assert stack.process.wait(15) == 0
    assert "idle" in stack.events()[-1]["detail"]


@pytest.mark.slow
def test_a_detached_stack_is_found_used_and_stopped(tmp_path: Path) -> None:
    """ensure_stack starts one and finds it again; stop ends it with all its parts."""
    settings = load_settings(
        "test", overrides={"data_dir": str(tmp_path / "data"), "stack.managed": ["store"]}
    )
    assert control.read_stack(settings) is None
    assert [row.state.value for row in control.status(settings)] == ["stopped"]
    seen: list[tuple[str, str]] = []
    try:
        info = control.ensure_stack(
            settings, idle_stop_s=0, report=lambda event: seen.append((event.part, event.state))
        )
        assert seen == [("store", "starting"), ("store", "ready"), ("stack", "ready")]
        again = control.ensure_stack(settings, idle_stop_s=0, report=lambda event: pytest.fail())
        assert (again.pid, again.ready) == (info.pid, True)
        (row,) = control.status(settings)
        assert row.state.value == "ready" and row.rss_bytes > 10_000_000
        assert control.load_stack_settings(info).store.secret_key is not None
    finally:
        assert control.stop(settings)
    assert gone(info.pid) and gone(row.pid)
    assert not control.stop(settings)


@pytest.mark.slow
def test_two_callers_share_one_stack(tmp_path: Path) -> None:
    """Started by two at the same moment, one stack comes up and both get it."""
    settings = load_settings(
        "test", overrides={"data_dir": str(tmp_path / "data"), "stack.managed": ["store"]}
    )

    def ensure(_: int) -> int:
        return control.ensure_stack(settings, idle_stop_s=0, report=lambda event: None).pid

    try:
        with ThreadPoolExecutor(2) as callers:
            pids = set(callers.map(ensure, range(2)))
        assert len(pids) == 1
    finally:
        control.stop(settings)


@pytest.mark.slow
def test_a_start_waits_for_a_stop_under_way(run) -> None:
    """While a stack is ending, a new start waits for it, and does not use it any more."""
    ending = run(dummies={"part": [free_port(), "stubborn"]}, policy=QUICK).until_ready()
    settings = load_settings(
        "test", overrides={"data_dir": str(ending.data_dir), "stack.managed": ["store"]}
    )
    ending.process.terminate()
    ending.until(lambda: "stopping" in ending.said("part"))
    assert control.read_stack(settings) is None
    try:
        info = control.ensure_stack(settings, idle_stop_s=0, report=lambda event: None)
        assert info.pid != ending.process.pid
        assert ending.process.wait(15) == 0
    finally:
        assert control.stop(settings)


def test_a_stack_that_cannot_start_says_why(tmp_path: Path) -> None:
    """A supervisor that fails before its first part passes its reason on."""
    (tmp_path / "data").mkdir()
    settings = load_settings(
        "test", overrides={"data_dir": str(tmp_path / "data"), "stack.managed": ["store"]}
    )
    (tmp_path / "data" / "objects").write_text("in the way")
    with pytest.raises(Exception, match="cannot be used"):
        control.ensure_stack(settings, idle_stop_s=0, report=lambda event: None)


def test_the_command_line_says_a_refusal_in_json(tmp_path: Path) -> None:
    """An unknown profile ends with code 1 and a problem on stderr, not a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "maquette.infra.stack", "--profile", "lapdog"],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert json.loads(done.stderr)["code"] == "config"
    assert "Traceback" not in done.stderr


def test_progress_of_a_dead_supervisor_is_an_error(tmp_path: Path) -> None:
    """Following a start whose supervisor was killed does not wait for ever."""
    settings = load_settings(
        "test", overrides={"data_dir": str(tmp_path / "data"), "stack.managed": ["store"]}
    )
    start = control.start_detached(settings, 0)
    psutil.Process(start.pid).kill()
    with pytest.raises(GiveUp, match="could not be started"):
        for _ in start.progress():
            pass
