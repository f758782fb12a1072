"""The picture index over both stores: exact, durable, safe for writers in other processes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rclone_server import RcloneServer

from maquette.contracts.index import OTHER, SPACE, ArtifactIndexContract, entry, units
from maquette.infra.index.entry import PictureKind, space_named
from maquette.infra.index.segments import Segment, decode_segment, encode_segment
from maquette.infra.index.stored import StoredIndex
from maquette.infra.index.table import Table
from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.infra.store.s3 import S3ArtifactStore
from maquette.records.errors import IntegrityError


class TestMemoryIndex(ArtifactIndexContract):
    """Over the fake store."""

    @pytest.fixture
    def index(self) -> StoredIndex:
        return StoredIndex(MemoryArtifactStore())


class TestS3Index(ArtifactIndexContract):
    """Over a real S3 server; an owner's index is emptied first, the server being shared."""

    @pytest.fixture
    async def index(self, rclone: RcloneServer, tmp_path: Path):
        store = S3ArtifactStore(rclone.settings.model_copy(update={"cache_dir": tmp_path / "c"}))
        index = StoredIndex(store)
        for owner in ("ann", "bob"):
            for space in await index.spaces(owner=owner):
                await index.drop(owner=owner, space=space)
        yield index
        store.close()

    async def test_it_survives_a_restart(self, rclone: RcloneServer, tmp_path: Path, index) -> None:
        """Another process over the same server finds what was added."""
        vectors = await self.fill(index)
        moved = rclone.settings.model_copy(update={"cache_dir": tmp_path / "other"})
        store = S3ArtifactStore(moved)
        hits = await StoredIndex(store).search(vectors[3].tolist(), owner="ann", space=SPACE, k=1)
        store.close()
        assert hits[0].score == pytest.approx(1.0)


def names(store: MemoryArtifactStore) -> list[str]:
    return [key.rpartition("/")[2] for key in store.objects if "/index/" in key]


async def test_each_process_sees_what_others_write() -> None:
    """A search sees what another process added, replaced or deleted a moment before."""
    store = MemoryArtifactStore()
    ours, theirs = StoredIndex(store), StoredIndex(store)
    await ours.add(entry(1), [1.0, 0.0], owner="ann", space=SPACE)
    assert len(await theirs.entries(owner="ann", space=SPACE)) == 1
    await ours.add(entry(2), [0.0, 1.0], owner="ann", space=SPACE)
    assert len(await theirs.entries(owner="ann", space=SPACE)) == 2
    await ours.delete(entry(1).ref.sha256, owner="ann")
    assert await theirs.entries(owner="ann", space=SPACE) == (entry(2),)


async def test_compacting_changes_nothing_but_the_number_of_documents() -> None:
    """Everything is found as before, by readers old and new, and deleted pictures stay gone."""
    store = MemoryArtifactStore()
    index, watching = StoredIndex(store), StoredIndex(store)
    vectors = units(30, 8, seed=1)
    for i, vector in enumerate(vectors):
        await index.add(entry(i), vector.tolist(), owner="ann", space=SPACE)
    await index.delete(entry(4).ref.sha256, owner="ann")
    before = await watching.search(vectors[7].tolist(), owner="ann", space=SPACE, k=30)
    await asyncio.sleep(0.01)
    await index.compact(owner="ann", space=SPACE, settled_s=0, least=1)
    assert len(names(store)) == 1
    for reader in (index, watching, StoredIndex(store)):
        assert await reader.search(vectors[7].tolist(), owner="ann", space=SPACE, k=30) == before
    await index.add(entry(4), vectors[4].tolist(), owner="ann", space=SPACE)
    assert len(await watching.entries(owner="ann", space=SPACE)) == 30


async def test_what_is_not_settled_is_not_compacted() -> None:
    """Writes of the last minutes stay as they are: one may still be on its way."""
    store = MemoryArtifactStore()
    index = StoredIndex(store)
    for i in range(5):
        await index.add(entry(i), [1.0, 0.0], owner="ann", space=SPACE)
    await index.compact(owner="ann", space=SPACE, least=1)
    assert len(names(store)) == 5


async def test_two_compact_at_once() -> None:
    """Two processes compacting while a third writes lose nothing."""
    store = MemoryArtifactStore()
    indexes = [StoredIndex(store) for _ in range(3)]
    for i in range(20):
        await indexes[i % 3].add(entry(i), [1.0, 0.0], owner="ann", space=SPACE)
    await asyncio.sleep(0.01)
    await asyncio.gather(
        indexes[0].compact(owner="ann", space=SPACE, settled_s=0.005, least=1),
        indexes[1].compact(owner="ann", space=SPACE, settled_s=0.005, least=1),
        *(indexes[2].add(entry(i), [0.0, 1.0], owner="ann", space=SPACE) for i in range(20, 25)),
    )
    assert len(await StoredIndex(store).entries(owner="ann", space=SPACE)) == 25


async def test_a_damaged_part_costs_only_its_own_pictures() -> None:
    """Bytes that are no segment are left out with a warning; the rest is found."""
    store = MemoryArtifactStore()
    index = StoredIndex(store)
    await index.add(entry(1), [1.0, 0.0], owner="ann", space=SPACE)
    await store.put_document(DocumentKind.INDEX, f"{SPACE}.{'f' * 32}.p", b"no", owner="ann")
    assert await StoredIndex(store).entries(owner="ann", space=SPACE) == (entry(1),)


@pytest.mark.parametrize("data", [b"", b"x" * 40, encode_segment(Segment())[:-1]])
def test_bytes_that_are_no_part_are_refused(data: bytes) -> None:
    """Cut or foreign bytes are an integrity error."""
    with pytest.raises(IntegrityError):
        decode_segment(data)


def test_segments_come_back_as_they_were() -> None:
    """Entries, vectors and removals survive the bytes."""
    segment = Segment((entry(1), entry(2)), units(2, 5, seed=2), ("c" * 64,))
    found = decode_segment(encode_segment(segment))
    assert (found.entries, found.removed) == (segment.entries, segment.removed)
    assert np.array_equal(found.vectors, segment.vectors)


def test_another_model_is_another_space() -> None:
    """The space follows the model's digest, and the kind of vectors."""
    assert space_named("pictures", "d1") != space_named("pictures", "d2")
    assert space_named("pictures", "d1") != space_named("words", "d1")
    assert SPACE != OTHER


WRITE = st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 2**16))


@settings(max_examples=60, deadline=None)
@given(writes=st.lists(WRITE, max_size=25), shuffle=st.randoms())
def test_writes_fold_to_the_same_in_any_order(writes, shuffle) -> None:
    """Whatever order the writes are read in, the table is that of a plain dictionary."""
    expected: dict[str, np.ndarray] = {}
    segments = []
    for number, (adds, name, seed) in enumerate(writes):
        one, vector = entry(name), units(1, 4, seed)
        order = f"{SPACE}.{number:032x}.p"
        if adds:
            segments.append((Segment((one,), vector), order))
            expected[one.ref.sha256] = vector[0]
        else:
            segments.append((Segment(removed=(one.ref.sha256,)), order))
            expected.pop(one.ref.sha256, None)
    shuffle.shuffle(segments)
    table = Table()
    for segment, order in segments:
        assert table.apply(segment, order)
    assert {one.ref.sha256 for one in table.entries} == set(expected)
    for one, row in zip(table.entries, table.segment().vectors, strict=True):
        assert np.array_equal(row, expected[one.ref.sha256])


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(1, 90),
    width=st.integers(2, 24),
    k=st.integers(1, 100),
    seed=st.integers(0, 2**16),
    kind=st.sampled_from([None, *PictureKind]),
)
def test_search_agrees_with_brute_force(count, width, k, seed, kind) -> None:
    """Scores and order are those of one product a picture in float64."""
    vectors, query = units(count, width, seed), units(1, width, seed + 1)[0]
    kinds = [list(PictureKind)[i % 2] for i in range(count)]
    table = Table()
    for i, vector in enumerate(vectors):
        table.apply(Segment((entry(i, kinds[i]),), vector[None]), f"{i:032x}")
    hits = table.search(query.tolist(), k, kind)
    scores = sorted(
        (float(v.astype(np.float64) @ query) for v, a in zip(vectors, kinds, strict=True)
         if kind in (None, a)),
        reverse=True,
    )  # fmt: skip
    assert np.allclose([hit.score for hit in hits], scores[:k], atol=1e-5)
    assert all(kind in (None, hit.entry.kind) for hit in hits)
