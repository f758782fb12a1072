"""What kind of request it is: the nearest of labelled examples, by sentence embedding.

The strings a person quotes are hidden first, so that a quoted word never decides; rules take
the traps that examples get wrong.
"""

from __future__ import annotations

import re
from enum import StrEnum

from maquette.agents.reading.changes import ChangeKind
from maquette.agents.reading.changing import read_changes, wants_change
from maquette.agents.reading.finding import read_finding
from maquette.agents.reading.searching import read_search
from maquette.agents.reading.showing import ANYTHING, read_showing
from maquette.agents.reading.wording import HIDDEN, PLACEHOLDER, Wordings
from maquette.model_servers.client.contract import ModelClient
from maquette.model_servers.client.roles import EmbeddingClient

NEAREST = 3
"""Examples averaged for each intent."""
UNSURE = 0.28
"""Cosine below which a request is like nothing we know."""


class Intent(StrEnum):
    DRAW = "draw"
    READ = "read"
    CAPTION = "caption"
    ENLARGE = "enlarge"
    FIND = "find"
    DESCRIBE = "describe"
    EDIT = "edit"
    SHOW = "show"
    """Draw the thing of an attached picture in a new scene."""
    SEARCH = "search"
    """Find pictures made before."""
    SOUND = "sound"
    CHAT = "chat"


EXAMPLES: dict[Intent, tuple[str, ...]] = {
    Intent.DRAW: (
        "draw a picture of a house and a tree",
        "a red circle above a blue square",
        "make a poster that says some words with a drawing below",
        "a sign with words on it",
        "three yellow stars over a boat",
        "create an illustration of a sunny day",
        "I need a birthday card with a heart",
        "paint a cat next to a dog",
        "show me what a lighthouse looks like",
        "design a logo with a moon",
        "a photo of a mountain lake at night",
        "generate an image of two fish",
    ),
    Intent.READ: (
        "what does this sign say",
        "read the text in the picture",
        "transcribe the words in this image",
        "what is written here",
        "extract the text from the photo",
        "which words are on the poster in the attached picture",
        "OCR this image",
        "tell me the words on this label",
    ),
    Intent.CAPTION: (
        "put the words on this picture",
        "add a title to the attached photo",
        "write a caption over my image",
        "turn this photo into a poster with a headline",
    ),
    Intent.ENLARGE: (
        "make this picture larger",
        "upscale the attached image",
        "enlarge this photo twice",
        "increase the resolution of my image",
    ),
    Intent.DESCRIBE: (
        "describe this picture",
        "what is in the image",
        "how many birds are in the photo",
        "what colour is the car in the attached picture",
        "is there a dog in this image",
        "which of these two pictures is better",
        "who is the person in this photo",
    ),
    Intent.EDIT: (
        "remove the background from this photo",
        "make the car in the picture blue",
        "change the sky in my image to night",
        "crop this image",
        "erase the person in the picture",
        "put a hat on the dog in the photo",
    ),
    Intent.SOUND: (
        "say it aloud",
        "make a song about spring",
        "record a voice reading this",
        "create a video of a running horse",
        "generate the sound of rain",
        "animate this picture",
    ),
    Intent.CHAT: (
        "what is the capital of France",
        "write a poem about the sea",
        "translate this sentence into German",
        "explain how a motor works",
        "who won the world cup",
        "fix the bug in my python code",
        "how are you today",
        "what is two plus two",
    ),
}

_ABOUT_ATTACHED = re.compile(
    r"\b(?:this|the attached|attached|my|these|that|the)\s+(?:\w+\s+)?"
    r"(?:picture|image|photo|photograph|sign|poster|label|screenshot|scan|drawing|card|page|one|"
    r"pictures|images|photos|it)\b",
    re.IGNORECASE,
)
_READS = re.compile(
    r"\b(?:what (?:does|do|is|are) .*\b(?:say|read|written|text|words?)\b|"
    r"(?:read|transcribe|extract|ocr|recogni[sz]e|copy out|type out)\b.*"
    r"\b(?:text|words?|writing|sign|label|letters|picture|image|photo|it|this|poster|card)\b|"
    r"what(?:'s| is) written|which words|\bocr\b)",
    re.IGNORECASE,
)
_MAKES = re.compile(
    r"^\W*(?:please\s+|now\s+|can you\s+|could you\s+|i (?:want|need|would like)\s+(?:you to\s+)?)*"
    r"(?:draw|paint|make|create|generate|design|sketch|illustrate|show|give|render|produce|an?|the|two|"
    r"three|four|five|some|several)\b",
    re.IGNORECASE,
)
_NO_DRAWING = re.compile(
    r"\b(?:do not|don[’']?t|never|without|no need to|instead of)\s+(?:draw|paint|generat|creat|mak)"
    r"(?:e|ing)?\b(?!\s+(?:any\s+)?(?:text|words|letters))",
    re.IGNORECASE,
)
_SOUND = re.compile(
    r"\b(?:aloud|out loud|audio|song|music|sing|voice|podcast|mp3|video|"
    r"movie clip|animat\w+|gif)\b",
    re.IGNORECASE,
)
_ENLARGES = re.compile(
    r"\b(?:upscale|enlarge|(?:make|scale) (?:it|this|the|my)\b.*\b(?:bigger|larger|up)|"
    r"(?:increase|double|triple)\b.*\b(?:size|resolution))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(?:please\s+|can you\s+|could you\s+)*(?:what|who|whom|whose|why|when|where|how|which|is|"
    r"are|does|do|did|explain|translate|tell|count|describe|summari[sz]e|compare|answer|read|sing|"
    r"write (?:me |us )?(?:an? |the )?(?:short |long |little )?(?:poem|story|essay|letter|song|"
    r"email|program|script|function|article))\b",
    re.IGNORECASE,
)
_LOOKS = re.compile(
    r"^\W*(?:please\s+|can you\s+|could you\s+|tell me\s+)*(?:describe\b|how many\b|"
    r"(?:what|which) (?:is the |are the )?(?:colou?r|pattern|size|shape|background)\b|"
    r"(?:is|are) there (?:an?|any|some|one|two|three|four|five|six|no)\b|"
    r"(?:what )?(?:can|do) (?:you|we|i) see\b|what (?:does|do) (?:\w+ ){1,3}(?:show|depict)\b|"
    r"(?:what|which thing)(?:'s|’s| is| are)?\s+(?:to the |on the )?"
    r"(?:left|right|above|below|under|beneath|over|inside|behind|in)\b|"
    r"is (?:the|this|that|it)\b)",
    re.IGNORECASE,
)
"""Questions that can only be about the picture that is attached."""
_NAMES = re.compile(
    r"^\W*(?:please\s+)?(?:draw|paint|sketch|illustrate|an?|the|two|three|four|five|six|several)\s+"
    r"(?!(?:joke|poem|song|story|recipe|summary|list|video|sound|tune|film|movie|translation)\b)",
    re.IGNORECASE,
)
_PUTS = re.compile(r"\b(?:put|add|write|print|place|overlay|caption|title)\b", re.IGNORECASE)


class IntentReader:
    """Tells intents apart; the examples are embedded once."""

    def __init__(self, models: ModelClient) -> None:
        self._embedding = EmbeddingClient(models)
        self._examples: list[tuple[Intent, tuple[float, ...]]] | None = None

    async def read(self, wordings: Wordings, *, attached: int, drawable: bool = False) -> Intent:
        """The intent of a request with so many attached pictures.

        Args:
            drawable: whether the request names a thing that the generator knows.
        Raises: ModelUnavailable: the embedding model does not answer.
        """
        ruled = rule(wordings, attached=attached, drawable=drawable)
        return ruled if ruled is not None else await self._nearest(plain(wordings), attached)

    async def _nearest(self, text: str, attached: int) -> Intent:
        if self._examples is None:
            labels = [intent for intent, texts in EXAMPLES.items() for _ in texts]
            texts = tuple(text for texts in EXAMPLES.values() for text in texts)
            reply = await self._embedding.embed_text(texts)
            self._examples = list(zip(labels, reply.vectors, strict=True))
        vector = (await self._embedding.embed_text((text[:2_000],))).vectors[0]
        likeness: dict[Intent, list[float]] = {}
        for intent, example in self._examples:
            cosine = sum(a * b for a, b in zip(vector, example, strict=True))
            likeness.setdefault(intent, []).append(cosine)
        scores = {
            intent: sum(sorted(found)[-NEAREST:]) / NEAREST for intent, found in likeness.items()
        }
        if not attached:  # nothing is attached, so nothing can be done to it
            for intent in (Intent.READ, Intent.CAPTION, Intent.ENLARGE, Intent.EDIT):
                scores[intent] -= 0.2
        best = max(scores, key=lambda intent: scores[intent])
        return best if scores[best] >= UNSURE else Intent.CHAT


def plain(wordings: Wordings) -> str:
    """The request with every string replaced by the word "words"."""
    masked = wordings.masked.replace(HIDDEN, "")
    return "".join(
        "some words" if PLACEHOLDER <= ord(c) <= PLACEHOLDER + 0xFF else c for c in masked
    )


def rule(wordings: Wordings, *, attached: int, drawable: bool = False) -> Intent | None:
    """The intent where words alone decide, or None."""
    text = plain(wordings)
    about = bool(_ABOUT_ATTACHED.search(text)) and attached > 0
    makes = bool(_MAKES.match(text))
    if read_search(wordings) is not None:
        return Intent.SEARCH
    if not attached and (missing := _without_picture(wordings)):
        return missing
    if not attached and _NAMES.match(text):
        return Intent.DRAW
    if (
        _SOUND.search(text)
        and not wordings.shown
        and not re.search(r"\b(?:poster|sign|picture)\b", text)
    ):
        return Intent.SOUND
    if _READS.search(text) and not wordings.shown and (attached or not makes):
        return Intent.READ
    if attached and read_finding(wordings) is not None:
        return Intent.FIND
    if attached and wordings.shown and _PUTS.search(text) and about:
        return Intent.CAPTION
    if attached and read_changes(wordings.masked) is not None:
        return Intent.EDIT
    if attached and _LOOKS.match(text):
        return Intent.DESCRIBE
    if (
        _NO_DRAWING.search(text)
        and not wordings.shown
        and not re.search(
            r"[,.;]\s*(?:just |only |but )?(?:draw|paint|make|show|an?\b|two|three|some)", text
        )
    ):
        return Intent.DESCRIBE
    if attached and _ENLARGES.search(text):
        return Intent.ENLARGE
    if attached and read_showing(wordings.masked) is not None:
        return Intent.SHOW
    if attached and not wordings.shown and wants_change(wordings.masked):
        return Intent.EDIT
    if wordings.shown and not about:
        return Intent.DRAW
    if drawable and not attached and not _ASKS.match(text):
        return Intent.DRAW
    return None


def _without_picture(wordings: Wordings) -> Intent | None:
    """What only makes sense of a picture, though none is attached: it will be refused so."""
    if wordings.shown:
        return None
    finding = read_finding(wordings)
    if finding is not None and finding.wanted == "cut_out":
        return Intent.FIND
    changes = read_changes(wordings.masked)
    if isinstance(changes, tuple) and all(change.kind in _OF_A_PICTURE for change in changes):
        return Intent.EDIT
    showing = read_showing(wordings.masked)
    if showing is not None and set(showing.nouns) == {ANYTHING}:
        return Intent.SHOW
    return None


_OF_A_PICTURE = frozenset(ChangeKind) - {ChangeKind.ADD, ChangeKind.BACKGROUND, ChangeKind.RESIZE}
