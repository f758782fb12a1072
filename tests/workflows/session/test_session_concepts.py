"""Conversations about something that goes by a name and that no document describes: told in words,
or shown by a picture from outside."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image
from read_replies import reading
from talks import document_of, sessions_of, settled, talking_engine, turn
from workflow_parts import Ledger, make_engine, poster
from workflow_server import OWNER, running

from maquette.agents.planning.carried import CarriedPlans
from maquette.infra.store.contract import ArtifactStore
from maquette.records.artifact import ArtifactRef
from maquette.records.loop import STRATEGIES
from maquette.records.plan import calls_of
from maquette.records.session import TurnKind
from maquette.records.task import TaskStatus
from maquette.workflows.worker import make_worker

pytestmark = pytest.mark.slow
WORDS = ("{name} on the beach", "make it bigger", "the same, but at night")


def _scene(colour: str, noun: str) -> tuple[object, str]:
    return (
        ("colour", colour, (1,)),
        ("thing", noun),
        ("ground", "on the beach"),
    ), "image"


def _bigger(noun: str) -> tuple[object, str]:
    return (("do", "make"), ("target", noun), ("size", "bigger", (1,))), "image_edit"


READ = reading(
    {
        "an orange cat on the beach": _scene("orange", "cat"),
        "a gray dog on the beach": _scene("gray", "dog"),
        "make the cat bigger": _bigger("cat"),
        "make the dog bigger": _bigger("dog"),
        "make the background night": (
            (("do", "make"), ("target", "background"), ("new", "night", (1,))),
            "image_edit",
        ),
    }
)


async def _photo(store: ArtifactStore) -> ArtifactRef:
    buffer = io.BytesIO()
    Image.new("RGB", (90, 60), "orange").save(buffer, "PNG")
    return await store.put(buffer.getvalue(), owner=OWNER)


async def test_two_talks_with_a_worker_of_its_own_for_each_turn(temporal) -> None:
    """Mochi comes with a picture of which nothing is known, Rex in words alone; turn by turn each
    talk goes on with its own picture, and no word of one gets into the other."""
    engine = talking_engine(read=READ)
    made: dict[str, list[ArtifactRef]] = {"Mochi": [], "Rex": []}
    told = {"Mochi": "my orange cat", "Rex": "our gray dog"}
    async with running(temporal, engine, worker=False) as there:
        sessions, store = sessions_of(there, turns_a_run=2), engine.store
        given = {"Mochi": (await _photo(store),), "Rex": ()}
        names = {who: (await sessions.open(owner=OWNER)).id for who in made}
        for words in ("this is {name}, {told}", *WORDS):
            for who, session in names.items():
                said = words.format(name=who, told=told[who])
                first = said.startswith("this is")
                worker = make_worker(
                    there.client, engine, task_queue=there.queue, graceful_s=0.2, strict=True
                )
                async with worker:
                    done = await turn(sessions, session, said, *(given[who] if first else ()))
                if first:
                    assert done.kind is TurnKind.NAME and done.task_id is None
                    continue
                assert done.status is TaskStatus.COMPLETED, done
                made[who].append(done.artifact)
        worker = make_worker(
            there.client, engine, task_queue=there.queue, graceful_s=0.2, strict=True
        )
        async with worker:
            views = {who: await settled(sessions, name) for who, name in names.items()}
        scenes = {who: [await document_of(store, one) for one in made[who]] for who in made}
    for who, (noun, colour) in {"Mochi": ("cat", "orange"), "Rex": ("dog", "gray")}.items():
        beach, bigger, night = scenes[who]
        ((first,), (grown,), (last,)) = (beach.things, bigger.things, night.things)
        assert (first.phrase, first.colour) == (noun, colour)
        assert beach.frames[-1].background.kind == "beach" and bigger.frames == beach.frames
        assert grown == first.model_copy(update={"box": grown.box})
        assert grown.box.width * grown.box.height > 1.1 * first.box.width * first.box.height
        assert last == grown and night.frames[-1].background.kind == "night sky"
        (concept,) = views[who].state.concepts
        assert (concept.name, concept.artifact) == (who, next(iter(given[who]), None))
        assert views[who].state.accepted.who == {who: noun}


async def test_others_of_a_drawn_picture(temporal) -> None:
    """ "Another one like it" and "three variations" run the plan of the picture again: every call
    has the same words, from other seeds; what comes of a drawing has no document. "Why?" tells."""
    drawn = Ledger()
    engine = make_engine(ledger=drawn, plan=poster(candidates=1, rounds=1))
    planner = CarriedPlans(engine.planner, engine.tools, strategies=STRATEGIES)
    async with running(temporal, replace(engine, planner=planner)) as there:
        sessions = sessions_of(there)
        name = (await sessions.open(owner=OWNER)).id
        turns = [await turn(sessions, name, "a red boat", id="first")]
        for words in ("another one like it", "three variations", "again"):
            turns.append(await turn(sessions, name, words, id=words))
        tasks = [await there.gateway.get(one.task_id, owner=OWNER) for one in turns]
        why = await turn(sessions, name, "why?")
        photo = await _photo(engine.store)
        await turn(sessions, name, "this is Mochi, my cat", photo)
        none = await turn(sessions, name, "another one")
    assert [one.kind for one in turns] == [TurnKind.FRESH, *[TurnKind.VARIATION] * 3]
    starts = [line.split()[1:] for line in drawn.read() if line.startswith("paint.start")]
    assert {tuple(words[1:]) for words in starts} == {("a", "red", "boat", "from", "0")}
    assert len({words[0] for words in starts}) == len(starts) == 1 + 1 + 3 + 1
    pictures = [ref.sha256 for task in tasks for ref in task.result.artifacts]
    assert len(set(pictures)) == len(pictures) == 6
    assert [tuple(c.tool for n in t.plan.nodes for c in calls_of(n)) for t in tasks] == [
        ("paint", "frame") * count for count in (1, 1, 3, 1)
    ]
    assert why.task_id is None and "by the plan of turn 3" in why.explanation
    assert none.task_id is None and "was not made here" in none.explanation
