"""The generator's arithmetic, checked by hand and against other implementations."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from torch.nn import functional

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder, PixelNorm
from maquette.model_servers.generation.layout_flow.conditioning import Conditioning
from maquette.model_servers.generation.layout_flow.flow import (
    euler,
    guided,
    interpolate,
    predicted_clean,
    seeded_noise,
    times,
)
from maquette.model_servers.generation.layout_flow.layout import (
    GEOMETRY,
    PlacedPhrase,
    coverage,
    paint,
)
from maquette.model_servers.generation.layout_flow.transformer import (
    Attention,
    LayoutFlowTransformer,
)


def test_clean_latents_follow_from_any_point_of_a_path() -> None:
    """From x_t and the true velocity, x_t - t v is the picture, at a different t a row."""
    clean, noise = torch.randn(3, 4, 2, 2), torch.randn(3, 4, 2, 2)
    t = torch.tensor([0.0, 0.3, 1.0])
    noisy = interpolate(clean, noise, t)
    assert torch.allclose(predicted_clean(noisy, t, noise - clean), clean, atol=1e-6)
    assert torch.allclose(euler(noisy, t, torch.zeros(3), noise - clean), clean, atol=1e-6)


@pytest.mark.parametrize("shift", [1.0, 3.0])
def test_times_and_steps_agree_with_diffusers(shift: float) -> None:
    """Our times and Euler steps equal the shipped flow-matching scheduler's."""
    scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=shift)
    scheduler.set_timesteps(sigmas=[1 - i / 7 for i in range(7)])
    ours = times(7, shift)
    assert np.allclose(scheduler.sigmas.numpy(), ours, atol=1e-6)
    x, v = torch.randn(1, 2, 2, 2), torch.randn(1, 2, 2, 2)
    theirs = scheduler.step(v, scheduler.timesteps[0], x, return_dict=False)[0]
    step = euler(x, torch.tensor([ours[0]]), torch.tensor([ours[1]]), v)
    assert torch.allclose(theirs, step, atol=1e-6)


def test_no_steps_are_refused() -> None:
    """A schedule needs at least one step."""
    with pytest.raises(ValueError, match="steps is 0"):
        times(0)


def test_guidance_of_one_is_unguided() -> None:
    """Scale 1 gives the conditional velocity, 0 the unconditional, also a row each."""
    c, u = torch.randn(2, 1, 2, 2), torch.randn(2, 1, 2, 2)
    assert torch.allclose(guided(c, u, 1.0), c, atol=1e-6)
    mixed = guided(c, u, torch.tensor([1.0, 0.0]))
    assert torch.allclose(mixed[0], c[0], atol=1e-6)
    assert torch.equal(mixed[1], u[1])


def test_noise_of_a_row_depends_on_its_seed_alone() -> None:
    """A seed gives the same row in any company."""
    alone = seeded_noise([5], (2, 3, 3))
    assert torch.equal(seeded_noise([4, 5, 6], (2, 3, 3))[1], alone[0])


def test_coverage_sums_to_the_area_of_the_box() -> None:
    """Soft coverage over all cells adds up to the box's area in cells."""
    boxes = torch.tensor([[[0.1, 0.2, 0.55, 0.9], [0.0, 0.0, 1.0, 1.0]]])
    total = coverage(boxes, 16, 16).sum((-1, -2))
    assert torch.allclose(total, torch.tensor([[0.45 * 0.7 * 256, 256.0]]), atol=1e-3)


def test_later_boxes_paint_over_earlier_ones() -> None:
    """Where two boxes lie on one cell the last one's phrase is there; elsewhere nothing."""
    phrases = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    boxes = torch.tensor([[[0.0, 0.0, 0.5, 0.5], [0.25, 0.25, 0.5, 0.5]]])
    present = torch.ones(1, 2, dtype=torch.bool)
    painted = paint(phrases, boxes, present, 4, 4)
    assert painted.shape == (1, 2 + GEOMETRY, 4, 4)
    assert painted[0, :2, 0, 0].tolist() == [1, 0]
    assert painted[0, :2, 1, 1].tolist() == [0, 1]
    assert not painted[0, :, 3, 3].any()
    assert not paint(phrases, boxes, torch.zeros_like(present), 4, 4).any()


@pytest.mark.parametrize("box", [(0.5, 0, 0.5, 1), (0, 0, 1.2, 1), (float("nan"), 0, 1, 1)])
def test_impossible_boxes_are_refused(box: tuple) -> None:
    """A layout box must be ordered fractions; the message shows box and phrase."""
    with pytest.raises(ValueError, match="red star"):
        PlacedPhrase(box, "red star")


def test_conditioning_selects_and_stacks_rows() -> None:
    """Rows picked apart and stacked again are the rows."""
    cond = Conditioning(
        torch.randn(3, 4, 2), torch.ones(3, 4, dtype=torch.bool), torch.randn(3, 5, 2, 2)
    )
    again = Conditioning.cat([cond.select([2]), cond.select([0, 1])]).select([1, 2, 0])
    assert again.rows == 3
    assert torch.equal(again.text_states, cond.text_states)
    assert torch.equal(again.layout_map, cond.layout_map)
    with pytest.raises(ValueError, match="no conditionings"):
        Conditioning.cat([])


def test_attention_equals_the_library_kernel() -> None:
    """Two matrix products give what scaled_dot_product_attention gives, padding unseen."""
    torch.manual_seed(0)
    layer = Attention(32, 16, 4)
    x, context = torch.randn(2, 5, 32), torch.randn(2, 7, 16)
    mask = torch.tensor([[True] * 7, [True] * 4 + [False] * 3])
    q = functional.rms_norm(layer._split(layer.query(x)), (8,), eps=1e-6)
    k, v = (layer._split(y) for y in layer.key_value(context).chunk(2, -1))
    k = functional.rms_norm(k, (8,), eps=1e-6)
    y = functional.scaled_dot_product_attention(q, k, v, mask[:, None, None])
    expected = layer.output(y.transpose(1, 2).flatten(2))
    assert torch.allclose(layer(x, context, mask), expected, atol=1e-5)
    changed = context.clone()
    changed[1, 4:] = 99
    assert torch.allclose(layer(x, changed, mask), expected, atol=1e-5)


def test_pixel_norm_keeps_the_direction_of_each_pixel() -> None:
    """Each pixel leaves with unit root mean square, and its neighbours do not matter."""
    x = torch.randn(1, 8, 3, 3)
    y = PixelNorm(8)(x)
    assert torch.allclose(y.square().mean(1), torch.ones(1, 3, 3), atol=1e-3)
    assert torch.allclose(PixelNorm(8)(x[..., :1, :1]), y[..., :1, :1])


def test_autoencoder_shapes_and_refusals() -> None:
    """Sixteen pixels make a cell; odd sizes are refused with the size."""
    model = LayoutAutoencoder(widths=(8, 8, 8))
    latents = model.encode(torch.rand(2, 3, 64, 32))
    assert latents.shape == (2, 16, 4, 2)
    assert model.decode(latents).shape == (2, 3, 64, 32)
    with pytest.raises(ValueError, match=r"\(1, 3, 40, 40\)"):
        model.encode(torch.rand(1, 3, 40, 40))


def test_latent_statistics_cancel_in_a_round_trip() -> None:
    """Normalising latents changes their numbers and not the picture."""
    torch.manual_seed(0)
    plain = LayoutAutoencoder(widths=(8, 8, 8))
    scaled = LayoutAutoencoder(widths=(8, 8, 8), latent_mean=(0.5,) * 16, latent_std=(3.0,) * 16)
    scaled.load_state_dict(plain.state_dict())
    x = torch.rand(1, 3, 32, 32)
    assert torch.allclose(scaled.encode(x) * 3 + 0.5, plain.encode(x), atol=1e-5)
    assert torch.allclose(scaled.decode(scaled.encode(x)), plain.decode(plain.encode(x)), atol=1e-5)


def test_transformer_starts_at_zero_and_refuses_impossible_sizes() -> None:
    """An untrained transformer predicts zero velocity; bad dimensions name the rule."""
    model = LayoutFlowTransformer(text_width=32, width=32, depth=1, heads=2)
    velocity = model(
        torch.randn(2, 16, 16, 16),
        torch.tensor([0.1, 0.9]),
        torch.randn(2, 3, 32),
        torch.ones(2, 3, dtype=torch.bool),
        torch.randn(2, 32 + GEOMETRY, 16, 16),
    )
    assert velocity.shape == (2, 16, 16, 16)
    assert not velocity.any()
    with pytest.raises(ValueError, match="width 36"):
        LayoutFlowTransformer(width=36, heads=4)
    with pytest.raises(ValueError, match="cells is 5"):
        LayoutFlowTransformer(cells=5)
