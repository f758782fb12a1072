"""The embedded planner in this process: the real reader and finder, a generator that only tells
what it knows."""

from __future__ import annotations

import json
from pathlib import Path

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.plans.composed.gallery import Gallery
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.model_servers.embedding.encoder import Encoder, model_folder
from maquette.model_servers.loading.model_files import bundled_directory
from maquette.model_servers.reading.reader import Reader
from maquette.model_servers.schemas.embedding import EmbedTextReply, EmbedTextRequest
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.model_servers.schemas.segmentation import SegmentationDescription
from maquette.model_servers.schemas.understanding import UnderstandingDescription
from maquette.tools.registry import load_registry
from maquette.training.evaluation.requests.assembled import ReadLabels

KINDS = ("things", "colours", "backgrounds", "patterns", "landscapes")
"""Of the generator's words."""


def embedded_planner(
    pack: Path | None = None, *, labels: ReadLabels | None = None
) -> EmbeddedPlanner:
    """The planner as the bundled profile has it, without a stack.

    Args:
        pack: of the reader; None: the bundled one.
        labels: what reads in the reader's place.
    """
    models = models_here(pack, labels)
    gallery = Gallery(models)
    return EmbeddedPlanner(models, load_registry(), gallery=gallery if gallery.there else None)


def reading_client(pack: Path | None = None) -> EmbeddingClient:
    """The reader alone."""
    return EmbeddingClient(models_here(pack))


def models_here(pack: Path | None = None, labels: ReadLabels | None = None) -> ScriptedModelClient:
    """The models that planning asks, in this process. Arguments as ``embedded_planner``."""
    encoder = Encoder(model_folder())

    def embed(request: EmbedTextRequest) -> EmbedTextReply:
        vectors = tuple(encoder.encode(text) for text in request.texts)
        return EmbedTextReply(vectors=vectors, digest="here", forward_s=0.0)

    return ScriptedModelClient(
        {
            ("embedding", "embed_text"): embed,
            ("embedding", "read_request"): labels or _reader(pack),
            ("generation", "describe"): lambda _: _generator(),
            ("understanding", "capabilities"): lambda _: _sees(),
            ("segmentation", "describe"): lambda _: _finds(),
        }
    )


def _reader(pack: Path | None) -> ReadLabels:
    reader = Reader(model_folder(), pack)
    return lambda request: reader.read(request.text, request.attached)


def _generator() -> GenerationDescription:
    words = json.loads((bundled_directory("generation") / "vocabulary.json").read_text("utf-8"))
    return GenerationDescription(
        model="bundled",
        digest="here",
        pipeline="here",
        default_steps=20,
        default_guidance=4.0,
        width_px=256,
        height_px=256,
        layout=True,
        vocabulary={kind: tuple(words[kind]) for kind in KINDS},
        capabilities=("layout", "plan_layout", "inpaint", "edit", "concepts"),
    )


def _sees() -> UnderstandingDescription:
    can = ("ocr", "describe", "answer", "label_scores")
    return UnderstandingDescription(model="bundled", digest="here", capabilities=can)


def _finds() -> SegmentationDescription:
    return SegmentationDescription(digest="here", model_digest="here", guarded=True)
