"""What is sent to start a task: small, the store's own, and the same for the same request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workflow_parts import png

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import IntegrityError, InvalidInput, StoreUnavailable
from maquette.records.ids import new_task_id
from maquette.records.task import MAX_PROMPT_CHARACTERS, TaskOptions, TaskRequest
from maquette.workflows.desk.contract import InputRefused
from maquette.workflows.desk.submission import (
    attached,
    check_task_id,
    prepare,
    request_hash,
    whole_request,
)
from maquette.workflows.wire.messages import MAX_MESSAGE_BYTES

OWNER = "ann"


class StoreAway(MemoryArtifactStore):
    """A store that does not answer."""

    async def check(self) -> None:
        raise StoreUnavailable("the store does not answer")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda name: name + "\n",
        lambda name: " " + name,
        lambda name: name.upper(),
        lambda name: name.replace("task_", ""),
        lambda name: name[:19] + "4" + name[20:],
        lambda name: name + "/../other",
    ],
)
def test_only_our_own_form_of_id_is_taken(spoil: Callable[[str], str]) -> None:
    """A task id is ``task_`` and a UUID of version 7, to the last character and none more."""
    name = new_task_id()
    assert check_task_id(name) == name
    with pytest.raises(InvalidInput, match="not a task id"):
        check_task_id(spoil(name))


def test_the_identity_of_a_request_is_that_of_its_words_and_options() -> None:
    """It is the SHA-256 of the request's canonical JSON, written out here by hand: what was
    submitted to an earlier version is known again."""
    written = (
        '["request/1","ann",{"inputs":[],"options":{"approve":"never","budget_s":900.0,'
        '"candidates":null,"rounds":null,"seed":7},"text":"für Anna","version":1}]'
    )
    request = TaskRequest(text="für Anna", options=TaskOptions(seed=7))
    assert request_hash(request, OWNER) == hashlib.sha256(written.encode()).hexdigest()


def test_any_difference_makes_another_request() -> None:
    """Another owner, word, seed, budget or picture is another request."""
    base = TaskRequest(text="a poster")
    ref = ArtifactRef(sha256="0" * 64, media_type="image/png", size_bytes=1)
    others = [
        base.model_copy(update={"text": "a poster."}),
        base.model_copy(update={"options": TaskOptions(seed=1)}),
        base.model_copy(update={"options": TaskOptions(budget_s=899)}),
        base.model_copy(update={"inputs": (ref,)}),
    ]
    hashes = {request_hash(one, OWNER) for one in (base, *others)} | {request_hash(base, "bob")}
    assert len(hashes) == 6


@given(
    st.integers(1, MAX_PROMPT_CHARACTERS),
    st.text("aß\u4e2d\U0001f600\n\"'\\", min_size=1, max_size=9),
)
async def test_a_request_of_any_length_fits_a_history_and_is_read_back_whole(
    length: int, pattern: str
) -> None:
    """Whatever was written, the message stays under its limit, and planning reads every word."""
    request = TaskRequest(text=(pattern * length)[:length])
    store = MemoryArtifactStore()
    sent = await prepare(request, owner=OWNER, store=store)
    assert len(sent.model_dump_json().encode()) < MAX_MESSAGE_BYTES
    assert sent.request_hash == request_hash(request, OWNER)
    sha256 = sent.request_ref.sha256 if sent.request_ref else None
    assert await whole_request(sent.request, sha256, owner=OWNER, store=store) == request


@pytest.mark.parametrize(("letters", "by_reference"), [(2_048, False), (2_049, True)])
async def test_the_limit_is_of_bytes(letters: int, by_reference: bool) -> None:
    """Up to 4,096 bytes of text travel as they are: 2,048 letters of two bytes each."""
    request = TaskRequest(text="ß" * letters)
    sent = await prepare(request, owner=OWNER, store=MemoryArtifactStore())
    assert (sent.request_ref is not None) is by_reference
    assert (sent.request == request) is not by_reference


async def test_a_store_that_is_away_refuses_even_a_request_that_needs_none() -> None:
    """Without a store no task could end, so none is begun."""
    with pytest.raises(StoreUnavailable):
        await prepare(TaskRequest(text="a poster"), owner=OWNER, store=StoreAway())


async def test_words_that_were_lost_are_not_guessed() -> None:
    """A request whose long text is gone, or is another document, is an integrity error."""
    store = MemoryArtifactStore()
    request = TaskRequest(text="a poster")
    other = await store.put(json.dumps({"text": 3}).encode(), owner=OWNER)
    for sha256 in ("0" * 64, other.sha256):
        with pytest.raises(IntegrityError):
            await whole_request(request, sha256, owner=OWNER, store=store)


async def test_what_the_caller_says_of_a_picture_counts_for_nothing() -> None:
    """Type and size come from the store; a picture named twice stays in both places."""
    store = MemoryArtifactStore()
    kept = await store.put(png((1, 2, 3), side_px=5), owner=OWNER)
    lie = ArtifactRef(sha256=kept.sha256, media_type="text/html", size_bytes=1, width_px=9_999)
    found = await attached(TaskRequest(text="this", inputs=(lie, lie)), owner=OWNER, store=store)
    assert found.inputs == (kept, kept)
    assert (kept.media_type, kept.width_px) == ("image/png", 5)


@pytest.mark.parametrize(("owner", "data"), [("bob", png((1, 2, 3))), (OWNER, b"only words")])
async def test_an_input_that_cannot_be_used_is_named_by_its_place(owner: str, data: bytes) -> None:
    """Somebody else's picture is not there, and words are no picture: the error tells which of
    the inputs it was."""
    store = MemoryArtifactStore()
    good = await store.put(png((9, 9, 9)), owner=OWNER)
    bad = await store.put(data, owner=owner)
    request = TaskRequest(text="this", inputs=(good, bad))
    with pytest.raises(InputRefused) as caught:
        await attached(request, owner=OWNER, store=store)
    assert (caught.value.place, caught.value.sha256) == (1, bad.sha256)
