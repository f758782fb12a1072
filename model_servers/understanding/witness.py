"""Answers requests about one picture: decodes it, asks the guard, asks the model."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from maquette.model_servers.loading.pictures import open_picture
from maquette.model_servers.schemas.guard import GuardVerdict, joined
from maquette.model_servers.schemas.understanding import (
    AnswerReply,
    AnswerRequest,
    AttentionMap,
    CaptionReply,
    CaptionRequest,
    LabelScore,
    LabelScoresReply,
    LabelScoresRequest,
)
from maquette.model_servers.understanding.debias import calibrated, probabilities, together
from maquette.model_servers.understanding.prompts import (
    INSTRUCTIONS,
    MAX_ANSWER_TOKENS,
    MAX_TOKENS,
)
from maquette.records.errors import InvalidInput

if TYPE_CHECKING:
    from maquette.model_servers.guard.guard import DomainGuard
    from maquette.model_servers.understanding.backends.contract import Said, UnderstandingBackend


class Witness:
    """A model and the guard that says what lies beyond it. Not thread-safe."""

    def __init__(self, model: UnderstandingBackend[Any], guard: DomainGuard) -> None:
        self._model = model
        self._guard = guard

    def facts(self) -> dict[str, Any]:
        """What there is to know of the model."""
        return {
            "parameters": self._model.parameters,
            "image_px": self._model.side_px,
            "picture_tokens": self._model.picture_tokens,
            "guarded": bool(self._guard.digest),
        }

    def describe(self, request: CaptionRequest, data: bytes, digest: str) -> CaptionReply:
        """Say what the picture of ``data`` shows. Raises: MediaRejected."""
        seen, verdict, begun = self._look(data)
        style = request.style
        said = self._model.say(
            seen, INSTRUCTIONS[style], MAX_TOKENS[style], attention=request.attention
        )
        return CaptionReply(
            text=said.text,
            probability=_probability(said),
            attention=_map(said),
            digest=digest,
            forward_s=time.monotonic() - begun,
            verdict=verdict,
        )

    def answer(self, request: AnswerRequest, data: bytes, digest: str) -> AnswerReply:
        """Answer the question. Raises: MediaRejected, InvalidInput."""
        seen, verdict, begun = self._look(data)
        question = request.question.strip()
        if not question:
            raise InvalidInput("the question has no words", hint="ask something")
        said = self._model.say(seen, question, MAX_ANSWER_TOKENS, attention=request.attention)
        return AnswerReply(
            answer=said.text,
            probability=_probability(said),
            attention=_map(said),
            digest=digest,
            forward_s=time.monotonic() - begun,
            verdict=joined((verdict, self._guard.judge_words(question))),
        )

    def label_scores(
        self, request: LabelScoresRequest, data: bytes | None, digest: str
    ) -> LabelScoresReply:
        """Score every label. Raises: MediaRejected, InvalidInput."""
        verdicts = [self._guard.judge_words(request.prompt)]
        seen, begun = None, time.monotonic()
        if data is not None:
            seen, verdict, begun = self._look(data)
            verdicts.insert(0, verdict)
        log_probs = self._model.score(seen, request.prompt, request.labels)
        shares = probabilities(log_probs)
        blind = self._blind(request)
        corrected = calibrated(shares, blind, request.form) if blind else None
        return LabelScoresReply(
            scores=tuple(
                LabelScore(
                    label=label,
                    log_prob=log_probs[k],
                    probability=shares[k],
                    blind_probability=blind[k] if blind else None,
                    calibrated=corrected[k] if corrected else None,
                )
                for k, label in enumerate(request.labels)
            ),
            digest=digest,
            forward_s=time.monotonic() - begun,
            verdict=joined(verdicts),
        )

    def _blind(self, request: LabelScoresRequest) -> list[float] | None:
        """The labels' shares without the picture, as the request wants them taken."""
        ways = {"none": (), "no_image": (False,), "unknown": (True,), "both": (False, True)}
        shares = [
            probabilities(self._model.score(None, request.prompt, request.labels, unknown=unknown))
            for unknown in ways[request.blind]
        ]
        return together(*shares) if shares else None

    def _look(self, data: bytes) -> tuple[Any, GuardVerdict, float]:
        """The picture's features, the guard's verdict, and when the models began."""
        picture = open_picture(data)
        begun = time.monotonic()
        return self._model.see(picture), self._guard.judge(picture), begun


def _probability(said: Said) -> float:
    return min(math.exp(said.log_prob), 1.0)


def _map(said: Said) -> AttentionMap | None:
    return AttentionMap(grid=said.grid, share=min(said.share, 1.0)) if said.grid else None
