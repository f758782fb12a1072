"""Ports of the transformer: without effect at first, and independent row by row."""

from __future__ import annotations

from pathlib import Path

import generation_models
import pytest
import torch
from PIL import Image
from torch import Tensor

from maquette.model_servers.generation.adapters.contract import RowPictures, RowSpec
from maquette.model_servers.generation.adapters.layout_flow import LayoutFlowAdapter
from maquette.model_servers.generation.adapters.rows import forward, open_row
from maquette.model_servers.generation.layout_flow.conditioning import Conditioning
from maquette.model_servers.generation.layout_flow.glyphs import Letters, letter_raster
from maquette.model_servers.generation.layout_flow.layout import PlacedPhrase
from maquette.model_servers.generation.layout_flow.pipeline import LayoutFlowPipeline
from maquette.model_servers.generation.layout_flow.ports import PortInputs
from maquette.model_servers.generation.layout_flow.prior import (
    LayoutPrior,
    plan_layout,
    word_tokens,
    write_sequence,
)
from maquette.model_servers.generation.layout_flow.shown import (
    HOLE,
    Shown,
    as_shown,
    concept_slot,
    fill_hole,
    paste_kept,
    plainly,
    source_channels,
)
from maquette.model_servers.generation.layout_flow.transformer import LayoutFlowTransformer

_SMALL = {
    "latent_channels": 4,
    "cells": 4,
    "text_width": 32,
    "layout_width": 8,
    "width": 32,
    "depth": 2,
    "heads": 2,
}
_PORTS = {
    "source_port": True,
    "glyph_width": 4,
    "concept_port": True,
    "refiner_width": 8,
    "refiner_blocks": 2,
    "stride_port": True,
}


def _loud(model: torch.nn.Module) -> None:
    """Give every weight that starts at zero a random value."""
    for weights in model.parameters():
        if not weights.any():
            torch.nn.init.normal_(weights, std=0.1)


def _inputs(rows: int) -> tuple[Tensor, ...]:
    return (
        torch.randn(rows, 4, 4, 4),
        torch.rand(rows),
        torch.randn(rows, 5, 32),
        torch.ones(rows, 5, dtype=torch.bool),
        torch.randn(rows, 41, 4, 4),
    )


def _sent(rows: int) -> PortInputs:
    return PortInputs(
        torch.randn(rows, 6, 4, 4),
        torch.randn(rows, 4, 4, 4),
        torch.randn(rows, 16, 32),
        torch.ones(rows, 16),
    )


def test_new_ports_change_nothing_at_first() -> None:
    """A model that gains every port gives exactly its old output, whatever is sent in."""
    torch.manual_seed(0)
    old = LayoutFlowTransformer(**_SMALL)
    _loud(old)
    new = LayoutFlowTransformer(**_SMALL, **_PORTS)
    unknown = new.load_state_dict(old.state_dict(), strict=False).unexpected_keys
    assert unknown == []
    inputs = _inputs(3)
    with torch.no_grad():
        expected = old(*inputs)
        assert torch.equal(expected, new(*inputs))
        assert torch.equal(expected, new(*inputs, _sent(3), torch.tensor([0.0, 0.2, 0.5])))


@pytest.mark.parametrize("port", ["source", "glyphs", "concepts"])
def test_each_port_reaches_the_output(port: str) -> None:
    """Once its weights are not zero, what is sent into a port changes the velocity."""
    torch.manual_seed(0)
    model = LayoutFlowTransformer(**_SMALL, **_PORTS)
    _loud(model)
    inputs, sent = _inputs(2), _sent(2)
    fields = {port: getattr(sent, port)}
    if port == "concepts":
        fields["concept_weights"] = sent.concept_weights
    with torch.no_grad():
        assert not torch.allclose(model(*inputs), model(*inputs, PortInputs(**fields)), atol=1e-4)


def test_a_row_without_ports_is_not_touched_by_its_neighbours() -> None:
    """In a batch where one row uses every port, the other's velocity is what it is alone."""
    torch.manual_seed(0)
    model = LayoutFlowTransformer(**_SMALL, **_PORTS)
    _loud(model)
    inputs = _inputs(2)
    parts = [
        Conditioning(*(x[i : i + 1] for x in inputs[2:]), ports=ports)
        for i, ports in enumerate((_sent(1), PortInputs()))
    ]
    both = Conditioning.cat(parts)
    with torch.no_grad():
        together = model(*inputs, both.ports)
        alone = model(*(x[1:] for x in inputs))
    assert torch.allclose(together[1:], alone, atol=1e-5)
    assert torch.equal(both.select([1, 0]).ports.source[1], parts[0].ports.source[0])


def test_a_stride_of_zero_is_no_stride() -> None:
    """Few-step rows and ordinary rows share a batch: a step of length 0 changes nothing."""
    torch.manual_seed(0)
    model = LayoutFlowTransformer(**_SMALL, **_PORTS)
    _loud(model)
    inputs = _inputs(2)
    with torch.no_grad():
        plain, mixed = model(*inputs), model(*inputs, None, torch.tensor([0.0, 0.5]))
    assert torch.allclose(plain[0], mixed[0], atol=1e-6)
    assert not torch.allclose(plain[1], mixed[1], atol=1e-4)


def test_letters_leave_ink_inside_their_box_only() -> None:
    """The raster has ink, all of it in the box."""
    raster = letter_raster([Letters("HI", (0.25, 0.5, 0.75, 0.75))], 64)
    assert set(raster.unique().tolist()) == {0.0, 1.0}
    rows, columns = raster.nonzero(as_tuple=True)
    assert columns.min() >= 15 and columns.max() <= 48
    assert rows.min() >= 31 and rows.max() <= 48


def test_source_channels_tell_what_is_kept() -> None:
    """The kept share of a cell is one minus its hole; an edit keeps nothing for certain."""
    hole = torch.zeros(1, 64, 64)
    hole[:, :16, :8] = 1
    channels = source_channels(torch.randn(1, 4, 4, 4), hole)
    assert channels.shape == (1, 6, 4, 4)
    assert channels[0, 4, 0, 0] == 0.5
    assert channels[0, 4].sum() == 15.5
    assert bool((channels[0, 5] == 1).all())
    assert not source_channels(torch.randn(1, 4, 4, 4), None)[0, 4].any()


def test_kept_pixels_are_pasted_exactly() -> None:
    """Outside the hole every pixel is the source's; inside, the drawing's."""
    source, drawn = torch.rand(3, 32, 32), torch.rand(3, 32, 32)
    hole = torch.zeros(32, 32)
    hole[4:9, 5:20] = 1
    pasted = paste_kept(drawn, Shown(source=source, hole=hole))
    assert torch.equal(pasted[:, hole == 0], source[:, hole == 0])
    assert torch.equal(pasted[:, hole == 1], drawn[:, hole == 1])
    assert bool((fill_hole(source[None], hole[None])[0][:, hole == 1] == HOLE).all())


def test_phrases_name_shown_things() -> None:
    """ "The shown thing" means the first picture, "the second shown thing" the second."""
    assert concept_slot("a red circle") is None
    assert concept_slot("the shown thing") == 0
    assert concept_slot("the second shown thing") == 1


@pytest.mark.parametrize("sampler", ["euler", "heun", "stochastic"])
def test_what_a_hole_leaves_is_known_at_every_step(tmp_path: Path, sampler: str) -> None:
    """Cells without a part in the hole walk the straight line from their noise to the source, and
    end as the source's own latents."""
    adapter = _adapter(tmp_path)
    source = Image.effect_noise((64, 64), 80).convert("RGB")
    hole = Image.new("L", (64, 64))
    hole.paste(255, (0, 0, 20, 20))
    pictures = RowPictures(source=source, mask=hole)
    options = {"sampler": sampler}
    spec = RowSpec("a red circle", "", (), 3, 3, 2.0, 64, 64, pictures=pictures, options=options)
    row = open_row(adapter, spec)
    begun, kept = row.latent, row.conditioning.kept
    assert kept.cells.squeeze().tolist() == [
        [False, False, True, True],
        [False, False, True, True],
        [True] * 4,
        [True] * 4,
    ]
    while not row.finished:
        forward(adapter, [row])
        t = 0.0
        if not row.finished:
            t = float(row.schedule.timestep(row.step)) / row.schedule.config.num_train_timesteps
        line = (1 - t) * kept.latents + t * begun
        cells = kept.cells.expand_as(line)
        torch.testing.assert_close(row.latent[cells], line[cells])
    assert not torch.allclose(row.latent, kept.latents)


def _adapter(tmp_path: Path) -> LayoutFlowAdapter:
    path = generation_models.save_layout_flow(tmp_path / "tiny", ports=True)
    pipeline = LayoutFlowPipeline.from_pretrained(path, local_files_only=True)
    return LayoutFlowAdapter(pipeline, device=torch.device("cpu"), dtype=torch.float32)


def test_a_named_thing_is_planned_by_its_name_and_painted_as_shown() -> None:
    """The prior reads plain words; of what it plans, what is shown is called so again."""
    prompt = "the second shown red boat left of the shown striped sun and a red circle"
    assert plainly(prompt) == "the red boat left of the striped sun and a red circle"
    assert as_shown("striped sun", prompt) == "shown striped sun"
    assert as_shown("red boat", prompt) == "second shown red boat"
    assert as_shown("red circle", prompt) == "red circle"
    assert plainly("the shown thing on mint") == "the shown thing on mint"
    assert concept_slot("second shown red boat") == 1


def test_planned_boxes_are_well_formed_seeded_and_written_back(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Even an untrained prior gives proper boxes; the same seed gives the same ones."""
    path = generation_models.save_layout_flow(tmp_path / "tiny")
    pipeline = LayoutFlowPipeline.from_pretrained(path, local_files_only=True)
    assert pipeline.layout_prior is None
    assert pipeline.plan("a red circle", 1) == []
    torch.manual_seed(0)
    prior = LayoutPrior(len(pipeline.tokenizer), steps=8, width=16, depth=1, heads=2).eval()
    plans = [plan_layout(prior, pipeline.tokenizer, "a red circle", seed, 1.0) for seed in range(9)]
    assert plans[3] == plan_layout(prior, pipeline.tokenizer, "a red circle", 3, 1.0)
    assert len({str(plan) for plan in plans}) > 1
    for item in (item for plan in plans for item in plan):
        assert isinstance(item, PlacedPhrase)
        assert item.phrase


def test_a_sequence_holds_caption_phrases_and_boxes() -> None:
    """Words, marks and coordinates stand in the documented order."""
    prior = LayoutPrior(words=10, steps=4, width=16, depth=1, heads=2)
    sequence = write_sequence(prior, [5, 6], [([7], (0.0, 0.26, 0.5, 0.99))])
    assert sequence == [5, 6, 10, 7, 11, 13, 14, 15, 16, 12]
    assert prior.fraction(14) == pytest.approx(0.375)


def test_unknown_words_do_not_reach_the_prior(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Start, padding and unknown tokens are passed over."""
    path = generation_models.save_layout_flow(tmp_path / "tiny")
    pipeline = LayoutFlowPipeline.from_pretrained(path, local_files_only=True)
    tokens = word_tokens(pipeline.tokenizer, "a zebra red circle")
    assert pipeline.tokenizer.convert_ids_to_tokens(tokens) == ["a", "red", "circle"]
