"""From a brief to a sheet: where its words, frames and ornaments stand, and the things' room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.geometry import Box
from maquette.tools.art.brief import DesignName, SceneBrief
from maquette.tools.art.scene import Frame, Shape
from maquette.tools.art.sheets import bordered, festive, layouts, several
from maquette.tools.art.sheets.draft import Draft, Said
from maquette.tools.art.sheets.fonts import STALL, fonts_of, mood_of, spoken
from maquette.tools.art.sheets.palettes import palette_of
from maquette.tools.art.sheets.roles import with_roles
from maquette.tools.art.sheets.sizes import size_of

Layout = Callable[[Draft], None]

LAYOUTS: dict[str, Layout] = {
    "banner": layouts.banner,
    "footer": layouts.footer,
    "split": layouts.split,
    "ribbon": layouts.ribboned,
    "bold": layouts.bold,
    "page": layouts.page,
    "cover": layouts.cover,
    "ticket": layouts.ticket,
    "frame": bordered.framed,
    "corners": bordered.cornered,
    "board": bordered.board,
    "medallion": bordered.medallion,
    "round": bordered.round_sticker,
    "confetti": festive.confetti,
    "awning": festive.awning,
    "signs": several.signs,
    "placed": layouts.placed,
}
"""Every design but that of panels, by its name."""

WITH_THINGS: dict[DesignName, tuple[str, ...]] = {
    "picture": ("page",),
    "card": ("frame", "medallion", "confetti", "ribbon", "banner", "footer", "page"),
    "poster": ("banner", "bold", "medallion", "split", "awning", "ribbon", "page"),
    "sign": ("board", "split", "awning", "banner", "ticket", "bold"),
    "flyer": ("split", "banner", "awning", "ribbon", "bold", "ticket", "footer"),
    "invitation": ("corners", "frame", "ticket", "ribbon", "medallion"),
    "label": ("board", "ticket", "frame", "medallion", "split"),
    "sticker": ("round", "medallion", "page", "board"),
    "panels": ("page",),
    "cover": ("cover", "split", "page", "footer", "frame"),
}
WORDS_ONLY: dict[DesignName, tuple[str, ...]] = {
    "picture": ("board", "frame"),
    "card": ("frame", "confetti", "corners", "board", "ticket", "banner"),
    "poster": ("bold", "banner", "board", "frame"),
    "sign": ("board", "bold", "frame", "awning", "ticket", "banner"),
    "flyer": ("bold", "banner", "awning", "ticket", "frame", "board"),
    "invitation": ("corners", "frame", "ticket", "board"),
    "label": ("ticket", "board", "frame", "corners"),
    "sticker": ("round", "board", "ticket"),
    "panels": ("board",),
    "cover": ("cover", "bold", "frame", "corners"),
}
"""The designs that suit each kind of sheet, the usual one first: a variant takes the next."""


@dataclass(frozen=True)
class SheetDesign:
    """A sheet without its things."""

    name: str
    """The kind of sheet and the design, such as ``poster banner``."""
    width_px: int
    height_px: int
    frames: tuple[Frame, ...]
    """The sheet itself first, then the parts that have a background of their own."""
    panel_frames: tuple[int, ...]
    """For each panel of the brief the index of its frame."""
    room: tuple[Box, ...]
    """For each panel where its things may stand: clear of all words that have no plate."""
    shapes: tuple[Shape, ...]
    words: tuple[TextBlock, ...]
    """The brief's strings in their order, then the captions of the panels that have one."""


def design(brief: SceneBrief, *, variant: int) -> SheetDesign:
    """Design the sheet of a brief. Another ``variant`` differs in layout, palette and fonts.

    Raises: ValueError: a colour of the brief is no known colour.
    """
    roles = with_roles(brief.words, brief.design)
    said = tuple(
        Said(i, w.text, r) for i, (w, r) in enumerate(zip(brief.words, roles, strict=True))
    )
    texts = [w.text for w in brief.words] + [p.caption for p in brief.panels if p.caption]
    draft = Draft(
        brief,
        size_of(brief),
        palette_of(brief, variant),
        fonts_of(texts, brief.design, variant),
        said,
    )
    name = _lay_out(draft, variant)
    return _finished(draft, f"{brief.design} {name}")


def _lay_out(draft: Draft, variant: int) -> str:
    brief = draft.brief
    if len(brief.panels) > 1 or brief.design == "panels" or brief.panels[0].caption:
        several.panels(draft, _captions(brief), variant)
        return f"grid {variant % 3}"
    name = layout_name(draft, variant)
    if not draft.said and name != "round":
        draft.show(draft.whole)
    else:
        LAYOUTS[name](draft)
    if not draft.room:
        draft.show(draft.whole, room=draft.whole)
    return name


def layout_name(draft: Draft, variant: int) -> str:
    """Which design a variant of a draft takes."""
    if any(words.place for words in draft.brief.words):
        return "placed"
    if any(said.role == "sign" for said in draft.said) and len(draft.said) > 1:
        return "signs"
    table = WITH_THINGS if draft.shows else WORDS_ONLY
    texts = [said.text for said in draft.said]
    fitting = {
        "confetti": mood_of(texts, draft.brief.design) == "playful",
        "awning": bool(STALL & spoken(texts)),
    }
    names = [name for name in table[draft.brief.design] if fitting.get(name, True)]
    return names[variant % len(names)]


def _captions(brief: SceneBrief) -> tuple[Said | None, ...]:
    said: list[Said | None] = []
    index = len(brief.words)
    for panel in brief.panels:
        said.append(Said(index, panel.caption, "caption") if panel.caption else None)
        index += panel.caption is not None
    return tuple(said)


def _finished(draft: Draft, name: str) -> SheetDesign:
    width, height = draft.width, draft.height
    return SheetDesign(
        name=name,
        width_px=width,
        height_px=height,
        frames=tuple(draft.frames),
        panel_frames=tuple(draft.panel_frames),
        room=tuple(area.box(width, height) for area in draft.room),
        shapes=tuple(draft.shapes),
        words=tuple(draft.words[index] for index in sorted(draft.words)),
    )
