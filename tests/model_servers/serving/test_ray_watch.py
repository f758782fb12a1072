"""Watching Ray: the loss of a head process ends the server; what hangs holds up no other answer."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from maquette.model_servers.serving.ray_watch import RayWatch, Trouble, _Question

SERVER = """
import subprocess, sys, threading
from maquette.model_servers.serving.ray_watch import end_with_ray

head = [subprocess.Popen([sys.argv[1] + name, "300"]) for name in ("/raylet", "/gcs_server")]
leaving = threading.Event()
end_with_ray(leaving)
print("watching", flush=True)
input()
leaving.set()
for process in head:
    process.kill()
    process.wait()
"""


@pytest.fixture
def server(tmp_path: Path):
    """A process with two children that are named as Ray's, but only sleep."""
    for name in ("raylet", "gcs_server"):
        shutil.copy(shutil.which("sleep") or "/bin/sleep", tmp_path / name)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "watching\n"
    children = psutil.Process(process.pid).children()
    yield process
    process.kill()
    for child in children:
        if child.is_running():
            child.kill()
    process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["raylet", "gcs_server"])
def test_the_loss_of_a_head_process_ends_the_server(server, name: str) -> None:
    """SIGKILL of either: the server ends at once, with an error, though its main thread waits."""
    child = next(c for c in psutil.Process(server.pid).children() if c.name() == name)
    child.kill()
    assert server.wait(30) == 1


def test_a_stop_in_order_is_no_loss(server) -> None:
    """Once the server is leaving, its head processes may end."""
    server.stdin.write("\n")
    server.stdin.flush()
    assert server.wait(30) == 0


def test_a_stopped_raylet_is_told(tmp_path: Path) -> None:
    """A raylet that is stopped is named, though all that ran before goes on answering."""
    shutil.copy(shutil.which("sleep") or "/bin/sleep", tmp_path / "raylet")
    raylet = subprocess.Popen([tmp_path / "raylet", "300"])
    try:
        watch = RayWatch("http://127.0.0.1:9")
        raylet.send_signal(signal.SIGSTOP)
        deadline = time.monotonic() + 10
        while psutil.Process(raylet.pid).status() != psutil.STATUS_STOPPED:
            assert time.monotonic() < deadline
        assert watch.look() == Trouble("Ray's raylet is stopped")
    finally:
        raylet.kill()
        raylet.wait()


def test_a_question_that_hangs_is_a_finding_and_is_not_asked_again() -> None:
    """No answer by the deadline is told; the next look waits for the same answer, then has it."""
    gate, asked = threading.Event(), []

    def ask() -> Trouble | None:
        asked.append(1)
        gate.wait(30)
        return None

    question = _Question("it is silent", ask)
    for _ in range(3):
        question.ask()
        assert question.answer(time.monotonic() + 0.05) == Trouble("it is silent")
    assert len(asked) == 1
    gate.set()
    question.ask()
    assert question.answer(time.monotonic() + 10) is None


def test_a_question_that_breaks_is_a_finding() -> None:
    """An error of the asked part is told with its kind."""

    def ask() -> Trouble | None:
        raise ConnectionResetError

    question = _Question("it is silent", ask)
    question.ask()
    assert question.answer(time.monotonic() + 10) == Trouble("it is silent (ConnectionResetError)")
