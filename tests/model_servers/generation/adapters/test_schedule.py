"""A row's schedule: its predictions, its noise levels and its memory."""

from __future__ import annotations

from typing import Any

import diffusers
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from maquette.model_servers.generation.adapters.schedule import RowSchedule
from maquette.records.errors import InvalidInput

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

MULTISTEP = ["DPMSolverMultistepScheduler", "UniPCMultistepScheduler", "PNDMScheduler"]
SECOND_ORDER = ["HeunDiscreteScheduler"]
STOCHASTIC = ["EulerAncestralDiscreteScheduler", "DDPMScheduler"]
SINGLE = ["DDIMScheduler", "EulerDiscreteScheduler"]


def a_schedule(name: str, steps: int = 7, **config: Any) -> RowSchedule:
    return RowSchedule(getattr(diffusers, name)(**config), num_inference_steps=steps)


def a_model(latent: torch.Tensor, step: int) -> torch.Tensor:
    """A stand-in for a network: smooth, and different at each step."""
    return torch.sin(latent * (step + 1)) + 0.1 * latent


def walk(
    schedule: RowSchedule, latent: torch.Tensor, generator: torch.Generator, first: int, last: int
) -> torch.Tensor:
    for step in range(first, last):
        output = a_model(schedule.scaled(latent, step), step)
        latent = schedule.advance(output, step, latent, generator)
    return latent


@pytest.mark.parametrize("name", [*MULTISTEP, *SECOND_ORDER, *STOCHASTIC, *SINGLE])
@pytest.mark.parametrize("stop", [1, 4])
def test_memory_saved_and_put_back_changes_nothing(name: str, stop: int) -> None:
    """A walk interrupted anywhere and resumed on a new schedule ends in the same numbers."""
    noise = torch.randn(1, 4, 3, 3, generator=torch.Generator().manual_seed(1))
    whole, part, rest = (a_schedule(name) for _ in range(3))
    start = whole.start(noise)
    generator = torch.Generator().manual_seed(2)
    expected = walk(whole, start, generator, 0, whole.steps)

    generator = torch.Generator().manual_seed(2)
    latent = walk(part, start, generator, 0, stop)
    tensors, plain = part.state()
    rest.restore({key: value.clone() for key, value in tensors.items()}, plain)
    resumed = walk(rest, latent, generator, stop, rest.steps)
    assert torch.equal(resumed, expected)


@pytest.mark.parametrize("name", [*MULTISTEP, *SINGLE])
def test_a_copy_is_independent(name: str) -> None:
    """Walking a copy leaves the original where it was."""
    noise = torch.randn(1, 4, 3, 3, generator=torch.Generator().manual_seed(1))
    schedule = a_schedule(name)
    generator = torch.Generator().manual_seed(2)
    latent = walk(schedule, schedule.start(noise), generator, 0, 3)
    copy = schedule.copy()
    first = walk(copy, latent, generator, 3, schedule.steps)
    assert torch.equal(walk(schedule, latent, generator, 3, schedule.steps), first)


@pytest.mark.slow
@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("name", ["DDIMScheduler", "EulerDiscreteScheduler"])
@given(step=st.integers(0, 6), seed=st.integers(0, 2**31 - 1))
def test_the_predicted_picture_is_the_schedulers_own(
    name: str, prediction_type: str, step: int, seed: int
) -> None:
    """Our prediction of the finished latent is what the scheduler itself reports."""
    config = {"prediction_type": prediction_type}
    if name == "DDIMScheduler":
        config["clip_sample"] = False  # type: ignore[assignment]
    schedule = a_schedule(name, **config)
    generator = torch.Generator().manual_seed(seed)
    latent, output = (torch.randn(1, 2, 2, 2, generator=generator) for _ in range(2))
    theirs = getattr(diffusers, name)(**config)
    theirs.set_timesteps(7)
    theirs.set_begin_index(step) if hasattr(theirs, "set_begin_index") else None
    expected = theirs.step(output, theirs.timesteps[step], latent).pred_original_sample
    assert torch.allclose(schedule.clean(output, step, latent), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["DDIMScheduler", "EulerDiscreteScheduler", "PNDMScheduler"])
def test_the_noise_level_of_a_step_is_the_schedulers_own(name: str) -> None:
    """Bringing a finished latent back to a step mixes in noise as the scheduler does."""
    schedule = a_schedule(name)
    generator = torch.Generator().manual_seed(3)
    clean, noise = (torch.randn(1, 2, 2, 2, generator=generator) for _ in range(2))
    theirs = getattr(diffusers, name)()
    theirs.set_timesteps(7)
    for step in range(7):
        expected = theirs.add_noise(clean, noise, theirs.timesteps[step : step + 1])
        assert torch.allclose(schedule.noised(clean, step, noise), expected, atol=1e-5)


@given(t=st.integers(0, 9), seed=st.integers(0, 1000))
def test_flow_arithmetic(t: int, seed: int) -> None:
    """On the straight line between picture and noise, prediction and re-noising are exact."""
    schedule = RowSchedule(
        diffusers.FlowMatchEulerDiscreteScheduler(), sigmas=[1 - i / 10 for i in range(10)]
    )
    generator = torch.Generator().manual_seed(seed)
    clean, noise = (torch.randn(1, 4, generator=generator) for _ in range(2))
    latent = schedule.noised(clean, t, noise)
    share = 1 - t / 10
    assert torch.allclose(latent, (1 - share) * clean + share * noise, atol=1e-6)
    assert torch.allclose(schedule.clean(noise - clean, t, latent), clean, atol=1e-5)


def test_memory_that_cannot_be_saved_is_refused() -> None:
    """A scheduler holding an object of its own says so instead of resuming wrongly."""
    schedule = a_schedule("DDIMScheduler")
    schedule._scheduler.helper = object()
    with pytest.raises(InvalidInput, match=r"DDIMScheduler keeps a object in 'helper'"):
        schedule.state()
