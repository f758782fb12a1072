"""The reward role: how well pictures answer words, seen from several perspectives."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pydantic import Field

from maquette.model_servers.client.contract import Method, RoleName
from maquette.model_servers.loading.loaded_role import Loaded, LoadedRole
from maquette.model_servers.loading.model_files import BUNDLED
from maquette.model_servers.loading.options import model_options
from maquette.model_servers.reward.directory import in_pack, missing_reward
from maquette.model_servers.schemas.describe import DescribeRequest
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

if TYPE_CHECKING:
    from maquette.infra.settings.schema import ModelConfig
    from maquette.infra.store.contract import ArtifactStore
    from maquette.model_servers.guard.guard import Judge
    from maquette.model_servers.reward.backends.perspectives import RowScore, Scorer

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

    scorer: Scorer | None = None
    guard: Judge | None = None


class RewardRole(LoadedRole[_Loaded]):
    """Serves one directory of perspectives, all switched row by row inside a batch."""

    role = RoleName.REWARD

    def __init__(self, store: ArtifactStore, config: ModelConfig, threads: int) -> None:
        """Raises: ConfigError: an option is not known."""
        self._store = store
        self._model_name = config.model
        self._options: RewardOptions = model_options("reward", RewardOptions, config.options)
        self._threads = threads
        super().__init__()

    def load(self) -> _Loaded:
        """Where the bundled pack has no model yet, each call will say so."""
        if in_pack(self._model_name):
            return _load(self._model_name, self._options, self._threads)
        told = f"reward {CODE_VERSION}, no model"
        return _Loaded(digest=hashlib.sha256(told.encode()).hexdigest())

    def methods(self) -> Mapping[str, Method]:
        return {
            "score": Method(ScoreRequest, ScoreReply, self.score),
            "compare": Method(CompareRequest, CompareReply, self.compare),
            "describe": Method(DescribeRequest, RewardDescription, self.describe),
        }

    async def describe(self, request: DescribeRequest) -> RewardDescription:
        """The perspectives there are, with what each was taught."""
        scorer, _ = self._model()
        return RewardDescription(
            model=self._model_name, digest=self.digest(), perspectives=scorer.perspectives
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
        scorer, _ = self._model()
        digest = self.digest()
        scorer.check((request.perspective,))
        data = [
            await self._store.get(image.sha256, owner=request.owner)
            for image in (request.a, request.b)
        ]
        rows = [(k, request.caption, request.perspective) for k in range(2)]
        (a, b), _, forward_s = await self._thread.run(_score, scorer, None, data, rows)
        return CompareReply(
            a_is_better=scorer.better(request.perspective, a, b),
            a=_reply(a),
            b=_reply(b),
            digest=digest,
            forward_s=forward_s,
        )

    def _model(self) -> tuple[Scorer, Judge]:
        loaded = self._started()
        if loaded.scorer is None or loaded.guard is None:
            raise missing_reward(self._model_name)
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


def _load(model: str, options: RewardOptions, threads: int) -> _Loaded:
    import torch

    from maquette.model_servers.guard.guard import open_guard
    from maquette.model_servers.loading.devices import choose_device, choose_dtype
    from maquette.model_servers.reward.backends.perspectives import Scorer

    if threads > 0:  # Counts for this role's own thread only.
        torch.set_num_threads(threads)
    device = choose_device("reward", options.device)
    dtype = choose_dtype("reward", options.dtype, device)
    scorer = Scorer(model, backbone=options.backbone, device=str(device), dtype=dtype)
    guard = open_guard(bundled_model=model == BUNDLED)
    libraries = "".join(f"\0{name} {version(name)}" for name in ("torch", "transformers", "peft"))
    told = f"reward {CODE_VERSION}{libraries}\0{scorer.directory.digest}\0{guard.digest}\0{dtype}"
    return _Loaded(digest=hashlib.sha256(told.encode()).hexdigest(), scorer=scorer, guard=guard)


def _score(
    scorer: Scorer, guard: Judge | None, data: list[bytes], rows: list[tuple[int, str, str]]
) -> tuple[list[RowScore], list[Any], float]:
    from maquette.model_servers.loading.pictures import open_picture

    pictures = [open_picture(one) for one in data]
    begun = time.monotonic()
    scores = scorer.score(pictures, rows)
    verdicts = [guard.judge(picture) for picture in pictures] if guard else []
    return scores, verdicts, time.monotonic() - begun
