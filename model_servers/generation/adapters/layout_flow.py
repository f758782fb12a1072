"""The adapter of the bundled generator: words, boxes and ports; rectified flow, one fixed size."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from maquette.model_servers.generation.adapters.base import (
    PipelineAdapter,
    inputs,
    timesteps,
    unguided,
)
from maquette.model_servers.generation.adapters.contract import (
    ActiveRow,
    ModelFacts,
    Prediction,
    RowSpec,
)
from maquette.model_servers.generation.adapters.flow_schedule import FlowSchedule
from maquette.model_servers.generation.adapters.pictures import (
    gray_tensor,
    paste_over,
    rgb_tensor,
)
from maquette.model_servers.generation.adapters.rows import rms
from maquette.model_servers.generation.adapters.schedule import RowSchedule
from maquette.model_servers.generation.layout_flow.conditioning import Conditioning
from maquette.model_servers.generation.layout_flow.flow import interpolate, times
from maquette.model_servers.generation.layout_flow.glyphs import Letters, letter_raster
from maquette.model_servers.generation.layout_flow.layout import PlacedPhrase
from maquette.model_servers.generation.layout_flow.ports import CONCEPT_PX
from maquette.model_servers.generation.layout_flow.shown import Kept, Shown, encode_kept
from maquette.model_servers.schemas.options.concept_strength import CONCEPT_STRENGTH
from maquette.model_servers.schemas.options.edit import EDIT
from maquette.model_servers.schemas.options.few_step import FEW_STEP
from maquette.model_servers.schemas.options.glyphs import GLYPHS
from maquette.model_servers.schemas.options.plan_layout import PLAN_LAYOUT
from maquette.model_servers.schemas.options.sampler import SAMPLER
from maquette.model_servers.schemas.options.source_guidance import SOURCE_GUIDANCE
from maquette.records import geometry

if TYPE_CHECKING:
    from PIL.Image import Image

DEFAULT_STEPS = 20
DEFAULT_GUIDANCE = 3.0
FEW_STEPS = 8
FEW_STEP_SHIFT = 1.6
"""Few undistilled steps are spent rather near noise, where the layout settles."""


@dataclass(frozen=True)
class _Encoded:
    """A row's conditionings, first the wanted one; then what guidance leads away from.

    With guidance: the same without words, boxes, letters and shown things; with source guidance
    also: nothing at all.
    """

    branches: tuple[Conditioning, ...]
    planned: tuple[geometry.LayoutItem, ...] = ()
    kept: Kept | None = None


class LayoutFlowAdapter(PipelineAdapter):
    """Rows of a ``LayoutFlowPipeline``."""

    def __init__(
        self,
        pipeline: Any,
        *,
        device: torch.device,
        dtype: torch.dtype,
        vocabulary: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        super().__init__(pipeline, device=device, dtype=dtype)
        side = pipeline.output_size_px
        self._takes_stride = bool(pipeline.transformer.config.get("stride_port"))
        found = {"layout", *pipeline.ports, *FEW_STEP.abilities, *SAMPLER.abilities}
        if EDIT.name in found:
            found.update(SOURCE_GUIDANCE.abilities)
        if pipeline.layout_prior is not None:
            found.add("plan_layout")
        self.facts = ModelFacts(
            default_steps=DEFAULT_STEPS,
            default_guidance=DEFAULT_GUIDANCE,
            width_px=side,
            height_px=side,
            size_multiple_px=0,
            layout=True,
            vocabulary=vocabulary or {},
            capabilities=frozenset(found),
            few_steps=FEW_STEPS,
        )

    def encode(self, spec: RowSpec) -> _Encoded:
        planned: tuple[geometry.LayoutItem, ...] = ()
        if spec.value(PLAN_LAYOUT) and not spec.layout and spec.pictures.source is None:
            planned = tuple(_told(item) for item in self.pipeline.plan(spec.prompt, spec.seed))
        boxes = [_item(i) for i in (spec.layout or planned)]
        boxes += [PlacedPhrase(_corners(i.box), i.phrase) for i in spec.value(GLYPHS) if i.phrase]
        shown = self._shown(spec)
        branches = [self.pipeline.encode([spec.prompt], [boxes], [shown])]
        if self._is_guided(spec):
            source = Shown(source=shown.source, hole=shown.hole)
            branches.append(self.pipeline.encode([spec.negative_prompt], [[]], [source]))
            if spec.value(SOURCE_GUIDANCE) != 1.0:
                branches.append(self.pipeline.encode([spec.negative_prompt], [[]]))
        return _Encoded(tuple(branches), planned, encode_kept(self.pipeline, shown))

    def schedule(self, spec: RowSpec) -> RowSchedule:
        shift = FEW_STEP_SHIFT if spec.value(FEW_STEP) and not self._takes_stride else 1.0
        sampler = spec.value(SAMPLER)
        if sampler in ("default", "euler"):
            sigmas = times(spec.steps, shift)[:-1]
            return RowSchedule(self.pipeline.scheduler, sigmas=sigmas, device=self.device)
        config = self.pipeline.scheduler.config
        return FlowSchedule(  # type: ignore[return-value]
            config, times(spec.steps, shift), sampler, self.device
        )

    def noise(self, spec: RowSpec, generator: torch.Generator) -> Tensor:
        return self.draw((1, *self.pipeline.latent_shape), generator)

    def batch_key(self, row: ActiveRow) -> Hashable:
        return len(row.conditioning.branches)

    def predict(self, rows: Sequence[ActiveRow]) -> list[Prediction]:
        latents = inputs(rows)  # (B, C, h, w)
        moments = timesteps(rows) / rows[0].schedule.config.num_train_timesteps  # (B,), 1 is noise
        count = len(rows[0].conditioning.branches)
        output = self.pipeline.velocity(
            torch.cat([latents] * count),
            torch.cat([moments] * count),
            Conditioning.cat([r.conditioning.branches[k] for k in range(count) for r in rows]),
            self._strides(rows),
        )
        if count == 1:
            return unguided(output)
        parts = [branch.split(1) for branch in output.chunk(count)]
        return [_combined([part[i] for part in parts], row.spec) for i, row in enumerate(rows)]

    def hold(self, row: ActiveRow) -> Tensor:
        """Put the source back outside the hole, at the noise level the row now stands at."""
        kept: Kept | None = row.conditioning.kept
        if kept is None:
            return row.latent
        known = kept.latents
        if not row.finished:
            schedule = row.schedule
            moment = schedule.timestep(row.step) / schedule.config.num_train_timesteps
            noise = self.pipeline.noise([row.spec.seed]).to(known)
            known = interpolate(known, noise, moment.reshape(1).to(known))
        return kept.hold(row.latent, known)

    def decode(self, latent: Tensor, spec: RowSpec) -> Image:
        from diffusers.image_processor import VaeImageProcessor

        pixels = self.pipeline.decode(latent)  # (1, 3, H, W) in [0, 1]
        processor = VaeImageProcessor(do_normalize=False)
        picture = processor.postprocess(pixels, output_type="pil", do_denormalize=[False])[0]
        return paste_over(picture, spec.pictures)

    def _shown(self, spec: RowSpec) -> Shown:
        side, shown = self.pipeline.output_size_px, spec.pictures
        letters = [Letters(i.text, _corners(i.box), i.font) for i in spec.value(GLYPHS)]
        strength = spec.value(CONCEPT_STRENGTH)
        return Shown(
            source=None if shown.source is None else rgb_tensor(shown.source, side),
            hole=None if shown.mask is None else gray_tensor(shown.mask, side),
            glyphs=letter_raster(letters, side) if letters else None,
            concepts=tuple(rgb_tensor(c, CONCEPT_PX) for c in shown.concepts),
            strength=1.0 if strength is None else strength,
        )

    def _strides(self, rows: Sequence[ActiveRow]) -> Tensor | None:
        """Lengths of the steps of rows in few-step mode, if the model takes them."""
        if not self._takes_stride or not any(row.spec.value(FEW_STEP) for row in rows):
            return None
        lengths = [1 / row.spec.steps if row.spec.value(FEW_STEP) else 0.0 for row in rows]
        count = len(rows[0].conditioning.branches)
        return torch.tensor(lengths * count, device=self.device)

    def _is_guided(self, spec: RowSpec) -> bool:
        if self._takes_stride and spec.value(FEW_STEP):
            return False  # Its training put guidance into the step.
        return spec.guidance != 1.0 or spec.value(SOURCE_GUIDANCE) != 1.0


def _combined(branches: list[Tensor], spec: RowSpec) -> Prediction:
    """Guide one row: ``b + s_source (n - b) + s (w - n)`` from wanted, none and bare.

    Source: Brooks et al., "InstructPix2Pix", equation 3; without ``bare`` it is plain
    classifier-free guidance that keeps the source in both branches.
    """
    wanted, none = branches[:2]
    gap = wanted - none
    output = none + spec.guidance * gap
    if len(branches) > 2:
        bare = branches[2]
        output = bare + spec.value(SOURCE_GUIDANCE) * (none - bare) + spec.guidance * gap
    return Prediction(output, rms(gap))


def _corners(box: geometry.Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def _item(item: geometry.LayoutItem) -> PlacedPhrase:
    return PlacedPhrase(_corners(item.box), item.phrase)


def _told(item: PlacedPhrase) -> geometry.LayoutItem:
    x0, y0, x1, y1 = item.box
    return geometry.LayoutItem(box=geometry.Box(x0=x0, y0=y0, x1=x1, y1=y1), phrase=item.phrase)
