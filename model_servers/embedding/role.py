"""The embedding role: texts to unit vectors, whose dot product says how alike they are."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

from maquette.model_servers.contract import Method, RoleName
from maquette.model_servers.schemas import EmbedTextReply, EmbedTextRequest
from maquette.model_servers.worker_thread import WorkerThread
from maquette.records.errors import GiveUp

if TYPE_CHECKING:
    from maquette.model_servers.embedding.encoder import Encoder

CODE_VERSION = "1"
MAX_THREADS = 1


class EmbeddingRole:
    """Serves MiniLM from its package, offline."""

    role = RoleName.EMBEDDING

    def __init__(self, threads: int) -> None:
        """``threads``: the most torch may use here; one is enough for a sentence, and more cost
        time as soon as the machine has other work (measured: 10 ms against 30 ms to 3 s)."""
        self._threads = threads
        self._thread = WorkerThread("embedding")
        self._encoder: Encoder | None = None
        self._digest = ""

    async def start(self) -> None:
        """Load the model. Raises: MissingExtra, PackCorrupt."""
        self._encoder, self._digest = await self._thread.run(_load, self._threads)

    async def stop(self) -> None:
        self._thread.close()
        self._encoder = None

    def methods(self) -> Mapping[str, Method]:
        return {"embed_text": Method(EmbedTextRequest, EmbedTextReply, self.embed_text)}

    def digest(self) -> str:
        """Identifies the model's files, this code and the libraries that compute."""
        self._started()
        return self._digest

    async def embed_text(self, request: EmbedTextRequest) -> EmbedTextReply:
        """Embed each text by itself; equal texts get equal vectors in any company."""
        encoder = self._started()
        vectors, forward_s = await self._thread.run(_embed, encoder, request.texts)
        return EmbedTextReply(vectors=vectors, digest=self._digest, forward_s=forward_s)

    def _started(self) -> Encoder:
        if self._encoder is None:
            raise GiveUp("the embedding role is not running", hint="start it")
        return self._encoder


def _load(threads: int) -> tuple[Encoder, str]:
    import torch

    from maquette.model_servers.embedding.encoder import Encoder, model_folder

    # Counts for this role's own thread only: torch keeps the number per thread.
    torch.set_num_threads(min(max(threads, 1), MAX_THREADS))
    folder = model_folder()
    digest = hashlib.sha256(f"embedding {CODE_VERSION}".encode())
    for library in ("torch", "transformers", "tokenizers"):
        digest.update(f"\0{library} {version(library)}".encode())
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return Encoder(folder), digest.hexdigest()


def _embed(encoder: Encoder, texts: tuple[str, ...]) -> tuple[tuple[tuple[float, ...], ...], float]:
    begun = time.monotonic()
    known = {text: encoder.encode(text) for text in dict.fromkeys(texts)}
    return tuple(known[text] for text in texts), time.monotonic() - begun
