"""Blocks that stand on another: each copy with all that it bears goes as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from maquette.tools.art.layout.blocks import Block, Ink, Spot, at_zero, scaled, shifted
from maquette.tools.art.layout.contact.standing import Stander, fitting, seat_for, stood
from maquette.tools.art.layout.nature import Seat
from maquette.tools.art.layout.ties import hull
from maquette.tools.art.layout.touching import Inked

Key = tuple[int, int]
"""A wanted thing and the number of its copy."""
Borne = dict[Key, list[Key]]
"""Who stands on each copy."""
SeatOf = Callable[[int], Seat | None]
"""The seat of a wanted thing, by its index."""

GROWN = 1.5
"""The most that a thing is made larger for those on it; they are made smaller for the rest."""
NEARER = 0.5
"""How much nearer to the eye what stands on another is."""


def put_upon(
    guests: Sequence[Block], host: Block, borne: Borne, ink: Ink, seat_of: SeatOf
) -> Block:
    """The host's block with all guests on it, from left to right; ``borne`` is told who bears whom.

    Guests are shared out evenly among the host's copies.
    """
    parties = [party for guest in guests for party in _parties(guest, borne)]
    hosts = [spot for spot in host.spots if spot.thing == host.thing]
    shares: list[list[list[Spot]]] = [[] for _ in hosts]
    for k, party in enumerate(parties):
        shares[k * len(hosts) // len(parties)].append(party)
    most = max(shares, key=len)
    seat = seat_for([_stander(one, ink) for one in most], _inked(hosts[0], ink),
                    seat_of(host.thing))  # fmt: skip
    fit = min(
        fitting([_stander(one, ink) for one in own], _inked(spot, ink), seat)
        for spot, own in zip(hosts, shares, strict=True)
        if own
    )
    host = scaled(host, min(GROWN, fit**-0.5))
    hosts = [spot for spot in host.spots if spot.thing == host.thing]
    spots = list(host.spots)
    for spot, own in zip(hosts, shares, strict=True):
        moves = stood([_stander(one, ink) for one in own], _inked(spot, ink), seat) if own else []
        for party, (by, x, y) in zip(own, moves, strict=True):
            spots += [
                replace(
                    one,
                    rect=shifted((one.rect[0] * by, one.rect[1] * by,
                                  one.rect[2] * by, one.rect[3] * by), x, y),
                    depth=one.depth + spot.depth + NEARER,
                )
                for one in party
            ]  # fmt: skip
            borne.setdefault((spot.thing, spot.copy), []).append((party[0].thing, party[0].copy))
    return at_zero(Block(host.thing, tuple(spots)))


def _parties(block: Block, borne: Borne) -> list[list[Spot]]:
    """Each copy of a block's thing with what it bears; what else is in the block goes with the
    first."""
    spots = {(spot.thing, spot.copy): spot for spot in block.spots}
    own = [key for key in spots if key[0] == block.thing]
    parties = [[spots[key] for key in _all_on(key, borne)] for key in own]
    taken = {(spot.thing, spot.copy) for party in parties for spot in party}
    parties[0] += [spot for key, spot in spots.items() if key not in taken]
    return parties


def _all_on(key: Key, borne: Borne) -> list[Key]:
    return [key, *(one for guest in borne.get(key, ()) for one in _all_on(guest, borne))]


def _stander(party: Sequence[Spot], ink: Ink) -> Stander:
    return Stander(hull([spot.rect for spot in party]), _inked(party[0], ink))


def _inked(spot: Spot, ink: Ink) -> Inked:
    return spot.rect, ink(spot.thing)
