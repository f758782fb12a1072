"""Libraries read no environment and no clock of the wall: what they need is passed in.

Durations are another matter: ``time.monotonic`` and ``time.perf_counter`` tell nothing about
the world outside a process.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from places import ROOT

PRODUCT = ("records", "words", "infra", "model_servers", "tools", "agents", "workflows", "api")

ENVIRONMENT = frozenset({"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv"})
CLOCKS = frozenset(
    {
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.gmtime",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
    }
)

ENVIRONMENT_EDGES = {
    "infra/settings/load.py": "settings are built here, once a process, and passed in",
    "infra/settings/sources.py": "the source of settings that is the environment",
    "infra/stack/start.py": "what a supervisor in the background is started with",
    "infra/stack/state/processes.py": "what a part of the stack is started with",
    "model_servers/serving/ray_local.py": "Ray takes its token and its address only from there",
    "api/cli/main.py": "MAQUETTE_DEBUG: wanted before there are settings, or when they fail",
    "api/cli/terminal/screen.py": "TERM tells what the terminal can do",
}
"""File -> why it may read, or set, the environment of its process."""

CLOCK_EDGES = {
    "infra/stack/run.py": "the supervisor notes when it started and when a part failed",
    "infra/stack/supervision/supervisor.py": "the age of a file that another process touches",
    "infra/store/cache.py": "last uses are times of the file system, shared by processes",
    "infra/index/stored.py": "writes of all processes are ordered by when they were made",
    "workflows/desk/submission.py": "when a task was submitted, for the workflow to know",
    "workflows/desk/admission.py": "begin and end of runs are told by the engine as times",
    "workflows/desk/gateway.py": "when a run was stopped that could not say so itself",
    "workflows/steps/reporter.py": "when an activity told an event",
    "workflows/wire/faults.py": "how long an activity has been tried, since the engine planned it",
    "workflows/session/desk.py": "when a session was opened, for its workflow to know",
    "api/desk/desk.py": "the default of the desk's clock; its verbs take it from there",
}
"""File -> why it may ask what time it is."""


def names(tree: ast.AST, modules: frozenset[str]) -> dict[str, str]:
    """Local name -> what it stands for, of imports from these modules."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in modules:
                    found[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def reads(source: str, wanted: frozenset[str]) -> set[str]:
    """Which of the wanted names a source refers to, called or not, however they were imported."""
    tree = ast.parse(source)
    known = names(tree, frozenset({"os", "time", "datetime"}))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            head, _, rest = ast.unparse(node).partition(".")
            found |= wanted & {f"{known.get(head, head)}.{rest}"}
        elif isinstance(node, ast.Name) and known.get(node.id) in wanted:
            found.add(known[node.id])
    return found


def readers(wanted: frozenset[str]) -> set[str]:
    """The files of the product that read one of the wanted things."""
    files = (file for folder in PRODUCT for file in (ROOT / folder).rglob("*.py"))
    return {
        str(file.relative_to(ROOT))
        for file in files
        if "bundled" not in file.parts and reads(file.read_text(), wanted)
    }


@pytest.mark.slow
def test_the_environment_is_read_at_the_edges_alone() -> None:
    """Every file that touches the environment is on the list with its reason, and no other."""
    assert readers(ENVIRONMENT) == set(ENVIRONMENT_EDGES)


@pytest.mark.slow
def test_the_clock_is_read_at_the_edges_alone() -> None:
    """Every file that asks for the time is on the list with its reason, and no other."""
    assert readers(CLOCKS) == set(CLOCK_EDGES)


def test_what_workflows_decide_by_asks_no_clock() -> None:
    """No edge lies in the rooms whose code is replayed, or in the records."""
    edges = {Path(name).parts[:2] for name in {**ENVIRONMENT_EDGES, **CLOCK_EDGES}}
    assert not edges & {("workflows", "run"), ("workflows", "loops")}
    assert not {parts for parts in edges if parts[0] in ("records", "words", "agents", "tools")}


@pytest.mark.parametrize(
    "source",
    [
        "import os\nx = os.environ['A']",
        "import os as system\nx = system.getenv('A')",
        "from os import environ\nx = environ.get('A')",
        "import time\nx = time.time()",
        "import time\ndef f(clock=time.time): ...",
        "from time import time as now\nx = now()",
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.datetime.now(datetime.UTC)",
        "import datetime\nx = datetime.date.today()",
    ],
)
def test_every_way_to_read_is_seen(source: str) -> None:
    """The scan finds a read however the module was imported, and none where there is none."""
    assert reads(source, ENVIRONMENT | CLOCKS)
    assert not reads("import os, time\nx = os.cpu_count(), time.monotonic()", ENVIRONMENT | CLOCKS)
