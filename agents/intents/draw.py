"""Draw: a picture, a poster, or a sign of words alone."""

from __future__ import annotations

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.compose import picture_plan
from maquette.agents.plans.composed.casting import cast
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.composed.plan import composed_plan
from maquette.agents.plans.composed.plan import with_art as add_art
from maquette.agents.plans.composed.several import several_plan
from maquette.agents.plans.composed.source import choose
from maquette.agents.plans.signs import is_sign, sign_plan
from maquette.agents.reading.showing import Showing
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.records.errors import FixInput
from maquette.records.plan import Plan
from maquette.words.lexicon import Lexicon


class Draw:
    """Draw what is asked for, with the strings that are to be seen set over it."""

    name = "draw"
    offer = "draw pictures, posters and signs with exact words"
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Composed of art, drawn, or both, as ``plans/composed/source.py`` chooses. A sign is
        planned without a generator."""
        reading, seed = asked.reading, asked.request.options.seed
        planned = await with_art(asked)
        if planned is not None:
            return planned
        if is_sign(reading):
            return sign_plan(reading, seed)
        return await drawn(asked, await asked.served.generator())


async def with_art(asked: Asked) -> Plan | None:
    """The plan that art has a part in; None: it is drawn alone.

    Raises: FixInput: art was asked for and cannot be had; no source has what is asked for.
    """
    source = asked.request.options.source
    if asked.gallery is None:
        if source == "art":
            raise FixInput("no art pack is installed here", hint="pip install 'maquette[art]'")
        return None
    if source == "drawn":
        return None
    model = await asked.served.generator_if_any()
    lexicon = Lexicon.of(model.vocabulary) if model else None
    if source == "auto" and lexicon is not None and lexicon.open:
        return None
    if asked.reading.labelled.kind == "sequence":
        return await _frames(asked, asked.gallery)
    parts = await cast(asked.reading, asked.gallery)
    choice = choose(source, parts, lexicon)
    note = choice.told(parts)
    if choice.chosen == "both" and model is not None:
        both = add_art(await drawn(asked, model, alone=False), asked.reading, parts)
        return _noted(both, note)
    has = lexicon is not None and any(lexicon.thing(one.word) for one in parts.wish.things)
    if choice.chosen == "drawn" and parts.missing and not has:
        if asked.reading.shown:  # the words can be set, and what is missing fails or is told
            return composed_plan(asked.reading, parts, notes=(note,))
        raise asked.refused("; ".join(parts.notes()))
    if choice.chosen == "drawn" and model is not None:
        return _noted(await drawn(asked, model), note)
    if not (parts.there or asked.reading.shown or parts.background.kind):
        raise asked.refused("; ".join(parts.notes()) or "nothing was found in it to show")
    return composed_plan(asked.reading, parts, notes=(note,))


def _noted(plan: Plan, note: str) -> Plan:
    return plan.model_copy(update={"notes": (*plan.notes, note)})


async def _frames(asked: Asked, gallery: Gallery) -> Plan:
    """The plan of several frames. Raises: FixInput: what each shows is not said, or not there."""
    sequence = asked.reading.sequence
    planned = await several_plan(asked.reading, sequence, gallery) if sequence else None
    if planned is None:
        shown = "what each shows is not said" if sequence is None else "nothing they show is there"
        raise FixInput(
            f"understood: several frames; but {shown}",
            hint='List what each shows, e.g. "1. an egg 2. a chick".',
        )
    return planned


async def drawn(
    asked: Asked,
    model: GenerationDescription,
    showing: Showing | None = None,
    *,
    alone: bool = True,
) -> Plan:
    """The picture or poster, by this generator; with the things of attached pictures in it.

    ``alone``: no other source makes drafts beside it.
    """
    shown = asked.reading.shown
    sees = (showing is not None or not shown) and await asked.served.sees()
    return picture_plan(
        asked.request,
        asked.reading,
        Lexicon.of(model.vocabulary),
        model,
        showing=showing,
        judged=sees and not shown,
        names=sees,
        alone=alone,
    )
