"""The command line against the app on a real port: answers, exit codes, files, terminals."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from api_live import LiveServer
from api_story import WORDS, Poster, picture
from installed import Packages
from typer.testing import CliRunner

from maquette.api.cli.delivery.saving import save
from maquette.api.cli.main import app
from maquette.api.cli.terminal import exits
from maquette.api.cli.views.slug import MAX_CHARACTERS, slug
from maquette.records.errors import Conflict, InvalidInput
from maquette.records.ids import new_task_id
from maquette.records.planning.question import Question
from maquette.records.task import TaskResult, TaskStatus

pytestmark = pytest.mark.timeout(60)

ASK = "a poster that says GRAND OPENING above a red circle"


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    """A server with the poster story; the command line is pointed at it, in a folder of its own."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with LiveServer(tmp_path / "data", script=Poster) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def cli(*arguments: str, code: int = exits.OK, stdin: str | None = None) -> Any:
    result = CliRunner().invoke(app, list(arguments), input=stdin)
    assert result.exit_code == code, (result.output, result.stderr, result.exception)
    assert "Traceback" not in result.output
    return result


def test_run_saves_the_picture_and_prints_its_path(live: LiveServer) -> None:
    """stdout is one line: the path of a file whose bytes are the artifact that was delivered."""
    result = cli("run", ASK, "--seed", "4")
    [task] = live.gateway.tasks.values()
    path = Path(result.stdout.strip())
    assert result.stdout == f"./{path.name}\n"
    assert re.fullmatch(r"poster-that-says-grand-opening-above-a-[0-9a-f]{6}\.png", path.name)
    best = task.result.best if task.result else None
    assert best is not None
    assert hashlib.sha256(path.read_bytes()).hexdigest() == best.artifact.sha256
    assert task.request.options.seed == 4


def test_run_tells_why(live: LiveServer) -> None:
    """stderr has the plan, every verdict with what was read, the reason of the revision, the cost;
    what has no judge is called unjudged."""
    told = cli("run", ASK).stderr
    for part in (
        "draw",
        'reads "GRAND OPENING"',
        "round 1 of 3",
        'read "GRAND OPENlNG"',
        "✗ failed",
        "↻ revise  the words were read as",
        "✓ accept",
        "best draft r2c0 of 3",
        "loop efficiency 0.80",
        "1 found in the cache",
    ):
        assert part in told, part
    assert told.count("○ unjudged") == 6
    assert "\x1b" not in told


def test_run_as_json(live: LiveServer) -> None:
    """--json prints one document with the task and its files, and nothing on stderr."""
    result = cli("run", ASK, "--json")
    body = json.loads(result.stdout)
    assert body["status"] == "completed"
    assert Path(body["files"][0]).read_bytes() == picture(160)
    assert result.stderr == ""


@pytest.mark.slow
def test_run_with_pictures_and_options(live: LiveServer, tmp_path: Path) -> None:
    """--image, --rounds, --candidates, --budget reach the request; -o names the file."""
    source = tmp_path / "in.png"
    source.write_bytes(picture(70))
    out = tmp_path / "out.png"
    cli("run", "brighter", "--image", str(source), "--rounds", "4", "--candidates", "2",
        "--budget", "60", "-o", str(out))  # fmt: skip
    [task] = live.gateway.tasks.values()
    options = task.request.options
    assert (options.rounds, options.candidates, options.budget_s) == (4, 2, 60.0)
    assert len(task.request.inputs) == 1
    assert out.read_bytes() == picture(160)


def test_run_to_stdout(live: LiveServer) -> None:
    """-o - writes the bytes of the picture and nothing else."""
    assert cli("run", ASK, "-o", "-").stdout_bytes == picture(160)


@pytest.mark.slow
def test_detach_and_watch(live: LiveServer) -> None:
    """--detach prints the id; watch by 'last' tells the task from its start to its end."""
    task_id = cli("run", ASK, "--detach").stdout.strip()
    assert task_id in live.gateway.tasks
    watched = cli("task", "watch", "last")
    assert "round 2 of 3" in watched.stderr
    lines = [
        json.loads(line) for line in cli("task", "watch", task_id, "--json").stdout.splitlines()
    ]
    assert [line["offset"] for line in lines] == list(range(len(lines)))
    assert lines[-1]["type"] == "task.completed"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (TaskStatus.COMPLETED, exits.OK),
        (TaskStatus.INCOMPLETE, exits.INCOMPLETE),
        (TaskStatus.FAILED, exits.FAILED),
        (TaskStatus.CANCELLED, exits.FAILED),
    ],
)
def test_exit_code_of_each_end(live: LiveServer, status: TaskStatus, code: int) -> None:
    """How the task ended is the exit code; an incomplete one still delivers its best draft."""
    live.gateway.script = Poster(live.store, status=status)
    result = cli("run", ASK, code=code)
    assert (Path(result.stdout.strip()).read_bytes() == picture(160)) or not result.stdout


@pytest.mark.slow
def test_input_required_without_a_person(live: LiveServer) -> None:
    """A question with nobody at the terminal is exit code 6 and names the command that answers;
    that command lets the task go on."""
    live.gateway.script = Poster(live.store, ask=True)
    asked = cli("run", ASK, "--approve", "plan", code=exits.INPUT_REQUIRED)
    assert asked.stdout == ""
    command = re.search(r"maquette (task approve \S+)", asked.stderr)
    assert command
    cli(*command.group(1).split())
    assert cli("task", "watch", "last").exit_code == 0


@pytest.mark.slow
def test_rejecting(live: LiveServer) -> None:
    """task approve --reject says no, with the reason."""
    live.gateway.script = Poster(live.store, ask=True)
    cli("run", ASK, "--approve", "plan", code=exits.INPUT_REQUIRED)
    cli("task", "approve", "last", "--reject", "-m", "too red")
    assert live.gateway.answers[0].text == "too red"
    cli("task", "watch", "last", code=exits.FAILED)


@pytest.mark.slow
def test_task_ls_and_show(live: LiveServer) -> None:
    """ls prints one line a task for programs; show by the end of an id tells everything."""
    cli("run", ASK)
    [task] = live.gateway.tasks.values()
    fields = cli("task", "ls").stdout.strip().split("\t")
    assert (fields[0], fields[1], fields[-1]) == (task.id, "completed", ASK)
    shown = cli("task", "show", task.id[-6:])
    assert "round 2" in shown.stderr and f'read "{WORDS}"' in shown.stderr
    assert task.result and task.result.artifacts[0].sha256 in shown.stdout
    assert json.loads(cli("task", "show", task.id, "--json").stdout)["id"] == task.id
    assert len(json.loads(cli("task", "ls", "--json").stdout)) == 1
    assert json.loads(cli("task", "ls", "--json", "--status", "failed").stdout) == []


def test_task_cancel(live: LiveServer) -> None:
    """cancel stops the task and says so."""
    live.gateway.script = None
    task_id = cli("run", ASK, "--detach").stdout.strip()
    assert cli("task", "cancel", task_id).stdout == f"{task_id} cancelled\n"
    assert live.gateway.cancelled == [task_id]


@pytest.mark.slow
def test_cancelling_the_last_task_of_somebody_else(
    live: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another folder 'last' stops nothing unless it is said to be meant; from the folder that
    the task was started in it does."""
    live.gateway.script = None
    task_id = cli("run", ASK, "--detach").stdout.strip()
    there = tmp_path / "there"
    there.mkdir()
    with monkeypatch.context() as elsewhere:
        elsewhere.chdir(there)
        refused = cli("task", "cancel", "last", code=exits.USAGE)
        assert live.gateway.cancelled == []
        assert f"maquette task cancel {task_id}" in " ".join(refused.stderr.split())
    cli("task", "cancel", "last")
    mine = cli("run", ASK, "--detach").stdout.strip()
    monkeypatch.chdir(there)
    cli("task", "cancel", "last", "--yes")
    assert live.gateway.cancelled == [task_id, mine]


@pytest.mark.slow
def test_a_question_of_the_planner(live: LiveServer) -> None:
    """With nobody at the terminal it is exit code 6 and is told; task answer takes the number of a
    choice and lets the task go on. --yes reaches the request."""
    asked = Question(question="Which circle?", choices=("the left one", "the right one"))

    async def play(gateway: Any, task_id: str) -> None:
        answer = await gateway.ask(task_id, "question1", asked)
        await gateway.end(task_id, result=TaskResult(text=answer.text))

    live.gateway.script = play
    told = cli("run", ASK, code=exits.INPUT_REQUIRED).stderr
    assert "Which circle?" in told and "2 the right one" in told
    cli("task", "answer", "last", "2")
    assert "the right one" in cli("task", "show", "last").stdout
    cli("run", ASK, "--yes", "--detach")
    assert [one.request.options.assume for one in live.gateway.tasks.values()] == [False, True]


def test_artifact_get(live: LiveServer, tmp_path: Path) -> None:
    """artifact get saves checked bytes and prints the path; --json tells the lineage."""
    ref = live.do(live.store.put(picture(20), owner="local"))
    path = cli("artifact", "get", ref.sha256).stdout.strip()
    assert Path(path).read_bytes() == picture(20)
    body = json.loads(cli("artifact", "get", ref.sha256, "-o", "b.png", "--json").stdout)
    assert (body["artifact"]["sha256"], body["lineage"]) == (ref.sha256, None)
    assert cli("artifact", "get", ref.sha256, "-o", "-").stdout_bytes == picture(20)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["run", ""], exits.USAGE, "what you want"),
        (["run", "x" * 100_000], exits.USAGE, "20,000"),
        (["run", "a", "--rounds", "99"], exits.USAGE, "less than or equal to 16"),
        (["run", "a", "--seed", "-1"], exits.USAGE, "greater than or equal to 0"),
        (["run", "a", "--image", "nowhere.png"], exits.USAGE, "nowhere.png"),
        (["run", "a", "-o", "no/such/folder/x.png"], exits.USAGE, "mkdir -p"),
        (["run", "a", "-o", "."], exits.USAGE, "folder"),
        (["run", "a", "--candidate", "2"], exits.USAGE, "--candidates"),
        (["run", "a", "--approve", "maybe"], exits.USAGE, "final"),
        (["run"], exits.USAGE, "REQUEST"),
        (["runn", "a"], exits.USAGE, "maquette run"),
        (["a red circle"], exits.USAGE, 'maquette run "a red circle"'),
        (["task", "show", new_task_id()], exits.USAGE, "maquette"),
        (["task", "show", "nothing"], exits.USAGE, "maquette task ls"),
        (["task", "approve", "last"], exits.USAGE, "maquette task ls"),
        (["artifact", "get", "0" * 64], exits.USAGE, ""),
        (["artifact", "get", "x"], exits.USAGE, "64 hexadecimal"),
    ],
)
def test_wrong_requests(live: LiveServer, arguments: list[str], code: int, told: str) -> None:
    """A wrong request is exit code 2, a sentence and a next step, and starts nothing."""
    result = cli(*arguments, code=code)
    assert told in re.sub(r"[│\s]+", " ", result.stderr)
    assert result.stdout == ""
    assert live.gateway.submissions == 0


def test_errors_as_json(live: LiveServer) -> None:
    """With --json an error is a document on stdout with code, detail and hint."""
    result = cli("task", "show", new_task_id(), "--json", code=exits.USAGE)
    assert json.loads(result.stdout)["error"]["code"] == "not_found"


def test_a_broken_picture(live: LiveServer, tmp_path: Path) -> None:
    """A file that is no picture is refused with exit code 2 before any task is started."""
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + b"?" * 50)
    assert "next:" in cli("run", "a", "--image", str(broken), code=exits.USAGE).stderr
    assert live.gateway.submissions == 0


def test_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no stack running: exit code 4 and the command that starts one."""
    monkeypatch.setenv("MAQUETTE_DATA_DIR", str(tmp_path))
    told = cli("task", "ls", code=exits.UNREACHABLE).stderr
    assert "maquette up" in told
    cli("status", code=exits.UNREACHABLE)
    assert json.loads(cli("status", "--json", code=exits.UNREACHABLE).stdout)["running"] is False
    assert cli("down").stdout == "no stack was running\n"


def test_wrong_token(live: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that does not fit is exit code 5."""
    monkeypatch.setenv("MAQUETTE_API__TOKEN", "another")
    assert "token" in cli("task", "ls", code=exits.AUTH).stderr


def test_config_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """config show prints every setting, where it came from, and no secret."""
    monkeypatch.setenv("MAQUETTE_API__PORT", "9123")
    monkeypatch.setenv("MAQUETTE_API__TOKEN", "very-secret")
    shown = json.loads(cli("config", "show", "--origin", "--json").stdout)
    assert shown["api.port"]["value"] == 9123
    assert "MAQUETTE_API__PORT" in shown["api.port"]["origin"]
    assert "very-secret" not in cli("config", "show").stdout
    assert "very-secret" not in json.dumps(shown)


def test_a_typing_error_in_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown setting ends every command with the nearest one, not with a stack."""
    monkeypatch.setenv("MAQUETTE_API__PROT", "9123")
    assert "MAQUETTE_API__PORT" in cli("task", "ls", code=exits.USAGE).stderr


PLUGGED_IN = """
import sys
import typer
app = typer.Typer()
@app.command()
def hello(name: str = "world") -> None:
    sys.stdout.write(f"hello {name}\\n")
"""


def test_a_plugged_in_command(packages: Packages) -> None:
    """A Typer app under the entry point group is a command; one that breaks is named, and the
    others still work."""
    places = {"hello": "plugged_in:app", "broken": "no_such_module:app", "run": "plugged_in:app"}
    entries = {f"commands:{name}": place for name, place in places.items()}
    packages.install("plugged_in", entries, PLUGGED_IN)
    assert cli("hello", "--name", "you").stdout == "hello you\n"
    assert "no_such_module" in cli("broken", code=exits.FAILED).stderr
    assert "REQUEST" in cli("run", "--help").stdout


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A poster that says HELLO!", "poster-that-says-hello"),
        ("  Ünïcode — œuvre ", "unicode-uvre"),
        ("../../etc/passwd", "etc-passwd"),
        ("漢字", "picture"),
        ("the", "the"),
        ("x" * 200, "x" * MAX_CHARACTERS),
    ],
)
def test_slug(text: str, name: str) -> None:
    """A file name is a few plain words, whatever the request says."""
    assert slug(text) == name


def test_saving_never_replaces_something_else(tmp_path: Path) -> None:
    """Equal bytes are fine, other bytes need --force, and nothing half-written stays behind."""
    path = tmp_path / "a.png"
    save(b"one", path, overwrite=False)
    save(b"one", path, overwrite=False)
    with pytest.raises(Conflict) as error:
        save(b"two", path, overwrite=False)
    assert "--force" in error.value.hint
    assert path.read_bytes() == b"one"
    save(b"two", path, overwrite=True)
    assert path.read_bytes() == b"two"
    assert [one.name for one in tmp_path.iterdir()] == ["a.png"]
    with pytest.raises(InvalidInput):
        save(b"x", tmp_path / "no" / "a.png", overwrite=False)


def test_startup_is_quick_and_light() -> None:
    """What `run` loads before it talks to the server holds no heavy library."""
    program = (
        "import sys\n"
        "import maquette.api.cli.main, maquette.api.cli.run, maquette.api.cli.delivery.attend\n"
        "import maquette.api.cli.connect, maquette.api.cli.terminal.validation\n"
        "import maquette.infra.stack.control\n"
        "heavy = {'torch', 'ray', 'temporalio', 'PIL', 'numpy', 'fastapi', 'uvicorn', 'minio'}\n"
        "print(*(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (found.returncode, found.stdout.strip()) == (0, "")


Scene = Callable[[str], bytes | None]


def in_terminal(arguments: list[str], play: dict[str, bytes]) -> tuple[int, str]:
    """Run the command line in a pseudo-terminal; when a text of ``play`` appears, its keys are
    pressed. Returns the exit code and everything that was shown."""
    waiting = dict(play)
    pid, terminal = pty.fork()
    if pid == 0:  # the child
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "100"}
        os.execv(sys.executable, [sys.executable, "-m", "maquette.api.cli.main", *arguments])
    shown = b""
    deadline = time.monotonic() + 40
    try:
        while time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    data = os.read(terminal, 65_536)
                except OSError:
                    break
                if not data:
                    break
                shown += data
            seen = plain(shown.decode(errors="replace"))
            for text in [text for text in waiting if text in seen]:
                os.write(terminal, waiting.pop(text))
        else:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


@pytest.mark.slow
def test_a_terminal_sees_progress_and_the_picture(live: LiveServer) -> None:
    """In a terminal there are bars that move, then the picture in half blocks, then the path."""
    live.gateway.script = Poster(live.store, pause_s=0.15)
    code, shown = in_terminal(["run", ASK], {})
    text = plain(shown)
    assert code == 0
    assert "━" in text and "step 10 of 20" in text
    assert "▀" * 30 in text
    assert re.search(r"\./poster-\S+\.png\s*$", text)


@pytest.mark.slow
def test_ctrl_c_steps_away(live: LiveServer) -> None:
    """One Ctrl-C leaves the task running, says how to come back, and exits with 130."""
    live.gateway.script = Poster(live.store, pause_s=0.2)
    code, shown = in_terminal(["run", ASK], {"round 1 of 3": b"\x03"})
    [task_id] = live.gateway.tasks
    assert code == exits.INTERRUPTED
    assert f"maquette task watch {task_id}" in plain(shown)
    assert live.gateway.cancelled == []


@pytest.mark.slow
def test_ctrl_c_twice_cancels(live: LiveServer) -> None:
    """A second Ctrl-C cancels the task."""
    live.gateway.script = Poster(live.store, pause_s=1.0)
    keys = {"round 1 of 3": b"\x03", "Ctrl-C again": b"\x03"}
    code, shown = in_terminal(["run", ASK], keys)
    assert code == exits.INTERRUPTED
    assert live.gateway.cancelled == list(live.gateway.tasks)
    assert "cancelled" in plain(shown)


@pytest.mark.slow
def test_approving_at_the_terminal(live: LiveServer) -> None:
    """The plan is shown, y goes on, and what was unclear is asked again."""
    live.gateway.script = Poster(live.store, ask=True)
    keys = {"approve the plan? [y/n]": b"perhaps\ny\n"}
    code, shown = in_terminal(["run", ASK, "--approve", "plan"], keys)
    assert code == 0, plain(shown)
    assert [answer.action.value for answer in live.gateway.answers] == ["approve"]


@pytest.mark.slow
def test_a_result_is_shown_before_it_is_approved(live: LiveServer) -> None:
    """Asked for a final approval, a person first sees the verdict with its score, what was not
    judged, and the file that holds the picture already."""
    play = Poster(live.store)

    async def finished(gateway: Any, task_id: str) -> None:
        draft = await play._draft(gateway, task_id, 1, 0, WORDS)
        told = {"best": draft, "score": draft.score, "not_judged": ("shows a circle",)}
        result = TaskResult(artifacts=(draft.artifact,), **told)
        await gateway.change(task_id, result=result)
        await gateway.ask(task_id, "final", question="is this what you wanted?")
        await gateway.end(task_id, TaskStatus.UNVERIFIED)

    live.gateway.script = finished
    keys = {"approve the final? [y/n]": b"y\n"}
    code, shown = in_terminal(["run", ASK, "--approve", "final", "-o", "out.png"], keys)
    before = plain(shown).partition("approve the final?")[0]
    assert code == exits.UNVERIFIED, plain(shown)
    for part in ("score 1.00", "1 passed, 2 unjudged", "not judged: shows a circle", "./out.png"):
        assert part in before, part
    assert Path("out.png").read_bytes() == picture(180)


@pytest.mark.slow
def test_answering_at_the_terminal(live: LiveServer) -> None:
    """A planner's question shows its choices; Enter takes the best guess."""
    asked = Question(question="Which circle?", choices=("left", "right"), guess="right")

    async def play(gateway: Any, task_id: str) -> None:
        answer = await gateway.ask(task_id, "question1", asked)
        await gateway.end(task_id, result=TaskResult(text=f"taken: {answer.text}"))

    live.gateway.script = play
    code, shown = in_terminal(["run", ASK], {"Enter for the best guess": b"\n"})
    assert code == 0, plain(shown)
    assert "2 right  (best guess)" in plain(shown) and "taken: right" in plain(shown)


def test_interrupted_before_there_is_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the stack is still coming up ends quietly with 130."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("maquette.api.cli.run.make_client", interrupted)
    assert cli("run", ASK, code=exits.INTERRUPTED).stderr == "interrupted\n"
