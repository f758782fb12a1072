"""What the planner's language model is taught: the message of a request, and the right answer.

The right plan is the embedded planner's from labels by hand. Each answer is read back by the
language model planner itself; one that does not give the same plan is not taught.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from maquette.agents.planning.language_model import LanguagePlanner
from maquette.agents.planning.llm.endpoint import Reply
from maquette.agents.planning.llm.prompt import user_message
from maquette.agents.planning.llm.text import clean
from maquette.agents.planning.llm.wire import plan_schema
from maquette.agents.plans.composed.gallery import Gallery
from maquette.model_servers.schemas.reading import ReadReply, ReadRequest
from maquette.records.errors import FixInput, MaquetteError, PlanRejected
from maquette.records.loop import STRATEGIES
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.registry import load_registry
from maquette.training.evaluation.requests.assembled import reply_of
from maquette.training.evaluation.requests.measure import PICTURE
from maquette.training.evaluation.requests.planner import embedded_planner, models_here
from maquette.training.language.claims import claims_for
from maquette.training.language.wired import Misfit, plan_answer, refusal_answer
from maquette.training.reading.markup import Example
from maquette.training.reading.truth import is_kept

MAX_REFUSAL = 160
"""Characters of a refusal; its hint, which lists what can be done, is not taught."""
MAX_ANSWER = 6_000
"""Characters of an answer; longer ones would cost more to teach than they are worth."""
_ADDED = re.compile(r"asked_\d+")
"""Criteria that whoever reads an answer adds for words that nobody understood."""
_NOT_COMPARED = ("reason", "source", "alternatives", "probability")


@dataclass(frozen=True)
class Pair:
    """A request, and the answer that is right for it."""

    name: str
    """Number of the request among all, and of its variation: ``17.0`` is as it was written."""
    text: str
    attached: int
    language: str
    kept: bool
    """Whether it is kept from training."""
    user: str
    answer: str


class Recited:
    """Stands for an endpoint whose model says one thing."""

    model = "recited"
    takes_pictures = False

    def __init__(self, answer: str = "") -> None:
        self.answer = answer

    async def ask(self, messages: Any, schema: Any, *, pictures: bool = False) -> Reply:
        """The one thing."""
        return Reply(self.answer)


class Teacher:
    """Plans from labels by hand, writes the answer, and reads it back."""

    def __init__(self) -> None:
        self._known: dict[str, ReadReply] = {}
        self.registry = load_registry()
        self.schema = plan_schema(self.registry, STRATEGIES)
        self._embedded = embedded_planner(labels=self._read)
        self.endpoint = Recited()
        self.reader = language_planner(self.endpoint)

    def _read(self, request: ReadRequest) -> ReadReply:
        return self._known[request.text]

    async def right(self, example: Example) -> Plan | MaquetteError:
        """The plan from labels by hand, or why there is none."""
        masked, reply = reply_of(example)
        self._known = {masked: reply}
        try:
            return await self._embedded.plan(request_of(example.text, example.attached))
        except MaquetteError as error:
            return error

    async def answer(self, example: Example) -> str | None:
        """The right answer; None: there is none that gives the same plan."""
        plan = await self.right(example)
        try:
            written = self._written(plan, example.text)
        except Misfit:
            return None
        if written is None or len(written) > MAX_ANSWER:
            return None
        self.endpoint.answer = written
        again = await planned(self.reader, example.text, example.attached)
        return written if same(again, plan) else None

    def _written(self, plan: Plan | MaquetteError, text: str) -> str | None:
        if isinstance(plan, MaquetteError):
            if not refuses(plan):
                return None
            return refusal_answer(clean(plan.message, MAX_REFUSAL), self.schema)
        claims = [asdict(claim) for claim in claims_for(plan, text)]
        return plan_answer(plan, claims, self.schema)


def language_planner(endpoint: Any) -> LanguagePlanner:
    """The language model planner with the art packs and every tool, and nothing to fall back to.

    Args:
        endpoint: what answers, as ``Endpoint`` does.
    """
    gallery = Gallery(models_here(labels=_unread))
    return LanguagePlanner(endpoint, load_registry(), gallery=gallery if gallery.there else None)


def _unread(request: ReadRequest) -> ReadReply:
    raise AssertionError("the language model planner asks no reader")


async def planned(planner: LanguagePlanner, text: str, attached: int) -> Plan | MaquetteError:
    """What becomes of a request."""
    try:
        return await planner.plan(request_of(text, attached))
    except MaquetteError as error:
        return error


def request_of(text: str, attached: int) -> TaskRequest:
    """A request with stand-ins for its pictures."""
    return TaskRequest(text=text, inputs=(PICTURE,) * attached)


def same(one: Plan | MaquetteError, other: Plan | MaquetteError) -> bool:
    """Whether two plans do and check the same, or both are refusals."""
    if isinstance(one, Plan) and isinstance(other, Plan):
        return shape(one) == shape(other)
    return refuses(one) and refuses(other)


def refuses(found: Plan | MaquetteError) -> bool:
    """Whether a request is refused, rather than answered with a plan that is no good."""
    return isinstance(found, FixInput) and not isinstance(found, PlanRejected)


def shape(plan: Plan) -> Any:
    """What a plan does and checks, without what is only told of it."""
    value = plan.model_dump(mode="json")
    return _bare(value["nodes"]), value["outputs"]


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(item) for item in value if not _is_added(item)]
    if not isinstance(value, dict):
        return value
    kept = {key: item for key, item in value.items() if key not in _NOT_COMPARED}
    return {key: _bare(item) for key, item in kept.items() if item not in (None, {})}


def _is_added(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and item.get("kind") == "asked"
        and _ADDED.fullmatch(str(item.get("id"))) is not None
    )


def make_pair(name: str, example: Example, teacher: Teacher) -> Pair | None:
    """The pair of an example; None: no answer gives its plan."""
    answer = asyncio.run(teacher.answer(example))
    if answer is None:
        return None
    message = user_message(request_of(example.text, example.attached))
    told = (example.text, example.attached, example.language, is_kept(example))
    return Pair(name, *told, user=message, answer=answer)


def write_pairs(path: Path, examples: Iterable[tuple[str, Example]], teacher: Teacher) -> int:
    """Add to a file the pairs of those examples that it has not yet, each when it is made.

    An example without a pair has a line, too, so that it is not tried again and is counted.

    Returns: how many lines were added.
    """
    there = {value["name"] for value in _lines(path)}
    if path.exists():  # a last line that was cut off goes
        path.write_text("".join(f"{_json(value)}\n" for value in _lines(path)), "utf-8")
    added = 0
    with path.open("a", encoding="utf-8") as file:
        for name, example in examples:
            if name in there:
                continue
            pair = make_pair(name, example, teacher)
            value = {"name": name, "text": example.text} if pair is None else asdict(pair)
            file.write(f"{_json(value)}\n")
            file.flush()
            added += 1
    return added


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file. Raises: FileNotFoundError: there is none."""
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there; make it with the command pairs")
    return [Pair(**value) for value in _lines(path) if "answer" in value]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").split("\n") if path.exists() else ():
        try:
            yield json.loads(line)
        except ValueError:
            continue
