"""One request of every verb of every role, over tiny models: what the placements must agree on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import embedding_models
import generation_models
import llava_models
import reward_models
import segmentation_models

from maquette.infra.store.contract import ArtifactStore
from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.client.roles import (
    EmbeddingClient,
    GenerationClient,
    OcrClient,
    RewardClient,
    SegmentationClient,
    TextRenderingClient,
    UnderstandingClient,
)
from maquette.model_servers.schemas.generation import Row, RowState, StartRequest, StepRequest
from maquette.model_servers.schemas.segmentation import Point
from maquette.model_servers.schemas.text_rendering import OutlineRequest, TextBlock, TypesetRequest
from maquette.model_servers.schemas.understanding import (
    AnswerRequest,
    CaptionRequest,
    LabelScoresRequest,
)
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.geometry import Box
from maquette.tools.builtin.making.cut_out import cut_out
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext

OWNER = "local"
WHOLE = Box(x0=0.05, y0=0.05, x1=0.95, y1=0.95)


def save_models(folder: Path) -> dict[str, str]:
    """A tiny model with random weights for every role that has one, as overrides of settings."""
    saved = {
        "generation": generation_models.save_layout_flow(folder / "generation", ports=True),
        "understanding": llava_models.save_small_seer(folder / "understanding"),
        "segmentation": segmentation_models.save_clipseg(folder / "segmentation"),
        "reward": reward_models.tiny_reward(folder / "reward"),
        "embedding": embedding_models.save_dual_encoder(folder / "embedding"),
    }
    return {f"models.{role}.model": str(path) for role, path in saved.items()}


async def everything(models: ModelClient, store: ArtifactStore) -> dict[str, object]:
    """All that is in the answers but the time they took; pictures by the hash of their bytes."""
    letters = TextRenderingClient(models)
    blocks = (TextBlock(text="OPEN", box=Box(x0=0.1, y0=0.1, x1=0.9, y1=0.9)),)
    typeset = await letters.typeset(
        TypesetRequest(owner=OWNER, width_px=256, height_px=128, blocks=blocks)
    )
    answers: dict[str, Record] = {
        "typeset": typeset,
        "outline": await letters.outline(
            OutlineRequest(owner=OWNER, width_px=256, height_px=128, blocks=blocks)
        ),
        "read": await OcrClient(models).ocr(typeset.image, owner=OWNER),
        "drawn": await draw(models),
    }
    picture = answers["drawn"].image  # type: ignore[attr-defined]
    answers |= await _seen(models, picture)
    answers |= await _found(models, picture, typeset.image)
    mask = answers["by_phrase"].masks[0].mask  # type: ignore[attr-defined]
    answers |= {
        "edited": await draw(models, source=picture),
        "inpainted": await draw(models, source=picture, mask=mask),
        "shown": await draw(models, concepts=(picture, typeset.image)),
        "few_step": await draw(models, few_step=True),
    }
    told: dict[str, object] = {
        name: answer.model_dump(exclude={"forward_s"}) for name, answer in answers.items()
    }
    cut = answers["by_box"].masks[0].mask  # type: ignore[attr-defined]
    told["cut_out"] = await _cut_out(models, store, typeset.image, cut)
    told["digests"] = [await models.digest(role) for role in ROLES]
    return told


ROLES = (
    RoleName.GENERATION,
    RoleName.UNDERSTANDING,
    RoleName.TEXT_RENDERING,
    RoleName.EMBEDDING,
    RoleName.SEGMENTATION,
    RoleName.REWARD,
)


async def draw(models: ModelClient, **fields: Any) -> RowState:
    """One picture of four steps."""
    generation = GenerationClient(models)
    row = Row(row_id="a", **{"prompt": "a red circle", "seed": 5, "steps": 4, **fields})
    session = (await generation.start(StartRequest(owner=OWNER, rows=(row,)))).session
    return (await generation.step(StepRequest(session=session, steps=200))).rows[0]


async def _seen(models: ModelClient, picture: ArtifactRef) -> dict[str, Record]:
    """What the roles say of a picture; each reply holds the domain guard's word on it."""
    understanding, embedding = UnderstandingClient(models), EmbeddingClient(models)
    labels = LabelScoresRequest(
        owner=OWNER,
        image=picture,
        prompt="is there a red circle",
        labels=("yes", "no"),
        blind="both",
    )
    asked = AnswerRequest(owner=OWNER, image=picture, question="what is there", attention=True)
    return {
        "described": await understanding.describe(CaptionRequest(owner=OWNER, image=picture)),
        "answered": await understanding.answer(asked),
        "label_scores": await understanding.label_scores(labels),
        "embedded": await embedding.embed_text(("a red circle", "a sign")),
        "embedded_image": await embedding.embed_image((picture,), owner=OWNER),
        "embedded_caption": await embedding.embed_caption(("a red circle",)),
        "scored": await RewardClient(models).score(
            (picture,), ("a red circle",), tuple(reward_models.HEADS), owner=OWNER
        ),
    }


async def _found(models: ModelClient, picture: ArtifactRef, sign: ArtifactRef) -> dict[str, Record]:
    segmentation = SegmentationClient(models)
    phrases = ("the red circle", "circle")
    return {
        "by_phrase": await segmentation.segment_phrase(picture, phrases, owner=OWNER),
        "by_box": await segmentation.segment_box(
            sign, owner=OWNER, boxes=(WHOLE,), points=(Point(x=0.5, y=0.5),)
        ),
    }


async def _cut_out(
    models: ModelClient, store: ArtifactStore, picture: ArtifactRef, mask: ArtifactRef
) -> dict[str, Any]:
    """The tool that uses a mask, run here over what the placement stored."""
    ctx = ToolContext(owner=OWNER, seed=0, store=store, models=models, reporter=_Quiet())
    arguments = {"image": picture.model_dump(mode="json"), "mask": mask.model_dump(mode="json")}
    return await run_tool(cut_out, arguments, ctx)


class _Quiet:
    async def progress(self, *report: object) -> None: ...

    async def checkpoint(self, state: dict[str, Any]) -> None: ...
