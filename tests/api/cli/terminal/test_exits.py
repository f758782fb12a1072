"""Exit codes, as the README and ``maquette --help`` list them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_live import LiveServer
from api_story import Poster, picture
from places import ROOT
from typer.testing import CliRunner

from maquette.api.cli.main import app
from maquette.api.cli.terminal import exits
from maquette.records.errors import (
    Conflict,
    FixInput,
    GiveUp,
    IntegrityError,
    InvalidInput,
    MaquetteError,
    NotFound,
    Overloaded,
    PlanRejected,
    StoreUnavailable,
    ToolFailed,
)
from maquette.records.ids import new_task_id
from maquette.records.task import Task, TaskRequest, TaskStatus

pytestmark = pytest.mark.timeout(120)

README = ROOT / "README.md"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("data"), script=Poster) as live:
        yield live


@pytest.fixture
def live(
    server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LiveServer]:
    """The module's server in its first state, and the command line pointed at it."""
    monkeypatch.chdir(tmp_path)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    server.gateway.script = Poster(server.store)
    yield server
    server.gateway.failure = None


def code_of(*arguments: str) -> int:
    result = CliRunner().invoke(app, list(arguments))
    assert ("Traceback" not in result.output and result.exception is None) or isinstance(
        result.exception, SystemExit
    ), result.output
    return result.exit_code


def test_the_readme_lists_the_codes() -> None:
    """Every code stands in the README and in --help, each once."""
    text = " ".join(README.read_text(encoding="utf-8").split())
    listed = text[text.index("Exit codes:") :].split(".")[0]
    codes = {
        value
        for name, value in vars(exits).items()
        if name.isupper() and isinstance(value, int) and not isinstance(value, bool)
    }
    assert {int(number) for number in re.findall(r"\b\d+\b", listed)} == codes
    assert {int(number) for number in re.findall(r"\b\d+\b", exits.HELP)} == codes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], exits.OK),
        (["run", "--help"], exits.OK),
        (["task", "ls"], exits.OK),
        (["config", "show"], exits.OK),
        (["token"], exits.OK),
        (["down"], exits.OK),
        (["task"], exits.USAGE),
        (["--nothing"], exits.USAGE),
        (["nothing"], exits.USAGE),
        (["run"], exits.USAGE),
        (["run", "a", "b"], exits.USAGE),
        (["run", "a", "--seed", "x"], exits.USAGE),
        (["run", "a\udcff"], exits.USAGE),
        (["task", "ls", "--limit", "0"], exits.USAGE),
        (["task", "show"], exits.USAGE),
        (["task", "show", new_task_id()], exits.USAGE),
        (["task", "cancel", new_task_id()], exits.USAGE),
        (["task", "watch", "task_x"], exits.USAGE),
        (["artifact", "get", "0" * 64], exits.USAGE),
        (["artifact", "get", "../x"], exits.USAGE),
        (["config", "show", "--profile", "no"], exits.USAGE),
    ],
    ids=lambda value: (
        " ".join(value).encode("ascii", "replace").decode()
        if isinstance(value, list)
        else str(value)
    ),
)
def test_codes_of_commands(live: LiveServer, arguments: list[str], code: int) -> None:
    """What is asked rightly is 0, what is asked wrongly 2, wherever the mistake is found."""
    assert code_of(*arguments) == code
    assert code_of(*arguments, *(["--json"] if "ls" in arguments else [])) == code


@pytest.mark.slow
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("x"), exits.USAGE),
        (Conflict("x"), exits.USAGE),
        (InvalidInput("x"), exits.USAGE),
        (Overloaded("x", retry_after_s=1_000), exits.UNREACHABLE),
        (StoreUnavailable("x"), exits.UNREACHABLE),
        (IntegrityError("x"), exits.FAILED),
        (ToolFailed("x"), exits.FAILED),
        (GiveUp("x"), exits.FAILED),
        (RuntimeError("x"), exits.FAILED),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_codes_of_what_the_server_says(live: LiveServer, error: Exception, code: int) -> None:
    """The class of an error decides, on this side of the wire as on that one."""
    live.gateway.failure = error
    assert code_of("task", "ls") == code


@pytest.mark.slow
def test_codes_of_what_a_task_becomes(live: LiveServer) -> None:
    """A task that failed or was cancelled is 1, one that fails a check 3, one not fully judged 7,
    not at all 8, also for whoever watches it later; one that asks is 6."""
    for status, code in (
        (TaskStatus.COMPLETED, exits.OK),
        (TaskStatus.INCOMPLETE, exits.INCOMPLETE),
        (TaskStatus.UNVERIFIED, exits.UNVERIFIED),
        (TaskStatus.UNJUDGED, exits.UNJUDGED),
        (TaskStatus.FAILED, exits.FAILED),
        (TaskStatus.CANCELLED, exits.FAILED),
    ):
        live.gateway.script = Poster(live.store, status=status)
        assert code_of("run", "a red circle", "--json") == code
        assert code_of("task", "watch", "last") == code
        assert code_of("task", "watch", "last", "--json") == code
        assert code_of("task", "show", "last") == exits.OK
    live.gateway.script = Poster(live.store, ask=True)
    assert code_of("run", "a red circle", "--approve", "plan") == exits.INPUT_REQUIRED
    assert code_of("task", "watch", "last") == exits.INPUT_REQUIRED


@pytest.mark.slow
def test_codes_of_a_server_that_does_not_let_us_in(
    live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong token is 5 and a server that is away 4; bytes that are not what they claim are 1."""
    ref = live.do(live.store.put(picture(20), owner="local"))
    monkeypatch.setattr(hashlib, "sha256", _Wrong)
    assert code_of("artifact", "get", ref.sha256, "-o", "-") == exits.FAILED
    monkeypatch.undo()
    for name, value in live.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MAQUETTE_API__TOKEN", "another")
    assert code_of("task", "ls") == code_of("run", "a") == exits.AUTH
    monkeypatch.setenv("MAQUETTE_API__PORT", "1")
    assert code_of("task", "ls") == code_of("run", "a") == exits.UNREACHABLE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FixInput("x"), exits.USAGE),
        (PlanRejected([("cycle", "x")]), exits.USAGE),
        (StoreUnavailable("x"), exits.UNREACHABLE),
        (ToolFailed("x"), exits.FAILED),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_a_task_that_failed_ends_as_its_problem_would(error: MaquetteError, code: int) -> None:
    """A request that is refused inside the task is 2, as one that is refused at the door."""
    task = Task(
        id="task_1",
        owner="local",
        status=TaskStatus.FAILED,
        request=TaskRequest(text="x"),
        created_at=0.0,
        problem=error.problem(),
    )
    assert exits.code_for(task) == code


class _Wrong:
    def __init__(self, data: bytes = b"") -> None:
        return None

    def hexdigest(self) -> str:
        return "f" * 64


def test_the_hint_of_a_wrong_token_can_be_pasted(
    live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line that is shown names this very server, and works once the command in it has given
    the token."""
    import httpx2

    hint = httpx2.get(f"{live.url}/api/v1/tasks").json()["hint"]
    line = hint[hint.index("curl ") :]
    found = re.fullmatch(r'curl -H "(\w+): Bearer \$\(maquette (\w+)\)" (\S+)', line)
    assert found, hint
    token = CliRunner().invoke(app, [found[2]]).stdout.strip()
    answer = httpx2.get(found[3], headers={found[1]: f"Bearer {token}"})
    assert (answer.status_code, found[3]) == (200, f"{live.url}/api/v1/tasks")
