"""The understanding role: what a picture says, by OCR, and what it shows, by a LLaVA model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import Field

from maquette.model_servers.client.contract import Method, RoleName
from maquette.model_servers.loading.loaded_role import Loaded, LoadedRole
from maquette.model_servers.loading.model_files import BUNDLED
from maquette.model_servers.loading.options import model_options
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.understanding import (
    AnswerReply,
    AnswerRequest,
    CaptionReply,
    CaptionRequest,
    LabelScoresReply,
    LabelScoresRequest,
    OcrReply,
    OcrRequest,
    UnderstandingDescription,
)
from maquette.model_servers.understanding.directory import missing_llava
from maquette.records.base import Record

if TYPE_CHECKING:
    from maquette.infra.settings.schema import ModelConfig
    from maquette.infra.store.contract import ArtifactStore
    from maquette.model_servers.understanding.reader import Reader
    from maquette.model_servers.understanding.witness import Witness

CODE_VERSION = "3"
"""Raised with every change to this folder that can change what is read or said."""

ReplyT = TypeVar("ReplyT")


class UnderstandingOptions(Record):
    """``models.understanding.options`` in the settings."""

    device: str = Field(default="auto", description="auto, cpu, cuda ...")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto", description="auto is float32 on a CPU, else bfloat16"
    )
    views: Literal["auto", 1, 2] = Field(
        default="auto",
        description="how often a picture is seen; auto is 2 for the bundled model, else 1: a "
        "second view costs nearly as much again",
    )


@dataclass(frozen=True, kw_only=True)
class _Loaded(Loaded):
    """The models of a started role."""

    reader: Reader
    witness: Witness | None


class UnderstandingRole(LoadedRole[_Loaded]):
    """Reads text with rapidocr's PP-OCR models, and describes, answers and scores labels with a
    LLaVA model from a directory. Offline and deterministic."""

    role = RoleName.UNDERSTANDING

    def __init__(
        self, store: ArtifactStore, threads: int, config: ModelConfig | None = None
    ) -> None:
        """
        Args:
            threads: the most the models may use at once, at least one.
            config: which LLaVA model: the word bundled (the default), or a directory.
        Raises: ConfigError: an option is not known.
        """
        self._store = store
        self._threads = threads
        self._model = config.model if config else BUNDLED
        given = config.options if config else {}
        self._options = model_options("understanding", UnderstandingOptions, given)
        super().__init__()

    def load(self) -> _Loaded:
        return _load(self._threads, self._model, self._options)

    def methods(self) -> Mapping[str, Method]:
        return {
            "ocr": Method(OcrRequest, OcrReply, self.ocr),
            "describe": Method(CaptionRequest, CaptionReply, self.describe),
            "answer": Method(AnswerRequest, AnswerReply, self.answer),
            "label_scores": Method(LabelScoresRequest, LabelScoresReply, self.label_scores),
            "capabilities": Method(DescribeRequest, UnderstandingDescription, self.capabilities),
        }

    async def capabilities(self, request: DescribeRequest) -> UnderstandingDescription:
        """What can be asked of this role."""
        loaded = self._started()
        told: dict[str, Any] = loaded.witness.facts() if loaded.witness else {}
        verbs = ("ocr", "describe", "answer", "label_scores") if loaded.witness else ("ocr",)
        return UnderstandingDescription(
            model=self._model, digest=loaded.digest, capabilities=verbs, **told
        )

    async def ocr(self, request: OcrRequest) -> OcrReply:
        """Read a stored picture: lines in reading order, boxes as fractions of the picture.

        Raises: NotFound: no such artifact. MediaRejected: it is not a picture.
        """
        from maquette.model_servers.understanding.ocr import read_stored

        loaded = self._started()
        data = await self._store.get(request.image.sha256, owner=request.owner)
        lines, forward_s = await self._thread.run(read_stored, loaded.reader, data)
        return OcrReply(lines=lines, digest=loaded.digest, forward_s=forward_s)

    async def describe(self, request: CaptionRequest) -> CaptionReply:
        """Say what a stored picture shows, in a sentence or in detail.

        Raises: ConfigError: there is no model for it. NotFound: no such artifact.
            MediaRejected: it is not a picture.
        """
        return await self._ask(self._witness().describe, request)

    async def answer(self, request: AnswerRequest) -> AnswerReply:
        """Answer a question about a stored picture. Raises: as ``describe``, and InvalidInput:
        the question is too long for the model."""
        return await self._ask(self._witness().answer, request)

    async def label_scores(self, request: LabelScoresRequest) -> LabelScoresReply:
        """Score given answers, with the picture and on request without it. Raises: as
        ``answer``."""
        return await self._ask(self._witness().label_scores, request)

    async def _ask(self, ask: Callable[[Any, Any, str], ReplyT], request: Any) -> ReplyT:
        """Fetch the picture, and ask in the role's own thread."""
        digest = self._started().digest
        data = None
        if request.image is not None:
            data = await self._store.get(request.image.sha256, owner=request.owner)
        return await self._thread.run(ask, request, data, digest)

    def _witness(self) -> Witness:
        witness = self._started().witness
        if witness is None:
            raise missing_llava()
        return witness


def _load(threads: int, model: str, options: UnderstandingOptions) -> _Loaded:
    from maquette.model_servers.loading.model_files import find_model
    from maquette.model_servers.understanding.directory import check_llava
    from maquette.model_servers.understanding.reader import Reader, reader_digest

    read_digest = reader_digest(CODE_VERSION)
    path = find_model("understanding", model, kind="LLaVA")
    if path is None:
        return _Loaded(reader=Reader(threads), witness=None, digest=read_digest)

    import torch

    from maquette.model_servers.guard.guard import open_guard
    from maquette.model_servers.loading.devices import choose_device, choose_dtype
    from maquette.model_servers.understanding.backends.llava import Llava
    from maquette.model_servers.understanding.views import BUNDLED_VIEWS
    from maquette.model_servers.understanding.witness import Witness

    # Counts for this role's own thread only: torch keeps the number per thread.
    torch.set_num_threads(max(threads, 1))
    files = check_llava(path, bundled=model == BUNDLED)
    device = choose_device("understanding", options.device)
    dtype = str(choose_dtype("understanding", options.dtype, device)).removeprefix("torch.")
    usual = BUNDLED_VIEWS if model == BUNDLED else 1
    views = usual if options.views == "auto" else options.views
    guard = open_guard(bundled_model=model == BUNDLED)
    libraries = "".join(f"\0{name} {version(name)}" for name in ("torch", "transformers"))
    named = f"{read_digest}\0{files}\0{dtype}\0{views}{libraries}\0{guard.digest}"
    return _Loaded(
        reader=Reader(threads),
        witness=Witness(Llava(path, device=str(device), dtype=dtype, views=views), guard),
        digest=hashlib.sha256(named.encode()).hexdigest(),
    )
