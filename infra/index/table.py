"""Vectors in memory, searched exactly: one matrix product with every row.

Notation: ``N`` pictures, ``D`` width. Exact search costs N * D multiplications: 2 ms for
100,000 pictures of width 192.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from maquette.infra.index.entry import Hit, IndexEntry, PictureKind
from maquette.infra.index.segments import Segment
from maquette.records.errors import InvalidInput

UNIT_TOLERANCE = 1e-2
"""How far from one the length of a vector may be; float16 models round."""


def as_unit(vector: object, width: int | None) -> np.ndarray:
    """A vector as float32 (D,) of length one.

    Raises: InvalidInput: it is not one-dimensional, of another width, zero or not finite.
    """
    array = np.asarray(vector, np.float32)
    if array.ndim != 1 or not array.size or (width and array.shape != (width,)):
        raise InvalidInput(
            f"a vector of shape {array.shape} does not fit; expected {width or 'some'} numbers",
            hint="embed it with the model that the index was made with",
        )
    length = float(np.linalg.norm(array))
    if not np.isfinite(length) or length == 0:
        raise InvalidInput(
            f"a vector of length {length} points nowhere; expected a finite one other than zero"
        )
    return array / np.float32(length)


class Table:
    """The pictures of one owner in one space. Later writes win, in whatever order they come."""

    def __init__(self) -> None:
        self._entries: list[IndexEntry] = []
        self._rows: dict[str, int] = {}
        self._orders: dict[str, str] = {}
        """Name to the order of the last write about it, removals included."""
        self._vectors = np.zeros((0, 0), np.float32)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def width(self) -> int | None:
        """``D``, or None while no vector is there."""
        return self._vectors.shape[1] or None

    @property
    def entries(self) -> tuple[IndexEntry, ...]:
        return tuple(self._entries)

    def segment(self) -> Segment:
        """Everything as one segment."""
        return Segment(self.entries, self._vectors[: len(self._entries)].copy())

    def apply(self, segment: Segment, order: str) -> bool:
        """Take up a write; False if its vectors have another width than those there."""
        if segment.vectors.any() and self.width not in (None, segment.vectors.shape[1]):
            return False
        for entry, vector in zip(segment.entries, segment.vectors, strict=True):
            if self._newest(entry.ref.sha256, order):
                self._put(entry, vector)
        for name in segment.removed:
            if self._newest(name, order):
                self._remove(name)
        return True

    def search(self, query: object, k: int, kind: PictureKind | None) -> tuple[Hit, ...]:
        """As ``ArtifactIndex.search``."""
        scores = self._scores(query, kind)
        return self._hits(scores, np.isfinite(scores))[:k]

    def range_search(
        self, query: object, at_least: float, kind: PictureKind | None
    ) -> tuple[Hit, ...]:
        """As ``ArtifactIndex.range_search``."""
        scores = self._scores(query, kind)
        return self._hits(scores, scores >= at_least)

    def duplicates(self, at_least: float) -> tuple[tuple[IndexEntry, ...], ...]:
        """As ``ArtifactIndex.duplicates``. Costs N * N products, a block of rows at a time."""
        vectors = self._vectors[: len(self)]
        leader = list(range(len(self)))
        find = _finder(leader)
        for start in range(0, len(self), 512):
            near = vectors[start : start + 512] @ vectors.T >= at_least
            for row, column in np.argwhere(near):
                a, b = find(start + int(row)), find(int(column))
                leader[max(a, b)] = min(a, b)
        groups: dict[int, list[IndexEntry]] = {}
        for row, entry in enumerate(self._entries):
            groups.setdefault(find(row), []).append(entry)
        return tuple(tuple(group) for group in groups.values() if len(group) > 1)

    def _scores(self, query: object, kind: PictureKind | None) -> np.ndarray:
        """Cosines (N,); minus infinity for what cannot be found."""
        unit = as_unit(query, self.width)
        if not len(self) or self.width is None:
            return np.full(len(self), -np.inf, np.float32)
        vectors = self._vectors[: len(self)]
        scores = vectors @ unit
        hidden = ~vectors.any(axis=1)
        if kind is not None:
            hidden |= np.array([entry.kind is not kind for entry in self._entries], bool)
        scores[hidden] = -np.inf
        return scores

    def _hits(self, scores: np.ndarray, wanted: np.ndarray) -> tuple[Hit, ...]:
        rows = sorted(
            np.flatnonzero(wanted).tolist(),
            key=lambda row: (-scores[row], self._entries[row].ref.sha256),
        )
        return tuple(Hit(entry=self._entries[row], score=float(scores[row])) for row in rows)

    def _newest(self, name: str, order: str) -> bool:
        if order < self._orders.get(name, ""):
            return False
        self._orders[name] = order
        return True

    def _put(self, entry: IndexEntry, vector: np.ndarray) -> None:
        row = self._rows.setdefault(entry.ref.sha256, len(self._entries))
        self._widen(vector)
        if row == len(self._entries):
            self._entries.append(entry)
            if row >= len(self._vectors):
                spare = np.zeros((max(64, row), self._vectors.shape[1]), np.float32)
                self._vectors = np.concatenate([self._vectors, spare])
        self._entries[row] = entry
        self._vectors[row] = vector if vector.any() else 0

    def _widen(self, vector: np.ndarray) -> None:
        """Give the rows their width once the first vector tells it."""
        if vector.any() and self.width is None:
            self._vectors = np.zeros((len(self._vectors), len(vector)), np.float32)

    def _remove(self, name: str) -> None:
        row = self._rows.pop(name, None)
        if row is None:
            return
        count = len(self._entries)
        self._vectors[row : count - 1] = self._vectors[row + 1 : count]
        self._vectors[count - 1] = 0
        del self._entries[row]
        for other, place in self._rows.items():
            if place > row:
                self._rows[other] = place - 1


def _finder(leader: list[int]) -> Callable[[int], int]:
    """Find with path halving over a forest of rows."""

    def find(row: int) -> int:
        while leader[row] != row:
            leader[row] = leader[leader[row]]
            row = leader[row]
        return row

    return find
