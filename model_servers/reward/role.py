"""The reward role: how well pictures answer words, seen from several perspectives."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pydantic import Field

from maquette.model_servers.client.contract import Method, RoleName
from maquette.model_servers.guard.guard import DomainGuard, open_guard
from maquette.model_servers.loading.devices import choose_device, choose_dtype
from maquette.model_servers.loading.loaded_role import Loaded, LoadedRole
from maquette.model_servers.loading.model_files import BUNDLED
from maquette.model_servers.loading.pictures import open_picture
from maquette.model_servers.reward.backends.contract import RewardBackend, RowScore
from maquette.model_servers.reward.backends.table import BACKENDS
from maquette.model_servers.reward.directory import in_pack, missing_reward
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.reward import (
    CompareReply,
    CompareRequest,
    PerspectiveScore,
    RewardDescription,
    ScoreReply,
    ScoreRequest,
)
from maquette.records.base import Record
from maquette.records.errors import InvalidInput

CODE_VERSION = "1"
"""Raised with every change to this folder that can change a score."""


class RewardOptions(Record):
    """Options of the reward model in the settings."""

    backbone: str | None = Field(default=None, description="instead of the one the directory names")
    device: str = Field(default="auto", description="auto, cpu, cuda, cuda:0 ...")
    dtype: str = Field(default="auto", description="auto, float32, bfloat16, float16")


@dataclass(frozen=True, kw_only=True)
class _Loaded(Loaded):
    """The models of a started role; none where the pack has none yet."""

    scorer: RewardBackend | None = None
    guard: DomainGuard | None = None


class RewardRole(LoadedRole[_Loaded, RewardOptions]):
    """Serves one directory of perspectives, all switched row by row inside a batch."""

    role = RoleName.REWARD
    options = RewardOptions
    backends = BACKENDS

    def load(self) -> _Loaded:
        """Where the bundled pack has no model yet, each call will say so."""
        if self._config.backend is None and not in_pack(self._config.model):
            told = f"reward {CODE_VERSION}, no model"
            return _Loaded(digest=hashlib.sha256(told.encode()).hexdigest())
        import torch

        if self._threads > 0:  # Counts for this role's own thread only.
            torch.set_num_threads(self._threads)
        model, options = self._config.model, self._options
        chosen = BACKENDS.choose(self._config.backend, Path(model))
        if chosen is None:
            raise missing_reward(model)
        device = choose_device(self.role, options.device)
        dtype = choose_dtype(self.role, options.dtype, device)
        scorer = chosen.make(model, backbone=options.backbone, device=str(device), dtype=dtype)
        guard = open_guard(bundled_model=model == BUNDLED and not chosen.mark)
        names = ("torch", "transformers", "peft")
        libraries = "".join(f"\0{name} {version(name)}" for name in names)
        told = f"reward {CODE_VERSION}{libraries}\0{scorer.files}\0{guard.digest}\0{dtype}"
        digest = hashlib.sha256(f"{told}{chosen.mark}".encode()).hexdigest()
        return _Loaded(digest=digest, scorer=scorer, guard=guard)

    def methods(self) -> Mapping[str, Method]:
        """The verbs, by their names on the wire."""
        return {
            "score": Method(ScoreRequest, ScoreReply, self.score),
            "compare": Method(CompareRequest, CompareReply, self.compare),
            "describe": Method(DescribeRequest, RewardDescription, self.describe),
        }

    async def describe(self, request: DescribeRequest) -> RewardDescription:
        """The perspectives there are, with what each was taught."""
        scorer, _ = self._model()
        return RewardDescription(
            model=self._config.model, digest=self.digest(), perspectives=dict(scorer.perspectives)
        )

    async def score(self, request: ScoreRequest) -> ScoreReply:
        """Score every picture with its caption from every perspective asked for.

        Raises: CapabilityMissing: no such perspective. InvalidInput: captions do not go with
            the pictures, or are too long. NotFound: no such artifact. MediaRejected.
        """
        scorer, guard = self._model()
        digest = self.digest()
        captions = _captions(request)
        names = request.perspectives
        scorer.check(names)
        data = [
            await self._store.get(image.sha256, owner=request.owner) for image in request.images
        ]
        rows = [(k, captions[k], name) for k in range(len(data)) for name in names]
        scores, verdicts, forward_s = await self._thread.run(_score, scorer, guard, data, rows)
        table = [
            {name: _reply(scores[k * len(names) + j]) for j, name in enumerate(names)}
            for k in range(len(data))
        ]
        return ScoreReply(
            scores=tuple(table),
            verdicts=tuple(verdicts),
            digest=digest,
            forward_s=forward_s,
        )

    async def compare(self, request: CompareRequest) -> CompareReply:
        """How probably one picture answers a caption better than another. Raises: as score."""
        scorer, guard = self._model()
        digest = self.digest()
        scorer.check((request.perspective,))
        data = [
            await self._store.get(image.sha256, owner=request.owner)
            for image in (request.a, request.b)
        ]
        rows = [(k, request.caption, request.perspective) for k in range(2)]
        (a, b), verdicts, forward_s = await self._thread.run(_score, scorer, guard, data, rows)
        return CompareReply(
            a_is_better=scorer.better(request.perspective, a, b),
            a=_reply(a),
            b=_reply(b),
            verdicts=tuple(verdicts),
            digest=digest,
            forward_s=forward_s,
        )

    def _model(self) -> tuple[RewardBackend, DomainGuard]:
        loaded = self.loaded
        if loaded.scorer is None or loaded.guard is None:
            raise missing_reward(self._config.model)
        return loaded.scorer, loaded.guard


def _captions(request: ScoreRequest) -> tuple[str, ...]:
    """One caption a picture."""
    if len(request.captions) == 1:
        return request.captions * len(request.images)
    if len(request.captions) != len(request.images):
        raise InvalidInput(
            f"{len(request.captions)} captions for {len(request.images)} pictures; "
            "expected one for all, or one for each",
            hint="send as many captions as pictures",
        )
    return request.captions


def _reply(score: RowScore) -> PerspectiveScore:
    return PerspectiveScore(score=score.score, raw=score.raw)


def _score(
    scorer: RewardBackend, guard: DomainGuard, data: list[bytes], rows: list[tuple[int, str, str]]
) -> tuple[list[RowScore], list[GuardVerdict], float]:
    pictures = [open_picture(one) for one in data]
    begun = time.monotonic()
    scores = scorer.score(pictures, rows)
    verdicts = [guard.judge(picture) for picture in pictures]
    return scores, verdicts, time.monotonic() - begun
