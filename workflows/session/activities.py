"""The session's activities: reading a turn, and reading what came of its task."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from temporalio import activity

from maquette.agents.conversation.explaining import explained, last_read
from maquette.agents.conversation.gated import not_worth, offered
from maquette.agents.conversation.labels import Labels, guess, read_labels
from maquette.agents.conversation.meaning import read_turn
from maquette.agents.conversation.things import of_caption
from maquette.agents.gates.gatekeeper import FITS, UNSEEN, Gates, asked_outright
from maquette.agents.gates.library import gates_of
from maquette.agents.plans.composed.gallery import nouns
from maquette.agents.plans.finishing.variations import leading_to, varied
from maquette.agents.plans.served import Served
from maquette.model_servers.client.contract import ModelClient
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Colour, Count, Exists
from maquette.records.errors import MaquetteError, NotFound
from maquette.records.ids import variation_seed
from maquette.records.ledger import Ledger
from maquette.records.plan import Loop, Plan, calls_of
from maquette.records.planning.carried_plan import with_plan, words_in
from maquette.records.session import (
    MAX_REQUEST_CHARACTERS,
    Meaning,
    Seen,
    SessionState,
    TurnKind,
    TurnOutcome,
)
from maquette.records.task import Task, TaskRequest
from maquette.tools.art.provenance import scene_of
from maquette.tools.art.scene import Scene
from maquette.words.colours import canonical
from maquette.words.lexicon import Lexicon
from maquette.workflows.desk.submission import attached, prepare
from maquette.workflows.session.messages import OutcomeInput, ReadTurnInput, ReadTurnReply, Said
from maquette.workflows.session.names import READ_OUTCOME, READ_TURN
from maquette.workflows.steps.workshop import Workshop
from maquette.workflows.wire.faults import faults_cross
from maquette.workflows.wire.finished import read_finished

MOST_THINGS = 24
MOST_ANSWER = 400
NOT_MADE_HERE = "There is no other of this picture: it was not made here. Say what it should show."
NO_CHANCE = (
    "Nothing in the plan of this picture is left to chance, so that another one would be the same. "
    "Say what should be different, or go back to an earlier picture first."
)


Label = Callable[[str], Awaitable[Labels]]
"""A trained reader of requests, asked for the kinds of some words."""


def reader_labels(models: ModelClient) -> Label:
    """The trained reader's labels; while it does not answer, those of how a turn opens."""
    reader = EmbeddingClient(models)

    async def label(text: str) -> Labels:
        try:
            return await read_labels(text, reader)
        except MaquetteError:
            return guess(text)

    return label


class SessionActivities:
    """The activities of sessions of one worker process."""

    def __init__(
        self, engine: Workshop, *, label: Label | None = None, gates: Gates | None = None
    ) -> None:
        """
        Args:
            label: tells the kinds of a turn's words; None: they are guessed by how it opens.
            gates: advise on new pictures; None: those over the workshop's models and store.
        """
        self._store = engine.store
        self._tools = engine.tools
        self._gates = gates or gates_of(engine.models, engine.store)
        self._served = Served(engine.models)
        self._label = label

    def all(self) -> list[Any]:
        """What the worker registers."""
        return [self.read_turn, self.read_outcome]

    @activity.defn(name=READ_TURN)
    @faults_cross
    async def read_turn(self, work: ReadTurnInput) -> ReadTurnReply:
        """Decide what a turn means, and make the input of its task.

        Raises: InputRefused: an attached artifact is not there, or is no picture.
        """
        said = work.said
        given = await attached(_request(said), owner=work.owner, store=self._store)
        shown = [await self._shown(ref, work.owner) for ref in given.inputs]
        labels = await self._label(said.text) if self._label is not None else None
        meaning = read_turn(
            said.text,
            work.state,
            inputs=given.inputs,
            shown=shown,
            labels=labels,
            again=await self._drawn_again(work),
        )
        if meaning.kind is TurnKind.WHY:
            return ReadTurnReply(meaning=explained(work.state, await self._ledger(work)))
        if meaning.variations:
            return await self._variation(meaning, work)
        meaning = await self._gated(meaning, work)
        if not meaning.text:
            return ReadTurnReply(meaning=meaning)
        request = await attached(_made(meaning, said), owner=work.owner, store=self._store)
        task = await prepare(request, owner=work.owner, store=self._store)
        return ReadTurnReply(meaning=meaning, task=task)

    async def _gated(self, meaning: Meaning, work: ReadTurnInput) -> Meaning:
        """A new picture that nobody asked for outright: answered where its words are not worth
        one, and one of the library offered where that fits well."""
        new = meaning.kind is TurnKind.FRESH and bool(meaning.text) and not meaning.inputs
        if not new or meaning.concept is not None or asked_outright(work.said.text):
            return meaning
        worth = await self._gates.worth(meaning.text)
        if worth is not None and worth.probability < UNSEEN:
            return not_worth(meaning, worth)
        offer = await self._gates.there(meaning.text, owner=work.owner)
        if offer is None or offer.stored is None or offer.choice.probability < FITS:
            return meaning
        picture = offer.stored.picture
        seen = await self._shown(picture, work.owner)
        return offered(meaning, offer, seen, turn=work.state.said + 1)

    async def _ledger(self, work: ReadTurnInput) -> Ledger | None:
        """What each word of the turn that is asked about was taken for; None: nobody kept it."""
        turn = last_read(work.state)
        task = await self._task(turn.task_id if turn else None, work.owner)
        return task.plan.ledger if task is not None and task.plan is not None else None

    async def _task(self, task_id: str | None, owner: str) -> Task | None:
        """A task that has ended; None: there is no record of it."""
        found = await read_finished(self._store, task_id, owner=owner) if task_id else None
        return found.task if found is not None else None

    async def _variation(self, meaning: Meaning, work: ReadTurnInput) -> ReadTurnReply:
        """The plan of the accepted picture again, from another seed."""
        accepted, said = work.state.accepted, work.said
        assert accepted is not None, "others are made of a picture that is there"
        made = await self._task(await self._maker(work.state, work.owner), work.owner)
        if made is None or made.plan is None:
            return ReadTurnReply(meaning=_no_variation(meaning, NOT_MADE_HERE))
        plan = _of_picture(made.plan, made, accepted.artifact)
        if not self._by_chance(plan, loops=meaning.variations > 1):
            return ReadTurnReply(meaning=_no_variation(meaning, NO_CHANCE))
        words = words_in(made.request.text)
        seed = variation_seed(made.request.options.seed, work.state.said + 1)
        request = TaskRequest(
            text=with_plan(words, varied(plan, meaning.variations)),
            inputs=made.request.inputs,
            options=said.options.model_copy(update={"seed": seed}),
        )
        request = await attached(request, owner=work.owner, store=self._store)
        task = await prepare(request, owner=work.owner, store=self._store)
        return ReadTurnReply(
            meaning=meaning.model_copy(update={"text": words[:MAX_REQUEST_CHARACTERS]}), task=task
        )

    async def _maker(self, state: SessionState, owner: str) -> str | None:
        """The id of the task that made the accepted picture: that of its turn, else the one that
        the picture's own lineage names; None: it came from outside."""
        accepted = state.accepted
        assert accepted is not None, "there is a picture"
        for turn in reversed(state.turns):
            if turn.number == accepted.turn and turn.artifact == accepted.artifact:
                return turn.task_id
        lineage = await self._store.lineage(accepted.artifact.sha256, owner=owner)
        return lineage.task_id if lineage is not None else None

    def _by_chance(self, plan: Plan, *, loops: bool) -> bool:
        """Whether another seed makes another picture; of several, each in a loop."""
        nodes = [node for node in plan.nodes if isinstance(node, Loop) or not loops]
        calls = [call for node in nodes for call in calls_of(node)]
        return any(
            self._tools.get(call.tool).seeded and call.arguments.get("variant") is None
            for call in calls
        )

    @activity.defn(name=READ_OUTCOME)
    @faults_cross
    async def read_outcome(self, work: OutcomeInput) -> TurnOutcome:
        """What the task of a turn delivered, and what its picture shows."""
        record = await read_finished(self._store, work.task_id, owner=work.owner)
        if record is None:
            raise NotFound(f"there is no record of {work.task_id}")
        return await self._outcome(record.task, work.owner)

    async def _outcome(self, task: Task, owner: str) -> TurnOutcome:
        result = task.result
        picture = (
            next((ref for ref in result.artifacts if ref.is_picture), None) if result else None
        )
        seen: Sequence[Seen] = ()
        if picture is not None:
            seen = await self._shown(picture, owner) or things_of(task.plan)
        text = result.text if result else None
        if picture is None and text:  # a caption is data: at most a noun of it is taken
            found = of_caption(text, await self._known())
            seen = (found,) if found is not None else ()
        return TurnOutcome(
            status=task.status,
            artifact=picture,
            things=tuple(seen)[:MOST_THINGS],
            answer=text[:MOST_ANSWER] if text else None,
            problem=task.problem,
        )

    async def _drawn_again(self, work: ReadTurnInput) -> tuple[str, ...]:
        """Names of what the generator can draw again as its picture shows it."""
        pictured = [
            one
            for one in work.state.concepts
            if one.artifact is not None and one.things and not one.composed
        ]
        if not pictured or work.said.options.source == "art":
            return ()
        model = await self._served.generator_if_any()
        if model is None or "concepts" not in model.capabilities:
            return ()
        lexicon = Lexicon.of(model.vocabulary)
        return tuple(
            one.name for one in pictured if lexicon.open or lexicon.thing(one.things[0].phrase)
        )

    async def _known(self) -> Callable[[str], bool]:
        """Whether a noun names a thing of the art packs, or one that the generator draws."""
        model = await self._served.generator_if_any()
        lexicon = Lexicon.of(model.vocabulary) if model is not None else None
        named = nouns()

        def known(noun: str) -> bool:
            drawn = lexicon is not None and not lexicon.open and bool(lexicon.thing(noun))
            return drawn or noun in named

        return known

    async def _shown(self, ref: ArtifactRef, owner: str) -> tuple[Seen, ...]:
        """What the document of a composed picture says that it shows; empty: it has none."""
        try:
            scene = await scene_of(self._store, ref.sha256, owner=owner)
        except NotFound:
            return ()
        return seen_in(scene)[:MOST_THINGS] if scene is not None else ()


def _of_picture(plan: Plan, made: Task, picture: ArtifactRef) -> Plan:
    """The part of a task's plan that made one of its pictures; the whole where that is open."""
    delivered = made.result.artifacts if made.result is not None else ()
    if len(delivered) != len(plan.outputs) or picture not in delivered:
        return plan
    return leading_to(plan, plan.outputs[delivered.index(picture)])


def _no_variation(meaning: Meaning, why: str) -> Meaning:
    return meaning.model_copy(update={"explanation": why, "variations": 0})


def seen_in(scene: Scene) -> tuple[Seen, ...]:
    """The things of a scene document, each once."""
    told = (
        Seen(
            phrase=thing.phrase.lower()[:80],
            colour=(canonical(thing.colour) or None) if thing.colour else None,
        )
        for thing in scene.things
    )
    return tuple(dict.fromkeys(told))


def things_of(plan: Plan | None) -> tuple[Seen, ...]:
    """The things that a plan's criteria promise: what is known of a picture without a document."""
    criteria = [
        one for node in plan.nodes if isinstance(node, Loop) for one in node.criteria
    ] if plan else []  # fmt: skip
    colours = {one.thing: one.colour for one in criteria if isinstance(one, Colour)}
    named = [
        one.thing
        for one in criteria
        if isinstance(one, Exists | Colour) or (isinstance(one, Count) and one.count > 0)
    ]
    return tuple(
        Seen(phrase=name.lower()[:80], colour=colours.get(name)) for name in dict.fromkeys(named)
    )


def _request(said: Said) -> TaskRequest:
    return TaskRequest(text=said.text, inputs=said.inputs, options=said.options)


def _made(meaning: Meaning, said: Said) -> TaskRequest:
    return TaskRequest(text=meaning.text, inputs=meaning.inputs, options=said.options)
