"""The plan of a composed picture: a brief, composed in several ways, read back and looked at."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.agents.plans.composed.casting import Cast, as_said
from maquette.agents.plans.composed.gallery import credit, digests
from maquette.agents.plans.composed.sheets import design_of, words_of
from maquette.agents.plans.parts import quoted
from maquette.agents.plans.signs import letter_colour
from maquette.agents.plans.wants import LOST, beside, criteria, only_asked, qualities
from maquette.agents.reading.request import Reading
from maquette.records.criterion import Criterion
from maquette.records.plan import Alternative, Call, Loop, Plan
from maquette.tools.art.brief import Panel, SceneBrief

ART, DRAWN = "art", "drawn"
"""Sources, as drafts are told."""
CALL, TOOL = "composed", "compose"
DRAFTS, ROUNDS = 2, 3


def brief_of(reading: Reading, cast: Cast) -> SceneBrief:
    """What the composer is asked for."""
    panel = cast.panel()
    return with_packs(
        SceneBrief(
            design=design_of(cast.wish, words=bool(reading.shown), things=bool(panel.things)),
            panels=(panel,),
            words=words_of(reading.shown, cast.wish),
            sheet=cast.wish.sheet,
            letters=letter_colour(reading),
        )
    )


def with_packs(brief: SceneBrief) -> SceneBrief:
    """The brief with the digest and the credit of every pack that it uses."""
    used = digests(thing.thing for panel in brief.panels for thing in panel.things)
    credits = {name: credit(name) for name in used}
    return brief.model_copy(update={"packs": used, "credits": credits})


def wanted_of(reading: Reading, cast: Cast) -> tuple[Criterion, ...]:
    """What must hold of the picture, in the person's words; what no pack has is among it."""
    wanted = criteria(reading.shown, [as_said(role) for role in cast.roles], cast.wish.links)
    return (*wanted, *_lost(cast))


def _lost(cast: Cast) -> list[Criterion]:
    """What was said and art cannot show: nobody will find it."""
    told = [
        (f"{' '.join(role.lost)} {role.mention.word}", "art cannot show it")
        for role in cast.roles
        if role.lost and not role.ground
    ]
    told += [
        (words, f"there is no picture of {role.phrase}")
        for role in cast.missing
        for words in qualities(role.mention)
    ]
    told += beside(cast.wish, [k for k, role in enumerate(cast.roles) if role in cast.missing])
    return only_asked([*told, *cast.lost_grounds], LOST)


def composed_plan(reading: Reading, cast: Cast, *, notes: Sequence[str] = ()) -> Plan:
    """The plan of a request that art alone answers."""
    brief, wanted = brief_of(reading, cast), wanted_of(reading, cast)
    name = "sheet" if brief.words else "picture"
    loop = composed_loop(name, brief, wanted, drafts=DRAFTS if brief.panels[0].things else 1)
    return Plan(
        nodes=(loop,),
        outputs=(f"{name}.image",),
        summary=told(brief)[:400],
        notes=(*cast.notes(), *art_notes(brief), *notes),
    )


def with_art(plan: Plan, reading: Reading, cast: Cast) -> Plan:
    """A plan that draws, with art as a second source of drafts; the judges choose.

    The criteria stay those of the plan. ``plan`` has one loop.
    """
    (loop,) = plan.nodes
    assert isinstance(loop, Loop)
    brief = brief_of(reading, cast)
    art = Alternative(
        source=ART, body=(compose_call(brief),), result=f"{CALL}.image", candidates=DRAFTS
    )
    both = loop.model_copy(
        update={
            "source": DRAWN,
            "alternatives": (art,),
            "reason": "drawn, and composed of art; the judges choose",
        }
    )
    return plan.model_copy(update={"nodes": (both,), "notes": (*plan.notes, *art_notes(brief))})


def composed_loop(
    name: str,
    brief: SceneBrief,
    wanted: tuple[Criterion, ...],
    *,
    call: str = CALL,
    drafts: int = DRAFTS,
) -> Loop:
    """The loop that composes a brief in several ways and keeps the best."""
    return Loop(
        id=name,
        source=ART,
        body=(compose_call(brief).model_copy(update={"id": call}),),
        result=f"{call}.image",
        criteria=wanted,
        candidates=drafts,
        rounds=ROUNDS if wanted else 1,
        reason="composed in several ways; what is placed is looked at, what is set is read back",
    )


def compose_call(brief: SceneBrief) -> Call:
    """The call that composes a brief."""
    return Call(
        id=CALL,
        tool=TOOL,
        arguments={"brief": brief.model_dump(mode="json", exclude_defaults=True)},
    )


def art_notes(brief: SceneBrief) -> list[str]:
    """Where the things come from, and under what licence."""
    return [f"composed of art, not drawn: {one}" for one in brief.credits.values()]


def told(brief: SceneBrief) -> str:
    """The brief in a few words."""
    things = "; ".join(filter(None, (_things(panel) for panel in brief.panels)))
    words = quoted([one.text for one in brief.words])
    kind = "picture of" if brief.design == "picture" else f"{brief.design} with"
    return f"a {kind} {' and '.join(filter(None, (things, words))) or 'nothing but its background'}"


def _things(panel: Panel) -> str:
    parts = []
    for one in panel.things:
        number = f"{one.count} x " if one.count > 1 else ""
        parts.append(number + " ".join(filter(None, (one.pattern, one.colour, one.phrase))))
    return ", ".join(parts)
