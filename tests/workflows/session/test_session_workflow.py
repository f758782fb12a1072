"""A conversation over the real engine, planner and tools: what is said holds from turn to turn."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from places import DATA
from talks import (
    CAT,
    GREEN_STAR,
    document_of,
    picture_of,
    placed,
    sessions_of,
    talking_engine,
    turn,
)
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from workflow_server import KEY, OWNER, opener, running

from maquette.infra.store.contract import ArtifactStore
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import Conflict, NotFound
from maquette.records.session import TurnKind
from maquette.records.task import TaskStatus
from maquette.tools.art.scene import Scene
from maquette.workflows.run.task_workflow import TaskWorkflow
from maquette.workflows.session.session_workflow import SessionWorkflow
from maquette.workflows.wire.history_law import check_history
from maquette.workflows.wire.sealing import sealed_converter
from maquette.workflows.worker import make_worker, sandbox

pytestmark = pytest.mark.slow

WORDS = ("put Bo on the left", "make it bigger", "same, but at night")


async def green_in(store: ArtifactStore, picture: ArtifactRef) -> tuple[float, float, int]:
    """Where the green of a picture is: its middle in shares of the width, its lowest row in shares
    of the height, and its number of pixels. It knows nothing of documents."""
    data = await store.get(picture.sha256, owner=OWNER)
    red, green, blue = np.moveaxis(
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=int), 2, 0
    )
    rows, columns = np.nonzero((green > red + 25) & (green > blue + 25))
    return columns.mean() / red.shape[1], rows.max() / red.shape[0], len(rows)


def beside_background(scene: Scene) -> object:
    return scene.things, scene.words, scene.shapes, scene.width_px, scene.height_px


async def test_four_turns_change_only_what_they_name(run_with) -> None:
    """ "this is Bo", "put Bo on the left", "make it bigger", "same, but at night": each turn keeps
    all that it does not name, told by the documents and seen in the pixels."""
    async with run_with(talking_engine()) as running:
        sessions, store = sessions_of(running), running.engine.store
        star = await picture_of(store, GREEN_STAR)
        name = (await sessions.open(owner=OWNER)).id
        named = await turn(sessions, name, "this is Bo", star)
        assert named.kind is TurnKind.NAME and named.task_id is None
        pictures = [star]
        for words in WORDS:
            done = await turn(sessions, name, words)
            assert done.status is TaskStatus.COMPLETED, done
            pictures.append(done.artifact)
            # Each turn is a task like any other.
            task = await running.gateway.get(done.task_id, owner=OWNER)
            assert task.result.artifacts[0] == done.artifact
        start, left, bigger, night = [await document_of(store, one) for one in pictures]
        seen = [await green_in(store, one) for one in pictures[:3]]
    (was,), (moved,), (grown,) = start.things, left.things, bigger.things
    assert moved == was.model_copy(update={"box": moved.box})
    assert moved.box.centre[0] < 1 / 3 and moved.box.centre[1] == was.box.centre[1]
    assert grown == moved.model_copy(update={"box": grown.box})
    assert grown.box.centre[0] == pytest.approx(moved.box.centre[0], abs=1e-4)
    assert grown.box.y1 == moved.box.y1 and grown.box.width > 1.2 * moved.box.width
    assert beside_background(night) == beside_background(bigger)
    assert night.frames[0].background.kind == "night sky"
    assert [start.frames, left.frames] == [bigger.frames] * 2
    assert seen[0][0] == pytest.approx(0.5, abs=0.02) and seen[1][0] < 1 / 3
    assert seen[2][0] == pytest.approx(seen[1][0], abs=0.01)
    assert seen[2][1] == pytest.approx(seen[1][1], abs=0.01) and seen[2][2] > 1.4 * seen[1][2]
    assert seen[1][2] == pytest.approx(seen[0][2], rel=0.05)


async def test_restarts_and_another_session_between_turns_change_nothing(temporal) -> None:
    """A worker of its own for each turn, turns of two sessions by turns, each session going on as
    a new run after each turn: the pictures are those of one quiet session, and the other's Bo stays
    the other's."""
    engine = talking_engine()
    async with running(temporal, engine, worker=False) as there:
        store = engine.store
        star = await picture_of(store, GREEN_STAR)
        cat = await picture_of(store, placed("cat", CAT, (0.3, 0.3, 0.6, 0.6)))
        names = {}
        for who, a_run in (("quiet", 60), ("star", 1), ("cat", 1)):
            names[who] = (await sessions_of(there, turns_a_run=a_run).open(owner=OWNER)).id
        sessions, made = sessions_of(there), {who: [] for who in names}

        def worker():
            return make_worker(
                there.client, engine, task_queue=there.queue, graceful_s=0.2, strict=True
            )

        async with worker():
            for words in ("this is Bo", *WORDS):
                given = (star,) if words == "this is Bo" else ()
                made["quiet"].append((await turn(sessions, names["quiet"], words, *given)).artifact)
        for words in ("this is Bo", *WORDS):
            for who, picture in (("star", star), ("cat", cat)):
                given = (picture,) if words == "this is Bo" else ()
                async with worker():
                    made[who].append((await turn(sessions, names[who], words, *given)).artifact)
        async with worker():
            views = {who: await sessions.get(name, owner=OWNER) for who, name in names.items()}
            runs = await there.client.get_workflow_handle(names["star"]).describe()
        last = await document_of(store, made["cat"][-1])
    assert made["star"] == made["quiet"]
    assert runs.run_id != (runs.raw_description.workflow_execution_info.first_run_id)
    assert [thing.phrase for thing in last.things] == ["cat"]
    for who, noun in (("star", "star"), ("cat", "cat")):
        (concept,) = views[who].state.concepts
        assert concept.name == "Bo" and [thing.phrase for thing in concept.things] == [noun]
    assert [one.text for one in views["star"].state.turns] == ["this is Bo", *WORDS]


async def test_a_turn_is_said_once_and_in_turn(run_with) -> None:
    """The same turn again is the same task; another one while it is under way is refused; a session
    that is closed takes none; another owner's does not exist."""
    async with run_with(talking_engine()) as running:
        sessions = sessions_of(running)
        name = (await sessions.open(owner=OWNER)).id
        star = await picture_of(running.engine.store, GREEN_STAR)
        await turn(sessions, name, "this is Bo", star)
        first = await sessions.say(name, "make it bigger", owner=OWNER, turn_id="one")
        with pytest.raises(Conflict, match="under way"):
            await sessions.say(name, "make it red", owner=OWNER, turn_id="two")
        again = await turn(sessions, name, "make it bigger", id="one")
        assert again.task_id == first.task_id and again.number == 2
        view = await sessions.close(name, owner=OWNER)
        assert view.state.closed and view.state.said == 2
        assert (await sessions.close(name, owner=OWNER)).state == view.state
        with pytest.raises((Conflict, NotFound)):
            await sessions.say(name, "make it red", owner=OWNER, turn_id="three")
        with pytest.raises(NotFound):
            await sessions.get(name, owner="ann")


async def test_what_it_means_is_told(run_with) -> None:
    """Where "it" may be one thing or another, one is taken, and the turn says which and how to mean
    the other; undo takes the change back without a task."""
    async with run_with(talking_engine()) as running:
        sessions, store = sessions_of(running), running.engine.store
        two = await picture_of(store, GREEN_STAR, placed("cat", CAT, (0.05, 0.1, 0.3, 0.4)))
        name = (await sessions.open(owner=OWNER)).id
        shown = await turn(sessions, name, "this is my picture", two)
        assert shown.task_id is None and shown.artifact == two
        done = await turn(sessions, name, "make it bigger")
        assert done.request == "make the star bigger" and "the star" in done.explanation
        assert "make the cat bigger" in done.alternative
        assert (await turn(sessions, name, "smaller")).alternative == ""  # it was spoken of
        undone = await turn(sessions, name, "undo that")
        assert undone.task_id is None and undone.kind is TurnKind.UNDO
        view = await sessions.get(name, owner=OWNER)
        assert view.state.accepted.artifact == done.artifact


async def test_a_failed_turn_leaves_the_picture(run_with) -> None:
    """What cannot be done is told with its reason; the picture before stays accepted."""
    async with run_with(talking_engine()) as running:
        sessions, store = sessions_of(running), running.engine.store
        star = await picture_of(store, GREEN_STAR)
        name = (await sessions.open(owner=OWNER)).id
        await turn(sessions, name, "this is Bo", star)
        done = await turn(sessions, name, "make the dragon red")
        assert done.status is TaskStatus.FAILED and "star" in done.problem.hint
        view = await sessions.get(name, owner=OWNER)
        assert view.state.accepted.artifact == star


async def test_the_history_keeps_the_law_and_replays(run_with) -> None:
    """Payloads are sealed, small and without pictures; today's workflow decides as it did."""
    async with run_with(talking_engine()) as running:
        sessions, store = sessions_of(running), running.engine.store
        star = await picture_of(store, GREEN_STAR)
        name = (await sessions.open(owner=OWNER)).id
        await turn(sessions, name, "this is Bartholomew", star)
        await turn(sessions, name, "make Bartholomew red")
        await sessions.close(name, owner=OWNER)
        history = await running.client.get_workflow_handle(name).fetch_history()
        converter = running.client.data_converter
    assert check_history(history, opener(running.client, name)) == []
    assert "Bartholomew" not in str(history.to_json())
    replayer = Replayer(
        workflows=[SessionWorkflow, TaskWorkflow],
        data_converter=converter,
        workflow_runner=sandbox(strict=True),
    )
    await replayer.replay_workflow(history)


STORED = sorted((DATA / "session_histories").glob("*.json"))


def test_there_are_stored_sessions() -> None:
    """One that went on as a new run, and one that was closed."""
    assert {path.name.split(".")[0] for path in STORED} >= {"goes_on", "closed"}


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name.split(".")[0])
async def test_a_stored_session_replays(path: Path) -> None:
    """Today's workflow makes the decisions that the stored history tells."""
    history = WorkflowHistory.from_json(path.name.split(".")[1], path.read_text())
    replayer = Replayer(
        workflows=[SessionWorkflow],
        data_converter=sealed_converter(base64.b64decode(KEY), {}),
        workflow_runner=sandbox(strict=True),
    )
    await replayer.replay_workflow(history)
