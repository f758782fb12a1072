"""What every row adapter promises: inherit the suite and supply an ``adapter``."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from maquette.model_servers.generation.adapters.contract import ActiveRow, RowAdapter, RowSpec
from maquette.model_servers.generation.adapters.rows import forward, open_row, resample
from maquette.model_servers.generation.latents import load_row, save_row

STEPS = 3


class RowAdapterContract:
    """The suite. Subclasses give an ``adapter`` fixture: a loaded model."""

    def test_its_facts_can_be_drawn(self, adapter: RowAdapter) -> None:
        """The default size is one that it takes, and its numbers of steps are above nought."""
        facts = adapter.facts
        assert facts.default_steps > 0 and facts.few_steps > 0 and facts.default_guidance >= 0
        if facts.size_multiple_px:
            assert facts.width_px % facts.size_multiple_px == 0
            assert facts.height_px % facts.size_multiple_px == 0

    def test_noise_is_of_the_generator_alone(self, adapter: RowAdapter) -> None:
        """One row's shape; the same seed the same numbers, another seed others."""
        spec = self.spec(adapter)
        one, same, other = (
            adapter.noise(spec, torch.Generator("cpu").manual_seed(seed)) for seed in (1, 1, 2)
        )
        assert one.shape[0] == 1 and torch.equal(one, same) and not torch.equal(one, other)
        assert one.device.type == adapter.device.type

    def test_a_row_comes_to_a_picture_of_its_size(self, adapter: RowAdapter) -> None:
        """After the schedule's steps it is finished, finite, and decodes to its size."""
        row = self.drawn(adapter, self.spec(adapter))
        assert row.finished and bool(torch.isfinite(row.latent).all())
        with torch.no_grad():
            picture = adapter.decode(row.latent, row.spec)
        assert picture.size == (row.spec.width_px, row.spec.height_px)

    def test_the_same_row_is_the_same_picture(self, adapter: RowAdapter) -> None:
        """Bit for bit on one machine; another seed draws another."""
        one = self.drawn(adapter, self.spec(adapter)).latent
        assert torch.equal(one, self.drawn(adapter, self.spec(adapter)).latent)
        assert not torch.equal(one, self.drawn(adapter, self.spec(adapter, seed=9)).latent)

    def test_rows_in_a_batch_are_the_rows_alone(self, adapter: RowAdapter) -> None:
        """A forward of rows of one batch key gives each its own numbers, in their order."""
        specs = [self.spec(adapter, seed=seed) for seed in (3, 4)]
        rows = [open_row(adapter, spec) for spec in specs]
        assert adapter.batch_key(rows[0]) == adapter.batch_key(rows[1])
        while not rows[0].finished:
            forward(adapter, rows)
        for row, spec in zip(rows, specs, strict=True):
            alone = self.drawn(adapter, spec).latent
            assert torch.allclose(row.latent, alone, atol=1e-3, rtol=1e-3)

    def test_a_saved_row_goes_on_to_the_same_picture(self, adapter: RowAdapter) -> None:
        """From bytes after its first step, bit for bit."""
        spec = self.spec(adapter)
        row = open_row(adapter, spec)
        forward(adapter, [row])
        loaded = load_row(adapter, spec, save_row(row, "d"), step=1, digest="d")
        while not loaded.finished:
            forward(adapter, [loaded])
        assert torch.equal(loaded.latent, self.drawn(adapter, spec).latent)

    def test_a_row_goes_on_from_anothers_latent(self, adapter: RowAdapter) -> None:
        """Resampled with fresh noise it stands at the other's step, and comes to an end."""
        row, source = (open_row(adapter, self.spec(adapter, seed=seed)) for seed in (3, 4))
        forward(adapter, [source])
        continued = resample(adapter, row, source, 5)
        assert continued.step == source.step == 1
        while not continued.finished:
            forward(adapter, [continued])
        assert bool(torch.isfinite(continued.latent).all())

    @pytest.mark.parametrize("prompt", ["", "a red circle"])
    def test_any_words_are_taken(self, adapter: RowAdapter, prompt: str) -> None:
        """So are none."""
        assert self.drawn(adapter, self.spec(adapter, prompt=prompt)).finished

    @staticmethod
    def spec(adapter: RowAdapter, *, seed: int = 7, prompt: str = "a red circle") -> RowSpec:
        """A row of three steps, as small as the model draws."""
        facts = adapter.facts
        small = bool(facts.size_multiple_px) and 32 % facts.size_multiple_px == 0
        size = (32, 32) if small else (facts.width_px, facts.height_px)
        options: dict[str, Any] = {"plan_layout": False}
        return RowSpec(prompt, "", (), seed, STEPS, facts.default_guidance, *size, options=options)

    @staticmethod
    def drawn(adapter: RowAdapter, spec: RowSpec) -> ActiveRow:
        """The row at its end."""
        row = open_row(adapter, spec)
        while not row.finished:
            forward(adapter, [row])
        return row
