"""A test run that is killed leaves no process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import leave_nothing
import psutil
import pytest

pytestmark = pytest.mark.slow

STACK_TEST = """
import os, subprocess, time
from pathlib import Path
import leave_nothing
from maquette.infra.settings.load import load_settings
from maquette.infra.stack import control

leave_nothing.start()

def test_killed_in_the_middle(tmp_path):
    "A detached stack, a child, and a child's child in a session of its own."
    settings = load_settings(
        "test", overrides={"data_dir": str(tmp_path / "data"), "stack.managed": ["store"]}
    )
    info = control.ensure_stack(settings, idle_stop_s=0, report=lambda _: None)
    child = subprocess.Popen(["sh", "-c", "setsid sleep 300 & sleep 300"])
    Path(os.environ["NOTE"]).write_text(os.environ[leave_nothing.MARK])
    time.sleep(300)
"""


def test_a_killed_run_leaves_no_process(tmp_path: Path) -> None:
    """SIGKILL of pytest: its detached stack and all it started are gone soon after."""
    (tmp_path / "test_it.py").write_text(textwrap.dedent(STACK_TEST))
    note = tmp_path / "note"
    tests = str(Path(leave_nothing.__file__).parent)
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "no:cacheprovider", "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": tests, "NOTE": str(note)},
        stdout=subprocess.DEVNULL,
    )
    try:
        within(90, lambda: note.exists() and note.read_text())
        mark = note.read_text()
        started = leave_nothing.marked(mark)
        # The supervisor, the store, a shell and two that sleep.
        assert len(started) >= 5
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    within(15, lambda: not leave_nothing.marked(mark))
    within(15, lambda: not any(map(runs, started)))


TITLED = """
import ray
ray._raylet.setproctitle("ray::DashboardAgent")
print("titled", flush=True)
input()
"""


def test_a_process_of_ray_keeps_its_mark() -> None:
    """Its title does not take the place of its environment, where the mark is looked for."""
    mark = os.environ[leave_nothing.MARK]
    child = subprocess.Popen(
        [sys.executable, "-c", TITLED],
        env={leave_nothing.MARK: mark, **os.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None and child.stdout.readline() == "titled\n"
        assert psutil.Process(child.pid).cmdline()[0].startswith("ray::DashboardAgent")
        assert child.pid in leave_nothing.marked(mark)
    finally:
        child.kill()
        child.wait()


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def within(seconds: float, what) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)
