"""Every art pack that is there, and every thing of them by its id."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import cast

from maquette.infra.plugins import ART_PACKS, Opened, open_door
from maquette.records.errors import NotFound
from maquette.tools.art.contract import Art, ArtPack, ThingCard
from maquette.tools.art.packs import noto

ARTS_KEPT = 512


@cache
def opened() -> Opened:
    """What the door holds, with those left out and why."""
    return open_door(ART_PACKS, {"noto": noto.pack()})


@cache
def all_packs() -> Mapping[str, ArtPack]:
    """The packs by name: the one that comes along, then those of packages."""
    return MappingProxyType(cast(dict[str, ArtPack], dict(opened().found)))


def pack_of(thing_id: str) -> ArtPack:
    """The pack of a thing. Raises: NotFound: no pack has the name before the colon."""
    name = thing_id.partition(":")[0]
    if name not in all_packs():
        raise NotFound(
            f"no art pack is named {name!r}; there are {', '.join(all_packs())}",
            hint="maquette art ls",
        )
    return all_packs()[name]


@lru_cache(maxsize=ARTS_KEPT)
def art_of(thing_id: str) -> Art:
    """The picture of a thing. Raises: NotFound, MediaRejected, MissingExtra: see ``ArtPack``."""
    return pack_of(thing_id).art(thing_id)


def card_of(thing_id: str) -> ThingCard:
    """What is known of a thing. Raises: NotFound: no pack has a card for it."""
    card = pack_of(thing_id).cards().get(thing_id)
    if card is None:
        raise NotFound(f"no art pack has a thing {thing_id!r}", hint="maquette art find WORDS")
    return card


@cache
def all_cards() -> Mapping[str, ThingCard]:
    """The cards of all packs by their ids."""
    return MappingProxyType(
        {id: card for pack in all_packs().values() for id, card in pack.cards().items()}
    )
