"""What composed pictures need at their first use, read ahead: cards, tables of words, one drawing.

The words of some twenty languages are most of it: about 4 s and 170 MB in a process, once, which
the first picture would wait for otherwise.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from maquette.agents.judging.composed.sources import ArtSources

log = logging.getLogger(__name__)

PHRASES = ("birthday cake", "schwarze Katzen", "gatos negros", "Qwzx", "貓")
"""Looked up once: English, other languages, no language, and another script; each reads tables."""
SIDE_PX = 64


def warm(phrases: Sequence[str] = PHRASES) -> float:
    """Read what the finder, the composer and the judge of composed pictures keep in a process.

    Meant for a thread beside the work: it never raises; what cannot be read is told in the log,
    and again by whoever needs it.

    Returns: how long it took, in seconds.
    """
    began = time.perf_counter()
    try:
        sources = ArtSources()
        for phrase in phrases:
            sources.known(phrase)
        _draw()
    except Exception as error:  # a broken pack must not end the worker
        log.warning("art could not be read ahead: %s", error)
    took = time.perf_counter() - began
    log.info("art read ahead in %.1f s", took)
    return took


def _draw() -> None:
    """The first thing of the packs, drawn small: the rasteriser reads its fonts then."""
    from maquette.infra.vector.raster import rasterise
    from maquette.tools.art.packs.table import all_cards, art_of
    from maquette.tools.art.painting.families import small_svg

    first = next(iter(sorted(all_cards())), None)
    if first is not None:
        art = art_of(first)
        rasterise(small_svg(art, art.body), SIDE_PX, SIDE_PX)
