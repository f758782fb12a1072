"""What every art pack promises. A new one inherits the class and supplies ``pack`` and ``make``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest

from maquette.infra.vector.raster import document, rasterise
from maquette.infra.vector.safe_svg import admit
from maquette.records.errors import NotFound
from maquette.tools.art.contract import ArtPack, Kind

SIDE_PX = 128
MOST = 12
"""Things of a pack that are drawn, spread over it."""


class ArtPackContract:
    """Inherit, and give a pack, and a function that makes it anew."""

    @pytest.fixture
    def make(self) -> Callable[[], ArtPack]:
        raise NotImplementedError

    @pytest.fixture
    def pack(self, make: Callable[[], ArtPack]) -> ArtPack:
        return make()

    @pytest.fixture
    def ids(self, pack: ArtPack) -> list[str]:
        """Some things, from the first to the last."""
        every = list(pack.cards())
        return every[:: max(1, len(every) // MOST)]

    def test_it_tells_its_name_and_its_terms(self, pack: ArtPack) -> None:
        """A name that can stand in ids, and what a person must know before using a picture."""
        assert re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", pack.name)
        assert pack.title and pack.style and pack.licence.name
        assert re.fullmatch(r"[0-9a-f]{64}", pack.digest)

    def test_every_card_can_be_found(self, pack: ArtPack) -> None:
        """It stands under its own id, below the pack's name, and has a name in small letters."""
        cards = pack.cards()
        assert cards
        for id, card in cards.items():
            assert card.id == id and id.startswith(f"{pack.name}:")
            assert card.kind in get_args(Kind)
            names = [name for said in card.names.values() for name in said]
            assert names and all(name and name == name.lower() for name in names), id

    def test_a_thing_is_safe_markup(self, pack: ArtPack, ids: list[str]) -> None:
        """What outside drawings are refused for is in none, nor a reference out of itself."""
        for id in ids:
            art = pack.art(id)
            admit(document(art.view_box, art.body))

    def test_ink_is_all_that_is_painted(self, pack: ArtPack, ids: list[str]) -> None:
        """Nothing is painted outside of the ink, and its four edges are reached."""
        for id in ids:
            art = pack.art(id)
            x0, y0, x1, y1 = art.ink
            side = 2 * max(x1 - x0, y1 - y0)
            corner = ((x0 + x1) / 2 - side / 2, (y0 + y1) / 2 - side / 2)
            picture = rasterise(document((*corner, side, side), art.body), SIDE_PX, SIDE_PX)
            rows, columns = np.nonzero(np.asarray(picture)[..., 3] > 8)
            unit = side / SIDE_PX
            found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) * unit
            expected = np.array([x0, y0, x1, y1]) - np.array([*corner, *corner])
            assert np.abs(found - expected).max() <= 2 * unit, id

    def test_the_same_every_time(
        self, pack: ArtPack, make: Callable[[], ArtPack], ids: list[str]
    ) -> None:
        """A pack that is made anew gives the same digest, the same cards and the same markup."""
        again = make()
        assert again.digest == pack.digest
        assert list(again.cards().items()) == list(pack.cards().items())
        assert [again.art(id) for id in ids] == [pack.art(id) for id in ids]

    def test_what_is_not_there_is_not_found(self, pack: ArtPack) -> None:
        """An id of no thing is an error of its own."""
        for id in (f"{pack.name}:no-such-thing", f"{pack.name}:", "no-such-pack:x"):
            with pytest.raises(NotFound):
                pack.art(id)
