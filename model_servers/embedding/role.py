"""The embedding role: texts, pictures and captions to unit vectors.

Two spaces: MiniLM's for any text (``embed_text``), and that of a dual encoder for pictures and
captions (``embed_image``, ``embed_caption``). Dot products compare only within a space.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from maquette.model_servers.client.contract import Method, RoleName
from maquette.model_servers.embedding.backends.contract import EmbeddingBackend, Vector
from maquette.model_servers.embedding.backends.missing import missing_dual_encoder
from maquette.model_servers.embedding.backends.table import BACKENDS
from maquette.model_servers.embedding.encoder import Encoder, model_folder
from maquette.model_servers.guard.guard import DomainGuard, open_guard
from maquette.model_servers.loading.devices import choose_device, choose_dtype, place_named
from maquette.model_servers.loading.loaded_role import Loaded, LoadedRole
from maquette.model_servers.loading.model_files import (
    BUNDLED,
    check_files,
    find_model,
    not_in_pack,
)
from maquette.model_servers.loading.options import PlaceOptions
from maquette.model_servers.loading.pictures import open_picture
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.embedding import (
    EmbedCaptionReply,
    EmbedCaptionRequest,
    EmbeddingDescription,
    EmbedImageReply,
    EmbedImageRequest,
    EmbedTextReply,
    EmbedTextRequest,
)
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.reading import ReadReply, ReadRequest

if TYPE_CHECKING:
    from maquette.model_servers.reading.reader import Reader

CODE_VERSION, PICTURES_VERSION = "2", "2"
"""Raised with every change to this folder that can change a vector of texts, or of pictures."""
MAX_THREADS = 1
"""One is enough for a sentence, and more cost time as soon as the machine has other work
(measured: 10 ms, 30 ms to 3 s)."""


@dataclass(frozen=True, kw_only=True)
class _Loaded(Loaded):
    """The models of a started role."""

    sentences: Encoder
    text_digest: str
    pictures: EmbeddingBackend | None
    picture_digest: str | None
    guard: DomainGuard
    reader: Reader | None


class EmbeddingRole(LoadedRole[_Loaded, PlaceOptions]):
    """Serves MiniLM from its package, and a dual encoder from its directory. Offline.

    ``device`` and ``dtype`` are the dual encoder's; sentences are embedded in float32 on a CPU.
    """

    role = RoleName.EMBEDDING
    options = PlaceOptions
    backends = BACKENDS

    def load(self) -> _Loaded:
        """Texts are embedded without a dual encoder too."""
        import torch

        from maquette.model_servers.reading.reader import open_reader

        # Counts for this role's own thread only: torch keeps the number per thread.
        torch.set_num_threads(min(max(self._threads, 1), MAX_THREADS))
        libraries = "".join(f"\0{name} {version(name)}" for name in ("torch", "transformers"))
        folder = model_folder()
        text_digest = _text_digest(folder, libraries)
        pictures, picture_digest, mark = self._load_pictures(libraries)
        guard = open_guard(bundled_model=self._config.model == BUNDLED and not mark)
        together = (text_digest, picture_digest or "", guard.digest)
        return _Loaded(
            sentences=Encoder(folder),
            text_digest=text_digest,
            pictures=pictures,
            picture_digest=picture_digest,
            guard=guard,
            reader=open_reader(folder),
            digest=hashlib.sha256("\0".join(together).encode()).hexdigest(),
        )

    def _load_pictures(self, libraries: str) -> tuple[EmbeddingBackend | None, str | None, str]:
        """The dual encoder, the digest of its space, and the mark of its backend."""
        path = find_model(self.role, self._config.model, kind="CLIP or SigLIP")
        chosen = BACKENDS.choose(self._config.backend, path)
        if chosen is None:
            return None, None, ""
        files = check_files(path, bundled=self._config.model == BUNDLED) if path else ""
        device = choose_device(self.role, self._options.device)
        dtype = choose_dtype(self.role, self._options.dtype, device)
        named = f"pictures {PICTURES_VERSION}{libraries}\0{files}{chosen.mark}"
        named += place_named(device, dtype)
        made = chosen.make(path, device=str(device), dtype=str(dtype).removeprefix("torch."))
        return made, hashlib.sha256(named.encode()).hexdigest(), chosen.mark

    def methods(self) -> Mapping[str, Method]:
        """The verbs, by their names on the wire."""
        return {
            "embed_text": Method(EmbedTextRequest, EmbedTextReply, self.embed_text),
            "embed_image": Method(EmbedImageRequest, EmbedImageReply, self.embed_image),
            "embed_caption": Method(EmbedCaptionRequest, EmbedCaptionReply, self.embed_caption),
            "read_request": Method(ReadRequest, ReadReply, self.read_request),
            "describe": Method(DescribeRequest, EmbeddingDescription, self.describe),
        }

    async def describe(self, request: DescribeRequest) -> EmbeddingDescription:
        """Which spaces there are, by the digest of the model that makes each."""
        loaded = self.loaded
        return EmbeddingDescription(
            text_digest=loaded.text_digest,
            picture_digest=loaded.picture_digest,
            guarded=bool(loaded.guard.digest),
        )

    async def read_request(self, request: ReadRequest) -> ReadReply:
        """What each word of a request is. Raises: ConfigError: the reader is not there."""
        reader = self.loaded.reader
        if reader is None:
            raise not_in_pack("the reader of requests", hint="reinstall Maquette")
        return await self._thread.run(reader.read, request.text, request.attached)

    async def embed_text(self, request: EmbedTextRequest) -> EmbedTextReply:
        """Embed each text by itself; equal texts get equal vectors in any company."""
        loaded = self.loaded
        vectors, forward_s = await self._thread.run(_embed, loaded.sentences.encode, request.texts)
        return EmbedTextReply(vectors=vectors, digest=loaded.text_digest, forward_s=forward_s)

    async def embed_image(self, request: EmbedImageRequest) -> EmbedImageReply:
        """Embed stored pictures, and judge whether the bundled models know such pictures.

        Raises: ConfigError: there is no dual encoder. NotFound: no such artifact.
            MediaRejected: it is not a picture.
        """
        loaded = self.loaded
        if loaded.pictures is None:
            raise missing_dual_encoder()
        vectors, verdicts, forward_s = [], [], 0.0
        for ref in request.images:
            data = await self._store.get(ref.sha256, owner=request.owner)
            vector, verdict, spent_s = await self._thread.run(
                _embed_picture, loaded.pictures, loaded.guard, data
            )
            vectors.append(vector)
            verdicts.append(verdict)
            forward_s += spent_s
        return EmbedImageReply(
            vectors=tuple(vectors),
            verdicts=tuple(verdicts),
            digest=loaded.picture_digest or "",
            forward_s=forward_s,
        )

    async def embed_caption(self, request: EmbedCaptionRequest) -> EmbedCaptionReply:
        """Embed captions into the pictures' space. Raises: ConfigError: no dual encoder."""
        loaded = self.loaded
        if loaded.pictures is None:
            raise missing_dual_encoder()
        vectors, forward_s = await self._thread.run(
            _embed, loaded.pictures.embed_caption, request.texts
        )
        return EmbedCaptionReply(
            vectors=vectors,
            verdicts=tuple(loaded.guard.judge_words(text) for text in request.texts),
            digest=loaded.picture_digest or "",
            forward_s=forward_s,
        )


def _text_digest(folder: Path, libraries: str) -> str:
    texts = hashlib.sha256(f"embedding {CODE_VERSION}{libraries}".encode())
    texts.update(f"\0tokenizers {version('tokenizers')}".encode())
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        with (folder / name).open("rb") as file:
            texts.update(hashlib.file_digest(file, "sha256").digest())
    return texts.hexdigest()


def _embed(
    encode: Callable[[str], Vector], texts: tuple[str, ...]
) -> tuple[tuple[Vector, ...], float]:
    begun = time.monotonic()
    known = {text: encode(text) for text in dict.fromkeys(texts)}
    return tuple(known[text] for text in texts), time.monotonic() - begun


def _embed_picture(
    encoder: EmbeddingBackend, guard: DomainGuard, data: bytes
) -> tuple[Vector, GuardVerdict, float]:
    picture = open_picture(data)
    begun = time.monotonic()
    vector = encoder.embed_picture(picture)
    verdict = guard.judge(picture)
    return vector, verdict, time.monotonic() - begun
