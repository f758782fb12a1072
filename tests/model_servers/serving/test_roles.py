"""Every role of the table, over a tiny real model and over its fake backend."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import embedding_models
import generation_models
import llava_models
import pytest
import reward_models
import segmentation_models
from PIL import Image

from maquette.contracts.role_server import RoleServerContract, Served
from maquette.infra.media.admit import encode_png
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.embedding import (
    EmbedCaptionRequest,
    EmbedImageRequest,
    EmbedTextRequest,
)
from maquette.model_servers.schemas.generation import Row, StartRequest, StepRequest
from maquette.model_servers.schemas.reward import CompareRequest, ScoreRequest
from maquette.model_servers.schemas.segmentation import SegmentBoxRequest, SegmentPhraseRequest
from maquette.model_servers.schemas.text_rendering import (
    FontsRequest,
    OutlineRequest,
    TextBlock,
    TypesetRequest,
)
from maquette.model_servers.schemas.understanding import (
    AnswerRequest,
    CaptionRequest,
    LabelScoresRequest,
    OcrRequest,
)
from maquette.model_servers.serving.roles import ROLES, build_role
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import ConfigError
from maquette.records.geometry import Box

OWNER = "local"
LOST = ArtifactRef(sha256="e" * 64, media_type="image/png", size_bytes=9)
BOX = Box(x0=0.1, y0=0.1, x1=0.9, y1=0.9)
SAVES: dict[RoleName, Callable[[Path], Path]] = {
    RoleName.GENERATION: partial(generation_models.save_layout_flow, ports=True),
    RoleName.UNDERSTANDING: llava_models.save_small_seer,
    RoleName.SEGMENTATION: segmentation_models.save_clipseg,
    RoleName.REWARD: reward_models.tiny_reward,
    RoleName.EMBEDDING: embedding_models.save_dual_encoder,
}


@pytest.fixture
def store() -> MemoryArtifactStore:
    return MemoryArtifactStore()


@pytest.fixture
async def picture(store: MemoryArtifactStore) -> ArtifactRef:
    drawn = Image.new("RGB", (64, 48), "#d02020")
    drawn.paste("#2020d0", (8, 8, 30, 30))
    return await store.put(encode_png(drawn), owner=OWNER)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[RoleName], Path]:
    """A directory with a tiny model of a role, made at the first call."""

    @cache
    def folder(role: RoleName) -> Path:
        return SAVES[role](tmp_path_factory.mktemp(str(role)) / "model")

    return folder


class ModelRoleContract(RoleServerContract):
    """A role with a tiny model of its own, or with the fake in its place."""

    role: RoleName

    @pytest.fixture(params=["real", "fake"])
    def served(
        self,
        request: pytest.FixtureRequest,
        store: MemoryArtifactStore,
        picture: ArtifactRef,
        saved: Callable[[RoleName], Path],
    ) -> Served:
        if request.param == "fake":
            config = ModelConfig(backend="fake")
        else:
            config = ModelConfig(model=str(saved(self.role)))
        return Served(
            make=partial(build_role, self.role, config, store, 1),
            requests=self.requests(picture),
            lost=self.requests(LOST)[0],
        )

    def requests(self, picture: ArtifactRef) -> list[tuple[str, Record]]:
        """Requests about a picture, the first one about its pixels."""
        raise NotImplementedError


class TestGeneration(ModelRoleContract):
    role = RoleName.GENERATION

    def requests(self, picture: ArtifactRef) -> list[tuple[str, Record]]:
        row = Row(row_id="a", prompt="a red circle", seed=5, steps=2)
        if picture == LOST:
            row = row.model_copy(update={"latent": LOST, "step": 1})
        start = StartRequest(owner=OWNER, rows=(row,))
        return [("start", start), ("describe", DescribeRequest())]

    async def test_a_row_comes_to_a_picture_with_its_lineage(
        self, served: Served, store: MemoryArtifactStore
    ) -> None:
        """A row goes through session, steps and store, and its picture names the model."""
        role = served.make()
        await role.start()
        started = await role.methods()["start"].handler(served.requests[0][1])
        stepped = await role.methods()["step"].handler(
            StepRequest(session=started.session, steps=9)  # type: ignore[attr-defined]
        )
        image = stepped.rows[0].image  # type: ignore[attr-defined]
        lineage = await store.lineage(image.sha256, owner=OWNER)
        assert lineage is not None and lineage.model_digest == role.digest()
        await role.stop()


@pytest.mark.slow
class TestUnderstanding(ModelRoleContract):
    role = RoleName.UNDERSTANDING

    def requests(self, picture: ArtifactRef) -> list[tuple[str, Record]]:
        about: dict[str, Any] = {"owner": OWNER, "image": picture}
        return [
            ("describe", CaptionRequest(**about, attention=True)),
            ("answer", AnswerRequest(**about, question="what is there")),
            ("label_scores", LabelScoresRequest(**about, prompt="is it red", labels=("yes", "no"))),
            ("ocr", OcrRequest(**about)),
            ("capabilities", DescribeRequest()),
        ]


class TestSegmentation(ModelRoleContract):
    role = RoleName.SEGMENTATION

    def requests(self, picture: ArtifactRef) -> list[tuple[str, Record]]:
        about: dict[str, Any] = {"owner": OWNER, "image": picture}
        return [
            ("segment_phrase", SegmentPhraseRequest(**about, phrases=("red", "the circle"))),
            ("segment_box", SegmentBoxRequest(**about, boxes=(BOX,))),
            ("describe", DescribeRequest()),
        ]


class TestReward(ModelRoleContract):
    role = RoleName.REWARD

    def requests(self, picture: ArtifactRef) -> list[tuple[str, Record]]:
        words: dict[str, Any] = {
            "owner": OWNER,
            "caption": "a red circle",
            "perspective": "alignment",
        }
        score = ScoreRequest(
            owner=OWNER, images=(picture,), captions=("a circle",), perspectives=("alignment",)
        )
        return [
            ("score", score),
            ("compare", CompareRequest(**words, a=picture, b=picture)),
            ("describe", DescribeRequest()),
        ]


class TestEmbedding(ModelRoleContract):
    role = RoleName.EMBEDDING

    def requests(self, picture: ArtifactRef) -> list[tuple[str, Record]]:
        return [
            ("embed_image", EmbedImageRequest(owner=OWNER, images=(picture,))),
            ("embed_text", EmbedTextRequest(texts=("a red circle",))),
            ("embed_caption", EmbedCaptionRequest(texts=("a red circle",))),
            ("describe", DescribeRequest()),
        ]


class TestTextRendering(RoleServerContract):
    @pytest.fixture
    def served(self, store: MemoryArtifactStore, picture: ArtifactRef) -> Served:
        def typeset(art: ArtifactRef) -> TypesetRequest:
            blocks = (TextBlock(text="OPEN", box=BOX),)
            return TypesetRequest(owner=OWNER, width_px=96, height_px=64, art=art, blocks=blocks)

        outline = OutlineRequest(
            owner=OWNER, width_px=96, height_px=64, blocks=(TextBlock(text="OPEN", box=BOX),)
        )
        return Served(
            make=partial(build_role, RoleName.TEXT_RENDERING, ModelConfig(), store, 1),
            requests=[
                ("typeset", typeset(picture)),
                ("outline", outline),
                ("fonts", FontsRequest()),
            ],
            lost=("typeset", typeset(LOST)),
        )


@pytest.mark.parametrize("role", sorted(ROLES))
def test_what_a_role_does_not_know_is_refused_by_name(
    role: RoleName, store: MemoryArtifactStore
) -> None:
    """No role drops an option or a backend silently; the message names the known ones."""
    with pytest.raises(ConfigError, match=rf"models\.{role}\.options\.colour") as caught:
        build_role(role, ModelConfig(options={"colour": "red"}), store, 1)
    assert "known options" in caught.value.hint
    with pytest.raises(ConfigError, match=rf"models\.{role}\.backend is 'vllm'; known: "):
        build_role(role, ModelConfig(backend="vllm"), store, 1)


@pytest.mark.slow
@pytest.mark.parametrize("role", [RoleName.SEGMENTATION, RoleName.EMBEDDING])
async def test_device_and_dtype_are_honoured(
    role: RoleName,
    store: MemoryArtifactStore,
    picture: ArtifactRef,
    saved: Callable[[RoleName], Path],
) -> None:
    """A device that is not there is refused at the start; another precision is another model,
    and answers all the same."""
    suite = TestSegmentation if role is RoleName.SEGMENTATION else TestEmbedding
    model = str(saved(role))
    absent = build_role(role, ModelConfig(model=model, options={"device": "cuda:77"}), store, 1)
    with pytest.raises(ConfigError, match=rf"models\.{role}\.options\.device is 'cuda:77'"):
        await absent.start()
    digests = set()
    for options in ({}, {"device": "cpu", "dtype": "float32"}, {"dtype": "bfloat16"}):
        server = build_role(role, ModelConfig(model=model, options=options), store, 1)
        await server.start()
        digests.add(server.digest())
        verb, request = suite().requests(picture)[0]
        await server.methods()[verb].handler(request)
        await server.stop()
    assert len(digests) == 2
