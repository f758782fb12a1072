"""How large a sheet is, in px: as asked, else as such sheets usually are."""

from __future__ import annotations

from maquette.tools.art.brief import DesignName, SceneBrief

Size = tuple[int, int]

USUAL: dict[DesignName, Size] = {
    "picture": (768, 768),
    "card": (1050, 1480),  # A6
    "poster": (1152, 1536),  # 3 : 4
    "sign": (1280, 800),
    "flyer": (1088, 1536),  # A5
    "invitation": (1050, 1480),
    "label": (1200, 720),
    "sticker": (1024, 1024),
    "panels": (1536, 640),
    "cover": (1024, 1536),  # 2 : 3
}
WIDE_CARD: Size = (1480, 1050)
"""A card of words alone lies on its side."""
PANELS: dict[int, Size] = {
    1: (1024, 1024),
    2: (1440, 800),
    3: (1800, 760),
    4: (1440, 1440),
    5: (1680, 1260),
    6: (1680, 1260),
}
LEAST, MOST = 64, 4096


def size_of(brief: SceneBrief) -> Size:
    """Width and height in px. Where one is asked the other keeps the usual shape."""
    width, height = _usual(brief)
    if brief.width_px and brief.height_px:
        return brief.width_px, brief.height_px
    if brief.width_px:
        return brief.width_px, _held(brief.width_px * height / width)
    if brief.height_px:
        return _held(brief.height_px * width / height), brief.height_px
    return width, height


def _usual(brief: SceneBrief) -> Size:
    if brief.design == "panels" or len(brief.panels) > 1:
        return PANELS[len(brief.panels)]
    shows = any(panel.things for panel in brief.panels)
    return WIDE_CARD if brief.design == "card" and not shows else USUAL[brief.design]


def _held(side: float) -> int:
    return min(max(round(side), LEAST), MOST)
