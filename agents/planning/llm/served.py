"""What is served, as a language model is told: what the models can do, and what art there is.

Only what stays the same from one request to the next is told, never counts or loads, so that the
beginning of every prompt is the same bytes for as long as the same models are served.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from maquette.agents.planning.llm.text import clean
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.served import Served
from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.client.roles import (
    EmbeddingClient,
    RewardClient,
    SegmentationClient,
    TextRenderingClient,
    UnderstandingClient,
)
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.records.errors import MaquetteError
from maquette.tools.art.packs.table import all_cards, all_packs
from maquette.tools.availability import Health, available, look, roles_of, unavailable
from maquette.tools.registry import Registry

MAX_WORDS = 200
"""Of one kind of a closed vocabulary, fonts, perspectives."""
MAX_LETTERS = 80


@dataclass(frozen=True)
class Offer:
    """What a plan may be made of, for one request."""

    tools: Registry
    """Those whose models answer."""
    served: str
    """Lines of JSON about the models and the art packs; empty: nothing was asked."""
    missing: tuple[str, ...] = ()
    """Tools that are left out, since a model of theirs does not answer."""


async def offer(registry: Registry, models: ModelClient | None, gallery: Gallery | None) -> Offer:
    """What is there now. Without a client nothing is asked, and every tool is offered."""
    if models is None:
        return Offer(registry, "")
    used = sorted(roles_of(registry))
    health, *answers = await asyncio.gather(
        look(models, used), *(_told_of(models, role) for role in used)
    )
    told = {role: card for role, card in zip(used, answers, strict=True) if card is not None}
    silent = {role: "it does not answer" for role in used if role not in told}
    health = Health({**silent, **health.dead})
    lines = [{"served": str(role), **card} for role, card in told.items()]
    lines += _packs(gallery)
    return Offer(
        available(registry, health),
        "\n".join(json.dumps(line, ensure_ascii=False) for line in lines),
        tuple(unavailable(registry, health)),
    )


async def _told_of(models: ModelClient, role: RoleName) -> dict[str, Any] | None:
    """The card of a role; None: nothing answers for it."""
    ask = _ASKED.get(role, _only_there)
    try:
        return await ask(models, role)
    except MaquetteError:
        return None


async def _generation(models: ModelClient, _: RoleName) -> dict[str, Any]:
    found = await Served(models).generator()
    return {
        "model": _word(found.model),
        "draws": _vocabulary(found),
        "boxes are honoured": found.layout,
        "abilities": _words(found.capabilities),
        "usual size": f"{found.width_px} x {found.height_px} px",
        "usual steps": found.default_steps,
        "usual guidance": found.default_guidance,
    }


def _vocabulary(found: GenerationDescription) -> str | dict[str, list[str]]:
    """What words it takes: any, or those of a closed vocabulary by their kind."""
    if not found.vocabulary:
        return "any words (open vocabulary)"
    kinds = sorted(found.vocabulary.items())
    return {_word(f"only these {kind}"): _words(words) for kind, words in kinds}


async def _understanding(models: ModelClient, _: RoleName) -> dict[str, Any]:
    found = await UnderstandingClient(models).capabilities()
    return {"abilities": _words(found.capabilities), "told when unsure": found.guarded}


async def _segmentation(models: ModelClient, _: RoleName) -> dict[str, Any]:
    found = await SegmentationClient(models).describe()
    by = ["boxes", "points", *(["phrases"] if found.model_digest is not None else [])]
    return {"finds things by": by}


async def _reward(models: ModelClient, _: RoleName) -> dict[str, Any]:
    found = await RewardClient(models).describe()
    told = sorted(found.perspectives.items())[:MAX_WORDS]
    return {"perspectives": {_word(name): clean(about, 200) for name, about in told}}


async def _embedding(models: ModelClient, _: RoleName) -> dict[str, Any]:
    found = await EmbeddingClient(models).describe()
    by = ["words", *(["what pictures show"] if found.picture_digest is not None else [])]
    return {"compares": by}


async def _text_rendering(models: ModelClient, _: RoleName) -> dict[str, Any]:
    found = await TextRenderingClient(models).fonts()
    told = sorted(found.fonts.items())[:MAX_WORDS]
    return {"fonts": {_word(name): clean(about, MAX_LETTERS) for name, about in told}}


async def _only_there(models: ModelClient, role: RoleName) -> dict[str, Any]:
    """Of a role that we do not know, that it answers."""
    await models.digest(role)
    return {}


_Ask = Callable[[ModelClient, RoleName], Awaitable[dict[str, Any]]]
_ASKED: Mapping[RoleName, _Ask] = {
    RoleName.GENERATION: _generation,
    RoleName.UNDERSTANDING: _understanding,
    RoleName.SEGMENTATION: _segmentation,
    RoleName.REWARD: _reward,
    RoleName.EMBEDDING: _embedding,
    RoleName.TEXT_RENDERING: _text_rendering,
}


def _packs(gallery: Gallery | None) -> list[dict[str, Any]]:
    """A card for each art pack: what it is, how many things it has, and in which languages."""
    if gallery is None or not gallery.there:
        return []
    found = []
    for name, pack in sorted(all_packs().items()):
        cards = [card for id, card in all_cards().items() if id.startswith(f"{name}:")]
        found.append(
            {
                "art pack": _word(name),
                "is": clean(pack.title, MAX_LETTERS),
                "style": clean(pack.style, MAX_LETTERS),
                "things": len(cards),
                "named in": sorted({language for card in cards for language in card.names}),
            }
        )
    return found


def _word(text: str) -> str:
    return clean(text, MAX_LETTERS)


def _words(texts: Iterable[str]) -> list[str]:
    return [_word(text) for text in list(texts)[:MAX_WORDS]]
