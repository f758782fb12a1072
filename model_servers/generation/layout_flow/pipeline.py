"""The generator as a diffusers pipeline: words and boxes in, a picture out.

Notation: ``B`` rows, ``C h w`` latents, ``H W`` pixels. Time ``t = 1`` is noise and
``t = 0`` the picture (see ``flow``).

A step scheduler drives it with ``encode``, ``noise``, ``velocity`` and
``flow.euler``; ``__call__`` does the same for one request. No method keeps state
between calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from diffusers.image_processor import VaeImageProcessor
from diffusers.pipelines.pipeline_utils import DiffusionPipeline, ImagePipelineOutput
from torch import Tensor

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.model_servers.generation.layout_flow.conditioning import Conditioning
from maquette.model_servers.generation.layout_flow.flow import guided, interpolate, seeded_noise
from maquette.model_servers.generation.layout_flow.layout import PlacedPhrase, paint
from maquette.model_servers.generation.layout_flow.ports import PortInputs
from maquette.model_servers.generation.layout_flow.prior import LayoutPrior, plan_layout
from maquette.model_servers.generation.layout_flow.shown import (
    EncodedConcepts,
    Kept,
    Shown,
    as_shown,
    concept_slot,
    encode_concepts,
    encode_kept,
    encode_shown,
    open_ports,
    paste_kept,
    plainly,
)
from maquette.model_servers.generation.layout_flow.text import pooled_phrases, states, tokenise
from maquette.model_servers.generation.layout_flow.transformer import LayoutFlowTransformer

CELL_PX = 16
"""Pixels on the side of a latent cell."""


class LayoutFlowPipeline(DiffusionPipeline):
    """Draw pictures from captions and boxes with phrases.

    Args:
        autoencoder: pixels to latents and back.
        transformer: predicts velocities.
        text_encoder: a transformers encoder with ``last_hidden_state``.
        tokenizer: its ``PreTrainedTokenizerFast``.
        scheduler: ``FlowMatchEulerDiscreteScheduler``; copied for every call.
        layout_prior: plans boxes for captions; None: it cannot.
    """

    # diffusers declares its own as None.
    model_cpu_offload_seq = "layout_prior->text_encoder->transformer->autoencoder"  # type: ignore[assignment]
    _optional_components = ["layout_prior"]  # noqa: RUF012 - diffusers reads this name

    def __init__(
        self,
        autoencoder: LayoutAutoencoder,
        transformer: LayoutFlowTransformer,
        text_encoder: Any,
        tokenizer: Any,
        scheduler: Any,
        layout_prior: LayoutPrior | None = None,
    ) -> None:
        super().__init__()
        self.register_modules(
            autoencoder=autoencoder,
            transformer=transformer,
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            scheduler=scheduler,
            layout_prior=layout_prior,
        )

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: Any, **kwargs: Any) -> Any:
        """Load a saved pipeline, in float32 unless ``dtype`` says otherwise.

        Packs are stored in float16; computing in it on a CPU would be slow.
        """
        if "torch_dtype" not in kwargs:
            kwargs.setdefault("dtype", torch.float32)
        return super().from_pretrained(pretrained_model_name_or_path, **kwargs)

    @property
    def output_size_px(self) -> int:
        """Side of the square picture in pixels."""
        return self.transformer.config.cells * CELL_PX

    @property
    def latent_shape(self) -> tuple[int, int, int]:
        """(C, h, w) of one row."""
        config = self.transformer.config
        return config.latent_channels, config.cells, config.cells

    @property
    def ports(self) -> frozenset[str]:
        """Names of the ports the transformer has: edit, inpaint, glyphs, concepts."""
        return open_ports(self.transformer.config)

    @torch.no_grad()
    def encode(
        self,
        prompts: list[str],
        layouts: list[list[PlacedPhrase]],
        shown: list[Shown] | None = None,
    ) -> Conditioning:
        """Encode captions, layouts and what is shown beside them.

        Args:
            prompts: B captions; empty strings are allowed. With a source and no hole the
                caption is the instruction.
            layouts: B lists of boxes, each maybe empty; later boxes cover earlier ones.
            shown: B rows' pictures; None: nothing is shown.
        Returns: conditioning of B rows on the pipeline's device.
        Raises: ValueError: if the lists differ in length, or a picture needs a port that the
            transformer lacks.
        """
        if len(prompts) != len(layouts):
            raise ValueError(f"{len(prompts)} prompts but {len(layouts)} layouts; expected equal")
        rows = shown if shown is not None else [Shown()] * len(prompts)
        if len(rows) != len(prompts):
            raise ValueError(f"{len(prompts)} prompts but {len(rows)} shown; expected equal")
        for row in rows:
            if missing := row.ports - self.ports:
                raise ValueError(
                    f"the transformer has no port for {', '.join(sorted(missing))}; it has "
                    f"{', '.join(sorted(self.ports)) or 'none'}"
                )
        ids, mask = (x.to(self.device) for x in tokenise(self.tokenizer, prompts))
        concepts = [encode_concepts(self.transformer, row) for row in rows]
        ports = [encode_shown(self, row, seen) for row, seen in zip(rows, concepts, strict=True)]
        return Conditioning(
            text_states=states(self.text_encoder, ids, mask),
            text_mask=mask,
            layout_map=torch.cat(
                [self._paint(*row) for row in zip(layouts, concepts, strict=True)]
            ),
            ports=PortInputs.cat(ports, [1] * len(ports)) if ports else PortInputs(),
        )

    def plan(self, prompt: str, seed: int) -> list[PlacedPhrase]:
        """Plan boxes for a caption; none without a layout prior."""
        if self.layout_prior is None or not prompt.strip():
            return []
        planned = plan_layout(self.layout_prior, self.tokenizer, plainly(prompt), seed)
        return [PlacedPhrase(item.box, as_shown(item.phrase, prompt)) for item in planned]

    def unconditional(self, batch: int) -> Conditioning:
        """Encode ``batch`` rows that ask for nothing, for guidance."""
        return self.encode([""], [[]]).select([0] * batch)

    def noise(self, seeds: list[int]) -> Tensor:
        """Draw starting latents (len(seeds), C, h, w); a row depends on its seed only."""
        return seeded_noise(seeds, self.latent_shape).to(self.device)

    @torch.no_grad()
    def velocity(
        self, latents: Tensor, t: Tensor, cond: Conditioning, stride: Tensor | None = None
    ) -> Tensor:
        """Predict the velocity of each row.

        Args:
            latents: (B, C, h, w) at time ``t``.
            t: float (B,) in [0, 1]; 1 is noise, 0 the picture; rows may differ.
            cond: B rows.
            stride: float (B,), length of the step it is meant for; None: an instant.
        Returns: (B, C, h, w), noise minus picture. The finished latents it points to are
            ``latents - t * velocity`` (``flow.predicted_clean``).
        """
        return self.transformer(
            latents, t, cond.text_states, cond.text_mask, cond.layout_map, cond.ports, stride
        )

    def guided_velocity(
        self,
        latents: Tensor,
        t: Tensor,
        cond: Conditioning,
        none: Conditioning,
        scale: float | Tensor,
    ) -> Tensor:
        """Predict velocities with classifier-free guidance, in one pass of 2B rows.

        Args:
            latents, t, cond: as in ``velocity``.
            none: ``unconditional(B)``.
            scale: guidance, a number or one a row (B,); 1 is unguided.
        """
        both = self.velocity(
            torch.cat([latents, latents]), torch.cat([t, t]), Conditioning.cat([cond, none])
        )
        conditional, unconditional = both.chunk(2)
        return guided(conditional, unconditional, scale)

    @torch.no_grad()
    def decode(self, latents: Tensor) -> Tensor:
        """Draw latents (B, C, h, w) as pictures: float (B, 3, H, W) in [0, 1]."""
        return self.autoencoder.decode(latents).clamp(0, 1)

    @torch.no_grad()
    def encode_image(self, pixels: Tensor) -> Tensor:
        """Turn pictures (B, 3, H, W) in [0, 1] into latents (B, C, h, w).

        Raises: ValueError: if the picture is not of ``output_size_px``.
        """
        size = self.output_size_px
        if tuple(pixels.shape[1:]) != (3, size, size):
            raise ValueError(
                f"pixels have shape {tuple(pixels.shape)}; expected (B, 3, {size}, {size})"
            )
        return self.autoencoder.encode(pixels.to(self.device))

    @torch.no_grad()
    def __call__(
        self,
        prompt: str | list[str],
        layout: list[PlacedPhrase] | list[list[PlacedPhrase]] | None = None,
        num_inference_steps: int = 20,
        guidance_scale: float = 3.0,
        generator: torch.Generator | list[torch.Generator] | None = None,
        seeds: int | list[int] | None = None,
        output_type: str = "pil",
        shown: Shown | list[Shown] | None = None,
        plan_layouts: bool = False,
    ) -> ImagePipelineOutput:
        """Draw one picture for each prompt.

        Args:
            prompt: a caption, or B of them.
            layout: boxes of the one caption, or B lists of boxes; None for none.
            num_inference_steps: Euler steps.
            guidance_scale: 1 is unguided.
            generator: source of noise, if ``seeds`` is None; one, or one a row.
            seeds: one seed a row; a single one counts up over the rows.
            output_type: "pil", "np" or "pt".
            shown: pictures of the one row, or of B rows.
            plan_layouts: plan boxes for rows that have none and show no picture to change;
                needs ``seeds``.
        Raises: ValueError: if neither ``generator`` nor ``seeds`` is given, or lengths differ.
        """
        prompts = [prompt] if isinstance(prompt, str) else list(prompt)
        rows = _shown(shown, len(prompts))
        boxes = _layouts(layout, len(prompts))
        if plan_layouts and seeds is not None:
            for i, seed in enumerate(_seed_list(seeds, len(prompts))):
                if not boxes[i] and rows[i].source is None:
                    boxes[i] = self.plan(prompts[i], seed)
        cond = self.encode(prompts, boxes, rows)
        none = None
        if guidance_scale != 1:
            empty = [Shown(source=row.source, hole=row.hole) for row in rows]
            none = self.encode([""] * len(prompts), [[] for _ in prompts], empty)
        kept = [encode_kept(self, row) for row in rows]
        noise = latents = self._start(len(prompts), generator, seeds)
        scheduler = self.scheduler.from_config(self.scheduler.config)
        steps = num_inference_steps
        scheduler.set_timesteps(sigmas=[1 - i / steps for i in range(steps)], device=self.device)
        for timestep in self.progress_bar(scheduler.timesteps):
            t = (timestep / scheduler.config.num_train_timesteps).expand(len(prompts))
            if none is None:
                velocity = self.velocity(latents, t, cond)
            else:
                velocity = self.guided_velocity(latents, t, cond, none, guidance_scale)
            latents = scheduler.step(velocity, timestep, latents, return_dict=False)[0]
            latents = _held(latents, noise, scheduler.sigmas[scheduler.step_index], kept)
        pixels = torch.stack(
            [paste_kept(p, r) for p, r in zip(self.decode(latents), rows, strict=True)]
        )
        images = VaeImageProcessor(do_normalize=False).postprocess(
            pixels, output_type=output_type, do_denormalize=[False] * len(prompts)
        )
        return ImagePipelineOutput(images=images)

    def _paint(self, layout: list[PlacedPhrase], concepts: EncodedConcepts | None) -> Tensor:
        """Paint one row's layout: (1, L, h, w)."""
        config = self.transformer.config
        if not layout:
            return torch.zeros(
                1,
                config.text_width + config.layout_geometry,
                config.cells,
                config.cells,
                device=self.device,
                dtype=self.dtype,
            )
        phrases = pooled_phrases(self.text_encoder, self.tokenizer, [i.phrase for i in layout])
        for i, item in enumerate(layout):
            slot = concept_slot(item.phrase)
            if concepts is not None and slot is not None and slot < len(concepts.painted):
                phrases[i] = phrases[i] + concepts.painted[slot].to(phrases.dtype)
        boxes = torch.tensor([i.box for i in layout], device=self.device, dtype=phrases.dtype)
        present = torch.ones(1, len(layout), dtype=torch.bool, device=self.device)
        return paint(phrases[None], boxes[None], present, config.cells, config.cells)

    def _start(
        self,
        batch: int,
        generator: torch.Generator | list[torch.Generator] | None,
        seeds: int | list[int] | None,
    ) -> Tensor:
        if seeds is not None:
            return self.noise(_seed_list(seeds, batch))
        if generator is None:
            raise ValueError("neither seeds nor generator was given; expected one of them")
        sources = generator if isinstance(generator, list) else [generator] * batch
        if len(sources) != batch:
            raise ValueError(f"{len(sources)} generators for {batch} prompts; expected equal")
        shape = self.latent_shape
        rows_drawn = [torch.randn(shape, generator=g, device=g.device) for g in sources]
        return torch.stack([row.to(self.device) for row in rows_drawn])


def _held(latents: Tensor, noise: Tensor, t: Tensor, kept: Sequence[Kept | None]) -> Tensor:
    """Put back into each row (B, C, h, w) at time ``t`` what its hole leaves."""
    if not any(kept):
        return latents
    moment = t.reshape(1).to(latents)
    rows = zip(latents.split(1), noise.split(1), kept, strict=True)
    return torch.cat(
        [
            row if known is None else known.hold(row, interpolate(known.latents, own, moment))
            for row, own, known in rows
        ]
    )


def _layouts(
    layout: list[PlacedPhrase] | list[list[PlacedPhrase]] | None, batch: int
) -> list[list[PlacedPhrase]]:
    """Bring the ways to give layouts into one list a row."""
    if layout is None:
        return [[] for _ in range(batch)]
    if (layout and isinstance(layout[0], PlacedPhrase)) or (not layout and batch == 1):
        return [list(layout) for _ in range(batch)]  # type: ignore[arg-type]
    return [list(row) for row in layout]  # type: ignore[arg-type]


def _shown(shown: Shown | list[Shown] | None, batch: int) -> list[Shown]:
    """Bring the ways to show pictures into one list."""
    if shown is None:
        return [Shown()] * batch
    return [shown] * batch if isinstance(shown, Shown) else list(shown)


def _seed_list(seeds: int | list[int], batch: int) -> list[int]:
    """One seed a row. Raises: ValueError: another number of seeds."""
    rows = [seeds + i for i in range(batch)] if isinstance(seeds, int) else list(seeds)
    if len(rows) != batch:
        raise ValueError(f"{len(rows)} seeds for {batch} prompts; expected equal")
    return rows
