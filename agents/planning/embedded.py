"""The embedded planner: a trained reader labels the words, intents plan from the labels, and what
no plan holds is said."""

from __future__ import annotations

import logging

from maquette.agents.intents.contract import Asked, Intent
from maquette.agents.intents.router import Router
from maquette.agents.intents.table import INTENTS, Table, all_intents, can_do
from maquette.agents.planning.budget import within_budget
from maquette.agents.planning.kinds import INTENTS as KINDS
from maquette.agents.planning.kinds import intent_of, is_open
from maquette.agents.planning.seam import Scenes
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.finishing.formats import formatted
from maquette.agents.plans.finishing.law import (
    not_understood,
    said_only,
    with_asked,
    with_ledger,
)
from maquette.agents.plans.finishing.merging import merged
from maquette.agents.plans.served import Served
from maquette.agents.reading.labelled.edits.adjusting import format_of
from maquette.agents.reading.labelled.read import Read, read_labelled
from maquette.agents.reading.request import Reading
from maquette.agents.tool_planning.by_cards import HOUSE, plan_by_cards
from maquette.agents.validation.validator import PlanLimits, check_plan
from maquette.model_servers.client.contract import ModelClient
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.records.errors import FixInput, NeedsAnswer
from maquette.records.loop import STRATEGIES
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.availability import available, look, roles_of
from maquette.tools.registry import Registry

log = logging.getLogger(__name__)

ACTS = {
    "draw": "make a new picture",
    "edit": "change the picture",
    "describe": "say what it shows",
    "read": "read its words",
    "find": "find something in it",
    "rate": "rate it",
    "search": "look for pictures made before",
    "chat": "answer in words",
    "sound": "something that is no picture",
    "clarify": "something else",
    "show": "draw its thing again",
}
"""What each intent does, as a choice of a question."""


class EmbeddedPlanner:
    """Plans with what is in the box: no language model, no network.

    A request is read once; each of its items is planned by its intent from that reading.
    """

    label = "embedded"

    def __init__(
        self,
        models: ModelClient,
        registry: Registry,
        intents: Table | None = None,
        gallery: Gallery | None = None,
        *,
        strategies: frozenset[str] = STRATEGIES,
    ) -> None:
        """
        Args:
            gallery: the things of the art packs; None: pictures are only drawn.
        """
        self._registry = registry
        self._strategies = strategies
        self._models = models
        self._served = Served(models)
        self._reader = EmbeddingClient(models)
        self._intents = all_intents() if intents is None else intents
        self._gallery = gallery
        self._router = Router(self._intents)
        self._can_do = can_do(self._intents)

    async def plan(self, request: TaskRequest, *, scenes: Scenes = ()) -> Plan:
        """See ``Planner.plan``."""
        read = await read_labelled(request.text, len(request.inputs), self._reader)
        count = len(request.inputs)
        plan = await plan_by_cards(request.text, count, await self._alive())
        if plan is None:
            plan = await self._planned(request, read, tuple(scenes))
        plan = with_ledger(plan, read.ledger, request.text)
        plan = within_budget(plan, self._registry, request.options)
        return check_plan(
            plan,
            self._registry,
            inputs=len(request.inputs),
            limits=PlanLimits(budget_s=request.options.budget_s, strategies=self._strategies),
        )

    async def _alive(self) -> Registry:
        """The tools that can run now. Asked of the models only where plug-ins brought some, since
        the intents ask for themselves."""
        if all(self._registry.origin(spec.name) == HOUSE for spec in self._registry):
            return self._registry
        return available(self._registry, await look(self._models, roles_of(self._registry)))

    async def _planned(self, request: TaskRequest, read: Read, scenes: Scenes) -> Plan:
        """Every item's plan, together. An item that cannot be planned leaves the others.

        Raises: FixInput: not one can.
        """
        plans, refused = [], []
        for reading, (start, end) in zip(read.items, read.extents, strict=True):
            item = request.model_copy(update={"text": request.text[start:end].strip() or " "})
            many = len(read.items)
            try:
                plan = await self._item(item if many > 1 else request, reading, scenes, many)
            except FixInput as error:
                refused.append((item.text, error))
                continue
            asked = [*said_only(reading, many), *not_understood(read.ledger, start, end)]
            plans.append(with_asked(plan, asked))
        if not plans:
            raise refused[0][1]
        together = merged(plans)
        return with_asked(together, [(words, error.message) for words, error in refused])

    async def _item(
        self, request: TaskRequest, reading: Reading, scenes: Scenes, items: int
    ) -> Plan:
        intent = self._intent(reading)
        asked = Asked(request, reading, self._served, self._can_do, self._gallery, scenes)
        plan = await intent.plan(asked)
        if intent.name == "draw":
            form = format_of(reading.labelled, items)
            plan = formatted(plan, form)
            left = [reading.labelled.pieces[k].text for k in form.left]
            plan = with_asked(plan, [(words, "this form is not known") for words in left])
            if form.kind == "svg":
                plan = with_asked(plan, [("SVG", "pictures are made of pixels here")])
        return plan

    def _intent(self, reading: Reading) -> Intent:
        """The intent of an item. Raises: NeedsAnswer: two are as likely. FixInput: its intent is
        left out here."""
        own = self._router.told(reading)
        if own is not None and own.name not in INTENTS:  # of an installed package
            return own
        pair = is_open(reading)
        if pair is not None:
            first, second = (KINDS[kind] for kind in pair)
            raise NeedsAnswer(
                "What is wanted is not clear.",
                (ACTS[first], ACTS[second]),
                guess=ACTS[first],
                hint="Say it in other words.",
            )
        known = self._intents.get(intent_of(reading))
        if known is None:
            raise FixInput("this kind of request is not served here", hint=self._can_do)
        return known
