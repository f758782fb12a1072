"""The seam to the index of pictures. Implementation: ``stored.StoredIndex``, over any store.

Every call names the owner; one owner never finds another's pictures. A *space* is the vectors
of one embedding model (``entry.space_named``): spaces never mix, so a changed model begins an
empty space and the pictures are embedded again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from maquette.infra.index.entry import Hit, IndexEntry, PictureKind
from maquette.infra.index.segments import Segment

NEAR_DUPLICATE = 0.94
"""Inner product from which two pictures count as near duplicates (LAION-5B's post-filter)."""

Vector = Sequence[float]


class ArtifactIndex(Protocol):
    """Pictures by unit vectors. All methods raise StoreUnavailable when the store is away."""

    async def add(
        self, entry: IndexEntry, vector: Vector | None, *, owner: str, space: str
    ) -> None:
        """Add or replace a picture, durably. Without a vector it is known but never found.

        Raises: InvalidInput: the vector has another width than the space, or no length one.
        """
        ...

    async def search(
        self, query: Vector, *, owner: str, space: str, k: int, kind: PictureKind | None = None
    ) -> tuple[Hit, ...]:
        """The ``k`` pictures with the highest cosine, best first; ties by name.

        Raises: InvalidInput: the query has another width than the space, or is zero.
        """
        ...

    async def range_search(
        self,
        query: Vector,
        *,
        owner: str,
        space: str,
        at_least: float,
        kind: PictureKind | None = None,
    ) -> tuple[Hit, ...]:
        """Every picture with a cosine of ``at_least``, best first. Raises as ``search``."""
        ...

    async def duplicates(
        self, *, owner: str, space: str, at_least: float = NEAR_DUPLICATE
    ) -> tuple[tuple[IndexEntry, ...], ...]:
        """Groups of pictures that hang together by pairs of cosine ``at_least``.

        The first of each group, the earliest added, is the one to keep.
        """
        ...

    async def delete(self, sha256: str, *, owner: str) -> None:
        """Forget a picture in every space; one that is not there is fine."""
        ...

    async def rows(self, *, owner: str, space: str) -> Segment:
        """Every picture of a space with its vector, in the order added; zeros where none."""
        ...

    async def entries(self, *, owner: str, space: str) -> tuple[IndexEntry, ...]:
        """Every picture of a space, in the order added."""
        ...

    async def spaces(self, *, owner: str) -> tuple[str, ...]:
        """The spaces that hold anything."""
        ...

    async def drop(self, *, owner: str, space: str) -> None:
        """Forget a whole space."""
        ...

    async def compact(self, *, owner: str, space: str) -> None:
        """Put settled small writes together, so that the next start reads few documents."""
        ...
