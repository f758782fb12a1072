"""The promises of every picture index. A new one inherits the class and supplies ``index``."""

from __future__ import annotations

import asyncio
import hashlib

import numpy as np
import pytest

from maquette.infra.index.contract import ArtifactIndex
from maquette.infra.index.entry import IndexEntry, PictureKind
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput

SPACE = "a" * 16
OTHER = "b" * 16


def entry(name: object, kind: PictureKind = PictureKind.RESULT, text: str = "") -> IndexEntry:
    digest = hashlib.sha256(str(name).encode()).hexdigest()
    ref = ArtifactRef(sha256=digest, media_type="image/png", size_bytes=9)
    return IndexEntry(ref=ref, kind=kind, text=text)


def units(count: int, width: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class ArtifactIndexContract:
    """Inherit, and give the fixture ``index``."""

    @pytest.fixture
    def index(self) -> ArtifactIndex:
        raise NotImplementedError

    async def fill(self, index: ArtifactIndex, count: int = 12, owner: str = "ann") -> np.ndarray:
        vectors = units(count, 8, seed=3)
        for number, vector in enumerate(vectors):
            kind = PictureKind.UPLOAD if number % 3 == 0 else PictureKind.RESULT
            await index.add(entry(number, kind), vector.tolist(), owner=owner, space=SPACE)
        return vectors

    async def test_search_is_exact(self, index: ArtifactIndex) -> None:
        """The k best by cosine, best first, as a sort of all products gives them."""
        vectors = await self.fill(index)
        query = units(1, 8, seed=4)[0]
        hits = await index.search(query.tolist(), owner="ann", space=SPACE, k=5)
        order = np.argsort(-(vectors @ query))[:5]
        assert [hit.entry for hit in hits] == [
            entry(i, PictureKind.UPLOAD if i % 3 == 0 else PictureKind.RESULT) for i in order
        ]
        assert np.allclose([hit.score for hit in hits], (vectors @ query)[order], atol=1e-6)

    async def test_kinds_are_told_apart(self, index: ArtifactIndex) -> None:
        """With a kind, only pictures of that kind are found."""
        await self.fill(index)
        query = units(1, 8, seed=4)[0].tolist()
        hits = await index.search(query, owner="ann", space=SPACE, k=50, kind=PictureKind.UPLOAD)
        assert {hit.entry.ref.sha256 for hit in hits} == {
            entry(i).ref.sha256 for i in range(0, 12, 3)
        }

    async def test_owners_and_spaces_never_mix(self, index: ArtifactIndex) -> None:
        """What one owner or one model added is not there for another."""
        vectors = await self.fill(index)
        query = vectors[0].tolist()
        assert await index.search(query, owner="bob", space=SPACE, k=5) == ()
        assert await index.search(query, owner="ann", space=OTHER, k=5) == ()
        assert await index.entries(owner="bob", space=SPACE) == ()
        assert await index.spaces(owner="bob") == ()
        assert await index.spaces(owner="ann") == (SPACE,)

    async def test_adding_again_replaces(self, index: ArtifactIndex) -> None:
        """One picture is one row, with the last vector and words."""
        await index.add(entry(1), [1.0, 0.0], owner="ann", space=SPACE)
        await index.add(entry(1, text="a boat"), [0.0, 1.0], owner="ann", space=SPACE)
        assert await index.entries(owner="ann", space=SPACE) == (entry(1, text="a boat"),)
        hits = await index.search([0.0, 1.0], owner="ann", space=SPACE, k=5)
        assert [hit.score for hit in hits] == [pytest.approx(1.0)]

    async def test_deleted_is_gone_everywhere(self, index: ArtifactIndex) -> None:
        """A deleted picture is found in no space; deleting it again is fine."""
        for space in (SPACE, OTHER):
            await index.add(entry(1), [1.0, 0.0], owner="ann", space=space)
            await index.add(entry(2), [0.0, 1.0], owner="ann", space=space)
        for _ in range(2):
            await index.delete(entry(1).ref.sha256, owner="ann")
        for space in (SPACE, OTHER):
            hits = await index.search([1.0, 0.0], owner="ann", space=space, k=5)
            assert [hit.entry for hit in hits] == [entry(2)]

    async def test_a_range_is_all_that_lies_in_it(self, index: ArtifactIndex) -> None:
        """Every picture at or above the cosine, and no other."""
        vectors = await self.fill(index)
        query = vectors[5]
        hits = await index.range_search(query.tolist(), owner="ann", space=SPACE, at_least=0.2)
        assert len(hits) == int((vectors @ query >= 0.2).sum()) > 0

    async def test_near_duplicates_hang_together(self, index: ArtifactIndex) -> None:
        """A chain of near pairs is one group, the earliest first; single pictures are none."""
        angles = {"a": 0.0, "far": 1.5, "b": 0.2, "c": 0.4}
        for name, angle in angles.items():
            vector = [float(np.cos(angle)), float(np.sin(angle))]
            await index.add(entry(name), vector, owner="ann", space=SPACE)
        groups = await index.duplicates(owner="ann", space=SPACE, at_least=0.97)
        assert groups == ((entry("a"), entry("b"), entry("c")),)

    async def test_without_a_vector_it_is_known_but_not_found(self, index: ArtifactIndex) -> None:
        """A picture that no model could embed is listed, and takes no place in a search."""
        await index.add(entry("waiting"), None, owner="ann", space=SPACE)
        await index.add(entry("there"), [-1.0, 0.0], owner="ann", space=SPACE)
        assert len(await index.entries(owner="ann", space=SPACE)) == 2
        hits = await index.search([1.0, 0.0], owner="ann", space=SPACE, k=5)
        assert [hit.entry for hit in hits] == [entry("there")]
        assert len(await index.range_search([1.0, 0.0], owner="ann", space=SPACE, at_least=-1)) == 1

    @pytest.mark.parametrize("vector", [[0.0, 0.0], [3.0, 0.0], [1.0], [float("nan"), 0.0]])
    async def test_a_vector_that_does_not_fit_is_refused(
        self, index: ArtifactIndex, vector: list[float]
    ) -> None:
        """Zero, not of length one, of another width, or no number: the caller is told."""
        await index.add(entry(1), [1.0, 0.0], owner="ann", space=SPACE)
        with pytest.raises(InvalidInput):
            await index.add(entry(2), vector, owner="ann", space=SPACE)
        assert len(await index.entries(owner="ann", space=SPACE)) == 1

    async def test_writers_at_once_lose_nothing(self, index: ArtifactIndex) -> None:
        """Forty pictures added at the same time are forty pictures."""
        vectors = units(40, 8, seed=5)
        await asyncio.gather(
            *(
                index.add(entry(i), vector.tolist(), owner="ann", space=SPACE)
                for i, vector in enumerate(vectors)
            )
        )
        found = await index.entries(owner="ann", space=SPACE)
        assert {one.ref.sha256 for one in found} == {entry(i).ref.sha256 for i in range(40)}

    async def test_a_dropped_space_is_empty(self, index: ArtifactIndex) -> None:
        """Dropping a space leaves the others as they are."""
        for space in (SPACE, OTHER):
            await index.add(entry(1), [1.0, 0.0], owner="ann", space=space)
        await index.drop(owner="ann", space=SPACE)
        assert await index.spaces(owner="ann") == (OTHER,)
        assert await index.search([1.0, 0.0], owner="ann", space=SPACE, k=1) == ()
