"""A conversation on the terminal: what is said, how it was understood, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.padding import Padding
from rich.text import Text

from maquette.agents.conversation.keeping import UNCHANGED
from maquette.api.cli.delivery.deliver import say_end
from maquette.api.cli.delivery.follow import Left, attend
from maquette.api.cli.delivery.room import room_at
from maquette.api.cli.delivery.saving import check_target, save
from maquette.api.cli.talking.lines import Lines
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.views.claims import not_sure
from maquette.api.cli.views.preview import can_show, half_blocks
from maquette.api.cli.views.views import view_for
from maquette.api.client import MaquetteClient
from maquette.api.schemas import turn_view
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import FixInput, InvalidInput, MaquetteError
from maquette.records.session import Turn
from maquette.records.task import Problem, Task, TaskOptions

PROMPT = "> "
HELP = (
    ("/image FILE", "attach a picture to what you say next"),
    ("/undo", "take the last picture back"),
    ("/new WORDS", "a new picture, whatever there is"),
    ("/save FILE", "save the current picture"),
    ("/quit", "leave; the session stays: maquette chat --session ID"),
    ("/close", "end the session and leave"),
)
_SAID = {"/undo": "undo that", "/new": "new: {rest}"}
_LEAVING = ("/quit", "/exit", "/close")


@dataclass
class Talk:
    """One sitting at a session."""

    client: MaquetteClient
    screen: Screen
    session_id: str
    options: TaskOptions
    preview: bool = True
    place: Path | None = None
    waiting: list[ArtifactRef] = field(default_factory=list)
    """Pictures for the next turn."""
    code: int = exits.OK
    """The exit code: that of the last turn, as ``run`` would give it."""

    async def hold(self, lines: Lines) -> int:
        """Talk until the input ends or somebody leaves. Returns the exit code."""
        while True:
            if self.screen.attended:
                self.screen.err.print(PROMPT, end="", style="name")
            line = await lines.next()
            if line is None:
                return self.code
            words = line.strip()
            if not words or words.startswith("#"):
                continue
            try:
                left = await self._line(words)
            except FixInput as error:  # said wrongly; the talk goes on
                self.screen.fail(error)
                self.code = exits.code_of(error)
                continue
            if left:
                return self.code

    async def _line(self, words: str) -> bool:
        """One line; whether it was the last."""
        command, _, rest = words.partition(" ")
        rest = rest.strip()
        if not command.startswith("/"):
            await self.say(words)
            return False
        match command:
            case "/help" | "/?":
                for name, what in HELP:
                    self.screen.say(Text.assemble((f"  {name:<13}", "name"), what))
            case "/image":
                self.waiting.append(await self.client.upload(picture_at(Path(rest))))
                self.screen.say(Text(f"attached: {rest}", style="quiet"))
            case "/save":
                await self._save(rest)
            case "/undo":
                await self.say(_SAID[command])
            case "/new":
                if not rest:
                    raise InvalidInput("/new says nothing", hint='for example: "/new a red house"')
                await self.say(_SAID[command].format(rest=rest))
            case "/close":
                await self.client.close_session(self.session_id)
                self.screen.say(Text("the session is closed", style="quiet"))
            case _ if command not in _LEAVING:
                raise InvalidInput(
                    f"there is no command {command[:20]!r} here", hint="/help lists them"
                )
        return command in _LEAVING

    async def say(self, words: str) -> None:
        """One turn: said, shown how it was understood, followed to its end."""
        inputs, self.waiting = self.waiting, []
        with room_at(self.place):
            turn = await self.client.say(
                self.session_id, words, inputs=inputs, options=self.options
            )
        if not self.screen.as_json:
            self._understood(turn)
        if turn.task_id is None:
            self.code = exits.OK if turn.problem is None else exits.FAILED
            self._tell(turn, None)
            return
        with view_for(self.screen) as view, room_at(self.place, turn.task_id):
            found = await attend(
                self.client,
                turn.task_id,
                view,
                ask=None,
                on_detach=self._stepping_away,
                place=self.place,
            )
        if isinstance(found, Left):
            self.code = exits.INTERRUPTED
            return
        self.code = exits.code_for(found)
        await self._show(found)
        made = found.result.artifacts if found.result else ()
        if not self.screen.as_json and any(one in found.request.inputs for one in made):
            self.screen.say(Text(UNCHANGED, style="quiet"))
        self._tell(turn, found)

    def _understood(self, turn: Turn) -> None:
        if turn.explanation:
            self.screen.say(Text(" ".join(turn.explanation.split()), style="quiet"))
        if turn.alternative:
            self.screen.say(Text.assemble(("? ", "unjudged"), turn.alternative))
        if turn.problem is not None:
            self._problem(turn.problem)

    def _problem(self, problem: Problem) -> None:
        error = MaquetteError(problem.detail, hint=problem.hint)
        self.screen.fail(error)

    async def _show(self, task: Task) -> None:
        """How the task ended, and its picture where the terminal can show one."""
        if self.screen.as_json:
            return
        made = task.result.artifacts if task.result else ()
        picture = next((ref for ref in made if ref.is_picture), None)
        if picture is not None and self.preview and can_show(self.screen.err):
            data = await self.client.download(picture.sha256)
            self.screen.say(Padding(half_blocks(data), (0, 0, 0, 2), expand=False))
        say_end(task, self.screen)

    def _tell(self, turn: Turn, task: Task | None) -> None:
        """The answer on stdout: a document a turn, or words, or the name of the picture."""
        result = task.result if task else None
        picture = (
            next((ref for ref in result.artifacts if ref.is_picture), None) if result else None
        )
        picture = picture or turn.artifact
        if self.screen.as_json:
            status = task.status if task else turn.status
            told = turn.model_copy(update={"status": status, "artifact": picture})
            if task is not None:
                told = told.model_copy(update={"problem": task.problem})
            self.screen.line({**turn_view(told, self.session_id), "text_answer": _text(task)})
            return
        if result is not None and result.text:
            for line in (*not_sure(result), result.text):
                self.screen.answer(line)
            return
        made = [ref for ref in result.artifacts if ref.is_picture] if result is not None else []
        for one in made or ([picture] if picture is not None else []):
            self.screen.answer(one.sha256)

    def _stepping_away(self) -> None:
        if not self.screen.as_json:
            self.screen.say(Text("stepping away; the task goes on", style="unjudged"))
            self.screen.say(Text("  Ctrl-C again now cancels it", style="quiet"))

    async def _save(self, rest: str) -> None:
        """Write the current picture to a file."""
        if not rest:
            raise InvalidInput("/save names no file", hint="for example: /save picture.png")
        session: dict[str, Any] = await self.client.session(self.session_id)
        if session["accepted"] is None:
            raise InvalidInput("there is no picture to save yet", hint="say what you want first")
        path = Path(rest)
        check_target(path)
        data = await self.client.download(session["accepted"]["artifact"]["sha256"])
        save(data, path, overwrite=True)
        self.screen.say(Text(f"saved: {path}", style="quiet"))


def _text(task: Task | None) -> str | None:
    return task.result.text if task is not None and task.result is not None else None


def picture_at(path: Path) -> bytes:
    """The bytes of a picture to attach. Raises: InvalidInput: the file cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"the picture {path} cannot be read: {error.strerror}", hint="check its path"
        ) from error
