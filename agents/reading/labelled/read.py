"""Read a request with the trained reader: one reading an item, and the ledger of its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from maquette.agents.reading.changes import Changes
from maquette.agents.reading.finding import MAX_PHRASES, Sought
from maquette.agents.reading.labelled.edits.adjusting import points_inside
from maquette.agents.reading.labelled.edits.changed import ChangesRead, read_changes_of, unclear
from maquette.agents.reading.labelled.labelled import Labelled, items_of, unmasked, with_kind
from maquette.agents.reading.labelled.ledger import entries_of
from maquette.agents.reading.labelled.quoting import Quoted, hide_quoted
from maquette.agents.reading.labelled.scenes import read_scene_of
from maquette.agents.reading.labelled.sequencing import opening_of, read_sequence_of, shared
from maquette.agents.reading.request import Reading, check_strings, check_words, plain_of
from maquette.agents.reading.showing import read_showing, without_nouns
from maquette.agents.reading.wording import Wordings
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.model_servers.schemas.reading import ReadReply
from maquette.records.ledger import Ledger

_CUTS = re.compile(
    r"\b(?:cut\w*|isolat\w*|extract\w*|freistell\w*|schneid\w*|ausschneid\w*|recort\w*|keep|only|"
    r"alone|remove everything|separate\w*)\b|抠|剪",
    re.IGNORECASE,
)


_DRAWS = re.compile(r"(?:draw|paint|sketch|render|illustrate|show|imagine)\b", re.IGNORECASE)
_MAKES = re.compile(r"(?:make|create|design|generate|produce)?$", re.IGNORECASE)
_POINTS = re.compile(r"(?:this|that|these|those|my|our)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Read:
    """A request as it was read."""

    items: tuple[Reading, ...]
    ledger: Ledger
    extents: tuple[tuple[int, int], ...]
    """Of each item, where it begins and ends in the request."""


async def read_labelled(text: str, attached: int, reader: EmbeddingClient) -> Read:
    """Read a request with so many attached pictures.

    Raises: InvalidInput: it has no words, or a string to be shown is too long. ModelUnavailable:
        the reader does not answer.
    """
    quoted = _quoted(text)
    return _read(text, quoted, attached, await reader.read_request(quoted.masked, attached))


def read_with(text: str, attached: int, read: Callable[[str, int], ReadReply]) -> Read:
    """The same with a reader in this process. Raises: InvalidInput."""
    quoted = _quoted(text)
    return _read(text, quoted, attached, read(quoted.masked, attached))


def _quoted(text: str) -> Quoted:
    check_words(text)
    quoted = hide_quoted(text)
    check_strings(quoted.strings)
    return quoted


def _read(text: str, quoted: Quoted, attached: int, reply: ReadReply) -> Read:
    language = reply.language
    items = items_of(quoted.masked, quoted.strings, reply, language)
    readings = tuple(reading_of(item, attached) for item in items)
    for reading in readings[1:]:  # "two stickers: a taco ...; a pizza ..."
        carrier = readings[0].scene.wish.carrier
        reading.scene.wish.carrier = reading.scene.wish.carrier or carrier
    entries = [entry for item in items for entry in entries_of(item, text, quoted.places)]
    extents = tuple(_extent(item, quoted.places) for item in items)
    ledger = Ledger(entries=tuple(entries), language=language, probability=reply.probability)
    return Read(readings, ledger, extents)


def _extent(item: Labelled, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    if not item.text:
        return 0, 0
    return places[item.offset][0], places[item.offset + len(item.text) - 1][1]


def reading_of(item: Labelled, attached: int) -> Reading:
    """What an item says."""
    scene = read_scene_of(item)
    check_strings(scene.shown)
    showing = read_showing(without_nouns(scene.masked)) if _may_show(item, attached) else None
    if showing is not None:
        item = with_kind(item, "image")
    wordings = Wordings(scene.shown, scene.masked)
    edits = item.kind == "image_edit"
    changes = read_changes_of(item) if edits else None
    read = Reading(
        wordings=wordings,
        attached=attached,
        plain=plain_of(scene.masked),
        search=_search(item) if item.kind == "retrieve" else None,
        sought=_sought(item) if item.kind in ("mask", "boxes") else None,
        changes=_told(item, changes) if changes else None,
        showing=showing,
        sequence=None,
        bare=scene.wish if scene.shown else None,
        labelled=item,
        scene=scene,
        understood=changes,
    )
    if item.kind != "sequence":
        return read
    sequence, parts = read_sequence_of(item)
    if sequence is None:
        return read
    frames = tuple(reading_of(one, attached) for one in parts)
    opening = read_scene_of(opening_of(item, parts))
    left = shared(opening, [one.scene for one in frames], item.plain(sequence.opening))
    return replace(read, sequence=sequence, parts=frames, opening=tuple(left))


def _may_show(item: Labelled, attached: int) -> bool:
    """Whether an item may ask for the thing of an attached picture in a new scene: it draws, and
    the first thing that it names is pointed at."""
    if item.kind == "image" or not attached:
        return item.kind == "image"
    if item.kind not in ("image_edit", "image_text", "caption", "clarify", "unavailable", "score"):
        return False
    first = next((piece for _, piece in item.of("do")), None)
    verb = first.text if first else ""
    named = next((p for _, p in item.of("ref", "target", "thing", "query", "carrier")), None)
    pointed = named is not None and bool(_POINTS.match(named.text))
    new = named is not None and named.label == "carrier" and not pointed
    draws, makes = _DRAWS.match(verb), _MAKES.match(verb)
    return bool(draws and (pointed or new)) or bool(new and makes)


def _told(item: Labelled, read: ChangesRead) -> Changes | None:
    """The changes; what is open where nothing is named; None: none that is known is said of it."""
    if read.changes:
        return read.changes
    return None if any(item.of("target", "thing")) else unclear(item)


def _search(item: Labelled) -> str:
    """What is looked for: from the first of its words to the last."""
    held = [piece for _, piece in item.of("query", "thing", "target", "words", "colour")]
    if not held:
        return ""
    text = item.text[held[0].start : held[-1].end]
    return unmasked(text, item.strings)


def _sought(item: Labelled) -> Sought | None:
    """What to find, and what is wanted of it. What another thing stands to is not sought itself,
    unless it is all that is named."""
    named = [k for k, _ in item.of("target", "thing", "query") if not item.denied(k)]
    objects = {k for n, _ in item.of("rel") if item.heads_of(n) for k in item.objects_of(n)}
    chosen = [k for k in named if k not in objects] or named
    if not chosen:
        refs = [k for k, piece in item.of("ref") if points_inside(piece.text)]
        chosen = refs
    phrases, held = [], set(chosen)
    for k in chosen:
        piece = item.pieces[k]
        before = [
            (n, one.text)
            for n, one in item.of("colour", "size", "pattern", "attr")
            if k in item.heads_of(n) and one.end <= piece.start and len(one.text.split()) <= 2
        ]
        held |= {n for n, _ in before}
        phrases.append(item.plain(" ".join([*(text for _, text in before), piece.text]))[:200])
    if not phrases:
        return None
    wanted = "place" if item.kind == "boxes" else "cut_out" if _CUTS.search(item.text) else "mask"
    told = ("colour", "size", "pattern", "attr", "place", "rel", "target", "thing", "style")
    left = [k for k, _ in item.of(*told) if k not in held | objects]
    return Sought(tuple(phrases[:MAX_PHRASES]), wanted, tuple(left))  # type: ignore[arg-type]
