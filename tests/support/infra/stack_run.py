"""A supervisor running beside a test, and what it said."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.control import PartStatus, load_stack_settings, read_stack, status
from maquette.infra.stack.state.processes import strays

SCRIPT = Path(__file__).with_name("dummy_stack.py")


class StackRun:
    """One ``dummy_stack.py`` over one data directory."""

    def __init__(self, data_dir: Path, **spec: Any) -> None:
        self.data_dir = data_dir
        self.settings = load_settings(
            "test", overrides={"data_dir": str(data_dir), "stack.managed": spec.get("real", [])}
        )
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(data_dir), json.dumps(spec)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def until(self, what: Any, timeout_s: float = 60.0) -> Any:
        """Wait until ``what()`` is true; returns it."""
        deadline = time.monotonic() + timeout_s
        while not (found := what()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {timeout_s} s; {self.events()}")
            time.sleep(0.03)
        return found

    def until_ready(self) -> StackRun:
        self.until(lambda: (info := read_stack(self.settings)) and info.ready)
        return self

    def resolved(self) -> Settings:
        info = read_stack(self.settings)
        assert info is not None
        return load_stack_settings(info)

    def part(self, name: str) -> PartStatus:
        return next(row for row in status(self.settings) if row.part == name)

    def wait_restarted(self, name: str, old_pid: int | None) -> PartStatus:
        def restarted() -> bool:
            row = self.part(name)
            return row.state.value == "ready" and row.pid != old_pid

        self.until(restarted)
        return self.part(name)

    def events(self) -> list[dict[str, Any]]:
        """What the supervisor has said so far."""
        file = self.data_dir / "run" / f"progress-{self.process.pid}.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [json.loads(line) for line in lines]

    def said(self, part: str) -> list[str]:
        return [event["state"] for event in self.events() if event["part"] == part]

    def end(self) -> int:
        """SIGTERM, wait, and see that nothing of the stack is left."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(30)
        assert self.left_over() == []
        return code

    def left_over(self) -> list[int]:
        return [known.pid for known in strays(self.data_dir) if psutil.pid_exists(known.pid)]

    def kill_everything(self) -> None:
        """For fixtures: whatever went wrong, leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        for known in strays(self.data_dir):
            process = known.find()
            if process is not None:
                process.kill()
