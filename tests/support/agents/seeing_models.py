"""Scripted models that judges ask: one that sees, one that reads, one that rewards."""

from __future__ import annotations

from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.reward import PerspectiveScore, ScoreReply, ScoreRequest
from maquette.model_servers.schemas.understanding import (
    LabelScore,
    LabelScoresReply,
    LabelScoresRequest,
    OcrLine,
    OcrReply,
    UnderstandingDescription,
)
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Colour, Count, Criterion, Exists, Relation
from maquette.records.geometry import Box

PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=9)
TOP = Box(x0=0.1, y0=0.05, x1=0.9, y1=0.2)
CRITERIA: tuple[Criterion, ...] = (
    Exists(id="there", thing="circle"),
    Colour(id="colour", thing="circle", colour="red"),
    Count(id="count", thing="star", count=3),
    Relation(id="place", subject="circle", relation="above", object="star"),
)


ANSWERS = {
    "is there a circle?": "yes",
    "is there a red circle?": "no",
    "how many stars are there?": "three",
    "is the circle above the star?": "yes",
}


def seer(
    answers: dict[str, str], share: float = 0.9, *, able: bool = True, outside: bool = False
) -> ScriptedModelClient:
    """An understanding role that gives each question's answer the same share."""

    def capabilities(_: object) -> UnderstandingDescription:
        verbs = ("ocr", "label_scores") if able else ("ocr",)
        return UnderstandingDescription(model="m", digest="d", capabilities=verbs)

    def label_scores(request: LabelScoresRequest) -> LabelScoresReply:
        rest = (1 - share) / (len(request.labels) - 1)
        told = answers[request.prompt]
        return LabelScoresReply(
            scores=tuple(
                LabelScore(label=x, log_prob=-1.0, probability=share if x == told else rest)
                for x in request.labels
            ),
            verdict=GuardVerdict(
                in_world=not outside,
                reason="outside the bundled models' world" if outside else "",
            ),
            digest="d",
            forward_s=0.25,
        )

    return ScriptedModelClient(
        {
            ("understanding", "capabilities"): capabilities,
            ("understanding", "label_scores"): label_scores,
        }
    )


def rewarder(score: float, in_world: bool | None = None) -> ScriptedModelClient:
    def answer(request: ScoreRequest) -> ScoreReply:
        table = {name: PerspectiveScore(score=score, raw=(0.1,)) for name in request.perspectives}
        return ScoreReply(
            scores=(table,),
            verdicts=(GuardVerdict(in_world=in_world, reason="strange"),),
            digest="d",
            forward_s=0.1,
        )

    return ScriptedModelClient({("reward", "score"): answer})


def line(text: str, box: Box = TOP, score: float = 0.98) -> OcrLine:
    """A line that was read with confidence, by default at the top."""
    return OcrLine(text=text, score=score, box=box)


def reader(*lines: OcrLine) -> ScriptedModelClient:
    """An understanding role that reads these lines in every picture, in half a second."""
    reply = OcrReply(lines=lines, digest="d", forward_s=0.5)
    return ScriptedModelClient({("understanding", "ocr"): lambda _: reply})
