"""The draw tool: progress, checkpoints, resuming, and cancelling within a step."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from draw_server import IMAGE, STEP_S, STEPS, Server, latent

from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.generation import (
    CancelRequest,
    Done,
    StepReply,
    StepRequest,
)
from maquette.records.errors import ModelFailed, ModelUnavailable, NotFound
from maquette.tools.builtin.making.draw import draw
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext


async def _draw(ctx: ToolContext, server: Server, **arguments: Any) -> dict[str, Any]:
    ctx.models = server.client()
    return await run_tool(draw, {"prompt": "a red circle", **arguments}, ctx)


async def test_a_picture_is_drawn_with_rising_progress(ctx: ToolContext) -> None:
    """The row carries prompt, layout and seed; progress rises to 1; nothing is cancelled."""
    server = Server()
    item = {"box": {"x0": 0.1, "y0": 0.1, "x1": 0.5, "y1": 0.5}, "phrase": "red circle"}
    out = await _draw(ctx, server, layout=[item])
    assert out["image"]["sha256"] == IMAGE.sha256
    assert server.rows[0].seed == 7 and server.rows[0].layout[0].phrase == "red circle"
    fractions = ctx.reporter.fractions  # type: ignore[attr-defined]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0 and len(fractions) >= 3
    assert server.steps_run == STEPS and server.cancelled == []
    assert ctx.model_s == pytest.approx(STEPS * STEP_S)


async def test_checkpoints_come_every_half_second_of_model_time(ctx: ToolContext) -> None:
    """After the first four steps the calls are sized so that about 0.5 s lies between latents."""
    await _draw(ctx, Server())
    steps = [state["step"] for state in ctx.reporter.checkpoints]  # type: ignore[attr-defined]
    assert steps == [4, 9, 14, 19]
    assert len(ctx.reporter.previews) == 3  # type: ignore[attr-defined]


async def test_a_slow_model_checkpoints_every_four_steps(ctx: ToolContext) -> None:
    """However slow a step is, a call runs four: its own price is not paid for each step."""
    await _draw(ctx, Server(step_s=5.0))
    steps = [state["step"] for state in ctx.reporter.checkpoints]  # type: ignore[attr-defined]
    assert steps == [4, 8, 12, 16]


async def test_a_fast_model_is_not_slowed_by_previews(ctx: ToolContext) -> None:
    """A picture that takes a quarter of a second is drawn in two calls without a preview."""
    await _draw(ctx, Server(step_s=0.0125))
    assert ctx.reporter.previews == []  # type: ignore[attr-defined]
    assert len(ctx.reporter.fractions) == 2  # type: ignore[attr-defined]


async def test_a_retry_resumes_from_the_checkpoint(ctx: ToolContext) -> None:
    """With a checkpoint at step 14 only the last six steps are run."""
    server = Server()
    ctx.resume = {"latent": latent(14).model_dump(mode="json"), "step": 14}
    await _draw(ctx, server)
    assert server.rows[0].latent == latent(14) and server.rows[0].step == 14
    assert server.steps_run == 6


async def test_a_lost_latent_means_starting_over(ctx: ToolContext) -> None:
    """A checkpoint whose latent is gone is dropped; the picture is drawn from the start."""
    server = Server(lost_latents=True)
    ctx.resume = {"latent": latent(14).model_dump(mode="json"), "step": 14}
    await _draw(ctx, server)
    assert server.steps_run == STEPS


@pytest.mark.parametrize("state", [{}, {"latent": "x", "step": 3}, {"step": 3}])
async def test_a_strange_checkpoint_is_ignored(ctx: ToolContext, state: dict[str, Any]) -> None:
    """A checkpoint that cannot be read costs nothing but the steps."""
    server = Server()
    ctx.resume = state
    await _draw(ctx, server)
    assert server.steps_run == STEPS


async def test_a_restarted_server_goes_on_from_the_last_latent(ctx: ToolContext) -> None:
    """When the session is gone, a new one starts at the last saved step, not at zero."""
    server = Server(restart_at=10)
    await _draw(ctx, server)
    assert [row.step for row in server.rows] == [0, 9]
    assert server.steps_run == STEPS  # nothing repeated: 9 before, 11 after


async def test_a_server_that_keeps_forgetting_is_given_up(ctx: ToolContext) -> None:
    """After a few lost sessions the tool fails with a reason instead of looping."""
    server = Server()
    client = server.client()

    def forget(request: StepRequest) -> StepReply:
        raise NotFound("no session")

    ctx.models = ScriptedModelClient(
        {
            ("generation", "start"): server.start,
            ("generation", "step"): forget,
            ("generation", "cancel"): server.cancel,
        }
    )
    with pytest.raises(ModelFailed, match="lost the picture 4 times"):
        await run_tool(draw, {"prompt": "a"}, ctx)
    assert client.calls == {}


async def test_a_server_that_forgets_after_each_call_is_borne_with(ctx: ToolContext) -> None:
    """A session lost again and again is no failure as long as every attempt gets further."""
    server = Server(step_s=5.0)
    step = server.step

    async def step_and_forget(request: StepRequest) -> StepReply:
        reply = await step(request)
        server.restart_at = 0
        return reply

    server.step = step_and_forget  # type: ignore[method-assign]
    await _draw(ctx, server)
    assert [row.step for row in server.rows] == [0, 4, 8, 12, 16]
    assert server.steps_run == STEPS


async def test_cancelling_does_not_wait_for_a_server_that_hangs(
    ctx: ToolContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that does not answer to the cancel holds the cancelled tool only for a while."""
    monkeypatch.setattr("maquette.tools.drawing.session.CANCEL_S", 0.05)
    server = Server(wait_s=30)

    async def hang(request: CancelRequest) -> Done:
        await asyncio.sleep(30)
        return Done()

    server.cancel = hang  # type: ignore[method-assign, assignment]
    running = asyncio.ensure_future(_draw(ctx, server))
    await asyncio.sleep(0.05)
    running.cancel()
    async with asyncio.timeout(10):
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_cancelling_tells_the_server_at_once(ctx: ToolContext) -> None:
    """Cancelled in the middle of a step call, the tool has cancelled its session before it ends."""
    server = Server(wait_s=30)
    running = asyncio.ensure_future(_draw(ctx, server))
    await asyncio.sleep(0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert server.cancelled == ["s1"]


async def test_any_other_end_cancels_too(ctx: ToolContext) -> None:
    """A model that stops answering in the middle leaves no session running."""
    server = Server()

    def away(request: StepRequest) -> StepReply:
        raise ModelUnavailable("away")

    ctx.models = ScriptedModelClient(
        {
            ("generation", "start"): server.start,
            ("generation", "step"): away,
            ("generation", "cancel"): server.cancel,
        }
    )
    with pytest.raises(ModelUnavailable):
        await run_tool(draw, {"prompt": "a"}, ctx)
    assert server.cancelled == ["s1"]


async def test_a_failed_row_says_why(ctx: ToolContext) -> None:
    """A row that fails on the server is a ModelFailed with the server's reason."""
    with pytest.raises(ModelFailed, match="NaN"):
        await _draw(ctx, Server(fail_at=8))
