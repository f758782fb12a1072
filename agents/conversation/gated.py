"""What the gates make of a turn that wants a new picture without asking for one outright."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.agents.conversation import things
from maquette.agents.gates.gatekeeper import Offer
from maquette.agents.gates.visualness import Visualness
from maquette.records.session import Accepted, Meaning, Seen, TurnKind

DRAW_IT = 'To have it drawn all the same, begin with "draw".'
MAKE_NEW = 'To have a new one made, begin with "new:".'


def not_worth(meaning: Meaning, worth: Visualness) -> Meaning:
    """The turn as words of which nothing is to be seen: no task, and how to have it drawn."""
    why = "; ".join(worth.reasons[:2])
    return Meaning(
        kind=TurnKind.UNSEEN,
        explanation=f"Not understood as a picture ({worth.probability:.0%} likely that it is "
        f"worth one): {why}."[:600],
        alternative=DRAW_IT,
    )


def offered(meaning: Meaning, offer: Offer, seen: Sequence[Seen], *, turn: int) -> Meaning:
    """The turn as a picture of the library, which is current from now on; and how to have a new
    one.

    Args:
        offer: with a picture.
        seen: what its document says that it shows.
        turn: number of this turn.
    """
    assert offer.stored is not None, "there is a picture to offer"
    nouns = {thing.phrase for thing in seen}
    first = things.mentioned(meaning.text, (thing.phrase for thing in seen))
    picture = Accepted(
        turn=turn,
        artifact=offer.stored.picture,
        things=tuple(sorted(seen, key=lambda thing: thing.phrase != first))[:24],
        who={name: noun for name, noun in meaning.who.items() if noun in nouns},
    )
    why = "; ".join(offer.choice.reasons[-2:])
    return Meaning(
        kind=TurnKind.FOUND,
        picture=picture,
        explanation=f"A picture of the library fits ({offer.choice.probability:.0%}) and is "
        f"current now: {why}."[:600],
        alternative=MAKE_NEW,
    )
