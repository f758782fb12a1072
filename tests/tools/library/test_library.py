"""The library: pictures found by words, fed in the background, spaces never mixed."""

from __future__ import annotations

import asyncio
import io
import json

import pytest
from library_models import Embedder, vector_of
from PIL import Image

from maquette.infra.index.entry import IndexEntry, PictureKind
from maquette.infra.index.stored import StoredIndex
from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.errors import InvalidInput, ModelFailed, ModelUnavailable
from maquette.records.task import Task, TaskRequest, TaskResult, TaskStatus
from maquette.tools.builtin.seeing.find_pictures import find_pictures
from maquette.tools.call import run_tool
from maquette.tools.library.feeder import Feeder
from maquette.tools.library.feeding_store import FeedingStore, catch_up
from maquette.tools.library.library import PictureLibrary
from maquette.tools.library.makers import Makers
from maquette.tools.library.spaces import FoundBy

OWNER = "local"


def png(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.fixture
def store() -> MemoryArtifactStore:
    return MemoryArtifactStore()


@pytest.fixture
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture
def library(store: MemoryArtifactStore, embedder: Embedder) -> PictureLibrary:
    return PictureLibrary(StoredIndex(store), embedder.client())


def task_of(data: bytes) -> Task | None:
    return Task.model_validate(json.loads(data)["task"])


def finished(*refs: ArtifactRef, text: str = "a red boat", task_id: str = "task_1") -> bytes:
    task = Task(
        id=task_id,
        owner=OWNER,
        status=TaskStatus.COMPLETED,
        request=TaskRequest(text=text),
        created_at=1.0,
        result=TaskResult(artifacts=refs),
    )
    return json.dumps({"task": task.model_dump(mode="json")}).encode()


async def test_the_picture_that_fits_is_found_first(store, embedder, library) -> None:
    """The caption with the vector of one picture finds it first, the guard's word kept."""
    refs = [await store.put(png(c), owner=OWNER) for c in ("red", "blue", "green")]
    for ref in refs:
        await library.add(ref, owner=OWNER, kind=PictureKind.UPLOAD)
    embedder.same["a blue page"] = refs[1].sha256
    found = await library.find("a blue page", owner=OWNER, k=2)
    assert found.by is FoundBy.PICTURES and found.warnings == ()
    assert found.hits[0].entry.ref == refs[1] and found.hits[0].entry.in_world is True
    assert len(found.hits) == 2 and 1 >= found.hits[0].score > found.hits[1].score >= 0


async def test_strange_words_are_warned_of(library) -> None:
    """A word that the bundled models do not know comes back as a warning."""
    found = await library.find("a zebra", owner=OWNER)
    assert len(found.warnings) == 1 and "outside" in found.warnings[0]


async def test_without_a_dual_encoder_words_are_compared(store, library, embedder) -> None:
    """Results are found by the words they were made from, uploads not, and it is said."""
    embedder.picture_digest = None
    red = await store.put(png("red"), owner=OWNER)
    blue = await store.put(png("blue"), owner=OWNER)
    await library.add(red, owner=OWNER, kind=PictureKind.RESULT, text="a red boat")
    await library.add(blue, owner=OWNER, kind=PictureKind.UPLOAD)
    found = await library.find("a red boat", owner=OWNER)
    assert [hit.entry.ref for hit in found.hits] == [red]
    assert found.by is FoundBy.WORDS and "dual encoder" in found.warnings[0]


@pytest.mark.parametrize("before", [None, "d0"])
async def test_a_changed_model_embeds_again(store, library, embedder, before) -> None:
    """With another model everything known is embedded anew, and the old space is forgotten."""
    embedder.picture_digest = before
    refs = [await store.put(png(c), owner=OWNER) for c in ("red", "blue")]
    for ref in refs:
        await library.add(ref, owner=OWNER, kind=PictureKind.RESULT)
    embedder.picture_digest = "d1"
    assert await library.catch_up(owner=OWNER) == 2
    assert len((await library.find("anything", owner=OWNER)).hits) == 2
    assert len(await StoredIndex(store).spaces(owner=OWNER)) == 2
    assert await library.catch_up(owner=OWNER) == 0


@pytest.mark.parametrize(("words", "k"), [("  ", 5), ("a boat", 0), ("a boat", 101)])
async def test_a_search_that_cannot_be_is_refused(library, words, k) -> None:
    """No words, or a number out of range, is an invalid input."""
    with pytest.raises(InvalidInput):
        await library.find(words, owner=OWNER, k=k)


async def test_uploads_and_results_are_fed(store, library) -> None:
    """An upload and the picture of a finished task are found; drafts and documents are not."""
    feeder = Feeder(library, Makers(store, task_of))
    feeding = FeedingStore(store, feeder, task_of)
    upload = await feeding.put(png("red"), owner=OWNER)
    made = Lineage(tool="draw", tool_version="1")
    result = await feeding.put(png("blue"), owner=OWNER, lineage=made)
    await feeding.put(png("green"), owner=OWNER, lineage=made)
    await feeding.put(b"words", owner=OWNER)
    await feeding.put_document(DocumentKind.TASK, "task_1", finished(result), owner=OWNER)
    await feeder.settle()
    hits = (await library.find("a boat", owner=OWNER)).hits
    kinds = {hit.entry.ref.sha256: (hit.entry.kind, hit.entry.text) for hit in hits}
    assert kinds == {
        upload.sha256: (PictureKind.UPLOAD, ""),
        result.sha256: (PictureKind.RESULT, "a red boat"),
    }
    await feeder.close()


def made_by(task_id: str) -> Lineage:
    return Lineage(tool="draw", tool_version="1", task_id=task_id)


async def test_an_entry_is_written_by_its_maker_alone(store, library) -> None:
    """What a search finds, what a task was given and what it took from the step cache keep the
    words, the task and the kind of their making, whoever is the first to hand them over."""
    feeder = Feeder(library, Makers(store, task_of))
    feeding = FeedingStore(store, feeder, task_of)
    drawn = await feeding.put(png("blue"), owner=OWNER, lineage=made_by("task_1"))
    given = await store.put(png("red"), owner=OWNER)
    orphan = await feeding.put(png("green"), owner=OWNER, lineage=made_by("task_gone"))
    await store.put_document(DocumentKind.TASK, "task_1", finished(drawn), owner=OWNER)
    searching = finished(drawn, given, orphan, text="find my blue pages", task_id="task_2")
    await feeding.put_document(DocumentKind.TASK, "task_2", searching, owner=OWNER)
    await feeding.put_document(DocumentKind.TASK, "task_1", finished(drawn), owner=OWNER)
    await feeder.settle()
    entries = {
        one.ref.sha256: (one.kind, one.text, one.task_id)
        for space in await StoredIndex(store).spaces(owner=OWNER)
        for one in await StoredIndex(store).entries(owner=OWNER, space=space)
    }
    assert entries == {
        drawn.sha256: (PictureKind.RESULT, "a red boat", "task_1"),
        given.sha256: (PictureKind.UPLOAD, "", None),
        orphan.sha256: (PictureKind.RESULT, "find my blue pages", "task_2"),
    }
    await feeder.close()


async def test_a_second_writer_changes_nothing(store, library) -> None:
    """Adding a known picture again keeps its entry and writes nothing."""
    ref = await store.put(png("red"), owner=OWNER)
    first = await library.add(ref, owner=OWNER, kind=PictureKind.RESULT, text="a boat")
    written = dict(store.objects)
    again = await library.add(ref, owner=OWNER, kind=PictureKind.UPLOAD, text="find a boat")
    assert again == first and store.objects == written


async def test_entries_of_old_indexes_are_found_by_their_words_too(
    store, library, embedder
) -> None:
    """A picture that was indexed before words had a space of their own is readable, and catching
    up adds its words."""
    ref = await store.put(png("red"), owner=OWNER)
    seen = await library._spaces.present()
    entry = IndexEntry(ref=ref, kind=PictureKind.RESULT, text="a boat", task_id="task_1")
    vector = vector_of(ref.sha256, "d1")
    await library._index.add(entry, vector, owner=OWNER, space=seen[FoundBy.PICTURES])
    assert (await library.find("x", owner=OWNER)).hits[0].entry == entry
    assert await library.catch_up(owner=OWNER) == 1
    rows = await library._index.rows(owner=OWNER, space=seen[FoundBy.WORDS])
    assert rows.entries == (entry,) and rows.vectors.any()


async def test_feeding_never_fails_or_holds_up_a_task(store, embedder, library) -> None:
    """With a model that is away or breaks, storing works at once; when it is back, it is fed."""
    away = True

    def fail() -> None:
        if away:
            raise ModelUnavailable("away")

    embedder.fail = fail
    feeder = Feeder(library, Makers(store, task_of), pauses_s=(0.01,) * 200)
    feeding = FeedingStore(store, feeder, task_of)
    async with asyncio.timeout(2):
        ref = await feeding.put(png("red"), owner=OWNER)
        await asyncio.sleep(0.03)
        away = False
        await feeder.settle()
    assert [hit.entry.ref for hit in (await library.find("x", owner=OWNER)).hits] == [ref]

    def broken() -> None:
        raise ModelFailed("broken")

    embedder.fail = broken
    await feeding.put(png("blue"), owner=OWNER)
    await feeder.settle()
    embedder.fail = lambda: None
    await feeding.put(png("green"), owner=OWNER)
    await feeder.settle()
    assert len((await library.find("x", owner=OWNER)).hits) == 2
    await feeder.close()


async def test_what_a_killed_process_missed_is_caught_up(store, library) -> None:
    """Pictures of tasks that ended while nobody fed are offered at the next start, once."""
    ref = await store.put(png("red"), owner=OWNER, lineage=Lineage(tool="t", tool_version="1"))
    await store.put_document(DocumentKind.TASK, "task_1", finished(ref), owner=OWNER)
    feeder = Feeder(library, Makers(store, task_of))
    feeding = FeedingStore(store, feeder, task_of)
    for _ in range(2):
        await catch_up(feeding, library, owner=OWNER)
        await feeder.settle()
    assert [hit.entry.ref for hit in (await library.find("x", owner=OWNER)).hits] == [ref]
    assert sum("/index/" in key for key in store.objects) == 2  # one a space
    await feeder.close()


async def test_the_tool_finds_and_warns(ctx, store, embedder) -> None:
    """find_pictures answers pictures and lines, and passes warnings on to the person."""
    ctx.models = embedder.client()
    ref = await store.put(png("red"), owner=OWNER)
    library = PictureLibrary(StoredIndex(store), ctx.models)
    await library.add(ref, owner=OWNER, kind=PictureKind.RESULT, text="a red boat")
    output = await run_tool(find_pictures, {"text": "a zebra", "k": 3}, ctx)
    assert output["pictures"][0]["image"]["sha256"] == ref.sha256
    assert ref.sha256[:12] in output["text"] and "outside" in ctx.warnings[0]
    assert ctx.model_calls == 1
