"""The understanding role: what a picture says, by OCR, and what it shows, by a LLaVA model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Literal, TypeVar

from pydantic import Field

from maquette.model_servers.client.contract import Method, RoleName
from maquette.model_servers.guard.guard import open_guard
from maquette.model_servers.loading.devices import choose_device, choose_dtype
from maquette.model_servers.loading.loaded_role import Loaded, LoadedRole
from maquette.model_servers.loading.model_files import BUNDLED, find_model
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
from maquette.model_servers.understanding.backends.table import BACKENDS
from maquette.model_servers.understanding.directory import check_llava, missing_llava
from maquette.model_servers.understanding.ocr import read_stored
from maquette.model_servers.understanding.reader import Reader, reader_digest
from maquette.model_servers.understanding.views import BUNDLED_VIEWS
from maquette.model_servers.understanding.witness import Witness
from maquette.records.base import Record

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


class UnderstandingRole(LoadedRole[_Loaded, UnderstandingOptions]):
    """Reads text with rapidocr's PP-OCR models, and describes, answers and scores labels with a
    model that sees, by default a LLaVA model from a directory. Offline and deterministic."""

    role = RoleName.UNDERSTANDING
    options = UnderstandingOptions
    backends = BACKENDS

    def load(self) -> _Loaded:
        """Where there is no model that sees, text is read all the same."""
        read_digest = reader_digest(CODE_VERSION)
        path = find_model(self.role, self._config.model, kind="LLaVA")
        chosen = BACKENDS.choose(self._config.backend, path)
        if chosen is None:
            return _Loaded(reader=Reader(self._threads), witness=None, digest=read_digest)
        import torch

        # Counts for this role's own thread only: torch keeps the number per thread.
        torch.set_num_threads(max(self._threads, 1))
        bundled, options = self._config.model == BUNDLED, self._options
        # A backend of another name checks its own kind of files.
        files = check_llava(path, bundled=bundled) if path and not chosen.mark else ""
        device = choose_device(self.role, options.device)
        dtype = str(choose_dtype(self.role, options.dtype, device)).removeprefix("torch.")
        usual = BUNDLED_VIEWS if bundled else 1
        views = usual if options.views == "auto" else options.views
        guard = open_guard(bundled_model=bundled and not chosen.mark)
        libraries = "".join(f"\0{name} {version(name)}" for name in ("torch", "transformers"))
        named = f"{read_digest}\0{files}\0{dtype}\0{views}{libraries}\0{guard.digest}{chosen.mark}"
        model = chosen.make(path, device=str(device), dtype=dtype, views=views)
        return _Loaded(
            reader=Reader(self._threads),
            witness=Witness(model, guard),
            digest=hashlib.sha256(named.encode()).hexdigest(),
        )

    def methods(self) -> Mapping[str, Method]:
        """The verbs, by their names on the wire."""
        return {
            "ocr": Method(OcrRequest, OcrReply, self.ocr),
            "describe": Method(CaptionRequest, CaptionReply, self.describe),
            "answer": Method(AnswerRequest, AnswerReply, self.answer),
            "label_scores": Method(LabelScoresRequest, LabelScoresReply, self.label_scores),
            "capabilities": Method(DescribeRequest, UnderstandingDescription, self.capabilities),
        }

    async def capabilities(self, request: DescribeRequest) -> UnderstandingDescription:
        """What can be asked of this role."""
        loaded = self.loaded
        told: dict[str, Any] = loaded.witness.facts() if loaded.witness else {}
        verbs = ("ocr", "describe", "answer", "label_scores") if loaded.witness else ("ocr",)
        return UnderstandingDescription(
            model=self._config.model, digest=loaded.digest, capabilities=verbs, **told
        )

    async def ocr(self, request: OcrRequest) -> OcrReply:
        """Read a stored picture: lines in reading order, boxes as fractions of the picture.

        Raises: NotFound: no such artifact. MediaRejected: it is not a picture.
        """
        loaded = self.loaded
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
        digest = self.loaded.digest
        data = None
        if request.image is not None:
            data = await self._store.get(request.image.sha256, owner=request.owner)
        return await self._thread.run(ask, request, data, digest)

    def _witness(self) -> Witness:
        witness = self.loaded.witness
        if witness is None:
            raise missing_llava()
        return witness
