"""The planner that asks a language model, through any OpenAI-compatible endpoint."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from maquette.agents.planning.budget import within_budget
from maquette.agents.planning.llm.answer import read_object
from maquette.agents.planning.llm.art import with_art
from maquette.agents.planning.llm.asked import with_ledger
from maquette.agents.planning.llm.endpoint import Endpoint, Reply
from maquette.agents.planning.llm.ledger import account, claims_of
from maquette.agents.planning.llm.prompt import (
    Message,
    first_messages,
    repair_messages,
    sight_messages,
)
from maquette.agents.planning.llm.served import Offer, offer
from maquette.agents.planning.llm.sight import adjusted, seen
from maquette.agents.planning.llm.text import clean
from maquette.agents.planning.llm.wire import from_wire, plan_schema
from maquette.agents.planning.seam import Look, Planner, Scenes
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.validation.validator import PlanLimits, Rule, check_plan, parse_plan
from maquette.model_servers.client.contract import ModelClient
from maquette.records.errors import (
    ConfigError,
    FixInput,
    MaquetteError,
    ModelUnavailable,
    PlanRejected,
)
from maquette.records.loop import STRATEGIES
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry

if TYPE_CHECKING:
    from maquette.infra.settings.schema import PlannerSettings

log = logging.getLogger(__name__)

MAX_REFUSAL_CHARACTERS = 600
REPAIRS = 1
LEAST_KEPT = 0.5
"""Share of a request's words with a wish that a plan must keep to be a plan for it."""
WORDS_LOST = "words_lost"
"""Code of the reason when words of the request are nowhere in the plan."""

Pictures = Literal["auto", "on", "off"]


@dataclass(frozen=True)
class Drafted:
    """A plan, the answer it was read from, and the words that it silently dropped."""

    plan: Plan
    answer: str
    dropped: tuple[str, ...]


class LanguagePlanner:
    """Asks for a plan in a strict JSON schema, checks it, and lets it be mended once.

    Each word of the request is accounted for. When the model is away or its plan stays wrong, the
    fallback plans, and a note and the log say so.
    """

    label = "language model"

    def __init__(
        self,
        endpoint: Endpoint,
        registry: Registry,
        *,
        models: ModelClient | None = None,
        gallery: Gallery | None = None,
        fallback: Planner | None = None,
        strategies: frozenset[str] = STRATEGIES,
        pictures: Pictures = "auto",
    ) -> None:
        """
        Args:
            models: asked what they can do, for the cards; None: nothing is told of them.
            gallery: the things of the art packs; None: none is placed.
            pictures: whether attached pictures are shown to the model. ``auto``: until it refuses
                one; ``on`` also after that.
        """
        self._endpoint = endpoint
        self._registry = registry
        self._models = models
        self._gallery = gallery
        self._fallback = fallback
        self._strategies = strategies
        self._pictures = pictures

    @classmethod
    def of(
        cls,
        settings: PlannerSettings,
        registry: Registry,
        *,
        models: ModelClient | None = None,
        gallery: Gallery | None = None,
        fallback: Planner | None = None,
        strategies: frozenset[str] = STRATEGIES,
    ) -> LanguagePlanner:
        """The planner that the settings describe. Raises: ConfigError: no model is named."""
        return cls(
            Endpoint.of(settings),
            registry,
            models=models,
            gallery=gallery,
            fallback=fallback,
            strategies=strategies,
            pictures=settings.pictures,
        )

    async def plan(self, request: TaskRequest, *, scenes: Scenes = ()) -> Plan:
        """See ``Planner.plan``."""
        return await self._planned(request, scenes, None)

    async def plan_seeing(self, request: TaskRequest, *, look: Look, scenes: Scenes = ()) -> Plan:
        """The plan for the words alone; places and colours in it adjusted to attached pictures.

        Args:
            look: gives the bytes of an attached picture.
        Raises: as ``plan``.
        """
        return await self._planned(request, scenes, look)

    async def _planned(self, request: TaskRequest, scenes: Scenes, look: Look | None) -> Plan:
        there = await offer(self._registry, self._models, self._gallery)
        try:
            drafted = await self._asked(request, there)
            if look is not None and self._shows(request):
                return await self._adjusted(drafted, request, there, look)
            return drafted.plan
        except (PlanRejected, ModelUnavailable, ConfigError) as error:
            if self._fallback is None:
                raise
            why = _why(error)
            log.warning("the language model %s; the embedded planner plans", why)
            plan = await self._fallback.plan(request, scenes=scenes)
            note = f"the language model {why}; the embedded planner made this plan"
            return plan.model_copy(update={"notes": (*plan.notes, note)})
        except FixInput:
            if self._fallback is None or not there.missing:
                raise
            log.warning(
                "the language model refuses while tools are away; the embedded planner plans"
            )
            return await self._fallback.plan(request, scenes=scenes)

    async def _asked(self, request: TaskRequest, there: Offer) -> Drafted:
        """A plan, mended once. Raises: PlanRejected, ModelUnavailable, ConfigError, FixInput."""
        messages = first_messages(there.tools, there.served, request)
        best: Drafted | None = None
        refusal = PlanRejected([(Rule.EMPTY_PLAN, "no plan was asked for")])
        for _ in range(1 + REPAIRS):
            try:
                reply = await self._reply(messages, there)
            except (ModelUnavailable, ConfigError):
                if best is None:
                    raise
                return best
            try:
                drafted = await self._read(reply, request, there)
            except PlanRejected as error:
                refusal = error
                messages += repair_messages(reply.text, error.reasons)
                continue
            if best is None or len(drafted.dropped) < len(best.dropped):
                best = drafted
            if not drafted.dropped:
                break
            messages += repair_messages(reply.text, _lost(drafted.dropped))
        if best is None:
            raise refusal
        return best

    async def _reply(
        self, messages: list[Message], there: Offer, *, pictures: bool = False
    ) -> Reply:
        if not len(there.tools):
            raise ModelUnavailable("no tool can be planned: the model servers do not answer")
        schema = plan_schema(there.tools, self._strategies)
        return await self._endpoint.ask(messages, schema, pictures=pictures)

    async def _read(self, reply: Reply, request: TaskRequest, there: Offer) -> Drafted:
        """Parse strictly, find the art, validate, and account for every word.

        Raises: PlanRejected: with every rule that is broken. FixInput: the model refuses.
        """
        value = _willing(reply)
        plan = await with_art(parse_plan(from_wire(value)), self._gallery)
        plan = self._checked(plan, request, there)
        found = account(claims_of(value.get("ledger")), plan, request.text)
        if found.kept < LEAST_KEPT:
            raise PlanRejected(_lost(found.dropped))
        return Drafted(with_ledger(plan, found.ledger, request.text), reply.text, found.dropped)

    def _checked(self, plan: Plan, request: TaskRequest, there: Offer) -> Plan:
        plan = plan.model_copy(update={"planner": self._endpoint.model})
        plan = within_budget(plan, there.tools, request.options)
        limits = PlanLimits(budget_s=request.options.budget_s, strategies=self._strategies)
        return check_plan(plan, there.tools, inputs=len(request.inputs), limits=limits)

    def _shows(self, request: TaskRequest) -> bool:
        wanted = self._pictures == "on" or (
            self._pictures == "auto" and self._endpoint.takes_pictures
        )
        return wanted and any(ref.is_picture for ref in request.inputs)

    async def _adjusted(
        self, drafted: Drafted, request: TaskRequest, there: Offer, look: Look
    ) -> Plan:
        """The plan after the pictures were seen; as it was where that comes to nothing."""
        try:
            messages = first_messages(there.tools, there.served, request)
            messages += sight_messages(drafted.answer, await seen(request.inputs, look))
            reply = await self._reply(messages, there, pictures=True)
            after = parse_plan(from_wire(read_object(reply.text, cut=reply.cut)))
            return self._checked(adjusted(drafted.plan, after), request, there)
        except MaquetteError as error:
            log.info("the plan stays as the words alone made it: %s", clean(error.message, 300))
            return drafted.plan

    async def close(self) -> None:
        """Close the connections to the endpoint."""
        await self._endpoint.close()


def _willing(reply: Reply) -> dict[str, Any]:
    """The answer as an object. Raises: PlanRejected: it is none. FixInput: the model refuses."""
    if reply.refusal.strip() and not reply.text.strip():
        raise FixInput(clean(reply.refusal, MAX_REFUSAL_CHARACTERS))
    value = read_object(reply.text, cut=reply.cut)
    refusal = value.get("refusal")
    if isinstance(refusal, str) and refusal.strip():
        if value.get("nodes"):
            reason = "the answer refuses and plans at once; do one of the two"
            raise PlanRejected([(Rule.MALFORMED, reason)])
        raise FixInput(clean(refusal, MAX_REFUSAL_CHARACTERS))
    return value


def _lost(words: tuple[str, ...]) -> list[tuple[str, str]]:
    quoted = ", ".join(f'"{clean(word, 60)}"' for word in words[:20])
    sentence = (
        f"these words of the request are nowhere in the plan: {quoted}; plan for them, and say in "
        "the ledger where they went, or that they are not_understood"
    )
    return [(WORDS_LOST, sentence)]


def _why(error: MaquetteError) -> str:
    if isinstance(error, ModelUnavailable):
        return f"did not answer ({clean(error.message, 200)})"
    if isinstance(error, ConfigError):
        return f"cannot be asked ({clean(error.message, 200)})"
    return f"gave no valid plan ({clean(error.message, 200)})"
