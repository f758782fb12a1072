"""The life of a row: opened from a seed, advanced step by step, continued from another's latent.

These functions run in the model's thread. A row depends on its own spec only: whatever else
runs, the same row makes the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from maquette.model_servers.generation.adapters.contract import (
    ActiveRow,
    Prediction,
    RowAdapter,
    RowSpec,
)
from maquette.records.errors import InvalidInput

GUIDANCE_GAP = "guidance_gap"
"""Signal: root mean square of conditional minus unconditional output at the last step."""
GUIDANCE_GAP_SUM = "guidance_gap_sum"
"""Signal: the same, summed over the steps so far (after CFG-Rejection, arXiv 2505.23343)."""
CLEAN_CHANGE = "clean_change"
"""Signal: root mean square change of the predicted finished latent in the last step."""


def open_row(adapter: RowAdapter, spec: RowSpec) -> ActiveRow:
    """A row at step 0, its latent drawn from its seed."""
    generator = torch.Generator("cpu").manual_seed(spec.seed)
    schedule = adapter.schedule(spec)
    with torch.no_grad():
        return ActiveRow(
            spec=spec,
            conditioning=adapter.encode(spec),
            schedule=schedule,
            generator=generator,
            latent=schedule.start(adapter.noise(spec, generator)),
        )


def forward(adapter: RowAdapter, rows: Sequence[ActiveRow]) -> None:
    """Advance rows of equal batch key by one step each, in one batched forward."""
    with torch.no_grad():
        for row, prediction in zip(rows, adapter.predict(rows), strict=True):
            _advance(row, prediction)
            row.latent = adapter.hold(row)


def resample(adapter: RowAdapter, row: ActiveRow, source: ActiveRow, seed: int) -> ActiveRow:
    """``row`` continued from the latent of ``source`` with fresh noise of ``seed``.

    The finished latent that ``source`` predicted last is brought back to the noise level of
    its step with new noise, so the continuation keeps what is settled and draws anew what is
    not. A source that has not stepped yet predicts nothing: the row then starts anew from
    ``seed``. The row keeps its own words.

    Raises: InvalidInput: the two differ in size or number of steps.
    """
    if source.latent.shape != row.latent.shape or source.schedule.steps != row.schedule.steps:
        raise InvalidInput(
            f"a row of {row.schedule.steps} steps and latent shape {tuple(row.latent.shape)} "
            f"cannot continue from one of {source.schedule.steps} steps and shape "
            f"{tuple(source.latent.shape)}",
            hint="resample between rows of equal size and number of steps",
        )
    generator = torch.Generator("cpu").manual_seed(seed)
    with torch.no_grad():
        noise = adapter.noise(row.spec, generator)
        schedule = source.schedule.copy()
        if source.clean is None:
            latent = schedule.start(noise)
        else:
            latent = schedule.noised(source.clean, source.step, noise).to(source.latent.dtype)
    return ActiveRow(
        spec=row.spec,
        conditioning=row.conditioning,
        schedule=schedule,
        generator=generator,
        latent=latent,
        step=source.step,
        clean=source.clean,
        signals=dict(source.signals),
    )


def _advance(row: ActiveRow, prediction: Prediction) -> None:
    clean = row.schedule.clean(prediction.output, row.step, row.latent)
    signals = dict(row.signals)
    if prediction.guidance_gap is not None:
        signals[GUIDANCE_GAP] = prediction.guidance_gap
        signals[GUIDANCE_GAP_SUM] = signals.get(GUIDANCE_GAP_SUM, 0.0) + prediction.guidance_gap
    if row.clean is not None:
        signals[CLEAN_CHANGE] = rms(clean - row.clean)
    row.latent = row.schedule.advance(prediction.output, row.step, row.latent, row.generator)
    row.clean = clean
    row.signals = signals
    row.step += 1


def rms(values: torch.Tensor) -> float:
    """Root mean square of all numbers, computed in float32."""
    return float(values.float().square().mean().sqrt())
