"""The embedded planner: routing by sentence embedding, extraction by rules, layout by search."""

from __future__ import annotations

from maquette.agents.intents import Intent, IntentReader
from maquette.agents.language.lexicon import Lexicon
from maquette.agents.language.scene import names_known_thing
from maquette.agents.language.wording import find_wordings
from maquette.agents.plans.budget import within_budget
from maquette.agents.plans.compose import picture_plan
from maquette.agents.plans.looking import look_plan
from maquette.agents.plans.simple import caption_plan, enlarge_plan, find_plan, read_plan, refuse
from maquette.agents.validator import PlanLimits, check_plan
from maquette.model_servers.client import GenerationClient
from maquette.model_servers.contract import ModelClient
from maquette.records.errors import InvalidInput
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry

MAX_STRING_CHARACTERS = 400


class EmbeddedPlanner:
    """Plans with what is in the box: no language model, no network."""

    label = "embedded"

    def __init__(self, models: ModelClient, registry: Registry) -> None:
        self._registry = registry
        self._generation = GenerationClient(models)
        self._intents = IntentReader(models)

    async def plan(self, request: TaskRequest) -> Plan:
        """See ``Planner.plan``."""
        text = request.text.strip()
        if not any(character.isalnum() for character in text):
            raise InvalidInput(
                "the request has no words", hint='Say what you want, e.g. "a red circle".'
            )
        wordings = find_wordings(text)
        for string in wordings.shown:
            if len(string) > MAX_STRING_CHARACTERS:
                raise InvalidInput(
                    f"a string to be shown has {len(string)} characters; "
                    f"at most {MAX_STRING_CHARACTERS} can be set",
                    hint="Shorten it, or split it into several strings.",
                )
        attached = len(request.inputs)
        model = await self._generation.describe()
        lexicon = Lexicon.of(model.vocabulary)
        intent = await self._intents.read(
            wordings, attached=attached, drawable=names_known_thing(wordings.masked, lexicon)
        )
        match intent:
            case Intent.DRAW:
                plan = picture_plan(request, wordings, lexicon, model)
            case Intent.READ:
                plan = read_plan(request)
            case Intent.CAPTION:
                plan = caption_plan(request, wordings)
            case Intent.ENLARGE:
                plan = enlarge_plan(request)
            case Intent.FIND:
                plan = find_plan(request, wordings)
            case Intent.DESCRIBE if attached:
                plan = look_plan(request)
            case _:
                refuse(intent, attached)
        plan = within_budget(plan, self._registry, request.options)
        return check_plan(
            plan,
            self._registry,
            inputs=attached,
            limits=PlanLimits(budget_s=request.options.budget_s),
        )
