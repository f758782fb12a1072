"""Try a pack on held-out scenes and say how it did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from maquette.model_servers.generation.layout_flow.layout import LayoutItem
from maquette.training.evaluation.measures import (
    CaptionScore,
    LayoutScore,
    score_captions,
    score_layouts,
)
from maquette.training.evaluation.recogniser import Recogniser
from maquette.training.evaluation.trial import GROUPS, Trial, make_trials
from maquette.training.world.render import render

_BATCH = 12


@dataclass(frozen=True)
class Settings:
    """How pictures are drawn in an evaluation."""

    trials: int
    """Scenes a group."""
    steps: int = 20
    """Euler steps."""
    guidance: float = 3.0
    """Classifier-free guidance."""


@dataclass(frozen=True)
class GroupReport:
    """Scores of one group of scenes."""

    group: str
    render: LayoutScore
    """Of exact renders: what the judge can see at best."""
    rebuilt: LayoutScore
    """Of renders sent through the autoencoder."""
    rebuilt_error: float
    """Mean absolute pixel error of the autoencoder, in [0, 1]."""
    rebuilt_psnr_db: float
    """Its peak signal-to-noise ratio over all pictures."""
    layout: LayoutScore
    """Of pictures from a caption and boxes."""
    caption: CaptionScore
    """Of pictures from a caption alone."""


@dataclass(frozen=True)
class Report:
    """Scores of a pack, and pictures to look at."""

    settings: Settings
    groups: list[GroupReport]
    pictures: list[tuple[str, np.ndarray]]
    """Caption and uint8 picture: for each of the first trials a render, its
    reconstruction, the picture from boxes and the one from the caption alone."""


def evaluate(pipeline: Any, judge: Recogniser, settings: Settings, shown: int = 12) -> Report:
    """Measure a pipeline on every group.

    Args:
        pipeline: a loaded ``LayoutFlowPipeline``.
        judge: the recogniser.
        settings: how to draw.
        shown: trials of each group whose pictures are kept.
    """
    pipeline.set_progress_bar_config(disable=True)
    groups, kept = [], []
    for group in GROUPS:
        trials = make_trials(group, settings.trials)
        scenes = [t.scene for t in trials]
        renders = [render(s, pipeline.output_size_px) for s in scenes]
        rebuilt = [p for batch in _batches(renders) for p in _rebuild(pipeline, batch)]
        boxed = _draw_all(pipeline, trials, settings, boxes=True)
        free = _draw_all(pipeline, trials, settings, boxes=False)
        difference = (np.stack(rebuilt).astype(np.float64) - np.stack(renders)) / 255
        groups.append(
            GroupReport(
                group,
                score_layouts(judge, renders, scenes),
                score_layouts(judge, rebuilt, scenes),
                float(np.abs(difference).mean()),
                float(-10 * np.log10(np.square(difference).mean())),
                score_layouts(judge, boxed, scenes),
                score_captions(judge, free, scenes, [t.told for t in trials]),
            )
        )
        for i in range(min(shown, len(trials))):
            kept += [
                (f"truth: {trials[i].caption}", renders[i]),
                ("rebuilt by the autoencoder", rebuilt[i]),
                ("drawn from caption and boxes", boxed[i]),
                ("drawn from the caption alone", free[i]),
            ]
    return Report(settings, groups, kept)


def markdown(report: Report) -> str:
    """Write the scores as a Markdown table with Wilson 95 % intervals."""
    rows = [
        ("judge on exact renders: thing and colour", lambda g: g.render.both),
        ("autoencoder: thing and colour", lambda g: g.rebuilt.both),
        (
            "autoencoder: mean absolute error / PSNR",
            lambda g: f"{g.rebuilt_error:.4f} / {g.rebuilt_psnr_db:.1f} dB",
        ),
        ("caption and boxes: thing in its box", lambda g: g.layout.thing),
        ("caption and boxes: colour in its box", lambda g: g.layout.colour),
        ("caption and boxes: both", lambda g: g.layout.both),
        ("caption and boxes: mean box overlap (IoU)", lambda g: f"{g.layout.overlap:.3f}"),
        ("caption alone: exactly the things asked for", lambda g: g.caption.contents),
        (
            "caption alone: relation, where both things are there",
            lambda g: g.caption.related or "not judged: too few",
        ),
    ]
    lines = [
        f"| measure | {' | '.join(g.group for g in report.groups)} |",
        f"|---|{'---|' * len(report.groups)}",
    ]
    lines += [f"| {name} | {' | '.join(str(f(g)) for g in report.groups)} |" for name, f in rows]
    return "\n".join(lines) + "\n"


def _draw_all(
    pipeline: Any, trials: list[Trial], settings: Settings, boxes: bool
) -> list[np.ndarray]:
    pictures: list[np.ndarray] = []
    for batch in _batches(tqdm(trials, desc="boxes" if boxes else "captions", mininterval=5)):
        layouts = [
            [LayoutItem(p.box, f"{p.colour} {p.thing}") for p in t.scene.things] if boxes else []
            for t in batch
        ]
        drawn = pipeline(
            [t.caption for t in batch],
            layouts,
            num_inference_steps=settings.steps,
            guidance_scale=settings.guidance,
            seeds=[t.seed for t in batch],
            output_type="np",
        ).images
        pictures += list((drawn * 255).round().astype(np.uint8))
    return pictures


def _rebuild(pipeline: Any, batch: list[np.ndarray]) -> list[np.ndarray]:
    pixels = torch.from_numpy(np.stack(batch)).permute(0, 3, 1, 2).float() / 255
    output = pipeline.decode(pipeline.encode_image(pixels)).cpu()
    return list((output * 255).round().byte().permute(0, 2, 3, 1).numpy())


def _batches(items: Any) -> Iterator[list]:
    batch: list = []
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
