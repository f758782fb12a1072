"""The embedded planner: routing by sentence embedding, extraction by rules, layout by search."""

from __future__ import annotations

from maquette.agents.intents.looking import look_plan
from maquette.agents.intents.router import Intent, IntentReader, rule
from maquette.agents.intents.simple import (
    caption_plan,
    enlarge_plan,
    find_plan,
    read_plan,
    refuse,
    search_plan,
)
from maquette.agents.judging.things import can_find, can_judge
from maquette.agents.planning.budget import within_budget
from maquette.agents.plans.compose import picture_plan
from maquette.agents.plans.edits import ask, edit_plan, free_edit_plan
from maquette.agents.plans.signs import is_sign, sign_plan
from maquette.agents.reading.changes import Unclear
from maquette.agents.reading.changing import read_changes
from maquette.agents.reading.scene import names_known_thing
from maquette.agents.reading.searching import read_search
from maquette.agents.reading.showing import Showing, read_showing
from maquette.agents.reading.wording import Wordings, find_wordings
from maquette.agents.validation.validator import PlanLimits, check_plan
from maquette.model_servers.client.contract import ModelClient
from maquette.model_servers.client.roles import GenerationClient
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.records.errors import FixInput, GiveUp, InvalidInput, TryAgain
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.drawing.abilities import lacking
from maquette.tools.registry import Registry
from maquette.words.lexicon import Lexicon

MAX_STRING_CHARACTERS = 400


class EmbeddedPlanner:
    """Plans with what is in the box: no language model, no network.

    Each model is asked about itself only where the plan depends on it, so that a sign needs no
    generator and a question about a picture needs none either.
    """

    label = "embedded"

    def __init__(self, models: ModelClient, registry: Registry) -> None:
        self._registry = registry
        self._models = models
        self._generation = GenerationClient(models)
        self._intents = IntentReader(models)

    async def plan(self, request: TaskRequest) -> Plan:
        """See ``Planner.plan``."""
        wordings = _read(request)
        plan = await self._planned(request, wordings)
        plan = within_budget(plan, self._registry, request.options)
        return check_plan(
            plan,
            self._registry,
            inputs=len(request.inputs),
            limits=PlanLimits(budget_s=request.options.budget_s),
        )

    async def _planned(self, request: TaskRequest, wordings: Wordings) -> Plan:
        attached = len(request.inputs)
        match await self._intent(wordings, attached):
            case Intent.DRAW:
                return await self._drawn(request, wordings)
            case Intent.READ:
                return read_plan(request)
            case Intent.CAPTION:
                return caption_plan(request, wordings)
            case Intent.ENLARGE:
                return enlarge_plan(request)
            case Intent.FIND:
                return find_plan(request, wordings)
            case Intent.SEARCH:
                return search_plan(read_search(wordings) or "")
            case Intent.DESCRIBE if attached:
                return look_plan(request)
            case Intent.EDIT if attached:
                return await self._edited(request, wordings)
            case Intent.SHOW if attached:
                return await self._shown(request, wordings)
            case intent:
                refuse(intent, attached)

    async def _intent(self, wordings: Wordings, attached: int) -> Intent:
        ruled = rule(wordings, attached=attached)
        if ruled is not None:
            return ruled
        drawable = False
        if not attached:
            lexicon = Lexicon.of((await self._generation.describe()).vocabulary)
            drawable = names_known_thing(wordings.masked, lexicon)
        return await self._intents.read(wordings, attached=attached, drawable=drawable)

    async def _drawn(self, request: TaskRequest, wordings: Wordings) -> Plan:
        if is_sign(wordings, surely=True):
            return sign_plan(wordings, request.options.seed)
        try:
            model = await self._generation.describe()
        except (TryAgain, GiveUp):
            if not is_sign(wordings):
                raise
            note = "no generator answers, so the words alone are set"
            return sign_plan(wordings, request.options.seed, notes=(note,))
        return await self._pictured(request, wordings, model)

    async def _pictured(
        self,
        request: TaskRequest,
        wordings: Wordings,
        model: GenerationDescription,
        showing: Showing | None = None,
    ) -> Plan:
        lexicon = Lexicon.of(model.vocabulary)
        sees = (showing is not None or not wordings.shown) and await can_judge(self._models)
        return picture_plan(
            request,
            wordings,
            lexicon,
            model,
            showing=showing,
            judged=sees and not wordings.shown,
            names=sees,
        )

    async def _edited(self, request: TaskRequest, wordings: Wordings) -> Plan:
        """Raises: FixInput: something is left open. CapabilityMissing: no model can edit."""
        changes = read_changes(wordings.masked)
        if isinstance(changes, Unclear):
            raise ask(changes)
        model = await self._generation.describe()
        lexicon = Lexicon.of(model.vocabulary)
        if changes is None and not lexicon.open:
            refuse(Intent.EDIT, len(request.inputs))
        understood = ", ".join(map(str, changes or ())) or "a change of the picture"
        missing = lacking(("edit",), model.model, can=model.capabilities, understood=understood)
        if missing is not None:
            raise missing
        if changes is None:
            return free_edit_plan(request)
        sees = await can_judge(self._models)
        finds = sees and "inpaint" in model.capabilities and await can_find(self._models)
        return edit_plan(request, changes, lexicon, judged=sees, finds=finds and not lexicon.open)

    async def _shown(self, request: TaskRequest, wordings: Wordings) -> Plan:
        """Raises: FixInput: as ``_edited``."""
        showing = read_showing(wordings.masked)
        if showing is None:
            refuse(Intent.SHOW, len(request.inputs))
        attached = len(request.inputs)
        named = " and ".join(
            f"the {noun} of picture {k + 1}" for k, noun in enumerate(showing.nouns)
        )
        understood = f"draw {named} in a new scene"
        if showing.things != attached:
            raise FixInput(
                f"understood: {understood}; but {attached} picture{'s are' * (attached > 1)}"
                f"{' is' * (attached == 1)} attached",
                hint="Attach one picture for each thing, each showing that thing alone.",
            )
        model = await self._generation.describe()
        missing = lacking(("concepts",), model.model, can=model.capabilities, understood=understood)
        if missing is not None:
            raise missing
        return await self._pictured(request, wordings, model, showing)


def _read(request: TaskRequest) -> Wordings:
    """The strings of a request and the rest. Raises: InvalidInput: no words, or too many."""
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
    return wordings
