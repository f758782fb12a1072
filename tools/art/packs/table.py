"""Every art pack that is there, and every thing of them by its id."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

from maquette.infra.plugins import ART_PACKS, BUILT_IN, Opened, PluginProblem, open_door, why
from maquette.records.errors import MaquetteError, NotFound
from maquette.tools.art.contract import Art, ArtPack, ThingCard
from maquette.tools.art.packs import noto
from maquette.tools.art.packs.added import added
from maquette.tools.art.packs.shapes import ShapesPack

ARTS_KEPT = 512
FOLDER = "art"
"""Name, in the data directory, of the folder of packs that a person added."""

_folder: Path | None = None


def look_in(data_dir: Path | None) -> None:
    """Take the packs of a data directory, too; said once, where a process begins.

    None: only those that are installed.
    """
    global _folder
    _folder = None if data_dir is None else data_dir / FOLDER
    for kept in (opened, all_packs, all_cards, art_of):
        kept.cache_clear()


@cache
def opened() -> Opened:
    """The packs by name, who brought each, and those that were left out, with the reason."""
    door = open_door(ART_PACKS, {"noto": noto.pack(), "shapes": ShapesPack()})
    for name in [name for name, origin in door.origins.items() if origin != BUILT_IN]:
        told = getattr(door.found[name], "name", None)
        if told != name:
            door.leave_out(name, f"it calls itself {told!r}; its entry point is named {name!r}")
    for name, pack in added(_folder) if _folder else ():
        origin = f"added pack {name}"
        if isinstance(pack, MaquetteError):
            door.problems.append(PluginProblem(origin, pack.message))
        elif name in door.found:
            reason = f"the name {name!r} is taken by {door.origins[name]}"
            door.problems.append(PluginProblem(origin, reason))
        else:
            door.found[name], door.origins[name] = pack, origin
    return door


@cache
def all_packs() -> Mapping[str, ArtPack]:
    """The packs by name: the one that comes along, those of packages, those that were added."""
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
    """The cards of all packs by their ids; a pack that cannot tell them is left out, and told
    among the problems of ``opened``."""
    found: dict[str, ThingCard] = {}
    for name, pack in all_packs().items():
        try:
            cards = pack.cards()
        except Exception as error:  # of somebody else's pack, perhaps
            reason = why("its cards cannot be read", error)
            opened().problems.append(PluginProblem(f"art pack {name}", reason))
        else:
            found |= {id: card for id, card in cards.items() if id.startswith(f"{name}:")}
    return MappingProxyType(found)
